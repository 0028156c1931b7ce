/// Writes PNG files from raw samples with nothing but the specification: stored deflate blocks, filter 0, any colour type,
/// depth and interlacing. The oracle of the PNG reader, and the means to damage files precisely.
struct PNGBuilder {
  var rows: Int
  var columns: Int
  /// 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
  var colourType: Int
  var depth: Int
  var interlaced = false
  /// `[rows, columns, channels of the colour type]`.
  var samples: [Int]
  var palette: [UInt8] = []
  var transparency: [UInt8] = []
  /// Image bytes left out at the end of the compressed data.
  var missingImageBytes = 0

  static func channels(_ colourType: Int) -> Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colourType]! }

  /// Random samples of the full range, the extremes among them.
  static func random(rows: Int, columns: Int, colourType: Int, depth: Int, interlaced: Bool) -> PNGBuilder {
    var generator = FixedGenerator(state: UInt64(rows * 1000 + columns * 100 + colourType * 10 + depth))
    let count = rows * columns * channels(colourType)
    let maximum = 1 << depth - 1
    let samples = (0..<count).map { _ in Int.random(in: 0...maximum, using: &generator) }
    var builder = PNGBuilder(
      rows: rows, columns: columns, colourType: colourType, depth: depth, interlaced: interlaced, samples: samples)
    if colourType == 3 { builder.palette = (0..<(3 << depth)).map { UInt8(($0 * 37 + 11) & 255) } }
    return builder
  }

  func encoded() -> [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let header = big(columns) + big(rows) + [UInt8(depth), UInt8(colourType), 0, 0, interlaced ? 1 : 0]
    file += Self.chunk("IHDR", header)
    if !palette.isEmpty { file += Self.chunk("PLTE", palette) }
    if !transparency.isEmpty { file += Self.chunk("tRNS", transparency) }
    file += Self.chunk("IDAT", Self.stored(Array(imageData().dropLast(missingImageBytes))))
    return file + Self.chunk("IEND", [])
  }

  /// A file that promises its size and holds no image data.
  func encodedHeaderOnly() -> [UInt8] {
    let header = big(columns) + big(rows) + [UInt8(depth), UInt8(colourType), 0, 0, interlaced ? 1 : 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", header)
      + Self.chunk("IDAT", Self.stored([])) + Self.chunk("IEND", [])
  }

  /// Rows with their filter bytes, pass after pass.
  private func imageData() -> [UInt8] {
    let passes =
      interlaced
      ? [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)] : [(0, 0, 1, 1)]
    let channels = Self.channels(colourType)
    var data: [UInt8] = []
    for (firstRow, firstColumn, rowStep, columnStep) in passes {
      let ys = Swift.stride(from: firstRow, to: rows, by: rowStep)
      let xs = Array(Swift.stride(from: firstColumn, to: columns, by: columnStep))
      if xs.isEmpty { continue }
      for y in ys {
        let values = xs.flatMap { x in (0..<channels).map { samples[(y * columns + x) * channels + $0] } }
        data.append(0)
        data += pack(values)
      }
    }
    return data
  }

  private func pack(_ values: [Int]) -> [UInt8] {
    if depth == 16 { return values.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
    if depth == 8 { return values.map { UInt8($0) } }
    var bytes = [UInt8](repeating: 0, count: (values.count * depth + 7) / 8)
    for (index, value) in values.enumerated() {
      let bit = index * depth
      bytes[bit / 8] |= UInt8(value << (8 - depth - bit % 8))
    }
    return bytes
  }

  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return big(data.count) + body + big(Int(~crc))
  }

  /// A zlib stream of stored blocks.
  static func stored(_ data: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var rest = data[...]
    repeat {
      let block = rest.prefix(65535)
      rest = rest.dropFirst(block.count)
      let length = UInt16(block.count)
      stream += [rest.isEmpty ? 1 : 0, UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
      stream += block
    } while !rest.isEmpty
    var (a, b) = (1, 0)
    for byte in data {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    return stream + big(b << 16 | a)
  }
}

func big(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }
