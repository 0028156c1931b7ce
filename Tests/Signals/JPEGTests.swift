import CTurboJPEG
import Testing

@testable import Signals

@Suite struct JPEGTests {
  private func colours(rows: Int, columns: Int) -> (signal: Signal, pixels: [UInt8]) {
    // Smooth, so that the losses stay small.
    var samples: [Float] = []
    for y in 0..<rows {
      for x in 0..<columns { samples += [Float(y) / Float(rows), Float(x) / Float(columns), 0.3] }
    }
    return (Signal(shape: [rows, columns], channels: 3, samples: samples), samples.map { ImageWriter.byte($0) })
  }

  @Test(arguments: [0, TJFLAG_PROGRESSIVE], [TJSAMP_444.rawValue, TJSAMP_420.rawValue, TJSAMP_422.rawValue, TJSAMP_411.rawValue])
  func colour(_ flags: Int32, _ sampling: UInt32) throws {
    let (signal, pixels) = colours(rows: 41, columns: 67)
    let file = JPEGBuilder.compress(
      pixels, rows: 41, columns: 67, format: TJPF_RGB, sampling: TJSAMP(rawValue: sampling), flags: flags)
    let loaded = try decode(file)
    #expect(loaded.signal.shape == [41, 67])
    #expect(loaded.signal.channels == 3)
    #expect(distance(loaded.signal.samples, signal.samples) < 0.06)
    #expect(loaded.format == "JPEG, YCbCr" + (flags == 0 ? "" : ", progressive"))
  }

  @Test(arguments: [0, TJFLAG_PROGRESSIVE])
  func greyStaysGrey(_ flags: Int32) throws {
    let loaded = try decode(JPEGBuilder.quarters(rows: 32, columns: 48, flags: flags))
    #expect(loaded.signal.shape == [32, 48])
    #expect(loaded.signal.channels == 1)
    #expect(loaded.format == "JPEG, grey" + (flags == 0 ? "" : ", progressive"))
    #expect(distance([loaded.signal.samples[0], loaded.signal.samples.last!], [40 / 255, 220 / 255]) < 0.01)
  }

  @Test func colourWithoutTransform() throws {
    let (_, pixels) = colours(rows: 16, columns: 16)
    let coded = JPEGBuilder.compress(pixels, rows: 16, columns: 16, format: TJPF_RGB, sampling: TJSAMP_444)
    let loaded = try decode(JPEGBuilder.adobe(coded, transform: 0))
    #expect(loaded.format == "JPEG, RGB")
    // The same coefficients, read as RGB, are Y, Cb and Cr of the picture.
    let (r, g, b) = (Float(pixels[0]), Float(pixels[1]), Float(pixels[2]))
    let expected = [
      0.299 * r + 0.587 * g + 0.114 * b, 128 - 0.168736 * r - 0.331264 * g + 0.5 * b, 128 + 0.5 * r - 0.418688 * g - 0.081312 * b,
    ]
    #expect(distance(Array(loaded.signal.samples[0..<3]), expected.map { $0 / 255 }) < 0.02)
  }

  @Test(arguments: [UInt8(0), 2])
  func fourColoursAreRefusedByName(_ transform: UInt8) {
    let pixels = (0..<(16 * 16 * 4)).map { UInt8($0 & 255) }
    let coded = JPEGBuilder.compress(pixels, rows: 16, columns: 16, format: TJPF_CMYK, sampling: TJSAMP_444)
    // TurboJPEG writes its own Adobe marker; libjpeg goes by the last one, so it is overwritten.
    var file = coded
    for index in 0..<(file.count - 16) where file[index] == 0xFF && file[index + 1] == 0xEE { file[index + 15] = transform }
    expectFault(file, "\(transform == 0 ? "CMYK" : "YCCK") JPEG is not read; allowed: grey, YCbCr, RGB")
  }

