import Kernels

/// A hash grid as maps: each level's features interpolated at the samples, each level's table, and the ReLU layers.
extension HashGrid: FeatureSource {
  public var featureLayers: [FeatureLayer] {
    let count = configuration.features
    let grids = levels.indices.map {
      FeatureLayer(title: "grid level \($0)", shape: order.shape, isPerSample: true, units: count, parts: [.activation])
    }
    let tables = levels.indices.map { index in
      FeatureLayer(
        title: "table of grid level \(index)", shape: tableShape(index), isPerSample: false, units: count,
        parts: levels[index].geometry.isHashed ? [.table, .occupancy, .collisions] : [.table])
    }
    let hidden = configuration.layers - 1
    let dense = (1...hidden).map { layer in
      FeatureLayer(
        title: "layer \(layer)", shape: order.shape, isPerSample: true, units: configuration.hidden,
        parts: [.activation] + (layer == hidden ? (0..<channels).map { .contribution(channel: $0) } : []))
    }
    return grids + tables + dense
  }

  public func features(
    _ layer: Int, _ part: FeaturePart, units: [Int], lattice: SampleLattice, parallel: Parallel
  ) -> FeatureMap {
    _ = checked(layer, part, units: units, lattice: lattice)
    let count = levels.count
    switch part {
    case .table:
      return tableMap(layer - count, units: units, lattice: lattice)
    case .occupancy, .collisions:
      let uses = rowUses(layer - count, isOccupancy: part == .occupancy)
      let rows = rowNumbers(layer - count, lattice)
      return FeatureMap(shape: lattice.counts, units: [0], values: rows.map { uses[Int($0)] })
    default:
      return FeatureMap(shape: lattice.counts, units: units) { maps in
        if layer < count {
          interpolate(layer, units: units, lattice: lattice, maps: maps, parallel)
        } else {
          activate(layer - 2 * count, part, units: units, lattice: lattice, maps: maps, parallel)
        }
      }
    }
  }

  // MARK: Samples

  private func interpolate(
    _ index: Int, units: [Int], lattice: SampleLattice, maps: UnsafeMutablePointer<Float>, _ parallel: Parallel
  ) {
    let level = levels[index]
    let features = configuration.features
    let count = lattice.count
    prepare(.units(lattice.rasterIndices(of: order.shape)), parallel)
    let columnsOfUnits = FeatureColumns(units, maps: maps, points: count)
    parallel.forEach(chunks: (count + Self.blockRows - 1) / Self.blockRows) { [self] chunk, worker in
      let start = chunk * Self.blockRows
      let rows = min(Self.blockRows, count - start)
      let result = workers[worker].features.floats
      fill(result, with: 0, count: rows * features)
      addInterpolated(
        level.lattice, table: parameters.values.floats + table(index), positions.views + start, count: rows,
        to: result, stride: features)
      columnsOfUnits.take(result, rows: rows, stride: features) { start + $0 }
    }
  }

  private func activate(
    _ layer: Int, _ part: FeaturePart, units: [Int], lattice: SampleLattice, maps: UnsafeMutablePointer<Float>,
    _ parallel: Parallel
  ) {
    layers.prepare()
    var scale: ((Int) -> Float)?
    if case .contribution(let channel) = part { scale = { [self] in layers.headWeight(channel: channel, unit: $0) } }
    let columnsOfUnits = FeatureColumns(units, scale: scale, maps: maps, points: lattice.count)
    forEachStrip(of: .units(lattice.rasterIndices(of: order.shape)), parallel) { [self] worker, strip, rows, runs in
      layers.forward(worker.features.floats + strip * columns, rows: rows, worker.layers)
      let activations = layers.activations(layer, worker.layers)
      let first = (runs.position ?? 0) + strip
      columnsOfUnits.take(activations.floats, rows: rows, stride: activations.stride) { first + $0 }
    }
  }

  // MARK: Tables

  /// A dense level's lattice, the points included that lie one past its end; a hashed table's rows as a square, or as two
  /// of them side by side.
  private func tableShape(_ index: Int) -> [Int] {
    let geometry = levels[index].geometry
    guard geometry.isHashed else { return geometry.extents }
    let height = 1 << (geometry.rows.trailingZeroBitCount / 2)
    return [height, geometry.rows / height]
  }

  /// The table's rows that points of its map show.
  private func rowNumbers(_ index: Int, _ lattice: SampleLattice) -> [Int32] {
    let geometry = levels[index].geometry
    let shape = tableShape(index)
    guard !geometry.isHashed else { return lattice.rasterIndices(of: shape) }
    let keys = lattice.sums(shape.indices.map { axis in (0..<shape[axis]).map { $0 * Int(geometry.factors[axis]) } })
    return keys.map { $0 % Int32(geometry.rows) }
  }

  private func tableMap(_ index: Int, units: [Int], lattice: SampleLattice) -> FeatureMap {
    let values = parameters.values.floats + table(index)
    let rows = rowNumbers(index, lattice)
    return FeatureMap(shape: lattice.counts, units: units) { maps in
      for (place, feature) in units.enumerated() {
        for (point, row) in rows.enumerated() {
          maps[place * rows.count + point] = values[Int(row) * configuration.features + feature]
        }
      }
    }
  }

  /// Of every row of a hashed table: look-ups by samples, or lattice points that have any. Both follow from the sizes
  /// alone and never change.
  private func rowUses(_ index: Int, isOccupancy: Bool) -> [Float] {
    let level = levels[index]
    let mask = UInt32(level.geometry.rows - 1)
    // Samples are a product of positions, so a lattice point's look-ups are the product of its coordinates'.
    let factors = [UInt32](repeating: 0, count: 3 - level.geometry.factors.count) + level.geometry.factors
    let touched = (0..<3).map { axis -> [(key: UInt32, count: Int)] in
      var counts = [Int](repeating: 0, count: level.extents[axis] + 2)
      for (cell, fraction) in zip(level.cells[axis], level.fractions[axis]) {
        if fraction < 1 { counts[cell] += 1 }
        if fraction > 0 { counts[cell + 1] += 1 }
      }
      return counts.enumerated().filter { $0.element > 0 }.map { (UInt32($0.offset) &* factors[axis], $0.element) }
    }
    var uses = [Int](repeating: 0, count: level.geometry.rows)
    for outer in touched[0] {
      for middle in touched[1] {
        let (key, count) = (outer.key ^ middle.key, outer.count * middle.count)
        for inner in touched[2] { uses[Int((key ^ inner.key) & mask)] += isOccupancy ? count * inner.count : 1 }
      }
    }
    return uses.map(Float.init)
  }
}

/// The picture of the coarser levels alone.
extension HashGrid {
  public var truncationLevels: Int { levels.count }

  public func truncatedPrediction(level: Int, lattice: SampleLattice, parallel: Parallel) -> [Float] {
    precondition(levels.indices.contains(level), "level \(level) of \(levels.count)")
    let batch: Batch =
      lattice.isWhole(order.shape) ? .all : .units(lattice.rasterIndices(of: order.shape))
    let outputs = AlignedBuffer(count: lattice.count * channels)
    predict(batch, levels: level + 1, into: outputs.floats, parallel: parallel)
    return outputs.array
  }
}
