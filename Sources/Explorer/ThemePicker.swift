import Canvas
import Networks
import TerminalUI

/// The list of themes over the screen. The chosen one is the theme of the screen: whoever moves sees it.
struct ThemePicker: Equatable, Sendable {
  /// What themes' names must contain; their kind, dark or light, does too.
  var filter = LineEditor("")
  /// The name of the theme before, which comes back when none is taken.
  let before: String
  /// The first line that is shown, as far as the chosen one is seen then.
  var scroll = 0
}

/// Where the list stands.
struct ThemePickerLayout: Equatable, Sendable {
  let frame: Rect
  let inside: Rect
  let list: Rect
  /// Indices of themes, all that match.
  let themes: [Int]
  /// Of `themes`, shown in the first line.
  let scroll: Int

  /// The theme in a row of the screen.
  func theme(atX x: Int, y: Int) -> Int? {
    guard list.contains(x: x, y: y), scroll + y - list.y < themes.count else { return nil }
    return themes[scroll + y - list.y]
  }
}

extension ExplorerState {
  // MARK: Choosing

  /// - Parameters:
  ///   - index: of the theme to begin with.
  ///   - faults: what is wrong with files of themes.
  mutating func begin(with index: Int, faults: [ThemeFault]) {
    (themeIndex, themeFaults) = (index, faults)
    themes = themes.map { $0.fitted(to: terminalBackground) }
    if let fault = themeFault(of: theme) { say("theme \(theme.name): \(fault)", .fault, seconds: 10) }
  }

  /// Shows another theme; pictures that have colours of the theme get its.
  mutating func choose(theme index: Int) {
    let old = theme.heat
    themeIndex = index
    if theme.heat != old { recolorErrors() }
  }

  /// The colours of the race's error maps; nil while none are shown.
  var errorHeat: ColorMap? { showsError ? theme.heat : nil }

  mutating func recolorErrors() {
    let heat = errorHeat
    for index in runs.indices {
      runs[index].live.recolorError(heat)
      runs[index].held?.recolorError(heat)
    }
  }

  /// What is to be said when a theme is taken: its first fault, if it has any.
  private var themeText: (text: String, kind: Message.Kind) {
    let name = themes.count > 1 ? "theme \(theme.name)" : "theme \(theme.name): the only one found"
    guard let fault = themeFault(of: theme) else { return (name, .information) }
    return ("\(name): \(fault)", .fault)
  }

  /// The first fault of a theme's file, and how many more there are.
  func themeFault(of theme: Theme) -> String? {
    guard let file = theme.file else { return nil }
    return text(of: themeFaults.filter { $0.file == file })
  }

  private func text(of faults: [ThemeFault]) -> String? {
    guard let first = faults.first else { return nil }
    return "\(first)" + (faults.count > 1 ? "; \(faults.count - 1) more" : "")
  }

  mutating func nextTheme() -> [Effect] {
    choose(theme: (themeIndex + 1) % themes.count)
    return takeTheme()
  }

  /// - Throws: which names there are.
  mutating func take(themeNamed name: String) throws(ConfigurationError) -> [Effect] {
    guard let index = themes.firstIndex(where: { $0.name == name }) else {
      throw ConfigurationError("theme: found '\(name)'; allowed are \(Nearest.allowed(name, among: themes.map(\.name)))")
    }
    choose(theme: index)
    return takeTheme()
  }

  // MARK: Reading again

  /// Takes the themes that are there now. The one on the screen stays on it, also when its file is gone.
  mutating func adopt(_ themes: [Theme], _ faults: [ThemeFault]) {
    let shown = theme
    var themes = themes
    if !themes.contains(where: { $0.name == shown.name }) { themes.insert(shown, at: 0) }
    themes = themes.map { $0.fitted(to: terminalBackground) }
    themeIndex = themes.firstIndex { $0.name == shown.name } ?? 0
    themeFaults = faults
    guard themes != self.themes else { return }
    self.themes = themes
    recolorErrors()
  }

