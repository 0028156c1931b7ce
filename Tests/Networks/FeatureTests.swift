import Kernels
import Testing

@testable import Networks

/// What can be seen of a network, against plain evaluations of its formulas in double precision.
@Suite struct FeatureTests {
  let parallel = Parallel(threads: 2)

  @Test("Activations of every layer are those of the plain evaluator", arguments: Subject.small + Subject.featurePictures)
  func activations(_ subject: Subject) throws {
    // Not in order, and not all.
    try check(subject, everyPoint: 1) { layer in
      (0..<layer.units).reversed().filter { layer.units < 4 || $0 % 5 != 1 }
    }
  }

  @Test("At the real size, too, some of the samples", arguments: [
    Subject.asmr("4,4,4,8", hidden: 256, shape: [512, 512]),
    .asmr("4,4,4,8", hidden: 256, shape: [512, 512], omega0: 100),
    .siren(hidden: 256, shape: [512, 512], channels: 3),
    .hashGrid(levels: 8, tableSize: 32_768, base: [16], finest: [256], hidden: 64, shape: [512, 512]),
  ] + Subject.tiledAtSize)
  func atSize(_ subject: Subject) throws {
    try check(subject, everyPoint: 409) { layer in Array(0..<min(layer.units, 3)) }
  }

  private func check(_ subject: Subject, everyPoint step: Int, units: (FeatureLayer) -> [Int]) throws {
    let network = try subject.featureNetwork()
    let reference = ReferenceParameters(network.parameters)
    var seen = 0
    for (index, layer) in network.featureLayers.enumerated() {
      guard let place = subject.layerTraced(by: index, of: network) else { continue }
      seen += 1
      let units = units(layer)
      let map = network.features(index, .activation, units: units, parallel: parallel)
      #expect(map.shape == layer.shape && map.units == units)
      var distance = Distance()
      for point in stride(from: 0, to: map.count, by: step) {
        let raster = subject.raster(point, of: layer, level: place.layer, in: network)
        let expected = subject.activations(reference, raster)[place.layer]
        for (row, unit) in units.enumerated() {
          distance.add(map.values[row * map.count + point], expected[place.first + unit])
        }
      }
      #expect(distance.isSmall, "\(layer.title): \(distance)")
    }
    #expect(seen >= 1)
  }

  @Test("A unit's weight times its activation, over all units with the bias, is the output",
    arguments: Subject.small + Subject.featurePictures)
  func contributions(_ subject: Subject) throws {
    let network = try subject.featureNetwork()
    let outputs = subject.prediction(network)
    let layers = network.featureLayers
    let index = try #require(layers.firstIndex { $0.parts.contains(.contribution(channel: 0)) })
    let units = Array(0..<layers[index].units)
    let reference = ReferenceParameters(network.parameters)
    for channel in 0..<subject.channels {
      let map = network.features(index, .contribution(channel: channel), units: units, parallel: parallel)
      for raster in 0..<map.count {
        let sum = units.reduce(0.0) { $0 + Double(map.values[$1 * map.count + raster]) }
        let bias = subject.headBias(reference, network, raster: raster, channel: channel)
        #expect(abs(sum + bias - Double(outputs[raster * subject.channels + channel])) < 2e-4)
      }
    }
    #expect(!layers[index].parts.contains(.contribution(channel: subject.channels)))
  }

  @Test("Part of a map is what a lattice of the whole has", arguments: Subject.small + Subject.featurePictures)
  func lattices(_ subject: Subject) throws {
    let network = try subject.featureNetwork()
    for (index, layer) in network.featureLayers.enumerated() {
      let ranges = layer.shape.map { $0 / 4..<max($0 / 4 + 1, $0 - $0 / 5) }
      let lattice = SampleLattice(ranges, counts: ranges.map { ($0.count + 1) / 2 })
      for part in layer.ownParts {
        let units = [layer.units - 1, 0]
        let whole = network.features(index, part, units: units, parallel: parallel)
        let some = network.features(index, part, units: units, lattice: lattice, parallel: parallel)
        #expect(some.shape == lattice.counts && some.units == whole.units)
        #expect(whole.units == (part.isPerUnit ? units : [0]))
        let points = lattice.rasterIndices(of: layer.shape).map(Int.init)
        for row in whole.units.indices {
          for (place, point) in points.enumerated() {
            let (ours, theirs) = (some.values[row * points.count + place], whole.values[row * whole.count + point])
            #expect(abs(ours - theirs) <= 1e-4 + 1e-6 * abs(theirs), "\(layer.title), \(part)")
          }
        }
      }
    }
  }

