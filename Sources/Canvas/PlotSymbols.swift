#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A single symbol in a plot, such as the best value so far, or a point that somebody else published.
public struct PlotMark: Hashable, Sendable {
  public var x: Double
  public var y: Double
  public var style: Style
  /// Nil: the frame's own mark.
  public var character: Character?
  /// Stands beside it where there is room.
  public var label: String
  /// Nil: the mark's.
  public var labelStyle: Style?

  public init(
    x: Double, y: Double, style: Style, character: Character? = nil, label: String = "", labelStyle: Style? = nil
  ) {
    self.x = x
    self.y = y
    self.style = style
    self.character = character
    self.label = label
    self.labelStyle = labelStyle
  }
}

/// A point whose area means something: in a trade-off plot the number of parameters.
public struct PlotCircle: Hashable, Sendable {
  public var x: Double
  public var y: Double
  /// In braille dots, of which a cell has 2×4, so that it is round; in ASCII the same size as nearly as cells can.
  public var radius: Double
  public var style: Style
  /// Stands in the middle, such as `Glyphs.runMark`.
  public var symbol: String
  public var isFilled: Bool
  /// Stands beside it where there is room.
  public var label: String
  /// Nil: the circle's.
  public var labelStyle: Style?

  public init(
    x: Double, y: Double, radius: Double, style: Style, symbol: String = "", isFilled: Bool = false, label: String = "",
    labelStyle: Style? = nil
  ) {
    self.x = x
    self.y = y
    self.radius = radius
    self.style = style
    self.symbol = symbol
    self.isFilled = isFilled
    self.label = label
    self.labelStyle = labelStyle
  }

  /// The radius for a value that the area stands for.
  ///
  /// - Parameters:
  ///   - largest: the value whose circle has `maximum` for its radius.
  ///   - minimum: of a circle that can still be seen.
  public static func radius(
    for value: Double, largest: Double, maximum: Double = 8, minimum: Double = 1.5
  ) -> Double {
    guard value > 0, largest > 0, value.isFinite, largest.isFinite else { return minimum }
    return max(minimum, min(maximum, maximum * (value / largest).squareRoot()))
  }

  /// Circles stand above all curves.
  private static let layer = Int.max

  func draw(in grid: inout DotGrid, _ geometry: PlotGeometry, taken: inout TakenCells) {
    guard let center = center(geometry), grid.width > 0, grid.height > 0 else { return }
    let radius = radius.isFinite ? min(max(radius, 0), 4096) : 0
    let columns = PlotCircle.clamp(center.x - radius, center.x + radius, below: geometry.area.width * 2)
    let rows = PlotCircle.clamp(center.y - radius, center.y + radius, below: geometry.area.height * 4)
    let mark = symbol.first.map { grid.dotsAcross == 1 ? Glyphs.ascii.spelled($0)[0] : $0 } ?? "o"
    for y in rows {
      for x in columns {
        let distance = hypot(Double(x) - center.x, Double(y) - center.y)
        guard distance < radius + 0.5, isFilled || distance >= radius - 0.5 else { continue }
        // In ASCII the ring is of one mark and the symbol in its middle another.
        grid.dot(
          x * grid.dotsAcross / 2, y * grid.dotsDown / 4, style: style,
          mark: isFilled || radius < 1 ? mark : ".", layer: PlotCircle.layer)
        taken.take(column: x / 2, row: y / 4)
      }
    }
  }

  /// The middle in braille dots, also in ASCII; nil where the axes have no place for it. Around a symbol it is the middle
  /// of the symbol's cell, since a symbol beside the middle looks like a fault.
  private func center(_ geometry: PlotGeometry) -> (x: Double, y: Double)? {
    guard let spot = geometry.dots(x, y) else { return nil }
    if geometry.dotsAcross == 2, symbol.isEmpty { return spot }
    let column = (spot.x.rounded() / Double(geometry.dotsAcross)).rounded(.down)
    let row = (spot.y.rounded() / Double(geometry.dotsDown)).rounded(.down)
    return (2 * column + 0.5, 4 * row + 1.5)
  }

  private static func clamp(_ low: Double, _ high: Double, below count: Int) -> Range<Int> {
    let first = max(0, min(Double(count), low.rounded(.down)))
    let last = max(first, min(Double(count), high.rounded(.up) + 1))
    return Int(first)..<Int(last)
  }
}

/// A horizontal line at a value to compare with, such as what one layer can reach.
public struct PlotReference: Hashable, Sendable {
  public var y: Double
  /// At the right end, above the line (below it in the first row); dropped when it does not fit.
  public var label: String
  public var style: Style

  public init(y: Double, label: String = "", style: Style) {
    self.y = y
    self.label = label
    self.style = style
  }

