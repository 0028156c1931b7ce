import Kernels

/// A multiresolution hash grid and its ReLU network, forward and backward by hand.
///
/// Native order is raster order. A full batch goes over the lattices: table rows are copied to their lattice points,
/// interpolated in a separable way (`HashGridWorker`), and the points' gradients added to their rows in a fixed order, a
/// level a thread. Levels much finer than the data, and mini-batches, look up every sample's corners; their gradients
/// wait, and each level adds its own in the samples' order.
public final class HashGrid: Network {
  public let configuration: HashGridConfiguration
  public let parameters: ParameterStore
  public let order: SampleOrder
  public let channels: Int
  public let batchUnits: BatchUnits

  /// Three axes.
  let shape: [Int]
  let columns: Int
  let levels: [HashGridLevel]
  let layers: ReLULayers
  private let cuts: HashGridBoxes
  /// For every box and level; nil for levels that are not regular.
  private let patches: [[LatticePatch?]]
  private let patchFloats: Int
  private let lattices: [AlignedBuffer?]
  // Made when a step first wants them: drawing needs neither.
  private var patchMemory: AlignedBuffer?
  private var partials: AlignedBuffer?
  private var staged: [AlignedBuffer?]
  /// Of a mini-batch's samples.
  private(set) var positions = PositionList(capacity: 0)
  private(set) var workers: [HashGridWorker] = []

  /// Samples whose features are in memory at a time, a row of a box at least.
  static let blockRows = HashGridBoxes.mostColumns
  private static let mostChunks = 64
  /// Samples of a mini-batch's chunk at least.
  private static let samplesPerChunk = 1_024

  public init(_ configuration: HashGridConfiguration, shape: [Int], channels: Int) throws(ConfigurationError) {
    let store = ParameterStore(try configuration.tensors(shape: shape, channels: channels))
    self.configuration = configuration
    self.channels = channels
    parameters = store
    order = .raster(shape: shape)
    batchUnits = BatchUnits(count: shape.reduce(1, *), samplesPerUnit: 1)
    self.shape = Self.threeAxes(shape)
    columns = paddedRowLength(configuration.levels * configuration.features)
    let levels = (0..<configuration.levels).map { HashGridLevel($0, of: configuration, shape: shape) }
    self.levels = levels
    let sizes = configuration.layerSizes(channels: channels)
    layers = ReLULayers(store, tensors: Array(store.tensors.dropFirst(levels.count)), sizes: sizes)
    let cuts = HashGridBoxes(shape: self.shape, mostChunks: Self.mostChunks(sizes))
    self.cuts = cuts
    var offset = 0
    patches = cuts.boxes.map { box in
      levels.map { level in
        guard level.isRegular else { return nil }
        let patch = LatticePatch(
          outer: level.points(0, box.outer), middle: level.points(1, box.middle), inner: level.points(2, box.inner),
          offset: offset)
        offset += paddedRowLength(patch.count(configuration.features))
        return patch
      }
    }
    patchFloats = offset
    lattices = levels.map { level in
      level.isRegular ? AlignedBuffer(count: level.extents.reduce(configuration.features, *)) : nil
    }
    staged = levels.map { _ in nil }
  }

  /// Bytes that training on full batches takes beside the target, the optimiser's counts of table entries included.
  public static func memory(
    _ configuration: HashGridConfiguration, shape: [Int], channels: Int, threads: Int
  ) throws(ConfigurationError) -> Int {
    let tensors = try configuration.tensors(shape: shape, channels: channels)
    let parameters = tensors.reduce(0) { $0 + paddedRowLength($1.count) }
    let features = configuration.features
    let samples = shape.reduce(1, *)
    let levels = (0..<configuration.levels).map { level in
      let geometry = configuration.geometry(level, axes: shape.count)
      return (geometry: geometry, isRegular: HashGridLevel.isRegular(geometry, shape: shape))
    }
    let data = levels.reduce(0) { sum, level in
      // Lattice values and patches; these overlap by a point an axis, at coarse levels by more than half of it.
      let points = level.geometry.extents.reduce(1, *)
      return sum + features * (level.isRegular ? 3 * points : samples)
    }
    let sizes = configuration.layerSizes(channels: channels)
    let floats = ReLULayers.floats(sizes)
    let columns = paddedRowLength(configuration.levels * features)
    let worker = HashGridWorker.floats(levels, features: features, columns: columns, blockRows: blockRows)
    let chunks = min(mostChunks(sizes) * 8 / 7 + 1, samples)
    return 4 * (4 * parameters + data + floats.prepared + chunks * floats.partial + threads * (worker + floats.scratch))
  }

