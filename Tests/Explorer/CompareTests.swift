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
    fixture.type("1")
    #expect(fixture.request(3) != nil && fixture.request(1)?.includesError == false)
  }

  @Test func aZoomedPictureIsOfItsPartAlone() throws {
    var fixture = try CompareFixture()
    let whole = fixture.state[RunID(1)]?.reconstruction
    fixture.type("+++")
    let layout = try fixture.layout()
    #expect(!layout.isWhole && fixture.request(1)?.crop == layout.region)
    #expect(fixture.request(1)?.rows == min(2 * layout.panes[0].picture.height, layout.region.rows.count))
    // What is known of the part stands there at once, and the engine's own later.
    #expect(fixture.state.frame().pictures.count == 2)
    fixture.answer()
    let picture = layout.panes[0].picture
    let expected = try #require(
      CompareFixture.output(RunID(1), of: fixture.state.subject.signal).cropped(to: layout.region)
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
    let size = try #require(layout.request())
    #expect(
      fixture.state.target
        == fixture.state.subject.signal.cropped(to: layout.region).resized(rows: size.rows, columns: size.columns).raster)
  }
}

@Suite struct CompareGeometryTests {
  private static let shapes = [(512, 512), (768, 512), (37, 41), (2000, 50), (50, 2000), (1, 1), (3, 9)]

  @Test(arguments: shapes)
  func everythingHasItsPlaceAtEverySizeAndZoom(columns: Int, rows: Int) throws {
    let subject = Fixture.subject(Fixture.signal(columns: columns, rows: rows))
    var faults: [String] = []
    for width in [60, 61, 79, 80, 100, 120, 177, 250] {
      for height in [16, 17, 24, 30, 31, 40, 55, 70] {
        let body = try #require(Chrome(width: width, height: height)?.body)
        for mode in CompareState.Mode.allCases {
          var state = CompareState()
          state.mode = mode
          var last: CompareLayout?
          for zoom in 0...16 {
            state.zoom = zoom
            state.center = zoom % 2 == 0 ? nil : CompareState.Point(x: Double(columns), y: -5)
            let layout = CompareLayout(body: body, subject: subject, state: state)
            if let fault = fault(of: layout, body) { faults.append("\(width)×\(height) \(mode) \(zoom): \(fault)") }
            if let last, layout.zoom != last.zoom, layout.magnification <= last.magnification { faults.append("zoom \(zoom) is no larger") }
            if let last, last.canZoomIn != (layout.zoom > last.zoom) { faults.append("zoom \(zoom) is not as said") }
            last = layout
          }
        }
      }
    }
    #expect(faults.isEmpty, "\(faults.count): \(faults.prefix(5))")
  }

  private func fault(of layout: CompareLayout, _ body: Rect) -> String? {
    let rects = layout.panes.map(\.frame) + [layout.values, layout.legend].compactMap { $0 }
    if rects.reduce(0, { $0 + $1.width * $1.height }) != body.width * body.height { return "something is left over" }
    for rect in rects where rect.isEmpty || rect.intersection(body) != rect { return "\(rect) is not on the screen" }
    if Set(layout.panes.map { [$0.picture.width, $0.picture.height] }).count != 1 { return "pictures differ in size" }
    let whole = PictureRegion(rows: 0..<layout.rows, columns: 0..<layout.columns)
    if layout.region.clamped(rows: layout.rows, columns: layout.columns) != layout.region { return "\(layout.region) of \(whole)" }
    for pane in layout.panes {
      if pane.picture.isEmpty || pane.picture.intersection(pane.frame.inset()) != pane.picture { return "picture \(pane.picture)" }
      // There and back for cells, and for samples where they are blocks of whole cells.
      for (x, y) in [(0, 0), (pane.picture.width - 1, pane.picture.height - 1), (pane.picture.width / 3, pane.picture.height / 2)] {
        let sample = layout.sample(atX: pane.picture.x + x, y: pane.picture.y + y, in: pane)
        guard layout.region.contains(sample) else { return "\(sample) out of \(layout.region)" }
        guard let cells = layout.cells(of: sample, in: pane), !cells.isEmpty, cells.intersection(pane.picture) == cells else {
          return "no cells of \(sample)"
        }
        if !cells.contains(x: pane.picture.x + x, y: pane.picture.y + y) {
          return "\(sample) of \(x), \(y) is at \(cells), picture \(pane.picture), \(layout.region)"
        }
      }
    }
    return nil
  }