  /// Takes a theme that was edited, unless it is broken: then its colours stay until it is whole again.
  mutating func adopt(edited theme: Theme, _ faults: [ThemeFault]) {
    guard let index = themes.firstIndex(where: { $0.file == theme.file }) else { return }
    themeFaults.removeAll { $0.file == theme.file }
    themeFaults += faults
    if let fault = text(of: faults) {
      say("\(fault); the colours stay", .fault, seconds: 10)
      return
    }
    themes[index] = theme.fitted(to: terminalBackground)
    recolorErrors()
    say("theme \(theme.name): read again")
  }

  // MARK: The list

  mutating func openThemes() -> [Effect] {
    overlay = .themes(ThemePicker(before: theme.name))
    return [.readThemes]
  }

  /// Indices of the themes that a filter leaves.
  func matches(_ picker: ThemePicker) -> [Int] {
    let words = picker.filter.text.lowercased().split(separator: " ")
    return themes.indices.filter { index in
      let text = "\(themes[index].name) \(themeKind(themes[index]))".lowercased()
      return words.allSatisfy { text.contains($0) }
    }
  }

  func themeKind(_ theme: Theme) -> String { theme.isLight.map { $0 ? "light" : "dark" } ?? "" }

  mutating func edit(_ picker: ThemePicker, _ key: Key) -> [Effect] {
    var picker = picker
    let matches = matches(picker)
    let place = matches.firstIndex(of: themeIndex)
    let page = max(1, themesLayout(picker).list.height - 1)
    func moved(by distance: Int) -> Int { min(max((place ?? 0) + distance, 0), matches.count - 1) }
    switch key {
    case .escape: return leaveThemes(picker)
    case .enter:
      guard place != nil else { return [] }
      return takeTheme()
    case .up, .backTab, .control("p"): move(to: place.map { ($0 + matches.count - 1) % matches.count }, matches, &picker)
    case .down, .tab, .control("n"): move(to: place.map { ($0 + 1) % matches.count }, matches, &picker)
    case .pageUp: move(to: moved(by: -page), matches, &picker)
    case .pageDown: move(to: moved(by: page), matches, &picker)
    case .home: move(to: 0, matches, &picker)
    case .end: move(to: matches.count - 1, matches, &picker)
    // It begins to type, as elsewhere, and is in no name.
    case .character("/"): break
    default:
      guard picker.filter.handle(key) else { return [] }
      let matches = self.matches(picker)
      move(to: matches.firstIndex(of: themeIndex) ?? 0, matches, &picker)
    }
    overlay = .themes(picker)
    return []
  }

  private mutating func move(to place: Int?, _ matches: [Int], _ picker: inout ThemePicker) {
    guard let place, matches.indices.contains(place) else { return }
    choose(theme: matches[place])
    picker.scroll = themesLayout(picker).scroll
  }

  private mutating func takeTheme() -> [Effect] {
    overlay = nil
    let (text, kind) = themeText
    say(text, kind, seconds: kind == .fault ? 10 : 4)
    return [.keepTheme(theme.name)]
  }

  private mutating func leaveThemes(_ picker: ThemePicker) -> [Effect] {
    overlay = nil
    choose(theme: themes.firstIndex { $0.name == picker.before } ?? themeIndex)
    return []
  }

  /// A click chooses a theme, another one on it takes it; the wheel moves; a click beside the list leaves it.
  mutating func mouseOnThemes(_ event: MouseEvent, _ picker: ThemePicker) -> [Effect] {
    let layout = themesLayout(picker)
    switch event.kind {
    case .wheelUp: return edit(picker, .up)
    case .wheelDown: return edit(picker, .down)
    case .press(.left):
      guard layout.frame.contains(x: event.x, y: event.y) else { return leaveThemes(picker) }
      guard let index = layout.theme(atX: event.x, y: event.y) else { return [] }
      guard index != themeIndex else { return takeTheme() }
      var picker = picker
      move(to: layout.themes.firstIndex(of: index), layout.themes, &picker)
      overlay = .themes(picker)
      return []
    default: return []
    }
  }
}
