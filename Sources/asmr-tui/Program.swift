import ArgumentParser
import CProcessor
import Networks
import Signals
import TerminalUI
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Exit statuses, after sysexits.h and the shell's convention for signals.
struct ExitStatus: Equatable {
  let code: Int32
  /// The command line asks for something impossible.
  static let usage = ExitStatus(code: 64)
  /// The run itself failed: it diverged.
  static let software = ExitStatus(code: 70)
  /// An output cannot be written.
  static let cannotWrite = ExitStatus(code: 73)
  /// The processor lacks what the program was built for.
  static let unavailable = ExitStatus(code: 69)
  /// Ended by a signal, in order: 130 for Control-C.
  static func signal(_ number: Int32) -> ExitStatus { ExitStatus(code: 128 + number) }
}

/// Ends the program with a status that is no fault of the command line, after everything was written.
struct Exit: Error {
  let status: ExitStatus
  /// One line for standard error; nil when all was said.
  var message: String?
}

@main
struct Program: ParsableCommand {
  /// When this version was made, as manual pages have it.
  static let date = "November 28, 2026"

  static let configuration = CommandConfiguration(
    commandName: "asmr-tui",
    abstract: "Watch coordinate networks learn a picture, in the terminal.",
    usage: "asmr-tui <picture> [options]\nasmr-tui <subcommand> …",
    discussion: """
      asmr-tui picture.png opens the explorer; its options are those of asmr-tui explore --help. \
      Pictures are PNM (P1 to P7), PNG or JPEG, told by their content.
      """,
    version: "0.1.0",
    subcommands: [
      ExploreCommand.self, TourCommand.self, TrainCommand.self, RenderCommand.self, FeaturesCommand.self, PermutationsCommand.self, CostCommand.self, BenchCommand.self,
      SessionsCommand.self, ReportCommand.self, DoctorCommand.self, ManualCommand.self, CompletionsCommand.self,
    ],
    defaultSubcommand: ExploreCommand.self)

  static func main() {
    // Before anything is computed, which would end in an illegal instruction.
    if let lacking = processor_lacks() {
      printError(
        "asmr-tui: this processor lacks \(String(cString: lacking)), which the program was built for; "
          + "allowed is one that has it, or a program built here (ASMR_TUI_ARCH)")
      endProcess(ExitStatus.unavailable.code)
    }
    do {
      var command = try parseAsRoot()
      try command.run()
      endProcess(0)
    } catch {
      endProcess(report(error))
    }
  }

  /// Says in one line what went wrong and returns the status to exit with.
  private static func report(_ error: any Error) -> Int32 {
    func complain(_ text: some CustomStringConvertible, _ status: Int32) -> Int32 {
      printError("asmr-tui: \(text)")
      return status
    }
    switch error {
    case let exit as Exit:
      if let message = exit.message { printError("asmr-tui: \(message)") }
      return exit.status.code
    case let error as SignalError: return complain(error, error.exitCode)
    case let error as ConfigurationError: return complain(error, ExitStatus.usage.code)
    case let error as MemoryError: return complain(error, ExitStatus.usage.code)
    case let error as TerminalError: return complain(error, error.exitCode)
    default: break
    }
    let status = exitCode(for: error)
    guard status.isSuccess || status == .validationFailure else { return complain("\(error)", ExitStatus.software.code) }
    if status.isSuccess {
      print(fullMessage(for: error))
      return 0
    }
    // Lists of allowed values come on lines of their own.
    let lines = message(for: error).split(separator: "\n").map { $0.drop { $0 == " " } }
    return complain(lines.joined(separator: " ") + " (see asmr-tui --help)", ExitStatus.usage.code)
  }
}

/// Ends the process at once. `exit` would run the destructors of oneDNN and OpenMP under a thread that may still be in
/// the middle of a step.
func endProcess(_ code: Int32) -> Never {
  fflush(nil)
  _exit(code)
}
