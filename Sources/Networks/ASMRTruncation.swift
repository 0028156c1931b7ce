import Kernels

/// The picture of the coarser levels alone.
extension ASMR {
  public var truncationLevels: Int { layout.levels }

  public func truncatedPrediction(level: Int, lattice: SampleLattice, parallel: Parallel) -> [Float] {
    precondition((0..<layout.levels).contains(level), "level \(level) of \(layout.levels)")
    let outputs = AlignedBuffer(count: layout.cells[level] * channels)
    if level == layout.levels - 1 {
      _ = predict(.all, into: outputs.floats, parallel: parallel)
    } else {
      _ = prepare(parallel)
      _ = forward(levels: level, parallel)
      predictFromMeans(after: level, into: outputs.floats, parallel)
    }
    let finer = layout.digits[(level + 1)...].reduce(1, *)
    let cells = lattice.sums(order.offsets.map { $0.map { $0 / finer } })
    return Array(unsafeUninitializedCapacity: cells.count * channels) { buffer, initialized in
      for (point, cell) in cells.enumerated() {
        for channel in 0..<channels {
          buffer[point * channels + channel] = outputs.floats[Int(cell) * channels + channel]
        }
      }
      initialized = cells.count * channels
    }
  }

  /// Outputs on the cells of `level`, `[C_level, channels]`, later activations replaced by their means over the digits.
  private func predictFromMeans(after level: Int, into outputs: Floats, _ parallel: Parallel) {
    let later = Array(levels[level...])
    let means = later.map { (sine: mean($0.sineB, of: $0), cosine: mean($0.cosineB, of: $0)) }
    let plan = later[0].plan
    let blockRows = plan.blocks.map(\.rows.count).max() ?? 1
    ensureScratch(parallel)
    let tables = (0..<parallel.threads).map { _ in (0..<2).map { _ in AlignedBuffer(count: blockRows * columns) } }
    let digits: [Int32] = [0]
    parallel.forEach(chunks: plan.chunks.count) { [self] chunk, worker in
      let (sine, cosine, scratch) = (tables[worker][0].floats, tables[worker][1].floats, scratch[worker])
      for block in plan.blocks[plan.chunks[chunk]] {
        let rows = block.rows.count
        var z = activations(level, plan: plan, block: block, scratch: scratch)
        for (layer, mean) in zip(later, means) {
          matrixProduct(
            .plain, .plain, m: rows, n: layer.hidden, k: layer.inputs, alpha: omega0, z.floats, lda: z.stride,
            layer.weightTransposed.floats, ldb: layer.hidden, cosine, ldc: columns)
          _ = sineCosine(
            argument: cosine, bias: layer.scaledBias.floats, rows: rows, columns: columns, sine: sine, cosine: cosine,
            stride: columns)
          digits.withUnsafeBufferPointer { digits in
            let first = Indices(UnsafeMutablePointer(mutating: digits.baseAddress!))
            for row in 0..<rows {
              combineSines(
                sineA: sine + row * columns, cosineA: cosine + row * columns, sineB: mean.sine.floats,
                cosineB: mean.cosine.floats, digits: first, count: 1, columns: columns,
                into: scratch.z.floats + row * columns)
            }
          }
          z = (scratch.z.floats, columns)
        }
        let result = outputs + block.rows.lowerBound * channels
        linearHead(
          z: z.floats, weight: paddedHead.floats, outputs: channels, rows: rows, columns: columns, into: result)
        for value in 0..<rows * channels {
          result[value] += parameters.values.floats[headBias.offset + value % channels]
        }
      }
    }
  }

  /// The mean over a level's digits of a table `[digits, columns]`.
  private func mean(_ table: AlignedBuffer, of level: ASMRLevel) -> AlignedBuffer {
    let sum = AlignedBuffer(count: columns)
    addColumnSums(table.floats, rows: level.digits, columns: columns, into: sum.floats)
    for column in 0..<columns { sum.floats[column] /= Float(level.digits) }
    return sum
  }
}
