import Synchronization

/// Characters as numbers: a scalar is its own value, and each of those that are made of several (a letter and its accents, in
/// names of files) has a number beyond the last scalar, the same for as long as the program runs.
enum CellCharacters {
  private struct Known {
    var codes: [Character: UInt32] = [:]
    var characters: [Character] = []
  }

  private static let first: UInt32 = 0x8000_0000
  private static let known = Mutex(Known())

  static func code(of character: Character) -> UInt32 {
    let scalars = character.unicodeScalars
    let start = scalars.startIndex
    if scalars.index(after: start) == scalars.endIndex { return scalars[start].value }
    return known.withLock { known in
      if let code = known.codes[character] { return code }
      let code = first + UInt32(known.characters.count)
      known.codes[character] = code
      known.characters.append(character)
      return code
    }
  }

  static func character(of code: UInt32) -> Character {
    if let scalar = Unicode.Scalar(code) { return Character(scalar) }
    return known.withLock { known in
      let index = Int(code &- first)
      return known.characters.indices.contains(index) ? known.characters[index] : "\u{FFFD}"
    }
  }
}
