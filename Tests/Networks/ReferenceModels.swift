import Kernels
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@testable import Networks

/// Plain evaluators in double precision, one sample at a time, straight from the formulas: what every fast path is
/// compared with. Parameters are looked up by their public names.
struct ReferenceParameters {
  var values: [String: [Double]]

  init(_ store: ParameterStore) {
    values = [:]
    for tensor in store.tensors { values[tensor.name] = store.array(tensor).map(Double.init) }
  }

  subscript(name: String) -> [Double] { values[name]! }

  /// `W x + b`, W `[outputs, inputs]`.
  func linear(_ name: String, _ x: [Double], bias: Bool = true) -> [Double] {
    let weight = self[name + ".weight"]
    let outputs = weight.count / x.count
    return (0..<outputs).map { row in
      var sum = bias ? self[name + ".bias"][row] : 0
      for (column, value) in x.enumerated() { sum += weight[row * x.count + column] * value }
      return sum
    }
  }
}

/// Is told the activations of every layer in turn: digits, features of a grid, hidden layers.
typealias Trace = ([Double]) -> Void

/// All that `body` tells.
func traced(_ body: (@escaping Trace) -> Void) -> [[Double]] {
  var layers: [[Double]] = []
  body { layers.append($0) }
  return layers
}

func coordinates(_ raster: Int, shape: [Int]) -> [Int] {
  var rest = raster
  var result = [Int](repeating: 0, count: shape.count)
  for axis in shape.indices.reversed() {
    result[axis] = rest % shape[axis]
    rest /= shape[axis]
  }
  return result
}

/// `z_0 = x_0; z_i = sin(ω0(W_i z_{i−1} + b_i + ω0 M_i x_i))`, `W_L z_{L−1} + b_L`, digits `floor(x / G_i) mod B_i`.
func referenceASMR(
  _ configuration: ASMRConfiguration, shape: [Int], _ parameters: ReferenceParameters, raster: Int, trace: Trace? = nil
) -> [Double] {
  let bases = configuration.bases.axes.count == shape.count
    ? configuration.bases.axes : Array(repeating: configuration.bases.axes[0], count: shape.count)
  let omega0 = Double(configuration.omega0)
  let x = coordinates(raster, shape: shape)
  let levels = bases[0].count
  let digits = (0..<levels).map { level in
    shape.indices.map { axis in
      let grid = bases[axis][(level + 1)...].reduce(1, *)
      let base = bases[axis][level]
      return Double(x[axis] / grid % base) / Double(max(base - 1, 1))
    }
  }
  var z = digits[0]
  trace?(z)
  for level in 1..<levels {
    let shifts: [Double]
    switch configuration.modulator {
    case .linear:
      shifts = parameters.linear("modulators.\(level - 1).linear", digits[level], bias: false).map { $0 * omega0 }
    case .siren:
      let name = "modulators.\(level - 1).model"
      var inner = digits[level]
      for layer in 0..<2 { inner = parameters.linear("\(name).net.\(layer).linear", inner).map { sine(omega0 * $0) } }
      shifts = parameters.linear("\(name).last_layer.linear", inner)
    }
    z = zip(parameters.linear("net.\(level - 1).linear", z), shifts).map { sine(omega0 * ($0 + $1)) }
    trace?(z)
  }
  return parameters.linear("last_layer.linear", z)
}

/// `sin(ω0(Wz + b))`, coordinates `2·x/size − 1`.
func referenceSIREN(
  _ configuration: SIRENConfiguration, shape: [Int], _ parameters: ReferenceParameters, raster: Int, trace: Trace? = nil
) -> [Double] {
  var z = zip(coordinates(raster, shape: shape), shape).map { 2 * Double($0) / Double($1) - 1 }
  for layer in 0..<(configuration.layers - 1) {
    z = parameters.linear("net.\(layer).linear", z).map { sine(Double(configuration.omega0) * $0) }
    trace?(z)
  }
  return parameters.linear("last_layer.linear", z)
}

