import Kernels
import Networks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Cosine annealing (Loshchilov & Hutter 2017, without restarts):
/// `lr(t) = end + (start − end)/2 · (1 + cos(π t/T))`, and `end` from step T on.
public struct CosineSchedule: Equatable, Sendable {
  public let start: Float
  public let end: Float
  /// T, in steps.
  public let length: Int

  public init(start: Float, end: Float, length: Int) {
    self.start = start
    self.end = end
    self.length = length
  }

  /// Learning rate of the step that begins with `step` steps done.
  public func learningRate(step: Int) -> Float {
    guard step < length else { return end }
    let fraction = Double(step) / Double(max(length, 1))
    return end + (start - end) * Float(0.5 * (1 + cos(Double.pi * fraction)))
  }
}

/// Adam with its moments, over a whole parameter store. Keeps the parameters of before the last update.
///
/// Tensors of like traits that lie side by side are updated as one range. A tensor that skips untouched entries has its
/// bias correction counted entry by entry.
final class Adam {
  private let constants: AdamConstants
  private let mean, square, previous: AlignedBuffer
  /// `1 − βᵗ` of every entry's own updates, for β₁ and β₂; nil when no tensor skips entries.
  private let meanWeight, squareWeight: AlignedBuffer?
  private let spans: [(lines: Range<Int>, traits: OptimizerTraits)]
  private(set) var steps = 0

  init(_ store: ParameterStore, constants: AdamConstants = AdamConstants()) {
    self.constants = constants
    mean = AlignedBuffer(count: store.extent)
    square = AlignedBuffer(count: store.extent)
    previous = AlignedBuffer(count: store.extent)
    let skips = store.tensors.contains { $0.traits.skipsUntouched }
    meanWeight = skips ? AlignedBuffer(count: store.extent) : nil
    squareWeight = skips ? AlignedBuffer(count: store.extent) : nil
    var spans: [(lines: Range<Int>, traits: OptimizerTraits)] = []
    for tensor in store.tensors {
      // Lines of 16 floats, so that no cut goes through one.
      let lines = tensor.offset / 16..<(tensor.offset + paddedRowLength(tensor.count)) / 16
      if let last = spans.last, last.traits == tensor.traits {
        spans[spans.count - 1].lines = last.lines.lowerBound..<lines.upperBound
      } else {
        spans.append((lines, tensor.traits))
      }
    }
    self.spans = spans
  }

  func update(_ store: ParameterStore, learningRate: Float, parallel: Parallel) {
    steps += 1
    let stepSize = Double(learningRate) / (1 - pow(Double(constants.beta1), Double(steps)))
    let correction = 1 / (1 - pow(Double(constants.beta2), Double(steps))).squareRoot()
    let buffers = AdamBuffers(
      parameters: store.values.floats, previous: previous.floats, gradient: store.gradient.floats,
      mean: mean.floats, square: square.floats)
    for (span, traits) in spans {
      parallel.forEach(count: span.count, grain: 2_048) { lines in
        let range = (span.lowerBound + lines.lowerBound) * 16..<(span.lowerBound + lines.upperBound) * 16
        if traits.skipsUntouched, let meanWeight, let squareWeight {
          adamUpdateOfTouched(
            buffers, meanWeight: meanWeight.floats, squareWeight: squareWeight.floats, range: range,
            constants: constants, weightDecay: traits.weightDecay, learningRate: learningRate)
        } else {
          adamUpdate(
            buffers, range: range, constants: constants, weightDecay: traits.weightDecay, stepSize: Float(stepSize),
            inverseRootCorrection: Float(correction))
        }
      }
    }
  }

  /// Puts back the parameters of before the last update.
  func undo(_ store: ParameterStore) {
    guard steps > 0 else { return }
    steps -= 1
    store.values.floats.pointer.update(from: previous.floats.pointer, count: store.extent)
  }

  /// Takes on the moments of another one of the same extent.
  func copy(_ other: Adam) {
    steps = other.steps
    for (target, source) in zip(buffers, other.buffers) {
      target.floats.pointer.update(from: source.floats.pointer, count: target.count)
    }
  }

  func reset() {
    steps = 0
    for buffer in buffers { fill(buffer.floats, with: 0, count: buffer.count) }
  }

  private var buffers: [AlignedBuffer] { [mean, square, previous, meanWeight, squareWeight].compactMap { $0 } }

  // MARK: Checkpoints

  /// Everything that it knows of the past.
  struct State: Equatable, Sendable {
    var steps: Int
    /// Of each buffer by tensor, in the order of `names`.
    var moments: [[String: [Float]]]

    /// The last two only where a tensor skips entries.
    static let names = ["mean", "square", "previous", "mean_weight", "square_weight"]
  }

  func state(of store: ParameterStore) -> State {
    State(steps: steps, moments: buffers.map { store.arrays(of: $0) })
  }

  /// - Throws: what does not fit the store.
  func restore(_ state: State, of store: ParameterStore) throws(ConfigurationError) {
    guard state.moments.count == buffers.count else {
      throw ConfigurationError("optimiser: found \(state.moments.count) sets of moments; allowed are \(buffers.count)")
    }
    for (index, buffer) in buffers.enumerated() { try store.fill(buffer, from: state.moments[index], State.names[index]) }
    steps = state.steps
  }
}
