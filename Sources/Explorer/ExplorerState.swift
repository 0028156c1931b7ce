import Canvas
import Networks
import Signals
import Training

/// The picture that is being learnt.
public struct Subject: Sendable {
  public var name: String
  public var signal: Signal
  /// What was done to it when it was read.
  public var notes: [String]
  /// Height of a cell of the screen over its width; 2 where nobody knows.
  var cellAspect = 2.0

  public init(_ loaded: LoadedSignal) {
    name = loaded.name
    signal = loaded.signal
    notes = loaded.notes
  }

  var rows: Int { signal.shape.first ?? 0 }
  var columns: Int { signal.shape.last ?? 0 }

  /// The largest rectangle in the middle of another one that shows the picture undistorted.
  func fitted(in rect: Rect) -> Rect {
    fit(pictureWidth: columns, pictureHeight: rows, in: rect, cellAspect: cellAspect)
  }
}

/// What lies over the screen and takes the keys.
enum Overlay: Equatable, Sendable {
  /// The first line that is shown.
  case help(Int)
  case summary(Summary)
  case confirmQuit
  /// The session is being saved before it quits.
  case leaving
  case session(SessionPrompt)
  case confirmRemove(RunID)
  case save(SavePrompt)
  case export(ExportPrompt)
  case form(RunForm)
  case order(OrderPrompt)
  case themes(ThemePicker)
  case command(CommandPrompt)
  case palette(Palette)
}

/// The views, in the order of their tabs.
enum Tab: Int, CaseIterable, Sendable {
  case race, curves, tradeOff, scaling, features, permutations, compare

  var title: String {
    switch self {
    case .race: "Race"
    case .curves: "Curves"
    case .tradeOff: "Trade-off"
    case .scaling: "Scaling"
    case .features: "Features"
    case .permutations: "Permutations"
    case .compare: "Compare"
    }
  }
  /// The key that opens it.
  var key: Character { Character("\(rawValue + 1)") }
}

/// A line in which the name of something is typed that is to be written.
protocol PathPrompt: Equatable {
  var line: LineEditor { get }
  /// Something of this name is there; Enter once more replaces it.
  var existing: String? { get set }
  var fault: String? { get set }
}

/// The line in which a path is typed.
struct SavePrompt: PathPrompt, Sendable {
  var run: RunID
  var line: LineEditor
  var thenQuits: Bool
  var existing: String?
  var fault: String?
  /// The engine was asked; the keys wait for its answer.
  var isSaving = false
}

/// A short text in the last row, for a while.
struct Message: Equatable, Sendable {
  enum Kind: Sendable { case information, fault }
  var text: String
  var kind = Kind.information
  var since: Double
  var until: Double

  /// Seconds in which it can be read; after them any key clears it.
  static let readable = 1.0
}

/// Everything that the screen depends on: a value, changed by `update` alone.
public struct ExplorerState: Sendable {
  var subject: Subject
  /// Of the terminal.
  var screenWidth: Int
  var screenHeight: Int
  var glyphs: Glyphs
  /// Pixels that a cell shows of a picture.
  var pixels = PixelSize(width: 1, height: 2)
  var themes: [Theme]
  var themeIndex = 0
  /// What is wrong with their files.
  var themeFaults: [ThemeFault] = []
  /// The terminal's own background; nil where it does not say.
  var terminalBackground: RGB?
  /// All runs, in the order in which they came; at least one.
  var runs: [RunView]
  /// The run that keys mean; always one of `runs`.
  var selection: RunID
  var tab = Tab.race
  /// The keys in force: the program's with the user's changes.
  var keymap = Keymap.standard
  /// A count that is being typed; 0 while no digit is there.
  var count: Int?
  /// Commands that were carried out before.
  var history = CommandHistory()
  /// The folder that a path was completed in last.
  var listing: FolderListing?
  /// Whether it was said that nothing is remembered.
  var knowsStateFault = false
  /// Whether the terminal shows colours.
  var showsColors = true
  /// Whether pictures can differ by colour: with neither, as with ASCII alone, brightness is all there is.
  var hasColors: Bool { showsColors && glyphs.isUnicode }
  /// Whether the mouse is taken from the terminal.
  var usesMouse = true
  var turnMode = TurnMode.equalTime
  var table = RunTable()
  var curves = CurvesState()
  var tradeOff = TradeOffState()
  var scaling = ScalingState()
  var features = FeaturesState()
  var permutations = PermutationsState()
  var compare = CompareState()
  var showsError = false
  /// The part of the picture that every view shows.
  var window = PictureWindow()
  /// What the pointer drags of it.
  var windowGrip: WindowGrip?
  var pendingExport: PendingExport?
  var display = Display()
  /// nil while there is none.
  var tour: Tour?
  /// Whether the hint of the very first start is shown, until a key is pressed.
  var greets = false
  var overlay: Overlay?
  var message: Message?
  /// Seconds of a monotonic clock, from the last tick.
  var now = 0.0
  var residentBytes = 0
  /// The target at the size of its rectangle.
  var target: Raster?
  /// Which size and part of it that is.
  var targetRequest: PreviewRequest?
  /// Bytes that new runs can count on; nil while nobody has said.
  var availableBytes: Int?
  /// Threads of the engine, for estimates of memory.
  var threads = 1
  /// nil where nothing saves itself.
  var sessions: SessionState?
  var lastID: Int

