import Kernels
import Networks
import Signals

/// What one step measured, of the parameters that it began with.
public struct StepMetrics: Equatable, Sendable {
  /// Updates made before.
  public var step: Int
  /// Mean squared error of the raw outputs; with mini-batches the mean over the last epoch.
  public var loss: Double
  /// In dB, of the outputs clamped to [0, 1].
  public var psnr: Double
  /// Whether loss and PSNR are estimates from the batches of the last epoch.
  public var isEstimate: Bool
  /// Seconds of training when it was measured.
  public var seconds: Double
  /// Seconds since the start without pauses, other runs' turns included.
  public var elapsedSeconds = 0.0
  /// Of the step that measured it; nil where nobody kept it.
  public var learningRate: Float?

  public init(
    step: Int, loss: Double, psnr: Double, isEstimate: Bool, seconds: Double, elapsedSeconds: Double = 0,
    learningRate: Float? = nil
  ) {
    (self.step, self.loss, self.psnr, self.isEstimate) = (step, loss, psnr, isEstimate)
    (self.seconds, self.elapsedSeconds, self.learningRate) = (seconds, elapsedSeconds, learningRate)
  }
}

/// What one forward pass of all samples says about the parameters.
public struct Evaluation: Sendable {
  public let step: Int
  public let loss: Double
  public let psnr: Double
  /// nil where it is undefined (sides under 7, shapes that are no picture).
  public let ssim: Double?
  /// The reconstruction as the network gives it, not clamped.
  public let signal: Signal
}

extension Evaluation {
  /// A reconstruction held against what it reconstructs, both of one shape.
  public init(step: Int, _ prediction: Signal, of target: Signal) {
    var squares = 0.0
    for (y, t) in zip(prediction.samples, target.samples) { squares += Double((y - t) * (y - t)) }
    self.init(
      step: step, loss: squares / Double(max(target.samples.count, 1)),
      psnr: Metrics.psnr(meanSquaredError: Metrics.meanSquaredError(prediction, target)),
      ssim: Metrics.ssim(prediction, target), signal: prediction)
  }
}

/// How far a run has come.
public enum RunState: String, Codable, Sendable {
  case training, paused, finished, stopped, diverged

  public var hasEnded: Bool { self != .training && self != .paused }
}

/// One network learning one signal: takes steps, and knows nothing of clocks, threads of control or other runs.
public final class Trainer {
  /// Resolved: nothing in it is open.
  public private(set) var configuration: RunConfiguration
  public let network: any Network
  public let signal: Signal
  public let cost: Cost
  /// Updates made.
  public private(set) var step = 0
  /// A step's loss or gradient was not finite, or a sine's argument out of reach; the parameters are the last good ones.
  public private(set) var hasDiverged = false

  private let target: AlignedBuffer
  private var schedule: CosineSchedule
  private let optimizer: Adam
  private var sampler: BatchSampler?
  private var window: ErrorWindow?
  /// Predictions of the last step that was asked for them, native order.
  private var predictions: AlignedBuffer?

  /// - Throws: a configuration that does not fit the signal.
  public init(_ configuration: RunConfiguration, signal: Signal) throws(ConfigurationError) {
    let resolved = try configuration.resolved(shape: signal.shape)
    let model = try resolved.modelConfiguration(shape: signal.shape)
    self.configuration = resolved
    self.signal = signal
    cost = try model.cost(shape: signal.shape, channels: signal.channels)
    let network = try model.network(shape: signal.shape, channels: signal.channels)
    let target = AlignedBuffer(count: network.order.nativeCount * signal.channels)
    signal.samples.withUnsafeBufferPointer { samples in
      guard let base = samples.baseAddress else { return }
      network.order.toNative(base, channels: signal.channels, into: target.floats)
    }
    self.network = network
    self.target = target
    schedule = Self.schedule(resolved)
    optimizer = Adam(network.parameters, constants: model.adam)
    begin()
  }

  /// What the program and its libraries take before there is any data: measured with a picture of one pixel.
  public static let programBytes = 30e6

