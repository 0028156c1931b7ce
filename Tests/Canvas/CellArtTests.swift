import Testing

@testable import Canvas

/// Pictures as quadrants, braille and dithered blocks.
@Suite struct CellArtTests {
  private func raster(_ rows: [[UInt32]]) -> Raster {
    let pixels = rows.flatMap { $0.flatMap { [UInt8($0 >> 16), UInt8($0 >> 8 & 255), UInt8($0 & 255)] } }
    return Raster(width: rows[0].count, height: rows.count, pixels: pixels)!
  }

  @Test func quadrantsShowTwoColors() {
    let (red, blue): (UInt32, UInt32) = (0xFF0000, 0x0000FF)
    let cells = CellArt(.quadrant, depth: .trueColor).cells(
      raster([[red, blue, blue, blue], [blue, red, blue, blue]]), Rect(x: 0, y: 0, width: 2, height: 1))
    #expect(cells.count == 2)
    // Which colour is ink does not matter; what is seen does.
    let ink = cells[0].style.foreground
    #expect(cells[0].character == (ink == .hex(red) ? "▚" : "▞"))
    #expect(Set([ink, cells[0].style.background]) == [.hex(red), .hex(blue)])
    #expect(cells[1].character == " " && cells[1].style.background == .hex(blue))
  }

  @Test func fourColorsBecomeTheNearestTwo() {
    let cells = CellArt(.quadrant, depth: .trueColor).cells(
      raster([[0x101010, 0x0E0E0E], [0xF0F0F0, 0xF2F2F2]]), Rect(x: 0, y: 0, width: 1, height: 1))
    #expect(cells == [Cell("▄", Style(foreground: .hex(0xF1F1F1), background: .hex(0x0F0F0F)))])
  }

  @Test func brailleHasEightDots() {
    let (on, off): (UInt32, UInt32) = (0xFFFFFF, 0)
    let cells = CellArt(.braille, depth: .trueColor).cells(
      raster([[on, off], [off, off], [off, on], [on, on]]), Rect(x: 0, y: 0, width: 1, height: 1))
    // Dots 1, 6, 7 and 8.
    #expect(cells == [Cell("\u{28E1}", Style(foreground: .hex(on), background: .hex(off)))])
    let plain = CellArt(.braille, depth: .monochrome, dither: .none).cells(
      raster([[on, on], [on, on], [off, off], [off, off]]), Rect(x: 0, y: 0, width: 1, height: 1))
    #expect(plain == [Cell("\u{281B}")])
  }

  private static let subPixels: [Character: Int] = [
    " ": 0, "▘": 1, "▝": 1, "▖": 1, "▗": 1, "▀": 2, "▄": 2, "▌": 2, "▐": 2, "▚": 2, "▞": 2, "▛": 3, "▜": 3, "▙": 3, "▟": 3, "█": 4,
  ]

  @Test(arguments: [Graphics.half, .quadrant, .braille], [Dither.ordered, .diffused])
  func greysComeOutOnAverage(_ graphics: Graphics, _ dither: Dither) {
    for level in [32, 96, 128, 200] {
      let flat = Raster(width: 64, height: 64, color: RGB(UInt8(level), UInt8(level), UInt8(level)))
      let block = graphics.pixels(cell: PixelSize(width: 1, height: 1))
      let rect = Rect(x: 0, y: 0, width: 64 / block.width, height: 64 / block.height)
      let cells = CellArt(graphics, depth: .monochrome, dither: dither).cells(flat, rect)
      let lit = cells.reduce(0.0) { sum, cell in
        if graphics == .braille {
          let scalar = cell.character.unicodeScalars.first!.value
          return sum + (scalar == 0x20 ? 0 : Double((scalar - 0x2800).nonzeroBitCount) / 8)
        }
        return sum + Double(Self.subPixels[cell.character]!) / 4
      }
      #expect(abs(lit / Double(cells.count) - Double(level) / 255) < 0.02, "\(level)")
    }
  }

  @Test func diffusionKeepsTheMeanOfSixteenColors() {
    let flat = Raster(width: 40, height: 40, color: RGB(150, 150, 150))
    let cells = CellArt(.half, depth: .palette16, dither: .diffused).cells(flat, Rect(x: 0, y: 0, width: 40, height: 20))
    var sum = 0
    for cell in cells {
      for case .rgb(let color) in [cell.style.foreground, cell.style.background] { sum += Int(color.g) }
    }
    #expect(abs(sum / (2 * cells.count) - 150) < 6)
  }

  @Test(arguments: Graphics.allCases, ColorDepth.allCases)
  func everyWayFillsItsRectangle(_ graphics: Graphics, _ depth: ColorDepth) {
    let picture = Raster(width: 5, height: 3, grey: (0..<15).map { UInt8($0 * 17) })!
    for dither in Dither.allCases {
      let art = CellArt(graphics, depth: depth, dither: dither)
      #expect(art.cells(picture, Rect(x: 3, y: 1, width: 7, height: 5)).count == 35)
      #expect(art.cells(picture, .zero).isEmpty)
      if depth == .monochrome { #expect(art.cells(picture, Rect(x: 0, y: 0, width: 9, height: 9)).allSatisfy { $0.style == .plain }) }
    }
  }
}
