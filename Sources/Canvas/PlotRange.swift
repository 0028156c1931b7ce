#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

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

  /// The largest of 1, 2, 5 × 10ⁿ that is not above a positive value.
  static func roundDown(_ value: Double) -> Double {
    let power = pow(10, log10(value).rounded(.down))
    let mantissa = value / power
    return (mantissa >= 5 - 1e-9 ? 5 : mantissa >= 2 - 1e-9 ? 2 : mantissa >= 1 - 1e-9 ? 1 : 0.5) * power
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
      // Within what a Double holds.
      let low = roundDown(min(max(lower, 1e-300), 1e299) * (1 + 1e-9))
      let high = niceStep(min(max(data.upperBound, low), 1e300) * (1 - 1e-9))
      return low < high ? low...high : low...niceStep(low * 1.5)
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

  /// A wider range: by a part of its own width at each end, as the axis shows it. Before `stable` it keeps circles and
  /// labels away from the frame.
  public static func padded(
    _ range: ClosedRange<Double>, by part: Double, scale: PlotAxis.Scale = .linear
  ) -> ClosedRange<Double> {
    between(-part, 1 + part, of: range, scale: scale)
  }

  /// The range around a value that stays where it is while everything else comes nearer (`factor` below 1) or goes away.
  public static func zoomed(
    _ range: ClosedRange<Double>, by factor: Double, around value: Double, scale: PlotAxis.Scale = .linear
  ) -> ClosedRange<Double> {
    guard factor.isFinite, factor > 0, let at = PlotAxis(scale: scale).position(value, in: range), at.isFinite else {
      return range
    }
    return between(at - at * factor, at + (1 - at) * factor, of: range, scale: scale)
  }

  /// The range moved by a part of its width; positive: to larger values.
  public static func panned(
    _ range: ClosedRange<Double>, by part: Double, scale: PlotAxis.Scale = .linear
  ) -> ClosedRange<Double> {
    between(part, 1 + part, of: range, scale: scale)
  }

  /// From one part of a range to another; the range itself where digits do not suffice.
  private static func between(
    _ low: Double, _ high: Double, of range: ClosedRange<Double>, scale: PlotAxis.Scale
  ) -> ClosedRange<Double> {
    let lower = PlotAxis.value(at: low, in: range, scale: scale)
    let upper = PlotAxis.value(at: high, in: range, scale: scale)
    let size = max(lower.magnitude, upper.magnitude)
    guard lower.isFinite, upper.isFinite, upper - lower > 1e-9 * size, scale == .linear || lower > 0 else { return range }
    return lower...upper
  }
}
