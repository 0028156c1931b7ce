import Canvas
import TerminalUI
import Training

struct ScalingState: Equatable, Sendable {}

enum ScalingIntent: Hashable, Sendable {}

extension Keymap {
  static let scaling: [KeyBinding] = []
}

extension ExplorerState {
  mutating func perform(_ intent: ScalingIntent) -> [Effect] {}
}
