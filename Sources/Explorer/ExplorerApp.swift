import Canvas
import Dispatch
import Networks
import Signals
import TerminalUI
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The loop that ties everything together: events become actions, actions change the state, effects go to the engine,
/// the state is drawn.
@MainActor
public struct ExplorerApp {
  private var state: ExplorerState
  private let terminal: Terminal
  private let engine: Engine
  private var exitStatus: Int32?

  /// - Parameters:
  ///   - configuration: resolved and checked against the subject and the memory.
  public init(
    subject: Subject, configuration: RunConfiguration, cost: Cost, themes: [Theme], terminal: Terminal, threads: Int
  ) {
    self.terminal = terminal
    state = ExplorerState(
      subject: subject, configuration: configuration, cost: cost, width: terminal.width, height: terminal.height,
      glyphs: terminal.glyphs, themes: themes, now: Self.now)
    let waker = terminal.waker
    engine = Engine(threads: threads) { waker.wake() }
    terminal.onSuspension = { isStopping in isStopping ? TrainingClock.suspend() : TrainingClock.resume() }
  }

  /// Runs until the user quits; returns the exit status. The terminal is closed by the caller.
  public mutating func run() -> Int32 {
    let effects = state.begin()
    tick()
    // The target is on the screen before the first step is computed.
    terminal.present(state.frame())
    engine.send(.add(state.run.id, state.run.configuration, state.subject.signal, paused: false))
    perform(effects)
    while exitStatus == nil {
      for event in terminal.nextEvents(timeout: .milliseconds(500)) { handle(event) }
      tick()
      terminal.present(state.frame())
    }
    engine.shutDown()
    return exitStatus ?? 0
  }

  private mutating func handle(_ event: Event) {
    switch event {
    case .key(let key): act(.key(key))
    case .resize(let width, let height): act(.resize(width: width, height: height))
    case .wake: act(.snapshots(engine.mailbox.take()))
    case .terminate(let signal) where signal == SIGINT: act(.interrupt)
    case .terminate(let signal): exitStatus = 128 + signal
    case .suspended, .resumed, .mouse: break
    }
  }

  private mutating func act(_ action: Action) { perform(state.update(action)) }

  private static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  private mutating func tick() {
    act(.tick(now: Self.now, residentBytes: MemoryBudget.resident()))
  }

  private mutating func perform(_ effects: [Effect]) {
    let run = state.run.id
    for effect in effects {
      switch effect {
      case .pause: engine.send(.pause(run))
      case .resume: engine.send(.resume(run))
      case .singleStep: engine.send(.singleStep(run))
      case .reset: engine.send(.reset(run))
      case .reseed(let seed): engine.send(.reseed(run, seed))
      case .preview(let request): engine.send(.preview(run, request))
      case .checkPath(let path): act(check(path))
      case .save(let path): engine.send(.save(run, path: expanded(path)))
      case .repaint: terminal.repaint()
      case .quit(let status): exitStatus = status
      }
    }
  }

  /// The answer names the path as it was typed.
  private func check(_ path: String) -> Action {
    let file = expanded(path)
    do {
      try AtomicFile.checkWritable(file)
      return access(file, F_OK) == 0 ? .pathExists(path) : .pathIsFree(path)
    } catch {
      return .pathFault(path, error.description)
    }
  }

  /// `~/` is the home folder, as in a shell.
  private func expanded(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
    return String(cString: home) + path.dropFirst()
  }
}
