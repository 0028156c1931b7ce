/// KiloNeRF (Reiser et al. 2021): a grid of tiny networks, each for the coordinates of its own tile.
public struct KiloNeRFConfiguration: Codable, Equatable, Sendable {
  /// Hidden width h of each network.
  public var hidden: Int
  /// Linear layers L, the head included.
  public var layers: Int
  /// Networks an axis, array order; a single entry means the same for every axis.
  public var grid: [Int]
  /// Frequencies F of the positional encoding; 0 leaves the coordinates alone.
  public var frequencies: Int
  public var variant: Variant

  public init(
    hidden: Int = 16, layers: Int = 3, grid: [Int] = [16], frequencies: Int = 10, variant: Variant = .paper
  ) {
    self.hidden = hidden
    self.layers = layers
    self.grid = grid
    self.frequencies = frequencies
    self.variant = variant
  }

  /// Reads `16` (every axis) or `16x8` (an axis each, array order).
  public static func grid(argument: String) throws(ConfigurationError) -> [Int] {
    try TileText.parse(argument, of: "grid", example: "16 or 16x8")
  }

  /// Parameters `T·p`, `p = Ih + h + (L−2)(h²+h) + ho + o`, `I = d(1+2F)`; MACs by default p ("bias"), "nobias" without
  /// the biases, and "noPE_…" with I replaced by d. Sines are those of the encoding, `2dF`, if evaluated a sample.
  public func cost(shape: [Int], channels: Int) throws(ConfigurationError) -> Cost {
    try layout(shape: shape, channels: channels).cost(withoutEncoding: true)
  }

  /// `net.i.weight [T, h, inputs]`, `net.i.bias [T, h]`, `last_layer.weight [T, o, h]`, `last_layer.bias [T, o]`; network
  /// `t` is that of tile t, row-major over the grid. The first layer's inputs are ordered as `AxisEncoding` says.
  ///
  /// Weights `U(±sqrt(6/(1.04·in)))` (Kaiming for LeakyReLU 0.2), the head's `U(±0.01·sqrt(3/in))`, so that outputs
  /// begin near zero; as published `U(±sqrt(6/(in·out)))` everywhere. Biases are zero.
  public func tensors(shape: [Int], channels: Int) throws(ConfigurationError) -> [ParameterTensor] {
    try layout(shape: shape, channels: channels).parameterTensors
  }

  /// Products of one full step.
  public func products(shape: [Int], channels: Int) throws(ConfigurationError) -> [ProductShape] {
    TiledProducts(try layout(shape: shape, channels: channels)).shapes
  }

  func layout(shape: [Int], channels: Int) throws(ConfigurationError) -> TiledLayout {
    guard layers >= 2 else {
      throw ConfigurationError("layers: found \(layers); allowed are 2 or more (at least one hidden layer and the head)")
    }
    let grid = try TileText.fitted(grid, axes: shape.count, of: "grid")
    guard zip(grid, shape).allSatisfy({ $0 <= $1 }) else {
      let most = shape.map(String.init).joined(separator: "x")
      throw ConfigurationError(
        "grid: found \(grid.map(String.init).joined(separator: "x")); allowed are at most the data's \(most)")
    }
    try TileText.checkSize(grid, times: Double(hidden) * Double(hidden) * Double(layers), of: "grid")
    return try TiledLayout(
      shape: shape, channels: channels, hidden: hidden, frequencies: frequencies, hiddenLayers: layers - 1,
      isOneNetworkPerTile: true, tiles: [grid],
      bounds: variant == .published ? .published : .kaiming,
      digit: { _, axis, coordinate in coordinate * grid[axis] / shape[axis] })
  }
}

/// A grid of tiny networks over tiles of the data (KiloNeRF, Reiser et al. 2021, section 3.1), LeakyReLU 0.2 between
/// their layers: sample x belongs to network `floor(x·grid/size)` on every axis.
public final class KiloNeRF: TiledNetwork {
  public let configuration: KiloNeRFConfiguration

  /// - Throws: a grid that does not fit the shape, sizes out of range.
  public init(_ configuration: KiloNeRFConfiguration, shape: [Int], channels: Int) throws(ConfigurationError) {
    self.configuration = configuration
    super.init(try configuration.layout(shape: shape, channels: channels))
  }

  /// Bytes that training takes beside the target.
  public static func memory(
    _ configuration: KiloNeRFConfiguration, shape: [Int], channels: Int, threads: Int
  ) throws(ConfigurationError) -> Int {
    memory(try configuration.layout(shape: shape, channels: channels), threads: threads)
  }
}
