import Foundation

/// Symbols that are drawn from what they mean, so that they fill their cells and meet their neighbours: lines of boxes,
/// blocks, braille, numbers in circles.
extension GlyphMask {
  /// What a character looks like in a cell; a box where it is not known.
  init(_ character: Character, cell: PixelSize) {
    self.init(cell: cell)
    draw(character)
  }

  private mutating func draw(_ character: Character) {
    if character == " " || character == "\u{A0}" || drawLines(character) || drawShape(character) { return }
    let scalars = character.unicodeScalars
    if scalars.count == 1, let value = scalars.first?.value {
      if drawBlock(value) || drawCircled(value) { return }
      if (0x2800...0x28FF).contains(value) { return drawBraille(value & 0xFF) }
    }
    if let strokes = GlyphStrokes.strokes(of: character) { return draw(strokes) }
    drawComposed(character)
  }

  /// A letter and its accents.
  private mutating func drawComposed(_ character: Character) {
    let parts = Array(String(character).decomposedStringWithCanonicalMapping.unicodeScalars)
    guard let base = parts.first, parts.count > 1, let strokes = GlyphStrokes.strokes(of: Character(base)) else {
      return draw([GlyphMask.unknown])
    }
    // Capitals are brought down a little, so that something can stand above them.
    if ("A"..."Z").contains(base) { draw(strokes, in: (0, 3, 8, 12)) } else { draw(strokes) }
    for mark in parts.dropFirst() { draw(GlyphStrokes.accent(mark) ?? []) }
  }

  private static let unknown = GlyphStrokes.Stroke(
    points: [(1, 2), (6, 2), (6, 11), (1, 11)].map { GlyphStrokes.Point(x: $0.0, y: $0.1) }, isClosed: true)

  // MARK: Lines

  /// Sides that a line goes to: left 1, right 2, up 4, down 8.
  private static let sides: [(light: Character, heavy: Character, sides: Int)] = [
    ("─", "━", 3), ("│", "┃", 12), ("┌", "┏", 10), ("┐", "┓", 9), ("└", "┗", 6), ("┘", "┛", 5), ("├", "┣", 14), ("┤", "┫", 13),
    ("┬", "┳", 11), ("┴", "┻", 7), ("┼", "╋", 15), ("╴", "╸", 1), ("╵", "╹", 4), ("╶", "╺", 2), ("╷", "╻", 8),
  ]
  private static let corners: [Character: Int] = ["╭": 10, "╮": 9, "╰": 6, "╯": 5]

  private mutating func drawLines(_ character: Character) -> Bool {
    let light = GlyphMask.penWidth(PixelSize(width: width, height: height))
    if let sides = GlyphMask.corners[character] {
      drawCorner(sides, lineWidth: light)
      return true
    }
    guard let entry = GlyphMask.sides.first(where: { $0.light == character || $0.heavy == character }) else { return false }
    let lineWidth = entry.heavy == character ? 2 * light + 1 : light
    let (left, top) = ((width - lineWidth) / 2, (height - lineWidth) / 2)
    let (middle, center) = (left..<left + lineWidth, top..<top + lineWidth)
    if entry.sides & 1 != 0 { fill(columns: 0..<middle.upperBound, rows: center) }
    if entry.sides & 2 != 0 { fill(columns: middle.lowerBound..<width, rows: center) }
    if entry.sides & 4 != 0 { fill(columns: middle, rows: 0..<center.upperBound) }
    if entry.sides & 8 != 0 { fill(columns: middle, rows: center.lowerBound..<height) }
    return true
  }

  /// A round corner: a quarter of a circle, and lines on to the edges.
  private mutating func drawCorner(_ sides: Int, lineWidth: Int) {
    let (left, top) = ((width - lineWidth) / 2, (height - lineWidth) / 2)
    let (x, y) = (Double(left) + Double(lineWidth) / 2, Double(top) + Double(lineWidth) / 2)
    let (isRight, isDown) = (sides & 2 != 0, sides & 8 != 0)
    let radius = max(0.5, min(x, Double(width) - x, y, Double(height) - y) - 0.5)
    let (centerX, centerY) = (x + (isRight ? radius : -radius), y + (isDown ? radius : -radius))
    quarter(x: centerX, y: centerY, radius: radius, isLeft: isRight, isAbove: isDown, width: Double(lineWidth))
    let (columns, rows) = (left..<left + lineWidth, top..<top + lineWidth)
    fill(columns: columns, rows: isDown ? Int(centerY.rounded(.down))..<height : 0..<Int(centerY.rounded(.up)))
    fill(columns: isRight ? Int(centerX.rounded(.down))..<width : 0..<Int(centerX.rounded(.up)), rows: rows)
  }

  // MARK: Blocks

