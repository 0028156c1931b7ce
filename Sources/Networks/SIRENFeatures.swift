import Kernels

/// SIREN's sine layers 1…L−1 as maps, sample by sample; layers after the one that is asked for are left out.
extension SIREN: FeatureSource {
  public var featureLayers: [FeatureLayer] {
    (1...sineLayers).map { layer in
      FeatureLayer(
        title: "layer \(layer)", shape: order.shape, isPerSample: true, units: hidden,
        parts: [.activation] + (layer == sineLayers ? (0..<channels).map { .contribution(channel: $0) } : []))
    }
  }

  public func features(
    _ layer: Int, _ part: FeaturePart, units: [Int], lattice: SampleLattice, parallel: Parallel
  ) -> FeatureMap {
    _ = checked(layer, part, units: units, lattice: lattice)
    prepare()
    var scale: ((Int) -> Float)?
    if case .contribution(let channel) = part { scale = { [self] in paddedHead.floats[channel * columns + $0] } }
    let samples = Batch.units(lattice.rasterIndices(of: order.shape))
    return FeatureMap(shape: lattice.counts, units: units) { maps in
      let columnsOfUnits = FeatureColumns(units, scale: scale, maps: maps, points: lattice.count)
      let chunks = (lattice.count + Self.blockRows - 1) / Self.blockRows
      forEachBlock(lattice.count, chunks: chunks, parallel) { [self] _, rows, _, scratch in
        _ = activations(samples, rows: rows, scratch: scratch, layers: layer + 1)
        columnsOfUnits.take(scratch.sine[layer].floats, rows: rows.count, stride: columns) { rows.lowerBound + $0 }
      }
    }
  }
}
