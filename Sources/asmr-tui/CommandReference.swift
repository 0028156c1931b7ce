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

  static func current() throws -> CommandReference {
    try JSONDecoder().decode(CommandReference.self, from: Data(Program._dumpHelp().utf8))
  }
}
