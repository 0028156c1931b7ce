import ArgumentParser
import Canvas
import Networks
import Signals
import Training

struct PermutationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "permutations", abstract: "Train the distinct orders of ASMR's bases and set cost and quality beside each other.",
    discussion: "Orders are trained one after another, those of fewest MACs first, each with the same options and seed. --steps 0 lists what they cost.")

  @OptionGroup var data: DataOptions
  @OptionGroup var options: RunOptions
  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Give every axis an order of its own. (default: levels move whole, the same on every axis)")
  var independent = false

  @Option(parsing: .unconditional, help: "At most so many orders, those of fewest MACs.")
  var limit = OrderPlan.most

  @Option(help: "Write the result as JSON; - is standard output, in the table's place.", completion: .json)
  var json: String?

  func run() throws {
    let threads = try threading.count()
    guard (1...10_000).contains(limit) else { throw ConfigurationError("limit: found \(limit); allowed are 1 to 10000") }
    let open = try options.configuration()
    guard open.model == .asmr else {
      throw ConfigurationError("--model: found \(open.model.rawValue); allowed is asmr, whose bases have an order")
    }
    let loaded = try data.load()
    for note in loaded.notes { printError("asmr-tui: \(loaded.name): \(note)") }
    let signal = loaded.signal
    let configuration = try open.resolved(shape: signal.shape)
    try checkFiles([("--json", json)])
    let plan = try OrderPlan(
      configuration, shape: signal.shape, channels: signal.channels, threads: threads, isIndependent: independent, limit: limit)
    let steps = configuration.steps ?? 0
    if steps > 0 {
      for order in plan.orders {
        try MemoryBudget.check(order.configuration, shape: signal.shape, channels: signal.channels, threads: threads)
      }
    }
    if let padded = configuration.paddingNote(shape: signal.shape) { printError("asmr-tui: \(loaded.name): \(padded)") }
    if plan.count > Double(plan.orders.count) {
      printError("asmr-tui: \(plan.orders.count) of \(NumberText.count(plan.count)) orders, those of fewest MACs (--limit)")
    }

    let session = TrainingSession(signal: signal, threads: threads)
    var ends: [Snapshot?] = Array(repeating: nil, count: plan.orders.count)
    for (index, order) in plan.orders.enumerated() where steps > 0 && session.interruption == nil {
      let name = "\(index + 1)/\(plan.orders.count)  \(order.bases.argument)"
      ends[index] = session.run(order.configuration, progress: ProgressLine(total: steps, name: name)).snapshot
    }
    let report = PermutationsReport(plan: plan, ends: ends, signal: signal, threads: threads)
    // What is on the screen is there whether or not the file can be written.
    if json != "-" { try writeOutput(Array(report.table.utf8)) }
    if let json { try writeOutput(prettyJSON(report), to: json) }
    if let signal = session.interruption { throw Exit(status: .signal(signal)) }
    let diverged = ends.filter { $0?.state == .diverged }.count
    guard diverged == 0 else {
      throw Exit(
        status: .software, message: "\(diverged) of \(ends.count) orders diverged (a smaller --lr or --omega may help)")
    }
  }
}

/// Orders that were run, their costs in both conventions, and what they reached.
struct PermutationsReport: Encodable {
  struct Row {
    let order: OrderPlan.Order
    /// As it ended; nil when it was not run.
    let end: Snapshot?
    let rank: Int?
  }
  let plan: OrderPlan
  let rows: [Row]
  let spread: OrderComparison.Spread?
  private let signal: Signal
  private let threads: Int

  /// Those that were trained to their end are compared: they made the same number of steps.
  init(plan: OrderPlan, ends: [Snapshot?], signal: Signal, threads: Int) {
    let comparison = OrderComparison(
      zip(plan.orders, ends).map { ($0.cost.macs, $1?.state == .finished ? $1?.evaluation?.psnr : nil) })
    self.plan = plan
    rows = plan.orders.indices.map { Row(order: plan.orders[$0], end: ends[$0], rank: comparison.ranks[$0]) }
    spread = comparison.spread
    (self.signal, self.threads) = (signal, threads)
  }

