import Foundation
import Kernels
import Networks
import Signals
import Testing

@testable import Training

/// How runs share the processor: turns within a step, forks, edits, modes.
@Suite struct TurnTests {
  private let a = RunID(1), b = RunID(2), c = RunID(3)
  private let picture = pattern([32, 32])
  private static let endless = 100_000_000

  /// A full-batch SIREN whose step takes many turns.
  private func slow(_ change: (inout RunConfiguration) -> Void = { _ in }) -> RunConfiguration {
    small {
      ($0.model, $0.hidden, $0.layers, $0.steps) = (.siren, 192, 5, Self.endless)
      change(&$0)
    }
  }

  @Test("A step longer than a turn gives way in its middle: others go on while it lasts")
  func slowStepsGiveWay() throws {
    let watcher = Watcher()
    let large = pattern([256, 256])
    watcher.engine.send(.add(a, slow(), large, paused: false))
    watcher.engine.send(.add(b, small { $0.steps = Self.endless }, picture, paused: false))
    try watcher.wait(for: a, "at its second step") { $0.step >= 2 }
    // Between two points of the slow run the quick one measured several times.
    let slowPoints = try #require(watcher.metrics[a]).map(\.elapsedSeconds)
    let step = slowPoints[1] - slowPoints[0]
    try #require(step > 2 * TurnSchedule.turnSeconds)
    #expect((watcher.metrics[b] ?? []).count > 2 * slowPoints.count)
    #expect(watcher.latest[a].map { $0.elapsedSeconds > $0.trainedSeconds } == true)
  }

  @Test("Interrupted at every chunk: the same bits as undisturbed", arguments: Case.full + Case.miniBatches)
  func givingWayLeavesNoTrace(_ subject: Case) throws {
    let folder = try TemporaryFolder()
    func file(companions: Int) throws -> [UInt8] {
      let watcher = Watcher(threads: 2)
      watcher.engine.send(.add(a, subject.configuration, pattern([128, 96]), paused: false))
      for index in 0..<companions {
        watcher.engine.send(.add(RunID(10 + index), small { $0.steps = Self.endless }, picture, paused: false))
      }
      #expect(try watcher.waitForEnd(a).state == .finished)
      return try watcher.saved(a, in: folder)
    }
    #expect(try file(companions: 0) == file(companions: 3))
  }

