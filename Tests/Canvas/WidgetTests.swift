import Canvas
import Testing

@Suite struct WidgetTests {
  private func field(_ text: String, _ cursor: Int?, width: Int = 10, glyphs: Glyphs = .unicode) -> (text: String, cursor: [Int]) {
    var frame = Frame(width: width + 4, height: 1, glyphs: glyphs)
    frame.putField(
      text: text, cursor: cursor, x: 2, y: 0, width: width, style: .plain, cursorStyle: Style(reverse: true))
    return (frame.text(), (0..<frame.width).filter { frame[$0, 0].style.reverse }.map { $0 - 2 })
  }

  @Test func fieldsShowTheirCursor() {
    #expect(field("path", 0) == ("  path", [0]))
    #expect(field("path", 4) == ("  path", [4]))
    #expect(field("path", nil).cursor.isEmpty)
    #expect(field("", 0).cursor == [0])
    #expect(field("a日b", 1) == ("  a日b", [1, 2]))
    #expect(field("a日b", 1, glyphs: .ascii) == ("  a?b", [1]))
    #expect(field("x", -9).cursor == [0] && field("x", .max).cursor == [1])
  }

  @Test func longTextsScroll() {
    let text = "0123456789abcdefghij"
    #expect(field(text, nil).text == "  012345678…")
    #expect(field(text, 0) == ("  012345678…", [0]))
    #expect(field(text, 20) == ("  …cdefghij", [9]))
    #expect(field(text, 10) == ("  …56789abc…", [6]))
    #expect(field(text, 10, glyphs: .ascii).text == "  <56789abc>")
    // The cursor's character is always there, and never hidden by a mark.
    for width in 1...30 {
      for cursor in 0..<20 {
        let shown = field(text, cursor, width: width)
        #expect(shown.cursor.count == 1)
        let expected = Array(text)[cursor]
        #expect(Array(shown.text)[(shown.cursor.first ?? 0) + 2] == expected, "\(width) \(cursor): \(shown)")
      }
    }
    #expect(field(text, 3, width: 0).text.isEmpty)
    for width in 1...9 { _ = field("日本語日本語日本語", 4, width: width) }
  }

  @Test func barsAreScaledToTheSpread() {
    let glyphs = Glyphs.unicode
    #expect(glyphs.bar(10, in: 0...10, width: 4) == "████")
    #expect(glyphs.bar(5, in: 0...10, width: 4) == "██  ")
    #expect(glyphs.bar(0, in: 0...10, width: 4) == "▏   ")
    #expect(glyphs.bar(6.5625, in: 0...10, width: 4) == "██▋ ")
    #expect(glyphs.bar(3, in: 3...3, width: 2) == "██")
    #expect(glyphs.bar(.nan, in: 0...1, width: 3) == "   ")
    #expect(glyphs.bar(99, in: 0...1, width: 3) == "███" && glyphs.bar(-9, in: 0...1, width: 3) == "▏  ")
    #expect(Glyphs.ascii.bar(5, in: 0...10, width: 4) == "##  " && Glyphs.ascii.bar(0, in: 0...10, width: 4) == "#   ")
    #expect(glyphs.bar(1, in: 0...1, width: -4).isEmpty && glyphs.bar(0, in: -1e308...1e308, width: 4) == "██  ")
    var frame = Frame(width: 6, height: 1)
    frame.bar(1, in: 0...2, x: 1, y: 0, width: 4, .plain)
    #expect(frame.text() == " ██")
  }

