import Kernels

/// One hidden layer of ASMR with what it keeps between forward and backward.
///
/// Layer i (1…L−1) has pre-activations `α = ω0(W_i z_{i−1} + b_i)` on the C_{i−1} cells of the coarser grid and `β` on its
/// own b_i digits; `z_i = sin(α + β)` is never stored, only its factors are.
final class ASMRLevel {
  let index: Int
  let isLast: Bool
  /// Cells C_{i−1} that α lives on.
  let rows: Int
  let digits: Int
  let inputs: Int
  let hidden: Int
  /// Padded hidden width, the distance of rows.
  let columns: Int
  let plan: RowPlan
  let weight: ParameterTensor
  let bias: ParameterTensor

  /// `Wᵀ`, `[inputs, h]`: sgemm packs it faster than it reads W transposed.
  let weightTransposed: AlignedBuffer
  /// `ω0 b`, padded.
  let scaledBias: AlignedBuffer
  /// On the coarse cells, `[rows, columns]`; empty for the last level, which works in blocks.
  let sineA, cosineA, gradientA: AlignedBuffer
  /// On the digits, `[digits, columns]`.
  let sineB, cosineB, gradientB: AlignedBuffer
  /// Normalised digits, `[digits, axes]`.
  let digitValues: AlignedBuffer
  let partials: Partials

  /// Where a chunk's partial sums lie; all offsets are on cache lines.
  struct Partials {
    let weight: Int
    let bias: Int
    /// dβ of the level before.
    let parentDigits: Int
    /// Gradient of the output factors and of the output's bias (last level).
    let factors: Int
    let outputBias: Int
    let extent: Int
    let chunks: Int
    let buffer: AlignedBuffer

    init(level: ASMRLevel.Sizes, chunks: Int) {
      weight = 0
      bias = paddedRowLength(level.hidden * level.inputs)
      parentDigits = bias + level.columns
      factors = parentDigits + level.parentDigits * level.columns
      outputBias = factors + level.lastOutputs * 2 * level.columns
      extent = outputBias + paddedRowLength(level.lastOutputs)
      self.chunks = chunks
      buffer = AlignedBuffer(count: extent * chunks)
    }
  }

  /// Sizes that decide how much memory a level takes.
  struct Sizes {
    let index, rows, digits, inputs, hidden, columns: Int
    let parentDigits: Int
    /// `b_{L−1} · o` for the last level, else 0.
    let lastOutputs: Int
    let blockRows: Int
    let chunks: Int

    init(_ layout: ASMRLayout, level: Int) {
      index = level
      rows = layout.cells[level - 1]
      digits = layout.digits[level]
      inputs = layout.inputs(level)
      hidden = layout.hidden
      columns = paddedRowLength(layout.hidden)
      parentDigits = level == 1 ? 0 : layout.digits[level - 1]
      lastOutputs = level == layout.levels - 1 ? digits * layout.channels : 0
      blockRows = min(Self.largestBlock, max(32, rows / 8))
      // Partial sums are kept a chunk: enough chunks for many cores, few enough not to fill the memory.
      let partial = hidden * inputs + (parentDigits + 2 * lastOutputs + 1) * columns
      let affordable = max(2, 48_000_000 / max(partial * 4, 1))
      chunks = max(1, min(16, affordable, (rows + blockRows - 1) / blockRows))
    }

    /// Rows whose pass through a layer stays within the second-level cache.
    static let largestBlock = 256

    var partialFloats: Int {
      paddedRowLength(hidden * inputs) + columns * (1 + parentDigits + 2 * lastOutputs) + paddedRowLength(lastOutputs)
    }
    /// Floats that the level keeps, its partial sums included.
    var floats: Int {
      let tables = lastOutputs > 0 ? 0 : 3 * rows * columns
      return tables + 3 * digits * columns + hidden * inputs + columns + partialFloats * chunks
        + 6 * lastOutputs * columns
    }
    /// Scratch floats of one worker.
    var scratchFloats: Int {
      blockRows * (3 * columns + (lastOutputs > 0 ? 4 * columns + lastOutputs : 0))
    }
  }

  init(_ layout: ASMRLayout, level: Int, parameters: ParameterStore) {
    let sizes = Sizes(layout, level: level)
    index = level
    isLast = level == layout.levels - 1
    rows = sizes.rows
    digits = sizes.digits
    inputs = sizes.inputs
    hidden = sizes.hidden
    columns = sizes.columns
    weight = parameters.tensors[2 * (level - 1)]
    bias = parameters.tensors[2 * (level - 1) + 1]
    // Layer 1 has no parents: each of its rows is a group of its own.
    plan = .full(
      cells: rows, digits: level == 1 ? 1 : layout.digits[level - 1], blockRows: sizes.blockRows, chunks: sizes.chunks)
    weightTransposed = AlignedBuffer(count: inputs * hidden)
    scaledBias = AlignedBuffer(count: columns)
    let table = isLast ? 0 : rows * columns
    sineA = AlignedBuffer(count: table)
    cosineA = AlignedBuffer(count: table)
    gradientA = AlignedBuffer(count: table)
    sineB = AlignedBuffer(count: digits * columns)
    cosineB = AlignedBuffer(count: digits * columns)
    gradientB = AlignedBuffer(count: digits * columns)
    let values = layout.digitValues(level)
    digitValues = AlignedBuffer(count: values.count)
    for (position, value) in values.enumerated() { digitValues.floats[position] = value }
    // A mini-batch may cut its rows into as many chunks as the full grid.
    partials = Partials(level: sizes, chunks: max(sizes.chunks, 1))
  }

  /// Refreshes what is derived from the parameters: `Wᵀ` and `ω0 b`.
  func prepare(_ parameters: ParameterStore, omega0: Float) {
    let values = parameters.values.floats
    transpose(
      values + weight.offset, rows: hidden, columns: inputs, sourceStride: inputs, into: weightTransposed.floats,
      targetStride: hidden)
    copyPadded(
      values + bias.offset, rows: 1, columns: hidden, scale: omega0, into: scaledBias.floats, stride: columns)
  }

  /// Adds the chunks' partial sums, in their order, into the gradient and into the parent's dβ.
  ///
  /// - Parameters:
  ///   - used: chunks that wrote; parent: the level before, whose digits got gradients.
  func reduce(used: Int, gradient: ParameterStore, omega0: Float, parent: ASMRLevel?, parallel: Parallel) {
    let parts = partials.buffer.floats
    let target = gradient.gradient.floats
    let extent = partials.extent
    let weightOffset = weight.offset
    parallel.forEach(count: weight.count, grain: 16_384) { range in
      sumParts(parts, count: used, distance: extent, range: range, into: target + weightOffset)
    }
    sumParts(parts + partials.bias, count: used, distance: extent, range: 0..<hidden, into: target + bias.offset)
    for column in 0..<hidden { target[bias.offset + column] *= omega0 }
    if let parent {
      let offset = partials.parentDigits
      let table = parent.gradientB.floats
      parallel.forEach(count: parent.digits * columns, grain: 16_384) { range in
        sumParts(parts + offset, count: used, distance: extent, range: range, into: table)
      }
    }
  }
}
