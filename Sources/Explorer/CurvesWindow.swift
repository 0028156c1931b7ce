import Canvas
import Training

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the axes of a plot span; nil while nothing is known.
struct PlotSpan: Equatable, Sendable {
  var x: ClosedRange<Double>?
  var y: ClosedRange<Double>?
}

extension PlotAxis.Scale {
  var other: PlotAxis.Scale { self == .linear ? .logarithmic : .linear }
  /// A value as the axis spaces it, and back.
  fileprivate func spaced(_ value: Double) -> Double { self == .logarithmic ? log10(value) : value }
  fileprivate func value(_ spaced: Double) -> Double { self == .logarithmic ? pow(10, spaced) : spaced }

  /// Whether a value has a place on an axis of this scale.
  func places(_ value: Double) -> Bool { value.isFinite && (self == .linear || value > 0) }
}

/// The part of the x axis that is looked at, and what the axes span because of it.
extension ExplorerState {
  /// Moves the cursor by columns; without one it starts at the newest value.
  mutating func moveCursor(by columns: Int) {
    guard let geometry = plotGeometry else { return }
    let area = geometry.area
    guard let cursor = curves.cursor else {
      let newest = shownRuns.compactMap { run in run.curve.metrics.last.map(position(on: curves.axis, run)) }.max()
      let start = newest.flatMap(geometry.column) ?? (area.x + area.maxX) / 2
      curves.cursor = geometry.x(atColumn: start)
      return
    }
    // From beyond the window it enters at the nearest edge.
    let from = geometry.column(x: cursor) ?? (cursor < geometry.xRange.lowerBound ? area.x : area.maxX - 1)
    curves.cursor = geometry.x(atColumn: min(max(from + columns, area.x), area.maxX - 1))
  }

  /// - Parameter value: stays where it is; nil is the cursor if it is in sight, else the middle.
  mutating func zoomCurves(by factor: Double, about value: Double? = nil) {
    guard let fit = curves.fit.x, let shown = curves.visible.x else { return }
    let scale = curves.xScale
    let middle = scale.value((scale.spaced(shown.lowerBound) + scale.spaced(shown.upperBound)) / 2)
    let center = value ?? curves.cursor.flatMap { shown.contains($0) ? $0 : nil } ?? middle
    look(at: PlotRange.zoomed(shown, by: factor, around: center, scale: scale), within: fit)
  }

  /// - Parameter part: of the window's width; positive: to larger values.
  mutating func panCurves(by part: Double) {
    guard let fit = curves.fit.x, let window = curves.window else { return }
    curves.follows = false
    look(at: PlotRange.panned(window, by: part, scale: curves.xScale), within: fit)
  }

  /// Lets the window go along with the newest values: the last quarter of all where there is no window yet.
  mutating func followNewest() {
    curves.follows.toggle()
    guard curves.follows, curves.window == nil, let fit = curves.fit.x else { return }
    look(at: PlotRange.zoomed(fit, by: 0.25, around: fit.upperBound, scale: curves.xScale), within: fit)
  }

  /// Makes a range the window, moved to where there is something; one as wide as everything is none.
  private mutating func look(at range: ClosedRange<Double>, within fit: ClosedRange<Double>) {
    let scale = curves.xScale
    let (least, most) = (scale.spaced(fit.lowerBound), scale.spaced(fit.upperBound))
    let width = scale.spaced(range.upperBound) - scale.spaced(range.lowerBound)
    guard width < (most - least) * 0.999 else {
      (curves.window, curves.follows) = (nil, false)
      return
    }
    let low = min(max(scale.spaced(range.lowerBound), least), most - width)
    curves.window = scale.value(low)...scale.value(low + width)
  }

  /// Brings what the axes span up to date; called whenever something may have changed.
  mutating func settleCurves() {
    guard tab == .curves || tab == .race && !isSingle else { return }
    let runs = shownRuns
    let scale = curves.xScale
    var (low, high) = (Double.infinity, -Double.infinity)
    for run in runs {
      let place = position(on: curves.axis, run)
      guard let last = run.curve.metrics.last.map(place), scale.places(last) else { continue }
      high = max(high, last)
      // Logarithmic axes begin at the first value that has a place.
      let first = scale == .linear ? 0 : run.curve.metrics.lazy.map(place).first { $0 > 0 } ?? last
      low = min(low, first)
    }
    if low <= high {
      // A few steps are no reason to stretch the axis over and over.
      let end = curves.axis == .step && scale == .linear ? max(high, 10) : high
      curves.fit.x = PlotRange.stable(low...end, previous: curves.fit.x, scale: scale, growing: scale == .linear)
      if curves.follows, let window = curves.window, let fit = curves.fit.x, high > window.upperBound {
        // In strides, so that the curve stands still in between.
        let ahead = (scale.spaced(high) - scale.spaced(window.upperBound)) / (scale.spaced(window.upperBound) - scale.spaced(window.lowerBound))
        look(at: PlotRange.panned(window, by: ahead + 0.25, scale: scale), within: fit)
      }
    }
    curves.fit.y = settledY(runs, nil, previous: curves.fit.y)
    let late = curves.fit.x.map { PlotRange.zoomed($0, by: 0.75, around: $0.upperBound, scale: scale) }
    curves.lateY = late.flatMap { settledY(runs, $0, previous: curves.lateY) }
    curves.windowY = curves.window.flatMap { settledY(runs, $0, previous: curves.windowY) }
  }

  /// What y spans for the values within a part of the x axis.
  private func settledY(
    _ runs: [RunView], _ window: ClosedRange<Double>?, previous: ClosedRange<Double>?
  ) -> ClosedRange<Double>? {
    var (low, high) = (Double.infinity, -Double.infinity)
    for run in runs {
      for sample in samples(of: run, in: window)
      where curves.yScale.places(sample.y) && window?.contains(sample.x) != false {
        low = min(low, sample.y)
        high = max(high, sample.y)
      }
    }
    guard low <= high else { return previous }
    return PlotRange.stable(low...high, previous: previous, scale: curves.yScale)
  }

  private var plotGeometry: PlotGeometry? {
    Chrome(width: width, height: height).map { curvesGeometry(curvesLayout($0.body).plot) }
  }
}
