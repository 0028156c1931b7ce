import ArgumentParser

/// The manual page, as `make install` puts it in place.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page, for man -l -.", shouldDisplay: false)

  func run() throws {
    try writeOutput(Array(ManualPage(reference: .current()).text.utf8))
  }
}
