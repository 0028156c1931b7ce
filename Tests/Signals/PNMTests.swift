import Testing

@testable import Signals

@Suite struct PNMTests {
  @Test func plainBitmapDigitsMayTouch() throws {
    let loaded = try decode("P1\n3 2\n101\n0 1\n0")
    #expect(loaded.signal == Signal(shape: [2, 3], channels: 1, samples: [0, 1, 0, 1, 0, 1]))
    #expect(loaded.format == "PBM, ASCII, 1 bit")
    #expect(loaded.notes.isEmpty)
  }

  @Test func plainGreyMap() throws {
    let loaded = try decode("P2 2 2 15\n0 5\n10 15\n")
    #expect(loaded.signal == Signal(shape: [2, 2], channels: 1, samples: [0, 5 / 15, 10 / 15, 1]))
    #expect(loaded.format == "PGM, ASCII, maxval 15")
  }

  @Test func plainPixelMapWithoutFinalNewline() throws {
    let loaded = try decode("P3\n1 2\n65535\n0 256 65535\n1 2 3")
    #expect(loaded.signal.shape == [2, 1])
    #expect(loaded.signal.channels == 3)
    #expect(loaded.signal.samples == [0, 256, 65535, 1, 2, 3].map { Float($0) / 65535 })
    #expect(loaded.format == "PPM, ASCII, 16 bits")
  }

  @Test func packedBitmapPadsRows() throws {
    let loaded = try decode(Array("P4\n9 2\n".utf8) + [0b1010_0000, 0b1000_0000, 0b0000_0001, 0b0111_1111])
    #expect(loaded.signal.shape == [2, 9])
    #expect(loaded.signal.samples == [0, 1, 0, 1, 1, 1, 1, 1, 0] + [1, 1, 1, 1, 1, 1, 1, 0, 1])
    #expect(loaded.format == "PBM, 1 bit")
  }

  @Test func greyMap() throws {
    let loaded = try decode(Array("P5 3 1 255\n".utf8) + [0, 51, 255])
    #expect(loaded.signal == Signal(shape: [1, 3], channels: 1, samples: [0, 51 / 255, 1]))
    #expect(loaded.format == "PGM, 8 bits")
    #expect(loaded.originalShape == [1, 3])
  }

  @Test func sixteenBitsAreBigEndian() throws {
    let loaded = try decode(Array("P5 2 1 1000\n".utf8) + [0x01, 0x00, 0x03, 0xE8])
    #expect(loaded.signal.samples == [256 / 1000, 1])
    #expect(loaded.format == "PGM, maxval 1000")
  }

  @Test func pixelMap() throws {
    let loaded = try decode(Array("P6 1 2 255\n".utf8) + [255, 0, 51, 1, 2, 3])
    #expect(loaded.signal.shape == [2, 1])
    #expect(loaded.signal.samples == [255, 0, 51, 1, 2, 3].map { Float($0) / 255 })
    #expect(loaded.format == "PPM, 8 bits")
  }

  @Test(arguments: [("BLACKANDWHITE", 1), ("GRAYSCALE", 1), ("RGB", 3), ("", 1), ("", 3)])
  func arbitraryMapWithoutAlpha(_ type: String, _ depth: Int) throws {
    let maximum = type == "BLACKANDWHITE" ? 1 : 255
    let line = type.isEmpty ? "" : "TUPLTYPE \(type)\n"
    let header = "P7\n# comment\nWIDTH 2\nHEIGHT 1\nDEPTH \(depth)\nMAXVAL \(maximum)\n\(line)ENDHDR\n"
    let raw = (0..<(2 * depth)).map { UInt8($0 == 0 ? maximum : 0) }
    let loaded = try decode(Array(header.utf8) + raw)
    #expect(loaded.signal.channels == depth)
    #expect(loaded.signal.samples == raw.map { Float($0) / Float(maximum) })
    #expect(loaded.notes.isEmpty)
  }

