// Kernels of multiresolution grids with learned values on their lattice points: d-linear interpolation and its adjoint.
// Data of fewer than three axes has leading axes of one position and one lattice point.

/// 32-bit parts of table rows.
public typealias RowKeys = View<UInt32>

/// One axis of one level for all positions that data has on it: position i lies between lattice points `cells[i]` and
/// `cells[i] + 1`, `fractions[i]` of the way.
public struct LatticeAxis {
  let cells: Indices
  let fractions: Floats
  /// What a lattice coordinate contributes to the row of its point, one more than there are points.
  let keys: RowKeys
  /// Number of lattice points.
  let extent: Int

  public init(cells: Indices, fractions: Floats, keys: RowKeys, extent: Int) {
    self.cells = cells
    self.fractions = fractions
    self.keys = keys
    self.extent = extent
  }
}

/// One level: its lattice, and how lattice points share the rows of a table.
public struct LatticeLevel {
  let outer, middle, inner: LatticeAxis
  /// Rows of the table; for hashed levels a power of two.
  let rows: UInt32
  /// Keys are combined by exclusive or, else by addition; the result modulo `rows` is the row.
  let isHashed: Bool
  /// Features F of a row.
  public let features: Int

  public init(_ axes: [LatticeAxis], rows: UInt32, isHashed: Bool, features: Int) {
    (outer, middle, inner) = (axes[0], axes[1], axes[2])
    self.rows = rows
    self.isHashed = isHashed
    self.features = features
  }

  @inline(__always)
  func combine(_ a: UInt32, _ b: UInt32) -> UInt32 { isHashed ? a ^ b : a &+ b }

  /// First float of a row.
  @inline(__always)
  func start(_ key: UInt32) -> Int {
    let row = isHashed ? key & (rows &- 1) : key < rows ? key : key % rows
    return Int(row) * features
  }
}

/// Positions of samples, one list an axis.
public struct SamplePositions {
  public let outer, middle, inner: Indices
  public init(outer: Indices, middle: Indices, inner: Indices) {
    self.outer = outer
    self.middle = middle
    self.inner = inner
  }
  public static func + (positions: SamplePositions, offset: Int) -> SamplePositions {
    SamplePositions(
      outer: positions.outer + offset, middle: positions.middle + offset, inner: positions.inner + offset)
  }
}

// MARK: Whole lattices

/// Copies table rows to their lattice points, `[outer, middle, features, inner]`.
public func readLattice(_ level: LatticeLevel, table: Floats, into lattice: Floats) {
  forEachLatticePoint(level) { row, point, distance in
    for feature in 0..<level.features { lattice[point + feature * distance] = table[row + feature] }
  }
}

/// The adjoint of `readLattice`: adds every lattice point's gradient to its row, in the lattice's order.
public func addLattice(_ level: LatticeLevel, _ lattice: Floats, to gradient: Floats) {
  forEachLatticePoint(level) { row, point, distance in
    for feature in 0..<level.features { gradient[row + feature] += lattice[point + feature * distance] }
  }
}

/// Calls `body(row, point, distance)`: a row's first float, its point's first float, and the distance of features.
@inline(__always)
private func forEachLatticePoint(_ level: LatticeLevel, _ body: (Int, Int, Int) -> Void) {
  let width = level.inner.extent
  var first = 0
  for o in 0..<level.outer.extent {
    for m in 0..<level.middle.extent {
      let key = level.combine(level.outer.keys[o], level.middle.keys[m])
      for i in 0..<width { body(level.start(level.combine(key, level.inner.keys[i])), first + i, width) }
      first += width * level.features
    }
  }
}

// MARK: Rows of regular data

/// Interpolates a lattice row along the inner axis: `result[x, f] = row[f, c] + (row[f, c+1] − row[f, c])·t`.
///
/// - Parameters: row: `[features, extent]`; range: the positions x; result: the level's first column, rows `stride` apart.
public func expandRow(_ level: LatticeLevel, row: Floats, range: Range<Int>, into result: Floats, stride: Int) {
  let cells = level.inner.cells + range.lowerBound
  let fractions = level.inner.fractions + range.lowerBound
  for feature in 0..<level.features {
    let values = row.pointer + feature * level.inner.extent
    let result = result.pointer + feature
    for x in 0..<range.count {
      let low = values[Int(cells[x])]
      result[x * stride] = low + (values[Int(cells[x]) + 1] - low) * fractions[x]
    }
  }
}

/// The adjoint of `expandRow`: adds to the lattice row `[features, width]` whose first point is `firstPoint`, and leaves
/// zeros in `source`.
public func collectRow(
  _ level: LatticeLevel, source: Floats, stride: Int, range: Range<Int>, into row: Floats, width: Int, firstPoint: Int
) {
  let cells = level.inner.cells + range.lowerBound
  let fractions = level.inner.fractions + range.lowerBound
  for feature in 0..<level.features {
    let target = row.pointer + (feature * width - firstPoint)
    let source = source.pointer + feature
    // Samples of a cell follow one another: their sums stay in registers.
    var cell = Int(cells[0])
    var low: Float = 0
    var high: Float = 0
    for x in 0..<range.count {
      if Int(cells[x]) != cell {
        target[cell] += low
        target[cell + 1] += high
        (cell, low, high) = (Int(cells[x]), 0, 0)
      }
      let g = source[x * stride]
      source[x * stride] = 0
      let part = g * fractions[x]
      high += part
      low += g - part
    }
    target[cell] += low
    target[cell + 1] += high
  }
}

