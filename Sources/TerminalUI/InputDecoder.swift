import CTerminal

/// From the codes that ncurses reads to events, over as many reads as a sequence takes to arrive.
///
/// ncurses tells keys apart. What it does not know it hands over byte by byte: mouse reports (SGR 1006), answers to
/// queries, focus reports, modified keys. Mouse reports become events, and so do keys as other terminals than the one that
/// `TERM` names send them; the rest is dropped: as keys they would do things nobody asked for. ncurses' own mouse is not used, since it waits to tell clicks from double clicks.
struct InputDecoder {
  private enum State: Equatable {
    case ground
    /// An escape at the end of a read: already reported as a key, but what follows may still show what it was.
    case escaped
    /// An escape with its bracket (or `O`) coming next.
    case introducer
    /// After `ESC [`.
    case sequence([UInt8])
    /// After `ESC [ <`.
    case report([UInt8])
    /// Bytes of an old report (X10) that are still to come.
    case oldReport(Int)
    /// After `ESC O`.
    case single
    /// In an answer that ends with `ESC \` or a bell; whether its last byte was an escape.
    case answer(Bool)
  }

  private var state = State.ground
  private var since = ContinuousClock.now
  /// The rest of a sequence comes at once, on a slow line after a moment; later it is lost.
  private static let patience = Duration.seconds(1)
  /// Longer than any report.
  private static let maximumLength = 64

  /// Answers to questions may come until then: their introducers are keys with Alt at other times.
  private var answersUntil: ContinuousClock.Instant?

  /// What control sequences have answered since answers were last expected. They are no keys at any time.
  private(set) var answers = ProbeAnswers()
  /// Lists of questions whose last answer has not come.
  private var openQuestions = 0

  /// A list of questions that ends with the terminal's attributes has been sent.
  mutating func expectsAnswers(until moment: ContinuousClock.Instant) {
    openQuestions = isExpecting ? openQuestions + 1 : 1
    answersUntil = moment
    answers = ProbeAnswers()
  }

  /// Whether the last of the answers may still come.
  var isExpecting: Bool { openQuestions > 0 && answersUntil.map { $0 > .now } ?? false }

  /// The events of one read. A sequence that it cuts is finished by the next one.
  ///
  /// - Parameter codes: as `CursesScreen.readKey` reports them.
  mutating func events(
    _ codes: [(code: UInt32, isFunction: Bool)], now: ContinuousClock.Instant = .now
  ) -> [Event] {
    if !goesOn(with: codes.first) || now - since > InputDecoder.patience { state = .ground }
    var events: [Event] = []
    for index in codes.indices { consume(codes, index, into: &events) }
    since = now
    return events
  }

  /// Whether what the last read left open goes on with this one. Alt with a bracket or an O looks like the beginning of
  /// a sequence; the key after it must not be lost.
  private func goesOn(with first: (code: UInt32, isFunction: Bool)?) -> Bool {
    guard let first, !first.isFunction else { return false }
    switch state {
    case .single: return false
    case .sequence([]): return (0x30...0x3F).contains(first.code)
    default: return true
    }
  }

