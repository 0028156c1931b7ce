import Canvas
import Training

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A value of a run on the axes that are chosen; `y` may be infinite or not a number.
struct CurveSample: Equatable, Sendable {
  var x: Double
  var y: Double
  var step: Int
}

/// How much of the noise is taken out of the curves: an exponential mean over about so many steps.
enum CurveSmoothing: Int, CaseIterable, Sendable {
  case none = 0
  case three = 3
  case ten = 10
  case hundred = 100
  case thousand = 1000

  /// The mean's horizon.
  var steps: Int { rawValue }

  /// The weight that a value keeps from one step to the next.
  var weight: Double { rawValue == 0 ? 0 : 1 - 1 / Double(rawValue) }

  /// `s_t = Σ w^(t−i) y_i / Σ w^(t−i)`: as TensorBoard's, whose division takes away the bias of the start.
  ///
  /// Between points that are several steps apart the weight is its power, so that the same curve comes out however it is
  /// thinned. What is not finite stays and counts for nothing.
  func smoothed(_ samples: [CurveSample]) -> [CurveSample] {
    guard self != .none else { return samples }
    var (sum, total) = (0.0, 0.0)
    var last: Int?
    // Points are mostly as far apart as the two before them.
    var (apart, kept) = (1, weight)
    return samples.map { sample in
      guard sample.y.isFinite else { return sample }
      let steps = max(1, sample.step - (last ?? sample.step))
      if steps != apart { (apart, kept) = (steps, pow(weight, Double(steps))) }
      sum = kept * sum + (1 - kept) * sample.y
      total = kept * total + (1 - kept)
      last = sample.step
      return CurveSample(x: sample.x, y: sum / total, step: sample.step)
    }
  }
}

/// What a run has at the cursor, or at its end.
struct CurveReading: Equatable, Sendable {
  var run: RunID
  /// As it was measured; nil where the run has not got to the cursor.
  var value: Double?
  var isEstimate = false
  /// As it is drawn; nil without smoothing.
  var smoothed: Double?
  /// To the best of all runs, of what is drawn; 0 is the best itself.
  var difference: Double?

  var drawn: Double? { smoothed ?? value }
}

extension ExplorerState {
  /// Where a run's points stand on an axis; grows along the curve.
  func position(on axis: CurvesState.Axis, _ run: RunView) -> (StepMetrics) -> Double {
    switch axis {
    case .step: return { Double($0.step) }
    case .seconds: return { $0.elapsedSeconds }
    case .trainedSeconds: return { $0.seconds }
    case .macs:
      let macs = run.macsSpent(steps: 1)
      return { macs * Double($0.step) }
    }
  }

  /// Points of a screen are no more than this; what is more only costs time.
  private static let mostSamples = 4_096

  /// The chosen metric of a run, evenly thinned to what a screen can show.
  ///
  /// - Parameters:
  ///   - window: the part of the x axis that matters; one point more comes at each end, so that lines lead out of it.
  ///   - history: steps before the window that matter too.
  func samples(of run: RunView, in window: ClosedRange<Double>? = nil, history: Int = 0) -> [CurveSample] {
    let position = position(on: curves.axis, run)
    let metrics = run.curve.metrics
    switch curves.metric {
    case .ssim:
      // SSIM is known by step alone: its place on the axis is that of the step.
      let all = run.curve.similarities.compactMap { similarity -> CurveSample? in
        guard let point = run.curve.point(atOrBefore: Double(similarity.step), { Double($0.step) }) else { return nil }
        return CurveSample(x: position(point), y: similarity.value, step: similarity.step)
      }
      return thinned(all, in: window, history: history, x: \.x, step: \.step) { $0 }
    case .psnr:
      return thinned(metrics, in: window, history: history, x: position, step: \.step) {
        CurveSample(x: position($0), y: $0.psnr, step: $0.step)
      }
    case .loss:
      return thinned(metrics, in: window, history: history, x: position, step: \.step) {
        CurveSample(x: position($0), y: $0.loss, step: $0.step)
      }
    }
  }

  private func thinned<Point>(
    _ points: [Point], in window: ClosedRange<Double>?, history: Int, x: (Point) -> Double, step: (Point) -> Int,
    sample: (Point) -> CurveSample
  ) -> [CurveSample] {
    guard !points.isEmpty else { return [] }
    var (low, high) = (0, points.count)
    if let window {
      low = max(0, points.firstIndex(from: 0) { x($0) >= window.lowerBound } - 1)
      high = min(points.count, points.firstIndex(from: low) { x($0) > window.upperBound } + 1)
      if history > 0 {
        let start = step(points[low]) - history
        low = points.firstIndex(from: 0) { step($0) >= start }
      }
    }
    // Powers of two at fixed places: as the curve grows the same points stay.
    var stride = 1
    while (high - low) / stride > Self.mostSamples { stride *= 2 }
    var result: [CurveSample] = []
    result.reserveCapacity((high - low) / stride + 2)
    for index in Swift.stride(from: low / stride * stride, to: high, by: stride) { result.append(sample(points[index])) }
    if (high - 1) % stride != 0 { result.append(sample(points[high - 1])) }
    return result
  }

  /// The same as it is drawn: smoothed, if anything is.
  func smoothedSamples(of run: RunView, in window: ClosedRange<Double>? = nil) -> [CurveSample] {
    // What is further back weighs less than a thousandth.
    curves.smoothing.smoothed(samples(of: run, in: window, history: 8 * curves.smoothing.steps))
  }

  // MARK: The cursor

  /// The runs that are read, in the table's order.
  var readRuns: [RunView] { tableOrder.filter { !$0.isHidden && !$0.isPermutation } }

  /// What every run has at the cursor: its newest value at or before it. A run that has not got there has none, since its
  /// last value would stand beside later ones of others.
  var readings: [CurveReading] {
    var readings = readRuns.map { reading(of: $0) }
    let finite = readings.compactMap(\.drawn).filter { !$0.isNaN }
    guard let first = finite.first else { return readings }
    let best = finite.dropFirst().reduce(first) { curves.metric.isBetter($1, than: $0) ? $1 : $0 }
    for index in readings.indices {
      readings[index].difference = readings[index].drawn.map { $0 == best ? 0 : $0 - best }
    }
    return readings
  }

  private func reading(of run: RunView) -> CurveReading {
    var reading = CurveReading(run: run.id)
    let position = position(on: curves.axis, run)
    guard let newest = run.curve.metrics.last else { return reading }
    let x = curves.cursor ?? position(newest)
    guard x <= position(newest) else { return reading }
    switch curves.metric {
    case .psnr, .loss:
      // Thinning may have left out the very point.
      guard let point = run.curve.point(atOrBefore: x, position) else { return reading }
      reading.value = curves.metric == .psnr ? point.psnr : point.loss
      reading.isEstimate = point.isEstimate
      // Of a run that stands the parameters as they are were measured, after its last point.
      if curves.cursor == nil, let evaluation = run.evaluation {
        (reading.value, reading.isEstimate) = (curves.metric == .psnr ? evaluation.psnr : evaluation.loss, false)
      }
    case .ssim: reading.value = samples(of: run, in: x...x).last { $0.x <= x }?.y
    }
    if curves.smoothing != .none { reading.smoothed = smoothedSamples(of: run, in: x...x).last { $0.x <= x }?.y }
    return reading
  }
}

extension Array {
  /// The first index from which on something holds, by halving; the count if it never does.
  fileprivate func firstIndex(from start: Int, where holds: (Element) -> Bool) -> Int {
    var (low, high) = (start, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