  @Test func widePicturesStandAboveEachOther() throws {
    func isStacked(_ columns: Int, _ rows: Int) throws -> Bool {
      let fixture = try CompareFixture(signal: Fixture.signal(columns: columns, rows: rows))
      let panes = try fixture.layout().panes
      return panes[0].frame.x == panes[1].frame.x
    }
    #expect(try isStacked(800, 200) && !isStacked(512, 512) && !isStacked(200, 800))
  }

  @Test func zoomedInSamplesAreBlocks() throws {
    var fixture = try CompareFixture()
    while try fixture.layout().canZoomIn { fixture.type("+") }
    let layout = try fixture.layout()
    let cells = try #require(layout.cells(of: PicturePlace(row: layout.region.rows.lowerBound, column: layout.region.columns.lowerBound), in: layout.panes[0]))
    #expect(cells.width == 2 * cells.height && cells.width >= 8)
    #expect(fixture.request(1)?.rows == layout.region.rows.count && fixture.request(1)?.columns == layout.region.columns.count)
    fixture.type("+")
    #expect(try fixture.layout() == layout)
    for _ in 0..<20 { fixture.type("-") }
    #expect(try fixture.layout().isWhole)
  }

  @Test func theWheelZoomsAboutThePointer() throws {
    var fixture = try CompareFixture()
    let pane = try fixture.layout().panes[1]
    let (x, y) = (pane.picture.x + pane.picture.width / 3, pane.picture.y + pane.picture.height * 2 / 3)
    var sample = try fixture.layout().sample(atX: x, y: y, in: pane)
    for _ in 0..<5 {
      fixture.mouse(.wheelUp, x, y)
      let layout = try fixture.layout()
      let now = layout.sample(atX: x, y: y, in: layout.panes[1])
      let allowed = 2 * layout.region.columns.count / layout.panes[1].picture.width + 2
      #expect(abs(now.row - sample.row) <= allowed && abs(now.column - sample.column) <= allowed, "\(now) was \(sample)")
      sample = now
    }
    for _ in 0..<5 { fixture.mouse(.wheelDown, x, y) }
    #expect(try fixture.layout().isWhole)
    fixture.mouse(.wheelUp, 2, fixture.state.height - 2)
    #expect(try fixture.layout().isWhole)
  }

  @Test func draggingTakesThePictureAlong() throws {
    var fixture = try CompareFixture(keys: "++++")
    let before = try fixture.layout()
    let pane = before.panes[0]
    let (x, y) = (pane.picture.x + 10, pane.picture.y + 10)
    let sample = before.sample(atX: x, y: y, in: pane)
    fixture.mouse(.press(.left), x, y)
    for step in 1...6 { fixture.mouse(.drag(.left), x + step, y + step / 2) }
    fixture.mouse(.release(.left), x + 6, y + 3)
    let after = try fixture.layout()
    #expect(after.sample(atX: x + 6, y: y + 3, in: after.panes[0]) == sample && after.region != before.region)
    #expect(fixture.state.compare.pick == nil && fixture.state.compare.grip == nil)
    // Beyond the edge nothing is owed.
    fixture.mouse(.press(.left), x, y)
    fixture.mouse(.drag(.left), x + 500, y)
    #expect(try fixture.layout().region.columns.lowerBound == 0)
    fixture.mouse(.release(.left), x + 500, y)
    fixture.press(.right)
    #expect(try fixture.layout().region.columns.lowerBound > 0)
  }

