/// Cells as text with colour sequences (ECMA-48 SGR), for output that is no screen: files, pipes, a shell's scroll-back.
public enum AnsiText {
  /// Rows of `width` cells, each ended by a reset of the colours and a new line. A sequence is written only where the
  /// colour changes; with `depth` monochrome there is none.
  public static func text(_ cells: [Cell], width: Int, depth: ColorDepth) -> String {
    guard width > 0 else { return "" }
    var text = ""
    for start in stride(from: 0, to: cells.count, by: width) {
      var style = Style.plain
      for cell in cells[start..<min(start + width, cells.count)] where !cell.isContinuation {
        if depth != .monochrome, cell.style != style {
          let codes = [
            code(cell.style.foreground, base: 30, depth: depth), code(cell.style.background, base: 40, depth: depth),
          ]
          text += "\u{1B}[" + codes.joined(separator: ";") + "m"
          style = cell.style
        }
        text.append(cell.character)
      }
      text += style == .plain ? "\n" : "\u{1B}[0m\n"
    }
    return text
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
