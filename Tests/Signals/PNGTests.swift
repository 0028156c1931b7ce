import Testing

@testable import Signals

@Suite struct PNGTests {
  static let kinds: [(Int, Int)] = [
    (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16),
  ]

  /// What the specification says the file means, by the builder's raw samples.
  private func expected(_ png: PNGBuilder) -> [Float] {
    let maximum = Float(1 << png.depth - 1)
    let channels = PNGBuilder.channels(png.colourType)
    var result: [Float] = []
    for pixel in 0..<(png.rows * png.columns) {
      let raw = Array(png.samples[(pixel * channels)..<((pixel + 1) * channels)])
      switch png.colourType {
      case 3:
        let entry = png.palette[(3 * raw[0])..<(3 * raw[0] + 3)].map { Float($0) / 255 }
        let alpha = raw[0] < png.transparency.count ? Float(png.transparency[raw[0]]) / 255 : 1
        result += entry.map { $0 * alpha }
      case 4, 6:
        let alpha = Float(raw.last!) / maximum
        result += raw.dropLast().map { Float($0) / maximum * alpha }
      default:
        let key = Swift.stride(from: 0, to: png.transparency.count, by: 2).map {
          Int(png.transparency[$0]) << 8 | Int(png.transparency[$0 + 1])
        }
        result += raw == key ? raw.map { _ in 0 } : raw.map { Float($0) / maximum }
      }
    }
    return result
  }

  @Test(arguments: kinds, [false, true])
  func everyColourTypeAndDepth(_ kind: (Int, Int), _ interlaced: Bool) throws {
    for (rows, columns) in [(1, 1), (5, 3), (9, 13), (3, 40)] {
      let png = PNGBuilder.random(rows: rows, columns: columns, colourType: kind.0, depth: kind.1, interlaced: interlaced)
      let loaded = try decode(png.encoded())
      #expect(loaded.signal.shape == [rows, columns])
      #expect(loaded.signal.channels == (kind.0 == 0 || kind.0 == 4 ? 1 : 3))
      #expect(distance(loaded.signal.samples, expected(png)) == 0)
      #expect(loaded.format.hasSuffix("interlaced") == interlaced)
      #expect(loaded.notes == (kind.0 >= 4 && loaded.signal.sampleCount > 1 ? ["alpha composed over black"] : loaded.notes))
    }
  }

  @Test func formatsInWords() throws {
    func format(_ colourType: Int, _ depth: Int, _ interlaced: Bool) throws -> String {
      try decode(PNGBuilder.random(rows: 2, columns: 2, colourType: colourType, depth: depth, interlaced: interlaced).encoded())
        .format
    }
    #expect(try format(6, 16, true) == "PNG, RGB with alpha, 16 bits, interlaced")
    #expect(try format(0, 1, false) == "PNG, grey, 1 bit")
    #expect(try format(3, 4, false) == "PNG, palette, 4 bits")
  }

  @Test(arguments: [1, 2, 4, 8, 16])
  func transparentGreyBecomesBlack(_ depth: Int) throws {
    var png = PNGBuilder.random(rows: 4, columns: 4, colourType: 0, depth: depth, interlaced: false)
    let key = png.samples[3]
    png.transparency = [UInt8(key >> 8), UInt8(key & 255)]
    let loaded = try decode(png.encoded())
    #expect(loaded.signal.samples == expected(png))
    #expect(loaded.signal.samples[3] == 0)
    #expect(loaded.notes == ["alpha composed over black"])
  }

  @Test(arguments: [8, 16])
  func transparentColourBecomesBlack(_ depth: Int) throws {
    var png = PNGBuilder.random(rows: 4, columns: 4, colourType: 2, depth: depth, interlaced: true)
    png.transparency = png.samples[6..<9].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    let loaded = try decode(png.encoded())
    #expect(loaded.signal.samples == expected(png))
    #expect(loaded.signal.samples[6..<9].allSatisfy { $0 == 0 })
    #expect(loaded.notes.count == 1)
  }

  @Test func paletteWithAlphas() throws {
    var png = PNGBuilder.random(rows: 6, columns: 6, colourType: 3, depth: 4, interlaced: false)
    png.transparency = [0, 51, 255]  // Fewer than entries: the rest is opaque.
    #expect(try decode(png.encoded()).signal.samples == expected(png))
  }

  @Test func greyPalettesAreGrey() throws {
    var png = PNGBuilder.random(rows: 3, columns: 3, colourType: 3, depth: 2, interlaced: false)
    png.palette = [0, 0, 0, 80, 80, 80, 160, 160, 160, 255, 255, 255]
    let loaded = try decode(png.encoded())
    #expect(loaded.signal.channels == 1)
    #expect(loaded.signal.samples == png.samples.map { [0, 80 / 255, 160 / 255, 1][$0] })
  }

