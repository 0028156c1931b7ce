import Canvas
import Networks
import TerminalUI
import Training

/// What keys do on the view of orders.
enum PermutationsIntent: Hashable, Sendable {
  case start, independent, add, drop, halve, restart, pauseOrders, race, sort
}

extension Keymap {
  static let permutations: [KeyBinding] = [
    KeyBinding(.permutations(.start), [.enter], hint: "start", "start the orders that do not run yet", tabs: [.permutations]),
    KeyBinding(.permutations(.independent), [.character("i")], hint: "independent", "the same order on every axis, or each its own", tabs: [.permutations]),
    KeyBinding(.permutations(.add), [.character("a")], hint: "add", "type an order and run it", tabs: [.permutations]),
    KeyBinding(.permutations(.drop), [.character("D"), .delete], hint: "drop", "drop the order", tabs: [.permutations]),
    KeyBinding(.permutations(.halve), [.character("x")], hint: "halve", "stop the worse half of those that train", tabs: [.permutations]),
    KeyBinding(.permutations(.sort), [.character("o")], "sort by fewest MACs, or by best PSNR", tabs: [.permutations]),
    KeyBinding(.permutations(.race), [.character("w")], hint: "race", "pause the race's runs, or let them go on", tabs: [.permutations]),
    KeyBinding(.permutations(.pauseOrders), [.character("P")], "pause all orders, or go on", tabs: [.permutations]),
    KeyBinding(.permutations(.restart), [.character("R")], "start all orders again, same seed", tabs: [.permutations]),
  ]
}

extension ExplorerState {
  mutating func perform(_ intent: PermutationsIntent) -> [Effect] {
    switch intent {
    case .start: return startOrders()
    case .independent:
      permutations.isIndependent.toggle()
      return refreshPictures()
    case .add:
      guard orderRuns.count < OrderPlan.most else {
        say("there are \(OrderPlan.most) orders: drop one first (\(key(.permutations(.drop))))")
        return []
      }
      overlay = .order(OrderPrompt())
      return []
    case .drop:
      guard run.isPermutation, let bases = run.configuration.bases else { return sayNothingRuns() }
      permutations.dropped.insert(bases)
      permutations.halvings[run.id] = nil
      return remove(run.id)
    case .halve: return halve()
    case .restart:
      guard !orderRuns.isEmpty else { return sayNothingRuns() }
      permutations.halvings = [:]
      permutations.newcomers = [:]
      say("all orders start again with the same seed")
      return orderRuns.map { .reset($0.id) }
    case .pauseOrders:
      guard !orderRuns.isEmpty else { return sayNothingRuns() }
      return pauseOrResume(\.isPermutation)
    case .race:
      return pauseOrResumeRace()
    case .sort:
      permutations.sortsByQuality.toggle()
      say(permutations.sortsByQuality ? "the best PSNR first" : "the fewest MACs first")
      return []
    }
  }

  private mutating func sayNothingRuns() -> [Effect] {
    say("no order runs yet: \(key(.permutations(.start))) starts them")
    return []
  }

  // MARK: Starting

  private mutating func startOrders() -> [Effect] {
    let waiting = waitingOrders
    guard !waiting.isEmpty else {
      if let fault = permutations.fault {
        say(fault, .fault, seconds: 8)
      } else if orderRuns.count == OrderPlan.most {
        say("\(OrderPlan.most) orders run, and more do not at once: drop some (\(key(.permutations(.drop))))")
      } else {
        say(permutations.dropped.isEmpty ? "all orders run: \(key(.permutations(.restart))) starts them again" : "all run but those that were dropped: \(key(.permutations(.add))) adds one again")
      }
      return []
    }
    let fitting = orders(waiting, fitting: availableBytes)
    guard !fitting.isEmpty else {
      let available = availableBytes.map { "; available are \(MemoryBudget.text(bytes: $0))" } ?? ""
      say("an order needs \(MemoryBudget.text(bytes: waiting[0].memory)) of memory\(available)", .fault, seconds: 8)
      return []
    }
    let effects = start(fitting)
    if fitting.count < waiting.count {
      say("\(fitting.count) of \(waiting.count) orders started: there is no memory for more", .fault, seconds: 8)
    }
    return effects
  }

  /// As many of the first orders as the memory has room for.
  func orders(_ orders: [OrderPlan.Order], fitting available: Int?) -> [OrderPlan.Order] {
    guard let available else { return orders }
    var needed = 0.0
    return Array(orders.prefix { order in
      needed += Double(order.memory)
      return needed <= Double(available)
    })
  }

  // MARK: The race meanwhile

  /// Pauses what of the race trains; when nothing does, lets go on what was paused for the orders, and nothing else.
  private mutating func pauseOrResumeRace() -> [Effect] {
    guard let interruption = permutations.interruption else { return sayNothingRuns() }
    let training = runs.filter { !$0.isPermutation && $0.isToTrain }.map(\.id)
    if !training.isEmpty {
      permutations.interruption?.paused = interruption.paused.filter { !training.contains($0) } + training
      say("the race is paused: \(key(.permutations(.race))) lets it go on")
      return training.flatMap { pause($0) }
    }
    let effects = resumeRace()
    say(
      !effects.isEmpty ? "the race goes on and shares the processor"
        : runs.contains { !$0.isPermutation && !$0.hasEnded } ? "the race was paused by hand: \(key(.togglePause)) lets a run go on, on its view (\(key(.tab(.race))))"
        : "the race has ended: nothing of it takes turns")
    return effects
  }

  private mutating func resumeRace() -> [Effect] {
    let paused = permutations.interruption?.paused ?? []
    permutations.interruption?.paused = []
    return paused.flatMap { id in (self[id]?.requestedState ?? self[id]?.state) == .paused ? resume(id) : [] }
  }

