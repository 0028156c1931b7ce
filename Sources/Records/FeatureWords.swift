import Canvas
import Networks

extension FeaturePart {
  /// What people call it.
  ///
  /// - Parameter channels: of the data.
  public func title(channels: Int) -> String {
    switch self {
    case .activation: "activation"
    case .contribution(let channel):
      channels == 3 ? "contribution to \(["red", "green", "blue"][min(channel, 2)])"
        : channels > 1 ? "contribution to channel \(channel)" : "contribution"
    case .coarse: "coarse part"
    case .modulation: "modulation"
    case .sum: "sum"
    case .weightNorm: "weight norm"
    case .bias: "bias"
    case .meanBias: "mean bias"
    case .tile: "tile"
    case .error: "RMS error"
    case .table: "table"
    case .occupancy: "occupancy"
    case .collisions: "collisions"
    }
  }
}

extension MapNumbers {
  public init(_ statistics: FeatureStatistics) {
    self.init(
      least: statistics.least, greatest: statistics.greatest, mean: statistics.mean, deviation: statistics.deviation)
  }
}

extension MapRange {
  /// What all of these maps' values lie between. Norms are never near zero; of the others zero has its place.
  public init(_ maps: [FeatureStatistics], of part: FeaturePart, isSigned: Bool) {
    self.init(maps.map { ($0.least, $0.greatest) }, isSigned: isSigned, beginsAtZero: part != .weightNorm)
  }
}
