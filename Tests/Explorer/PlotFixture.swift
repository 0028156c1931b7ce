import Canvas
import Networks
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// Races made by hand: nothing here trains.
enum PlotFixture {
  /// What the runs of a race are, the first so many.
  private static let changes: [@Sendable (inout RunConfiguration) -> Void] = [
    { $0.model = .asmr }, { $0.model = .siren }, { ($0.model, $0.hidden) = (.siren, 64) },
    { ($0.model, $0.layers) = (.asmr, 3) },
  ]

  static func race(
    _ count: Int, width: Int = 120, height: Int = 40, glyphs: Glyphs = .unicode, signal: Signal? = nil
  ) throws -> ExplorerState {
    let subject = Fixture.subject(signal)
    let configurations = try (0..<count).map { try Fixture.configuration(subject.signal, changes[$0 % changes.count]) }
    var state = try ExplorerState(
      subject: subject, configurations: configurations, width: width, height: height, glyphs: glyphs, themes: [.builtIn])
    _ = state.begin()
    return state
  }

  /// Tells the state what an engine would of one of its runs.
  static func tell(
    _ state: inout ExplorerState, _ run: Int, _ metrics: [StepMetrics], generation: Int = 0, similarity: Similarity? = nil
  ) {
    var asked = state
    asked.selection = RunID(run)
    var snapshot = Fixture.snapshot(
      of: asked, step: (metrics.last?.step ?? -1) + 1, generation: generation, metrics: metrics,
      best: metrics.last.map { Best(psnr: $0.psnr, step: $0.step, isEstimate: false) }, elapsed: metrics.last?.elapsedSeconds ?? 0)
    snapshot.samplesPerStep = 1000
    snapshot.similarity = similarity
    _ = state.update(.snapshots([snapshot]))
  }

  /// Points at some steps; `seconds` is a tenth of the step, `elapsedSeconds` twice that.
  static func points(_ values: [(step: Int, psnr: Double)]) -> [StepMetrics] {
    values.map { step, psnr in
      StepMetrics(
        step: step, loss: psnr.isFinite ? 1 / (1 + psnr.magnitude) : 0, psnr: psnr, isEstimate: false,
        seconds: Double(step) / 10, elapsedSeconds: Double(step) / 5)
    }
  }

  /// Climbs that flatten, of so many steps, each with a little noise.
  static func climb(_ steps: Int, rate: Double = 1, noise: Double = 0) -> [StepMetrics] {
    var points = points((0..<steps).map { step in
      (step, 5 + 28 * rate * Double(step) / Double(step + 60) + noise * Double(step * 7919 % 13 - 6) / 6)
    })
    for index in points.indices { points[index].loss = 0.3 / Double(index + 1) }
    return points
  }

  /// Three runs in the middle of training, as golden frames show them.
  static func training(width: Int, height: Int, glyphs: Glyphs = .unicode) throws -> ExplorerState {
    var state = try race(3, width: width, height: height, glyphs: glyphs)
    tell(&state, 1, climb(400), similarity: Similarity(value: 0.912, step: 399))
    tell(&state, 2, climb(120, rate: 0.7))
    tell(&state, 3, climb(900, rate: 0.8, noise: 0.5))
    return state
  }
}

extension ExplorerState {
  var body: Rect { Chrome(width: width, height: height)?.body ?? .zero }

  mutating func mouse(_ kind: MouseEvent.Kind, x: Int, y: Int) { _ = update(.mouse(MouseEvent(kind, x: x, y: y))) }
}
