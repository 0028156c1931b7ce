import ArgumentParser

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the command line understands, as the parser itself says it: every subcommand with its options and their help.
struct CommandReference: Decodable {
  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool
    var subcommands: [Command]?
    var arguments: [Argument]?

    /// Those that help shows, but for help itself and the version.
    var shownArguments: [Argument] {
      (arguments ?? []).filter { $0.shouldDisplay && !["help", "version"].contains($0.preferredName?.name) }
    }
  }

  struct Argument: Decodable, Equatable {
    struct Name: Decodable, Equatable { var name: String }

    /// `positional`, `option` or `flag`.
    var kind: String
    var isOptional: Bool
    var isRepeating: Bool
    var shouldDisplay: Bool
    var preferredName: Name?
    var valueName: String?
    var defaultValue: String?
    var abstract: String?
    var discussion: String?
    var parsingStrategy: String

    /// Whether a value may be left out: `--resume`, `--resume NAME`.
    var hasOptionalValue: Bool { kind == "option" && parsingStrategy == "scanningForValue" }

    /// Its whole help, with the default that the parser adds.
    var help: String {
      let text = [abstract, discussion].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n")
      guard let defaultValue, kind == "option" else { return text }
      return text + " (default: \(defaultValue))"
    }
  }

  let command: Command

  /// Subcommands that help lists, but for help itself.
  var commands: [Command] { (command.subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" } }

  // MARK: Options of runs

  /// Options that several commands have alike: the model, its training, the picture's size, threads. They are described once.
  var runOptions: [Argument] {
    let several = commandsOfRuns.filter { ["explore", "train"].contains($0.commandName) }.map(\.shownArguments)
    return (several.first ?? []).filter { argument in argument.kind != "positional" && several.allSatisfy { $0.contains(argument) } }
  }

  /// The commands that train a run or could.
  var commandsOfRuns: [Command] {
    commands.filter { command in command.shownArguments.contains { $0.preferredName?.name == "model" && $0.kind == "option" } }
  }

  /// What a command has beside the options of runs.
  func ownArguments(of command: Command) -> [Argument] {
    guard lackingRunOptions(of: command) != nil else { return command.shownArguments }
    return command.shownArguments.filter { !runOptions.contains($0) }
  }

  /// Names of those options of runs that a command of runs has not; nil for the other commands.
  func lackingRunOptions(of command: Command) -> [String]? {
    guard commandsOfRuns.contains(where: { $0.commandName == command.commandName }) else { return nil }
    return runOptions.filter { !command.shownArguments.contains($0) }.compactMap(\.preferredName?.name)
  }

  static func current() throws -> CommandReference {
    try JSONDecoder().decode(CommandReference.self, from: Data(Program._dumpHelp().utf8))
  }
}
