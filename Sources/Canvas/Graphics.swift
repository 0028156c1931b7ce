/// How a terminal is shown pictures.
public enum Graphics: String, Hashable, Sendable, CaseIterable {
  /// Pixels of the terminal itself.
  case sixel, kitty
  /// Characters: half-blocks, quadrants of blocks, braille dots, ASCII by brightness.
  case half, quadrant, braille, ascii

  /// Whether pictures are made of characters.
  public var isCells: Bool { self != .sixel && self != .kitty }

  /// Pixels that one cell shows.
  ///
  /// - Parameter cell: the size of a cell on the screen, in its pixels.
  public func pixels(cell: PixelSize) -> PixelSize {
    switch self {
    case .sixel, .kitty: cell
    case .half, .ascii: PixelSize(width: 1, height: 2)
    case .quadrant: PixelSize(width: 2, height: 2)
    case .braille: PixelSize(width: 2, height: 4)
    }
  }
}

/// A size in pixels.
public struct PixelSize: Hashable, Sendable {
  public var width: Int
  public var height: Int

  public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  /// Of a character where nobody knows better.
  public static let commonCell = PixelSize(width: 8, height: 16)

  /// A character's size as options and configurations have it: `8x16`, each side from 4 to 64.
  public init?(cell text: String) {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1], (4...64).contains(width), (4...64).contains(height)
    else { return nil }
    self.init(width: width, height: height)
  }
}

/// How few colours stand for many.
public enum Dither: String, Hashable, Sendable, CaseIterable {
  /// The nearest colour.
  case none
  /// A fixed 8×8 pattern of thresholds: what stands still keeps its dots.
  case ordered
  /// What a pixel is off by goes to its neighbours (Floyd and Steinberg 1976): finer, but dots move with the picture.
  case diffused
}
