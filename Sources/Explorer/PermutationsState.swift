import Canvas
import TerminalUI
import Training

struct PermutationsState: Equatable, Sendable {}

enum PermutationsIntent: Hashable, Sendable {}

extension Keymap {
  static let permutations: [KeyBinding] = []
}

extension ExplorerState {
  mutating func perform(_ intent: PermutationsIntent) -> [Effect] {}

  mutating func mouseOnPermutations(_ event: MouseEvent, _ body: Rect) -> [Effect] { [] }

  func permutationPictures(_ body: Rect) -> PictureRequests { (nil, [:]) }
}