  @Test(arguments: [("GRAYSCALE_ALPHA", 2), ("RGB_ALPHA", 4), ("", 2), ("", 4)])
  func arbitraryMapAlphaIsComposedOverBlack(_ type: String, _ depth: Int) throws {
    let line = type.isEmpty ? "" : "TUPLTYPE \(type)\n"
    let header = "P7\r\nHEIGHT 1\r\nWIDTH 2\r\nMAXVAL 65535\r\nDEPTH \(depth)\r\n\r\n\(line)ENDHDR\r\n"
    let colours = (0..<(depth - 1)).map { 40000 + 1000 * $0 }
    let samples = colours + [65535] + colours + [13107]
    let loaded = try decode(Array(header.utf8) + samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] })
    let expected = colours.map { Float($0) / 65535 } + colours.map { Float($0) / 65535 * (13107 / 65535) }
    #expect(loaded.signal.channels == depth - 1)
    #expect(distance(loaded.signal.samples, expected) < 1e-7)
    #expect(loaded.notes == ["alpha composed over black"])
    #expect(loaded.format == "PAM, \(depth == 2 ? "grey" : "RGB") with alpha, 16 bits")
  }

  @Test func opaqueAlphaIsNotNoted() throws {
    let header = "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n"
    #expect(try decode(Array(header.utf8) + [7, 255]).notes.isEmpty)
  }

  @Test(arguments: [
    "P2#c\n2 1 9 3 4", "P2\n# one\n# two\n2 1\n9\n3 4", "P2 2# width\n1 9\n3 4", "P2 2 1 9#max\n3 4",
    "P2 2 1 9\n3 # first\n4 # second", "P2 2 1 9\n#\n3#\n4#", "P2\r\n2 1\r\n#c\r\n9\r\n3 4\r\n", "P2\t2\u{B}1\u{C}9 3 4",
    "P2 002 001 0009 003 4 and whatever follows",
  ])
  func commentsAndSpaces(_ text: String) throws {
    #expect(try decode(text).signal == Signal(shape: [1, 2], channels: 1, samples: [3 / 9, 4 / 9]))
  }

  @Test func commentsInPlainBitmaps() throws {
    #expect(try decode("P1 2 2 1#1\n0#0 0\n 01").signal.samples == [0, 1, 1, 0])
  }

  @Test func headersWithCarriageReturns() throws {
    #expect(try decode(Array("P5\r\n2 1\r\n255\r\n".utf8) + [9, 8]).signal.samples == [9 / 255, 8 / 255])
    #expect(try decode(Array("P4\r\n8 1\r\n".utf8) + [0x0F]).signal.samples == [1, 1, 1, 1, 0, 0, 0, 0])
    // A lone CR ends the header, and the LF is a sample, when the raster fits the file only so.
    #expect(try decode(Array("P5 2 1 255\r".utf8) + [10, 8]).signal.samples == [10 / 255, 8 / 255])
  }

  @Test func binaryRasterMayBeginWithAHash() throws {
    #expect(try decode(Array("P5 2 1 255\n".utf8) + [0x23, 0x0A]).signal.samples == [35 / 255, 10 / 255])
    #expect(try decode(Array("P5 2 1 255#c\n".utf8) + [0x23, 0x0A]).signal.samples == [35 / 255, 10 / 255])
  }

  @Test func furtherPicturesAreNoted() throws {
    let one = Array("P5 1 1 255\n".utf8) + [1]
    #expect(try decode(one + one).notes == ["only the first picture of the stream is read"])
    #expect(try decode(one + [0, 1, 2]).notes.isEmpty)
    #expect(try decode("P2 1 1 9 5\nP2 1 1 9 4").notes.count == 1)
  }

  @Test(arguments: [
    ("P5", "not a picture"), ("P5 ", "width: found the end of the file; allowed 1…2147483647"),
    ("P5\n2", "height: found the end"), ("P5\n2 2\n", "maxval: found the end"),
    ("P5\n-1 2 255\n", "width: found “-1”; allowed 1…2147483647"), ("P5\n0 2 255\n", "width: found “0”"),
    ("P5\n2 0 255\n", "height: found “0”"), ("P5\n2 x 255\n", "height: found “x”"),
    ("P5\n2.5 2 255\n", "width: found “2.5”"), ("P5\n2 2 0\n", "maxval: found “0”; allowed 1…65535"),
    ("P5\n2 2 65536\n", "maxval: found “65536”"),
    ("P5\n99999999999999999999999999 2 255\n", "width: found “999999999999999999999999”"),
    ("P5\n2147483647 2147483647 255\n", "too large: found 2147483647×2147483647"),
    ("P6\n30000 30000 255\n", "too large"), ("P5\n30000 30000 65535\n", "truncated: found 0 bytes; allowed 1800000000"),
    ("P5 2 2 255\nabc", "truncated: found 3 bytes; allowed 4 bytes"), ("P6 2 2 255\nabc", "found 3 bytes; allowed 12 bytes"),
    ("P5 2 2 256\nabc", "found 3 bytes; allowed 8 bytes"), ("P4 9 2\nabc", "found 3 bytes; allowed 4 bytes"),
    ("P2 2 2 9 1 2 3", "truncated: found 5 bytes; allowed 7 bytes or more"),
    ("P2 2 2 9 1 22222222 3", "row 1, column 2: found “22222222”; allowed 0…9"),
    ("P2 2 2 9 1  2  3  ", "truncated: found 3 samples; allowed 4"),
    ("P2 2 2 9 1 2 x 4", "row 2, column 1: found “x”; allowed 0…9"), ("P2 2 1 9 1 10", "row 1, column 2: found “10”"),
    ("P3 1 1 9 1 2 -3", "row 1, column 1: found “-3”"), ("P1 2 2 0121", "row 2, column 1: found “21”; allowed 0…1"),
    ("P1 2 2 01 1   ", "truncated: found 3 samples"), ("P5 2 1 15\n\u{1}\u{10}", "row 1, column 2: found “16”; allowed 0…15"),
    ("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\n", "not closed: found the end of the file; allowed ENDHDR"),
    ("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nENDHDR\nx", "found no MAXVAL"), ("P7\nWIDTH 1\nENDHDR\n", "found no HEIGHT, no DEPTH, no MAXVAL"),
    ("P7\nWIDTH 1\nWIDTH 1\n", "WIDTH: found twice"), ("P7\nWIDTH 0\n", "WIDTH: found “0”; allowed 1…2147483647"),
    ("P7\nWIDTH -4\n", "WIDTH: found “-4”"), ("P7\nWIDTH\n", "WIDTH: found “”"), ("P7\nDEPTH 5\n", "DEPTH: found “5”; allowed 1…4"),
    ("P7\nWIDTH 1 2\n", "WIDTH: found “1 2”"), ("P7\nCOLOUR yes\n", "found the line “COLOUR”"),
    ("P7 332\n#XVVERSION\n", "allowed P7 alone"),
    ("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\n", "TUPLTYPE: found “CMYK”"),
    ("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n", "DEPTH: found 3; allowed 4 for RGB_ALPHA"),
    ("P8 1 1 255\n1", "not a picture"), ("P0\n", "not a picture"),
    ("P5 2 2 255\u{1B}[31m\n", "maxval: found “255\\x1B[31m”"),
  ])
  func malformed(_ text: String, _ fragment: String) {
    expectFault(text, fragment)
  }
}
