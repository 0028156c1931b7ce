import Kernels
import Networks
import Signals
import Testing

@testable import Training

/// Looks at the features of runs, by what the engine tells.
@Suite struct FeatureLookTests {
  private let id = RunID(1), fork = RunID(2)
  private let picture = pattern([32, 32])
  private static let endless = 100_000_000

  private func endless(_ subject: Case) -> RunConfiguration {
    var configuration = subject.configuration
    configuration.steps = Self.endless
    return configuration
  }

  /// Whether there was no time for all points. Tiles' errors, too, are of fewer samples then, and their maps do not show it.
  private func isHurried(_ report: FeatureReport) -> Bool {
    report.answers.contains { answer in
      let shape = report.layers[answer.request.layer].shape
      return answer.request.crop == nil && answer.map.shape != zip(shape, answer.request.points).map { min($0, $1) }
    }
  }

  /// Those of its answers that are of the trainer's step.
  private func expectSame(_ report: FeatureReport, as trainer: Trainer, isHurried: Bool = false) {
    #expect(report.layers == trainer.network.featureLayers)
    for answer in report.answers where answer.step == trainer.step && (answer.request.part != .error || !isHurried) {
      let map = trainer.directly(answer)
      #expect(answer.map == map)
      #expect(answer.statistics == map.statistics)
    }
  }

