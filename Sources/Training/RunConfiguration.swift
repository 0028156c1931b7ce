import Networks

/// How many samples a step sees.
public enum BatchSize: Equatable, Sendable {
  case full
  /// About this many; ASMR takes whole cells.
  case samples(Int)

  public init?(argument: String) {
    if argument == "full" {
      self = .full
    } else if let count = Int(argument), count > 0 {
      self = .samples(count)
    } else {
      return nil
    }
  }

  public var argument: String {
    switch self {
    case .full: "full"
    case .samples(let count): String(count)
    }
  }
}

extension BatchSize: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let size = BatchSize(argument: text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "batch: found '\(text)'; allowed are full or a number"))
    }
    self = size
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(argument)
  }
}

/// Sets of training settings by name.
public enum Preset: String, Codable, CaseIterable, Sendable {
  /// The fastest honest climb on this engine.
  case live
  /// The paper's: Adam 1e-4, cosine over 10,000 full-image steps.
  case paper

  struct Settings {
    let learningRate: Float
    let finalLearningRate: Float
    let schedule: Int
    let batch: BatchSize
  }

  func settings(for model: ModelKind) -> Settings {
    switch (self, model) {
    case (.paper, _):
      Settings(learningRate: 1e-4, finalLearningRate: 1e-6, schedule: 10_000, batch: .full)
    case (.live, .asmr):
      Settings(learningRate: 1e-3, finalLearningRate: 1e-6, schedule: 2_000, batch: .full)
    case (.live, .siren):
      // Measured on the cameraman: 1e-3 ends 0.9 dB lower, 2e-3 lags by 2 dB half-way, 3e-3 falls back; twice the batch
      // for half the steps is no better.
      Settings(learningRate: 1.4e-3, finalLearningRate: 1e-6, schedule: 3_000, batch: .samples(4_096))
    }
  }
}

/// Everything that decides what a run computes: what options parse to, what a form edits, what is saved and logged.
///
/// The optional fields default to the preset's values; `resolved(shape:)` fills them in. The number of threads is not
/// here, because no result depends on it.
public struct RunConfiguration: Codable, Equatable, Sendable {
  public var model = ModelKind.asmr
  /// Hidden width h.
  public var hidden = 256
  /// Linear layers L, the head included; for ASMR also the number of levels.
  public var layers = 4
  /// ASMR's bases; nil plans them.
  public var bases: Bases?
  /// Frequency factor ω0.
  public var omega0: Float = 30
  /// ASMR's modulator.
  public var modulator = ModulatorKind.linear
  public var preset = Preset.live
  /// When to stop; nil is the end of the schedule.
  public var steps: Int?
  /// Length of the cosine schedule.
  public var schedule: Int?
  public var learningRate: Float?
  /// What the schedule ends at.
  public var finalLearningRate: Float?
  public var batch: BatchSize?
  public var seed: UInt64 = 1

  public init() {}

  /// Ranges that every entrance (options, form, files) allows.
  public static let hiddenRange = 1...16_384
  public static let layersRange = 2...32
  public static let omega0Range: ClosedRange<Float> = 0.001...10_000
  public static let stepsRange = 0...100_000_000
  public static let scheduleRange = 1...100_000_000
  public static let learningRateRange: ClosedRange<Float> = 1e-10...10
  public static let batchRange = 1...1_000_000_000

  /// The same configuration with nothing left open, checked against a data shape.
  public func resolved(shape: [Int]) throws(ConfigurationError) -> RunConfiguration {
    var result = self
    func check<Value: Comparable>(
      _ name: String, _ value: Value, _ range: ClosedRange<Value>
    ) throws(ConfigurationError) {
      guard range.contains(value) else {
        throw ConfigurationError("\(name): found \(value); allowed are \(range.lowerBound) to \(range.upperBound)")
      }
    }
    try check("hidden", hidden, Self.hiddenRange)
    try check("layers", layers, Self.layersRange)
    try check("omega", omega0, Self.omega0Range)
    let settings = preset.settings(for: model)
    result.schedule = schedule ?? settings.schedule
    result.steps = steps ?? result.schedule
    result.learningRate = learningRate ?? settings.learningRate
    result.finalLearningRate = finalLearningRate ?? min(settings.finalLearningRate, result.learningRate ?? 0)
    result.batch = batch ?? settings.batch
    try check("schedule", result.schedule ?? 0, Self.scheduleRange)
    try check("steps", result.steps ?? 0, Self.stepsRange)
    try check("lr", result.learningRate ?? 0, Self.learningRateRange)
    if case .samples(let count) = result.batch { try check("batch", count, Self.batchRange) }
    // A batch that holds the whole signal is a full batch.
    if case .samples(let count) = result.batch, count >= shape.reduce(1, *) { result.batch = .full }
    switch model {
    case .asmr:
      if let bases { try check("layers", bases.levels, Self.layersRange) }
      result.bases = try bases?.fitted(to: shape) ?? .plan(shape: shape, levels: layers)
      result.layers = result.bases?.levels ?? layers
    case .siren:
      if bases != nil { throw ConfigurationError("bases: found with --model siren; allowed only with asmr") }
      if modulator != .linear { throw ConfigurationError("modulator: found with --model siren; allowed only with asmr") }
    }
    return result
  }

  /// The network's part, for a data shape.
  public func modelConfiguration(shape: [Int]) throws(ConfigurationError) -> ModelConfiguration {
    let resolved = try resolved(shape: shape)
    switch model {
    case .asmr:
      return .asmr(
        ASMRConfiguration(
          hidden: hidden, bases: resolved.bases ?? .plan(shape: shape, levels: layers), omega0: omega0,
          modulator: modulator))
    case .siren:
      return .siren(SIRENConfiguration(hidden: hidden, layers: layers, omega0: omega0))
    }
  }

  /// What a title says: `ASMR [4,4,4,8]`, `SIREN 4×256`.
  public var label: String {
    switch model {
    case .asmr: bases.map { "ASMR \($0.label)" } ?? "ASMR \(layers) levels"
    case .siren: "SIREN \(layers)×\(hidden)"
    }
  }
}

extension RunConfiguration {
  /// Names in files are those of the options and of the field.
  enum CodingKeys: String, CodingKey {
    case model, hidden, layers, bases, omega0, modulator, preset, steps, schedule
    case learningRate = "learning_rate"
    case finalLearningRate = "final_learning_rate"
    case batch, seed
  }
}

extension RunConfiguration {
  /// What is said of padding: `rows are padded from 427 to 432 (1.2 %) for bases 3,4,6,6`; nil when there is none.
  public func paddingNote(shape: [Int]) -> String? {
    guard let axes = bases?.axes, axes.count == shape.count else { return nil }
    let notes = axes.indices.compactMap { axis -> String? in
      let padded = axes[axis].reduce(1, *)
      guard padded != shape[axis] else { return nil }
      let tenths = Int((1000 * Double(padded - shape[axis]) / Double(shape[axis])).rounded())
      let list = axes[axis].map(String.init).joined(separator: ",")
      let name = shape.count == 2 ? ["rows are", "columns are"][axis] : "axis \(axis) is"
      return "\(name) padded from \(shape[axis]) to \(padded) (\(tenths / 10).\(tenths % 10) %) for bases \(list)"
    }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }
}
