/// Whose turn it is: by time, by steps, or one run alone.
struct TurnSchedule {
  var mode = TurnMode.equalTime

  /// A run's turn before the next one's.
  static let turnSeconds = 0.010
  /// Shares are of about the last so many seconds of work.
  private static let memorySeconds = 3.0

  private struct Account {
    /// Worked since it came, beginning where the others were: what it has not had is not made up for.
    var seconds: Double
    var steps: Double
    /// Fading sum of its work.
    var recent = 0.0
  }
  private var accounts: [RunID: Account] = [:]
  /// Runs that wanted a turn at the last choice.
  private var waiting: Set<RunID> = []

  mutating func add(_ id: RunID) { accounts[id] = Account(seconds: 0, steps: 0) }

  mutating func remove(_ id: RunID) {
    accounts[id] = nil
    waiting.remove(id)
  }

  /// The run that works next, and whether only on what it was asked for; nil when none wants to.
  mutating func next(of runs: [Run]) -> (run: Run, requestsOnly: Bool)? {
    // What was asked for comes first: keys are answered now. Steps wait for their turn.
    if let run = runs.first(where: { $0.hasRequests }) { return (run, true) }
    let candidates = runs.filter { run in
      guard run.wantsTurn else { return false }
      // A step that was begun is ended, whoever is alone now: pausing and saving wait for it.
      if case .solo(let id) = mode, run.id != id, run.turn.isIdle { return false }
      return true
    }
    greet(candidates.map(\.id))
    let next = candidates.min { left, right in
      let (a, b) = (measure(left.id), measure(right.id))
      return a == b ? left.id < right.id : a < b
    }
    return next.map { ($0, false) }
  }

  private func measure(_ id: RunID) -> Double {
    guard let account = accounts[id] else { return 0 }
    return mode == .equalSteps ? account.steps : account.seconds
  }

  /// Those who come (anew, or from a pause) begin where the others are, so that they do not have everything to
  /// themselves until they have caught up. Those who go leave their share to the others at once.
  private mutating func greet(_ ids: [RunID]) {
    let staying = ids.filter { waiting.contains($0) }.compactMap { accounts[$0] }
    let seconds = staying.map(\.seconds).min()
    let steps = staying.map(\.steps).min()
    for id in ids where !waiting.contains(id) {
      accounts[id]?.seconds = seconds ?? 0
      accounts[id]?.steps = steps ?? 0
    }
    for id in waiting.subtracting(ids) { accounts[id]?.recent = 0 }
    waiting = Set(ids)
  }

  mutating func account(_ id: RunID, seconds: Double, steps: Int) {
    let fade = 1 / (1 + seconds / Self.memorySeconds)
    for key in accounts.keys { accounts[key]?.recent *= fade }
    accounts[id]?.seconds += seconds
    accounts[id]?.steps += Double(steps)
    accounts[id]?.recent += seconds
  }

  /// A run's part of the work of late, 0 to 1.
  func share(of id: RunID) -> Double {
    let all = accounts.values.reduce(0) { $0 + $1.recent }
    return all > 0 ? (accounts[id]?.recent ?? 0) / all : 0
  }
}
