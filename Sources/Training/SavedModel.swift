import Kernels
import Networks
import Signals

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a file may leave open and a user can say: for models that were saved elsewhere.
public struct ModelHints: Sendable {
  public var bases: Bases?
  public var omega0: Float?
  public var shape: [Int]?
  public init(bases: Bases? = nil, omega0: Float? = nil, shape: [Int]? = nil) {
    self.bases = bases
    self.omega0 = omega0
    self.shape = shape
  }
}

/// A trained model as a file: safetensors with the tensor names of the public ASMR code, the configuration in the
/// metadata.
public struct SavedModel {
  public let configuration: RunConfiguration
  public let shape: [Int]
  public let channels: Int
  /// Updates that the parameters had; nil when the file does not say.
  public let step: Int?
  private let tensors: [String: Safetensors.Tensor]

  private enum Key {
    static let configuration = "asmr-tui.configuration"
    static let shape = "asmr-tui.data_shape"
    static let channels = "asmr-tui.channels"
    static let step = "asmr-tui.step"
  }

  /// The parameters of a trainer as they are.
  public init(trainer: Trainer) {
    configuration = trainer.configuration
    shape = trainer.signal.shape
    channels = trainer.signal.channels
    step = trainer.step
    let store = trainer.network.parameters
    tensors = Dictionary(uniqueKeysWithValues: store.tensors.map {
      ($0.name, Safetensors.Tensor(shape: $0.shape, values: store.array($0)))
    })
  }

  /// Writes the file whole or not at all.
  public func write(to path: String) throws {
    var file = Safetensors()
    file.tensors = tensors
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    file.metadata = [
      "format": "pt",
      Key.configuration: String(decoding: try encoder.encode(configuration), as: UTF8.self),
      Key.shape: shape.map(String.init).joined(separator: ","),
      Key.channels: String(channels),
      Key.step: String(step ?? 0),
    ]
    try AtomicFile.write(try file.encoded(), to: path)
  }

