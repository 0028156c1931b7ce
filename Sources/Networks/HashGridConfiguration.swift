import Kernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Multiresolution hash grid (Müller et al. 2022, "Instant Neural Graphics Primitives"): features of L levels, each
/// interpolated between the points of a lattice whose values are rows of a table, then a ReLU network.
public struct HashGridConfiguration: Codable, Equatable, Sendable {
  /// Number of levels L.
  public var levels: Int
  /// Features F of a level.
  public var features: Int
  /// Most rows T of a level's table, a power of two.
  public var tableSize: Int
  /// Resolution N_min of the coarsest level an axis, in array order; a single entry for all axes.
  public var baseResolution: [Int]
  /// Resolution N_max of the finest level, likewise.
  public var finestResolution: [Int]
  /// Hidden width h.
  public var hidden: Int
  /// Linear layers, the head included.
  public var layers: Int
  /// `published` is the public ASMR code: integer coordinates, lattice points of dense levels that share rows because
  /// the stride is one too small, Xavier normal with biases, plain Adam.
  public var variant: Variant

  public init(
    levels: Int = 8, features: Int = 2, tableSize: Int = 32_768, baseResolution: [Int] = [16],
    finestResolution: [Int] = [256], hidden: Int = 64, layers: Int = 3, variant: Variant = .paper
  ) {
    self.levels = levels
    self.features = features
    self.tableSize = tableSize
    self.baseResolution = baseResolution
    self.finestResolution = finestResolution
    self.hidden = hidden
    self.layers = layers
    self.variant = variant
  }

  /// Paper: β₁ 0.9, β₂ 0.99, ε 1e-15 (section 4), because gradients of table entries are small and rare. Published: the
  /// defaults and no L2, which give the reference's curve on the cameraman (21.9, 28.0, 30.6, 33.2 dB after 20, 50, 100,
  /// 200 steps of 1e-2; it has 21.6, 27.8, 30.5, 33.3). The public trainer's L2 of 1e-6 loses 1.5 dB of it at step 20.
  public var adam: AdamConstants {
    variant == .paper ? AdamConstants(beta1: 0.9, beta2: 0.99, epsilon: 1e-15) : AdamConstants()
  }

  /// Tables uniform in ±1e-4. Paper: Xavier uniform, no biases, L2 of 1e-6 on the matrices only, untouched table entries
  /// left alone. Published: hidden weights Xavier normal, the head and all biases PyTorch's `U(±1/sqrt(inputs))`.
  public func tensors(shape: [Int], channels: Int) throws(ConfigurationError) -> [ParameterTensor] {
    try validate(axes: shape.count)
    let paper = variant == .paper
    let matrixTraits = OptimizerTraits(weightDecay: paper ? 1e-6 : 0)
    let tables = (0..<levels).map { level in
      ParameterTensor(
        name: "hash_table.embeddings.\(level).weight", shape: [geometry(level, axes: shape.count).rows, features],
        distribution: .uniform(1e-4), traits: OptimizerTraits(skipsUntouched: paper))
    }
    var layers: [ParameterTensor] = []
    for (layer, size) in layerSizes(channels: channels).enumerated() {
      let isHead = layer == self.layers - 1
      let name = isHead ? "net.\(layer)" : "net.\(layer).linear"
      let plain = 1 / Float(size.inputs).squareRoot()
      let sum = Float(size.inputs + size.outputs)
      let weight: InitialDistribution =
        paper ? .uniform((6 / sum).squareRoot()) : isHead ? .uniform(plain) : .normal((2 / sum).squareRoot())
      layers.append(
        ParameterTensor(
          name: name + ".weight", shape: [size.outputs, size.inputs], distribution: weight, traits: matrixTraits))
      guard !paper else { continue }
      layers.append(
        ParameterTensor(name: name + ".bias", shape: [size.outputs], bound: plain))
    }
    return tables + layers
  }

  /// Inputs and outputs of every linear layer.
  func layerSizes(channels: Int) -> [(inputs: Int, outputs: Int)] {
    (0..<layers).map { layer in
      (layer == 0 ? levels * features : hidden, layer == layers - 1 ? channels : hidden)
    }
  }

  /// Parameters and MACs; look-ups and interpolation are free. Default convention "nobias": weights of the layers once a
  /// sample; "bias" adds the biases, where the variant has any.
  public func cost(shape: [Int], channels: Int) throws(ConfigurationError) -> Cost {
    let tensors = try tensors(shape: shape, channels: channels)
    let sizes = layerSizes(channels: channels)
    let weights = Double(sizes.reduce(0) { $0 + $1.inputs * $1.outputs })
    let biases = variant == .published ? Double(sizes.reduce(0) { $0 + $1.outputs }) : 0
    let samples = shape.reduce(1.0) { $0 * Double($1) }
    // Forward, dW and dz of every layer: the tables need the first layer's dz.
    return Cost(
      parameters: tensors.reduce(0) { $0 + $1.count }, macs: weights,
      macsByConvention: ["nobias": weights, "bias": weights + biases], sines: 0, flopPerStep: 6 * samples * weights)
  }

