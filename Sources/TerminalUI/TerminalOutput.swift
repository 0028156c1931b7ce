import CTerminal

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Bytes on their way to the terminal. Nothing here waits: what the terminal does not take now is kept, in order, so that
/// no escape sequence is ever cut in half.
@MainActor
final class TerminalOutput {
  /// The terminal opened once more, so that "non-blocking" is ours alone and not our parent shell's too.
  let descriptor: Int32
  private let isNonBlocking: Bool
  private var waiting: [UInt8] = []
  private var sent = 0
  /// The terminal is gone: nothing more can be written.
  private(set) var isBroken = false

  /// - Parameter terminal: a descriptor of the terminal; it is not closed here.
  init?(terminal: Int32) {
    var opened: Int32 = -1
    var name = [CChar](repeating: 0, count: 512)
    let flags = O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
    if ttyname_r(terminal, &name, name.count) == 0 { opened = open(name, flags) }
    if opened >= 0 {
      // A name can lie across namespaces: it must be the same device.
      var one = stat()
      var other = stat()
      if fstat(opened, &one) != 0 || fstat(terminal, &other) != 0 || one.st_rdev != other.st_rdev {
        closeDescriptor(opened)
        opened = -1
      }
    }
    isNonBlocking = opened >= 0
    if opened < 0 { opened = fcntl(terminal, F_DUPFD_CLOEXEC, 3) }
    guard opened >= 0 else { return nil }
    descriptor = opened
  }

  /// What the terminal takes, bytes a second, while it is behind; nil before it ever was.
  private var rate: Double?
  /// Since when bytes have been waiting, and how many went since.
  private var behind: (since: ContinuousClock.Instant, bytes: Int)?
  /// What it is believed to take before it was measured: more with everything large that it has taken at once.
  private var assumedRate = 2.5e6
  private static let highestRate = 1e8
  /// A key may wait so long for its answer because of a picture that is on its way.
  static let pictureSeconds = 0.02
  /// Bytes of pictures that may be sent at once: what goes in that time.
  var pictureBudget: Int { max(1 << 13, Int((rate ?? assumedRate) * Self.pictureSeconds)) }

  /// Whether bytes are still waiting.
  var isWaiting: Bool { !waiting.isEmpty }

  /// Sends what the terminal takes now and keeps the rest.
  func send(_ bytes: [UInt8]) {
    guard !isBroken else { return }
    waiting += bytes
    flush()
    guard !isWaiting, bytes.count > 1 << 15 else { return }
    assumedRate = min(2 * assumedRate, Self.highestRate)
    rate = rate.map { min(1.2 * $0, Self.highestRate) }
  }

  /// Goes on with what is waiting, without blocking.
  func flush() {
    while sent < waiting.count, !isBroken {
      if !isNonBlocking, !canTakeMore(within: 0) { break }
      // A blocking descriptor gets no more than any terminal takes at once when it takes anything.
      let count = isNonBlocking ? waiting.count - sent : min(256, waiting.count - sent)
      let written = waiting.withUnsafeBytes { write(descriptor, $0.baseAddress! + sent, count) }
      if written > 0 {
        sent += written
        behind?.bytes += written
      } else if written < 0, errno == EINTR {
        continue
      } else if written < 0, errno == EAGAIN || errno == EWOULDBLOCK {
        break
      } else {
        isBroken = true
      }
    }
    if sent == waiting.count || isBroken {
      waiting.removeAll(keepingCapacity: true)
      sent = 0
      if let behind {
        let passed = (ContinuousClock.now - behind.since).components
        let seconds = Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
        if behind.bytes > 1 << 14 { rate = 0.7 * (rate ?? Double(behind.bytes) / seconds) + 0.3 * Double(behind.bytes) / seconds }
      }
      behind = nil
    } else if behind == nil {
      behind = (.now, 0)
    }
  }

  /// Sends everything that is waiting unless that takes too long: before the screen is given back.
  ///
  /// - Returns: whether all of it went.
  @discardableResult
  func flush(within milliseconds: Int32) -> Bool {
    var rounds = max(1, milliseconds / 20)
    flush()
    while isWaiting, rounds > 0 {
      _ = canTakeMore(within: 20)
      flush()
      rounds -= 1
    }
    return !isWaiting
  }

  /// Forgets what is waiting. The next thing sent must begin with an escape, which ends a sequence that was cut.
  func discard() {
    waiting.removeAll()
    sent = 0
  }

  private func canTakeMore(within milliseconds: Int32) -> Bool {
    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&wait, 1, milliseconds) > 0 && wait.revents & Int16(POLLOUT) != 0
  }

  func close() { closeDescriptor(descriptor) }
}
