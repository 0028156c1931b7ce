import Testing

@testable import Canvas

@Suite struct MapSheetTests {
  @Test("Numbers of captions never take more columns than were kept for them")
  func rounded() {
    var value: Float = 1.037e-10
    while value < 1e14 {
      for signed in [value, -value] {
        let text = MapNumbers.rounded(signed)
        #expect(text.count <= MapNumbers.mostColumns, "\(text)")
        guard signed.magnitude > 1e-9 else { continue }
        // One or two digits tell it.
        let shown = Float(text.replacing("k", with: "e3").replacing("M", with: "e6").replacing("G", with: "e9").replacing("T", with: "e12"))
        #expect(shown.map { abs($0 - signed) <= 0.36 * abs(signed) } ?? false, "\(text) \(signed)")
      }
      value *= 1.0371
    }
    #expect([0, 0.714, -1, 0.0123, -0.0023, 12.4, 1234].map { MapNumbers.rounded($0) } == ["0", "0.71", "-1.0", "0.01", "-2e-3", "12", "1.2k"])
  }

  @Test("A caption's rows are no wider than it says, whatever the numbers", arguments: [Glyphs.unicode, .ascii])
  func captions(_ glyphs: Glyphs) {
    let numbers = [
      MapNumbers(least: -1, greatest: 1, mean: 0.01, deviation: 0.7),
      MapNumbers(least: -0.0031, greatest: -0.0029, mean: -0.003, deviation: 1e-5),
      MapNumbers(least: -123_456, greatest: 123_456, mean: -123_456, deviation: 123_456),
      MapNumbers(least: .nan, greatest: .nan, mean: .nan, deviation: .nan),
    ]
    for caption in MapCaption.complete + MapCaption.partial {
      let (name, resolution) = ("grid 12", "512×512")
      let width = caption.width(name: name.count, resolution: resolution.count, glyphs)
      for numbers in numbers {
        let texts = caption.texts(resolution: resolution, numbers, glyphs)
        #expect(texts.count == caption.rows.count)
        for (row, text) in texts.enumerated() {
          #expect((row == 0 ? name.count : 0) + glyphs.columns(of: text) <= width, "\(text)")
        }
      }
    }
    for caption in MapCaption.complete {
      #expect(Set(caption.rows.joined()) == [.name, .resolution, .range, .mean, .deviation])
      let all = caption.texts(resolution: "", numbers[0], glyphs).joined(separator: " ")
      for word in ["-1.0\(MapCaption.dots(glyphs))1.0", "\(MapCaption.mean(glyphs)) 0.01", "\(MapCaption.deviation(glyphs)) 0.70"] {
        #expect(all.contains(word), "\(all)")
      }
    }
  }

  private func map(_ width: Int, _ height: Int, _ unit: Int) -> MapSheet.Map {
    MapSheet.Map(
      raster: Raster(width: width, height: height, color: RGB(UInt8(unit % 200), 7, 9)), full: PixelSize(width: width, height: height), title: "level 3", details: "\(width)×\(height)  unit \(unit)",
      numbers: MapNumbers(least: -1, greatest: 0.5, mean: 0.25, deviation: 0.125),
      range: MapRange([(-1, 0.5)], isSigned: true), colors: .difference)
  }

