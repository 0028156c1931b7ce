import Foundation
import Kernels
import Testing

@testable import Networks

/// The parts of a level, truncation, tables, tiles and what is said about maps.
@Suite struct FeaturePartTests {
  let parallel = Parallel(threads: 2)

  static let asmrs = (Subject.small + Subject.featurePictures).filter { $0.name.hasPrefix("ASMR") }
  static let grids = (Subject.hashGrids + Subject.featurePictures).filter { $0.name.hasPrefix("hash") }

  // MARK: ASMR

  @Test("Coarse part and modulation are their formulas, add up to the sum, and its sine is the activation", arguments: asmrs)
  func parts(_ subject: Subject) throws {
    let network = try #require(try subject.featureNetwork() as? ASMR)
    let reference = ReferenceParameters(network.parameters)
    let omega0 = Double(network.configuration.omega0)
    for level in 1..<network.featureLayers.count {
      let layer = network.featureLayers[level]
      let units = [layer.units - 1, 2, 5]
      func map(_ part: FeaturePart) -> FeatureMap { network.features(level, part, units: units, parallel: parallel) }
      let (coarse, modulation, sum, activation) = (map(.coarse), map(.modulation), map(.sum), map(.activation))
      var (parts, sines, formula) = (Distance(), Distance(), Distance())
      let bases = network.layout.bases
      for index in coarse.values.indices {
        parts.add(sum.values[index], Double(coarse.values[index]) + Double(modulation.values[index]))
        sines.add(activation.values[index], sine(Double(sum.values[index])))
        let (row, point) = index.quotientAndRemainder(dividingBy: coarse.count)
        let raster = subject.raster(point, of: layer, level: level, in: network)
        let coarser = subject.activations(reference, raster)[level - 1]
        formula.add(coarse.values[index], omega0 * reference.linear("net.\(level - 1).linear", coarser)[units[row]])
        guard network.configuration.modulator == .linear else { continue }
        // Unreduced: `ω0² M x`.
        let digits = coordinates(raster, shape: subject.shape).enumerated().map { axis, x in
          Double(x / bases[axis][(level + 1)...].reduce(1, *) % bases[axis][level]) / Double(max(bases[axis][level] - 1, 1))
        }
        let shifts = reference.linear("modulators.\(level - 1).linear", digits, bias: false)
        formula.add(modulation.values[index], omega0 * omega0 * shifts[units[row]])
      }
      #expect(parts.isSmall && sines.isSmall && formula.isSmall, "\(layer.title): \(parts), \(sines), \(formula)")
    }
    #expect(network.featureLayers[0].parts == [.activation])
  }

  @Test("Each level has its own resolution, cut to the cells that hold samples")
  func resolutions() throws {
    let bases = try Bases(argument: "4,4,4,8")
    let square = try ASMR(ASMRConfiguration(hidden: 8, bases: bases), shape: [512, 512], channels: 1)
    #expect(square.featureLayers.map(\.shape) == [[4, 4], [16, 16], [64, 64], [512, 512]])
    let padded = try ASMR(
      ASMRConfiguration(hidden: 8, bases: try Bases(argument: "2,4,5x3,3,5")), shape: [37, 41], channels: 1)
    #expect(padded.featureLayers.map(\.shape) == [[2, 3], [8, 9], [37, 41]])
    #expect(padded.featureLayers.map(\.units) == [2, 8, 8])
  }

