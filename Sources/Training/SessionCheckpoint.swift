import Kernels
import Networks
import Signals

/// A trainer at one point, as a value: whoever goes on from it makes the same bits as if it had never stopped.
public struct TrainerCheckpoint: Equatable, Sendable {
  /// Where mini-batches are in their epoch, and the errors of those that are past.
  struct Batches: Equatable, Sendable {
    var position: BatchSampler.Position
    var errors: ErrorWindow.Contents
  }

  /// Resolved.
  public internal(set) var configuration: RunConfiguration
  /// Updates made.
  public internal(set) var step: Int
  public internal(set) var hasDiverged: Bool
  /// By tensor, row-major.
  public internal(set) var parameters: [String: [Float]]
  var optimizer: Adam.State
  /// nil with full batches.
  var batches: Batches?
}

extension TrainerCheckpoint {
  /// What the parameters draw: one forward pass of all samples, not clamped. It needs no picture to have been learnt.
  ///
  /// - Throws: parameters that do not fit the configuration, or a configuration that does not fit the data.
  public func reconstruction(shape: [Int], channels: Int, threads: Int) throws(ConfigurationError) -> Signal {
    let network = try configuration.modelConfiguration(shape: shape).network(shape: shape, channels: channels)
    try network.parameters.fill(network.parameters.values, from: parameters, "parameters")
    return Signal(shape: shape, channels: channels, samples: network.prediction(parallel: Parallel(threads: threads)))
  }
}

/// A run at one point, as a value: its trainer, its clocks, and what it has told so far.
public struct RunCheckpoint: Equatable, Sendable {
  public internal(set) var trainer: TrainerCheckpoint
  public internal(set) var state: RunState
  public internal(set) var generation: Int
  /// Points that it has measured in this generation: how much of its curve belongs to this point.
  public internal(set) var measured: Int
  public internal(set) var trainedSeconds: Double
  public internal(set) var elapsedSeconds: Double
  public internal(set) var best: Best?
  public internal(set) var similarity: Similarity?
}

/// A run built from a checkpoint, ready for an engine. Given away once: the engine changes it.
public final class RestoredRun: @unchecked Sendable {
  let trainer: Trainer
  /// Without tensors, which the trainer has.
  let checkpoint: RunCheckpoint

  /// - Throws: a configuration that does not fit the signal, or a tensor that does not fit the configuration.
  public init(_ checkpoint: RunCheckpoint, signal: Signal) throws(ConfigurationError) {
    trainer = try Trainer(checkpoint.trainer, signal: signal)
    var rest = checkpoint
    rest.trainer.parameters = [:]
    rest.trainer.optimizer.moments = []
    self.checkpoint = rest
  }

  public var cost: Cost { trainer.cost }
  public var samplesPerStep: Int { trainer.samplesPerStep }
}

extension ParameterStore {
  /// A buffer of the store's layout, tensor by tensor.
  func arrays(of buffer: AlignedBuffer) -> [String: [Float]] {
    Dictionary(uniqueKeysWithValues: tensors.map { tensor in
      (tensor.name, Array(UnsafeBufferPointer(start: buffer.floats.pointer + tensor.offset, count: tensor.count)))
    })
  }

  /// Fills such a buffer.
  ///
  /// - Parameter what: the buffer's name, for messages.
  /// - Throws: the tensor that is missing, is too many or has another size.
  func fill(_ buffer: AlignedBuffer, from arrays: [String: [Float]], _ what: String) throws(ConfigurationError) {
    for tensor in tensors {
      guard let values = arrays[tensor.name], values.count == tensor.count else {
        let found = arrays[tensor.name].map { "\($0.count) values" } ?? "none"
        throw ConfigurationError("\(what) of \(tensor.name): found \(found); allowed are \(tensor.count) values")
      }
      values.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress else { return }
        (buffer.floats.pointer + tensor.offset).update(from: base, count: tensor.count)
      }
    }
    if let other = arrays.keys.sorted().first(where: { tensor(named: $0) == nil }) {
      throw ConfigurationError("\(what): found a tensor \(other); allowed are \(tensors.map(\.name).joined(separator: ", "))")
    }
  }
}
