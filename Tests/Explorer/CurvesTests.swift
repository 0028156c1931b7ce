import Canvas
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

private func near(_ a: ClosedRange<Double>?, _ b: ClosedRange<Double>) -> Bool {
  guard let a else { return false }
  return (a.lowerBound - b.lowerBound).magnitude < 1e-9 && (a.upperBound - b.upperBound).magnitude < 1e-9
}

@Suite struct CurveDrawingTests {
  @Test("Without colours lines are broken up, every run's in its way", arguments: [true, false])
  func patterns(showsColors: Bool) throws {
    var state = try PlotFixture.race(4, width: 120, height: 40)
    for run in 1...4 { PlotFixture.tell(&state, run, PlotFixture.points((0...50).map { ($0 * 10, 10 + Double($0) / 5) })) }
    _ = state.press("2")
    state.showsColors = showsColors
    let shapes = try (1...4).map { shown in
      var alone = state
      for index in alone.runs.indices where alone.runs[index].id != RunID(shown) { alone.runs[index].isHidden = true }
      alone.selection = RunID(shown)
      let rect = try #require(Chrome(width: 120, height: 40)).body
      let plot = alone.curvesLayout(rect).plot
      let frame = alone.frame()
      // Braille alone: names and numbers differ in any case.
      return (plot.y..<plot.maxY).flatMap { y in (plot.x..<plot.maxX).map { frame[$0, y].scalar?.value ?? 0 } }
        .filter { (0x2800...0x28FF).contains($0) }
    }
    #expect(shapes.allSatisfy { $0.count > 20 })
    #expect(Set(shapes).count == (showsColors ? 1 : 4))
  }
}

@Suite struct CurveReadingTests {
  private func two() throws -> ExplorerState {
    var state = try PlotFixture.race(2)
    PlotFixture.tell(&state, 1, PlotFixture.points([(0, 10), (10, 20), (20, 30)]))
    PlotFixture.tell(&state, 2, PlotFixture.points([(0, 12), (10, 18), (20, 21), (30, 22)]))
    _ = state.press("2")
    state.curves.axis = .step
    return state
  }

  @Test func theCursorReadsTheNewestValueAtOrBeforeIt() throws {
    var state = try two()
    state.curves.cursor = 15
    #expect(state.readings.map(\.value) == [20, 18])
    #expect(state.readings.map(\.difference) == [0, -2])
    state.curves.cursor = 10
    #expect(state.readings.map(\.value) == [20, 18])
    state.curves.cursor = 9.99
    #expect(state.readings.map(\.value) == [10, 12])
    #expect(state.readings.map(\.difference) == [-2, 0])
    // A run that has not got there has no value, and does not count.
    state.curves.cursor = 25
    #expect(state.readings.map(\.value) == [nil, 21])
    #expect(state.readings.map(\.difference) == [nil, 0])
    state.curves.cursor = nil
    #expect(state.readings.map(\.value) == [30, 22])
  }

  @Test func lossIsBestWhenLow() throws {
    var state = try two()
    _ = state.press("m")
    #expect(state.curves.metric == .loss)
    state.curves.cursor = 20
    #expect(state.readings.map(\.value) == [1.0 / 31, 1.0 / 22])
    #expect(state.readings.map(\.difference) == [0, 1.0 / 22 - 1.0 / 31])
  }

  @Test func similarityStandsWhereItsStepIs() throws {
    var state = try two()
    PlotFixture.tell(&state, 1, PlotFixture.points([(30, 31)]), similarity: Similarity(value: 0.5, step: 20))
    PlotFixture.tell(&state, 1, PlotFixture.points([(40, 32)]), similarity: Similarity(value: 0.75, step: 30))
    _ = state.press("mm")
    state.curves.axis = .seconds
    #expect(state.samples(of: state.runs[0]) == [CurveSample(x: 4, y: 0.5, step: 20), CurveSample(x: 6, y: 0.75, step: 30)])
    state.curves.cursor = 5
    #expect(state.readings.map(\.value) == [0.5, nil])
  }

  @Test func infinityIsTheBestAndNotANumberIsNothing() throws {
    var state = try two()
    PlotFixture.tell(&state, 1, PlotFixture.points([(40, .infinity)]))
    #expect(state.readings.map(\.difference) == [0, -.infinity])
    #expect(state.text.contains("-∞"))
    PlotFixture.tell(&state, 1, PlotFixture.points([(50, .nan)]))
    #expect(state.readings[1].difference == 0)
    #expect(state.text.contains("nan"))
    #expect(state.curves.fit.y.map { $0.upperBound <= 50 } == true)
  }

  @Test func hiddenRunsAreLeftOut() throws {
    var state = try two()
    _ = state.press("h")
    #expect(state.readings.map(\.run) == [RunID(2)])
    #expect(!state.lines[5].contains("ASMR"))
  }