  @Test func arrowsAndLettersMoveTheZoomedPicture() throws {
    var fixture = try CompareFixture()
    fixture.press(.left)
    #expect(fixture.state.lastRow.contains("whole picture"))
    fixture.type("+++")
    let region = try fixture.layout().region
    fixture.press(.right, .down)
    let moved = try fixture.layout().region
    #expect(moved.columns.lowerBound > region.columns.lowerBound && moved.rows.lowerBound > region.rows.lowerBound)
    fixture.type("HK")
    #expect(try fixture.layout().region == region)
    fixture.type("m")
    fixture.type("LJ")
    #expect(try fixture.layout().region.rows.lowerBound > region.rows.lowerBound)
  }
}

@Suite struct CompareWipeTests {
  @Test func theLineMovesByColumnsAndByTheMouse() throws {
    var fixture = try CompareFixture(keys: "m")
    let pane = try fixture.layout().panes[0]
    let picture = pane.picture
    #expect(fixture.state.wipeColumn(picture) == picture.width / 2)
    fixture.press(.left, .left, .right, .left)
    #expect(fixture.state.wipeColumn(picture) == picture.width / 2 - 2)
    for _ in 0..<300 { fixture.press(.left) }
    #expect(fixture.state.wipeColumn(picture) == 0)
    for _ in 0..<300 { fixture.press(.right) }
    #expect(fixture.state.wipeColumn(picture) == picture.width - 1)
    fixture.mouse(.press(.left), picture.x + 7, picture.y + 2)
    #expect(fixture.state.wipeColumn(picture) == 7)
    fixture.mouse(.drag(.left), picture.x + 9, -4)
    #expect(fixture.state.wipeColumn(picture) == 9)
    fixture.mouse(.drag(.left), 900, 0)
    #expect(fixture.state.wipeColumn(picture) == picture.width - 1)
    fixture.mouse(.release(.left), 900, 0)
    fixture.mouse(.drag(.left), picture.x, picture.y)
    #expect(fixture.state.wipeColumn(picture) == picture.width - 1 && fixture.state.compare.pick == nil)
  }

  @Test func leftOfTheLineIsOneAndRightOfItTheOther() throws {
    let fixture = try CompareFixture(keys: "m")
    let picture = try fixture.layout().panes[0].picture
    let column = fixture.state.wipeColumn(picture)
    let frame = fixture.state.frame()
    let layout = try fixture.layout()
    for (side, columns) in [(fixture.state.comparedSides.left, 0..<column), (fixture.state.comparedSides.right, column + 1..<picture.width)] {
      let whole = try #require(fixture.state.comparedPicture(of: side, layout)?.scaled(toWidth: picture.width, height: 2 * picture.height))
      for x in columns { #expect(frame.pictures[0].raster[x, 5] == whole[x, 5]) }
    }
    for y in picture.y..<picture.maxY {
      #expect(frame[picture.x + column, y].character == "│" && frame[picture.x + column, y].picture == 0)
    }
    #expect(frame.text().contains("① ASMR 27.20 dB") && frame.text().contains("② SIREN 23.20 dB"))
  }
}

@Suite struct ComparePickTests {
  private func value(_ run: Int, _ place: PicturePlace, _ signal: Signal) -> [Float] {
    let start = (place.row * signal.shape[1] + place.column) * signal.channels
    return Array(CompareFixture.output(RunID(run), of: signal).samples[start..<start + signal.channels])
  }

