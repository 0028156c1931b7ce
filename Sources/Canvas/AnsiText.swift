/// Cells as text with colour sequences (ECMA-48 SGR), for output that is no screen: files, pipes, a shell's scroll-back.
public enum AnsiText {
  /// A whole screen: `cat` of it in a terminal of its width shows what the screen did, pictures as half-blocks (characters
  /// by brightness where the frame is ASCII).
  public static func frame(_ frame: Frame, depth: ColorDepth, dither: Dither = .ordered) -> String {
    let art = CellArt(frame.glyphs.isUnicode ? .half : .ascii, depth: depth, dither: dither)
    return text(frame.composed(art), width: frame.width, depth: depth)
  }

  /// Rows of `width` cells, each ended by a reset of the colours and a new line. A sequence is written only where the
  /// style changes; with `depth` monochrome there is none.
  public static func text(_ cells: [Cell], width: Int, depth: ColorDepth) -> String {
    guard width > 0 else { return "" }
    var text = ""
    for start in stride(from: 0, to: cells.count, by: width) {
      var style = Style.plain
      for cell in cells[start..<min(start + width, cells.count)] where !cell.isContinuation {
        if depth != .monochrome, cell.style != style {
          // Attributes go on one by one, but off only together.
          let codes = attributes(style) == attributes(cell.style) ? [] : ["0"] + attributes(cell.style)
          let colors = [
            code(cell.style.foreground, base: 30, depth: depth), code(cell.style.background, base: 40, depth: depth),
          ]
          text += "\u{1B}[" + (codes + colors).joined(separator: ";") + "m"
          style = cell.style
        }
        text.append(cell.character)
      }
      text += style == .plain ? "\n" : "\u{1B}[0m\n"
    }
    return text
  }

  private static func attributes(_ style: Style) -> [String] {
    [(style.bold, "1"), (style.dim, "2"), (style.underline, "4"), (style.reverse, "7")].filter(\.0).map(\.1)
  }

  /// - Parameter base: 30 for the foreground, 40 for the background.
  private static func code(_ color: Color, base: Int, depth: ColorDepth) -> String {
    guard case .rgb(let rgb) = color else { return "\(base + 9)" }
    switch depth {
    case .trueColor: return "\(base + 8);2;\(rgb.r);\(rgb.g);\(rgb.b)"
    case .palette256: return "\(base + 8);5;\(rgb.nearest256)"
    case .palette16, .monochrome:
      let index = rgb.nearest16
      return "\(index < 8 ? base + index : base + 52 + index)"
    }
  }
}
