import Canvas

/// A plot with its numbers: beside it where the screen is wide, below it elsewhere.
struct PlotLayout: Equatable, Sendable {
  /// With its frame.
  let plot: Rect
  /// Of the numbers, where they stand beside the plot.
  let side: Rect?
  /// Without a frame.
  let table: Rect

  var isWide: Bool { side != nil }

  /// A plot that gives way to numbers beside it keeps this much.
  private static let leastPlotWidth = 68

  /// - Parameters:
  ///   - rows: of the table without its header.
  ///   - sideWidth: of the pane beside the plot; nil: there is never one.
  ///   - notes: rows kept free at the end of that pane.
  init(body: Rect, rows: Int, sideWidth: Int?, notes: Int = 0) {
    if let sideWidth, body.width >= sideWidth + Self.leastPlotWidth {
      let (left, right) = body.split(right: sideWidth)
      (plot, side) = (left, right)
      table = right.inset().split(bottom: notes).rest
    } else {
      let (above, below) = body.split(bottom: min(rows + 1, max(3, body.height / 3)))
      (plot, side, table) = (above, nil, below)
    }
  }
}

extension ExplorerState {
  /// Brings what plots keep from frame to frame up to date.
  mutating func settlePlots(after action: Action) {
    // The clock alone changes no curve.
    if case .tick = action { return }
    settlePlots()
  }

  mutating func settlePlots() {
    settleCurves()
    settleTradeOff()
    settleScaling()
  }

  /// Hints of the plots that give way on a narrow screen, the first one first.
  static let plotHints: [Intent] = [
    .curves(.fit), .curves(.zoomIn), .curves(.smoothing), .curves(.yScale), .curves(.cursorLeft),
  ]
}

extension Theme {
  /// A run's colour halfway to that of frames: raw values, trails.
  func mutedRunStyle(_ index: Int) -> Style {
    guard case .rgb(let color) = run(index), case .rgb(let ground) = frame else { return style(frame) }
    return style(.rgb(color.mixed(with: ground)))
  }
}