  private static func threeAxes(_ shape: [Int]) -> [Int] { Array(repeating: 1, count: 3 - shape.count) + shape }

  /// Partial gradients of all chunks shall not take more than 48 MB.
  private static func mostChunks(_ sizes: [(inputs: Int, outputs: Int)]) -> Int {
    max(2, min(mostChunks, 12_000_000 / ReLULayers.floats(sizes).partial))
  }

  // MARK: Steps

  public func lossAndGradient(
    _ batch: Batch, target: Floats, prediction: Floats?, parallel: Parallel
  ) -> LossReport {
    prepare(batch, parallel)
    let count = size(of: batch)
    let chunks = chunkCount(batch)
    let extent = layers.partialFloats
    let partials = buffer(&partials, chunks * extent)
    let sums = Results(count: chunks, initial: SquaredErrors())
    let scale = 2 / Float(count * channels)
    for (index, level) in levels.enumerated() where !(isFull(batch) && level.isRegular) {
      _ = buffer(&staged[index], count * configuration.features)
    }
    let memory = isFull(batch) ? buffer(&patchMemory, patchFloats).floats : nil
    let staged = staged.map { $0?.floats }

    parallel.forEach(chunks: chunks) { [self] chunk, worker in
      let worker = workers[worker]
      let partial = partials.floats + chunk * extent
      fill(partial, with: 0, count: extent)
      forEachBlock(of: batch, chunk: chunk, worker, memory: memory, staged: staged) { rows, runs in
        for strip in stride(from: 0, to: rows, by: ReLULayers.stripRows) {
          let stripRows = min(ReLULayers.stripRows, rows - strip)
          let inputs = worker.features.floats + strip * columns
          layers.forward(inputs, rows: stripRows, worker.layers)
          forEachRun(runs, from: strip, count: stripRows) { row, sample, length in
            sums.values[chunk] += layers.measure(
              row: row, count: length, target: target + sample * channels,
              prediction: prediction.map { $0 + sample * channels }, scale: scale, partial: partial, worker.layers)
          }
          layers.backward(
            inputs, rows: stripRows, worker.layers, partial: partial,
            into: worker.gradients.floats + strip * columns)
        }
      }
    }
    layers.reduce(partials.floats, chunks: chunks, parallel)
    reduceTables(batch, memory: memory, staged: staged, parallel)
    var report = LossReport()
    report.values = count * channels
    for sum in sums.array { report.errors += sum }
    return report
  }

  public func predict(_ batch: Batch, into prediction: Floats, parallel: Parallel) -> Bool {
    predict(batch, levels: levels.count, into: prediction, parallel: parallel)
    return true
  }

  /// The outputs with the features of the first `count` levels, the others' 0.
  func predict(_ batch: Batch, levels count: Int, into prediction: Floats, parallel: Parallel) {
    let kept = count * configuration.features
    forEachStrip(of: batch, parallel) { [self] worker, strip, rows, runs in
      let inputs = worker.features.floats + strip * columns
      if count < levels.count {
        for row in 0..<rows { fill(inputs + (row * columns + kept), with: 0, count: columns - kept) }
      }
      layers.forward(inputs, rows: rows, worker.layers)
      forEachRun(runs, from: strip, count: rows) { row, sample, length in
        // Units' outputs follow one another in the batch's order.
        let place = runs.position.map { $0 + strip + row } ?? sample
        layers.copyOutputs(row: row, count: length, into: prediction + place * channels, worker.layers)
      }
    }
  }

