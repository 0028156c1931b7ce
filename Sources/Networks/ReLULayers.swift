import Kernels

/// Dense layers with ReLU between them and a linear head: a strip of samples through all of them, forward and backward,
/// in the first-level cache. Weight gradients are summed in a caller's partial buffer, one a chunk.
final class ReLULayers {
  /// Samples of a strip, a multiple of 8.
  static let stripRows = 64

  private let store: ParameterStore
  private let sizes: [(inputs: Int, outputs: Int)]
  private let weights: [ParameterTensor]
  /// Empty when the layers have none.
  private let biases: [ParameterTensor]
  /// Padded inputs of every layer, the head's included.
  private let columns: [Int]
  private let channels: Int
  /// `Wᵀ` of the hidden layers, `[inputs, columns of the outputs]`.
  private let transposed: [AlignedBuffer]
  /// `W` of all layers, `[outputs, columns of the inputs]`.
  private let padded: [AlignedBuffer]
  /// Padded; zeros without biases.
  private let paddedBias: [AlignedBuffer]
  /// The head's bias, once for every sample of a strip.
  private let outputBias: AlignedBuffer

  final class Scratch {
    /// Outputs of a strip, then their gradient: `[rows, channels]`.
    let output: AlignedBuffer
    fileprivate let activations, gradients: [AlignedBuffer]
    fileprivate init(columns: [Int], channels: Int) {
      output = AlignedBuffer(count: stripRows * channels)
      // Each buffer is the input of the next layer; the first layer's is the caller's.
      activations = columns.dropFirst().map { AlignedBuffer(count: stripRows * $0) }
      let widest = columns.max() ?? 0
      gradients = (0..<2).map { _ in AlignedBuffer(count: stripRows * widest) }
    }
    static func floats(columns: [Int], channels: Int) -> Int {
      stripRows * (channels + columns.dropFirst().reduce(0, +) + 2 * (columns.max() ?? 0))
    }
  }

  /// - Parameter tensors: of the layers in order, each weight followed by its bias, if layers have any.
  init(_ store: ParameterStore, tensors: [ParameterTensor], sizes: [(inputs: Int, outputs: Int)]) {
    self.store = store
    self.sizes = sizes
    weights = tensors.filter { $0.shape.count == 2 }
    biases = tensors.filter { $0.shape.count == 1 }
    let columns = Self.columns(sizes)
    self.columns = columns
    channels = sizes[sizes.count - 1].outputs
    let hidden = sizes.count - 1
    transposed = (0..<hidden).map { AlignedBuffer(count: sizes[$0].inputs * columns[$0 + 1]) }
    padded = (0...hidden).map { AlignedBuffer(count: sizes[$0].outputs * columns[$0]) }
    paddedBias = (0..<hidden).map { AlignedBuffer(count: columns[$0 + 1]) }
    outputBias = AlignedBuffer(count: Self.stripRows * channels)
  }

  private static func columns(_ sizes: [(inputs: Int, outputs: Int)]) -> [Int] { sizes.map { paddedRowLength($0.inputs) } }

  func scratch() -> Scratch { Scratch(columns: columns, channels: channels) }

  /// Floats of a strip's scratch, of the prepared weights and of a partial gradient.
  static func floats(_ sizes: [(inputs: Int, outputs: Int)]) -> (scratch: Int, prepared: Int, partial: Int) {
    let columns = columns(sizes)
    let channels = sizes[sizes.count - 1].outputs
    let padded = zip(sizes, columns).reduce(0) { $0 + $1.0.outputs * $1.1 }
    return (Scratch.floats(columns: columns, channels: channels), 2 * padded, partialFloats(columns, channels))
  }

  // MARK: Partial gradients

