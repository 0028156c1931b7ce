import Canvas

/// A plot of several curves as SVG: axes, ticks, lines in their runs' colours and dash patterns, and the number of every run
/// at its curve's end, so that nothing is told by colour alone.
struct CurvePlot {
  struct Curve {
    /// The run's place among all, from 0: decides colour, pattern and number.
    var index: Int
    var points: [PlotPoint]
  }

  var title: String
  var x: PlotAxis
  var y: PlotAxis
  var curves: [Curve]

  private static let (width, height) = (900.0, 380.0)
  private static let (left, right, top, bottom) = (58.0, 860.0, 28.0, 336.0)
  /// Baselines of numbers at the curves' ends are at least so far apart.
  private static let labelHeight = 15.0

  /// Pixels of a line, and gaps between them, by a run's place; a colour that comes again has another one.
  static func dashes(_ index: Int) -> String {
    let patterns = ["none", "9 3", "3 3", "10 3 2 3", "16 4", "1.5 2.5", "12 3 2 3 2 3", "6 6"]
    return patterns[(index + index / patterns.count) % patterns.count]
  }

  /// An `svg` element; colours are those of the classes `r0`, `r1`, … of the page.
  func svg() -> String {
    let shown = curves.map { curve in
      (index: curve.index, points: curve.points.map { x.scale == .logarithmic && $0.x <= 0 ? PlotPoint(x: $0.x, y: nil) : $0 })
    }
    let places = shown.flatMap(\.points).filter { $0.y?.isFinite == true && $0.x.isFinite }
    var text = #"<svg viewBox="0 0 \#(Int(Self.width)) \#(Int(Self.height))" role="img" aria-label="\#(HTMLText.escaped(title))">"#
    text += label(y.title, x: Self.left, y: 14, anchor: "start")
    text += label(x.title, x: Self.right, y: Self.height - 6, anchor: "end")
    guard let xs = Self.span(places.map(\.x)), let ys = Self.span(places.compactMap(\.y)) else {
      return text + label("nothing was measured yet", x: Self.width / 2, y: Self.height / 2, anchor: "middle") + "</svg>"
    }
    let xRange = x.scale == .linear && xs.lowerBound < xs.upperBound ? xs : PlotRange.nice(xs, scale: x.scale)
    let yRange = PlotRange.nice(ys, scale: y.scale)
    let across = { (value: Double) in x.position(value, in: xRange).map { Self.left + $0 * (Self.right - Self.left) } }
    let down = { (value: Double) in y.position(value, in: yRange).map { Self.bottom - $0 * (Self.bottom - Self.top) } }
    for tick in PlotAxis.ticks(xRange, scale: x.scale, count: 9) {
      guard let place = across(tick.value) else { continue }
      text += line(place, Self.top, place, Self.bottom) + label(tick.label, x: place, y: Self.bottom + 17, anchor: "middle")
    }
    for tick in PlotAxis.ticks(yRange, scale: y.scale, count: 7) {
      guard let place = down(tick.value) else { continue }
      text += line(Self.left, place, Self.right, place) + label(tick.label, x: Self.left - 8, y: place + 4, anchor: "end")
    }
    var ends: [(index: Int, y: Double)] = []
    for curve in shown {
      let placed = curve.points.map { point -> (x: Double, y: Double)? in
        guard let value = point.y, let px = across(point.x), let py = down(value) else { return nil }
        return (px, py)
      }
      let path = Self.path(Self.thinned(placed))
      guard !path.isEmpty, let end = placed.last(where: { $0 != nil }) ?? nil else { continue }
      text += #"<path class="curve r\#(curve.index)" d="\#(path)"/>"#
      text += #"<circle class="r\#(curve.index)" cx="\#(Self.number(end.x))" cy="\#(Self.number(end.y))" r="3"/>"#
      ends.append((curve.index, end.y))
    }
    for end in Self.spread(ends) {
      text += #"<text class="end r\#(end.index)" x="\#(Self.number(Self.right + 10))" y="\#(Self.number(end.y + 5))">\#(end.index + 1)</text>"#
    }
    return text + "</svg>\n"
  }

  // MARK: Parts

  private static func span(_ values: [Double]) -> ClosedRange<Double>? {
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }

  /// Of the points of every column the first, the lowest, the highest and the last: drawn they are the same curve.
  private static func thinned(_ points: [(x: Double, y: Double)?]) -> [(x: Double, y: Double)?] {
    guard points.count > 2 * Int(width) else { return points }
    var result: [(x: Double, y: Double)?] = []
    var start = 0
    while start < points.count {
      guard let first = points[start] else {
        result.append(nil)
        start += 1
        continue
      }
      var end = start
      while end < points.count, let point = points[end], Int(point.x) == Int(first.x) { end += 1 }
      let heights = (start..<end).map { points[$0]?.y ?? 0 }
      let kept: Set<Int> = [
        start, end - 1, start + (heights.indices.min { heights[$0] < heights[$1] } ?? 0),
        start + (heights.indices.max { heights[$0] < heights[$1] } ?? 0),
      ]
      result += kept.sorted().map { points[$0] }
      start = end
    }
    return result
  }

  /// A line through all points; what has no place breaks it.
  private static func path(_ points: [(x: Double, y: Double)?]) -> String {
    var text = ""
    var isDrawing = false
    for point in points {
      guard let point else {
        isDrawing = false
        continue
      }
      text += (isDrawing ? "L" : "M") + number(point.x) + " " + number(point.y)
      isDrawing = true
    }
    return text
  }

  /// Ends moved apart until their numbers do not cover each other, none above the plot or below it.
  private static func spread(_ ends: [(index: Int, y: Double)]) -> [(index: Int, y: Double)] {
    var sorted = ends.sorted { ($0.y, $0.index) < ($1.y, $1.index) }
    let step = min(labelHeight, (bottom - top) / Double(max(sorted.count, 1)))
    for index in sorted.indices.dropFirst() { sorted[index].y = max(sorted[index].y, sorted[index - 1].y + step) }
    for index in sorted.indices.reversed() {
      let limit = index + 1 < sorted.count ? sorted[index + 1].y - step : bottom
      sorted[index].y = min(sorted[index].y, limit)
    }
    return sorted
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    #"<line x1="\#(Self.number(x1))" y1="\#(Self.number(y1))" x2="\#(Self.number(x2))" y2="\#(Self.number(y2))"/>"#
  }

  private func label(_ text: String, x: Double, y: Double, anchor: String) -> String {
    #"<text x="\#(Self.number(x))" y="\#(Self.number(y))" text-anchor="\#(anchor)">\#(HTMLText.escaped(text))</text>"#
  }

  private static func number(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }
}
