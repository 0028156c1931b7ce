/// Where a plot's values stand on the screen, and back: for clicks, cursors and zooms.
///
///     let geometry = plot.layout(in: rect, glyphs: frame.glyphs)
///     if geometry.area.contains(x: click.x, y: click.y) { state.cursor = geometry.x(atColumn: click.x) }
public struct PlotGeometry: Hashable, Sendable {
  /// The cells that the curves are drawn in, without axes and labels.
  public let area: Rect
  /// What the axes span, as drawn.
  public let xRange: ClosedRange<Double>
  public let yRange: ClosedRange<Double>
  public let xScale: PlotAxis.Scale
  public let yScale: PlotAxis.Scale
  /// Whether there is room for axes around the area.
  public let hasAxes: Bool
  let dotsAcross: Int
  let dotsDown: Int
  let yTicks: [PlotAxis.Tick]

  /// The column under an x; nil where it has no place or lies outside.
  public func column(x: Double) -> Int? {
    PlotGeometry.cell(PlotAxis(scale: xScale).position(x, in: xRange), of: area.width, dots: dotsAcross).map { area.x + $0 }
  }

  /// The row of a y; nil where it has no place or lies outside.
  public func row(y: Double) -> Int? {
    let part = PlotAxis(scale: yScale).position(y, in: yRange).map { 1 - $0 }
    return PlotGeometry.cell(part, of: area.height, dots: dotsDown).map { area.y + $0 }
  }

  /// Ends of ranges may be off by what a Double rounds.
  private static func cell(_ part: Double?, of cells: Int, dots: Int) -> Int? {
    guard let part, part > -0.001, part < 1.001, cells > 0 else { return nil }
    return Int((min(max(part, 0), 1) * Double(cells * dots - 1)).rounded()) / dots
  }

  /// The x in the middle of a column, beyond the range for columns beside the area.
  public func x(atColumn column: Int) -> Double {
    PlotAxis.value(
      at: PlotGeometry.part(column, from: area.x, of: area.width, dots: dotsAcross), in: xRange, scale: xScale)
  }

  /// The y in the middle of a row, beyond the range for rows above and below the area.
  public func y(atRow row: Int) -> Double {
    PlotAxis.value(
      at: 1 - PlotGeometry.part(row, from: area.y, of: area.height, dots: dotsDown), in: yRange, scale: yScale)
  }

  private static func part(_ cell: Int, from start: Int, of cells: Int, dots: Int) -> Double {
    let cell = min(max(cell, -Rect.limit), Rect.limit) - start
    let last = cells * dots - 1
    return last > 0 ? (Double(cell * dots) + Double(dots - 1) / 2) / Double(last) : 0.5
  }

  /// The place of an x in dots from the area's left edge.
  func dotX(_ x: Double) -> Double? {
    PlotAxis(scale: xScale).position(x, in: xRange).flatMap { $0.isFinite ? $0 * Double(area.width * dotsAcross - 1) : nil }
  }

  /// The place of a y in dots from the area's upper edge.
  func dotY(_ y: Double) -> Double? {
    PlotAxis(scale: yScale).position(y, in: yRange).flatMap {
      $0.isFinite ? (1 - $0) * Double(area.height * dotsDown - 1) : nil
    }
  }

  func dots(_ x: Double, _ y: Double) -> (x: Double, y: Double)? {
    guard let across = dotX(x), let down = dotY(y) else { return nil }
    return (across, down)
  }

  /// The cell of a place in dots, from the area's corner; nil outside.
  func cell(_ spot: (x: Double, y: Double)) -> (column: Int, row: Int)? {
    guard spot.x > -1, spot.y > -1, spot.x < Double(area.width * dotsAcross), spot.y < Double(area.height * dotsDown),
      spot.x.rounded() >= 0, spot.y.rounded() >= 0
    else { return nil }
    let column = Int(spot.x.rounded()) / dotsAcross
    let row = Int(spot.y.rounded()) / dotsDown
    return column < area.width && row < area.height ? (column, row) : nil
  }
}

extension LinePlot {
  /// How the plot fills a rectangle; what `draw` does with the same one.
  ///
  /// - Complexity: O(points).
  public func layout(in rect: Rect, glyphs: Glyphs = .unicode) -> PlotGeometry {
    let data = spans()
    let xRange = x.resolved(data.x)
    let yRange = y.resolved(data.y)
    // Two rows for the x axis and its labels, a gutter for the y labels and the y axis.
    let hasAxes = rect.height >= 4 && rect.width >= 8
    let plotRows = hasAxes ? rect.height - 2 : rect.height
    let tickCount = max(2, (min(plotRows, Frame.maximumHeight) + 2) / 2)
    let yTicks = hasAxes ? PlotAxis.ticks(yRange, scale: y.scale, count: tickCount) : []
    let widest = yTicks.map(\.label.columns).max() ?? 0
    let labels = min(max(widest, minimumLabelWidth), max(0, rect.width / 2))
    let gutter = hasAxes ? labels + 1 : 0
    return PlotGeometry(
      area: Rect(x: rect.x + gutter, y: rect.y, width: rect.width - gutter, height: plotRows), xRange: xRange,
      yRange: yRange, xScale: x.scale, yScale: y.scale, hasAxes: hasAxes, dotsAcross: glyphs.isUnicode ? 2 : 1,
      dotsDown: glyphs.isUnicode ? 4 : 1, yTicks: yTicks)
  }

  /// What the data spans: curves, circles, marks, and for y the reference lines.
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
    for circle in circles { add(circle.x, circle.y) }
    for line in references where line.y.isFinite && (y.scale == .linear || line.y > 0) {
      lowY = min(lowY, line.y)
      highY = max(highY, line.y)
    }
    return (lowX <= highX ? lowX...highX : nil, lowY <= highY ? lowY...highY : nil)
  }
}
