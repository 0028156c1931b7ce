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
