import Kernels

/// Where a box's gradient on a level's lattice lies: a box of lattice points that nobody else writes to,
/// `[outer, middle, features, inner]`.
struct LatticePatch {
  let outer, middle, inner: Range<Int>
  /// First float among all patches.
  let offset: Int

  /// Floats of one lattice row, one plane, all.
  func row(_ features: Int) -> Int { inner.count * features }
  func plane(_ features: Int) -> Int { middle.count * row(features) }
  func count(_ features: Int) -> Int { outer.count * plane(features) }
}

/// One thread's way through the grid: features of a box's rows, forward, and their gradients, backward.
///
/// Interpolation of regular data is separable. A lattice row is expanded along the inner axis once and blended with its
/// neighbour for every row of samples between them, all levels in one pass: an expanded row of an even lattice
/// coordinate waits in one buffer, of an odd one in the other. Backward is the adjoint, step by step: gradients are
/// blended into two rows, and a row that no sample reaches any more is collected along the inner axis. On three axes the
/// two lattice planes around a frame are blended first.
final class HashGridWorker {
  /// Features of a block of samples, `[samples, columns]`, and their gradient.
  let features, gradients: AlignedBuffer
  let layers: ReLULayers.Scratch

  private let levels: [HashGridLevel]
  private let columns: Int
  private let tables: [Floats]
  /// Values of the regular levels' lattices.
  private let lattices: [Floats?]
  private let evenWeights, oddWeights: AlignedBuffer
  /// Planes of the frame at hand; nil where data has two axes or fewer and the lattice is its own plane.
  private let planes, planeGradients: [AlignedBuffer?]
  private var forwardRows, backwardRows: ExpandedRows
  /// Of a row of samples.
  let positions: PositionList
  private let isRegular: Bool
  private var box = HashGridBox(outer: 0..<1, middle: 0..<1, inner: 0..<1)
  private var patches: [LatticePatch?] = []
  private var patchMemory: Floats?

  /// Two expanded rows of every level side by side, `[samples, columns]`, and which lattice coordinates they have.
  private struct ExpandedRows {
    let even, odd: AlignedBuffer
    var coordinates: [(even: Int, odd: Int)]
    init(samples: Int, columns: Int, levels: Int) {
      even = AlignedBuffer(count: samples * columns)
      odd = AlignedBuffer(count: samples * columns)
      coordinates = Array(repeating: (-1, -1), count: levels)
    }
    func buffer(_ coordinate: Int) -> Floats { coordinate % 2 == 0 ? even.floats : odd.floats }
    /// The coordinate that is in the buffer of `coordinate`; −1 for none.
    subscript(level: Int, coordinate: Int) -> Int {
      get { coordinate % 2 == 0 ? coordinates[level].even : coordinates[level].odd }
      set { if coordinate % 2 == 0 { coordinates[level].even = newValue } else { coordinates[level].odd = newValue } }
    }
    mutating func forget() {
      for level in coordinates.indices { coordinates[level] = (-1, -1) }
    }
    mutating func clear() {
      forget()
      for buffer in [even, odd] { fill(buffer.floats, with: 0, count: buffer.count) }
    }
  }

  init(
    _ levels: [HashGridLevel], tables: [Floats], lattices: [Floats?], columns: Int, blockRows: Int,
    layers: ReLULayers.Scratch
  ) {
    self.levels = levels
    self.tables = tables
    self.lattices = lattices
    self.columns = columns
    self.layers = layers
    // A strip's last tile reads, and writes, rows past the block's end.
    features = AlignedBuffer(count: (blockRows + 8) * columns)
    gradients = AlignedBuffer(count: (blockRows + 8) * columns)
    forwardRows = ExpandedRows(samples: HashGridBoxes.mostColumns, columns: columns, levels: levels.count)
    backwardRows = ExpandedRows(samples: HashGridBoxes.mostColumns, columns: columns, levels: levels.count)
    evenWeights = AlignedBuffer(count: columns)
    oddWeights = AlignedBuffer(count: columns)
    planes = levels.map(Self.plane)
    planeGradients = levels.map(Self.plane)
    positions = PositionList(capacity: blockRows)
    isRegular = levels.allSatisfy(\.isRegular)
  }

