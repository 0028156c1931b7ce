import Canvas
import Testing

@testable import Explorer
@testable import Training

/// What the screen shows while it is told not to follow: nothing new, and nothing is lost.
@Suite struct DisplayTests {
  private func advance(_ state: inout ExplorerState, to step: Int, run: RunState = .training, elapsed: Double) {
    let metrics = Fixture.metrics(step - state.run.live.curve.metrics.count, from: state.run.live.curve.metrics.count)
    let best = metrics.last.map { Best(psnr: $0.psnr, step: $0.step, isEstimate: false) }
    let snapshot = Fixture.snapshot(
      of: state, step: step, run: run, metrics: metrics, best: best, preview: Fixture.preview(for: state, step: step), elapsed: elapsed)
    _ = state.update(.snapshots([snapshot]))
  }

  /// Everything but the row of hints, where messages come and go.
  private func screen(_ state: ExplorerState) -> [String] { state.lines.dropLast() }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func frozenNothingMovesAndEverythingIsTaken(glyphs: Glyphs) throws {
    var state = try Fixture.training(width: 100, height: 30, glyphs: glyphs)
    let before = screen(state)
    #expect(state.press("F") == [])
    let frozen = screen(state)
    #expect(frozen[0].contains(glyphs.isUnicode ? "❄ frozen at step 412" : "[frozen at step 412]") && frozen[0].hasSuffix("training"))
    #expect(Array(frozen.dropFirst()) == Array(before.dropFirst()))
    for (step, elapsed) in [(500, 15.0), (900, 30)] {
      advance(&state, to: step, elapsed: elapsed)
      _ = state.update(.tick(now: elapsed, residentBytes: 99_000_000))
    }
    #expect(screen(state) == frozen)
    // Whoever quits or saves has what came.
    #expect(state.run.live.step == 900 && state.run.live.curve.metrics.count == 900 && state.run.hasUnsavedWork)
    _ = state.press("F")
    #expect(state.lastRow.contains("488 steps later"))
    _ = state.update(.tick(now: 31, residentBytes: 99_000_000))
    var other = try Fixture.training(width: 100, height: 30, glyphs: glyphs)
    advance(&other, to: 500, elapsed: 15)
    advance(&other, to: 900, elapsed: 30)
    _ = other.update(.tick(now: 31, residentBytes: 99_000_000))
    #expect(screen(state) == screen(other))
    #expect(state.run.curve.metrics == Fixture.metrics(900) && state.run.held == nil)
  }

  @Test func pausingIsAnotherThing() throws {
    var state = try Fixture.training(width: 100, height: 30)
    _ = state.press("F")
    #expect(state.press(" ") == [.pause(RunID(1))])
    #expect(state.lines[0].contains("pausing") && state.lines[0].contains("❄ frozen at step 412"))
    advance(&state, to: 420, run: .paused, elapsed: 13)
    #expect(state.lines[0].contains("‖ paused") && state.text.contains("step 412 / 2,000"))
    _ = state.press("F")
    #expect(!state.lines[0].contains("frozen") && state.lines[0].contains("‖ paused") && state.text.contains("step 420 / 2,000"))
  }

  @Test func keysWorkOnWhatIsShown() throws {
    var state = try Fixture.racing(width: 120, height: 40)
    _ = state.press("2")
    let (axis, step) = (state.curves.fit, state.run.step)
    _ = state.press("F<")
    let cursor = state.curves.cursor
    let readings = state.readings
    advance(&state, to: 1_900, elapsed: 90)
    #expect(state.curves.fit == axis && state.readings == readings)
    _ = state.press("<<+")
    #expect(state.curves.cursor != cursor && state.curves.window != nil)
    // Another view shows the same steps, and another run its own.
    _ = state.press("1")
    #expect(state.lines[0].contains("frozen at step \(step)"))
    _ = state.press("jF0")
    #expect(state[RunID(1)]?.curve.metrics.count == 1_900)
  }

  @Test func newRunsStandStillToo() throws {
    var state = try Fixture.training(width: 100, height: 30)
    _ = state.press("Ff")
    #expect(state.runs.count == 2 && state.run.step == 412)
    advance(&state, to: 450, elapsed: 14)
    #expect(state.run.step == 412 && state.run.live.step == 450)
    _ = state.press("F")
    #expect(state.run.step == 450)
  }

  @Test func aNewThemeColoursWhatStands() throws {
    var state = try Fixture.training(width: 100, height: 30, showsError: true)
    state.themes = Theme.builtIns
    _ = state.press("F")
    let old = state.run.error
    let other = try #require(state.themes.firstIndex { $0.heat != state.theme.heat })
    state.choose(theme: other)
    #expect(state.run.error != old && state.run.live.error == state.run.error)
  }

  // MARK: Less motion

  @Test func numbersChangeTwiceASecondAtMost() throws {
    var state = try Fixture.training(width: 100, height: 30)
    state.reducedMotion = true
    var shown: [(now: Double, text: [String])] = []
    // Thirty snapshots a second for four seconds, as an engine sends them.
    for frame in 1...120 {
      let now = Double(frame) / 30
      advance(&state, to: 412 + frame, elapsed: 12 + now)
      _ = state.update(.tick(now: now, residentBytes: 61_000_000 + frame * 1_000_000))
      if shown.last?.text != screen(state) { shown.append((now, screen(state))) }
    }
    let pauses = zip(shown, shown.dropFirst()).map { $1.now - $0.now }
    #expect(shown.count >= 7 && shown.count <= 9 && pauses.dropFirst().allSatisfy { $0 >= 0.5 }, "\(pauses)")
    #expect(state.run.step > 412 + 100 && state.run.live.step == 532)
    // A key is answered at once, and the numbers wait for their time.
    let step = state.run.step
    #expect(state.press(" ") == [.pause(RunID(1))] && state.lines[0].contains("pausing") && state.run.step == step)
    state.reducedMotion = false
    #expect(state.run.step == 532)
  }

  @Test func aRecordingDoesNotPlayByItself() throws {
    var fixture = try FeaturesFixture()
    fixture.state.reducedMotion = true
    _ = fixture.state.press("w")
    fixture.record(Array(0..<20))
    _ = fixture.state.press("wx")
    for now in 1...10 { fixture.tick(Double(now)) }
    #expect(fixture.state.features.playback?.isPlaying == false && fixture.state.playedFrame?.step == 0)
    _ = fixture.state.press("xeeee")
    fixture.tick(12)
    #expect(fixture.state.playedFrame?.step == 4)
  }
}
