/// What a terminal shows of the bytes that a program has sent: the characters, without their colours. It knows what
/// terminfo's xterm-256color makes ncurses send, and passes pictures over.
public struct TerminalScreen: Sendable {
  public let width: Int
  public let height: Int
  private var cells: [Unicode.Scalar]
  private var (x, y) = (0, 0)
  private var saved = (x: 0, y: 0)
  private var last: Unicode.Scalar = " "
  private var state = State.text
  private var parameters = ""
  /// Of a character of several bytes.
  private var partial: [UInt8] = []
  private var missing = 0
  /// Whether a synchronised update has begun and not ended.
  public private(set) var isUpdating = false
  /// Synchronised updates that have ended.
  public private(set) var updates = 0

  private enum State { case text, escape, control, charset, string, stringEscape }

  public init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    cells = Array(repeating: " ", count: width * height)
  }

  /// A row without blanks at its end.
  public func row(_ y: Int) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: cells[y * width..<(y + 1) * width])
    while text.last == " " { text.removeLast() }
    return text
  }

  public mutating func feed(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { feed(byte) }
  }

  private mutating func feed(_ byte: UInt8) {
    switch state {
    case .text: text(byte)
    case .escape:
      state = .text
      switch byte {
      case UInt8(ascii: "["): (state, parameters) = (.control, "")
      case UInt8(ascii: "P"), UInt8(ascii: "]"), UInt8(ascii: "_"): state = .string
      case UInt8(ascii: "("), UInt8(ascii: ")"): state = .charset
      case UInt8(ascii: "7"): saved = (x, y)
      case UInt8(ascii: "8"): (x, y) = saved
      case UInt8(ascii: "M"): y = max(0, y - 1)
      default: break
      }
    case .charset: state = .text
    case .control:
      if (0x40...0x7E).contains(byte) {
        state = .text
        control(byte)
      } else {
        parameters.unicodeScalars.append(Unicode.Scalar(byte))
      }
    case .string:
      if byte == 0x1B { state = .stringEscape } else if byte == 7 { state = .text }
    case .stringEscape: state = byte == UInt8(ascii: "\\") ? .text : .string
    }
  }

  private mutating func text(_ byte: UInt8) {
    if missing > 0, byte & 0xC0 == 0x80 {
      partial.append(byte)
      missing -= 1
      if missing == 0, let scalar = String(decoding: partial, as: UTF8.self).unicodeScalars.first { put(scalar) }
      return
    }
    missing = 0
    switch byte {
    case 0x1B: state = .escape
    case 8: x = max(0, x - 1)
    case 9: x = min(width - 1, (x / 8 + 1) * 8)
    case 10: y = min(height - 1, y + 1)
    case 13: x = 0
    case 0..<0x20, 0x7F: break
    case 0x20..<0x7F: put(Unicode.Scalar(byte))
    default: (partial, missing) = ([byte], byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1)
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    last = scalar
    // A character in the last column leaves the cursor there until the next one comes.
    if x >= width { (x, y) = (0, min(height - 1, y + 1)) }
    cells[y * width + x] = scalar
    x += 1
  }

  private mutating func control(_ final: UInt8) {
    if parameters.first == "?" {
      guard parameters == "?2026" else { return }
      if final == UInt8(ascii: "h") { isUpdating = true }
      if final == UInt8(ascii: "l"), isUpdating { (isUpdating, updates) = (false, updates + 1) }
      return
    }
    let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    let first = max(1, numbers.first ?? 1)
    let column = min(x, width - 1)
    switch Character(Unicode.Scalar(final)) {
    case "H", "f": (y, x) = (min(height, first) - 1, min(width, max(1, numbers.dropFirst().first ?? 1)) - 1)
    case "A": y = max(0, y - first)
    case "B": y = min(height - 1, y + first)
    case "C": x = min(width - 1, x + first)
    case "D": x = max(0, column - first)
    case "G": x = min(width, first) - 1
    case "d": y = min(height, first) - 1
    case "J": blank(from: numbers.first ?? 0 == 0 ? y * width + column : 0, to: numbers.first == 1 ? y * width + column + 1 : cells.count)
    case "K": blank(from: y * width + (numbers.first ?? 0 == 0 ? column : 0), to: y * width + (numbers.first == 1 ? column + 1 : width))
    case "X": blank(from: y * width + column, to: y * width + min(width, column + first))
    case "b": for _ in 0..<min(first, width) { put(last) }
    case "P": move(from: column + first, to: column)
    case "@": move(from: column, to: column + first)
    default: break
    }
  }

  private mutating func blank(from: Int, to: Int) {
    for at in from..<max(from, to) { cells[at] = " " }
  }

  /// Shifts the rest of the row.
  private mutating func move(from: Int, to: Int) {
    let row = Array(cells[y * width..<(y + 1) * width])
    for at in min(from, to)..<width {
      let source = at - to + from
      cells[y * width + at] = at >= to && source < width ? row[source] : " "
    }
  }
}
