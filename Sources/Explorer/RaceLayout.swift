import Canvas
import Training

/// Where everything stands when runs race: pictures in a grid, curves, the table.
struct RaceLayout: Equatable, Sendable {
  struct Tile: Equatable, Sendable {
    /// nil is the target.
    var run: RunID?
    var frame: Rect
    /// The picture itself, inside the frame, its aspect ratio kept.
    var picture: Rect
  }

  let tiles: [Tile]
  /// What every tile shows.
  let view: PictureView
  /// Left of the row of plots; nil where rows are few.
  let curves: Rect?
  /// Right of it, where there is room.
  let tradeOff: Rect?
  let table: Rect
  /// What is read, beside the pictures.
  var panels: [Rect] { [curves, tradeOff, table].compactMap(\.self) }

  /// - Parameters:
  ///   - runs: those that are drawn, in their order.
  ///   - rows: lines of the table without its header.
  ///   - pixels: that a cell shows.
  init(body: Rect, subject: Subject, runs: [RunID], rows: Int, window: PictureWindow, pixels: PixelSize) {
    var (upper, table) = body.split(bottom: min(rows + 1, max(3, body.height / 3)))
    var plots = upper.height >= 15 ? max(7, min(16, upper.height * 2 / 5)) : 0
    var hasTarget = false
    func frames(in rect: Rect) -> Grid {
      let bare = Self.grid(runs.count, in: rect, subject)
      let withTarget = Self.grid(runs.count + 1, in: rect, subject)
      // The target stands first where the pictures hardly shrink for it.
      hasTarget = withTarget.side >= 0.8 * bare.side
      return hasTarget ? withTarget : bare
    }
    var grid = frames(in: upper.split(bottom: plots).0)
    if plots > 0, grid.spareRows > 0 {
      // Pictures that are as wide as they can be leave the lines below them to the plots.
      plots += min(grid.spareRows, max(0, upper.height * 3 / 5 - plots))
      grid = frames(in: upper.split(bottom: plots).0)
    }
    if plots == 0, grid.spareRows > 0, rows + 1 > table.height {
      // Without plots they are for rows of the table that would be out of sight.
      (upper, table) = body.split(bottom: min(rows + 1, table.height + grid.spareRows))
      grid = frames(in: upper)
    }
    self.table = table
    let lower = upper.split(bottom: plots).1
    if plots == 0 {
      (curves, tradeOff) = (nil, nil)
    } else if body.width >= 120 {
      let (left, right) = lower.split(right: body.width * 2 / 5)
      (curves, tradeOff) = (left, right)
    } else {
      (curves, tradeOff) = (lower, nil)
    }
    let names: [RunID?] = (hasTarget ? [nil] : []) + runs
    let view = PictureView(room: grid.frames.sharedRoom, subject: subject, window: window, pixels: pixels)
    self.view = view
    tiles = zip(names, grid.frames).map { Tile(run: $0, frame: $1, picture: view.picture(in: $1)) }
  }

  private struct Grid {
    var frames: [Rect] = []
    /// Of a picture, in cells of its height.
    var side = -1.0
    /// Lines that no picture of the grid would miss.
    var spareRows = 0
  }

  /// The grid of so many frames in which pictures are largest.
  private static func grid(_ count: Int, in rect: Rect, _ subject: Subject) -> Grid {
    var best = Grid()
    for columns in 1...max(count, 1) {
      let rows = (count + columns - 1) / columns
      let frames = rect.rows(rows).enumerated().flatMap { index, row in
        // The last row may have fewer; its frames are as wide as the others.
        row.columns(columns).prefix(index == rows - 1 ? count - index * columns : columns)
      }
      let pictures = frames.map { subject.fitted(in: $0.inset()) }
      let side = pictures.map { Double($0.width * $0.height).squareRoot() }.min() ?? 0
      guard side > best.side else { continue }
      let spare = zip(frames, pictures).map { $0.inset().height - $1.height }.min() ?? 0
      best = Grid(frames: frames, side: side, spareRows: spare * rows)
    }
    return best
  }
}

extension ExplorerState {
  /// nil when the screen is too small.
  var raceLayout: RaceLayout? {
    guard let chrome = Chrome(width: width, height: height) else { return nil }
    return RaceLayout(
      body: chrome.body, subject: subject, runs: shownRuns.map(\.id), rows: tableOrder.count, window: window, pixels: pixels)
  }
}
