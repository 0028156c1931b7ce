/// A grid of dots finer than cells: 2×4 in a braille character, 1×1 in ASCII. Each cell takes the style of the last dot
/// that was put into it; a dot of a higher layer also takes the cell's other dots away, so that what matters keeps its
/// shape where it crosses something dim.
struct DotGrid {
  let columns: Int
  let rows: Int
  let dotsAcross: Int
  let dotsDown: Int
  private var masks: [UInt8]
  private var marks: [Character]
  private var styles: [Style]
  private var layers: [Int]

  var width: Int { columns * dotsAcross }
  var height: Int { rows * dotsDown }

  /// - Parameters: columns and rows in cells.
  init(columns: Int, rows: Int, unicode: Bool) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
    dotsAcross = unicode ? 2 : 1
    dotsDown = unicode ? 4 : 1
    let count = self.columns * self.rows
    masks = Array(repeating: 0, count: count)
    marks = Array(repeating: " ", count: dotsAcross == 1 ? count : 0)
    styles = Array(repeating: .plain, count: count)
    layers = Array(repeating: Int.min, count: count)
  }

  /// Whether a cell holds a dot.
  func hasDot(column: Int, row: Int) -> Bool {
    column >= 0 && row >= 0 && column < columns && row < rows && masks[row * columns + column] != 0
  }

  /// Braille's bit of each dot, by row and column.
  private static let bits = SIMD8<UInt8>(0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)

  mutating func dot(_ x: Int, _ y: Int, style: Style, mark: Character, layer: Int = 0) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let cell = y / dotsDown * columns + x / dotsAcross
    if layer < layers[cell] { return }
    if layer > layers[cell] {
      layers[cell] = layer
      masks[cell] = 0
    }
    if dotsAcross == 1 {
      masks[cell] = 1
      marks[cell] = mark
    } else {
      masks[cell] |= DotGrid.bits[y % 4 * 2 + x % 2]
    }
    styles[cell] = style
  }

  /// Takes away the dots that lower layers have in the cell of a dot, and keeps them away.
  mutating func clear(_ x: Int, _ y: Int, layer: Int) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let cell = y / dotsDown * columns + x / dotsAcross
    guard layer > layers[cell] else { return }
    layers[cell] = layer
    masks[cell] = 0
  }

  /// The dot that a place belongs to. `rounded()` would call the C library, as processors have no such instruction.
  static func nearest(_ place: Double) -> Double { (place + 0.5).rounded(.down) }

  /// A line between two places in dots, cut off at the grid's edges (Liang–Barsky, then Bresenham).
  mutating func line(
    _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), style: Style, mark: Character, pattern: LinePattern,
    layer: Int = 0
  ) {
    guard from.x.isFinite, from.y.isFinite, to.x.isFinite, to.y.isFinite, width > 0, height > 0 else { return }
    let dx = to.x - from.x
    let dy = to.y - from.y
    guard dx.isFinite, dy.isFinite else { return }
    var enter = 0.0
    var leave = 1.0
    func isInside(_ place: (x: Double, y: Double)) -> Bool {
      place.x >= -0.5 && place.y >= -0.5 && place.x <= Double(width) - 0.5 && place.y <= Double(height) - 0.5
    }
    // Most lines of a curve are short ones in the middle.
    for (delta, distance) in isInside(from) && isInside(to) ? [] : [
      (-dx, from.x + 0.5), (dx, Double(width) - 0.5 - from.x), (-dy, from.y + 0.5), (dy, Double(height) - 0.5 - from.y),
    ] {
      if delta == 0 {
        if distance < 0 { return }
      } else if delta < 0 {
        enter = max(enter, distance / delta)
      } else {
        leave = min(leave, distance / delta)
      }
    }
    guard enter <= leave else { return }
    // Far away points lose so many digits that even a clipped end can lie outside.
    func index(_ value: Double, below count: Int) -> Int {
      value.isNaN ? 0 : Int(DotGrid.nearest(min(max(value, 0), Double(count - 1))))
    }
    var x = index(from.x + enter * dx, below: width)
    var y = index(from.y + enter * dy, below: height)
    let endX = index(from.x + leave * dx, below: width)
    let endY = index(from.y + leave * dy, below: height)
    let stepX = x < endX ? 1 : -1
    let stepY = y < endY ? 1 : -1
    let spanX = abs(endX - x)
    let spanY = -abs(endY - y)
    var error = spanX + spanY
    while true {
      if pattern.shows(x) { dot(x, y, style: style, mark: mark, layer: layer) }
      if x == endX, y == endY { break }
      let twice = 2 * error
      if twice >= spanY {
        error += spanY
        x += stepX
      }
      if twice <= spanX {
        error += spanX
        y += stepY
      }
    }
  }

  /// Writes the cells that hold dots into a frame.
  func draw(into frame: inout Frame, x: Int, y: Int) {
    for row in 0..<rows {
      for column in 0..<columns {
        let cell = row * columns + column
        guard masks[cell] != 0 else { continue }
        if dotsAcross == 1 {
          frame.set(x: x + column, y: y + row, marks[cell], styles[cell])
        } else {
          frame.write(Cell(code: 0x2800 + UInt32(masks[cell]), styles[cell]), columns: 1, x: x + column, y: y + row)
        }
      }
    }
  }
}

/// How a line is broken up, so that lines differ where there are no colours.
public enum LinePattern: Hashable, Sendable, CaseIterable {
  case solid, dashed, dotted, dashDotted

  /// That of a run by its index where colours do not tell runs apart; it starts again after the last one.
  public static func run(_ index: Int) -> LinePattern { allCases[max(0, index) % allCases.count] }

  /// Whether the line is drawn in a dot column.
  func shows(_ column: Int) -> Bool {
    switch self {
    case .solid: true
    case .dashed: column % 6 < 4
    case .dotted: column % 3 == 0
    case .dashDotted: column % 8 < 4 || column % 8 == 6
    }
  }
}
