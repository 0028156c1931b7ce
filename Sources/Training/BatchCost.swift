import Networks

/// What a step of a mini-batch takes, known before anything is built.
public struct BatchCost: Equatable, Sendable {
  /// That a step sees: whole units of the network, so about as many as were asked for.
  public let samples: Int
  /// Floating-point operations of the step's matrix products.
  public let flop: Double

  /// nil for a full batch.
  ///
  /// - Parameter configuration: resolved for the shape, its cost beside it.
  public init?(_ batch: BatchSize?, of configuration: RunConfiguration, cost: Cost, shape: [Int]) {
    guard case .samples(let wanted)? = batch else { return nil }
    let all = shape.reduce(1, *)
    // ASMR's units are the blocks of the last bases, of which a padded shape leaves some empty; others take any sample.
    var units = BatchUnits(count: all, samplesPerUnit: 1)
    if let axes = configuration.bases?.axes, axes.count == shape.count {
      let sides = axes.map { $0.last ?? 1 }
      let blocks = zip(shape, sides).map { ($0 + $1 - 1) / $1 }
      units = BatchUnits(count: blocks.reduce(1, *), samplesPerUnit: sides.reduce(1, *))
    }
    let taken = BatchSampler.units(wanted, of: units)
    let isFull = taken >= units.count
    samples = isFull ? all : taken * units.samplesPerUnit
    flop = isFull ? cost.flopPerStep : cost.flopPerStep(part: Double(taken) / Double(units.count))
  }
}
