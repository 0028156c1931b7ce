import Canvas
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Networks
@testable import Training

/// The tour: each screen says its numbers, its actions lead where it says, and leaving it leaves the runs.
@Suite struct TourTests {
  static let sizes = [(80, 24), (120, 40), (250, 70)]

  private static func race(_ subject: Subject) throws -> [RunConfiguration] {
    let open = try RunSpecification.race.map { try RunSpecification.configuration($0) }
    return try RaceSizes(open, shape: subject.signal.shape, channels: subject.signal.channels).runs
  }

  /// At its first screen, the SIREN some steps on.
  static func begin(
    width: Int = 120, height: Int = 40, glyphs: Glyphs = .unicode, subject: Subject = Fixture.subject()
  ) throws -> ExplorerState {
    let race = try race(subject)
    let siren = try #require(race.first { $0.model == .siren })
    var state = try ExplorerState(
      subject: subject, configurations: [siren], width: width, height: height, glyphs: glyphs, themes: [.builtIn])
    state.tour = Tour(race)
    _ = state.begin()
    advance(&state, to: 412)
    return state
  }

  /// Every run that trains is told to have come so far, with a picture as it was asked for.
  static func advance(_ state: inout ExplorerState, to step: Int) {
    for run in state.runs where run.isToTrain {
      let count = max(0, step - run.live.curve.metrics.count)
      let metrics = Fixture.metrics(count, from: step - count).map {
        var point = $0
        point.psnr -= Double(run.mark)
        return point
      }
      let picture = run.request.map { request in
        Preview(
          step: step, picture: Fixture.signal(columns: request.columns, rows: request.rows), error: nil, request: request)
      }
      let snapshot = Snapshot(
        run: run.id, configuration: run.configuration, cost: run.cost, flopPerStep: 1e9, samplesPerStep: 4_096, state: .training,
        step: step, trainedSeconds: Double(step) / 80, elapsedSeconds: Double(step) / 70, stepsPerSecond: 70, learningRate: 1e-3,
        best: metrics.last.map { Best(psnr: $0.psnr, step: $0.step, isEstimate: false) }, similarity: nil,
        generation: run.generation, metrics: metrics, preview: picture, evaluation: nil, notices: [])
      _ = state.update(.snapshots([snapshot]))
    }
    guard state.tab == .features else { return }
    let fixture = FeaturesFixture.answering(state)
    for _ in 0..<2 {
      if let request = state.run.featureRequest { _ = state.absorb(fixture.report(for: request), frames: [], of: state.run.id) }
      _ = state.update(.snapshots([]))
    }
  }

  private static func panel(_ state: ExplorerState) -> [String] {
    guard let rect = state.tourLayout.panel else { return [] }
    let frame = state.frame()
    return (rect.y..<rect.maxY).map { y in String((rect.x..<rect.maxX).map { frame[$0, y].character }) }
  }

  @Test(arguments: sizes)
  func goldens(width: Int, height: Int) throws {
    var state = try Self.begin(width: width, height: height)
    for index in TourStop.all.indices {
      try GoldenFrame.compare(state, "tour-\(index + 1)-\(width)x\(height)")
      _ = state.press("n")
      if state.tour != nil { Self.advance(&state, to: 412 + 100 * (index + 1)) }
    }
    #expect(state.tour == nil)
  }

  @Test func goldensInASCII() throws {
    var state = try Self.begin(width: 80, height: 24, glyphs: .ascii)
    for index in TourStop.all.indices {
      try GoldenFrame.compare(state, "tour-ascii-\(index + 1)-80x24")
      #expect(state.text.utf8.allSatisfy { $0 < 0x7F })
      _ = state.press("n")
      if state.tour != nil { Self.advance(&state, to: 412 + 100 * (index + 1)) }
    }
  }

