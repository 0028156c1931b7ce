/// A column of a table.
public struct TableColumn: Hashable, Sendable {
  public enum Alignment: Hashable, Sendable {
    case left, right
    /// Numbers on their decimal point. What has no point ends where it would stand, what has no digit ends the column.
    ///
    /// - Parameter places: columns kept behind the point.
    case decimal(places: Int)
  }

  public var title: String
  public var alignment: Alignment
  /// Columns of text that it has at least, so that growing numbers do not move anything. A left column may be cut to
  /// this when room is short; columns of numbers are never cut.
  public var minimumWidth: Int
  /// Where room is short the columns of the lowest priority go first, the last of them before the others.
  public var priority: Int

  public init(_ title: String, _ alignment: Alignment = .left, minimumWidth: Int = 0, priority: Int = 0) {
    self.title = title
    self.alignment = alignment
    self.minimumWidth = minimumWidth
    self.priority = priority
  }
}

/// What stands in a place of a table: pieces of text, each in a style of its own if it has one.
public struct TableCell: Hashable, Sendable, ExpressibleByStringLiteral {
  public struct Piece: Hashable, Sendable {
    public var text: String
    /// Nil: the row's.
    public var style: Style?

    public init(_ text: String, _ style: Style? = nil) {
      self.text = text
      self.style = style
    }
  }

  public var pieces: [Piece]

  public init(_ text: String, _ style: Style? = nil) { pieces = [Piece(text, style)] }
  public init(pieces: [Piece]) { self.pieces = pieces }
  public init(stringLiteral text: String) { self.init(text) }

  public var text: String { pieces.map(\.text).joined() }
}

/// Rows of text in columns that keep their places, with a header, a selected row and room to scroll.
///
///     let table = Table(columns: columns, rows: rows, style: theme.text, selected: state.row)
///     table.draw(into: &frame, rect)
///     // and for a click:
///     let layout = table.layout(in: rect, glyphs: frame.glyphs)
///     if let row = layout.row(atY: click.y) { state.row = row }
public struct Table: Hashable, Sendable {
  public struct Sort: Hashable, Sendable {
    public var column: Int
    public var isAscending: Bool

    public init(column: Int, isAscending: Bool) {
      self.column = column
      self.isAscending = isAscending
    }
  }

  public var columns: [TableColumn]
  /// A row with too few cells has blanks at its end.
  public var rows: [[TableCell]]
  public var style: Style
  public var headerStyle: Style
  /// Of the selected row, all across. Pieces keep their foreground where theirs is not the plain one.
  public var selectedStyle: Style
  public var selected: Int?
  /// The first row to show, as far as the selected row and the end of the table allow.
  public var scroll: Int
  public var sort: Sort?
  /// Blanks between columns.
  public var gap: Int

  public init(
    columns: [TableColumn], rows: [[TableCell]], style: Style = .plain, headerStyle: Style? = nil,
    selectedStyle: Style? = nil, selected: Int? = nil, scroll: Int = 0, sort: Sort? = nil, gap: Int = 2
  ) {
    self.columns = columns
    self.rows = rows
    self.style = style
    self.headerStyle = headerStyle ?? style
    self.selectedStyle = selectedStyle ?? style.reversed
    self.selected = selected
    self.scroll = scroll
    self.sort = sort
    self.gap = gap
  }

  /// Draws the header in the first row of a rectangle and as many rows as fit beneath it.
  public func draw(into frame: inout Frame, _ rect: Rect) {
    let visible = rect.intersection(frame.bounds)
    guard !visible.isEmpty else { return }
    let layout = layout(in: rect, glyphs: frame.glyphs)
    for place in layout.columns { drawTitle(place, y: rect.y, into: &frame) }
    if layout.rowCount > 0, layout.rowCount < rows.count { drawSpan(layout, into: &frame) }
    for y in max(rect.y + 1, visible.y)..<max(rect.y + 1, visible.y, visible.maxY) {
      guard let index = layout.row(atY: y) else { break }
      let isSelected = index == selected
      if isSelected { frame.fill(Rect(x: rect.x, y: y, width: rect.width, height: 1), selectedStyle) }
      for place in layout.columns where place.index < rows[index].count {
        draw(rows[index][place.index], place, y: y, base: isSelected ? selectedStyle : style, isSelected, into: &frame)
      }
    }
  }

