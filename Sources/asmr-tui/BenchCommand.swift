import ArgumentParser
import Canvas
import Networks
import Signals
import Training

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure training beside plain matrix products of the same run, how much looks at features slow it, and how long pictures take.")

  @OptionGroup var threading: ThreadOptions

  @Option(help: "Rounds: each measures everything once.")
  var rounds = 5

  @Option(help: "Write the result as JSON; - is standard output, in the table's place.", completion: .json)
  var json: String?

  func run() throws {
    guard (1...1000).contains(rounds) else {
      throw ConfigurationError("rounds: found \(rounds); allowed are 1 to 1000")
    }
    if let json, json != "-" { try AtomicFile.checkWritable(json) }
    let threads = try threading.count()
    func progress(_ text: String) { printError("asmr-tui: bench, \(text)") }
    let result = try Benchmark.run(threads: threads, rounds: rounds, progress: progress)
    let features = try FeatureBenchmark.run(threads: threads, rounds: rounds, progress: progress)
    let pictures = PictureBenchmark(rounds: rounds)
    if let json {
      let bytes = try prettyJSON(Report(training: result, features: features.models, pictures: pictures.rows))
      if json == "-" {
        try writeOutput(bytes)
        return
      }
      try AtomicFile.write(bytes, to: json)
    }
    try writeOutput(Array((table(result) + "\n" + table(features) + "\n" + table(pictures)).utf8))
  }

  /// The training's figures as they were, and the features' and pictures' beside them.
  private struct Report: Encodable {
    var training: Benchmark
    var features: [FeatureBenchmark.Model]
    var pictures: [PictureBenchmark.Row]

    private enum Key: CodingKey { case features, pictures }

    func encode(to encoder: any Encoder) throws {
      try training.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(features, forKey: .features)
      try container.encode(pictures, forKey: .pictures)
    }
  }

  private func table(_ result: FeatureBenchmark) -> String {
    func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
    func percent(_ value: Double) -> String { NumberText.fixed(value * 100, decimals: 1) + " %" }
    let head = zip(["steps/s", "slower", "quarter", "to", "in looks", "looks/s"], [10, 11, 10, 10, 12, 11]).map(right)
    var lines = ["features looked at, live".padding(to: 30) + head.joined()]
    for model in result.models {
      let speeds = [model.steps_per_second, model.reports_per_second].map { NumberText.fixed($0, decimals: 1) }
      let shares = [model.slowdown, model.slowdown_quarter, model.slowdown_three_quarters, model.share].map(percent)
      let cells = zip([speeds[0]] + shares + [speeds[1]], [10, 11, 10, 10, 12, 11]).map(right)
      lines.append("  \(model.name)".padding(to: 30) + cells.joined())
    }
    lines.append("")
    lines.append("slower: steps a second of two runs in turns, one of them looked at, and its quartiles; in looks: what the run itself")
    lines.append("counts, which says more where other programs work.")
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(_ result: PictureBenchmark) -> String {
    func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
    var lines = ["picture, 600×400".padding(to: 30) + right("median", 10) + right("best", 11) + right("bytes", 12)]
    for row in result.rows {
      let times = [row.seconds_median, row.seconds_best].map { right(NumberText.fixed($0 * 1e3, decimals: 2), 7) + " ms" }
      lines.append("  \(row.encoder), \(row.picture)".padding(to: 30) + times.joined(separator: " ") + right(NumberText.grouped(row.bytes), 12))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(_ result: Benchmark) -> String {
    func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
    var lines = ["plain dnnl_sgemm, \(result.threads) threads, each on its own matrices"]
    for product in result.sgemm {
      lines.append("  \(product.m)×\(product.n)×\(product.k)".padding(to: 34) + right(NumberText.fixed(product.gflops, decimals: 1), 8) + " GFLOP/s")
    }
    lines.append("")
    lines.append(
      "full step, 512×512 grey".padding(to: 30) + right("median", 10) + right("best", 11) + right("GFLOP/s", 10)
        + right("of sgemm", 10) + right("of its own", 12) + right("PyTorch", 11) + right("faster", 8))
    for model in result.models {
      let times = [model.seconds_median, model.seconds_best].map { right(NumberText.fixed($0 * 1e3, decimals: 1), 7) + " ms" }
      let reference = model.reference_seconds.map {
        right(NumberText.fixed($0 * 1e3, decimals: 0), 8) + " ms" + right(NumberText.fixed($0 / model.seconds_median, decimals: 1) + "×", 8)
      }
      lines.append(
        "  \(model.name)".padding(to: 30) + times.joined(separator: " ") + right(NumberText.fixed(model.gflops, decimals: 1), 10)
          + right(NumberText.fixed(model.share_of_sgemm * 100, decimals: 0) + " %", 10)
          + right(NumberText.fixed(model.share_of_own_products * 100, decimals: 0) + " %", 12) + (reference ?? ""))
    }
    lines.append("")
    lines.append("of sgemm: share of the fastest plain product; of its own: of plain products of the step's own shapes, which a")
    lines.append("step that saves arithmetic can exceed. PyTorch: the reference implementation's step on two Sapphire Rapids cores.")
    return lines.joined(separator: "\n") + "\n"
  }
}
