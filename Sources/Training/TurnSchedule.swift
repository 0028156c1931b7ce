/// Whose turn it is: by time, by steps, or one run alone.
///
/// By time, runs work beside each other, each with its part of the threads: a step's phases end with the slowest thread, so
/// that two threads on two steps do more than two on one, and whatever else the processor does holds up one run and not all.
struct TurnSchedule {
  var mode = TurnMode.equalTime

  /// A run's turn before the next one's.
  static let turnSeconds = 0.010
  /// So much work more than another one's is a lead.
  private static let leadSeconds = 0.05
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

  /// The run that works next, whether only on what it was asked for, and with how many threads; nil when none wants to, or
  /// no thread is free.
  ///
  /// - Parameters:
  ///   - active: those that have a turn, which are not looked at.
  ///   - threads: of the processor.
  mutating func next(of runs: [Run], active: [RunID: ActiveTurn] = [:], threads: Int = 1) -> (run: Run, requestsOnly: Bool, threads: Int)? {
    let free = runs.filter { active[$0.id] == nil }
    let candidates = free.filter { run in
      guard run.wantsTurn else { return false }
      // A step that was begun is ended, whoever is alone now: pausing and saving wait for it.
      if case .solo(let id) = mode, run.id != id, run.turn.isIdle { return run.hasRequests }
      return true
    }
    let turns = mode == .equalTime ? min(threads, candidates.count + active.count) : 1
    let (open, left) = (turns - active.count, threads - active.values.reduce(0) { $0 + $1.threads })
    guard open > 0, left > 0 else { return nil }
    func allotted(isAhead: Bool) -> Int { max(1, min(left / open, isAhead ? threads / turns : (threads + turns - 1) / turns)) }
    // What was asked for comes first: keys are answered now. Steps wait for their turn.
    if let run = free.first(where: { $0.hasRequests }) { return (run, true, allotted(isAhead: true)) }
    // Who only answers has not gone.
    let working = active.filter { !$0.value.requestsOnly || waiting.contains($0.key) }.keys
    greet(candidates.map(\.id) + working)
    let next = candidates.min { left, right in
      let (a, b) = (measure(left.id), measure(right.id))
      return a == b ? left.id < right.id : a < b
    }
    guard let next else { return nil }
    // Threads that are left over go to those who are not ahead, by more than the turns that are going on can tell.
    let least = (candidates.map(\.id) + working).map { measure($0) }.min() ?? 0
    return (next, false, allotted(isAhead: measure(next.id) > least + Self.leadSeconds))
  }

  /// A turn that is going on.
  struct ActiveTurn {
    var threads: Int
    var requestsOnly: Bool
    /// The run's own work before it.
    var seconds: Double
    var steps: Int
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
    // A look that took several turns is taken off at its end.
    let fade = 1 / (1 + max(0, seconds) / Self.memorySeconds)
    for key in accounts.keys { accounts[key]?.recent *= fade }
    accounts[id]?.seconds += seconds
    accounts[id]?.steps += Double(steps)
    accounts[id]?.recent += max(0, seconds)
  }

  /// How many others work as long as it does.
  func company(of id: RunID) -> Int { mode == .equalTime ? waiting.count { $0 != id } : 0 }

  /// A run's part of the work of late, 0 to 1.
  func share(of id: RunID) -> Double {
    let all = accounts.values.reduce(0) { $0 + $1.recent }
    return all > 0 ? (accounts[id]?.recent ?? 0) / all : 0
  }
}
