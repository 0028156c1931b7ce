import TerminalUI

/// One line of text with a cursor, edited as a shell's.
struct LineEditor: Equatable, Sendable {
  private(set) var characters: [Character]
  private(set) var cursor: Int

  init(_ text: String) {
    characters = Array(text)
    cursor = characters.count
  }

  var text: String { String(characters) }

  /// Whether the key was one for editing.
  mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .character(let character):
      characters.insert(character, at: cursor)
      cursor += 1
    case .backspace:
      guard cursor > 0 else { return true }
      cursor -= 1
      characters.remove(at: cursor)
    case .delete, .control("d"):
      if cursor < characters.count { characters.remove(at: cursor) }
    case .left, .control("b"): cursor = max(0, cursor - 1)
    case .right, .control("f"): cursor = min(characters.count, cursor + 1)
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = characters.count
    case .control("u"):
      characters.removeFirst(cursor)
      cursor = 0
    case .control("k"): characters.removeLast(characters.count - cursor)
    case .control("w"):
      while cursor > 0, characters[cursor - 1] == " " || characters[cursor - 1] == "/" { removeBefore() }
      while cursor > 0, characters[cursor - 1] != " ", characters[cursor - 1] != "/" { removeBefore() }
    default: return false
    }
    return true
  }

  private mutating func removeBefore() {
    cursor -= 1
    characters.remove(at: cursor)
  }
}
