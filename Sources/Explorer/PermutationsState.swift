import Canvas
import Networks
import Training

/// The view of the orders of ASMR's bases.
struct PermutationsState: Equatable, Sendable {
  /// How the race stood when the orders began: what is put back when the last of them is gone.
  var interrupted: (runs: [RunID], mode: TurnMode)? {
    get { interruptedRuns.map { ($0, interruptedMode) } }
    set { (interruptedRuns, interruptedMode) = (newValue?.runs, newValue?.mode ?? .equalTime) }
  }
  private var interruptedRuns: [RunID]?
  private var interruptedMode = TurnMode.equalTime
  /// Whether every axis has an order of its own.
  var isIndependent = false
  /// Best PSNR first instead of fewest MACs.
  var sortsByQuality = false
  /// Which orders are or would be run; nil until the view is opened.
  var plan: OrderPlan?
  /// Why there is no plan.
  var fault: String?
  /// Orders that were dropped: starting leaves them out.
  var dropped: Set<Bases> = []
  /// Orders that were stopped by halving.
  var halvings: [RunID: Halving] = [:]
  /// What was selected before the view was opened, or before it was left.
  var otherSelection: RunID?

  struct Halving: Equatable, Sendable {
    /// At which the orders were compared.
    var step: Int
    /// Of the run: a new beginning makes it forgotten.
    var generation: Int
  }
}

/// The line in which an order is typed.
struct OrderPrompt: Equatable, Sendable {
  var line = LineEditor("")
  var fault: String?
}

/// A line of the view's table: an order, and its run if it has one.
struct OrderLine {
  let bases: Bases
  let cost: Cost
  let run: RunView?
  /// In dB, at the step at which orders are compared; nil when it has none there.
  var psnr: Double?
  var rank: Int?
}

extension ExplorerState {
  var orderRuns: [RunView] { runs.filter(\.isPermutation) }

  /// Planned orders that have no run yet and were not dropped, as many as there is room for.
  var waitingOrders: [OrderPlan.Order] {
    let taken = Set(orderRuns.compactMap(\.configuration.bases)).union(permutations.dropped)
    let open = permutations.plan?.orders.filter { !taken.contains($0.bases) } ?? []
    return Array(open.prefix(max(0, OrderPlan.most - orderRuns.count)))
  }

  func isHalved(_ run: RunView) -> Bool { permutations.halvings[run.id]?.generation == run.generation }

  /// Orders that are still in the running.
  var orderContenders: [RunView] {
    orderRuns.filter { !isHalved($0) && $0.state != .stopped && $0.state != .diverged }
  }

  /// The step at which orders are compared: as far as the slowest that is in the running has come, so that all have made
  /// as many steps. nil while one of them has nothing measured.
  var orderStep: Int? {
    let contenders = orderContenders
    let compared = contenders.isEmpty ? orderRuns.filter { $0.state != .diverged } : contenders
    let steps = compared.map(\.measuredStep)
    return steps.contains(nil) ? nil : steps.compactMap { $0 }.min()
  }

  /// All orders with what is known at the same step, sorted as the view is.
  var orderLines: [OrderLine] {
    let step = orderStep
    var lines = orderRuns.map { run in
      OrderLine(
        bases: run.configuration.bases ?? Bases([]), cost: run.cost, run: run,
        psnr: run.state == .diverged ? nil : step.flatMap { run.psnr(atStep: $0) })
    }
    lines += waitingOrders.map { OrderLine(bases: $0.bases, cost: $0.cost, run: nil) }
    for (index, rank) in comparison(of: lines).ranks.enumerated() { lines[index].rank = rank }
    let byQuality = permutations.sortsByQuality
    return lines.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      // What has no rank stands at the end.
      if byQuality, a.rank != b.rank { return (a.rank ?? Int.max) < (b.rank ?? Int.max) }
      return a.cost.macs == b.cost.macs ? left.offset < right.offset : a.cost.macs < b.cost.macs
    }.map(\.element)
  }

  func comparison(of lines: [OrderLine]) -> OrderComparison {
    OrderComparison(lines.map { ($0.cost.macs, $0.psnr) })
  }

  /// Plans the orders of what is selected; once orders are run, those of the same source.
  mutating func refreshOrderPlan() {
    let (shape, channels) = (subject.signal.shape, subject.signal.channels)
    do throws(ConfigurationError) {
      var source = run.configuration
      if !orderRuns.isEmpty, let planned = permutations.plan?.source {
        source = planned
      } else if source.model != .asmr {
        // The bases that an ASMR would have here.
        var open = RunConfiguration()
        (open.preset, open.seed) = (source.preset, source.seed)
        source = try open.resolved(shape: shape)
      }
      if let plan = permutations.plan, plan.source == source, plan.isIndependent == permutations.isIndependent { return }
      permutations.plan = try OrderPlan(
        source, shape: shape, channels: channels, threads: threads, isIndependent: permutations.isIndependent)
      permutations.fault = nil
    } catch {
      (permutations.plan, permutations.fault) = (nil, error.description)
    }
  }

  /// Orders are selected on their own view, all other runs on the others: each keeps its own selection.
  mutating func selectWithinView() {
    let group = runs.filter { $0.isPermutation == (tab == .permutations) }
    guard let first = group.first, run.isPermutation != first.isPermutation else { return }
    let previous = selection
    selection = group.first { $0.id == permutations.otherSelection }?.id ?? first.id
    permutations.otherSelection = previous
  }
}

extension RunView {
  /// The newest step at which PSNR is known.
  var measuredStep: Int? { evaluation?.step ?? curve.metrics.last?.step }

  /// PSNR after so many updates; nil when it has not come that far.
  func psnr(atStep step: Int) -> Double? {
    guard let measuredStep, measuredStep >= step else { return nil }
    if let evaluation, evaluation.step == step { return evaluation.psnr }
    return curve.point(atOrBefore: Double(step)) { Double($0.step) }?.psnr
  }
}
