import Canvas
import Testing

@Suite struct PictureTests {
  @Test func fitKeepsTheAspect() {
    let room = Rect(x: 1, y: 1, width: 43, height: 14)
    #expect(fit(pictureWidth: 512, pictureHeight: 512, in: room) == Rect(x: 8, y: 1, width: 28, height: 14))
    #expect(fit(pictureWidth: 640, pictureHeight: 320, in: room).width == 43)
    #expect(fit(pictureWidth: 1, pictureHeight: 1, in: room).width == 28)
    #expect(fit(pictureWidth: 1, pictureHeight: 100_000, in: room) == Rect(x: 22, y: 1, width: 1, height: 14))
    #expect(fit(pictureWidth: 100_000, pictureHeight: 1, in: room).height == 1)
    #expect(fit(pictureWidth: 0, pictureHeight: 5, in: room).isEmpty)
    #expect(fit(pictureWidth: 5, pictureHeight: 5, in: .zero).isEmpty)
    #expect(fit(pictureWidth: 512, pictureHeight: 512, in: room, cellAspect: 1).width == 14)
    #expect(!fit(pictureWidth: 4, pictureHeight: 4, in: room, cellAspect: .nan).isEmpty)
  }

  @Test func rastersRefuseWrongSizes() {
    #expect(Raster(width: 2, height: 2, pixels: [0]) == nil)
    #expect(Raster(width: Int.max, height: Int.max, pixels: []) == nil)
    #expect(Raster(width: -1, height: 1, pixels: []) == nil)
    #expect(Raster(width: 2, height: 1, grey: [5, 9])?[1, 0] == RGB(9, 9, 9))
  }

  @Test func shrinkingKeepsTheMean() throws {
    let checks = (0..<64).flatMap { y in (0..<64).map { x in UInt8((x + y) % 2 * 255) } }
    let small = try #require(Raster(width: 64, height: 64, grey: checks)).scaled(toWidth: 5, height: 7)
    for y in 0..<7 { for x in 0..<5 { #expect(abs(Int(small[x, y].g) - 127) <= 4) } }
  }

  @Test func growingRepeatsPixels() throws {
    let large = try #require(Raster(width: 2, height: 1, grey: [10, 200])).scaled(toWidth: 6, height: 3)
    #expect((0..<6).map { large[$0, 2].r } == [10, 10, 10, 200, 200, 200])
  }

  @Test func scalingTakesAnySize() {
    let picture = Raster(width: 3, height: 3, color: RGB(9, 8, 7))
    #expect(picture.scaled(toWidth: 0, height: -5).pixels.isEmpty)
    #expect(Raster(width: 0, height: 0, color: RGB(0, 0, 0)).scaled(toWidth: 2, height: 2).width == 2)
    #expect(picture.scaled(toWidth: 7, height: 1)[6, 0] == RGB(9, 8, 7))
  }

  private var gradient: Raster {
    Raster(width: 16, height: 8, grey: (0..<128).map { UInt8($0 % 16 * 17) }) ?? Raster(width: 0, height: 0, color: RGB(0, 0, 0))
  }
  private let rect = Rect(x: 3, y: 2, width: 16, height: 4)

  @Test func trueColorIsExact() throws {
    let raster = try #require(Raster(width: 1, height: 2, pixels: [1, 2, 3, 4, 5, 6]))
    let cells = CellArt(depth: .trueColor).cells(raster, Rect(x: 0, y: 0, width: 1, height: 1))
    #expect(cells == [Cell("▀", Style(foreground: .rgb(RGB(1, 2, 3)), background: .rgb(RGB(4, 5, 6))))])
  }

  @Test(arguments: ColorDepth.allCases, [true, false])
  func everyDepthFillsItsRectangle(depth: ColorDepth, unicode: Bool) {
    let cells = CellArt(unicode ? .half : .ascii, depth: depth).cells(gradient, rect)
    #expect(cells.count == rect.width * rect.height)
    if !unicode { #expect(cells.allSatisfy { CellArt.ramp.contains($0.character) }) }
    if depth == .monochrome { #expect(cells.allSatisfy { $0.style == .plain }) }
    if depth == .palette256 {
      for cell in cells {
        for case .rgb(let color) in [cell.style.foreground, cell.style.background] where unicode {
          #expect(Palette.xterm256(color.nearest256) == color)
        }
      }
    }
    let art = CellArt(unicode ? .half : .ascii, depth: depth)
    #expect(art.cells(gradient, .zero).isEmpty)
  }

  @Test func sixteenColorsDitherAndShareTheirPairs() {
    let cells = CellArt(depth: .palette16).cells(gradient, rect)
    let greys = Set(cells.flatMap { [$0.style.foreground, $0.style.background] })
    #expect(greys.count >= 3)
    let pairs = Set(cells.map { [$0.style.foreground, $0.style.background] })
    for pair in pairs where pair[0] != pair[1] { #expect(!pairs.contains([pair[1], pair[0]])) }
  }

  @Test func monochromeHasMoreLightWhereThePictureIsBrighter() {
    let cells = CellArt(depth: .monochrome).cells(gradient, rect)
    func light(_ columns: Range<Int>) -> Int {
      columns.reduce(0) { sum, x in
        (0..<4).reduce(sum) { sum, y in
          let character = cells[y * 16 + x].character
          return sum + (character == "█" ? 2 : character == " " ? 0 : 1)
        }
      }
    }
    #expect(light(0..<4) < light(4..<8))
    #expect(light(4..<8) < light(8..<12))
    #expect(light(8..<12) < light(12..<16))
  }

  @Test func aRasterOfAnotherSizeIsSampled() {
    let cells = CellArt(depth: .trueColor).cells(gradient, Rect(x: 0, y: 0, width: 5, height: 9))
    #expect(cells.count == 45)
    let none = Raster(width: 0, height: 0, color: RGB(0, 0, 0))
    #expect(CellArt(depth: .trueColor).cells(none, Rect(x: 0, y: 0, width: 2, height: 1)).count == 2)
  }
}
