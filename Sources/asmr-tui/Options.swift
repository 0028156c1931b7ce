import ArgumentParser
import Networks
import Signals
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ModelKind: ExpressibleByArgument {}
extension ModulatorKind: ExpressibleByArgument {}
extension Preset: ExpressibleByArgument {}

/// Reads a value or says what is allowed.
func optionValue<Value>(
  _ text: String, allowed: String, _ read: (String) -> Value?
) throws(ConfigurationError) -> Value {
  guard let value = read(text) else { throw ConfigurationError("found '\(text)'; allowed are \(allowed)") }
  return value
}

/// The model and how it is trained: the same words in every subcommand.
struct RunOptions: ParsableArguments {
  @Option(help: "Network: asmr or siren.")
  var model: ModelKind = .asmr

  @Option(help: "ASMR's bases, coarse to fine: 4,4,4,8 for every axis, 4,4,4,8x4,4,6,8 for rows and columns. Planned if not given.")
  var bases: String?

  @Option(
    parsing: .unconditional, help: "Hidden width.",
    transform: { try optionValue($0, allowed: "whole numbers from \(RunConfiguration.hiddenRange.lowerBound) to \(RunConfiguration.hiddenRange.upperBound)", Int.init(_:)) })
  var hidden: Int = 256

  @Option(
    parsing: .unconditional, help: "Linear layers, the head included; for asmr also the number of levels. (default: 4)",
    transform: { try optionValue($0, allowed: "whole numbers from \(RunConfiguration.layersRange.lowerBound) to \(RunConfiguration.layersRange.upperBound)", Int.init(_:)) })
  var layers: Int?

  @Option(
    parsing: .unconditional, help: "Frequency factor of the sines.",
    transform: { try optionValue($0, allowed: "numbers from 0.001 to 10000", Float.init(_:)) })
  var omega: Float = 30

  @Option(help: "ASMR's modulator: linear or siren.")
  var modulator: ModulatorKind = .linear

  @Option(help: "live: the fastest honest climb. paper: Adam 1e-4, cosine over 10,000 full-image steps.")
  var preset: Preset = .live

  @Option(
    parsing: .unconditional, help: "Steps to take. (default: the schedule's length)",
    transform: { try optionValue($0, allowed: "whole numbers from \(RunConfiguration.stepsRange.lowerBound) to \(RunConfiguration.stepsRange.upperBound)", Int.init(_:)) })
  var steps: Int?

  @Option(
    parsing: .unconditional, help: "Length of the cosine schedule in steps. (default: the preset's)",
    transform: { try optionValue($0, allowed: "whole numbers from \(RunConfiguration.scheduleRange.lowerBound) to \(RunConfiguration.scheduleRange.upperBound)", Int.init(_:)) })
  var schedule: Int?

  @Option(
    parsing: .unconditional, help: "Learning rate at the start. (default: the preset's)",
    transform: { try optionValue($0, allowed: "numbers from 1e-10 to 10", Float.init(_:)) })
  var lr: Float?

  @Option(
    parsing: .unconditional, help: "Samples a step: full, or about this many. (default: the preset's)",
    transform: { try optionValue($0, allowed: "full, or a number of samples from 1", BatchSize.init(argument:)) })
  var batch: BatchSize?

  @Option(
    parsing: .unconditional, help: "Seed of everything random.",
    transform: { try optionValue($0, allowed: "whole numbers from 0", UInt64.init(_:)) })
  var seed: UInt64 = 1

  func configuration() throws -> RunConfiguration {
    var configuration = RunConfiguration()
    configuration.model = model
    configuration.hidden = hidden
    configuration.bases = try bases.map { text throws(ConfigurationError) in try Bases(argument: text) }
    if let given = configuration.bases?.levels, let layers, layers != given {
      throw ConfigurationError("layers: found \(layers) beside bases of \(given) levels; allowed is \(given), or one of the two")
    }
    configuration.layers = layers ?? configuration.bases?.levels ?? 4
    configuration.omega0 = omega
    configuration.modulator = modulator
    configuration.preset = preset
    configuration.steps = steps
    configuration.schedule = schedule
    configuration.learningRate = lr
    configuration.batch = batch
    configuration.seed = seed
    return configuration
  }
}

/// How many threads compute; no result depends on it.
struct ThreadOptions: ParsableArguments {
  @Option(
    parsing: .unconditional, help: "Threads of the computation. (default: the processor's)",
    transform: { try optionValue($0, allowed: "whole numbers from 1 to 256", Int.init(_:)) })
  var threads: Int?

  func count() throws -> Int {
    let count = threads ?? ProcessInfo.processInfo.activeProcessorCount
    guard (1...256).contains(count) else {
      throw ConfigurationError("threads: found \(count); allowed are 1 to 256")
    }
    return count
  }
}

/// The picture.
struct DataOptions: ParsableArguments {
  @Argument(help: "A picture: PNM (P1 to P7), PNG or JPEG; - is standard input.")
  var file: String

  @Option(
    help: "none, auto (above a megapixel the picture is reduced to one), or WxH.",
    transform: { try optionValue($0, allowed: "none, auto, or WxH as in 640x480", ResizePolicy.init(argument:)) })
  var resize: ResizePolicy = .auto

  func load() throws -> LoadedSignal { try ImageReader.read(path: file, resize: resize) }
}
