import TerminalUI
import Training

/// What is compared, how, and which part of it is looked at.
struct CompareState: Equatable, Sendable {
  enum Side: Hashable, Sendable {
    case target
    case run(RunID)
  }

  /// Which of the two sides.
  enum Place: Hashable, Sendable { case left, right }

  enum Mode: CaseIterable, Sendable {
    case sideBySide, wipe, difference, errors

    var title: String {
      switch self {
      case .sideBySide: "side by side"
      case .wipe: "wipe"
      case .difference: "difference"
      case .errors: "errors"
      }
    }
    /// Whether it shows numbers as colours.
    var isMap: Bool { self == .difference || self == .errors }
    /// Whether both sides share one place.
    var isSingle: Bool { self == .wipe || self == .difference }
  }

  /// What a pressed button holds.
  enum Grip: Equatable, Sendable {
    /// The line of the wipe.
    case line
    /// The picture at a cell, where its middle was then, and whether it has moved since: a press without it is a click.
    case picture(x: Int, y: Int, center: PictureWindow.Point, hasMoved: Bool)
  }

  /// nil: the run that keys mean.
  var left: Side?
  /// nil: the first other run that is shown, or the target when there is none.
  var right: Side?
  var mode = Mode.sideBySide
  /// Where the wipe's line stands in the shown picture, 0 to 1.
  var wipe = 0.5
  /// The sample whose values are shown.
  var pick: PicturePlace?
  /// Whether arrows and clicks mean the picked sample.
  var isPicking = false
  /// What the ends of the colour map stand for; nil until there is something to see.
  var scale: Double?
  /// Of `signedMaps`; nil is the one that suits the locale.
  var mapIndex: Int?
  var grip: Grip?
}

/// What keys do to the comparison.
enum CompareIntent: Hashable, Sendable {
  case nextMode, previousMode
  case next(CompareState.Place)
  case swap
  /// What an arrow means: the wipe's line, the picked sample or the picture.
  case arrow(Direction)
  case pan(Direction)
  case zoom(in: Bool)
  case fit
  case pick, forgetPick
  case nextMap
}

extension Keymap {
  static let compare: [KeyBinding] = [
    binding(.nextMode, [.character("m")], hint: "mode", "side by side, wipe, difference, errors"),
    binding(.previousMode, [.character("M")], "the mode before"),
    binding(.next(.left), [.character("[")], hint: "left", "another run (or the target) at the left"),
    binding(.next(.right), [.character("]")], hint: "right", "another run (or the target) at the right"),
    binding(.swap, [.character("v")], hint: "swap", "left and right change places"),
    binding(.pick, [.character("x")], hint: "pixel", "arrows move the picked pixel, or no longer (right click picks)"),
    binding(.forgetPick, [.character("X")], "forget the picked pixel"),
    binding(.arrow(.left), [.left], "move the line (wipe), the picked pixel or the picture"),
    binding(.arrow(.right), [.right], "the same to the right (the mouse drags)"),
    binding(.arrow(.up), [.up], "move the picked pixel or the picture up"),
    binding(.arrow(.down), [.down], "move the picked pixel or the picture down"),
    binding(
      .zoom(in: true), [.character("+"), .character("=")], hint: "zoom",
      "zoom in about the pixel or the middle (also the wheel)"),
    binding(.zoom(in: false), [.character("-"), .character("_")], "zoom out"),
    binding(.fit, [.character("0")], "show the whole picture"),
    binding(.pan(.left), [.character("H")], "move the picture left, whatever arrows do"),
    binding(.pan(.down), [.character("J")], "move the picture down"),
    binding(.pan(.up), [.character("K")], "move the picture up"),
    binding(.pan(.right), [.character("L")], "move the picture right"),
    binding(.nextMap, [.character("g")], "other colours for differences"),
    // Arrows are taken: only letters select runs here.
    KeyBinding(.nextRun, [.character("j")], "the next run", tabs: [.compare]),
    KeyBinding(.previousRun, [.character("k")], "the run before", tabs: [.compare]),
  ]

  private static func binding(_ intent: CompareIntent, _ keys: [Key], hint: String? = nil, _ explanation: String) -> KeyBinding {
    KeyBinding(.compare(intent), keys, hint: hint, explanation, tabs: [.compare])
  }
}

extension ExplorerState {
  /// What is compared now. Sides that were chosen hold while their run is there and shown; the two are never the same.
  var comparedSides: (left: CompareState.Side, right: CompareState.Side) {
    let candidates = compareCandidates
    func valid(_ side: CompareState.Side?) -> CompareState.Side? { side.flatMap { candidates.contains($0) ? $0 : nil } }
    let left = valid(compare.left) ?? valid(.run(selection)) ?? candidates[0]
    let right = valid(compare.right) ?? candidates.first { $0 != left }
    return (left, right == left ? candidates.first { $0 != left } ?? .target : right ?? .target)
  }

  /// The runs that are shown, and the target.
  var compareCandidates: [CompareState.Side] { shownRuns.map { .run($0.id) } + [.target] }
}
