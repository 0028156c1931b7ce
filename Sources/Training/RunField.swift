import Networks

/// One field of a run's configuration: the one table that options, `--run` and the explorer's form are made from.
public struct RunField: Sendable {
  /// The option's name without dashes.
  public let name: String
  /// One line of help.
  public let help: String
  /// What may stand there, in words.
  public let allowed: String
  /// The only values, where there are few.
  public let choices: [String]
  /// The models that have the field.
  public let models: Set<ModelKind>
  private let read: @Sendable (RunConfiguration) -> String?
  private let write: @Sendable (inout RunConfiguration, String?) throws(ConfigurationError) -> Void
  private let verify: @Sendable (RunConfiguration) throws(ConfigurationError) -> Void

  /// The value as text that `set` reads; nil while it is left open.
  public func text(of configuration: RunConfiguration) -> String? { read(configuration) }

  /// Reads a value.
  /// - Throws: what was found and what is allowed, in one line.
  public func set(_ text: String, in configuration: inout RunConfiguration) throws(ConfigurationError) {
    try write(&configuration, text)
  }

  /// Leaves the field to the model and the preset.
  public func clear(in configuration: inout RunConfiguration) { try? write(&configuration, nil) }

  /// Whether a value that was set from elsewhere is in range.
  func check(_ configuration: RunConfiguration) throws(ConfigurationError) { try verify(configuration) }

  public static func named(_ name: String) -> RunField? { all.first { $0.name == name } }

  private static let every = Set(ModelKind.allCases)

  // MARK: Kinds of fields

  private init(
    _ name: String, _ models: Set<ModelKind>, help: String, allowed: String, choices: [String] = [],
    read: @escaping @Sendable (RunConfiguration) -> String?,
    write: @escaping @Sendable (inout RunConfiguration, String?) throws(ConfigurationError) -> Void,
    verify: @escaping @Sendable (RunConfiguration) throws(ConfigurationError) -> Void = { _ in }
  ) {
    (self.name, self.models, self.help, self.allowed, self.choices) = (name, models, help, allowed, choices)
    (self.read, self.write, self.verify) = (read, write, verify)
  }

  private static func refusal(_ name: String, _ found: String, _ allowed: String) -> ConfigurationError {
    ConfigurationError("\(name): found '\(found)'; allowed are \(allowed)")
  }

  private static func integer(
    _ name: String, _ path: any WritableKeyPath<RunConfiguration, Int?> & Sendable, _ range: ClosedRange<Int>,
    _ models: Set<ModelKind> = every, help: String
  ) -> RunField {
    let allowed = "whole numbers from \(range.lowerBound) to \(range.upperBound)"
    return RunField(
      name, models, help: help, allowed: allowed, read: { $0[keyPath: path].map(String.init) },
      write: { configuration, text throws(ConfigurationError) in
        if let text, Int(text) == nil { throw refusal(name, text, allowed) }
        configuration[keyPath: path] = text.flatMap { Int($0) }
      },
      verify: { configuration throws(ConfigurationError) in
        guard let value = configuration[keyPath: path], !range.contains(value) else { return }
        throw ConfigurationError("\(name): found \(value); allowed are \(range.lowerBound) to \(range.upperBound)")
      })
  }

  private static func real(
    _ name: String, _ path: any WritableKeyPath<RunConfiguration, Float?> & Sendable, _ range: ClosedRange<Float>,
    _ models: Set<ModelKind> = every, help: String
  ) -> RunField {
    let allowed = "numbers from \(range.lowerBound) to \(range.upperBound)"
    return RunField(
      name, models, help: help, allowed: allowed, read: { $0[keyPath: path].map { "\($0)" } },
      write: { configuration, text throws(ConfigurationError) in
        if let text, Float(text) == nil { throw refusal(name, text, allowed) }
        configuration[keyPath: path] = text.flatMap { Float($0) }
      },
      verify: { configuration throws(ConfigurationError) in
        guard let value = configuration[keyPath: path], !range.contains(value) else { return }
        throw ConfigurationError("\(name): found \(value); allowed are \(range.lowerBound) to \(range.upperBound)")
      })
  }

