import Kernels
import Networks
import Signals

/// A trainer with its clocks, its state and what it still has to tell: what the engine gives turns to.
///
/// Everything here happens in the run's turn, and the engine looks only while nobody has one.
final class Run: @unchecked Sendable {
  let id: RunID
  private(set) var trainer: Trainer
  private(set) var state: RunState
  private(set) var turn: Turn!
  private var parallel: Parallel!

  /// What it was asked for and does first in its next turn.
  private var requests: [Request] = []
  private var preview: PreviewRequest?
  /// Single steps asked for while paused.
  private var pendingSteps = 0
  /// The step at which it is to pause.
  private var destination: Int?
  /// Whether there is something that a snapshot should tell at once.
  private(set) var hasNews = true

  private var generation: Int
  private var clocks: Clocks
  private var pace: PicturePace
  private var similarity: Similarity? {
    didSet { pace.hasSimilarity = similarity != nil }
  }
  private var lastPublished = -Double.infinity
  private var recentRate = RateMeter()
  private var best: Best?
  private var metrics: [StepMetrics] = []
  /// Points measured in this generation.
  private var measured = 0
  private var checkpoint: RunCheckpoint?
  private var newPreview: Preview?
  private var evaluation: Evaluation?
  private var notices: [Notice] = []
  private var renderer: PreviewRenderer!
  private(set) var features: FeatureWatch!
  private let watchRate: Double

  /// Set while somebody wants to look at the trainer between steps: none is begun then.
  var holds = false
  /// Whether the turn is in the middle of a step, and not of something that was asked for.
  private var isStepping = false

  init(
    id: RunID, trainer: Trainer, paused: Bool, threads: Int, generation: Int = 0, preview: PreviewRequest? = nil,
    watchRate: Double = 1
  ) {
    (self.id, self.watchRate) = (id, watchRate)
    pace = PicturePace(rate: watchRate)
    self.trainer = trainer
    self.generation = generation
    self.preview = preview
    clocks = Clocks()
    state = paused ? .paused : .training
    let turn = Turn(name: "asmr-tui.run.\(id.value)") { [unowned self] in work() }
    self.turn = turn
    parallel = Parallel(threads: threads, turn: turn)
    renderer = PreviewRenderer(signal: trainer.signal) { [unowned turn] in turn.workedSeconds }
    features = FeatureWatch(trainer, parallel: parallel, rate: watchRate, clock: { [unowned turn] in turn.workedSeconds })
    if paused { requests = [.evaluate] }
  }

  /// A copy that goes on from where `source` is: parameters, moments, batches, clocks.
  convenience init(id: RunID, forking source: Run, threads: Int) throws(ConfigurationError) {
    self.init(
      id: id, trainer: try Trainer(copying: source.trainer), paused: source.state == .paused, threads: threads,
      preview: source.preview, watchRate: source.watchRate)
    (clocks.trained, clocks.elapsed) = (source.clocks.trained, source.clocks.elapsed)
    (best, similarity, measured) = (source.best, source.similarity, source.measured)
    if source.pace.isWatched { pace.watch(trained: clocks.trained) }
    if source.state.hasEnded { state = source.state }
    if state != .training { requests = [.evaluate] }
  }

  /// One that goes on from a checkpoint.
  convenience init(id: RunID, _ restored: RestoredRun, threads: Int, watchRate: Double = 1) {
    let checkpoint = restored.checkpoint
    self.init(
      id: id, trainer: restored.trainer, paused: checkpoint.state == .paused, threads: threads,
      generation: checkpoint.generation, watchRate: watchRate)
    (clocks.trained, clocks.elapsed) = (checkpoint.trainedSeconds, checkpoint.elapsedSeconds)
    (best, similarity, measured) = (checkpoint.best, checkpoint.similarity, checkpoint.measured)
    state = checkpoint.state
    if state != .training { requests = [.evaluate] }
  }

  /// Work that is its own: looks at its features are the screen's.
  var ownSeconds: Double { turn.workedSeconds - features.spentSeconds }
  /// Seconds spent in steps.
  var trainedSeconds: Double { clocks.trained }
  /// Whether it wants turns.
  var wantsTurn: Bool { (trains && !holds) || !requests.isEmpty || !turn.isIdle }
  /// Whether it was asked for something that it can do at once.
  var hasRequests: Bool { !requests.isEmpty && turn.isIdle }
  private var trains: Bool { state == .training || (state == .paused && pendingSteps > 0) }

  /// Leaves a request; carried out between steps, in the order in which they came. A new beginning does not wait for the
  /// end of a step, unless something was asked for before that needs its result.
  func ask(_ request: Request) {
    let beginsAnew = switch request {
    case .reset, .reseed: true
    case .configure(let configuration): !trainer.canAdopt(configuration)
    case .seek(let step): trainer.step > step
    default: false
    }
    // What a step that was broken off leaves behind is never looked at: all of it begins anew.
    if beginsAnew, isStepping, requests.isEmpty { turn.cancelJob() }
    requests.append(request)
  }

  /// The run's thread goes; the run takes no more turns.
  func end() { turn.end() }

