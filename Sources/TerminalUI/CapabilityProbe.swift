import CTerminal
import Canvas

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Asks the terminal what it can do, before ncurses has it.
enum CapabilityProbe {
  /// Terminals that print questions instead of ignoring them, or cannot answer.
  private static let silent = ["dumb", "linux", "vt100", "vt102", "vt52", "ansi", "cons25", "sun"]

  /// Whether to ask a terminal of this name at all.
  static func asks(_ name: String) -> Bool { !silent.contains { name == $0 || name.hasPrefix($0 + "-") } }

  /// One question, answers until the last of them or the deadline.
  ///
  /// - Parameters:
  ///   - input: where answers come from. Its modes are put back.
  ///   - output: the terminal.
  ///   - asksKitty: whether it may be asked for kitty's protocol.
  ///   - milliseconds: to wait at most.
  /// - Returns: the answers, what was typed meanwhile, how long it took, and whether answers may still come.
  static func ask(
    input: Int32, output: Int32, asksKitty: Bool, within milliseconds: Int
  ) -> (answers: ProbeAnswers, typed: [UInt8], milliseconds: Int, isLate: Bool) {
    var saved = termios()
    guard tcgetattr(input, &saved) == 0 else { return (ProbeAnswers(), [], 0, false) }
    var raw = saved
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
    raw.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR | IGNCR | ISTRIP)
    guard tcsetattr(input, TCSANOW, &raw) == 0 else { return (ProbeAnswers(), [], 0, false) }
    defer { tcsetattr(input, TCSANOW, &saved) }
    let start = ContinuousClock.now
    var filter = AnswerFilter()
    var typed: [UInt8] = []
    let question = Array(ProbeAnswers.questions(asksKitty: asksKitty).utf8)
    guard write(output, question, question.count) == question.count else { return (ProbeAnswers(), [], 0, false) }
    var buffer = [UInt8](repeating: 0, count: 1024)
    var spent = 0
    while !filter.isComplete, spent < milliseconds {
      var wait = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wait, 1, Int32(milliseconds - spent))
      if ready > 0 {
        let count = read(input, &buffer, buffer.count)
        guard count > 0 else { break }
        typed += filter.take(buffer[..<count])
      } else if ready < 0, errno != EINTR {
        break
      }
      let passed = (ContinuousClock.now - start).components
      spent = Int(passed.seconds) * 1000 + Int(passed.attoseconds / 1_000_000_000_000_000)
    }
    let isLate = !filter.isComplete
    typed += filter.flush()
    return (filter.answers, typed, spent, isLate)
  }
}
