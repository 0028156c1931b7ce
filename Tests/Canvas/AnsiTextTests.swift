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

  @Test("Attributes go on with colours, and off together")
  func attributes() {
    let cells = [
      Cell("a", Style(bold: true)), Cell("b", Style(bold: true, underline: true)), Cell("c", Style(foreground: .hex(0xFF0000), bold: true, underline: true)),
      Cell("d", Style(dim: true, reverse: true)), Cell("e"),
    ]
    let escape = "\u{1B}["
    #expect(
      AnsiText.text(cells, width: 5, depth: .trueColor)
        == "\(escape)0;1;39;49ma\(escape)0;1;4;39;49mb\(escape)38;2;255;0;0;49mc\(escape)0;2;7;39;49md\(escape)0;39;49me\n")
    #expect(AnsiText.text(cells, width: 5, depth: .monochrome) == "abcde\n")
  }

  @Test("A whole screen: characters, pictures in their places, what covers them")
  func screens() {
    var frame = Frame(width: 7, height: 3)
    frame.put("日x", x: 0, y: 0, Style(foreground: .hex(0x00FF00)))
    frame.place(raster, in: Rect(x: 4, y: 1, width: 2, height: 1), id: 1)
    frame.put("!", x: 5, y: 1)
    let text = AnsiText.frame(frame, depth: .trueColor)
    #expect(
      text == "\u{1B}[38;2;0;255;0;49m日x\u{1B}[39;49m    \n    \u{1B}[38;2;255;0;0;48;2;0;0;255m▀\u{1B}[39;49m! \n       \n")
    #expect(AnsiText.frame(frame, depth: .palette256).contains("\u{1B}[38;5;196;48;5;21m▀"))
    // Without colours it is what the frame's own text is, with its blanks.
    let plain = AnsiText.frame(frame, depth: .monochrome).split(separator: "\n").map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    #expect(plain == frame.text(pictures: .pixels).split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    var ascii = Frame(width: 2, height: 1, glyphs: .ascii)
    ascii.place(Raster(width: 2, height: 2, color: RGB(255, 255, 255)), in: ascii.bounds, id: 1)
    #expect(AnsiText.frame(ascii, depth: .monochrome) == "@@\n")
  }
}
