import TerminalUI
import Training

/// Saving all that is on the screen, by hand, every minute and at the end.
extension ExplorerState {
  static let sessionsAreOff = "session: found no folder for them; allowed is one in XDG_STATE_HOME or HOME"

  /// Whether a session will be there after quitting that has all there is.
  var keepsSession: Bool {
    sessions.map { $0.fault == nil && ($0.interval != nil || $0.awaitedName != nil) || keptSession != nil } ?? false
  }

  /// The name of the session that has all there is; nil when none has.
  var keptSession: String? { sessions.flatMap { $0.saved == sessionMark ? $0.lastName : nil } }

  // MARK: By hand

  mutating func openSessionPrompt() -> [Effect] {
    guard sessions != nil else {
      say(Self.sessionsAreOff, .fault)
      return []
    }
    overlay = .session(SessionPrompt(line: LineEditor(ownSessionName)))
    return []
  }

  /// The name that it was saved or opened under, else the picture's.
  var ownSessionName: String {
    let own = sessions?.lastName.flatMap { $0 == sessions?.autosaveName || SessionStore.isPrevious($0) ? nil : $0 }
    return own ?? fileStem
  }

  mutating func edit(_ prompt: SessionPrompt, _ key: Key) -> [Effect] {
    var prompt = prompt
    switch key {
    case .escape:
      overlay = nil
      return []
    case .enter:
      let name = prompt.line.text
      guard let sessions, !name.isEmpty else { return [] }
      prompt.fault = SessionStore.fault(ofName: name)
      if prompt.fault == nil {
        return prompt.existing == name ? saveSession(named: name) : [.checkPath(SessionStore(folder: sessions.folder).path(name))]
      }
    default:
      guard prompt.line.handle(key) else { return [] }
      (prompt.existing, prompt.fault) = (nil, nil)
    }
    overlay = .session(prompt)
    return []
  }

  /// Saves the session under a name, in the place of one that is there. What became of it is said in the last row.
  mutating func saveSession(named name: String) -> [Effect] {
    overlay = nil
    guard sessions != nil else {
      say(Self.sessionsAreOff, .fault)
      return []
    }
    if let fault = SessionStore.fault(ofName: name) {
      say(fault, .fault, seconds: 8)
      return []
    }
    return begin(.named(name))
  }

  // MARK: By itself

  /// Quits, and saves the session before when there is something new in it. Whoever asks again does not wait for that.
  mutating func leave(_ status: Int32, isForced: Bool = false) -> [Effect] {
    // What is being saved by hand is waited for, and has everything then.
    if let name = sessions?.awaitedName, sessions?.interval == nil, overlay != .leaving {
      return leave(status, isForced: isForced, saving: name)
    }
    guard let sessions, sessions.interval != nil, overlay != .leaving, sessions.fault == nil || isForced, runs.contains(where: { $0.live.step > 0 }),
      sessionMark != sessions.saved
    else { return [.quit(status)] }
    overlay = .leaving
    return begin(.quit(status, isForced: isForced))
  }

  /// Quits once the session is saved under a name.
  mutating func leave(_ status: Int32 = 0, isForced: Bool = false, saving name: String) -> [Effect] {
    overlay = .leaving
    return begin(.quit(status, isForced: isForced, name: name))
  }

  /// Called as time goes on.
  mutating func autosave() -> [Effect] {
    guard var sessions, let interval = sessions.interval, sessions.pending == nil, now - sessions.lastAutosave >= interval
    else { return [] }
    sessions.lastAutosave = now
    self.sessions = sessions
    guard runs.contains(where: { $0.live.step > 0 }), sessionMark != sessions.saved else { return [] }
    // Parameters and their five moments at most: copied, as tensors of the file, as its bytes, and those of the one before.
    let bytes = runs.reduce(0) { $0 + 4 * 4 * 6 * $1.cost.parameters }
    if let availableBytes, bytes > availableBytes / 2 {
      noteSessionFault(
        "no autosave: it needs \(MemoryBudget.text(bytes: bytes)) of memory for a moment; "
          + "allowed is half of the \(MemoryBudget.text(bytes: availableBytes)) that are available")
      return []
    }
    return begin(.autosave)
  }

  /// Said once, not every minute.
  private mutating func noteSessionFault(_ fault: String) {
    if sessions?.fault != fault { say(fault, .fault, seconds: 10) }
    sessions?.fault = fault
  }

