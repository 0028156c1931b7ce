import ArgumentParser
import Canvas
import Explorer
import Networks
import Signals
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

struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore", abstract: "Open the explorer on a picture (what happens without a subcommand).")

  @Argument(
    help: "A picture: PNM (P1 to P7), PNG or JPEG; - is standard input. With --resume: where the session's is now.",
    completion: .pictures)
  var file: String?

  @Option(
    help: "none, auto (above a megapixel the picture is reduced to one), or WxH.", completion: .list(["none", "auto"]),
    transform: { try optionValue($0, allowed: "none, auto, or WxH as in 640x480", ResizePolicy.init(argument:)) })
  var resize: ResizePolicy?

  @OptionGroup var sessions: SessionOptions
  @OptionGroup var options: RunOptions
  @OptionGroup var runs: RaceOptions
  @OptionGroup var threading: ThreadOptions

  @Option(help: "Theme: a name, or a file in btop's format.", completion: .themes)
  var theme: String?

  @Option(
    help: "The view to begin on: \(ExplorerApp.views.joined(separator: ", ")). (default: race, or the session's)",
    completion: .list(ExplorerApp.views),
    transform: { text in
      try optionValue(text, allowed: ExplorerApp.views.joined(separator: ", ")) { ExplorerApp.views.contains($0) ? $0 : nil }
    })
  var view: String?

  @OptionGroup var pictures: PictureOptions

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

  @OptionGroup var motion: MotionOptions

  @Flag(help: ArgumentHelp("Begin with the tour; its own command says it.", visibility: .private))
  var tour = false

  @OptionGroup var configured: SettingsOptions

  @Flag(help: "Print a commented configuration file that changes nothing.")
  var defaultConfig = false

  func validate() throws {
    guard !defaultConfig else { return }
    guard file != nil || sessions.resume != nil else { throw ValidationError("Missing expected argument '<file>'") }
    let others = options.given.map { "--\($0.name)" } + (runs.race ? ["--race"] : []) + (runs.runs.isEmpty ? [] : ["--run"])
      + (resize == nil ? [] : ["--resize"])
    if sessions.resume != nil, let other = others.first {
      throw ValidationError("\(other): found beside --resume, whose session says it; allowed is one of the two")
    }
  }

  func run() throws {
    guard !defaultConfig else { return print(Settings.defaultFile, terminator: "") }
    let environment = ProcessInfo.processInfo.environment
    let folders = SettingsOptions.themeFolders(environment: environment)
    let settings = try configured.load(environment: environment)
    guard isatty(STDOUT_FILENO) == 1 else { throw Exit(status: .usage, message: Self.needsTerminal("standard output")) }
    let threads = try threading.count(standard: settings.threads)
    let asked = try runs.asked(options, standard: settings.runFields)
    let files = (try? SessionOptions.store()).map(StateFiles.init)
    let library = ThemeLibrary(theme.map { .one($0) } ?? settings.theme, last: files?.theme(), folders: folders)
    let themes = try library.load()
    for text in ThemeLibrary.report(themes.faults) { printError("asmr-tui: \(text)") }
    let opened = try sessions.open(file: file)
    let policy = resize ?? .auto
    let loaded = try opened?.picture ?? ImageReader.read(path: file ?? "-", resize: policy)
    let setup = try sessions.setup(opened, picture: loaded, file: file, resize: policy, threads: threads, settings: settings)
    var manner = ExplorerManner()
    manner.reducedMotion = motion.reducedMotion
    manner.view = view
    if tour { manner.tour = try Self.tourRuns(loaded) }
    let (subject, configurations) = try contents(opened, loaded, asked, tour: manner.tour, threads: threads)
    let terminalOptions = pictures.terminal(settings, readsControllingTerminal: file == "-", mouse: !noMouse)
    let begins = manner
    let (status, kept) = try MainActor.assumeIsolated {
      let terminal: Terminal
      do {
        terminal = try Terminal.open(terminalOptions)
      } catch TerminalError.notATerminal(let stream) {
        throw Exit(status: .usage, message: Self.needsTerminal(stream))
      }
      defer { terminal.close() }
      var manner = begins
      if manner.tour.isEmpty, let setup, setup.fault == nil { manner.greets = FirstStart.note(in: setup.store) }
      var app = try ExplorerApp(
        subject: subject, configurations: configurations, library: library, themes: themes, terminal: terminal, threads: threads,
        sessions: setup, settings: settings, files: files, manner: manner)
      return (app.run(), app.keptSession)
    }
    // The screen is gone: this stays.
    if let kept { print("session kept: asmr-tui --resume \(kept)") }
    if status != 0 { throw Exit(status: ExitStatus(code: status)) }
  }

  /// What is learnt, and by which runs at first.
  private func contents(
    _ opened: SessionOptions.Opened?, _ loaded: LoadedSignal, _ asked: RaceOptions.Asked, tour: [RunConfiguration], threads: Int
  ) throws -> (subject: Subject, configurations: [RunConfiguration]) {
    var subject = Subject(loaded)
    if let opened {
      subject.notes.insert("session \(opened.name) goes on", at: 0)
      return (subject, opened.session.runs.map(\.checkpoint.trainer.configuration))
    }
    let (shape, channels) = (loaded.signal.shape, loaded.signal.channels)
    if let first = tour.first(where: { $0.model == .siren }) {
      try MemoryBudget.check([first], shape: shape, channels: channels, threads: threads)
      return (subject, [first])
    }
    let (configurations, note) = try asked.resolved(shape: shape, channels: channels)
    if let note { subject.notes.append(note) }
    try MemoryBudget.check(configurations, shape: shape, channels: channels, threads: threads)
    return (subject, configurations)
  }

  private static func needsTerminal(_ stream: String) -> String {
    "\(stream) is not a terminal, and the explorer needs one; asmr-tui train works without"
  }

  /// A run of each model that the tour shows, of comparable sizes.
  private static func tourRuns(_ picture: LoadedSignal) throws(ConfigurationError) -> [RunConfiguration] {
    let open = try RunSpecification.race.map { text throws(ConfigurationError) in try RunSpecification.configuration(text) }
    return try RaceSizes(open, shape: picture.signal.shape, channels: picture.signal.channels).runs
  }
}