  private enum Key: String, CodingKey {
    case rows, spread, count_total, count_run, independent, data_shape, channels, threads, seed, configuration
    case order, bases, macs, macs_by_convention, params, sines, psnr, ssim, steps, seconds, rank, state
    case psnr_db, macs_ratio, cheapest_loss_db, orders
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(plan.source, forKey: .configuration)
    try container.encode(plan.source.seed, forKey: .seed)
    try container.encode(plan.isIndependent, forKey: .independent)
    // Whole while it is exact.
    if let whole = Int(exactly: plan.count), whole < 1 << 53 {
      try container.encode(whole, forKey: .count_total)
    } else {
      try container.encode(plan.count, forKey: .count_total)
    }
    try container.encode(rows.count, forKey: .count_run)
    try container.encode(signal.shape, forKey: .data_shape)
    try container.encode(signal.channels, forKey: .channels)
    try container.encode(threads, forKey: .threads)
    var list = container.nestedUnkeyedContainer(forKey: .rows)
    for row in rows { try encode(row, to: list.nestedContainer(keyedBy: Key.self)) }
    guard let spread else { return try container.encodeNil(forKey: .spread) }
    var part = container.nestedContainer(keyedBy: Key.self, forKey: .spread)
    try part.encode(spread.psnr, forKey: .psnr_db)
    try part.encode(spread.macsRatio, forKey: .macs_ratio)
    try part.encode(spread.cheapestLoss, forKey: .cheapest_loss_db)
    try part.encode(spread.count, forKey: .orders)
  }

  private func encode(_ row: Row, to container: KeyedEncodingContainer<Key>) throws {
    func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    var container = container
    try container.encode(row.order.bases.argument, forKey: .order)
    try container.encode(row.order.bases, forKey: .bases)
    try container.encode(row.order.cost.macs, forKey: .macs)
    try container.encode(row.order.cost.macsByConvention, forKey: .macs_by_convention)
    try container.encode(row.order.cost.parameters, forKey: .params)
    try container.encode(row.order.cost.sines, forKey: .sines)
    try container.encode(finite(row.end?.evaluation?.psnr), forKey: .psnr)
    try container.encode(finite(row.end?.evaluation?.ssim), forKey: .ssim)
    try container.encode(row.end?.step ?? 0, forKey: .steps)
    try container.encode(row.end?.trainedSeconds ?? 0, forKey: .seconds)
    try container.encode(row.rank, forKey: .rank)
    try container.encode(row.end?.state, forKey: .state)
  }
}

extension PermutationsReport {
  /// The table on standard output, with the sentence that it proves or not.
  var table: String {
    let isUnicode = localeIsUTF8()
    let times = isUnicode ? "×" : "x"
    func number(_ value: Double?, _ decimals: Int) -> String {
      guard let value else { return "-" }
      return value.isFinite ? NumberText.fixed(value, decimals: decimals) : isUnicode ? "∞" : "inf"
    }
    let titles = ["order", "MACs, code", "MACs, nobias", "params", "PSNR, dB", "SSIM", "steps", "seconds", "rank", ""]
    let lines = [titles] + rows.map { row in
      let evaluation = row.end?.evaluation
      let cost = row.order.cost
      return [
        row.order.bases.argument, NumberText.fixed(cost.macs, decimals: 2),
        number(cost.macsByConvention["nobias"], 2), NumberText.grouped(cost.parameters), number(evaluation?.psnr, 2),
        number(evaluation?.ssim, 4), "\(row.end?.step ?? 0)", number(row.end?.trainedSeconds, 1), row.rank.map { "\($0)" } ?? "-",
        row.end.map { $0.state == .finished ? "" : $0.state.rawValue } ?? "",
      ]
    }
    let widths = titles.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    var text = ""
    for line in lines {
      // Names from the left, numbers on their end.
      var row = line[0].padding(to: widths[0])
      for column in 1..<line.count {
        let cell = line[column]
        row += "  " + (column == line.count - 1 ? cell : String(repeating: " ", count: widths[column] - cell.count) + cell)
      }
      while row.last == " " { row.removeLast() }
      text += row + "\n"
    }
    let axes = plan.source.bases?.axes.count ?? 1
    text += "\(rows.count) of \(NumberText.count(plan.count)) distinct orders of \(plan.source.bases?.argument ?? "")"
      + (axes == 1 ? "" : plan.isIndependent ? ", each axis its own" : ", the same on every axis") + "\n"
    if let spread {
      text += "spread \(NumberText.fixed(spread.psnr, decimals: 2)) dB over \(NumberText.fixed(spread.macsRatio, decimals: 1))\(times) MACs"
        + "; the order of fewest MACs is \(NumberText.fixed(spread.cheapestLoss, decimals: 2)) dB below the best\n"
    }
    return text
  }
}