  // MARK: How one comes about

  private mutating func begin(_ purpose: SessionState.Purpose) -> [Effect] {
    guard let pending = sessions?.pending, pending.isWriting || pending.purpose != .autosave else {
      sessions?.pending = SessionState.Pending(purpose: purpose)
      return []
    }
    // Quitting comes last and has everything.
    if sessions?.next?.quits != true { sessions?.next = purpose }
    return []
  }

  /// Asks runs for their states; with all of them there is something to write.
  mutating func advanceSession() -> [Effect] {
    guard var sessions, var pending = sessions.pending, !pending.isWriting else { return [] }
    defer { self.sessions = sessions }
    var effects: [Effect] = []
    for run in runs {
      // A state of before a new beginning is of another run.
      if let checkpoint = pending.checkpoints[run.id],
        checkpoint.generation != run.generation || checkpoint.measured > run.live.curve.metrics.count
      {
        pending.checkpoints[run.id] = nil
        pending.asked.remove(run.id)
      }
      if pending.asked.insert(run.id).inserted { effects.append(.checkpoint(run.id, isLast: pending.purpose.quits)) }
    }
    if runs.allSatisfy({ pending.checkpoints[$0.id] != nil }), let write = sessionWrite(pending) {
      pending.mark = mark(pending.checkpoints)
      pending.isWriting = true
      pending.checkpoints = [:]
      effects.append(.writeSession(write))
    }
    sessions.pending = pending
    return effects
  }

  private func sessionWrite(_ pending: SessionState.Pending) -> SessionWrite? {
    guard let sessions, let layout = try? SessionLayout(self).json() else { return nil }
    let saved = runs.compactMap { run in
      pending.checkpoints[run.id].map { checkpoint in
        SessionRun(
          id: run.id, checkpoint: checkpoint, metrics: Array(run.live.curve.metrics.prefix(checkpoint.measured)),
          similarities: run.live.curve.similarities.filter { $0.step <= checkpoint.trainer.step })
      }
    }
    return SessionWrite(
      session: Session(
        date: 0, isAutosave: pending.purpose.name == nil, picture: sessions.picture, runs: saved, layout: layout),
      name: pending.purpose.name ?? sessions.autosaveName)
  }

  /// What a session would have now.
  var sessionMark: SessionState.Mark { mark([:]) }

  private func mark(_ checkpoints: [RunID: RunCheckpoint]) -> SessionState.Mark {
    SessionState.Mark(
      runs: runs.map { run in
        let checkpoint = checkpoints[run.id]
        return SessionState.Mark.Run(
          id: run.id, generation: checkpoint?.generation ?? run.generation, step: checkpoint?.trainer.step ?? run.live.step,
          state: checkpoint?.state ?? run.state, configuration: checkpoint?.trainer.configuration ?? run.configuration)
      }, layout: SessionLayout(self))
  }

  // MARK: What became of it

  mutating func sessionWasWritten(_ name: String) -> [Effect] {
    guard var sessions, let pending = sessions.pending else { return [] }
    sessions.lastName = name
    if pending.purpose.name == nil { sessions.autosaveName = name }
    (sessions.saved, sessions.fault) = (pending.mark, nil)
    (sessions.pending, sessions.lastAutosave) = (nil, now)
    let next = sessions.next
    sessions.next = nil
    self.sessions = sessions
    switch pending.purpose {
    case .autosave: break
    case .named: say("session saved: asmr-tui --resume \(name)")
    case .quit(let status, _, _): return [.quit(status)]
    }
    return next.map { begin($0) } ?? []
  }

  mutating func sessionWasNotWritten(_ fault: String) -> [Effect] {
    guard let pending = sessions?.pending else { return [] }
    let next = sessions?.next
    sessions?.pending = nil
    sessions?.next = nil
    switch pending.purpose {
    case .autosave: noteSessionFault(fault)
    case .named:
      // Another name or place may do: whether autosaves can be written is another question.
      say(fault, .fault, seconds: 10)
    case .quit(let status, let isForced, _):
      guard !isForced, overlay == .leaving else { return [.quit(status)] }
      sessions?.fault = fault
      say(fault, .fault, seconds: 10)
      overlay = .confirmQuit
      // They train on until that is answered.
      return runs.map { .checkpoint($0.id, isLast: false) }
    }
    return next.map { begin($0) } ?? []
  }
}
