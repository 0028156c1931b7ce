/// A point of a curve; without a y the curve is interrupted there.
public struct PlotPoint: Hashable, Sendable {
  public var x: Double
  public var y: Double?

  public init(x: Double, y: Double?) {
    self.x = x
    self.y = y
  }
}

/// A curve.
public struct PlotSeries: Hashable, Sendable {
  public var points: [PlotPoint]
  public var style: Style
  public var pattern: LinePattern
  /// What its dots are in ASCII.
  public var mark: Character
  /// Stands at the curve's end, so that curves are told apart without colour.
  public var letter: Character?
  /// A curve of a higher layer keeps its shape where it crosses one of a lower; within a layer the later one gives a
  /// shared cell its colour. Raw values and trails: -1.
  public var layer: Int

  public init(
    _ points: [PlotPoint], style: Style, pattern: LinePattern = .solid, mark: Character = "*",
    letter: Character? = nil, layer: Int = 0
  ) {
    self.points = points
    self.style = style
    self.pattern = pattern
    self.mark = mark
    self.letter = letter
    self.layer = layer
  }

  public init(
    _ points: [(x: Double, y: Double?)], style: Style, pattern: LinePattern = .solid, mark: Character = "*",
    letter: Character? = nil, layer: Int = 0
  ) {
    self.init(
      points.map { PlotPoint(x: $0.x, y: $0.y) }, style: style, pattern: pattern, mark: mark, letter: letter,
      layer: layer)
  }
}

/// Curves, circles and single points against axes, in braille or ASCII.
public struct LinePlot: Hashable, Sendable {
  public var series: [PlotSeries]
  public var x: PlotAxis
  public var y: PlotAxis
  public var marks: [PlotMark]
  /// Above the curves, the later ones above the earlier.
  public var circles: [PlotCircle]
  /// Beneath everything.
  public var references: [PlotReference]
  public var cursor: PlotCursor?
  public var axisStyle: Style
  public var labelStyle: Style
  /// Columns kept for the y labels even when they are shorter, so that the plot never moves sideways.
  public var minimumLabelWidth: Int

  public init(
    series: [PlotSeries], x: PlotAxis = PlotAxis(), y: PlotAxis = PlotAxis(), marks: [PlotMark] = [],
    axisStyle: Style = .plain, labelStyle: Style = .plain, minimumLabelWidth: Int = 3, circles: [PlotCircle] = [],
    references: [PlotReference] = [], cursor: PlotCursor? = nil
  ) {
    self.series = series
    self.x = x
    self.y = y
    self.marks = marks
    self.axisStyle = axisStyle
    self.labelStyle = labelStyle
    self.minimumLabelWidth = minimumLabelWidth
    self.circles = circles
    self.references = references
    self.cursor = cursor
  }

  /// Draws into a rectangle of a frame. Too little room drops the labels first, then the axes.
  ///
  /// - Complexity: O(points + dots of the rectangle for each curve and circle).
  public func draw(into frame: inout Frame, _ rect: Rect) {
    guard !rect.isEmpty, !rect.intersection(frame.bounds).isEmpty, rect.width <= Frame.maximumWidth,
      rect.height <= Frame.maximumHeight
    else { return }
    let geometry = layout(in: rect, glyphs: frame.glyphs)
    let area = geometry.area
    if geometry.hasAxes { drawAxes(into: &frame, rect: rect, geometry: geometry) }
    if let cursor, let column = geometry.column(x: cursor.x) {
      for row in area.y..<area.maxY { frame.set(x: column, y: row, frame.glyphs.vertical, cursor.style) }
    }
    var grid = DotGrid(columns: area.width, rows: area.height, unicode: frame.glyphs.isUnicode)
    for line in references { line.draw(in: &grid, geometry) }
    var ends: [CurveEnd] = []
    for curve in series {
      let end = LinePlot.trace(curve, in: &grid, geometry)
      if let letter = curve.letter, let end = end.flatMap(geometry.cell) {
        ends.append(CurveEnd(column: end.column, row: end.row, letter: letter, style: curve.style))
      }
    }
    var taken = TakenCells(columns: area.width, rows: area.height)
    for (index, circle) in circles.enumerated() {
      circle.draw(in: &grid, geometry, layer: Int.max - circles.count + index, taken: &taken)
    }
    grid.draw(into: &frame, x: area.x, y: area.y)
    for end in CurveEnd.apart(ends, columns: area.width, glyphs: frame.glyphs) {
      frame.set(x: area.x + end.column, y: area.y + end.row, end.letter, end.style)
      taken.take(column: end.column, row: end.row)
    }
    drawSymbols(into: &frame, geometry, grid: grid, taken: &taken)
  }

  /// Draws one curve. Points that fall into the same column of dots are drawn as the span from their least to their
  /// greatest value, and columns are joined from the last point of one to the first of the next.
  ///
  /// - Returns: the last point on the grid, in dots.
  private static func trace(
    _ curve: PlotSeries, in grid: inout DotGrid, _ geometry: PlotGeometry
  ) -> (x: Double, y: Double)? {
    var column = Double.nan
    var last: (x: Double, y: Double)?
    var low = 0.0
    var high = 0.0
    var shownEnd: (x: Double, y: Double)?
    func flush(_ grid: inout DotGrid) {
      guard last != nil, !column.isNaN else { return }
      grid.line(
        (column, low), (column, high), style: curve.style, mark: curve.mark, pattern: curve.pattern,
        layer: curve.layer)
    }
    for point in curve.points {
      guard let value = point.y, value.isFinite, let spot = geometry.dots(point.x, value) else {
        flush(&grid)
        last = nil
        column = .nan
        continue
      }
      // Points far outside still give the line its direction; within one column only their extremes matter.
      let spotColumn = DotGrid.nearest(spot.x)
      if last != nil, spotColumn == column {
        low = min(low, spot.y)
        high = max(high, spot.y)
      } else {
        flush(&grid)
        if let last {
          grid.line(
            (DotGrid.nearest(last.x), last.y), (spotColumn, spot.y), style: curve.style, mark: curve.mark,
            pattern: curve.pattern, layer: curve.layer)
        }
        column = spotColumn
        low = spot.y
        high = spot.y
      }
      last = spot
      if spot.x > -1, spot.x < Double(grid.width), spot.y > -1, spot.y < Double(grid.height) { shownEnd = spot }
    }
    flush(&grid)
    return shownEnd
  }
}
