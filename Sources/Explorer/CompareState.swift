import Canvas
import TerminalUI
import Training

struct CompareState: Equatable, Sendable {}

enum CompareIntent: Hashable, Sendable {}

extension Keymap {
  static let compare: [KeyBinding] = []
}

extension ExplorerState {
  mutating func perform(_ intent: CompareIntent) -> [Effect] {}

  mutating func mouseOnCompare(_ event: MouseEvent, _ body: Rect) -> [Effect] { [] }

  func comparePictures(_ body: Rect) -> PictureRequests { (nil, [:]) }
}
