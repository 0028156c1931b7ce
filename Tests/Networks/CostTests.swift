import Foundation
import Testing

@testable import Networks

/// The rows of the paper's tables, recomputed from the formulas (shared data; skipped when it is not there).
private let oracle = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../../shared/data/oracle_macs.json").standardizedFileURL

private struct Row: Decodable {
  struct Configuration: Decodable {
    var bases: [[Int]]?
    var data_shape: [Int]?
    var layers: Int
    var dim_in: Int
    var hidden: Int
    var dim_out: Int
  }
  let table: String
  let row: String
  let model: String
  let params: Int
  let macs: Double
  let mac_convention: String
  let macs_alt: [String: Double]
}

@Suite struct CostTests {
  @Test("The default configuration: 134,145 parameters, 1,353.75 MACs, 260.25 sines, 2.52 GFLOP a step")
  func cameraman() throws {
    let cost = try ASMRConfiguration(bases: Bases(argument: "4,4,4,8")).cost(shape: [512, 512], channels: 1)
    #expect(cost.parameters == 134_145)
    #expect(cost.macs == 1353.75)
    #expect(cost.sines == 260.25)
    #expect(abs(cost.flopPerStep - 2.52e9) < 0.01e9)
    // Whatever the batch: layers 1 and 2 on their 16 and 256 cells, and the modulators on 96 digits.
    let (first, second, modulators) = (4.0 * 16 * 2 * 256, 6.0 * 256 * 256 * 256, 6.0 * 512 * 96)
    #expect(cost.sharedFlopPerStep == first + second + modulators)
    let siren = try SIRENConfiguration().cost(shape: [512, 512], channels: 1)
    #expect(siren.sharedFlopPerStep == 0)
    #expect(siren.parameters == 132_609 && siren.macs == 132_609 && siren.sines == 768)
    #expect(abs(siren.flopPerStep - 207e9) < 1e9)
  }

  @Test("Padding's work is divided by the real samples")
  func padding() throws {
    let real = try ASMRConfiguration(bases: Bases(argument: "3,4,6,6")).cost(shape: [427], channels: 1)
    let padded = try ASMRConfiguration(bases: Bases(argument: "3,4,6,6")).cost(shape: [432], channels: 1)
    #expect(abs(real.macs - padded.macs * 432 / 427) < 1e-9)
  }

  @Test("The non-linear modulator's parameters and MACs")
  func nonLinear() throws {
    let linear = ASMRConfiguration(bases: try Bases(argument: "4,4,4,8"))
    var siren = linear
    siren.modulator = .siren
    let (a, b) = (try linear.cost(shape: [512, 512], channels: 1), try siren.cost(shape: [512, 512], channels: 1))
    let each = 32 * 2 + 32 + 32 * 32 + 32 + 32 * 256 + 256
    #expect(b.parameters - a.parameters == 3 * (each - 512))
    #expect(abs(b.macs - a.macs - Double((each - 512) * 96) / 262_144) < 1e-9)
    #expect(abs(b.sines - a.sines - Double(64 * 96) / 262_144) < 1e-9)
  }