  private static func plane(_ level: HashGridLevel) -> AlignedBuffer? {
    guard level.isRegular, level.extents[0] > 1 else { return nil }
    return AlignedBuffer(count: level.extents[1] * level.extents[2] * level.lattice.features)
  }

  /// Floats of one worker, the layers' scratch not included.
  static func floats(
    _ levels: [(geometry: LevelGeometry, isRegular: Bool)], features: Int, columns: Int, blockRows: Int
  ) -> Int {
    let planes = levels.reduce(0) { sum, level in
      guard level.isRegular, level.geometry.extents.count == 3 else { return sum }
      return sum + 2 * level.geometry.extents[1] * level.geometry.extents[2] * features
    }
    return 2 * (blockRows + 8) * columns + 4 * HashGridBoxes.mostColumns * columns + planes + 3 * blockRows
  }

  // MARK: Boxes

  /// Begins a box. Its gradient goes to `patches` in `memory`; nil for a forward pass alone.
  func begin(_ box: HashGridBox, patches: [LatticePatch?], memory: Floats?) {
    self.box = box
    self.patches = patches
    patchMemory = memory
    forwardRows.clear()
    guard let memory else { return }
    backwardRows.clear()
    for (level, patch) in zip(levels, patches) {
      guard let patch else { continue }
      fill(memory + patch.offset, with: 0, count: patch.count(level.lattice.features))
    }
  }

  /// Begins a frame: on three axes its planes are blended from the lattice's.
  func beginFrame(_ outer: Int) {
    forwardRows.forget()
    for (index, level) in levels.enumerated() {
      guard let plane = planes[index], let lattice = lattices[index] else { continue }
      let size = plane.count
      let cell = level.cells[0][outer]
      let fraction = level.fractions[0][outer]
      fill(plane.floats, with: 0, count: size)
      addScaled(lattice + cell * size, scale: 1 - fraction, to: plane.floats, count: size)
      addScaled(lattice + (cell + 1) * size, scale: fraction, to: plane.floats, count: size)
    }
  }

  /// Ends a frame's way back: what is left in expanded rows and planes goes to the patches.
  func endFrame(_ outer: Int) {
    guard let patchMemory else { return }
    for (index, level) in levels.enumerated() {
      guard let patch = patches[index] else { continue }
      collect(index, 0)
      collect(index, 1)
      guard let plane = planeGradients[index] else { continue }
      let size = patch.plane(level.lattice.features)
      let target = patchMemory + patch.offset + (level.cells[0][outer] - patch.outer.lowerBound) * size
      let fraction = level.fractions[0][outer]
      addScaled(plane.floats, scale: 1 - fraction, to: target, count: size)
      addScaled(plane.floats, scale: fraction, to: target + size, count: size)
      fill(plane.floats, with: 0, count: size)
    }
  }

  // MARK: Rows

  /// Features of the frame's rows `middle`, into `features` from the first sample on.
  func forward(_ outer: Int, _ middle: Range<Int>) {
    let width = box.inner.count
    for (index, position) in middle.enumerated() {
      let result = features.floats + index * width * columns
      prepareWeights(position)
      for (level, grid) in levels.enumerated() where grid.isRegular {
        for coordinate in grid.points(1, position..<position + 1) { expand(level, coordinate) }
      }
      blendRows(
        forwardRows.even.floats, evenWeights.floats, forwardRows.odd.floats, oddWeights.floats, count: width,
        columns: columns, into: result)
      addIrregular(rowPositions(outer, position), count: width, to: result, all: false)
    }
  }

