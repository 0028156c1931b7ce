import Canvas
import TerminalUI
import Training

/// What keys do to the window onto the picture, on views that have no keys of their own for it.
enum WindowIntent: Hashable, Sendable {
  case zoom(in: Bool)
  case pan(Direction)
  case fit
}

extension Keymap {
  private static let windowTabs: Set<Tab> = [.race, .permutations]

  static let window: [KeyBinding] = [
    binding(.zoom(in: true), [.character("+"), .character("=")], "zoom into all pictures (also the wheel)"),
    binding(.zoom(in: false), [.character("-"), .character("_")], "zoom out"),
    binding(.fit, [.character("0")], "show the whole picture"),
    binding(.pan(.left), [.left], "zoomed in: move the picture (the mouse drags)"),
    binding(.pan(.right), [.right], "the same to the right"),
    binding(.pan(.up), [.up], "the run before; zoomed in: move the picture up"),
    binding(.pan(.down), [.down], "the next run; zoomed in: move the picture down"),
  ]

  private static func binding(_ intent: WindowIntent, _ keys: [Key], _ explanation: String) -> KeyBinding {
    KeyBinding(.window(intent), keys, explanation, tabs: windowTabs)
  }
}

extension ExplorerState {
  mutating func perform(_ intent: WindowIntent) -> [Effect] {
    guard let view = pictureView else { return [] }
    switch intent {
    case .zoom(let goesIn): zoom(in: goesIn, around: nil, view)
    case .fit: window = PictureWindow()
    case .pan(.up) where view.isWhole: return select(by: -1)
    case .pan(.down) where view.isWhole: return select(by: 1)
    case .pan(let direction): pan(direction, view)
    }
    return refreshPictures()
  }

  /// What the open view shows of the picture; nil where it shows none, or the screen is too small.
  var pictureView: PictureView? {
    guard let chrome = Chrome(width: width, height: height) else { return nil }
    switch tab {
    case .race where isSingle: return layout?.view
    case .race: return raceLayout?.view
    case .permutations: return permutationsLayout(chrome.body).view
    case .compare: return compareLayout(chrome.body).view
    case .curves, .tradeOff, .scaling, .features: return nil
    }
  }

  /// Places of pictures on the open view.
  private var pictureFrames: [(frame: Rect, picture: Rect)] {
    guard let chrome = Chrome(width: width, height: height) else { return [] }
    switch tab {
    case .race where isSingle: return layout?.pictures.map { ($0.frame, $0.picture) } ?? []
    case .race: return raceLayout?.tiles.map { ($0.frame, $0.picture) } ?? []
    case .permutations:
      let layout = permutationsLayout(chrome.body)
      return [layout.target, layout.reconstruction].map { ($0.frame, $0.picture) }
    case .compare: return compareLayout(chrome.body).panes.map { ($0.frame, $0.picture) }
    case .curves, .tradeOff, .scaling, .features: return []
    }
  }

  // MARK: Steps

  /// - Parameter point: comes to the middle; nil is what is there.
  mutating func zoom(in goesIn: Bool, around point: PictureWindow.Point?, _ view: PictureView) {
    guard let level = level(after: view, goesIn) else { return }
    window = PictureWindow(zoom: level, center: level > 0 ? point ?? view.middle : nil)
    if level > 0, let center = window.center, let new = pictureView { window.center = new.clamped(center) }
  }

  /// What lies under a cell stays there.
  mutating func zoom(in goesIn: Bool, atX x: Int, y: Int, _ view: PictureView) {
    guard let level = level(after: view, goesIn), let old = pictureFrames.first(where: { $0.frame.contains(x: x, y: y) })
    else { return }
    let point = view.point(atX: x, y: y, in: old.picture)
    window = PictureWindow(zoom: level, center: level > 0 ? point : nil)
    guard level > 0, let new = pictureView, let place = pictureFrames.first(where: { $0.frame == old.frame }) else { return }
    window.center = new.center(showing: point, atX: x, y: y, in: place.picture)
  }

  private func level(after view: PictureView, _ goesIn: Bool) -> Int? {
    let level = view.zoom + (goesIn ? 1 : -1)
    return level >= 0 && (!goesIn || view.canZoomIn) ? level : nil
  }

  mutating func pan(_ direction: Direction, _ view: PictureView) {
    guard !view.isWhole else { return say("this is the whole picture: \(tab == .compare ? key(.compare(.zoom(in: true))) : key(.window(.zoom(in: true)))) zooms in") }
    window.center = view.panned(direction)
  }

  // MARK: Mouse

  /// The wheel zooms about the pointer, dragging moves the picture. nil for what is none of these.
  mutating func mouseOnPictures(_ event: MouseEvent) -> [Effect]? {
    guard let view = pictureView else { return nil }
    let isOnPicture = pictureFrames.contains { $0.frame.contains(x: event.x, y: event.y) }
    switch event.kind {
    case .wheelUp, .wheelDown:
      guard isOnPicture else { return nil }
      zoom(in: event.kind == .wheelUp, atX: event.x, y: event.y, view)
    case .press(.left):
      windowGrip = isOnPicture && !view.isWhole ? WindowGrip(x: event.x, y: event.y, center: view.middle) : nil
      return nil
    case .drag:
      guard let grip = windowGrip else { return nil }
      window.center = view.center(grip.center, draggedBy: event.x - grip.x, event.y - grip.y)
    case .release:
      windowGrip = nil
      return nil
    case .press: return nil
    }
    return refreshPictures()
  }

  /// `4×`, as it is written beside pictures.
  func magnification(_ view: PictureView) -> String {
    let factor = view.magnification
    let isWhole = (factor - factor.rounded()).magnitude < 0.05 || factor >= 10
    return "\(isWhole ? "\(Int(factor.rounded()))" : NumberText.fixed(factor, decimals: 1))\(glyphs.multiplication)"
  }
}

/// The picture as it was taken hold of: at a cell, where its middle was then.
struct WindowGrip: Equatable, Sendable {
  var x: Int
  var y: Int
  var center: PictureWindow.Point
}