  /// The race goes on as it was before the orders, now that the last of them is gone.
  mutating func endOrders() -> [Effect] {
    guard let interruption = permutations.interruption else { return [] }
    let effects = resumeRace()
    permutations.interruption = nil
    turnMode = interruption.mode
    return [.turns(turnMode)] + effects
  }

  /// Adds runs of orders. The first pause the race and have turns of equal steps: orders are compared at equal steps, so
  /// that one that hurries ahead, or anything else that trains, only makes the others late.
  private mutating func start(_ orders: [OrderPlan.Order]) -> [Effect] {
    var effects: [Effect] = []
    if orderRuns.isEmpty {
      let training = runs.filter(\.isToTrain).map(\.id)
      permutations.interruption = .init(paused: training, mode: turnMode)
      effects += training.flatMap { pause($0) }
      turnMode = .equalSteps
      effects.append(.turns(turnMode))
      say("turns are of equal steps (\(key(.turnMode)))" + (training.isEmpty ? "" : "; the race is paused meanwhile (\(key(.permutations(.race))) lets it go on)"), seconds: 5)
      permutations.otherSelection = selection
    }
    for order in orders {
      let identity = newIdentity(isPermutation: true)
      var view = RunView(id: identity.id, mark: identity.mark, configuration: order.configuration, cost: order.cost)
      view.isPermutation = true
      runs.append(view)
      permutations.dropped.remove(order.bases)
      if !run.isPermutation { selection = view.id }
      effects.append(.add(view.id, order.configuration))
      noteNewcomer(view.id)
    }
    return effects + refreshPictures()
  }

  // MARK: Halving

  /// Stops the worse half of the orders that still train, by PSNR after as many steps as all of them have made; of equal
  /// ones those of more MACs. Newcomers have made too few to be judged.
  private mutating func halve() -> [Effect] {
    let racing = orderContenders.filter { !$0.hasEnded && !hasOtherBases($0) && !isCatchingUp($0) }
    guard racing.count > 1 else {
      say(orderRuns.isEmpty ? "no order runs yet: \(key(.permutations(.start))) starts them" : "halving wants two orders that still train")
      return []
    }
    let steps = racing.compactMap(\.measuredStep)
    guard steps.count == racing.count, let step = steps.min() else {
      say("nothing is measured of all orders yet")
      return []
    }
    // What is no number is worse than any.
    func quality(_ run: RunView) -> Double { run.psnr(atStep: step).flatMap { $0.isNaN ? nil : $0 } ?? -.infinity }
    let worstFirst = racing.sorted { left, right in
      let (a, b) = (quality(left), quality(right))
      if a != b { return a < b }
      return left.cost.macs == right.cost.macs ? left.id > right.id : left.cost.macs > right.cost.macs
    }
    let losers = worstFirst.prefix(racing.count / 2)
    for run in losers { permutations.halvings[run.id] = .init(step: step, generation: run.generation) }
    let names = losers.compactMap(\.configuration.bases?.argument).joined(separator: "  ")
    say("halved at step \(NumberText.grouped(step)): \(losers.count == 1 ? "stops" : "stop") \(names)", seconds: 5)
    return losers.map { .stop($0.id) }
  }

  // MARK: Typing an order

  mutating func edit(_ prompt: OrderPrompt, _ key: Key) -> [Effect] {
    var prompt = prompt
    switch key {
    case .escape:
      overlay = nil
      return []
    case .enter:
      guard !prompt.line.text.isEmpty else { return [] }
      switch order(typed: prompt.line.text) {
      case .success(let order):
        overlay = nil
        let effects = start([order])
        selection = runs.last?.id ?? selection
        return effects + refreshPictures()
      case .failure(let fault): prompt.fault = fault.description
      }
    default: if prompt.line.handle(key) { prompt.fault = nil }
    }
    overlay = .order(prompt)
    return []
  }

  /// The order that a text names, or what is wrong with it.
  func order(typed text: String) -> Result<OrderPlan.Order, ConfigurationError> {
    let (shape, channels) = (subject.signal.shape, subject.signal.channels)
    do throws(ConfigurationError) {
      guard let source = permutations.plan?.source else { throw ConfigurationError(permutations.fault ?? "no plan") }
      let typed = try Bases(argument: text.filter { $0 != " " }).fitted(to: shape)
      if orderRuns.contains(where: { $0.configuration.bases == typed }) {
        throw ConfigurationError("bases \(typed.argument): found a second time; allowed is an order that does not run yet")
      }
      let order = try OrderPlan.Order(typed, of: source, shape: shape, channels: channels, threads: threads)
      if let fault = memoryFault(order.configuration) { throw ConfigurationError(fault) }
      return .success(order)
    } catch {
      return .failure(error)
    }
  }

  // MARK: Mouse

  mutating func mouseOnPermutations(_ event: MouseEvent, _ body: Rect) -> [Effect] {
    if let effects = mouseOnPictures(event) { return effects }
    guard !orderRuns.isEmpty else { return [] }
    switch event.kind {
    case .wheelDown: return select(by: 1)
    case .wheelUp: return select(by: -1)
    case .press(.left):
      let place = permutationsLayout(body).table
      let rows = orderTable(width: place.width).layout(in: place, glyphs: glyphs)
      if let row = rows.row(atY: event.y) {
        selection = orderLines[row].run?.id ?? selection
      } else if rows.isHeader(y: event.y), let column = rows.column(atX: event.x).flatMap(OrderColumn.init(rawValue:)) {
        permutations.sortsByQuality = [.rank, .psnr, .psnrBar, .ssim, .ssimBar].contains(column)
      }
      return []
    default: return []
    }
  }
}