  /// What the views have of the screen: all that a tour's panel leaves.
  var width: Int { tour == nil ? screenWidth : tourLayout.view.width }
  var height: Int { tour == nil ? screenHeight : tourLayout.view.height }

  var theme: Theme { themes[themeIndex] }
  var layout: Layout? { Layout(width: width, height: height, subject: subject, showsError: showsError, window: window, pixels: pixels) }

  /// The run that keys mean.
  var run: RunView {
    get { runs.first { $0.id == selection } ?? runs[0] }
    set { self[newValue.id] = newValue }
  }

  subscript(id: RunID) -> RunView? {
    get { runs.first { $0.id == id } }
    set {
      guard let index = runs.firstIndex(where: { $0.id == id }), let newValue else { return }
      runs[index] = newValue
    }
  }

  /// What the engine was last asked to draw of the run that keys mean.
  var request: PreviewRequest? { run.request }

  /// Runs of the race that are drawn: pinned ones first.
  var shownRuns: [RunView] {
    let shown = runs.filter { !$0.isHidden && !$0.isPermutation }
    return shown.filter(\.isPinned) + shown.filter { !$0.isPinned }
  }

  /// Runs with steps that are in no file: first those that were never saved, of them the race's before the orders, and
  /// of those the selected one.
  var unsavedRuns: [RunView] {
    let unsaved = runs.filter(\.hasUnsavedWork)
    func rank(_ run: RunView) -> Int {
      (run.savedStep == nil ? 0 : 4) + (run.isPermutation ? 2 : 0) + (run.id == selection ? 0 : 1)
    }
    return unsaved.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
  }

  /// Whether it would train if another run did not do so alone.
  func isWaiting(_ run: RunView) -> Bool {
    if case .solo(let id) = turnMode { run.state == .training && run.id != id } else { false }
  }

  /// Whether the race is of one run alone, with the target beside it.
  var isSingle: Bool { runs.filter { !$0.isPermutation }.count == 1 }

  /// MACs of a SIREN of the selected run's depth and width, for comparison; nil when it is one itself.
  var sirenMACs: Double? {
    let configuration = run.configuration
    guard configuration.model != .siren else { return nil }
    let siren = SIRENConfiguration(hidden: configuration.hidden ?? 256, layers: configuration.layers ?? 4)
    return try? siren.cost(shape: subject.signal.shape, channels: subject.signal.channels).macs
  }

  /// - Parameters:
  ///   - configurations: at least one, resolved for the subject.
  ///   - themes: at least one; the first is used.
  ///   - now: of the clock that ticks tell.
  public init(
    subject: Subject, configurations: [RunConfiguration], width: Int, height: Int, glyphs: Glyphs, themes: [Theme],
    now: Double = 0
  ) throws(ConfigurationError) {
    self.subject = subject
    self.now = now
    (screenWidth, screenHeight) = (width, height)
    self.glyphs = glyphs
    self.themes = themes
    runs = []
    for (index, configuration) in configurations.enumerated() {
      let cost = try Self.cost(configuration, subject)
      runs.append(RunView(id: RunID(index + 1), mark: index, configuration: configuration, cost: cost))
    }
    selection = RunID(1)
    lastID = configurations.count
    let padding = Set(configurations.compactMap { $0.paddingNote(shape: subject.signal.shape) }).sorted()
    let notes = subject.notes + padding
    if !notes.isEmpty { message = Message(text: notes.joined(separator: "; "), since: now, until: now + 8) }
  }

  static func cost(_ configuration: RunConfiguration, _ subject: Subject) throws(ConfigurationError) -> Cost {
    let shape = subject.signal.shape
    return try configuration.modelConfiguration(shape: shape).cost(shape: shape, channels: subject.signal.channels)
  }

  /// An identifier that no run has had, and the lowest mark that is free among runs of its kind: orders and the race are
  /// never seen together.
  mutating func newIdentity(isPermutation: Bool = false) -> (id: RunID, mark: Int) {
    lastID += 1
    let taken = Set(runs.filter { $0.isPermutation == isPermutation }.map(\.mark))
    return (RunID(lastID), (0...).first { !taken.contains($0) } ?? 0)
  }
}