  @Test("Steps with looks between them are the steps without, bit by bit", arguments: Subject.featurePictures + [
    .asmr("2,2,3x2,3,4", shape: [12, 24], channels: 3, modulator: .siren), .asmr("2,4", shape: [8]),
    .asmr("2,2,2x2,2,3x2,2,2", hidden: 17, shape: [8, 12, 8], channels: 2),
    .hashGrid(levels: 3, tableSize: 128, base: [2], finest: [7], layers: 4, shape: [5, 6, 7], channels: 2),
  ])
  func undisturbed(_ subject: Subject) throws {
    func train(looking: Bool, batch: Bool) throws -> [Float] {
      let network = try subject.featureNetwork()
      let native = subject.native(subject.target(), of: network)
      let prediction = AlignedBuffer(count: native.count)
      for step in 0..<4 {
        let units = (0..<Int32(network.batchUnits.count)).filter { ($0 + Int32(step)) % 3 != 1 }
        _ = network.lossAndGradient(
          batch && step != 2 ? .units(units) : .all, target: native.floats, prediction: prediction.floats,
          parallel: parallel)
        for index in 0..<network.parameters.extent {
          network.parameters.values.floats[index] -= 1e-4 * network.parameters.gradient.floats[index]
        }
        guard looking else { continue }
        let before = network.parameters.gradient.array
        for (index, layer) in network.featureLayers.enumerated() {
          for part in layer.ownParts { _ = network.features(index, part, units: [0, layer.units - 1], parallel: parallel) }
        }
        for level in 0..<network.truncationLevels {
          _ = network.truncatedPrediction(level: level, lattice: .whole(subject.shape), parallel: parallel)
        }
        #expect(network.parameters.gradient.array == before)
      }
      return network.parameters.values.array + prediction.array
    }
    for batch in [false, true] {
      #expect(try train(looking: true, batch: batch) == train(looking: false, batch: batch))
    }
  }

  @Test("One, two and three threads give the same bits", arguments: Subject.featurePictures + [
    .asmr("4,4,4,8", hidden: 64, shape: [512, 512]), .siren(hidden: 32, shape: [100, 90]),
    .hashGrid(levels: 8, tableSize: 4_096, base: [16], finest: [4096], hidden: 32, shape: [200, 300]),
    .kiloNeRF(grid: "16", shape: [200, 300], frequencies: 10), .loe("8,8,8", shape: [200, 300], frequencies: 8),
  ])
  func threads(_ subject: Subject) throws {
    let network = try subject.featureNetwork()
    func all(_ threads: Int) -> [[Float]] {
      let parallel = Parallel(threads: threads)
      return network.featureLayers.enumerated().flatMap { index, layer in
        layer.ownParts.map { network.features(index, $0, units: [0, layer.units - 1], parallel: parallel).values }
      } + (0..<network.truncationLevels).map {
        network.truncatedPrediction(level: $0, lattice: .whole(subject.shape), parallel: parallel)
      }
    }
    let one = all(1)
    #expect(one == all(2))
    #expect(one == all(3))
  }
}

extension Subject {
  /// The head's bias where a sample lies.
  func headBias(_ reference: ReferenceParameters, _ network: any Network, raster: Int, channel: Int) -> Double {
    if let grid = network as? HashGrid {
      return reference.values["net.\(grid.configuration.layers - 1).bias"]?[channel] ?? 0
    }
    let bias = (reference.values["last_layer.linear.bias"] ?? reference.values["last_layer.bias"])!
    guard bias.count > channels else { return bias[channel] }
    let tiles = network.features(0, .tile, units: [], parallel: Parallel(threads: 1))
    return bias[Int(tiles.values[raster]) * channels + channel]
  }
}

extension FeatureLayer {
  /// What the network itself answers.
  fileprivate var ownParts: [FeaturePart] { parts.filter { $0 != .error } }
}
