/// Columns that characters take on a terminal.
public enum CharacterWidth {
  /// Wide and full-width ranges of Unicode's East Asian Width (UAX #11), neighbours joined.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0, 0x23F3...0x23F3,
    0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F...0x267F, 0x2693...0x2693, 0x26A1...0x26A1,
    0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA,
    0x26F2...0x26F3, 0x26F5...0x26F5, 0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705, 0x270A...0x270B,
    0x2728...0x2728, 0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
    0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2B55...0x2B55, 0x2E80...0x303E,
    0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18AFF,
    0x1B000...0x1B2FF, 0x1F004...0x1F004, 0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E, 0x1F191...0x1F19A,
    0x1F200...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C, 0x1F37E...0x1F393, 0x1F3A0...0x1F3CA,
    0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0, 0x1F3F4...0x1F3F4, 0x1F3F8...0x1F43E, 0x1F440...0x1F440,
    0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F54B...0x1F54E, 0x1F550...0x1F567, 0x1F57A...0x1F57A,
    0x1F595...0x1F596, 0x1F5A4...0x1F5A4, 0x1F5FB...0x1F64F, 0x1F680...0x1F6C5, 0x1F6CC...0x1F6CC,
    0x1F6D0...0x1F6D2, 0x1F6D5...0x1F6DF, 0x1F6EB...0x1F6EC, 0x1F6F4...0x1F6FC, 0x1F7E0...0x1F7EB,
    0x1F90C...0x1F93A, 0x1F93C...0x1F945, 0x1F947...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x2FFFD,
    0x30000...0x3FFFD,
  ]

  /// Columns of a scalar: 0 for combining ones, 2 for East Asian wide ones, nil for what must not be written
  /// (controls, surrogates, line separators, bidirectional overrides, unassigned and private ones).
  public static func columns(of scalar: Unicode.Scalar) -> Int? {
    guard scalar.value < common.count else { return search(scalar) }
    let columns = common[Int(scalar.value)]
    return columns < 0 ? nil : Int(columns)
  }

  /// Of the scalars that screens are made of, up to lines, blocks and braille; -1 for what must not be written.
  private static let common: [Int8] = (0..<0x3000).map { Unicode.Scalar($0).flatMap(search).map(Int8.init) ?? -1 }

  /// By Unicode's tables, which take their time.
  private static func search(_ scalar: Unicode.Scalar) -> Int? {
    let value = scalar.value
    if value < 0x7F { return value >= 0x20 ? 1 : nil }
    if value < 0xA0 { return nil }
    if value < 0x300 { return value == 0xAD ? nil : 1 }
    switch scalar.properties.generalCategory {
    case .control, .surrogate, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: return nil
    case .nonspacingMark, .enclosingMark: return 0
    case .format:
      // Joiners and variation selectors are harmless after a base; direction marks reorder a line.
      return (0x200B...0x200D).contains(value) ? 0 : nil
    default: break
    }
    // Hangul medial vowels and final consonants join the syllable before them.
    if (0x1160...0x11FF).contains(value) { return 0 }
    var low = 0
    var high = wide.count
    while low < high {
      let middle = (low + high) / 2
      if value > wide[middle].upperBound { low = middle + 1 } else { high = middle }
    }
    return low < wide.count && wide[low].contains(value) ? 2 : 1
  }

  /// The character as it may reach a terminal, with its columns (1 or 2). Controls and lone combining marks become
  /// `replacement`; of a sequence only the base and its combining marks stay, since terminals disagree about the rest.
  public static func printable(_ character: Character, replacement: Character = "\u{FFFD}") -> (Character, Int) {
    let scalars = character.unicodeScalars
    let first = scalars[scalars.startIndex]
    guard let columns = columns(of: first), columns > 0 else { return (replacement, 1) }
    guard scalars.index(after: scalars.startIndex) != scalars.endIndex else { return (character, columns) }
    var kept = String(first)
    var marks = 0
    for scalar in scalars.dropFirst() where marks < 3 {
      guard scalar.properties.generalCategory == .nonspacingMark, scalar.value < 0xFE00 || scalar.value > 0xFE0F
      else { continue }
      kept.unicodeScalars.append(scalar)
      marks += 1
    }
    return (kept.count == 1 ? Character(kept) : Character(first), columns)
  }

  /// Columns of a whole text.
  public static func columns(of text: String) -> Int { columns(ofPlain: text) ?? text.reduce(0) { $0 + printable($1).1 } }

  /// Columns of a text of nothing but ASCII without controls; nil for others.
  static func columns(ofPlain text: String) -> Int? {
    text.utf8.withContiguousStorageIfAvailable { bytes in
      bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F } ? bytes.count : nil
    } ?? nil
  }
}

extension String {
  /// Columns that the text takes on a terminal.
  public var columns: Int { CharacterWidth.columns(of: self) }
}
