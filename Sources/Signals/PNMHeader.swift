/// The header of a PNM file: P1–P6 (three numbers) or P7 (PAM, named lines).
struct PNMHeader {
  /// The digit of the magic number, 1–7.
  var type: Int
  var columns: Int
  var rows: Int
  /// Channels of the file, alpha included.
  var depth: Int
  var hasAlpha: Bool
  var maximum: Int
  /// Offset of the raster's first byte.
  var rasterStart: Int

  var isASCII: Bool { type <= 3 }
  /// P1 and P4: bits, 1 is black.
  var isBitmap: Bool { type == 1 || type == 4 }
  /// Channels of the signal.
  var channels: Int { hasAlpha ? depth - 1 : depth }

  /// Bytes of one row of a binary raster.
  var rowBytes: Int {
    if isBitmap { return columns / 8 + (columns % 8 == 0 ? 0 : 1) }
    return columns * depth * (maximum > 255 ? 2 : 1)
  }

  /// "PGM, ASCII, 8 bits", "PAM, RGB with alpha, 16 bits", "PGM, maxval 15".
  var description: String {
    var parts = [["PBM", "PGM", "PPM", "PBM", "PGM", "PPM", "PAM"][type - 1]]
    if type == 7 { parts.append((channels == 1 ? "grey" : "RGB") + (hasAlpha ? " with alpha" : "")) }
    if isASCII { parts.append("ASCII") }
    switch maximum {
    case 1: parts.append("1 bit")
    case 255: parts.append("8 bits")
    case 65535: parts.append("16 bits")
    default: parts.append("maxval \(maximum)")
    }
    return parts.joined(separator: ", ")
  }

  /// Largest side: what netpbm's C integers hold.
  static let maximumSide = Int(Int32.max)

  /// Reads the header at the beginning of `bytes`, whose first two bytes are known to be `P1`–`P7`.
  init(_ bytes: UnsafeBufferPointer<UInt8>, context: DecodingContext) throws(SignalError) {
    let type = Int(bytes[1] - 0x30)
    if type == 7 {
      self = try Self.readPAM(bytes, context: context)
      return
    }
    var cursor = PNMCursor(bytes: bytes, position: 2)
    let columns = try Self.number("width", 1...Self.maximumSide, &cursor, context)
    let rows = try Self.number("height", 1...Self.maximumSide, &cursor, context)
    let maximum = type == 1 || type == 4 ? 1 : try Self.number("maxval", 1...65535, &cursor, context)
    self.init(
      type: type, columns: columns, rows: rows, depth: type == 3 || type == 6 ? 3 : 1, hasAlpha: false,
      maximum: maximum, rasterStart: cursor.position)
    skipLineFeed(bytes)
  }

  private init(
    type: Int, columns: Int, rows: Int, depth: Int, hasAlpha: Bool, maximum: Int, rasterStart: Int
  ) {
    self.type = type
    self.columns = columns
    self.rows = rows
    self.depth = depth
    self.hasAlpha = hasAlpha
    self.maximum = maximum
    self.rasterStart = rasterStart
  }

  /// Headers with CR LF line ends: exactly one byte ends a header, so the LF would be the first sample. It is one when
  /// the raster then fits the file to the byte, and the end of the line otherwise.
  private mutating func skipLineFeed(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard !isASCII, rasterStart < bytes.count, bytes[rasterStart - 1] == 0x0D, bytes[rasterStart] == 0x0A,
      let size = SignalLimits.product([columns, depth, 2]).flatMap({ _ in SignalLimits.product([rowBytes, rows]) }),
      bytes.count - rasterStart != size
    else { return }
    rasterStart += 1
  }

  private static func number(
    _ name: String, _ allowed: ClosedRange<Int>, _ cursor: inout PNMCursor, _ context: DecodingContext
  ) throws(SignalError) -> Int {
    let range = "\(allowed.lowerBound)…\(allowed.upperBound)"
    do throws(PNMCursor.NumberFault) {
      let value = try cursor.number(upTo: allowed.upperBound)
      guard value >= allowed.lowerBound else {
        throw PNMCursor.NumberFault.notANumber(String(value))
      }
      return value
    } catch {
      switch error {
      case .end:
        throw context.fault("the header ends before its \(name): found the end of the file; allowed \(range)")
      case .notANumber(let token), .tooLarge(let token):
        throw context.fault("\(name): found “\(token)”; allowed \(range)")
      }
    }
  }