  @Test func opaqueAlphaIsNotNoted() throws {
    let png = PNGBuilder(rows: 1, columns: 2, colourType: 4, depth: 8, samples: [9, 255, 7, 255])
    let loaded = try decode(png.encoded())
    #expect(loaded.notes.isEmpty)
    #expect(loaded.signal.samples == [9 / 255, 7 / 255])
  }

  @Test func damageIsRefused() throws {
    var png = PNGBuilder.random(rows: 8, columns: 8, colourType: 2, depth: 8, interlaced: false)
    let good = png.encoded()
    png.missingImageBytes = 30
    expectFault(png.encoded(), "PNG data cannot be decoded")
    // The IDAT's checksum, the header's, the end's absence.
    var bytes = good
    bytes[bytes.count - 14] ^= 1
    expectFault(bytes, "invalid chunk checksum")
    bytes = good
    bytes[30] ^= 1
    expectFault(bytes, "invalid chunk checksum")
    expectFault(Array(good.dropLast(12)), "PNG data cannot be decoded")
    expectFault(Array(good.prefix(33)), "PNG data cannot be decoded")
    expectFault(Array(good.prefix(8)), "PNG data cannot be decoded")
    var indexed = PNGBuilder.random(rows: 2, columns: 2, colourType: 3, depth: 8, interlaced: false)
    indexed.samples = [0, 1, 2, 3]
    indexed.palette = [1, 2, 3, 4, 5, 6]
    expectFault(indexed.encoded(), "the palette index: found 2; allowed 0…1")
    indexed.palette = []
    expectFault(indexed.encoded(), "PNG data cannot be decoded")
  }

  @Test func absurdSizesAreRefusedBeforeAnythingIsAllocated() {
    for (columns, rows) in [(1 << 31 - 1, 1 << 31 - 1), (65536, 65536), (1, 1 << 30), (16384, 16385)] {
      let header = big(columns) + big(rows) + [8, 2, 0, 0, 0]
      let bytes = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + PNGBuilder.chunk("IHDR", header)
      expectFault(bytes + PNGBuilder.chunk("IDAT", PNGBuilder.stored([])), "too large: found \(columns)×\(rows)")
    }
    var png = PNGBuilder.random(rows: 1, columns: 1, colourType: 2, depth: 8, interlaced: true)
    png.rows = 16000
    png.columns = 16000
    png.samples = []
    expectFault(png.encodedHeaderOnly(), "image data is truncated: found")
  }

  @Test func largeInterlacedPicturesAreReducedToo() throws {
    var png = PNGBuilder(rows: 1030, columns: 1030, colourType: 0, depth: 16, interlaced: true, samples: [])
    png.samples = (0..<(1030 * 1030)).map { $0 * 7919 & 65535 }
    let bytes = png.encoded()
    let loaded = try decode(bytes, resize: .auto)
    #expect(loaded.signal.shape == [1024, 1024])
    #expect(loaded.signal == (try decode(bytes).signal.resized(rows: 1024, columns: 1024)))
  }

  /// Chunks that carry no pixels, wrong in ways that libpng only warns about. (A wrong checksum is an error anywhere.)
  @Test func faultsOfMetadata() throws {
    let good = PNGBuilder.random(rows: 4, columns: 4, colourType: 2, depth: 8, interlaced: false)
      .encoded()
    let plain = try decode(good).signal
    let chunks: [(String, [UInt8])] = [
      ("gAMA", [0, 0, 0, 0]), ("gAMA", [1, 2]), ("sBIT", [9, 9, 9]), ("sRGB", [9]), ("tEXt", []), ("tEXt", Array("no end".utf8)),
      ("zTXt", Array("key".utf8) + [0, 0, 1, 2, 3]), ("iCCP", Array("name".utf8) + [0, 0, 9, 9, 9]), ("pHYs", [0, 0, 0, 1, 0, 0, 0, 1, 7]),
      ("bKGD", [0]), ("tIME", [7, 200, 13, 40, 0, 0, 0]), ("cHRM", [0]), ("hIST", [0, 0]), ("eXIf", [1]), ("abCd", [1, 2]),
      ("iTXt", Array("key".utf8)), ("sPLT", [1]), ("tRNS", [0]),
    ]
    for (type, data) in chunks {
      let bytes = Array(good[0..<33]) + PNGBuilder.chunk(type, data) + Array(good[33...])
      #expect(try decode(bytes).signal == plain, "\(type)")
    }
  }
}
