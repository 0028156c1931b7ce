#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Pictures as sixel streams (DEC STD 070; xterm ctlseqs, "Device-Control functions").
///
/// A band of six rows is sent colour by colour: characters `?`…`~` hold six pixels of a column, `!n` repeats one, `$` goes
/// back to the band's start for the next colour, `-` to the next band. Every pixel is sent, and nothing after the last band,
/// so that the terminal never scrolls.
public enum Sixel {
  /// The stream of a part of a picture, at the size of its pixels. Parts of one picture, each sent where it belongs, look
  /// like the whole.
  ///
  /// - Parameters:
  ///   - rows: of the picture; all when nil. What lies outside is left out.
  ///   - columns: likewise.
  /// - Returns: nothing for an empty part.
  /// - Complexity: O(pixels).
  public static func stream(
    _ picture: IndexedPicture, rows: Range<Int>? = nil, columns: Range<Int>? = nil
  ) -> [UInt8] {
    let rows = (rows ?? 0..<picture.height).clamped(to: 0..<picture.height)
    let columns = (columns ?? 0..<picture.width).clamped(to: 0..<picture.width)
    guard !rows.isEmpty, !columns.isEmpty else { return [] }
    // P2 1: pixels that are not sent stay as they are, which matters below a last band that is cut.
    var bytes = Array("\u{1B}P0;1;0q\"1;1;\(columns.count);\(rows.count)".utf8)
    bytes.reserveCapacity(rows.count * columns.count)
    let used = colors(of: picture, rows: rows, columns: columns)
    for (number, color) in picture.palette.percents.enumerated() where used[number] {
      append("#", number, to: &bytes)
      append(";2;", Int(color.x), to: &bytes)
      append(";", Int(color.y), to: &bytes)
      append(";", Int(color.z), to: &bytes)
    }
    var band = Band(width: columns.count)
    var first = rows.lowerBound
    while first < rows.upperBound {
      if first > rows.lowerBound { bytes.append(UInt8(ascii: "-")) }
      band.append(picture, rows: first..<min(first + 6, rows.upperBound), columns: columns, to: &bytes)
      first += 6
    }
    bytes += [0x1B, 0x5C]
    return bytes
  }

  /// Up to 999.
  private static func append(_ text: StaticString, _ number: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    if number >= 100 { bytes.append(UInt8(0x30 + number / 100)) }
    if number >= 10 { bytes.append(UInt8(0x30 + number / 10 % 10)) }
    bytes.append(UInt8(0x30 + number % 10))
  }

  /// Which numbers a part of the picture has.
  private static func colors(of picture: IndexedPicture, rows: Range<Int>, columns: Range<Int>) -> [Bool] {
    var used = [Bool](repeating: false, count: 256)
    picture.indices.withUnsafeBufferPointer { indices in
      used.withUnsafeMutableBufferPointer { used in
        for y in rows {
          let row = y * picture.width
          for at in row + columns.lowerBound..<row + columns.upperBound { used[Int(indices[at])] = true }
        }
      }
    }
    return used
  }

  /// Six rows, taken apart by colour.
  private struct Band: ~Copyable {
    private let width: Int
    /// Bytes a colour has: one a column, then zeros, so that eight columns can be looked at from any of them on.
    private let stride: Int
    /// Of every colour and column: which of its six pixels have the colour. All zeros between two bands.
    private let masks: UnsafeMutablePointer<UInt8>
    private let isUsed: UnsafeMutablePointer<Bool>
    /// By count: the text that repeats the character of no pixels so many times, its first byte lowest, and in the highest
    /// byte its length. For more than three that is `!n?`.
    private let repeats: UnsafeMutablePointer<UInt64>
    /// Likewise, by colour: the text that begins it after another one, `$#n`.
    private static let names: [UInt64] = (0..<256).map { color in
      let text = "$#\(color)".utf8
      return text.reversed().reduce(0) { $0 << 8 | UInt64($1) } | UInt64(text.count) << 56
    }
    private let text: UnsafeMutableRawPointer
    private var end = 0