  /// Quarters of U+2596…259F: upper left 1, upper right 2, lower left 4, lower right 8.
  private static let quarters = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14]

  private mutating func drawBlock(_ value: UInt32) -> Bool {
    func part(_ eighths: Int, of size: Int) -> Int { (size * eighths + 4) / 8 }
    let (columns, rows) = (0..<width, 0..<height)
    let number = Int(value)
    switch value {
    case 0x2580: fill(columns: columns, rows: 0..<part(4, of: height))
    case 0x2581...0x2588: fill(columns: columns, rows: part(0x2588 - number, of: height)..<height)
    case 0x2589...0x258F: fill(columns: 0..<part(0x2590 - number, of: width), rows: rows)
    case 0x2590: fill(columns: part(4, of: width)..<width, rows: rows)
    case 0x2591...0x2593: fill(columns: columns, rows: rows, UInt8(64 * (number - 0x2590)))
    case 0x2594: fill(columns: columns, rows: 0..<part(1, of: height))
    case 0x2595: fill(columns: width - part(1, of: width)..<width, rows: rows)
    case 0x2596...0x259F:
      for quarter in 0..<4 where GlyphMask.quarters[number - 0x2596] >> quarter & 1 == 1 {
        fill(
          columns: quarter & 1 == 0 ? 0..<part(4, of: width) : part(4, of: width)..<width,
          rows: quarter < 2 ? 0..<part(4, of: height) : part(4, of: height)..<height)
      }
    default: return false
    }
    return true
  }

  /// Dots of two columns and four rows; bits 0…2 and 6 are the left ones, 3…5 and 7 the right ones.
  private mutating func drawBraille(_ bits: UInt32) {
    let (across, down) = (Double(width) / 2, Double(height) / 4)
    for bit in 0..<8 where bits >> UInt32(bit) & 1 == 1 {
      let (column, row) = bit < 6 ? (bit / 3, bit % 3) : (bit - 6, 3)
      disc(x: (Double(column) + 0.5) * across, y: (Double(row) + 0.5) * down, radius: 0.3 * min(across, down))
    }
  }

  // MARK: Shapes

  private mutating func drawShape(_ character: Character) -> Bool {
    let (middle, center) = (Double(width) / 2, Double(height) / 2)
    let size = min(middle, center) * 0.82
    switch character {
    case "●": disc(x: middle, y: center, radius: size)
    case "○": drawRing(x: size, y: size)
    case "◆": fill { abs($0 - middle) + abs($1 - center) < 1.15 * size }
    case "■": fill { abs($0 - middle) < size && abs($1 - center) < size }
    case "▲": fill { $1 < center + size && abs($0 - middle) < ($1 - center + size) / 2 }
    case "▼": fill { $1 > center - size && abs($0 - middle) < (center + size - $1) / 2 }
    case "◀": fill { $0 < middle + size && abs($1 - center) < ($0 - middle + size) / 2 }
    case "▶": fill { $0 > middle - size && abs($1 - center) < (middle + size - $0) / 2 }
    case "❄": // Three lines through the middle.
      let half = max(0.7, size / 6)
      fill {
        let (x, y) = ($0 - middle, $1 - center)
        guard x * x + y * y < 1.3 * size * size else { return false }
        return [0, 1, 2].contains { abs(x * cos(Double($0) * .pi / 3) + y * sin(Double($0) * .pi / 3)) < half }
      }
    default: return false
    }
    return true
  }

  /// An ellipse around the middle of the cell with the pen's width, its radii to the middle of the line.
  private mutating func drawRing(x: Double, y: Double) {
    let half = Double(GlyphMask.penWidth(PixelSize(width: width, height: height))) / 2
    let (middle, center) = (Double(width) / 2, Double(height) / 2)
    func isWithin(_ px: Double, _ py: Double, _ a: Double, _ b: Double) -> Bool {
      a > 0 && b > 0 && (px / a) * (px / a) + (py / b) * (py / b) < 1
    }
    fill { isWithin($0 - middle, $1 - center, x + half, y + half) && !isWithin($0 - middle, $1 - center, x - half, y - half) }
  }

  /// A number from 1 to 20: a digit in a ring as wide as the cell; two, for which a ring leaves no room, cut out of a
  /// rounded area.
  private mutating func drawCircled(_ value: UInt32) -> Bool {
    guard (0x2460...0x2473).contains(value) else { return false }
    let number = Int(value) - 0x245F
    // The grid of a digit holds it in 6 of its 8 columns and 10 of its 16 rows.
    if number < 10 {
      let half = Double(GlyphMask.penWidth(PixelSize(width: width, height: height))) / 2
      drawRing(x: Double(width) / 2 - half, y: Double(height) * 5.5 / 16)
      draw(GlyphStrokes.strokes(of: Character(String(number))) ?? [], in: (1.2, 3.8, 5.3, 9.6))
      return true
    }
    var digits = GlyphMask(cell: PixelSize(width: width, height: height))
    let one = GlyphStrokes.Stroke(points: [GlyphStrokes.Point(x: 4, y: 2), GlyphStrokes.Point(x: 4, y: 11)], isClosed: false)
    let tens = number < 20 ? [one] : GlyphStrokes.strokes(of: "2") ?? []
    digits.draw(tens, in: (-0.3, 3.8, 4, 9.6))
    digits.draw(GlyphStrokes.strokes(of: Character(String(number % 10))) ?? [], in: (3.3, 3.8, 4, 9.6))
    let (middle, center) = (Double(width) / 2, Double(height) / 2)
    fill { x, y in
      let (across, down) = ((x - middle) / middle, (y - center) / (center * 0.72))
      return across * across * across * across + down * down * down * down < 1
    }
    cut(digits)
    return true
  }
}
