import Canvas
import Networks
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// What the explorer does to be there again: autosaves, sessions by name, quitting, and going on.
@Suite struct SessionStateTests {
  private static let signal = Fixture.signal(columns: 32, rows: 32)

  private static func setup(interval: Double? = 60, fault: String? = nil) -> SessionSetup {
    let loaded = LoadedSignal(signal: signal, name: "small.pgm", format: "PGM", notes: [], originalShape: signal.shape)
    var setup = SessionSetup(
      store: SessionStore(folder: "/state/asmr-tui"), picture: SessionPicture(path: "/p/small.pgm", resize: .auto, loaded),
      interval: interval)
    setup.fault = fault
    return setup
  }

  private static func state(_ setup: SessionSetup? = setup(), width: Int = 100, height: Int = 30) throws -> ExplorerState {
    var state = try Fixture.state(subject: Fixture.subject(signal, name: "small.pgm"), width: width, height: height) {
      ($0.hidden, $0.layers) = (8, 3)
    }
    state.sessions = setup.flatMap { SessionState($0, now: 0) }
    return state
  }

  /// What an engine says of a run that has made `step` steps, when it was asked for its state.
  private func answer(_ state: ExplorerState, step: Int, generation: Int = 0, asked: Bool = true) throws -> Action {
    let trainer = try Trainer(state.run.configuration, signal: Self.signal)
    var checkpoint = trainer.checkpoint()
    checkpoint.step = step
    var snapshot = Fixture.snapshot(of: state, step: step, generation: generation, metrics: metrics(state, to: step, generation))
    if asked {
      snapshot.checkpoint = RunCheckpoint(
        trainer: checkpoint, state: .training, generation: generation, measured: step, trainedSeconds: 1, elapsedSeconds: 2)
    }
    return .snapshots([snapshot])
  }

  private func metrics(_ state: ExplorerState, to step: Int, _ generation: Int) -> [StepMetrics] {
    let known = state.run.generation == generation ? state.run.curve.metrics.count : 0
    return Fixture.metrics(max(0, step - known), from: known)
  }

  private func write(_ effects: [Effect]) -> SessionWrite? {
    effects.lazy.compactMap { if case .writeSession(let write) = $0 { write } else { nil } }.first
  }

  private func tick(_ state: inout ExplorerState, _ now: Double) -> [Effect] {
    state.update(.tick(now: now, residentBytes: 0))
  }

  @Test func everyMinuteWhatIsNewIsSaved() throws {
    var state = try Self.state()
    #expect(tick(&state, 61) == [])
    _ = state.update(try answer(state, step: 5, asked: false))
    #expect(tick(&state, 100) == [])
    #expect(tick(&state, 121.5) == [.checkpoint(RunID(1), isLast: false)])
    // One is enough.
    #expect(tick(&state, 190) == [])
    let written = try #require(write(state.update(try answer(state, step: 9))))
    #expect(written.name == nil && written.session.isAutosave && written.session.picture.path == "/p/small.pgm")
    #expect(written.session.runs[0].metrics.map(\.step) == Array(0..<9))
    #expect(state.update(.sessionWritten("small-autosave")) == [] && state.message == nil)
    // Nothing has happened since: nothing is written.
    #expect(tick(&state, 400) == [])
    _ = state.update(try answer(state, step: 12, asked: false))
    #expect(tick(&state, 461) == [.checkpoint(RunID(1), isLast: false)])
    #expect(write(state.update(try answer(state, step: 12)))?.name == "small-autosave")
  }

