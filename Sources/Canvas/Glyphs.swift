/// The symbols that a locale can show. Everything that draws asks here instead of naming a symbol itself.
public struct Glyphs: Hashable, Sendable {
  /// Whether braille, half-blocks and box drawing may be used.
  public let isUnicode: Bool

  public let topLeft: Character
  public let topRight: Character
  public let bottomLeft: Character
  public let bottomRight: Character
  public let horizontal: Character
  public let vertical: Character
  /// Ticks and the corner of a plot's axes.
  public let tickLeft: Character
  public let tickDown: Character
  public let axisCorner: Character
  /// Ends a text that was cut.
  public let ellipsis: String
  /// Stands for what cannot be shown.
  public let replacement: Character
  /// A state's dot, hollow and full; a selection's pointer; a plot's mark.
  public let dot: Character
  public let hollowDot: Character
  public let pointer: Character
  public let mark: Character
  public let multiplication: Character
  public let approximately: Character
  /// Eight bars from low to high, for sparklines.
  public let bars: [Character]
  /// Parts of a progress bar, from empty to full.
  public let progress: [Character]

  /// For UTF-8 locales.
  public static let unicode = Glyphs(
    isUnicode: true, topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯", horizontal: "─", vertical: "│",
    tickLeft: "┤", tickDown: "┬", axisCorner: "└", ellipsis: "…", replacement: "\u{FFFD}", dot: "●", hollowDot: "○",
    pointer: "›", mark: "◆", multiplication: "×", approximately: "≈", bars: Array("▁▂▃▄▅▆▇█"),
    progress: Array(" ▏▎▍▌▋▊▉█"))

  /// For every other locale.
  public static let ascii = Glyphs(
    isUnicode: false, topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+", horizontal: "-", vertical: "|",
    tickLeft: "+", tickDown: "+", axisCorner: "+", ellipsis: "...", replacement: "?", dot: "*", hollowDot: "o",
    pointer: ">", mark: "X", multiplication: "x", approximately: "~", bars: Array("_.-=+*#@"),
    progress: Array(" -=#"))

  /// A character as this locale can show it: in ASCII the nearest spelling, and the replacement for all that has none.
  public func spelled(_ character: Character) -> [Character] {
    if isUnicode || character.isASCII { return [character] }
    switch character {
    case "…": return [".", ".", "."]
    case "×": return ["x"]
    case "≈": return ["~"]
    case "−", "–", "—": return ["-"]
    case "‘", "’": return ["'"]
    case "“", "”": return ["\""]
    default: return [replacement]
    }
  }
}
