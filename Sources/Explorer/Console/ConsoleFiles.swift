import Networks
import Training

/// Commands that write files, or end.
extension ConsoleCommand {
  static let files: [ConsoleCommand] = [
    ConsoleCommand("export", "FORMAT [PATH]", "write curves, the view, feature maps, a recording or a report", pathPlace: 1) { state, before, typed in
      before.isEmpty ? exports.map(\.name) : before.count == 1 ? state.listing?.paths(beginning: typed) ?? [] : []
    } run: { state, text throws(ConfigurationError) in
      try state.export(text)
    },
    ConsoleCommand("w", "[NAME]", "save the session, under a name", values: ownName) { state, text throws(ConfigurationError) in
      try state.write(session: text)
    },
    ConsoleCommand("w!", "[NAME]", "the same, replacing one of the name", values: ownName) { state, text throws(ConfigurationError) in
      try state.write(session: text, isForced: true)
    },
    ConsoleCommand("wq", "[NAME]", "save the session and quit", values: ownName) { state, text throws(ConfigurationError) in
      try state.write(session: text, isForced: true, quits: true)
    },
    ConsoleCommand("q", "", "quit; asks when training would be lost") { state, _ throws(ConfigurationError) in state.perform(.quit) },
    ConsoleCommand("q!", "", "quit at once; nothing more is saved") { _, _ throws(ConfigurationError) in [.quit(0)] },
  ]

  /// The session's own.
  private static let ownName: Values = { state, before, _ in before.isEmpty && state.sessions != nil ? [state.ownSessionName] : [] }

  /// What `:export` writes, by the words for it.
  static let exports: [(name: String, subject: ExportSubject, format: ExportFormat)] = [
    ("csv", .curves, .csv), ("jsonl", .curves, .jsonl), ("png", .view, .png), ("ansi", .view, .ansi), ("sixel", .view, .sixel),
    ("txt", .view, .txt), ("maps", .mapGrid, .png), ("gif", .timeLapse, .gif), ("frames", .timeLapse, .png), ("html", .report, .html), ("tensorboard", .curves, .tfevents),
  ]
}

extension ExplorerState {
  /// Writes at once, or asks in the export's own line when something of the name is there.
  mutating func export(_ text: String) throws(ConfigurationError) -> [Effect] {
    let words = text.trimmedEnd.split(separator: " ", maxSplits: 1).map(String.init)
    guard let export = ConsoleCommand.exports.first(where: { $0.name == words.first }) else {
      throw ConfigurationError("export: found '\(words.first ?? "")'; allowed are \(Nearest.list(ConsoleCommand.exports.map(\.name)))")
    }
    guard exportSubjects.contains(export.subject) else {
      let allowed = export.subject == .mapGrid ? "on Features, with maps in sight" : "with a recording"
      throw ConfigurationError("export \(export.name): found none of \(export.subject.title); allowed is it \(allowed)")
    }
    let suffix = export.format.rawValue
    var path = words.count > 1 ? words[1] : exportName(export.subject, export.format)
    let name = path.split(separator: "/").last ?? ""
    if !name.contains(".") { path += ".\(suffix)" }
    let prompt = ExportPrompt(subject: export.subject, subjects: [export.subject], line: LineEditor(path))
    guard case .success(export.format) = prompt.format else {
      throw ConfigurationError("export \(export.name): found '\(path)'; allowed is a name that ends with .\(suffix)")
    }
    overlay = .export(prompt)
    return edit(prompt, .enter)
  }

  mutating func write(session text: String, isForced: Bool = false, quits: Bool = false) throws(ConfigurationError) -> [Effect] {
    guard let sessions else { throw ConfigurationError("w: \(Self.sessionsAreOff)") }
    let name = text.isEmpty ? ownSessionName : text
    if let fault = SessionStore.fault(ofName: name) { throw ConfigurationError("w: \(fault)") }
    if quits { return leave(saving: name) }
    // Its own is there because it was saved before.
    if isForced || name == sessions.lastName { return saveSession(named: name) }
    overlay = .session(SessionPrompt(line: LineEditor(name)))
    return [.checkPath(SessionStore(folder: sessions.folder).path(name))]
  }
}
