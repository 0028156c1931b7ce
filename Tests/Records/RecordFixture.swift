import Foundation
import Networks
import Signals

@testable import Records
@testable import Training

/// Records made by hand: nothing here trains.
enum Fixture {
  /// A colour picture, wider than high, that no compression makes a single colour.
  static func picture(rows: Int = 24, columns: Int = 40, channels: Int = 3, shift: Int = 0) -> Signal {
    let samples = (0..<rows * columns * channels).map { Float(($0 * 7 + shift) % 256) / 255 }
    return Signal(shape: [rows, columns], channels: channels, samples: samples)
  }

  /// A run of so many steps with a curve that climbs, SSIM every tenth step, and numbers at its end.
  static func run(
    _ name: String = "SIREN 3×16", model: ModelKind = .siren, steps: Int = 30, _ change: (inout RunRecord) -> Void = { _ in }
  ) throws -> RunRecord {
    var open = RunConfiguration()
    (open.model, open.hidden, open.layers, open.steps) = (model, 16, 3, steps)
    let configuration = try open.resolved(shape: [24, 40])
    let cost = try configuration.modelConfiguration(shape: [24, 40]).cost(shape: [24, 40], channels: 3)
    var run = RunRecord(name: name, configuration: configuration, cost: cost, state: .finished)
    (run.step, run.trainedSeconds, run.elapsedSeconds) = (steps, Double(steps) / 50, Double(steps) / 40)
    (run.stepsPerSecond, run.share, run.samplesPerStep) = (49.5, 1, 960)
    for step in 0..<steps {
      let done = Double(step + 1)
      let psnr: Double = 5 + 30 * (done - 1) / (done + 11)
      let rate: Float = 1e-3 * (1 - Float(step) / Float(steps))
      run.metrics.append(
        StepMetrics(
          step: step, loss: 0.3 / done, psnr: psnr, isEstimate: false, seconds: done / 50, elapsedSeconds: done / 40,
          learningRate: rate))
      if step % 10 == 5 { run.similarities.append(Similarity(value: done / Double(steps), step: step)) }
    }
    run.best = Best(psnr: run.metrics.last?.psnr ?? 0, step: steps - 1, isEstimate: false)
    run.final = RunRecord.FinalNumbers(step: steps, psnr: 27.5, ssim: 0.875, loss: 1e-3)
    (run.picture, run.pictureStep) = (picture(shift: 3), steps)
    change(&run)
    return run
  }

  static func record(_ runs: [RunRecord], name: String = "flowers.ppm") -> Record {
    Record(name: name, target: picture(), threads: 2, date: 1_700_000_000, runs: runs)
  }
}

/// A folder that is removed at the end of the test.
final class TemporaryFolder {
  let path: String
  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("asmr-tui-records-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func path(_ name: String) -> String { path + "/" + name }
  func names(_ folder: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []).sorted()
  }
}
