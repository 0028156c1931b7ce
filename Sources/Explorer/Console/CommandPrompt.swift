import Networks
import TerminalUI

/// The line after a colon.
struct CommandPrompt: Equatable, Sendable {
  var line = LineEditor("")
  /// The place in the history that is shown, counted from its end, and what was typed before it was.
  var place: Int?
  var typed = ""
  var completion: Completion?
  var awaited: Awaited?
  var fault: String?

  /// The folder of the path, and which ways tab goes once it is known what that holds.
  struct Awaited: Equatable, Sendable {
    let folder: String
    var distances: [Int]
  }

  /// What tab has put in the place of the last word.
  struct Completion: Equatable, Sendable {
    /// What stands before the word.
    let before: String
    let candidates: [String]
    /// nil while only what all have in common is there.
    var index: Int?
  }

  /// The words before the one that is being typed, and that one, as far as the cursor.
  ///
  /// - Parameter most: after so many words the rest is one, whatever blanks are in it.
  func words(most: Int = .max) -> (before: [String], last: String) {
    let text = String(line.characters.prefix(line.cursor))
    let words = text.split(separator: " ", maxSplits: most).map(String.init)
    guard words.count > most || !(text.isEmpty || text.hasSuffix(" ")) else { return (words, "") }
    return (Array(words.dropLast()), String((words.last ?? "").drop { $0 == " " }))
  }
}

/// What a folder holds.
struct FolderListing: Equatable, Sendable {
  /// As it is typed before the names: empty, or with a slash behind it.
  let folder: String
  /// Those of folders with a slash behind them.
  let names: [String]

  /// The paths that begin as what was typed; hidden ones only where their dot was.
  func paths(beginning typed: String) -> [String] {
    guard Self.folder(of: typed) == folder else { return [] }
    return names.map { folder + $0 }.filter { $0.hasPrefix(typed) && ($0.dropFirst(folder.count).first != "." || typed != folder) }
  }

  static func folder(of path: String) -> String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "" }
}

/// Lines that were carried out before, the oldest first, each once.
public struct CommandHistory: Equatable, Sendable {
  static let most = 500
  private(set) var lines: [String] = []

  public init(_ lines: [String] = []) { for line in lines { add(line) } }

  mutating func add(_ line: String) {
    guard !line.isEmpty else { return }
    lines.removeAll { $0 == line }
    lines.append(line)
    lines.removeFirst(max(0, lines.count - Self.most))
  }

  /// The next older (or newer) line that begins with a text, from a place counted from the end; nil when there is none.
  func place(from place: Int?, by distance: Int, beginning text: String) -> Int? {
    var next = (place ?? -1) + distance
    while lines.indices.contains(lines.count - 1 - next) {
      if lines[lines.count - 1 - next].hasPrefix(text) { return next }
      next += distance
    }
    return nil
  }

  subscript(fromEnd place: Int) -> String { lines[lines.count - 1 - place] }
}

extension ExplorerState {
  mutating func openCommands(_ text: String = "") -> [Effect] {
    // What a folder held the last time may be gone.
    listing = nil
    overlay = .command(CommandPrompt(line: LineEditor(text)))
    // Themes may have come meanwhile.
    return [.readThemes]
  }

  mutating func edit(_ prompt: CommandPrompt, _ key: Key) -> [Effect] {
    var prompt = prompt
    switch key {
    case .escape:
      overlay = nil
      return []
    case .backspace where prompt.line.text.isEmpty:
      overlay = nil
      return []
    case .enter: return enter(prompt)
    case .tab, .backTab: return complete(prompt, by: key == .tab ? 1 : -1)
    case .up, .control("p"): recall(&prompt, by: 1)
    case .down, .control("n"): recall(&prompt, by: -1)
    default:
      guard prompt.line.handle(key) else { return [] }
      (prompt.place, prompt.completion, prompt.awaited, prompt.fault) = (nil, nil, nil, nil)
    }
    overlay = .command(prompt)
    return []
  }

  private mutating func enter(_ prompt: CommandPrompt) -> [Effect] {
    let text = prompt.line.text.drop { $0 == " " || $0 == ":" }
    overlay = nil
    guard !text.isEmpty else { return [] }
    do throws(ConfigurationError) {
      let effects = try execute(String(text))
      let line = String(text).trimmedEnd
      history.add(line)
      return [.remember(line)] + effects
    } catch {
      var prompt = prompt
      (prompt.fault, prompt.completion) = (error.description, nil)
      overlay = .command(prompt)
      return []
    }
  }

