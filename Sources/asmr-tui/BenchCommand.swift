import ArgumentParser
import Canvas
import Networks
import Signals
import Training

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: """
      Measure training beside plain matrix products of the same run, how much looks at features slow it, how long pictures take, \
      and what the explorer's screen costs.
      """)

  /// What is measured.
  enum Part: String, CaseIterable {
    case training, features, pictures, screen
    static let names = allCases.map(\.rawValue).joined(separator: ", ")
  }

  @OptionGroup var threading: ThreadOptions

  @Option(help: "Rounds: each measures everything once, but for the screen.")
  var rounds = 5

  @Option(
    help: ArgumentHelp("What to measure, by commas: \(Part.names). (default: all)"), completion: .list(Part.allCases.map(\.rawValue)),
    transform: { text in
      try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
        try optionValue(String(word), allowed: Part.names, Part.init(rawValue:))
      }
    })
  var only: [Part] = Part.allCases

  @Option(help: "Write the result as JSON; - is standard output, in the table's place.", completion: .json)
  var json: String?

  func run() throws {
    guard (1...1000).contains(rounds) else {
      throw ConfigurationError("rounds: found \(rounds); allowed are 1 to 1000")
    }
    try checkFiles([("--json", json)])
    let threads = try threading.count()
    func progress(_ text: String) { printError("asmr-tui: bench, \(text)") }
    var report = Report()
    // Before anything else has heated the processor.
    if only.contains(.screen) { report.screen = try ScreenBenchmark(threads: threads, progress: progress) }
    if only.contains(.training) { report.training = try Benchmark.run(threads: threads, rounds: rounds, progress: progress) }
    if only.contains(.features) { report.features = try FeatureBenchmark.run(threads: threads, rounds: rounds, progress: progress) }
    if only.contains(.pictures) { report.pictures = PictureBenchmark(rounds: rounds) }
    let tables = [report.training.map(table), report.features.map(table), report.pictures.map(table), report.screen.map(table)]
    // The file first: a pipe that is closed takes nothing of it away.
    if let json { try writeOutput(prettyJSON(report), to: json) }
    if json != "-" { try writeOutput(Array(tables.compactMap { $0 }.joined(separator: "\n").utf8)) }
  }

  /// The training's figures as they were, and the others' beside them.
  private struct Report: Encodable {
    var training: Benchmark?
    var features: FeatureBenchmark?
    var pictures: PictureBenchmark?
    var screen: ScreenBenchmark?

    private enum Key: CodingKey { case features, pictures, screen }

    func encode(to encoder: any Encoder) throws {
      try training?.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encodeIfPresent(features?.models, forKey: .features)
      try container.encodeIfPresent(pictures?.rows, forKey: .pictures)
      try container.encodeIfPresent(screen?.rows, forKey: .screen)
    }
  }

  private func table(_ result: ScreenBenchmark) -> String {
    func milliseconds(_ seconds: Double) -> String { NumberText.fixed(seconds * 1e3, decimals: 1) + " ms" }
    let widths = [10, 12, 10, 11, 11, 11, 10]
    let head = zip(["frames/s", "a frame", "MB/s", "key", "99 of 100", "worst", "slower"], widths).map { $0.aligned(right: $1) }
    let title = "screen \(ScreenBenchmark.width)×\(ScreenBenchmark.height), \(ScreenBenchmark.runs.count) runs"
    var lines = [title.padding(to: 30) + head.joined()]
    for row in result.rows {
      let cells = [
        NumberText.fixed(row.frames_per_second, decimals: 1), row.seconds_per_frame.map(milliseconds) ?? "",
        NumberText.fixed(row.bytes_per_second * 1e-6, decimals: 2), milliseconds(row.key_seconds_median),
        milliseconds(row.key_seconds_99), milliseconds(row.key_seconds_worst), NumberText.fixed(row.slowdown * 100, decimals: 1) + " %",
      ]
      lines.append("  \(row.view), \(row.graphics)".padding(to: 30) + zip(cells, widths).map { $0.aligned(right: $1) }.joined())
    }
    lines.append("")
    lines.append("a frame: time of the program's main thread; key: from its being sent to the last byte of the frame that shows what it did;")
    lines.append("slower: than the same runs without a screen just before and after, in steps weighted by their times; median of \(ScreenBenchmark.turns).")
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(_ result: FeatureBenchmark) -> String {
    func percent(_ value: Double) -> String { NumberText.fixed(value * 100, decimals: 1) + " %" }
    let widths = [10, 11, 10, 10, 12, 11]
    let head = zip(["steps/s", "slower", "quarter", "to", "in looks", "looks/s"], widths).map { $0.aligned(right: $1) }
    var lines = ["features looked at, live".padding(to: 30) + head.joined()]
    for model in result.models {
      let speeds = [model.steps_per_second, model.reports_per_second].map { NumberText.fixed($0, decimals: 1) }
      let shares = [model.slowdown, model.slowdown_quarter, model.slowdown_three_quarters, model.share].map(percent)
      let cells = zip([speeds[0]] + shares + [speeds[1]], widths).map { $0.aligned(right: $1) }
      lines.append("  \(model.name)".padding(to: 30) + cells.joined())
    }
    lines.append("")
    lines.append("slower: steps a second of two runs in turns, one of them looked at, and its quartiles; in looks: what the run itself")
    lines.append("counts, which says more where other programs work.")
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(_ result: PictureBenchmark) -> String {
    var lines = ["picture, 600×400".padding(to: 30) + "median".aligned(right: 10) + "best".aligned(right: 11) + "bytes".aligned(right: 12)]
    for row in result.rows {
      let times = [row.seconds_median, row.seconds_best].map { NumberText.fixed($0 * 1e3, decimals: 2).aligned(right: 7) + " ms" }
      lines.append("  \(row.encoder), \(row.picture)".padding(to: 30) + times.joined(separator: " ") + NumberText.grouped(row.bytes).aligned(right: 12))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(_ result: Benchmark) -> String {
    var lines = ["plain dnnl_sgemm, \(result.threads) threads, each on its own matrices"]
    for product in result.sgemm {
      lines.append("  \(product.m)×\(product.n)×\(product.k)".padding(to: 34) + NumberText.fixed(product.gflops, decimals: 1).aligned(right: 8) + " GFLOP/s")
    }
    lines.append("")
    lines.append(
      "full step, 512×512 grey".padding(to: 30) + "median".aligned(right: 10) + "best".aligned(right: 11) + "GFLOP/s".aligned(right: 10)
        + "of sgemm".aligned(right: 10) + "of its own".aligned(right: 12) + "PyTorch".aligned(right: 11) + "faster".aligned(right: 8))
    for model in result.models {
      let times = [model.seconds_median, model.seconds_best].map { NumberText.fixed($0 * 1e3, decimals: 1).aligned(right: 7) + " ms" }
      let reference = model.reference_seconds.map {
        NumberText.fixed($0 * 1e3, decimals: 0).aligned(right: 8) + " ms" + (NumberText.fixed($0 / model.seconds_median, decimals: 1) + "×").aligned(right: 8)
      }
      lines.append(
        "  \(model.name)".padding(to: 30) + times.joined(separator: " ") + NumberText.fixed(model.gflops, decimals: 1).aligned(right: 10)
          + (NumberText.fixed(model.share_of_sgemm * 100, decimals: 0) + " %").aligned(right: 10)
          + (NumberText.fixed(model.share_of_own_products * 100, decimals: 0) + " %").aligned(right: 12) + (reference ?? ""))
    }
    lines.append("")
    lines.append("of sgemm: share of the fastest plain product; of its own: of plain products of the step's own shapes, which a")
    lines.append("step that saves arithmetic can exceed. PyTorch: the reference implementation's step on two Sapphire Rapids cores.")
    return lines.joined(separator: "\n") + "\n"
  }
}
