extension Settings {
  /// A file that changes nothing: every value and every key as it is anyway, commented out.
  public static let defaultFile: String = {
    var lines = [
      "# asmr-tui's configuration. Lines that begin with # and no blank are what holds without them: take the # away to",
      "# change one. Options of the command line come first, then ASMR_TUI_THEME and the like in the environment, then this.",
    ]
    let own = Setting.all.filter { !$0.name.contains(".") }
    for setting in own { lines += ["", "# \(setting.help)", "# Allowed: \(setting.allowed).", "#\(setting.name) = \(setting.standard)"] }
    lines += ["", "# Runs that options say nothing of.", "[run]"]
    for setting in Setting.all where setting.name.hasPrefix("run.") {
      lines += ["# \(setting.help)", "#\(setting.name.dropFirst(4)) = \(setting.standard)"]
    }
    lines += [
      "", "# A key, a list of them, or \"\" for none: a character as it is typed, space, enter, ctrl-p, f5, page-up and the like.",
      "# Here a name means every view that has it, in [keys.VIEW] that view alone.",
    ]
    for section in KeyReference.standard.sections {
      lines += ["[keys\(section.name.map { "." + $0 } ?? "")]"]
      lines += section.lines.flatMap { ["# \($0.explanation)", "#\($0.name) = \(keys($0.keys))"] } + [""]
    }
    return lines.joined(separator: "\n")
  }()

  private static func keys(_ names: [String]) -> String {
    let texts = names.map { "\"\($0 == "\"" || $0 == "\\" ? "\\" + $0 : $0)\"" }
    return texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
  }
}
