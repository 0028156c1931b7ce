import Networks

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a finished run has to say, as `train --json` writes it. Infinite and undefined values are null.
public struct RunReport: Encodable, Sendable {
  let snapshot: Snapshot
  let shape: [Int]
  let channels: Int
  let threads: Int
  let peakResident: Int

  public init(_ snapshot: Snapshot, shape: [Int], channels: Int, threads: Int) {
    self.snapshot = snapshot
    self.shape = shape
    self.channels = channels
    self.threads = threads
    peakResident = MemoryBudget.peakResident()
  }

  private enum Key: String, CodingKey {
    case model, variant, params, macs, sines, bases, data_shape, channels, steps, psnr, best_psnr, best_step, ssim, loss, seconds
    case seconds_per_step, gflops, peak_rss_bytes, seed, threads, state, configuration
  }

  public func encode(to encoder: any Encoder) throws {
    func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    var container = encoder.container(keyedBy: Key.self)
    let configuration = snapshot.configuration
    let perStep = snapshot.step > 0 ? snapshot.trainedSeconds / Double(snapshot.step) : nil
    try container.encode(configuration.model, forKey: .model)
    try container.encode(configuration.variant, forKey: .variant)
    try container.encode(snapshot.cost.parameters, forKey: .params)
    try container.encode(snapshot.cost.macs, forKey: .macs)
    try container.encode(snapshot.cost.sines, forKey: .sines)
    try container.encode(configuration.bases, forKey: .bases)
    try container.encode(shape, forKey: .data_shape)
    try container.encode(channels, forKey: .channels)
    try container.encode(snapshot.step, forKey: .steps)
    try container.encode(finite(snapshot.evaluation?.psnr), forKey: .psnr)
    try container.encode(finite(snapshot.best?.psnr), forKey: .best_psnr)
    try container.encode(snapshot.best?.step, forKey: .best_step)
    try container.encode(finite(snapshot.evaluation?.ssim), forKey: .ssim)
    try container.encode(finite(snapshot.evaluation?.loss), forKey: .loss)
    try container.encode(snapshot.trainedSeconds, forKey: .seconds)
    try container.encode(perStep, forKey: .seconds_per_step)
    try container.encode(finite(perStep.map { snapshot.flopPerStep / $0 * 1e-9 }), forKey: .gflops)
    try container.encode(peakResident, forKey: .peak_rss_bytes)
    try container.encode(configuration.seed, forKey: .seed)
    try container.encode(threads, forKey: .threads)
    try container.encode(snapshot.state, forKey: .state)
    try container.encode(configuration, forKey: .configuration)
  }

  /// Pretty-printed JSON with a final new line.
  public func json() throws -> [UInt8] { try prettyJSON(self) }
}

/// Pretty-printed JSON, keys sorted, with a final new line.
public func prettyJSON(_ value: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return [UInt8](try encoder.encode(value)) + [0x0A]
}

/// A run's curve as a file: every raw point, one a line.
public enum CurveFile {
  public enum Format: String, CaseIterable, Sendable { case csv, jsonl }

  /// The format that a path's ending asks for; nil for any other.
  public static func format(path: String) -> Format? {
    path.split(separator: "/").last?.split(separator: ".").last.flatMap { Format(rawValue: $0.lowercased()) }
  }

  /// `step,psnr,loss,seconds,estimate`; in CSV an undefined value is empty and the configuration stands in a comment at
  /// the top, in JSON Lines undefined is null and the configuration is the first line.
  public static func bytes(
    _ points: [StepMetrics], final: Evaluation?, configuration: RunConfiguration, seconds: Double, as format: Format
  ) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let header = String(decoding: try encoder.encode(configuration), as: UTF8.self)
    let undefined = format == .csv ? "" : "null"
    func number(_ value: Double) -> String { value.isFinite ? "\(value)" : undefined }
    var text = format == .csv ? "# \(header)\nstep,psnr,loss,seconds,estimate\n" : "{\"configuration\":\(header)}\n"
    func line(_ step: Int, _ psnr: Double, _ loss: Double, _ seconds: Double, _ estimate: Bool) {
      switch format {
      case .csv: text += "\(step),\(number(psnr)),\(number(loss)),\(number(seconds)),\(estimate ? 1 : 0)\n"
      case .jsonl:
        text += "{\"step\":\(step),\"psnr\":\(number(psnr)),\"loss\":\(number(loss)),"
          + "\"seconds\":\(number(seconds)),\"estimate\":\(estimate)}\n"
      }
    }
    for point in points { line(point.step, point.psnr, point.loss, point.seconds, point.isEstimate) }
    // A run that diverged was put back to where its last point was measured.
    if let final, final.step != points.last?.step { line(final.step, final.psnr, final.loss, seconds, false) }
    return Array(text.utf8)
  }
}
