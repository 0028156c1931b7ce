import Canvas
import TerminalUI
import Training

/// What the plots of curves show.
struct CurvesState: Equatable, Sendable {
  enum Metric: CaseIterable, Sendable {
    case psnr, loss, ssim

    var title: String {
      switch self {
      case .psnr: "PSNR, dB"
      case .loss: "loss (MSE)"
      case .ssim: "SSIM"
      }
    }

    /// Whether one value is better than another.
    func isBetter(_ value: Double, than other: Double) -> Bool { self == .loss ? value < other : value > other }
  }

  enum Axis: CaseIterable, Sendable {
    case step, seconds, trainedSeconds, macs

    var title: String {
      switch self {
      case .step: "step"
      case .seconds: "seconds"
      case .trainedSeconds: "seconds trained"
      case .macs: "MACs spent"
      }
    }

    /// A place on the axis in words: `step 1,234`.
    func place(_ x: Double) -> String {
      switch self {
      case .step: "step \(NumberText.grouped(Int(min(max(x, 0), 1e15).rounded(.down))))"
      case .seconds: "\(NumberText.fixed(x, decimals: x < 100 ? 2 : 1)) s"
      case .trainedSeconds: "\(NumberText.fixed(x, decimals: x < 100 ? 2 : 1)) s trained"
      case .macs: "\(NumberText.short(x)) MACs"
      }
    }
  }

  var metric = Metric.psnr
  var axis = Axis.trainedSeconds
  var xScale = PlotAxis.Scale.linear
  var yScale = PlotAxis.Scale.linear
  var smoothing = CurveSmoothing.none
  /// The x at which the curves are read; nil reads the newest values.
  var cursor: Double?
  /// The part of the x axis that is looked at; nil is all of it.
  var window: ClosedRange<Double>?
  /// Whether the window goes along with the newest values.
  var follows = false
  /// The column from which the pointer drags the plot.
  var draggedFrom: Int?
  /// What the axes span, kept from frame to frame so that the curves do not jump: with everything in sight, y of the
  /// window, and y of all but the first quarter.
  var fit = PlotSpan()
  var windowY: ClosedRange<Double>?
  var lateY: ClosedRange<Double>?

  /// What the axes of the view span.
  var visible: PlotSpan { window.map { PlotSpan(x: $0, y: windowY) } ?? fit }
}

/// What keys do to the curves.
enum CurvesIntent: Hashable, Sendable {
  case metric, axis, xScale, yScale, smoothing
  case cursorLeft, cursorRight, cursorFarLeft, cursorFarRight, cursorOff
  case zoomIn, zoomOut, panLeft, panRight, fit, follow
}

extension Keymap {
  private static func curve(_ intent: CurvesIntent, _ keys: [Key], hint: String? = nil, _ explanation: String) -> KeyBinding {
    KeyBinding(.curves(intent), keys, hint: hint, explanation, tabs: [.curves])
  }

  static let curves: [KeyBinding] = [
    curve(.metric, [.character("m")], hint: "metric", "PSNR, loss or SSIM"),
    curve(.axis, [.character("x")], hint: "axis", "against step, seconds (wall, trained), MACs"),
    curve(.yScale, [.character("l")], hint: "log", "y axis: linear or logarithmic"),
    curve(.xScale, [.character("L")], "x axis: linear or logarithmic"),
    curve(.smoothing, [.character("u")], hint: "smooth", "smoothing: off, or over 3 to 1,000 steps"),
    curve(.cursorLeft, [.character("<"), .left], hint: "cursor", "cursor left: read the curves there"),
    curve(.cursorRight, [.character(">"), .right], "cursor right, or by a click"),
    curve(.cursorFarLeft, [.character("{"), .pageUp], "ten columns to the left"),
    curve(.cursorFarRight, [.character("}"), .pageDown], "ten columns to the right"),
    curve(.cursorOff, [.character("v"), .backspace], "cursor away: newest values"),
    curve(.zoomIn, [.character("+"), .character("=")], hint: "zoom", "zoom in about the cursor (also the wheel)"),
    curve(.zoomOut, [.character("-"), .character("_")], "zoom out"),
    curve(.panLeft, [.character("[")], "window to the left (also by dragging)"),
    curve(.panRight, [.character("]")], "window to the right"),
    curve(.follow, [.character("w")], "window follows the newest values, or stays"),
    curve(.fit, [.character("0"), .home], hint: "fit", "fit everything into sight"),
  ]
}

