import Networks

/// One field of a run's configuration: the one table that options, `--run` and the explorer's form are made from.
public struct RunField: Sendable {
  /// The option's name without dashes.
  public let name: String
  /// A line of help, or a few.
  public let help: String
  /// The only values, where there are few.
  public let choices: [String]
  /// The models that have the field.
  public let models: Set<ModelKind>
  private let words: @Sendable (ModelKind, _ shape: [Int]?) -> String
  private let read: @Sendable (RunConfiguration) -> String?
  private let write: @Sendable (inout RunConfiguration, String?) throws(ConfigurationError) -> Void
  private let verify: @Sendable (RunConfiguration) throws(ConfigurationError) -> Void

  /// What may stand there, in words.
  ///
  /// - Parameter shape: of the data, where it is known and decides.
  public func allowed(for model: ModelKind, shape: [Int]? = nil) -> String { words(model, shape) }

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
    _ name: String, _ models: Set<ModelKind>, help: String, choices: [String] = [],
    allowed: @escaping @Sendable (ModelKind, _ shape: [Int]?) -> String,
    read: @escaping @Sendable (RunConfiguration) -> String?,
    write: @escaping @Sendable (inout RunConfiguration, String?) throws(ConfigurationError) -> Void,
    verify: @escaping @Sendable (RunConfiguration) throws(ConfigurationError) -> Void = { _ in }
  ) {
    (self.name, self.models, self.help, self.choices) = (name, models, help, choices)
    (words, self.read, self.write, self.verify) = (allowed, read, write, verify)
  }

  private static func refusal(_ name: String, _ found: String, _ allowed: String) -> ConfigurationError {
    ConfigurationError("\(name): found '\(found)'; allowed are \(allowed)")
  }

  /// A number in a range, which may be another one for every model.
  private static func number<Value: Comparable & LosslessStringConvertible & Sendable>(
    _ name: String, _ path: any WritableKeyPath<RunConfiguration, Value?> & Sendable, _ models: Set<ModelKind> = every,
    help: String, kind: String = "numbers", range: @escaping @Sendable (ModelKind) -> ClosedRange<Value>
  ) -> RunField {
    @Sendable func bounds(_ model: ModelKind) -> String { "\(range(model).lowerBound) to \(range(model).upperBound)" }
    return RunField(
      name, models, help: help, allowed: { model, _ in "\(kind) from \(bounds(model))" },
      read: { $0[keyPath: path].map(\.description) },
      write: { configuration, text throws(ConfigurationError) in
        let value = text.flatMap { Value($0) }
        if let text, value == nil { throw refusal(name, text, "\(kind) from \(bounds(configuration.model))") }
        configuration[keyPath: path] = value
      },
      verify: { configuration throws(ConfigurationError) in
        let range = range(configuration.model)
        guard let value = configuration[keyPath: path], !range.contains(value) else { return }
        // What kind of numbers says something only where it is not the type's.
        let words = kind == "powers of two" ? kind + " from " : ""
        throw ConfigurationError("\(name): found \(value); allowed are \(words)\(bounds(configuration.model))")
      })
  }

  private static func integer(
    _ name: String, _ path: any WritableKeyPath<RunConfiguration, Int?> & Sendable, _ range: ClosedRange<Int>,
    _ models: Set<ModelKind> = every, help: String, kind: String = "whole numbers"
  ) -> RunField {
    number(name, path, models, help: help, kind: kind) { _ in range }
  }

  private static func real(
    _ name: String, _ path: any WritableKeyPath<RunConfiguration, Float?> & Sendable, _ range: ClosedRange<Float>,
    _ models: Set<ModelKind> = every, help: String
  ) -> RunField {
    number(name, path, models, help: help) { _ in range }
  }

  private static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
    _ name: String, _ models: Set<ModelKind> = every, help: String,
    read: @escaping @Sendable (RunConfiguration) -> Value?,
    write: @escaping @Sendable (inout RunConfiguration, Value?) -> Void
  ) -> RunField where Value.RawValue == String {
    let choices = Value.allCases.map(\.rawValue)
    return RunField(
      name, models, help: help, choices: choices, allowed: { _, _ in choices.joined(separator: ", ") },
      read: { read($0)?.rawValue },
      write: { configuration, text throws(ConfigurationError) in
        if let text, Value(rawValue: text) == nil { throw refusal(name, text, choices.joined(separator: ", ")) }
        write(&configuration, text.flatMap { Value(rawValue: $0) })
      })
  }

  /// Whole numbers an axis, joined by x.
  private static func sizes(
    _ name: String, _ path: any WritableKeyPath<RunConfiguration, [Int]?> & Sendable, _ models: Set<ModelKind>,
    help: String, most: @escaping @Sendable (_ shape: [Int]?) -> String
  ) -> RunField {
    RunField(
      name, models, help: help,
      allowed: { _, shape in "whole numbers from 1 to \(most(shape)); for every axis, joined by x as in 16x16, or one for all" },
      read: { $0[keyPath: path].map { TileText.text($0) } },
      write: { configuration, text throws(ConfigurationError) in
        configuration[keyPath: path] = nil
        if let text { configuration[keyPath: path] = try TileText.parse(text, of: name, example: "16 or 16x8") }
      })
  }

  private static let mostBatch = 1_000_000_000
  private static let batchWords = "full, or a number of samples from 1 to \(mostBatch)"
  private static let seedWords = "whole numbers from 0 to \(UInt64.max)"
  private static func sizes(of shape: [Int]?) -> String {
    "the data's size" + (shape.map { ", " + $0.map(String.init).joined(separator: "x") } ?? "")
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
      allowed: { _, shape in
        "lists as 4,4,4,8 or 4,4,4,8x4,4,6,8, whose products are \(sizes(of: shape)) or what the plan pads it to"
      },
      read: { $0.bases?.argument },
      write: { configuration, text throws(ConfigurationError) in
        configuration.bases = nil
        if let text { configuration.bases = try Bases(argument: text) }
      }),
    sizes("grid", \.grid, [.kilonerf], help: "KiloNeRF's networks: 16x16. (default: 16 an axis)", most: sizes(of:)),
    RunField(
      "tiles", [.loe], help: "LoE's tiles of every tiled layer, coarse to fine: 8x8,8x8,8x8. Planned if not given.",
      allowed: { _, _ in "lists as 8x8,8x8,8x8 (a layer each) or 8,8,8, of whole numbers from 1 to \(TileText.most)" },
      read: { $0.tiles.map { $0.map { TileText.text($0) }.joined(separator: ",") } },
      write: { configuration, text throws(ConfigurationError) in
        configuration.tiles = nil
        if let text { configuration.tiles = try LoEConfiguration.tiles(argument: text) }
      }),
    integer("levels", \.levels, 1...32, [.hashgrid], help: "The hash grid's levels. (default: 8)"),
    integer("features", \.features, 1...16, [.hashgrid], help: "Features a level of the hash grid. (default: 2)"),
    integer(
      "table-size", \.tableSize, 16...(1 << 24), [.hashgrid],
      help: "Most rows of a level's table, a power of two. (default: 32768)", kind: "powers of two"),
    sizes(
      "base-resolution", \.baseResolution, [.hashgrid], help: "Resolution of the hash grid's coarsest level. (default: 16)",
      most: { _ in "\(TileText.most), at most the finest resolution" }),
    sizes(
      "finest-resolution", \.finestResolution, [.hashgrid], help: "Resolution of its finest level. (default: 256)",
      most: { _ in "\(TileText.most), at least the base resolution" }),
    number(
      "hidden", \.hidden, help: "Hidden width. (default: 256; kilonerf 16, loe 24, hashgrid 64)", kind: "whole numbers",
      range: \.hiddenWidths),
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
    choice(
      "preset",
      help: """
        Learning rate, schedule and batch. (default: live)
        live: the fastest honest climb, over 2,000 or 3,000 steps.
        paper: as the model's paper trains, 10,000 steps of all samples; kilonerf at 5e-3 for its paper's 5e-4, because \
        the reference's curve is that of 5e-3.
        """
    ) {
      $0.preset
    } write: { $0.preset = $1 ?? .live },
    integer("steps", \.steps, 0...100_000_000, help: "Steps to take. (default: the schedule's length)"),
    integer(
      "schedule", \.schedule, 1...100_000_000, help: "Length of the cosine schedule in steps. (default: the preset's)"),
    real("lr", \.learningRate, 1e-10...10, help: "Learning rate at the start. (default: the preset's)"),
    real("final-lr", \.finalLearningRate, 0...10, help: "Learning rate that the cosine ends at. (default: the preset's)"),
    RunField(
      "batch", every, help: "Samples a step: full, or about this many. (default: the preset's)",
      allowed: { _, _ in batchWords }, read: { $0.batch?.argument },
      write: { configuration, text throws(ConfigurationError) in
        let size = text.flatMap { BatchSize(argument: $0) }
        if let text, size == nil { throw refusal("batch", text, batchWords) }
        configuration.batch = size
      },
      verify: { configuration throws(ConfigurationError) in
        if case .samples(let count)? = configuration.batch, !(1...mostBatch).contains(count) {
          throw ConfigurationError("batch: found \(count); allowed are 1 to \(mostBatch)")
        }
      }),
    RunField(
      "seed", every, help: "Seed of everything random. (default: 1)", allowed: { _, _ in seedWords },
      read: { String($0.seed) },
      write: { configuration, text throws(ConfigurationError) in
        let seed = text.map { UInt64($0) } ?? 1
        guard let seed else { throw refusal("seed", text ?? "", seedWords) }
        configuration.seed = seed
      }),
  ]
}
