import Canvas
import Networks
import Training

/// A run as the screen knows it: the newest snapshot, and what has gathered from all of them.
struct RunView: Sendable {
  let id: RunID
  /// Its number on the screen and its colour, counted from 0; none twice.
  let mark: Int
  var configuration: RunConfiguration
  var cost: Cost
  /// Not drawn among the others, but trains on.
  var isHidden = false
  /// Stands before the others whatever they are sorted by.
  var isPinned = false
  /// Belongs to the permutations' view and not to the race.
  var isPermutation = false
  var state = RunState.training
  /// What was asked for and not yet answered: a second press of the key means the other thing.
  var requestedState: RunState?
  var step = 0
  var elapsedSeconds = 0.0
  var trainedSeconds = 0.0
  var stepsPerSecond = 0.0
  /// Its part of the engine's work of late, 0 to 1.
  var share = 0.0
  var learningRate: Float = 0
  var samplesPerStep = 0
  var best: Best?
  var generation = 0
  var curve = Curve()
  /// Numbers of the final parameters, once there are any.
  var evaluation: EvaluationNumbers?
  var similarity: Similarity?
  var reconstruction: Raster?
  /// The newest preview as it came, also of a part of the picture.
  var preview: Preview?
  var error: Raster?
  /// What the error map's brightest colour stands for.
  var errorScale = 0.5
  /// The step whose parameters are in a file.
  var savedStep: Int?
  /// What the engine was last asked to draw of it.
  var request: PreviewRequest?
  /// What it was last asked to tell of its network, and the newest answer.
  var featureRequest: FeatureRequest?
  var features: FeatureReport? {
    didSet { featureReports += 1 }
  }
  /// How often that has changed.
  private(set) var featureReports = 0

  struct EvaluationNumbers: Equatable, Sendable {
    var step: Int
    var psnr: Double
    var ssim: Double?
    var loss: Double
  }

  init(id: RunID, mark: Int, configuration: RunConfiguration, cost: Cost) {
    (self.id, self.mark, self.configuration, self.cost) = (id, mark, configuration, cost)
  }

  /// A fork begins as what it was forked from.
  init(id: RunID, mark: Int, forking source: RunView) {
    self.init(id: id, mark: mark, configuration: source.configuration, cost: source.cost)
    (state, step, best, curve) = (source.state, source.step, source.best, source.curve)
    (elapsedSeconds, trainedSeconds) = (source.elapsedSeconds, source.trainedSeconds)
    (evaluation, similarity) = (source.evaluation, source.similarity)
    (reconstruction, error, errorScale) = (source.reconstruction, source.error, source.errorScale)
    preview = source.preview
    isPermutation = source.isPermutation
  }

  /// The newest PSNR and whether it is an estimate.
  var psnr: (value: Double, isEstimate: Bool)? {
    if let evaluation { return (evaluation.psnr, false) }
    return curve.metrics.last.map { ($0.psnr, $0.isEstimate) }
  }

  /// The newest mean squared error.
  var loss: Double? { evaluation?.loss ?? curve.metrics.last?.loss }

  var hasUnsavedWork: Bool { step > 0 && savedStep != step }
  var hasEnded: Bool { state.hasEnded }
  /// Whether it trains once everything that was asked for is done.
  var isToTrain: Bool { (requestedState ?? state) == .training }

  /// Multiply-accumulates of the forward passes of `steps` updates: MACs a sample times samples seen.
  func macsSpent(steps: Int) -> Double { cost.macs * Double(samplesPerStep) * Double(steps) }
}
