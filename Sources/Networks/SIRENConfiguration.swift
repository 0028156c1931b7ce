/// SIREN (Sitzmann et al. 2020): `z ← sin(ω0 (W z + b))`, linear head.
public struct SIRENConfiguration: Codable, Equatable, Sendable {
  /// Hidden width h.
  public var hidden: Int
  /// Linear layers L, the head included.
  public var layers: Int
  /// Frequency factor ω0 of the sines.
  public var omega0: Float

  public init(hidden: Int = 256, layers: Int = 4, omega0: Float = 30) {
    self.hidden = hidden
    self.layers = layers
    self.omega0 = omega0
  }

  /// First `W, b ~ U(±1/d)`, all others `U(±sqrt(6/h)/ω0)`, the head included.
  func tensors(axes: Int, channels: Int) -> [ParameterTensor] {
    let deep = (6 / Float(hidden)).squareRoot() / omega0
    var tensors: [ParameterTensor] = []
    for layer in 0..<(layers - 1) {
      let bound = layer == 0 ? 1 / Float(axes) : deep
      let name = "net.\(layer).linear"
      tensors.append(
        ParameterTensor(name: name + ".weight", shape: [hidden, layer == 0 ? axes : hidden], bound: bound))
      tensors.append(ParameterTensor(name: name + ".bias", shape: [hidden], bound: bound))
    }
    tensors.append(ParameterTensor(name: "last_layer.linear.weight", shape: [channels, hidden], bound: deep))
    tensors.append(ParameterTensor(name: "last_layer.linear.bias", shape: [channels], bound: deep))
    return tensors
  }

  /// Parameters, MACs and sines. Default convention "bias": weights and biases, once a sample.
  public func cost(shape: [Int], channels: Int) throws(ConfigurationError) -> Cost {
    try validate()
    let tensors = tensors(axes: shape.count, channels: channels)
    let all = tensors.reduce(0) { $0 + $1.count }
    let weights = tensors.filter { $0.shape.count == 2 }.reduce(0) { $0 + $1.count }
    let samples = shape.reduce(1.0) { $0 * Double($1) }
    // Forward and dW for every layer, dz for every layer but the first.
    let products = 3 * weights - hidden * shape.count
    return Cost(
      parameters: all, macs: Double(all), macsByConvention: ["nobias": Double(weights), "bias": Double(all)],
      sines: Double(hidden * (layers - 1)), flopPerStep: 2 * samples * Double(products))
  }

  func validate() throws(ConfigurationError) {
    guard layers >= 2 else {
      throw ConfigurationError("layers: found \(layers); allowed are 2 or more (at least one sine layer and the head)")
    }
  }
}

extension SIRENConfiguration {
  /// Matrix products of one full step, block by block: `W z`, `dW`, `dz` of every inner layer. The first layer and the
  /// head are too narrow for products.
  public func products(shape: [Int], channels: Int) throws(ConfigurationError) -> [ProductShape] {
    try validate()
    let samples = shape.reduce(1, *)
    let rows = min(SIREN.blockRows, samples)
    let count = Double(layers - 2) * Double(samples) / Double(rows)
    guard layers > 2 else { return [] }
    return [
      ProductShape(m: rows, n: hidden, k: hidden, count: 2 * count),
      ProductShape(m: hidden, n: hidden, k: rows, count: count),
    ]
  }
}
