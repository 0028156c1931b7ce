import Kernels

/// A network whose layers choose their weights by the tile that a sample lies in: the sizes, tile numbers and tensors that
/// KiloNeRF and LoE share, worked out once for network, cost and memory.
///
/// The *leading* tile is that of the first layer: a box of samples, or several boxes where tiles repeat.
struct TiledLayout {
  let shape: [Int]
  let channels: Int
  let hidden: Int
  let frequencies: Int
  /// Layers with an activation; the linear head comes after them.
  let hiddenLayers: Int
  /// KiloNeRF: every tensor belongs to the leading tile. LoE: layers have tiles of their own and shared biases.
  let isOneNetworkPerTile: Bool
  /// Tile numbers are sums over the axes: `tile = Σ_a tileOffsets[layer][a][x_a]`. One entry for KiloNeRF.
  let tileOffsets: [[[Int32]]]
  /// Tiles of each entry of `tileOffsets`: an axis each, and all.
  let tiles: [[Int]]
  let tileCounts: [Int]
  /// Weight and bias of every layer in turn, then the head's.
  let tensors: [TiledTensor]
  /// Padded floats of what a leading tile owns, and of what all samples share.
  let ownExtent, sharedExtent: Int

  /// How a model's tensors begin; biases begin at zero (He et al. 2015).
  struct Bounds: Sendable {
    /// Of a weight matrix `[outputs, inputs]` before LeakyReLU.
    let hidden: @Sendable (_ inputs: Int, _ outputs: Int) -> Float
    let head: @Sendable (_ inputs: Int, _ outputs: Int) -> Float
    /// Kaiming's uniform bounds with a layer's own fan-in, for LeakyReLU variance `2 / ((1 + slope²) · in)`, and for the
    /// linear head a hundredth of `1 / in`'s: outputs begin near zero. With the whole of it they begin as noise of the
    /// encoding's high frequencies, which costs 1.6 to 2.0 dB over the first 2,000 steps (KiloNeRF, 512×512).
    static let kaiming = Bounds(
      hidden: { inputs, _ in (6 / ((1 + leakySlope * leakySlope) * Float(inputs))).squareRoot() },
      head: { inputs, _ in 0.01 * (3 / Float(inputs)).squareRoot() })
    /// The public code's: its fan-in is the product of both sizes.
    static let published = Bounds(hidden: slipped, head: slipped)
    static func slipped(inputs: Int, outputs: Int) -> Float { (6 / Float(inputs * outputs)).squareRoot() }
  }

  /// - Parameters:
  ///   - digits: `[layer][axis][coordinate]`, the tile's digit on that axis; `tiles`: `[layer][axis]`, how many there are.
  init(
    shape: [Int], channels: Int, hidden: Int, frequencies: Int, hiddenLayers: Int, isOneNetworkPerTile: Bool,
    tiles: [[Int]], bounds: Bounds, digit: (_ layer: Int, _ axis: Int, _ coordinate: Int) -> Int
  ) throws(ConfigurationError) {
    guard (1...3).contains(shape.count) else {
      throw ConfigurationError("axes: found \(shape.count); allowed are 1 to 3")
    }
    for (name, value, range) in [("hidden", hidden, ModelKind.loe.hiddenWidths), ("frequencies", frequencies, 0...32)] {
      guard range.contains(value) else {
        throw ConfigurationError("\(name): found \(value); allowed are \(range.lowerBound) to \(range.upperBound)")
      }
    }
    self.shape = shape
    self.channels = channels
    self.hidden = hidden
    self.frequencies = frequencies
    self.hiddenLayers = hiddenLayers
    self.isOneNetworkPerTile = isOneNetworkPerTile
    let tileCounts = tiles.map { $0.reduce(1, *) }
    self.tiles = tiles
    self.tileCounts = tileCounts
    tileOffsets = tiles.enumerated().map { layer, counts in
      counts.indices.map { axis in
        let step = counts[(axis + 1)...].reduce(1, *)
        return (0..<shape[axis]).map { Int32(digit(layer, axis, $0) * step) }
      }
    }

    let axes = shape.count
    let inputs = axes * AxisEncoding.inputs(frequencies: frequencies)
    var tensors: [TiledTensor] = []
    var extents = (own: 0, shared: 0)
    func append(_ name: String, _ form: TiledTensor.Form, rows: Int, length: Int, tiles: Int?, isOwn: Bool, bound: Float) {
      let shape = form == .bias ? [length] : [rows, length]
      let tensor = TiledTensor(
        parameter: ParameterTensor(name: name, shape: (tiles.map { [$0] } ?? []) + shape, bound: bound), form: form,
        axes: axes, rows: rows, length: length, isOwn: isOwn,
        offset: isOwn ? extents.own : extents.shared)
      tensors.append(tensor)
      if isOwn { extents.own += tensor.tileExtent } else { extents.shared += tensor.tileExtent * (tiles ?? 1) }
    }
    for layer in 0..<hiddenLayers {
      let layerInputs = layer == 0 ? inputs : hidden
      let tiles = tileCounts[isOneNetworkPerTile ? 0 : layer]
      append(
        "net.\(layer).weight", layer == 0 ? .encoded : .square, rows: hidden, length: layerInputs, tiles: tiles,
        isOwn: isOneNetworkPerTile || layer == 0, bound: bounds.hidden(layerInputs, hidden))
      append(
        "net.\(layer).bias", .bias, rows: 1, length: hidden, tiles: isOneNetworkPerTile ? tiles : nil,
        isOwn: isOneNetworkPerTile, bound: 0)
    }
    let headTiles = isOneNetworkPerTile ? tileCounts[0] : nil
    append(
      "last_layer.weight", .lines, rows: channels, length: hidden, tiles: headTiles, isOwn: isOneNetworkPerTile,
      bound: bounds.head(hidden, channels))
    append(
      "last_layer.bias", .bias, rows: 1, length: channels, tiles: headTiles, isOwn: isOneNetworkPerTile, bound: 0)
    self.tensors = tensors
    ownExtent = extents.own
    sharedExtent = extents.shared
  }