  /// Reads a file of ours, or a state dictionary of the public ASMR code with `hints` for what it does not say.
  ///
  /// - Throws: `SignalError`: 65 for a file that is wrong, 64 when a hint is missing or does not fit.
  public init(bytes: [UInt8], file: String, hints: ModelHints = ModelHints()) throws(SignalError) {
    func usage(_ message: String) -> SignalError { SignalError(kind: .usage, file: file, message: message) }
    func fault(_ message: String) -> SignalError { SignalError(kind: .data, file: file, message: message) }
    let content = try Safetensors(bytes, file: file)
    // The public code keeps every tensor under two names; a file may have either.
    var tensors: [String: Safetensors.Tensor] = [:]
    for (name, tensor) in content.tensors {
      let plain = name.hasPrefix("siren.") ? String(name.dropFirst(6)) : name
      if tensors[plain] == nil || plain == name { tensors[plain] = tensor }
    }
    let own = content.metadata[Key.configuration]
    var configuration = RunConfiguration()
    if let own {
      do {
        configuration = try JSONDecoder().decode(RunConfiguration.self, from: Data(own.utf8))
      } catch {
        throw fault("metadata \(Key.configuration): found JSON that does not fit; allowed is what train --save writes")
      }
    }
    let first = tensors["net.0.linear.weight"], head = tensors["last_layer.linear.weight"]
    let isPlain = configuration.model == .asmr || configuration.model == .siren
    if isPlain, [first, head].contains(where: { $0?.shape.count != 2 || $0?.shape.contains { $0 <= 0 } != false }) {
      let found = content.tensors.keys.sorted().prefix(3).joined(separator: ", ")
      throw fault("no model of ours: found tensors \(found.isEmpty ? "none" : found); "
        + "needed are net.0.linear.weight … last_layer.linear.weight")
    }
    // Of a model with its own kind of tensors only its metadata tells these.
    let storedChannels = content.metadata[Key.channels].flatMap(Int.init)
    let channels = isPlain ? head?.shape[0] ?? 0 : storedChannels ?? 0
    guard (1...64).contains(channels) || isPlain else {
      throw fault("metadata \(Key.channels): found \(content.metadata[Key.channels] ?? "none"); allowed are 1 to 64")
    }
    let layers = tensors.keys.filter { $0.hasPrefix("net.") && $0.hasSuffix(".linear.weight") }.count + 1
    if own == nil, let first {
      configuration.model = tensors.keys.contains { $0.hasPrefix("modulators.") } ? .asmr : .siren
      configuration.hidden = first.shape[0]
      configuration.layers = layers
      if configuration.model == .asmr {
        configuration.modulator = tensors.keys.contains { $0.hasPrefix("modulators.0.model.") } ? .siren : .linear
      }
      guard let omega0 = hints.omega0 else {
        throw usage("its metadata does not say ω0; --omega is needed (30 in the paper)")
      }
      configuration.omega0 = omega0
      if configuration.model == .asmr, hints.bases == nil {
        throw usage("its metadata does not say the bases; --bases is needed, as in --bases 4,4,4,8")
      }
    }
    if let omega0 = hints.omega0 { configuration.omega0 = omega0 }
    if let bases = hints.bases { configuration.bases = bases }
    if let bases = hints.bases, configuration.model == .asmr, bases.levels != layers {
      throw usage("--bases: found \(bases.levels) levels; allowed are \(layers), as the model has layers")
    }

    // Words that are no numbers make a shape that fits nothing.
    let stored = content.metadata[Key.shape].map { $0.split(separator: ",").map { Int($0) ?? 0 } }
    guard let shape = hints.shape ?? stored else {
      throw usage("its metadata does not say the data's size; --size is needed, as in --size 512x512")
    }
    let (count, overflow) = shape.reduce((1, false)) {
      let (product, overflow) = $0.0.multipliedReportingOverflow(by: $1)
      return (product, $0.1 || overflow)
    }
    let axes = isPlain ? first?.shape[1] ?? 0 : shape.count
    guard shape.count == axes, (1...3).contains(axes), shape.allSatisfy({ $0 > 0 }), !overflow, count <= 1 << 31 else {
      let list = shape.map(String.init).joined(separator: "×")
      let message = "data of size \(list): found \(shape.count) axes; allowed are \((1...3).contains(axes) ? "\(axes)" : "1 to 3"), "
        + "each of 1 or more, with at most \(1 << 31) samples"
      throw hints.shape == nil ? fault(message) : usage(message)
    }
    let resolved: RunConfiguration
    do {
      resolved = try configuration.resolved(shape: shape)
    } catch {
      // The file alone fits itself, so what was said beside it does not.
      let isHinted = hints.bases != nil || hints.omega0 != nil || hints.shape != nil
      throw isHinted ? usage("\(error)") : fault("\(error)")
    }
    do {
      let model = try resolved.modelConfiguration(shape: shape)
      guard !isPlain || resolved.layers == layers else {
        throw ConfigurationError("layers: found tensors of \(layers); allowed are \(resolved.layers ?? 0), as it says itself")
      }
      // Compare shapes before anything of the model's size is allocated.
      for tensor in try model.tensors(shape: shape, channels: channels) {
        guard let found = tensors[tensor.name] else { throw ConfigurationError("tensor \(tensor.name) is missing") }
        guard found.shape == tensor.shape else {
          throw ConfigurationError("tensor \(tensor.name): found shape \(found.shape); allowed is \(tensor.shape)")
        }
      }
      configuration = resolved
    } catch {
      throw fault("\(error)")
    }
    self.configuration = configuration
    self.shape = shape
    self.channels = channels
    step = content.metadata[Key.step].flatMap(Int.init)
    self.tensors = tensors
  }

  /// The network with these parameters.
  public func network() throws(ConfigurationError) -> any Network {
    let network = try configuration.modelConfiguration(shape: shape).network(shape: shape, channels: channels)
    for tensor in network.parameters.tensors {
      if let stored = tensors[tensor.name] { network.parameters.set(tensor, to: stored.values) }
    }
    return network
  }

  /// The picture (or whatever the axes are) that the model draws.
  public func render(threads: Int) throws(ConfigurationError) -> Signal {
    Signal(shape: shape, channels: channels, samples: try network().prediction(parallel: Parallel(threads: threads)))
  }
}
