import Kernels

/// What of a layer is looked at.
public enum FeaturePart: Hashable, Sendable {
  /// What the layer hands on: after the sine or ReLU; of a grid's level the interpolated features.
  case activation
  /// A unit's part of an output: its weight in the head times its activation. With the head's bias, the parts of all
  /// units add up to the output.
  case contribution(channel: Int)
  /// ASMR: `α = ω0 (W_i z_{i−1} + b_i)`, what comes from the coarser level; constant over a coarser cell.
  case coarse
  /// ASMR: `β = ω0² M_i x_i`, what the level's own digits add, unreduced; the same in every coarser cell.
  case modulation
  /// ASMR: `α + β`, what the sine is taken of.
  case sum
  /// Tiles: the Frobenius norm of a tile's weight matrix.
  case weightNorm
  /// Tiles: a unit's bias in each tile.
  case bias
  /// Tiles: the mean of a tile's biases.
  case meanBias
  /// The number of the tile whose weights a sample takes.
  case tile
  /// Tiles: the root of the mean over a tile's samples and channels of (y − t)². A network does not know its target:
  /// whoever has it works this out (`FeatureLayer.tilesOf`).
  case error
  /// A hash grid's table as it is stored, a map a feature.
  case table
  /// Look-ups of a table's row by all samples of the data, a corner of weight zero left out.
  case occupancy
  /// Distinct lattice points with look-ups that share a row: 0 or 1 where nothing collides.
  case collisions

  /// Whether every unit has a map of its own; else the layer has one.
  public var isPerUnit: Bool {
    switch self {
    case .activation, .contribution, .coarse, .modulation, .sum, .bias, .table: true
    case .weightNorm, .meanBias, .tile, .error, .occupancy, .collisions: false
    }
  }

  /// Whether it follows from sizes alone, so that training never changes it.
  public var isFixed: Bool { self == .tile || self == .occupancy || self == .collisions }
}

extension FeaturePart {
  /// Whether values are of both signs whatever they are in a map; nil: as they are.
  public var isSigned: Bool? {
    switch self {
    case .activation: nil
    case .contribution, .coarse, .modulation, .sum, .bias, .meanBias, .table: true
    case .weightNorm, .tile, .error, .occupancy, .collisions: false
    }
  }
}

/// Something in a network that can be drawn: its name, its own grid, how many maps there are.
public struct FeatureLayer: Equatable, Sendable {
  /// As in `level 1`, `layer 2`, `tiles of layer 1`, `table of grid level 3`.
  public let title: String
  /// The grid's size, in array order: the level's own cells, the tiles, the rows of a table, or the data's shape.
  public let shape: [Int]
  /// Whether values are worked out sample by sample and cost as much as the samples that are asked for.
  public let isPerSample: Bool
  public let units: Int
  /// Not empty; the first is what to show unasked.
  public let parts: [FeaturePart]
  /// The layer whose part `.tile` has the numbers of this layer's points; nil where points are no tiles.
  public let tilesOf: Int?

  init(title: String, shape: [Int], isPerSample: Bool, units: Int, parts: [FeaturePart], tilesOf: Int? = nil) {
    self.title = title
    self.shape = shape
    self.isPerSample = isPerSample
    self.units = units
    self.parts = parts
    self.tilesOf = tilesOf
  }
}

/// Maps of some units of a layer.
public struct FeatureMap: Equatable, Sendable {
  /// Points an axis.
  public let shape: [Int]
  /// Whose maps these are; `[0]` where the layer has only one.
  public let units: [Int]
  /// `[units, points]`, points in raster order.
  public let values: [Float]

  /// Points of one map.
  public var count: Int { shape.reduce(1, *) }

  /// One unit's map, by its place among `units`.
  public subscript(place: Int) -> ArraySlice<Float> { values[place * count..<(place + 1) * count] }

