import Foundation
import Kernels
import Networks
import Signals
import Testing

@testable import Training

/// The engine from outside: commands in, snapshots out.
@Suite struct EngineTests {
  private let a = RunID(1), b = RunID(2)
  private let picture = pattern([32, 32])

  /// Trains one run alone, undisturbed, and returns its file.
  private func undisturbed(_ configuration: RunConfiguration, in folder: TemporaryFolder) throws -> [UInt8] {
    let watcher = Watcher(threads: 1)
    watcher.engine.send(.add(a, configuration, picture, paused: false))
    #expect(try watcher.waitForEnd(a).state == .finished)
    return try watcher.saved(a, in: folder)
  }

  /// Steps 0..<count, each once, in order.
  private func expectAllSteps(
    _ watcher: Watcher, _ id: RunID, count: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect((watcher.metrics[id] ?? []).map(\.step) == Array(0..<count), sourceLocation: sourceLocation)
  }

  @Test("A run comes to its end: state, steps, clocks, evaluation", arguments: Case.full + Case.miniBatches)
  func toTheEnd(_ subject: Case) throws {
    let watcher = Watcher()
    watcher.engine.send(.add(a, subject.configuration, picture, paused: false))
    let snapshot = try watcher.waitForEnd(a)
    #expect(snapshot.state == .finished && snapshot.step == 20 && snapshot.generation == 0)
    #expect(snapshot.configuration == (try subject.configuration.resolved(shape: [32, 32])))
    #expect(snapshot.trainedSeconds > 0 && snapshot.elapsedSeconds >= snapshot.trainedSeconds)
    #expect(snapshot.stepsPerSecond > 0)
    let evaluation = try #require(snapshot.evaluation)
    #expect(evaluation.step == 20 && evaluation.signal.shape == [32, 32])
    expectAllSteps(watcher, a, count: 20)
    let points = try #require(watcher.metrics[a])
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.seconds < $1.seconds })
    #expect(points.last?.seconds == snapshot.trainedSeconds)
    // The best of all that was measured.
    let highest = max(points.map(\.psnr).max()!, evaluation.psnr)
    #expect(snapshot.best?.psnr == highest)
    if snapshot.best?.step == 20 {
      #expect(snapshot.best?.isEstimate == false)
    } else {
      #expect(points[snapshot.best!.step].psnr == highest)
    }
  }

  @Test("Paused, stepped, resumed and watched: the same bits as undisturbed", arguments: Case.full + Case.miniBatches)
  func pausesLeaveNoTrace(_ subject: Case) throws {
    let folder = try TemporaryFolder()
    var configuration = subject.configuration
    configuration.steps = 90
    let watcher = Watcher(threads: 2)
    let engine = watcher.engine
    engine.send(.preview(a, PreviewRequest(rows: 5, columns: 5)))
    engine.send(.add(a, configuration, picture, paused: true))
    engine.send(.preview(a, PreviewRequest(rows: 9, columns: 10, includesError: true)))
    try watcher.wait(for: a, "paused") { $0.state == .paused && $0.step == 0 }
    for _ in 0..<5 { engine.send(.singleStep(a)) }
    try watcher.wait(for: a, "at step 5") { $0.state == .paused && $0.step == 5 }
    for step in [6, 7] {
      engine.send(.singleStep(a))
      try watcher.wait(for: a, "at step \(step)") { $0.state == .paused && $0.step == step }
    }
    // A save and an evaluation between steps.
    _ = try watcher.saved(a, in: folder)
    engine.send(.resume(a))
    engine.send(.pause(a))
    engine.send(.singleStep(a))
    try watcher.wait(for: a, "paused again") { $0.state == .paused && $0.step >= 8 || $0.hasEnded }
    engine.send(.resume(a))
    // Pauses by itself.
    engine.send(.singleStep(a))
    engine.send(.preview(a, nil))
    try watcher.wait(for: a, "paused a third time") { $0.state == .paused && $0.step >= 9 || $0.hasEnded }
    engine.send(.resume(a))
    #expect(try watcher.waitForEnd(a).state == .finished)
    expectAllSteps(watcher, a, count: 90)

    let file = folder.path("end.safetensors")
    engine.send(.save(a, path: file))
    try watcher.wait(for: a, "saved") { _ in (watcher.notices[a] ?? []).count == 2 }
    #expect(try contents(file) == undisturbed(configuration, in: folder))
  }

  @Test("A pause holds: no step is taken until more is asked for")
  func pauseHolds() throws {
    let watcher = Watcher()
    let endless = small { $0.steps = 100_000_000 }
    watcher.engine.send(.add(a, endless, picture, paused: false))
    try watcher.wait(for: a, "at step 3") { $0.step >= 3 }
    watcher.engine.send(.pause(a))
    let paused = try watcher.wait(for: a, "paused") { $0.state == .paused }
    // Another run has its whole life meanwhile.
    watcher.engine.send(.add(b, small(), picture, paused: false))
    try watcher.waitForEnd(b)
    watcher.engine.send(.pause(a))
    watcher.engine.send(.preview(a, PreviewRequest(rows: 4, columns: 4)))
    let later = try watcher.wait(for: a, "shown") { _ in watcher.previews[a]?.isEmpty == false }
    #expect(later.step == paused.step && later.trainedSeconds == paused.trainedSeconds)
    #expect(later.elapsedSeconds == paused.elapsedSeconds)
    expectAllSteps(watcher, a, count: paused.step)
  }

  @Test("Single steps from a running run pause it; the last one ends it")
  func singleStepsToTheEnd() throws {
    let watcher = Watcher()
    watcher.engine.send(.add(a, small { $0.steps = 3 }, picture, paused: true))
    for step in 1...2 {
      watcher.engine.send(.singleStep(a))
      try watcher.wait(for: a, "at step \(step)") { $0.step == step && $0.state == .paused }
    }
    watcher.engine.send(.singleStep(a))
    let end = try watcher.waitForEnd(a)
    #expect(end.state == .finished && end.step == 3 && end.evaluation?.step == 3)
    // Nothing more happens to it.
    for command in [Command.singleStep(a), .resume(a), .pause(a), .stop(a), .preview(a, PreviewRequest(rows: 2, columns: 2))] {
      watcher.engine.send(command)
    }
    let after = try watcher.wait(for: a, "shown") { _ in watcher.previews[a]?.isEmpty == false }
    #expect(after.state == .finished && after.step == 3)
    expectAllSteps(watcher, a, count: 3)
  }

  @Test("No steps at all: finished at once, with an evaluation of the beginning")
  func noSteps() throws {
    let watcher = Watcher()
    watcher.engine.send(.add(a, small { $0.steps = 0 }, picture, paused: false))
    let end = try watcher.waitForEnd(a)
    #expect(end.state == .finished && end.step == 0 && end.metrics.isEmpty)
    #expect(end.evaluation?.step == 0 && end.best?.step == 0)
  }

  @Test("Reset and re-seed: a new generation each; the same seed ends with the same bits", arguments: [Case.full[0], Case.miniBatches[2]])
  func resets(_ subject: Case) throws {
    let folder = try TemporaryFolder()
    let watcher = Watcher()
    let engine = watcher.engine
    func finish(_ generation: Int, seed: UInt64) throws -> [UInt8] {
      let end = try watcher.waitForEnd(a, generation: generation)
      #expect(end.state == .finished && end.step == 20 && end.configuration.seed == seed)
      #expect(end.evaluation?.step == 20)
      expectAllSteps(watcher, a, count: 20)
      let path = folder.path("\(generation).safetensors")
      engine.send(.save(a, path: path))
      try watcher.wait(for: a, "saved") { _ in
        (watcher.notices[a] ?? []).contains { if case .saved(path, 20, _) = $0 { true } else { false } }
      }
      return try contents(path)
    }
    engine.send(.add(a, subject.configuration, picture, paused: false))
    let first = try finish(0, seed: 1)
    engine.send(.reset(a))
    #expect(try finish(1, seed: 1) == first)
    engine.send(.reseed(a, 7))
    let second = try finish(2, seed: 7)
    let tensors = try [first, second].map { try Safetensors($0, file: "test").tensors }
    #expect(tensors[0].keys == tensors[1].keys)
    for (name, tensor) in tensors[0] { #expect(tensor.values != tensors[1][name]?.values, "\(name)") }
    engine.send(.reset(a))
    #expect(try finish(3, seed: 7) == second)
    engine.send(.reseed(a, 1))
    #expect(try finish(4, seed: 1) == first)
  }

  @Test("Reset in the middle of a run, and of a paused one, which stays paused")
  func resetInTheMiddle() throws {
    let folder = try TemporaryFolder()
    let watcher = Watcher()
    let engine = watcher.engine
    engine.send(.preview(a, PreviewRequest(rows: 6, columns: 6)))
    engine.send(.add(a, small { $0.steps = 100_000_000 }, picture, paused: false))
    engine.send(.preview(a, PreviewRequest(rows: 6, columns: 6)))
    try watcher.wait(for: a, "at step 5") { $0.step >= 5 }
    engine.send(.pause(a))
    try watcher.wait(for: a, "paused") { $0.state == .paused }
    engine.send(.singleStep(a))
    engine.send(.reset(a))
    let reset = try watcher.wait(for: a, "reset") { $0.generation == 1 }
    #expect(reset.state == .paused && reset.step == 0 && reset.trainedSeconds == 0 && reset.elapsedSeconds == 0)
    #expect(reset.best?.step == 0 && reset.best?.isEstimate == false)
    // The beginning is shown.
    #expect(watcher.previews[a]?.last?.step == 0)
    engine.send(.resume(a))
    try watcher.wait(for: a, "at step 3") { $0.generation == 1 && $0.step >= 3 }
    engine.send(.reseed(a, 9))
    try watcher.wait(for: a, "re-seeded") { $0.generation == 2 && $0.step >= 3 && $0.state == .training }
    engine.send(.stop(a))
    let end = try watcher.waitForEnd(a, generation: 2)
    expectAllSteps(watcher, a, count: end.step)
    _ = try watcher.saved(a, in: folder)
  }

  @Test("Stop: an evaluation of exactly the parameters that are saved, and the file draws the same picture", arguments: Case.full + Case.miniBatches)
  func stop(_ subject: Case) throws {
    let folder = try TemporaryFolder()
    var configuration = subject.configuration
    configuration.steps = 100_000_000
    let watcher = Watcher()
    watcher.engine.send(.add(a, configuration, picture, paused: false))
    try watcher.wait(for: a, "at step 4") { $0.step >= 4 }
    watcher.engine.send(.stop(a))
    let end = try watcher.waitForEnd(a)
    #expect(end.state == .stopped && end.step >= 4)
    let evaluation = try #require(end.evaluation)
    #expect(evaluation.step == end.step)
    let bytes = try watcher.saved(a, in: folder)
    let saved = try SavedModel(bytes: bytes, file: "test")
    #expect(saved.step == end.step && saved.shape == [32, 32] && saved.channels == 1)
    #expect(saved.configuration == end.configuration)
    for threads in [1, 2] { #expect(try saved.render(threads: threads) == evaluation.signal) }
    #expect(isClose(evaluation.loss, plainError(evaluation.signal, picture), 1e-6))
    for case .saved(_, let step, let psnr) in watcher.notices[a] ?? [] {
      #expect(step == end.step && psnr == evaluation.psnr)
    }
    // It is over.
    for command in [Command.resume(a), .singleStep(a)] { watcher.engine.send(command) }
    watcher.engine.send(.preview(a, PreviewRequest(rows: 3, columns: 3)))
    let after = try watcher.wait(for: a, "shown") { _ in watcher.previews[a]?.isEmpty == false }
    #expect(after.state == .stopped && after.step == end.step)
    expectAllSteps(watcher, a, count: end.step)
  }

  @Test("A diverged run ends as such, keeps the last good parameters and can be saved")
  func diverged() throws {
    let folder = try TemporaryFolder()
    let configuration = small {
      $0.learningRate = 10
      $0.omega0 = 10_000
      $0.steps = 100_000
      $0.schedule = 100_000
    }
    let watcher = Watcher()
    watcher.engine.send(.add(a, configuration, picture, paused: false))
    let end = try watcher.waitForEnd(a)
    #expect(end.state == .diverged)
    #expect(end.evaluation?.step == end.step && end.evaluation?.loss.isFinite == true)
    let saved = try SavedModel(bytes: try watcher.saved(a, in: folder), file: "test")
    #expect(saved.step == end.step)
    #expect(try saved.render(threads: 1) == end.evaluation?.signal)
    // A reset gives it another chance.
    watcher.engine.send(.reset(a))
    #expect(try watcher.waitForEnd(a, generation: 1).state == .diverged)
  }

  @Test("Saving in the middle of a run: the file's step and picture belong together")
  func saveWhileTraining() throws {
    let folder = try TemporaryFolder()
    let watcher = Watcher()
    let configuration = small { $0.steps = 100_000_000 }
    watcher.engine.send(.add(a, configuration, picture, paused: false))
    try watcher.wait(for: a, "at step 6") { $0.step >= 6 }
    let saved = try SavedModel(bytes: try watcher.saved(a, in: folder), file: "test")
    let step = try #require(saved.step)
    watcher.engine.send(.stop(a))
    let trainer = try Trainer(configuration, signal: picture)
    for _ in 0..<step { _ = trainer.advance(parallel: Parallel(threads: 1)) }
    #expect(try saved.render(threads: 1) == trainer.evaluate(parallel: Parallel(threads: 1)).signal)
  }

  @Test("A save that cannot be written is said, and training goes on")
  func saveFails() throws {
    let folder = try TemporaryFolder()
    let watcher = Watcher()
    watcher.engine.send(.add(a, small(), picture, paused: true))
    watcher.engine.send(.save(a, path: folder.path("missing/model.safetensors")))
    try watcher.wait(for: a, "told") { _ in watcher.notices[a]?.isEmpty == false }
    guard case .saveFailed(let text) = watcher.notices[a]?.first else {
      Issue.record("no fault was told")
      return
    }
    #expect(text.contains("missing/model.safetensors") && !text.contains("\n"))
    watcher.engine.send(.resume(a))
    #expect(try watcher.waitForEnd(a).state == .finished)
  }

  @Test("Two runs in one engine: both finish, with the same bits as alone")
  func twoRuns() throws {
    let folder = try TemporaryFolder()
    let configurations = [small { $0.steps = 60 }, small { ($0.model, $0.steps, $0.batch) = (.siren, 45, .samples(300)) }]
    let watcher = Watcher()
    for (id, configuration) in zip([a, b], configurations) {
      watcher.engine.send(.add(id, configuration, picture, paused: false))
    }
    for (id, configuration) in zip([a, b], configurations) {
      let end = try watcher.waitForEnd(id)
      #expect(end.state == .finished && end.configuration.model == configuration.model)
    }
    expectAllSteps(watcher, a, count: 60)
    expectAllSteps(watcher, b, count: 45)
    for (id, configuration) in zip([a, b], configurations) {
      #expect(try watcher.saved(id, in: folder) == undisturbed(configuration, in: folder))
    }
  }

  @Test("Two endless runs both get turns")
  func turns() throws {
    let watcher = Watcher()
    for id in [a, b] { watcher.engine.send(.add(id, small { $0.steps = 100_000_000 }, picture, paused: false)) }
    for goal in [3, 200, 400] {
      for id in [a, b] { try watcher.wait(for: id, "at step \(goal)") { $0.step >= goal } }
    }
    watcher.engine.send(.remove(a))
    watcher.engine.send(.stop(b))
    try watcher.waitForEnd(b)
    // What was removed says nothing more.
    watcher.collect()
    let last = watcher.latest[a]?.step
    watcher.engine.send(.resume(a))
    watcher.engine.send(.preview(b, PreviewRequest(rows: 3, columns: 3)))
    try watcher.wait(for: b, "shown") { _ in watcher.previews[b]?.isEmpty == false }
    #expect(watcher.latest[a]?.step == last && watcher.latest[a]?.hasEnded == false)
  }

  @Test("Commands for runs that do not exist are ignored")
  func unknownRuns() throws {
    let folder = try TemporaryFolder()
    let watcher = Watcher()
    let unknown = RunID(99)
    let commands: [Command] = [
      .pause(unknown), .resume(unknown), .singleStep(unknown), .reset(unknown), .reseed(unknown, 3), .stop(unknown),
      .remove(unknown), .preview(unknown, PreviewRequest(rows: 4, columns: 4)), .save(unknown, path: folder.path("x")),
    ]
    for command in commands { watcher.engine.send(command) }
    watcher.engine.send(.add(a, small(), picture, paused: false))
    for command in commands { watcher.engine.send(command) }
    #expect(try watcher.waitForEnd(a).state == .finished)
    #expect(Array(watcher.latest.keys) == [a])
    #expect(!FileManager.default.fileExists(atPath: folder.path("x")))
    expectAllSteps(watcher, a, count: 20)
  }

  @Test("Metrics that nobody picks up for a whole run are all there at the end")
  func unreadMailbox() throws {
    let ended = DispatchSemaphore(value: 0)
    let engine = Engine(threads: 2) { ended.signal() }
    defer { engine.shutDown() }
    engine.send(.add(a, small { $0.steps = 500 }, picture, paused: false))
    engine.send(.preview(a, PreviewRequest(rows: 4, columns: 4)))
    // One wake for all of it; the end is seen in the box' only snapshot.
    #expect(ended.wait(timeout: .now() + 120) == .success)
    var steps: [Int] = []
    var last: Snapshot?
    while last?.hasEnded != true {
      usleep(50_000)
      for snapshot in engine.mailbox.take() {
        steps += snapshot.metrics.map(\.step)
        last = snapshot
      }
    }
    #expect(steps == Array(0..<500))
  }

  @Test("The mailbox merges what was not picked up")
  func mailbox() throws {
    final class Counter: @unchecked Sendable { var count = 0 }
    let wakes = Counter()
    let mailbox = Mailbox { wakes.count += 1 }
    let trainer = try Trainer(small(), signal: picture)
    func snapshot(_ run: RunID, generation: Int, steps: Range<Int>, preview: Int?, notice: String?) -> Snapshot {
      Snapshot(
        run: run, configuration: trainer.configuration, cost: trainer.cost, flopPerStep: 1, state: .training,
        step: steps.upperBound, trainedSeconds: 0, elapsedSeconds: 0, stepsPerSecond: 0, learningRate: 0, best: nil,
        generation: generation,
        metrics: steps.map { StepMetrics(step: $0, loss: 0, psnr: 0, isEstimate: false, seconds: 0) },
        preview: preview.map { Preview(step: $0, picture: picture, error: nil) }, evaluation: nil,
        notices: notice.map { [.saveFailed($0)] } ?? [])
    }
    #expect(mailbox.take().isEmpty)
    mailbox.post(snapshot(b, generation: 0, steps: 0..<3, preview: 1, notice: "first"))
    mailbox.post(snapshot(a, generation: 4, steps: 7..<9, preview: nil, notice: nil))
    mailbox.post(snapshot(b, generation: 0, steps: 3..<5, preview: nil, notice: "second"))
    mailbox.post(snapshot(b, generation: 0, steps: 5..<5, preview: nil, notice: nil))
    #expect(wakes.count == 1)
    var taken = mailbox.take()
    try #require(taken.map(\.run) == [a, b])
    #expect(taken[0].metrics.map(\.step) == [7, 8])
    #expect(taken[1].metrics.map(\.step) == [0, 1, 2, 3, 4] && taken[1].step == 5)
    #expect(taken[1].preview?.step == 1)
    #expect(taken[1].notices == [.saveFailed("first"), .saveFailed("second")])
    #expect(mailbox.take().isEmpty)

    // A reset throws away the curve and the picture of before, not what was promised to be told.
    mailbox.post(snapshot(b, generation: 0, steps: 5..<8, preview: 6, notice: "third"))
    mailbox.post(snapshot(b, generation: 1, steps: 0..<2, preview: nil, notice: nil))
    #expect(wakes.count == 2)
    taken = mailbox.take()
    #expect(taken.count == 1 && taken[0].metrics.map(\.step) == [0, 1] && taken[0].preview == nil)
    #expect(taken[0].notices == [.saveFailed("third")])
  }
}
