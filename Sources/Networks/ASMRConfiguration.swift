import Kernels

/// How ASMR's modulator turns digits into shifts.
public enum ModulatorKind: String, Codable, CaseIterable, Sendable {
  /// `ω0 M_i x_i`, one matrix a level (the paper's default).
  case linear
  /// A three-layer SIREN of width 32 in its place, its output added without the extra ω0.
  case siren
}

/// ASMR (ICLR 2024, section 3): multi-resolution coordinate decomposition with hierarchical modulation.
public struct ASMRConfiguration: Codable, Equatable, Sendable {
  /// Hidden width h.
  public var hidden: Int
  /// Bases an axis; their number of levels is the number of linear layers.
  public var bases: Bases
  /// Frequency factor ω0 of the sines.
  public var omega0: Float
  public var modulator: ModulatorKind

  public init(hidden: Int = 256, bases: Bases, omega0: Float = 30, modulator: ModulatorKind = .linear) {
    self.hidden = hidden
    self.bases = bases
    self.omega0 = omega0
    self.modulator = modulator
  }
}

/// ASMR's sizes for one data shape, worked out once: what the network, its cost and its memory estimate share.
struct ASMRLayout {
  let configuration: ASMRConfiguration
  let shape: [Int]
  let channels: Int
  let bases: [[Int]]
  /// Linear layers L.
  let levels: Int
  /// Digit combinations b_i of a level over all axes.
  let digits: [Int]
  /// Cells C_i of the grid of the first i + 1 levels.
  let cells: [Int]

  /// Width of the non-linear modulator's own layers.
  static let modulatorWidth = 32

  init(_ configuration: ASMRConfiguration, shape: [Int], channels: Int) throws(ConfigurationError) {
    let fitted = try configuration.bases.fitted(to: shape)
    self.configuration = configuration
    self.shape = shape
    self.channels = channels
    bases = fitted.axes
    levels = fitted.levels
    digits = (0..<fitted.levels).map { level in fitted.axes.reduce(1) { $0 * $1[level] } }
    var product = 1
    cells = digits.map { product *= $0; return product }
  }

  var axes: Int { shape.count }
  var hidden: Int { configuration.hidden }
  var paddedShape: [Int] { bases.map { $0.reduce(1, *) } }
  /// Inputs of hidden layer `level` (1…L−1): the digits for the first, else h.
  func inputs(_ level: Int) -> Int { level == 1 ? axes : hidden }

  /// What one digit of a level costs its modulator, with the biases of the non-linear one.
  var macsPerDigit: Double {
    let (d, h, width) = (Double(axes), Double(hidden), Double(Self.modulatorWidth))
    return switch configuration.modulator {
    case .linear: d * h
    case .siren: width * d + width + width * width + width + width * h + h
    }
  }

  /// Tensors in the order and with the names of the public state dictionary.
  ///
  /// `W_1, b_1 ~ U(±1/d)`; other `W, b ~ U(±sqrt(6/h)/ω0)`, the last layer included; `M ~ U(±1/sqrt(d))`.
  func tensors() -> [ParameterTensor] {
    let h = hidden
    let deep = (6 / Float(h)).squareRoot() / configuration.omega0
    var tensors: [ParameterTensor] = []
    for level in 1..<levels {
      let bound = level == 1 ? 1 / Float(axes) : deep
      let name = "net.\(level - 1).linear"
      tensors.append(ParameterTensor(name: name + ".weight", shape: [h, inputs(level)], bound: bound))
      tensors.append(ParameterTensor(name: name + ".bias", shape: [h], bound: bound))
    }
    tensors.append(ParameterTensor(name: "last_layer.linear.weight", shape: [channels, h], bound: deep))
    tensors.append(ParameterTensor(name: "last_layer.linear.bias", shape: [channels], bound: deep))
    for level in 1..<levels {
      let name = "modulators.\(level - 1)"
      switch configuration.modulator {
      case .linear:
        let bound = 1 / Float(axes).squareRoot()
        tensors.append(ParameterTensor(name: name + ".linear.weight", shape: [h, axes], bound: bound))
      case .siren:
        let width = Self.modulatorWidth
        let inner = (6 / Float(width)).squareRoot() / configuration.omega0
        for (layer, inputs, outputs, bound) in [
          ("net.0", axes, width, 1 / Float(axes)), ("net.1", width, width, inner), ("last_layer", width, h, inner),
        ] {
          let linear = "\(name).model.\(layer).linear"
          tensors.append(ParameterTensor(name: linear + ".weight", shape: [outputs, inputs], bound: bound))
          tensors.append(ParameterTensor(name: linear + ".bias", shape: [outputs], bound: bound))
        }
      }
    }
    return tensors
  }

  /// Digits of every combination of a level, normalised to [0, 1]: `x / max(B − 1, 1)`, `[digits, axes]`, the last axis
  /// fastest.
  func digitValues(_ level: Int) -> [Float] {
    var values: [Float] = []
    for combination in 0..<digits[level] {
      var rest = combination
      var digit = [Float](repeating: 0, count: axes)
      for axis in (0..<axes).reversed() {
        let base = bases[axis][level]
        digit[axis] = Float(rest % base) / Float(max(base - 1, 1))
        rest /= base
      }
      values += digit
    }
    return values
  }

