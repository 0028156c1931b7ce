import Dispatch
import Kernels
import Networks
import Signals
import Synchronization

/// What can be asked of the engine. Commands are carried out between steps, in the order in which they were sent.
public enum Command: Sendable {
  /// The configuration has been resolved for the signal and checked against the memory.
  case add(RunID, RunConfiguration, Signal, paused: Bool)
  /// A run that goes on from a checkpoint.
  case restore(RunID, RestoredRun)
  /// A new run that goes on from where another one is, weights, moments and all.
  case fork(RunID, from: RunID)
  /// Another configuration for a run: the same weights when only the training changes, else a new beginning.
  case configure(RunID, RunConfiguration)
  case pause(RunID)
  case resume(RunID)
  /// One step, pausing first.
  case singleStep(RunID)
  /// Trains until so many steps are taken and pauses there; a run that is beyond starts again first, with the same seed.
  case seek(RunID, step: Int)
  case reset(RunID)
  case reseed(RunID, UInt64)
  /// Ends training; the parameters are evaluated.
  case stop(RunID)
  case remove(RunID)
  case preview(RunID, PreviewRequest?)
  /// What of the network's inside is looked at while it trains; nil for nothing.
  case features(RunID, FeatureRequest?)
  /// Begins a recording; nil ends the one that is going on.
  case record(RunID, FeatureRecording?)
  case save(RunID, path: String)
  /// The run's state as a value between two steps, in its next snapshot. After the last one no step is begun.
  case checkpoint(RunID, isLast: Bool)
  case turns(TurnMode)
}

extension Command {
  /// The runs that it is about, one that it makes included; none when it is said to all.
  fileprivate var runs: [RunID] {
    switch self {
    case .turns: []
    case .fork(let id, let source): [id, source]
    case .add(let id, _, _, _), .configure(let id, _), .pause(let id), .resume(let id), .singleStep(let id), .reset(let id),
      .reseed(let id, _), .stop(let id), .remove(let id), .preview(let id, _), .features(let id, _),
      .record(let id, _), .save(let id, _), .restore(let id, _), .checkpoint(let id, _), .seek(let id, _):
      [id]
    }
  }
}

/// How runs that train share the processor.
public enum TurnMode: Hashable, Sendable {
  /// Each gets the same time; who is cheap takes more steps.
  case equalTime
  /// Each takes the same number of steps; who is dear takes more time.
  case equalSteps
  /// One alone trains, the others wait.
  case solo(RunID)
}

