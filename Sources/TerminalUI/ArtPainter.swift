import Canvas

/// Pictures of characters in true colour, written beside ncurses, which holds their cells for blanks.
///
/// Knows for every cell what picture the terminal shows there, so that only cells that change are sent.
@MainActor
struct ArtPainter {
  private var width = 0
  private var height = 0
  /// What each cell on the terminal shows.
  private var shown: [Cell] = []
  /// No picture; and something unknown, so that anything wanted must be written. No picture has such a cell.
  private static let nothing = Cell("\0")
  private static let unknown = Cell("\0", picture: 1)

  /// Forgets what the terminal shows: after a resize, a resume, a full repaint.
  mutating func invalidate() { shown = shown.map { _ in ArtPainter.unknown } }

  /// The bytes that bring the terminal's pictures to those of the frame.
  ///
  /// - Parameters:
  ///   - art: the frame's pictures as cells, each row by row of its rectangle.
  ///   - isWritten: whether ncurses has just written into a cell, for instance to move its cursor over what it believes to be
  ///     a blank; row by row, `width` a row.
  mutating func update(_ frame: Frame, art: [[Cell]], width: Int, height: Int, isWritten: [Bool]) -> [UInt8] {
    if width != self.width || height != self.height {
      self.width = width
      self.height = height
      shown = Array(repeating: ArtPainter.unknown, count: width * height)
    }
    var bytes: [UInt8] = []
    var foreground: Color?
    var background: Color?
    var cursor = -1
    for y in 0..<min(height, frame.height) {
      for x in 0..<min(width, frame.width) {
        let at = y * width + x
        let cell = frame.cells[y * frame.width + x]
        guard cell.picture > 0 else {
          shown[at] = ArtPainter.nothing
          continue
        }
        let rect = frame.pictures[Int(cell.picture) - 1].rect
        let place = (y - rect.y) * min(rect.width, Frame.maximumWidth) + x - rect.x
        let cells = art[Int(cell.picture) - 1]
        guard cells.indices.contains(place) else { continue }
        let drawn = cells[place]
        if shown[at] == drawn, !isWritten[at] { continue }
        shown[at] = drawn
        if cursor != at {
          ArtPainter.append(&bytes, "\u{1B}[", y + 1, ";", x + 1, "H")
        }
        let style = drawn.style
        if style.foreground != foreground || style.background != background {
          bytes += "\u{1B}[".utf8
          if style.foreground != foreground { ArtPainter.appendColor(&bytes, base: 38, style.foreground) }
          if style.background != background {
            if style.foreground != foreground { bytes.append(0x3B) }
            ArtPainter.appendColor(&bytes, base: 48, style.background)
          }
          bytes.append(0x6D)
          (foreground, background) = (style.foreground, style.background)
        }
        if let scalar = drawn.scalar { bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter }
        // In the last column the cursor waits for the next character; where it goes differs among terminals.
        cursor = x + 1 < width ? at + 1 : -1
      }
    }
    // Rows and columns that the frame does not reach.
    if frame.width < width || frame.height < height {
      for y in 0..<height {
        for x in (y < frame.height ? min(frame.width, width) : 0)..<width { shown[y * width + x] = ArtPainter.nothing }
      }
    }
    guard !bytes.isEmpty else { return [] }
    // DECSC and DECRC keep cursor and colours as ncurses left them.
    return Array("\u{1B}7\u{1B}[0m".utf8) + bytes + Array("\u{1B}[0m\u{1B}8".utf8)
  }

  private static func append(
    _ bytes: inout [UInt8], _ first: String, _ a: Int, _ second: String, _ b: Int, _ last: String
  ) {
    bytes += first.utf8
    appendNumber(&bytes, a)
    bytes += second.utf8
    appendNumber(&bytes, b)
    bytes += last.utf8
  }

  /// The numbers of SGR that set a colour.
  ///
  /// - Parameter base: 38 for the foreground, 48 for the background.
  private static func appendColor(_ bytes: inout [UInt8], base: Int, _ color: Color) {
    guard case .rgb(let color) = color else { return appendNumber(&bytes, base + 1) }
    appendNumber(&bytes, base)
    bytes += ";2;".utf8
    appendNumber(&bytes, Int(color.r))
    bytes.append(0x3B)
    appendNumber(&bytes, Int(color.g))
    bytes.append(0x3B)
    appendNumber(&bytes, Int(color.b))
  }

  private static func appendNumber(_ bytes: inout [UInt8], _ value: Int) {
    if value >= 1000 { bytes.append(UInt8(0x30 + value / 1000 % 10)) }
    if value >= 100 { bytes.append(UInt8(0x30 + value / 100 % 10)) }
    if value >= 10 { bytes.append(UInt8(0x30 + value / 10 % 10)) }
    bytes.append(UInt8(0x30 + value % 10))
  }
}