  // MARK: - PAM

  /// Reads `P7`, lines of WIDTH, HEIGHT, DEPTH, MAXVAL, TUPLTYPE in any order, and ENDHDR.
  private static func readPAM(
    _ bytes: UnsafeBufferPointer<UInt8>, context: DecodingContext
  ) throws(SignalError) -> PNMHeader {
    let ranges: [String: ClosedRange<Int>] = [
      "WIDTH": 1...maximumSide, "HEIGHT": 1...maximumSide, "DEPTH": 1...4, "MAXVAL": 1...65535,
    ]
    var numbers: [String: Int] = [:]
    var tupleType: [String] = []
    var position = 2
    guard let magicLine = line(bytes, &position), magicLine.isEmpty else {
      throw context.fault("the header's first line: found more than “P7”; allowed P7 alone (PAM)")
    }
    while let words = line(bytes, &position) {
      guard let keyword = words.first, !keyword.hasPrefix("#") else { continue }
      let shown = SignalError.printable(String(keyword.prefix(24)))
      if keyword == "ENDHDR" {
        return try assemble(numbers, tupleType: tupleType, rasterStart: position, context: context)
      } else if keyword == "TUPLTYPE" {
        if tupleType.count < 16 { tupleType += words.dropFirst() }
      } else if let range = ranges[keyword] {
        guard numbers[keyword] == nil else {
          throw context.fault("\(keyword): found twice; allowed once")
        }
        let text = words.count == 2 ? words[1] : words.dropFirst().joined(separator: " ")
        guard words.count == 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text),
          range.contains(value)
        else {
          throw context.fault(
            "\(keyword): found “\(SignalError.printable(String(text.prefix(24))))”; "
              + "allowed \(range.lowerBound)…\(range.upperBound)")
        }
        numbers[keyword] = value
      } else {
        throw context.fault(
          "the header: found the line “\(shown)”; allowed WIDTH, HEIGHT, DEPTH, MAXVAL, TUPLTYPE, ENDHDR")
      }
    }
    throw context.fault("the header is not closed: found the end of the file; allowed ENDHDR")
  }

  /// Words of the line at `position`, which moves past its end; nil at the end of the file.
  private static func line(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> [String]? {
    guard position < bytes.count else { return nil }
    var end = position
    while end < bytes.count, bytes[end] != 0x0A { end += 1 }
    // A line of a header is short: of a hostile one a few words are enough for a message.
    let words = bytes[position..<end].split(maxSplits: 16, whereSeparator: PNMCursor.isSpace)
    position = min(end + 1, bytes.count)
    return words.prefix(16).map { String(decoding: $0.prefix(64), as: UTF8.self) }
  }

  private static func assemble(
    _ numbers: [String: Int], tupleType: [String], rasterStart: Int, context: DecodingContext
  ) throws(SignalError) -> PNMHeader {
    guard let columns = numbers["WIDTH"], let rows = numbers["HEIGHT"], let depth = numbers["DEPTH"],
      let maximum = numbers["MAXVAL"]
    else {
      let missing = ["WIDTH", "HEIGHT", "DEPTH", "MAXVAL"].filter { numbers[$0] == nil }
      throw context.fault("the header: found no \(missing.joined(separator: ", no ")); allowed: all four, then ENDHDR")
    }
    let depths = [
      "BLACKANDWHITE": 1, "GRAYSCALE": 1, "RGB": 3, "BLACKANDWHITE_ALPHA": 2, "GRAYSCALE_ALPHA": 2, "RGB_ALPHA": 4,
    ]
    let name = tupleType.joined(separator: " ")
    if !name.isEmpty {
      guard let expected = depths[name] else {
        throw context.fault(
          "TUPLTYPE: found “\(SignalError.printable(String(name.prefix(24))))”; "
            + "allowed BLACKANDWHITE, GRAYSCALE, RGB, and these with _ALPHA")
      }
      guard depth == expected else {
        throw context.fault("DEPTH: found \(depth); allowed \(expected) for \(name)")
      }
    }
    return PNMHeader(
      type: 7, columns: columns, rows: rows, depth: depth, hasAlpha: depth % 2 == 0, maximum: maximum,
      rasterStart: rasterStart)
  }
}
