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
  let modulators: [any Modulator]
  let omega0: Float
  let columns: Int
  let headWeight, headBias: ParameterTensor

  /// Values of a whole cell of the grid that the last level divides: `b_{L−1} · o`.
  let cellValues: Int
  /// Head's weights, padded `[o, columns]`, and their gradient.
  let paddedHead, paddedHeadGradient: AlignedBuffer
  /// `[w∘cosβ | w∘sinβ]`, `[b_{L−1}·o, 2·columns]`; the same transposed; its gradient.
  let factors, factorsTransposed, factorsGradient: AlignedBuffer
  /// The output's bias for every value of a cell.
  let cellBias: AlignedBuffer
  /// 1 for values that count, native order; nil when nothing is padded.
  let weights: AlignedBuffer?
  /// Cells with at least one sample, and the values that count in each.
  let realCells: [Int32]
  let realValues: [Int32]
  /// Digits of level 0, `[b_0, axes]`: the first layer's inputs.
  let firstDigits: AlignedBuffer
  var scratch: [Scratch] = []

  /// One worker's memory for a block.
  final class Scratch {
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
    let digits = layout.digitValues(0)
    firstDigits = AlignedBuffer(count: digits.count)
    for (index, digit) in digits.enumerated() { firstDigits.floats[index] = digit }

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
}
