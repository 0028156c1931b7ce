import Kernels

/// A dense sine network over coordinates `2·x/size − 1` in [−1, 1), one block of samples through all layers at a time.
///
/// Native order is raster order; a block's activations stay in the second-level cache, only the weights' gradients leave
/// it.
public final class SIREN: Network {
  public let configuration: SIRENConfiguration
  public let parameters: ParameterStore
  public let order: SampleOrder
  public let channels: Int
  public let batchUnits: BatchUnits

  private let shape: [Int]
  private let omega0: Float
  let hidden: Int
  let columns: Int
  /// Sine layers L−1.
  let sineLayers: Int
  /// `ω0 W_1ᵀ`, padded `[axes, columns]`.
  private let firstWeight: AlignedBuffer
  /// `Wᵀ` of the layers after the first, `[h, h]`.
  private let transposed: [AlignedBuffer]
  /// `ω0 b` of every sine layer, padded.
  private let scaledBias: [AlignedBuffer]
  let paddedHead: AlignedBuffer
  private var partials: AlignedBuffer?
  private var scratch: [Scratch] = []

  /// Samples of a block.
  static let blockRows = 256
  /// Most chunks of a step; partial gradients are kept a chunk.
  static let mostChunks = 16
  /// About 5 ms of one core.
  private static let flopBetweenLooks = 700_000_000

  final class Scratch {
    let inputs, dz, output: AlignedBuffer
    let sine, cosine: [AlignedBuffer]
    init(rows: Int, axes: Int, columns: Int, layers: Int, channels: Int) {
      inputs = AlignedBuffer(count: rows * axes)
      dz = AlignedBuffer(count: rows * columns)
      output = AlignedBuffer(count: rows * channels)
      sine = (0..<layers).map { _ in AlignedBuffer(count: rows * columns) }
      cosine = (0..<layers).map { _ in AlignedBuffer(count: rows * columns) }
    }
  }

  public init(_ configuration: SIRENConfiguration, shape: [Int], channels: Int) throws(ConfigurationError) {
    try configuration.validate()
    self.configuration = configuration
    self.shape = shape
    self.channels = channels
    parameters = ParameterStore(configuration.tensors(axes: shape.count, channels: channels))
    order = .raster(shape: shape)
    batchUnits = BatchUnits(count: shape.reduce(1, *), samplesPerUnit: 1)
    omega0 = configuration.omega0
    hidden = configuration.hidden
    let columns = paddedRowLength(configuration.hidden)
    self.columns = columns
    sineLayers = configuration.layers - 1
    firstWeight = AlignedBuffer(count: shape.count * columns)
    transposed = (1..<(configuration.layers - 1)).map { _ in
      AlignedBuffer(count: configuration.hidden * configuration.hidden)
    }
    scaledBias = (0..<(configuration.layers - 1)).map { _ in AlignedBuffer(count: columns) }
    paddedHead = AlignedBuffer(count: channels * columns)
  }

  /// Bytes that training takes beside the target.
  public static func memory(
    _ configuration: SIRENConfiguration, shape: [Int], channels: Int, threads: Int
  ) throws(ConfigurationError) -> Int {
    try configuration.validate()
    let tensors = configuration.tensors(axes: shape.count, channels: channels)
    let parameters = tensors.reduce(0) { $0 + paddedRowLength($1.count) }
    let columns = paddedRowLength(configuration.hidden)
    let scratch = blockRows * (columns * (2 * configuration.layers - 1) + shape.count + channels)
    let samples = shape.reduce(1, *)
    let partial = partialFloats(configuration, axes: shape.count, channels: channels)
    return 4 * (3 * parameters + chunks(samples: samples, partialFloats: partial) * partial + scratch * threads)
  }

  // MARK: Partial sums

