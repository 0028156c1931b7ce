import Canvas
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Networks
@testable import Training

/// A run whose network is looked into, with answers made by hand.
struct FeaturesFixture {
  var state: ExplorerState
  /// Of every run's network.
  var layers: [FeatureLayer]
  var levels: Int
  var channels = 1

  /// ASMR [4,4,4,8] on 512×512.
  static let asmr: [FeatureLayer] = [4, 16, 64, 512].enumerated().map { level, side in
    FeatureLayer(
      title: "level \(level)", shape: [side, side], isPerSample: false, units: level == 0 ? 2 : 256,
      parts: [.activation] + (level > 0 ? [.coarse, .modulation, .sum] : []) + (level == 3 ? [.contribution(channel: 0)] : []))
  }

  static let siren: [FeatureLayer] = (1...3).map {
    FeatureLayer(
      title: "layer \($0)", shape: [512, 512], isPerSample: true, units: 256,
      parts: [.activation] + ($0 == 3 ? [.contribution(channel: 0)] : []))
  }

  static let kiloNeRF: [FeatureLayer] =
    (1...2).map {
      FeatureLayer(title: "layer \($0)", shape: [512, 512], isPerSample: true, units: 16, parts: [.activation, .tile])
    }
    + (1...3).map {
      FeatureLayer(
        title: $0 == 3 ? "tiles of the head" : "tiles of layer \($0)", shape: [16, 16], isPerSample: false,
        units: $0 == 3 ? 1 : 16, parts: [.weightNorm, .bias, .meanBias])
    }

  static let hashGrid: [FeatureLayer] =
    (0..<8).map {
      FeatureLayer(title: "grid level \($0)", shape: [512, 512], isPerSample: true, units: 2, parts: [.activation])
    }
    + (0..<8).map {
      let side = [17, 24, 36, 53, 79, 117, 173][min($0, 6)]
      return FeatureLayer(
        title: "table of grid level \($0)", shape: $0 == 7 ? [128, 256] : [side, side], isPerSample: false, units: 2,
        parts: $0 == 7 ? [.table, .occupancy, .collisions] : [.table])
    }
    + (1...2).map {
      FeatureLayer(title: "layer \($0)", shape: [512, 512], isPerSample: true, units: 64, parts: [.activation])
    }

  init(
    _ layers: [FeatureLayer] = Self.asmr, levels: Int? = nil, width: Int = 120, height: Int = 40, runs: Int = 1,
    glyphs: Glyphs = .unicode, keys: String = "", isAnswered: Bool = true
  ) throws {
    let configurations = try (0..<runs).map { index in
      try Fixture.configuration { $0.model = index % 2 == 0 ? .asmr : .siren }
    }
    state = try ExplorerState(
      subject: Fixture.subject(), configurations: configurations, width: width, height: height, glyphs: glyphs,
      themes: [.builtIn])
    self.layers = layers
    self.levels = levels ?? (layers.first?.title == "level 0" ? layers.count : layers.first?.title == "grid level 0" ? 8 : 0)
    _ = state.begin()
    for run in state.runs {
      let metrics = StepMetrics(step: 412, loss: 1e-3, psnr: 29.84, isEstimate: false, seconds: 1)
      let snapshot = Snapshot(
        run: run.id, configuration: run.configuration, cost: run.cost, flopPerStep: 1e9, state: .training, step: 412,
        trainedSeconds: 5, elapsedSeconds: 6, stepsPerSecond: 70, learningRate: 1e-3, best: nil, similarity: nil,
        generation: 0, metrics: [metrics], preview: nil, evaluation: nil, notices: [])
      _ = state.update(.snapshots([snapshot]))
    }
    _ = state.press("5")
    guard isAnswered else { return }
    // The layers first, then what of them is in sight.
    answer()
    answer()
    for key in keys {
      _ = state.press("\(key)")
      answer()
    }
  }

  /// A unit's value at a place of its layer's grid: waves of sixteenths, of either sign unless the part has none.
  static func value(_ maps: FeatureRequest.Maps, unit: Int, row: Int, column: Int) -> Float {
    let wave = (row * (unit % 3 + 1) + column * (maps.layer + 1) + 5 * unit) % 33
    return maps.part.isSigned == false ? Float(wave) : Float(wave - 16) / 16
  }