  private static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
    _ name: String, _ models: Set<ModelKind> = every, help: String,
    read: @escaping @Sendable (RunConfiguration) -> Value?,
    write: @escaping @Sendable (inout RunConfiguration, Value?) -> Void
  ) -> RunField where Value.RawValue == String {
    let choices = Value.allCases.map(\.rawValue)
    return RunField(
      name, models, help: help, allowed: choices.joined(separator: ", "), choices: choices,
      read: { read($0)?.rawValue },
      write: { configuration, text throws(ConfigurationError) in
        if let text, Value(rawValue: text) == nil { throw refusal(name, text, choices.joined(separator: ", ")) }
        write(&configuration, text.flatMap { Value(rawValue: $0) })
      })
  }

  /// Whole numbers an axis, joined by x.
  private static func sizes(
    _ name: String, _ path: any WritableKeyPath<RunConfiguration, [Int]?> & Sendable, _ models: Set<ModelKind>,
    help: String
  ) -> RunField {
    RunField(
      name, models, help: help, allowed: "whole numbers from 1 for every axis, joined by x as in 16x16, or one for all",
      read: { $0[keyPath: path].map { TileText.text($0) } },
      write: { configuration, text throws(ConfigurationError) in
        configuration[keyPath: path] = nil
        if let text { configuration[keyPath: path] = try TileText.parse(text, of: name, example: "16 or 16x8") }
      })
  }

  // MARK: The table

  /// Every field, in the order of a form.
  public static let all: [RunField] = [
    choice("model", help: "Network: asmr, siren, kilonerf, loe or hashgrid.") {
      $0.model
    } write: { $0.model = $1 ?? .asmr },
    choice(
      "variant", [.kilonerf, .loe, .hashgrid],
      help: "paper, or published: what the public code of kilonerf, loe and hashgrid computes. (default: paper)"
    ) {
      $0.variant
    } write: { $0.variant = $1 },
    RunField(
      "bases", [.asmr],
      help: "ASMR's bases, coarse to fine: 4,4,4,8 for every axis, 4,4,4,8x4,4,6,8 for rows and columns. Planned if not given.",
      allowed: "lists as 4,4,4,8 or 4,4,4,8x4,4,6,8", read: { $0.bases?.argument },
      write: { configuration, text throws(ConfigurationError) in
        configuration.bases = nil
        if let text { configuration.bases = try Bases(argument: text) }
      }),
    sizes("grid", \.grid, [.kilonerf], help: "KiloNeRF's networks: 16x16. (default: 16 an axis)"),
    RunField(
      "tiles", [.loe], help: "LoE's tiles of every tiled layer, coarse to fine: 8x8,8x8,8x8. Planned if not given.",
      allowed: "lists as 8x8,8x8,8x8 (a layer each) or 8,8,8",
      read: { $0.tiles.map { $0.map { TileText.text($0) }.joined(separator: ",") } },
      write: { configuration, text throws(ConfigurationError) in
        configuration.tiles = nil
        if let text { configuration.tiles = try LoEConfiguration.tiles(argument: text) }
      }),
    integer("levels", \.levels, 1...32, [.hashgrid], help: "The hash grid's levels. (default: 8)"),
    integer("features", \.features, 1...16, [.hashgrid], help: "Features a level of the hash grid. (default: 2)"),
    integer(
      "table-size", \.tableSize, 16...(1 << 24), [.hashgrid],
      help: "Most rows of a level's table, a power of two. (default: 32768)"),
    sizes(
      "base-resolution", \.baseResolution, [.hashgrid], help: "Resolution of the hash grid's coarsest level. (default: 16)"),
    sizes(
      "finest-resolution", \.finestResolution, [.hashgrid], help: "Resolution of its finest level. (default: 256)"),
    integer(
      "hidden", \.hidden, 1...16_384, help: "Hidden width. (default: 256; kilonerf 16, loe 24, hashgrid 64)"),
    integer(
      "layers", \.layers, 2...32,
      help: "Linear layers, the head included; for asmr also the number of levels. (default: 4; kilonerf, hashgrid 3)"),
    integer(
      "frequencies", \.frequencies, 0...24, [.kilonerf, .loe],
      help: "Frequencies of the positional encoding. (default: kilonerf 10, loe 8)"),
    real("omega", \.omega0, 0.001...10_000, [.asmr, .siren], help: "Frequency factor of the sines. (default: 30)"),
    choice("modulator", [.asmr], help: "ASMR's modulator: linear or siren. (default: linear)") {
      $0.modulator
    } write: { $0.modulator = $1 },
    choice("preset", help: "live: the fastest honest climb. paper: as the model's paper trains it. (default: live)") {
      $0.preset
    } write: { $0.preset = $1 ?? .live },
    integer("steps", \.steps, 0...100_000_000, help: "Steps to take. (default: the schedule's length)"),
    integer(
      "schedule", \.schedule, 1...100_000_000, help: "Length of the cosine schedule in steps. (default: the preset's)"),
    real("lr", \.learningRate, 1e-10...10, help: "Learning rate at the start. (default: the preset's)"),
    real("final-lr", \.finalLearningRate, 0...10, help: "Learning rate that the cosine ends at. (default: the preset's)"),
    RunField(
      "batch", every, help: "Samples a step: full, or about this many. (default: the preset's)",
      allowed: "full, or a number of samples from 1", read: { $0.batch?.argument },
      write: { configuration, text throws(ConfigurationError) in
        let size = text.flatMap { BatchSize(argument: $0) }
        if let text, size == nil { throw refusal("batch", text, "full, or a number of samples from 1") }
        configuration.batch = size
      },
      verify: { configuration throws(ConfigurationError) in
        if case .samples(let count)? = configuration.batch, !(1...1_000_000_000).contains(count) {
          throw ConfigurationError("batch: found \(count); allowed are 1 to 1000000000")
        }
      }),
    RunField(
      "seed", every, help: "Seed of everything random. (default: 1)", allowed: "whole numbers from 0",
      read: { String($0.seed) },
      write: { configuration, text throws(ConfigurationError) in
        let seed = text.map { UInt64($0) } ?? 1
        guard let seed else { throw refusal("seed", text ?? "", "whole numbers from 0") }
        configuration.seed = seed
      }),
  ]
}