  @Test("All ASMR and SIREN rows of the paper's tables", .enabled(if: FileManager.default.fileExists(atPath: oracle.path),
    "skipped: the shared oracle is not there"))
  func paper() throws {
    struct Loose: Decodable { let row: Row?
      let configuration: Row.Configuration?
      enum Key: String, CodingKey { case model, config }
      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let model = try container.decode(String.self, forKey: .model)
        let known = model == "ASMR" || model == "SIREN"
        row = known ? try Row(from: decoder) : nil
        configuration = known ? try container.decode(Row.Configuration.self, forKey: .config) : nil
      }
    }
    var checked = 0
    for entry in try JSONDecoder().decode([Loose].self, from: Data(contentsOf: oracle)) {
      guard let row = entry.row, let sizes = entry.configuration else { continue }
      let shape = sizes.data_shape ?? Array(repeating: 512, count: sizes.dim_in)
      let cost: Cost
      if let bases = sizes.bases {
        cost = try ASMRConfiguration(hidden: sizes.hidden, bases: Bases(bases)).cost(shape: shape, channels: sizes.dim_out)
      } else {
        cost = try SIRENConfiguration(hidden: sizes.hidden, layers: sizes.layers).cost(
          shape: shape, channels: sizes.dim_out)
      }
      #expect(cost.parameters == row.params, "\(row.table) \(row.row)")
      #expect(abs(cost.macsByConvention[row.mac_convention]! - row.macs) < 1e-6, "\(row.table) \(row.row)")
      for (convention, value) in row.macs_alt {
        #expect(abs(cost.macsByConvention[convention]! - value) < 1e-6, "\(row.table) \(row.row) \(convention)")
      }
      checked += 1
    }
    #expect(checked == 24)
  }

  /// Rows whose printed numbers are not those of their own formulas: columns swapped and truncated, and one truncated.
  private static let misprinted: Set = ["7 SIREN 7", "7 SIREN 6", "7 SIREN 5", "7 SIREN 4", "7 SIREN 3", "7 ASMR 4"]

  @Test("What the paper prints is what its formulas give, but for the rows that are named", .enabled(
    if: FileManager.default.fileExists(atPath: oracle.path), "skipped: the shared oracle is not there"))
  func printed() throws {
    struct Printed: Decodable {
      let table: String
      let row: String
      let model: String
      let params: Int
      let macs: Double
      let paper_params_printed: String
      let paper_macs_printed: String
    }
    let models: Set = ["ASMR", "SIREN", "KiloNeRF", "LoE", "Instant-NGP"]
    let rows = try JSONDecoder().decode([Printed].self, from: Data(contentsOf: oracle)).filter { models.contains($0.model) }
    #expect(rows.count == 41)
    var wrong: Set<String> = []
    for row in rows {
      // Table 5 prints millions, the others thousands.
      let unit = row.table == "5" ? 1e6 : 1e3
      for (value, text) in [(Double(row.params), row.paper_params_printed), (row.macs, row.paper_macs_printed)] {
        let decimals = text.split(separator: ".").dropFirst().first?.count ?? 0
        let half = 0.5 * pow(10, -Double(decimals))
        if abs(value / unit - (try #require(Double(text)))) > half * 1.0001 { wrong.insert("\(row.table) \(row.row)") }
      }
    }
    #expect(wrong == Self.misprinted)
  }

  @Test("The hash grid's row of the paper's tables", .enabled(
    if: FileManager.default.fileExists(atPath: oracle.path), "skipped: the shared oracle is not there"))
  func hashGrid() throws {
    struct Grid: Decodable {
      struct Sizes: Decodable {
        let levels, F, T, base, finest, dim_in: Int
        let mlp: [Int]
      }
      let model: String
      let params: Int
      let macs_alt: [String: Double]
      let config: Sizes
    }
    struct Loose: Decodable {
      let grid: Grid?
      init(from decoder: any Decoder) { grid = try? Grid(from: decoder) }
    }
    let rows = try JSONDecoder().decode([Loose].self, from: Data(contentsOf: oracle)).compactMap(\.grid)
    #expect(rows.count == 1)
    for row in rows {
      let sizes = row.config
      let configuration = HashGridConfiguration(
        levels: sizes.levels, features: sizes.F, tableSize: sizes.T, baseResolution: [sizes.base],
        finestResolution: [sizes.finest], hidden: sizes.mlp[1], layers: sizes.mlp.count - 1, variant: .published)
      let cost = try configuration.cost(
        shape: Array(repeating: 512, count: sizes.dim_in), channels: try #require(sizes.mlp.last))
      #expect(cost.parameters == row.params && cost.macsByConvention == row.macs_alt)
    }
  }
}
