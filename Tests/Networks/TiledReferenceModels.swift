#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@testable import Networks

/// `[x, sin(2^k π x), cos(2^k π x)]`, all axes of one entry before the next.
private func positionalEncoding(_ x: [Double], frequencies: Int) -> [Double] {
  var result = x
  for k in 0..<frequencies {
    let factor = Double.pi * pow(2, Double(k))
    result += x.map { sin(factor * $0) }
    result += x.map { cos(factor * $0) }
  }
  return result
}

/// A multi-layer perceptron whose parameters are slices of stacked tensors.
private func tiledPerceptron(
  _ input: [Double], widths: [Int], _ parameters: ReferenceParameters, trace: Trace?, weightTile: (Int) -> Int,
  biasTile: (Int) -> Int
) -> [Double] {
  var z = input
  for (layer, width) in widths.enumerated() {
    let isHead = layer == widths.count - 1
    let name = isHead ? "last_layer" : "net.\(layer)"
    let weight = parameters[name + ".weight"]
    let bias = parameters[name + ".bias"]
    let (weightStart, biasStart) = (weightTile(layer) * width * z.count, biasTile(layer) * width)
    z = (0..<width).map { row in
      var sum = bias[biasStart + row]
      for (column, value) in z.enumerated() { sum += weight[weightStart + row * z.count + column] * value }
      return isHead || sum > 0 ? sum : 0.2 * sum
    }
    if !isHead { trace?(z) }
  }
  return z
}

private func normalised(_ x: [Int], shape: [Int]) -> [Double] {
  zip(x, shape).map { 2 * Double($0) / Double($1) - 1 }
}

func referenceKiloNeRF(
  _ configuration: KiloNeRFConfiguration, shape: [Int], channels: Int, _ parameters: ReferenceParameters, raster: Int,
  trace: Trace? = nil
) -> [Double] {
  let x = coordinates(raster, shape: shape)
  var tile = 0
  for axis in shape.indices {
    let grid = configuration.grid[configuration.grid.count == 1 ? 0 : axis]
    tile = tile * grid + Int(floor(Double(x[axis]) * Double(grid) / Double(shape[axis])))
  }
  return tiledPerceptron(
    positionalEncoding(normalised(x, shape: shape), frequencies: configuration.frequencies),
    widths: Array(repeating: configuration.hidden, count: configuration.layers - 1) + [channels], parameters,
    trace: trace, weightTile: { _ in tile }, biasTile: { _ in tile })
}

func referenceLoETile(_ configuration: LoEConfiguration, shape: [Int], x: [Int], layer: Int) -> Int {
  var tile = 0
  for axis in shape.indices {
    // The coordinate in [0, 1), digit by digit; as published what remains of 4x − 3.
    var rest = Double(x[axis]) / Double(shape[axis])
    if configuration.variant == .published { rest = (4 * rest).truncatingRemainder(dividingBy: 1) }
    var digit = 0
    for counts in configuration.tiles[...layer] {
      let base = counts[counts.count == 1 ? 0 : axis]
      // Exact products of these sizes may come out one bit short of their integer.
      digit = Int(floor(rest * Double(base) + 1e-9))
      rest = rest * Double(base) - Double(digit)
    }
    let counts = configuration.tiles[layer]
    tile = tile * counts[counts.count == 1 ? 0 : axis] + digit
  }
  return tile
}

func referenceLoE(
  _ configuration: LoEConfiguration, shape: [Int], channels: Int, _ parameters: ReferenceParameters, raster: Int,
  trace: Trace? = nil
) -> [Double] {
  let x = coordinates(raster, shape: shape)
  return tiledPerceptron(
    positionalEncoding(normalised(x, shape: shape), frequencies: configuration.frequencies),
    widths: Array(repeating: configuration.hidden, count: configuration.tiles.count) + [channels], parameters,
    trace: trace, weightTile: { layer in
      layer < configuration.tiles.count ? referenceLoETile(configuration, shape: shape, x: x, layer: layer) : 0
    },
    biasTile: { _ in 0 })
}

