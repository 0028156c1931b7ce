import Foundation
import Kernels
import Networks
import Signals
import Testing

@testable import Training

@Suite struct ReportTests {
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
