import Dispatch
import Kernels
import Networks
import Signals
import Synchronization

/// What can be asked of the engine. Commands are carried out between steps, in the order in which they were sent.
public enum Command: Sendable {
  case add(RunID, RunConfiguration, Signal, paused: Bool)
  case pause(RunID)
  case resume(RunID)
  /// One step, pausing first.
  case singleStep(RunID)
  case reset(RunID)
  case reseed(RunID, UInt64)
  /// Ends training; the parameters are evaluated.
  case stop(RunID)
  case remove(RunID)
  case preview(RunID, PreviewRequest?)
  case save(RunID, path: String)
}

/// The training engine: runs take turns on a background Dispatch queue, commands go in, snapshots come out.
///
/// Nothing here waits for the screen and no lock is held while a step is computed. The queue works at `.utility`, which
/// on Linux is a nice value, so that a screen on the same cores comes first.
public final class Engine: Sendable {
  public let mailbox: Mailbox
  public let threads: Int
  private let queue = DispatchQueue(label: "asmr-tui.engine", qos: .utility)
  private let inbox = Mutex(Inbox())
  private let core: Core

  private struct Inbox {
    var commands: [Command] = []
    var isScheduled = false
    var isShutDown = false
  }

  /// Touched on the queue only; that is what makes it safe to share.
  private final class Core: @unchecked Sendable {
    var runs: [Run] = []
    var next = 0
    let parallel: Parallel
    init(threads: Int) { parallel = Parallel(threads: threads) }
  }

  /// A run's share of the processor before the next one's turn.
  private static let turnSeconds = 0.010

  /// - Parameters:
  ///   - threads: of the computation.
  ///   - wake: called when the mailbox has something after it was empty; from the engine's queue.
  public init(threads: Int, wake: @escaping @Sendable () -> Void) {
    self.threads = threads
    mailbox = Mailbox(wake: wake)
    core = Core(threads: threads)
  }

  public func send(_ command: Command) {
    let schedules = inbox.withLock { inbox in
      inbox.commands.append(command)
      defer { inbox.isScheduled = true }
      return !inbox.isScheduled && !inbox.isShutDown
    }
    if schedules { queue.async { self.work() } }
  }

  /// Takes no more turns. A step that is being computed goes on to its end on its own; nobody waits for it.
  public func shutDown() { inbox.withLock { $0.isShutDown = true } }

  /// One turn: commands, then steps of one run.
  private func work() {
    let commands = inbox.withLock { inbox in
      defer { inbox.commands = [] }
      return inbox.commands
    }
    for command in commands { perform(command) }
    let waiting = core.runs.indices.filter { core.runs[$0].wantsTurn }
    if let index = waiting.first(where: { $0 >= core.next }) ?? waiting.first {
      let run = core.runs[index]
      core.next = index + 1
      run.turn(until: TrainingClock.seconds + Self.turnSeconds)
      if let snapshot = run.snapshot(force: false) { mailbox.post(snapshot) }
    }
    let more = core.runs.contains { $0.wantsTurn }
    let goesOn = inbox.withLock { inbox in
      inbox.isScheduled = (more || !inbox.commands.isEmpty) && !inbox.isShutDown
      return inbox.isScheduled
    }
    if goesOn { queue.async { self.work() } }
  }

  private func perform(_ command: Command) {
    func run(_ id: RunID, _ body: (Run) -> Void) {
      guard let run = core.runs.first(where: { $0.id == id }) else { return }
      body(run)
      if let snapshot = run.snapshot(force: true) { mailbox.post(snapshot) }
    }
    switch command {
    case .add(let id, let configuration, let signal, let paused):
      do {
        let trainer = try Trainer(configuration, signal: signal)
        core.runs.append(Run(id: id, trainer: trainer, paused: paused, parallel: core.parallel))
        run(id) { _ in }
      } catch {
        // Whoever adds a run has resolved its configuration for this signal.
        fatalError("run \(id.value) was not checked before it was added: \(error)")
      }
    case .pause(let id): run(id) { $0.pause() }
    case .resume(let id): run(id) { $0.resume() }
    case .singleStep(let id): run(id) { $0.singleStep() }
    case .reset(let id): run(id) { $0.reset() }
    case .reseed(let id, let seed): run(id) { $0.reset(seed: seed) }
    case .stop(let id): run(id) { $0.stop() }
    case .remove(let id): core.runs.removeAll { $0.id == id }
    case .preview(let id, let request):
      run(id) { run in
        run.preview = request
        run.showParameters()
      }
    case .save(let id, let path): run(id) { $0.save(to: path) }
    }
  }
}