  /// A forward pass: calls `body(worker, strip, rows, runs)` with the features of a strip's samples in the worker.
  func forEachStrip(
    of batch: Batch, _ parallel: Parallel, _ body: (HashGridWorker, Int, Int, Runs) -> Void
  ) {
    prepare(batch, parallel)
    parallel.forEach(chunks: chunkCount(batch)) { [self] chunk, worker in
      let worker = workers[worker]
      forEachBlock(of: batch, chunk: chunk, worker, memory: nil, staged: []) { rows, runs in
        for strip in stride(from: 0, to: rows, by: ReLULayers.stripRows) {
          body(worker, strip, min(ReLULayers.stripRows, rows - strip), runs)
        }
      }
    }
  }

  private func isFull(_ batch: Batch) -> Bool { if case .all = batch { true } else { false } }

  private func size(of batch: Batch) -> Int {
    if case .units(let units) = batch { units.count } else { order.sampleCount }
  }

  private func chunkCount(_ batch: Batch) -> Int {
    guard case .units(let units) = batch else { return cuts.chunks.count }
    let most = Self.mostChunks(configuration.layerSizes(channels: channels))
    return max(1, min(most, units.count / Self.samplesPerChunk))
  }

  private func buffer(_ buffer: inout AlignedBuffer?, _ count: Int) -> AlignedBuffer {
    if let buffer, buffer.count >= count { return buffer }
    let new = AlignedBuffer(count: count)
    buffer = new
    return new
  }

  func table(_ level: Int) -> Int { parameters.tensors[level].offset }

  func prepare(_ batch: Batch, _ parallel: Parallel) {
    while workers.count < parallel.threads {
      workers.append(
        HashGridWorker(
          levels, tables: levels.indices.map { parameters.values.floats + table($0) },
          lattices: lattices.map { $0?.floats }, columns: columns, blockRows: Self.blockRows, layers: layers.scratch()))
    }
    layers.prepare()
    if case .units(let units) = batch {
      if positions.capacity < units.count { positions = PositionList(capacity: units.count) }
      parallel.forEach(count: units.count, grain: 4_096) { [positions, shape] range in
        for index in range {
          let (line, inner) = Int(units[index]).quotientAndRemainder(dividingBy: shape[2])
          let (outer, middle) = line.quotientAndRemainder(dividingBy: shape[1])
          positions.set(index, outer, middle, inner)
        }
      }
      return
    }
    parallel.forEach(chunks: levels.count) { [self] index, _ in
      let level = levels.count - 1 - index
      guard let lattice = lattices[level] else { return }
      readLattice(levels[level].lattice, table: parameters.values.floats + table(level), into: lattice.floats)
    }
  }

  // MARK: Blocks

  /// Which samples a block's rows are: rows of `width` samples, `distance` apart in raster order, or a list.
  struct Runs {
    var first = 0
    var width = 1
    var distance = 1
    /// A mini-batch's units from this position on.
    var position: Int?
    var units: [Int32] = []
  }

  /// Calls `body(row, sample, length)` for stretches of consecutive samples among `count` rows of a block; `row` counts
  /// from `start`.
  private func forEachRun(_ runs: Runs, from start: Int, count: Int, _ body: (Int, Int, Int) -> Void) {
    var row = 0
    while row < count {
      if let position = runs.position {
        body(row, Int(runs.units[position + start + row]), 1)
        row += 1
      } else {
        let (line, column) = (start + row).quotientAndRemainder(dividingBy: runs.width)
        let length = min(runs.width - column, count - row)
        body(row, runs.first + line * runs.distance + column, length)
        row += length
      }
    }
  }

