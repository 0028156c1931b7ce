import Foundation
import Signals
import Testing

/// `asmr-tui features`: the real program, its pictures read back.
@Suite(.serialized) struct FeaturesTests {
  /// A small model of every kind, trained for a moment.
  private static let models: [(name: String, options: [String])] = [
    ("asmr", ["--bases", "4,8"]), ("siren", []), ("kilonerf", ["--grid", "2x4", "--hidden", "8"]),
    ("loe", ["--tiles", "2x2,4x4", "--hidden", "8"]),
    ("hashgrid", ["--levels", "3", "--table-size", "64", "--base-resolution", "4", "--finest-resolution", "16"]),
  ]

  private func trained(_ folder: TemporaryFolder, _ name: String = "asmr", _ more: [String] = []) throws -> String {
    let options = try #require(Self.models.first { $0.name == name }).options
    let hidden = options.contains("--hidden") ? [] : ["--hidden", "12"]
    let layers = name == "asmr" ? ["--layers", "2"] : []
    let result = try Program.run(
      ["train", try folder.picture(), "--model", name, "--steps", "200", "--seed", "3", "--save", folder.path("m.safetensors")]
        + options + hidden + layers + more)
    try #require(result.status == 0, "\(result.error)")
    return folder.path("m.safetensors")
  }

  private func picture(_ folder: TemporaryFolder, _ name: String) throws -> Signal {
    try ImageReader.read(path: folder.path(name), resize: .none).signal
  }