  private mutating func consume(
    _ codes: [(code: UInt32, isFunction: Bool)], _ index: Int, into events: inout [Event]
  ) {
    let (code, isFunction) = codes[index]
    if isFunction {
      switch Int(code) {
      case Int(CT_KEY_MOUSE_REPORT): state = .report([])
      case Int(CT_KEY_OLD_MOUSE_REPORT): state = .oldReport(3)
      default:
        state = .ground
        key(code, true, into: &events)
      }
      return
    }
    switch state {
    case .ground: ground(codes, index, into: &events)
    case .escaped:
      // Without its escape only a whole report is recognised, or anything while answers are due: a bracket alone may well
      // be typed.
      if code == 0x5B, isExpecting || InputDecoder.looksLikeReport(codes, from: index + 1) {
        state = .sequence([])
      } else {
        state = .ground
        ground(codes, index, into: &events)
      }
    case .introducer: state = code == 0x5B ? .sequence([]) : .single
    case .single:
      state = .ground
      if let key = KeyDecoder.key(after: [], final: code) { events.append(.key(key)) }
    case .answer(let isEscaped): state = code == 0x07 || isEscaped && code == 0x5C ? .ground : .answer(code == 0x1B)
    case .oldReport(let left): state = left > 1 ? .oldReport(left - 1) : .ground
    case .sequence(let bytes):
      if code == 0x3C, bytes.isEmpty {
        state = .report([])
      } else if (0x40...0x7E).contains(code) {
        state = .ground
        if openQuestions > 0 {
          _ = answers.take(UInt8(ascii: "["), bytes + [UInt8(code)])
          if code == 0x63 { openQuestions -= 1 }
        }
        if let key = KeyDecoder.key(after: bytes, final: code) { events.append(.key(key)) }
      } else if (0x20...0x3F).contains(code), bytes.count < InputDecoder.maximumLength {
        state = .sequence(bytes + [UInt8(code)])
      } else {
        state = .ground
        ground(codes, index, into: &events)
      }
    case .report(let bytes):
      switch code {
      case 0x30...0x39, 0x3B:
        state = bytes.count < InputDecoder.maximumLength ? .report(bytes + [UInt8(code)]) : .ground
      case 0x4D, 0x6D:
        state = .ground
        if let event = InputDecoder.mouse(bytes, isRelease: code == 0x6D) { events.append(.mouse(event)) }
      default:
        // Cut off for good: this is something new.
        state = .ground
        ground(codes, index, into: &events)
      }
    }
  }

  private mutating func ground(
    _ codes: [(code: UInt32, isFunction: Bool)], _ index: Int, into events: inout [Event]
  ) {
    let code = codes[index].code
    guard code == 0x1B else { return key(code, false, into: &events) }
    // Escape followed by '[' or 'O' within one read is a sequence; typed by hand the two arrive apart.
    let next = index + 1 < codes.count && !codes[index + 1].isFunction ? codes[index + 1].code : 0
    if [0x5D, 0x5F, 0x50].contains(next), let answersUntil, answersUntil > .now {
      state = .answer(false)
      return
    }
    switch next {
    case 0x5B, 0x4F: state = .introducer
    default:
      if index + 1 == codes.count { state = .escaped }
      key(code, false, into: &events)
    }
  }

  private func key(_ code: UInt32, _ isFunction: Bool, into events: inout [Event]) {
    if let key = KeyDecoder.key(code: code, isFunction: isFunction) { events.append(.key(key)) }
  }

  /// Whether `< digits ;` begins here.
  private static func looksLikeReport(_ codes: [(code: UInt32, isFunction: Bool)], from start: Int) -> Bool {
    guard start + 1 < codes.count, codes[start].code == 0x3C else { return false }
    return (0x30...0x39).contains(codes[start + 1].code) && !codes[start + 1].isFunction
  }

  /// A report `b;x;y`: b has the button in its bits 0, 1, 6 and 7, modifiers in 2…4 and movement in 5.
  static func mouse(_ bytes: [UInt8], isRelease: Bool) -> MouseEvent? {
    let numbers = bytes.split(separator: 0x3B, omittingEmptySubsequences: false).map { digits in
      digits.isEmpty || digits.count > 5 ? nil : digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
    guard numbers.count == 3, let code = numbers[0], let x = numbers[1], let y = numbers[2], x > 0, y > 0 else {
      return nil
    }
    let kind: MouseEvent.Kind
    switch (code & ~0x3C, MouseEvent.Button(code: code & 3)) {
    case (64, _): kind = .wheelUp
    case (65, _): kind = .wheelDown
    case (0...2, let button?): kind = isRelease ? .release(button) : code & 32 != 0 ? .drag(button) : .press(button)
    // Movement without a button, wheels to the side, buttons beyond the third.
    default: return nil
    }
    return MouseEvent(
      kind, x: x - 1, y: y - 1, shift: code & 4 != 0, control: code & 16 != 0, alt: code & 8 != 0)
  }
}

extension MouseEvent.Button {
  fileprivate init?(code: Int) {
    switch code {
    case 0: self = .left
    case 1: self = .middle
    case 2: self = .right
    default: return nil
    }
  }
}