  @Test func anotherAxisKeepsTheCursorWhereTheSelectedRunWas() throws {
    var state = try two()
    state.curves.cursor = 15
    _ = state.press("x")
    #expect(state.curves.axis == .seconds && state.curves.cursor == 2)
    _ = state.press("x")
    #expect(state.curves.axis == .trainedSeconds && state.curves.cursor == 1)
    _ = state.press("x")
    #expect(state.curves.axis == .macs && state.curves.cursor == 10 * state.runs[0].macsSpent(steps: 1))
  }

  @Test func smoothingIsADebiasedExponentialMean() {
    let samples = [1.0, 2, 3].enumerated().map { CurveSample(x: 0, y: $0.element, step: $0.offset) }
    let smoothed = CurveSmoothing.ten.smoothed(samples).map(\.y)
    let expected = [1, (0.9 * 0.1 * 1 + 0.1 * 2) / 0.19, (0.081 * 1 + 0.09 * 2 + 0.1 * 3) / 0.271]
    for (value, hand) in zip(smoothed, expected) { #expect((value - hand).magnitude < 1e-12) }
    #expect(CurveSmoothing.none.smoothed(samples) == samples)
    // Two steps apart weighs as the square.
    let apart = CurveSmoothing.ten.smoothed([CurveSample(x: 0, y: 1, step: 0), CurveSample(x: 0, y: 2, step: 2)])
    #expect((apart[1].y - (0.081 + 0.19 * 2) / 0.271).magnitude < 1e-12)
    let gap = CurveSmoothing.ten.smoothed([
      CurveSample(x: 0, y: 1, step: 0), CurveSample(x: 0, y: .infinity, step: 1), CurveSample(x: 0, y: 1, step: 2),
    ])
    #expect(gap[1].y == .infinity && (gap[2].y - 1).magnitude < 1e-12)
  }

  @Test func smoothingReadsBothAndDrawsTheRawLineBehind() throws {
    var state = try two()
    _ = state.press("uu")
    #expect(state.curves.smoothing == .ten)
    state.curves.cursor = 10
    let weight = 1 - 0.1
    var kept = 1.0
    for _ in 0..<10 { kept *= weight }
    let (old, new) = (kept * 0.1, 1 - kept)
    let reading = state.readings[0]
    #expect(reading.value == 20)
    #expect(((reading.smoothed ?? 0) - (old * 10 + new * 20) / (old + new)).magnitude < 1e-9)
    #expect(state.text.contains("smoothed over 10 steps"))
  }

  @Test func thinningKeepsThePlacesOfPointsAndTheLast() throws {
    var state = try PlotFixture.race(2)
    PlotFixture.tell(&state, 1, PlotFixture.climb(10_001))
    state.curves.axis = .step
    let samples = state.samples(of: state.runs[0])
    #expect(samples.count <= 4098 && samples.last?.step == 10_000)
    #expect(samples.dropLast().allSatisfy { $0.step % 4 == 0 })
    // A window that holds few shows every one of them, and one more at each end.
    #expect(state.samples(of: state.runs[0], in: 5000...5010).map(\.step) == Array(4999...5011))
  }
}

@Suite struct CurvesWindowTests {
  private func hundred() throws -> ExplorerState {
    var state = try PlotFixture.race(2)
    PlotFixture.tell(&state, 1, PlotFixture.climb(101))
    _ = state.press("2")
    while state.curves.axis != .step { _ = state.press("x") }
    return state
  }

  @Test func zoomPanAndFit() throws {
    var state = try hundred()
    #expect(near(state.curves.fit.x, 0...150))
    _ = state.press("+")
    #expect(near(state.curves.window, 37.5...112.5))
    _ = state.press("]")
    #expect(near(state.curves.window, 56.25...131.25))
    _ = state.press("]]")
    #expect(near(state.curves.window, 75...150))
    _ = state.press("[")
    #expect(near(state.curves.window, 56.25...131.25))
    #expect(state.text.contains("zoomed"))
    _ = state.press("-")
    #expect(state.curves.window == nil)
    state.curves.cursor = 30
    _ = state.press("+")
    #expect(near(state.curves.window, 15...90))
    _ = state.press("0")
    #expect(state.curves.window == nil && !state.text.contains("zoomed"))
  }

  @Test func yFitsWhatIsInTheWindow() throws {
    var state = try hundred()
    state.curves.cursor = 100
    _ = state.press("+++")
    let y = try #require(state.curves.visible.y)
    #expect(y.lowerBound > 15 && y.upperBound < 30)
    #expect(state.curves.fit.y.map { $0.lowerBound <= 5 } == true)
  }

  @Test func aWindowThatFollowsGoesAlong() throws {
    var state = try hundred()
    _ = state.press("w")
    #expect(near(state.curves.window, 112.5...150))
    PlotFixture.tell(&state, 1, Array(PlotFixture.climb(200).dropFirst(101)))
    let window = try #require(state.curves.window)
    #expect(window.contains(199) && window.lowerBound > 112.5)
    PlotFixture.tell(&state, 1, Array(PlotFixture.climb(202).dropFirst(200)))
    #expect(state.curves.window == window)
    _ = state.press("0")
    #expect(!state.curves.follows)
  }

