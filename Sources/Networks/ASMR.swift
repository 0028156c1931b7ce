import Kernels

/// ASMR (ICLR 2024): a coordinate network whose activations are shared across the grid.
///
/// `z_0 = x_0`; `z_i = sin(ω0 (W_i z_{i−1} + b_i + ω0 M_i x_i))` for i = 1…L−1; output `W_L z_{L−1} + b_L`, with x_i the
/// digits of the coordinate in mixed bases (section 3.1) and M_i the modulator (section 3.2).
///
/// Computed by the exact factorisation sin(α + β) = sin α cos β + cos α sin β on samples in hierarchical order: α exists
/// on the coarser grid only, β on the digits only, and the last hidden layer with the output is one matrix product that
/// never sees a sample's activation. Sines are evaluated on C_{L−2} cells instead of N samples.
public final class ASMR: Network {
  public let configuration: ASMRConfiguration
  public let parameters: ParameterStore
  public let order: SampleOrder
  public let channels: Int
  public let batchUnits: BatchUnits

  let layout: ASMRLayout
  /// Hidden layers 1…L−1.
  let levels: [ASMRLevel]
  private let modulators: [any Modulator]
  private let omega0: Float
  private let columns: Int
  private let headWeight, headBias: ParameterTensor

  /// Values of a whole cell of the grid that the last level divides: `b_{L−1} · o`.
  let cellValues: Int
  /// Head's weights, padded `[o, columns]`, and their gradient.
  private let paddedHead, paddedHeadGradient: AlignedBuffer
  /// `[w∘cosβ | w∘sinβ]`, `[b_{L−1}·o, 2·columns]`; the same transposed; its gradient.
  private let factors, factorsTransposed, factorsGradient: AlignedBuffer
  /// The output's bias for every value of a cell.
  private let cellBias: AlignedBuffer
  /// 1 for values that count, native order; nil when nothing is padded.
  private let weights: AlignedBuffer?
  /// Cells with at least one sample, and the values that count in each.
  private let realCells: [Int32]
  private let realValues: [Int32]
  private var scratch: [Scratch] = []

  /// One worker's memory for a block.
  private final class Scratch {
    let z, alpha, dz, sineCosine, gradient, output: AlignedBuffer
    init(rows: Int, columns: Int, outputs: Int) {
      z = AlignedBuffer(count: rows * columns)
      alpha = AlignedBuffer(count: rows * columns)
      dz = AlignedBuffer(count: rows * columns)
      sineCosine = AlignedBuffer(count: rows * 2 * columns)
      gradient = AlignedBuffer(count: rows * 2 * columns)
      output = AlignedBuffer(count: rows * outputs)
    }
  }

  /// - Throws: bases that do not fit the shape.
  public init(_ configuration: ASMRConfiguration, shape: [Int], channels: Int) throws(ConfigurationError) {
    let layout = try ASMRLayout(configuration, shape: shape, channels: channels)
    self.layout = layout
    self.configuration = configuration
    self.channels = channels
    let parameters = ParameterStore(layout.tensors())
    self.parameters = parameters
    order = layout.order()
    omega0 = configuration.omega0
    let columns = paddedRowLength(layout.hidden)
    self.columns = columns
    let levels = (1..<layout.levels).map { ASMRLevel(layout, level: $0, parameters: parameters) }
    self.levels = levels
    let first = 2 * (layout.levels - 1)
    headWeight = parameters.tensors[first]
    headBias = parameters.tensors[first + 1]
    modulators = levels.map { level in
      switch configuration.modulator {
      case .linear:
        return LinearModulator(
          tensor: parameters.tensors[first + 1 + level.index], omega0: configuration.omega0, axes: layout.axes,
          zero: AlignedBuffer(count: columns))
      case .siren:
        let start = first + 2 + 6 * (level.index - 1)
        return SineModulator(
          tensors: Array(parameters.tensors[start..<(start + 6)]), omega0: configuration.omega0, axes: layout.axes,
          digits: level.digits, columns: columns)
      }
    }
    let cellValues = layout.digits[layout.levels - 1] * channels
    self.cellValues = cellValues
    paddedHead = AlignedBuffer(count: channels * columns)
    paddedHeadGradient = AlignedBuffer(count: channels * columns)
    factors = AlignedBuffer(count: cellValues * 2 * columns)
    factorsTransposed = AlignedBuffer(count: cellValues * 2 * columns)
    factorsGradient = AlignedBuffer(count: cellValues * 2 * columns)
    cellBias = AlignedBuffer(count: cellValues)

    let weights = order.weights(channels: channels)
    self.weights = weights
    let cells = layout.cells[layout.levels - 2]
    if let weights {
      let counts = (0..<cells).map { cell in
        Int32((0..<cellValues).reduce(0) { $0 + Int(weights.floats[cell * cellValues + $1]) })
      }
      realCells = (0..<Int32(cells)).filter { counts[Int($0)] > 0 }
      realValues = counts
    } else {
      realCells = []
      realValues = []
    }
    batchUnits = BatchUnits(
      count: weights == nil ? cells : realCells.count, samplesPerUnit: layout.digits[layout.levels - 1])
  }

