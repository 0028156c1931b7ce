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
  /// Left of the row of plots; nil where rows are few.
  let curves: Rect?
  /// Right of it, where there is room.
  let tradeOff: Rect?
  let table: Rect

  /// - Parameters:
  ///   - runs: those that are drawn, in their order.
  ///   - rows: lines of the table without its header.
  init(body: Rect, subject: Subject, runs: [RunID], rows: Int) {
    let (upper, table) = body.split(bottom: min(rows + 1, max(3, body.height / 3)))
    self.table = table
    let plots = upper.height >= 15 ? max(7, min(16, upper.height * 2 / 5)) : 0
    let (pictures, lower) = upper.split(bottom: plots)
    if plots == 0 {
      (curves, tradeOff) = (nil, nil)
    } else if body.width >= 120 {
      let (left, right) = lower.split(right: body.width * 2 / 5)
      (curves, tradeOff) = (left, right)
    } else {
      (curves, tradeOff) = (lower, nil)
    }
    let bare = Self.grid(runs.count, in: pictures, subject)
    let withTarget = Self.grid(runs.count + 1, in: pictures, subject)
    // The target stands first where the pictures hardly shrink for it.
    let hasTarget = withTarget.side >= 0.8 * bare.side
    let frames = hasTarget ? withTarget.frames : bare.frames
    let names: [RunID?] = (hasTarget ? [nil] : []) + runs
    tiles = zip(names, frames).map { run, frame in
      Tile(run: run, frame: frame, picture: fit(pictureWidth: subject.columns, pictureHeight: subject.rows, in: frame.inset()))
    }
  }

  /// The grid of so many frames in which pictures are largest; `side` is that of a picture, in cells of its height.
  private static func grid(_ count: Int, in rect: Rect, _ subject: Subject) -> (frames: [Rect], side: Double) {
    var best: (frames: [Rect], side: Double) = ([], -1)
    for columns in 1...max(count, 1) {
      let rows = (count + columns - 1) / columns
      let frames = rect.rows(rows).enumerated().flatMap { index, row in
        // The last row may have fewer; its frames are as wide as the others.
        row.columns(columns).prefix(index == rows - 1 ? count - index * columns : columns)
      }
      let side = frames.map { frame in
        let picture = fit(pictureWidth: subject.columns, pictureHeight: subject.rows, in: frame.inset())
        return Double(picture.width * picture.height).squareRoot()
      }.min() ?? 0
      if side > best.side { best = (frames, side) }
    }
    return best
  }
}

extension ExplorerState {
  /// nil when the screen is too small.
  var raceLayout: RaceLayout? {
    guard let chrome = Chrome(width: width, height: height) else { return nil }
    return RaceLayout(body: chrome.body, subject: subject, runs: shownRuns.map(\.id), rows: tableOrder.count)
  }
}
