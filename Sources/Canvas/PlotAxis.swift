#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One axis of a plot: what it spans and how it is spaced.
public struct PlotAxis: Hashable, Sendable {
  public enum Scale: Hashable, Sendable {
    case linear
    /// Values that are not positive have no place on it and are left out.
    case logarithmic
  }

  public var scale: Scale
  /// What the axis spans; nil: a nice range around the data. A range that is kept from frame to frame
  /// (`PlotRange.stable`) keeps the curve from jumping.
  public var range: ClosedRange<Double>?
  /// Name and unit: at the right of the last row for x, at the top for y.
  public var title: String

  public init(scale: Scale = .linear, range: ClosedRange<Double>? = nil, title: String = "") {
    self.scale = scale
    self.range = range
    self.title = title
  }

  /// A mark on an axis with its text.
  public struct Tick: Hashable, Sendable {
    public let value: Double
    public let label: String
  }

  /// Places a value in 0…1 of a range, beyond it outside; nil where it has no place.
  public func position(_ value: Double, in range: ClosedRange<Double>) -> Double? {
    guard value.isFinite else { return nil }
    switch scale {
    case .linear:
      // Halves keep a span of nearly ±1.8e308 finite.
      let span = range.upperBound / 2 - range.lowerBound / 2
      return span > 0 ? (value / 2 - range.lowerBound / 2) / span : 0.5
    case .logarithmic:
      guard value > 0, range.lowerBound > 0 else { return nil }
      let span = log10(range.upperBound) - log10(range.lowerBound)
      return span > 0 ? (log10(value) - log10(range.lowerBound)) / span : 0.5
    }
  }

  /// The value at a part (0…1, beyond it outside) of a range: the inverse of `position`.
  static func value(at part: Double, in range: ClosedRange<Double>, scale: Scale) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    guard scale == .logarithmic, low > 0 else { return low * (1 - part) + high * part }
    return pow(10, log10(low) * (1 - part) + log10(high) * part)
  }

  /// The range to draw: the given one if usable, else a nice one around `data` (nil: there is none).
  func resolved(_ data: ClosedRange<Double>?) -> ClosedRange<Double> {
    if let range, range.lowerBound.isFinite, range.upperBound.isFinite {
      if scale == .linear, range.upperBound > range.lowerBound { return range }
      if scale == .logarithmic, range.lowerBound > 0, range.upperBound > range.lowerBound { return range }
    }
    return PlotRange.nice(data ?? range ?? (scale == .linear ? 0...1 : 1...10), scale: scale)
  }

  /// Ticks at 1, 2 or 5 times a power of ten (linear), or at decades and, when few, their 2nd and 5th (logarithmic, where
  /// ranges within a decade may have those of a linear axis).
  ///
  /// - Returns: at most `count` ticks within the range, ascending; where a count of two or more leaves a linear axis only
  ///   one round value, the outer ones of a finer spacing.
  public static func ticks(_ range: ClosedRange<Double>, scale: Scale, count: Int) -> [Tick] {
    guard count > 0, range.lowerBound.isFinite, range.upperBound.isFinite else { return [] }
    if scale == .logarithmic, range.lowerBound > 0 {
      let ticks = logarithmicTicks(range, count: count)
      // Within a decade evenly spaced values say more.
      let isNarrow = range.upperBound / range.lowerBound < 10
      if ticks.count >= (isNarrow ? min(3, count) : 2) || count == 1 { return ticks }
    }
    let span = range.upperBound - range.lowerBound
    guard span.isFinite, span > 0 else { return [Tick(value: range.lowerBound, label: NumberText.compact(range.lowerBound, step: 1))] }
    var step = PlotRange.niceStep(span / Double(count))
    for _ in 0..<8 {
      let ticks = multiples(of: step, in: range)
      guard ticks.count <= count else {
        step = PlotRange.niceStep(step * 1.5)
        continue
      }
      guard ticks.count < 2, count >= 2 else { return ticks }
      let finer = multiples(of: PlotRange.roundDown(step * 0.9), in: range)
      return finer.count > 1 ? [finer[0], finer[finer.count - 1]] : ticks
    }
    return []
  }

  /// None where there are more than a screen could ever show, or than numbers have digits for.
  private static func multiples(of step: Double, in range: ClosedRange<Double>) -> [Tick] {
    let first = (range.lowerBound / step - 1e-9).rounded(.up)
    let last = (range.upperBound / step + 1e-9).rounded(.down)
    guard first.isFinite, last.isFinite, first.magnitude < 1e15, last.magnitude < 1e15, last >= first, last - first < 1e4
    else { return [] }
    return (0...Int(last - first)).map { index in
      let value = (first + Double(index)) * step
      return Tick(value: value, label: NumberText.compact(value, step: step))
    }
  }

  private static func logarithmicTicks(_ range: ClosedRange<Double>, count: Int) -> [Tick] {
    let low = Int(log10(range.lowerBound).rounded(.down))
    let high = Int(log10(range.upperBound).rounded(.up))
    for multiples in [[1.0, 2, 5], [1.0]] {
      var every = 1
      while every <= 1 << 10 {
        var ticks: [Tick] = []
        for exponent in stride(from: low, through: high, by: 1) where exponent % every == 0 {
          for multiple in multiples {
            let value = multiple * pow(10, Double(exponent))
            if value >= range.lowerBound * (1 - 1e-9), value <= range.upperBound * (1 + 1e-9) {
              ticks.append(Tick(value: value, label: NumberText.short(value)))
            }
          }
        }
        if ticks.count <= count { return ticks }
        if multiples.count > 1 { break }
        every *= 2
      }
    }
    return []
  }
}
