import Canvas
import Training

extension ExplorerState {
  /// Where the tabs stand. Where room is short the titles of the closed views go, their keys stay.
  private var tabPlaces: [(tab: Tab, x: Int, width: Int, title: String)] {
    let full = Tab.allCases.reduce(1) { $0 + $1.title.columns + 5 }
    var x = 1
    return Tab.allCases.map { tab in
      let title = full <= width || tab == self.tab ? " \(tab.title) " : " "
      defer { x += 3 + title.columns }
      return (tab, x, 2 + title.columns, title)
    }
  }

  /// The tab under a column of the tabs' row.
  func tab(atX x: Int) -> Tab? { tabPlaces.first { ($0.x..<$0.x + $0.width).contains(x) }?.tab }

  /// The views by their keys, the open one marked, and at the right the zoom and how the runs share the processor.
  func drawTabs(into frame: inout Frame, _ rect: Rect) {
    for place in tabPlaces {
      let isOpen = place.tab == tab
      frame.put(" \(place.tab.key)", x: place.x, y: rect.y, isOpen ? theme.selection : theme.accentText)
      frame.put(place.title, x: place.x + 2, y: rect.y, isOpen ? theme.selection : theme.dimText)
    }
    let x = tabPlaces.last.map { $0.x + $0.width + 1 } ?? rect.x
    let forms = [[zoomText, turnsText], [zoomText], [turnsText]].map { $0.compactMap { $0 }.joined(separator: "   ") }
    if let text = forms.first(where: { !$0.isEmpty && x + $0.columns + 2 <= rect.maxX }) {
      frame.put(text, x: rect.maxX - text.columns - 1, y: rect.y, theme.dimText)
    }
  }

  /// How the runs share the processor; nil for one alone.
  private var turnsText: String? {
    guard runs.count > 1 else { return nil }
    return switch turnMode {
    case .equalTime: "turns: equal time"
    case .equalSteps: "turns: equal steps"
    case .solo(let id): "solo: \(self[id].map(name) ?? "")"
    }
  }

  /// `zoom 4×`, on views that do not say it elsewhere.
  private var zoomText: String? {
    guard tab != .compare, let view = pictureView, !view.isWhole else { return nil }
    return "zoom \(magnification(view))"
  }
}
