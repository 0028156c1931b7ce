import Canvas

/// What a terminal shows of the bytes that a program has sent: the characters, without their colours, and where any were
/// written. It knows what ncurses sends to terminals of ECMA-48 (the sequences that the terminfo entries of xterm, tmux,
/// screen, rxvt and linux have in common), and passes pictures over.
public struct TerminalScreen: Sendable {
  public let width: Int
  public let height: Int
  private var cells: [Unicode.Scalar]
  /// Cells that were written, cleared or moved, row by row.
  public private(set) var isTouched: [Bool]
  /// Whether something came that it does not know, or only a part of something: what the terminal shows since is not certain.
  public var isUncertain: Bool { hasMetUnknown || state != .text || missing > 0 }
  private var hasMetUnknown = false
  private var (x, y) = (0, 0)
  private var saved = (x: 0, y: 0)
  /// The rows that a line feed in the last of them moves.
  private var region: Range<Int>
  private var last: Unicode.Scalar = " "
  private var state = State.text
  /// Of a control sequence, and what stands beside them: `?`, `>` or an intermediate byte; 0 for nothing.
  private var numbers: [Int] = []
  private var marker: UInt8 = 0
  /// Of a character of several bytes.
  private var partial: UInt32 = 0
  private var missing = 0
  /// Whether a synchronised update has begun and not ended.
  public private(set) var isUpdating = false
  /// Synchronised updates that have ended.
  public private(set) var updates = 0

  private enum State { case text, escape, control, charset, string, stringEscape }

  /// The right half of a wide character.
  private static let continuation: Unicode.Scalar = "\0"

  /// A blank screen.
  ///
  /// - Parameter cursor: column and row, from 0.
  public init(width: Int, height: Int, cursor: (x: Int, y: Int) = (0, 0)) {
    (self.width, self.height) = (width, height)
    cells = Array(repeating: " ", count: width * height)
    isTouched = Array(repeating: false, count: width * height)
    region = 0..<height
    (x, y) = cursor
  }