  @Test("While it trains, reports come of the parameters at their step", arguments: Case.full + Case.miniBatches)
  func whileTraining(_ subject: Case) throws {
    let configuration = endless(subject)
    let watcher = Watcher()
    let request = FeatureRequest.everything(of: try Trainer(configuration, signal: picture).network)
    watcher.engine.send(.add(id, configuration, picture, paused: false))
    watcher.engine.send(.features(id, request))
    try watcher.wait(for: id, "looked at three times") { _ in
      (watcher.features[id] ?? []).count { $0.step > 0 && $0.truncated != nil || request.truncation == nil } >= 3
    }
    let reports = try #require(watcher.features[id])
    #expect(reports.map(\.step) == reports.map(\.step).sorted())
    for report in reports {
      #expect(report.request == request && report.answers.map(\.request) == request.maps)
      #expect(report.answers.allSatisfy { answer in zip(answer.map.shape, answer.request.points).allSatisfy { $0 <= $1 } })
      // Layers are looked at one after another.
      #expect(report.answers.map(\.step).max() == report.step)
    }
    for (before, after) in zip(reports, reports.dropFirst()) {
      #expect(zip(before.answers, after.answers).allSatisfy { $0.step <= $1.step })
    }
    let trainer = try Trainer(configuration, signal: picture)
    for step in Set(reports.flatMap { $0.answers.map(\.step) }).sorted() {
      while trainer.step < step { _ = trainer.advance(parallel: Parallel(threads: 2)) }
      for report in reports { expectSame(report, as: trainer, isHurried: reports.contains(where: isHurried)) }
    }
    // The ranking and the truncation have rhythms of their own.
    let last = try #require(reports.last)
    let ranked = try Trainer.plain(configuration, picture, steps: try #require(last.rankingStep))
    let (layer, part) = (try #require(request.ranking).layer, FeaturePart.activation)
    let units = Array(0..<last.layers[layer].units)
    #expect(last.ranking?.sorted() == units)
    let compared = ranked.network.features(
      layer, part, units: units, lattice: SampleLattice([0..<32, 0..<32], counts: [20, 20]),
      parallel: Parallel(threads: 1))
    #expect(last.ranking == compared.mostActive)
    guard let truncated = last.truncated else { return }
    let rebuilt = try Trainer.plain(configuration, picture, steps: truncated.step)
    #expect(truncated.psnr.count == last.truncationLevels && !truncated.isExact)
    let lattice = SampleLattice([0..<32, 0..<32], counts: truncated.picture.shape)
    let points = lattice.rasterIndices(of: [32, 32]).map(Int.init)
    let target = Signal(shape: lattice.counts, channels: 1, samples: points.map { picture.samples[$0] })
    for level in 0..<last.truncationLevels {
      let values = points.map { rebuilt.truncated(level: level).picture.samples[$0] }
      let part = Signal(shape: lattice.counts, channels: 1, samples: values)
      #expect(isClose(truncated.psnr[level], plainPSNR(part, target), 1e-4))
      // Every number of levels has its picture at once: a slider does not wait for the next look.
      let shown = try #require(truncated.picture(level: level))
      #expect(zip(shown.samples, values).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test("A run that stands answers every question at once, over all samples", arguments: Case.full + Case.miniBatches)
  func paused(_ subject: Case) throws {
    let watcher = Watcher()
    watcher.engine.send(.add(id, subject.configuration, picture, paused: true))
    for _ in 0..<3 { watcher.engine.send(.singleStep(id)) }
    try watcher.wait(for: id, "at step 3") { $0.step == 3 }
    let trainer = try Trainer.plain(subject.configuration, picture, steps: 3)
    let last = trainer.network.featureLayers.lastIndex { $0.units > 2 && $0.parts[0].isPerUnit } ?? 0
    for unit in 0..<4 {
      var request = FeatureRequest.everything(of: trainer.network, points: 24 + unit, order: .difference)
      request.maps.append(.init(layer: last, part: .activation, units: [unit], points: [500, 500], crop: [4..<20, 0..<32]))
      watcher.engine.send(.features(id, request))
      let report = try #require(
        try watcher.wait(for: id, "answered") { $0.features?.request == request }.features)
      #expect(report.step == 3 && report.rankingStep == 3 && report.answers.allSatisfy { $0.step == 3 })
      // Units are compared at every point of so small a picture.
      let ranking = try #require(request.ranking)
      let layer = trainer.network.featureLayers[ranking.layer]
      let all = trainer.network.features(ranking.layer, ranking.part, units: Array(0..<layer.units), parallel: Parallel(threads: 1))
      #expect(report.ranking == all.mostDifferent)
      // Nobody waits: as fine as was asked for.
      #expect(report.answers.last?.map.shape == [16, 32])
      expectSame(report, as: trainer)
      guard let truncated = report.truncated else { continue }
      #expect(truncated.isExact && truncated.picture.shape == [24 + unit, 26 + unit])
      for (level, psnr) in truncated.psnr.enumerated() {
        #expect(isClose(psnr, trainer.truncated(level: level).psnr, 1e-5))
      }
    }
    // Single steps are looked at as they come, and so is the end.
    watcher.engine.send(.singleStep(id))
    let next = try watcher.wait(for: id, "a step further") { $0.features?.step == 4 }
    #expect(next.features?.answers.allSatisfy { $0.step == 4 } == true)
    expectSame(try #require(next.features), as: try Trainer.plain(subject.configuration, picture, steps: 4))
    watcher.engine.send(.resume(id))
    let end = try watcher.wait(for: id, "at its end") { $0.hasEnded && watcher.features[id]?.last?.step == $0.step }
    let final = try #require(watcher.features[id]?.last)
    #expect(end.step == 20 && final.truncated.map(\.isExact) != false && final.answers.allSatisfy { $0.step == 20 })
    expectSame(final, as: try Trainer.plain(subject.configuration, picture, steps: 20))
  }

  @Test("The layers alone can be asked for; nothing more comes once nobody looks")
  func layersAlone() throws {
    let watcher = Watcher()
    watcher.engine.send(.add(id, small { $0.steps = Self.endless }, picture, paused: false))
    watcher.engine.send(.features(id, FeatureRequest()))
    let report = try #require(try watcher.wait(for: id, "answered") { $0.features != nil }.features)
    #expect(report.layers.map(\.title) == ["level 0", "level 1", "level 2"] && report.truncationLevels == 3)
    #expect(report.answers.isEmpty && report.ranking == nil && report.truncated == nil)
    let step = try #require(watcher.latest[id]).step
    try watcher.wait(for: id, "further") { $0.step > step + 50 }
    #expect(watcher.features[id]?.count == 1)
    watcher.engine.send(.features(id, .everything(of: try Trainer(small(), signal: picture).network)))
    try watcher.wait(for: id, "looked at") { _ in (watcher.features[id] ?? []).count > 2 }
    watcher.engine.send(.features(id, nil))
    watcher.engine.send(.pause(id))
    try watcher.wait(for: id, "paused") { $0.state == .paused }
    let count = watcher.features[id]?.count
    watcher.engine.send(.singleStep(id))
    watcher.engine.send(.stop(id))
    try watcher.waitForEnd(id)
    #expect(watcher.features[id]?.count == count)
  }

  @Test("An edit to another model leaves out what that one does not have", arguments: [true, false])
  func edits(isPaused: Bool) throws {
    let watcher = Watcher()
    let configuration = small { $0.steps = Self.endless }
    let request = FeatureRequest(
      maps: [
        .init(layer: 2, part: .sum, units: [1, 2], points: [16, 16]),
        .init(layer: 1, part: .activation, units: [3, 23], points: [8, 8]),
      ], ranking: .init(layer: 2, part: .modulation, order: .activity), truncation: .init(level: 2, points: [16, 16]))
    watcher.engine.send(.add(id, configuration, picture, paused: isPaused))
    watcher.engine.send(.features(id, request))
    try watcher.wait(for: id, "looked at") { _ in watcher.features[id]?.last?.request == request }
    // SIREN has no level 2, no levels to leave out, and 8 units here.
    let narrow = small { ($0.model, $0.hidden, $0.steps) = (.siren, 8, Self.endless) }
    watcher.engine.send(.configure(id, narrow))
    try watcher.wait(for: id, "another") { $0.generation == 1 && watcher.features[id]?.isEmpty == false }
    for report in try #require(watcher.features[id]) {
      #expect(report.layers.map(\.title) == ["layer 1", "layer 2"] && report.truncationLevels == 0)
      #expect(report.request.maps == [.init(layer: 1, part: .activation, units: [3], points: [8, 8])])
      #expect(report.request.ranking == nil && report.request.truncation == nil)
      #expect(report.ranking == nil && report.truncated == nil && report.answers.map(\.map.units) == [[3]])
    }
    // What was asked for is not forgotten.
    watcher.engine.send(.configure(id, configuration))
    try watcher.wait(for: id, "back") { $0.generation == 2 && watcher.features[id]?.last?.request == request }
  }

  @Test("Questions that make no sense are left out, never answered wrongly")
  func nonsense() throws {
    let layers = try Trainer(small(), signal: picture).network.featureLayers
    typealias Maps = FeatureRequest.Maps
    let nonsense: [Maps] = [
      Maps(layer: -1, part: .activation, units: [0], points: [4, 4]), Maps(layer: 3, part: .activation, units: [0], points: [4, 4]),
      Maps(layer: 0, part: .sum, units: [0], points: [4, 4]), Maps(layer: 1, part: .activation, units: [24, -1], points: [4, 4]),
      Maps(layer: 1, part: .activation, units: [0], points: [4]), Maps(layer: 1, part: .activation, units: [0], points: [4, 4], crop: [0..<99, 0..<4]),
      Maps(layer: 1, part: .activation, units: [0], points: [4, 4], crop: [2..<2, 0..<4]), Maps(layer: 1, part: .tile, units: [], points: [4, 4]),
      Maps(layer: 2, part: .contribution(channel: 1), units: [0], points: [4, 4]), Maps(layer: 1, part: .activation, units: [], points: [4, 4]),
    ]
    let sense = Maps(layer: 2, part: .contribution(channel: 0), units: [0], points: [0, 99_999], crop: [1..<3, 0..<4])
    let request = FeatureRequest(
      maps: nonsense + [sense], ranking: .init(layer: 2, part: .tile, order: .activity), truncation: .init(level: 3, points: [4, 4]))
    #expect(request.fitted(to: layers, truncationLevels: 3, shape: [32, 32]) == FeatureRequest(maps: [sense]))
    let watcher = Watcher()
    watcher.engine.send(.add(id, small(), picture, paused: true))
    watcher.engine.send(.features(id, request))
    let report = try #require(try watcher.wait(for: id, "answered") { $0.features != nil }.features)
    #expect(report.request.maps == [sense] && report.answers.map(\.map.shape) == [[1, 4]])
  }

  @Test("A fork is looked at once it is asked, also when that is said before it is there")
  func forks() throws {
    let watcher = Watcher()
    let configuration = small { ($0.model, $0.hidden, $0.layers, $0.steps) = (.siren, 128, 5, Self.endless) }
    let large = pattern([192, 192])
    watcher.engine.send(.add(id, configuration, large, paused: false))
    try watcher.wait(for: id, "at its first step") { $0.step >= 1 }
    let request = FeatureRequest(maps: [.init(layer: 3, part: .activation, units: [5, 2], points: [12, 12])])
    watcher.engine.send(.fork(fork, from: id))
    watcher.engine.send(.features(fork, request))
    watcher.engine.send(.record(fork, FeatureRecording(maps: request.maps, steps: .every(1))))
    watcher.engine.send(.remove(id))
    try watcher.wait(for: fork, "looked at") { _ in (watcher.features[fork] ?? []).count >= 2 && watcher.frames[fork]?.count ?? 0 >= 2 }
    #expect(watcher.features[id] == nil || watcher.features[id] == [])
    let frames = try #require(watcher.frames[fork])
    #expect(frames.map(\.step) == Array(frames[0].step..<frames[0].step + frames.count) && frames[0].step >= 1)
  }

  @Test("With looks and recordings a run comes to the same bits, at any number of threads", arguments: Case.full + Case.miniBatches)
  func leavesNoTrace(_ subject: Case) throws {
    let folder = try TemporaryFolder()
    func file(threads: Int, isWatched: Bool) throws -> [UInt8] {
      let watcher = Watcher(threads: threads)
      watcher.engine.send(.add(id, subject.configuration, picture, paused: true))
      if isWatched {
        let request = FeatureRequest.everything(of: try Trainer(subject.configuration, signal: picture).network)
        watcher.engine.send(.features(id, request))
        watcher.engine.send(.record(id, FeatureRecording(maps: request.maps, steps: .every(3))))
        watcher.engine.send(.singleStep(id))
      }
      watcher.engine.send(.resume(id))
      try watcher.waitForEnd(id)
      if isWatched {
        #expect(watcher.frames[id]?.map(\.step) == [0, 3, 6, 9, 12, 15, 18])
        #expect(watcher.features[id]?.last?.step == 20)
      }
      return try watcher.saved(id, in: folder)
    }
    let quiet = try file(threads: 2, isWatched: false)
    for threads in 1...3 { #expect(try file(threads: threads, isWatched: true) == quiet) }
  }
}