/// `result[x, c] = a[x, c] u[c] + b[x, c] v[c]`: between two expanded rows, every column with its level's weights.
/// `columns` is a multiple of 16 and the rows' distance.
public func blendRows(_ a: Floats, _ u: Floats, _ b: Floats, _ v: Floats, count: Int, columns: Int, into result: Floats) {
  for column in stride(from: 0, to: columns, by: 16) {
    let (u, v) = (load(u.pointer, column), load(v.pointer, column))
    for index in stride(from: column, to: count * columns + column, by: columns) {
      store((load(a.pointer, index) * u).addingProduct(load(b.pointer, index), v), result.pointer, index)
    }
  }
}

/// The adjoint of `blendRows`: `a[x, c] += g[x, c] u[c]` and `b[x, c] += g[x, c] v[c]`.
public func addBlended(_ gradient: Floats, to a: Floats, _ u: Floats, _ b: Floats, _ v: Floats, count: Int, columns: Int) {
  for column in stride(from: 0, to: columns, by: 16) {
    let (u, v) = (load(u.pointer, column), load(v.pointer, column))
    for index in stride(from: column, to: count * columns + column, by: columns) {
      let g = load(gradient.pointer, index)
      store(load(a.pointer, index).addingProduct(g, u), a.pointer, index)
      store(load(b.pointer, index).addingProduct(g, v), b.pointer, index)
    }
  }
}

/// `target[i] += scale · source[i]` for `count` elements.
public func addScaled(_ source: Floats, scale: Float, to target: Floats, count: Int) {
  var index = 0
  while index + 16 <= count {
    let sum = load(target.pointer, index).addingProduct(Lanes(repeating: scale), load(source.pointer, index))
    store(sum, target.pointer, index)
    index += 16
  }
  while index < count {
    target[index] += scale * source[index]
    index += 1
  }
}

// MARK: Samples one by one

/// Adds the interpolated features of `count` samples to `result`, the level's first column, rows `stride` apart.
public func addInterpolated(
  _ level: LatticeLevel, table: Floats, _ positions: SamplePositions, count: Int, to result: Floats, stride: Int
) {
  @inline(__always) func run(_ features: Int) {
    forEachEdge(level, positions, count: count) { sample, low, lowWeight, high, highWeight in
      for feature in 0..<features {
        result[sample * stride + feature] +=
          lowWeight * table[low + feature] + highWeight * table[high + feature]
      }
    }
  }
  // The common case with a loop of known length.
  if level.features == 2 { run(2) } else { run(level.features) }
}

/// The adjoint of `addInterpolated`: adds the samples' gradients `[count, features]` to the rows, in the samples' order.
public func addInterpolatedBackward(
  _ level: LatticeLevel, gradient: Floats, _ positions: SamplePositions, count: Int, to table: Floats
) {
  @inline(__always) func run(_ features: Int) {
    forEachEdge(level, positions, count: count) { sample, low, lowWeight, high, highWeight in
      for feature in 0..<features {
        let g = gradient[sample * features + feature]
        table[low + feature] += lowWeight * g
        table[high + feature] += highWeight * g
      }
    }
  }
  if level.features == 2 { run(2) } else { run(level.features) }
}

/// Calls `body(sample, low, lowWeight, high, highWeight)` for the edges along the inner axis of the cell around each
/// sample: the first floats of the two ends' rows, and their weights.
@inline(__always)
private func forEachEdge(
  _ level: LatticeLevel, _ positions: SamplePositions, count: Int, _ body: (Int, Int, Float, Int, Float) -> Void
) {
  let outerEnds = level.outer.extent > 1 ? 2 : 1
  let middleEnds = level.middle.extent > 1 ? 2 : 1
  for sample in 0..<count {
    let (x, y, z) = (Int(positions.inner[sample]), Int(positions.middle[sample]), Int(positions.outer[sample]))
    let cell = Int(level.inner.cells[x])
    let fraction = level.inner.fractions[x]
    let (low, high) = (level.inner.keys[cell], level.inner.keys[cell + 1])
    for o in 0..<outerEnds {
      let outerFraction = level.outer.fractions[z]
      let outerWeight = o == 0 ? 1 - outerFraction : outerFraction
      let outerKey = level.outer.keys[Int(level.outer.cells[z]) + o]
      for m in 0..<middleEnds {
        let middleFraction = level.middle.fractions[y]
        let weight = outerWeight * (m == 0 ? 1 - middleFraction : middleFraction)
        let key = level.combine(outerKey, level.middle.keys[Int(level.middle.cells[y]) + m])
        body(
          sample, level.start(level.combine(key, low)), weight * (1 - fraction), level.start(level.combine(key, high)),
          weight * fraction)
      }
    }
  }
}