  func draw(in grid: inout DotGrid, _ geometry: PlotGeometry) {
    guard geometry.row(y: y) != nil, let height = geometry.dotY(y) else { return }
    grid.line(
      (0, height), (Double(grid.width - 1), height), style: style, mark: "-",
      pattern: grid.dotsAcross > 1 ? .dotted : .dashed, layer: Int.min + 1)
  }
}

/// A vertical line at the x whose values somebody reads.
public struct PlotCursor: Hashable, Sendable {
  public var x: Double
  public var style: Style

  public init(x: Double, style: Style) {
    self.x = x
    self.style = style
  }
}

/// Cells of a plot that a label must leave alone.
struct TakenCells {
  let columns: Int
  let rows: Int
  private var cells: [Bool]

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: false, count: columns * rows)
  }

  mutating func take(column: Int, row: Int, columns count: Int = 1) {
    guard row >= 0, row < rows else { return }
    for column in max(0, column)..<max(0, column, min(columns, column + count)) { cells[row * columns + column] = true }
  }

  /// Whether all of these cells are inside and free.
  func isFree(column: Int, row: Int, columns count: Int) -> Bool {
    guard row >= 0, row < rows, column >= 0, column + count <= columns else { return false }
    return !cells[row * columns + column..<row * columns + column + count].contains(true)
  }
}

extension LinePlot {
  /// Draws what is not made of dots: marks, symbols of circles and labels. A label goes to the right of its point, to the
  /// left, above or below, or nowhere; never over another symbol and never cut.
  func drawSymbols(into frame: inout Frame, _ geometry: PlotGeometry, grid: DotGrid, taken: inout TakenCells) {
    let area = geometry.area
    let glyphs = frame.glyphs
    var labels: [(text: String, style: Style, column: Int, row: Int, across: Int, down: Int)] = []
    for circle in circles {
      guard let at = geometry.dots(circle.x, circle.y).flatMap(geometry.cell) else { continue }
      let columns = glyphs.columns(of: circle.symbol)
      // Larger than its circle a symbol still says whose it is, but not beyond the plot.
      let start = at.column - (columns - 1) / 2
      if columns > 0, start >= 0, start + columns <= area.width {
        frame.put(circle.symbol, x: area.x + start, y: area.y + at.row, circle.style)
        taken.take(column: start, row: at.row, columns: columns)
      }
      let radius = circle.radius.isFinite ? min(max(circle.radius, 0), 4096) : 0
      let reach = (across: Int((radius / 2).rounded(.up)), down: Int((radius / 4).rounded(.up)))
      labels.append(
        (
          circle.label, circle.labelStyle ?? circle.style, at.column, at.row, max(reach.across, columns / 2), reach.down
        ))
    }
    for mark in marks {
      guard let at = geometry.dots(mark.x, mark.y).flatMap(geometry.cell) else { continue }
      frame.set(x: area.x + at.column, y: area.y + at.row, mark.character ?? glyphs.mark, mark.style)
      taken.take(column: at.column, row: at.row)
      labels.append((mark.label, mark.labelStyle ?? mark.style, at.column, at.row, 0, 0))
    }
    for line in references {
      guard let row = geometry.row(y: line.y).map({ $0 - area.y }) else { continue }
      let columns = glyphs.columns(of: line.label)
      let places = [(area.width - columns, row - 1), (area.width - columns, row + 1)]
      write(line.label, line.style, columns: columns, at: places, into: &frame, area, grid: grid, taken: &taken)
    }
    for label in labels {
      let columns = glyphs.columns(of: label.text)
      let middle = label.column - columns / 2
      let places = [
        (label.column + label.across + 2, label.row), (label.column - label.across - columns - 1, label.row),
        (middle, label.row - label.down - 1), (middle, label.row + label.down + 1),
      ]
      write(label.text, label.style, columns: columns, at: places, into: &frame, area, grid: grid, taken: &taken)
    }
  }

  /// Writes a text at the first place where it covers nothing, else at the first where it covers no more than curves.
  private func write(
    _ text: String, _ style: Style, columns: Int, at places: [(column: Int, row: Int)], into frame: inout Frame,
    _ area: Rect, grid: DotGrid, taken: inout TakenCells
  ) {
    guard columns > 0 else { return }
    let free = places.filter { taken.isFree(column: $0.column, row: $0.row, columns: columns) }
    let clear = free.first { place in
      !(place.column..<place.column + columns).contains { grid.hasDot(column: $0, row: place.row) }
    }
    guard let place = clear ?? free.first else { return }
    frame.put(text, x: area.x + place.column, y: area.y + place.row, style)
    // A blank around a label keeps the next one from reading on.
    taken.take(column: place.column - 1, row: place.row, columns: columns + 2)
  }
}
