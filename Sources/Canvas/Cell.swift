/// A colour of the screen: one that is given, or what the user's terminal shows by default.
public enum Color: Hashable, Sendable {
  case terminalDefault
  case rgb(RGB)

  /// The colour 0xRRGGBB.
  public static func hex(_ value: UInt32) -> Color { .rgb(RGB(hex: value)) }
}

/// How a character looks.
public struct Style: Hashable, Sendable {
  public var foreground: Color
  public var background: Color
  public var bold: Bool
  public var dim: Bool
  public var reverse: Bool
  public var underline: Bool

  public init(
    foreground: Color = .terminalDefault, background: Color = .terminalDefault,
    bold: Bool = false, dim: Bool = false, reverse: Bool = false, underline: Bool = false
  ) {
    self.foreground = foreground
    self.background = background
    self.bold = bold
    self.dim = dim
    self.reverse = reverse
    self.underline = underline
  }

  /// Everything as the terminal has it.
  public static let plain = Style()

  /// The same style on another background.
  public func on(_ background: Color) -> Style {
    var copy = self
    copy.background = background
    return copy
  }

  /// The same style with both colours exchanged.
  public var reversed: Style {
    var copy = self
    copy.reverse.toggle()
    return copy
  }
}

/// One place of the screen. A character two columns wide fills its own cell and a `continuation` at its right.
///
/// Sixteen bytes without a reference: a screen has some ten thousand of them, and they are copied and compared with every
/// frame.
public struct Cell: Hashable, Sendable {
  /// The character's code, both colours, and the picture's number with the other marks of the style.
  private var bits: SIMD4<UInt32>

  public init(_ character: Character = " ", _ style: Style = .plain, picture: UInt16 = 0) {
    self.init(code: CellCharacters.code(of: character), style, picture: picture)
  }

  /// - Parameter code: a scalar's value, or what `CellCharacters` made of a character.
  init(code: UInt32, _ style: Style, picture: UInt16 = 0) {
    bits = SIMD4(code, style.foreground.bits, style.background.bits, UInt32(picture) | style.marks << 16)
  }

  /// The same with another character.
  func with(code: UInt32) -> Cell {
    var copy = self
    copy.bits[0] = code
    return copy
  }

  public var character: Character {
    get { CellCharacters.character(of: bits[0]) }
    set { bits[0] = CellCharacters.code(of: newValue) }
  }

  /// The character's scalar; nil when it has several.
  public var scalar: Unicode.Scalar? { Unicode.Scalar(bits[0]) }

  public var style: Style {
    get { Style(foreground: Color(bits: bits[1]), background: Color(bits: bits[2]), marks: bits[3] >> 16) }
    set {
      (bits[1], bits[2]) = (newValue.foreground.bits, newValue.background.bits)
      bits[3] = bits[3] & 0xFFFF | newValue.marks << 16
    }
  }

  /// 1 + the index in `Frame.pictures` of the picture that shows here, 0 for none. Whatever is drawn over a picture
  /// clears it, so a pop-up needs no bookkeeping.
  public var picture: UInt16 { UInt16(truncatingIfNeeded: bits[3]) }

  static let continuationCharacter: Character = "\0"

  /// Whether this is the right half of the wide character at its left.
  public var isContinuation: Bool { bits[0] == 0 }

  public static func == (a: Cell, b: Cell) -> Bool { a.bits == b.bits }
  public func hash(into hasher: inout Hasher) { hasher.combine(bits) }
}

extension Color {
  fileprivate var bits: UInt32 {
    switch self {
    case .terminalDefault: 0
    case .rgb(let color): color.packed | 1 << 24
    }
  }

  fileprivate init(bits: UInt32) { self = bits == 0 ? .terminalDefault : .hex(bits) }
}

extension Style {
  fileprivate var marks: UInt32 {
    (bold ? 1 : 0) | (dim ? 2 : 0) | (reverse ? 4 : 0) | (underline ? 8 : 0)
  }

  fileprivate init(foreground: Color, background: Color, marks: UInt32) {
    self.init(
      foreground: foreground, background: background, bold: marks & 1 != 0, dim: marks & 2 != 0, reverse: marks & 4 != 0,
      underline: marks & 8 != 0)
  }
}
