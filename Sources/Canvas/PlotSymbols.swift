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

  /// Draws the ring and blanks what lies within it, so that where circles overlap each is seen to have its own middle.
  ///
  /// - Parameter layer: above all curves and above the circles beneath.
  func draw(in grid: inout DotGrid, _ geometry: PlotGeometry, layer: Int, taken: inout TakenCells) {
    guard let center = center(geometry), grid.width > 0, grid.height > 0 else { return }
    let radius = radius.isFinite ? min(max(radius, 0), 4096) : 0
    let columns = PlotCircle.clamp(center.x - radius, center.x + radius, below: geometry.area.width * 2)
    let rows = PlotCircle.clamp(center.y - radius, center.y + radius, below: geometry.area.height * 4)
    let mark = symbol.first.map { grid.dotsAcross == 1 ? Glyphs.ascii.spelled($0)[0] : $0 } ?? "o"
    for y in rows {
      for x in columns {
        let distance = hypot(Double(x) - center.x, Double(y) - center.y)
        guard distance < radius + 0.5 else { continue }
        let (across, down) = (x * grid.dotsAcross / 2, y * grid.dotsDown / 4)
        taken.take(column: x / 2, row: y / 4)
        if isFilled || distance >= radius - 0.5 {
          // In ASCII the ring is of one mark and the symbol in its middle another.
          grid.dot(across, down, style: style, mark: isFilled || radius < 1 ? mark : ".", layer: layer)
        } else {
          grid.clear(across, down, layer: layer)
        }
      }
    }
  }

  /// Whether a cell, counted from the area's corner, lies within the ring or on it.
  func covers(column: Int, row: Int, _ geometry: PlotGeometry) -> Bool {
    guard let center = center(geometry), radius.isFinite else { return false }
    return hypot(2 * Double(column) + 0.5 - center.x, 4 * Double(row) + 1.5 - center.y) < max(radius, 0) + 0.5
  }

  /// Dots between the ring and a text of some columns, counted from the area's corner; nil where the circle has no place.
  func distance(toColumn column: Int, row: Int, columns: Int, _ geometry: PlotGeometry) -> Double? {
    guard let center = center(geometry), radius.isFinite else { return nil }
    let (left, top) = (2 * Double(column), 4 * Double(row))
    let across = max(0, left - center.x, center.x - left - 2 * Double(columns) + 1)
    return hypot(across, max(0, top - center.y, center.y - top - 3)) - max(radius, 0)
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
  /// As far to the right as it touches nothing, above the line or else below; dropped when it does not fit.
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

  /// Whether all of these cells are inside and free, and the ones at both ends of them too: a text that touches something
  /// else reads as if it were its.
  func isFree(column: Int, row: Int, columns count: Int) -> Bool {
    guard row >= 0, row < rows, column >= 0, column + count <= columns else { return false }
    let (first, last) = (max(0, column - 1), min(columns, column + count + 1))
    return !cells[row * columns + first..<row * columns + last].contains(true)
  }
}

extension LinePlot {
  private struct Label {
    let text: String
    let style: Style
    /// From the area's corner, best first.
    let places: [(column: Int, row: Int)]
  }

  /// The symbols in the middle of every circle. One that lies under a later ring stands beside that ring's own, so that
  /// none vanishes; one under a later point is left out.
  private func symbols(_ geometry: PlotGeometry) -> [[(text: String, style: Style)]] {
    var symbols = circles.map { circle in circle.symbol.isEmpty ? [] : [(text: circle.symbol, style: circle.style)] }
    for (index, circle) in circles.enumerated() {
      guard let at = geometry.dots(circle.x, circle.y).flatMap(geometry.cell),
        let above = circles.indices.first(where: { $0 > index && circles[$0].covers(column: at.column, row: at.row, geometry) })
      else { continue }
      if circles[above].radius >= 1, !symbols[index].isEmpty, !symbols[above].isEmpty {
        // Bare digits side by side would be another number.
        let isBare = circles[above].symbol.allSatisfy(\.isASCII)
        symbols[above] = symbols[index] + (isBare ? [(",", circle.style)] : []) + symbols[above]
      }
      symbols[index] = []
    }
    return symbols
  }

