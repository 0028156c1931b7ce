import Canvas
import Dispatch
import Networks
import Records
import Signals
import Synchronization
import TerminalUI
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The loop that ties everything together: events become actions, actions change the state, effects go to the engine,
/// the state is drawn.
@MainActor
public struct ExplorerApp {
  private var state: ExplorerState
  private let terminal: Terminal
  private let engine: Engine
  private let written = ActionBox()
  private let store: SessionStore?
  private let files: StateFiles?
  /// Small files are written one after the other.
  private let filesQueue = DispatchQueue(label: "asmr-tui.state", qos: .utility)
  /// Runs of the session that was opened, until the engine has them.
  private var restored: [RunID: RestoredRun] = [:]
  /// Files of sessions are written one after the other.
  private let sessionQueue = DispatchQueue(label: "asmr-tui.session", qos: .utility)
  private var exitStatus: Int32?
  /// When files were last looked at.
  private var filesRead = -Double.infinity
  private let library: ThemeLibrary
  private var themeWatch: ThemeWatch
  /// Whether something lies in the engine's mailbox, and when it was last emptied.
  private var hasNews = false
  private var newsTaken = -Double.infinity
  private var shown: ShownFrame?
  /// Whether since then nothing has happened but that runs went on.
  private var isNewsAlone = false

  /// - Parameters:
  ///   - configurations: at least one, resolved and checked against the subject and the memory.
  ///   - themes: what the library has loaded.
  ///   - sessions: where the explorer saves itself; nil for not at all.
  ///   - files: what is remembered from one time to the next; nil for nothing.
  ///   - manner: how it begins.
  public init(
    subject: Subject, configurations: [RunConfiguration], library: ThemeLibrary, themes: (themes: [Theme], faults: [ThemeFault]),
    terminal: Terminal, threads: Int, sessions: SessionSetup? = nil, settings: Settings = Settings(), files: StateFiles? = nil,
    manner: ExplorerManner = ExplorerManner()
  ) throws(ConfigurationError) {
    self.terminal = terminal
    self.library = library
    themeWatch = ThemeWatch(themes.themes)
    store = sessions?.store
    self.files = files
    state = try ExplorerState(
      subject: subject, configurations: configurations, width: terminal.width, height: terminal.height,
      glyphs: terminal.glyphs, themes: themes.themes, now: Self.now)
    state.threads = threads
    state.adopt(settings)
    state.usesMouse = terminal.reportsMouse
    if let files { state.history = files.history() }
    if !manner.tour.isEmpty { state.tour = Tour(manner.tour) }
    state.greets = manner.greets
    if manner.reducedMotion { state.reducedMotion = true }
    state.showsColors = terminal.capabilities.colorDepth != .monochrome
    state.terminalBackground = terminal.capabilities.probe?.answers.background
    state.begin(with: library.first(of: themes.themes, on: state.terminalBackground), faults: themes.faults)
    if let sessions {
      state.sessions = SessionState(sessions, now: Self.now)
      restored = sessions.restored
      if let opened = sessions.opened {
        try state.adopt(opened.session, samplesPerStep: restored.mapValues(\.samplesPerStep))
      }
      if let fault = sessions.fault { state.say(fault, .fault, seconds: 10) }
    }
    state.tab = Tab.allCases.first { $0.name == manner.view } ?? state.tab
    let waker = terminal.waker
    // A line is shared with others; and what pictures of pixels cost, from the network to the terminal, is many times that of
    // blocks, and runs could draw more of them than are sent.
    let rate = terminal.capabilities.isRemote || !terminal.capabilities.graphics.isCells ? 0.5 : 1
    engine = Engine(threads: threads, watchRate: rate) { waker.wake() }
    terminal.onSuspension = { isStopping in isStopping ? TrainingClock.suspend() : TrainingClock.resume() }
    adoptPixels()
  }

  /// The views by the names that the command line has for them.
  public nonisolated static var views: [String] { Tab.allCases.map(\.name) }

  /// Takes over what a cell of the terminal shows, which changes with its font.
  private mutating func adoptPixels() {
    let pixels = terminal.capabilities.pixels
    state.adopt(pixels)
    // Characters are taken for twice as high as wide, which blocks are drawn for.
    if !terminal.capabilities.graphics.isCells { state.subject.cellAspect = Double(pixels.height) / Double(pixels.width) }
  }

