import ArgumentParser
import TerminalUI

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

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what the terminal was asked, what it answered and how pictures are drawn.",
    discussion: "Takes the explorer's options of pictures and its configuration, so that their effect can be seen.")

  @OptionGroup var pictures: PictureOptions
  @OptionGroup var configured: SettingsOptions

  func run() throws {
    let settings = try configured.load(environment: ProcessInfo.processInfo.environment)
    let options = pictures.terminal(settings, readsControllingTerminal: true)
    let report = try onTerminal {
      try MainActor.assumeIsolated {
        let terminal = try Terminal.open(options)
        defer { terminal.close() }
        return TerminalReport(terminal)
      }
    }
    show("asked", report.asked)
    show("environment", report.environment)
    show("chosen", report.chosen)
  }

  /// With the terminal as standard output, also where that goes to a file or a pipe.
  private func onTerminal<Result>(_ body: () throws -> Result) throws -> Result {
    guard isatty(STDOUT_FILENO) != 1 else { return try body() }
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    let output = dup(STDOUT_FILENO)
    guard terminal >= 0, output >= 0 else {
      throw Exit(status: .usage, message: "standard output is not a terminal, and there is no other that doctor could ask")
    }
    dup2(terminal, STDOUT_FILENO)
    defer {
      dup2(output, STDOUT_FILENO)
      close(terminal)
      close(output)
    }
    return try body()
  }

  private func show(_ title: String, _ lines: [TerminalReport.Line]) {
    let width = lines.map(\.title.count).max() ?? 0
    print(title)
    for line in lines { print("  \(line.title)\(String(repeating: " ", count: width - line.title.count))  \(line.text)") }
  }
}