  /// Bytes that training takes beside the target: parameters, tables, partial sums, scratch.
  public static func memory(
    _ configuration: ASMRConfiguration, shape: [Int], channels: Int, threads: Int
  ) throws(ConfigurationError) -> Int {
    let layout = try ASMRLayout(configuration, shape: shape, channels: channels)
    let sizes = (1..<layout.levels).map { ASMRLevel.Sizes(layout, level: $0) }
    let parameters = 2 * layout.tensors().reduce(0) { $0 + $1.count }
    let scratch = sizes.map(\.scratchFloats).max() ?? 0
    let padded = layout.paddedShape.reduce(1, *)
    let weights = layout.paddedShape == shape ? 0 : padded * channels
    let plans = 4 * layout.cells.dropLast().reduce(0, +)
    return 4 * (parameters + sizes.reduce(0) { $0 + $1.floats } + scratch * threads + weights + plans)
  }

  public func lossAndGradient(
    _ batch: Batch, target: Floats, prediction: Floats?, parallel: Parallel
  ) -> LossReport {
    let inRange = prepare(parallel) && forwardToLastLevel(parallel)
    let last = levels[levels.count - 1]
    let (plan, values) = plan(for: batch)
    let sums = lastLevel(plan, parallel) { [self] scratch, block, partial in
      trainBlock(
        scratch, block: block, plan: plan, partial: partial, target: target, prediction: prediction,
        scale: 2 / Float(values))
    }
    let parent = levels.count > 1 ? levels[levels.count - 2] : nil
    last.reduce(used: plan.chunks.count, gradient: parameters, omega0: omega0, parent: parent, parallel: parallel)
    reduceOutput(used: plan.chunks.count, parallel)
    modulators[levels.count - 1].backward(last, parameters: parameters)
    for position in (0..<(levels.count - 1)).reversed() {
      backward(position, parallel)
      modulators[position].backward(levels[position], parameters: parameters)
    }
    var report = LossReport()
    report.values = values
    report.argumentsInRange = inRange && sums.allSatisfy(\.inRange)
    for sum in sums { report.errors += sum.errors }
    return report
  }

  public func predict(_ batch: Batch, into prediction: Floats, parallel: Parallel) -> Bool {
    let inRange = prepare(parallel) && forwardToLastLevel(parallel)
    let (plan, _) = plan(for: batch)
    let compact = if case .units = batch { true } else { false }
    let sums = lastLevel(plan, parallel) { [self] scratch, block, _ in
      let inRange = outputs(scratch, block: block, plan: plan)
      for row in block.rows {
        let output = scratch.output.floats + (row - block.rows.lowerBound) * cellValues
        add(cellBias.floats, to: output, count: cellValues)
        let target = compact ? row : Int(plan.cells[row])
        prediction.pointer.advanced(by: target * cellValues).update(from: output.pointer, count: cellValues)
      }
      return ChunkSums(inRange: inRange)
    }
    return inRange && sums.allSatisfy(\.inRange)
  }

  // MARK: Phases

  /// Transposes, modulations, output factors: all that depends on the parameters alone.
  private func prepare(_ parallel: Parallel) -> Bool {
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
  private func forwardToLastLevel(_ parallel: Parallel) -> Bool {
    var inRange = true
    for position in 0..<(levels.count - 1) {
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

  private struct ChunkSums {
    var errors = SquaredErrors()
    var inRange = true
  }

  /// Runs the last level's blocks, chunk by chunk; `body` gets the chunk's partial sums.
  private func lastLevel(
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

  // MARK: Blocks

  /// `ω0 W z` of a block's rows into `scratch.alpha`; leaves z in `scratch.z`.
  private func arguments(_ position: Int, plan: RowPlan, block: RowPlan.Block, scratch: Scratch) {
    let level = levels[position]
    let z = activations(position, plan: plan, block: block, scratch: scratch)
    matrixProduct(
      .plain, .plain, m: block.rows.count, n: level.hidden, k: level.inputs, alpha: omega0, z.floats, lda: z.stride,
      level.weightTransposed.floats, ldb: level.hidden, scratch.alpha.floats, ldc: columns)
  }

  /// The inputs of layer `position + 1` for a block: digits for the first layer, else `z` rebuilt from its factors.
  private func activations(
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

  /// Digits of level 0, `[b_0, axes]`: the first layer's inputs.
  private lazy var firstDigits: AlignedBuffer = {
    let values = layout.digitValues(0)
    let buffer = AlignedBuffer(count: values.count)
    for (index, value) in values.enumerated() { buffer.floats[index] = value }
    return buffer
  }()

  /// Raw outputs of a block's cells into `scratch.output`, `[sin α | cos α]` into `scratch.sineCosine`.
  private func outputs(_ scratch: Scratch, block: RowPlan.Block, plan: RowPlan) -> Bool {
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
  private func trainBlock(
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
  private func backwardThroughLayer(
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

  /// Backward of an inner level from the `dα` that the finer level left in `gradientA`.
  private func backward(_ position: Int, _ parallel: Parallel) {
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
  private func reduceOutput(used: Int, _ parallel: Parallel) {
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
  private func plan(for batch: Batch) -> (RowPlan, values: Int) {
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

  private func ensureScratch(_ parallel: Parallel) {
    let rows = levels.map { ASMRLevel.Sizes(layout, level: $0.index).blockRows }.max() ?? 1
    while scratch.count < parallel.threads {
      scratch.append(Scratch(rows: rows, columns: columns, outputs: cellValues))
    }
  }
}