  func answer(to maps: FeatureRequest.Maps, step: Int = 412) -> FeatureReport.Answer {
    let ranges = maps.crop ?? layers[maps.layer].shape.map { 0..<$0 }
    let lattice = SampleLattice(ranges, counts: maps.points)
    let units = maps.part.isPerUnit ? maps.units : [0]
    var values: [Float] = []
    for unit in units {
      for row in lattice.positions(axis: 0) {
        for column in lattice.positions(axis: 1) {
          values.append(Self.value(maps, unit: unit, row: row, column: column))
        }
      }
    }
    let map = FeatureMap(shape: lattice.counts, units: units, values: values)
    return FeatureReport.Answer(request: maps, map: map, statistics: map.statistics, step: step)
  }

  func report(for request: FeatureRequest, step: Int = 412) -> FeatureReport {
    let truncated = request.truncation.map { truncation in
      let lattice = SampleLattice(truncation.crop ?? [0..<512, 0..<512], counts: truncation.points)
      return FeatureReport.Truncated(
        request: truncation,
        picture: Signal(shape: lattice.counts, channels: 1, samples: [Float](repeating: 0.5, count: lattice.count)),
        psnr: (0..<levels).map { [11.52, 16.04, 21.75, 29.84, 30.5, 31, 31.25, 31.3][$0] },
        isExact: lattice.counts == [512, 512])
    }
    let maps = request.maps.filter { layers.indices.contains($0.layer) && layers[$0.layer].parts.contains($0.part) }
    return FeatureReport(
      step: step, layers: layers, truncationLevels: levels, request: request, answers: maps.map { answer(to: $0, step: step) },
      ranking: request.ranking.map { Array((0..<layers[$0.layer].units).reversed()) }, truncated: truncated)
  }

  /// The selected run tells what it was asked.
  mutating func answer(step: Int = 412) {
    guard let request = state.run.featureRequest else { return }
    _ = state.absorb(report(for: request, step: step), frames: [], of: state.run.id)
    state.settleFeatures()
  }

  /// The selected run goes on: the maps of some of its layers are others now.
  ///
  /// - Parameter value: what a map's values become.
  mutating func goOn(step: Int, in layers: some Collection<Int>, generation: Int = 0, value: (Float) -> Float) {
    guard var report = state.run.features else { return }
    report.step = step
    for index in report.answers.indices where layers.contains(report.answers[index].request.layer) {
      let map = report.answers[index].map
      let moved = FeatureMap(shape: map.shape, units: map.units, values: map.values.map(value))
      report.answers[index] = FeatureReport.Answer(
        request: report.answers[index].request, map: moved, statistics: moved.statistics, step: step)
    }
    var snapshot = Fixture.snapshot(of: state, step: step, generation: generation)
    snapshot.features = report
    _ = state.update(.snapshots([snapshot]))
    // As the program does before anything is drawn.
    tick(state.now)
  }

  /// The recorded run tells frames of these steps.
  @discardableResult
  mutating func record(_ steps: [Int]) -> [Effect] {
    guard let timeLapse = state.features.timeLapse else { return [] }
    let frames = steps.map { step in
      FeatureFrame(
        step: step, psnr: step > 0 ? 10 + Double(step) / 16 : nil, answers: timeLapse.recording.maps.map { answer(to: $0, step: step) })
    }
    return state.absorb(nil, frames: frames, of: timeLapse.run)
  }

  mutating func press(_ keys: Key...) -> [Effect] { keys.flatMap { state.update(.key($0)) } }
  mutating func mouse(_ kind: MouseEvent.Kind, _ x: Int, _ y: Int) -> [Effect] {
    state.update(.mouse(MouseEvent(kind, x: x, y: y)))
  }
  mutating func tick(_ now: Double) { _ = state.update(.tick(now: now, residentBytes: 61_000_000)) }

  func layout() throws -> FeaturesLayout { try #require(state.featuresLayout) }
  var request: FeatureRequest? { state.run.featureRequest }
}