  // MARK: Turns

  /// One turn: what was asked for, then steps.
  private func work() {
    while !requests.isEmpty {
      carryOut(requests.removeFirst())
      hasNews = true
    }
    guard trains, !turn.isForRequestsOnly, !holds else { return }
    isStepping = true
    defer { isStepping = false }
    tick(running: state == .training)
    repeat {
      guard !trainer.isFinished else { return end(.finished) }
      let advanced = advance()
      if turn.isCancelled { return }
      guard advanced else { return end(.diverged) }
      if state == .paused {
        pendingSteps -= 1
        hasNews = true
        if trainer.isFinished {
          end(.finished)
        } else if pendingSteps == 0 {
          showStanding()
        }
      } else if destination == trainer.step, !trainer.isFinished {
        stand()
      }
    } while trains && requests.isEmpty && !holds && !turn.isOver
    tick(running: state == .training)
    if state == .training, trainer.isFinished { end(.finished) }
  }

  private func advance() -> Bool {
    let start = turn.workedSeconds
    let showsPicture = preview != nil && isPreviewDue
    let measures = isSimilarityDue
    let keeps = (showsPicture || measures) && !trainer.isEstimating
    guard var step = trainer.advance(keepsPrediction: keeps, parallel: parallel), !turn.isCancelled else { return false }
    let stepEnd = turn.workedSeconds
    clocks.trained += stepEnd - start
    tick(running: state == .training)
    recentRate.add(at: TrainingClock.seconds)
    (step.seconds, step.elapsedSeconds) = (clocks.trained, clocks.elapsed)
    metrics.append(step)
    measured += 1
    if trainer.coversEpoch, best.map({ step.psnr > $0.psnr }) ?? true, !step.psnr.isNaN {
      best = Best(psnr: step.psnr, step: step.step, isEstimate: step.isEstimate)
    }
    evaluation = nil
    if showsPicture, let preview {
      newPreview = keeps
        ? renderer.lastStep(of: trainer, step: step.step, request: preview)
        : renderer.render(
          trainer, request: preview, isHurried: state == .training && !preview.isWhole, trainedPerSecond: trainedPerSecond, parallel: parallel)
      // What a record takes is not taken from the screen.
      pace.drew(
        seconds: preview.isWhole ? 0 : turn.workedSeconds - stepEnd, trained: clocks.trained, now: TrainingClock.seconds)
    }
    if measures { measureSimilarity(lastStep: keeps ? step.step : nil) }
    // Of single steps that follow each other only the last is looked at as if it stood.
    features.stepped(step, seconds: stepEnd - start, isTraining: state == .training || pendingSteps > 1)
    return true
  }

  /// Samples that a second of steps sees, over the whole of the training.
  private var trainedPerSecond: Double? {
    clocks.trained > 0 ? Double(trainer.step * trainer.samplesPerStep) / clocks.trained : nil
  }

  private var isPreviewDue: Bool {
    // Of single steps that follow each other; the last one's parameters are shown as they stand.
    guard state == .training else { return pendingSteps > 1 }
    if preview?.isWhole == true { return pace.isAsked }
    return pace.isPictureDue(trained: clocks.trained, now: TrainingClock.seconds)
  }

  private var isSimilarityDue: Bool {
    // What it will cost is known from what pictures of this run cost a sample.
    let guess = trainer.isEstimating ? renderer.secondsOfAllSamples(trainedPerSecond: trainedPerSecond) : 0.005
    return pace.isSimilarityDue(
      trained: clocks.trained, steps: trainer.step, at: trainer.isEstimating ? trainer.step + 1 : trainer.step, guess: guess)
  }

  /// SSIM wants all samples: those that a full step left, or else a forward pass of its own.
  private func measureSimilarity(lastStep: Int?) {
    let start = turn.workedSeconds
    let value = lastStep == nil
      ? renderer.similarity(of: trainer, parallel: parallel) : renderer.similarityOfLastStep(of: trainer)
    if let value { similarity = Similarity(value: value, step: lastStep ?? trainer.step) }
    pace.measuredSimilarity(seconds: turn.workedSeconds - start)
  }

  private func end(_ state: RunState) {
    self.state = state
    (pendingSteps, destination) = (0, nil)
    tick(running: false)
    evaluate()
    features.lookAtAll()
    hasNews = true
  }

  private func tick(running: Bool) {
    let now = TrainingClock.seconds
    if let read = clocks.read { clocks.elapsed += now - read }
    clocks.read = running ? now : nil
  }

  // MARK: Requests

