import Canvas
import Networks
import Signals

@testable import Explorer
@testable import Training

/// States and snapshots made by hand: nothing here trains.
enum Fixture {
  /// A picture whose rows get brighter to the right and darker downwards.
  static func signal(columns: Int = 512, rows: Int = 512, channels: Int = 1) -> Signal {
    var samples: [Float] = []
    samples.reserveCapacity(columns * rows * channels)
    for row in 0..<rows {
      for column in 0..<columns {
        for channel in 0..<channels {
          samples.append(Float(column + channel) / Float(columns + 2) * (1 - 0.5 * Float(row) / Float(rows)))
        }
      }
    }
    return Signal(shape: [rows, columns], channels: channels, samples: samples)
  }

  private static let square = signal()

  static func subject(
    _ signal: Signal? = nil, name: String = "cameraman.pgm", notes: [String] = []
  ) -> Subject {
    let signal = signal ?? square
    return Subject(LoadedSignal(signal: signal, name: name, format: "PGM", notes: notes, originalShape: signal.shape))
  }

  static func configuration(_ signal: Signal? = nil, _ change: (inout RunConfiguration) -> Void = { _ in }) throws
    -> RunConfiguration
  {
    var configuration = RunConfiguration()
    change(&configuration)
    return try configuration.resolved(shape: (signal ?? square).shape)
  }

  static func state(
    subject: Subject? = nil, width: Int = 100, height: Int = 30, glyphs: Glyphs = .unicode, themes: [Theme] = [.builtIn],
    now: Double = 0, _ change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> ExplorerState {
    let subject = subject ?? Self.subject()
    let configuration = try configuration(subject.signal, change)
    var state = try ExplorerState(
      subject: subject, configurations: [configuration], width: width, height: height, glyphs: glyphs, themes: themes,
      now: now)
    _ = state.begin()
    return state
  }

  /// What an engine would tell of the state's run.
  static func snapshot(
    of state: ExplorerState, step: Int, run: RunState = .training, generation: Int = 0, metrics: [StepMetrics] = [],
    best: Best? = nil, preview: Preview? = nil, evaluation: Evaluation? = nil, notices: [Notice] = [],
    seed: UInt64? = nil, elapsed: Double = 12.34
  ) -> Snapshot {
    var configuration = state.run.configuration
    configuration.seed = seed ?? configuration.seed
    return Snapshot(
      run: state.run.id, configuration: configuration, cost: state.run.cost, flopPerStep: 2.5e9, state: run, step: step,
      trainedSeconds: elapsed * 0.9, elapsedSeconds: elapsed, stepsPerSecond: 72.43, learningRate: 9.1e-4, best: best,
      similarity: evaluation.flatMap { end in end.ssim.map { Similarity(value: $0, step: end.step) } }, generation: generation, metrics: metrics, preview: preview, evaluation: evaluation, notices: notices)
  }

  /// A climb that flattens: `count` steps from `first` on.
  static func metrics(_ count: Int, from first: Int = 0, isEstimate: Bool = false) -> [StepMetrics] {
    (first..<first + count).map { step in
      let psnr = 5 + 30 * Double(step) / Double(step + 120)
      return StepMetrics(step: step, loss: 0.3 / Double(step + 1), psnr: psnr, isEstimate: isEstimate, seconds: Double(step) / 72)
    }
  }

  static func evaluation(step: Int, psnr: Double = 31.25, ssim: Double? = 0.8912) -> Evaluation {
    Evaluation(step: step, loss: 7.5e-4, psnr: psnr, ssim: ssim, signal: Signal(shape: [1, 1], channels: 1, samples: [0]))
  }

  /// A preview as the engine answers the state's request.
  static func preview(for state: ExplorerState, step: Int, error: Float = 0.15) -> Preview? {
    guard let request = state.request else { return nil }
    let picture = signal(columns: request.columns, rows: request.rows, channels: state.subject.signal.channels)
    let map = Signal(
      shape: [request.rows, request.columns], channels: 1,
      samples: (0..<request.rows * request.columns).map { Float($0 % 100) / 99 * error })
    return Preview(step: step, picture: picture, error: request.includesError ? map : nil)
  }

  /// In the middle of training: 412 steps, a picture of the size that is asked for.
  static func training(
    width: Int, height: Int, showsError: Bool = false, glyphs: Glyphs = .unicode,
    _ change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> ExplorerState {
    var state = try state(width: width, height: height, glyphs: glyphs, change)
    if showsError { _ = state.update(.key(.character("e"))) }
    _ = state.update(.tick(now: 0, residentBytes: 61_000_000))
    let metrics = metrics(412)
    let best = Best(psnr: metrics[411].psnr, step: 411, isEstimate: false)
    _ = state.update(
      .snapshots([snapshot(of: state, step: 412, metrics: metrics, best: best, preview: preview(for: state, step: 411))]))
    return state
  }
}

extension ExplorerState {
  /// Presses keys one after the other and returns everything that has to be done.
  mutating func press(_ keys: String) -> [Effect] { keys.flatMap { update(.key(.character($0))) } }

  var text: String { frame().text() }
  var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
  /// Hints, or a message.
  var lastRow: String { lines.last ?? "" }
  /// The line of the pane of numbers that starts with a name, from there on.
  func status(_ name: String) -> String? {
    guard let layout else { return nil }
    for y in layout.status.y..<layout.status.maxY {
      let line = String((layout.status.x + 2..<layout.status.maxX - 1).map { frame()[$0, y].character })
      if line.hasPrefix(name + " ") { return line.split(separator: " ").joined(separator: " ") }
    }
    return nil
  }
}