  @Test func aFewStepsMoveNothing() throws {
    var state = try hundred()
    let fit = state.curves.fit
    PlotFixture.tell(&state, 1, Array(PlotFixture.climb(110).dropFirst(101)))
    #expect(state.curves.fit == fit)
  }

  @Test func logarithmicAxesLeaveOutWhatHasNoPlace() throws {
    var state = try PlotFixture.race(2)
    PlotFixture.tell(&state, 1, PlotFixture.points([(0, -3), (1, 0), (4, 2), (900, 20)]))
    _ = state.press("2")
    while state.curves.axis != .step { _ = state.press("x") }
    _ = state.press("Ll")
    #expect(near(state.curves.fit.x, 1...1000))
    #expect(near(state.curves.fit.y, 2...20))
    #expect(state.text.contains("step, log") && state.text.contains("PSNR, dB, log"))
    _ = state.press("+")
    #expect(state.curves.window.map { $0.lowerBound > 1 && $0.upperBound < 1000 } == true)
    _ = state.press("L")
    #expect(state.curves.window == nil)
  }

  @Test func lossOnALogarithmicAxisHasTicksOfDecades() throws {
    var state = try PlotFixture.training(width: 120, height: 40)
    _ = state.press("2ml")
    for tick in ["0.001┤", "0.01┤", "0.1┤"] { #expect(state.text.contains(tick), "\(state.text)") }
  }

  @Test func theCursorGoesByColumnsAndStaysInside() throws {
    var state = try hundred()
    _ = state.press("<")
    #expect(state.curves.cursor.map { ($0 - 100).magnitude < 2 } == true)
    let geometry = state.curvesGeometry(state.curvesLayout(state.body).plot)
    let start = try #require(state.curves.cursor)
    _ = state.update(.key(.left))
    let column = try #require(geometry.column(x: start))
    #expect(state.curves.cursor == geometry.x(atColumn: column - 1))
    for _ in 0..<60 { _ = state.press("{") }
    #expect(state.curves.cursor == geometry.x(atColumn: geometry.area.x))
    for _ in 0..<60 { _ = state.press("}") }
    #expect(state.curves.cursor == geometry.x(atColumn: geometry.area.maxX - 1))
    _ = state.press("v")
    #expect(state.curves.cursor == nil)
  }

  @Test func theMouseReadsZoomsAndPans() throws {
    var state = try hundred()
    let layout = state.curvesLayout(state.body)
    let area = state.curvesGeometry(layout.plot).area
    let (x, y) = (area.x + area.width / 3, area.y + 4)
    let value = state.curvesGeometry(layout.plot).x(atColumn: x)
    state.mouse(.press(.left), x: x, y: y)
    #expect(state.curves.cursor == value)
    // While everything is in sight dragging takes the cursor along.
    state.mouse(.drag(.left), x: x + 5, y: y)
    #expect(state.curves.cursor == state.curvesGeometry(layout.plot).x(atColumn: x + 5))
    state.mouse(.release(.left), x: x + 5, y: y)
    for _ in 0..<4 { state.mouse(.wheelUp, x: x, y: y) }
    // What is under the pointer stays there.
    let zoomed = state.curvesGeometry(layout.plot)
    #expect((zoomed.x(atColumn: x) - value).magnitude < 0.5)
    let window = try #require(state.curves.window)
    state.mouse(.press(.left), x: x, y: y)
    state.mouse(.drag(.left), x: x + 10, y: y)
    let panned = try #require(state.curves.window)
    let width = window.upperBound - window.lowerBound
    #expect((window.lowerBound - panned.lowerBound - width * 10 / Double(area.width)).magnitude < 1e-6)
    state.mouse(.release(.left), x: x, y: y)
    for _ in 0..<12 { state.mouse(.wheelDown, x: x, y: y) }
    #expect(state.curves.window == nil)
    state.mouse(.press(.right), x: x, y: y)
    #expect(state.curves.cursor == nil)
    state.mouse(.press(.left), x: layout.table.x + 3, y: layout.table.y + 2)
    #expect(state.selection == RunID(2))
    let before = state.curves
    state.mouse(.wheelUp, x: 0, y: 0)
    state.mouse(.drag(.left), x: 500, y: 500)
    #expect(state.curves == before)
  }

  /// On the slowest machine that tests run on; here it takes a few milliseconds.
  @Test func manyPointsAreDrawnQuickly() throws {
    var state = try PlotFixture.race(8, width: 250, height: 70)
    for run in 1...8 { PlotFixture.tell(&state, run, PlotFixture.climb(8_000, rate: 1 - Double(run) / 20, noise: 1)) }
    _ = state.press("2")
    for smoothing in ["", "uu"] {
      _ = state.press(smoothing)
      let clock = ContinuousClock()
      var best = Duration.seconds(10)
      var settled = Duration.seconds(10)
      for _ in 0..<5 {
        best = min(best, clock.measure { _ = state.frame() })
        settled = min(settled, clock.measure { _ = state.update(.key(.character("§"))) })
      }
      print("curves of 8 runs at 250x70: frame \(best), update \(settled)")
      #expect(best < .milliseconds(100) && settled < .milliseconds(100))
    }
  }
}
