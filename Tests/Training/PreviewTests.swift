import Kernels
import Networks
import Signals
import Testing

@testable import Training

@Suite struct PreviewTests {
  private let id = RunID(1)

  /// Largest absolute difference; infinite when the shapes differ.
  private func distance(_ a: Signal, _ b: Signal) -> Float {
    guard a.shape == b.shape, a.channels == b.channels else { return .infinity }
    return zip(a.samples, b.samples).map { abs($0 - $1) }.max() ?? 0
  }

  /// `|y − t|`, mean over the channels.
  private func errorMap(_ y: Signal, _ t: Signal) -> Signal {
    let samples = (0..<t.sampleCount).map { sample in
      (0..<t.channels).reduce(Float(0)) { $0 + abs(y.samples[sample * t.channels + $1] - t.samples[sample * t.channels + $1]) }
        / Float(t.channels)
    }
    return Signal(shape: t.shape, channels: 1, samples: samples)
  }

  @Test("A full batch's preview is the area-filtered evaluation of that step", arguments: Case.full, [[32, 32], [37, 41]])
  func fullBatch(_ subject: Case, _ shape: [Int]) throws {
    for channels in [1, 2, 3] {
      let signal = pattern(shape, channels: channels)
      var configuration = subject.configuration
      configuration.learningRate = 1e-2
      let watcher = Watcher()
      watcher.engine.send(.add(id, configuration, signal, paused: true))
      watcher.engine.send(.preview(id, PreviewRequest(rows: 10, columns: 13, includesError: true)))
      try watcher.wait(for: id, "shown") { _ in watcher.previews[id]?.isEmpty == false }
      for step in 1...4 {
        watcher.engine.send(.singleStep(id))
        try watcher.wait(for: id, "at step \(step)") { $0.step == step }
      }
      // As the run stands, by an evaluation.
      #expect(watcher.previews[id]?.map(\.step) == [0, 1, 2, 3, 4])
      // Beside training, the steps' own predictions.
      let seen = 5
      watcher.engine.send(.resume(id))
      try watcher.wait(for: id, "drawn while it trains") { $0.hasEnded || (watcher.previews[id]?.count ?? 0) > seen + 1 }
      let trainer = try Trainer(configuration, signal: signal)
      let previews = try #require(watcher.previews[id])
      #expect(previews.count > seen)
      for preview in previews {
        while trainer.step < preview.step { _ = trainer.advance(parallel: Parallel(threads: 1)) }
        let evaluation = trainer.evaluate(parallel: Parallel(threads: 1)).signal
        #expect(distance(preview.picture, evaluation.resized(rows: 10, columns: 13)) < 1e-5)
        let error = try #require(preview.error)
        #expect(distance(error, errorMap(evaluation, signal).resized(rows: 10, columns: 13)) < 1e-5)
      }
      #expect(previews[0].picture != previews[4].picture)
    }
  }

  @Test("A whole picture comes once beside training, every sample computed", arguments: Case.miniBatches)
  func whole(_ subject: Case) throws {
    let watcher = Watcher()
    var configuration = subject.configuration
    configuration.steps = 100_000_000
    let signal = pattern([32, 32])
    watcher.engine.send(.add(id, configuration, signal, paused: false))
    watcher.engine.send(.preview(id, PreviewRequest(rows: 32, columns: 32, isWhole: true)))
    try watcher.wait(for: id, "drawn") { _ in watcher.previews[id]?.isEmpty == false }
    let first = try #require(watcher.latest[id]).step
    try watcher.wait(for: id, "going on") { $0.step > first + 100 }
    let previews = try #require(watcher.previews[id])
    try #require(previews.count == 1 && previews[0].request?.isWhole == true)
    let trainer = try Trainer(configuration, signal: signal)
    while trainer.step < previews[0].step { _ = trainer.advance(parallel: Parallel(threads: 1)) }
    #expect(distance(previews[0].picture, trainer.evaluate(parallel: Parallel(threads: 1)).signal) < 1e-5)
  }

