import Canvas
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// Two runs and their target, as an engine would answer: outputs are the target and a pattern of the run's own.
struct CompareFixture {
  var state: ExplorerState

  init(
    width: Int = 120, height: Int = 40, runs: Int = 2, signal: Signal? = nil, glyphs: Glyphs = .unicode, keys: String = ""
  ) throws {
    let subject = Fixture.subject(signal)
    let configurations = try (0..<runs).map { index in
      try Fixture.configuration(subject.signal) { $0.model = index % 2 == 0 ? .asmr : .siren }
    }
    state = try ExplorerState(
      subject: subject, configurations: configurations, width: width, height: height, glyphs: glyphs, themes: [.builtIn])
    _ = state.begin()
    _ = state.press("7" + keys)
    answer()
  }

  /// What a run gives for every sample.
  static func output(_ run: RunID, of signal: Signal) -> Signal {
    var samples = signal.samples
    for index in samples.indices {
      let sample = index / signal.channels
      let wave = Float((sample % signal.shape[1] / 8 + sample / signal.shape[1] / 8) % 5 - 2) / 50
      samples[index] += run.value == 1 ? wave : 0.01 - 2 * wave
    }
    return Signal(shape: signal.shape, channels: signal.channels, samples: samples)
  }

  /// Every run that was asked draws what it was asked for.
  mutating func answer(only: [Int]? = nil, step: Int = 412) {
    let signal = state.subject.signal
    let renderer = PreviewRenderer(signal: signal)
    for run in state.runs where only?.contains(run.id.value) ?? true {
      let preview = run.request.flatMap {
        renderer.preview(of: Self.output(run.id, of: signal), step: step, request: $0)
      }
      let metrics = StepMetrics(step: step, loss: 1e-3, psnr: 31.2 - Double(run.id.value) * 4, isEstimate: false, seconds: 1)
      let snapshot = Snapshot(
        run: run.id, configuration: run.configuration, cost: run.cost, flopPerStep: 1e9, state: .training, step: step,
        trainedSeconds: 5, elapsedSeconds: 6, stepsPerSecond: 70, learningRate: 1e-3, best: nil, similarity: nil,
        generation: run.generation, metrics: [metrics], preview: preview, evaluation: nil, notices: [])
      _ = state.update(.snapshots([snapshot]))
    }
  }

  mutating func press(_ keys: Key...) { for key in keys { _ = state.update(.key(key)) } }
  mutating func type(_ keys: String) { _ = state.press(keys) }
  mutating func mouse(_ kind: MouseEvent.Kind, _ x: Int, _ y: Int) { _ = state.update(.mouse(MouseEvent(kind, x: x, y: y))) }
  mutating func click(_ x: Int, _ y: Int) {
    mouse(.press(.left), x, y)
    mouse(.release(.left), x, y)
  }

  func layout() throws -> CompareLayout { try #require(state.compareLayout) }
  func request(_ run: Int) -> PreviewRequest? { state[RunID(run)]?.request }
}

@Suite struct CompareSidesTests {
  private let one = CompareState.Side.run(RunID(1))
  private let two = CompareState.Side.run(RunID(2))
  private let three = CompareState.Side.run(RunID(3))

  private func sides(_ fixture: CompareFixture) -> [CompareState.Side] {
    [fixture.state.comparedSides.left, fixture.state.comparedSides.right]
  }

  @Test func theSelectedRunAndAnotherOneOrTheTarget() throws {
    #expect(try sides(CompareFixture(runs: 1)) == [one, .target])
    var fixture = try CompareFixture(runs: 3)
    #expect(sides(fixture) == [one, two])
    fixture.type("j")
    #expect(sides(fixture) == [two, one])
    fixture.type("j")
    #expect(sides(fixture) == [three, one])
  }