  // Hidden layers' `dWᵀ` `[columns, columns]` and bias, the head's weight `[channels, columns]`, and its bias for every
  // sample of a strip.
  private static func partialFloats(_ columns: [Int], _ channels: Int) -> Int {
    let hidden = zip(columns, columns.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
    return hidden + channels * columns[columns.count - 1] + paddedRowLength(stripRows * channels)
  }
  var partialFloats: Int { Self.partialFloats(columns, channels) }
  private func weightOffset(_ layer: Int) -> Int {
    zip(columns, columns.dropFirst()).prefix(layer).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
  }
  private func biasOffset(_ layer: Int) -> Int { weightOffset(layer) + columns[layer] * columns[layer + 1] }
  private var headOffset: Int { weightOffset(sizes.count - 1) }
  private var headBiasOffset: Int { headOffset + channels * columns[sizes.count - 1] }

  // MARK: Steps

  /// Brings the parameters into the kernels' layouts; before the first strip of a step.
  func prepare() {
    let values = store.values.floats
    for (layer, size) in sizes.enumerated() {
      let weight = values + weights[layer].offset
      copyPadded(weight, rows: size.outputs, columns: size.inputs, into: padded[layer].floats, stride: columns[layer])
      guard layer < sizes.count - 1 else { continue }
      transpose(
        weight, rows: size.outputs, columns: size.inputs, sourceStride: size.inputs, into: transposed[layer].floats,
        targetStride: columns[layer + 1])
    }
    guard !biases.isEmpty else { return }
    for layer in paddedBias.indices {
      copyPadded(
        values + biases[layer].offset, rows: 1, columns: sizes[layer].outputs, into: paddedBias[layer].floats,
        stride: columns[layer + 1])
    }
    for index in 0..<outputBias.count {
      outputBias.floats[index] = values[biases[sizes.count - 1].offset + index % channels]
    }
  }

  /// Raw outputs of a strip, without the head's bias, into the scratch.
  /// - Parameter inputs: `[rows, padded inputs]`; rows up to a multiple of 8 are read.
  func forward(_ inputs: Floats, rows: Int, _ scratch: Scratch) {
    var source = inputs
    for layer in 0..<sizes.count - 1 {
      let result = scratch.activations[layer].floats
      denseReLU(
        inputs: source, inputCount: sizes[layer].inputs, inputStride: columns[layer], weight: transposed[layer].floats,
        bias: paddedBias[layer].floats, rows: Self.wholeTiles(rows), columns: columns[layer + 1], into: result)
      source = result
    }
    linearHead(
      z: source, weight: padded[sizes.count - 1].floats, outputs: channels, rows: rows,
      columns: columns[sizes.count - 1], into: scratch.output.floats)
  }

  /// Adds the head's bias, measures `count` samples of a strip from `row` on, and leaves the gradient in `output`.
  func measure(
    row: Int, count: Int, target: Floats, prediction: Floats?, scale: Float, partial: Floats, _ scratch: Scratch
  ) -> SquaredErrors {
    let start = row * channels
    return squaredErrorRow(
      output: scratch.output.floats + start, bias: outputBias.floats + start, target: target, weight: nil,
      count: count * channels, scale: scale, prediction: prediction, biasGradient: partial + headBiasOffset + start)
  }

  /// Copies `count` outputs of a strip, bias added.
  func copyOutputs(row: Int, count: Int, into prediction: Floats, _ scratch: Scratch) {
    for index in 0..<count * channels {
      prediction[index] = scratch.output.floats[row * channels + index] + outputBias.floats[index]
    }
  }

  /// Activations of a hidden layer after `forward`, `[rows, stride]`.
  func activations(_ layer: Int, _ scratch: Scratch) -> (floats: Floats, stride: Int) {
    (scratch.activations[layer].floats, columns[layer + 1])
  }

  /// A unit's weight in the head; after `prepare`.
  func headWeight(channel: Int, unit: Int) -> Float {
    padded[sizes.count - 1].floats[channel * columns[sizes.count - 1] + unit]
  }

  /// From the outputs' gradient to that of the inputs, and to the partial gradient, which grows.
  func backward(_ inputs: Floats, rows: Int, _ scratch: Scratch, partial: Floats, into inputGradient: Floats) {
    let last = sizes.count - 2
    var gradient = scratch.gradients[0].floats
    reluHeadBackward(
      gradient: scratch.output.floats, z: scratch.activations[last].floats, weight: padded[last + 1].floats,
      outputs: channels, rows: rows, columns: columns[last + 1], gradientWeight: partial + headOffset, into: gradient)
    for layer in (0...last).reversed() {
      let source = layer == 0 ? inputs : scratch.activations[layer - 1].floats
      addWeightGradient(
        inputs: source, inputStride: columns[layer], gradient: gradient, rows: rows, columns: columns[layer + 1],
        into: partial + weightOffset(layer))
      if !biases.isEmpty {
        addColumnSums(gradient, rows: rows, columns: columns[layer + 1], into: partial + biasOffset(layer))
      }
      let result = layer == 0 ? inputGradient : scratch.gradients[(last - layer + 1) % 2].floats
      denseReLUBackward(
        gradient: gradient, gradientCount: sizes[layer].outputs, gradientStride: columns[layer + 1],
        weight: padded[layer].floats, activation: layer == 0 ? nil : source, rows: Self.wholeTiles(rows),
        columns: columns[layer], into: result)
      gradient = result
    }
  }

  private static func wholeTiles(_ rows: Int) -> Int { (rows + 7) / 8 * 8 }

  /// Adds the chunks' partial gradients in their order and brings them into the parameters' layout.
  func reduce(_ parts: Floats, chunks: Int, _ parallel: Parallel) {
    let gradient = store.gradient.floats
    let extent = partialFloats
    parallel.forEach(count: extent, grain: 4_096) { range in
      sumParts(parts, count: chunks, distance: extent, range: range, into: parts)
    }
    for layer in 0..<sizes.count - 1 {
      transpose(
        parts + weightOffset(layer), rows: sizes[layer].inputs, columns: sizes[layer].outputs,
        sourceStride: columns[layer + 1], into: gradient + weights[layer].offset, targetStride: sizes[layer].inputs)
      guard !biases.isEmpty else { continue }
      (gradient + biases[layer].offset).pointer.update(
        from: (parts + biasOffset(layer)).pointer, count: sizes[layer].outputs)
    }
    let head = sizes.count - 1
    for channel in 0..<channels {
      (gradient + weights[head].offset + channel * sizes[head].inputs).pointer.update(
        from: (parts + headOffset + channel * columns[head]).pointer, count: sizes[head].inputs)
    }
    guard !biases.isEmpty else { return }
    for channel in 0..<channels {
      var sum: Float = 0
      for row in 0..<Self.stripRows { sum += parts[headBiasOffset + row * channels + channel] }
      gradient[biases[head].offset + channel] = sum
    }
  }
}
