/// Everything a screen shows at one moment, as a value. Views draw into it, tests compare it, the terminal presents it.
///
/// Whatever is drawn outside is cut off; nothing traps.
public struct Frame: Hashable, Sendable {
  public let width: Int
  public let height: Int
  public private(set) var cells: [Cell]
  public private(set) var pictures: [PlacedPicture] = []
  /// The symbols that may be used here.
  public let glyphs: Glyphs

  /// The largest frame; no terminal comes near it.
  public static let maximumWidth = 2048
  public static let maximumHeight = 1024

  public init(width: Int, height: Int, glyphs: Glyphs = .unicode, style: Style = .plain) {
    self.width = min(max(width, 0), Frame.maximumWidth)
    self.height = min(max(height, 0), Frame.maximumHeight)
    self.glyphs = glyphs
    cells = Array(repeating: Cell(" ", style), count: self.width * self.height)
  }

  public var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }

  /// The cell at a place; a blank one outside.
  public subscript(x: Int, y: Int) -> Cell {
    guard x >= 0, y >= 0, x < width, y < height else { return Cell() }
    return cells[y * width + x]
  }

  /// Puts one character of one column at a place. Half a wide character that it destroys leaves a blank.
  public mutating func set(x: Int, y: Int, _ character: Character, _ style: Style) {
    let shown = glyphs.isUnicode ? character : glyphs.spelled(character)[0]
    let (printable, columns) = CharacterWidth.printable(shown, replacement: glyphs.replacement)
    write(columns == 1 ? printable : glyphs.replacement, columns: 1, x: x, y: y, style: style)
  }

  /// Changes the style of what stands in a rectangle and leaves the characters: selections, cursors.
  public mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
    let part = rect.intersection(bounds)
    for y in part.y..<part.maxY {
      for x in part.x..<part.maxX { change(&cells[y * width + x].style) }
    }
  }

  /// Places a picture: the cells of its rectangle show it until something is drawn over them.
  public mutating func place(_ raster: Raster, in rect: Rect, id: Int) {
    let visible = rect.intersection(bounds)
    guard !visible.isEmpty, pictures.count < Int(UInt16.max) else { return }
    pictures.append(PlacedPicture(raster: raster, rect: rect, id: id))
    let blank = Cell(" ", .plain, picture: UInt16(pictures.count))
    for y in visible.y..<visible.maxY {
      repairEdges(x: visible.x, y: y, columns: visible.width)
      for x in visible.x..<visible.maxX { cells[y * width + x] = blank }
    }
  }

  /// Takes over what another frame shows in a rectangle; a blank where it has a picture.
  public mutating func take(_ rect: Rect, from other: Frame) {
    let part = rect.intersection(bounds).intersection(other.bounds)
    guard !part.isEmpty else { return }
    for y in part.y..<part.maxY {
      repairEdges(x: part.x, y: y, columns: part.width)
      for x in part.x..<part.maxX {
        let cell = other.cells[y * other.width + x]
        cells[y * width + x] = cell.picture == 0 ? cell : Cell()
      }
    }
  }

  /// The same frame at the top left of one that is at least as large.
  ///
  /// - Parameter style: of what is new.
  public func extended(width: Int, height: Int, style: Style) -> Frame {
    var frame = Frame(width: max(width, self.width), height: max(height, self.height), glyphs: glyphs, style: style)
    for y in 0..<self.height {
      let row = cells[y * self.width..<(y + 1) * self.width]
      frame.cells.replaceSubrange(y * frame.width..<y * frame.width + self.width, with: row)
    }
    frame.pictures = pictures
    return frame
  }

  /// Writes a printable character of 1 or 2 columns.
  mutating func write(_ character: Character, columns: Int, x: Int, y: Int, style: Style) {
    write(Cell(character, style), columns: columns, x: x, y: y)
  }

  mutating func write(_ cell: Cell, columns: Int, x: Int, y: Int) {
    guard x >= 0, y >= 0, x + columns <= width, y < height else { return }
    repairEdges(x: x, y: y, columns: columns)
    cells[y * width + x] = cell
    if columns == 2 { cells[y * width + x + 1] = Cell(Cell.continuationCharacter, cell.style) }
  }

  /// Blanks the halves of wide characters that stick out of the columns about to be overwritten.
  private mutating func repairEdges(x: Int, y: Int, columns: Int) {
    let row = y * width
    if x > 0, cells[row + x].isContinuation { cells[row + x - 1].character = " " }
    let after = x + columns
    if after < width, cells[row + after].isContinuation { cells[row + after].character = " " }
  }

  /// How `text` shows pictures.
  public enum PictureText: Sendable {
    /// A shade (or '%') for every cell, for tests that look at the layout.
    case shade
    /// Half-blocks by brightness, as a terminal without colours shows them.
    case pixels
  }

  /// The cells with characters in the places of pictures.
  public func composed(_ art: CellArt) -> [Cell] {
    let rendered = pictures.map { art.cells($0.raster, $0.rect) }
    return cells.enumerated().map { at, cell in
      guard cell.picture > 0 else { return cell }
      let rect = pictures[Int(cell.picture) - 1].rect
      let place = (at / width - rect.y) * min(rect.width, Frame.maximumWidth) + at % width - rect.x
      let art = rendered[Int(cell.picture) - 1]
      return art.indices.contains(place) ? art[place] : Cell()
    }
  }

  /// The frame as lines of text without trailing blanks, for golden tests and text export.
  public func text(pictures mode: PictureText = .shade) -> String {
    let shade: Character = glyphs.isUnicode ? "░" : "%"
    let shown = mode == .shade
      ? cells.map { $0.picture > 0 ? Cell(shade) : $0 }
      : composed(CellArt(glyphs.isUnicode ? .half : .ascii, depth: .monochrome))
    return (0..<height).map { y in
      var line = String(shown[y * width..<(y + 1) * width].lazy.filter { !$0.isContinuation }.map(\.character))
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
