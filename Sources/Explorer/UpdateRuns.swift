import Canvas
import Networks
import TerminalUI
import Training

/// What keys do to runs.
extension ExplorerState {
  mutating func performOnRuns(_ intent: Intent) -> [Effect] {
    switch intent {
    case .togglePause:
      switch run.requestedState ?? run.state {
      case .training: return pauseByHand(run.id)
      case .paused: return resume(run.id)
      default:
        say("training has ended (\(run.state.rawValue)): \(key(.reset)) starts again, \(key(.reseed)) with the next seed")
        return []
      }
    case .pauseAll: return pauseOrResume { _ in true }
    case .singleStep:
      guard !run.hasEnded else { return performOnRuns(.togglePause) }
      _ = pauseByHand(run.id)
      return [.singleStep(run.id)]
    case .reset:
      if run.isPermutation { noteNewcomer(run.id, generation: run.generation + 1) }
      say("\(name(run)) started again with seed \(run.configuration.seed)\(recordingLost)")
      return [.reset(run.id)]
    case .reseed:
      let seed = run.configuration.seed &+ 1
      if run.isPermutation { noteNewcomer(run.id, generation: run.generation + 1) }
      run.configuration.seed = seed
      say("\(name(run)) started again with seed \(seed)\(recordingLost)")
      return [.reseed(run.id, seed)]
    case .nextRun: return select(by: 1)
    case .previousRun: return select(by: -1)
    case .add:
      overlay = .form(settled(RunForm(adding: run.configuration)))
      return []
    case .edit:
      overlay = .form(settled(RunForm(editing: run)))
      return []
    case .fork: return fork()
    case .remove:
      guard runs.filter({ !$0.isPermutation }).count > 1 || run.isPermutation else {
        say("the only run stays: \(key(.add)) adds another, \(key(.edit)) changes this one")
        return []
      }
      guard run.hasUnsavedWork, !run.isPermutation else { return remove(run.id) }
      overlay = .confirmRemove(run.id)
      return []
    case .hide:
      guard run.isHidden || shownRuns.count > 1 else {
        say("the only run that is shown stays")
        return []
      }
      run.isHidden.toggle()
      let state = run.isToTrain ? "is hidden and trains on" : "is hidden, \(run.requestedState?.rawValue ?? run.state.rawValue)"
      say(run.isHidden ? "\(name(run)) \(state): \(key(.hide)) shows it, \(key(.showAll)) shows all" : "\(name(run)) is shown again")
      return refreshPictures()
    case .showAll:
      for index in runs.indices { runs[index].isHidden = false }
      return refreshPictures()
    case .pin:
      run.isPinned.toggle()
      say("\(name(run)) is \(run.isPinned ? "pinned before the others" : "no longer pinned")")
      return refreshPictures()
    case .turnMode:
      turnMode = turnMode == .equalTime ? .equalSteps : .equalTime
      say(turnMode == .equalTime ? "turns of equal time: the cheap take more steps" : "turns of equal steps: the dear take more time")
      return [.turns(turnMode)]
    case .solo:
      turnMode = turnMode == .solo(run.id) ? .equalTime : .solo(run.id)
      say(turnMode == .equalTime ? "all train, with equal time" : "\(name(run)) trains alone: \(key(.solo)) lets all train again")
      return [.turns(turnMode)]
    default: return []
    }
  }

  /// How a run is called in a sentence.
  func name(_ run: RunView) -> String {
    run.isPermutation ? "order \(run.configuration.bases?.argument ?? "")" : "\(glyphs.runMark(run.mark)) \(run.configuration.shortName)"
  }

  /// Pauses all runs of a kind that train; when none does, those that are paused go on.
  mutating func pauseOrResume(_ isMeant: (RunView) -> Bool) -> [Effect] {
    func ids(_ state: RunState) -> [RunID] {
      runs.filter { isMeant($0) && ($0.requestedState ?? $0.state) == state }.map(\.id)
    }
    let training = ids(.training)
    return training.isEmpty ? ids(.paused).flatMap { resume($0) } : training.flatMap { pauseByHand($0) }
  }