  @Test func keysChooseSidesThatDiffer() throws {
    var fixture = try CompareFixture(runs: 3)
    fixture.type("]")
    #expect(sides(fixture) == [one, three])
    fixture.type("]")
    #expect(sides(fixture) == [one, .target])
    fixture.type("[")
    #expect(sides(fixture) == [two, .target])
    fixture.type("v")
    #expect(sides(fixture) == [.target, two])
    // A chosen side does not follow the selection; the selected run does when it is chosen again.
    fixture.type("j")
    #expect(sides(fixture) == [.target, two])
    fixture.type("k")
    fixture.type("[")
    #expect(sides(fixture) == [one, two])
    fixture.type("jj")
    #expect(sides(fixture) == [three, two])
    var single = try CompareFixture(runs: 1)
    single.type("]")
    #expect(sides(single) == [one, .target] && single.state.lastRow.contains("nothing else"))
    single.type("v")
    #expect(sides(single) == [.target, one])
  }

  @Test func hiddenAndRemovedRunsLeave() throws {
    var fixture = try CompareFixture(runs: 3)
    fixture.type("]")
    #expect(sides(fixture) == [one, three])
    // Shown again it is compared again.
    fixture.type("jjh")
    #expect(sides(fixture) == [one, two])
    fixture.type("h")
    #expect(sides(fixture) == [three, one])
    fixture.type("k")
    #expect(sides(fixture) == [two, three])
    _ = fixture.state.remove(RunID(3))
    #expect(sides(fixture) == [two, one])
    _ = fixture.state.remove(RunID(2))
    #expect(sides(fixture) == [one, .target])
    #expect(fixture.state.text.contains("target"))
  }

  @Test func aResetRunHasNoPictureUntilItIsDrawn() throws {
    var fixture = try CompareFixture()
    var snapshot = Fixture.snapshot(of: fixture.state, step: 0, generation: 1)
    snapshot.preview = nil
    _ = fixture.state.update(.snapshots([snapshot]))
    #expect(fixture.state.frame().pictures.count == 1)
    for mode in ["m", "m", "m"] {
      fixture.type(mode)
      _ = fixture.state.frame()
    }
  }
}

@Suite struct CompareRequestTests {
  @Test func bothSidesAreAskedAndNobodyElse() throws {
    var fixture = try CompareFixture(runs: 3)
    let picture = try fixture.layout().panes[0].picture
    let expected = PreviewRequest(rows: 2 * picture.height, columns: picture.width)
    #expect(fixture.request(1) == expected && fixture.request(2) == expected && fixture.request(3) == nil)
    // The same again is not asked for.
    #expect(fixture.state.refreshPictures() == [])
    fixture.type("m")
    #expect(fixture.state.update(.key(.left)) == [])
    let effects = fixture.state.press("m")
    let wide = try fixture.layout().panes[0].picture
    let difference = PreviewRequest(rows: 2 * wide.height, columns: wide.width, includesDeviation: true)
    #expect(effects == [.preview(RunID(1), difference), .preview(RunID(2), difference)])
    fixture.type("m")
    #expect(fixture.request(1)?.includesError == true && fixture.request(1)?.includesDeviation == false)
    // Signed errors are the difference's alone.
    for _ in 0..<8 where fixture.request(1)?.includesDeviation == false { fixture.type("m") }
    #expect(fixture.request(1)?.includesDeviation == true)
    fixture.type("1")
    #expect(fixture.request(3) != nil && fixture.request(1)?.includesDeviation == false)
  }

