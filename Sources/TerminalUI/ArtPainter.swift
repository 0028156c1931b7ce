import Canvas

/// True-colour pictures, written beside ncurses, which holds their cells for blanks.
///
/// Knows for every cell what picture the terminal shows there, so that only cells that change are sent.
@MainActor
struct ArtPainter {
  private var width = 0
  private var height = 0
  /// Upper and lower colour of each cell on the terminal, or `nothing`.
  private var shown: [UInt64] = []
  private static let nothing = UInt64.max
  /// On the terminal is something unknown: anything wanted must be written.
  private static let unknown = UInt64.max - 1

  /// Forgets what the terminal shows: after a resize, a resume, a full repaint.
  mutating func invalidate() { shown = shown.map { _ in ArtPainter.unknown } }

  /// The bytes that bring the terminal's pictures to those of the frame.
  ///
  /// - Parameter dirtyRows: rows in which ncurses may write. It moves its cursor by writing over what it believes to be
  ///   blanks, and clears lines to their ends, so the pictures in such rows are not trusted.
  mutating func update(_ frame: Frame, width: Int, height: Int, dirtyRows: [Bool]) -> [UInt8] {
    if width != self.width || height != self.height {
      self.width = width
      self.height = height
      shown = Array(repeating: ArtPainter.unknown, count: width * height)
    }
    var bytes: [UInt8] = []
    var foreground = UInt32.max
    var background = UInt32.max
    var cursor = -1
    for y in 0..<min(height, frame.height) {
      for x in 0..<min(width, frame.width) {
        let at = y * width + x
        let cell = frame.cells[y * frame.width + x]
        guard cell.picture > 0 else {
          shown[at] = ArtPainter.nothing
          continue
        }
        let pixels = frame.pictures[Int(cell.picture) - 1].pixels(x: x, y: y)
        let upper = pixels.upper.packed
        let lower = pixels.lower.packed
        let wanted = UInt64(upper) << 32 | UInt64(lower)
        if shown[at] == wanted, !(y < dirtyRows.count && dirtyRows[y]) { continue }
        shown[at] = wanted
        if cursor != at {
          ArtPainter.append(&bytes, "\u{1B}[", y + 1, ";", x + 1, "H")
        }
        if upper != foreground {
          ArtPainter.appendColor(&bytes, "\u{1B}[38;2;", pixels.upper)
          foreground = upper
        }
        if lower != background {
          ArtPainter.appendColor(&bytes, "\u{1B}[48;2;", pixels.lower)
          background = lower
        }
        bytes += [0xE2, 0x96, 0x80]  // ▀
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

  private static func appendColor(_ bytes: inout [UInt8], _ prefix: String, _ color: RGB) {
    bytes += prefix.utf8
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
