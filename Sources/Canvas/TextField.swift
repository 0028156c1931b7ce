extension Frame {
  /// Draws a line that is being edited. A text too long for the field is shown around its cursor, with marks at the ends
  /// where more follows; the cursor may stand one past the last character.
  ///
  /// - Parameters:
  ///   - cursor: an index of a character; nil: the field does not have the keys.
  ///   - style: of the whole field, which is filled with it.
  public mutating func putField(
    text: String, cursor: Int?, x: Int, y: Int, width: Int, style: Style, cursorStyle: Style
  ) {
    let field = Rect(x: x, y: y, width: width, height: 1)
    guard !field.isEmpty, !field.intersection(bounds).isEmpty else { return }
    fill(field, style)
    var starts: [Int] = []
    var units: [(character: Character, columns: Int)] = []
    var length = 0
    var startOfCharacter: [Int] = []
    for character in text {
      startOfCharacter.append(length)
      for spelled in glyphs.spelled(character) {
        let (printable, columns) = CharacterWidth.printable(spelled, replacement: glyphs.replacement)
        starts.append(length)
        units.append((printable, columns))
        length += columns
      }
    }
    startOfCharacter.append(length)
    let index = cursor.map { min(max($0, 0), startOfCharacter.count - 1) }
    let at = index.map { startOfCharacter[$0] }
    // Of the cursor's character or blank.
    let end = index.map { $0 + 1 < startOfCharacter.count ? startOfCharacter[$0 + 1] : length + 1 } ?? length
    let room = field.width
    var scroll = 0
    let needed = max(length, end)
    if let at, needed > room { scroll = min(max(0, at - room * 2 / 3), needed - room) }

    for (unit, start) in zip(units, starts) {
      let column = start - scroll
      guard column >= 0, column + unit.columns <= room else { continue }
      write(unit.character, columns: unit.columns, x: field.x + column, y: y, style: style)
    }
    if room >= 4 {
      if scroll > 0 { set(x: field.x, y: y, glyphs.isUnicode ? "…" : "<", style) }
      if length - scroll > room { set(x: field.maxX - 1, y: y, glyphs.isUnicode ? "…" : ">", style) }
    }
    guard let at else { return }
    let shown = Rect(x: field.x + at - scroll, y: y, width: max(1, end - at), height: 1).intersection(field)
    restyle(shown) { $0 = cursorStyle }
  }
}
