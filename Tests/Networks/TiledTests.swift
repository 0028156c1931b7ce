import Foundation
import Kernels
import Testing

@testable import Networks

/// Tiles, texts, errors and costs of KiloNeRF and LoE; their arithmetic is in `NetworkTests`.
@Suite struct TiledTests {
  private func tuples(_ configuration: LoEConfiguration, size: Int) throws -> Set<[Int32]> {
    let layout = try configuration.layout(shape: [size, 3], channels: 1)
    return Set((0..<size).map { x in layout.tileOffsets.map { $0[0][x] } })
  }

  @Test("LoE reaches all 512 tuples an axis; as published 128")
  func levels() throws {
    #expect(try tuples(LoEConfiguration(), size: 512).count == 512)
    #expect(try tuples(LoEConfiguration(variant: .published), size: 512).count == 128)
  }

  @Test("Tile numbers are those of the formulas", arguments: Variant.allCases)
  func tiles(_ variant: Variant) throws {
    let (shape, configuration) = ([45, 64], LoEConfiguration(tiles: [[8, 4], [3], [5, 8]], variant: variant))
    let layout = try configuration.layout(shape: shape, channels: 1)
    for raster in 0..<(45 * 64) {
      let x = coordinates(raster, shape: shape)
      for layer in 0..<3 {
        let ours = layout.tileOffsets[layer][0][x[0]] + layout.tileOffsets[layer][1][x[1]]
        #expect(Int(ours) == referenceLoETile(configuration, shape: shape, x: x, layer: layer))
      }
    }
  }

  @Test("Every sample is in one piece, whatever the cuts", arguments: Subject.tiled + Subject.tiledAtSize)
  func pieces(_ subject: Subject) throws {
    let network = try #require(try subject.make() as? TiledNetwork)
    let count = subject.shape.reduce(1, *)
    let every = (0..<Int32(count)).map { $0 }
    for (plan, isFull) in [
      (TiledPlan(full: network.layout, blockRows: TiledBlock.rows), true),
      (TiledPlan(units: every, layout: network.layout, blockRows: TiledBlock.rows), false),
    ] {
      #expect(plan.pieces.reduce(0) { $0 + $1.samples } == count)
      #expect(plan.pieces.allSatisfy { $0.samples <= TiledBlock.rows })
      #expect(plan.chunks.flatMap { Array($0) } == Array(plan.pieces.indices))
      #expect(!plan.splitsTiles || plan.segmentTiles.count <= TiledPlan.mostSplitSegments)
      let block = TiledBlock(network.layout, encoding: AxisEncoding(shape: subject.shape, frequencies: 1))
      var seen = Set<Int32>()
      for piece in plan.pieces {
        block.clear()
        block.append(piece, of: plan, placesInBatch: true)
        for row in 0..<block.rows {
          seen.insert(block.samples[row])
          #expect(isFull || block.places[row] == block.samples[row])
        }
      }
      #expect(seen.count == count)
    }
  }

  @Test("Outputs of units come in the batch's order")
  func unitOrder() throws {
    for subject in [Subject.kiloNeRF(grid: "4", shape: [32, 32]), .loe("2,2", shape: [17, 16], channels: 3)] {
      let network = try subject.network()
      let all = subject.prediction(network)
      let units = (0..<Int32(network.batchUnits.count)).filter { $0 % 5 == 2 }
      let some = AlignedBuffer(count: units.count * subject.channels)
      #expect(network.predict(.units(units), into: some.floats, parallel: Parallel(threads: 2)))
      for (index, unit) in units.enumerated() {
        for channel in 0..<subject.channels {
          let (a, b) = (some.floats[index * subject.channels + channel], all[Int(unit) * subject.channels + channel])
          #expect(abs(a - b) < 1e-6)
        }
      }
    }
  }

