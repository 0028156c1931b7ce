import Canvas
import Signals
import Testing

@testable import Explorer
@testable import Training

/// What the engine tells, and how it is shown.
@Suite struct SnapshotTests {
  @Test func theCurveGrowsAndANewGenerationClearsIt() throws {
    var state = try Fixture.state()
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 40, metrics: Fixture.metrics(40))]))
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 60, metrics: Fixture.metrics(20, from: 40))]))
    #expect(state.run.curve.metrics.map(\.step) == Array(0..<60))
    #expect(state.run.curve.points.map(\.x) == (0..<60).map(Double.init))
    let preview = Fixture.preview(for: state, step: 59)
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 60, preview: preview)]))
    #expect(state.run.reconstruction != nil)
    _ = state.update(
      .snapshots([Fixture.snapshot(of: state, step: 3, generation: 1, metrics: Fixture.metrics(3), seed: 2)]))
    #expect(state.run.curve.metrics.count == 3 && state.run.reconstruction == nil && state.run.best == nil)
    #expect(state.status("seed") == "seed 2")
  }

  @Test func aLongCurveIsThinnedEvenlyAndKeepsItsEnd() {
    var curve = Curve()
    var next = 0
    for size in [1, 3, 4000, 97, 5000, 1, 1, 12_345] {
      curve.append(Fixture.metrics(size, from: next))
      next += size
      #expect(curve.metrics.count == next)
      #expect(curve.points.count <= 4097)
      #expect(curve.points.last?.x == Double(next - 1))
      let steps = curve.points.dropLast().map { Int($0.x) }
      let stride = steps.count > 1 ? steps[1] - steps[0] : 1
      #expect(steps == steps.indices.map { $0 * stride }, "\(next)")
    }
    #expect(curve.points.count > 2000)
    #expect(curve.xRange.map { $0.lowerBound <= 0 && $0.upperBound >= Double(next - 1) } == true)
  }

  @Test func estimatesAreMarked() throws {
    for (glyphs, sign) in [(Glyphs.unicode, "≈"), (.ascii, "~")] {
      var state = try Fixture.state(width: 120, height: 40, glyphs: glyphs) { ($0.model, $0.batch) = (.siren, .samples(4096)) }
      let metrics = [StepMetrics(step: 9, loss: 0.01, psnr: 22.87, isEstimate: true, seconds: 1)]
      let best = Best(psnr: 23.5, step: 8, isEstimate: true)
      _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 10, metrics: metrics, best: best)]))
      #expect(state.status("PSNR") == "PSNR \(sign)22.87 dB best \(sign)23.50")
      #expect(state.status("batch") == "batch 4,096 samples")
      let evaluated = Fixture.snapshot(of: state, step: 10, run: .finished, best: best, evaluation: Fixture.evaluation(step: 10))
      _ = state.update(.snapshots([evaluated]))
      #expect(state.status("PSNR") == "PSNR 31.25 dB best \(sign)23.50")
    }
  }

  @Test func anEvaluationReplacesTheRunningNumbersUntilTrainingGoesOn() throws {
    var state = try Fixture.state(width: 160, height: 50)
    let metrics = Fixture.metrics(100)
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 100, metrics: metrics)]))
    #expect(state.status("PSNR") == "PSNR \(NumberText.fixed(metrics[99].psnr, decimals: 2)) dB")
    #expect(state.status("loss (MSE)")?.contains("SSIM") == false)
    _ = state.update(
      .snapshots([Fixture.snapshot(of: state, step: 100, run: .paused, evaluation: Fixture.evaluation(step: 100))]))
    #expect(state.status("PSNR") == "PSNR 31.25 dB")
    #expect(state.status("loss (MSE)") == "loss (MSE) 7.50e-4 SSIM 0.8912")
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 101, metrics: Fixture.metrics(1, from: 100))]))
    #expect(state.status("loss (MSE)")?.contains("SSIM") == false)
    #expect(state.status("PSNR") == "PSNR \(NumberText.fixed(Fixture.metrics(1, from: 100)[0].psnr, decimals: 2)) dB")
  }

  @Test func numbersThatAreNone() throws {
    for (glyphs, infinity, dots) in [(Glyphs.unicode, "∞", "…"), (.ascii, "inf", "...")] {
      var state = try Fixture.state(width: 160, height: 50, glyphs: glyphs)
      #expect(state.status("PSNR") == "PSNR \(dots) dB")
      #expect(state.status("loss (MSE)") == "loss (MSE) \(dots)")
      let perfect = StepMetrics(step: 0, loss: 0, psnr: .infinity, isEstimate: false, seconds: 0)
      let best = Best(psnr: .infinity, step: 0, isEstimate: false)
      _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 1, metrics: [perfect], best: best)]))
      #expect(state.status("PSNR") == "PSNR \(infinity) dB best \(infinity)")
      #expect(state.status("loss (MSE)") == "loss (MSE) 0")
      #expect(state.run.curve.points == [PlotPoint(x: 0, y: nil)])
    }
  }

  @Test(arguments: [
    (RunState.training, "● training", "* training"), (.paused, "‖ paused", "= paused"),
    (.finished, "✓ finished", "+ finished"), (.stopped, "■ stopped", "# stopped"), (.diverged, "✗ diverged", "x diverged"),
  ])
  func statesAreSignAndWord(run: RunState, unicode: String, ascii: String) throws {
    for (glyphs, expected) in [(Glyphs.unicode, unicode), (.ascii, ascii)] {
      for width in [60, 80, 100, 250] {
        var state = try Fixture.state(width: width, glyphs: glyphs)
        let place = state.lines[0].firstRange(of: "training")?.lowerBound
        _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 4, run: run)]))
        #expect(state.lines[0].contains(expected), "\(state.lines[0])")
        // Whatever the word, it starts at the same column.
        #expect(state.lines[0].firstRange(of: run.rawValue)?.lowerBound == place)
      }
    }
  }

  @Test func timeLeftIsThatOfTheStepsToTake() throws {
    var state = try Fixture.state(width: 120, height: 40) { $0.steps = 1000 }
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 100, elapsed: 65.29)]))
    #expect(state.status("elapsed") == "elapsed 01:05.2 left 00:12")
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 100, run: .paused, elapsed: 4000)]))
    #expect(state.status("elapsed") == "elapsed 1:06:40")
  }

  @Test func theErrorScaleFollowsInSteps() throws {
    var state = try Fixture.state(width: 120, height: 40)
    _ = state.press("e")
    func show(_ error: Float) {
      let preview = Fixture.preview(for: state, step: 1, error: error)
      _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 2, preview: preview)]))
    }
    show(0.4)
    #expect(state.run.errorScale == 0.5)
    // It holds for a while, then follows down, and up at once.
    show(0.2)
    #expect(state.run.errorScale == 0.5)
    show(0.09)
    #expect(state.run.errorScale == 0.1)
    show(5)
    #expect(state.run.errorScale == 1)
    show(0)
    #expect(state.run.errorScale == 0.001)
    #expect(state.text.contains("0 … 0.001"))
  }

  @Test func picturesOfAnOldSizeServeUntilTheNextComes() throws {
    var state = try Fixture.training(width: 100, height: 30)
    let old = try #require(state.run.reconstruction)
    _ = state.update(.resize(width: 160, height: 50))
    let rect = try #require(state.layout?.pictures.last?.picture)
    let placed = try #require(state.frame().pictures.last)
    #expect(placed.rect == rect && placed.raster == old.scaled(toWidth: rect.width, height: 2 * rect.height))
    let target = try #require(state.frame().pictures.first)
    #expect(target.raster == state.subject.signal.resized(rows: 2 * rect.height, columns: rect.width).raster)
  }

  @Test func pixelsAreClampedAndRounded() throws {
    let values: [Float] = [-1, 0, 0.5, 1, 2, .nan, .infinity, 1.4 / 255, 1.6 / 255]
    let raster = try #require(Signal(shape: [1, 9], channels: 1, samples: values).raster)
    #expect((0..<9).map { raster[$0, 0].r } == [0, 0, 128, 255, 255, 0, 255, 1, 2])
    let color = try #require(Signal(shape: [1, 1], channels: 3, samples: [0, 0.2, 1]).raster)
    #expect(color[0, 0] == RGB(0, 51, 255))
  }
}
