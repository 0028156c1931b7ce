import Dispatch
import Kernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A thread of its own for one run, which works only while it has the turn.
///
/// Who grants a turn does not touch the run until the work gives way, which it does between chunks of a step, however long
/// the step is. So a run's state needs no lock, and a network's code knows nothing of turns.
final class Turn: TurnTaking, @unchecked Sendable {
  private let queue: DispatchQueue
  private let granted = Handover()
  private let given = DispatchSemaphore(value: 0)
  /// Nanoseconds of the uptime clock.
  private let deadline = Atomic<UInt64>(0)
  private let cancelled = Atomic<Bool>(false)
  private let allotted = Atomic<Int>(.max)
  private let ended = Atomic<Bool>(false)

  // What follows is touched by whoever has the turn, or by the engine while nobody has.
  /// Whether the work is between two jobs, and not in the middle of one.
  private(set) var isIdle = true
  /// Whether the turn is only for what was asked for, and not for steps.
  private(set) var isForRequestsOnly = false
  private var worked = 0.0
  private var started: Double?
  /// The turn's part of all threads.
  private var weight = 1.0
  /// What is done when the turn is given back; nil where somebody waits for it.
  private var whenGivenBack: (@Sendable () -> Void)?

  /// - Parameter job: done once a grant, or over several of them when it gives way within.
  init(name: String, job: @escaping @Sendable () -> Void) {
    queue = DispatchQueue(label: name, qos: .utility)
    queue.async { [self] in
      while true {
        granted.wait()
        guard !ended.load(ordering: .acquiring) else { return }
        started = TrainingClock.seconds
        isIdle = false
        job()
        isIdle = true
        giveBack()
      }
    }
  }

  /// Seconds of all its turns so far, also from within one: of the whole processor, so that a turn with half of the threads
  /// counts half.
  var workedSeconds: Double { worked + (started.map { (TrainingClock.seconds - $0) * weight } ?? 0) }

  /// Gives the turn with all threads and waits until it is given back: when the job is done, or soon after `seconds`.
  func grant(seconds: Double, requestsOnly: Bool = false) {
    (weight, whenGivenBack) = (1, nil)
    begin(seconds: seconds, requestsOnly: requestsOnly, threads: .max)
    given.wait()
  }

  /// Gives the turn with some of `all` threads.
  ///
  /// - Parameter whenGivenBack: called on the turn's own thread, which touches nothing of the run after it.
  func grant(seconds: Double, requestsOnly: Bool, threads: Int, of all: Int, whenGivenBack: @escaping @Sendable () -> Void) {
    (weight, self.whenGivenBack) = (Double(threads) / Double(max(all, 1)), whenGivenBack)
    begin(seconds: seconds, requestsOnly: requestsOnly, threads: threads)
  }

  private func begin(seconds: Double, requestsOnly: Bool, threads: Int) {
    isForRequestsOnly = requestsOnly
    allotted.store(threads, ordering: .releasing)
    deadline.store(
      DispatchTime.now().uptimeNanoseconds + UInt64(max(0, seconds) * 1e9), ordering: .releasing)
    granted.signal()
  }

  /// Makes the job that is being done end at once, its results of no use.
  func cancelJob() {
    guard !isIdle else { return }
    cancelled.store(true, ordering: .releasing)
    while !isIdle { grant(seconds: 0) }
    cancelled.store(false, ordering: .releasing)
  }

  /// Lets the thread go. Never granted again.
  func end() {
    cancelJob()
    ended.store(true, ordering: .releasing)
    granted.signal()
  }

  // MARK: Within the turn

  var threads: Int { allotted.load(ordering: .acquiring) }
  var isOver: Bool { DispatchTime.now().uptimeNanoseconds >= deadline.load(ordering: .acquiring) }
  var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

  /// What trains has somebody looking at it, who must not wait for it: on Linux, where Dispatch's pool works at the priority
  /// of the screen itself, the thread gets a nice value. Elsewhere it has the class of its caller.
  func prepareThread() {
    #if canImport(Glibc)
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
    #endif
  }

  func giveWay() {
    giveBack()
    granted.wait()
    started = TrainingClock.seconds
  }

  private func giveBack() {
    worked = workedSeconds
    started = nil
    // Not kept: it holds the engine, which holds the run.
    let whenGivenBack = whenGivenBack
    self.whenGivenBack = nil
    if let whenGivenBack { whenGivenBack() } else { given.signal() }
  }
}
