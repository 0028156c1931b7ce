import Canvas

/// Where the tour's panel stands, and what it leaves to the views: never over them.
struct TourLayout: Equatable, Sendable {
  /// At the top left of the screen.
  let view: Rect
  /// nil where the screen has no room for it.
  let panel: Rect?

  /// Of a panel beside the view, on wide screens.
  private static let sideWidth = 46
  private static let leastWidthForSide = 150

  /// Rows of a panel below the view: the frame, the sentences, what to try.
  private static func rows(width: Int) -> Int { 2 + (width >= 78 ? 5 : 7) }

  init(width: Int, height: Int) {
    let screen = Rect(x: 0, y: 0, width: width, height: height)
    let rows = Self.rows(width: width)
    if width >= Self.leastWidthForSide, height >= Chrome.minimumHeight {
      let (left, right) = screen.split(right: Self.sideWidth)
      (view, panel) = (left, right)
    } else if width >= Chrome.minimumWidth, height >= Chrome.minimumHeight + rows {
      let (above, below) = screen.split(bottom: rows)
      (view, panel) = (above, below)
    } else {
      (view, panel) = (screen, nil)
    }
  }

  /// The least screen that has room for it.
  static let minimumHeight = Chrome.minimumHeight + rows(width: Chrome.minimumWidth)
}

extension ExplorerState {
  var tourLayout: TourLayout { TourLayout(width: screenWidth, height: screenHeight) }

  private typealias Pieces = [(text: String, style: Style)]

  func drawTour(_ tour: Tour, into frame: inout Frame, _ rect: Rect) {
    let stop = tour.stop
    let inside = frame.box(
      rect, title: "tour: \(stop.title)", rightTitle: "\(tour.index + 1) of \(TourStop.all.count)",
      style: theme.frameStyle(focused: true), titleStyle: theme.titleText, rightTitleStyle: theme.dimText
    ).inset(horizontal: 1, vertical: 0)
    let lines = stop.text(self).wrapped(columns: inside.width)
    for (row, line) in lines.prefix(inside.height).enumerated() {
      frame.put(line, x: inside.x, y: inside.y + row, theme.text, maxWidth: inside.width)
    }
    let tries = stop.tries.map { [(text: key($0.intent), style: theme.accentText), (" \($0.word)", theme.dimText)] }
    if inside.height > lines.count + tries.count + 1 {
      // One a line, where there are lines.
      frame.put("try", x: inside.x, y: inside.y + lines.count + 1, theme.dimText)
      for (row, pieces) in tries.enumerated() {
        frame.put(pieces, x: inside.x + 5, y: inside.y + lines.count + 1 + row, maxWidth: inside.width - 5)
      }
    } else {
      let pieces = [("try", theme.dimText)] + tries.flatMap { [("   ", theme.text)] + $0 }
      frame.put(pieces, x: inside.x, y: inside.maxY - 1, maxWidth: inside.width)
    }
    let keys = Keymap.tour.flatMap { binding -> Pieces in
      guard tour.index > 0 || binding.intent != .tour(.back) else { return [] }
      let word = binding.intent == .tour(.next) && tour.isLast ? "end" : binding.hint ?? ""
      return [(" \(binding.label)", theme.accentText), (" \(word) ", theme.dimText)]
    }
    frame.put(keys, x: rect.x + 2, y: rect.maxY - 1, maxWidth: rect.width - 4)
  }

  /// What stands in the row of hints where the tour has no room.
  var tourNeedsRoom: String? {
    guard tour != nil, tourLayout.panel == nil else { return nil }
    let size = "\(Chrome.minimumWidth)\(glyphs.multiplication)\(TourLayout.minimumHeight)"
    return "the tour needs \(size), this is \(screenWidth)\(glyphs.multiplication)\(screenHeight); esc leaves it"
  }
}
