import Canvas
import Training

/// A run's PSNR against step: every raw point, and a thinner copy that is quick to draw.
struct Curve: Sendable {
  /// Every point as it came.
  private(set) var metrics: [StepMetrics] = []
  /// Evenly thinned, the newest point always last.
  private(set) var points: [PlotPoint] = []
  private var stride = 1
  /// What the plot spans; kept from frame to frame so that the curve does not jump.
  private(set) var xRange: ClosedRange<Double>?
  private(set) var yRange: ClosedRange<Double>?
  private var span: (low: Double, high: Double)?

  /// More points than dots of any screen are of no use to the eye.
  private static let mostPoints = 4_096

  mutating func append(_ new: [StepMetrics]) {
    for point in new {
      // The point after a thinned-out one only marked the end until the next came.
      if !metrics.isEmpty, (metrics.count - 1) % stride != 0 { points.removeLast() }
      metrics.append(point)
      add(step: point.step, psnr: point.psnr)
      if points.count > Self.mostPoints {
        points = points.enumerated().compactMap { $0.offset % 2 == 0 ? $0.element : nil }
        stride *= 2
      }
    }
    updateRanges()
  }

  private mutating func add(step: Int, psnr: Double) {
    points.append(PlotPoint(x: Double(step), y: psnr.isFinite ? psnr : nil))
    if psnr.isFinite { span = span.map { (min($0.low, psnr), max($0.high, psnr)) } ?? (psnr, psnr) }
  }

  private mutating func updateRanges() {
    guard let span, let last = points.last else { return }
    xRange = PlotRange.stable(0...max(last.x, 10), previous: xRange, growing: true)
    yRange = PlotRange.stable(span.low...span.high, previous: yRange)
  }
}
