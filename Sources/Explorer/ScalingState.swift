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

  /// The families of the paper's table 7 and figure 2, for a data shape. Models that cannot be built for it are left out.
  static func all(shape: [Int], channels: Int) -> [ScalingFamily] {
    [ModelKind.asmr, .siren, .kilonerf, .loe].compactMap { model in
      let points = depths(of: model).compactMap { layers -> Point? in
        let configuration = configuration(model, layers: layers, shape: shape)
        guard let cost = try? configuration.modelConfiguration(shape: shape).cost(shape: shape, channels: channels)
        else { return nil }
        return Point(layers: layers, parameters: cost.parameters, macs: cost.macs)
      }
      return points.isEmpty ? nil : ScalingFamily(model: model, points: points)
    }
  }

  private static func depths(of model: ModelKind) -> ClosedRange<Int> {
    switch model {
    case .loe: 6...10
    case .kilonerf: 3...6
    default: 3...7
    }
  }

  /// Table 7's widths, partitions and bases. It prints KiloNeRF's partition as 16; its numbers are those of 8×8.
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
      // 4×4 tiles in the coarse layers, fewer of those the deeper it is; 2×2 in the others.
      let coarse = 10 - layers
      configuration.tiles = (0..<layers - 1).map { layer in
        Array(repeating: layer < coarse ? 4 : 2, count: shape.count)
      }
    case .hashgrid: break
    }
    return configuration
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
    KeyBinding(.scaling(.axis), [.character("x")], "x", hint: "axis", "against parameters, or against layers", tabs: [.scaling]),
    KeyBinding(.scaling(.scale), [.character("l")], "l", hint: "log", "MACs on a logarithmic axis, or a linear one", tabs: [.scaling]),
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
