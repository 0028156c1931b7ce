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
  /// Beside the title of the column that a table is sorted by: rising, falling.
  public let ascending: Character
  public let descending: Character
  /// Eight bars from low to high, for sparklines.
  public let bars: [Character]
  /// Parts of a progress bar, from empty to full.
  public let progress: [Character]

  /// For UTF-8 locales.
  public static let unicode = Glyphs(
    isUnicode: true, topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯", horizontal: "─", vertical: "│",
    tickLeft: "┤", tickDown: "┬", axisCorner: "└", ellipsis: "…", replacement: "\u{FFFD}", dot: "●", hollowDot: "○",
    pointer: "›", mark: "◆", multiplication: "×", approximately: "≈", ascending: "▲", descending: "▼",
    bars: Array("▁▂▃▄▅▆▇█"), progress: Array(" ▏▎▍▌▋▊▉█"))

  /// For every other locale.
  public static let ascii = Glyphs(
    isUnicode: false, topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+", horizontal: "-", vertical: "|",
    tickLeft: "+", tickDown: "+", axisCorner: "+", ellipsis: "...", replacement: "?", dot: "*", hollowDot: "o",
    pointer: ">", mark: "X", multiplication: "x", approximately: "~", ascending: "^", descending: "v",
    bars: Array("_.-=+*#@"), progress: Array(" -=#"))

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
    case "²": return ["2"]
    case "³": return ["3"]
    case "·": return ["."]
    case "→": return [">"]
    case "←": return ["<"]
    case "▲": return ["^"]
    case "▼": return ["v"]
    default:
      if let number = Glyphs.circled(character) { return Array(String(number)) }
      return [replacement]
    }
  }

  /// The number of a run, which stands for it everywhere: a circled one up to 20, then digits; digits in ASCII.
  ///
  /// Unicode has circled numbers up to 50, but those above 20 are two columns wide. The first twenty are of "ambiguous"
  /// width: one column, except where a terminal was told to treat them as East Asian ones.
  ///
  /// - Parameter index: of the run, from 0 as in `Theme.run`.
  public func runMark(_ index: Int) -> String {
    let number = index < Int.max ? index + 1 : index
    guard isUnicode, (1...20).contains(number), let scalar = Unicode.Scalar(UInt32(0x245F + number)) else {
      return String(number)
    }
    return String(Character(scalar))
  }

  private static func circled(_ character: Character) -> Int? {
    guard character.unicodeScalars.count == 1, let value = character.unicodeScalars.first?.value,
      (0x2460...0x2473).contains(value)
    else { return nil }
    return Int(value) - 0x245F
  }

  /// Columns of a text as this locale shows it.
  public func columns(of text: String) -> Int {
    isUnicode
      ? text.columns
      : text.reduce(0) { sum, character in
        sum + spelled(character).reduce(0) { $0 + CharacterWidth.printable($1).1 }
      }
  }

  /// A bar of a value within a spread, as text of exactly `width` columns: in eighths of a column where the locale has
  /// them. The least value still shows an eighth, and where all are the same the bar is full.
  public func bar(_ value: Double, in spread: ClosedRange<Double>, width: Int) -> String {
    let room = min(max(width, 0), Frame.maximumWidth)
    guard value.isFinite, room > 0 else { return String(repeating: " ", count: room) }
    let span = spread.upperBound / 2 - spread.lowerBound / 2
    let part = span > 0 && span.isFinite ? (value / 2 - spread.lowerBound / 2) / span : 1
    let steps = isUnicode ? 8 : 1
    let filled = max(1, Int((min(max(part, 0), 1) * Double(room * steps)).rounded()))
    var text = ""
    for column in 0..<room {
      let level = min(max(filled - column * steps, 0), steps)
      text.append(isUnicode ? progress[level] : level > 0 ? "#" : " ")
    }
    return text
  }
}