  /// Runs until the user quits; returns the exit status. The terminal is closed by the caller.
  public mutating func run() -> Int32 {
    let effects = state.begin()
    tick()
    // The target is on the screen before the first step is computed.
    present(isAnswer: false)
    for run in state.runs {
      let restored = restored.removeValue(forKey: run.id)
      engine.send(
        restored.map { .restore(run.id, $0) } ?? .add(run.id, run.configuration, state.subject.signal, paused: false))
    }
    engine.send(.turns(state.turnMode))
    perform(effects)
    while exitStatus == nil {
      let events = terminal.nextEvents(timeout: timeout)
      for event in events { handle(event) }
      let isWakeAlone = !events.isEmpty && events.allSatisfy { if case .wake = $0 { true } else { false } }
      guard takeNews() || !isWakeAlone else { continue }
      tick()
      let isAnswer = events.contains { if case .key = $0 { true } else if case .mouse = $0 { true } else { false } }
      present(isAnswer: isAnswer)
    }
    engine.shutDown()
    filesQueue.sync {}
    return exitStatus ?? 0
  }

  private mutating func present(isAnswer: Bool) {
    let next = state.frame(after: shown, isNews: isNewsAlone)
    (shown, isNewsAlone) = (next, true)
    terminal.present(next.frame, isAnswer: isAnswer)
  }

  /// News come to the screen 22 times a second at most, whatever turns the runs take, and half as often over ssh, whose line
  /// others share: until then they gather in the mailbox. While a frame is made the threads that train wait for the one whose
  /// core it takes, so frames that nobody could tell apart are not made. What a key does is shown at once.
  private var newsInterval: Double { terminal.capabilities.isRemote ? 0.09 : 0.045 }

  /// How long nothing has to be done by itself.
  private var timeout: Duration {
    guard hasNews || shown?.isPartial == true else { return state.tickInterval }
    // Rounded up: who wakes too early makes a frame that shows nothing new, and another one a moment later.
    return .milliseconds(max(1, Int(((newsInterval - (Self.now - newsTaken)) * 1000).rounded(.up))))
  }

  /// - Returns: whether there was something, or the last frame had left something for this one, and it was time for it.
  private mutating func takeNews() -> Bool {
    guard hasNews || shown?.isPartial == true, Self.now - newsTaken >= newsInterval else { return false }
    newsTaken = Self.now
    guard hasNews else { return true }
    hasNews = false
    act(.snapshots(engine.mailbox.take()))
    return true
  }

  private mutating func handle(_ event: Event) {
    switch event {
    case .key(let key): act(.key(key))
    case .resize(let width, let height):
      adoptPixels()
      act(.resize(width: width, height: height))
    case .wake:
      hasNews = true
      for action in written.take() { act(action) }
    case .terminate(let signal) where signal == SIGINT: act(.interrupt)
    case .terminate(let signal): leaveAtOnce(128 + signal)
    case .mouse(let event): act(.mouse(event))
    case .suspended, .resumed: break
    }
  }

  /// Seconds that the session may take when nobody is there any more to wait for it.
  private static let patience = 3.0

  /// Saves the session if that is soon done, without a look at the terminal, which may be gone.
  private mutating func leaveAtOnce(_ status: Int32) {
    let deadline = Self.now + Self.patience
    perform(state.leave(status, isForced: true))
    while exitStatus == nil, Self.now < deadline {
      act(.snapshots(engine.mailbox.take()))
      for action in written.take() { act(action) }
      usleep(2_000)
    }
    exitStatus = status
  }

  private mutating func act(_ action: Action) {
    switch action {
    case .snapshots, .tick: break
    default: isNewsAlone = false
    }
    perform(state.update(action))
  }

  private static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  private mutating func tick() {
    // Memory changes slowly and takes several files to find out.
    let readsFiles = Self.now - filesRead > 1
    if readsFiles {
      filesRead = Self.now
      if let edited = themeWatch.changed(state.theme) { act(edited) }
    }
    act(
      .tick(
        now: Self.now, residentBytes: readsFiles ? MemoryBudget.resident() : nil,
        availableBytes: readsFiles ? MemoryBudget.available() : nil))
  }

