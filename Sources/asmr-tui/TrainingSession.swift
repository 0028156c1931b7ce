import Dispatch
import Signals
import Synchronization
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs without a screen, one after another: the same engine as the explorer's, its snapshots turned into a line of
/// progress.
final class TrainingSession {
  struct Result {
    var snapshot: Snapshot
    var metrics: [StepMetrics]
    var similarities: [Similarity]
    var picture: Signal
    var saveFault: String?
  }

  private let engine: Engine
  private let semaphore: DispatchSemaphore
  private let signal: Signal
  private let interrupts = Interrupts()
  /// The run that is going on or went last, for whoever wants to stop it.
  private let current = Current()
  private final class Current: Sendable { let id = Mutex(RunID(0)) }

  private enum Save { case due, asked, done }

  /// The signal that ended a run early; nil when all came to their own end.
  var interruption: Int32? { interrupts.signal }

  init(signal: Signal, threads: Int) {
    let semaphore = DispatchSemaphore(value: 0)
    self.semaphore = semaphore
    self.signal = signal
    engine = Engine(threads: threads) { semaphore.signal() }
    interrupts.begin { [engine, current] interruption in
      switch interruption {
      case .first: engine.send(.stop(current.id.withLock { $0 }))
      case .impatient(let number): endProcess(128 + number)
      }
    }
  }

  /// Trains to the end, or to the step at which an interrupt comes.
  ///
  /// - Parameters:
  ///   - keepsMetrics: whether anybody wants the curve; a long one takes memory.
  ///   - pictureSteps: steps, ascending, after which a snapshot is to come with a picture.
  ///   - observe: is told every snapshot.
  func run(
    _ configuration: RunConfiguration, savePath: String? = nil, keepsMetrics: Bool = false, pictureSteps: [Int] = [],
    observe: (Snapshot) -> Void = { _ in }, progress: ProgressLine
  ) -> Result {
    let id = current.id.withLock { id in
      id = RunID(id.value + 1)
      return id
    }
    engine.send(.add(id, configuration, signal, paused: false))
    // An interrupt may have come between two runs, or named this one before it was there.
    if interruption != nil { engine.send(.stop(id)) }
    defer { engine.send(.remove(id)) }
    var metrics: [StepMetrics] = []
    var similarities: [Similarity] = []
    var pictureSteps = pictureSteps[...]
    var waitsForPicture = false
    var last: Snapshot?
    var saveFault: String?
    var save = savePath == nil ? Save.done : .due
    while true {
      semaphore.wait()
      for snapshot in engine.mailbox.take() where snapshot.run == id {
        if keepsMetrics {
          metrics += snapshot.metrics
          if let similarity = snapshot.similarity, similarities.last != similarity { similarities.append(similarity) }
        }
        if waitsForPicture, snapshot.preview != nil {
          waitsForPicture = false
          engine.send(.preview(id, nil))
        }
        if !waitsForPicture, let next = pictureSteps.first, snapshot.step >= next {
          waitsForPicture = true
          pictureSteps = pictureSteps.drop { $0 <= snapshot.step }
          engine.send(.preview(id, PreviewRequest(rows: signal.shape[0], columns: signal.shape[1])))
        }
        observe(snapshot)
        last = snapshot
        for notice in snapshot.notices {
          if case .saveFailed(let text) = notice { saveFault = text }
          save = .done
        }
        progress.show(snapshot)
      }
      guard let snapshot = last, snapshot.hasEnded else { continue }
      if let savePath, save == .due {
        save = .asked
        engine.send(.save(id, path: savePath))
      }
      // Other snapshots may come between, a late stop's for one: only the notice says that the file is there.
      guard save == .done else { continue }
      let picture = snapshot.evaluation?.signal ?? signal
      progress.finish(snapshot)
      return Result(
        snapshot: snapshot, metrics: metrics, similarities: similarities, picture: picture, saveFault: saveFault)
    }
  }
}

/// Turns the signals that ask a program to end into calls of a handler, off the main thread.
private final class Interrupts: Sendable {
  enum Interruption {
    /// End in order.
    case first
    /// Again, by somebody who does not want to wait for that.
    case impatient(Int32)
  }

  private struct State {
    var first: Int32?
    var firstTime = 0.0
  }
  private let state = Mutex(State())
  /// Filled by `begin`, before any of them can fire; kept because a source that is let go never fires.
  private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []
  /// `timeout` and shells send the same signal to the process and to its group: within this time it counts once.
  private static let echoSeconds = 0.5

  /// The first signal that came; nil when none did.
  var signal: Int32? { state.withLock { $0.first } }

  func begin(_ handler: @escaping @Sendable (Interruption) -> Void) {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // What the caller has us ignore (nohup) stays ignored.
      guard !isIgnored(number) else { continue }
      ignore(number)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        let now = TrainingClock.seconds
        let interruption = state.withLock { state -> Interruption? in
          guard state.first != nil else {
            (state.first, state.firstTime) = (number, now)
            return .first
          }
          return now - state.firstTime > Self.echoSeconds ? .impatient(number) : nil
        }
        if let interruption { handler(interruption) }
      }
      sources.append(source)
      source.resume()
    }
  }
}

private func ignore(_ number: Int32) { signal(number, SIG_IGN) }

private func isIgnored(_ number: Int32) -> Bool {
  var action = sigaction()
  guard sigaction(number, nil, &action) == 0 else { return false }
  #if os(Linux)
    let handler = action.__sigaction_handler.sa_handler
  #else
    let handler = action.__sigaction_u.__sa_handler
  #endif
  return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}
