import ArgumentParser
import Canvas
import Networks
import Signals
import Training

struct CostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost", abstract: "Print parameters, MACs and sines of a configuration, without training it.")

  @OptionGroup var options: RunOptions

  @Option(help: "Size of the data, width first for a picture: 512x512, 32000, 64x128x128 (frames, rows, columns).")
  var size = "512x512"

  @Option(help: "Values a sample: 1 for grey, 3 for colour.")
  var channels = 1

  @Option(defaultAsFlag: "-", help: "Write JSON to a file, or in the table's place: --json or --json -.", completion: .json)
  var json: String?

  func run() throws {
    try checkFiles([("--json", json)])
    let shape = try dataShape(size)
    guard (1...64).contains(channels) else {
      throw ConfigurationError("channels: found \(channels); allowed are 1 to 64")
    }
    let asked = try options.configuration()
    let configuration = try asked.resolved(shape: shape)
    let cost = try configuration.modelConfiguration(shape: shape).cost(shape: shape, channels: channels)
    // Of a batch that was asked for; the presets' are not a part of what a configuration costs.
    let batch = BatchCost(asked.batch, of: configuration, cost: cost, shape: shape)
    if let json {
      let bytes = try prettyJSON(
        CostReport(configuration: configuration, shape: shape, channels: channels, cost: cost, batchFlop: batch?.flop))
      return try writeOutput(bytes, to: json)
    }
    var lines = [("model", configuration.label)]
    // What was planned where nothing was said, an axis each, as the options read it.
    func joined(_ axes: [Int]) -> String { axes.map(String.init).joined(separator: "x") }
    if let bases = configuration.bases { lines.append(("bases", bases.argument)) }
    if let grid = configuration.grid { lines.append(("grid", joined(grid))) }
    if let tiles = configuration.tiles { lines.append(("tiles", tiles.map(joined).joined(separator: ","))) }
    lines += [
      ("data", sizeText(shape) + ", \(channels) \(channels == 1 ? "channel" : "channels")"),
      ("padding", configuration.paddingNote(shape: shape) ?? "none"),
      ("parameters", "\(NumberText.grouped(cost.parameters)) (\(MemoryBudget.text(bytes: cost.bytes)))"),
      ("MACs/sample", NumberText.fixed(cost.macs, decimals: 2)),
      ("sines/sample", NumberText.fixed(cost.sines, decimals: 2)),
      ("memory", MemoryBudget.text(bytes: try Trainer.memory(configuration, shape: shape, channels: channels, threads: 2)) + " to train"),
      ("GFLOP/step", NumberText.fixed(cost.flopPerStep * 1e-9, decimals: 2) + " (full batch)"),
    ]
    if let batch {
      let samples = "\(NumberText.grouped(batch.samples)) \(batch.samples == 1 ? "sample" : "samples")"
      lines.append(("", "\(NumberText.fixed(batch.flop * 1e-9, decimals: batch.flop < 1e9 ? 4 : 2)) (\(samples))"))
    }
    let conventions = cost.macsByConvention.sorted { $0.key < $1.key }.map { name, value in
      "  MACs, \(name)".padding(to: 20) + NumberText.fixed(value, decimals: 2)
    }
    let text = lines.map { $0.padding(to: 14) + $1 } + conventions
    try writeOutput(Array((text.joined(separator: "\n") + "\n").utf8))
  }
}

private struct CostReport: Encodable {
  let configuration: RunConfiguration
  let shape: [Int]
  let channels: Int
  let cost: Cost
  /// Of a step of the batch that was asked for, where one was.
  let batchFlop: Double?

  private enum Key: String, CodingKey {
    case model, variant, params, macs, macs_by_convention, sines, bytes, flop_per_step, flop_per_batch_step, bases, grid, tiles, data_shape, channels
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(configuration.model, forKey: .model)
    try container.encode(configuration.variant, forKey: .variant)
    try container.encode(cost.parameters, forKey: .params)
    try container.encode(cost.macs, forKey: .macs)
    try container.encode(cost.macsByConvention, forKey: .macs_by_convention)
    try container.encode(cost.sines, forKey: .sines)
    try container.encode(cost.bytes, forKey: .bytes)
    try container.encode(cost.flopPerStep, forKey: .flop_per_step)
    try container.encodeIfPresent(batchFlop, forKey: .flop_per_batch_step)
    try container.encode(configuration.bases, forKey: .bases)
    try container.encodeIfPresent(configuration.grid, forKey: .grid)
    try container.encodeIfPresent(configuration.tiles, forKey: .tiles)
    try container.encode(shape, forKey: .data_shape)
    try container.encode(channels, forKey: .channels)
  }
}

/// Reads `--size`: a picture's width comes first, as people say it; one or three axes stand in array order.
func dataShape(_ text: String) throws(ConfigurationError) -> [Int] {
  let parts = text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }
  let sizes = parts.compactMap { Int($0) }
  guard sizes.count == parts.count, (1...3).contains(sizes.count), sizes.allSatisfy({ (1...1_000_000_000).contains($0) }),
    sizes.reduce(1.0, { $0 * Double($1) }) <= 0x1p31
  else {
    throw ConfigurationError("size: found '\(text)'; allowed are one to three numbers joined by x, as in 512x512")
  }
  return sizes.count == 2 ? sizes.reversed() : sizes
}

extension String {
  /// Filled with spaces to a width.
  func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  func aligned(right width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
