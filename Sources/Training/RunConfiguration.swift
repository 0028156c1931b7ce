import Kernels
import Networks

/// Everything that decides what a run computes: what options parse to, what a form edits, what is saved and logged.
///
/// Fields that are nil take the model's and the preset's values; `resolved(shape:)` fills them in. A field that the model
/// does not have stays nil. The number of threads is not here, because no result depends on it.
public struct RunConfiguration: Codable, Equatable, Sendable {
  public var model = ModelKind.asmr
  /// For the models whose public code departs from their paper.
  public var variant: Variant?
  /// Hidden width h.
  public var hidden: Int?
  /// Linear layers L, the head included; for ASMR also the number of levels.
  public var layers: Int?
  /// ASMR's bases; nil plans them.
  public var bases: Bases?
  /// Frequency factor ω0 of ASMR and SIREN.
  public var omega0: Float?
  /// ASMR's modulator.
  public var modulator: ModulatorKind?
  /// KiloNeRF's networks an axis.
  public var grid: [Int]?
  /// LoE's tiles of every tiled layer, an axis each.
  public var tiles: [[Int]]?
  /// Frequencies of the positional encoding of KiloNeRF and LoE.
  public var frequencies: Int?
  /// The hash grid's levels, features a level, rows of a table, resolutions of the coarsest and the finest level.
  public var levels: Int?
  public var features: Int?
  public var tableSize: Int?
  public var baseResolution: [Int]?
  public var finestResolution: [Int]?
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

  /// The model's default of its hidden width.
  private var defaultHidden: Int {
    switch model {
    case .asmr, .siren: 256
    case .kilonerf: 16
    case .loe: 24
    case .hashgrid: 64
    }
  }

  /// The model's default of its linear layers, where nothing else says them.
  private var defaultLayers: Int {
    switch model {
    case .asmr: bases?.levels ?? 4
    case .siren: 4
    case .loe: tiles.map { $0.count + 1 } ?? 4
    case .kilonerf, .hashgrid: 3
    }
  }

  /// The same configuration with nothing left open, checked against a data shape.
  public func resolved(shape: [Int]) throws(ConfigurationError) -> RunConfiguration {
    for field in RunField.all where !field.models.contains(model) && field.text(of: self) != nil {
      // Older files have a modulator with every model.
      if field.name == "modulator", modulator == .linear { continue }
      throw ConfigurationError(
        "\(field.name): found with --model \(model.rawValue); allowed only with "
          + ModelKind.allCases.filter { field.models.contains($0) }.map(\.rawValue).joined(separator: ", "))
    }
    for field in RunField.all { try field.check(self) }
    var result = self
    // A single number holds for every axis.
    func spread(_ list: [Int]) -> [Int] { list.count == 1 ? Array(repeating: list[0], count: shape.count) : list }
    let settings = preset.settings(for: model)
    result.hidden = hidden ?? defaultHidden
    result.layers = layers ?? defaultLayers
    result.schedule = schedule ?? settings.schedule
    result.steps = steps ?? result.schedule
    result.learningRate = learningRate ?? settings.learningRate
    result.finalLearningRate = finalLearningRate ?? min(settings.finalLearningRate, result.learningRate ?? 0)
    result.batch = batch ?? settings.batch
    // A batch that holds the whole signal is a full batch.
    if case .samples(let count) = result.batch, count >= shape.reduce(1, *) { result.batch = .full }
    result.modulator = model == .asmr ? modulator ?? .linear : nil
    if model.hasVariants { result.variant = variant ?? .paper }
    switch model {
    case .asmr:
      result.omega0 = omega0 ?? 30
      result.bases = if let bases { try bases.fitted(to: shape) } else { .plan(shape: shape, levels: result.layers ?? 4) }
      let levels = result.bases?.levels ?? 4
      if let layers, layers != levels {
        throw ConfigurationError(
          "layers: found \(layers) beside bases of \(levels) levels; allowed is \(levels), or one of the two")
      }
      result.layers = levels
    case .siren:
      result.omega0 = omega0 ?? 30
    case .kilonerf:
      result.frequencies = frequencies ?? 10
      result.grid = grid.map(spread) ?? shape.map { min(16, $0) }
    case .loe:
      result.frequencies = frequencies ?? 8
      result.tiles = tiles?.map(spread) ?? Self.plannedTiles(shape: shape, layers: (result.layers ?? 4) - 1)
      let needed = (result.tiles?.count ?? 0) + 1
      if let layers, layers != needed {
        throw ConfigurationError(
          "layers: found \(layers) beside tiles of \(needed - 1) layers; allowed is \(needed), or one of the two")
      }
    case .hashgrid:
      result.levels = levels ?? 8
      result.features = features ?? 2
      result.tableSize = tableSize ?? 32_768
      result.baseResolution = spread(baseResolution ?? [16])
      result.finestResolution = spread(finestResolution ?? [256])
    }
    for field in RunField.all { try field.check(result) }
    return result
  }

