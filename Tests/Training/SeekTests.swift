import Foundation
import Networks
import Signals
import Testing

@testable import Training

/// Training until a step and pausing there.
@Suite struct SeekTests {
  private let a = RunID(1)
  private let picture = pattern([32, 32])

  private func configuration(_ subject: Case) -> RunConfiguration {
    var configuration = subject.configuration
    configuration.steps = 90
    return configuration
  }

  /// The bits of a run that was paused at a step by single steps alone.
  private func stepped(_ configuration: RunConfiguration, _ steps: Int) throws -> Trainer {
    let trainer = try Trainer(configuration, signal: picture)
    for _ in 0..<steps { _ = trainer.advance(parallel: .init(threads: 1)) }
    return trainer
  }

  /// What the engine would save of the run.
  private func checkpoint(_ watcher: Watcher) throws -> TrainerCheckpoint {
    watcher.engine.send(.checkpoint(a, isLast: false))
    let snapshot = try watcher.wait(for: a, "saved") { $0.checkpoint != nil }
    return try #require(snapshot.checkpoint).trainer
  }

  @Test("Forward: exactly there, paused, with the bits of so many steps", arguments: Case.full + Case.miniBatches)
  func forward(_ subject: Case) throws {
    let configuration = configuration(subject)
    let watcher = Watcher()
    watcher.engine.send(.add(a, configuration, picture, paused: true))
    for step in [7, 8, 31] {
      watcher.engine.send(.seek(a, step: step))
      let snapshot = try watcher.wait(for: a, "at \(step)") { $0.state == .paused && $0.step == step }
      #expect(snapshot.generation == 0)
      #expect(try checkpoint(watcher) == stepped(configuration, step).checkpoint())
    }
    // It trains on when it is told to, to its end.
    watcher.engine.send(.resume(a))
    #expect(try watcher.waitForEnd(a).step == 90)
    #expect((watcher.metrics[a] ?? []).map(\.step) == Array(0..<90))
  }

  @Test("Where it stands is measured, also when that takes several turns", arguments: [Case.full[2], Case.miniBatches[2]])
  func measured(_ subject: Case) throws {
    var configuration = configuration(subject)
    configuration.steps = 100_000
    // A forward pass of many chunks, beside another run that takes turns.
    let picture = pattern([192, 192])
    let watcher = Watcher(threads: 1)
    let b = RunID(2)
    watcher.engine.send(.add(b, configuration, picture, paused: false))
    watcher.engine.send(.add(a, configuration, picture, paused: true))
    try watcher.wait(for: a, "there") { $0.evaluation?.step == 0 }
    for (command, step) in [(Command.seek(a, step: 2), 2), (.singleStep(a), 3), (.singleStep(a), 4)] {
      watcher.engine.send(command)
      let snapshot = try watcher.wait(for: a, "measured at \(step)") { $0.state == .paused && $0.evaluation?.step == step }
      #expect(snapshot.similarity?.step == step && snapshot.evaluation?.ssim == snapshot.similarity?.value)
    }
    watcher.engine.send(.resume(a))
    try watcher.wait(for: a, "training") { $0.state == .training && $0.step > 4 }
    watcher.engine.send(.pause(a))
    try watcher.wait(for: a, "measured") { $0.state == .paused && $0.evaluation?.step == $0.step }
  }

  @Test("Back: from the start with the same seed, the same bits", arguments: [Case.full[0], Case.miniBatches[2]])
  func back(_ subject: Case) throws {
    let configuration = configuration(subject)
    let watcher = Watcher()
    watcher.engine.send(.add(a, configuration, picture, paused: false))
    #expect(try watcher.waitForEnd(a).step == 90)
    watcher.engine.send(.seek(a, step: 20))
    let snapshot = try watcher.wait(for: a, "at 20") { $0.state == .paused && $0.step == 20 }
    #expect(snapshot.generation == 1 && snapshot.configuration.seed == configuration.seed)
    #expect(try checkpoint(watcher) == stepped(configuration, 20).checkpoint())
    // To the beginning, paused and training.
    watcher.engine.send(.seek(a, step: 0))
    try watcher.wait(for: a, "at 0") { $0.step == 0 && $0.generation == 2 && $0.state == .paused }
    #expect(try checkpoint(watcher) == stepped(configuration, 0).checkpoint())
    watcher.engine.send(.seek(a, step: 90))
    #expect(try watcher.wait(for: a, "at its end") { $0.step == 90 }.state == .finished)
  }

  @Test("A pause or a resume on the way is the last word")
  func interrupted() throws {
    let configuration = configuration(Case.full[0])
    let watcher = Watcher()
    watcher.engine.send(.add(a, configuration, picture, paused: true))
    watcher.engine.send(.seek(a, step: 60))
    watcher.engine.send(.pause(a))
    // Asked after both; how far it came until then is the processor's affair.
    _ = try checkpoint(watcher)
    let paused = try #require(watcher.latest[a])
    #expect(paused.state == .paused && paused.step <= 60)
    watcher.engine.send(.resume(a))
    #expect(try watcher.waitForEnd(a).step == 90 && paused.generation == 0)
    // Stopped is not the end of it.
    watcher.engine.send(.reset(a))
    // Where this thread waits for long it may be over already.
    _ = try watcher.wait(for: a, "again") { $0.generation == 1 }
    watcher.engine.send(.stop(a))
    let stopped = try watcher.wait(for: a, "stopped") { $0.state == .stopped || $0.state == .finished }
    guard stopped.state == .stopped else { return }
    watcher.engine.send(.seek(a, step: 89))
    #expect(try watcher.wait(for: a, "at 89") { $0.state == .paused }.step == 89)
  }
}
