/// Every option as tables in Markdown, for the README.
struct OptionTable {
  let reference: CommandReference

  var text: String {
    let names = reference.commandsOfRuns.map { name($0) }
    var lines = ["Of runs (\(names.joined(separator: ", "))):", ""] + table(reference.runOptions)
    for command in reference.commands {
      let own = reference.ownArguments(of: command).filter { $0.kind != "positional" }
      guard !own.isEmpty else { continue }
      let lacking = reference.lackingRunOptions(of: command)
      let also = switch lacking {
      case nil: ""
      case []?: ", beside those of runs"
      case let names?: ", beside those of runs but for " + names.map { "`--\($0)`" }.joined(separator: ", ")
      }
      lines += ["", "Of \(name(command))\(also):", ""] + table(own)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func name(_ command: CommandReference.Command) -> String {
    command.commandName == "explore" ? "the explorer" : "`\(command.commandName)`"
  }

  private func table(_ options: [CommandReference.Argument]) -> [String] {
    ["| option | meaning |", "|---|---|"] + options.map { option in
      var words = "--\(option.preferredName?.name ?? "")"
      let value = "<\(option.valueName ?? "")>"
      if option.kind == "option" { words += option.hasOptionalValue ? " [\(value)]" : " \(value)" }
      if option.isRepeating { words += " …" }
      return "| `\(cell(words))` | \(cell(option.help)) |"
    }
  }

  /// Text that stays in its cell.
  private func cell(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("\n", with: " ") }
}