extension ExplorerState {
  mutating func perform(_ intent: CurvesIntent) -> [Effect] {
    switch intent {
    case .metric: curves.metric = next(after: curves.metric)
    case .axis:
      let place = curves.cursor.flatMap { run.curve.point(atOrBefore: $0, position(on: curves.axis, run)) }
      curves.axis = next(after: curves.axis)
      (curves.window, curves.follows, curves.fit.x) = (nil, false, nil)
      // The cursor stays where the selected run was.
      curves.cursor = place.map(position(on: curves.axis, run))
    case .xScale:
      curves.xScale = curves.xScale.other
      (curves.window, curves.follows, curves.fit.x) = (nil, false, nil)
    case .yScale: curves.yScale = curves.yScale.other
    case .smoothing: curves.smoothing = next(after: curves.smoothing)
    case .cursorLeft: moveCursor(by: -1)
    case .cursorRight: moveCursor(by: 1)
    case .cursorFarLeft: moveCursor(by: -10)
    case .cursorFarRight: moveCursor(by: 10)
    case .cursorOff: curves.cursor = nil
    case .zoomIn: zoomCurves(by: 0.5)
    case .zoomOut: zoomCurves(by: 2)
    case .panLeft: panCurves(by: -0.25)
    case .panRight: panCurves(by: 0.25)
    case .fit: (curves.window, curves.follows) = (nil, false)
    case .follow: followNewest()
    }
    // What y spanned says nothing of another metric or scale.
    if [.metric, .yScale].contains(intent) { (curves.fit.y, curves.windowY, curves.lateY) = (nil, nil, nil) }
    return []
  }

  /// The value that comes after one, round and round.
  func next<Value: CaseIterable & Equatable>(after value: Value) -> Value {
    let all = Array(Value.allCases)
    let index = all.firstIndex(of: value) ?? 0
    return all[(index + 1) % all.count]
  }

  // MARK: Mouse

  /// A click reads the curves there or selects a row's run, dragging pans a window (and moves the cursor while everything
  /// is in sight), the wheel zooms about the pointer, the right button puts the cursor away.
  mutating func mouseOnCurves(_ event: MouseEvent, _ body: Rect) -> [Effect] {
    let layout = curvesLayout(body)
    let geometry = curvesGeometry(layout.plot)
    let isInside = geometry.area.contains(x: event.x, y: event.y)
    switch event.kind {
    case .press(.left) where isInside:
      curves.cursor = geometry.x(atColumn: event.x)
      curves.draggedFrom = event.x
    case .press(.left):
      let rows = readoutTable(isWide: layout.isWide).layout(in: layout.table, glyphs: glyphs)
      if layout.table.contains(x: event.x, y: event.y), let row = rows.row(atY: event.y) { selection = readRuns[row].id }
    case .press(.right) where isInside: curves.cursor = nil
    case .drag(.left):
      guard let from = curves.draggedFrom else { break }
      if curves.window == nil {
        curves.cursor = geometry.x(atColumn: min(max(event.x, geometry.area.x), geometry.area.maxX - 1))
      } else {
        panCurves(by: Double(from - event.x) / Double(max(1, geometry.area.width)))
        curves.draggedFrom = event.x
      }
    case .release: curves.draggedFrom = nil
    case .wheelUp where isInside: zoomCurves(by: 0.8, about: geometry.x(atColumn: event.x))
    case .wheelDown where isInside: zoomCurves(by: 1.25, about: geometry.x(atColumn: event.x))
    default: break
    }
    return []
  }
}