  @Test("At exactly zero LeakyReLU's derivative is its slope")
  func kink() throws {
    let configuration = KiloNeRFConfiguration(hidden: 3, layers: 2, grid: [1], frequencies: 0)
    let network = try KiloNeRF(configuration, shape: [4], channels: 1)
    let head = try #require(network.parameters.tensor(named: "last_layer.weight"))
    network.parameters.set(head, to: [1, 2, 3])
    let target = AlignedBuffer(count: 4)
    fill(target.floats, with: -0.5, count: 4)
    _ = network.lossAndGradient(.all, target: target.floats, prediction: nil, parallel: Parallel(threads: 1))
    let bias = try #require(network.parameters.tensor(named: "net.0.bias"))
    for (column, weight) in [Float(1), 2, 3].enumerated() {
      #expect(abs(network.parameters.gradient.floats[bias.offset + column] - 2 * 0.5 * 0.2 * weight) < 1e-6)
    }
  }

  @Test("Outputs that are not finite are reported")
  func notFinite() throws {
    for subject in [Subject.kiloNeRF(grid: "2", shape: [8, 8]), .loe("2,2", shape: [8, 8])] {
      let network = try subject.network()
      network.parameters.values.floats[3] = .nan
      let target = subject.native(subject.target(), of: network)
      #expect(
        !network.lossAndGradient(.all, target: target.floats, prediction: nil, parallel: Parallel(threads: 2))
          .argumentsInRange)
      #expect(!network.predict(.all, into: target.floats, parallel: Parallel(threads: 2)))
    }
  }

  @Test("Texts are read back, and refused in one line")
  func texts() throws {
    for text in ["16", "16x8"] {
      #expect(TileText.text(try KiloNeRFConfiguration.grid(argument: text)) == text)
    }
    for text in ["8,8,8", "8x4,8,2x2x3"] {
      let canonical = text
      #expect(LoEConfiguration(tiles: try LoEConfiguration.tiles(argument: text)).tilesArgument == canonical)
    }
    #expect(TileText.text([4, 5], separator: "×") == "4×5")
    for text in ["", "0", "4x", "4,4", "-1", "70000", "99999999999999999999"] {
      #expect(throws: ConfigurationError.self) { try KiloNeRFConfiguration.grid(argument: text) }
    }
    for text in ["", "8,,8", "8,0", "8x,8", "a"] {
      #expect(throws: ConfigurationError.self) { try LoEConfiguration.tiles(argument: text) }
    }
  }

  @Test("Sizes that do not fit are refused in one line")
  func errors() throws {
    func message(_ body: () throws -> Cost) -> String {
      do {
        _ = try body()
        return ""
      } catch { return "\(error)" }
    }
    let large = KiloNeRFConfiguration(grid: [20])
    #expect(message { try large.cost(shape: [16, 16], channels: 1) }
      == "grid: found 20x20; allowed are at most the data's 16x16")
    for text in [
      message { try KiloNeRFConfiguration(grid: [4, 4, 4]).cost(shape: [16, 16], channels: 1) },
      message { try KiloNeRFConfiguration(layers: 1).cost(shape: [16, 16], channels: 1) },
      message { try KiloNeRFConfiguration(hidden: 0).cost(shape: [16, 16], channels: 1) },
      message { try KiloNeRFConfiguration(grid: []).cost(shape: [16, 16], channels: 1) },
      message { try KiloNeRFConfiguration(frequencies: 33).cost(shape: [16, 16], channels: 1) },
      message { try KiloNeRFConfiguration(hidden: .max, grid: [1]).cost(shape: [16, 16], channels: 1) },
      message { try KiloNeRFConfiguration(layers: .max, grid: [1]).cost(shape: [16, 16], channels: 1) },
      message { try LoEConfiguration(tiles: []).cost(shape: [16, 16], channels: 1) },
      message { try LoEConfiguration(tiles: [[]]).cost(shape: [16, 16], channels: 1) },
      message { try LoEConfiguration(tiles: [[0]]).cost(shape: [16, 16], channels: 1) },
      message { try LoEConfiguration(tiles: [[65_536]]).cost(shape: [16, 16], channels: 1) },
      message { try LoEConfiguration(hidden: 1, tiles: [[60_000, 1], [60_000, 1]]).cost(shape: [16, 16], channels: 1) },
    ] {
      #expect(!text.isEmpty && !text.contains("\n"), "\(text)")
    }
  }
}