/// The training engine: runs take turns on background Dispatch queues, as many beside each other as there are threads for;
/// commands go in, snapshots come out.
///
/// A run that has a turn is not touched: what is said to it waits for the turn's end. Nothing here waits for the screen and
/// no lock is held while a step is computed. Threads that train work at a nice value, so that a screen on the same cores
/// comes first.
public final class Engine: Sendable {
  public let mailbox: Mailbox
  public let threads: Int
  private let watchRate: Double
  /// What options and configurations may ask for.
  public static let allowedThreads = 1...256
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
    var schedule = TurnSchedule()
    var runs: [Run] = []
    /// Turns that are going on.
    var active: [RunID: TurnSchedule.ActiveTurn] = [:]
    /// What was said to runs that have a turn, forks that wait for the end of their source's step, and what was said to any
    /// of their runs meanwhile, in order.
    var waiting: [Command] = []
    // Threads of runs end with their engine, whose last owner may be one of them: nobody can wait for himself.
    deinit {
      let runs = runs
      DispatchQueue.global(qos: .utility).async { for run in runs { run.end() } }
    }
  }

  /// - Parameters:
  ///   - threads: of the computation.
  ///   - watchRate: the part of the usual pictures and looks at features that its runs give, in (0, 1]: less than all where
  ///     the way to the screen is dear.
  ///   - wake: called when the mailbox has something after it was empty; from the engine's queue.
  public init(threads: Int, watchRate: Double = 1, wake: @escaping @Sendable () -> Void) {
    (self.threads, self.watchRate) = (threads, watchRate)
    mailbox = Mailbox(wake: wake)
    core = Core()
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

  /// Commands, then turns.
  private func work() {
    let commands = inbox.withLock { inbox in
      defer { (inbox.commands, inbox.isScheduled) = ([], false) }
      return inbox.commands
    }
    let waiting = core.waiting
    core.waiting = []
    for command in waiting + commands { perform(command) }
    grantTurns()
  }

  /// Turns for as many runs as can work beside each other.
  private func grantTurns() {
    guard !inbox.withLock({ $0.isShutDown }) else { return }
    while let next = core.schedule.next(of: core.runs, active: core.active, threads: threads) {
      let run = next.run
      core.active[run.id] = TurnSchedule.ActiveTurn(
        threads: next.threads, requestsOnly: next.requestsOnly, seconds: run.ownSeconds, steps: run.trainer.step)
      run.features.company = core.schedule.company(of: run.id)
      run.turn.grant(
        seconds: TurnSchedule.turnSeconds, requestsOnly: next.requestsOnly, threads: next.threads, of: threads
      ) { [self] in queue.sync { finish(run) } }
    }
  }

  /// A turn was given back. On the turn's own thread, so that no other has to wake before the next turn begins; commands,
  /// which may have to wait for that thread, are for the queue's.
  private func finish(_ run: Run) {
    if let turn = core.active.removeValue(forKey: run.id) {
      core.schedule.account(
        run.id, seconds: run.ownSeconds - turn.seconds, steps: max(0, run.trainer.step - turn.steps))
    }
    publish(run)
    if core.waiting.isEmpty { grantTurns() } else { queue.async { self.work() } }
  }

  private func publish(_ run: Run) {
    if let snapshot = run.snapshot(share: core.schedule.share(of: run.id)) { mailbox.post(snapshot) }
  }

  private func start(_ run: Run) {
    core.runs.append(run)
    core.schedule.add(run.id)
    publish(run)
  }

  private func perform(_ command: Command) {
    // What is said to a run that has a turn or is being forked, or to the fork, is for after that.
    let runs = command.runs
    let waits = runs.contains { id in core.active[id] != nil || core.waiting.contains { $0.runs.contains(id) } }
    guard !waits else { return core.waiting.append(command) }
    func run(_ id: RunID) -> Run? { core.runs.first { $0.id == id } }
    func ask(_ id: RunID, _ request: Run.Request) { run(id)?.ask(request) }
    do throws(ConfigurationError) {
      switch command {
      case .add(let id, let configuration, let signal, let paused):
        start(
          Run(
            id: id, trainer: try Trainer(configuration, signal: signal), paused: paused, threads: threads, watchRate: watchRate))
      case .restore(let id, let restored): start(Run(id: id, restored, threads: threads, watchRate: watchRate))
      case .fork(let id, let source):
        guard let source = run(source) else { return }
        // Its step in the middle is not to be copied: it ends first, and no other begins.
        source.holds = !source.turn.isIdle || source.hasRequests
        guard !source.holds else { return core.waiting.append(command) }
        do throws(ConfigurationError) {
          start(try Run(id: id, forking: source, threads: threads))
        } catch {
          fatalError("run \(source.id.value) cannot be built again: \(error)")
        }
      case .configure(let id, let configuration):
        guard let run = run(id) else { return }
        run.ask(.configure(try configuration.resolved(shape: run.trainer.signal.shape)))
      case .pause(let id): ask(id, .pause)
      case .resume(let id): ask(id, .resume)
      case .singleStep(let id): ask(id, .singleStep)
      case .seek(let id, let step): ask(id, .seek(step: step))
      case .reset(let id): ask(id, .reset)
      case .reseed(let id, let seed): ask(id, .reseed(seed))
      case .stop(let id): ask(id, .stop)
      case .preview(let id, let request): ask(id, .preview(request))
      case .features(let id, let request): ask(id, .features(request))
      case .record(let id, let recording): ask(id, .record(recording))
      case .save(let id, let path): ask(id, .save(path: path))
      case .checkpoint(let id, let isLast): ask(id, .checkpoint(isLast: isLast))
      case .remove(let id):
        run(id)?.end()
        core.runs.removeAll { $0.id == id }
        core.schedule.remove(id)
        mailbox.forget(id)
      case .turns(let mode): core.schedule.mode = mode
      }
    } catch {
      // Whoever adds or changes a run has resolved its configuration for this signal.
      fatalError("\(command) was not checked before it was sent: \(error)")
    }
  }
}
