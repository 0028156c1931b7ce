import Kernels

/// Which part of the data a step sees.
public enum Batch: Sendable {
  /// Every sample.
  case all
  /// The units of these indices, ascending, none twice; see `Network.batchUnits`.
  case units([Int32])
}

/// What a mini-batch is made of: single samples, or for ASMR whole cells, so that activations stay shared.
public struct BatchUnits: Equatable, Sendable {
  /// How many units hold at least one sample.
  public let count: Int
  /// Samples of a whole unit.
  public let samplesPerUnit: Int
  public init(count: Int, samplesPerUnit: Int) {
    self.count = count
    self.samplesPerUnit = samplesPerUnit
  }
}

/// What a step says about the parameters that it began with.
public struct LossReport: Sendable {
  /// Sums over the batch's values.
  public var errors = SquaredErrors()
  /// Values that count: samples times channels, padding left out.
  public var values = 0
  /// Whether every sine had an argument that it can be computed for; false means that the network has diverged.
  public var argumentsInRange = true
  public init() {}

  /// `Σ (y − t)² / values`.
  public var meanSquaredError: Double { errors.squares / Double(max(values, 1)) }
}

/// A coordinate network for one data shape: forward and backward side by side, by hand.
///
/// A network owns its order of samples: `target` and predictions are in native order, which `order` maps from raster.
/// It is used from one thread at a time and spreads its own work over `parallel`'s threads; results do not depend on
/// how many there are.
public protocol Network: FeatureSource {
  var parameters: ParameterStore { get }
  var order: SampleOrder { get }
  /// Values a sample.
  var channels: Int { get }
  var batchUnits: BatchUnits { get }

  /// Loss `mean (y − t)²` over the batch, and its gradient, which overwrites `parameters.gradient`.
  ///
  /// - Parameters:
  ///   - target: native order, `[order.nativeCount, channels]`.
  ///   - prediction: takes the outputs where the batch has samples, in native order; nil when nobody looks.
  func lossAndGradient(_ batch: Batch, target: Floats, prediction: Floats?, parallel: Parallel) -> LossReport

  /// The outputs alone: for `.all` in native order, for units one after another in the batch's order.
  /// - Returns: whether every sine's argument was in range.
  func predict(_ batch: Batch, into prediction: Floats, parallel: Parallel) -> Bool
}

extension Network {
  /// The outputs of all samples, `[samples, channels]` in raster order.
  public func prediction(parallel: Parallel) -> [Float] {
    let native = AlignedBuffer(count: order.nativeCount * channels)
    _ = predict(.all, into: native.floats, parallel: parallel)
    return Array(unsafeUninitializedCapacity: order.sampleCount * channels) { buffer, initialized in
      if let base = buffer.baseAddress { order.toRaster(native.floats, channels: channels, into: base) }
      initialized = order.sampleCount * channels
    }
  }

  /// The outputs at a lattice of the data's samples, `[points, channels]`, points in raster order. For networks whose batches
  /// are made of single samples.
  public func prediction(at lattice: SampleLattice, parallel: Parallel) -> [Float] {
    precondition(batchUnits.samplesPerUnit == 1, "batches are of \(batchUnits.samplesPerUnit) samples")
    let native = lattice.sums(order.offsets)
    let isAscending = zip(native, native.dropFirst()).allSatisfy(<)
    let places = isAscending ? Array(native.indices) : native.indices.sorted { native[$0] < native[$1] }
    let outputs = AlignedBuffer(count: native.count * channels)
    _ = predict(.units(places.map { native[$0] }), into: outputs.floats, parallel: parallel)
    return Array(unsafeUninitializedCapacity: native.count * channels) { buffer, initialized in
      for (index, place) in places.enumerated() {
        for channel in 0..<channels { buffer[place * channels + channel] = outputs.floats[index * channels + channel] }
      }
      initialized = native.count * channels
    }
  }
}
