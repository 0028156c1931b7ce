import Networks
import Signals

/// Names a run for as long as the program lives.
public struct RunID: Hashable, Comparable, Codable, Sendable {
  public let value: Int
  public init(_ value: Int) { self.value = value }
  public static func < (left: RunID, right: RunID) -> Bool { left.value < right.value }
}

/// The highest PSNR that was measured, and after how many updates.
public struct Best: Equatable, Codable, Sendable {
  public var psnr: Double
  public var step: Int
  public var isEstimate: Bool
}

/// SSIM of all samples after `step` updates.
public struct Similarity: Equatable, Codable, Sendable {
  public var value: Double
  public var step: Int

  public init(value: Double, step: Int) { (self.value, self.step) = (value, step) }
}

/// Something that happened to a run on request.
public enum Notice: Equatable, Sendable {
  case saved(path: String, step: Int, psnr: Double)
  case saveFailed(String)
}

/// A run as it was at one moment: a value, whole in itself. What came since the last one that was taken is in `metrics`,
/// `frames` and `notices`.
public struct Snapshot: Sendable {
  public let run: RunID
  /// Resolved.
  public let configuration: RunConfiguration
  public let cost: Cost
  /// Floating-point operations of the matrix products of one step, a mini-batch's part.
  public let flopPerStep: Double
  /// Samples that one step sees.
  public var samplesPerStep = 0
  public var state: RunState
  /// Updates made.
  public var step: Int
  /// Seconds spent in steps, of the whole processor: with half of its threads, beside another run, half of them.
  public var trainedSeconds: Double
  /// Seconds since the start without pauses.
  public var elapsedSeconds: Double
  /// Updates a second, over the last moments, waiting for turns included.
  public var stepsPerSecond: Double
  /// Its part of the engine's work of late, 0 to 1.
  public var share = 0.0
  public var learningRate: Float
  public var best: Best?
  /// The newest SSIM; nil before the first and where it is undefined.
  public var similarity: Similarity?
  /// Grows with every reset: curves of an earlier one are of another run.
  public var generation: Int
  /// Measured since the last snapshot that was taken, oldest first.
  public var metrics: [StepMetrics]
  /// The newest picture, if there is one since the last snapshot that was taken.
  public var preview: Preview?
  /// The newest look at the features, if there is one since the last snapshot that was taken.
  public var features: FeatureReport?
  /// Of the recording, since the last snapshot that was taken, oldest first.
  public var frames: [FeatureFrame] = []
  /// The parameters as they are, once training has ended or was stopped or saved.
  public var evaluation: Evaluation?
  public var notices: [Notice]
  /// The run's state as a value, when it was asked for since the last snapshot that was taken.
  public var checkpoint: RunCheckpoint?

  /// Whether training has come to an end, whichever it was; the evaluation is of the final parameters then.
  public var hasEnded: Bool { state.hasEnded }

  /// Folds an older snapshot that nobody took into this one.
  mutating func absorb(_ older: Snapshot) {
    notices = older.notices + notices
    checkpoint = checkpoint ?? older.checkpoint
    guard older.generation == generation else { return }
    metrics = older.metrics + metrics
    preview = preview ?? older.preview
    features = features ?? older.features
    frames = older.frames + frames
  }
}