  @Test(arguments: 1...8, [true, false])
  func orientations(_ value: Int, _ littleEndian: Bool) throws {
    let file = JPEGBuilder.splice(
      JPEGBuilder.quarters(rows: 32, columns: 48), marker: 0xE1,
      JPEGBuilder.exif(orientation: value, littleEndian: littleEndian, type: littleEndian ? 3 : 4))
    let loaded = try decode(file)
    // Stored quarters 0 1 / 2 3; upright ones by the EXIF standard's table (row 0 and column 0 of the stored picture).
    let upright = [
      1: [0, 1, 2, 3], 2: [1, 0, 3, 2], 3: [3, 2, 1, 0], 4: [2, 3, 0, 1], 5: [0, 2, 1, 3], 6: [2, 0, 3, 1], 7: [3, 1, 2, 0],
      8: [1, 3, 0, 2],
    ][value]!
    let shape = value < 5 ? [32, 48] : [48, 32]
    #expect(loaded.signal.shape == shape)
    #expect(loaded.originalShape == shape)
    let corners = [(0, 0), (0, shape[1] - 1), (shape[0] - 1, 0), (shape[0] - 1, shape[1] - 1)].map {
      loaded.signal.samples[$0 * shape[1] + $1]
    }
    #expect(distance(corners, upright.map { [40, 100, 160, 220][$0] / 255 }) < 0.01)
    #expect(loaded.notes.count == (value == 1 ? 0 : 1))
    if value == 6 { #expect(loaded.notes == ["rotated by its EXIF orientation (6)"]) }
  }

  /// Resizing before turning is the same as after.
  @Test(arguments: 1...8)
  func orientedPicturesAreResizedUpright(_ value: Int) throws {
    let file = JPEGBuilder.splice(
      JPEGBuilder.quarters(rows: 33, columns: 47), marker: 0xE1, JPEGBuilder.exif(orientation: value, littleEndian: true))
    let loaded = try decode(file, resize: .exactly(rows: 10, columns: 20))
    #expect(loaded.signal.shape == [10, 20])
    #expect(distance(loaded.signal.samples, try decode(file).signal.resized(rows: 10, columns: 20).samples) < 1e-5)
    #expect(loaded.notes.last == "resized from \(value < 5 ? "47×33" : "33×47") to 20×10 (--resize)")
  }

  @Test func brokenOrientationIsIgnored() throws {
    let plain = JPEGBuilder.quarters(rows: 32, columns: 48)
    let good = JPEGBuilder.exif(orientation: 6, littleEndian: false)
    for value in [0, 9, 65535] {
      let file = JPEGBuilder.splice(plain, marker: 0xE1, JPEGBuilder.exif(orientation: value, littleEndian: true))
      #expect(try decode(file).notes.isEmpty)
    }
    for length in 0..<good.count {
      let loaded = try decode(JPEGBuilder.splice(plain, marker: 0xE1, Array(good.prefix(length))))
      #expect(loaded.signal.shape == [32, 48] || length >= 6 + 8 + 2 + 12 + 10)
    }
    var generator = FixedGenerator(state: 5)
    for _ in 0..<500 {
      var block = good
      block[Int.random(in: 0..<block.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      #expect(try decode(JPEGBuilder.splice(plain, marker: 0xE1, block)).signal.sampleCount == 32 * 48)
    }
  }

  @Test func truncationIsRefused() {
    for flags in [0, TJFLAG_PROGRESSIVE] {
      let file = JPEGBuilder.quarters(rows: 64, columns: 64, flags: flags)
      for length in stride(from: 3, to: file.count - 2, by: 7) {
        expectFault(Array(file.prefix(length)), "found “")
      }
    }
  }

  @Test func otherProcessesAreRefusedByName() {
    let file = JPEGBuilder.quarters(rows: 16, columns: 16)
    let frame = (0..<file.count).first { file[$0] == 0xFF && file[$0 + 1] == 0xC0 }!
    var lossless = file
    lossless[frame + 1] = 0xC3
    expectFault(lossless, "lossless and hierarchical JPEG is not read")
    var deep = file
    deep[frame + 4] = 12
    expectFault(deep, "precision: found 12 bits; allowed 8")
    var vast = file
    vast.replaceSubrange((frame + 5)..<(frame + 9), with: [0xFF, 0xDC, 0xFF, 0xDC])
    expectFault(vast, "too large: found 65500×65500")
  }
}