  @Test("A fork goes on with the weights, moments and batches of its source", arguments: [Case.full[0], Case.miniBatches[2]])
  func forks(_ subject: Case) throws {
    let folder = try TemporaryFolder()
    let watcher = Watcher()
    let engine = watcher.engine
    engine.send(.add(a, subject.configuration, picture, paused: true))
    for _ in 0..<7 { engine.send(.singleStep(a)) }
    try watcher.wait(for: a, "at step 7") { $0.step == 7 && $0.state == .paused }
    engine.send(.fork(b, from: a))
    let fork = try watcher.wait(for: b, "there") { $0.step == 7 }
    #expect(fork.state == .paused && fork.configuration == watcher.latest[a]?.configuration)
    #expect(fork.trainedSeconds == watcher.latest[a]?.trainedSeconds)
    #expect(try watcher.saved(a, in: folder) == watcher.saved(b, in: folder))
    for id in [a, b] { engine.send(.resume(id)) }
    for id in [a, b] { #expect(try watcher.waitForEnd(id).step == 20) }
    // Another file each: a second look at the same run would find the first one's.
    let paths = [a, b].map { id in folder.path("end-\(id.value).safetensors") }
    for (id, path) in zip([a, b], paths) { engine.send(.save(id, path: path)) }
    for id in [a, b] { try watcher.wait(for: id, "saved twice") { _ in (watcher.notices[id] ?? []).count == 2 } }
    #expect(try contents(paths[0]) == contents(paths[1]))
    // What the fork measures is its own.
    #expect(watcher.metrics[b]?.map(\.step) == Array(7..<20))
  }

  @Test("A fork of a step that is going on waits for its end")
  func forkOfABusyRun() throws {
    let watcher = Watcher()
    watcher.engine.send(.add(a, slow(), pattern([256, 256]), paused: false))
    try watcher.wait(for: a, "at its first step") { $0.step >= 1 }
    watcher.engine.send(.fork(b, from: a))
    let fork = try watcher.wait(for: b, "there") { _ in true }
    #expect(fork.step >= 1)
    try watcher.wait(for: b, "a step further") { $0.step > fork.step }
  }

  @Test("What is said while a fork waits comes after it: a fork of the fork, a new beginning or the end of its source")
  func afterAFork() throws {
    let watcher = Watcher()
    let engine = watcher.engine
    engine.send(.add(a, slow(), pattern([256, 256]), paused: false))
    let before = try watcher.wait(for: a, "at its first step") { $0.step >= 1 }
    let d = RunID(4)
    for command in [Command.fork(b, from: a), .fork(c, from: b), .reset(a), .pause(a), .fork(d, from: a), .remove(a), .pause(b)] {
      engine.send(command)
    }
    #expect(try watcher.wait(for: b, "paused") { $0.state == .paused }.step > before.step)
    #expect(try watcher.wait(for: c, "there") { _ in true }.step > before.step)
    #expect(try watcher.wait(for: d, "there") { _ in true }.step == 0)
    try watcher.wait(for: c, "on its own") { $0.step > before.step + 2 }
  }

  @Test("Who pauses leaves its share to the others at once")
  func sharesOfThoseWhoGo() throws {
    let watcher = Watcher()
    for id in [a, b] { watcher.engine.send(.add(id, small { $0.steps = Self.endless }, picture, paused: false)) }
    try watcher.wait(for: b, "at its share") { $0.step > 20 && $0.share < 0.8 && $0.share > 0.2 }
    watcher.engine.send(.pause(a))
    let paused = try watcher.wait(for: a, "paused") { $0.state == .paused }
    // Once it has shown its parameters as they are, which may take it a turn or two more.
    try watcher.wait(for: b, "alone") { $0.share == 1 }
    #expect(paused.share < 1)
  }

  @Test("Another rate, schedule or batch keeps the weights; another network or seed starts over")
  func configures() throws {
    let watcher = Watcher()
    let engine = watcher.engine
    engine.send(.add(a, small { $0.steps = 10 }, picture, paused: false))
    let end = try watcher.waitForEnd(a)
    var longer = end.configuration
    (longer.steps, longer.schedule, longer.learningRate, longer.batch) = (25, 25, 2e-3, .samples(300))
    engine.send(.configure(a, longer))
    let later = try watcher.wait(for: a, "at its second end") { $0.hasEnded && $0.step == 25 }
    #expect(later.generation == 0 && later.configuration == longer)
    #expect(watcher.metrics[a]?.map(\.step) == Array(0..<25))
    #expect(watcher.metrics[a]?.last?.isEstimate == true)

    var wider = longer
    wider.hidden = 40
    engine.send(.configure(a, wider))
    let anew = try watcher.wait(for: a, "at its third end") { $0.generation == 1 && $0.hasEnded }
    #expect(anew.step == 25 && anew.cost.parameters > later.cost.parameters)
    var seeded = wider
    seeded.seed = 99
    engine.send(.configure(a, seeded))
    #expect(try watcher.waitForEnd(a, generation: 2).configuration.seed == 99)
  }

  @Test("An edit of the training in the middle of a step waits for its end, and takes nothing from it")
  func editInTheMiddle() throws {
    let folder = try TemporaryFolder()
    let large = pattern([192, 192])
    let configuration = try slow { ($0.steps, $0.schedule) = (3, 3) }.resolved(shape: [192, 192])
    let quiet = Watcher()
    quiet.engine.send(.add(a, configuration, large, paused: false))
    try quiet.waitForEnd(a)
    let watcher = Watcher()
    watcher.engine.send(.add(a, configuration, large, paused: false))
    try watcher.wait(for: a, "there") { _ in true }
    // The same rate again and again, and a name of the preset that decides nothing: nothing may change.
    var edited = configuration
    for _ in 0..<5 {
      edited.preset = edited.preset == .live ? .paper : .live
      watcher.engine.send(.configure(a, edited))
      Thread.sleep(forTimeInterval: 0.02)
    }
    let end = try watcher.waitForEnd(a)
    #expect(end.step == 3 && end.generation == 0 && watcher.metrics[a]?.map(\.step) == [0, 1, 2])
    #expect(watcher.metrics[a]?.map(\.loss) == quiet.metrics[a]?.map(\.loss))
    let values = try [watcher, quiet].map { try Safetensors($0.saved(a, in: folder), file: "saved").tensors.mapValues(\.values) }
    #expect(values[0] == values[1])
  }

  @Test("A new beginning does not wait for the end of a slow step, and leaves nothing of it behind")
  func resetInTheMiddle() throws {
    let folder = try TemporaryFolder()
    let configuration = slow { $0.steps = 2 }
    let large = pattern([192, 192])
    let quiet = Watcher()
    quiet.engine.send(.add(a, configuration, large, paused: false))
    try quiet.waitForEnd(a)
    let watcher = Watcher()
    watcher.engine.send(.add(a, configuration, large, paused: false))
    for generation in 1...5 {
      watcher.engine.send(.reset(a))
      try watcher.wait(for: a, "reset") { $0.generation == generation }
    }
    try watcher.waitForEnd(a, generation: 5)
    #expect(try watcher.saved(a, in: folder) == quiet.saved(a, in: folder))
  }

  @Test("Equal steps: no run gets ahead by more than one")
  func equalSteps() throws {
    let watcher = Watcher()
    watcher.engine.send(.turns(.equalSteps))
    watcher.engine.send(.add(a, slow { $0.hidden = 96 }, pattern([128, 128]), paused: false))
    watcher.engine.send(.add(b, slow { $0.hidden = 64 }, pattern([96, 96]), paused: false))
    try watcher.wait(for: a, "at step 6") { $0.step >= 6 }
    watcher.collect()
    let steps = [a, b].compactMap { watcher.latest[$0]?.step }
    // A turn may hold a few steps of the cheap one; the dear one has caught up before its next.
    #expect(abs(steps[0] - steps[1]) <= 8, "\(steps)")
  }

  @Test("Solo: one run trains, the others wait and go on afterwards")
  func solo() throws {
    let watcher = Watcher()
    let engine = watcher.engine
    engine.send(.turns(.solo(b)))
    for id in [a, b] { engine.send(.add(id, small { $0.steps = Self.endless }, picture, paused: false)) }
    try watcher.wait(for: b, "at step 30") { $0.step >= 30 }
    #expect(watcher.latest[a]?.step == 0)
    engine.send(.turns(.equalTime))
    try watcher.wait(for: a, "at step 30") { $0.step >= 30 }
    // Removing the run that is alone leaves the rest to whoever asks for it.
    engine.send(.remove(b))
    let now = try #require(watcher.latest[a]?.step)
    try watcher.wait(for: a, "further") { $0.step > now + 5 }
  }

  @Test("Equal time: shares of cheap and dear runs are equal, a newcomer does not take over")
  func schedule() {
    var schedule = TurnSchedule()
    // By hand: nobody trains here.
    func run(_ id: RunID) throws -> Run {
      Run(id: id, trainer: try Trainer(small { $0.steps = 5 }, signal: picture), paused: false, threads: 1)
    }
    guard let runs = try? [run(a), run(b), run(c)] else { return }
    defer { runs.forEach { $0.end() } }
    for run in runs[..<2] { schedule.add(run.id) }
    var worked: [RunID: Double] = [:]
    func turns(_ count: Int, _ candidates: [Run]) {
      for _ in 0..<count {
        guard let next = schedule.next(of: candidates)?.run else { return }
        // b's turns are much longer.
        let seconds = next.id == b ? 0.07 : 0.01
        worked[next.id, default: 0] += seconds
        schedule.account(next.id, seconds: seconds, steps: 1)
      }
    }
    turns(800, Array(runs[..<2]))
    #expect(abs(worked[a]! - worked[b]!) <= 0.071)
    schedule.add(c)
    worked = [:]
    turns(1200, runs)
    let most = worked.values.max()!, least = worked.values.min()!
    #expect(most - least <= 0.15, "\(worked)")
    for run in runs { #expect(abs(schedule.share(of: run.id) - 1 / 3) < 0.05) }
    // Only by time the others work as much as a run does itself.
    #expect(schedule.company(of: a) == 2)
    schedule.mode = .equalSteps
    #expect(schedule.company(of: a) == 0)
    // A look that took several turns is taken off at once.
    for seconds in [-3, -40.0] {
      schedule.account(a, seconds: seconds, steps: 0)
      #expect(runs.allSatisfy { (0...1).contains(schedule.share(of: $0.id)) })
    }
  }

  @Test("By time two runs have a thread each; one that is alone, and by steps or solo whoever has the turn, has both")
  func threadsOfTurns() throws {
    var schedule = TurnSchedule()
    let runs = try [a, b, c].map { id in
      Run(id: id, trainer: try Trainer(small { $0.steps = 5 }, signal: picture), paused: false, threads: 2)
    }
    defer { runs.forEach { $0.end() } }
    for run in runs { schedule.add(run.id) }
    /// Threads of the turns that begin while none is given back.
    func turns(_ runs: [Run], threads: Int) -> [RunID: Int] {
      var active: [RunID: TurnSchedule.ActiveTurn] = [:]
      while let next = schedule.next(of: runs, active: active, threads: threads) {
        active[next.run.id] = TurnSchedule.ActiveTurn(threads: next.threads, requestsOnly: next.requestsOnly, seconds: 0, steps: 0)
      }
      return active.mapValues(\.threads)
    }
    #expect(turns(runs, threads: 2) == [a: 1, b: 1])
    #expect(turns(runs, threads: 1) == [a: 1])
    #expect(turns(runs, threads: 4) == [a: 1, b: 1, c: 2])
    #expect(turns(runs, threads: 8) == [a: 2, b: 3, c: 3])
    // Who has worked least is first.
    schedule.account(a, seconds: 1, steps: 1)
    #expect(turns(runs, threads: 2) == [b: 1, c: 1])
    schedule.mode = .equalSteps
    #expect(turns(runs, threads: 2) == [b: 2])
    schedule.mode = .solo(c)
    #expect(turns(runs, threads: 2) == [c: 2])
    schedule.mode = .equalTime
    #expect(turns([runs[2]], threads: 2) == [c: 2])
  }

  @Test("As turns go on parts stay equal, whatever was given before and however threads divide", arguments: [(2, 3), (3, 2), (4, 3), (4, 2), (8, 3), (8, 5)])
  func partsStayEqual(threads: Int, count: Int) throws {
    var schedule = TurnSchedule()
    let runs = try (1...count).map { id in
      Run(id: RunID(id), trainer: try Trainer(small { $0.steps = 5 }, signal: picture), paused: false, threads: threads)
    }
    defer { runs.forEach { $0.end() } }
    for run in runs { schedule.add(run.id) }
    // One had all threads.
    var active = [RunID(1): TurnSchedule.ActiveTurn(threads: threads, requestsOnly: false, seconds: 0, steps: 0)]
    var order = [RunID(1)]
    var worked: [RunID: Double] = [:]
    var used = 0
    for round in 0..<3_000 {
      let ended = order.removeFirst()
      let known = active.removeValue(forKey: ended)
      let turn = try #require(known)
      if round >= 1_000 {
        worked[ended, default: 0] += Double(turn.threads)
        used += turn.threads + active.values.reduce(0) { $0 + $1.threads }
      }
      schedule.account(ended, seconds: 0.01 * Double(turn.threads) / Double(threads), steps: 1)
      while let next = schedule.next(of: runs, active: active, threads: threads) {
        active[next.run.id] = TurnSchedule.ActiveTurn(threads: next.threads, requestsOnly: false, seconds: 0, steps: 0)
        order.append(next.run.id)
      }
    }
    let most = try #require(worked.values.max()), least = try #require(worked.values.min())
    // The lead that is let pass, and turns that were going on at both ends.
    #expect(worked.count == count && 0.01 * (most - least) / Double(threads) <= 0.08, "\(worked)")
    // Hardly a thread is idle.
    #expect(Double(used) >= 0.85 * Double(threads * 2_000))
  }

  @Test("Who answers a request between steps has not gone, and keeps its share")
  func requestsKeepShares() throws {
    var schedule = TurnSchedule()
    let runs = try [a, b].map { id in
      Run(id: id, trainer: try Trainer(small { $0.steps = 5 }, signal: picture), paused: false, threads: 2)
    }
    defer { runs.forEach { $0.end() } }
    for run in runs { schedule.add(run.id) }
    #expect(schedule.next(of: runs, threads: 2)?.run.id == a)
    for run in runs { schedule.account(run.id, seconds: 1, steps: 1) }
    let answering = [a: TurnSchedule.ActiveTurn(threads: 1, requestsOnly: true, seconds: 0, steps: 0)]
    #expect(schedule.next(of: runs, active: answering, threads: 2)?.run.id == b)
    #expect(schedule.share(of: a) > 0.4)
  }

  @Test("A turn with a quarter of the threads counts a quarter of its seconds, and hands back where it is told to")
  func weightOfTurns() {
    let turn = Turn(name: "turn") { usleep(40_000) }
    defer { turn.end() }
    let start = TrainingClock.seconds
    let done = DispatchSemaphore(value: 0)
    turn.grant(seconds: 0, requestsOnly: false, threads: 2, of: 8) { done.signal() }
    done.wait()
    let passed = TrainingClock.seconds - start
    #expect(turn.threads == 2 && turn.workedSeconds >= 0.01 && turn.workedSeconds <= passed / 4)
    let before = turn.workedSeconds
    turn.grant(seconds: 0)
    #expect(turn.workedSeconds - before >= 0.04)
  }

  @Test("Chunks with a turn that ends after each: every one once, and none after a cancellation")
  func waves() {
    final class Fussy: TurnTaking, @unchecked Sendable {
      var given = 0
      var cancelsAt = Int.max
      var threads: Int { .max }
      var isOver: Bool { true }
      var isCancelled: Bool { given >= cancelsAt }
      func giveWay() { given += 1 }
    }
    for threads in 1...3 {
      let turn = Fussy()
      var done = [Int](repeating: 0, count: 50)
      done.withUnsafeMutableBufferPointer { done in
        let pointer = done.baseAddress!
        Parallel(threads: threads, turn: turn).forEach(chunks: 50) { chunk, _ in pointer[chunk] += 1 }
      }
      #expect(done.allSatisfy { $0 == 1 })
      #expect(turn.given >= 50 / threads - 1 && turn.given < 50)
    }
    let turn = Fussy()
    turn.cancelsAt = 3
    var count = 0
    Parallel(threads: 1, turn: turn).forEach(chunks: 50) { _, _ in count += 1 }
    #expect(count == 3)
  }

  @Test("SSIM comes while training once somebody looks, and within its share of the time")
  func similarity() throws {
    let watcher = Watcher()
    watcher.engine.send(.add(a, small { $0.steps = Self.endless }, pattern([64, 64]), paused: false))
    watcher.engine.send(.preview(a, nil))
    let known = try watcher.wait(for: a, "measured") { $0.similarity != nil }
    #expect((-1...1).contains(try #require(known.similarity).value) && known.evaluation == nil)
  }

  @Test("Runs that cost a little more or less are measured at the same steps")
  func similarityIntervals() {
    // 1 % of 20 ms is a fortieth of 8 ms.
    #expect(PicturePace.similarityInterval(cost: 0.008, secondsPerStep: 0.02, share: 0.01) == 64)
    #expect(PicturePace.similarityInterval(cost: 0.008, secondsPerStep: 0.02, share: 0.01) == PicturePace.similarityInterval(cost: 0.0075, secondsPerStep: 0.017, share: 0.01))
    #expect(PicturePace.similarityInterval(cost: 0, secondsPerStep: 0.02, share: 0.01) == 1 && PicturePace.similarityInterval(cost: 1, secondsPerStep: 0, share: 0.01) == 1 << 30)
  }
}
