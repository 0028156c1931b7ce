/// Where a text stands within the columns given to it.
public enum Alignment: Sendable {
  case left, center, right
}

extension Frame {
  /// Writes one line of text and returns the columns it took. Controls are shown as the replacement character.
  ///
  /// - Parameters:
  ///   - maxWidth: columns that the text may take; a longer one is cut and ends in an ellipsis. Nil: up to the edge.
  ///   - alignment: of the text within `maxWidth`.
  @discardableResult
  public mutating func put(
    _ text: String, x: Int, y: Int, _ style: Style = .plain, maxWidth: Int? = nil,
    alignment: Alignment = .left
  ) -> Int {
    let x = min(max(x, -Rect.limit), Rect.limit)
    guard y >= 0, y < height, x < width else { return 0 }
    let room = min(max(maxWidth ?? (width - x), 0), Rect.limit)
    func start(_ columns: Int) -> Int {
      switch alignment {
      case .left: x
      case .center: x + (room - columns) / 2
      case .right: x + room - columns
      }
    }
    // As most are.
    if let columns = CharacterWidth.columns(ofPlain: text), columns <= room {
      let (first, blank) = (start(columns), Cell(" ", style))
      for (column, byte) in text.utf8.enumerated() { write(blank.with(code: UInt32(byte)), columns: 1, x: first + column, y: y) }
      return columns
    }
    let (shown, columns) = elided(text, columns: room, style)
    var column = start(columns)
    for (cell, wide) in shown {
      write(cell, columns: wide, x: column, y: y)
      column += wide
    }
    return columns
  }

  /// Writes several pieces one after the other, each in its own style; returns the columns they took.
  @discardableResult
  public mutating func put(
    _ pieces: [(text: String, style: Style)], x: Int, y: Int, maxWidth: Int? = nil
  ) -> Int {
    let room = min(maxWidth ?? (width - x), width - x)
    var column = 0
    for piece in pieces where column < room {
      column += put(piece.text, x: x + column, y: y, piece.style, maxWidth: room - column)
    }
    return column
  }

  /// Blanks a rectangle.
  public mutating func fill(_ rect: Rect, _ style: Style = .plain, character: Character = " ") {
    let part = rect.intersection(bounds)
    let (printable, columns) = CharacterWidth.printable(character, replacement: glyphs.replacement)
    let cell = Cell(columns == 1 ? printable : glyphs.replacement, style)
    for y in part.y..<max(part.y, part.maxY) {
      for x in part.x..<max(part.x, part.maxX) { write(cell, columns: 1, x: x, y: y) }
    }
  }

  /// Draws a frame with a title at the left and another one at the right, both within its upper line; returns the inside.
  ///
  /// The inside is left as it is. When both titles do not fit, the right one is cut first.
  @discardableResult
  public mutating func box(
    _ rect: Rect, title: String = "", rightTitle: String = "", style: Style = .plain, titleStyle: Style? = nil,
    rightTitleStyle: Style? = nil
  ) -> Rect {
    guard rect.width >= 2, rect.height >= 2 else { return rect.inset() }
    let right = rect.maxX - 1
    let bottom = rect.maxY - 1
    let visible = rect.intersection(bounds)
    for x in visible.x..<max(visible.x, visible.maxX) {
      set(x: x, y: rect.y, glyphs.horizontal, style)
      set(x: x, y: bottom, glyphs.horizontal, style)
    }
    for y in visible.y..<max(visible.y, visible.maxY) {
      set(x: rect.x, y: y, glyphs.vertical, style)
      set(x: right, y: y, glyphs.vertical, style)
    }
    set(x: rect.x, y: rect.y, glyphs.topLeft, style)
    set(x: right, y: rect.y, glyphs.topRight, style)
    set(x: rect.x, y: bottom, glyphs.bottomLeft, style)
    set(x: right, y: bottom, glyphs.bottomRight, style)

    // A title has a blank at each side and at least one piece of line between it and the corner or the other title.
    var room = rect.width - 4
    if !title.isEmpty, room >= 3 {
      let columns = put(
        " \(title)", x: rect.x + 1, y: rect.y, titleStyle ?? style, maxWidth: room)
      set(x: rect.x + 1 + columns, y: rect.y, " ", style)
      room -= columns + 1
    }
    if !rightTitle.isEmpty, room >= 5 {
      let columns = min(rightTitle.columns, room - 2)
      let start = right - 2 - columns
      set(x: start - 1, y: rect.y, " ", style)
      put(rightTitle, x: start, y: rect.y, rightTitleStyle ?? titleStyle ?? style, maxWidth: columns)
      set(x: start + columns, y: rect.y, " ", style)
    }
    return rect.inset()
  }

  /// A bar that fills a part (0…1) of `width` columns, in eighths of a column where the locale has them.
  public mutating func progress(_ part: Double, x: Int, y: Int, width: Int, _ style: Style, empty: Style) {
    let steps = glyphs.progress.count - 1
    let share = part.isFinite ? min(max(part, 0), 1) : 0
    let room = min(max(width, 0), Rect.limit)
    let filled = Int((share * Double(room * steps)).rounded())
    for column in 0..<room {
      let level = min(max(filled - column * steps, 0), steps)
      set(x: x + column, y: y, glyphs.progress[level], level == 0 ? empty : style)
    }
  }

  /// Draws `Glyphs.bar`: a value within a spread.
  public mutating func bar(
    _ value: Double, in spread: ClosedRange<Double>, x: Int, y: Int, width: Int, _ style: Style
  ) {
    put(glyphs.bar(value, in: spread, width: width), x: x, y: y, style)
  }

  /// The text cut to some columns, with an ellipsis when something was cut.
  private func elided(_ text: String, columns room: Int, _ style: Style) -> (shown: [(Cell, Int)], columns: Int) {
    var shown: [(Cell, Int)] = []
    var columns = 0
    let blank = Cell(" ", style)
    /// - Returns: whether it fitted.
    func append(_ character: Character) -> Bool {
      let (printable, wide) = CharacterWidth.printable(character, replacement: glyphs.replacement)
      guard columns + wide <= room else { return false }
      shown.append((blank.with(code: CellCharacters.code(of: printable)), wide))
      columns += wide
      return true
    }
    for character in text {
      let fits = glyphs.isUnicode ? append(character) : glyphs.spelled(character).allSatisfy(append)
      guard !fits else { continue }
      let mark = Array(glyphs.ellipsis).prefix(room)
      while columns + mark.count > room, let last = shown.popLast() { columns -= last.1 }
      shown += mark.map { (Cell($0, style), 1) }
      return (shown, columns + mark.count)
    }
    return (shown, columns)
  }
}
