import Kernels
import Networks
import Signals
import Testing

@testable import Training

/// Previews of a part of the picture, and the values of one sample.
@Suite struct PreviewRegionTests {
  private let id = RunID(1)
  private let parallel = Parallel(threads: 2)

  private func distance(_ a: Signal?, _ b: Signal) -> Float {
    guard let a, a.shape == b.shape, a.channels == b.channels else { return .infinity }
    return zip(a.samples, b.samples).map { abs($0 - $1) }.max() ?? 0
  }

  /// The mean over the channels of something made of y − t.
  private func map(_ y: Signal, _ t: Signal, _ value: (Float) -> Float) -> Signal {
    let samples = (0..<t.sampleCount).map { sample in
      (0..<t.channels).reduce(Float(0)) { $0 + value(y.samples[sample * t.channels + $1] - t.samples[sample * t.channels + $1]) }
        / Float(t.channels)
    }
    return Signal(shape: t.shape, channels: 1, samples: samples)
  }

  private func values(_ signal: Signal, _ place: PicturePlace) -> [Float] {
    let start = (place.row * signal.shape[1] + place.column) * signal.channels
    return Array(signal.samples[start..<start + signal.channels])
  }

  @Test("A region is cut out of the picture, and clamped to it")
  func regions() {
    let signal = pattern([6, 5], channels: 3)
    let part = signal.cropped(to: PictureRegion(rows: 2..<4, columns: 1..<5))
    #expect(part.shape == [2, 4])
    for row in 0..<2 {
      for column in 0..<4 {
        #expect(values(part, PicturePlace(row: row, column: column)) == values(signal, PicturePlace(row: row + 2, column: column + 1)))
      }
    }
    #expect(signal.cropped(to: PictureRegion(rows: -3..<60, columns: 0..<5)) == signal)
    func clamped(_ rows: Range<Int>, _ columns: Range<Int>) -> PictureRegion {
      PictureRegion(rows: rows, columns: columns).clamped(rows: 6, columns: 5)
    }
    #expect(clamped(-2..<3, 4..<9) == PictureRegion(rows: 0..<3, columns: 4..<5))
    #expect(clamped(6..<9, -7..<(-2)) == PictureRegion(rows: 5..<6, columns: 0..<1))
    #expect(clamped(3..<3, Int.min..<Int.max) == PictureRegion(rows: 3..<4, columns: 0..<5))
  }

  @Test(
    "A paused run shows a region as the evaluation has it, and a sample's own values",
    arguments: Case.full + Case.miniBatches, [1, 3])
  func paused(_ subject: Case, _ channels: Int) throws {
    let signal = pattern([37, 41], channels: channels)
    let watcher = Watcher()
    watcher.engine.send(.add(id, subject.configuration, signal, paused: true))
    for _ in 0..<3 { watcher.engine.send(.singleStep(id)) }
    try watcher.wait(for: id, "at step 3") { $0.step == 3 }
    let trainer = try Trainer(subject.configuration, signal: signal)
    for _ in 0..<3 { _ = trainer.advance(parallel: parallel) }
    let whole = trainer.evaluate(parallel: parallel).signal
    let probe = PicturePlace(row: 36, column: 7)
    for (crop, rows, columns) in [
      (PictureRegion(rows: 5..<25, columns: 0..<41), 7, 9), (PictureRegion(rows: 30..<37, columns: 3..<9), 7, 6),
      (PictureRegion(rows: 36..<37, columns: 7..<8), 1, 1), (PictureRegion(rows: 0..<4, columns: 0..<4), 8, 12),
      (PictureRegion(rows: -9..<99, columns: 40..<99), 5, 1),
    ] {
      let request = PreviewRequest(
        rows: rows, columns: columns, includesError: true, includesDeviation: true, crop: crop, probe: probe)
      let seen = watcher.previews[id]?.count ?? 0
      watcher.engine.send(.preview(id, request))
      try watcher.wait(for: id, "shown") { _ in (watcher.previews[id] ?? []).dropFirst(seen).contains { $0.request == request } }
      let preview = try #require(watcher.previews[id]?.last)
      func part(_ signal: Signal) -> Signal { signal.cropped(to: crop).resized(rows: rows, columns: columns) }
      #expect(preview.step == 3 && distance(preview.picture, part(whole)) < 1e-6)
      #expect(distance(preview.error, part(map(whole, signal) { abs($0) })) < 1e-6)
      #expect(distance(preview.deviation, part(map(whole, signal) { $0 })) < 1e-6)
      #expect(preview.probe == values(whole, probe))
    }
  }