  private func maps(_ report: [String: Any]) throws -> [[String: Any]] { try #require(report["maps"] as? [[String: Any]]) }

  private func refuse(_ arguments: [String], _ status: Int32, _ words: String...) throws {
    let result = try Program.run(["features"] + arguments)
    #expect(result.status == status, "\(arguments): \(result.error)")
    #expect(result.errorLines.count == 1 && result.output.isEmpty, "\(result.error)")
    for word in words { #expect(result.error.contains(word), "\(result.error)") }
  }

  @Test("Every model's levels as one picture: a row a level, a column a unit, grey between and where there is none")
  func grid() throws {
    for (name, _) in Self.models {
      let folder = try TemporaryFolder()
      let model = try trained(folder, name)
      let result = try Program.run([
        "features", model, "--units", "0-3,7", "--no-titles", "--output", folder.path("grid.png"), "--json", folder.path("maps.json"),
      ])
      #expect(result.status == 0 && result.output.isEmpty && result.error.isEmpty, "\(name): \(result.error)")
      let report = try json(folder.bytes("maps.json"))
      #expect(report["model"] as? String == name && report["part"] as? String == "activation" && report["steps"] as? Int == 200)
      let maps = try maps(report)
      let levels = Set(maps.compactMap { $0["level"] as? Int }).sorted()
      let grid = try picture(folder, "grid.png")
      // Cells are as large as the finest maps here.
      #expect(grid.shape == [levels.count * 34 - 2, 5 * 34 - 2] && grid.channels == 3)
      let grey = Float(128) / 255
      func pixel(_ row: Int, _ column: Int) -> [Float] {
        let at = (row * grid.shape[1] + column) * 3
        return Array(grid.samples[at..<at + 3])
      }
      let isGap = { (pixel: [Float]) in pixel.allSatisfy { abs($0 - grey) < 1e-6 } }
      for row in 0..<grid.shape[0] where row % 34 >= 32 { #expect((0..<grid.shape[1]).allSatisfy { isGap(pixel(row, $0)) }) }
      for column in 0..<grid.shape[1] where column % 34 >= 32 { #expect((0..<grid.shape[0]).allSatisfy { isGap(pixel($0, column)) }) }
      for (row, level) in levels.enumerated() {
        for (column, unit) in [0, 1, 2, 3, 7].enumerated() {
          let map = maps.first { $0["level"] as? Int == level && $0["unit"] as? Int == unit }
          let cell = (0..<32).flatMap { y in (0..<32).map { pixel(row * 34 + y, column * 34 + $0) } }
          #expect(cell.allSatisfy(isGap) == (map == nil), "\(name) level \(level) unit \(unit)")
          guard let map, let low = map["min"] as? Double, let high = map["max"] as? Double, high > low else { continue }
          #expect(Set(cell).count > 1)
          // Cells of a coarse level are squares of one colour.
          let shape = try #require(map["resolution"] as? [Int])
          guard shape == [4, 4] else { continue }
          for y in 0..<32 { for x in 0..<32 { #expect(cell[32 * y + x] == cell[32 * (y / 8 * 8) + x / 8 * 8]) } }
        }
      }
    }
  }

  @Test("With titles every map is at least as wide as they are, and the maps' own pixels are in it", arguments: ["asmr", "kilonerf"])
  func titles(_ name: String) throws {
    let folder = try TemporaryFolder()
    let model = try trained(folder, name)
    let arguments = ["features", model, "--units", "0-1", "--range", "own", "--map", "grey"]
    #expect(try Program.run(arguments + ["--output", folder.path("t.png")]).status == 0)
    #expect(try Program.run(arguments + ["--no-titles", "--output", folder.path("m.png")]).status == 0)
    let (titled, bare) = (try picture(folder, "t.png"), try picture(folder, "m.png"))
    let levels = (bare.shape[0] + 2) / 34
    // Of cells of 8×16 pixels: 26 columns a map and 2 between them; 32 pixels are enlarged to 224, 14 rows.
    #expect(titled.shape[0] == 16 * (3 + levels * (4 + 14 + 1 + 1)) && titled.shape[1] >= 8 * (2 + 2 * (28 + 2)))
    func grey(_ signal: Signal, _ row: Int, _ column: Int) -> Float { signal.samples[(row * signal.shape[1] + column) * 3] }
    for level in 0..<levels {
      for unit in 0..<2 {
        let (top, left) = (16 * (3 + 20 * level + 4), 8 * (2 + 30 * unit))
        for y in 0..<32 {
          for x in 0..<32 { #expect(grey(titled, top + 7 * y + 3, left + 7 * x + 3) == grey(bare, 34 * level + y, 34 * unit + x)) }
        }
      }
    }
  }

  @Test("Errors of tiles are root mean squares over the tile's samples")
  func tileErrors() throws {
    let folder = try TemporaryFolder()
    let model = try trained(folder, "kilonerf")
    let image = folder.path("picture.pgm")
    let maps = try maps(json(Program.run(["features", model, "--part", "error", "--image", image, "--json", "-"]).output))
    #expect(try Program.run(["render", model, "--output", folder.path("r.pgm")]).status == 0)
    let (drawn, target) = (try picture(folder, "r.pgm"), try picture(folder, "picture.pgm"))
    // 2×4 tiles of 32×32 samples: 16 rows and 8 columns each.
    var errors = [Double](repeating: 0, count: 8)
    for y in 0..<32 {
      for x in 0..<32 {
        let error = Double(drawn.samples[32 * y + x] - target.samples[32 * y + x])
        errors[y / 16 * 4 + x / 8] += error * error / 128
      }
    }
    errors = errors.map { $0.squareRoot() }
    let map = try #require(maps.first)
    #expect(map["resolution"] as? [Int] == [2, 4] && map["unit"] is NSNull)
    let (low, high) = (try #require(map["min"] as? Double), try #require(map["max"] as? Double))
    // The drawn picture has 8 bits.
    #expect(abs(low - (errors.min() ?? 0)) < 0.004 && abs(high - (errors.max() ?? 0)) < 0.004, "\(low) \(high) \(errors)")
  }

  @Test("ASMR's level 0 is its digits: known values, known colours")
  func values() throws {
    let folder = try TemporaryFolder()
    let model = try trained(folder)
    // With bases 4, 8 the coarsest level's activations are its digits, evenly spaced from 0 to 1, along rows and along columns.
    let result = try Program.run([
      "features", model, "--level", "0", "--units", "1,0", "--map", "grey", "--json", "-", "--no-titles", "--output", folder.path("grid.ppm"),
    ])
    #expect(result.status == 0, "\(result.error)")
    let maps = try maps(json(result.output))
    #expect(maps.map { $0["unit"] as? Int } == [1, 0] && maps.allSatisfy { $0["title"] as? String == "level 0" })
    for map in maps {
      #expect(map["resolution"] as? [Int] == [4, 4])
      let numbers = ["min", "max", "mean", "sigma"].compactMap { map[$0] as? Double }
      try #require(numbers.count == 4)
      #expect(abs(numbers[0]) < 1e-6 && abs(numbers[1] - 1) < 1e-6 && abs(numbers[2] - 0.5) < 1e-6)
      // σ of 0, ⅓, ⅔, 1.
      #expect(abs(numbers[3] - 5.0.squareRoot() / 6) < 1e-6)
    }
    let grid = try picture(folder, "grid.ppm")
    #expect(grid.shape == [4, 10])
    // Unit 0 along the rows, unit 1 along the columns.
    for row in 0..<4 {
      for column in 0..<4 {
        #expect(abs(grid.samples[(row * 10 + column) * 3] - Float(column) / 3) < 3 / 255)
        #expect(abs(grid.samples[(row * 10 + 6 + column) * 3] - Float(row) / 3) < 3 / 255)
      }
    }
  }

  @Test("Ranges of their own fill the colours of every map, shared ones only together", arguments: ["png", "ppm", "pnm"])
  func ranges(_ suffix: String) throws {
    let folder = try TemporaryFolder()
    let model = try trained(folder, "siren", ["--lr", "0.01"])
    func brightness(_ range: String) throws -> [(low: Float, high: Float)] {
      let name = "\(range).\(suffix)"
      let result = try Program.run([
        "features", model, "--level", "2", "--units", "0-5", "--part", "contribution", "--map", "grey", "--range", range,
        "--no-titles", "--output", folder.path(name),
      ])
      #expect(result.status == 0, "\(result.error)")
      let grid = try picture(folder, name)
      return (0..<6).map { unit in
        let cell = (0..<32).flatMap { y in (0..<32).map { grid.samples[(y * grid.shape[1] + 34 * unit + $0) * 3] } }
        return (cell.min() ?? 0, cell.max() ?? 0)
      }
    }
    for (low, high) in try brightness("own") { #expect(low == 0 || high == 1) }
    let shared = try brightness("shared")
    #expect(shared.contains { $0.low == 0 || $0.high == 1 } && shared.contains { $0.low > 0 && $0.high < 1 })
  }

  @Test("Contributions of all units and the head's bias add up to the picture")
  func contributions() throws {
    let folder = try TemporaryFolder()
    let model = try trained(folder, "asmr", ["--lr", "0.003"])
    let maps = try maps(json(Program.run(["features", model, "--part", "contribution", "--units", "all", "--json", "-"]).output))
    #expect(maps.count == 12 && maps.allSatisfy { $0["level"] as? Int == 1 })
    let bias = try #require(try tensors(folder.bytes("m.safetensors"))["last_layer.linear.bias"]?.first)
    let sum = maps.reduce(Double(bias)) { $0 + ($1["mean"] as? Double ?? .nan) }
    #expect(try Program.run(["render", model, "--output", folder.path("all.ppm")]).status == 0)
    let drawn = try picture(folder, "all.ppm")
    // 8-bit and clamped: the mean is that of the outputs but for the rounding.
    let mean = drawn.samples.reduce(0.0) { $0 + Double($1) } / Double(drawn.samples.count)
    #expect(abs(sum - mean) < 0.01, "\(sum) \(mean)")
  }

  @Test("Without a picture or JSON a table is printed; parts with one map have no unit")
  func table() throws {
    let folder = try TemporaryFolder()
    let model = try trained(folder, "hashgrid")
    let text = try Program.run(["features", model, "--part", "occupancy"]).text
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines[0] == ["level", "title", "resolution", "unit", "min", "max", "mean", "σ"])
    #expect(lines.count > 1 && lines[1].contains("table") && lines[1].contains("8×8"))
    let maps = try maps(json(Program.run(["features", model, "--part", "occupancy", "--json", "-"]).output))
    #expect(maps.count == lines.count - 1 && maps.allSatisfy { $0["unit"] is NSNull })
  }

  @Test("The same file at one and at two threads", arguments: ["asmr", "siren", "kilonerf", "loe", "hashgrid"])
  func threads(_ name: String) throws {
    let folder = try TemporaryFolder()
    let model = try trained(folder, name)
    for threads in ["1", "2"] {
      let result = try Program.run(["features", model, "--output", folder.path("\(threads).png"), "--threads", threads])
      #expect(result.status == 0, "\(result.error)")
    }
    #expect(try folder.bytes("1.png") == folder.bytes("2.png"))
  }

  @Test("Truncated: all levels are the picture itself, fewer are blocks; PSNR of every number of levels", arguments: ["asmr", "hashgrid"])
  func truncation(_ name: String) throws {
    let folder = try TemporaryFolder()
    let model = try trained(folder, name, ["--lr", "0.003"])
    let last = name == "asmr" ? 1 : 2
    let result = try Program.run([
      "features", model, "--truncate", "\(last)", "--output", folder.path("last.pgm"), "--image", folder.path("picture.pgm"),
      "--json", folder.path("levels.json"),
    ])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    #expect(try Program.run(["render", model, "--output", folder.path("all.pgm")]).status == 0)
    let (drawn, whole) = (try picture(folder, "last.pgm"), try picture(folder, "all.pgm"))
    #expect(zip(drawn.samples, whole.samples).allSatisfy { abs($0 - $1) <= 1.001 / 255 })
    let lines = result.text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.map { $0[1] } == (0...last).map { "0…\($0)" } && lines.allSatisfy { $0[3] == "dB" })
    let levels = try #require(try json(folder.bytes("levels.json"))["levels"] as? [[String: Any]])
    let decibels = levels.compactMap { $0["psnr"] as? Double }
    #expect(decibels.count == last + 1 && zip(decibels, lines).allSatisfy { abs($0 - (Double($1[2]) ?? 0)) < 0.006 })
    // The file has 8 bits: near, not the same.
    let target = try picture(folder, "picture.pgm")
    #expect(abs(decibels[last] - Metrics.psnr(meanSquaredError: Metrics.meanSquaredError(whole, target))) < 0.1)
    #expect(decibels[last] > decibels[0])
    let coarse = try Program.run(["features", model, "--truncate", "0", "--output", folder.path("coarse.png")])
    #expect(coarse.status == 0 && coarse.output.isEmpty)
    guard name == "asmr" else { return }
    let blocks = try picture(folder, "coarse.png")
    for y in 0..<32 { for x in 0..<32 { #expect(blocks.samples[32 * y + x] == blocks.samples[32 * (y / 8 * 8) + x / 8 * 8]) } }
  }

  @Test("What cannot be is refused in one line that says what was found and what is allowed")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let model = try trained(folder)
    let output = ["--output", folder.path("o.png")]
    try refuse([folder.path("none.safetensors")] + output, 66, "none.safetensors")
    try refuse([try folder.picture()] + output, 65, "picture.pgm", "safetensors")
    try refuse([model, "--part", "soul"], 64, "part: found 'soul'", "activation", "weight-norm")
    try refuse([model, "--part", "table"], 64, "m.safetensors", "found table", "modulation", "sum")
    try refuse([model, "--level", "2"] + output, 64, "level: found '2'", "0 (level 0)", "1 (level 1)")
    try refuse([model, "--level", "0", "--part", "sum"], 64, "level: found '0'", "1 (level 1)")
    for units in ["12", "-1", "3-1", "a", "1,,2", "0-99999999999"] { try refuse([model, "--units", units], 64, "units: found '\(units)'", "0 to 11") }
    try refuse([model, "--part", "contribution", "--channel", "1"], 64, "channel: found 1", "allowed is 0")
    try refuse([model, "--channel", "0"], 64, "channel", "--part contribution")
    try refuse([model, "--part", "error"], 64, "part: found error without a picture", "--image")
    try refuse([model, "--map", "rainbow"], 64, "map: found 'rainbow'", "viridis", "magma", "difference")
    try refuse([model, "--range", "none"], 64, "range: found 'none'", "shared", "own")
    try refuse([model, "--output", folder.path("o.jpg")], 64, "o.jpg", "allowed .png, .ppm, .pnm")
    try refuse([model, "--output", folder.path("o.pgm")], 64, "o.pgm", ".ppm")
    try refuse([model, "--output", folder.path("no/where.png")], 73, "where.png")
    try refuse([model, "--json", folder.path("no/where.json")], 73, "where.json")
    try refuse([model, "--truncate", "2"] + output, 64, "truncate: found 2", "0 to 1")
    try refuse([model, "--truncate", "0"], 64, "--output", "--image")
    try refuse([model, "--image", folder.path("picture.pgm")], 64, "--truncate")
    let other = try folder.picture(16, 32, name: "other.pgm")
    try refuse([model, "--truncate", "0", "--image", other], 64, "other.pgm", "16×32", "32×32", "--resize")
    try refuse([model, "--truncate", "0", "--image", folder.path("none.png")], 66, "none.png")
    let siren = try trained(folder, "siren")
    try refuse([siren, "--truncate", "0"] + output, 64, "SIREN", "ASMR")
    #expect(!folder.names.contains("o.png"))
  }
}