  @Test("At the end the preview is of the final parameters", arguments: Case.full + Case.miniBatches)
  func atTheEnd(_ subject: Case) throws {
    let watcher = Watcher()
    watcher.engine.send(.add(id, subject.configuration, pattern([32, 32]), paused: true))
    watcher.engine.send(.preview(id, PreviewRequest(rows: 8, columns: 16)))
    watcher.engine.send(.resume(id))
    let end = try watcher.waitForEnd(id)
    let last = try #require(watcher.previews[id]?.last)
    #expect(last.step == 20 && last.error == nil)
    #expect(last.picture == end.evaluation?.signal.resized(rows: 8, columns: 16))
  }

  @Test("Pictures come only in sizes that were asked for, none when none was", arguments: Case.full + Case.miniBatches)
  func sizes(_ subject: Case) throws {
    let watcher = Watcher()
    var configuration = subject.configuration
    configuration.steps = 100_000_000
    watcher.engine.send(.add(id, configuration, pattern([32, 32], channels: 3), paused: false))
    try watcher.wait(for: id, "at step 60") { $0.step >= 60 }
    #expect(watcher.previews[id] == nil)
    var seen = 0
    for (rows, columns, error) in [(7, 9, false), (3, 64, true), (32, 32, true), (1, 1, false)] {
      watcher.engine.send(.preview(id, PreviewRequest(rows: rows, columns: columns, includesError: error)))
      // The box may still hold a picture of before the command: the size changes once and for good.
      try watcher.wait(for: id, "shown at \(rows)×\(columns)") { _ in
        (watcher.previews[id] ?? []).dropFirst(seen).contains { $0.picture.shape == [rows, columns] }
      }
      let fresh = (watcher.previews[id] ?? []).dropFirst(seen).drop { $0.picture.shape != [rows, columns] }
      for preview in fresh {
        #expect(preview.picture.shape == [rows, columns] && preview.picture.channels == 3)
        #expect(preview.error?.shape == (error ? [rows, columns] : nil))
        #expect(error == false || preview.error?.channels == 1)
      }
      seen = watcher.previews[id]?.count ?? 0
    }
    watcher.engine.send(.preview(id, nil))
    watcher.engine.send(.pause(id))
    try watcher.wait(for: id, "paused") { $0.state == .paused }
    seen = watcher.previews[id]?.count ?? 0
    watcher.engine.send(.singleStep(id))
    watcher.engine.send(.stop(id))
    try watcher.waitForEnd(id)
    #expect(watcher.previews[id]?.count == seen)
  }

  @Test("A preview of no rows, as a terminal of one line asks for, is a picture of one", arguments: Case.full + Case.miniBatches)
  func emptyRequest(_ subject: Case) throws {
    let watcher = Watcher()
    watcher.engine.send(.add(id, subject.configuration, pattern([32, 32]), paused: true))
    watcher.engine.send(.preview(id, PreviewRequest(rows: 0, columns: 0, includesError: true)))
    watcher.engine.send(.singleStep(id))
    watcher.engine.send(.resume(id))
    try watcher.waitForEnd(id)
    #expect(watcher.previews[id]?.allSatisfy { $0.picture.shape == [1, 1] && $0.error?.shape == [1, 1] } == true)
  }

