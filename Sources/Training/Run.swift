import Kernels
import Networks
import Signals

/// A trainer with its clocks, its state and what it still has to tell: what the engine gives turns to.
final class Run {
  let id: RunID
  let trainer: Trainer
  private(set) var state: RunState
  var preview: PreviewRequest? {
    didSet { if preview != oldValue { lastPreview = -.infinity } }
  }
  /// Single steps asked for while paused.
  private var pendingSteps = 0

  private var generation = 0
  private var trainedSeconds = 0.0
  private var elapsedSeconds = 0.0
  /// When the clock of `elapsedSeconds` was last read; nil while it stands.
  private var clockRead: Double?
  private var previewSeconds = 0.0
  private var lastPreview = -Double.infinity
  private var lastPublished = -Double.infinity
  private var recentRate = RateMeter()
  private var best: Best?
  private var metrics: [StepMetrics] = []
  private var newPreview: Preview?
  private var evaluation: Evaluation?
  private var notices: [Notice] = []
  private let renderer: PreviewRenderer
  private let parallel: Parallel

  /// At most this share of a run's time goes into pictures of it.
  static let previewShare = 0.05
  /// Pictures and snapshots come at most this often.
  static let frameSeconds = 1.0 / 30

  init(id: RunID, trainer: Trainer, paused: Bool, parallel: Parallel) {
    self.id = id
    self.trainer = trainer
    self.parallel = parallel
    renderer = PreviewRenderer(signal: trainer.signal)
    state = paused ? .paused : .training
  }

  /// Whether it wants turns.
  var wantsTurn: Bool { state == .training || (state == .paused && pendingSteps > 0) }

  // MARK: Commands

  func pause() {
    guard state == .training else { return }
    state = .paused
    tick(running: false)
  }

  func resume() {
    guard state == .paused else { return }
    pendingSteps = 0
    state = .training
  }

  func singleStep() {
    if state == .training { pause() }
    guard state == .paused else { return }
    pendingSteps += 1
  }

  func stop() {
    guard state == .training || state == .paused else { return }
    end(.stopped)
  }

  /// Starts over, with another seed if one is given; goes on training unless it was paused.
  func reset(seed: UInt64? = nil) {
    trainer.restart(seed: seed)
    generation += 1
    pendingSteps = 0
    (trainedSeconds, elapsedSeconds, previewSeconds) = (0, 0, 0)
    (clockRead, best, newPreview, evaluation) = (nil, nil, nil, nil)
    (lastPreview, lastPublished) = (-.infinity, -.infinity)
    metrics = []
    recentRate = RateMeter()
    state = state == .paused ? .paused : .training
    if state == .paused { showParameters() }
  }

  func save(to path: String) {
    let evaluation = evaluation ?? evaluate()
    do {
      try SavedModel(trainer: trainer).write(to: path)
      notices.append(.saved(path: path, step: evaluation.step, psnr: evaluation.psnr))
    } catch {
      notices.append(.saveFailed("\(error)"))
    }
  }

  /// The parameters as they are: one forward pass for numbers and picture alike.
  @discardableResult
  func evaluate() -> Evaluation {
    let result = trainer.evaluate(parallel: parallel)
    evaluation = result
    if best.map({ result.psnr > $0.psnr }) ?? true, !result.psnr.isNaN {
      best = Best(psnr: result.psnr, step: result.step, isEstimate: false)
    }
    if let preview { newPreview = renderer.preview(of: result.signal, step: result.step, request: preview) }
    return result
  }

  /// A picture of the parameters outside training.
  func showParameters() {
    guard let preview, !wantsTurn else { return }
    let result = evaluation ?? evaluate()
    newPreview = renderer.preview(of: result.signal, step: result.step, request: preview)
  }

  // MARK: Turns

  /// Takes steps until `deadline` (at least one), as long as there are any to take.
  func turn(until deadline: Double) {
    tick(running: state == .training)
    repeat {
      guard !trainer.isFinished else { return end(.finished) }
      guard advance() else { return end(.diverged) }
      if state == .paused {
        pendingSteps -= 1
        if trainer.isFinished { end(.finished) }
      }
    } while wantsTurn && TrainingClock.seconds < deadline
    tick(running: state == .training)
    if state == .training, trainer.isFinished { end(.finished) }
  }

  private func advance() -> Bool {
    let start = TrainingClock.seconds
    let due = preview != nil && isPreviewDue(start)
    let keeps = due && !trainer.isEstimating
    guard var step = trainer.advance(keepsPrediction: keeps, parallel: parallel) else { return false }
    let stepEnd = TrainingClock.seconds
    trainedSeconds += stepEnd - start
    recentRate.add(seconds: stepEnd - start)
    step.seconds = trainedSeconds
    metrics.append(step)
    if trainer.coversEpoch, best.map({ step.psnr > $0.psnr }) ?? true, !step.psnr.isNaN {
      best = Best(psnr: step.psnr, step: step.step, isEstimate: step.isEstimate)
    }
    evaluation = nil
    if due, let preview {
      newPreview = keeps
        ? renderer.lastStep(of: trainer, step: step.step, request: preview)
        : renderer.render(trainer, request: preview, parallel: parallel)
      lastPreview = TrainingClock.seconds
      previewSeconds += lastPreview - stepEnd
    }
    return true
  }

  private func isPreviewDue(_ now: Double) -> Bool {
    guard state == .training else { return true }
    return now - lastPreview >= Self.frameSeconds
      && previewSeconds <= Self.previewShare * max(elapsedSeconds, Self.frameSeconds)
  }

  private func end(_ state: RunState) {
    self.state = state
    pendingSteps = 0
    tick(running: false)
    evaluate()
  }

  private func tick(running: Bool) {
    let now = TrainingClock.seconds
    if let clockRead { elapsedSeconds += now - clockRead }
    clockRead = running ? now : nil
  }

  // MARK: Snapshots

  /// The run as it is, when there is something new and the last snapshot is a frame ago; at once when `force`.
  func snapshot(force: Bool) -> Snapshot? {
    let now = TrainingClock.seconds
    guard force || !wantsTurn || now - lastPublished >= Self.frameSeconds else { return nil }
    lastPublished = now
    defer { (metrics, newPreview, notices) = ([], nil, []) }
    return Snapshot(
      run: id, configuration: trainer.configuration, cost: trainer.cost,
      flopPerStep: trainer.flopPerStep, state: state, step: trainer.step,
      trainedSeconds: trainedSeconds, elapsedSeconds: elapsedSeconds, stepsPerSecond: recentRate.stepsPerSecond,
      learningRate: trainer.learningRate, best: best, generation: generation, metrics: metrics, preview: newPreview,
      evaluation: evaluation, notices: notices)
  }
}

/// Steps a second over about the last second.
struct RateMeter {
  private var count = 0.0
  private var seconds = 0.0

  mutating func add(seconds step: Double) {
    // Older steps fade with a time constant of a second of training.
    let fade = 1 / (1 + step)
    count = count * fade + 1
    seconds = seconds * fade + step
  }

  var stepsPerSecond: Double { seconds > 0 ? count / seconds : 0 }
}