  /// Hierarchical order: `index = ((x_0·b_1 + x_1)·b_2 + x_2)…`, `x_i` the level's combined digit.
  func order() -> SampleOrder {
    var offsets: [[Int]] = []
    for axis in 0..<axes {
      let size = bases[axis].reduce(1, *)
      offsets.append((0..<size).map { coordinate in
        var native = 0
        var grid = size
        for level in 0..<levels {
          grid /= bases[axis][level]
          let digit = coordinate / grid % bases[axis][level]
          let finerAxes = bases[(axis + 1)...].reduce(1) { $0 * $1[level] }
          let finerLevels = digits[(level + 1)...].reduce(1, *)
          native += digit * finerAxes * finerLevels
        }
        return native
      })
    }
    return SampleOrder(shape: shape, paddedShape: paddedShape, offsets: offsets)
  }
}

extension ASMRConfiguration {
  /// Parameters, MACs and sines for a data shape (MODELS, "What counts as a MAC").
  ///
  /// Default convention "code": `[Σ_{i<L}(in·out + out)·C_i + Σ_{i≥1} d·h·b_i + Σ_{i<L−1} h·C_i] / N`. The work on a
  /// padded grid is divided by the real samples.
  public func cost(shape: [Int], channels: Int) throws(ConfigurationError) -> Cost {
    let layout = try ASMRLayout(self, shape: shape, channels: channels)
    let levels = layout.levels
    let h = Double(hidden)
    let d = Double(layout.axes)
    let o = Double(channels)
    let samples = shape.reduce(1.0) { $0 * Double($1) }
    let cells = layout.cells.map(Double.init)
    let digits = layout.digits.map(Double.init)

    var weights = 0.0
    var biases = 0.0
    for layer in 0..<levels {
      let inputs = layer == 0 ? d : h
      let outputs = layer == levels - 1 ? o : h
      weights += inputs * outputs * cells[layer]
      biases += outputs * cells[layer]
    }
    let width = Double(ASMRLayout.modulatorWidth)
    let perDigit = layout.macsPerDigit
    let modulation = digits[1...].reduce(0) { $0 + perDigit * $1 }
    let adds = h * cells[..<(levels - 1)].reduce(0, +)
    let fullAdds = h * cells[1...].reduce(0, +)
    let conventions = [
      "code": weights + biases + modulation + adds,
      "bias_noadd": weights + biases + modulation,
      "nobias": weights + modulation,
      "nobias_add": weights + modulation + adds,
      "addfull": weights + biases + modulation + fullAdds,
    ].mapValues { $0 / samples }

    // Forward, dW and dz of every product; the first layer has no dz. What lies before the last level is the same for
    // every batch.
    func layerFlop(_ level: Int) -> Double { level == 1 ? 4 * cells[0] * d * h : 6 * cells[level - 1] * h * h }
    let lastFlop = 6 * cells[levels - 2] * 2 * h * digits[levels - 1] * o + layerFlop(levels - 1)
    let shared = (1..<(levels - 1)).reduce(0) { $0 + layerFlop($1) } + 6 * perDigit * digits[1...].reduce(0, +)
    let modulatorSines = modulator == .siren ? 2 * width * digits[1...].reduce(0, +) : 0
    return Cost(
      parameters: layout.tensors().reduce(0) { $0 + $1.count },
      macs: conventions["code"] ?? 0, macsByConvention: conventions,
      sines: (fullAdds + modulatorSines) / samples, flopPerStep: lastFlop + shared, sharedFlopPerStep: shared)
  }
}

extension ASMRConfiguration {
  /// Matrix products of one full step, block by block as the engine calls them: `ω0 W z`, the head's product with the
  /// factors, and two products backward through each.
  public func products(shape: [Int], channels: Int) throws(ConfigurationError) -> [ProductShape] {
    let layout = try ASMRLayout(self, shape: shape, channels: channels)
    let columns = paddedRowLength(hidden)
    var products: [ProductShape] = []
    for level in 1..<layout.levels {
      let cells = layout.cells[level - 1]
      let rows = min(ASMRLevel.Sizes(layout, level: level).blockRows, cells)
      let count = Double(cells) / Double(rows)
      let inputs = layout.inputs(level)
      products.append(ProductShape(m: rows, n: hidden, k: inputs, count: count))
      products.append(ProductShape(m: hidden, n: inputs, k: rows, count: count))
      if level > 1 { products.append(ProductShape(m: rows, n: inputs, k: hidden, count: count)) }
      guard level == layout.levels - 1 else { continue }
      let values = layout.digits[level] * channels
      products.append(ProductShape(m: rows, n: values, k: 2 * columns, count: count))
      products.append(ProductShape(m: rows, n: 2 * columns, k: values, count: count))
      products.append(ProductShape(m: values, n: 2 * columns, k: rows, count: count))
    }
    return products
  }
}