  @Test func runsHaveNumbersOfKnownWidth() {
    #expect(Glyphs.unicode.runMark(0) == "①" && Glyphs.unicode.runMark(19) == "⑳" && Glyphs.unicode.runMark(20) == "21")
    #expect(Glyphs.ascii.runMark(0) == "1" && Glyphs.unicode.runMark(.max) == "\(Int.max)" && Glyphs.unicode.runMark(-1) == "0")
    for index in 0..<20 { #expect(Glyphs.unicode.runMark(index).columns == 1) }
    var frame = Frame(width: 8, height: 1, glyphs: .ascii)
    frame.put("①⑫ 16²", x: 0, y: 0)
    #expect(frame.text() == "112 162")
    #expect(Glyphs.ascii.columns(of: "⑫…日") == 6)
  }

  @Test(arguments: ColorMap.signed) func signedMapsAreEvenAroundZero(map: ColorMap) {
    let brightness = map.table.map(\.luminance)
    let rises = map.name == "difference"
    for index in 1..<256 where index != 128 {
      let isOutward = index > 127
      let step = brightness[index] - brightness[index - 1]
      #expect((step > -0.004) == (isOutward == rises) || step.magnitude < 0.004, "\(map.name) \(index)")
    }
    for index in 0..<128 { #expect(abs(brightness[index] - brightness[255 - index]) < 0.12, "\(map.name) \(index)") }
    // One side is blue, the other is not, until near the middle.
    for index in 0..<100 {
      #expect(map.table[index].b > map.table[index].r && map.table[255 - index].r > map.table[255 - index].b)
    }
    let values: [Float] = [-2, -1, 0, 1, 2, .infinity]
    let raster = map.raster(width: 6, height: 1, values: values, in: -2...2)
    #expect(raster?[0, 0] == map[0] && raster?[2, 0] == map[0.5] && raster?[4, 0] == map[1] && raster?[5, 0] == map[1])
    #expect(map.raster(width: 1, height: 1, values: [7], in: 7...7)?[0, 0] == map[0.5])
    #expect(map.raster(width: 2, height: 1, values: [7], in: 0...1) == nil)
  }

  @Test func legendsExplainTheirColors() {
    var frame = Frame(width: 20, height: 3)
    frame.legend(.difference, in: frame.bounds, low: "-0.2", middle: "0", high: "0.2", style: .plain, id: 4)
    #expect(frame.text() == "░░░░░░░░░░░░░░░░░░░░\n░░░░░░░░░░░░░░░░░░░░\n-0.2     0       0.2")
    #expect(frame.pictures[0].raster[0, 0] == ColorMap.difference[0])
    #expect(frame.pictures[0].raster[19, 3] == ColorMap.difference[1])
    var line = Frame(width: 20, height: 1)
    line.legend(.inferno, in: line.bounds, low: "0", middle: "x", high: "1 dB", style: .plain, id: 4)
    #expect(line.text() == "0 ░░░░░░░░░░░░░ 1 dB")
    for (width, height) in [(0, 0), (1, 1), (3, 1), (1, 2), (4, 5)] {
      var small = Frame(width: width, height: height)
      small.legend(.grey, in: small.bounds, low: "low", middle: "middle", high: "high", style: .plain, id: 0)
    }
  }

  /// Every pixel has its place for its colour.
  private func numbered(_ width: Int, _ height: Int) throws -> Raster {
    var pixels: [UInt8] = []
    for y in 0..<height { for x in 0..<width { pixels += [UInt8(x), UInt8(y), 0] } }
    return try #require(Raster(width: width, height: height, pixels: pixels))
  }

  @Test func partsOfPicturesGrowAndShrink() throws {
    let picture = try numbered(40, 30)
    let part = picture.cropped(to: Rect(x: 10, y: 5, width: 8, height: 6))
    #expect(part.width == 8 && part.height == 6 && part[0, 0] == RGB(10, 5, 0) && part[7, 5] == RGB(17, 10, 0))
    let large = picture.scaled(from: Rect(x: 10, y: 5, width: 2, height: 2), toWidth: 6, height: 4)
    #expect((0..<6).map { large[$0, 3].r } == [10, 10, 10, 11, 11, 11] && large[0, 1].g == 5 && large[0, 2].g == 6)
    let mean = picture.scaled(from: Rect(x: 10, y: 4, width: 8, height: 8), toWidth: 2, height: 2)
    #expect([10, 11, 12].contains(mean[0, 0].r) && [15, 16].contains(mean[1, 0].r) && [9, 10].contains(mean[1, 1].g))
    let nearest = picture.scaled(from: Rect(x: 10, y: 4, width: 9, height: 9), toWidth: 3, height: 3, isSmooth: false)
    #expect(nearest[0, 0] == RGB(11, 5, 0) && nearest[2, 2] == RGB(17, 11, 0))
    #expect(picture.scaled(from: Rect(x: 0, y: 0, width: 40, height: 30), toWidth: 7, height: 9) == picture.scaled(toWidth: 7, height: 9))
  }

  @Test func outsideOfAPictureIsBlack() throws {
    let picture = Raster(width: 4, height: 4, color: RGB(9, 9, 9))
    for isSmooth in [true, false] {
      for size in [2, 4, 8, 16] {
        let shown = picture.scaled(
          from: Rect(x: -4, y: 0, width: 8, height: 8), toWidth: size, height: size, isSmooth: isSmooth)
        for y in 0..<size {
          for x in 0..<size {
            #expect(shown[x, y] == (x >= size / 2 && y < size / 2 ? RGB(9, 9, 9) : RGB(0, 0, 0)), "\(size) \(x) \(y)")
          }
        }
      }
    }
    #expect(picture.scaled(from: Rect(x: 90, y: 90, width: 3, height: 3), toWidth: 2, height: 2)[0, 0] == RGB(0, 0, 0))
    #expect(picture.scaled(from: .zero, toWidth: 2, height: -2).pixels.isEmpty)
    #expect(picture.cropped(to: Rect(x: 90, y: 0, width: 3, height: 3)).pixels.isEmpty)
    let huge = Rect(x: .min, y: .min, width: .max, height: .max)
    #expect(picture.scaled(from: huge, toWidth: 3, height: 3).width == 3 && picture.cropped(to: huge).width <= 4)
  }

  @Test func aWipeShowsBothPictures() throws {
    let one = Raster(width: 6, height: 2, color: RGB(1, 1, 1))
    let two = Raster(width: 3, height: 1, color: RGB(2, 2, 2))
    for column in [-5, 0, 2, 6, Int.max] {
      let wiped = one.wiped(with: two, at: column)
      for x in 0..<6 { #expect(wiped[x, 1] == (x < column ? RGB(1, 1, 1) : RGB(2, 2, 2))) }
    }
    let none = Raster(width: 0, height: 3, color: RGB(0, 0, 0))
    #expect(none.wiped(with: one, at: 2) == none && one.wiped(with: none, at: 2).width == 6)
  }
}