  var axes: Int { shape.count }
  var columns: Int { paddedRowLength(hidden) }
  func weight(_ layer: Int) -> TiledTensor { tensors[2 * layer] }
  func bias(_ layer: Int) -> TiledTensor { tensors[2 * layer + 1] }
  var headWeight: TiledTensor { weight(hiddenLayers) }
  var headBias: TiledTensor { bias(hiddenLayers) }
  var parameterTensors: [ParameterTensor] { tensors.map(\.parameter) }

  /// Coordinates along an axis that share their leading tile's digit, run by run.
  func leadingRanges(axis: Int) -> [Range<Int>] {
    let offsets = tileOffsets[0][axis]
    var ranges: [Range<Int>] = []
    var start = 0
    while start < offsets.count {
      var end = start
      while end < offsets.count, offsets[end] == offsets[start] { end += 1 }
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }

  /// Parameters, MACs and nominal FLOP of dense layers, whatever the tiles: forward and dW for every weight, dz for all
  /// but the first layer's. `sines` is what the encoding has a sample, were it evaluated a sample.
  func cost(withoutEncoding: Bool) -> Cost {
    let inputs = weight(0).length
    let weights = tensors.filter { $0.form != .bias }.reduce(0) { $0 + $1.rows * $1.length }
    let biases = tensors.filter { $0.form == .bias }.reduce(0) { $0 + $1.length }
    var conventions = ["bias": weights + biases, "nobias": weights]
    if withoutEncoding {
      for (name, value) in conventions { conventions["noPE_" + name] = value - hidden * (inputs - axes) }
    }
    let samples = shape.reduce(1.0) { $0 * Double($1) }
    return Cost(
      parameters: tensors.reduce(0) { $0 + $1.parameter.count }, macs: Double(weights + biases),
      macsByConvention: conventions.mapValues(Double.init), sines: Double(2 * axes * frequencies),
      flopPerStep: 2 * samples * Double(3 * weights - hidden * inputs))
  }
}

/// One tensor of a tiled network: in the store as PyTorch would have it, and padded for the kernels a tile at a time.
struct TiledTensor {
  enum Form {
    /// The first layer's `[h, I]`: padded as its transpose an axis, `[axes, 1 + 2F, columns]`.
    case encoded
    /// `[h, h]`: padded in both directions; forward takes its transpose.
    case square
    /// `[rows, length]`, rows padded.
    case lines
    /// `[length]`, padded.
    case bias
  }
  let parameter: ParameterTensor
  let form: Form
  let axes: Int
  /// A tile's matrix as stored.
  let rows, length: Int
  /// Whether a leading tile owns it; else all samples share the tensor.
  let isOwn: Bool
  /// Where it lies among the padded floats of a tile, or of the shared ones.
  let offset: Int

  /// Encoded: inputs an axis, and lines that hold them and their gradient.
  var axisInputs: Int { length / axes }
  var axisExtent: Int { paddedRowLength(axisInputs) * paddedRowLength(rows) }
  /// Padded floats of one tile's matrix.
  var tileExtent: Int {
    switch form {
    case .encoded: axes * axisExtent
    case .square: paddedRowLength(rows) * paddedRowLength(length)
    case .lines, .bias: rows * paddedRowLength(length)
    }
  }

  /// Brings a tile's matrix from the store into `padded`, and a square one's transpose into `transposed`.
  func load(_ matrix: Floats, padded: Floats, transposed: Floats) {
    switch form {
    case .encoded:
      let columns = paddedRowLength(rows)
      for axis in 0..<axes {
        for row in 0..<rows {
          for input in 0..<axisInputs {
            padded.pointer[axis * axisExtent + input * columns + row] = matrix.pointer[row * length + input * axes + axis]
          }
        }
      }
    case .square:
      let columns = paddedRowLength(length)
      transpose(matrix, rows: rows, columns: length, sourceStride: length, into: transposed, targetStride: columns)
      copyPadded(matrix, rows: rows, columns: length, into: padded, stride: columns)
    case .lines, .bias:
      copyPadded(matrix, rows: rows, columns: length, into: padded, stride: paddedRowLength(length))
    }
  }

  /// The way back of `load` for a gradient.
  func unload(_ padded: Floats, into matrix: Floats) {
    let columns = paddedRowLength(form == .encoded ? rows : length)
    guard form == .encoded else {
      for row in 0..<rows {
        (matrix + row * length).pointer.update(from: (padded + row * columns).pointer, count: length)
      }
      return
    }
    for axis in 0..<axes {
      for row in 0..<rows {
        for input in 0..<axisInputs {
          matrix.pointer[row * length + input * axes + axis] = padded.pointer[axis * axisExtent + input * columns + row]
        }
      }
    }
  }
}
