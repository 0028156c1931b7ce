import Testing

@testable import Canvas

@Suite struct AnsiTextTests {
  private let raster = Raster(width: 2, height: 2, pixels: [255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 255, 0])!
  private let rect = Rect(x: 0, y: 0, width: 2, height: 1)

  @Test("True colour: foreground above, background below, a sequence only where the colour changes")
  func trueColor() {
    let cells = CellArt(depth: .trueColor).cells(raster, rect)
    #expect(
      AnsiText.text(cells, width: 2, depth: .trueColor)
        == "\u{1B}[38;2;255;0;0;48;2;0;0;255m▀\u{1B}[38;2;255;0;0;48;2;0;255;0m▀\u{1B}[0m\n")
    let plain = Raster(width: 2, height: 2, color: RGB(1, 2, 3))
    let same = AnsiText.text(CellArt(depth: .trueColor).cells(plain, rect), width: 2, depth: .trueColor)
    #expect(same == "\u{1B}[38;2;1;2;3;48;2;1;2;3m▀▀\u{1B}[0m\n")
  }

  @Test("256 colours are indices, 16 are the classic codes, monochrome has none")
  func palettes() {
    let indexed = AnsiText.text(CellArt(depth: .palette256).cells(raster, rect), width: 2, depth: .palette256)
    #expect(indexed.hasPrefix("\u{1B}[38;5;196;48;5;21m"))
    let red = [Cell("x", Style(foreground: .hex(0xFF0000), background: .hex(0x000000)))]
    #expect(AnsiText.text(red, width: 1, depth: .palette16) == "\u{1B}[91;40mx\u{1B}[0m\n")
    #expect(AnsiText.text(red, width: 1, depth: .monochrome) == "x\n")
    #expect(AnsiText.text([Cell("y")], width: 1, depth: .trueColor) == "y\n")
    #expect(AnsiText.text([], width: 0, depth: .trueColor) == "")
  }
}
