import Kernels

/// Tiled networks as maps: activations sample by sample, and a map of the tiles of every layer that has its own.
extension TiledNetwork: FeatureSource {
  public var featureLayers: [FeatureLayer] {
    let samples = (1...layout.hiddenLayers).map { layer in
      let isLast = layer == layout.hiddenLayers
      return FeatureLayer(
        title: "layer \(layer)", shape: layout.shape, isPerSample: true, units: layout.hidden,
        parts: [.activation, .tile] + (isLast ? (0..<channels).map { .contribution(channel: $0) } : []))
    }
    let own = layout.isOneNetworkPerTile
    let tiles = (0..<layout.hiddenLayers + (own ? 1 : 0)).map { layer in
      let isHead = layer == layout.hiddenLayers
      return FeatureLayer(
        title: isHead ? "tiles of the head" : "tiles of layer \(layer + 1)", shape: layout.tiles[own ? 0 : layer],
        isPerSample: false, units: own ? (isHead ? channels : layout.hidden) : 1,
        parts: own ? [.weightNorm, .bias, .meanBias, .error] : [.weightNorm, .error],
        tilesOf: min(layer, layout.hiddenLayers - 1))
    }
    return samples + tiles
  }

  public func features(
    _ layer: Int, _ part: FeaturePart, units: [Int], lattice: SampleLattice, parallel: Parallel
  ) -> FeatureMap {
    let asked = checked(layer, part, units: units, lattice: lattice)
    switch part {
    case .tile:
      let offsets = layout.tileOffsets[layout.isOneNetworkPerTile ? 0 : layer].map { $0.map(Int.init) }
      return FeatureMap(shape: lattice.counts, units: [0], values: lattice.sums(offsets).map(Float.init))
    case .activation, .contribution:
      return FeatureMap(shape: lattice.counts, units: units) { maps in
        activate(layer, part, units: units, lattice: lattice, maps: maps, parallel)
      }
    default:
      let tiles = lattice.rasterIndices(of: asked.shape)
      let units = part.isPerUnit ? units : [0]
      return FeatureMap(shape: lattice.counts, units: units) { maps in
        parallel.forEach(count: tiles.count, grain: 64) { [self] range in
          for point in range {
            for (index, unit) in units.enumerated() {
              maps[index * tiles.count + point] = tileValue(layer - layout.hiddenLayers, part, tile: Int(tiles[point]), unit)
            }
          }
        }
      }
    }
  }

  /// A number of one tile's weight matrix or biases, from the parameters themselves.
  private func tileValue(_ layer: Int, _ part: FeaturePart, tile: Int, _ unit: Int) -> Float {
    let index = part == .weightNorm ? 2 * layer : 2 * layer + 1
    let tensor = layout.tensors[index]
    let count = tensor.rows * tensor.length
    let values = parameters.values.floats + (parameters.tensors[index].offset + tile * count)
    switch part {
    case .bias: return values[unit]
    case .meanBias: return Float((0..<count).reduce(0.0) { $0 + Double(values[$1]) } / Double(count))
    default: return Float((0..<count).reduce(0.0) { $0 + Double(values[$1]) * Double(values[$1]) }.squareRoot())
    }
  }

  private func activate(
    _ layer: Int, _ part: FeaturePart, units: [Int], lattice: SampleLattice, maps: UnsafeMutablePointer<Float>,
    _ parallel: Parallel
  ) {
    let plan = plan(for: .units(lattice.rasterIndices(of: layout.shape)))
    prepare(parallel)
    parallel.forEach(chunks: plan.chunks.count) { [self] chunk, worker in
      let block = blocks[worker]
      forEachBlock(plan, chunk: chunk, block: block, placesInBatch: true) {
        forward(block)
        // The head is the block's own where every tile has one.
        var scale: ((Int) -> Float)?
        if case .contribution(let channel) = part {
          let head = values(layout.headWeight, block) + channel * layout.columns
          scale = { head[$0] }
        }
        FeatureColumns(units, scale: scale, maps: maps, points: lattice.count)
          .take(block.activations[layer].floats, rows: block.rows, stride: layout.columns) {
            block.place($0, isFull: false)
          }
      }
    }
  }
}
