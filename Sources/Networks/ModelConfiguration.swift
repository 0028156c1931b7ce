import Kernels

/// The models, each named once. What differs between them is asked of `ModelConfiguration`.
public enum ModelKind: String, Codable, CaseIterable, Sendable {
  case asmr, siren

  /// The name that papers print.
  public var title: String {
    switch self {
    case .asmr: "ASMR"
    case .siren: "SIREN"
    }
  }
}

/// A model with all its sizes, ready to be built for a data shape.
public enum ModelConfiguration: Equatable, Sendable {
  case asmr(ASMRConfiguration)
  case siren(SIRENConfiguration)

  public var kind: ModelKind {
    switch self {
    case .asmr: .asmr
    case .siren: .siren
    }
  }

  /// Parameters, MACs, sines, FLOP for a data shape.
  public func cost(shape: [Int], channels: Int) throws(ConfigurationError) -> Cost {
    switch self {
    case .asmr(let configuration): try configuration.cost(shape: shape, channels: channels)
    case .siren(let configuration): try configuration.cost(shape: shape, channels: channels)
    }
  }

  /// Bytes that the network takes while it trains, the data not included.
  public func memory(shape: [Int], channels: Int, threads: Int) throws(ConfigurationError) -> Int {
    switch self {
    case .asmr(let configuration):
      try ASMR.memory(configuration, shape: shape, channels: channels, threads: threads)
    case .siren(let configuration):
      try SIREN.memory(configuration, shape: shape, channels: channels, threads: threads)
    }
  }

  /// The parameters' names, shapes and initial bounds, without building anything.
  public func tensors(shape: [Int], channels: Int) throws(ConfigurationError) -> [ParameterTensor] {
    switch self {
    case .asmr(let configuration): try ASMRLayout(configuration, shape: shape, channels: channels).tensors()
    case .siren(let configuration): configuration.tensors(axes: shape.count, channels: channels)
    }
  }

  /// Builds the network, its parameters still zero.
  public func network(shape: [Int], channels: Int) throws(ConfigurationError) -> any Network {
    switch self {
    case .asmr(let configuration): try ASMR(configuration, shape: shape, channels: channels)
    case .siren(let configuration): try SIREN(configuration, shape: shape, channels: channels)
    }
  }
}
