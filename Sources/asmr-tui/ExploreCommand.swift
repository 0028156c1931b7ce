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

  @Argument(help: "A picture: PNM (P1 to P7), PNG or JPEG; - is standard input. With --resume: where the session's is now.")
  var file: String?

  @Option(
    help: "none, auto (above a megapixel the picture is reduced to one), or WxH.",
    transform: { try optionValue($0, allowed: "none, auto, or WxH as in 640x480", ResizePolicy.init(argument:)) })
  var resize: ResizePolicy?

  @OptionGroup var sessions: SessionOptions
  @OptionGroup var options: RunOptions
  @OptionGroup var runs: RaceOptions
  @OptionGroup var threading: ThreadOptions

  @Option(help: "Theme: a name, or a file in btop's format.")
  var theme: String?

  @OptionGroup var pictures: PictureOptions

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

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
    let files = (try? SessionOptions.store()).map { StateFiles(folder: $0.folder) }
    let library = ThemeLibrary(theme.map { .one($0) } ?? settings.theme, last: files?.theme(), folders: folders)
    let themes = try library.load()
    for text in ThemeLibrary.report(themes.faults) { printError("asmr-tui: \(text)") }
    let opened = try sessions.open(file: file)
    let policy = resize ?? .auto
    let loaded = try opened?.picture ?? ImageReader.read(path: file ?? "-", resize: policy)
    let setup = try sessions.setup(opened, picture: loaded, file: file, resize: policy, threads: threads, settings: settings)
    let (subject, configurations) = try contents(opened, loaded, asked, threads: threads)
    let terminalOptions = pictures.terminal(settings, readsControllingTerminal: file == "-", mouse: !noMouse)
    let (status, kept) = try MainActor.assumeIsolated {
      let terminal: Terminal
      do {
        terminal = try Terminal.open(terminalOptions)
      } catch TerminalError.notATerminal(let stream) {
        throw Exit(status: .usage, message: Self.needsTerminal(stream))
      }
      defer { terminal.close() }
      var app = try ExplorerApp(
        subject: subject, configurations: configurations, library: library, themes: themes, terminal: terminal, threads: threads,
        sessions: setup, settings: settings, files: files)
      return (app.run(), app.keptSession)
    }
    // The screen is gone: this stays.
    if let kept { print("session kept: asmr-tui --resume \(kept)") }
    if status != 0 { throw Exit(status: ExitStatus(code: status)) }
  }

  /// What is learnt, and by which runs at first.
  private func contents(
    _ opened: SessionOptions.Opened?, _ loaded: LoadedSignal, _ asked: RaceOptions.Asked, threads: Int
  ) throws -> (subject: Subject, configurations: [RunConfiguration]) {
    var subject = Subject(loaded)
    if let opened {
      subject.notes.insert("session \(opened.name) goes on", at: 0)
      return (subject, opened.session.runs.map(\.checkpoint.trainer.configuration))
    }
    let (shape, channels) = (loaded.signal.shape, loaded.signal.channels)
    let (configurations, note) = try asked.resolved(shape: shape, channels: channels)
    if let note { subject.notes.append(note) }
    try MemoryBudget.check(configurations, shape: shape, channels: channels, threads: threads)
    return (subject, configurations)
  }

  private static func needsTerminal(_ stream: String) -> String {
    "\(stream) is not a terminal, and the explorer needs one; asmr-tui train works without"
  }
}
