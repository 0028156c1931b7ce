import Foundation
import Kernels
import Testing

@testable import Networks

/// Instant-NGP by the book, one sample at a time: `scale = N_min·b^l − 1`, `res = ceil(scale) + 1`, `pos = x·scale + 0.5`
/// at pixel centres. Published: `r = floor(N_min·b^l + 1e-6)`, `pos = i·r/size`, strides of r.
func referenceHashGrid(
  _ configuration: HashGridConfiguration, shape: [Int], _ parameters: ReferenceParameters, raster: Int,
  trace: Trace? = nil
) -> [Double] {
  let published = configuration.variant == .published
  let place = coordinates(raster, shape: shape)
  let axes = shape.indices
  let lists = [configuration.baseResolution, configuration.finestResolution].map { list in
    axes.map { Double(list.count == 1 ? list[0] : list[$0]) }
  }
  var features: [Double] = []
  for level in 0..<configuration.levels {
    let table = parameters["hash_table.embeddings.\(level).weight"]
    let rows = table.count / configuration.features
    var points: [Int] = []
    var positions: [Double] = []
    for axis in axes {
      let growth = pow(lists[1][axis] / lists[0][axis], 1 / Double(max(configuration.levels - 1, 1)))
      let resolution = lists[0][axis] * pow(growth, Double(level))
      if published {
        let r = Int((resolution + 1e-6).rounded(.down))
        points.append(r)
        positions.append(Double(place[axis] * r) / Double(shape[axis]))
      } else {
        // The rounding of a power that should be whole is no reason for another point.
        points.append(Int((resolution - 1 - 1e-6).rounded(.up)) + 1)
        positions.append((Double(place[axis]) + 0.5) / Double(shape[axis]) * (resolution - 1) + 0.5)
      }
    }
    let total = points.reduce(1, *)
    let isHashed = published ? total >= configuration.tableSize : total > configuration.tableSize
    func row(_ corner: [Int]) -> Int {
      guard isHashed else {
        var index = 0
        var stride = 1
        // The last array axis is tiny-cuda-nn's first coordinate.
        for axis in axes.reversed() {
          index += corner[axis] * stride
          stride *= points[axis]
        }
        return index % rows
      }
      var hash: UInt32 = 0
      for (prime, axis) in zip([1, 2_654_435_761, 805_459_861] as [UInt32], published ? Array(axes) : axes.reversed()) {
        hash ^= UInt32(corner[axis]) &* prime
      }
      return Int(hash) % configuration.tableSize
    }
    var sums = [Double](repeating: 0, count: configuration.features)
    for ends in 0..<(1 << axes.count) {
      var weight = 1.0
      var corner: [Int] = []
      for axis in axes {
        let cell = positions[axis].rounded(.down)
        let upper = ends >> axis & 1
        weight *= upper == 1 ? positions[axis] - cell : 1 - (positions[axis] - cell)
        corner.append(Int(cell) + upper)
      }
      guard weight > 0 else { continue }
      for feature in sums.indices { sums[feature] += weight * table[row(corner) * configuration.features + feature] }
    }
    features += sums
  }
  var z = features
  trace?(z)
  for layer in 0..<(configuration.layers - 1) {
    z = parameters.linear("net.\(layer).linear", z, bias: published).map { max(0, $0) }
    trace?(z)
  }
  return parameters.linear("net.\(configuration.layers - 1)", z, bias: published)
}

extension Subject {
  /// Table values of the size that they have after some training: at the start all are within 1e-4.
  static func hashGrid(
    levels: Int = 4, features: Int = 2, tableSize: Int = 64, base: [Int] = [2], finest: [Int] = [12], hidden: Int = 12,
    layers: Int = 3, variant: Variant = .paper, shape: [Int], channels: Int = 1
  ) -> Subject {
    let configuration = HashGridConfiguration(
      levels: levels, features: features, tableSize: tableSize, baseResolution: base, finestResolution: finest,
      hidden: hidden, layers: layers, variant: variant)
    return Subject(
      name: "hash grid L\(levels) F\(features) T\(tableSize) \(base)–\(finest) h\(hidden)×\(layers) \(variant) \(shape) o\(channels)",
      shape: shape, channels: channels, hasSines: false,
      make: { try HashGrid(configuration, shape: shape, channels: channels) },
      prepare: { store in
        for tensor in store.tensors where tensor.name.hasPrefix("hash_table") {
          store.set(tensor, to: store.array(tensor).map { $0 * 5_000 })
        }
      },
      evaluate: { referenceHashGrid(configuration, shape: shape, $0, raster: $1) },
      activations: { p, raster in
        traced { _ = referenceHashGrid(configuration, shape: shape, p, raster: raster, trace: $0) }
      })
  }

