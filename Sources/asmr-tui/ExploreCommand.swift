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

  @OptionGroup var data: DataOptions
  @OptionGroup var options: RunOptions
  @OptionGroup var runs: RaceOptions
  @OptionGroup var threading: ThreadOptions

  @Option(help: "Theme: a name, or a file in btop's format.")
  var theme: String?

  @OptionGroup var pictures: PictureOptions

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

  func run() throws {
    guard isatty(STDOUT_FILENO) == 1 else { throw Exit(status: .usage, message: Self.needsTerminal("standard output")) }
    let threads = try threading.count()
    let asked = try runs.asked(options)
    let program = CommandLine.arguments.first.map { realPath($0) } ?? ""
    let library = ThemeLibrary(
      wanted: theme, folders: ThemeLibrary.folders(environment: ProcessInfo.processInfo.environment, program: program))
    let themes = try library.load()
    for text in ThemeLibrary.report(themes.faults) { printError("asmr-tui: \(text)") }
    let loaded = try data.load()
    let shape = loaded.signal.shape
    let (configurations, note) = try asked.resolved(shape: shape, channels: loaded.signal.channels)
    var subject = Subject(loaded)
    if let note { subject.notes.append(note) }
    try MemoryBudget.check(configurations, shape: shape, channels: loaded.signal.channels, threads: threads)
    let terminalOptions = pictures.terminal(readsControllingTerminal: data.file == "-", mouse: !noMouse)
    let status = try MainActor.assumeIsolated {
      let terminal: Terminal
      do {
        terminal = try Terminal.open(terminalOptions)
      } catch TerminalError.notATerminal(let stream) {
        throw Exit(status: .usage, message: Self.needsTerminal(stream))
      }
      defer { terminal.close() }
      var app = try ExplorerApp(
        subject: subject, configurations: configurations, library: library, themes: themes, terminal: terminal, threads: threads)
      return app.run()
    }
    if status != 0 { throw Exit(status: ExitStatus(code: status)) }
  }

  private static func needsTerminal(_ stream: String) -> String {
    "\(stream) is not a terminal, and the explorer needs one; asmr-tui train works without"
  }

  /// The program's own file, whatever links lead to it.
  private func realPath(_ path: String) -> String {
    guard let resolved = realpath("/proc/self/exe", nil) ?? realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