  /// A chunk's partial gradient: first weight transposed and padded, inner weights, padded biases, padded head, head's
  /// bias.
  private static func partialFloats(_ configuration: SIRENConfiguration, axes: Int, channels: Int) -> Int {
    let columns = paddedRowLength(configuration.hidden)
    let inner = (configuration.layers - 2) * paddedRowLength(configuration.hidden * configuration.hidden)
    return (axes + configuration.layers - 1 + channels) * columns + inner + paddedRowLength(channels)
  }
  private static func chunks(samples: Int, partialFloats: Int) -> Int {
    let blocks = (samples + blockRows - 1) / blockRows
    return max(1, min(mostChunks, max(2, 48_000_000 / max(partialFloats * 4, 1)), blocks))
  }
  private var axes: Int { shape.count }
  private var partialExtent: Int { Self.partialFloats(configuration, axes: axes, channels: channels) }
  private var biasOffset: Int { axes * columns }
  private var innerOffset: Int { biasOffset + sineLayers * columns }
  private var innerExtent: Int { paddedRowLength(hidden * hidden) }
  private var headOffset: Int { innerOffset + (sineLayers - 1) * innerExtent }
  private var headBiasOffset: Int { headOffset + channels * columns }

  private func weightTensor(_ layer: Int) -> ParameterTensor { parameters.tensors[2 * layer] }
  private func biasTensor(_ layer: Int) -> ParameterTensor { parameters.tensors[2 * layer + 1] }

  // MARK: Steps

  public func lossAndGradient(
    _ batch: Batch, target: Floats, prediction: Floats?, parallel: Parallel
  ) -> LossReport {
    prepare()
    let count = size(of: batch)
    let extent = partialExtent
    let chunks = Self.chunks(samples: count, partialFloats: extent)
    let partials = partialBuffer(chunks)
    let headBias = biasRow
    let sums = Results(count: chunks, initial: LossReport())
    let scale = 2 / Float(count * channels)
    forEachBlock(count, chunks: chunks, parallel) { [self] chunk, rows, first, scratch in
      let partial = partials.floats + chunk * extent
      if first { fill(partial, with: 0, count: extent) }
      sums.values[chunk].argumentsInRange =
        forward(batch, rows: rows, scratch: scratch) && sums.values[chunk].argumentsInRange
      for (index, position) in rows.enumerated() {
        let start = sample(batch, position) * channels
        sums.values[chunk].errors += squaredErrorRow(
          output: scratch.output.floats + index * channels, bias: headBias.floats, target: target + start, weight: nil,
          count: channels, scale: scale, prediction: prediction.map { $0 + start },
          biasGradient: partial + headBiasOffset)
      }
      backward(rows: rows.count, scratch: scratch, partial: partial)
    }
    reduce(partials.floats, chunks: chunks, extent: extent, parallel)
    var report = LossReport()
    report.values = count * channels
    for sum in sums.array {
      report.errors += sum.errors
      report.argumentsInRange = report.argumentsInRange && sum.argumentsInRange
    }
    return report
  }

  public func predict(_ batch: Batch, into prediction: Floats, parallel: Parallel) -> Bool {
    prepare()
    let count = size(of: batch)
    let chunks = max(1, (count + Self.blockRows - 1) / Self.blockRows)
    let headBias = biasRow
    let flags = Results(count: chunks, initial: true)
    forEachBlock(count, chunks: chunks, parallel) { [self] chunk, rows, _, scratch in
      flags.values[chunk] = forward(batch, rows: rows, scratch: scratch) && flags.values[chunk]
      for (index, position) in rows.enumerated() {
        for channel in 0..<channels {
          prediction[position * channels + channel] =
            scratch.output.floats[index * channels + channel] + headBias.floats[channel]
        }
      }
    }
    return flags.all { $0 }
  }

  private func size(of batch: Batch) -> Int {
    if case .units(let units) = batch { units.count } else { order.sampleCount }
  }

  @inline(__always)
  private func sample(_ batch: Batch, _ position: Int) -> Int {
    if case .units(let units) = batch { Int(units[position]) } else { position }
  }

  private var biasRow: AlignedBuffer {
    let buffer = AlignedBuffer(count: channels)
    for channel in 0..<channels {
      buffer.floats[channel] = parameters.values.floats[biasTensor(sineLayers).offset + channel]
    }
    return buffer
  }