  @Test func aCurveIsSavedAsFarAsItsRun() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 5, asked: false))
    _ = tick(&state, 61)
    // The run was asked after nine steps; the snapshot that tells it is of the eleventh.
    guard case .snapshots(var snapshots) = try answer(state, step: 9) else { return }
    snapshots[0].metrics = metrics(state, to: 11, 0)
    snapshots[0].step = 11
    let written = try #require(write(state.update(.snapshots(snapshots))))
    #expect(written.session.runs[0].metrics.count == 9)
    _ = state.update(.sessionWritten("a"))
    // Two steps more than the file has.
    #expect(tick(&state, 200) == [.checkpoint(RunID(1), isLast: false)])
  }

  @Test func aRunThatBeginsAnewIsAskedAgain() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 5, asked: false))
    _ = tick(&state, 61)
    guard case .snapshots(let old) = try answer(state, step: 6), case .snapshots(var new) = try answer(state, step: 2, generation: 1, asked: false)
    else { return }
    new[0].checkpoint = old[0].checkpoint
    #expect(state.update(.snapshots(new)) == [.checkpoint(RunID(1), isLast: false)])
    #expect(write(state.update(try answer(state, step: 3, generation: 1))) != nil)
  }

  @Test func aRunThatComesOrGoesMeanwhileIsCounted() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 5, asked: false))
    _ = tick(&state, 61)
    let forked = state.press("f")
    #expect(forked.contains(.checkpoint(RunID(2), isLast: false)))
    #expect(write(state.update(try answer(state, step: 6))) == nil)
    #expect(write(state.press("Dy")) == nil)
    #expect(write(state.update(try answer(state, step: 6)))?.session.runs.map(\.id) == [RunID(1)])
  }

  @Test func aFaultIsSaidOnceAndTrainingGoesOn() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 5, asked: false))
    _ = tick(&state, 61)
    _ = state.update(try answer(state, step: 6))
    #expect(state.update(.sessionFailed("s: disk full")) == [])
    #expect(state.lastRow.contains("s: disk full") && !state.keepsSession)
    _ = tick(&state, 100)
    _ = tick(&state, 130)
    _ = state.update(try answer(state, step: 8))
    _ = state.update(.sessionFailed("s: disk full"))
    #expect(state.message == nil)
    // As soon as it can be written again it is kept again.
    _ = tick(&state, 200)
    _ = state.update(try answer(state, step: 9))
    _ = state.update(.sessionWritten("small-autosave"))
    #expect(state.keepsSession)
  }

  @Test func withoutTheMemoryForItNothingIsCopied() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 5, asked: false))
    #expect(state.update(.tick(now: 61, residentBytes: 0, availableBytes: 10_000)) == [])
    #expect(state.message?.text.contains("no autosave") == true && !state.keepsSession)
  }

  // MARK: By hand

  private func enter(_ name: String, _ state: inout ExplorerState) -> [Effect] {
    _ = state.press("W")
    _ = state.update(.key(.control("u")))
    _ = state.press(name)
    return state.update(.key(.enter))
  }

  @Test func aSessionIsSavedUnderAName() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 5, asked: false))
    _ = state.press("W")
    #expect(state.text.contains("save the session") && state.text.contains("name  small"))
    _ = state.update(.key(.escape))
    #expect(enter("mine", &state) == [.checkPath("/state/asmr-tui/mine.session")])
    #expect(state.update(.pathExists("/state/asmr-tui/mine.session")) == [] && state.text.contains("exists"))
    #expect(state.update(.key(.enter)) == [.checkpoint(RunID(1), isLast: false)])
    let written = try #require(write(state.update(try answer(state, step: 6))))
    #expect(written.name == "mine" && !written.session.isAutosave)
    _ = state.update(.sessionWritten("mine"))
    #expect(state.lastRow.contains("session saved: asmr-tui --resume mine"))
    // Autosaves leave it alone.
    _ = state.update(try answer(state, step: 7, asked: false))
    _ = tick(&state, 100)
    #expect(write(state.update(try answer(state, step: 8)))?.name == nil)
  }

  @Test func namesThatAreNoneAreRefused() throws {
    var state = try Self.state()
    #expect(enter("a/b", &state) == [] && state.text.contains("allowed are names"))
    _ = state.press("c")
    #expect(!state.text.contains("allowed are names"))
    #expect(state.saveSession(named: "..") == [] && state.message?.kind == .fault)
  }

  @Test func whatIsSavedByHandWaitsForTheFileThatIsBeingWritten() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 5, asked: false))
    _ = tick(&state, 61)
    _ = state.update(try answer(state, step: 6))
    _ = enter("mine", &state)
    #expect(state.update(.pathIsFree("/state/asmr-tui/mine.session")) == [])
    #expect(state.update(.sessionWritten("small-autosave")) == [.checkpoint(RunID(1), isLast: false)])
    #expect(write(state.update(try answer(state, step: 7)))?.name == "mine")
  }

  @Test func withoutSessionsItIsSaid() throws {
    var state = try Self.state(nil)
    #expect(state.press("W") == [] && state.lastRow.contains("found no folder"))
    #expect(tick(&state, 1000) == [])
    var setup = Self.setup()
    setup.store = nil
    #expect(SessionState(setup, now: 0) == nil)
  }

  @Test("Without autosaves there is what is saved by hand, and nothing at the end")
  func onlyByHand() throws {
    var state = try Self.state(Self.setup(interval: nil))
    _ = state.update(try answer(state, step: 5, asked: false))
    #expect(tick(&state, 1000) == [])
    _ = enter("mine", &state)
    #expect(state.update(.pathIsFree("/state/asmr-tui/mine.session")) == [.checkpoint(RunID(1), isLast: false)])
    #expect(write(state.update(try answer(state, step: 6)))?.name == "mine")
    _ = state.update(.sessionWritten("mine"))
    _ = state.update(try answer(state, step: 7, asked: false))
    #expect(state.press("q") == [] && state.text.contains("Step 7 is not saved.") && !state.text.contains("session is kept"))
    #expect(state.press("y") == [.quit(0)])
    // What is being saved is waited for, and has everything then.
    state.overlay = nil
    _ = enter("late", &state)
    #expect(state.update(.pathIsFree("/state/asmr-tui/late.session")) == [.checkpoint(RunID(1), isLast: false)])
    #expect(state.press("q") == [] && state.text.contains("session is kept"))
    #expect(state.press("y").allSatisfy { if case .quit = $0 { false } else { true } } && state.overlay == .leaving)
    #expect(write(state.update(try answer(state, step: 7)))?.name == "late")
    #expect(state.update(.sessionWritten("late")) == [.checkpoint(RunID(1), isLast: true)])
    #expect(write(state.update(try answer(state, step: 7)))?.name == "late")
    #expect(state.update(.sessionWritten("late")) == [.quit(0)])
    // It can begin later.
    state.overlay = nil
    _ = state.update(try answer(state, step: 8, asked: false))
    for character in ":set autosave 5" { _ = state.update(.key(.character(character))) }
    _ = state.update(.key(.enter))
    #expect(tick(&state, 2000) == [.checkpoint(RunID(1), isLast: false)])
  }

  // MARK: Quitting

  @Test func quittingKeepsTheSession() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 7, asked: false))
    #expect(state.press("q") == [])
    #expect(state.text.contains("Step 7 is not saved as a model."))
    #expect(state.text.contains("The session is kept: asmr-tui --resume goes on."))
    #expect(state.press("y") == [.checkpoint(RunID(1), isLast: true)] && state.overlay == .leaving)
    #expect(state.text.contains("saving the session"))
    #expect(write(state.update(try answer(state, step: 8)))?.session.runs[0].checkpoint.trainer.step == 8)
    #expect(state.update(.sessionWritten("small-autosave")) == [.quit(0)])
    #expect(state.keptSession == "small-autosave")
  }

  @Test func whoeverAsksAgainDoesNotWait() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 7, asked: false))
    _ = state.press("qy")
    #expect(state.press("n") == [] && state.press("q") == [.quit(0)])
    var other = try Self.state()
    _ = other.update(try answer(other, step: 7, asked: false))
    _ = [other.update(.interrupt), other.update(.interrupt)]
    #expect(other.overlay == .leaving && other.update(.interrupt) == [.quit(130)])
  }

  @Test func nothingNewIsNotSavedAgain() throws {
    var state = try Self.state()
    #expect(state.press("q") == [.quit(0)])
    _ = state.update(try answer(state, step: 5, asked: false))
    _ = tick(&state, 61)
    _ = state.update(try answer(state, step: 6))
    _ = state.update(.sessionWritten("small-autosave"))
    #expect(state.press("qy") == [.quit(0)])
  }

  @Test func aSessionThatCannotBeKeptIsAskedFor() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 7, asked: false))
    _ = state.press("qy")
    _ = state.update(try answer(state, step: 8))
    #expect(state.update(.sessionFailed("s: disk full")) == [.checkpoint(RunID(1), isLast: false)])
    #expect(state.overlay == .confirmQuit)
    #expect(state.text.contains("Step 8 is not saved.") && !state.text.contains("session is kept"))
    #expect(state.press("y") == [.quit(0)])
    // Known from the start.
    var other = try Self.state(Self.setup(fault: "no folder"))
    _ = other.update(try answer(other, step: 7, asked: false))
    #expect(other.press("q") == [] && other.text.contains("Step 7 is not saved."))
    #expect(other.press("y") == [.quit(0)])
  }

  @Test func whoeverEndsItWaitsForNothingThatFails() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 7, asked: false))
    #expect(state.leave(143, isForced: true) == [])
    _ = state.update(try answer(state, step: 8))
    #expect(state.update(.sessionFailed("s: disk full")) == [.quit(143)])
  }

  // MARK: Going on

  @Test func whatWasLookedAtIsThereAgain() throws {
    var state = try Self.state()
    _ = state.update(try answer(state, step: 5, asked: false))
    _ = state.press("fffi")
    _ = state.press("jhobb2mlux")
    _ = state.press("3n7m+z")
    state.turnMode = .solo(RunID(2))
    state.permutations.dropped = [Bases([[4, 8], [4, 8]])]
    state.permutations.newcomers = [RunID(3): 1]
    state.permutations.halvings = [RunID(2): PermutationsState.Halving(step: 4, generation: 0)]
    state.compare.right = .target
    (state.features.layer, state.features.arrangement) = (2, .single)
    let layout = SessionLayout(state)
    let trainer = try Trainer(state.run.configuration, signal: Self.signal)
    let runs = state.runs.map { run in
      SessionRun(
        id: run.id,
        checkpoint: RunCheckpoint(
          trainer: trainer.checkpoint(), state: .paused, generation: 2, measured: 5, trainedSeconds: 1, elapsedSeconds: 2),
        metrics: Fixture.metrics(5), similarities: [Similarity(value: 0.5, step: 3)])
    }
    let session = Session(
      date: 0, isAutosave: true, picture: Self.setup().picture, runs: runs, layout: try layout.json())
    var setup = Self.setup()
    setup.opened = ("small-autosave", session)
    var opened = try Self.state(setup)
    try opened.adopt(session, samplesPerStep: [RunID(1): 7])
    #expect(SessionLayout(opened) == layout)
    #expect(opened.runs.map(\.id) == state.runs.map(\.id) && opened.tab == .compare && opened.selection == state.selection)
    #expect(opened.runs[0].curve.metrics == Fixture.metrics(5) && opened.runs[0].samplesPerStep == 7)
    #expect(opened.runs.allSatisfy { $0.state == .paused && $0.generation == 2 && $0.elapsedSeconds == 2 })
    // Its own file has all of it; a run that is added gets an id of its own.
    #expect(opened.sessions?.autosaveName == "small-autosave" && tick(&opened, 100) == [])
    #expect(opened.newIdentity().id == RunID(5))
    opened.sessions = nil
    #expect(opened.text.contains("Compare"))
  }

  @Test func aNamedSessionIsNotOverwrittenByAutosaves() throws {
    var setup = Self.setup()
    let trainer = try Trainer(Fixture.configuration(Self.signal), signal: Self.signal)
    let run = SessionRun(
      id: RunID(1),
      checkpoint: RunCheckpoint(
        trainer: trainer.checkpoint(), state: .training, generation: 0, measured: 0, trainedSeconds: 0, elapsedSeconds: 0),
      metrics: [], similarities: [])
    let layout = try SessionLayout(Self.state()).json()
    setup.opened = ("mine", Session(date: 0, isAutosave: false, picture: setup.picture, runs: [run], layout: layout))
    #expect(SessionState(setup, now: 0)?.autosaveName == nil)
    setup.opened?.session.isAutosave = true
    #expect(SessionState(setup, now: 0)?.autosaveName == "mine")
    setup.opened?.name = "mine.previous"
    #expect(SessionState(setup, now: 0)?.autosaveName == "mine")
    setup.opened?.name = "./mine.session"
    #expect(SessionState(setup, now: 0)?.autosaveName == nil)
  }
}
