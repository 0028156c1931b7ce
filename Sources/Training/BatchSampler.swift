import Kernels
import Networks

/// Random mini-batches without replacement: every epoch is a fresh permutation of the units, cut into batches.
struct BatchSampler {
  /// Where it is in its epoch.
  struct Position: Equatable, Sendable {
    var permutation: [Int32]
    /// Of the permutation's units.
    var next: Int
    var generator: RandomGenerator
  }

  let unitsPerBatch: Int
  private let batchesPerEpoch: Int
  private(set) var position: Position

  /// nil when the batch is the whole signal.
  init?(_ size: BatchSize, units: BatchUnits, generator: RandomGenerator) {
    guard case .samples(let samples) = size else { return nil }
    let wanted = Self.units(samples, of: units)
    guard wanted < units.count else { return nil }
    unitsPerBatch = wanted
    batchesPerEpoch = (units.count + wanted - 1) / wanted
    position = Position(permutation: (0..<Int32(units.count)).map { $0 }, next: units.count, generator: generator)
  }

  /// Goes on from a position; false when it is none of this sampler's.
  mutating func move(to position: Position) -> Bool {
    var isFree = [Bool](repeating: true, count: self.position.permutation.count)
    guard position.permutation.count == isFree.count, (0...isFree.count).contains(position.next) else { return false }
    for unit in position.permutation {
      guard isFree.indices.contains(Int(unit)), isFree[Int(unit)] else { return false }
      isFree[Int(unit)] = false
    }
    self.position = position
    return true
  }

  /// How many units come nearest to so many samples.
  static func units(_ samples: Int, of units: BatchUnits) -> Int {
    max(1, Int((Double(samples) / Double(units.samplesPerUnit)).rounded()))
  }

  /// Batches that together see every unit once: what an estimate over an epoch averages.
  var batchesOfAnEpoch: Int { batchesPerEpoch }

  /// The next batch, ascending. The last of an epoch may be smaller.
  mutating func draw() -> [Int32] {
    let count = position.permutation.count
    if position.next >= count {
      for index in stride(from: count - 1, to: 0, by: -1) {
        position.permutation.swapAt(index, position.generator.index(below: index + 1))
      }
      position.next = 0
    }
    let end = min(position.next + unitsPerBatch, count)
    defer { position.next = end }
    return position.permutation[position.next..<end].sorted()
  }
}

/// Sums over the last batches that together make an epoch.
struct ErrorWindow {
  struct Sum: Equatable, Sendable {
    var errors = SquaredErrors()
    var values = 0
  }

  /// What it has gathered.
  struct Contents: Equatable, Sendable {
    /// A batch each.
    var entries: [Sum] = []
    /// Index of the one that goes next.
    var oldest = 0
    /// Of all entries, as it came about by adding and taking away.
    var total = Sum()
  }

  private(set) var contents = Contents()
  private let capacity: Int

  init(capacity: Int) { self.capacity = max(capacity, 1) }

  var errors: SquaredErrors { contents.total.errors }
  var values: Int { contents.total.values }
  var isFull: Bool { contents.entries.count == capacity }

  /// Goes on with what another one had gathered; false when this one could not have.
  mutating func take(_ contents: Contents) -> Bool {
    guard contents.entries.count <= capacity, (0..<capacity).contains(contents.oldest) else { return false }
    self.contents = contents
    return true
  }

  mutating func add(_ errors: SquaredErrors, _ values: Int) {
    let new = Sum(errors: errors, values: values)
    if isFull {
      let old = contents.entries[contents.oldest]
      // Sums of squares far larger than the newest would leave their rounding behind: never below zero.
      contents.total.errors.squares = max(0, self.errors.squares - old.errors.squares)
      contents.total.errors.clampedSquares = max(0, self.errors.clampedSquares - old.errors.clampedSquares)
      contents.total.values -= old.values
      contents.entries[contents.oldest] = new
      contents.oldest = (contents.oldest + 1) % capacity
    } else {
      contents.entries.append(new)
    }
    contents.total.errors += errors
    contents.total.values += values
  }
}