  private func partialBuffer(_ chunks: Int) -> AlignedBuffer {
    if let partials, partials.count >= chunks * partialExtent { return partials }
    let buffer = AlignedBuffer(count: chunks * partialExtent)
    partials = buffer
    return buffer
  }

  /// Cuts `count` samples into chunks of whole blocks; `body` also learns whether a block is its chunk's first.
  func forEachBlock(
    _ count: Int, chunks: Int, _ parallel: Parallel, _ body: (Int, Range<Int>, Bool, Scratch) -> Void
  ) {
    while scratch.count < parallel.threads {
      scratch.append(
        Scratch(rows: Self.blockRows, axes: axes, columns: columns, layers: sineLayers, channels: channels))
    }
    let blocks = (count + Self.blockRows - 1) / Self.blockRows
    let most = (0..<chunks).map { blocks * ($0 + 1) / chunks - blocks * $0 / chunks }.max() ?? 0
    // A few blocks of every chunk at a time, so that a step can be left between them, however long it is; each chunk
    // still adds up its blocks in their order.
    let few = max(1, Self.flopBetweenLooks / max(6 * Self.blockRows * hidden * hidden * sineLayers, 1))
    for first in stride(from: 0, to: most, by: few) {
      parallel.forEach(chunks: chunks) { [self] chunk, worker in
        let range = blocks * chunk / chunks..<blocks * (chunk + 1) / chunks
        for block in range.dropFirst(first).prefix(few) {
          let rows = block * Self.blockRows..<min((block + 1) * Self.blockRows, count)
          body(chunk, rows, block == range.lowerBound, scratch[worker])
        }
      }
    }
  }

  func prepare() {
    let values = parameters.values.floats
    fill(firstWeight.floats, with: 0, count: firstWeight.count)
    transpose(
      values + weightTensor(0).offset, rows: hidden, columns: axes, sourceStride: axes, scale: omega0,
      into: firstWeight.floats, targetStride: columns)
    for layer in 0..<sineLayers {
      copyPadded(
        values + biasTensor(layer).offset, rows: 1, columns: hidden, scale: omega0, into: scaledBias[layer].floats,
        stride: columns)
      guard layer > 0 else { continue }
      transpose(
        values + weightTensor(layer).offset, rows: hidden, columns: hidden, sourceStride: hidden,
        into: transposed[layer - 1].floats, targetStride: hidden)
    }
    copyPadded(
      values + weightTensor(sineLayers).offset, rows: channels, columns: hidden, into: paddedHead.floats,
      stride: columns)
  }

  /// A block's raw outputs, and `sin`, `cos` of every layer, into the scratch.
  private func forward(_ batch: Batch, rows: Range<Int>, scratch: Scratch) -> Bool {
    let inRange = activations(batch, rows: rows, scratch: scratch, layers: sineLayers)
    linearHead(
      z: scratch.sine[sineLayers - 1].floats, weight: paddedHead.floats, outputs: channels, rows: rows.count,
      columns: columns, into: scratch.output.floats)
    return inRange
  }

  /// `sin`, `cos` of a block's first layers into the scratch.
  func activations(_ batch: Batch, rows: Range<Int>, scratch: Scratch, layers: Int) -> Bool {
    for (index, position) in rows.enumerated() {
      var rest = sample(batch, position)
      for axis in (0..<axes).reversed() {
        scratch.inputs.floats[index * axes + axis] = 2 * Float(rest % shape[axis]) / Float(shape[axis]) - 1
        rest /= shape[axis]
      }
    }
    var inRange = firstSineLayer(
      inputs: scratch.inputs.floats, axes: axes, weight: firstWeight.floats, bias: scaledBias[0].floats,
      rows: rows.count, columns: columns, sine: scratch.sine[0].floats, cosine: scratch.cosine[0].floats)
    for layer in 1..<max(layers, 1) {
      matrixProduct(
        .plain, .plain, m: rows.count, n: hidden, k: hidden, alpha: omega0, scratch.sine[layer - 1].floats,
        lda: columns, transposed[layer - 1].floats, ldb: hidden, scratch.cosine[layer].floats, ldc: columns)
      inRange = sineCosine(
        argument: scratch.cosine[layer].floats, bias: scaledBias[layer].floats, rows: rows.count, columns: columns,
        sine: scratch.sine[layer].floats, cosine: scratch.cosine[layer].floats, stride: columns) && inRange
    }
    return inRange
  }

