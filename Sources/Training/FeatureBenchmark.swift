import Networks
import Signals

/// How much looks at features slow training: two runs of the same model, of which one is looked at, take turns, so that
/// a slow moment of the machine meets both.
public struct FeatureBenchmark: Encodable, Sendable {
  public struct Model: Encodable, Sendable {
    public let name: String
    /// Of the run that nobody looks at, per second of its work.
    public let steps_per_second: Double
    /// `1 − v/v₀` of the two runs' steps a second of work, pair by pair of half a second each: mean of the middle half
    /// of all pairs, and the quartiles around it.
    public let slowdown: Double
    public let slowdown_quarter: Double
    public let slowdown_three_quarters: Double
    /// What the run itself counted as spent on looks, as a part of its time in steps.
    public let share: Double
    /// Looks at maps a second of work.
    public let reports_per_second: Double
  }

  public let threads: Int
  public let rounds: Int
  public let models: [Model]

  private static let subjects = ["asmr", "siren", "kilonerf", "loe", "hashgrid"]
  /// Of a run's work in a pair, and pairs of a round.
  private static let pairSeconds = 0.5, pairs = 4
  /// Until what was taken early is paid back.
  private static let warmUpSeconds = 4.0

  /// - Parameter progress: told what is being measured.
  public static func run(threads: Int, rounds: Int, progress: (String) -> Void) throws(ConfigurationError) -> FeatureBenchmark {
    let size = 512
    let signal = Signal(shape: [size, size], channels: 1, samples: Benchmark.pattern(size))
    var models: [Model] = []
    for subject in subjects {
      progress("features of \(subject)")
      var configuration = try RunSpecification.configuration(subject)
      configuration.steps = 100_000_000
      let pair = try (0..<2).map { number throws(ConfigurationError) in
        Run(id: RunID(number), trainer: try Trainer(configuration, signal: signal), paused: false, threads: threads)
      }
      defer { for run in pair { run.end() } }
      pair[1].ask(.features(typicalRequest(pair[1].trainer.network)))
      _ = interleave(pair, seconds: warmUpSeconds)
      let spent = (looks: pair[1].features.spentSeconds, trained: pair[1].trainedSeconds)
      var all = [Tally(), Tally()]
      var slowdowns: [Double] = []
      for _ in 0..<rounds * pairs {
        let tallies = interleave(pair, seconds: pairSeconds)
        slowdowns.append(1 - tallies[1].rate / tallies[0].rate)
        for index in all.indices { all[index].add(tallies[index]) }
      }
      slowdowns.sort()
      let quarter = slowdowns.count / 4
      let middle = slowdowns[quarter..<slowdowns.count - quarter]
      models.append(
        Model(
          name: pair[0].trainer.configuration.label, steps_per_second: all[0].rate,
          slowdown: middle.reduce(0, +) / Double(middle.count), slowdown_quarter: middle.first ?? 0,
          slowdown_three_quarters: middle.last ?? 0,
          share: (pair[1].features.spentSeconds - spent.looks) / max(pair[1].trainedSeconds - spent.trained, 1e-9),
          reports_per_second: Double(all[1].reports) / max(all[1].seconds, 1e-9)))
    }
    return FeatureBenchmark(threads: threads, rounds: rounds, models: models)
  }

  private struct Tally {
    var steps = 0
    var seconds = 0.0
    var reports = 0
    var rate: Double { Double(steps) / max(seconds, 1e-9) }

    mutating func add(_ other: Tally) {
      steps += other.steps
      seconds += other.seconds
      reports += other.reports
    }
  }

  /// Turns as the engine gives them, until every run has worked so long.
  private static func interleave(_ runs: [Run], seconds: Double) -> [Tally] {
    var tallies = runs.map { _ in Tally() }
    while tallies.contains(where: { $0.seconds < seconds }) {
      for (index, run) in runs.enumerated() where tallies[index].seconds <= tallies.map(\.seconds).min() ?? 0 {
        let before = (run.turn.workedSeconds, run.trainer.step)
        run.turn.grant(seconds: TurnSchedule.turnSeconds)
        tallies[index].seconds += run.turn.workedSeconds - before.0
        tallies[index].steps += run.trainer.step - before.1
        if run.snapshot(share: 0.5)?.features != nil { tallies[index].reports += 1 }
      }
    }
    return tallies
  }

  /// What a screen asks for: four layers with eight units each at 96×96 points, what coarser levels make of the picture,
  /// and the units' order.
  static func typicalRequest(_ network: any Network) -> FeatureRequest {
    let layers = network.featureLayers
    let active = layers.indices.filter { layers[$0].parts.contains(.activation) }
    let chosen = active.count <= 4 ? active : (0..<4).map { active[$0 * (active.count - 1) / 3] }
    let maps = chosen.map { layer in
      FeatureRequest.Maps(
        layer: layer, part: .activation, units: Array(0..<min(8, layers[layer].units)), points: [96, 96])
    }
    return FeatureRequest(
      maps: maps, ranking: active.last.map { FeatureRequest.Ranking(layer: $0, part: .activation, order: .activity) },
      truncation: network.truncationLevels > 0
        ? FeatureRequest.Truncation(level: network.truncationLevels / 2, points: [192, 192]) : nil)
  }
}
