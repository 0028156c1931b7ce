import Networks
import Signals
import Training

/// Runs with everything that was measured of them, on the picture that they learnt: what every kind of record is made of.
public struct Record: Equatable, Sendable {
  /// The picture's name as its user knows it.
  public var name: String
  /// Of the data that the runs learnt, samples an axis.
  public let shape: [Int]
  public let channels: Int
  /// What the runs learnt; nil where it is lost.
  public let target: Signal?
  /// Threads of the computation; nil where nobody knows any more.
  public var threads: Int?
  /// Seconds since 1970 at which the record was taken.
  public var date: Double
  public private(set) var runs: [RunRecord]

  /// - Parameter runs: numbered in this order from 1; of two with the same name the second gets its number behind it, so
  ///   that every name is of one run.
  public init(name: String, target: Signal, threads: Int, date: Double, runs: [RunRecord]) {
    self.init(
      name: name, shape: target.shape, channels: target.channels, target: target, threads: threads, date: date, runs: runs)
  }

  /// The same where the target may be lost: `target` is of `shape` and `channels`, or nil.
  init(
    name: String, shape: [Int], channels: Int, target: Signal?, threads: Int?, date: Double, runs: [RunRecord]
  ) {
    (self.name, self.shape, self.channels, self.target) = (name, shape, channels, target)
    (self.threads, self.date) = (threads, date)
    var taken: Set<String> = []
    self.runs = runs.enumerated().map { index, run in
      var run = run
      while !taken.insert(run.name).inserted { run.name += " (\(index + 1))" }
      return run
    }
  }
}

/// A run as it was at one moment: its configuration, every raw point of its curve, and what it has reached.
public struct RunRecord: Equatable, Sendable {
  /// What tells it from the others: `ASMR [4,4,4,8]`.
  public var name: String
  /// Resolved.
  public var configuration: RunConfiguration
  public var cost: Cost
  public var state: RunState
  /// Updates made.
  public var step = 0
  /// Seconds spent in steps.
  public var trainedSeconds = 0.0
  /// Seconds since the start without pauses.
  public var elapsedSeconds = 0.0
  /// Updates a second, over the last moments.
  public var stepsPerSecond = 0.0
  /// Its part of the engine's work, 0 to 1.
  public var share = 0.0
  /// Samples that one step sees.
  public var samplesPerStep = 0
  public var best: Best?
  /// Every point as it was measured, oldest first.
  public var metrics: [StepMetrics] = []
  /// SSIM by step, oldest first.
  public var similarities: [Similarity] = []
  /// Numbers of the parameters as they are, once there are any.
  public var final: FinalNumbers?
  /// `[rows, columns]`, the network's outputs, not clamped; may be smaller than the target.
  public var picture: Signal?
  /// Updates made before the parameters that drew the picture.
  public var pictureStep = 0

  /// What one forward pass of all samples said.
  public struct FinalNumbers: Equatable, Sendable {
    public var step: Int
    public var psnr: Double
    public var ssim: Double?
    public var loss: Double

    public init(step: Int, psnr: Double, ssim: Double?, loss: Double) {
      (self.step, self.psnr, self.ssim, self.loss) = (step, psnr, ssim, loss)
    }
  }

  public init(name: String, configuration: RunConfiguration, cost: Cost, state: RunState) {
    (self.name, self.configuration, self.cost, self.state) = (name, configuration, cost, state)
  }

  /// A run by its newest snapshot, with what had gathered from all of them; its picture is that of the evaluation.
  public init(_ snapshot: Snapshot, metrics: [StepMetrics], similarities: [Similarity]) {
    self.init(
      name: snapshot.configuration.label, configuration: snapshot.configuration, cost: snapshot.cost, state: snapshot.state)
    (step, trainedSeconds, elapsedSeconds) = (snapshot.step, snapshot.trainedSeconds, snapshot.elapsedSeconds)
    (stepsPerSecond, share, samplesPerStep) = (snapshot.stepsPerSecond, snapshot.share, snapshot.samplesPerStep)
    (best, self.metrics, self.similarities) = (snapshot.best, metrics, similarities)
    guard let evaluation = snapshot.evaluation else { return }
    final = FinalNumbers(step: evaluation.step, psnr: evaluation.psnr, ssim: evaluation.ssim, loss: evaluation.loss)
    (picture, pictureStep) = (evaluation.signal, evaluation.step)
  }

  /// The newest PSNR and whether it is an estimate.
  public var psnr: (value: Double, isEstimate: Bool)? {
    if let final { return (final.psnr, false) }
    return metrics.last.map { ($0.psnr, $0.isEstimate) }
  }

  /// The newest SSIM.
  public var ssim: Double? { final?.ssim ?? similarities.last?.value }

  /// Multiply-accumulates of the forward passes of `steps` updates: MACs a sample times samples seen.
  public func macsSpent(steps: Int) -> Double { cost.macs * Double(samplesPerStep) * Double(steps) }

  /// The curve, and at its end the numbers of the parameters as they are.
  var points: [StepMetrics] {
    // A run that diverged was put back to where its last point was measured.
    guard let final, final.step != metrics.last?.step else { return metrics }
    return metrics + [
      StepMetrics(
        step: final.step, loss: final.loss, psnr: final.psnr, isEstimate: false, seconds: trainedSeconds,
        elapsedSeconds: elapsedSeconds)
    ]
  }

  /// SSIM by step, with the final one.
  var allSimilarities: [Similarity] {
    guard let final, let ssim = final.ssim, similarities.last?.step != final.step else { return similarities }
    return similarities + [Similarity(value: ssim, step: final.step)]
  }
}
