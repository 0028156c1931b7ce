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
  func position(_ value: Double, in range: ClosedRange<Double>) -> Double? {
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

  /// The range to draw: the given one if usable, else a nice one around `data` (nil: there is none).
  func resolved(_ data: ClosedRange<Double>?) -> ClosedRange<Double> {
    if let range, range.lowerBound.isFinite, range.upperBound.isFinite {
      if scale == .linear, range.upperBound > range.lowerBound { return range }
      if scale == .logarithmic, range.lowerBound > 0, range.upperBound > range.lowerBound { return range }
    }
    return PlotRange.nice(data ?? range ?? (scale == .linear ? 0...1 : 1...10), scale: scale)
  }

  /// Ticks at 1, 2 or 5 times a power of ten (linear), or at decades and, when few, their 2nd and 5th (logarithmic).
  ///
  /// - Returns: at most `count` ticks within the range, ascending.
  public static func ticks(_ range: ClosedRange<Double>, scale: Scale, count: Int) -> [Tick] {
    guard count > 0, range.lowerBound.isFinite, range.upperBound.isFinite else { return [] }
    if scale == .logarithmic, range.lowerBound > 0 {
      let ticks = logarithmicTicks(range, count: count)
      if ticks.count >= 2 || count == 1 { return ticks }
    }
    let span = range.upperBound - range.lowerBound
    guard span.isFinite, span > 0 else { return [Tick(value: range.lowerBound, label: NumberText.compact(range.lowerBound, step: 1))] }
    var step = PlotRange.niceStep(span / Double(count))
    for _ in 0..<8 {
      let first = (range.lowerBound / step - 1e-9).rounded(.up)
      let last = (range.upperBound / step + 1e-9).rounded(.down)
      guard first.isFinite, last.isFinite, first.magnitude < 1e15, last.magnitude < 1e15 else { return [] }
      if last - first + 1 <= Double(count) {
        guard last >= first else { return [] }
        return (0...Int(last - first)).map { index in
          let value = (first + Double(index)) * step
          return Tick(value: value, label: NumberText.compact(value, step: step))
        }
      }
      step = PlotRange.niceStep(step * 1.5)
    }
    return []
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
              ticks.append(Tick(value: value, label: NumberText.compact(value, step: value)))
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

/// Ranges of axes that are pleasant to read and do not jump.
public enum PlotRange {
  /// The smallest of 1, 2, 5 × 10ⁿ that is not below `value`.
  static func niceStep(_ value: Double) -> Double {
    guard value.isFinite, value > 0 else { return 1 }
    let power = pow(10, log10(value).rounded(.down))
    guard power.isFinite, power > 0 else { return value }
    let mantissa = value / power
    return (mantissa <= 1 + 1e-9 ? 1 : mantissa <= 2 + 1e-9 ? 2 : mantissa <= 5 + 1e-9 ? 5 : 10) * power
  }

  /// A range with round ends around another one; one of no width gets some.
  public static func nice(_ data: ClosedRange<Double>, scale: PlotAxis.Scale = .linear) -> ClosedRange<Double> {
    guard data.lowerBound.isFinite, data.upperBound.isFinite else { return scale == .linear ? 0...1 : 1...10 }
    switch scale {
    case .linear:
      var low = data.lowerBound
      var high = data.upperBound
      if high - low <= 1e-12 * max(low.magnitude, high.magnitude) || low == high {
        let margin = max(low.magnitude * 0.1, 0.5)
        (low, high) = (low - margin, high + margin)
      }
      let span = high - low
      guard span.isFinite else { return data }
      let step = niceStep(span / 5)
      let niceLow = (low / step + 1e-9).rounded(.down) * step
      let niceHigh = (high / step - 1e-9).rounded(.up) * step
      guard niceLow.isFinite, niceHigh.isFinite, niceLow < niceHigh else { return data.lowerBound...data.upperBound }
      return niceLow...niceHigh
    case .logarithmic:
      guard data.upperBound > 0 else { return 1...10 }
      let lower = data.lowerBound > 0 ? data.lowerBound : data.upperBound / 1000
      var low = (log10(lower) + 1e-9).rounded(.down)
      var high = (log10(data.upperBound) - 1e-9).rounded(.up)
      if low >= high { (low, high) = (min(low, high), min(low, high) + 1) }
      // Within what a Double holds, and never upside down.
      low = min(max(low, -300), 299)
      return pow(10, low)...pow(10, min(max(high, low + 1), 300))
    }
  }

  /// The range to draw next: the previous one as long as the data fits it and fills a fair part of it, else a nice new
  /// one with room to grow. Keep the result and give it back for the next frame.
  ///
  /// - Parameter growing: for steps and time: starts where the data starts and leaves room at its end.
  public static func stable(
    _ data: ClosedRange<Double>?, previous: ClosedRange<Double>?, scale: PlotAxis.Scale = .linear,
    growing: Bool = false
  ) -> ClosedRange<Double> {
    guard let data, data.lowerBound.isFinite, data.upperBound.isFinite else {
      return previous ?? nice(scale == .linear ? 0...1 : 1...10, scale: scale)
    }
    if let previous, previous.lowerBound <= data.lowerBound, previous.upperBound >= data.upperBound {
      let filled: Double
      if scale == .logarithmic, previous.lowerBound > 0, data.lowerBound > 0 {
        filled = log10(data.upperBound / data.lowerBound) / log10(previous.upperBound / previous.lowerBound)
      } else {
        filled = (data.upperBound - data.lowerBound) / (previous.upperBound - previous.lowerBound)
      }
      if filled.isNaN || filled >= 0.35 || (growing && data.lowerBound == data.upperBound) { return previous }
    }
    guard growing, scale == .linear else { return nice(data, scale: scale) }
    let span = max(data.upperBound - data.lowerBound, 1e-9)
    let power = pow(10, log10(span).rounded(.down))
    let next = [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15].first { $0 * power >= span * 1.05 } ?? 20
    let upper = data.lowerBound + next * power
    return upper.isFinite && upper > data.lowerBound ? data.lowerBound...upper : data
  }
}