  /// Bytes that a run takes, the program and the signal included: network, optimiser, target, predictions, evaluation.
  /// - Parameter trains: false for drawing a saved model, which needs no optimiser and no target.
  public static func memory(
    _ configuration: RunConfiguration, shape: [Int], channels: Int, threads: Int, trains: Bool = true
  ) throws(ConfigurationError) -> Int {
    let model = try configuration.modelConfiguration(shape: shape)
    let values = shape.reduce(1.0) { $0 * Double($1) } * Double(channels)
    // Kept in double precision: sizes that overflow are the ones to be refused.
    let cost = try model.cost(shape: shape, channels: channels)
    let data = 4 * values * (trains ? 6 : 3)
    let optimizer = trains ? 12 * Double(cost.parameters) : 0
    let network = Double(try model.memory(shape: shape, channels: channels, threads: threads))
    return Int(min(programBytes + data + optimizer + network, 0x1p62))
  }

  /// Another trainer at the same point: parameters, moments, batches, and all that comes of them bit by bit.
  convenience init(copying source: Trainer) throws(ConfigurationError) {
    try self.init(source.configuration, signal: source.signal)
    network.parameters.values.floats.pointer.update(
      from: source.network.parameters.values.floats.pointer, count: network.parameters.extent)
    optimizer.copy(source.optimizer)
    (sampler, window) = (source.sampler, source.window)
    (step, hasDiverged) = (source.step, source.hasDiverged)
  }

  /// Everything that decides how it goes on, between steps.
  func checkpoint() -> TrainerCheckpoint {
    let store = network.parameters
    return TrainerCheckpoint(
      configuration: configuration, step: step, hasDiverged: hasDiverged, parameters: store.arrays(of: store.values),
      optimizer: optimizer.state(of: store),
      batches: sampler.flatMap { sampler in
        window.map { TrainerCheckpoint.Batches(position: sampler.position, errors: $0.contents) }
      })
  }

  /// A trainer that goes on from a checkpoint, bit by bit.
  ///
  /// - Throws: what of the checkpoint does not fit the signal or its own configuration.
  convenience init(_ checkpoint: TrainerCheckpoint, signal: Signal) throws(ConfigurationError) {
    try self.init(checkpoint.configuration, signal: signal)
    try network.parameters.fill(network.parameters.values, from: checkpoint.parameters, "parameters")
    try optimizer.restore(checkpoint.optimizer, of: network.parameters)
    if let batches = checkpoint.batches {
      guard sampler?.move(to: batches.position) == true, window?.take(batches.errors) == true else {
        throw ConfigurationError("mini-batches: found a place in an epoch that this configuration does not have; allowed is one of its own epochs")
      }
    } else if sampler != nil {
      throw ConfigurationError("mini-batches: found no place in an epoch; allowed is that of the last step")
    }
    (step, hasDiverged) = (checkpoint.step, checkpoint.hasDiverged)
  }

  /// Whether a resolved configuration differs in its training alone: rates, schedule, steps, batch.
  func canAdopt(_ new: RunConfiguration) -> Bool {
    var same = new
    (same.preset, same.steps, same.schedule) = (self.configuration.preset, self.configuration.steps, self.configuration.schedule)
    (same.learningRate, same.finalLearningRate) = (self.configuration.learningRate, self.configuration.finalLearningRate)
    same.batch = self.configuration.batch
    return same == self.configuration && !hasDiverged
  }

  /// Takes on such a configuration and goes on with the same weights. Between steps only.
  func adopt(_ new: RunConfiguration) {
    let batchChanges = new.batch != configuration.batch
    configuration = new
    schedule = Self.schedule(new)
    if batchChanges { makeBatches() }
  }

  private static func schedule(_ resolved: RunConfiguration) -> CosineSchedule {
    CosineSchedule(
      start: resolved.learningRate ?? 0, end: resolved.finalLearningRate ?? 0, length: resolved.schedule ?? 1)
  }

  private func makeBatches() {
    sampler = BatchSampler(
      configuration.batch ?? .full, units: network.batchUnits,
      generator: RandomGenerator(seed: configuration.seed, stream: "mini-batches"))
    window = sampler.map { ErrorWindow(capacity: $0.batchesOfAnEpoch) }
  }

