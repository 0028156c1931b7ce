import Dispatch
import Foundation
import Kernels
import Networks
import Signals
import Testing

@testable import Training

/// A smooth signal with some detail, in [0, 1], of any number of axes.
func pattern(_ shape: [Int], channels: Int = 1) -> Signal {
  var samples: [Float] = []
  for raster in 0..<shape.reduce(1, *) {
    var rest = raster
    var phase = 0.3
    for (axis, size) in shape.enumerated().reversed() {
      let x = Double(rest % size) / Double(size)
      phase += sin(7.3 * x + Double(axis)) + 0.4 * cos(23.1 * x * x)
      rest /= size
    }
    for channel in 0..<channels { samples.append(Float(0.5 + 0.45 * sin(1.7 * phase + Double(channel)))) }
  }
  return Signal(shape: shape, channels: channels, samples: samples)
}

/// A small configuration: quick, and with every part of its model in use.
func small(_ change: (inout RunConfiguration) -> Void = { _ in }) -> RunConfiguration {
  var configuration = RunConfiguration()
  configuration.hidden = 24
  configuration.layers = 3
  configuration.steps = 20
  configuration.batch = .full
  configuration.learningRate = 1e-3
  configuration.finalLearningRate = 1e-6
  change(&configuration)
  return configuration
}

/// A configuration with a name that a failed test shows.
struct Case: CustomTestStringConvertible, Sendable {
  let name: String
  let configuration: RunConfiguration
  var testDescription: String { name }

  init(_ name: String, _ change: (inout RunConfiguration) -> Void = { _ in }) {
    self.name = name
    configuration = small(change)
  }

  static let full = [
    Case("ASMR, linear modulator"), Case("ASMR, siren modulator") { $0.modulator = .siren },
    Case("SIREN") { $0.model = .siren },
    Case("KiloNeRF") { ($0.model, $0.hidden) = (.kilonerf, 8) },
    Case("LoE, published") { ($0.model, $0.hidden, $0.tiles, $0.variant) = (.loe, 10, [[2], [4]], .published) },
    Case("hash grid") {
      ($0.model, $0.hidden, $0.levels, $0.tableSize) = (.hashgrid, 16, 3, 128)
      ($0.baseResolution, $0.finestResolution) = ([4], [24])
    },
  ]
  /// Of the public ASMR code's own models, whose learnt arguments go into sines.
  static let sines = full.filter { $0.configuration.model == .asmr || $0.configuration.model == .siren }
  static let miniBatches = full.map { plain in
    Case(plain.name + ", mini-batches") {
      $0 = plain.configuration
      $0.batch = .samples(300)
    }
  }
}

/// All parameters, bit by bit.
func bits(_ trainer: Trainer) -> [UInt32] { trainer.network.parameters.values.array.map(\.bitPattern) }

func allParametersAreFinite(_ trainer: Trainer) -> Bool {
  trainer.network.parameters.values.array.allSatisfy(\.isFinite)
}

/// `Σ (y − t)² / n` as it is written down.
func plainError(_ prediction: Signal, _ target: Signal) -> Double {
  zip(prediction.samples, target.samples).reduce(0) { sum, pair in
    let difference = Double(pair.0) - Double(pair.1)
    return sum + difference * difference
  } / Double(target.samples.count)
}

/// The same, predictions clamped to [0, 1], in decibels.
func plainPSNR(_ prediction: Signal, _ target: Signal) -> Double {
  var clamped = prediction
  clamped.samples = prediction.samples.map { min(max($0, 0), 1) }
  return -10 * log10(plainError(clamped, target))
}

func isClose(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool { abs(a - b) <= tolerance * max(abs(a), abs(b)) }

/// A folder that is removed at the end of the test.
final class TemporaryFolder {
  private let url: URL
  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("asmr-tui-training-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

func contents(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

/// SplitMix64: the same damage in every run.
struct FixedGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// An engine and somebody who picks up all that it says.
final class Watcher {
  struct NothingCame: Error, CustomStringConvertible {
    let description: String
  }

  let engine: Engine
  private let semaphore: DispatchSemaphore
  private(set) var latest: [RunID: Snapshot] = [:]
  /// Of the run's newest generation.
  private(set) var metrics: [RunID: [StepMetrics]] = [:]
  private(set) var previews: [RunID: [Preview]] = [:]
  private(set) var notices: [RunID: [Notice]] = [:]
  /// Of the run's newest generation.
  private(set) var features: [RunID: [FeatureReport]] = [:]
  private(set) var frames: [RunID: [FeatureFrame]] = [:]

  init(threads: Int = 2) {
    let semaphore = DispatchSemaphore(value: 0)
    self.semaphore = semaphore
    engine = Engine(threads: threads) { semaphore.signal() }
  }

  deinit { engine.shutDown() }

  func collect() {
    for snapshot in engine.mailbox.take() {
      let id = snapshot.run
      if latest[id]?.generation != snapshot.generation { (metrics[id], features[id], frames[id]) = ([], [], []) }
      metrics[id, default: []] += snapshot.metrics
      if let preview = snapshot.preview { previews[id, default: []].append(preview) }
      if let report = snapshot.features { features[id, default: []].append(report) }
      frames[id, default: []] += snapshot.frames
      notices[id, default: []] += snapshot.notices
      latest[id] = snapshot
    }
  }

  /// The run's snapshot as soon as it satisfies a condition. The limit is there so that a mistake does not hang the tests.
  @discardableResult
  func wait(for id: RunID, _ what: String, until condition: (Snapshot) -> Bool) throws -> Snapshot {
    while true {
      collect()
      if let snapshot = latest[id], condition(snapshot) { return snapshot }
      guard semaphore.wait(timeout: .now() + 120) == .success else {
        let last = latest[id].map { ", but \($0.state) at step \($0.step) of generation \($0.generation)" } ?? ""
        throw NothingCame(description: "run \(id.value) was never \(what)\(last)")
      }
    }
  }

  @discardableResult
  func waitForEnd(_ id: RunID, generation: Int = 0) throws -> Snapshot {
    try wait(for: id, "at its end") { $0.hasEnded && $0.generation == generation }
  }

  /// Saves a run and returns the file's bytes.
  func saved(_ id: RunID, in folder: TemporaryFolder) throws -> [UInt8] {
    let path = folder.path("\(UUID().uuidString).safetensors")
    engine.send(.save(id, path: path))
    while true {
      collect()
      for case .saved(path, _, _) in notices[id] ?? [] { return try contents(path) }
      guard semaphore.wait(timeout: .now() + 120) == .success else {
        throw NothingCame(description: "run \(id.value) was never saved")
      }
    }
  }
}