  /// A row without blanks at its end.
  public func row(_ y: Int) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: cells[y * width..<(y + 1) * width].lazy.filter { $0 != Self.continuation })
    while text.last == " " { text.removeLast() }
    return text
  }

  public mutating func feed(_ bytes: some Sequence<UInt8>) {
    let isDone: Void? = bytes.withContiguousStorageIfAvailable { bytes in for byte in bytes { feed(byte) } }
    if isDone == nil { for byte in bytes { feed(byte) } }
  }

  @inline(__always)
  private mutating func feed(_ byte: UInt8) {
    switch state {
    case .text: text(byte)
    case .control:
      switch byte {
      case 0x30...0x39:
        let index = numbers.count - 1
        numbers[index] = min(10 * numbers[index] + Int(byte & 15), 99_999)
      case UInt8(ascii: ";"), UInt8(ascii: ":"): numbers.append(0)
      case 0x40...0x7E:
        state = .text
        if byte != UInt8(ascii: "m") { control(byte) }
      case 0x1B: state = .escape
      default: marker = byte
      }
    case .escape: escape(byte)
    case .charset: state = .text
    case .string:
      if byte == 0x1B { state = .stringEscape } else if byte == 7 { state = .text }
    case .stringEscape: state = byte == UInt8(ascii: "\\") ? .text : .string
    }
  }

  private mutating func escape(_ byte: UInt8) {
    state = .text
    switch byte {
    case UInt8(ascii: "["):
      state = .control
      numbers.removeAll(keepingCapacity: true)
      numbers.append(0)
      marker = 0
    case UInt8(ascii: "P"), UInt8(ascii: "]"), UInt8(ascii: "_"): state = .string
    case UInt8(ascii: "("), UInt8(ascii: ")"): state = .charset
    case UInt8(ascii: "7"): saved = (x, y)
    case UInt8(ascii: "8"): (x, y) = saved
    case UInt8(ascii: "M"): if y == region.lowerBound { scroll(region, by: -1) } else { y = max(0, y - 1) }
    case UInt8(ascii: "D"): lineFeed()
    case UInt8(ascii: "E"):
      lineFeed()
      x = 0
    case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "\\"): break
    default: hasMetUnknown = true
    }
  }

  @inline(__always)
  private mutating func text(_ byte: UInt8) {
    if missing == 0, 0x20..<0x7F ~= byte { return put(Unicode.Scalar(byte), columns: 1) }
    if missing > 0, byte & 0xC0 == 0x80 {
      partial = partial << 6 | UInt32(byte & 0x3F)
      missing -= 1
      if missing == 0, let scalar = Unicode.Scalar(partial) { put(scalar, columns: CharacterWidth.columns(of: scalar) ?? 1) }
      return
    }
    missing = 0
    switch byte {
    case 0x1B: state = .escape
    case 8: x = max(0, column - 1)
    case 9: x = min(width - 1, (x / 8 + 1) * 8)
    case 10: lineFeed()
    case 13: x = 0
    case 0..<0x20, 0x7F: break
    case 0x20..<0x7F: put(Unicode.Scalar(byte), columns: 1)
    case 0xF0...: (partial, missing) = (UInt32(byte & 0x07), 3)
    case 0xE0...: (partial, missing) = (UInt32(byte & 0x0F), 2)
    default: (partial, missing) = (UInt32(byte & 0x1F), 1)
    }
  }

  /// A character in the last column leaves the cursor behind it until the next one comes.
  private var column: Int { min(x, width - 1) }

  @inline(__always)
  private mutating func put(_ scalar: Unicode.Scalar, columns: Int) {
    last = scalar
    // It joins the one before.
    guard columns > 0 else { return }
    if x + columns > width {
      lineFeed()
      x = 0
    }
    let at = y * width + x
    cells[at] = scalar
    isTouched[at] = true
    if columns == 2, x + 1 < width {
      cells[at + 1] = Self.continuation
      isTouched[at + 1] = true
    }
    x += columns
  }

  private mutating func lineFeed() {
    if y == region.upperBound - 1 { scroll(region, by: 1) } else { y = min(height - 1, y + 1) }
  }

  private mutating func control(_ final: UInt8) {
    if marker != 0 {
      guard marker == UInt8(ascii: "?"), numbers == [2026] else { return }
      if final == UInt8(ascii: "h") { isUpdating = true }
      if final == UInt8(ascii: "l"), isUpdating { (isUpdating, updates) = (false, updates + 1) }
      return
    }
    let (mode, first, second) = (numbers[0], max(1, numbers[0]), numbers.count > 1 ? numbers[1] : 0)
    let (start, at) = (y * width, y * width + column)
    switch Unicode.Scalar(final) {
    case "H", "f": (y, x) = (min(height, first) - 1, min(width, max(1, second)) - 1)
    case "A": y = max(0, y - first)
    case "B", "e": y = min(height - 1, y + first)
    case "C", "a": x = min(width - 1, x + first)
    case "D": x = max(0, column - first)
    case "E": (x, y) = (0, min(height - 1, y + first))
    case "F": (x, y) = (0, max(0, y - first))
    case "G", "`": x = min(width, first) - 1
    case "d": y = min(height, first) - 1
    case "I": x = min(width - 1, (x / 8 + first) * 8)
    case "Z": x = max(0, (column + 7) / 8 - first) * 8
    case "J": blank(from: mode == 0 ? at : 0, to: mode == 1 ? at + 1 : cells.count)
    case "K": blank(from: mode == 0 ? at : start, to: mode == 1 ? at + 1 : start + width)
    case "X": blank(from: at, to: min(start + width, at + first))
    case "b": for _ in 0..<min(first, width) { put(last, columns: CharacterWidth.columns(of: last) ?? 1) }
    case "P": move(from: column + first, to: column)
    case "@": move(from: column, to: column + first)
    case "r":
      let bottom = second == 0 ? height : min(second, height)
      region = first < bottom ? first - 1..<bottom : 0..<height
      (x, y) = (0, 0)
    case "S": scroll(region, by: first)
    case "T": scroll(region, by: -first)
    case "L" where region.contains(y): scroll(y..<region.upperBound, by: -first)
    case "M" where region.contains(y): scroll(y..<region.upperBound, by: first)
    // Insertion of what is written would shift the row.
    case "h" where mode == 4: hasMetUnknown = true
    case "L", "M", "h", "l", "n", "c", "q", "t": break
    default: hasMetUnknown = true
    }
  }

  private mutating func blank(from: Int, to: Int) {
    for at in from..<max(from, to) { (cells[at], isTouched[at]) = (" ", true) }
  }

  /// Shifts the rest of the row.
  private mutating func move(from: Int, to: Int) {
    let row = Array(cells[y * width..<(y + 1) * width])
    for at in min(from, to, width)..<width {
      let source = at - to + from
      cells[y * width + at] = at >= to && source < width ? row[source] : " "
      isTouched[y * width + at] = true
    }
  }

  /// Moves rows up; a negative count moves them down.
  private mutating func scroll(_ rows: Range<Int>, by count: Int) {
    let before = cells
    for row in rows {
      for at in row * width..<(row + 1) * width {
        cells[at] = rows.contains(row + count) ? before[at + count * width] : " "
        isTouched[at] = true
      }
    }
  }
}