  /// Dense, aliased, hashed and overfull levels; lattices coarser and finer than the data; one level, one hidden layer.
  static let hashGrids: [Subject] = Variant.allCases.flatMap { variant in
    [
      Subject.hashGrid(variant: variant, shape: [11, 13]),
      .hashGrid(features: 1, finest: [40], hidden: 16, variant: variant, shape: [30, 5], channels: 3),
      .hashGrid(levels: 1, features: 3, base: [5], finest: [5], layers: 2, variant: variant, shape: [9, 7]),
      .hashGrid(levels: 3, base: [3, 2], finest: [9, 20], hidden: 17, variant: variant, shape: [6, 24], channels: 3),
      .hashGrid(levels: 5, tableSize: 16, base: [1], finest: [64], variant: variant, shape: [70]),
      .hashGrid(levels: 3, tableSize: 128, base: [2], finest: [7], layers: 4, variant: variant, shape: [5, 6, 7], channels: 2),
      .hashGrid(levels: 3, features: 4, base: [1, 3, 2], finest: [3, 9, 30], hidden: 33, variant: variant, shape: [3, 9, 8]),
    ]
  }

  static let tinyHashGrids: [Subject] = Variant.allCases.flatMap { variant in
    [
      Subject.hashGrid(levels: 2, tableSize: 16, base: [2], finest: [5], hidden: 5, variant: variant, shape: [6, 5], channels: 2),
      .hashGrid(levels: 2, tableSize: 16, base: [2], finest: [12], hidden: 5, layers: 2, variant: variant, shape: [9]),
      .hashGrid(levels: 2, features: 1, tableSize: 16, base: [1], finest: [3], hidden: 5, variant: variant, shape: [3, 4, 2]),
    ]
  }
}

@Suite struct HashGridTests {
  @Test("The Instant-NGP row of the paper's table 5: 1,222,856 table values, 1,229,323 parameters, 6,336 MACs")
  func paperRow() throws {
    let configuration = HashGridConfiguration(
      levels: 16, tableSize: 65_536, finestResolution: [4096], variant: .published)
    let cost = try configuration.cost(shape: [512, 512], channels: 3)
    let tables = try configuration.tensors(shape: [512, 512], channels: 3).prefix(16).reduce(0) { $0 + $1.count }
    #expect(tables == 1_222_856)
    #expect(cost.parameters == 1_229_323)
    #expect(cost.macs == 6336 && cost.macsByConvention == ["nobias": 6336, "bias": 6467])
    #expect(cost.sines == 0 && cost.sharedFlopPerStep == 0)
    #expect(cost.flopPerStep == 6.0 * 262_144 * 6336)
    let products = try configuration.products(shape: [512, 512], channels: 3)
    let flop = products.reduce(0) { $0 + 2 * Double($1.m * $1.n * $1.k) * $1.count }
    #expect(abs(flop - cost.flopPerStep) < 1)
  }

  @Test("Powers that should be whole are: 16 to 256 in 8 levels ends at 256 points, of 256 + 1 that samples reach")
  func resolutions() {
    var configuration = HashGridConfiguration()
    #expect(configuration.geometry(7, axes: 2).scale == [255, 255])
    #expect(configuration.geometry(7, axes: 2).extents == [257, 257])
    // 16 points an axis, a multiple of 8; 23.77 → 24.
    #expect(configuration.geometry(0, axes: 2).rows == 256)
    #expect(configuration.geometry(1, axes: 2).rows == 576)
    #expect(configuration.geometry(1, axes: 2).factors == [24, 1])
    // 172.3 → 173² = 29,929 fit; 256² do not.
    #expect(configuration.geometry(6, axes: 2).rows == 29_936 && !configuration.geometry(6, axes: 2).isHashed)
    #expect(configuration.geometry(7, axes: 2).isHashed && configuration.geometry(7, axes: 2).rows == 32_768)
    #expect(configuration.geometry(7, axes: 2).factors == [2_654_435_761, 1])
    configuration.variant = .published
    #expect(configuration.geometry(1, axes: 2).rows == 24 * 24 && configuration.geometry(1, axes: 2).factors == [23, 1])
    #expect(configuration.geometry(7, axes: 2).scale == [256, 256])
    #expect(configuration.geometry(7, axes: 2).factors == [1, 2_654_435_761])
  }

  @Test("Outputs at the real size, 512×512, fine levels sample by sample and not", arguments: [
    Subject.hashGrid(
      levels: 8, tableSize: 32_768, base: [16], finest: [256], hidden: 64, shape: [512, 512]),
    .hashGrid(
      levels: 8, tableSize: 4_096, base: [16], finest: [4096], hidden: 64, variant: .published, shape: [200, 300],
      channels: 3),
    .hashGrid(levels: 6, tableSize: 4_096, base: [4], finest: [2000], hidden: 32, shape: [40_000]),
  ])
  func realSize(_ subject: Subject) throws {
    #expect(try subject.worstDeviation() < 1e-4)
  }