  /// As many tiles an axis and layer as ASMR's bases would have for the shape: at 512 samples 8, 8, 8.
  private static func plannedTiles(shape: [Int], layers: Int) -> [[Int]] {
    let bases = Bases.plan(shape: shape, levels: max(layers, 1)).axes
    return (0..<max(layers, 1)).map { layer in bases.map { $0[layer] } }
  }

  /// The network's part, for a data shape.
  public func modelConfiguration(shape: [Int]) throws(ConfigurationError) -> any NetworkConfiguration {
    let resolved = try resolved(shape: shape)
    let hidden = resolved.hidden ?? defaultHidden
    let layers = resolved.layers ?? defaultLayers
    switch model {
    case .asmr:
      return ASMRConfiguration(
        hidden: hidden, bases: resolved.bases ?? .plan(shape: shape, levels: layers),
        omega0: resolved.omega0 ?? 30, modulator: resolved.modulator ?? .linear)
    case .siren:
      return SIRENConfiguration(hidden: hidden, layers: layers, omega0: resolved.omega0 ?? 30)
    case .kilonerf:
      return KiloNeRFConfiguration(
        hidden: hidden, layers: layers, grid: resolved.grid ?? [16], frequencies: resolved.frequencies ?? 10,
        variant: resolved.variant ?? .paper)
    case .loe:
      return LoEConfiguration(
        hidden: hidden, frequencies: resolved.frequencies ?? 8, tiles: resolved.tiles ?? [[8], [8], [8]],
        variant: resolved.variant ?? .paper)
    case .hashgrid:
      return HashGridConfiguration(
        levels: resolved.levels ?? 8, features: resolved.features ?? 2, tableSize: resolved.tableSize ?? 32_768,
        baseResolution: resolved.baseResolution ?? [16], finestResolution: resolved.finestResolution ?? [256],
        hidden: hidden, layers: layers, variant: resolved.variant ?? .paper)
    }
  }

  /// The model, and right behind it whether it is the published variant: `KiloNeRF`, `KiloNeRF pub.`
  public var shortName: String { variant == .published ? model.title + " pub." : model.title }

  /// What a title says: `ASMR [4,4,4,8]`, `SIREN 4×256`, `hash grid pub. 8×2`.
  public var label: String {
    let layers = layers ?? defaultLayers
    let size = "\(layers)×\(hidden ?? defaultHidden)"
    let text = switch model {
    case .asmr: bases.map { "ASMR \($0.label)" } ?? "ASMR \(layers) levels"
    case .siren: "\(shortName) \(size)"
    case .kilonerf: "\(shortName) \(size), \((grid ?? [16, 16]).map(String.init).joined(separator: "×"))"
    case .loe: "\(shortName) \(size)"
    case .hashgrid: "\(shortName) \(levels ?? 8)×\(features ?? 2)"
    }
    return text
  }

  /// The first field, or as many as it takes, that tells it from others of its label: `batch full`; nil where none of the
  /// others has the label, or all that have it are the same.
  public func difference(from others: [RunConfiguration]) -> String? {
    var same = others.filter { $0.label == label }
    var words: [String] = []
    for field in RunField.all where !same.isEmpty {
      let text = field.text(of: self)
      let alike = same.filter { field.text(of: $0) == text }
      guard alike.count < same.count, let text else { continue }
      words.append("\(field.name) \(text)")
      same = alike
    }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }
}

extension RunConfiguration {
  /// Names in files are those of the options and of the field.
  enum CodingKeys: String, CodingKey {
    case model, variant, hidden, layers, bases, omega0, modulator, grid, tiles, frequencies, levels, features
    case tableSize = "table_size"
    case baseResolution = "base_resolution"
    case finestResolution = "finest_resolution"
    case preset, steps, schedule
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
