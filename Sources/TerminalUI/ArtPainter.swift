import Canvas

/// Pictures of characters in true colour, written beside ncurses, which holds their cells for blanks.
///
/// Knows for every cell what picture the terminal shows there, so that only cells that change are sent.
@MainActor
struct ArtPainter {
  private var width = 0
  private var height = 0
  /// What each cell on the terminal shows (`packed`), or `nothing`.
  private var shown: [UInt64] = []
  private static let nothing = UInt64.max
  /// On the terminal is something unknown: anything wanted must be written.
  private static let unknown = UInt64.max - 1

  /// Forgets what the terminal shows: after a resize, a resume, a full repaint.
  mutating func invalidate() { shown = shown.map { _ in ArtPainter.unknown } }

  /// The bytes that bring the terminal's pictures to those of the frame.
  ///
  /// - Parameters:
  ///   - art: the frame's pictures as cells, each row by row of its rectangle.
  ///   - dirtyRows: rows in which ncurses may write. It moves its cursor by writing over what it believes to be blanks, and
  ///     clears lines to their ends, so the pictures in such rows are not trusted.
  mutating func update(_ frame: Frame, art: [[Cell]], width: Int, height: Int, dirtyRows: [Bool]) -> [UInt8] {
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
        let wanted = ArtPainter.packed(drawn)
        if shown[at] == wanted, !(y < dirtyRows.count && dirtyRows[y]) { continue }
        shown[at] = wanted
        if cursor != at {
          ArtPainter.append(&bytes, "\u{1B}[", y + 1, ";", x + 1, "H")
        }
        if drawn.style.foreground != foreground {
          ArtPainter.appendColor(&bytes, base: 38, drawn.style.foreground)
          foreground = drawn.style.foreground
        }
        if drawn.style.background != background {
          ArtPainter.appendColor(&bytes, base: 48, drawn.style.background)
          background = drawn.style.background
        }
        bytes += drawn.character.utf8
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

  /// A cell of a picture as a number: 24 bits each of its colours, a bit for a background that is the terminal's own, and
  /// its character, which is one of the first 32,768.
  private static func packed(_ cell: Cell) -> UInt64 {
    func bits(_ color: Color) -> UInt64 { if case .rgb(let rgb) = color { UInt64(rgb.packed) } else { 0 } }
    let own: UInt64 = cell.style.background == .terminalDefault ? 0x8000 : 0
    let scalar = UInt64(cell.character.unicodeScalars.first?.value ?? 0) & 0x7FFF
    return bits(cell.style.foreground) << 40 | bits(cell.style.background) << 16 | own | scalar
  }

  /// - Parameter base: 38 for the foreground, 48 for the background.
  private static func appendColor(_ bytes: inout [UInt8], base: Int, _ color: Color) {
    bytes += "\u{1B}[".utf8
    guard case .rgb(let color) = color else {
      appendNumber(&bytes, base + 1)
      bytes.append(0x6D)
      return
    }
    appendNumber(&bytes, base)
    bytes += ";2;".utf8
    appendNumber(&bytes, Int(color.r))
    bytes.append(0x3B)
    appendNumber(&bytes, Int(color.g))
    bytes.append(0x3B)
    appendNumber(&bytes, Int(color.b))
    bytes.append(0x6D)
  }

  private static func appendNumber(_ bytes: inout [UInt8], _ value: Int) {
    if value >= 1000 { bytes.append(UInt8(0x30 + value / 1000 % 10)) }
    if value >= 100 { bytes.append(UInt8(0x30 + value / 100 % 10)) }
    if value >= 10 { bytes.append(UInt8(0x30 + value / 10 % 10)) }
    bytes.append(UInt8(0x30 + value % 10))
  }
}