  private func carryOut(_ request: Request) {
    switch request {
    case .pause: stand()
    case .seek(let step): seek(step)
    case .resume:
      guard state == .paused else { return }
      (pendingSteps, destination) = (0, nil)
      recentRate = RateMeter()
      state = .training
    case .singleStep:
      halt()
      if state == .paused { pendingSteps += 1 }
    case .stop:
      if !state.hasEnded { end(.stopped) }
    case .reset: reset(seed: nil)
    case .reseed(let seed): reset(seed: seed)
    case .preview(let request):
      if request != preview { pace.isAsked = true }
      preview = request
      pace.watch(trained: clocks.trained)
      showParameters()
    case .features(let request):
      // Of several that came meanwhile only the last is worth a look.
      let isLast = !requests.contains { if case .features = $0 { true } else { false } }
      if isLast { features.look(at: request, isTraining: trains) }
    case .record(let recording): features.record(recording)
    case .save(let path): save(to: path)
    case .checkpoint(let isLast):
      checkpoint = RunCheckpoint(
        trainer: trainer.checkpoint(), state: state, generation: generation, measured: measured,
        trainedSeconds: clocks.trained, elapsedSeconds: clocks.elapsed, best: best, similarity: similarity)
      if isLast { holds = true }
    case .evaluate: if !trains { evaluate() }
    case .configure(let configuration): configure(configuration)
    }
  }

  /// Pauses, and is looked at while it stands.
  private func stand() {
    guard halt() else { return }
    hasNews = true
    showStanding()
    features.lookAtAll()
    hasNews = true
  }

  /// The parameters as they are, every sample of the picture. That may take several turns, and who looks in between has
  /// taken the news of before.
  private func showStanding() {
    if preview == nil { evaluate() } else { showParameters() }
    hasNews = true
  }

  private func seek(_ step: Int) {
    if trainer.step > step || state == .diverged {
      // What is left at once is not worth a look.
      if step > 0 { state = .training }
      reset(seed: nil)
    }
    guard trainer.step < step else { return stand() }
    carryOut(.resume)
    if state.hasEnded { state = .training }
    destination = step
  }

  /// Whether it was training.
  @discardableResult
  private func halt() -> Bool {
    destination = nil
    guard state == .training else { return false }
    state = .paused
    tick(running: false)
    return true
  }

  /// Goes on with the same weights when only the training changes, else starts over.
  private func configure(_ configuration: RunConfiguration) {
    if trainer.canAdopt(configuration) {
      trainer.adopt(configuration)
    } else {
      do throws(ConfigurationError) {
        trainer = try Trainer(configuration, signal: trainer.signal)
      } catch {
        // Whoever asks has resolved it for this signal.
        fatalError("run \(id.value): a configuration was not checked before it was sent: \(error)")
      }
      startOver()
    }
    if state.hasEnded, !trainer.isFinished, !trainer.hasDiverged { state = .training }
    if !trains {
      evaluate()
      features.lookAtAll()
    }
  }

  /// Starts over, with another seed if one is given; goes on training unless it was paused.
  private func reset(seed: UInt64?) {
    trainer.restart(seed: seed)
    startOver()
    if state == .paused {
      showParameters()
      features.lookAtAll()
    }
  }

  private func startOver() {
    generation += 1
    (pendingSteps, destination) = (0, nil)
    clocks = Clocks()
    pace.startOver()
    (best, newPreview, evaluation, similarity) = (nil, nil, nil, nil)
    lastPublished = -.infinity
    (metrics, measured) = ([], 0)
    recentRate = RateMeter()
    state = state == .paused ? .paused : .training
    features.startOver(trainer)
    // Told before the new parameters are evaluated: the old curve must not stand until then.
    hasNews = true
  }

  private func save(to path: String) {
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
  private func evaluate() -> Evaluation {
    let result = trainer.evaluate(parallel: parallel)
    evaluation = result
    if let value = result.ssim { similarity = Similarity(value: value, step: result.step) }
    if best.map({ result.psnr > $0.psnr }) ?? true, !result.psnr.isNaN {
      best = Best(psnr: result.psnr, step: result.step, isEstimate: false)
    }
    if let preview { newPreview = renderer.preview(of: result.signal, step: result.step, request: preview) }
    return result
  }

  /// A picture of the parameters outside training.
  private func showParameters() {
    guard let preview, !trains else { return }
    let result = evaluation ?? evaluate()
    newPreview = renderer.preview(of: result.signal, step: result.step, request: preview)
  }

  // MARK: Snapshots

  /// The run as it is, when there is something new and the last snapshot is a frame ago.
  ///
  /// - Parameter share: its part of the engine's time of late.
  func snapshot(share: Double) -> Snapshot? {
    let now = TrainingClock.seconds
    guard hasNews || (trains && now - lastPublished >= PicturePace.frameSeconds) else { return nil }
    lastPublished = now
    defer { (metrics, newPreview, notices, checkpoint, hasNews) = ([], nil, [], nil, false) }
    let looks = features.takeNews()
    return Snapshot(
      run: id, configuration: trainer.configuration, cost: trainer.cost, flopPerStep: trainer.flopPerStep,
      samplesPerStep: trainer.samplesPerStep, state: state, step: trainer.step, trainedSeconds: clocks.trained,
      elapsedSeconds: clocks.elapsed, stepsPerSecond: recentRate.stepsPerSecond(at: state == .training ? now : nil),
      share: share, learningRate: trainer.learningRate, best: best, similarity: similarity, generation: generation,
      metrics: metrics, preview: newPreview, features: looks.report, frames: looks.frames, evaluation: evaluation,
      notices: notices, checkpoint: checkpoint)
  }
}
