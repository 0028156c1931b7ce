import Canvas
import Training

extension ExplorerState {
  /// The views by their keys, the open one marked, and at the right how the runs share the processor.
  func drawTabs(into frame: inout Frame, _ rect: Rect) {
    var x = rect.x + 1
    // Where room is short the titles of the closed views go, their keys stay.
    let full = Tab.allCases.reduce(1) { $0 + $1.title.columns + 5 }
    for tab in Tab.allCases {
      let isOpen = tab == self.tab
      let style = isOpen ? theme.selection : theme.dimText
      let title = full <= rect.width || isOpen ? " \(tab.title) " : " "
      frame.put(" \(tab.key)", x: x, y: rect.y, isOpen ? theme.selection : theme.accentText)
      x += 2 + frame.put(title, x: x + 2, y: rect.y, style, maxWidth: max(0, rect.maxX - x - 2)) + 1
    }
    guard runs.count > 1 else { return }
    let mode = switch turnMode {
    case .equalTime: "turns: equal time"
    case .equalSteps: "turns: equal steps"
    case .solo(let id): "solo: \(self[id].map(name) ?? "")"
    }
    if x + mode.columns + 2 <= rect.maxX {
      frame.put(mode, x: rect.maxX - mode.columns - 1, y: rect.y, theme.dimText)
    }
  }
}
