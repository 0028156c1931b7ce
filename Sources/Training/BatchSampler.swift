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
    let wanted = Self.units(samples, of: units)
    guard wanted < units.count else { return nil }
    unitsPerBatch = wanted
    batchesPerEpoch = (units.count + wanted - 1) / wanted
    permutation = (0..<Int32(units.count)).map { $0 }
    next = units.count
    self.generator = generator
  }

  /// How many units come nearest to so many samples.
  static func units(_ samples: Int, of units: BatchUnits) -> Int {
    max(1, Int((Double(samples) / Double(units.samplesPerUnit)).rounded()))
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

/// Sums over the last batches that together make an epoch.
struct ErrorWindow {
  private var entries: [(errors: SquaredErrors, values: Int)] = []
  private var oldest = 0
  private let capacity: Int
  private(set) var errors = SquaredErrors()
  private(set) var values = 0

  init(capacity: Int) { self.capacity = max(capacity, 1) }

  var isFull: Bool { entries.count == capacity }

  mutating func add(_ errors: SquaredErrors, _ values: Int) {
    if entries.count == capacity {
      let old = entries[oldest]
      // Sums of squares far larger than the newest would leave their rounding behind: never below zero.
      self.errors.squares = max(0, self.errors.squares - old.errors.squares)
      self.errors.clampedSquares = max(0, self.errors.clampedSquares - old.errors.clampedSquares)
      self.values -= old.values
      entries[oldest] = (errors, values)
      oldest = (oldest + 1) % capacity
    } else {
      entries.append((errors, values))
    }
    self.errors += errors
    self.values += values
  }
}