/// A network with its plain evaluator.
struct Subject: CustomTestStringConvertible, Sendable {
  let name: String
  let shape: [Int]
  let channels: Int
  /// Whether the model has sines, whose arguments can go out of range.
  var hasSines = true
  let make: @Sendable () throws -> any Network
  /// What is done to the initial parameters.
  var prepare: @Sendable (ParameterStore) -> Void = { _ in }
  let evaluate: @Sendable (ReferenceParameters, Int) -> [Double]
  /// The activations on the way.
  let activations: @Sendable (ReferenceParameters, Int) -> [[Double]]
  var testDescription: String { name }

  static func asmr(
    _ bases: String, hidden: Int = 20, shape: [Int], channels: Int = 1, omega0: Float = 30,
    modulator: ModulatorKind = .linear
  ) -> Subject {
    let configuration = ASMRConfiguration(
      hidden: hidden, bases: try! Bases(argument: bases), omega0: omega0, modulator: modulator)
    return Subject(
      name: "ASMR \(bases) h\(hidden) \(shape) o\(channels) ω\(omega0) \(modulator)", shape: shape, channels: channels,
      make: { try ASMR(configuration, shape: shape, channels: channels) },
      evaluate: { referenceASMR(configuration, shape: shape, $0, raster: $1) },
      activations: { p, raster in traced { _ = referenceASMR(configuration, shape: shape, p, raster: raster, trace: $0) } })
  }

  static func siren(layers: Int = 4, hidden: Int = 20, shape: [Int], channels: Int = 1, omega0: Float = 30) -> Subject {
    let configuration = SIRENConfiguration(hidden: hidden, layers: layers, omega0: omega0)
    return Subject(
      name: "SIREN L\(layers) h\(hidden) \(shape) o\(channels) ω\(omega0)", shape: shape, channels: channels,
      make: { try SIREN(configuration, shape: shape, channels: channels) },
      evaluate: { referenceSIREN(configuration, shape: shape, $0, raster: $1) },
      activations: { p, raster in traced { _ = referenceSIREN(configuration, shape: shape, p, raster: raster, trace: $0) } })
  }

  /// How far outputs are from the plain evaluator's at most, over every 409th sample: pictures of the real size have too
  /// many for all of them.
  func worstDeviation() throws -> Double {
    let network = try network()
    let ours = prediction(network, threads: 2)
    let reference = ReferenceParameters(network.parameters)
    var worst = 0.0
    for raster in stride(from: 0, to: shape.reduce(1, *), by: 409) {
      for (channel, value) in evaluate(reference, raster).enumerated() {
        worst = max(worst, abs(Double(ours[raster * channels + channel]) - value))
      }
    }
    return worst
  }

  /// So small that every single element of the gradient is compared.
  static let tiny: [Subject] = [
    .asmr("2,3", hidden: 9, shape: [6, 6], channels: 2),
    .asmr("2,2,3x2,3,2", hidden: 8, shape: [11, 12], channels: 3),
    .asmr("2,2,2,2", hidden: 9, shape: [16]),
    .asmr("2,2x1,2x2,2", hidden: 10, shape: [4, 2, 4]),
    .asmr("2,2,2", hidden: 7, shape: [8], modulator: .siren),
    .siren(layers: 2, hidden: 9, shape: [5, 6]),
    .siren(layers: 4, hidden: 9, shape: [5, 6], channels: 3),
    .siren(layers: 3, hidden: 8, shape: [3, 4, 2]),
  ] + tinyHashGrids + tiny(tiled: Variant.allCases)

  /// Small ones of every kind: 1–3 axes, 2–5 levels, padding, colour, widths that are no multiple of 16.
  static let small: [Subject] = [
    .asmr("2,3", shape: [6, 6]),
    .asmr("4,4,4", hidden: 16, shape: [64], channels: 1),
    .asmr("2,2,3", shape: [12, 12], channels: 3),
    .asmr("2,2,3x2,3,4", hidden: 24, shape: [12, 24], channels: 3),
    .asmr("2,1,2,3", shape: [12, 12]),
    .asmr("2,2,2x2,2,3x2,2,2", hidden: 17, shape: [8, 12, 8], channels: 2),
    .asmr("1,2,2,3x2,2,2,2", shape: [11, 16], channels: 1),
    .asmr("2,3,2", shape: [12, 12], modulator: .siren),
    .asmr("2,2,3x2,3,4", shape: [12, 24], channels: 3, modulator: .siren),
    .asmr("2,2,2,2,2", hidden: 10, shape: [32], channels: 1),
    .asmr("2,4", shape: [8], channels: 1),
    .siren(layers: 2, shape: [9, 7]),
    .siren(layers: 3, hidden: 16, shape: [30], channels: 2),
    .siren(shape: [11, 13], channels: 3),
    .siren(layers: 5, hidden: 17, shape: [4, 5, 6]),
  ] + hashGrids + tiled
}