  /// Starts over in the same memory, with another seed if one is given.
  public func restart(seed: UInt64? = nil) {
    configuration.seed = seed ?? configuration.seed
    begin()
  }

  private func begin() {
    network.parameters.initialise(seed: configuration.seed)
    makeBatches()
    optimizer.reset()
    step = 0
    hasDiverged = false
  }

  /// Whether the steps that the configuration asks for are done.
  public var isFinished: Bool { step >= configuration.steps ?? 0 }
  /// Whether metrics are estimates, because a step sees only a part of the signal.
  public var isEstimating: Bool { sampler != nil }
  /// Whether an estimate is over a whole epoch by now; before, it may be luck of the first batches.
  public var coversEpoch: Bool { window?.isFull ?? true }
  /// Floating-point operations of the matrix products of one step; a mini-batch's part of a full one.
  public var flopPerStep: Double {
    guard let sampler else { return cost.flopPerStep }
    return cost.flopPerStep(part: Double(sampler.unitsPerBatch) / Double(network.batchUnits.count))
  }
  /// Samples that one step sees; the last batch of an epoch may have fewer.
  public var samplesPerStep: Int {
    sampler.map { $0.unitsPerBatch * network.batchUnits.samplesPerUnit } ?? signal.sampleCount
  }
  public var learningRate: Float { schedule.learningRate(step: step) }

  /// One step: loss, gradient, update.
  ///
  /// - Parameter keepsPrediction: leave the outputs of this step's full batch for `lastPrediction`; costs a copy.
  /// - Returns: metrics of the parameters before the update; nil when the step diverged, and then the parameters are
  ///   those of before the last update.
  public func advance(keepsPrediction: Bool = false, parallel: Parallel) -> StepMetrics? {
    guard !hasDiverged else { return nil }
    let batch = sampler?.draw()
    if keepsPrediction, predictions == nil { predictions = AlignedBuffer(count: target.count) }
    let report = network.lossAndGradient(
      batch.map { .units($0) } ?? .all, target: target.floats,
      prediction: keepsPrediction ? predictions?.floats : nil, parallel: parallel)
    let parameters = network.parameters
    guard report.argumentsInRange, report.errors.squares.isFinite, report.errors.clampedSquares.isFinite,
      allFinite(parameters.gradient.floats, count: parameters.extent)
    else {
      hasDiverged = true
      if step > 0 {
        optimizer.undo(parameters)
        step -= 1
      }
      return nil
    }
    let metrics = metrics(report)
    optimizer.update(parameters, learningRate: learningRate, parallel: parallel)
    step += 1
    return metrics
  }

  private func metrics(_ report: LossReport) -> StepMetrics {
    var errors = report.errors
    var values = report.values
    window?.add(errors, values)
    if let window { (errors, values) = (window.errors, window.values) }
    return StepMetrics(
      step: step, loss: errors.squares / Double(values),
      psnr: Metrics.psnr(meanSquaredError: errors.clampedSquares / Double(values)), isEstimate: sampler != nil, seconds: 0,
      learningRate: learningRate)
  }

  /// The outputs that the last step with `keepsPrediction` kept, raster order, into `raster`.
  public func lastPrediction(into raster: UnsafeMutablePointer<Float>) {
    guard let predictions else { return }
    network.order.toRaster(predictions.floats, channels: network.channels, into: raster)
  }

  /// A forward pass of all samples, raster order, into `raster`.
  public func predict(into raster: UnsafeMutablePointer<Float>, parallel: Parallel) {
    let buffer = predictions ?? AlignedBuffer(count: target.count)
    predictions = buffer
    _ = network.predict(.all, into: buffer.floats, parallel: parallel)
    network.order.toRaster(buffer.floats, channels: network.channels, into: raster)
  }

  /// One forward pass of the parameters as they are: what is shown, saved and reported at the end.
  public func evaluate(parallel: Parallel) -> Evaluation {
    var prediction = Signal(
      shape: signal.shape, channels: signal.channels, samples: [Float](repeating: 0, count: signal.samples.count))
    prediction.samples.withUnsafeMutableBufferPointer { samples in
      if let base = samples.baseAddress { predict(into: base, parallel: parallel) }
    }
    return Evaluation(step: step, prediction, of: signal)
  }
}
