import Kernels
import Networks
import Signals
import Testing

@testable import Training

/// What part of a run's time goes into looks, by the run's own account of its work.
@Suite struct FeatureShareTests {
  private let picture = pattern([32, 32])

  @Test("Saved up for one time, no more; taken early, paid back")
  func allowance() {
    var allowance = TimeAllowance()
    #expect(allowance.isEnough && !allowance.hasDebt)
    allowance.spend(0.010)
    #expect(allowance.hasDebt && !allowance.isEnough)
    for _ in 0..<10 { allowance.earn(0.001) }
    #expect(abs(allowance.balance) < 1e-12 && !allowance.isEnough)
    allowance.earn(5)
    #expect(allowance.balance == 0.010 && allowance.isEnough)
    allowance.spend(0.020)
    #expect(abs((allowance.cost ?? 0) - 0.015) < 1e-12)
  }

  /// A trainer whose steps and looks take what the test says.
  private func watched(_ model: Case, _ clock: TestClock, lookSeconds: Double, rate: Double = 1) throws -> (Trainer, FeatureWatch) {
    let trainer = try Trainer(model.configuration, signal: picture)
    let watch = FeatureWatch(
      trainer, parallel: Parallel(threads: 1), rate: rate,
      clock: {
        clock.worked += lookSeconds / 2
        return clock.worked
      }, now: { clock.worked + clock.trained })
    return (trainer, watch)
  }

