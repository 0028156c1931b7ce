import Canvas

/// What a terminal said when it was asked what it can do. Nil: no answer, or none that is understood.
public struct ProbeAnswers: Hashable, Sendable {
  /// Primary device attributes (DA1) without the first, the terminal's class; 4 among them is sixel. Comes last: every
  /// terminal answers it, so those that came before are all there are.
  public var attributes: [Int]?
  /// Name and version (XTVERSION).
  public var name: String?
  /// Whether it takes pictures by kitty's protocol.
  public var hasKitty = false
  /// Colours that a sixel picture can name (XTSMGRAPHICS 1).
  public var registers: Int?
  /// The largest sixel picture, in practice the size of the window in pixels (XTSMGRAPHICS 2).
  public var graphicsSize: PixelSize?
  /// The size of a cell (XTWINOPS 16).
  public var cellSize: PixelSize?
  /// Whether it knows synchronised updates (DECRQM 2026).
  public var isSynchronizing: Bool?
  /// The background (OSC 11).
  public var background: RGB?

  public init() {}

  /// All questions in one, the fence at the end.
  ///
  /// - Parameter asksKitty: not of tmux and screen, which take the question for the window's title.
  static func questions(asksKitty: Bool) -> String {
    [
      asksKitty ? "\u{1B}_Gi=\(kittyID),s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\" : "", "\u{1B}[>0q", "\u{1B}[?1;1;0S", "\u{1B}[?2;1;0S", "\u{1B}[16t",
      "\u{1B}[?2026$p", "\u{1B}]11;?\u{1B}\\", "\u{1B}[c",
    ].joined()
  }

  /// What is asked again when the window has changed: a cell may have another size now.
  static let cellQuestions = "\u{1B}[?2;1;0S\u{1B}[16t\u{1B}[c"

  /// Of the picture that is only asked about.
  private static let kittyID = 4_211

  /// Takes what one sequence says: its introducer (`[`, `]`, `_` or `P`) and what stands between that and its end, for `[`
  /// the final character included.
  ///
  /// - Returns: whether it is an answer, known or not, and no key.
  mutating func take(_ introducer: UInt8, _ body: [UInt8]) -> Bool {
    let text = String(decoding: body, as: UTF8.self)
    switch introducer {
    case UInt8(ascii: "["): return takeControl(text)
    case UInt8(ascii: "]"):
      if text.hasPrefix("11;") { background = ProbeAnswers.color(String(text.dropFirst(3))) ?? background }
    case UInt8(ascii: "_"):
      if text.hasPrefix("Gi=\(ProbeAnswers.kittyID);OK") { hasKitty = true }
    case UInt8(ascii: "P"):
      if text.hasPrefix(">|") { name = String(text.dropFirst(2)) }
    default: return false
    }
    return true
  }

  private mutating func takeControl(_ text: String) -> Bool {
    guard let final = text.last else { return false }
    let isPrivate = text.hasPrefix("?")
    let numbers = text.dropFirst(isPrivate ? 1 : 0).dropLast().split(separator: ";", omittingEmptySubsequences: false)
      .map { Int($0.filter(\.isNumber)) ?? 0 }
    switch (final, isPrivate) {
    case ("c", true): attributes = Array(numbers.dropFirst())
    case ("S", true):
      guard numbers.count >= 3, numbers[1] == 0 else { return true }
      if numbers[0] == 1, numbers[2] > 0 { registers = numbers[2] }
      if numbers[0] == 2, numbers.count >= 4, numbers[2] > 0, numbers[3] > 0 {
        graphicsSize = PixelSize(width: numbers[2], height: numbers[3])
      }
    case ("t", false):
      guard numbers.count >= 3, numbers[0] == 6 else { return numbers.count >= 3 }
      if numbers[1] > 0, numbers[2] > 0 { cellSize = PixelSize(width: numbers[2], height: numbers[1]) }
    case ("y", true):
      // 1 set, 2 reset, 3 and 4 for ever so; 0 is unknown.
      if text.contains("$"), numbers.count >= 2, numbers[0] == 2026 { isSynchronizing = (1...3).contains(numbers[1]) }
    default: return isPrivate
    }
    return true
  }

  /// `rgb:RRRR/GGGG/BBBB` with one to four digits each (XParseColor), or `#RRGGBB`.
  static func color(_ text: String) -> RGB? {
    if text.hasPrefix("#") {
      let digits = text.dropFirst()
      return digits.count == 6 ? UInt32(digits, radix: 16).map(RGB.init(hex:)) : nil
    }
    guard let colon = text.firstIndex(of: ":"), text[..<colon].hasPrefix("rgb") else { return nil }
    let parts = text[text.index(after: colon)...].split(separator: "/").prefix(3).map { part -> UInt8? in
      guard (1...4).contains(part.count), let value = Int(part, radix: 16) else { return nil }
      return UInt8(value * 255 / ((1 << (4 * part.count)) - 1))
    }
    guard parts.count == 3, let r = parts[0], let g = parts[1], let b = parts[2] else { return nil }
    return RGB(r, g, b)
  }
}

/// Picks a terminal's answers out of what is typed meanwhile.
struct AnswerFilter {
  private(set) var answers = ProbeAnswers()
  /// Bytes of a sequence that has not ended.
  private var open: [UInt8] = []

  /// Whether the last of all answers is there.
  var isComplete: Bool { answers.attributes != nil }
  /// Longer than any answer.
  private static let maximumLength = 256

  /// - Returns: what is no answer, in its order.
  mutating func take(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var rest: [UInt8] = []
    for byte in bytes {
      if open.isEmpty {
        if byte == 0x1B { open = [byte] } else { rest.append(byte) }
        continue
      }
      if open.count == 1 {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_"), UInt8(ascii: "P"): open.append(byte)
        case 0x1B: rest.append(0x1B)
        default:
          rest += [0x1B, byte]
          open = []
        }
        continue
      }
      open.append(byte)
      if open[1] == UInt8(ascii: "[") {
        guard !(0x20...0x3F).contains(byte) else { continue }
        if !(0x40...0x7E).contains(byte) || !answers.take(open[1], Array(open[2...])) { rest += open }
        open = []
      } else if byte == 0x07 || byte == UInt8(ascii: "\\") && open[open.count - 2] == 0x1B {
        let end = open.count - (byte == 0x07 ? 1 : 2)
        if end < 2 || !answers.take(open[1], Array(open[2..<end])) { rest += open }
        open = []
      } else if open.count > AnswerFilter.maximumLength {
        rest += open
        open = []
      }
    }
    return rest
  }

  /// What stands open at the end: an escape that was typed, or an answer that was cut.
  mutating func flush() -> [UInt8] {
    defer { open = [] }
    return open.count > 2 ? [] : open
  }
}