  @Test(arguments: [1, 3]) func aClickShowsExactValues(channels: Int) throws {
    var fixture = try CompareFixture(width: 160, height: 50, signal: Fixture.signal(columns: 300, rows: 200, channels: channels))
    let pane = try fixture.layout().panes[1]
    fixture.click(pane.picture.x + 20, pane.picture.y + 4)
    let place = try #require(fixture.state.compare.pick)
    #expect(place == (try fixture.layout().sample(atX: pane.picture.x + 20, y: pane.picture.y + 4, in: pane)))
    // Until a run has answered there is nothing to tell of it.
    #expect(fixture.request(1)?.probe == place && fixture.state.pickedValues(of: .run(RunID(1))) == nil)
    fixture.answer(only: [1])
    let signal = fixture.state.subject.signal
    #expect(fixture.state.pickedValues(of: .run(RunID(1))) == value(1, place, signal))
    #expect(fixture.state.pickedValues(of: .run(RunID(2))) == nil && fixture.state.text.contains("…"))
    fixture.answer()
    #expect(fixture.state.pickedValues(of: .run(RunID(2))) == value(2, place, signal))
    let text = fixture.state.text
    let (a, b) = (value(1, place, signal), value(2, place, signal))
    for number in a + b { #expect(text.contains("\(number.byte)") && text.contains(NumberText.fixed(Double(number), decimals: 4))) }
    let difference = Int(a[0].byte) - Int(b[0].byte)
    #expect(text.contains("x \(place.column), y \(place.row)") && text.contains(difference > 0 ? "+\(difference)" : "\(difference)"))
    #expect(text.contains("① - ②"))
    fixture.type("X")
    #expect(fixture.request(1)?.probe == nil && fixture.state.compare.pick == nil)
  }

  @Test func arrowsMoveThePixelAndThePictureFollows() throws {
    var fixture = try CompareFixture(keys: "+++++x")
    let layout = try fixture.layout()
    var place = try #require(fixture.state.compare.pick)
    #expect(place == PicturePlace(row: Int(layout.middle.y), column: Int(layout.middle.x)))
    fixture.press(.right, .down, .down)
    (place.row, place.column) = (place.row + 2, place.column + 1)
    #expect(fixture.state.compare.pick == place)
    for _ in 0..<layout.region.columns.count { fixture.press(.left) }
    place.column -= layout.region.columns.count
    #expect(fixture.state.compare.pick == place)
    #expect(try fixture.layout().region.columns.lowerBound == place.column)
    for _ in 0..<600 { fixture.press(.left) }
    #expect(fixture.state.compare.pick?.column == 0)
    // In the wipe arrows mean the pixel as long as it is picked.
    fixture.type("m")
    let wipe = fixture.state.compare.wipe
    fixture.press(.right)
    #expect(fixture.state.compare.pick?.column == 1 && fixture.state.compare.wipe == wipe)
    fixture.type("x")
    fixture.press(.right)
    #expect(fixture.state.compare.pick?.column == 1 && fixture.state.compare.wipe > wipe)
  }

  @Test func zoomingKeepsThePickedPixelInSight() throws {
    var fixture = try CompareFixture()
    let pane = try fixture.layout().panes[0]
    fixture.click(pane.picture.maxX - 3, pane.picture.maxY - 2)
    let place = try #require(fixture.state.compare.pick)
    while try fixture.layout().canZoomIn {
      fixture.type("+")
      #expect(try fixture.layout().region.contains(place))
    }
    // Brackets on both sides of it, in both pictures.
    let frame = fixture.state.frame()
    let layout = try fixture.layout()
    for pane in layout.panes {
      let cells = try #require(layout.cells(of: place, in: pane))
      let y = cells.y + cells.height / 2
      #expect(frame[cells.x - 1, y].character == "[" && frame[cells.maxX, y].character == "]")
    }
  }

  @Test func theRightButtonPicksInEveryMode() throws {
    for keys in ["", "m", "mm", "mmm"] {
      var fixture = try CompareFixture(keys: keys)
      let pane = try fixture.layout().panes[0]
      fixture.mouse(.press(.right), pane.picture.x + 5, pane.picture.y + 5)
      #expect(fixture.state.compare.pick == (try fixture.layout().sample(atX: pane.picture.x + 5, y: pane.picture.y + 5, in: pane)))
    }
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
