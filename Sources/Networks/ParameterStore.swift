import Kernels

/// What a tensor's initial values are drawn from.
public enum InitialDistribution: Equatable, Sendable {
  /// Uniform in ± this bound.
  case uniform(Float)
  /// Normal with mean 0 and this standard deviation.
  case normal(Float)
}

/// What the optimiser does otherwise with one tensor than with most.
public struct OptimizerTraits: Equatable, Sendable {
  /// Leaves entries alone whose gradient is exactly zero, their moments included: rows of a table that no sample of the
  /// batch looked up.
  public var skipsUntouched: Bool
  /// λ of the L2 penalty, added to the gradient as `λ p`.
  public var weightDecay: Float

  public init(skipsUntouched: Bool = false, weightDecay: Float = 0) {
    self.skipsUntouched = skipsUntouched
    self.weightDecay = weightDecay
  }
}

/// One named tensor of a model: where it lies in the store, how it begins and how it is optimised.
public struct ParameterTensor: Equatable, Sendable {
  /// The name in the reference implementation's state dictionary, for example `net.0.linear.weight`.
  public let name: String
  /// Row-major, as PyTorch has it: a linear layer's weight is `[outputs, inputs]`.
  public let shape: [Int]
  public let distribution: InitialDistribution
  public let traits: OptimizerTraits
  /// First float in the store, on a cache line.
  public internal(set) var offset: Int

  public init(
    name: String, shape: [Int], distribution: InitialDistribution, traits: OptimizerTraits = OptimizerTraits()
  ) {
    self.name = name
    self.shape = shape
    self.distribution = distribution
    self.traits = traits
    offset = 0
  }

  /// A tensor that begins uniform in ± `bound`.
  public init(name: String, shape: [Int], bound: Float) {
    self.init(name: name, shape: shape, distribution: .uniform(bound))
  }

  /// Number of values.
  public var count: Int { shape.reduce(1, *) }
}

/// All parameters of a model in one aligned buffer, named tensors over it, and their gradient in a second buffer of the
/// same layout. The gaps between tensors stay zero.
public final class ParameterStore {
  public let tensors: [ParameterTensor]
  /// Floats from the first tensor to the last, gaps included.
  public let extent: Int
  public let values: AlignedBuffer
  public let gradient: AlignedBuffer

  public init(_ tensors: [ParameterTensor]) {
    var placed: [ParameterTensor] = []
    var offset = 0
    for var tensor in tensors {
      tensor.offset = offset
      offset += paddedRowLength(tensor.count)
      placed.append(tensor)
    }
    self.tensors = placed
    extent = offset
    values = AlignedBuffer(count: offset)
    gradient = AlignedBuffer(count: offset)
  }

  /// Number of parameters.
  public var count: Int { tensors.reduce(0) { $0 + $1.count } }

  /// Draws every tensor anew from its distribution, each from a stream of its own: a model that gains a tensor
  /// or loses one begins otherwise the same.
  public func initialise(seed: UInt64) {
    for tensor in tensors {
      var generator = RandomGenerator(seed: seed, stream: tensor.name)
      let first = values.floats + tensor.offset
      switch tensor.distribution {
      case .uniform(let bound): for index in 0..<tensor.count { first[index] = generator.uniform(bound) }
      case .normal(let deviation): for index in 0..<tensor.count { first[index] = generator.normal(deviation) }
      }
    }
  }

  public func tensor(named name: String) -> ParameterTensor? { tensors.first { $0.name == name } }

  /// One tensor's values, row-major.
  public func array(_ tensor: ParameterTensor) -> [Float] {
    Array(UnsafeBufferPointer(start: values.floats.pointer + tensor.offset, count: tensor.count))
  }

  /// Replaces one tensor's values; `array` has `tensor.count` elements.
  public func set(_ tensor: ParameterTensor, to array: [Float]) {
    precondition(array.count == tensor.count, "\(tensor.name) has \(tensor.count) values, not \(array.count)")
    for (index, value) in array.enumerated() { values.floats[tensor.offset + index] = value }
  }
}