  /// Forward, dW and dz of every layer on strips of samples.
  public func products(shape: [Int], channels: Int) throws(ConfigurationError) -> [ProductShape] {
    try validate(axes: shape.count)
    let rows = ReLULayers.stripRows
    let strips = shape.reduce(1.0) { $0 * Double($1) } / Double(rows)
    return layerSizes(channels: channels).flatMap { size in
      [
        ProductShape(m: rows, n: size.outputs, k: size.inputs, count: strips),
        ProductShape(m: size.inputs, n: size.outputs, k: rows, count: strips),
        ProductShape(m: rows, n: size.inputs, k: size.outputs, count: strips),
      ]
    }
  }

  func validate(axes: Int) throws(ConfigurationError) {
    func check(_ name: String, _ value: Int, _ allowed: ClosedRange<Int>) throws(ConfigurationError) {
      guard allowed.contains(value) else {
        throw ConfigurationError(
          "\(name): found \(value); allowed are \(allowed.lowerBound) to \(allowed.upperBound)")
      }
    }
    guard (1...3).contains(axes) else {
      throw ConfigurationError("the hash grid takes data of 1 to 3 axes; found \(axes)")
    }
    try check("levels", levels, 1...32)
    try check("features", features, 1...16)
    guard (16...(1 << 24)).contains(tableSize), tableSize.nonzeroBitCount == 1 else {
      throw ConfigurationError("table-size: found \(tableSize); allowed are powers of two from 16 to 16777216")
    }
    try check("hidden", hidden, ModelKind.hashgrid.hiddenWidths)
    try check("layers", layers, 2...32)
    for (name, list) in [("base-resolution", baseResolution), ("finest-resolution", finestResolution)] {
      guard list.count == 1 || list.count == axes else {
        throw ConfigurationError(
          "\(name): found \(list.count) entries, \(text(list)); allowed are 1 or \(axes), one an axis")
      }
      for entry in list { try check(name, entry, 1...TileText.most) }
    }
    for axis in 0..<axes where entry(finestResolution, axis) < entry(baseResolution, axis) {
      throw ConfigurationError(
        "finest-resolution: found \(text(finestResolution)); allowed is no less than the base-resolution, "
          + text(baseResolution))
    }
  }

  private func text(_ list: [Int]) -> String { list.map(String.init).joined(separator: "x") }
  private func entry(_ list: [Int], _ axis: Int) -> Int { list.count == 1 ? list[0] : list[axis] }
}

// MARK: Levels

/// A level's lattice and table, whatever the data's size.
struct LevelGeometry: Equatable {
  /// What a coordinate in [0, 1] is multiplied with, an axis: `N_l − 1`, published `N_l`.
  let scale: [Double]
  /// Lattice points that samples may touch, an axis.
  let extents: [Int]
  let rows: Int
  let isHashed: Bool
  /// Factor of an axis' lattice coordinate: its stride, or its prime.
  let factors: [UInt32]
}

extension HashGridConfiguration {
  /// Level l has the resolution `N_l = N_min·b^l`, `b = (N_max/N_min)^(1/(L−1))`.
  ///
  /// Paper (tiny-cuda-nn): `res = ceil(N_l − 1) + 1` points an axis, rows `min(next multiple of 8 of ∏ res, T)`. Half a
  /// cell of shift lets samples reach the point `res`, one too far, whose row index runs into the next line's, or around
  /// the table's end; the last array axis is the first coordinate: stride 1, prime 1.
  ///
  /// Published: `r = floor(N_l + 1e-6)`, rows `∏ (r + 1)` where `∏ r < T`, else T; the strides are of r points although
  /// there are r + 1, so points share rows; dense rows have stride 1 on the last axis, hashes prime 1 on the first.
  func geometry(_ level: Int, axes: Int) -> LevelGeometry {
    let resolution = (0..<axes).map { axis -> Double in
      let (base, finest) = (Double(entry(baseResolution, axis)), Double(entry(finestResolution, axis)))
      guard levels > 1 else { return base }
      let value = base * pow(finest / base, Double(level) / Double(levels - 1))
      // A power that should be whole is, so that rounding up does not add a point.
      return abs(value - value.rounded()) < 1e-6 ? value.rounded() : value
    }
    let paper = variant == .paper
    let points = resolution.map { Int(paper ? $0.rounded(.up) : $0.rounded(.down)) }
    let isHashed = paper ? product(points) > tableSize : product(points) >= tableSize
    let dense = paper ? (product(points) + 7) / 8 * 8 : product(points.map { $0 + 1 })
    var factors: [UInt32] = []
    if isHashed {
      let primes = Array([1, 2_654_435_761, 805_459_861 as UInt32].prefix(axes))
      factors = paper ? primes.reversed() : primes
    } else {
      for axis in 0..<axes { factors.append(UInt32(product(points[(axis + 1)...]))) }
    }
    return LevelGeometry(
      scale: paper ? resolution.map { $0 - 1 } : points.map(Double.init), extents: points.map { $0 + 1 },
      rows: isHashed ? tableSize : paper ? min(dense, tableSize) : dense, isHashed: isHashed, factors: factors)
  }

  private func product(_ sizes: some Collection<Int>) -> Int { sizes.reduce(1, *) }
}
