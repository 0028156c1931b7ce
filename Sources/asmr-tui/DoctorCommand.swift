import ArgumentParser
import TerminalUI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what the terminal was asked, what it answered and how pictures are drawn.",
    discussion: "Takes the same options as the explorer, so that their effect can be seen.")

  @OptionGroup var pictures: PictureOptions

  func run() throws {
    guard isatty(STDOUT_FILENO) == 1 else {
      throw Exit(status: .usage, message: "standard output is not a terminal, and doctor asks the one it writes to")
    }
    let options = pictures.terminal(readsControllingTerminal: true)
    let report = try MainActor.assumeIsolated {
      let terminal = try Terminal.open(options)
      defer { terminal.close() }
      return TerminalReport(terminal)
    }
    show("asked", report.asked)
    show("environment", report.environment)
    show("chosen", report.chosen)
  }

  private func show(_ title: String, _ lines: [TerminalReport.Line]) {
    let width = lines.map(\.title.count).max() ?? 0
    print(title)
    for line in lines { print("  \(line.title)\(String(repeating: " ", count: width - line.title.count))  \(line.text)") }
  }
}