extension Subject {
  static func kiloNeRF(
    layers: Int = 3, hidden: Int = 16, grid: String, shape: [Int], channels: Int = 1, frequencies: Int = 4,
    variant: Variant = .paper
  ) -> Subject {
    let configuration = KiloNeRFConfiguration(
      hidden: hidden, layers: layers, grid: try! KiloNeRFConfiguration.grid(argument: grid), frequencies: frequencies,
      variant: variant)
    return Subject(
      name: "KiloNeRF \(grid) L\(layers) h\(hidden) \(shape) o\(channels) F\(frequencies) \(variant)", shape: shape,
      channels: channels, hasSines: false,
      make: { try KiloNeRF(configuration, shape: shape, channels: channels) },
      evaluate: { referenceKiloNeRF(configuration, shape: shape, channels: channels, $0, raster: $1) },
      activations: { p, raster in
        traced { _ = referenceKiloNeRF(configuration, shape: shape, channels: channels, p, raster: raster, trace: $0) }
      })
  }

  static func loe(
    _ tiles: String, hidden: Int = 24, shape: [Int], channels: Int = 1, frequencies: Int = 4, variant: Variant = .paper
  ) -> Subject {
    let configuration = LoEConfiguration(
      hidden: hidden, frequencies: frequencies, tiles: try! LoEConfiguration.tiles(argument: tiles), variant: variant)
    return Subject(
      name: "LoE \(tiles) h\(hidden) \(shape) o\(channels) F\(frequencies) \(variant)", shape: shape,
      channels: channels, hasSines: false,
      make: { try LoE(configuration, shape: shape, channels: channels) },
      evaluate: { referenceLoE(configuration, shape: shape, channels: channels, $0, raster: $1) },
      activations: { p, raster in
        traced { _ = referenceLoE(configuration, shape: shape, channels: channels, p, raster: raster, trace: $0) }
      })
  }

  static func tiny(tiled variants: [Variant]) -> [Subject] {
    variants.flatMap { variant -> [Subject] in
      [
        .kiloNeRF(hidden: 5, grid: "2x3", shape: [6, 7], channels: 2, frequencies: 2, variant: variant),
        .kiloNeRF(layers: 4, hidden: 9, grid: "3", shape: [10], frequencies: 3, variant: variant),
        .loe("2,2x3", hidden: 6, shape: [7, 8], channels: 3, frequencies: 2, variant: variant),
        .loe("2,1,2", hidden: 5, shape: [4, 3, 5], frequencies: 1, variant: variant),
      ]
    }
  }

  /// 1–3 axes, sizes that tiles do not divide, one tile, a tile a sample, odd widths, colour, few and many layers, tiles
  /// larger than a block. Without frequencies sizes are odd: at coordinates of exactly 0 all layers would sit on the kink.
  static let tiled: [Subject] = [
    .kiloNeRF(grid: "4", shape: [20, 24]),
    .kiloNeRF(layers: 2, hidden: 20, grid: "3x2", shape: [11, 13], channels: 3),
    .kiloNeRF(layers: 5, hidden: 33, grid: "2", shape: [9, 7, 6], channels: 2, frequencies: 2),
    .kiloNeRF(hidden: 48, grid: "5", shape: [57], frequencies: 10, variant: .published),
    .kiloNeRF(hidden: 8, grid: "1", shape: [35, 31], frequencies: 0),
    .kiloNeRF(hidden: 7, grid: "5x6", shape: [5, 6], frequencies: 3),
    .kiloNeRF(layers: 6, hidden: 32, grid: "3", shape: [14, 10], channels: 3, variant: .published),
    .loe("2,3,4", shape: [24, 20]),
    .loe("3,2,4", shape: [26, 22], variant: .published),
    .loe("2", hidden: 20, shape: [9, 10], channels: 3),
    .loe("3x2,2x3,2", hidden: 17, shape: [13, 19], channels: 2, frequencies: 3),
    .loe("4,2,8", hidden: 12, shape: [77], frequencies: 6),
    .loe("2,2,2,2,2", hidden: 50, shape: [21, 8], frequencies: 2),
    .loe("2,3", hidden: 16, shape: [7, 6, 9], frequencies: 1, variant: .published),
    .loe("1,2", hidden: 9, shape: [35, 31], frequencies: 0),
  ]

  static let tiledAtSize: [Subject] = [
    .kiloNeRF(grid: "16", shape: [512, 512], frequencies: 10),
    .kiloNeRF(hidden: 32, grid: "3", shape: [200, 150], channels: 3, frequencies: 10),
    .loe("8,8,8", shape: [512, 512], frequencies: 8),
    .loe("8,8,8", shape: [512, 512], frequencies: 8, variant: .published),
  ]
}