  @Test("Looks keep to their share of the time in steps, whatever they cost", arguments: [0.0001, 0.002, 0.05, 0.7])
  func share(lookSeconds: Double) throws {
    let clock = TestClock()
    let (trainer, watch) = try watched(Case.full[0], clock, lookSeconds: lookSeconds)
    watch.look(at: .everything(of: trainer.network), isTraining: true)
    #expect(watch.takeNews().report?.answers.isEmpty == false)
    let first = watch.spentSeconds
    var reports = 0
    let metrics = try #require(trainer.advance(parallel: Parallel(threads: 1)))
    for _ in 0..<40_000 {
      clock.trained += 0.010
      watch.stepped(metrics, seconds: 0.010, isTraining: true)
      if watch.takeNews().report != nil { reports += 1 }
      // What came at once is borrowed.
      #expect(watch.spentSeconds <= first + FeatureWatch.share * clock.trained)
    }
    // It is made use of where looks are dear; cheap ones come no more often than anybody can look.
    if lookSeconds >= 0.05 { #expect(watch.spentSeconds > 0.7 * FeatureWatch.share * clock.trained) }
    #expect(Double(reports) < 32 * (clock.trained + clock.worked))
  }

  @Test("At half the rate looks have half of the time and come half as often", arguments: [0.0001, 0.05])
  func halfRate(lookSeconds: Double) throws {
    func reports(rate: Double) throws -> (count: Int, spent: Double) {
      let clock = TestClock()
      let (trainer, watch) = try watched(Case.full[0], clock, lookSeconds: lookSeconds, rate: rate)
      watch.look(at: .everything(of: trainer.network), isTraining: true)
      let metrics = try #require(trainer.advance(parallel: Parallel(threads: 1)))
      var count = 0
      for _ in 0..<40_000 {
        clock.trained += 0.010
        watch.stepped(metrics, seconds: 0.010, isTraining: true)
        if watch.takeNews().report != nil { count += 1 }
      }
      return (count, watch.spentSeconds)
    }
    let (all, half) = (try reports(rate: 1), try reports(rate: 0.5))
    #expect(abs(Double(half.count) / Double(all.count) - 0.5) < 0.05)
    #expect(half.spent < 0.55 * all.spent)
  }

  @Test("Questions that change all the time get one answer early, not all")
  func scrolling() throws {
    let clock = TestClock()
    let (trainer, watch) = try watched(Case.full[0], clock, lookSeconds: 0.004)
    let metrics = try #require(trainer.advance(parallel: Parallel(threads: 1)))
    var answered: [[Int]] = []
    func request(_ unit: Int) -> FeatureRequest {
      FeatureRequest(maps: [.init(layer: 2, part: .activation, units: [unit], points: [8, 8])])
    }
    watch.stepped(metrics, seconds: 0, isTraining: true)
    for step in 0..<2_000 {
      watch.look(at: request(step % 24), isTraining: true)
      clock.trained += 0.010
      watch.stepped(metrics, seconds: 0.010, isTraining: true)
      answered += watch.takeNews().report.map { [$0.answers.flatMap(\.map.units)] } ?? []
      if step == 0 { #expect(answered == [[0]]) }
    }
    #expect(answered.count > 20 && answered.allSatisfy { $0.count == 1 })
    #expect(watch.spentSeconds <= FeatureWatch.share * clock.trained + 0.010)
    // The newest is answered once there is time for it.
    for _ in 0..<100 {
      clock.trained += 0.010
      watch.stepped(metrics, seconds: 0.010, isTraining: true)
    }
    #expect(watch.takeNews().report?.answers.map(\.map.units) == [[1_999 % 24]])
  }

  @Test("A real run keeps to its share", arguments: Case.full + Case.miniBatches)
  func run(_ subject: Case) throws {
    var configuration = subject.configuration
    configuration.steps = 100_000_000
    let run = Run(id: RunID(1), trainer: try Trainer(configuration, signal: pattern([64, 64])), paused: false, threads: 2)
    defer { run.end() }
    run.ask(.features(.everything(of: run.trainer.network, points: 40)))
    var (first, largest): (Double?, Double) = (nil, 0)
    let begin = run.turn.workedSeconds
    func worked() -> Double { run.turn.workedSeconds - begin }
    // However long other work keeps the processor from it: a second at least, and until there was a second look.
    while worked() < 1 || (run.features.spentSeconds <= first ?? .infinity && worked() < 60) {
      let before = run.features.spentSeconds
      run.turn.grant(seconds: 0.010)
      if first != nil { largest = max(largest, run.features.spentSeconds - before) }
      if first == nil, run.features.takeNews().report != nil { first = run.features.spentSeconds }
    }
    let trained = try #require(run.snapshot(share: 1)).trainedSeconds
    #expect(try #require(first) > 0 && run.features.spentSeconds > first ?? 0)
    // The first comes at once, and one of each kind may be dearer than the ones before, by which it was judged: that is owed.
    #expect(run.features.spentSeconds <= FeatureWatch.share * trained + run.features.owedSeconds + 1e-9)
    #expect(run.features.owedSeconds <= (first ?? 0) + 3 * largest)
  }

  @Test("Layers worked out sample by sample get a coarser lattice where time is short")
  func lattices() throws {
    let clock = TestClock()
    let (_, watch) = try watched(Case.full[2], clock, lookSeconds: 0.004)
    let maps = [FeatureRequest.Maps(layer: 1, part: .activation, units: [0, 1], points: [32, 32])]
    watch.look(at: FeatureRequest(maps: maps), isTraining: true)
    #expect(watch.takeNews().report?.answers[0].map.shape == [32, 32])
    // 0.7 s for all points: in 15 ms a seventh of them an axis.
    let (slow, slowWatch) = try watched(Case.full[2], clock, lookSeconds: 1.4)
    slowWatch.look(at: FeatureRequest(maps: maps), isTraining: true)
    _ = slowWatch.takeNews()
    let metrics = try #require(slow.advance(parallel: Parallel(threads: 1)))
    for _ in 0..<40_000 {
      clock.trained += 0.010
      slowWatch.stepped(metrics, seconds: 0.010, isTraining: true)
    }
    let coarse = try #require(slowWatch.takeNews().report?.answers[0].map.shape)
    #expect(coarse[0] < 8 && coarse[0] > 1)
    slowWatch.lookAtAll()
    #expect(slowWatch.takeNews().report?.answers[0].map.shape == [32, 32])
  }
}
