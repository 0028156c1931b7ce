extension Key {
  /// Keys that have words, each with how a narrow column writes it.
  private static let words: [(key: Key, name: String, label: String)] = [
    (.character(" "), "space", "space"), (.enter, "enter", "enter"), (.tab, "tab", "tab"), (.backTab, "shift-tab", "S-tab"),
    (.escape, "escape", "esc"), (.backspace, "backspace", "bksp"), (.delete, "delete", "delete"), (.insert, "insert", "insert"),
    (.up, "up", "up"), (.down, "down", "down"), (.left, "left", "left"), (.right, "right", "right"), (.home, "home", "home"),
    (.end, "end", "end"), (.pageUp, "page-up", "page up"), (.pageDown, "page-down", "page dn"),
  ]

  /// Letters whose control key is another key (h, i, j, m), a signal (c, z) or kept by the terminal's driver.
  private static let taken: Set<Character> = ["c", "h", "i", "j", "m", "q", "s", "v", "z"]

  /// What `init(name:)` reads, in words.
  public static let allowedNames =
    "a character, ctrl-a to ctrl-z (not c, h, i, j, m, q, s, v, z), f1 to f63, "
    + words.map(\.name).joined(separator: ", ")

  /// A key as a configuration names it: a character as itself, else `space`, `ctrl-p`, `f5`, `page-up` …; upper and lower
  /// case differ in characters alone.
  ///
  /// - Returns: nil for what is no key, or one that never arrives because a terminal makes another of it, or a signal.
  public init?(name: String) {
    if name.count == 1, let character = name.first {
      guard character != " ", !character.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return nil }
      self = .character(character)
      return
    }
    let lower = name.lowercased()
    if let word = Self.words.first(where: { $0.name == lower }) {
      self = word.key
    } else if lower.hasPrefix("ctrl-"), lower.count == 6, let letter = lower.last, letter.isASCII,
      letter.isLetter || "@]^_".contains(letter), !Self.taken.contains(letter)
    {
      self = .control(letter)
    } else if lower.first == "f", let number = Int(lower.dropFirst()), (1...63).contains(number), lower == "f\(number)" {
      self = .function(number)
    } else {
      return nil
    }
  }

  /// As `init(name:)` reads it.
  public var name: String {
    switch self {
    case .control(let letter): return "ctrl-\(letter)"
    case .function(let number): return "f\(number)"
    case .character(let character) where character != " ": return String(character)
    default: return Self.words.first { $0.key == self }?.name ?? ""
    }
  }

  /// As help and hints write it, in at most seven columns: `^P`, `S-tab`, `page up`.
  public var label: String {
    switch self {
    case .control(let letter): return "^\(letter.uppercased())"
    case .function(let number): return "F\(number)"
    case .character(let character) where character != " ": return String(character)
    default: return Self.words.first { $0.key == self }?.label ?? ""
    }
  }
}
