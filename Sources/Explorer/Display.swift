import Canvas
import Training

/// When the screen shows what runs have measured: at once, in strides, or not at all until a key says so. Snapshots are
/// taken in any case.
struct Display: Equatable, Sendable {
  /// Whether curves, numbers and pictures stand still while the runs train on.
  var isFrozen = false
  /// Whether they change in strides, and nothing plays by itself.
  var hasReducedMotion = false
  /// When they last changed.
  var shown = -Double.infinity

  /// Seconds from one change to the next where less motion is wanted.
  static let stride = 0.5

  /// Whether the screen is behind what was told.
  var holds: Bool { isFrozen || hasReducedMotion }
}

extension ExplorerState {
  /// Whether pictures and numbers change at most twice a second, and what was recorded plays only when it is told to.
  public var reducedMotion: Bool {
    get { display.hasReducedMotion }
    set {
      display.hasReducedMotion = newValue
      showNewest()
    }
  }

  mutating func toggleFreeze() {
    let step = run.step
    display.isFrozen.toggle()
    guard !display.isFrozen else {
      say("the display stands still, the runs train on: \(key(.freeze)) lets it go on")
      return
    }
    showNewest()
    let now = run.step
    say(now > step ? "the display goes on, \(NumberText.grouped(now - step)) steps later" : "the display goes on")
  }

  /// Called as time goes on.
  mutating func advanceDisplay() {
    if display.hasReducedMotion, showsNews { showNewest() }
  }

  /// Whether the screen may change now by itself.
  var showsNews: Bool {
    !display.isFrozen && (!display.hasReducedMotion || now - display.shown >= Display.stride)
  }

  /// Brings the screen to what has come.
  private mutating func showNewest() {
    display.shown = now
    for index in runs.indices { runs[index].held = display.holds ? runs[index].live : nil }
    admitNewcomers()
    if tab == .compare { followCompareScale() }
    settlePlots()
  }

  /// Runs that are new on the screen are seen as they were when they came.
  mutating func holdNewRuns() {
    guard display.holds else { return }
    for index in runs.indices where runs[index].held == nil { runs[index].held = runs[index].live }
  }

  /// `❄ frozen at step 1,234` in the title, in the longest form that has room; nil while the display goes on.
  func frozenMark(columns: Int) -> String? {
    guard display.isFrozen else { return nil }
    let step = NumberText.grouped(run.step)
    let forms = ["frozen at step \(step)", "frozen at \(step)", "frozen"].map { glyphs.isUnicode ? "\u{2744} \($0)" : "[\($0)]" }
    return forms.first { $0.columns <= columns } ?? forms[forms.count - 1]
  }
}
