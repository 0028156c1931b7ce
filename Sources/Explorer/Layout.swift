import Canvas
import Training

/// What every view has around it: the title, the tabs, the hints.
struct Chrome: Equatable, Sendable {
  let title: Rect
  /// nil where rows are few; the keys work all the same.
  let tabs: Rect?
  let body: Rect
  let hints: Rect

  static let minimumWidth = 60
  static let minimumHeight = 16

  /// nil when the screen is too small.
  init?(width: Int, height: Int) {
    guard width >= Self.minimumWidth, height >= Self.minimumHeight else { return nil }
    let (title, below) = Rect(x: 0, y: 0, width: width, height: height).split(top: 1)
    let (inner, hints) = below.split(bottom: 1)
    self.title = title
    self.hints = hints
    guard height >= 22 else {
      (tabs, body) = (nil, inner)
      return
    }
    let (tabs, body) = inner.split(top: 1)
    self.tabs = tabs
    self.body = body
  }
}

/// Where everything stands when one run is looked at: pure arithmetic.
struct Layout: Equatable, Sendable {
  enum Pane: Equatable, Sendable { case target, reconstruction, error }
  struct PicturePane: Equatable, Sendable {
    var pane: Pane
    var frame: Rect
    /// The picture itself, inside the frame, its aspect ratio kept.
    var picture: Rect
  }

  let title: Rect
  /// The row of tabs; nil where rows are few.
  let tabs: Rect?
  let pictures: [PicturePane]
  /// What every pane shows.
  let view: PictureView
  let curve: Rect
  let status: Rect
  let hints: Rect

  /// nil when the screen is too small.
  ///
  /// - Parameter pixels: that a cell shows.
  init?(
    width: Int, height: Int, subject: Subject, showsError: Bool, window: PictureWindow = PictureWindow(),
    pixels: PixelSize = PixelSize(width: 1, height: 2)
  ) {
    guard let chrome = Chrome(width: width, height: height) else { return nil }
    let body = chrome.body
    // Three pictures side by side where they stay legible; else the error stands in the target's place.
    let panes: [Pane] = if !showsError {
      [.target, .reconstruction]
    } else if width >= 96 {
      [.target, .reconstruction, .error]
    } else {
      [.error, .reconstruction]
    }
    // Rows that pictures as wide as their panes leave over go to the curve, up to half of the screen.
    let widest = Rect(x: 0, y: 0, width: width / panes.count - 2, height: body.height)
    let needed = subject.fitted(in: widest).height + 2
    let lowerHeight = max(8, min(14, (body.height + 1) * 2 / 5), min(body.height - needed, body.height / 2))
    let (upper, lower) = body.split(bottom: lowerHeight)
    let (curve, status) = lower.split(right: width < 80 ? 38 : 42)
    title = chrome.title
    tabs = chrome.tabs
    hints = chrome.hints
    self.curve = curve
    self.status = status
    let frames = upper.columns(panes.count)
    let view = PictureView(room: frames.sharedRoom, subject: subject, window: window, pixels: pixels)
    self.view = view
    pictures = zip(panes, frames).map { PicturePane(pane: $0, frame: $1, picture: view.picture(in: $1)) }
  }
}
