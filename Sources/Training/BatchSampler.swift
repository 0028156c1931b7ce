import Kernels
import Networks

/// Random mini-batches without replacement: every epoch is a fresh permutation of the units, cut into batches.
struct BatchSampler {
  let unitsPerBatch: Int
  private let batchesPerEpoch: Int
  private var permutation: [Int32]
  private var next: Int
  private var generator: RandomGenerator

  /// nil when the batch is the whole signal.
  init?(_ size: BatchSize, units: BatchUnits, generator: RandomGenerator) {
    guard case .samples(let samples) = size else { return nil }
    let wanted = max(1, Int((Double(samples) / Double(units.samplesPerUnit)).rounded()))
    guard wanted < units.count else { return nil }
    unitsPerBatch = wanted
    batchesPerEpoch = (units.count + wanted - 1) / wanted
    permutation = (0..<Int32(units.count)).map { $0 }
    next = units.count
    self.generator = generator
  }

  /// Batches that together see every unit once: what an estimate over an epoch averages.
  var batchesOfAnEpoch: Int { batchesPerEpoch }

  /// The next batch, ascending. The last of an epoch may be smaller.
  mutating func draw() -> [Int32] {
    if next >= permutation.count {
      for index in stride(from: permutation.count - 1, to: 0, by: -1) {
        permutation.swapAt(index, generator.index(below: index + 1))
      }
      next = 0
    }
    let end = min(next + unitsPerBatch, permutation.count)
    defer { next = end }
    return permutation[next..<end].sorted()
  }
}
