import Kernels

/// What happens within one block of cells, on one thread.
extension ASMR {
  /// `ω0 W z` of a block's rows into `scratch.alpha`; leaves z in `scratch.z`.
  func arguments(_ position: Int, plan: RowPlan, block: RowPlan.Block, scratch: Scratch) {
    let level = levels[position]
    let z = activations(position, plan: plan, block: block, scratch: scratch)
    matrixProduct(
      .plain, .plain, m: block.rows.count, n: level.hidden, k: level.inputs, alpha: omega0, z.floats, lda: z.stride,
      level.weightTransposed.floats, ldb: level.hidden, scratch.alpha.floats, ldc: columns)
  }

  /// The inputs of layer `position + 1` for a block: digits for the first layer, else `z` rebuilt from its factors.
  func activations(
    _ position: Int, plan: RowPlan, block: RowPlan.Block, scratch: Scratch
  ) -> (floats: Floats, stride: Int) {
    guard position > 0 else {
      // Layer 1's rows are few; a mini-batch of a two-level network gathers them.
      let axes = layout.axes
      for (index, row) in block.rows.enumerated() {
        for axis in 0..<axes {
          scratch.z.floats[index * axes + axis] = firstDigits.floats[Int(plan.cells[row]) * axes + axis]
        }
      }
      return (scratch.z.floats, axes)
    }
    let parent = levels[position - 1]
    plan.digits.withUnsafeBufferPointer { digits in
      let digits = Indices(UnsafeMutablePointer(mutating: digits.baseAddress!))
      for group in plan.groups[block.groups] {
        combineSines(
          sineA: parent.sineA.floats + group.parent * columns, cosineA: parent.cosineA.floats + group.parent * columns,
          sineB: parent.sineB.floats, cosineB: parent.cosineB.floats, digits: digits + group.rows.lowerBound,
          count: group.rows.count, columns: columns,
          into: scratch.z.floats + (group.rows.lowerBound - block.rows.lowerBound) * columns)
      }
    }
    return (scratch.z.floats, columns)
  }

  /// Raw outputs of a block's cells into `scratch.output`, `[sin α | cos α]` into `scratch.sineCosine`.
  func outputs(_ scratch: Scratch, block: RowPlan.Block, plan: RowPlan) -> Bool {
    let position = levels.count - 1
    let level = levels[position]
    arguments(position, plan: plan, block: block, scratch: scratch)
    let inRange = sineCosine(
      argument: scratch.alpha.floats, bias: level.scaledBias.floats, rows: block.rows.count, columns: columns,
      sine: scratch.sineCosine.floats, cosine: scratch.sineCosine.floats + columns, stride: 2 * columns)
    matrixProduct(
      .plain, .plain, m: block.rows.count, n: cellValues, k: 2 * columns, scratch.sineCosine.floats,
      lda: 2 * columns, factorsTransposed.floats, ldb: cellValues, scratch.output.floats, ldc: cellValues)
    return inRange
  }

  /// Forward, loss and backward of a block of the last level's cells.
  func trainBlock(
    _ scratch: Scratch, block: RowPlan.Block, plan: RowPlan, partial: Floats, target: Floats, prediction: Floats?,
    scale: Float
  ) -> ChunkSums {
    let position = levels.count - 1
    let level = levels[position]
    let offsets = level.partials
    let rows = block.rows.count
    var sums = ChunkSums()
    sums.inRange = outputs(scratch, block: block, plan: plan)
    for (index, row) in block.rows.enumerated() {
      let start = Int(plan.cells[row]) * cellValues
      sums.errors += squaredErrorRow(
        output: scratch.output.floats + index * cellValues, bias: cellBias.floats, target: target + start,
        weight: weights.map { $0.floats + start }, count: cellValues, scale: scale,
        prediction: prediction.map { $0 + start }, biasGradient: partial + offsets.outputBias)
    }
    // E = G·factors, F += Gᵀ·[sin α | cos α]
    matrixProduct(
      .plain, .plain, m: rows, n: 2 * columns, k: cellValues, scratch.output.floats, lda: cellValues,
      factors.floats, ldb: 2 * columns, scratch.gradient.floats, ldc: 2 * columns)
    matrixProduct(
      .transposed, .plain, m: cellValues, n: 2 * columns, k: rows, scratch.output.floats, lda: cellValues,
      scratch.sineCosine.floats, ldb: 2 * columns, beta: 1, partial + offsets.factors, ldc: 2 * columns)
    lastLevelBackward(
      gradient: scratch.gradient.floats, sineCosine: scratch.sineCosine.floats, rows: rows, columns: columns,
      into: scratch.alpha.floats, biasGradient: partial + offsets.bias)
    backwardThroughLayer(
      position, plan: plan, block: block, gradient: scratch.alpha.floats, scratch: scratch, partial: partial)
    return sums
  }

  /// From `dα` of a block to `dW` and to the coarser level's `dα` and `dβ`; needs the block's z in `scratch.z`.
  func backwardThroughLayer(
    _ position: Int, plan: RowPlan, block: RowPlan.Block, gradient: Floats, scratch: Scratch, partial: Floats
  ) {
    let level = levels[position]
    let rows = block.rows.count
    matrixProduct(
      .transposed, .plain, m: level.hidden, n: level.inputs, k: rows, alpha: omega0, gradient, lda: columns,
      scratch.z.floats, ldb: position == 0 ? layout.axes : columns, beta: 1, partial + level.partials.weight,
      ldc: level.inputs)
    guard position > 0 else { return }
    let parent = levels[position - 1]
    matrixProduct(
      .plain, .plain, m: rows, n: level.inputs, k: level.hidden, alpha: omega0, gradient, lda: columns,
      parameters.values.floats + level.weight.offset, ldb: level.inputs, scratch.dz.floats, ldc: columns)
    plan.digits.withUnsafeBufferPointer { digits in
      let digits = Indices(UnsafeMutablePointer(mutating: digits.baseAddress!))
      for group in plan.groups[block.groups] {
        combineSinesBackward(
          gradient: scratch.dz.floats + (group.rows.lowerBound - block.rows.lowerBound) * columns,
          sineA: parent.sineA.floats + group.parent * columns, cosineA: parent.cosineA.floats + group.parent * columns,
          sineB: parent.sineB.floats, cosineB: parent.cosineB.floats, digits: digits + group.rows.lowerBound,
          count: group.rows.count, columns: columns, gradientA: parent.gradientA.floats + group.parent * columns,
          continues: group.continues, gradientB: partial + level.partials.parentDigits)
      }
    }
  }
}