  @Test("Training runs show regions of what the step predicted", arguments: Case.full)
  func training(_ subject: Case) throws {
    let signal = pattern([32, 32])
    var configuration = subject.configuration
    configuration.learningRate = 1e-2
    let trainer = try Trainer(configuration, signal: signal)
    let renderer = PreviewRenderer(signal: signal)
    for _ in 0..<3 { _ = trainer.advance(parallel: parallel) }
    let whole = trainer.evaluate(parallel: parallel).signal
    _ = trainer.advance(keepsPrediction: true, parallel: parallel)
    let crop = PictureRegion(rows: 8..<24, columns: 16..<32)
    let place = PicturePlace(row: 0, column: 31)
    let preview = try #require(
      renderer.lastStep(of: trainer, step: 3, request: PreviewRequest(rows: 4, columns: 4, crop: crop, probe: place)))
    #expect(distance(preview.picture, whole.cropped(to: crop).resized(rows: 4, columns: 4)) < 1e-5)
    #expect(abs((preview.probe?[0] ?? .nan) - values(whole, place)[0]) < 1e-5 && preview.probe?.count == 1)
    #expect(preview.error == nil && preview.deviation == nil)
  }

  @Test("A lattice renders a region's own samples", arguments: [1, 3])
  func lattice(channels: Int) throws {
    let signal = pattern([40, 48], channels: channels)
    let trainer = try Trainer(small { ($0.model, $0.batch) = (.siren, .samples(300)) }, signal: signal)
    for _ in 0..<5 { _ = trainer.advance(parallel: parallel) }
    let renderer = PreviewRenderer(signal: signal)
    let whole = trainer.evaluate(parallel: parallel).signal
    let crop = PictureRegion(rows: 10..<18, columns: 30..<42)
    // Of the region, of the picture beside it, and of neither.
    for (probe, isThere) in [((12, 33), true), ((0, 0), true), ((39, 47), true), ((40, 0), false), ((0, -1), false)] {
      let place = PicturePlace(row: probe.0, column: probe.1)
      let request = PreviewRequest(rows: 8, columns: 12, includesError: true, includesDeviation: true, crop: crop, probe: place)
      let preview = try #require(renderer.render(trainer, request: request, parallel: parallel))
      // As many pixels as samples: every one of them is there.
      #expect(distance(preview.picture, whole.cropped(to: crop)) < 1e-5)
      #expect(distance(preview.error, map(whole, signal) { abs($0) }.cropped(to: crop)) < 1e-5)
      #expect(distance(preview.deviation, map(whole, signal) { $0 }.cropped(to: crop)) < 1e-5)
      #expect((preview.probe != nil) == isThere)
      if isThere { for (a, b) in zip(preview.probe ?? [], values(whole, place)) { #expect(abs(a - b) < 1e-5) } }
    }
    let single = PreviewRequest(rows: 1, columns: 1, crop: PictureRegion(rows: 99..<100, columns: 20..<21))
    let preview = try #require(renderer.render(trainer, request: single, parallel: parallel))
    #expect(preview.picture.shape == [1, 1])
    #expect(distance(preview.picture, whole.cropped(to: PictureRegion(rows: 39..<40, columns: 20..<21))) < 1e-5)
  }

  @Test("Small lattices leave the measure of large ones alone")
  func smallLattices() throws {
    let signal = pattern([64, 64])
    let trainer = try Trainer(small { ($0.model, $0.batch) = (.siren, .samples(300)) }, signal: signal)
    let renderer = PreviewRenderer(signal: signal)
    let pixel = PreviewRequest(rows: 1, columns: 1, crop: PictureRegion(rows: 3..<4, columns: 3..<4))
    for _ in 0..<3 { _ = renderer.render(trainer, request: pixel, parallel: parallel) }
    let crop = PictureRegion(rows: 0..<40, columns: 0..<40)
    let preview = try #require(
      renderer.render(trainer, request: PreviewRequest(rows: 40, columns: 40, crop: crop), parallel: parallel))
    // 200,000 samples a second are assumed until many were measured: 1,600 are affordable.
    let whole = trainer.evaluate(parallel: parallel).signal
    #expect(distance(preview.picture, whole.cropped(to: crop)) < 1e-5)
  }
}
