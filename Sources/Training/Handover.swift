import CThread
import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Wakes a thread that waits for its turn, for a thread that goes to sleep itself.
///
/// The woken thread is to go on where the other one stops. Linux puts it where it was last, behind another run if there is
/// one, and the processor that has become free stays so for milliseconds (seen with `perf sched`: a tenth of two cores).
/// Woken through a pipe it is put right most of the time, but not where threads wake many others in turn (a thirtieth of two
/// cores was left, eight runs training). So who sleeps next brings it to its own processor, and there, awake, it may work
/// wherever it might before.
final class Handover: @unchecked Sendable {
  private let ends: (read: Int32, write: Int32)?
  /// Where no descriptor is left.
  private let semaphore = DispatchSemaphore(value: 0)
  /// The number of the thread that waits, or did last.
  private let sleeper = Atomic<Int32>(0)
  /// Where it might work before it was brought: written before it is woken, read by it alone.
  private var before = thread_processors()

  init() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      self.ends = nil
      return
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    self.ends = (ends[0], ends[1])
  }

  deinit {
    guard let ends else { return }
    close(ends.read)
    close(ends.write)
  }

  /// - Parameter sleepsNext: whether the caller goes to sleep at once: the woken thread takes over its processor.
  func signal(sleepsNext: Bool = false) {
    let thread = sleeper.load(ordering: .acquiring)
    if sleepsNext, thread > 0 { before = thread_bring_here(thread) }
    guard let ends else {
      semaphore.signal()
      return
    }
    var byte: UInt8 = 1
    while write(ends.write, &byte, 1) < 0, errno == EINTR {}
  }

  func wait() {
    sleeper.store(thread_number(), ordering: .releasing)
    if let ends {
      var byte: UInt8 = 0
      while read(ends.read, &byte, 1) < 0, errno == EINTR {}
    } else {
      semaphore.wait()
    }
    thread_let_go(&before)
    before.is_known = 0
  }
}
