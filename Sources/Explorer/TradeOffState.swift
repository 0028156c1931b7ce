import Canvas
import TerminalUI
import Training

struct TradeOffState: Equatable, Sendable {}

enum TradeOffIntent: Hashable, Sendable {}

extension Keymap {
  static let tradeOff: [KeyBinding] = []
}

extension ExplorerState {
  mutating func perform(_ intent: TradeOffIntent) -> [Effect] {}

  mutating func mouseOnTradeOff(_ event: MouseEvent, _ body: Rect) -> [Effect] { [] }
}