  /// Whole sentences at every size, with names and numbers as long as they become.
  @Test(arguments: [(60, 25), (77, 30), (78, 24), (80, 24), (120, 40), (149, 24), (150, 24), (250, 70)])
  func everySentenceHasRoom(width: Int, height: Int) throws {
    let long = Fixture.subject(Fixture.signal(columns: 1_024, rows: 768, channels: 3), name: "a-picture-with-a-long-name.png")
    for subject in [Fixture.subject(), long] {
      var state = try Self.begin(width: width, height: height, subject: subject)
      for index in TourStop.all.indices {
        Self.advance(&state, to: 9_000 + index)
        let rect = try #require(state.tourLayout.panel)
        let lines = state.tour!.stop.text(state).wrapped(columns: rect.width - 4)
        #expect(lines.count <= rect.height - 3, "\(width)×\(height): \(lines)")
        let shown = Self.panel(state).joined(separator: "\n")
        for line in lines { #expect(shown.contains(line), "\(line)") }
        for (intent, word) in state.tour!.stop.tries {
          #expect(shown.contains("\(state.key(intent)) \(word)"), "\(width)×\(height) \(index): \(word)\n\(shown)")
        }
        #expect(shown.contains("\(index + 1) of 7") && shown.contains("esc leave"))
        _ = state.press("n")
      }
    }
  }

  /// The panel takes no place from the view: everything of a view stands beside it.
  @Test(arguments: sizes)
  func thePanelHidesNothing(width: Int, height: Int) throws {
    var state = try Self.begin(width: width, height: height)
    for _ in TourStop.all.indices {
      let layout = state.tourLayout
      let panel = try #require(layout.panel)
      #expect(layout.view.intersection(panel).isEmpty)
      #expect(layout.view.width * layout.view.height + panel.width * panel.height == width * height)
      #expect(state.width == layout.view.width && state.height == layout.view.height)
      let alone = try #require({ var other = state; other.tour = nil; (other.screenWidth, other.screenHeight) = (state.width, state.height); return other.frame() } () as Frame?)
      let frame = state.frame()
      for y in 0..<state.height - 1 { for x in 0..<state.width { #expect(frame[x, y] == alone[x, y]) } }
      _ = state.press("n")
      if state.tour != nil { Self.advance(&state, to: 500) }
    }
  }

  @Test func numbersAreThoseOfTheState() throws {
    var state = try Self.begin()
    let psnr = NumberText.fixed(Fixture.metrics(412)[411].psnr, decimals: 2)
    func text() -> String { state.tour.map { $0.stop.text(state) } ?? "" }
    #expect(text().contains("262,144 pixels") && text().contains("132,609 parameters") && text().contains("\(psnr) dB at step 412"))
    _ = state.press("n")
    #expect(text().contains("1,354 MACs, 98 times fewer") && text().contains("134,145 parameters"))
    _ = state.press("n")
    #expect(text().contains("4×4, 16×16, 64×64 and 512×512") && text().contains("257 MACs"))
    _ = state.press("n")
    let costs = state.orderRuns.map(\.cost.macs)
    #expect(text().contains("4,4,4,8") && text().contains("\(NumberText.count(costs.min()!)) to \(NumberText.count(costs.max()!)) MACs"))
    _ = state.press("n")
    let growth = try #require(state.scaling.families.first { $0.model == .siren }?.macsPerLayer)
    #expect(growth == 65_792 && text().contains("SIREN 65,792 MACs"))
    _ = state.press("n")
    #expect(text().contains("256 tiny networks"))
  }

  @Test func eachScreenSetsUpItsView() throws {
    var state = try Self.begin()
    #expect(state.isSingle && state.tab == .race)
    let added = state.press("n")
    #expect(added.contains { if case .add(_, let new) = $0 { new.model == .asmr } else { false } })
    #expect(state.tab == .race && state.run.configuration.model == .asmr && state.runs.count == 2)
    _ = state.press("n")
    #expect(state.tab == .features && state.run.configuration.model == .asmr && state.run.featureRequest != nil)
    let orders = state.press("n")
    #expect(state.tab == .permutations && state.orderRuns.count == 4 && state.turnMode == .equalSteps)
    #expect(orders.contains(.pause(RunID(1))) && orders.contains(.pause(RunID(2))))
    let goesOn = state.press("n")
    #expect(state.tab == .scaling && goesOn.contains(.resume(RunID(1))) && goesOn.contains(.turns(.equalTime)))
    #expect(state.orderRuns.allSatisfy { !$0.isToTrain } && state.runs.filter { !$0.isPermutation }.allSatisfy(\.isToTrain))
    let race = state.press("n")
    #expect(state.tab == .race && state.runs.filter { !$0.isPermutation }.count == 5)
    #expect(race.contains(.reset(RunID(1))) && race.contains(.reset(RunID(2))))
    _ = state.press("n")
    #expect(state.tab == .tradeOff)
    // Back and on again begins nothing twice.
    let again = state.press("bn")
    #expect(!again.contains { if case .reset = $0 { true } else if case .add = $0 { true } else { false } })
  }

  @Test func theOrdersGoOnWhereTheyWere() throws {
    var state = try Self.begin()
    _ = state.press("nnnn")
    let ids = state.orderRuns.map(\.id)
    let effects = state.press("b")
    #expect(state.tab == .permutations && ids.allSatisfy { effects.contains(.resume($0)) } && effects.contains(.pause(RunID(1))))
    #expect(state.orderRuns.map(\.id) == ids && state.run.isPermutation && state.turnMode == .equalSteps)
  }

  @Test func otherKeysAreTheExplorersOwn() throws {
    var state = try Self.begin()
    _ = state.press("e")
    #expect(state.showsError && state.tour != nil)
    #expect(state.press("p") == [.pause(RunID(1))])
    _ = state.press("2")
    #expect(state.tab == .curves && state.tour?.index == 0)
    _ = state.press("?")
    #expect(state.text.contains("the tour's next screen") && !state.text.contains("pause the run, or go on"))
    _ = state.press("x")
    _ = [state.update(.key(.enter)), state.update(.key(.backspace)), state.update(.key(.character(" ")))]
    #expect(state.tour?.index == 1)
  }

  @Test func leavingKeepsTheRunsAndGivesTheRoomBack() throws {
    var state = try Self.begin()
    _ = state.press("nnn")
    let runs = state.runs.map(\.id)
    let effects = state.update(.key(.escape))
    #expect(state.tour == nil && state.runs.map(\.id) == runs && (state.width, state.height) == (120, 40))
    #expect(effects.contains(.turns(.equalTime)) && !effects.contains { if case .remove = $0 { true } else { false } })
    #expect(state.lastRow.contains("the runs go on"))
    #expect(state.update(.key(.escape)) == [])
    // The last screen's next is its end.
    var other = try Self.begin()
    _ = other.press("nnnnnn")
    #expect(other.tour?.isLast == true && other.text.contains("space end"))
    _ = other.press("n")
    #expect(other.tour == nil && other.runs.filter { !$0.isPermutation }.count == 5)
  }

  @Test func withoutRoomItSaysSoAndComesBack() throws {
    var state = try Self.begin()
    _ = state.update(.resize(width: 60, height: 16))
    #expect(state.lastRow.contains("the tour needs 60×25, this is 60×16") && state.height == 16)
    _ = state.update(.resize(width: 120, height: 40))
    #expect(state.text.contains("tour: a picture as a function"))
  }

  @Test func withoutMemoryForARunItIsSaid() throws {
    var state = try Self.begin()
    _ = state.update(.tick(now: 0, residentBytes: 0, availableBytes: 1_000_000))
    _ = state.press("n")
    #expect(state.runs.count == 1 && state.message?.text.contains("ASMR: needs ") == true && state.tour?.index == 1)
  }

  @Test func aSmallPictureHasATourToo() throws {
    var state = try Self.begin(subject: Fixture.subject(Fixture.signal(columns: 37, rows: 29), name: "small.pgm"))
    for _ in TourStop.all.indices {
      #expect(!state.text.isEmpty && state.tour != nil)
      _ = state.press("n")
    }
    #expect(state.runs.filter { !$0.isPermutation }.count == 5)
  }

  @Test func withoutColoursItReads() throws {
    let state = try Self.begin(width: 80, height: 24)
    let art = AnsiText.frame(state.frame(), depth: .monochrome)
    #expect(art.contains("tour: a picture as a function") && !art.contains("38;2") && !art.contains("38;5"))
  }
}

extension FeaturesFixture {
  /// Answers as the selected run's network would, with values made by hand.
  static func answering(_ state: ExplorerState) -> FeaturesFixture {
    // Only its answers are used.
    var fixture = try! FeaturesFixture(isAnswered: false)
    fixture.state = state
    return fixture
  }
}
