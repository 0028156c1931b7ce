import Canvas

extension ExplorerState {
  /// The line that is typed, a line an item, the keys. As high as the screen allows, so that it stands still while it is typed.
  func paletteLayout(_ palette: Palette, count: Int) -> PaletteLayout {
    let frame = Rect(x: 0, y: 0, width: width, height: height).inset(horizontal: 1, vertical: 1)
      .centered(width: min(88, width - 4), height: min(24, height - 2))
    let inside = frame.inset(horizontal: 2, vertical: 1)
    let list = Rect(x: inside.x, y: inside.y + 1, width: inside.width, height: max(1, inside.height - 3))
    let least = max(0, palette.index - list.height + 1)
    let scroll = max(0, min(max(palette.scroll, least), palette.index, count - list.height))
    return PaletteLayout(frame: frame, inside: inside, list: list, scroll: scroll)
  }

  func drawPalette(into frame: inout Frame, _ palette: Palette) {
    let matches = matches(palette)
    let layout = paletteLayout(palette, count: matches.count)
    let inside = layout.inside
    frame.fill(layout.frame, theme.text)
    frame.box(
      layout.frame, title: "palette", rightTitle: "\(matches.count)", style: theme.frameStyle(focused: true), titleStyle: theme.titleText,
      rightTitleStyle: theme.dimText)
    frame.put(String(glyphs.pointer), x: inside.x, y: inside.y, theme.accentText)
    frame.putField(
      text: palette.query.text, cursor: palette.query.cursor, x: inside.x + 2, y: inside.y, width: inside.width - 2,
      style: theme.selection, cursorStyle: theme.selection.reversed)
    for (row, match) in matches.dropFirst(layout.scroll).prefix(layout.list.height).enumerated() {
      draw(
        match.item, places: match.places, isChosen: layout.scroll + row == palette.index, into: &frame,
        Rect(x: layout.list.x, y: layout.list.y + row, width: layout.list.width, height: 1))
    }
    if matches.isEmpty {
      frame.put("nothing has these letters in this order", x: layout.list.x + 2, y: layout.list.y, theme.text, maxWidth: layout.list.width - 2)
    }
    frame.put(
      [
        ("enter", theme.accentText), (" do it   ", theme.dimText), ("esc", theme.accentText), (" back   ", theme.dimText),
        ("up down", theme.accentText), (" choose   ", theme.dimText), ("type", theme.accentText), (" finds", theme.dimText),
      ], x: inside.x, y: inside.maxY - 1, maxWidth: inside.width)
  }

  /// Kind, text, key; letters that match are underlined.
  private func draw(_ item: PaletteItem, places: [Int], isChosen: Bool, into frame: inout Frame, _ rect: Rect) {
    frame.put(isChosen ? String(glyphs.pointer) : " ", x: rect.x, y: rect.y, theme.accentText)
    frame.put(item.kind.rawValue, x: rect.x + 2, y: rect.y, theme.dimText, maxWidth: 7)
    let keyColumns = item.key.columns
    let start = rect.x + 10
    let end = rect.maxX - (keyColumns > 0 ? keyColumns + 2 : 0)
    var x = start
    let isCut = item.text.columns > end - start
    let room = end - (isCut ? glyphs.ellipsis.columns : 0)
    for (index, character) in item.text.enumerated() {
      let isName = index < item.name.count
      var style = isName ? (isChosen ? theme.titleText : theme.text) : theme.dimText
      if places.contains(index) {
        style = theme.accentText
        (style.bold, style.underline) = (true, true)
      }
      guard x < room else { break }
      x += frame.put(String(character), x: x, y: rect.y, style, maxWidth: room - x)
    }
    if isCut { frame.put(glyphs.ellipsis, x: x, y: rect.y, theme.dimText) }
    frame.put(item.key, x: rect.maxX - keyColumns, y: rect.y, theme.accentText)
  }
}
