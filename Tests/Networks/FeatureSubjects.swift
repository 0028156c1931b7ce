import Kernels

@testable import Networks

extension Subject {
  /// Pictures whose sizes nothing divides, grey and in colour, of every model.
  static let featurePictures: [Subject] = [
    .asmr("2,4,5x3,3,5", hidden: 24, shape: [37, 41]),
    .asmr("5,2,4x5,3,3", hidden: 20, shape: [37, 41], channels: 3),
    .asmr("4,2,5x3,5,3", hidden: 20, shape: [37, 41], channels: 3, modulator: .siren),
    .siren(hidden: 24, shape: [37, 41]),
    .siren(layers: 3, hidden: 20, shape: [37, 41], channels: 3),
    .hashGrid(tableSize: 64, base: [3], finest: [40], hidden: 20, shape: [37, 41]),
    .hashGrid(levels: 5, tableSize: 128, base: [2], finest: [120], hidden: 20, variant: .published, shape: [37, 41], channels: 3),
    .kiloNeRF(hidden: 12, grid: "4x3", shape: [37, 41]),
    .kiloNeRF(layers: 4, hidden: 20, grid: "3", shape: [37, 41], channels: 3),
    .loe("2,3,4", hidden: 20, shape: [37, 41]),
    .loe("3,2x4", hidden: 24, shape: [37, 41], channels: 3),
  ]

  /// Initial parameters, biases of tiled models included, which begin at zero.
  func featureNetwork() throws -> any Network {
    let network = try network(seed: 5)
    var generator = RandomGenerator(seed: 8)
    for tensor in network.parameters.tensors where tensor.distribution == .uniform(0) {
      network.parameters.set(tensor, to: (0..<tensor.count).map { _ in generator.uniform(0.3) })
    }
    return network
  }

  /// The sample that a point of a layer's own grid stands for: of an ASMR level the first of its cell.
  func raster(_ point: Int, of layer: FeatureLayer, level: Int, in network: any Network) -> Int {
    guard let asmr = network as? ASMR else { return point }
    let bases = asmr.configuration.bases.axes
    var raster = 0
    for (axis, coordinate) in coordinates(point, shape: layer.shape).enumerated() {
      let size = bases[bases.count == 1 ? 0 : axis][(level + 1)...].reduce(1, *)
      raster = raster * shape[axis] + coordinate * size
    }
    return raster
  }

  /// Which of the plain evaluator's activations a layer shows, and from which of them on; nil for parameters' maps.
  func layerTraced(by index: Int, of network: any Network) -> (layer: Int, first: Int)? {
    let title = network.featureLayers[index].title
    let number = Int(title.split(separator: " ").last ?? "") ?? 0
    if title.hasPrefix("level") { return (number, 0) }
    if title.hasPrefix("layer") { return (network is HashGrid ? number : number - 1, 0) }
    if title.hasPrefix("grid"), let grid = network as? HashGrid { return (0, number * grid.configuration.features) }
    return nil
  }
}

/// How far two lists are apart.
struct Distance {
  private(set) var largest = 0.0
  private var squares = 0.0
  private var count = 0.0
  var rms: Double { (squares / max(count, 1)).squareRoot() }
  /// The bounds of what is shown.
  var isSmall: Bool { count > 0 && largest <= 2e-3 && rms <= 2e-4 }

  mutating func add(_ ours: Float, _ reference: Double) {
    let difference = abs(Double(ours) - reference)
    // A NaN is far away.
    largest = difference <= largest ? largest : difference.isNaN ? .infinity : difference
    squares += difference * difference
    count += 1
  }
}
