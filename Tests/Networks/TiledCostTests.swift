import Foundation
import Testing

@testable import Networks

/// The paper's rows of KiloNeRF and LoE, recomputed from the formulas (shared data; skipped when it is not there).
private let oracle = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../../shared/data/oracle_macs.json").standardizedFileURL

private struct Row: Decodable {
  struct Configuration: Decodable {
    var layers, dim_in, hidden, dim_out: Int?
    var freqs: Int?
    var grid: [Int]?
    var tiles: Tiles?
  }
  /// A list a layer for LoE; for KiloNeRF the number of networks.
  enum Tiles: Decodable {
    case levels([[Int]]), count(Int)
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let count = try? container.decode(Int.self) { self = .count(count) } else {
        self = .levels(try container.decode([[Int]].self))
      }
    }
  }
  let table, row, model: String
  let params: Int
  let macs: Double
  let mac_convention: String
  let macs_alt: [String: Double]
  let config: Configuration
}

@Suite struct TiledCostTests {
  @Test("The default configurations")
  func defaults() throws {
    let kilo = try KiloNeRFConfiguration().cost(shape: [512, 512], channels: 1)
    #expect(kilo.parameters == 250_112 && kilo.macs == 977 && kilo.sines == 40 && kilo.sharedFlopPerStep == 0)
    #expect(kilo.flopPerStep == 2 * 262_144 * Double(3 * 944 - 16 * 42))
    let loe = try LoEConfiguration().cost(shape: [512, 512], channels: 1)
    #expect(loe.parameters == 126_049 && loe.macs == 2065 && loe.sines == 32)
    #expect(loe.flopPerStep == 2 * 262_144 * Double(3 * 1992 - 24 * 34))
  }

  @Test("The products that are done add up to the nominal ones where nothing is saved")
  func products() throws {
    // One axis: the first layer saves nothing.
    let (shape, configuration) = ([8192], KiloNeRFConfiguration(grid: [16]))
    let done = try configuration.products(shape: shape, channels: 1).reduce(0) { sum, product in
      sum + 2 * Double(product.m * product.n * product.k) * product.count
    }
    #expect(done == (try configuration.cost(shape: shape, channels: 1).flopPerStep))
    for products in [
      try KiloNeRFConfiguration().products(shape: [500, 333], channels: 3),
      try LoEConfiguration().products(shape: [512, 512], channels: 1),
    ] {
      #expect(products.allSatisfy { $0.m > 0 && $0.n > 0 && $0.k > 0 && $0.count > 0 })
    }
  }

  @Test("All KiloNeRF and LoE rows of the paper's tables", .enabled(
    if: FileManager.default.fileExists(atPath: oracle.path), "skipped: the shared oracle is not there"))
  func paper() throws {
    struct Loose: Decodable {
      let row: Row?
      enum Key: String, CodingKey { case model }
      init(from decoder: any Decoder) throws {
        let model = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .model)
        row = model == "KiloNeRF" || model == "LoE" ? try Row(from: decoder) : nil
      }
    }
    var checked = 0
    for row in try JSONDecoder().decode([Loose].self, from: Data(contentsOf: oracle)).compactMap(\.row) {
      let (sizes, name) = (row.config, "\(row.table) \(row.row)")
      let hidden = try #require(sizes.hidden)
      let shape = Array(repeating: 512, count: try #require(sizes.dim_in))
      let channels = try #require(sizes.dim_out)
      let cost: Cost
      if case .levels(let tiles) = sizes.tiles {
        let configuration = LoEConfiguration(hidden: hidden, frequencies: try #require(sizes.freqs), tiles: tiles)
        #expect(configuration.layers == sizes.layers)
        cost = try configuration.cost(shape: shape, channels: channels)
      } else {
        let configuration = KiloNeRFConfiguration(
          hidden: hidden, layers: try #require(sizes.layers), grid: try #require(sizes.grid),
          frequencies: try #require(sizes.freqs))
        cost = try configuration.cost(shape: shape, channels: channels)
      }
      #expect(cost.parameters == row.params, "\(name)")
      #expect(abs(cost.macsByConvention[row.mac_convention]! - row.macs) < 1e-6, "\(name)")
      #expect(Set(cost.macsByConvention.keys) == Set(row.macs_alt.keys), "\(name)")
      for (convention, value) in row.macs_alt {
        #expect(abs(cost.macsByConvention[convention]! - value) < 1e-6, "\(name) \(convention)")
      }
      checked += 1
    }
    #expect(checked == 16)
  }
}
