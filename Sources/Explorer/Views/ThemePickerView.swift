import Canvas

extension ExplorerState {
  /// A line a theme, and beneath them where the chosen one comes from and the keys.
  func themesLayout(_ picker: ThemePicker) -> ThemePickerLayout {
    let matches = matches(picker)
    // The frame, the filter, a blank line, two lines about the chosen one, the keys. As high as all themes need, so that
    // it stays where it is while the filter is typed.
    let frame = Rect(x: 0, y: 0, width: width, height: height).inset(horizontal: 1, vertical: 1)
      .centered(width: min(96, width - 4), height: min(themes.count + 7, height - 2))
    let inside = frame.inset(horizontal: 2, vertical: 1)
    let list = Rect(x: inside.x, y: inside.y + 1, width: inside.width, height: max(1, inside.height - 5))
    let place = matches.firstIndex(of: themeIndex) ?? 0
    let least = max(0, place - list.height + 1)
    let scroll = min(max(picker.scroll, least), place, max(0, matches.count - list.height))
    return ThemePickerLayout(frame: frame, inside: inside, list: list, themes: matches, scroll: scroll)
  }

  func drawThemes(into frame: inout Frame, _ picker: ThemePicker) {
    let layout = themesLayout(picker)
    let inside = layout.inside
    let count = layout.themes.count
    frame.fill(layout.frame, theme.text)
    frame.box(
      layout.frame, title: "themes", rightTitle: count == themes.count ? "\(count)" : "\(count) of \(themes.count)",
      style: theme.frameStyle(focused: true), titleStyle: theme.titleText, rightTitleStyle: theme.dimText)
    frame.put("/", x: inside.x, y: inside.y, theme.accentText)
    frame.putField(
      text: picker.filter.text, cursor: picker.filter.cursor, x: inside.x + 2, y: inside.y, width: inside.width - 2,
      style: theme.selection, cursorStyle: theme.selection.reversed)
    for (row, index) in layout.themes.dropFirst(layout.scroll).prefix(layout.list.height).enumerated() {
      drawTheme(index, into: &frame, Rect(x: layout.list.x, y: layout.list.y + row, width: layout.list.width, height: 1))
    }
    drawThemeFoot(isFound: layout.themes.contains(themeIndex), into: &frame, Rect(x: inside.x, y: inside.maxY - 3, width: inside.width, height: 3))
  }

  /// Name, kind, a swatch in the theme's own colours, where it comes from.
  private func drawTheme(_ index: Int, into frame: inout Frame, _ rect: Rect) {
    let shown = themes[index]
    let isChosen = index == themeIndex
    frame.put(isChosen ? String(glyphs.pointer) : " ", x: rect.x, y: rect.y, theme.accentText)
    frame.put(shown.name, x: rect.x + 2, y: rect.y, isChosen ? theme.titleText : theme.text, maxWidth: 18)
    let kind = themeFault(of: shown) == nil ? themeKind(shown) : "broken"
    frame.put(kind, x: rect.x + 21, y: rect.y, theme.dimText, maxWidth: 6)
    var x = rect.x + 28
    x += frame.put([(" text", shown.text), (" key ", shown.accentText)], x: x, y: rect.y)
    for run in 0..<8 { x += frame.put(glyphs.runMark(run), x: x, y: rect.y, shown.runStyle(run, bold: true)) }
    x += frame.put([(" ", shown.text), (" sel ", shown.selection)], x: x, y: rect.y) + 2
    let place = origin(of: shown)
    guard rect.maxX - x >= 8 else { return }
    frame.put(endOf(place, columns: rect.maxX - x), x: x, y: rect.y, theme.dimText)
  }

  private func drawThemeFoot(isFound: Bool, into frame: inout Frame, _ rect: Rect) {
    if !isFound {
      frame.put("no theme has this in its name", x: rect.x, y: rect.y, theme.text, maxWidth: rect.width)
    } else if let fault = themeFault(of: theme) {
      for (index, line) in fault.wrapped(columns: rect.width, lines: 2).enumerated() {
        frame.put(line, x: rect.x, y: rect.y + index, theme.style(theme.critical, bold: true), maxWidth: rect.width)
      }
    } else {
      frame.put(endOf(origin(of: theme), columns: rect.width), x: rect.x, y: rect.y, theme.dimText)
    }
    frame.put(
      [
        ("enter", theme.accentText), (" take   ", theme.dimText), ("esc", theme.accentText), (" back   ", theme.dimText),
        ("up down", theme.accentText), (" try   ", theme.dimText), ("type", theme.accentText), (" filters", theme.dimText),
      ], x: rect.x, y: rect.maxY - 1, maxWidth: rect.width)
  }

  private func origin(of theme: Theme) -> String { theme.file ?? "built in" }

  /// A path's end says more than its beginning.
  private func endOf(_ text: String, columns: Int) -> String {
    guard glyphs.columns(of: text) > columns else { return text }
    var rest = Substring(text)
    while !rest.isEmpty, glyphs.columns(of: glyphs.ellipsis + rest) > columns { rest.removeFirst() }
    return glyphs.ellipsis + rest
  }
}
