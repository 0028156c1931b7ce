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
    // Three parts at once; then as much is saved up as they take together.
    var parts = TimeAllowance()
    parts.spend(0.030, times: 3)
    #expect(abs((parts.cost ?? 0) - 0.010) < 1e-12 && abs(parts.balance + 0.030) < 1e-12)
    parts.earn(5, times: 3)
    #expect(abs(parts.balance - 0.030) < 1e-12)
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
    // It is made use of where looks are dear; cheap ones come no more often than anybody can look: of maps, of truncations and
    // of the ranking.
    if lookSeconds >= 0.05 { #expect(watch.spentSeconds > 0.7 * FeatureWatch.share * clock.trained) }
    #expect(Double(reports) < Double(30 + 15 + 1) * (clock.trained + clock.worked))
  }

  /// The steps at which maps of layers were looked at, by layer, of four groups whose looks take 1, 2, 3 and 10 times as long.
  private func looks(_ clock: TestClock, seconds: Double, company: Int = 0) throws -> (steps: [Int: [Int]], watch: FeatureWatch) {
    var configuration = Case.full[0].configuration
    (configuration.bases, configuration.layers) = (try Bases(argument: "4,2,2,2"), 4)
    let trainer = try Trainer(configuration, signal: picture)
    let costs: [Double] = [1, 2, 3, 10]
    var calls = -6
    let watch = FeatureWatch(
      trainer, parallel: Parallel(threads: 1),
      clock: {
        // Before a look, before each group and after the look, which took the time; the first look is at all four.
        if calls == -1 { clock.worked += seconds * 16 } else if calls > 0, calls % 3 == 2 { clock.worked += seconds * costs[calls / 3 % 4] }
        calls += 1
        return clock.worked
      }, now: { clock.worked + clock.trained })
    watch.company = company
    let maps = (0..<4).map { FeatureRequest.Maps(layer: $0, part: .activation, units: [0], points: [4, 4]) }
    watch.look(at: FeatureRequest(maps: maps), isTraining: true)
    var steps: [Int: [Int]] = [:]
    var known = try #require(watch.takeNews().report).answers.map(\.step)
    for _ in 0..<2_000 {
      let metrics = try #require(trainer.advance(parallel: Parallel(threads: 1)))
      clock.trained += 0.010
      watch.stepped(metrics, seconds: 0.010, isTraining: true)
      guard let report = watch.takeNews().report else { continue }
      for (layer, answer) in report.answers.enumerated() where answer.step != known[layer] { steps[layer, default: []].append(answer.step) }
      #expect(report.answers.map(\.request) == maps && report.answers.contains { $0.step == trainer.step })
      known = report.answers.map(\.step)
    }
    return (steps, watch)
  }

  @Test("Where time is short layers are looked at one after another, at even distances however their costs differ")
  func oneAfterAnother() throws {
    let clock = TestClock()
    let (steps, watch) = try looks(clock, seconds: 0.0005)
    let order = steps.flatMap { layer, steps in steps.map { (step: $0, layer: layer) } }.sorted { $0.step < $1.step }
    // 0.16 ms of a step's 10 ms; four looks take 8 ms.
    #expect(order.count > 120 && abs(watch.spentSeconds / (FeatureWatch.share * clock.trained) - 1) < 0.1)
    for (one, next) in zip(order, order.dropFirst()) { #expect(next.layer == (one.layer + 1) % 4) }
    // The first look has told what all take together, and no more.
    let gaps = zip(order, order.dropFirst()).map { $1.step - $0.step }.dropFirst(16)
    #expect(try #require(gaps.max()) <= 2 * #require(gaps.min()), "\(gaps)")
  }

  @Test("Beside others that nobody looks at, looks have their share of the time of all")
  func company() throws {
    let clock = TestClock()
    let (steps, watch) = try looks(clock, seconds: 0.002, company: 7)
    let share = watch.spentSeconds / clock.trained
    #expect(share > 7 * FeatureWatch.share && share <= 8 * FeatureWatch.share + 0.032 / clock.trained)
    #expect(Set(steps.keys) == [0, 1, 2, 3])
  }

  @Test("Where there is time for all, every map is looked at some twenty times a second, and not more")
  func plenty() throws {
    let clock = TestClock()
    let (steps, _) = try looks(clock, seconds: 0.00001, company: 7)
    for layer in 0..<4 {
      let rate = Double(steps[layer]?.count ?? 0) / (clock.trained + clock.worked)
      #expect(rate > 15 && rate <= 20)
    }
  }

  @Test("At half the rate looks have half of the time and come half as often", arguments: [0.0001, 0.05])
  func halfRate(lookSeconds: Double) throws {
    func reports(rate: Double) throws -> (count: Int, spent: Double) {
      let clock = TestClock()
      let (trainer, watch) = try watched(Case.full[0], clock, lookSeconds: lookSeconds, rate: rate)
      watch.look(at: .everything(of: trainer.network), isTraining: true)
      let metrics = try #require(trainer.advance(parallel: Parallel(threads: 1)))
      var count = 0
      // Steps shorter than what lies between looks.
      let seconds = min(0.010, 10 * lookSeconds)
      for _ in 0..<40_000 {
        clock.trained += seconds
        watch.stepped(metrics, seconds: seconds, isTraining: true)
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