  @Test("Every map is titled, in its own pixels, with what its colours stand for")
  func sheet() throws {
    let sheet = MapSheet(title: "ASMR", subtitle: "activation", levels: [[map(4, 4, 0), nil, map(4, 4, 2)], [map(512, 512, 5)]])
    let ground = RGB(1, 2, 3)
    let frame = try #require(sheet.frame(ground: ground))
    let lines = frame.text().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "  ASMR" && lines[1] == "  activation" && lines[2].isEmpty)
    #expect(lines[3].split(separator: " ") == ["level", "3", "level", "3"])
    #expect(lines[4].contains("4×4  unit 0") && lines[4].contains("4×4  unit 2"))
    #expect(lines[5].contains("min -1.00  max 0.50") && lines[6].contains("mean 0.25  σ 0.13"))
    // Symmetric around zero, as its colours are.
    let legend = lines.first { $0.contains("-1.00") && $0.contains("░") && $0.contains("1.00") && !$0.contains("min") }
    #expect(legend != nil)
    // As large as the largest; the third stands in the third column.
    let raster = FrameImage(cell: MapSheet.cell, background: ground).raster(frame)
    #expect(raster.width == 8 * (2 + 3 * 66) && raster.height == 16 * (3 + 2 * (4 + 32 + 1 + 1)))
    #expect(raster[8 * 2, 16 * 7] == RGB(0, 7, 9) && raster[8 * 2 + 511, 16 * 7 + 511] == RGB(0, 7, 9))
    #expect(raster[8 * (2 + 66) + 100, 16 * 7 + 100] == ground)
    #expect(raster[8 * (2 + 132) + 100, 16 * 7 + 100] == RGB(2, 7, 9))
    #expect(raster[8 * 2 + 255, 16 * (7 + 38) + 255] == RGB(5, 7, 9))
  }

  @Test("Maps that do not fill their cells have the ground beside them")
  func padding() throws {
    let sheet = MapSheet(title: "", subtitle: "", levels: [[map(321, 241, 1)]])
    let frame = try #require(sheet.frame(ground: RGB(9, 9, 9)))
    let raster = FrameImage(cell: MapSheet.cell).raster(frame)
    #expect(raster[16 + 320, 16 * 7 + 240] == RGB(1, 7, 9))
    #expect(raster[16 + 321, 16 * 7] == RGB(9, 9, 9) && raster[16, 16 * 7 + 241] == RGB(9, 9, 9))
  }

  @Test("Many maps are smaller and stand in more lines; too many have no titles")
  func many() throws {
    func sheet(_ count: Int, levels: Int = 1) -> MapSheet {
      MapSheet(title: "", subtitle: "", levels: (0..<levels).map { _ in (0..<count).map { map(512, 512, $0) } })
    }
    // Not described where it fails: that would be millions of pixels.
    guard let frame = sheet(256, levels: 4).frame(ground: RGB(0, 0, 0)) else {
      Issue.record("there is room for titles")
      return
    }
    let (count, text) = (frame.pictures.count, frame.text())
    #expect(count == 2 * 1024 && text.contains("unit 255") && text.contains("μ 0.25 σ 0.13"))
    let bounds = frame.bounds
    #expect(bounds.width * 8 * bounds.height * 16 <= 1 << 26 && bounds.height < Frame.maximumHeight && bounds.width < Frame.maximumWidth)
    let isRefused = sheet(1024, levels: 8).frame(ground: RGB(0, 0, 0)) == nil
    #expect(isRefused)
  }

  @Test("A map that is drawn at fewer points than its level has says so")
  func sampled() throws {
    var (whole, half) = (map(64, 64, 1), map(32, 64, 2))
    half.full = PixelSize(width: 64, height: 64)
    whole.details = "64×64  unit 1"
    half.details = "64×64  unit 2"
    let frame = try #require(MapSheet(title: "", subtitle: "", levels: [[whole, half]]).frame(ground: RGB(0, 0, 0)))
    let lines = frame.text().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[4].contains("64×64  unit 2  ≈ at 64×32") && lines[4].contains("64×64  unit 1   "))
    // Where the sheet itself leaves points out.
    let many = MapSheet(title: "", subtitle: "", levels: (0..<4).map { _ in (0..<256).map { map(512, 512, $0) } })
    guard let small = many.frame(ground: RGB(0, 0, 0)) else {
      Issue.record("there is room for titles")
      return
    }
    let row = small.text().split(separator: "\n", omittingEmptySubsequences: false)[3]
    #expect(row.contains("level 3  ≈"))
  }
}