  private mutating func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .add(let run, let configuration):
        engine.send(.add(run, configuration, state.subject.signal, paused: false))
      case .fork(let run, let source): engine.send(.fork(run, from: source))
      case .configure(let run, let configuration): engine.send(.configure(run, configuration))
      case .remove(let run): engine.send(.remove(run))
      case .pause(let run): engine.send(.pause(run))
      case .resume(let run): engine.send(.resume(run))
      case .singleStep(let run): engine.send(.singleStep(run))
      case .seek(let run, let step): engine.send(.seek(run, step: step))
      case .reset(let run): engine.send(.reset(run))
      case .stop(let run): engine.send(.stop(run))
      case .reseed(let run, let seed): engine.send(.reseed(run, seed))
      case .preview(let run, let request): engine.send(.preview(run, request))
      case .features(let run, let request): engine.send(.features(run, request))
      case .record(let run, let recording): engine.send(.record(run, recording))
      case .turns(let mode): engine.send(.turns(mode))
      case .checkPath(let path): act(check(path))
      case .checkPaths(let paths):
        let answers = paths.map(check)
        let found = answers.first { if case .pathIsFree = $0 { false } else { true } } ?? answers.first
        if let found { act(found) }
      case .checkFolder(let path): act(checkFolder(path))
      case .list(let folder): list(folder)
      case .save(let run, let path): engine.send(.save(run, path: expanded(path)))
      case .checkpoint(let run, let isLast): engine.send(.checkpoint(run, isLast: isLast))
      case .writeSession(let session): write(session)
      case .export(let export): write(export)
      case .readThemes: readThemes()
      case .remember(let line): write { files throws(SignalError) in try files.remember(line) }
      case .keepTheme(let name): write { files throws(SignalError) in try files.keep(theme: name) }
      case .mouse(let isOurs): terminal.reportsMouse = isOurs
      case .repaint: terminal.repaint()
      case .quit(let status): exitStatus = status
      }
    }
  }

  /// What is on the screen stays when the wanted theme has gone meanwhile.
  private mutating func readThemes() {
    guard let found = try? library.load() else { return }
    themeWatch = ThemeWatch(found.themes)
    act(.themes(found.themes, found.faults))
  }

  /// Beside the screen: pixels of a whole screen take a while.
  private func write(_ export: Export) {
    let (written, waker) = (written, terminal.waker)
    var file = export
    file.path = expanded(export.path)
    if case .record(var record) = file.content {
      record.date = Date().timeIntervalSince1970
      file.content = .record(record)
    }
    DispatchQueue.global(qos: .utility).async { [file] in
      do throws(SignalError) {
        let result = try Exporter.write(file)
        written.post(
          .exported(result.count == 1 ? export.path : result.path, count: result.count, recordedStep: export.recordedStep))
      } catch {
        written.post(.exportFailed(error.description))
      }
      waker.wake()
    }
  }

  private func write(_ write: @escaping @Sendable (StateFiles) throws(SignalError) -> Void) {
    guard let files else { return }
    let (written, waker) = (written, terminal.waker)
    filesQueue.async {
      do throws(SignalError) {
        try write(files)
      } catch {
        written.post(.stateFault(error.description))
        waker.wake()
      }
    }
  }

  private func write(_ write: SessionWrite) {
    guard let store else { return }
    let (written, waker) = (written, terminal.waker)
    sessionQueue.async {
      var session = write.session
      session.date = Date().timeIntervalSince1970
      let name = write.name ?? store.newAutosaveName(picture: session.picture.name)
      do {
        try store.write(session, name: name)
        // Only when a name is new there is one too many.
        if write.name == nil { store.prune(picture: session.picture, current: name) }
        written.post(.sessionWritten(name))
      } catch {
        written.post(.sessionFailed("\(error)"))
      }
      waker.wake()
    }
  }

  /// The name of the session that goes on where this one ended; nil when none does.
  public var keptSession: String? { state.keptSession }

  /// The answer names the path as it was typed.
  private func check(_ path: String) -> Action {
    let file = expanded(path)
    do {
      try AtomicFile.checkWritable(file)
      return access(file, F_OK) == 0 ? .pathExists(path) : .pathIsFree(path)
    } catch {
      return .pathFault(path, error.description)
    }
  }

  private func checkFolder(_ path: String) -> Action {
    do {
      return try EventFolder.exists(expanded(path)) ? .pathExists(path) : .pathIsFree(path)
    } catch {
      return .pathFault(path, error.description)
    }
  }

  /// Beside the screen: a folder may be far away.
  private func list(_ folder: String) {
    let (written, waker, path) = (written, terminal.waker, folder.isEmpty ? "." : expanded(folder))
    DispatchQueue.global(qos: .userInitiated).async {
      written.post(.listed(folder: folder, names: Self.names(in: path)))
      waker.wake()
    }
  }

  /// Nothing of a folder that is not there or cannot be read.
  private nonisolated static func names(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted().map { name in
      var status = stat()
      return stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? name + "/" : name
    }
  }

  /// `~/` is the home folder, as in a shell.
  private func expanded(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
    return String(cString: home) + path.dropFirst()
  }
}

/// How the explorer begins.
public struct ExplorerManner: Sendable {
  /// Runs that the tour may add, resolved; empty for no tour.
  public var tour: [RunConfiguration] = []
  /// Whether somebody is here for the first time.
  public var greets = false
  /// Whether pictures and numbers change at most twice a second.
  public var reducedMotion = false
  /// One of `ExplorerApp.views`; nil for the session's, or the first.
  public var view: String?

  public init() {}
}

/// What other queues have to tell, until the main thread takes it.
private final class ActionBox: Sendable {
  private let actions = Mutex<[Action]>([])

  func post(_ action: Action) { actions.withLock { $0.append(action) } }

  func take() -> [Action] {
    actions.withLock { actions in
      defer { actions = [] }
      return actions
    }
  }
}
