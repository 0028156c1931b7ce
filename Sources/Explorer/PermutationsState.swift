import Canvas
import Networks
import Training

/// The view of the orders of ASMR's bases.
struct PermutationsState: Equatable, Sendable {
  /// What the orders have changed of the race; nil while there are none.
  var interruption: Interruption?
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
  /// Orders that were begun while others compared already, and have not yet come as far; each with the generation in
  /// which that beginning is.
  var newcomers: [RunID: Int] = [:]
  /// Orders that were stopped by halving.
  var halvings: [RunID: Halving] = [:]
  /// What was selected before the view was opened, or before it was left.
  var otherSelection: RunID?

  /// What is put back when the last order is gone.
  struct Interruption: Equatable, Sendable {
    /// Runs of the race that were paused for the orders, and by nobody since.
    var paused: [RunID]
    /// How turns were given before.
    let mode: TurnMode
  }

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
  /// At the step at which SSIM is compared; nil when it has none there.
  var ssim: Double?
  /// Typed with bases that are no order of the source's: shown beside the orders, but not one of those compared.
  var hasOtherBases = false
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

  /// Whether a run's bases are other ones than the source's, and no order of them.
  func hasOtherBases(_ run: RunView) -> Bool {
    guard let source = permutations.plan?.source.bases, let bases = run.configuration.bases else { return false }
    return !BasesPermutations(source, isIndependent: true).contains(bases)
  }

  /// Orders that are still in the running.
  var orderContenders: [RunView] {
    orderRuns.filter { !isHalved($0) && $0.state != .stopped && $0.state != .diverged }
  }

  /// Whether an order was begun after the others and has not yet come to the step at which they are compared.
  func isCatchingUp(_ run: RunView) -> Bool { permutations.newcomers[run.id] != nil && !run.hasEnded }

  /// Runs whose numbers have to be of the same step: orders of the source that are in the running and not catching up.
  /// When none is, newcomers decide, then those that ended well, then other bases.
  private var comparedRuns: [RunView] {
    let contenders = orderContenders.filter { !hasOtherBases($0) }
    let ended = orderRuns.filter { $0.state != .diverged }
    return [contenders.filter { !isCatchingUp($0) }, contenders, ended.filter { !hasOtherBases($0) }, ended]
      .first { !$0.isEmpty } ?? []
  }

  /// The step at which orders are compared: as far as the slowest has come of those that decide it, so that all of them
  /// have made as many steps. nil while one of them has nothing measured.
  ///
  /// An order that is added, or started again alone, while others compare does not throw them back: it has no rank until
  /// it comes to their step, and from then on it is one of those that decide. Other bases have no rank and never decide.
  var orderStep: Int? {
    let steps = comparedRuns.map(\.measuredStep)
    return steps.contains(nil) ? nil : steps.compactMap { $0 }.min()
  }

  /// Notes that an order begins, with a generation, while others are compared.
  mutating func noteNewcomer(_ id: RunID, generation: Int = 0) {
    let compares = orderContenders.contains { $0.id != id && !hasOtherBases($0) && $0.measuredStep != nil }
    if compares { permutations.newcomers[id] = generation }
  }

  /// Newcomers that have come to the step of the others, or have none to come to, are newcomers no more.
  mutating func admitNewcomers() {
    guard !permutations.newcomers.isEmpty else { return }
    let settled = orderContenders.filter { !hasOtherBases($0) && !isCatchingUp($0) }
    guard !settled.isEmpty else { return permutations.newcomers = [:] }
    guard let step = orderStep else { return }
    permutations.newcomers = permutations.newcomers.filter { id, generation in
      guard let run = self[id] else { return false }
      // What an older beginning had reached does not count.
      return run.generation < generation || (run.measuredStep ?? -1) < step
    }
  }

  /// The last step at which SSIM of all that decide the step is known: it is measured now and then only.
  var orderSimilarityStep: Int? {
    let compared = comparedRuns
    return compared.first?.curve.similarities.last { similarity in
      compared.allSatisfy { $0.curve.similarity(atStep: similarity.step) != nil }
    }?.step
  }

  /// All orders with what is known at the same step, sorted as the view is.
  var orderLines: [OrderLine] {
    let (step, similarityStep) = (orderStep, orderSimilarityStep)
    var lines = orderRuns.map { run in
      let isCompared = run.state != .diverged
      return OrderLine(
        bases: run.configuration.bases ?? Bases([]), cost: run.cost, run: run,
        psnr: isCompared ? step.flatMap { run.psnr(atStep: $0) } : nil,
        ssim: isCompared ? similarityStep.flatMap { run.curve.similarity(atStep: $0) } : nil,
        hasOtherBases: hasOtherBases(run))
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

  /// Other bases have no rank, and no part in the spread.
  func comparison(of lines: [OrderLine]) -> OrderComparison {
    OrderComparison(lines.map { ($0.cost.macs, $0.hasOtherBases ? nil : $0.psnr) })
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
  var measuredStep: Int? { self.evaluation?.step ?? self.curve.metrics.last?.step }

  /// PSNR after so many updates; nil when it has not come that far.
  func psnr(atStep step: Int) -> Double? {
    guard let measuredStep, measuredStep >= step else { return nil }
    if let evaluation = self.evaluation, evaluation.step == step { return evaluation.psnr }
    return self.curve.point(atOrBefore: Double(step)) { Double($0.step) }?.psnr
  }
}
