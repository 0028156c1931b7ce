import CTerminal

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ends the main loop's wait from any thread, or from a signal handler.
///
/// Its pipe lives as long as the process, so a late call after the terminal was closed does no harm.
public struct Waker: Sendable {
  let readEnd: Int32
  let writeEnd: Int32

  init?() {
    guard let pipe = Waker.pipe() else { return nil }
    (readEnd, writeEnd) = pipe
  }

  /// Makes the next (or the current) `Terminal.nextEvents` report `.wake`. Never blocks; several calls may become one.
  public func wake() {
    var byte: UInt8 = 1
    _ = write(writeEnd, &byte, 1)
  }

  /// Empties the pipe; whether anything was in it.
  func drain() -> Bool { !Waker.readAll(readEnd).isEmpty }

  /// A pipe that never blocks and is not inherited.
  static func pipe() -> (read: Int32, write: Int32)? {
    var ends: [Int32] = [-1, -1]
    #if canImport(Glibc)
      let made = Glibc.pipe(&ends)
    #else
      let made = Darwin.pipe(&ends)
    #endif
    guard made == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    return (ends[0], ends[1])
  }

  /// All bytes that can be read without waiting.
  static func readAll(_ descriptor: Int32) -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        all += buffer[..<count]
      } else if count < 0, errno == EINTR {
        continue
      } else {
        return all
      }
    }
  }
}