  @Test("Truncated outputs have later activations averaged over their digits", arguments: asmrs)
  func truncation(_ subject: Subject) throws {
    let network = try #require(try subject.featureNetwork() as? ASMR)
    let reference = ReferenceParameters(network.parameters)
    let whole = SampleLattice.whole(subject.shape)
    #expect(network.truncationLevels == network.layout.levels)
    for level in 0..<network.truncationLevels {
      let ours = network.truncatedPrediction(level: level, lattice: whole, parallel: parallel)
      var distance = Distance()
      for raster in 0..<subject.shape.reduce(1, *) {
        var z = subject.activations(reference, raster)[level]
        for later in level + 1..<max(network.layout.levels, level + 1) {
          z = meanActivation(network, reference, level: later, coarser: z)
        }
        for (channel, value) in reference.linear("last_layer.linear", z).enumerated() {
          distance.add(ours[raster * subject.channels + channel], value)
        }
      }
      #expect(distance.isSmall, "level \(level): \(distance)")
    }
    #expect(
      network.truncatedPrediction(level: network.truncationLevels - 1, lattice: whole, parallel: parallel)
        == subject.prediction(network, threads: 2))
  }

  /// `mean_q sin(ω0 (W z + b) + β_q)` over all digits of a level.
  private func meanActivation(
    _ network: ASMR, _ reference: ReferenceParameters, level: Int, coarser: [Double]
  ) -> [Double] {
    let omega0 = Double(network.configuration.omega0)
    let axes = network.layout.axes
    let values = network.layout.digitValues(level).map(Double.init)
    let alpha = reference.linear("net.\(level - 1).linear", coarser).map { omega0 * $0 }
    var sums = [Double](repeating: 0, count: alpha.count)
    let digits = values.count / axes
    for digit in 0..<digits {
      var inner = Array(values[digit * axes..<(digit + 1) * axes])
      let shifts: [Double]
      switch network.configuration.modulator {
      case .linear:
        shifts = reference.linear("modulators.\(level - 1).linear", inner, bias: false).map { omega0 * omega0 * $0 }
      case .siren:
        let name = "modulators.\(level - 1).model"
        for layer in 0..<2 { inner = reference.linear("\(name).net.\(layer).linear", inner).map { sine(omega0 * $0) } }
        shifts = reference.linear("\(name).last_layer.linear", inner).map { omega0 * $0 }
      }
      for unit in sums.indices { sums[unit] += sine(alpha[unit] + shifts[unit]) / Double(digits) }
    }
    return sums
  }

  @Test("A level before the last, outputs are the means of the full ones over a cell")
  func cellMeans() throws {
    let subject = Subject.asmr("4,3,5", shape: [60, 60], channels: 3)
    let network = try subject.network()
    let full = subject.prediction(network)
    let ours = network.truncatedPrediction(level: 1, lattice: .whole([60, 60]), parallel: parallel)
    for cell in 0..<144 {
      let (row, column) = (cell / 12 * 5, cell % 12 * 5)
      for channel in 0..<3 {
        var mean: Float = 0
        for y in 0..<5 { for x in 0..<5 { mean += full[((row + y) * 60 + column + x) * 3 + channel] / 25 } }
        for sample in [(0, 0), (4, 4), (2, 3)] {
          #expect(abs(ours[((row + sample.0) * 60 + column + sample.1) * 3 + channel] - mean) < 1e-4)
        }
      }
    }
  }

  // MARK: Hash grid

  @Test("Truncated outputs have no features of finer levels", arguments: grids)
  func gridTruncation(_ subject: Subject) throws {
    let network = try subject.featureNetwork()
    let whole = SampleLattice.whole(subject.shape)
    let lattice = SampleLattice(subject.shape.map { 1..<$0 }, counts: subject.shape.map { $0 / 2 })
    for level in 0..<network.truncationLevels {
      var reference = ReferenceParameters(network.parameters)
      for finer in level + 1..<max(network.truncationLevels, level + 1) {
        let name = "hash_table.embeddings.\(finer).weight"
        reference.values[name] = reference[name].map { _ in 0 }
      }
      for lattice in [whole, lattice] {
        let ours = network.truncatedPrediction(level: level, lattice: lattice, parallel: parallel)
        var distance = Distance()
        for (place, raster) in lattice.rasterIndices(of: subject.shape).enumerated() {
          for (channel, value) in subject.evaluate(reference, Int(raster)).enumerated() {
            distance.add(ours[place * subject.channels + channel], value)
          }
        }
        #expect(distance.isSmall, "level \(level): \(distance)")
      }
    }
    #expect(
      network.truncatedPrediction(level: network.truncationLevels - 1, lattice: whole, parallel: parallel)
        == subject.prediction(network, threads: 2))
  }

  @Test("Tables are shown as stored; look-ups and collisions are those of all samples' corners", arguments: [
    Subject.hashGrid(levels: 4, tableSize: 64, base: [3], finest: [40], shape: [37, 41]),
    .hashGrid(levels: 3, features: 3, tableSize: 32, base: [4], finest: [21], shape: [9, 8, 7]),
    .hashGrid(levels: 3, tableSize: 16, base: [8], finest: [100], shape: [70]),
  ])
  func tables(_ subject: Subject) throws {
    let network = try #require(try subject.featureNetwork() as? HashGrid)
    let configuration = network.configuration
    let axes = subject.shape.count
    let primes: [UInt32] = [1, 2_654_435_761, 805_459_861]
    for level in 0..<configuration.levels {
      let index = configuration.levels + level
      let layer = network.featureLayers[index]
      let table = network.parameters.array(network.parameters.tensors[level])
      let (base, finest) = (Double(configuration.baseResolution[0]), Double(configuration.finestResolution[0]))
      let resolution = base * pow(finest / base, Double(level) / Double(configuration.levels - 1))
      let points = Int((resolution - 1 - 1e-6).rounded(.up)) + 1
      let isHashed = (0..<axes).reduce(1) { product, _ in product * points } > configuration.tableSize
      let units = Array(0..<configuration.features)
      let map = network.features(index, .table, units: units, parallel: parallel)
      #expect(layer.shape == (isHashed ? layer.shape : Array(repeating: points + 1, count: axes)))
      for point in 0..<map.count {
        let row = isHashed
          ? point : coordinates(point, shape: layer.shape).reduce(0) { $0 * points + $1 } % (table.count / units.count)
        for unit in units { #expect(map.values[unit * map.count + point] == table[row * units.count + unit]) }
      }
      #expect(layer.parts == (isHashed ? [.table, .occupancy, .collisions] : [.table]))
      guard isHashed else { continue }
      var lookups = [Float](repeating: 0, count: configuration.tableSize)
      var corners = [Set<[Int]>](repeating: [], count: configuration.tableSize)
      for raster in 0..<subject.shape.reduce(1, *) {
        let position = zip(coordinates(raster, shape: subject.shape), subject.shape).map {
          (Double($0) + 0.5) / Double($1) * (resolution - 1) + 0.5
        }
        for ends in 0..<(1 << axes) {
          var hash: UInt32 = 0
          var corner: [Int] = []
          var weight = 1.0
          for axis in 0..<axes {
            let cell = position[axis].rounded(.down)
            let upper = ends >> axis & 1
            weight *= upper == 1 ? position[axis] - cell : 1 - (position[axis] - cell)
            corner.append(Int(cell) + upper)
            hash ^= UInt32(corner[axis]) &* primes[axes - 1 - axis]
          }
          guard weight > 0 else { continue }
          lookups[Int(hash) % configuration.tableSize] += 1
          corners[Int(hash) % configuration.tableSize].insert(corner)
        }
      }
      #expect(layer.shape.reduce(1, *) == configuration.tableSize)
      #expect(network.features(index, .occupancy, units: [], parallel: parallel).values == lookups)
      #expect(network.features(index, .collisions, units: [], parallel: parallel).values == corners.map { Float($0.count) })
      #expect(lookups.contains { $0 > 1 } && corners.contains { $0.count > 1 })
    }
  }

  // MARK: Tiles

  @Test("Every tile's norm and biases, and which tile a sample takes", arguments: Subject.tiled)
  func tiles(_ subject: Subject) throws {
    let network = try subject.featureNetwork()
    let layers = network.featureLayers
    let store = network.parameters
    for (index, layer) in layers.enumerated() where layer.title.hasPrefix("tiles") {
      let number = Int(layer.title.split(separator: " ").last!)
      let name = number.map { "net.\($0 - 1)" } ?? "last_layer"
      let weight = store.tensor(named: name + ".weight")!
      let tiles = layer.shape.reduce(1, *)
      #expect(tiles == weight.shape[0])
      // Whoever has the target works out the error of each tile by the numbers that samples have.
      let numbers = network.features(try #require(layer.tilesOf), .tile, units: [], parallel: parallel)
      #expect(layer.parts.contains(.error) && numbers.values.allSatisfy { 0 <= $0 && $0 < Float(tiles) })
      let matrix = weight.count / tiles
      let values = store.array(weight)
      let norms = network.features(index, .weightNorm, units: [], parallel: parallel)
      for tile in 0..<tiles {
        let squares = values[tile * matrix..<(tile + 1) * matrix].reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(abs(Double(norms.values[tile]) - squares.squareRoot()) < 1e-5)
      }
      #expect(layer.parts.contains(.bias) == (network is KiloNeRF))
      guard network is KiloNeRF else { continue }
      let biases = store.array(store.tensor(named: name + ".bias")!)
      let units = Array(0..<layer.units)
      let (all, means) = (
        network.features(index, .bias, units: units, parallel: parallel),
        network.features(index, .meanBias, units: [], parallel: parallel))
      for tile in 0..<tiles {
        let own = biases[tile * units.count..<(tile + 1) * units.count]
        #expect(units.map { all.values[$0 * tiles + tile] } == Array(own))
        #expect(abs(means.values[tile] - own.reduce(0, +) / Float(units.count)) < 1e-5)
      }
    }
    for (index, layer) in layers.enumerated() where layer.parts.contains(.tile) {
      let map = network.features(index, .tile, units: [], parallel: parallel)
      for raster in 0..<map.count {
        let x = coordinates(raster, shape: subject.shape)
        let expected: Int
        if let loe = network as? LoE {
          expected = referenceLoETile(loe.configuration, shape: subject.shape, x: x, layer: index)
        } else {
          let grid = (network as! KiloNeRF).configuration.grid
          expected = subject.shape.indices.reduce(0) { tile, axis in
            let count = grid[grid.count == 1 ? 0 : axis]
            return tile * count + Int(floor(Double(x[axis]) * Double(count) / Double(subject.shape[axis])))
          }
        }
        #expect(map.values[raster] == Float(expected))
      }
    }
  }

  // MARK: Lattices and statistics

  @Test("A lattice's points are the middles of equal fields")
  func lattice() {
    #expect(SampleLattice([0..<8], counts: [2]).positions(axis: 0) == [2, 6])
    #expect(SampleLattice([3..<10], counts: [7]).positions(axis: 0) == Array(3..<10))
    #expect(SampleLattice([3..<10], counts: [50]).counts == [7])
    #expect(SampleLattice([3..<10], counts: [0]).positions(axis: 0) == [6])
    #expect(SampleLattice([0..<2, 1..<3], counts: [2, 2]).rasterIndices(of: [2, 4]) == [1, 2, 5, 6])
    #expect(SampleLattice.whole([2, 3]).rasterIndices(of: [2, 3]) == [0, 1, 2, 3, 4, 5])
  }

  @Test("Least, greatest, mean and σ, also of a small σ around a large mean")
  func statistics() {
    let plain = FeatureStatistics([1, 2, 3, 4] as [Float])
    #expect(plain.least == 1 && plain.greatest == 4 && plain.mean == 2.5)
    #expect(abs(plain.deviation - Float(1.25).squareRoot()) < 1e-6)
    let large = FeatureStatistics([1000, 1000.25, 999.75, 1000] as [Float])
    #expect(large.mean == 1000 && abs(large.deviation - 0.1767767) < 1e-6)
    #expect(FeatureStatistics([0.1, 0.1, 0.1] as [Float]).deviation == 0)
    #expect(FeatureStatistics([] as [Float]).mean.isNaN && FeatureStatistics([0, .nan] as [Float]).least.isNaN)
  }

  @Test("Units in order of their σ, and of how little they are like others")
  func orders() {
    // Two alike but for sign and size, one of its own, one constant, one a little like the first two.
    let map = FeatureMap(
      shape: [4], units: [7, 3, 9, 4, 5],
      values: [1, -1, 1, -1, -4, 4, -4, 4, 0.5, 0.5, -0.5, -0.5, 6, 6, 6, 6, 3, -1, 1, -3])
    #expect(map.mostActive == [3, 5, 7, 9, 4])
    #expect(map.mostDifferent == [9, 7, 3, 5, 4])
  }
}
