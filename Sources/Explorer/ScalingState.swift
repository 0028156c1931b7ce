import Canvas
import Networks
import TerminalUI
import Training

/// What the plot of cost against size shows.
struct ScalingState: Equatable, Sendable {
  enum Axis: CaseIterable, Sendable {
    case parameters, layers

    var title: String { self == .parameters ? "parameters" : "layers" }
  }

  var axis = Axis.parameters
  var yScale = PlotAxis.Scale.logarithmic
  /// The data that `families` were worked out for.
  var shape: [Int] = []
  var channels = 0
  var families: [ScalingFamily] = []
}

/// One model at several depths and a fixed width: its costs, worked out from its configuration and never trained.
struct ScalingFamily: Equatable, Sendable {
  struct Point: Equatable, Sendable {
    var layers: Int
    var parameters: Int
    /// Multiply-accumulates a sample.
    var macs: Double
  }

  var model: ModelKind
  var points: [Point]

  /// What a layer more costs, in MACs a sample, on average.
  var macsPerLayer: Double? {
    guard let first = points.first, let last = points.last, last.layers > first.layers else { return nil }
    return (last.macs - first.macs) / Double(last.layers - first.layers)
  }

  static let depths = 3...7

  /// The families of the paper's figure 2 and the hash grid, for a data shape. Table 7 prints ASMR and SIREN of all depths,
  /// KiloNeRF of 3 to 6 and LoE of 6 to 10; the others are of the same rules. Models that cannot be built for the shape
  /// are left out.
  static func all(shape: [Int], channels: Int) -> [ScalingFamily] {
    [ModelKind.asmr, .siren, .kilonerf, .loe, .hashgrid].compactMap { model in
      let points = depths.compactMap { layers -> Point? in
        let configuration = configuration(model, layers: layers, shape: shape)
        guard let cost = try? configuration.modelConfiguration(shape: shape).cost(shape: shape, channels: channels)
        else { return nil }
        return Point(layers: layers, parameters: cost.parameters, macs: cost.macs)
      }
      return points.isEmpty ? nil : ScalingFamily(model: model, points: points)
    }
  }

  /// Table 7's widths, partitions and bases; the hash grid as raced. Table 7 prints KiloNeRF's partition as 16; its numbers
  /// are those of 8×8.
  ///
  /// - Parameter layers: linear ones, the head included. The hash grid's are those of its network: its tables stay.
  static func configuration(_ model: ModelKind, layers: Int, shape: [Int]) -> RunConfiguration {
    var configuration = RunConfiguration()
    configuration.model = model
    configuration.layers = layers
    switch model {
    case .asmr:
      configuration.hidden = width
      configuration.bases = Bases(
        shape.map { size in (size == 512 ? publishedBases[layers] : nil) ?? Bases.plan(size: size, levels: layers) })
    case .siren: configuration.hidden = width
    case .kilonerf:
      configuration.hidden = 32
      configuration.frequencies = 10
      configuration.grid = shape.map { min(8, $0) }
    case .loe:
      configuration.hidden = 50
      configuration.frequencies = 8
      // 4×4 tiles in the coarse layers, fewer of those the deeper it is (at 5 and less all of them); 2×2 in the others.
      let coarse = 10 - layers
      configuration.tiles = (0..<layers - 1).map { layer in
        Array(repeating: layer < coarse ? 4 : 2, count: shape.count)
      }
    case .hashgrid:
      configuration.hidden = 64
      (configuration.levels, configuration.features, configuration.tableSize) = (8, 2, 32_768)
    }
    return configuration
  }

  /// What a family has whatever its depth, in a few words.
  static func note(_ model: ModelKind) -> String {
    switch model {
    case .asmr, .siren: "\(width) wide"
    case .kilonerf: "32 wide, 8×8"
    case .loe: "50 wide, 4×4 and 2×2"
    case .hashgrid: "64 wide, 8 levels"
    }
  }

  /// Of ASMR and SIREN.
  static let width = 256

  private static let publishedBases = [
    3: [8, 8, 8], 4: [4, 4, 4, 8], 5: [8, 2, 2, 2, 8], 6: [4, 2, 2, 2, 2, 8], 7: [2, 2, 2, 2, 2, 2, 8],
  ]
}

/// What keys do to the scaling.
enum ScalingIntent: Hashable, Sendable {
  case axis, scale
}

extension Keymap {
  static let scaling: [KeyBinding] = [
    KeyBinding(.scaling(.axis), [.character("x")], hint: "axis", "against parameters, or against layers", tabs: [.scaling]),
    KeyBinding(.scaling(.scale), [.character("l")], hint: "log", "MACs on a logarithmic axis, or a linear one", tabs: [.scaling]),
  ]
}

extension ExplorerState {
  mutating func perform(_ intent: ScalingIntent) -> [Effect] {
    switch intent {
    case .axis: scaling.axis = next(after: scaling.axis)
    case .scale: scaling.yScale = scaling.yScale.other
    }
    return []
  }

  /// Works the families out when the view is open and the subject is another one.
  mutating func settleScaling() {
    let (shape, channels) = (subject.signal.shape, subject.signal.channels)
    guard tab == .scaling, scaling.shape != shape || scaling.channels != channels else { return }
    (scaling.shape, scaling.channels) = (shape, channels)
    scaling.families = ScalingFamily.all(shape: shape, channels: channels)
  }
}