  @Test("Lattices and single samples are two ways to the same numbers", arguments: [
    Subject.hashGrid(levels: 8, tableSize: 4096, base: [16], finest: [256], hidden: 64, shape: [200, 520]),
    .hashGrid(levels: 6, tableSize: 1024, base: [3], finest: [500], hidden: 20, variant: .published, shape: [100, 700], channels: 3),
    .hashGrid(levels: 5, tableSize: 1024, base: [3], finest: [40], hidden: 20, shape: [30, 23, 40]),
    .hashGrid(levels: 5, tableSize: 1024, base: [3], finest: [40], hidden: 20, shape: [5, 100, 90]),
    .hashGrid(levels: 5, tableSize: 256, base: [3], finest: [900], hidden: 20, shape: [20_000]),
  ])
  func twoWays(_ subject: Subject) throws {
    let network = try subject.network()
    let native = subject.native(subject.target(), of: network)
    let outputs = (0..<2).map { _ in AlignedBuffer(count: native.count) }
    let parallel = Parallel(threads: 2)
    let units = Batch.units((0..<Int32(network.batchUnits.count)).map { $0 })
    let full = network.lossAndGradient(.all, target: native.floats, prediction: outputs[0].floats, parallel: parallel)
    let gradient = network.parameters.gradient.array
    let single = network.lossAndGradient(units, target: native.floats, prediction: outputs[1].floats, parallel: parallel)
    #expect(abs(full.meanSquaredError - single.meanSquaredError) < 1e-5 * full.meanSquaredError)
    #expect(zip(outputs[0].array, outputs[1].array).allSatisfy { abs($0 - $1) < 1e-4 })
    for tensor in network.parameters.tensors {
      let range = tensor.offset..<tensor.offset + tensor.count
      let ours = Array(network.parameters.gradient.array[range])
      let distance = zip(gradient[range], ours).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
      let norm = ours.reduce(0.0) { $0 + Double($1 * $1) }
      #expect(distance.squareRoot() < 1e-4 * norm.squareRoot(), "\(tensor.name)")
    }
  }

  @Test("The published start: Xavier normal, PyTorch's biases, tables within 1e-4; the paper's has no biases")
  func start() throws {
    for variant in Variant.allCases {
      let network = try HashGrid(HashGridConfiguration(variant: variant), shape: [64, 64], channels: 1)
      let store = network.parameters
      store.initialise(seed: 3)
      let table = store.array(try #require(store.tensor(named: "hash_table.embeddings.7.weight")))
      #expect(table.allSatisfy { abs($0) <= 1e-4 } && table.contains { abs($0) > 9e-5 })
      let middle = store.array(try #require(store.tensor(named: "net.1.linear.weight"))).map(Double.init)
      let variance = middle.reduce(0) { $0 + $1 * $1 } / Double(middle.count)
      // Uniform and normal alike: 2/(64 + 64).
      #expect(abs(variance - 2.0 / 128) < 0.1 * 2 / 128)
      let largest = middle.map(abs).max()!
      let bound = (6.0 / 128).squareRoot()
      #expect(variant == .paper ? largest <= bound : largest > 1.2 * bound)
      #expect((store.tensor(named: "net.2.bias") != nil) == (variant == .published))
      // Instant-NGP's recipe is the paper's alone.
      for tensor in store.tensors {
        let isTable = tensor.name.hasPrefix("hash_table")
        #expect(tensor.traits.skipsUntouched == (isTable && variant == .paper))
        #expect((tensor.traits.weightDecay != 0) == (!isTable && variant == .paper))
      }
    }
  }

  @Test("A configuration that cannot be built is refused in one line", arguments: [
    (HashGridConfiguration(levels: 0), "levels: found 0; allowed are 1 to 32"),
    (HashGridConfiguration(tableSize: 1000), "table-size: found 1000; allowed are powers of two from 16 to 16777216"),
    (HashGridConfiguration(layers: 1), "layers: found 1; allowed are 2 to 32"),
    (HashGridConfiguration(baseResolution: [4, 4, 4]), "base-resolution: found 3 entries, 4x4x4; allowed are 1 or 2, one an axis"),
    (HashGridConfiguration(finestResolution: [8, 300]), "finest-resolution: found 8x300; allowed is no less than the base-resolution, 16"),
    (HashGridConfiguration(finestResolution: [0]), "finest-resolution: found 0; allowed are 1 to 65536"),
  ])
  func refused(_ configuration: HashGridConfiguration, _ text: String) {
    let error = #expect(throws: ConfigurationError.self) { try HashGrid(configuration, shape: [32, 32], channels: 1) }
    #expect(error?.description == text)
  }

  @Test("Four axes are refused")
  func axes() {
    #expect(throws: ConfigurationError.self) { try HashGrid(HashGridConfiguration(), shape: [2, 2, 2, 2], channels: 1) }
  }

  @Test("Table entries that no sample of a batch reaches have no gradient")
  func untouched() throws {
    let subject = Subject.hashGrid(levels: 2, tableSize: 4096, base: [8], finest: [48], shape: [64, 64])
    let network = try subject.network()
    let native = subject.native(subject.target(), of: network)
    _ = network.lossAndGradient(.all, target: native.floats, prediction: nil, parallel: Parallel(threads: 2))
    _ = network.lossAndGradient(.units([0, 5, 70]), target: native.floats, prediction: nil, parallel: Parallel(threads: 2))
    for tensor in network.parameters.tensors.prefix(2) {
      let touched = (0..<tensor.count).filter { network.parameters.gradient.floats[tensor.offset + $0] != 0 }
      #expect(!touched.isEmpty && touched.count <= 3 * 4 * 2)
    }
  }
}