  /// - Parameter body: writes every value.
  init(shape: [Int], units: [Int], _ body: (UnsafeMutablePointer<Float>) -> Void) {
    self.shape = shape
    self.units = units
    let count = units.count * shape.reduce(1, *)
    values = Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress, count > 0 { body(base) }
      initialized = count
    }
  }

  public init(shape: [Int], units: [Int], values: [Float]) {
    precondition(values.count == units.count * shape.reduce(1, *), "\(values.count) values for \(units.count) maps of \(shape)")
    self.shape = shape
    self.units = units
    self.values = values
  }
}

/// A network that can be looked into between two steps.
///
/// Nothing here changes what training goes on with: what a step keeps to itself is worked out anew from the parameters
/// when the next begins. When `parallel` is told that its work is no longer wanted, values are left undefined.
public protocol FeatureSource: AnyObject {
  var featureLayers: [FeatureLayer] { get }

  /// Maps of a layer's units at a lattice of points of the layer's own grid, `featureLayers[layer].shape`.
  ///
  /// - Parameters:
  ///   - part: one of the layer's, but for `.error`.
  ///   - units: whose maps, in any order; left aside where the layer has only one map.
  func features(
    _ layer: Int, _ part: FeaturePart, units: [Int], lattice: SampleLattice, parallel: Parallel
  ) -> FeatureMap

  /// Levels, coarse to fine, that `truncatedPrediction` can stop at; 0 when the model has none.
  var truncationLevels: Int { get }

  /// The outputs of levels `0…level` alone, at a lattice of the data's samples: `[points, channels]`.
  ///
  /// - ASMR: a later level's activation is its mean over the level's digits,
  ///   `z_i = 1/b_i Σ_q sin(α + β_q) = sin α · mean_q cos β_q + cos α · mean_q sin β_q`, so that the outputs are constant
  ///   over the cells of level `level`. Before the last level these are the exact means of the full outputs over the last
  ///   digits (the head is linear).
  /// - Hash grid: features of finer levels are 0.
  func truncatedPrediction(level: Int, lattice: SampleLattice, parallel: Parallel) -> [Float]
}

extension FeatureSource {
  /// Maps of the layer's whole own grid.
  public func features(_ layer: Int, _ part: FeaturePart, units: [Int], parallel: Parallel) -> FeatureMap {
    features(layer, part, units: units, lattice: .whole(featureLayers[layer].shape), parallel: parallel)
  }

  public var truncationLevels: Int { 0 }

  public func truncatedPrediction(level: Int, lattice: SampleLattice, parallel: Parallel) -> [Float] {
    preconditionFailure("this model has no levels to leave out")
  }

  /// The layer asked for, once the question is found to make sense.
  func checked(_ layer: Int, _ part: FeaturePart, units: [Int], lattice: SampleLattice) -> FeatureLayer {
    let asked = featureLayers[layer]
    precondition(asked.parts.contains(part) && part != .error, "\(asked.title) has no \(part) by itself")
    precondition(
      !part.isPerUnit || units.allSatisfy((0..<asked.units).contains), "\(asked.title) has units below \(asked.units)")
    precondition(
      lattice.ranges.count == asked.shape.count
        && zip(lattice.ranges, asked.shape).allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= $1 },
      "\(asked.title) is \(asked.shape), not \(lattice.ranges)")
    return asked
  }
}

/// Brings activations of some samples, a row each, into the maps of the units that are looked at.
struct FeatureColumns {
  let units: [Int]
  /// What a unit's activation is multiplied with.
  let scales: [Float]
  /// `[units, points]`.
  let maps: UnsafeMutablePointer<Float>
  let points: Int

  /// - Parameter scale: nil for the activations themselves.
  init(_ units: [Int], scale: ((Int) -> Float)? = nil, maps: UnsafeMutablePointer<Float>, points: Int) {
    self.units = units
    scales = units.map { scale?($0) ?? 1 }
    self.maps = maps
    self.points = points
  }

  /// - Parameters: activations: `[rows, stride]`; place: the point that a row is.
  @inline(__always)
  func take(_ activations: Floats, rows: Int, stride: Int, place: (Int) -> Int) {
    for index in units.indices {
      let (map, scale) = (maps + index * points, scales[index])
      let column = activations.pointer + units[index]
      for row in 0..<rows { map[place(row)] = scale * column[row * stride] }
    }
  }
}