  /// Where rows are out of sight, which ones are in it: at the header's end, if there is room.
  private func drawSpan(_ layout: TableLayout, into frame: inout Frame) {
    let end = layout.columns.map { place in
      let column = columns[place.index]
      // Behind a title at its column's left is room that only rows need.
      return place.x + (column.alignment == .left ? min(place.width, frame.glyphs.columns(of: column.title) + 1) : place.width)
    }.max() ?? layout.rect.x
    let (first, last) = (layout.firstRow + 1, layout.firstRow + layout.rowCount)
    for text in ["rows \(first)\(frame.glyphs.ellipsis)\(last) of \(rows.count)", "\(last)/\(rows.count)"] {
      let x = layout.rect.maxX - frame.glyphs.columns(of: text)
      guard x > end else { continue }
      frame.put(text, x: x, y: layout.rect.y, headerStyle)
      return
    }
  }

  private func drawTitle(_ place: TableLayout.Column, y: Int, into frame: inout Frame) {
    let column = columns[place.index]
    let isSorted = sort?.column == place.index
    let arrow = isSorted ? String(sort?.isAscending == true ? frame.glyphs.ascending : frame.glyphs.descending) : " "
    if column.alignment == .left {
      let columns = frame.put(column.title, x: place.x, y: y, headerStyle, maxWidth: place.width - (isSorted ? 1 : 0))
      if isSorted, place.width > 0 { frame.put(arrow, x: place.x + columns, y: y, headerStyle) }
    } else {
      let columns = min(frame.glyphs.columns(of: column.title), max(0, place.width - (isSorted ? 1 : 0)))
      frame.put(column.title, x: place.x + place.width - columns, y: y, headerStyle, maxWidth: columns)
      if isSorted, place.width > columns { frame.put(arrow, x: place.x + place.width - columns - 1, y: y, headerStyle) }
    }
  }

  private func draw(
    _ cell: TableCell, _ place: TableLayout.Column, y: Int, base: Style, _ isSelected: Bool, into frame: inout Frame
  ) {
    let size = Table.measure(cell, frame.glyphs)
    var start = 0
    switch columns[place.index].alignment {
    case .left: break
    case .right: start = place.width - size.columns
    case .decimal:
      let whole = place.width - place.fraction
      start = size.hasDigits || size.columns <= whole ? whole - size.whole : place.width - size.columns
    }
    start = max(0, start)
    for piece in cell.pieces where start < place.width {
      var style = piece.style ?? base
      if isSelected {
        let foreground = piece.style?.foreground ?? .terminalDefault
        style = base
        if foreground != .terminalDefault, foreground != self.style.foreground {
          style.foreground = legible(foreground, in: base)
        }
        style.bold = base.bold || piece.style?.bold == true
      }
      start += frame.put(piece.text, x: place.x + start, y: y, style, maxWidth: place.width - start)
    }
  }

  /// A piece's own colour in the selected row, nearer to that row's where its ground would swallow it.
  private func legible(_ color: Color, in base: Style) -> Color {
    guard case .rgb(let color) = color, case .rgb(let ground) = base.background, case .rgb(let text) = base.foreground
    else { return color }
    return .rgb(color.legible(on: ground, towards: text))
  }

  /// Columns of a cell, and of what stands before its decimal point.
  fileprivate static func measure(_ cell: TableCell, _ glyphs: Glyphs) -> (columns: Int, whole: Int, hasDigits: Bool) {
    let text = cell.text
    let columns = glyphs.columns(of: text)
    guard text.contains(where: { $0.isASCII && $0.isNumber }) else { return (columns, columns, false) }
    if let point = text.firstIndex(of: ".") { return (columns, glyphs.columns(of: String(text[..<point])), true) }
    // A number without a point may still have a sign behind it, which stands where decimals would.
    guard let last = text.lastIndex(where: { $0.isASCII && $0.isNumber }) else { return (columns, columns, true) }
    return (columns, glyphs.columns(of: String(text[...last])), true)
  }
}