  @Test func aZoomedPictureIsOfItsPartAlone() throws {
    var fixture = try CompareFixture()
    let whole = fixture.state[RunID(1)]?.reconstruction
    fixture.type("+++")
    let layout = try fixture.layout()
    #expect(!layout.view.isWhole && fixture.request(1)?.crop == layout.view.region)
    #expect(fixture.request(1)?.rows == min(2 * layout.panes[0].picture.height, layout.view.region.rows.count))
    // What is known of the part stands there at once, and the engine's own later.
    #expect(fixture.state.frame().pictures.count == 2)
    fixture.answer()
    let picture = layout.panes[0].picture
    let expected = try #require(
      CompareFixture.output(RunID(1), of: fixture.state.subject.signal).cropped(to: layout.view.region)
        .resized(rows: fixture.request(1)!.rows, columns: fixture.request(1)!.columns).raster)
    #expect(fixture.state.frame().pictures[0].raster == expected.scaled(toWidth: picture.width, height: 2 * picture.height))
    // The other views keep their whole picture.
    #expect(fixture.state[RunID(1)]?.reconstruction == whole)
    fixture.type("0")
    #expect(fixture.request(1)?.crop == nil)
  }

  @Test func theTargetFollowsTheSamePart() throws {
    var fixture = try CompareFixture(runs: 1)
    fixture.type("++")
    let layout = try fixture.layout()
    let size = try #require(layout.view.request())
    #expect(
      fixture.state.target
        == fixture.state.subject.signal.cropped(to: layout.view.region).resized(rows: size.rows, columns: size.columns).raster)
  }
}

@Suite struct CompareMapTests {
  @Test(arguments: [1, 3]) func theDifferenceIsSignedAndItsScaleIsCommon(channels: Int) throws {
    let signal = Fixture.signal(columns: 64, rows: 64, channels: channels)
    var fixture = try CompareFixture(signal: signal, keys: "mm")
    let layout = try fixture.layout()
    let difference = try #require(fixture.state.comparedDifference(layout))
    let (a, b) = (CompareFixture.output(RunID(1), of: signal), CompareFixture.output(RunID(2), of: signal))
    for (index, value) in difference.resized(rows: 64, columns: 64).samples.enumerated() where difference.shape == [64, 64] {
      #expect(abs(value - (a.samples[index * channels] - b.samples[index * channels])) < 1e-5)
    }
    // 3 × 0.04 − 0.01 at most.
    #expect(fixture.state.compare.scale == 0.2)
    #expect(fixture.state.text.contains("+0.2 ① higher") && fixture.state.text.contains("② higher -0.2"))
    #expect(fixture.state.text.contains("mean of channels") == (channels > 1))
    fixture.type("v")
    let turned = try #require(fixture.state.comparedDifference(layout))
    for (value, other) in zip(difference.samples, turned.samples) { #expect(value == -other) }
    let middle = try #require(ColorMap.difference.raster(width: 1, height: 1, values: [0], in: -1...1))
    #expect(fixture.state.differenceRaster(layout) != nil && middle[0, 0] == ColorMap.difference[0.5])
    fixture.type("]")
    #expect(fixture.state.text.contains("target"))
    fixture.type("g")
    #expect(fixture.state.signedMap == .balance)
  }

  @Test func errorsHaveOneScale() throws {
    var fixture = try CompareFixture(keys: "mmm")
    // The second run is off by 0.09 at most, the first by 0.04.
    #expect(fixture.state.compare.scale == 0.1)
    #expect(fixture.state.text.contains("|① - target|") && fixture.state.text.contains("error 0"))
    let frame = fixture.state.frame()
    let (left, right) = (frame.pictures[0].raster, frame.pictures[1].raster)
    let layout = try fixture.layout()
    let error = try #require(fixture.state.comparedError(of: .run(RunID(1)), layout))
    #expect(left != right && left[0, 0] == ColorMap.inferno[Double(error.samples[0] / 0.1)])
    // The target stands there as it is.
    fixture.type("]")
    #expect(fixture.state.frame().pictures[1].raster == fixture.state.target)
  }

  @Test func withoutUnicodeSignsAreShades() throws {
    let fixture = try CompareFixture(glyphs: .ascii, keys: "mm")
    #expect(fixture.state.signedMap == .grey)
    #expect(fixture.state.text.utf8.allSatisfy { $0 < 0x7F })
  }
}
