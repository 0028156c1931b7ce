import Canvas
import TerminalUI
import Training

/// What the plots of curves show.
struct CurvesState: Equatable, Sendable {
  enum Metric: CaseIterable, Sendable {
    case psnr, loss, ssim

    var title: String {
      switch self {
      case .psnr: "PSNR, dB"
      case .loss: "loss (MSE)"
      case .ssim: "SSIM"
      }
    }
  }

  enum Axis: CaseIterable, Sendable {
    case step, seconds, trainedSeconds, macs

    var title: String {
      switch self {
      case .step: "step"
      case .seconds: "seconds"
      case .trainedSeconds: "seconds trained"
      case .macs: "MACs spent"
      }
    }
  }

  var metric = Metric.psnr
  var axis = Axis.trainedSeconds
}

/// What keys do to the curves.
enum CurvesIntent: Hashable, Sendable {
  case metric, axis
}

extension Keymap {
  static let curves: [KeyBinding] = [
    KeyBinding(.curves(.metric), [.character("m")], "m", hint: "metric", "PSNR, loss or SSIM", tabs: [.curves]),
    KeyBinding(.curves(.axis), [.character("x")], "x", hint: "axis", "against step, seconds, seconds trained, MACs spent", tabs: [.curves]),
  ]
}

extension ExplorerState {
  mutating func perform(_ intent: CurvesIntent) -> [Effect] {
    switch intent {
    case .metric: curves.metric = next(after: curves.metric)
    case .axis: curves.axis = next(after: curves.axis)
    }
    return []
  }

  mutating func mouseOnCurves(_ event: MouseEvent, _ body: Rect) -> [Effect] { [] }

  /// The value that comes after one, round and round.
  func next<Value: CaseIterable & Equatable>(after value: Value) -> Value {
    let all = Array(Value.allCases)
    let index = all.firstIndex(of: value) ?? 0
    return all[(index + 1) % all.count]
  }
}
