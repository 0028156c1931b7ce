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
final class Adam {
  private let constants = AdamConstants()
  private let mean, square, previous: AlignedBuffer
  private(set) var steps = 0

  init(extent: Int) {
    mean = AlignedBuffer(count: extent)
    square = AlignedBuffer(count: extent)
    previous = AlignedBuffer(count: extent)
  }

  func update(_ store: ParameterStore, learningRate: Float, parallel: Parallel) {
    steps += 1
    let stepSize = Double(learningRate) / (1 - pow(Double(constants.beta1), Double(steps)))
    let correction = 1 / (1 - pow(Double(constants.beta2), Double(steps))).squareRoot()
    // Lines of 16 floats, so that no cut goes through one.
    parallel.forEach(count: store.extent / 16, grain: 2_048) { lines in
      adamUpdate(
        parameters: store.values.floats, previous: previous.floats, gradient: store.gradient.floats,
        mean: mean.floats, square: square.floats, range: lines.lowerBound * 16..<lines.upperBound * 16,
        constants: constants, stepSize: Float(stepSize), inverseRootCorrection: Float(correction))
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
    for (target, source) in [(mean, other.mean), (square, other.square), (previous, other.previous)] {
      target.floats.pointer.update(from: source.floats.pointer, count: target.count)
    }
  }

  func reset() {
    steps = 0
    for buffer in [mean, square, previous] { fill(buffer.floats, with: 0, count: buffer.count) }
  }
}
