import Kernels

/// The models, each named once. What differs between them is asked of their configurations.
public enum ModelKind: String, Codable, CaseIterable, Sendable {
  case asmr, siren, kilonerf, loe, hashgrid

  /// The name that papers print.
  public var title: String {
    switch self {
    case .asmr: "ASMR"
    case .siren: "SIREN"
    case .kilonerf: "KiloNeRF"
    case .loe: "LoE"
    case .hashgrid: "hash grid"
    }
  }

  /// Hidden widths that it is built for.
  public var hiddenWidths: ClosedRange<Int> {
    switch self {
    case .asmr, .siren: 1...16_384
    case .kilonerf, .loe, .hashgrid: 1...4_096
    }
  }

  /// Whether its public code departs from its paper in what it computes.
  public var hasVariants: Bool { self == .kilonerf || self == .loe || self == .hashgrid }
}

/// A model with all its sizes, ready to be built for a data shape.
public protocol NetworkConfiguration: Sendable {
  /// Parameters, MACs, sines, FLOP for a data shape.
  func cost(shape: [Int], channels: Int) throws(ConfigurationError) -> Cost
  /// Bytes that the network takes while it trains, the data not included.
  func memory(shape: [Int], channels: Int, threads: Int) throws(ConfigurationError) -> Int
  /// The parameters' names, shapes and initial distributions, without building anything.
  func tensors(shape: [Int], channels: Int) throws(ConfigurationError) -> [ParameterTensor]
  /// Matrix products of one full training step, at the shapes that the engine calls.
  func products(shape: [Int], channels: Int) throws(ConfigurationError) -> [ProductShape]
  /// Builds the network, its parameters still zero.
  func network(shape: [Int], channels: Int) throws(ConfigurationError) -> any Network
  /// Constants of the Adam that trains it.
  var adam: AdamConstants { get }
}

extension NetworkConfiguration {
  public var adam: AdamConstants { AdamConstants() }
}

extension ASMRConfiguration: NetworkConfiguration {
  public func memory(shape: [Int], channels: Int, threads: Int) throws(ConfigurationError) -> Int {
    try ASMR.memory(self, shape: shape, channels: channels, threads: threads)
  }
  public func tensors(shape: [Int], channels: Int) throws(ConfigurationError) -> [ParameterTensor] {
    try ASMRLayout(self, shape: shape, channels: channels).tensors()
  }
  public func network(shape: [Int], channels: Int) throws(ConfigurationError) -> any Network {
    try ASMR(self, shape: shape, channels: channels)
  }
}

extension SIRENConfiguration: NetworkConfiguration {
  public func memory(shape: [Int], channels: Int, threads: Int) throws(ConfigurationError) -> Int {
    try SIREN.memory(self, shape: shape, channels: channels, threads: threads)
  }
  public func tensors(shape: [Int], channels: Int) throws(ConfigurationError) -> [ParameterTensor] {
    try validate()
    return tensors(axes: shape.count, channels: channels)
  }
  public func network(shape: [Int], channels: Int) throws(ConfigurationError) -> any Network {
    try SIREN(self, shape: shape, channels: channels)
  }
}

extension KiloNeRFConfiguration: NetworkConfiguration {
  public func memory(shape: [Int], channels: Int, threads: Int) throws(ConfigurationError) -> Int {
    try KiloNeRF.memory(self, shape: shape, channels: channels, threads: threads)
  }
  public func network(shape: [Int], channels: Int) throws(ConfigurationError) -> any Network {
    try KiloNeRF(self, shape: shape, channels: channels)
  }
}

extension LoEConfiguration: NetworkConfiguration {
  public func memory(shape: [Int], channels: Int, threads: Int) throws(ConfigurationError) -> Int {
    try LoE.memory(self, shape: shape, channels: channels, threads: threads)
  }
  public func network(shape: [Int], channels: Int) throws(ConfigurationError) -> any Network {
    try LoE(self, shape: shape, channels: channels)
  }
}

extension HashGridConfiguration: NetworkConfiguration {
  public func memory(shape: [Int], channels: Int, threads: Int) throws(ConfigurationError) -> Int {
    try HashGrid.memory(self, shape: shape, channels: channels, threads: threads)
  }
  public func network(shape: [Int], channels: Int) throws(ConfigurationError) -> any Network {
    try HashGrid(self, shape: shape, channels: channels)
  }
}
