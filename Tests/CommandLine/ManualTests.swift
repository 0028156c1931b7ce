import Foundation
import Testing

/// The manual page: whole, and without a warning of those that read it.
@Suite(.serialized) struct ManualTests {
  private static func has(_ tool: String) -> Bool { (try? Shell.run("command -v \(tool)"))?.status == 0 }

  private func page() throws -> String {
    let result = try Program.run(["manual"])
    #expect(result.status == 0 && result.error.isEmpty)
    return result.text
  }

  @Test("Every command and every option is in it, and the keys of every view")
  func contents() throws {
    let page = try page()
    let help = try json(Program.run(["--experimental-dump-help"]).output)
    let program = try #require(help["command"] as? [String: Any])
    let commands = (program["subcommands"] as? [[String: Any]] ?? []).filter { $0["shouldDisplay"] as? Bool != false }
    #expect(commands.count > 9)
    for command in commands {
      let name = command["commandName"] as? String ?? ""
      #expect(name == "help" || page.contains("\n.Ss \(name)\n"), "\(name)")
      for argument in command["arguments"] as? [[String: Any]] ?? [] where name != "help" && argument["shouldDisplay"] as? Bool != false {
        guard let option = (argument["preferredName"] as? [String: Any])?["name"] as? String, option != "help", option != "version" else { continue }
        #expect(page.contains("\n.It Fl -\(option)"), "\(name) --\(option)")
      }
    }
    for title in ["On every view", "View 5 Features", "View 7 Compare", "Mouse"] { #expect(page.contains("\n.Ss \(title)\n"), "\(title)") }
    for section in ["KEYS", "TYPED COMMANDS", "CONFIGURATION", "FILES", "ENVIRONMENT", "EXIT STATUS", "EXAMPLES"] { #expect(page.contains("\n.Sh \(section)\n")) }
  }

  @Test("The README has the table of every option as the program prints it (asmr-tui manual --table)")
  func readme() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../README.md")
    let readme = try String(contentsOf: file.standardizedFileURL, encoding: .utf8)
    let table = try Program.run(["manual", "--table"]).text
    for line in table.split(separator: "\n") { #expect(readme.contains(line), "\(line)") }
    #expect(readme.contains(table))
  }

  @Test("mandoc finds nothing to warn of", .enabled(if: has("mandoc"), "skipped: no mandoc"))
  func mandoc() throws {
    let result = try Shell.run("mandoc -T lint -W style", input: try page())
    // Other manuals may not be installed where it is checked.
    let faults = result.text.split(separator: "\n").filter { !$0.contains("referenced manual not found") }
    #expect(faults.isEmpty, "\(result.text)")
  }

  @Test("groff formats it without a warning, options with their dashes", .enabled(if: has("groff"), "skipped: no groff"))
  func groff() throws {
    let result = try Shell.run("groff -ww -mandoc -Tutf8 -P-c -P-b -P-u", input: try page())
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    #expect(result.text.contains("--resume [name]") && result.text.contains("ω"), "\(result.text.prefix(2000))")
  }
}

/// A line of `sh`.
enum Shell {
  static func run(_ line: String, input: String = "", environment: [String: String] = [:]) throws -> (status: Int32, text: String, error: String) {
    let folder = try TemporaryFolder()
    let source = try folder.write(Array(input.utf8), "in")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle(forReadingAtPath: source)
    for name in ["out", "err"] { _ = try folder.write([], name) }
    process.standardOutput = FileHandle(forWritingAtPath: folder.path("out"))
    process.standardError = FileHandle(forWritingAtPath: folder.path("err"))
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try folder.text("out"), try folder.text("err"))
  }
}
