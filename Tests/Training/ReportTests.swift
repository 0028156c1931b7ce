import Foundation
import Kernels
import Networks
import Signals
import Testing

@testable import Training

@Suite struct ReportTests {
  private let points = [
    StepMetrics(step: 0, loss: 0.25, psnr: 6.0206, isEstimate: false, seconds: 0.5),
    StepMetrics(step: 1, loss: 1e-7, psnr: .infinity, isEstimate: true, seconds: 1.25),
    StepMetrics(step: 2, loss: .nan, psnr: .nan, isEstimate: true, seconds: 3),
  ]

  private func final() throws -> (trainer: Trainer, evaluation: Evaluation) {
    let trainer = try Trainer(small(), signal: pattern([32, 32]))
    return (trainer, trainer.evaluate(parallel: Parallel(threads: 1)))
  }

  @Test("The format of a curve is told by its ending")
  func formats() {
    #expect(CurveFile.format(path: "a/b.csv") == .csv && CurveFile.format(path: "c.x.JSONL") == .jsonl)
    for path in ["", "curve", "a.csv/b", "curve.txt", "curve.csv.gz", "/"] { #expect(CurveFile.format(path: path) == nil, "\(path)") }
  }

  @Test("CSV parses back: a comment with the configuration, a header, a line a point")
  func csv() throws {
    let (trainer, evaluation) = try final()
    let bytes = try CurveFile.bytes(points, final: evaluation, configuration: trainer.configuration, seconds: 4.5, as: .csv)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasSuffix("\n"))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    try #require(lines.count == 6)
    #expect(lines[0].hasPrefix("# "))
    #expect(try JSONDecoder().decode(RunConfiguration.self, from: Data(lines[0].dropFirst(2).utf8)) == trainer.configuration)
    #expect(lines[1] == "step,psnr,loss,seconds,estimate")
    let fields = lines[2...].map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    for (field, point) in zip(fields, points) {
      #expect(field.count == 5 && Int(field[0]) == point.step)
      #expect(point.psnr.isFinite ? Double(field[1]) == point.psnr : field[1].isEmpty)
      #expect(point.loss.isFinite ? Double(field[2]) == point.loss : field[2].isEmpty)
      #expect(Double(field[3]) == point.seconds && field[4] == (point.isEstimate ? "1" : "0"))
    }
    #expect(fields[3] == ["0", "\(evaluation.psnr)", "\(evaluation.loss)", "4.5", "0"])
  }

  @Test("JSON Lines parse back: the configuration, then a point a line, null where undefined")
  func jsonl() throws {
    let (trainer, evaluation) = try final()
    let bytes = try CurveFile.bytes(points, final: evaluation, configuration: trainer.configuration, seconds: 4.5, as: .jsonl)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    try #require(lines.count == 5)
    struct First: Decodable { let configuration: RunConfiguration }
    #expect(try JSONDecoder().decode(First.self, from: Data(lines[0].utf8)).configuration == trainer.configuration)
    for (line, point) in zip(lines[1...], points) {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(Set(object.keys) == ["step", "psnr", "loss", "seconds", "estimate"])
      #expect(object["step"] as? Int == point.step && object["seconds"] as? Double == point.seconds)
      #expect(object["estimate"] as? Bool == point.isEstimate)
      for (key, value) in [("psnr", point.psnr), ("loss", point.loss)] {
        if value.isFinite { #expect(object[key] as? Double == value) } else { #expect(object[key] is NSNull) }
      }
    }
    #expect(lines[4].contains("\"psnr\":\(evaluation.psnr)") && lines[4].contains("\"estimate\":false"))
  }

  private static let keys: Set = [
    "model", "variant", "params", "macs", "sines", "bases", "data_shape", "channels", "steps", "psnr", "best_psnr", "best_step", "ssim", "loss",
    "seconds", "seconds_per_step", "gflops", "peak_rss_bytes", "seed", "threads", "state", "configuration",
  ]

  private func report(_ change: (inout Snapshot) -> Void = { _ in }, _ configuration: RunConfiguration = small()) throws -> [String: Any] {
    let id = RunID(1)
    let watcher = Watcher()
    watcher.engine.send(.add(id, configuration, pattern([32, 32]), paused: false))
    var snapshot = try watcher.waitForEnd(id)
    change(&snapshot)
    let bytes = try RunReport(snapshot, shape: [32, 32], channels: 1, threads: 2).json()
    #expect(bytes.last == 0x0A)
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  @Test("The report has the keys that were promised, and no other", arguments: Case.full)
  func keys(_ subject: Case) throws {
    let object = try report({ _ in }, subject.configuration)
    #expect(Set(object.keys) == Self.keys)
    let resolved = try subject.configuration.resolved(shape: [32, 32])
    #expect(object["model"] as? String == resolved.model.rawValue)
    #expect(object["bases"] as? [[Int]] == resolved.bases?.axes)
    #expect(object["variant"] as? String == resolved.variant?.rawValue)
    #expect((object["bases"] is NSNull) == (resolved.model != .asmr))
    #expect(object["data_shape"] as? [Int] == [32, 32] && object["channels"] as? Int == 1)
    #expect(object["steps"] as? Int == 20 && object["state"] as? String == "finished" && object["threads"] as? Int == 2)
    let cost = try resolved.modelConfiguration(shape: [32, 32]).cost(shape: [32, 32], channels: 1)
    #expect(object["params"] as? Int == cost.parameters && object["macs"] as? Double == cost.macs && object["sines"] as? Double == cost.sines)
    for key in ["psnr", "best_psnr", "ssim", "loss", "seconds", "seconds_per_step", "gflops", "peak_rss_bytes"] {
      #expect((object[key] as? Double)?.isFinite == true, "\(key)")
    }
    let (seconds, perStep) = (object["seconds"] as? Double ?? 0, object["seconds_per_step"] as? Double ?? 0)
    #expect(isClose(perStep * 20, seconds, 1e-9))
    #expect(isClose((object["gflops"] as? Double ?? 0) * perStep, cost.flopPerStep * 1e-9, 1e-9))
    let decoded = try JSONDecoder().decode(
      RunConfiguration.self, from: JSONSerialization.data(withJSONObject: try #require(object["configuration"])))
    #expect(decoded == resolved)
  }

  @Test("Infinite and undefined values are null, and no key goes missing")
  func undefined() throws {
    var object = try report {
      let signal = pattern([32, 32])
      $0.evaluation = Evaluation(step: 20, loss: 0, psnr: .infinity, ssim: nil, signal: signal)
      $0.best = Best(psnr: .infinity, step: 20, isEstimate: false)
    }
    #expect(Set(object.keys) == Self.keys)
    for key in ["psnr", "best_psnr", "ssim"] { #expect(object[key] is NSNull, "\(key)") }
    #expect(object["best_step"] as? Int == 20 && object["loss"] as? Double == 0)
    object = try report {
      $0.evaluation = Evaluation(step: 20, loss: .nan, psnr: .nan, ssim: nil, signal: pattern([32, 32]))
      $0.best = nil
      $0.step = 0
    }
    #expect(Set(object.keys) == Self.keys)
    for key in ["psnr", "loss", "best_psnr", "best_step", "seconds_per_step", "gflops"] { #expect(object[key] is NSNull, "\(key)") }
  }
}