  /// What somebody pauses does not go on when the orders end that had paused it before.
  private mutating func pauseByHand(_ id: RunID) -> [Effect] {
    permutations.interruption?.paused.removeAll { $0 == id }
    return pause(id)
  }

  mutating func pause(_ id: RunID) -> [Effect] {
    self[id]?.requestedState = .paused
    return [.pause(id)]
  }

  mutating func resume(_ id: RunID) -> [Effect] {
    self[id]?.requestedState = .training
    return [.resume(id)]
  }

  /// Moves the selection along the rows of the table.
  mutating func select(by distance: Int) -> [Effect] {
    let order = tableOrder.map(\.id)
    guard let index = order.firstIndex(of: selection) else {
      selection = order.first ?? selection
      return refreshPictures()
    }
    selection = order[(index + distance + order.count) % order.count]
    return refreshPictures()
  }

  /// The most runs of a race.
  static let mostRuns = 8

  private var hasRoom: Bool { runs.filter { !$0.isPermutation }.count < Self.mostRuns }

  /// A new run of a configuration that the form has checked.
  mutating func add(_ configuration: RunConfiguration, cost: Cost) -> [Effect] {
    let identity = newIdentity()
    runs.append(RunView(id: identity.id, mark: identity.mark, configuration: configuration, cost: cost))
    selection = identity.id
    say("\(name(run)) added: \(configuration.label)")
    return [.add(identity.id, configuration)] + refreshPictures()
  }

  private mutating func fork() -> [Effect] {
    guard hasRoom else {
      say("there are \(Self.mostRuns) runs: remove one first (\(key(.remove)))")
      return []
    }
    guard fits(run.configuration) else { return [] }
    let source = run
    let identity = newIdentity()
    runs.append(RunView(id: identity.id, mark: identity.mark, forking: source))
    selection = identity.id
    say("\(name(run)) goes on from \(name(source)) at step \(NumberText.grouped(source.step)): \(key(.edit)) changes it")
    return [.fork(identity.id, from: source.id)] + refreshPictures()
  }

  /// Whether the memory has room for another run; says so when not.
  private mutating func fits(_ configuration: RunConfiguration) -> Bool {
    guard let fault = memoryFault(configuration) else { return true }
    say(fault, .fault, seconds: 8)
    return false
  }

  /// What is wrong with a further run of a configuration: too many, or no memory for it.
  func memoryFault(_ configuration: RunConfiguration) -> String? {
    let (shape, channels) = (subject.signal.shape, subject.signal.channels)
    guard let available = availableBytes,
      let needed = try? Trainer.memory(configuration, shape: shape, channels: channels, threads: threads),
      needed > available
    else { return nil }
    return "needs \(MemoryBudget.text(bytes: needed)) of memory; available are \(MemoryBudget.text(bytes: available))"
  }

  func countFault() -> String? { hasRoom ? nil : "there are \(Self.mostRuns) runs; remove one first (\(key(.remove)))" }

  mutating func remove(_ id: RunID) -> [Effect] {
    guard let run = self[id] else { return [] }
    let order = tableOrder.map(\.id)
    let index = order.firstIndex(of: id) ?? 0
    say("\(name(run)) removed")
    runs.removeAll { $0.id == id }
    forgetRecording(of: id)
    let rest = order.filter { $0 != id }
    if selection == id { selection = rest.isEmpty ? runs[0].id : rest[min(index, rest.count - 1)] }
    var effects: [Effect] = [.remove(id)]
    if turnMode == .solo(id) {
      turnMode = .equalTime
      effects.append(.turns(turnMode))
    }
    if run.isPermutation, !runs.contains(where: \.isPermutation) { effects += endOrders() }
    return effects + refreshPictures()
  }
}
