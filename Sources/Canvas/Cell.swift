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
public struct Cell: Hashable, Sendable {
  public var character: Character
  public var style: Style
  /// 1 + the index in `Frame.pictures` of the picture that shows here, 0 for none. Whatever is drawn over a picture
  /// clears it, so a pop-up needs no bookkeeping.
  public var picture: UInt16

  public init(_ character: Character = " ", _ style: Style = .plain, picture: UInt16 = 0) {
    self.character = character
    self.style = style
    self.picture = picture
  }

  static let continuationCharacter: Character = "\0"

  /// Whether this is the right half of the wide character at its left.
  public var isContinuation: Bool { character == Cell.continuationCharacter }
}
