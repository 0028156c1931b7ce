import ArgumentParser
import Networks
import Signals
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads a value or says what is allowed.
func optionValue<Value>(
  _ text: String, allowed: String, _ read: (String) -> Value?
) throws(ConfigurationError) -> Value {
  guard let value = read(text) else { throw ConfigurationError("found '\(text)'; allowed are \(allowed)") }
  return value
}

/// Help of a field's option: the field's own words.
private func help(_ name: String) -> ArgumentHelp {
  ArgumentHelp(stringLiteral: RunField.named(name)?.help ?? name)
}

/// Its values, where there are few.
private func completion(_ name: String) -> CompletionKind? {
  let choices = name == "batch" ? ["full"] : RunField.named(name)?.choices ?? []
  return choices.isEmpty ? nil : .list(choices)
}

/// The model and how it is trained: the same words in every subcommand, in `--run` and in the form.
struct RunOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: help("model"), completion: completion("model")) var model: String?
  @Option(parsing: .unconditional, help: help("variant"), completion: completion("variant")) var variant: String?
  @Option(parsing: .unconditional, help: help("bases")) var bases: String?
  @Option(parsing: .unconditional, help: help("grid")) var grid: String?
  @Option(parsing: .unconditional, help: help("tiles")) var tiles: String?
  @Option(parsing: .unconditional, help: help("levels")) var levels: String?
  @Option(parsing: .unconditional, help: help("features")) var features: String?
  @Option(parsing: .unconditional, help: help("table-size")) var tableSize: String?
  @Option(parsing: .unconditional, help: help("base-resolution")) var baseResolution: String?
  @Option(parsing: .unconditional, help: help("finest-resolution")) var finestResolution: String?
  @Option(parsing: .unconditional, help: help("hidden")) var hidden: String?
  @Option(parsing: .unconditional, help: help("layers")) var layers: String?
  @Option(parsing: .unconditional, help: help("frequencies")) var frequencies: String?
  @Option(parsing: .unconditional, help: help("omega")) var omega: String?
  @Option(parsing: .unconditional, help: help("modulator"), completion: completion("modulator")) var modulator: String?
  @Option(parsing: .unconditional, help: help("preset"), completion: completion("preset")) var preset: String?
  @Option(parsing: .unconditional, help: help("steps")) var steps: String?
  @Option(parsing: .unconditional, help: help("schedule")) var schedule: String?
  @Option(parsing: .unconditional, help: help("lr")) var lr: String?
  @Option(parsing: .unconditional, help: help("final-lr")) var finalLr: String?
  @Option(parsing: .unconditional, help: help("batch"), completion: completion("batch")) var batch: String?
  @Option(parsing: .unconditional, help: help("seed")) var seed: String?

  /// What was given, by the field's name.
  var given: [(name: String, text: String)] {
    [
      ("model", model), ("variant", variant), ("bases", bases), ("grid", grid), ("tiles", tiles), ("levels", levels),
      ("features", features), ("table-size", tableSize), ("base-resolution", baseResolution),
      ("finest-resolution", finestResolution), ("hidden", hidden), ("layers", layers), ("frequencies", frequencies),
      ("omega", omega), ("modulator", modulator), ("preset", preset), ("steps", steps), ("schedule", schedule),
      ("lr", lr), ("final-lr", finalLr), ("batch", batch), ("seed", seed),
    ].compactMap { name, text in text.map { (name, $0) } }
  }

  /// - Parameter standard: fields for where no option says otherwise; those that the model does not have are left.
  /// - Throws: the option, what was found and what is allowed.
  func configuration(standard: [(name: String, text: String)] = []) throws(ConfigurationError) -> RunConfiguration {
    var configuration = RunConfiguration()
    if model == nil, let text = standard.first(where: { $0.name == "model" })?.text { try Self.set("model", to: text, in: &configuration) }
    if let model { try Self.set("model", to: model, in: &configuration) }
    for (name, text) in standard where name != "model" && RunField.named(name)?.models.contains(configuration.model) == true {
      try Self.set(name, to: text, in: &configuration)
    }
    for (name, text) in given { try Self.set(name, to: text, in: &configuration) }
    return configuration
  }

  static func set(_ name: String, to text: String, in configuration: inout RunConfiguration) throws(ConfigurationError) {
    guard let field = RunField.named(name) else { return }
    do throws(ConfigurationError) {
      try field.set(text, in: &configuration)
    } catch {
      throw ConfigurationError("--\(error.description)")
    }
  }
}

/// How many threads compute; no result depends on it.
struct ThreadOptions: ParsableArguments {
  @Option(
    parsing: .unconditional, help: "Threads of the computation. (default: the processor's)",
    transform: { try optionValue($0, allowed: "whole numbers from \(Self.allowed)", Int.init(_:)) })
  var threads: Int?

  private static let allowed = "\(Engine.allowedThreads.lowerBound) to \(Engine.allowedThreads.upperBound)"

  /// - Parameter standard: where no option says otherwise; nil is the processor's.
  func count(standard: Int? = nil) throws -> Int {
    let count = threads ?? standard ?? ProcessInfo.processInfo.activeProcessorCount
    guard Engine.allowedThreads.contains(count) else {
      throw ConfigurationError("threads: found \(count); allowed are \(Self.allowed)")
    }
    return count
  }
}

/// A saved model, and what its file may leave open.
struct ModelOptions: ParsableArguments {
  @Argument(help: "A model that train --save wrote, or a state dictionary of the public ASMR code (safetensors).", completion: .models)
  var model: String

  @Option(help: "Bases, where the file does not say.")
  var bases: String?

  @Option(help: "Frequency factor ω0, where the file does not say.")
  var omega: Float?

  @Option(help: "Size of the data, width first, where the file does not say: 512x512.")
  var size: String?

  func load() throws -> SavedModel {
    var hints = ModelHints()
    hints.bases = try bases.map { text throws(ConfigurationError) in try Bases(argument: text) }
    hints.omega0 = omega
    hints.shape = try size.map { text throws(ConfigurationError) in try dataShape(text) }
    return try SavedModel(bytes: try InputFile.read(path: model), file: model, hints: hints)
  }
}

/// The picture.
struct DataOptions: ParsableArguments {
  @Argument(help: "A picture: PNM (P1 to P7), PNG or JPEG; - is standard input.", completion: .pictures)
  var file: String

  @Option(
    help: "none, auto (above a megapixel the picture is reduced to one), or WxH.", completion: .list(["none", "auto"]),
    transform: { try optionValue($0, allowed: "none, auto, or WxH as in 640x480", ResizePolicy.init(argument:)) })
  var resize: ResizePolicy = .auto

  func load() throws -> LoadedSignal { try ImageReader.read(path: file, resize: resize) }
}
