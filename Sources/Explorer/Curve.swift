import Canvas
import Training

/// What a run has measured: every raw point, and a thinner copy that is quick to draw.
struct Curve: Sendable {
  /// Every point as it came.
  private(set) var metrics: [StepMetrics] = []
  /// Evenly thinned, the newest point always last.
  private(set) var thinned: [StepMetrics] = []
  /// SSIM by step, as it came.
  private(set) var similarities: [Similarity] = []
  private var stride = 1
  /// What the plot of PSNR against step spans; kept from frame to frame so that the curve does not jump.
  private(set) var xRange: ClosedRange<Double>?
  private(set) var yRange: ClosedRange<Double>?
  private(set) var span: (low: Double, high: Double)?

  /// More points than dots of any screen are of no use to the eye.
  private static let mostPoints = 4_096

  mutating func append(_ new: [StepMetrics]) {
    for point in new {
      // The point after a thinned-out one only marked the end until the next came.
      if !metrics.isEmpty, (metrics.count - 1) % stride != 0 { thinned.removeLast() }
      metrics.append(point)
      thinned.append(point)
      if point.psnr.isFinite {
        span = span.map { (min($0.low, point.psnr), max($0.high, point.psnr)) } ?? (point.psnr, point.psnr)
      }
      if thinned.count > Self.mostPoints {
        thinned = thinned.enumerated().compactMap { $0.offset % 2 == 0 ? $0.element : nil }
        stride *= 2
      }
    }
    updateRanges()
  }

  mutating func append(_ similarity: Similarity) {
    guard similarities.last != similarity else { return }
    similarities.append(similarity)
  }

  /// SSIM after so many updates; nil where it was not measured.
  func similarity(atStep step: Int) -> Double? {
    // The newest are asked for.
    let newest = similarities.last { $0.step <= step }
    return newest?.step == step ? newest?.value : nil
  }

  /// PSNR against step.
  var points: [PlotPoint] { thinned.map { PlotPoint(x: Double($0.step), y: $0.psnr.isFinite ? $0.psnr : nil) } }

  /// The newest point at or before a place on an axis; `position` grows along the curve.
  func point(atOrBefore x: Double, _ position: (StepMetrics) -> Double) -> StepMetrics? {
    var (low, high) = (0, metrics.count)
    while low < high {
      let middle = (low + high) / 2
      if position(metrics[middle]) <= x { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? metrics[low - 1] : nil
  }

  private mutating func updateRanges() {
    guard let span, let last = metrics.last else { return }
    xRange = PlotRange.stable(0...max(Double(last.step), 10), previous: xRange, growing: true)
    yRange = PlotRange.stable(span.low...span.high, previous: yRange)
  }
}
