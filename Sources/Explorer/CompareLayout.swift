import Canvas
import Training

/// Where the compared pictures stand and which part of the picture they show: pure arithmetic.
struct CompareLayout: Equatable, Sendable {
  struct Pane: Equatable, Sendable {
    var frame: Rect
    /// The picture itself, inside the frame.
    var picture: Rect
  }

  /// One or two, their pictures of the same size.
  let panes: [Pane]
  let legend: Rect?
  /// What is told of the picked sample.
  let values: Rect
  /// Whether the values have two lines and no frame.
  let isCompact: Bool
  /// What every pane shows.
  let view: PictureView

  /// - Parameter pixels: that a cell shows.
  init(
    body: Rect, subject: Subject, mode: CompareState.Mode, window: PictureWindow,
    pixels: PixelSize = PixelSize(width: 1, height: 2)
  ) {
    isCompact = body.height < 30
    let (above, values) = body.split(bottom: isCompact ? 2 : 7)
    self.values = values
    let (area, legend) = above.split(bottom: mode.isMap ? 1 : 0)
    self.legend = legend.isEmpty ? nil : legend
    let frames = Self.frames(in: area, count: mode.isSingle ? 1 : 2, subject)
    // Frames that share a side differ by a cell at most; their pictures do not.
    let view = PictureView(room: frames.sharedRoom, subject: subject, window: window, pixels: pixels)
    self.view = view
    panes = frames.map { Pane(frame: $0, picture: view.picture(in: $0)) }
  }

  /// Beside or above each other, whichever makes the pictures larger.
  private static func frames(in area: Rect, count: Int, _ subject: Subject) -> [Rect] {
    guard count > 1 else { return [area] }
    func size(_ frames: [Rect]) -> Int {
      frames.map { subject.fitted(in: $0.inset()) }
        .map { $0.width * $0.height }.min() ?? 0
    }
    let (beside, above) = (area.columns(count), area.rows(count))
    return size(above) > size(beside) ? above : beside
  }

  /// The pane whose frame a cell belongs to.
  func pane(atX x: Int, y: Int) -> Pane? { panes.first { $0.frame.contains(x: x, y: y) } }
}

extension [Rect] {
  /// The room inside of frames that all of them have.
  var sharedRoom: Rect {
    let insides = map { $0.inset() }
    return Rect(x: 0, y: 0, width: insides.map(\.width).min() ?? 0, height: insides.map(\.height).min() ?? 0)
  }
}

extension ExplorerState {
  func compareLayout(_ body: Rect) -> CompareLayout {
    CompareLayout(body: body, subject: subject, mode: compare.mode, window: window, pixels: pixels)
  }

  /// nil when the screen is too small.
  var compareLayout: CompareLayout? { Chrome(width: width, height: height).map { compareLayout($0.body) } }

  /// The wipe's line as a column of the picture: what is left of it comes from the left side.
  func wipeColumn(_ picture: Rect) -> Int {
    min(max(Int(compare.wipe * Double(picture.width)), 0), max(picture.width - 1, 0))
  }
}
