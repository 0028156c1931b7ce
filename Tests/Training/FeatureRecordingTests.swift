import Kernels
import Networks
import Signals
import Testing

@testable import Training

/// Maps that are kept at chosen steps.
@Suite struct FeatureRecordingTests {
  private let id = RunID(1)
  private let picture = pattern([32, 32])

  @Test("Frames are of the steps that were named")
  func steps() {
    func named(_ steps: FeatureRecording.Steps, below end: Int) -> [Int] { (0..<end).filter(steps.contains) }
    #expect(named(.every(7), below: 30) == [0, 7, 14, 21, 28])
    #expect(named(.every(0), below: 3) == [0, 1, 2])
    #expect(named(.perOctave(1), below: 100) == [0, 1, 2, 4, 8, 16, 32, 64])
    // Written out: the distinct values of round(2^(i/3)).
    #expect(named(.perOctave(3), below: 70) == [0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 51, 64])
    #expect(named(.perOctave(-2), below: 5) == [0, 1, 2, 4])
    #expect(FeatureRecording.Steps.perOctave(5).contains(1 << 20) && !FeatureRecording.Steps.perOctave(5).contains(1 << 20 + 1))
  }

  @Test("A frame has the maps after its step's update, at a size that stays", arguments: Case.full + Case.miniBatches)
  func frames(_ subject: Case) throws {
    let watcher = Watcher()
    let network = try Trainer(subject.configuration, signal: picture).network
    let maps = FeatureRequest.everything(of: network).maps.filter { $0.part != .error }
    let recording = FeatureRecording(maps: maps, steps: .perOctave(2))
    watcher.engine.send(.add(id, subject.configuration, picture, paused: true))
    watcher.engine.send(.record(id, recording))
    watcher.engine.send(.resume(id))
    try watcher.waitForEnd(id)
    let frames = try #require(watcher.frames[id])
    #expect(frames.map(\.step) == [0, 1, 2, 3, 4, 6, 8, 11, 16])
    #expect(frames[0].psnr == nil)
    let trainer = try Trainer(subject.configuration, signal: picture)
    var psnr: Double?
    for frame in frames {
      while trainer.step < frame.step { psnr = trainer.advance(parallel: Parallel(threads: 1))?.psnr }
      #expect(frame.psnr == psnr && frame.answers.map(\.request) == recording.maps)
      for answer in frame.answers {
        let map = trainer.directly(answer)
        #expect(answer.map == map && answer.statistics == map.statistics)
      }
      #expect(frame.answers.map(\.map.shape) == frames[0].answers.map(\.map.shape))
    }
  }

  @Test("It begins with where the run stands, anew with a reset, and ends when it is told to")
  func beginsAndEnds() throws {
    let watcher = Watcher()
    let engine = watcher.engine
    let maps = [FeatureRequest.Maps(layer: 2, part: .activation, units: [7], points: [32, 32])]
    engine.send(.add(id, small(), picture, paused: true))
    for _ in 0..<4 { engine.send(.singleStep(id)) }
    try watcher.wait(for: id, "at step 4") { $0.step == 4 }
    engine.send(.record(id, FeatureRecording(maps: maps, steps: .every(2))))
    for _ in 0..<3 { engine.send(.singleStep(id)) }
    try watcher.wait(for: id, "at step 7") { $0.step == 7 }
    #expect(watcher.frames[id]?.map(\.step) == [4, 6])
    let metrics = watcher.metrics[id] ?? []
    #expect(watcher.frames[id]?.map(\.psnr) == [metrics[3].psnr, metrics[5].psnr])

    engine.send(.reset(id))
    try watcher.wait(for: id, "reset") { $0.generation == 1 }
    for _ in 0..<2 { engine.send(.singleStep(id)) }
    try watcher.wait(for: id, "at step 2 again") { $0.step == 2 }
    #expect(watcher.frames[id]?.map(\.step) == [0, 2] && watcher.frames[id]?[0].psnr == nil)
    // Another network that has the unit, and one that does not.
    engine.send(.configure(id, small { $0.hidden = 8 }))
    try watcher.wait(for: id, "narrower") { $0.generation == 2 && watcher.frames[id]?.map(\.step) == [0] }
    engine.send(.configure(id, small { $0.hidden = 6 }))
    engine.send(.singleStep(id))
    engine.send(.singleStep(id))
    try watcher.wait(for: id, "narrower still") { $0.generation == 3 && $0.step == 2 }
    #expect(watcher.frames[id] == [])

    engine.send(.reseed(id, 5))
    engine.send(.configure(id, small()))
    try watcher.wait(for: id, "wide again") { $0.generation == 5 && watcher.frames[id]?.map(\.step) == [0] }
    engine.send(.record(id, nil))
    engine.send(.resume(id))
    try watcher.waitForEnd(id, generation: 5)
    #expect(watcher.frames[id]?.map(\.step) == [0])
  }

  @Test("The mailbox keeps every frame, and of reports the newest; a reset drops both")
  func mailbox() throws {
    let mailbox = Mailbox {}
    let trainer = try Trainer(small(), signal: picture)
    func snapshot(generation: Int, report: Int?, frames: [Int]) -> Snapshot {
      var snapshot = Snapshot(
        run: id, configuration: trainer.configuration, cost: trainer.cost, flopPerStep: 1, state: .training, step: 9,
        trainedSeconds: 0, elapsedSeconds: 0, stepsPerSecond: 0, learningRate: 0, best: nil, generation: generation,
        metrics: [], preview: nil, evaluation: nil, notices: [])
      snapshot.features = report.map {
        FeatureReport(step: $0, layers: [], truncationLevels: 0, request: FeatureRequest(), answers: [])
      }
      snapshot.frames = frames.map { FeatureFrame(step: $0, psnr: nil, answers: []) }
      return snapshot
    }
    mailbox.post(snapshot(generation: 0, report: 1, frames: [0, 1]))
    mailbox.post(snapshot(generation: 0, report: 2, frames: [2]))
    mailbox.post(snapshot(generation: 0, report: nil, frames: []))
    mailbox.post(snapshot(generation: 0, report: nil, frames: [4]))
    let taken = try #require(mailbox.take().first)
    #expect(taken.features?.step == 2 && taken.frames.map(\.step) == [0, 1, 2, 4])
    mailbox.post(snapshot(generation: 0, report: 5, frames: [8]))
    mailbox.post(snapshot(generation: 1, report: nil, frames: [0]))
    let fresh = try #require(mailbox.take().first)
    #expect(fresh.features == nil && fresh.frames.map(\.step) == [0])
  }
}