  /// Draws what is not made of dots: marks, symbols of circles and labels. Symbols of one place stand side by side. A
  /// label goes beside its point, above or below it (those of marks, which have no number in them, only beside), or
  /// nowhere; it touches nothing, is never cut and stands nearer to its own circle than to every other ring.
  func drawSymbols(into frame: inout Frame, _ geometry: PlotGeometry, grid: DotGrid, taken: inout TakenCells) {
    let area = geometry.area
    let glyphs = frame.glyphs
    var labels: [Label] = []
    let symbols = symbols(geometry)
    for (index, circle) in circles.enumerated() {
      guard let at = geometry.dots(circle.x, circle.y).flatMap(geometry.cell) else { continue }
      let columns = symbols[index].reduce(0) { $0 + glyphs.columns(of: $1.text) }
      // Larger than its circle a symbol still says whose it is, but not beyond the plot.
      let start = at.column - (columns - 1) / 2
      if columns > 0, start >= 0, start + columns <= area.width {
        frame.put(symbols[index], x: area.x + start, y: area.y + at.row, maxWidth: columns)
        taken.take(column: start, row: at.row, columns: columns)
      }
      let radius = circle.radius.isFinite ? min(max(circle.radius, 0), 4096) : 0
      let across = max(Int((radius / 2).rounded(.up)), columns / 2)
      let (up, down) = (max(0, Int(((radius - 1) / 4).rounded(.up))), Int((radius + 2) / 4))
      let width = glyphs.columns(of: circle.label)
      let (right, left, middle) = (at.column + across + 2, at.column - across - width - 1, at.column - width / 2)
      labels.append(
        Label(
          text: circle.label, style: circle.labelStyle ?? circle.style,
          places: [
            (right, at.row), (left, at.row), (middle, at.row - up - 1), (middle, at.row + down + 1),
            (right, at.row - 1), (right, at.row + 1), (left, at.row - 1), (left, at.row + 1),
          ].filter { place in
            func distance(_ circle: PlotCircle) -> Double {
              circle.distance(toColumn: place.column, row: place.row, columns: width, geometry) ?? .infinity
            }
            let own = distance(circle)
            // As near to another ring is one of the same place.
            return circles.indices.allSatisfy { $0 == index || circles[$0].radius < 1 || distance(circles[$0]) >= own }
          }))
    }
    var marked: [(column: Int, row: Int, character: Character)] = []
    for mark in marks {
      guard var at = geometry.dots(mark.x, mark.y).flatMap(geometry.cell) else { continue }
      let character = mark.character ?? glyphs.mark
      // Marks of one cell stand side by side, so that none hides another that looks different.
      func hides(_ column: Int) -> Bool {
        !(0..<area.width).contains(column) || marked.contains { $0.column == column && $0.row == at.row && $0.character != character }
      }
      at.column = [0, 1, -1, 2, -2].map { at.column + $0 }.first { !hides($0) } ?? at.column
      marked.append((at.column, at.row, character))
      frame.set(x: area.x + at.column, y: area.y + at.row, character, mark.style)
      taken.take(column: at.column, row: at.row)
      let width = glyphs.columns(of: mark.label)
      labels.append(
        Label(
          text: mark.label, style: mark.labelStyle ?? mark.style,
          places: [(at.column + 2, at.row), (at.column - width - 1, at.row)]))
    }
    for line in references {
      guard let row = geometry.row(y: line.y).map({ $0 - area.y }) else { continue }
      let last = area.width - glyphs.columns(of: line.label)
      let places = [row - 1, row + 1].flatMap { row in stride(from: last, through: 0, by: -1).map { (column: $0, row: row) } }
      write(Label(text: line.label, style: line.style, places: places), into: &frame, area, grid: grid, taken: &taken)
    }
    for label in labels { write(label, into: &frame, area, grid: grid, taken: &taken) }
  }

  /// Writes a text at the first place where it covers nothing, else at the first where it covers no more than curves.
  private func write(_ label: Label, into frame: inout Frame, _ area: Rect, grid: DotGrid, taken: inout TakenCells) {
    let columns = frame.glyphs.columns(of: label.text)
    guard columns > 0 else { return }
    let free = label.places.filter { taken.isFree(column: $0.column, row: $0.row, columns: columns) }
    let clear = free.first { place in
      !(place.column - 1...place.column + columns).contains { grid.hasDot(column: $0, row: place.row) }
    }
    guard let place = clear ?? free.first else { return }
    frame.put(label.text, x: area.x + place.column, y: area.y + place.row, label.style)
    taken.take(column: place.column, row: place.row, columns: columns)
  }
}
