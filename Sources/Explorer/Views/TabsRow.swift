import Canvas
import Training

extension ExplorerState {
  /// Where the tabs stand. Where room is short they move together, then the titles of the closed views go; their keys stay.
  private var tabPlaces: [(tab: Tab, x: Int, width: Int, title: String)] {
    let titles = Tab.allCases.reduce(1) { $0 + $1.title.columns + 3 }
    let isWide = titles + 2 * Tab.allCases.count <= width
    let isTight = !isWide && titles < width
    var x = 1
    return Tab.allCases.map { tab in
      let title = isTight ? " \(tab.title)" : isWide || tab == self.tab ? " \(tab.title) " : " "
      defer { x += (isTight ? 2 : 3) + title.columns }
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
    var end = rect.maxX - 1
    // What has no room gives way, the least first.
    for pieces in [turnsText, zoomText, recordingText].compactMap({ $0 }) {
      let columns = pieces.reduce(0) { $0 + $1.text.columns }
      guard x + columns + 1 <= end else { continue }
      frame.put(pieces, x: end - columns, y: rect.y)
      end -= columns + 3
    }
  }

  private typealias Pieces = [(text: String, style: Style)]

  /// A recording goes on whatever is looked at.
  private var recordingText: Pieces? {
    guard let timeLapse = features.timeLapse, timeLapse.isRecording, tab != .features, self[timeLapse.run]?.hasEnded == false
    else { return nil }
    return [
      ("\(glyphs.dot) ", theme.style(theme.critical, bold: true)), ("recording \(timeLapse.frames.count)", theme.dimText),
    ]
  }

  /// How the runs share the processor; nil for one alone.
  private var turnsText: Pieces? {
    guard runs.count > 1 else { return nil }
    let text = switch turnMode {
    case .equalTime: "turns: equal time"
    case .equalSteps: "turns: equal steps"
    case .solo(let id): "solo: \(self[id].map(name) ?? "")"
    }
    return [(text, theme.dimText)]
  }

  /// `zoom 4×`, on views that do not say it elsewhere.
  private var zoomText: Pieces? {
    guard tab != .compare, let view = pictureView, !view.isWhole else { return nil }
    return [("zoom \(magnification(view))", theme.dimText)]
  }
}
