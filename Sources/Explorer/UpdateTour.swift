import Canvas
import Networks
import TerminalUI
import Training

/// What the tour's own keys do.
enum TourIntent: Hashable, Sendable {
  case next, back, leave
}

extension Keymap {
  /// While the tour is on; they come before all others.
  static let tour: [KeyBinding] = [
    KeyBinding(.tour(.next), [.character(" "), .enter, .character("n")], hint: "next", "the tour's next screen"),
    KeyBinding(.tour(.back), [.character("b"), .backspace], hint: "back", "the tour's screen before"),
    KeyBinding(.tour(.leave), [.escape], hint: "leave", "leave the tour; the runs stay"),
  ]
}

extension ExplorerState {
  /// What the tour's keys mean; nil for all others, and while there is no tour.
  func tourIntent(of key: Key) -> Intent? {
    tour == nil ? nil : Keymap.tour.first { $0.keys.contains(key) }?.intent
  }

  /// What works on the view, those bindings left out whose own key the tour has.
  var activeBindings: [KeyBinding] {
    keymap.bindings(on: tab).filter { $0.keys.first.map { !tourKeys.contains($0) } ?? true }
  }

  /// The keys that the tour has while it is on.
  var tourKeys: Set<Key> { tour == nil ? [] : Set(Keymap.tour.flatMap(\.keys)) }

  mutating func perform(_ intent: TourIntent) -> [Effect] {
    guard let tour else { return [] }
    switch intent {
    case .next where tour.isLast, .leave:
      self.tour = nil
      let effects = restOrders() + refreshPictures()
      say("the tour ends, the runs go on: \(key(.help)) lists the keys")
      return effects
    case .next: self.tour?.index += 1
    case .back:
      guard tour.index > 0 else { return [] }
      self.tour?.index -= 1
    }
    return arrangeTour()
  }

  /// Sets up what the tour's screen shows. Done again it changes nothing.
  mutating func arrangeTour() -> [Effect] {
    guard let stop = tour?.stop else { return [] }
    overlay = nil
    message = nil
    var effects = stop.racesOrders ? [] : restOrders()
    let old = stop.models.compactMap { tourRun($0)?.id }
    for model in stop.models where tourRun(model) == nil { effects += addTourRun(model) }
    if stop.beginsTogether, tour?.hasBegunRace == false {
      tour?.hasBegunRace = true
      for id in old { effects += (self[id]?.isToTrain == true || self[id]?.hasEnded == true ? [] : resume(id)) + [.reset(id)] }
    }
    effects += perform(.tab(stop.tab))
    if tab != .permutations || orderRuns.isEmpty, let id = tourRun(stop.models[0])?.id { selection = id }
    effects += refreshPictures()
    if stop.racesOrders { effects += raceOrders() }
    // What adding and starting has to say is said by the tour; faults stay.
    if message?.kind == .information { message = nil }
    return effects
  }

  private mutating func addTourRun(_ model: ModelKind) -> [Effect] {
    guard let configuration = tour?.configurations.first(where: { $0.model == model }),
      let cost = try? Self.cost(configuration, subject)
    else { return [] }
    if let fault = countFault() ?? memoryFault(configuration) {
      say("\(model.title): \(fault)", .fault, seconds: 8)
      return []
    }
    return add(configuration, cost: cost)
  }

  /// Starts the orders, or lets them go on where they were; the race waits.
  private mutating func raceOrders() -> [Effect] {
    guard !orderRuns.isEmpty else { return perform(PermutationsIntent.start) }
    var effects: [Effect] = []
    if runs.contains(where: { !$0.isPermutation && $0.isToTrain }) { effects += perform(PermutationsIntent.race) }
    if !orderRuns.contains(where: \.isToTrain) { effects += pauseOrResume(\.isPermutation) }
    turnMode = .equalSteps
    return effects + [.turns(turnMode)]
  }

  /// The orders wait, and the race goes on with turns of equal time.
  private mutating func restOrders() -> [Effect] {
    guard !orderRuns.isEmpty, permutations.interruption != nil else { return [] }
    var effects: [Effect] = []
    for id in orderRuns.filter(\.isToTrain).map(\.id) { effects += pause(id) }
    if !runs.contains(where: { !$0.isPermutation && $0.isToTrain }) { effects += perform(PermutationsIntent.race) }
    turnMode = .equalTime
    return effects + [.turns(turnMode)]
  }
}
