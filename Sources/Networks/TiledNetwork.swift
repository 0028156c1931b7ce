import Kernels

/// A network of tiled layers (KiloNeRF, LoE): native order is raster order, a unit is one sample.
///
/// Blocks of samples pass through all layers, forward and backward, within the second-level cache. The first layer uses
/// that the encoding of a sample is a sum over the axes once it is multiplied: `W enc(x) = Σ_a W_a enc_a(x_a)`, so in a
/// box of 32×32 samples there are 64 products with half of W in place of 1,024 with all of it; backward likewise sums dz
/// over the other axes first. Both are exact.
public class TiledNetwork: Network {
  public let parameters: ParameterStore
  public let order: SampleOrder
  public let batchUnits: BatchUnits
  public var channels: Int { layout.channels }

  let layout: TiledLayout
  private let encoding: AxisEncoding
  private let fullPlan: TiledPlan
  /// Shared tensors, padded, and the transposes of square ones.
  let shared, sharedTransposed: AlignedBuffer
  /// Partial gradients of the shared tensors a chunk; of own tensors a segment, where tiles are split.
  private var sharedPartials, ownPartials: AlignedBuffer?
  private(set) var blocks: [TiledBlock] = []

  init(_ layout: TiledLayout) {
    self.layout = layout
    parameters = ParameterStore(layout.parameterTensors)
    order = .raster(shape: layout.shape)
    batchUnits = BatchUnits(count: layout.shape.reduce(1, *), samplesPerUnit: 1)
    encoding = AxisEncoding(shape: layout.shape, frequencies: layout.frequencies)
    fullPlan = TiledPlan(full: layout, blockRows: TiledBlock.rows)
    shared = AlignedBuffer(count: layout.sharedExtent)
    sharedTransposed = AlignedBuffer(count: layout.sharedExtent)
  }

  /// Bytes that training takes beside the target.
  static func memory(_ layout: TiledLayout, threads: Int) -> Int {
    let parameters = 2 * layout.parameterTensors.reduce(0) { $0 + paddedRowLength($1.count) }
    let encodings = layout.shape.reduce(0, +) * paddedRowLength(AxisEncoding.inputs(frequencies: layout.frequencies))
    let samples = layout.shape.reduce(1, *)
    // Halving leaves a piece more than a quarter full; a box is at least one piece.
    let boxes = (0..<layout.axes).reduce(1) { $0 * layout.leadingRanges(axis: $1).count }
    let pieces = boxes + 4 * samples / TiledBlock.rows
    let plan = pieces * (MemoryLayout<TiledPlan.Piece>.stride + 8 * layout.axes)
    let shared = (2 + TiledPlan.mostSharedChunks) * layout.sharedExtent
    let own = TiledPlan.mostSplitSegments * layout.ownExtent
    return 4 * (parameters + encodings + shared + own) + plan + threads * TiledBlock.memory(layout)
  }

  public func lossAndGradient(
    _ batch: Batch, target: Floats, prediction: Floats?, parallel: Parallel
  ) -> LossReport {
    let plan = plan(for: batch)
    prepare(parallel)
    let sharedParts = partials(&sharedPartials, count: plan.chunks.count * layout.sharedExtent)
    let ownParts = partials(&ownPartials, count: plan.splitsTiles ? plan.segmentTiles.count * layout.ownExtent : 0)
    // Tiles without samples: their gradient is zero.
    let gradient = parameters.gradient.floats
    parallel.forEach(count: parameters.extent, grain: 65_536) {
      fill(gradient + $0.lowerBound, with: 0, count: $0.count)
    }
    let values = plan.pieces.reduce(0) { $0 + $1.samples } * channels
    let scale = 2 / Float(max(values, 1))
    let sums = Results(count: plan.chunks.count, initial: SquaredErrors())
    parallel.forEach(chunks: plan.chunks.count) { [self] chunk, worker in
      let block = blocks[worker]
      let partial = sharedParts + chunk * layout.sharedExtent
      fill(partial, with: 0, count: layout.sharedExtent)
      let gradients = Gradients(plan: plan, shared: partial, ownParts: ownParts)
      forEachBlock(plan, chunk: chunk, block: block, placesInBatch: false) {
        forward(block)
        sums.values[chunk] += loss(block, plan: plan, target: target, prediction: prediction, scale: scale)
        backward(block, gradients)
      }
      endSegment(block, gradients)
    }
    reduce(plan, sharedParts: sharedParts, ownParts: ownParts, parallel)
    var report = LossReport()
    report.values = values
    for sum in sums.array { report.errors += sum }
    report.argumentsInRange = report.errors.squares.isFinite
    return report
  }

