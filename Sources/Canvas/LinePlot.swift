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

  public init(
    _ points: [PlotPoint], style: Style, pattern: LinePattern = .solid, mark: Character = "*", letter: Character? = nil
  ) {
    self.points = points
    self.style = style
    self.pattern = pattern
    self.mark = mark
    self.letter = letter
  }

  public init(
    _ points: [(x: Double, y: Double?)], style: Style, pattern: LinePattern = .solid, mark: Character = "*",
    letter: Character? = nil
  ) {
    self.init(
      points.map { PlotPoint(x: $0.x, y: $0.y) }, style: style, pattern: pattern, mark: mark, letter: letter)
  }
}

/// A single symbol in a plot, such as the best value so far.
public struct PlotMark: Hashable, Sendable {
  public var x: Double
  public var y: Double
  public var style: Style
  /// Nil: the frame's own mark.
  public var character: Character?

  public init(x: Double, y: Double, style: Style, character: Character? = nil) {
    self.x = x
    self.y = y
    self.style = style
    self.character = character
  }
}

/// Curves against axes, in braille or ASCII.
public struct LinePlot: Hashable, Sendable {
  public var series: [PlotSeries]
  public var x: PlotAxis
  public var y: PlotAxis
  public var marks: [PlotMark]
  public var axisStyle: Style
  public var labelStyle: Style
  /// Columns kept for the y labels even when they are shorter, so that the plot never moves sideways.
  public var minimumLabelWidth: Int

  public init(
    series: [PlotSeries], x: PlotAxis = PlotAxis(), y: PlotAxis = PlotAxis(), marks: [PlotMark] = [],
    axisStyle: Style = .plain, labelStyle: Style = .plain, minimumLabelWidth: Int = 3
  ) {
    self.series = series
    self.x = x
    self.y = y
    self.marks = marks
    self.axisStyle = axisStyle
    self.labelStyle = labelStyle
    self.minimumLabelWidth = minimumLabelWidth
  }

  private func spans() -> (x: ClosedRange<Double>?, y: ClosedRange<Double>?) {
    var lowX = Double.infinity
    var highX = -Double.infinity
    var lowY = Double.infinity
    var highY = -Double.infinity
    func add(_ px: Double, _ py: Double) {
      guard px.isFinite, py.isFinite, x.scale == .linear || px > 0, y.scale == .linear || py > 0 else { return }
      lowX = min(lowX, px)
      highX = max(highX, px)
      lowY = min(lowY, py)
      highY = max(highY, py)
    }
    for curve in series {
      for point in curve.points {
        if let value = point.y { add(point.x, value) }
      }
    }
    for mark in marks { add(mark.x, mark.y) }
    return lowX <= highX ? (lowX...highX, lowY...highY) : (nil, nil)
  }

  /// Draws into a rectangle of a frame. Too little room drops the labels first, then the axes.
  ///
  /// - Complexity: O(points + dots of the rectangle for each curve).
  public func draw(into frame: inout Frame, _ rect: Rect) {
    guard !rect.isEmpty, !rect.intersection(frame.bounds).isEmpty, rect.width <= Frame.maximumWidth,
      rect.height <= Frame.maximumHeight
    else { return }
    let data = spans()
    let xRange = x.resolved(data.x)
    let yRange = y.resolved(data.y)

    // Two rows for the x axis and its labels, a gutter for the y labels and the y axis.
    let hasAxes = rect.height >= 4 && rect.width >= 8
    let plotRows = hasAxes ? rect.height - 2 : rect.height
    let yTicks = hasAxes ? PlotAxis.ticks(yRange, scale: y.scale, count: max(2, (plotRows + 2) / 2)) : []
    let widest = yTicks.map(\.label.columns).max() ?? 0
    let labels = min(max(widest, minimumLabelWidth), max(0, rect.width / 2))
    let gutter = hasAxes ? labels + 1 : 0
    let area = Rect(x: rect.x + gutter, y: rect.y, width: rect.width - gutter, height: plotRows)

    var grid = DotGrid(columns: area.width, rows: area.height, unicode: frame.glyphs.isUnicode)
    // Not the grid itself: it is changed while this is called.
    let dotsAcross = Double(grid.width - 1)
    let dotsDown = Double(grid.height - 1)
    let place = { (px: Double, py: Double) -> (x: Double, y: Double)? in
      guard let u = x.position(px, in: xRange), let v = y.position(py, in: yRange), u.isFinite, v.isFinite else { return nil }
      return (u * dotsAcross, (1 - v) * dotsDown)
    }
    if hasAxes { drawAxes(into: &frame, rect: rect, area: area, xRange: xRange, yRange: yRange, yTicks: yTicks) }
    var ends: [(x: Int, y: Int, letter: Character, style: Style)] = []
    for curve in series {
      let end = LinePlot.trace(curve, in: &grid, place: place)
      if let letter = curve.letter, let end {
        ends.append((Int(end.x.rounded()) / grid.dotsAcross, Int(end.y.rounded()) / grid.dotsDown, letter, curve.style))
      }
    }
    grid.draw(into: &frame, x: area.x, y: area.y)
    for end in ends where end.y >= 0 && end.y < area.height && end.x >= 0 && end.x < area.width {
      frame.set(x: area.x + end.x, y: area.y + end.y, end.letter, end.style)
    }
    for mark in marks {
      guard let spot = place(mark.x, mark.y), spot.x > -1, spot.y > -1, spot.x < Double(grid.width),
        spot.y < Double(grid.height)
      else { continue }
      frame.set(
        x: area.x + Int(spot.x.rounded()) / grid.dotsAcross, y: area.y + Int(spot.y.rounded()) / grid.dotsDown,
        mark.character ?? frame.glyphs.mark, mark.style)
    }
  }

  /// Draws one curve. Points that fall into the same column of dots are drawn as the span from their least to their
  /// greatest value, and columns are joined from the last point of one to the first of the next.
  ///
  /// - Returns: the last point on the grid, in dots.
  private static func trace(
    _ curve: PlotSeries, in grid: inout DotGrid, place: (Double, Double) -> (x: Double, y: Double)?
  ) -> (x: Double, y: Double)? {
    var column = Double.nan
    var last: (x: Double, y: Double)?
    var low = 0.0
    var high = 0.0
    var shownEnd: (x: Double, y: Double)?
    func flush(_ grid: inout DotGrid) {
      guard last != nil, !column.isNaN else { return }
      grid.line((column, low), (column, high), style: curve.style, mark: curve.mark, pattern: curve.pattern)
    }
    for point in curve.points {
      guard let value = point.y, value.isFinite, let spot = place(point.x, value) else {
        flush(&grid)
        last = nil
        column = .nan
        continue
      }
      // Points far outside still give the line its direction; within one column only their extremes matter.
      let spotColumn = spot.x.rounded()
      if last != nil, spotColumn == column {
        low = min(low, spot.y)
        high = max(high, spot.y)
      } else {
        flush(&grid)
        if let last {
          grid.line(
            (last.x.rounded(), last.y), (spotColumn, spot.y), style: curve.style, mark: curve.mark,
            pattern: curve.pattern)
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