  /// Takes a chunk's samples block by block through the grid; between the way there and the way back, `body` has the
  /// features of `rows` samples in the worker, and leaves their gradients there.
  ///
  /// - Parameter memory, staged: where regular levels' patches and other levels' gradients go; nil and empty for a
  ///   forward pass alone.
  private func forEachBlock(
    of batch: Batch, chunk: Int, _ worker: HashGridWorker, memory: Floats?, staged: [Floats?],
    _ body: (_ rows: Int, _ runs: Runs) -> Void
  ) {
    if case .units(let units) = batch {
      let chunks = chunkCount(batch)
      let end = units.count * (chunk + 1) / chunks
      for start in stride(from: units.count * chunk / chunks, to: end, by: Self.blockRows) {
        let rows = min(Self.blockRows, end - start)
        fill(worker.features.floats, with: 0, count: rows * columns)
        worker.addIrregular(positions.views + start, count: rows, to: worker.features.floats, all: true)
        body(rows, Runs(position: start, units: units))
        for (level, target) in staged.enumerated() {
          guard let target else { continue }
          worker.stage(
            level, from: worker.gradients.floats, count: rows, into: target + start * configuration.features)
        }
      }
      return
    }
    for index in cuts.chunks[chunk] {
      let box = cuts.boxes[index]
      worker.begin(box, patches: patches[index], memory: memory)
      let lines = max(1, Self.blockRows / box.inner.count)
      for outer in box.outer {
        worker.beginFrame(outer)
        for line in stride(from: box.middle.lowerBound, to: box.middle.upperBound, by: lines) {
          let middle = line..<min(line + lines, box.middle.upperBound)
          worker.forward(outer, middle)
          let first = { [shape] line in (outer * shape[1] + line) * shape[2] + box.inner.lowerBound }
          body(
            middle.count * box.inner.count,
            Runs(first: first(line), width: box.inner.count, distance: shape[2]))
          guard memory != nil else { continue }
          worker.backward(middle) { [configuration] level, line in
            staged[level]! + first(line) * configuration.features
          }
        }
        worker.endFrame(outer)
      }
    }
  }

  // MARK: Tables

  /// Every level adds what its lattice points or samples have gathered to its table's rows, in an order of their own.
  private func reduceTables(_ batch: Batch, memory: Floats?, staged: [Floats?], _ parallel: Parallel) {
    let gradient = parameters.gradient.floats
    // The finest first: it takes longest.
    parallel.forEach(chunks: levels.count) { [self] index, worker in
      let index = levels.count - 1 - index
      let level = levels[index]
      let target = gradient + table(index)
      fill(target, with: 0, count: parameters.tensors[index].count)
      if let memory, let lattice = lattices[index]?.floats {
        sumPatches(index, memory, into: lattice)
        addLattice(level.lattice, lattice, to: target)
      } else if let gradients = staged[index] {
        addStaged(batch, level, gradients, workers[worker], to: target)
      }
    }
  }

  /// Adds the boxes' patches in their order. The lattice's values have served and make room for their gradient.
  private func sumPatches(_ index: Int, _ memory: Floats, into lattice: Floats) {
    let features = configuration.features
    let extents = levels[index].extents
    fill(lattice, with: 0, count: extents.reduce(features, *))
    for patches in patches {
      guard let patch = patches[index] else { continue }
      var source = memory + patch.offset
      for outer in patch.outer {
        for middle in patch.middle {
          let row = lattice + ((outer * extents[1] + middle) * features * extents[2] + patch.inner.lowerBound)
          for feature in 0..<features {
            add(source, to: row + feature * extents[2], count: patch.inner.count)
            source = source + patch.inner.count
          }
        }
      }
    }
  }

  /// Adds the gradients of single samples in their order.
  private func addStaged(
    _ batch: Batch, _ level: HashGridLevel, _ gradients: Floats, _ worker: HashGridWorker, to target: Floats
  ) {
    if case .units(let units) = batch {
      addInterpolatedBackward(level.lattice, gradient: gradients, positions.views, count: units.count, to: target)
      return
    }
    var source = gradients
    for line in 0..<shape[0] * shape[1] {
      for start in stride(from: 0, to: shape[2], by: Self.blockRows) {
        let row = start..<min(start + Self.blockRows, shape[2])
        worker.positions.setRow(line / shape[1], line % shape[1], row)
        addInterpolatedBackward(
          level.lattice, gradient: source, worker.positions.views, count: row.count, to: target)
        source = source + row.count * configuration.features
      }
    }
  }
}