  /// Takes `gradients` of the frame's rows back to the lattices.
  /// - Parameter staged: for levels that are not regular, where the gradient of the box' first sample of a row goes,
  ///   `[samples, features]`.
  func backward(_ middle: Range<Int>, staged: (_ level: Int, _ middle: Int) -> Floats) {
    let width = box.inner.count
    for (index, position) in middle.enumerated() {
      let source = gradients.floats + index * width * columns
      prepareWeights(position)
      for (level, grid) in levels.enumerated() {
        if grid.isRegular {
          for coordinate in grid.points(1, position..<position + 1) where backwardRows[level, coordinate] != coordinate {
            collect(level, coordinate)
            backwardRows[level, coordinate] = coordinate
          }
        } else {
          stage(level, from: source, count: width, into: staged(level, position))
        }
      }
      addBlended(
        source, to: backwardRows.even.floats, evenWeights.floats, backwardRows.odd.floats, oddWeights.floats,
        count: width, columns: columns)
    }
  }

  private func prepareWeights(_ middle: Int) {
    for level in levels where level.isRegular {
      let weights = level.weights(middle: middle)
      for column in level.column..<level.column + level.lattice.features {
        evenWeights.floats[column] = weights.even
        oddWeights.floats[column] = weights.odd
      }
    }
  }

  private func expand(_ index: Int, _ coordinate: Int) {
    guard forwardRows[index, coordinate] != coordinate else { return }
    forwardRows[index, coordinate] = coordinate
    let level = levels[index]
    guard let plane = planes[index]?.floats ?? lattices[index] else { return }
    expandRow(
      level.lattice, row: plane + coordinate * level.extents[2] * level.lattice.features, range: box.inner,
      into: forwardRows.buffer(coordinate) + level.column, stride: columns)
  }

  /// Collects the row that is in the buffer of `coordinate`, if there is one.
  private func collect(_ index: Int, _ coordinate: Int) {
    let there = backwardRows[index, coordinate]
    guard there >= 0, let patch = patches[index], let patchMemory else { return }
    backwardRows[index, coordinate] = -1
    let level = levels[index]
    let plane = planeGradients[index]?.floats ?? (patchMemory + patch.offset)
    collectRow(
      level.lattice, source: backwardRows.buffer(coordinate) + level.column, stride: columns, range: box.inner,
      into: plane + (there - patch.middle.lowerBound) * patch.row(level.lattice.features), width: patch.inner.count,
      firstPoint: patch.inner.lowerBound)
  }

  // MARK: Samples one by one

  /// Adds the features of single samples: of all levels, or of those that are not regular.
  func addIrregular(_ positions: SamplePositions, count: Int, to result: Floats, all: Bool) {
    for (index, level) in levels.enumerated() where all || !level.isRegular {
      addInterpolated(
        level.lattice, table: tables[index], positions, count: count, to: result + level.column, stride: columns)
    }
  }

  /// Copies one level's columns of gradients, `[count, features]`.
  func stage(_ index: Int, from source: Floats, count: Int, into target: Floats) {
    let features = levels[index].lattice.features
    let first = source + levels[index].column
    for sample in 0..<count {
      for feature in 0..<features { target[sample * features + feature] = first[sample * columns + feature] }
    }
  }

  /// Positions of a row of the box, if a level asks for them.
  private func rowPositions(_ outer: Int, _ middle: Int) -> SamplePositions {
    if !isRegular { positions.setRow(outer, middle, box.inner) }
    return positions.views
  }
}

/// Memory for the positions of samples.
final class PositionList {
  let views: SamplePositions
  let capacity: Int
  private let buffers: [AlignedBuffer]

  init(capacity: Int) {
    self.capacity = capacity
    buffers = (0..<3).map { _ in AlignedBuffer(count: capacity) }
    let views = buffers.map {
      Indices(UnsafeMutableRawPointer($0.floats.pointer).bindMemory(to: Int32.self, capacity: max(capacity, 1)))
    }
    self.views = SamplePositions(outer: views[0], middle: views[1], inner: views[2])
  }

  /// Writes down a row of samples.
  func setRow(_ outer: Int, _ middle: Int, _ inner: Range<Int>) {
    for (index, position) in inner.enumerated() { set(index, outer, middle, position) }
  }

  func set(_ index: Int, _ outer: Int, _ middle: Int, _ inner: Int) {
    views.outer[index] = Int32(outer)
    views.middle[index] = Int32(middle)
    views.inner[index] = Int32(inner)
  }
}
