import Foundation
import Testing

@testable import Canvas

@Suite struct SixelTests {
  /// Colours in smooth change with a little noise, the same every time.
  private func photograph(width: Int, height: Int) -> Raster {
    var state: UInt32 = 12345
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<3 {
          state = state &* 1_664_525 &+ 1_013_904_223
          let wave = 128 + 90 * sin(Double(x) / Double(17 + 5 * channel)) * cos(Double(y) / Double(23 - 4 * channel))
          pixels.append(UInt8(min(255, max(0, wave + Double(state >> 28) - 8))))
        }
      }
    }
    return Raster(width: width, height: height, pixels: pixels)!
  }

  private func grey(width: Int, height: Int) -> Raster {
    Raster(width: width, height: height, grey: (0..<width * height).map { UInt8($0 * 7 % 256) })!
  }

  private func features(width: Int, height: Int) -> Raster {
    ColorMap.viridis.raster(width: width, height: height, values: (0..<width * height).map { Float($0 % 61) / 60 })!
  }

  private func pictures(_ width: Int, _ height: Int) -> [Raster] {
    [photograph(width: width, height: height), grey(width: width, height: height), features(width: width, height: height)]
  }

  @Test(arguments: [(1, 1), (7, 5), (120, 66), (13, 100), (600, 31)], [8, 16, 64, 256])
  func everyPixelIsSentWithItsColor(_ size: (Int, Int), _ registers: Int) throws {
    for raster in pictures(size.0, size.1) {
      let picture = Quantizer(registers: registers).indexed(raster)
      #expect(picture.palette.percents.count <= registers)
      let decoded = try #require(SixelDecoder(Sixel.stream(picture)))
      #expect(decoded.width == size.0 && decoded.height == size.1 && decoded.rows == size.1)
      for y in 0..<size.1 {
        for x in 0..<size.0 {
          let number = Int(picture.indices[y * size.0 + x])
          guard decoded.number(x: x, y: y) == number else {
            Issue.record("\(x),\(y) of \(size): \(String(describing: decoded.number(x: x, y: y))), not \(number)")
            return
          }
        }
      }
      for (number, percents) in decoded.percents {
        let color = picture.palette.percents[number]
        #expect(percents == [Int(color.x), Int(color.y), Int(color.z)])
      }
    }
  }

  @Test("A picture at another size is sent as if it had been brought to it before", arguments: [(21, 13), (42, 26), (50, 27), (21, 40), (20, 40), (7, 3), (0, 4)])
  func atAnotherSize(width: Int, height: Int) throws {
    for raster in pictures(21, 13) {
      let quantizer = Quantizer()
      let (picture, wanted) = (quantizer.indexed(raster, toWidth: width, height: height), quantizer.indexed(raster.scaled(toWidth: width, height: height)))
      #expect(picture.width == width && picture.height == height)
      func colors(_ picture: IndexedPicture) -> [RGB] { picture.indices.map { picture.palette[Int($0)] } }
      #expect(colors(picture) == colors(wanted))
      guard width > 0 else { continue }
      // Rows that come several times, also from one band to the next.
      let decoded = try #require(SixelDecoder(Sixel.stream(picture)))
      for y in 0..<height { for x in 0..<width { #expect(decoded.number(x: x, y: y) == Int(picture.indices[y * width + x])) } }
    }
  }

  @Test("What grows has the pixel under the middle of each new one")
  func growth() {
    let raster = photograph(width: 21, height: 13)
    for (width, height) in [(21, 14), (33, 13), (64, 100), (1, 1), (20, 12)] {
      let nearest = raster.scaled(from: Rect(x: 0, y: 0, width: 21, height: 13), toWidth: width, height: height, isSmooth: false)
      let grown = raster.scaled(toWidth: width, height: height)
      for y in 0..<height {
        for x in 0..<width {
          let wanted = raster[(2 * x + 1) * 21 / (2 * width), (2 * y + 1) * 13 / (2 * height)]
          #expect(nearest[x, y] == wanted && (grown[x, y] == wanted || width < 21))
        }
      }
    }
  }

  @Test func partsAreTheWholeWhereTheyBelong() throws {
    let picture = Quantizer().indexed(photograph(width: 50, height: 40))
    let decoded = try #require(SixelDecoder(Sixel.stream(picture, rows: 9..<31, columns: 12..<50)))
    #expect(decoded.width == 38 && decoded.height == 22)
    for y in 0..<22 {
      for x in 0..<38 { #expect(decoded.number(x: x, y: y) == Int(picture.indices[(y + 9) * 50 + x + 12])) }
    }
    #expect(Sixel.stream(picture, rows: 40..<90).isEmpty && Sixel.stream(picture, columns: 3..<3).isEmpty)
  }

  @Test func fewColorsStayWhatTheyAre() {
    let picture = Quantizer().indexed(features(width: 61, height: 6))
    let raster = features(width: 61, height: 6)
    for y in 0..<6 {
      for x in 0..<61 {
        let (a, b) = (picture[x, y], raster[x, y])
        // Half a percent, and rounding.
        for (one, other) in [(a.r, b.r), (a.g, b.g), (a.b, b.b)] { #expect(abs(Int(one) - Int(other)) <= 2) }
      }
    }
  }

  @Test("Many colours of its own may differ by 4 of 255, and take fewer bytes; few stay what they are")
  func manyColorsAreAlike() {
    let slope: [Int] = (0..<480 * 120).map { place in place % 480 + place / 480 }
    let greys = Raster(width: 480, height: 120, grey: slope.map { UInt8($0 * 255 / 599) })!
    let values: [Float] = slope.map { Float($0) / 599 }
    let maps: [Raster] = [ColorMap.viridis, .grey].map { $0.raster(width: 480, height: 120, values: values)! }
    for raster in [greys] + maps {
      let (exact, coarse) = (Quantizer().indexed(raster), Quantizer(mostExact: 64).indexed(raster))
      // As they grow, too.
      #expect(Quantizer(mostExact: 64).indexed(raster, toWidth: 960, height: 240).palette == coarse.palette)
      for y in 0..<120 {
        for x in 0..<480 {
          let (a, b) = (coarse[x, y], raster[x, y])
          for (one, other) in [(a.r, b.r), (a.g, b.g), (a.b, b.b)] { #expect(abs(Int(one) - Int(other)) <= 4) }
        }
      }
      #expect(Sixel.stream(coarse).count * 10 < Sixel.stream(exact).count * 9)
    }
    let few = features(width: 61, height: 6)
    #expect(Quantizer(mostExact: 64).indexed(few) == Quantizer().indexed(few))
  }

  @Test(arguments: [8, 12, 16, 64, 216, 256])
  func ditheredAreasHaveTheRightMean(_ registers: Int) {
    // More colours than registers force the cube; a flat area of one of them must come out on average.
    let quantizer = Quantizer(registers: registers)
    for color in [RGB(200, 100, 50), RGB(12, 240, 130), RGB(128, 128, 129)] {
      var pixels: [UInt8] = []
      for place in 0..<(64 * 72) {
        // The first rows are there to have too many colours.
        pixels += place < 64 * 8 ? [UInt8(place % 256), UInt8(place / 2 % 256), UInt8(place / 3 % 256)] : [color.r, color.g, color.b]
      }
      let picture = quantizer.indexed(Raster(width: 64, height: 72, pixels: pixels)!)
      var sums = [0, 0, 0]
      for y in 8..<72 {
        for x in 0..<64 {
          let seen = picture[x, y]
          sums = [sums[0] + Int(seen.r), sums[1] + Int(seen.g), sums[2] + Int(seen.b)]
        }
      }
      for (sum, wanted) in zip(sums, [color.r, color.g, color.b]) {
        #expect(abs(Double(sum) / 4096 - Double(wanted)) < 3, "\(registers) registers, \(color)")
      }
    }
  }

  @Test func thresholdsAreThoseOfBayer() {
    #expect(Set(Quantizer.thresholds) == Set(0..<64))
    #expect(Array(Quantizer.thresholds.prefix(8)) == [0, 32, 8, 40, 2, 34, 10, 42])
  }

  @Test(.enabled(if: ["/usr/bin/sixel2png", "/usr/local/bin/sixel2png"].contains { FileManager.default.isExecutableFile(atPath: $0) }, "libsixel-bin is needed"))
  func libsixelSeesTheSamePicture() throws {
    for (number, raster) in pictures(180, 120).enumerated() {
      let picture = Quantizer().indexed(raster)
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sixel-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let (stream, png, ppm) = (folder.appendingPathComponent("p.six"), folder.appendingPathComponent("p.png"), folder.appendingPathComponent("p.ppm"))
      try Data(Sixel.stream(picture)).write(to: stream)
      func run(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
      }
      #expect(try run(["sixel2png", "-i", stream.path, "-o", png.path]) == 0)
      try #require(try run(["sh", "-c", "pngtopnm '\(png.path)' | pnmtoplainpnm > '\(ppm.path)'"]) == 0)
      let words = try String(contentsOf: ppm, encoding: .utf8).split(whereSeparator: \.isWhitespace)
      #expect(words[1] == "180" && words[2] == "120")
      let channels = words[0] == "P2" ? 1 : 3
      for place in 0..<180 * 120 {
        let color = picture[place % 180, place / 180]
        let seen = (0..<3).map { Int(words[4 + place * channels + min($0, channels - 1)]) ?? -1 }
        let wanted = [Int(color.r), Int(color.g), Int(color.b)]
        guard zip(seen, wanted).allSatisfy({ abs($0 - $1) <= 1 }) else {
          Issue.record("picture \(number) at \(place % 180),\(place / 180): \(seen), not \(wanted)")
          break
        }
      }
    }
  }

  // MARK: kitty

  /// What a kitty stream carries: its control data and the bytes of its pixels.
  private func kitty(_ bytes: [UInt8]) throws -> (control: [String: String], payload: Data) {
    var control: [String: String] = [:]
    var text = ""
    let parts = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\u{1B}\\").dropLast()
    for (index, part) in parts.enumerated() {
      #expect(part.hasPrefix("\u{1B}_G"))
      let halves = part.dropFirst(3).split(separator: ";", maxSplits: 1)
      let keys = halves[0].split(separator: ",").map { $0.split(separator: "=").map(String.init) }
      if index == 0 { for key in keys { control[key[0]] = key[1] } }
      #expect(keys.contains(["m", index == parts.count - 1 ? "0" : "1"]))
      #expect(halves[1].count <= 4096 && (index == parts.count - 1 || halves[1].count % 4 == 0))
      text += halves[1]
    }
    return (control, try #require(Data(base64Encoded: text)))
  }

  @Test func kittyCarriesTheSameBytes() throws {
    let raster = photograph(width: 75, height: 40)
    let whole = try kitty(KittyGraphics.show(raster, id: 77, cells: (9, 3)))
    #expect([UInt8](whole.payload) == raster.pixels)
    #expect(whole.control["s"] == "75" && whole.control["v"] == "40" && whole.control["f"] == "24" && whole.control["i"] == "77")
    #expect(whole.control["c"] == "9" && whole.control["r"] == "3" && whole.control["q"] == "2" && whole.control["C"] == "1")
    let part = try kitty(KittyGraphics.show(raster, id: 1, cells: (1, 1), rows: 10..<12, columns: 70..<75))
    let rows = [10, 11].map { y in Array(raster.pixels[3 * (y * 75 + 70)..<3 * (y * 75 + 75)]) }
    #expect([UInt8](part.payload) == rows[0] + rows[1])
    #expect(KittyGraphics.show(raster, id: 1, cells: (1, 1), rows: 40..<41).isEmpty)
  }
}