  public func predict(_ batch: Batch, into prediction: Floats, parallel: Parallel) -> Bool {
    let plan = plan(for: batch)
    prepare(parallel)
    let finite = Results(count: plan.chunks.count, initial: true)
    parallel.forEach(chunks: plan.chunks.count) { [self] chunk, worker in
      let block = blocks[worker]
      forEachBlock(plan, chunk: chunk, block: block, placesInBatch: true) {
        forward(block)
        finite.values[chunk] = outputs(block, plan: plan, into: prediction) && finite.values[chunk]
      }
    }
    return finite.all { $0 }
  }

  func plan(for batch: Batch) -> TiledPlan {
    switch batch {
    case .all: fullPlan
    case .units(let units): TiledPlan(units: units, layout: layout, blockRows: TiledBlock.rows)
    }
  }

  private func partials(_ buffer: inout AlignedBuffer?, count: Int) -> Floats {
    if let buffer, buffer.count >= count { return buffer.floats }
    let new = AlignedBuffer(count: count)
    buffer = new
    return new.floats
  }

  /// Pads the shared tensors anew, and forgets whose own tensors the blocks hold.
  func prepare(_ parallel: Parallel) {
    while blocks.count < parallel.threads { blocks.append(TiledBlock(layout, encoding: encoding)) }
    for block in blocks { block.loadedTile = -1 }
    let values = parameters.values.floats
    for (index, tensor) in layout.tensors.enumerated() where !tensor.isOwn {
      let parameter = parameters.tensors[index]
      let matrix = tensor.rows * tensor.length
      parallel.forEach(count: parameter.count / matrix, grain: 8) { [self] tiles in
        for tile in tiles {
          let offset = tensor.offset + tile * tensor.tileExtent
          tensor.load(
            values + parameter.offset + tile * matrix, padded: shared.floats + offset,
            transposed: sharedTransposed.floats + offset)
        }
      }
    }
  }

  /// Fills the block again and again until the chunk's pieces are through; where tensors are shared, several tiles go
  /// into one block, so that later layers have more rows a tile.
  func forEachBlock(
    _ plan: TiledPlan, chunk: Int, block: TiledBlock, placesInBatch: Bool, _ body: () -> Void
  ) {
    let range = plan.chunks[chunk]
    block.segment = -1
    var piece = range.lowerBound
    while piece < range.upperBound {
      block.clear()
      repeat {
        block.append(plan.pieces[piece], of: plan, placesInBatch: placesInBatch)
        piece += 1
      } while !layout.isOneNetworkPerTile && piece < range.upperBound
        && block.rows + plan.pieces[piece].samples <= TiledBlock.rows
      block.groupRows()
      body()
    }
  }

  /// Adds partial gradients in their order and brings them into the parameters' layout.
  private func reduce(_ plan: TiledPlan, sharedParts: Floats, ownParts: Floats, _ parallel: Parallel) {
    guard !plan.chunks.isEmpty else { return }
    let gradient = parameters.gradient.floats
    let sharedExtent = layout.sharedExtent
    parallel.forEach(count: sharedExtent, grain: 4_096) { range in
      sumParts(sharedParts, count: plan.chunks.count, distance: sharedExtent, range: range, into: sharedParts)
    }
    for (index, tensor) in layout.tensors.enumerated() where !tensor.isOwn {
      let parameter = parameters.tensors[index]
      let matrix = tensor.rows * tensor.length
      parallel.forEach(count: parameter.count / matrix, grain: 8) { tiles in
        for tile in tiles {
          tensor.unload(
            sharedParts + tensor.offset + tile * tensor.tileExtent, into: gradient + parameter.offset + tile * matrix)
        }
      }
    }
    guard plan.splitsTiles else { return }
    var first = 0
    while first < plan.segmentTiles.count {
      let tile = plan.segmentTiles[first]
      var end = first + 1
      while end < plan.segmentTiles.count, plan.segmentTiles[end] == tile { end += 1 }
      let parts = ownParts + first * layout.ownExtent
      sumParts(
        parts, count: end - first, distance: layout.ownExtent, range: 0..<layout.ownExtent, into: parts)
      unloadOwn(parts, tile: tile)
      first = end
    }
  }

  /// Writes a leading tile's own gradient into the store.
  func unloadOwn(_ padded: Floats, tile: Int) {
    for (index, tensor) in layout.tensors.enumerated() where tensor.isOwn {
      let start = parameters.tensors[index].offset + tile * tensor.rows * tensor.length
      tensor.unload(padded + tensor.offset, into: parameters.gradient.floats + start)
    }
  }
}
