import Canvas
import Networks
import Signals
import Training

/// What snapshots tell of a run: the newest numbers, and what has gathered from all of them.
struct RunMeasurements: Sendable {
  var step = 0
  var elapsedSeconds = 0.0
  var trainedSeconds = 0.0
  var stepsPerSecond = 0.0
  /// Its part of the engine's work of late, 0 to 1.
  var share = 0.0
  var learningRate: Float = 0
  var samplesPerStep = 0
  var best: Best?
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
  /// The newest answer to what it was asked to tell of its network.
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
}

/// A run as the screen knows it: what it is, and what it has measured. Whoever reads `run.step` or `run.curve` reads what
/// is on the screen; what has come meanwhile is in `live`.
@dynamicMemberLookup
struct RunView: Sendable {
  let id: RunID
  /// Its number on the screen and its colour, counted from 0; none twice.
  let mark: Int
  var configuration: RunConfiguration {
    didSet { label = configuration.label }
  }
  /// The configuration's label, which every frame has several times.
  private(set) var label: String
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
  var generation = 0
  /// As snapshots have told it.
  @Boxed var live = RunMeasurements()
  /// What the screen shows in its place while the display stands; nil while it shows what is live.
  @Boxed var held: RunMeasurements? = nil
  /// The step whose parameters are in a file.
  var savedStep: Int?
  /// What the engine was last asked to draw of it.
  var request: PreviewRequest?
  /// What it was last asked to tell of its network.
  var featureRequest: FeatureRequest?

  /// A measurement as the screen shows it.
  subscript<Value>(dynamicMember path: KeyPath<RunMeasurements, Value>) -> Value {
    if let held { held[keyPath: path] } else { live[keyPath: path] }
  }

  init(id: RunID, mark: Int, configuration: RunConfiguration, cost: Cost) {
    (self.id, self.mark, self.configuration, self.cost) = (id, mark, configuration, cost)
    label = configuration.label
  }

  /// A fork begins as what it was forked from.
  init(id: RunID, mark: Int, forking source: RunView) {
    self.init(id: id, mark: mark, configuration: source.configuration, cost: source.cost)
    (state, live, held) = (source.state, source.live, source.held)
    live.features = nil
    held?.features = nil
    isPermutation = source.isPermutation
  }

  /// Takes a snapshot, in place: a curve that is copied with every one would take as long as the run has trained.
  ///
  /// - Returns: whether it is of a new beginning.
  mutating func absorb(_ snapshot: Snapshot, heat: ColorMap?) -> Bool {
    let isNew = snapshot.generation != generation
    if isNew {
      generation = snapshot.generation
      live.curve = Curve()
      (live.reconstruction, live.error, live.preview, savedStep) = (nil, nil, nil, nil)
    }
    // Its label is made anew.
    if configuration != snapshot.configuration { configuration = snapshot.configuration }
    (cost, state) = (snapshot.cost, snapshot.state)
    if hasEnded || requestedState == state { requestedState = nil }
    live.absorb(snapshot, heat: heat)
    return isNew
  }

  /// The newest PSNR and whether it is an estimate.
  var psnr: (value: Double, isEstimate: Bool)? {
    if let evaluation = self.evaluation { return (evaluation.psnr, false) }
    return self.curve.metrics.last.map { ($0.psnr, $0.isEstimate) }
  }

  /// The newest mean squared error.
  var loss: Double? { self.evaluation?.loss ?? self.curve.metrics.last?.loss }

  var hasUnsavedWork: Bool { live.step > 0 && savedStep != live.step }
  var hasEnded: Bool { state.hasEnded }
  /// Whether it trains once everything that was asked for is done.
  var isToTrain: Bool { (requestedState ?? state) == .training }

  /// Multiply-accumulates of the forward passes of `steps` updates: MACs a sample times samples seen.
  func macsSpent(steps: Int) -> Double { cost.macs * Double(self.samplesPerStep) * Double(steps) }
}

extension RunMeasurements {
  /// Takes what is new in a snapshot of the same generation.
  ///
  /// - Parameter heat: colours of the error map; nil while it is not shown.
  mutating func absorb(_ snapshot: Snapshot, heat: ColorMap?) {
    step = snapshot.step
    (elapsedSeconds, trainedSeconds) = (snapshot.elapsedSeconds, snapshot.trainedSeconds)
    // What stands has none, also when it goes on while the display is frozen.
    (stepsPerSecond, share) = (snapshot.stepsPerSecond, snapshot.state == .training ? snapshot.share : 0)
    (samplesPerStep, learningRate) = (snapshot.samplesPerStep, snapshot.learningRate)
    (best, similarity) = (snapshot.best, snapshot.similarity)
    curve.append(snapshot.metrics)
    if let similarity = snapshot.similarity { curve.append(similarity) }
    evaluation = snapshot.evaluation.map { EvaluationNumbers(step: $0.step, psnr: $0.psnr, ssim: $0.ssim, loss: $0.loss) }
    if let preview = snapshot.preview { show(preview, heat: heat) }
  }

  /// Takes a preview as what is drawn. Of a part of the picture it is drawn from the preview itself.
  ///
  /// - Parameter heat: colours of the error map; nil while it is not shown.
  mutating func show(_ preview: Preview, heat: ColorMap?) {
    self.preview = preview
    if preview.request?.crop == nil { reconstruction = preview.picture.raster }
    recolorError(heat)
  }

  /// Draws the error map anew, where there is one.
  mutating func recolorError(_ heat: ColorMap?) {
    guard let heat, let error = preview?.error else { return }
    errorScale = ColorScale.following(error.samples, previous: errorScale) ?? errorScale
    if preview?.request?.crop == nil { self.error = errorRaster(error, heat) }
  }

  /// An error map in its colours.
  func errorRaster(_ error: Signal, _ heat: ColorMap) -> Raster? {
    heat.raster(width: error.shape[1], height: error.shape[0], values: error.samples, in: 0...Float(errorScale))
  }
}