/// Where a table's parts stand, for drawing and for the mouse.
public struct TableLayout: Hashable, Sendable {
  public struct Column: Hashable, Sendable {
    /// In `Table.columns`.
    public let index: Int
    public let x: Int
    public let width: Int
    /// Columns from the decimal point on.
    let fraction: Int
  }

  public let rect: Rect
  /// Those that have room, from left to right.
  public let columns: [Column]
  /// The first row that is shown; give it back as `Table.scroll`.
  public let firstRow: Int
  /// How many rows are shown.
  public let rowCount: Int

  /// The column (in `Table.columns`) at a place; a gap belongs to the column before it.
  public func column(atX x: Int) -> Int? {
    guard x >= rect.x, x < rect.maxX else { return nil }
    return columns.last { $0.x <= x }?.index
  }

  /// The row (in `Table.rows`) at a place.
  public func row(atY y: Int) -> Int? {
    guard y > rect.y, y <= rect.y + rowCount else { return nil }
    return firstRow + y - rect.y - 1
  }

  /// Whether the header is there, for sorting by a click.
  public func isHeader(y: Int) -> Bool { y == rect.y && !rect.isEmpty }
}

extension Table {
  /// How the table fills a rectangle.
  ///
  /// - Complexity: O(cells).
  public func layout(in rect: Rect, glyphs: Glyphs = .unicode) -> TableLayout {
    let space = max(0, min(gap, Rect.limit))
    var sizes = columns.indices.map { size(of: $0, glyphs) }
    func total() -> Int { sizes.reduce(-space) { $0 + $1.width + space } }
    // First texts are cut, the longest first, then columns go.
    while total() > rect.width {
      let longest = sizes.indices.filter { sizes[$0].width > sizes[$0].least }.max { sizes[$0].width < sizes[$1].width }
      if let longest {
        sizes[longest].width = max(sizes[longest].least, sizes[longest].width - (total() - rect.width))
        continue
      }
      guard sizes.count > 1,
        let lowest = sizes.indices.min(by: { left, right in
          let (a, b) = (columns[sizes[left].index].priority, columns[sizes[right].index].priority)
          return a == b ? left > right : a < b
        })
      else { break }
      sizes.remove(at: lowest)
      // What went makes room for texts that were cut.
      for index in sizes.indices { sizes[index].width = sizes[index].natural }
    }
    var x = rect.x
    var places: [TableLayout.Column] = []
    for size in sizes where x < rect.maxX {
      let width = min(size.width, rect.maxX - x)
      places.append(TableLayout.Column(index: size.index, x: x, width: width, fraction: min(size.fraction, width)))
      x += width + space
    }
    let room = min(max(0, rect.height - 1), rows.count)
    var first = min(max(scroll, 0), rows.count - room)
    if let selected, rows.indices.contains(selected), room > 0 {
      first = min(max(first, selected - room + 1), selected)
    }
    return TableLayout(rect: rect, columns: places, firstRow: first, rowCount: room)
  }

  private struct Size {
    let index: Int
    let natural: Int
    let least: Int
    let fraction: Int
    var width: Int
  }

  private func size(of index: Int, _ glyphs: Glyphs) -> Size {
    let column = columns[index]
    let minimum = min(max(column.minimumWidth, 0), Frame.maximumWidth)
    // The arrow of sorting has its place from the start.
    let title = glyphs.columns(of: column.title) + 1
    var widest = 0
    var whole = 0
    var fraction = 0
    if case .decimal(let places) = column.alignment { fraction = min(max(places, 0), 64) + (places > 0 ? 1 : 0) }
    let reserved = fraction
    for row in rows where index < row.count {
      let size = Table.measure(row[index], glyphs)
      widest = max(widest, size.columns)
      if size.hasDigits {
        whole = max(whole, size.whole)
        fraction = max(fraction, size.columns - size.whole)
      }
    }
    switch column.alignment {
    case .left:
      let natural = max(minimum, title, widest)
      return Size(index: index, natural: natural, least: max(minimum, title), fraction: 0, width: natural)
    case .right:
      let natural = max(minimum, title, widest)
      return Size(index: index, natural: natural, least: natural, fraction: 0, width: natural)
    case .decimal:
      let natural = max(max(minimum - reserved, whole) + fraction, title, widest)
      return Size(index: index, natural: natural, least: natural, fraction: fraction, width: natural)
    }
  }
}
