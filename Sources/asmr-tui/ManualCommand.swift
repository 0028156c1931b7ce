import ArgumentParser

/// The manual page, as `make install` puts it in place.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page, for man -l -.", shouldDisplay: false)

  @Flag(help: "Print the table of options that the README has, in the page's place.")
  var table = false

  func run() throws {
    let reference = try CommandReference.current()
    try writeOutput(Array((table ? OptionTable(reference: reference).text : ManualPage(reference: reference).text).utf8))
  }
}
