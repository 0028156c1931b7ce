import Kernels

/// One named tensor of a model: where it lies in the store and how it begins.
public struct ParameterTensor: Equatable, Sendable {
  /// The name in the reference implementation's state dictionary, for example `net.0.linear.weight`.
  public let name: String
  /// Row-major, as PyTorch has it: a linear layer's weight is `[outputs, inputs]`.
  public let shape: [Int]
  /// Initial values are uniform in ± this bound.
  public let bound: Float
  /// First float in the store, on a cache line.
  public internal(set) var offset: Int

  public init(name: String, shape: [Int], bound: Float) {
    self.name = name
    self.shape = shape
    self.bound = bound
    offset = 0
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

  /// Draws every tensor anew from its uniform distribution, each from a stream of its own: a model that gains a tensor
  /// or loses one begins otherwise the same.
  public func initialise(seed: UInt64) {
    for tensor in tensors {
      var generator = RandomGenerator(seed: seed, stream: tensor.name)
      for index in 0..<tensor.count { values.floats[tensor.offset + index] = generator.uniform(tensor.bound) }
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