    init(width: Int) {
      self.width = width
      stride = (width + 15) / 8 * 8
      masks = .allocate(capacity: 256 * stride)
      masks.initialize(repeating: 0, count: 256 * stride)
      isUsed = .allocate(capacity: 256)
      isUsed.initialize(repeating: false, count: 256)
      repeats = .allocate(capacity: width + 1)
      for count in 0...width { (repeats + count).initialize(to: Band.packed(count)) }
      // At most six colours a column, each with a gap before it, both of them repeated: `!12345?!12345~`.
      text = .allocate(byteCount: 6 * 14 * width + 256 * 8 + 8, alignment: 8)
    }

    deinit {
      masks.deallocate()
      isUsed.deallocate()
      repeats.deallocate()
      text.deallocate()
    }

    private static func packed(_ count: Int) -> UInt64 {
      guard count > 3 else { return UInt64(count) << 56 | 0x3F_3F3F & (1 << (8 * UInt64(count)) - 1) }
      var (packed, length, rest) = (UInt64(UInt8(ascii: "?")), UInt64(1), count)
      while rest > 0 {
        packed = packed << 8 | UInt64(0x30 + rest % 10)
        length += 1
        rest /= 10
      }
      return packed << 8 | UInt64(UInt8(ascii: "!")) | (length + 1) << 56
    }

    mutating func append(_ picture: IndexedPicture, rows: Range<Int>, columns: Range<Int>, to bytes: inout [UInt8]) {
      picture.indices.withUnsafeBufferPointer { indices in
        var (bit, bits): (UInt8, UInt8) = (1, 0)
        for y in rows {
          let row = indices.baseAddress! + y * picture.width + columns.lowerBound
          bits |= bit
          bit <<= 1
          // Pictures that have grown have each row several times: they are taken apart together.
          if y + 1 < rows.upperBound, memcmp(row, row + picture.width, width) == 0 { continue }
          for x in 0..<width {
            let color = Int(row[x])
            masks[color &* stride &+ x] |= bits
            isUsed[color] = true
          }
          bits = 0
        }
      }
      end = 0
      for color in 0..<256 where isUsed[color] {
        isUsed[color] = false
        let name = Self.names[color]
        // The first one stands where the band begins.
        let isFirst: UInt64 = end == 0 ? 1 : 0
        text.storeBytes(of: (name >> (8 * isFirst)).littleEndian, toByteOffset: end, as: UInt64.self)
        end += Int(name >> 56 - isFirst)
        putColumns(masks + color * stride)
        (masks + color * stride).update(repeating: 0, count: width)
      }
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: text, count: end))
    }

    /// The columns of one colour.
    private mutating func putColumns(_ row: UnsafeMutablePointer<UInt8>) {
      var (written, at) = (0, 0)
      while at < width {
        let eight = UInt64(littleEndian: UnsafeRawPointer(row + at).loadUnaligned(as: UInt64.self))
        guard eight != 0 else {
          at += 8
          continue
        }
        at += eight.trailingZeroBitCount >> 3
        let mask = row[at]
        var next = at + 1
        while row[next] == mask { next += 1 }
        put(0x3F, times: at - written)
        put(0x3F + mask, times: next - at)
        (written, at) = (next, next)
      }
    }

    @inline(__always)
    private mutating func put(_ character: UInt8, times: Int) {
      if times == 1 { return put(character) }
      let packed = repeats[times]
      let length = Int(packed >> 56)
      text.storeBytes(of: packed.littleEndian, toByteOffset: end, as: UInt64.self)
      end += length
      guard character != 0x3F else { return }
      for place in end - (times > 3 ? 1 : length)..<end { text.storeBytes(of: character, toByteOffset: place, as: UInt8.self) }
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
      text.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
      end += 1
    }
  }
}