  @Test("A mini-batch run's pixels are means of a lattice of samples, as many as the time allows")
  func lattice() throws {
    let signal = pattern([32, 32])
    let trainer = try Trainer(small { ($0.model, $0.batch) = (.siren, .samples(300)) }, signal: signal)
    for _ in 0..<5 { _ = trainer.advance(parallel: Parallel(threads: 2)) }
    let request = PreviewRequest(rows: 8, columns: 4, includesError: true)
    let preview = try #require(
      PreviewRenderer(signal: signal).render(trainer, request: request, parallel: Parallel(threads: 2)))
    let whole = trainer.evaluate(parallel: Parallel(threads: 1)).signal
    #expect(preview.step == 5 && preview.picture.shape == [8, 4])
    // 200,000 samples a second are assumed at first: 800 in 4 ms, 5 × 5 for each of 32 pixels, but no more than 32 rows.
    for y in 0..<8 {
      for x in 0..<4 {
        var (value, error) = (Float(0), Float(0))
        for row in 4 * y..<4 * y + 4 {
          for column in 5 * x..<5 * x + 5 {
            let raster = 32 * row + (2 * column + 1) * 32 / 40
            value += whole.samples[raster] / 20
            error += abs(whole.samples[raster] - signal.samples[raster]) / 20
          }
        }
        #expect(abs(preview.picture.samples[y * 4 + x] - value) < 1e-5)
        #expect(abs((preview.error?.samples[y * 4 + x] ?? .nan) - error) < 1e-5)
      }
    }
  }

  @Test("Without hurry every sample counts, as in the picture of a full batch", arguments: Case.miniBatches)
  func unhurried(_ subject: Case) throws {
    let signal = pattern([40, 24])
    let trainer = try Trainer(subject.configuration, signal: signal)
    for _ in 0..<3 { _ = trainer.advance(parallel: Parallel(threads: 2)) }
    let request = PreviewRequest(rows: 7, columns: 5, includesError: true)
    let renderer = PreviewRenderer(signal: signal)
    let preview = try #require(renderer.render(trainer, request: request, isHurried: false, parallel: Parallel(threads: 2)))
    let whole = trainer.evaluate(parallel: Parallel(threads: 1)).signal
    let expected = try #require(renderer.preview(of: whole, step: 3, request: request))
    for (a, b) in zip(preview.picture.samples, expected.picture.samples) { #expect(abs(a - b) < 1e-5) }
    for (a, b) in zip(preview.error?.samples ?? [], expected.error?.samples ?? [.nan]) { #expect(abs(a - b) < 1e-5) }
    #expect(preview.error != nil)
  }

  @Test("What is no picture has no preview, and trains", arguments: [[64], [4, 5, 6]])
  func noPicture(_ shape: [Int]) throws {
    for subject in Case.full + Case.miniBatches {
      let watcher = Watcher()
      watcher.engine.send(.add(id, subject.configuration, pattern(shape), paused: true))
      watcher.engine.send(.preview(id, PreviewRequest(rows: 4, columns: 4)))
      watcher.engine.send(.singleStep(id))
      watcher.engine.send(.resume(id))
      let end = try watcher.waitForEnd(id)
      #expect(end.state == .finished && end.evaluation?.ssim == nil && end.evaluation?.psnr.isFinite == true)
      #expect(watcher.previews[id] == nil)
    }
  }

  @Test("A pixel is the mean of as many samples as the speed of steps allows")
  func manySamplesAPixel() throws {
    let subject = try #require(Case.miniBatches.first { $0.configuration.model == .siren })
    let signal = pattern([64, 64], channels: 1)
    let trainer = try Trainer(subject.configuration, signal: signal)
    let request = PreviewRequest(rows: 9, columns: 9)
    let parallel = Parallel(threads: 2)
    func picture(_ trainedPerSecond: Double?) throws -> Signal {
      try #require(
        PreviewRenderer(signal: signal).render(trainer, request: request, trainedPerSecond: trainedPerSecond, parallel: parallel)
      ).picture
    }
    let all = trainer.evaluate(parallel: parallel).signal.resized(rows: 9, columns: 9)
    // 4 ms of the two million samples a second that steps promise are more than there are.
    #expect(try distance(picture(1e6), all) < 1e-5)
    #expect(try distance(picture(nil), all) > 1e-3)
  }

  @Test("Lattices have whole numbers of samples a pixel and side, or fewer pixels when even one is too much")
  func latticeSizes() {
    let region = PictureRegion(rows: 0..<512, columns: 0..<512)
    func size(_ request: PreviewRequest, _ speed: Double) -> [Int] {
      let size = PreviewRenderer.latticeSize(of: request, in: region, samplesPerSecond: speed)
      return [size.rows, size.columns]
    }
    let request = PreviewRequest(rows: 40, columns: 50)
    // 4 ms a picture are 2,000 samples, 17,999 and 18,000.
    #expect(size(request, 500_000) == [40, 50])
    #expect(size(request, 4_499_000) == [80, 100])
    #expect(size(request, 4_500_000) == [120, 150])
    // 8 ms are 500 samples.
    #expect(size(request, 62_600) == [20, 25])
    #expect(size(PreviewRequest(rows: 1000, columns: 1000), 1e12) == [512, 512])
  }
}