extension Subject {
  /// The network with its initial parameters of a seed.
  func network(seed: UInt64 = 1) throws -> any Network {
    let network = try make()
    network.parameters.initialise(seed: seed)
    prepare(network.parameters)
    return network
  }

  /// A target that is nothing in particular, raster order.
  func target() -> [Float] {
    var generator = RandomGenerator(seed: 99)
    return (0..<(shape.reduce(1, *) * channels)).map { _ in (generator.uniform(1) + 1) / 2 }
  }

  /// `values` in native order.
  func native(_ values: [Float], of network: any Network) -> AlignedBuffer {
    let buffer = AlignedBuffer(count: network.order.nativeCount * channels)
    values.withUnsafeBufferPointer {
      network.order.toNative($0.baseAddress!, channels: channels, into: buffer.floats)
    }
    return buffer
  }

  /// Outputs of the whole signal, raster order.
  func prediction(_ network: any Network, threads: Int = 1) -> [Float] {
    let buffer = AlignedBuffer(count: network.order.nativeCount * channels)
    #expect(network.predict(.all, into: buffer.floats, parallel: Parallel(threads: threads)))
    var raster = [Float](repeating: .nan, count: shape.reduce(1, *) * channels)
    raster.withUnsafeMutableBufferPointer {
      network.order.toRaster(buffer.floats, channels: channels, into: $0.baseAddress!)
    }
    return raster
  }

  /// Mean squared error of the samples of `indices` (raster), in double precision.
  func referenceLoss(_ parameters: ReferenceParameters, target: [Float], samples: [Int]) -> Double {
    var sum = 0.0
    for raster in samples {
      for (channel, y) in evaluate(parameters, raster).enumerated() {
        let difference = y - Double(target[raster * channels + channel])
        sum += difference * difference
      }
    }
    return sum / Double(samples.count * channels)
  }

  /// Largest relative distance, in norm over a tensor, between the gradient and central differences.
  ///
  /// Where LeakyReLU's kink lies within a step, the two one-sided differences disagree by far more than curvature can
  /// make them: such elements are left out, and must be few.
  /// - Parameter everyElement: false lets 64 elements, spread over it by an odd stride, stand for a large tensor.
  func checkGradient(_ network: any Network, target: [Float], samples: [Int], everyElement: Bool = false) {
    let reference = ReferenceParameters(network.parameters)
    let step = 1e-6
    let here = hasSines ? 0 : referenceLoss(reference, target: target, samples: samples)
    for tensor in network.parameters.tensors {
      var differenceSquares = 0.0
      var squares = 0.0
      var kinks = 0
      let stride = everyElement || tensor.count <= 64 ? 1 : tensor.count / 64 | 1
      for index in Swift.stride(from: 0, to: tensor.count, by: stride) {
        var moved = reference
        moved.values[tensor.name]![index] += step
        let above = referenceLoss(moved, target: target, samples: samples)
        moved.values[tensor.name]![index] -= 2 * step
        let below = referenceLoss(moved, target: target, samples: samples)
        if !hasSines, abs(above + below - 2 * here) > 1e-3 * max(abs(above - below), 1e-3 * step) {
          kinks += 1
          continue
        }
        let numeric = (above - below) / (2 * step)
        let ours = Double(network.parameters.gradient.floats[tensor.offset + index])
        differenceSquares += (numeric - ours) * (numeric - ours)
        squares += numeric * numeric
      }
      let relative = differenceSquares.squareRoot() / max(squares.squareRoot(), 1e-12)
      #expect(relative < 1e-3 || squares == 0, "\(name): \(tensor.name) is off by \(relative)")
      #expect(differenceSquares < 1e-12 || squares > 0, "\(name): \(tensor.name) should be zero")
      #expect(kinks <= 1 + tensor.count / 100, "\(name): \(tensor.name) has \(kinks) kinks")
    }
  }
}

func sine(_ x: Double) -> Double { sin(x) }