  /// From the outputs' gradient (in `scratch.output`) to the chunk's partial gradient; ω0 is applied at the end.
  private func backward(rows: Int, scratch: Scratch, partial: Floats) {
    let last = sineLayers - 1
    let values = parameters.values.floats
    if last == 0 {
      // One sine layer: dz of the head goes straight to the first layer.
      matrixProduct(
        .plain, .plain, m: rows, n: columns, k: channels, scratch.output.floats, lda: channels, paddedHead.floats,
        ldb: columns, scratch.dz.floats, ldc: columns)
      matrixProduct(
        .transposed, .plain, m: channels, n: columns, k: rows, scratch.output.floats, lda: channels,
        scratch.sine[0].floats, ldb: columns, beta: 1, partial + headOffset, ldc: columns)
    } else {
      linearHeadBackward(
        gradient: scratch.output.floats, z: scratch.sine[last].floats, cosine: scratch.cosine[last].floats,
        weight: paddedHead.floats, outputs: channels, rows: rows, columns: columns,
        gradientWeight: partial + headOffset, gradientBias: partial + biasOffset + last * columns)
    }
    for layer in (1..<max(sineLayers, 1)).reversed() {
      let alpha = scratch.cosine[layer].floats
      matrixProduct(
        .transposed, .plain, m: hidden, n: hidden, k: rows, alpha: omega0, alpha, lda: columns,
        scratch.sine[layer - 1].floats, ldb: columns, beta: 1,
        partial + innerOffset + (layer - 1) * innerExtent, ldc: hidden)
      matrixProduct(
        .plain, .plain, m: rows, n: hidden, k: hidden, alpha: omega0, alpha, lda: columns,
        values + weightTensor(layer).offset, ldb: hidden, scratch.dz.floats, ldc: columns)
      guard layer > 1 else { continue }
      sineBackward(
        gradient: scratch.dz.floats, cosine: scratch.cosine[layer - 1].floats, rows: rows, columns: columns,
        gradientBias: partial + biasOffset + (layer - 1) * columns)
    }
    firstSineLayerBackward(
      gradient: scratch.dz.floats, cosine: scratch.cosine[0].floats, inputs: scratch.inputs.floats, axes: axes,
      rows: rows, columns: columns, gradientWeight: partial, gradientBias: partial + biasOffset)
  }

  /// Adds the chunks' partial gradients in their order and brings them into the parameters' layout.
  private func reduce(_ parts: Floats, chunks: Int, extent: Int, _ parallel: Parallel) {
    let gradient = parameters.gradient.floats
    parallel.forEach(count: extent, grain: 16_384) { range in
      sumParts(parts, count: chunks, distance: extent, range: range, into: parts)
    }
    transpose(
      parts, rows: axes, columns: hidden, sourceStride: columns, scale: omega0,
      into: gradient + weightTensor(0).offset, targetStride: axes)
    for layer in 0..<sineLayers {
      for column in 0..<hidden {
        gradient[biasTensor(layer).offset + column] = omega0 * parts[biasOffset + layer * columns + column]
      }
      guard layer > 0 else { continue }
      (gradient + weightTensor(layer).offset).pointer.update(
        from: (parts + innerOffset + (layer - 1) * innerExtent).pointer, count: hidden * hidden)
    }
    for channel in 0..<channels {
      for column in 0..<hidden {
        gradient[weightTensor(sineLayers).offset + channel * hidden + column] =
          parts[headOffset + channel * columns + column]
      }
      gradient[biasTensor(sineLayers).offset + channel] = parts[headBiasOffset + channel]
    }
  }
}