  private func recall(_ prompt: inout CommandPrompt, by distance: Int) {
    if prompt.place == nil { prompt.typed = prompt.line.text }
    (prompt.completion, prompt.awaited, prompt.fault) = (nil, nil, nil)
    if let place = history.place(from: prompt.place, by: distance, beginning: prompt.typed) {
      prompt.place = place
      prompt.line = LineEditor(history[fromEnd: place])
    } else if distance < 0, prompt.place != nil {
      prompt.place = nil
      prompt.line = LineEditor(prompt.typed)
    }
  }

  // MARK: Completion

  /// The words before the one that is being typed, and that one: a path is all that follows, with its blanks.
  func words(of prompt: CommandPrompt) -> (before: [String], last: String) {
    let words = prompt.words()
    guard let place = path(of: words.before) else { return words }
    return prompt.words(most: place + 1)
  }

  /// Where the path stands of the command that these words begin with, counted from the first one after its name.
  private func path(of words: [String]) -> Int? { words.first.flatMap { (try? command(named: $0))?.pathPlace } }

  /// What the word may become that is being typed: all that begins so.
  func candidates(_ prompt: CommandPrompt) -> [String] {
    if let completion = prompt.completion { return completion.candidates }
    let (before, last) = words(of: prompt)
    guard let name = before.first else {
      let names = last.contains(".") ? commands.map(\.name) : commandNames
      return names.filter { $0.hasPrefix(last) }
    }
    guard let command = try? command(named: name) else { return [] }
    return command.values(self, Array(before.dropFirst()), last).filter { $0.hasPrefix(last) }
  }

  /// A path waits for what its folder holds.
  private mutating func complete(_ prompt: CommandPrompt, by distance: Int) -> [Effect] {
    var prompt = prompt
    let (before, last) = words(of: prompt)
    if prompt.completion == nil, !before.isEmpty, path(of: before) == before.count - 1 {
      let folder = FolderListing.folder(of: last)
      let isAsked = prompt.awaited?.folder == folder
      if isAsked { prompt.awaited?.distances.append(distance) } else { prompt.awaited = .init(folder: folder, distances: [distance]) }
      overlay = .command(prompt)
      return isAsked ? [] : [.list(folder: folder)]
    }
    complete(&prompt, by: distance)
    overlay = .command(prompt)
    return []
  }

  mutating func goOnCompleting(in folder: String) -> [Effect] {
    guard case .command(var prompt) = overlay, let awaited = prompt.awaited, awaited.folder == folder else { return [] }
    prompt.awaited = nil
    for distance in awaited.distances { complete(&prompt, by: distance) }
    overlay = .command(prompt)
    return []
  }

  /// What the candidates have in common first, then one after the other.
  private func complete(_ prompt: inout CommandPrompt, by distance: Int) {
    let (before, last) = words(of: prompt)
    let after = prompt.line.characters.dropFirst(prompt.line.cursor)
    var completion = prompt.completion
      ?? CommandPrompt.Completion(
        before: String(prompt.line.characters.prefix(prompt.line.cursor).dropLast(last.count)), candidates: candidates(prompt))
    guard let first = completion.candidates.first else { return }
    prompt.fault = nil
    let common = completion.candidates.dropFirst().reduce(first) { $0.start(sharedWith: $1) }
    var word = common
    if completion.candidates.count > 1, prompt.completion != nil || common == last {
      let count = completion.candidates.count
      completion.index = completion.index.map { ($0 + distance + count) % count } ?? (distance > 0 ? 0 : count - 1)
      word = completion.candidates[completion.index ?? 0]
    }
    prompt.completion = completion.candidates.count > 1 ? completion : nil
    // One alone is done with, unless its value is wanted or it is a path, behind which nothing follows.
    let isPath = !before.isEmpty && path(of: before) == before.count - 1
    let isDone = completion.candidates.count == 1 && after.isEmpty && word.last != "=" && !isPath
    prompt.line = LineEditor(completion.before + word + (isDone ? " " : ""))
    for character in after { _ = prompt.line.handle(.character(character)) }
    for _ in after { _ = prompt.line.handle(.left) }
  }
}

extension String {
  fileprivate func start(sharedWith other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
