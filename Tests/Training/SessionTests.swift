import Foundation
import Networks
import Signals
import Testing

@testable import Kernels
@testable import Training

/// Sessions: a run that was saved and opened again makes the bits of one that never stopped.
@Suite struct SessionTests {
  static let signal = pattern([40, 36])

  /// A session of runs, by way of its file.
  static func reopened(_ runs: [SessionRun], signal: Signal = signal) throws -> Session {
    let session = session(runs, signal: signal)
    let opened = try Session(bytes: try session.encoded(), file: "test.session")
    #expect(opened == session)
    return opened
  }

  static func session(_ runs: [SessionRun], signal: Signal = signal, isAutosave: Bool = false) -> Session {
    let loaded = LoadedSignal(signal: signal, name: "pattern.pgm", format: "PGM", notes: ["reduced"], originalShape: signal.shape)
    return Session(
      date: 1_796_000_000.25, isAutosave: isAutosave, picture: SessionPicture(path: nil, resize: .auto, loaded), runs: runs,
      layout: #"{"tab":"race"}"#)
  }

  static func checkpoint(_ trainer: Trainer, measured: Int = 0, state: RunState = .training) -> RunCheckpoint {
    RunCheckpoint(
      trainer: trainer.checkpoint(), state: state, generation: 3, measured: measured, trainedSeconds: 1.5,
      elapsedSeconds: 2.5, best: Best(psnr: .infinity, step: 2, isEstimate: true), similarity: Similarity(value: 0.5, step: 2))
  }

  private func metrics(_ trainer: Trainer, steps: Int, threads: Int) -> [StepMetrics] {
    (0..<steps).compactMap { _ in trainer.advance(parallel: Parallel(threads: threads)) }
  }

  @Test(arguments: Case.full + Case.miniBatches, [1, 2])
  func aTrainerGoesOnWithTheSameBits(_ model: Case, threads: Int) throws {
    let undisturbed = try Trainer(model.configuration, signal: Self.signal)
    let expected = metrics(undisturbed, steps: 17, threads: 3 - threads)
    let trainer = try Trainer(model.configuration, signal: Self.signal)
    var found = metrics(trainer, steps: 7, threads: threads)
    let run = SessionRun(
      id: RunID(4), checkpoint: Self.checkpoint(trainer, measured: 7), metrics: found, similarities: [])
    // What it does after that is not in the session.
    _ = metrics(trainer, steps: 3, threads: threads)
    let opened = try Self.reopened([run])
    let restored = try Trainer(opened.runs[0].checkpoint.trainer, signal: Self.signal)
    #expect(restored.step == 7 && opened.runs[0].metrics == found)
    found += metrics(restored, steps: 10, threads: threads)
    #expect(found == expected)
    #expect(bits(restored) == bits(undisturbed))
    #expect(restored.checkpoint() == undisturbed.checkpoint())
  }

  @Test(arguments: Case.full + Case.miniBatches, [1, 2])
  func anEnginesRunGoesOnWithTheSameBits(_ model: Case, threads: Int) throws {
    let folder = try TemporaryFolder()
    let undisturbed = Watcher(threads: 3 - threads)
    let configuration = try model.configuration.resolved(shape: Self.signal.shape)
    undisturbed.engine.send(.add(RunID(1), configuration, Self.signal, paused: false))
    try undisturbed.waitForEnd(RunID(1))

    let first = Watcher(threads: threads)
    first.engine.send(.add(RunID(1), configuration, Self.signal, paused: true))
    for _ in 0..<5 { first.engine.send(.singleStep(RunID(1))) }
    try first.wait(for: RunID(1), "in the middle") { $0.step == 5 }
    first.engine.send(.checkpoint(RunID(1), isLast: true))
    let saved = try #require(try first.wait(for: RunID(1), "saved") { $0.checkpoint != nil }.checkpoint)
    #expect(saved.state == .paused && saved.trainer.step == 5 && saved.measured == 5)
    // After the last checkpoint no step is begun: what is saved afterwards is the same point.
    first.engine.send(.resume(RunID(1)))
    let model = try SavedModel(bytes: first.saved(RunID(1), in: folder), file: "saved")
    #expect(model.step == saved.trainer.step)
    let points = Array((first.metrics[RunID(1)] ?? []).prefix(saved.measured))
    let opened = try Self.reopened(
      [SessionRun(id: RunID(1), checkpoint: saved, metrics: points, similarities: [])])

    let second = Watcher(threads: 3 - threads)
    second.engine.send(.restore(RunID(1), try RestoredRun(opened.runs[0].checkpoint, signal: Self.signal)))
    second.engine.send(.resume(RunID(1)))
    let end = try second.waitForEnd(RunID(1))
    func values(_ points: [StepMetrics]?) -> [[Double]] { (points ?? []).map { [Double($0.step), $0.loss, $0.psnr] } }
    #expect(values(opened.runs[0].metrics + (second.metrics[RunID(1)] ?? [])) == values(undisturbed.metrics[RunID(1)]))
    #expect(end.trainedSeconds >= saved.trainedSeconds)
    let expected = try undisturbed.saved(RunID(1), in: folder)
    #expect(try second.saved(RunID(1), in: folder) == expected)
  }

  @Test(arguments: [RunState.paused, .finished, .stopped])
  func aRunThatDoesNotTrainStaysSo(state: RunState) throws {
    let trainer = try Trainer(small(), signal: Self.signal)
    _ = metrics(trainer, steps: state == .finished ? 20 : 4, threads: 1)
    let watcher = Watcher()
    let checkpoint = Self.checkpoint(trainer, state: state)
    watcher.engine.send(.restore(RunID(2), try RestoredRun(checkpoint, signal: Self.signal)))
    let snapshot = try watcher.wait(for: RunID(2), "evaluated") { $0.evaluation != nil }
    #expect(snapshot.state == state && snapshot.step == trainer.step && snapshot.generation == 3)
    #expect(snapshot.elapsedSeconds == 2.5 && snapshot.trainedSeconds == 1.5)
    watcher.engine.send(.checkpoint(RunID(2), isLast: false))
    let again = try #require(try watcher.wait(for: RunID(2), "saved") { $0.checkpoint != nil }.checkpoint)
    #expect(again.trainer == checkpoint.trainer && again.state == state)
  }

  @Test func aForkOfARestoredRunAndANewBeginningAreAsEver() throws {
    let trainer = try Trainer(small { $0.batch = .samples(300) }, signal: Self.signal)
    _ = metrics(trainer, steps: 4, threads: 1)
    let watcher = Watcher()
    watcher.engine.send(.restore(RunID(1), try RestoredRun(Self.checkpoint(trainer, measured: 4), signal: Self.signal)))
    watcher.engine.send(.fork(RunID(2), from: RunID(1)))
    watcher.engine.send(.checkpoint(RunID(2), isLast: false))
    let fork = try #require(try watcher.wait(for: RunID(2), "saved") { $0.checkpoint != nil }.checkpoint)
    #expect(fork.measured == fork.trainer.step)
    watcher.engine.send(.reset(RunID(1)))
    watcher.engine.send(.checkpoint(RunID(1), isLast: false))
    let anew = try #require(try watcher.wait(for: RunID(1), "saved") { $0.checkpoint?.generation == 4 }.checkpoint)
    #expect(anew.measured == anew.trainer.step)
  }

  @Test func whatDoesNotFitIsNamed() throws {
    let trainer = try Trainer(small { $0.batch = .samples(300) }, signal: Self.signal)
    func fault(_ change: (inout TrainerCheckpoint) -> Void) -> String {
      var checkpoint = trainer.checkpoint()
      change(&checkpoint)
      do throws(ConfigurationError) {
        _ = try Trainer(checkpoint, signal: Self.signal)
        return "none"
      } catch {
        return error.description
      }
    }
    #expect(fault { $0.parameters["net.0.linear.bias"] = nil }.hasPrefix("parameters of net.0.linear.bias: found none; allowed are 24"))
    #expect(fault { $0.parameters["net.0.linear.bias"] = [1] }.contains("found 1 values"))
    #expect(fault { $0.parameters["other"] = [1] }.contains("found a tensor other"))
    #expect(fault { $0.optimizer.moments[1]["net.0.linear.bias"] = [] }.hasPrefix("square of net.0.linear.bias"))
    #expect(fault { $0.optimizer.moments.removeLast() }.contains("found 2 sets of moments; allowed are 3"))
    let places = [
      fault { $0.batches?.position.permutation[0] = 1 }, fault { $0.batches?.position.permutation[0] = -7 },
      fault { $0.batches?.position.next = 1_000_000 }, fault { $0.batches?.errors.oldest = -1 }, fault { $0.batches = nil },
    ]
    #expect(places.allSatisfy { $0.contains("mini-batches") }, "\(places)")
    #expect(fault { $0.configuration.hidden = 25 }.contains("parameters of "))
  }
}
