import Canvas
import Networks
import TerminalUI
import Training

/// The list in which everything is found by a few of its letters.
struct Palette: Equatable, Sendable {
  var query = LineEditor("")
  /// The chosen one of those that match.
  var index = 0
  /// The first line that is shown, as far as the chosen one is seen then.
  var scroll = 0
}

/// A line of the palette.
struct PaletteItem: Equatable, Sendable {
  enum Kind: String, Sendable { case key, view, command, run, theme }
  enum Choice: Equatable, Sendable {
    case intent(Intent)
    /// Done at once, or typed as far as its argument.
    case command(String, hasArgument: Bool)
    case run(RunID)
    case theme(String)
  }

  let kind: Kind
  let name: String
  let explanation: String
  /// The key that does the same; empty where none does.
  let key: String
  let choice: Choice

  /// What is searched and shown.
  var text: String { explanation.isEmpty ? name : "\(name)  \(explanation)" }
}

/// Where the palette stands.
struct PaletteLayout: Equatable, Sendable {
  let frame: Rect
  let inside: Rect
  let list: Rect
  let scroll: Int

  /// The line in a row of the screen.
  func index(atX x: Int, y: Int, of count: Int) -> Int? {
    guard list.contains(x: x, y: y), scroll + y - list.y < count else { return nil }
    return scroll + y - list.y
  }
}

extension ExplorerState {
  /// All there is: keys of the view, views, commands, runs, themes.
  var paletteItems: [PaletteItem] {
    let bindings = keymap.candidates(on: tab).filter { ![.palette, .count].contains($0.intent) }
    let keys = bindings.map { binding in
      let isView = if case .tab = binding.intent { true } else { false }
      return PaletteItem(
        kind: isView ? .view : .key, name: binding.intent.name, explanation: binding.explanation,
        key: binding.keys.first { keymap.intent(of: $0, on: tab) == binding.intent }?.label ?? "", choice: .intent(binding.intent))
    }
    let fields = RunField.all.filter { $0.models.contains(run.configuration.model) }.map { ConsoleCommand(field: $0) }
    let commands = (ConsoleCommand.own + fields).map { command in
      PaletteItem(
        kind: .command, name: ":\(command.name)", explanation: command.explanation, key: "",
        choice: .command(command.name, hasArgument: !command.argument.isEmpty))
    }
    let runs = runs.filter { $0.isPermutation == (tab == .permutations) }.map { run in
      PaletteItem(kind: .run, name: name(run), explanation: run.isPermutation ? "" : label(of: run), key: "", choice: .run(run.id))
    }
    let themes = themes.map { theme in
      PaletteItem(kind: .theme, name: theme.name, explanation: "theme \(themeKind(theme))".trimmedEnd, key: "", choice: .theme(theme.name))
    }
    return keys.filter { $0.kind == .key } + keys.filter { $0.kind == .view } + commands + runs + themes
  }

  /// What has all words that were typed, the best first; of equals the shorter. What is named so comes before what only speaks
  /// of it. Letters that lie about anywhere are left out where others stand together.
  func matches(_ palette: Palette) -> [(item: PaletteItem, places: [Int])] {
    let words = palette.query.text
    let found = paletteItems.enumerated().compactMap { index, item in
      FuzzyMatch(words: words, in: item.text).map { match in
        let name = String(item.name.drop { !$0.isLetter && !$0.isNumber })
        let named = words.split(separator: " ").reduce(0) { $0 + (FuzzyMatch(String($1), in: name)?.score ?? 0) }
        return (item: item, match: match, rank: match.score + named / 2, index: index)
      }
    }
    guard let best = found.map(\.match.score).max(), best > 0 else { return found.map { ($0.item, []) } }
    return found.filter { 2 * $0.match.score >= best }.sorted { left, right in
      (-left.rank, left.item.text.count, left.index) < (-right.rank, right.item.text.count, right.index)
    }.map { ($0.item, $0.match.places) }
  }

  mutating func edit(_ palette: Palette, _ key: Key) -> [Effect] {
    var palette = palette
    let count = matches(palette).count
    let page = max(1, paletteLayout(palette, count: count).list.height - 1)
    func moved(by distance: Int) -> Int { min(max(palette.index + distance, 0), max(0, count - 1)) }
    switch key {
    case .escape:
      overlay = nil
      return []
    case .enter: return choose(palette.index, of: palette)
    case .up, .backTab, .control("p"): palette.index = count > 0 ? (palette.index + count - 1) % count : 0
    case .down, .tab, .control("n"): palette.index = count > 0 ? (palette.index + 1) % count : 0
    case .pageUp: palette.index = moved(by: -page)
    case .pageDown: palette.index = moved(by: page)
    default:
      guard palette.query.handle(key) else { return [] }
      (palette.index, palette.scroll) = (0, 0)
    }
    palette.scroll = paletteLayout(palette, count: matches(palette).count).scroll
    overlay = .palette(palette)
    return []
  }

  private mutating func choose(_ index: Int, of palette: Palette) -> [Effect] {
    let matches = matches(palette)
    guard matches.indices.contains(index) else { return [] }
    overlay = nil
    switch matches[index].item.choice {
    case .intent(let intent): return perform(intent)
    case .command(let name, hasArgument: true): return openCommands(name + " ")
    case .command(let name, hasArgument: false):
      do throws(ConfigurationError) { return try execute(name) } catch {
        say(error.description, .fault, seconds: 8)
        return []
      }
    case .run(let id):
      selection = id
      say("\(name(run)) is chosen")
      return refreshPictures()
    case .theme(let name): return (try? take(themeNamed: name)) ?? []
    }
  }

  /// A click chooses, another one on the same line does it; the wheel moves; a click beside it leaves.
  mutating func mouseOnPalette(_ event: MouseEvent, _ palette: Palette) -> [Effect] {
    let count = matches(palette).count
    let layout = paletteLayout(palette, count: count)
    switch event.kind {
    case .wheelUp: return edit(palette, .up)
    case .wheelDown: return edit(palette, .down)
    case .press(.left):
      guard layout.frame.contains(x: event.x, y: event.y) else { return edit(palette, .escape) }
      guard let index = layout.index(atX: event.x, y: event.y, of: count) else { return [] }
      guard index != palette.index else { return choose(index, of: palette) }
      var palette = palette
      palette.index = index
      overlay = .palette(palette)
      return []
    default: return []
    }
  }
}
