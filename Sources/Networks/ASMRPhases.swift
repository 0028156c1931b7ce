import Kernels

/// The parallel phases of a step, coarse to fine and back.
extension ASMR {
  /// Transposes, modulations, output factors: all that depends on the parameters alone.
  func prepare(_ parallel: Parallel) -> Bool {
    let flags = Results(count: levels.count, initial: true)
    parallel.forEach(chunks: levels.count) { [self] position, _ in
      levels[position].prepare(parameters, omega0: omega0)
      flags.values[position] = modulators[position].forward(levels[position], parameters: parameters)
    }
    let last = levels[levels.count - 1]
    copyPadded(
      parameters.values.floats + headWeight.offset, rows: channels, columns: layout.hidden, into: paddedHead.floats,
      stride: columns)
    outputFactors(
      weight: paddedHead.floats, outputs: channels, sineB: last.sineB.floats, cosineB: last.cosineB.floats,
      digits: last.digits, columns: columns, into: factors.floats)
    transpose(
      factors.floats, rows: cellValues, columns: 2 * columns, sourceStride: 2 * columns,
      into: factorsTransposed.floats, targetStride: cellValues)
    for value in 0..<cellValues {
      cellBias.floats[value] = parameters.values.floats[headBias.offset + value % channels]
    }
    return flags.all { $0 }
  }

  /// `sin α`, `cos α` of all levels but the last, coarse to fine.
  func forwardToLastLevel(_ parallel: Parallel) -> Bool { forward(levels: levels.count - 1, parallel) }

  /// `sin α`, `cos α` of the first `count` hidden layers, all but the last at most.
  func forward(levels count: Int, _ parallel: Parallel) -> Bool {
    var inRange = true
    for position in 0..<count {
      let level = levels[position]
      let flags = Results(count: level.plan.chunks.count, initial: true)
      ensureScratch(parallel)
      parallel.forEach(chunks: level.plan.chunks.count) { [self] chunk, worker in
        let scratch = scratch[worker]
        for block in level.plan.blocks[level.plan.chunks[chunk]] {
          let start = block.rows.lowerBound * columns
          arguments(position, plan: level.plan, block: block, scratch: scratch)
          let ok = sineCosine(
            argument: scratch.alpha.floats, bias: level.scaledBias.floats, rows: block.rows.count, columns: columns,
            sine: level.sineA.floats + start, cosine: level.cosineA.floats + start, stride: columns)
          flags.values[chunk] = flags.values[chunk] && ok
        }
      }
      inRange = flags.all { $0 } && inRange
    }
    return inRange
  }

  struct ChunkSums {
    var errors = SquaredErrors()
    var inRange = true
  }

  /// Runs the last level's blocks, chunk by chunk; `body` gets the chunk's partial sums.
  func lastLevel(
    _ plan: RowPlan, _ parallel: Parallel,
    _ body: (Scratch, RowPlan.Block, Floats) -> ChunkSums
  ) -> [ChunkSums] {
    let partials = levels[levels.count - 1].partials
    let sums = Results(count: plan.chunks.count, initial: ChunkSums())
    ensureScratch(parallel)
    parallel.forEach(chunks: plan.chunks.count) { [self] chunk, worker in
      let partial = partials.buffer.floats + chunk * partials.extent
      fill(partial, with: 0, count: partials.extent)
      for block in plan.blocks[plan.chunks[chunk]] {
        let block = body(scratch[worker], block, partial)
        sums.values[chunk].errors += block.errors
        sums.values[chunk].inRange = sums.values[chunk].inRange && block.inRange
      }
    }
    return sums.array
  }

  /// Backward of an inner level from the `dα` that the finer level left in `gradientA`.
  func backward(_ position: Int, _ parallel: Parallel) {
    let level = levels[position]
    let plan = level.plan
    let offsets = level.partials
    parallel.forEach(chunks: plan.chunks.count) { [self] chunk, worker in
      let scratch = scratch[worker]
      let partial = offsets.buffer.floats + chunk * offsets.extent
      fill(partial, with: 0, count: offsets.extent)
      for block in plan.blocks[plan.chunks[chunk]] {
        _ = activations(position, plan: plan, block: block, scratch: scratch)
        let gradient = level.gradientA.floats + block.rows.lowerBound * columns
        addColumnSums(gradient, rows: block.rows.count, columns: columns, into: partial + offsets.bias)
        backwardThroughLayer(position, plan: plan, block: block, gradient: gradient, scratch: scratch, partial: partial)
      }
    }
    let parent = position > 0 ? levels[position - 1] : nil
    level.reduce(used: plan.chunks.count, gradient: parameters, omega0: omega0, parent: parent, parallel: parallel)
  }

  /// Gradients of the head and of the last level's β from the summed factor gradients.
  func reduceOutput(used: Int, _ parallel: Parallel) {
    let last = levels[levels.count - 1]
    let offsets = last.partials
    let parts = offsets.buffer.floats
    let sum = factorsGradient.floats
    parallel.forEach(count: cellValues * 2 * columns, grain: 16_384) { range in
      sumParts(parts + offsets.factors, count: used, distance: offsets.extent, range: range, into: sum)
    }
    outputFactorsBackward(
      gradient: sum, weight: paddedHead.floats, outputs: channels, sineB: last.sineB.floats,
      cosineB: last.cosineB.floats, digits: last.digits, columns: columns, gradientB: last.gradientB.floats,
      gradientWeight: paddedHeadGradient.floats)
    let gradient = parameters.gradient.floats
    for channel in 0..<channels {
      for column in 0..<layout.hidden {
        gradient[headWeight.offset + channel * layout.hidden + column] =
          paddedHeadGradient.floats[channel * columns + column]
      }
      gradient[headBias.offset + channel] = 0
    }
    for chunk in 0..<used {
      for value in 0..<cellValues {
        gradient[headBias.offset + value % channels] += parts[chunk * offsets.extent + offsets.outputBias + value]
      }
    }
  }

  // MARK: Plans and scratch

  /// The last level's rows for a batch, and how many values count in it.
  func plan(for batch: Batch) -> (RowPlan, values: Int) {
    let last = levels[levels.count - 1]
    guard case .units(let units) = batch else { return (last.plan, order.sampleCount * channels) }
    let cells = weights == nil ? units : units.map { realCells[Int($0)] }
    let values =
      weights == nil ? cells.count * cellValues : cells.reduce(0) { $0 + Int(realValues[Int($1)]) }
    let sizes = ASMRLevel.Sizes(layout, level: last.index)
    let plan = RowPlan(
      cells: cells, digits: last.index == 1 ? 1 : layout.digits[last.index - 1], blockRows: sizes.blockRows,
      chunks: last.partials.chunks)
    // Cells of the coarser grid that the batch does not touch get no gradient.
    if levels.count > 1 {
      let table = levels[levels.count - 2].gradientA
      fill(table.floats, with: 0, count: table.count)
    }
    return (plan, values)
  }

  func ensureScratch(_ parallel: Parallel) {
    let rows = levels.map { ASMRLevel.Sizes(layout, level: $0.index).blockRows }.max() ?? 1
    while scratch.count < parallel.threads {
      scratch.append(Scratch(rows: rows, columns: columns, outputs: cellValues))
    }
  }
}
