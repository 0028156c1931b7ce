/// LoE (Levels of Experts, Hao et al. 2022): layers whose weight matrices repeat over ever finer tiles, with one bias for
/// all tiles of a layer.
public struct LoEConfiguration: Codable, Equatable, Sendable {
  /// Hidden width h.
  public var hidden: Int
  /// Frequencies F of the positional encoding; 0 leaves the coordinates alone.
  public var frequencies: Int
  /// Weight matrices an axis of every tiled layer, coarse to fine, array order; a single entry means the same for every
  /// axis.
  public var tiles: [[Int]]
  public var variant: Variant

  public init(
    hidden: Int = 24, frequencies: Int = 8, tiles: [[Int]] = [[8], [8], [8]], variant: Variant = .paper
  ) {
    self.hidden = hidden
    self.frequencies = frequencies
    self.tiles = tiles
    self.variant = variant
  }

  /// Linear layers, the head included.
  public var layers: Int { tiles.count + 1 }

  /// Reads `8,8,8` (every axis) or `8x8,8x4,8x8` (an axis each, array order), coarse to fine.
  public static func tiles(argument: String) throws(ConfigurationError) -> [[Int]] {
    var tiles: [[Int]] = []
    for layer in argument.split(separator: ",", omittingEmptySubsequences: false) {
      tiles.append(try TileText.parse(String(layer), of: "tiles", example: "8,8,8 or 8x8,8x4,8x8"))
    }
    return tiles
  }
  /// How `tiles(argument:)` reads it.
  public var tilesArgument: String { tiles.map { TileText.text($0) }.joined(separator: ",") }

  /// Parameters `T_0·I·h + h + Σ_{i≥1}(T_i h² + h) + ho + o`, `I = d(1+2F)`; MACs by default
  /// `Ih + (n−1)h² + ho + nh + o` ("bias"), "nobias" without the biases. Sines are those of the encoding, `2dF`, if
  /// evaluated a sample.
  public func cost(shape: [Int], channels: Int) throws(ConfigurationError) -> Cost {
    try layout(shape: shape, channels: channels).cost(withoutEncoding: false)
  }

  /// `net.i.weight [T_i, h, inputs]`, `net.i.bias [h]`, `last_layer.weight [o, h]`, `last_layer.bias [o]`; matrix `t` is
  /// that of tile t, row-major over the layer's tiles. The first layer's inputs are ordered as `AxisEncoding` says.
  ///
  /// Weights `U(±sqrt(6/(1.04·in)))` (Kaiming for LeakyReLU 0.2), the head's `U(±0.01·sqrt(3/in))`, so that outputs
  /// begin near zero; as published `U(±sqrt(6/(in·out)))` and `U(±sqrt(6/in))`. Biases are zero.
  public func tensors(shape: [Int], channels: Int) throws(ConfigurationError) -> [ParameterTensor] {
    try layout(shape: shape, channels: channels).parameterTensors
  }

  /// Products of one full step.
  public func products(shape: [Int], channels: Int) throws(ConfigurationError) -> [ProductShape] {
    TiledProducts(try layout(shape: shape, channels: channels)).shapes
  }

  /// How often the tiles repeat along an axis: the public code takes coordinates of [−1, 1) for ones of [0, 1) and maps
  /// them to [−3, 1), a range four times too wide (its `get_indices`).
  private var repeats: Int { variant == .published ? 4 : 1 }

  func layout(shape: [Int], channels: Int) throws(ConfigurationError) -> TiledLayout {
    guard !tiles.isEmpty else { throw ConfigurationError("tiles: found none; allowed are lists as 8,8,8 or 8x8,8x8,8x8") }
    var fitted: [[Int]] = []
    for layer in tiles {
      fitted.append(try TileText.fitted(layer, axes: shape.count, of: "tiles"))
      try TileText.checkSize(fitted[fitted.count - 1], times: Double(hidden) * Double(hidden), of: "tiles")
    }
    // P_i an axis, the product of the tiles so far.
    var products: [[Int]] = []
    for layer in fitted {
      var product: [Int] = []
      for (axis, count) in layer.enumerated() {
        let finest = (products.last?[axis] ?? 1).multipliedReportingOverflow(by: count)
        guard !finest.overflow, finest.partialValue <= 1 << 31 else {
          throw ConfigurationError("tiles: found \(tilesArgument); allowed is a product of at most 2^31 on an axis")
        }
        product.append(finest.partialValue)
      }
      products.append(product)
    }
    let (counts, repeats) = (fitted, repeats)
    return try TiledLayout(
      shape: shape, channels: channels, hidden: hidden, frequencies: frequencies, hiddenLayers: tiles.count,
      isOneNetworkPerTile: false, tiles: counts,
      bounds: variant == .published
        ? .init(hidden: TiledLayout.Bounds.slipped, head: { inputs, _ in (6 / Float(inputs)).squareRoot() }) : .kaiming,
      digit: { layer, axis, coordinate in
        repeats * coordinate * products[layer][axis] / shape[axis] % counts[layer][axis]
      })
  }
}

/// Levels of Experts (Hao et al. 2022, section 3): layer i takes the weight matrix of tile
/// `floor(x·t_0…t_i/size) mod t_i` on every axis (as published `floor(4x·…)`: all tiles repeat four times along an axis,
/// and finer ones than a quarter of the size are not told apart); LeakyReLU 0.2 between, a plain linear head.
public final class LoE: TiledNetwork {
  public let configuration: LoEConfiguration

  /// - Throws: tiles that do not fit the shape's axes, sizes out of range.
  public init(_ configuration: LoEConfiguration, shape: [Int], channels: Int) throws(ConfigurationError) {
    self.configuration = configuration
    super.init(try configuration.layout(shape: shape, channels: channels))
  }

  /// Bytes that training takes beside the target.
  public static func memory(
    _ configuration: LoEConfiguration, shape: [Int], channels: Int, threads: Int
  ) throws(ConfigurationError) -> Int {
    memory(try configuration.layout(shape: shape, channels: channels), threads: threads)
  }
}
