import Canvas
import Networks
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

@Suite struct TradeOffTests {
  @Test func runsStandAtTheirCostAndQuality() throws {
    var state = try PlotFixture.training(width: 120, height: 40)
    _ = state.press("3")
    let place = try #require(state.tradeOffPlace(of: state.runs[0]))
    #expect(place.x == 1353.75 && place.y == state.runs[0].curve.metrics.last?.psnr)
    _ = state.press("x")
    #expect(state.tradeOffPlace(of: state.runs[0])?.x == 134_145)
    _ = state.press("x")
    #expect(state.tradeOffPlace(of: state.runs[0])?.x == 1353.75 * 1000 * 400)
    _ = state.press("x")
    #expect(state.tradeOff.axis == .macs)
  }

  @Test func thePapersPointsAreOfItsPicture() throws {
    var state = try PlotFixture.training(width: 120, height: 40)
    _ = state.press("3")
    func points(_ state: ExplorerState) -> [Double] { state.publishedPlaces.filter { $0.result.psnr != nil }.map(\.x) }
    #expect(points(state) == [980, 2070])
    #expect(state.text.contains("KiloNeRF (3)") && state.text.contains("paper: cameraman"))
    // Of the other rows of its table only the cost is known.
    #expect(state.text.contains("ASMR (3), ASMR (4)") && state.text.contains("PSNR not known here"))
    _ = state.press("x")
    #expect(points(state) == [250_000, 126_000])
    _ = state.press("x")
    #expect(state.publishedPlaces.isEmpty && !state.lastRow.contains("paper"))
    _ = state.press("n")
    #expect(state.tradeOff.showsPublished && state.lastRow.contains("cameraman spent is not known"))
    _ = state.press("xn")
    #expect(state.publishedPlaces.isEmpty && !state.text.contains("paper: cameraman"))
  }

  /// On every other picture the paper's numbers would be of something else, and the key says so.
  @Test(arguments: [(512, 500, 1), (256, 256, 1), (512, 512, 3)])
  func otherPicturesHaveNoPoints(columns: Int, rows: Int, channels: Int) throws {
    let signal = Fixture.signal(columns: columns, rows: rows, channels: channels)
    var state = try PlotFixture.race(2, signal: signal)
    _ = state.press("3")
    #expect(state.publishedPlaces.isEmpty && state.text.contains("no values yet"))
    #expect(!state.lastRow.contains("n paper"))
    _ = state.press("n")
    #expect(state.lastRow.contains("no results of \(channels == 1 ? "grey" : "colour") pictures of \(columns)×\(rows)"))
    #expect(state.tradeOff.showsPublished)
  }

  @Test(arguments: [(768, 512), (512, 768)]) func picturesOfKodaksSizeHaveCostsAlone(columns: Int, rows: Int) throws {
    var state = try PlotFixture.race(2, signal: Fixture.signal(columns: columns, rows: rows, channels: 3))
    _ = state.press("3")
    #expect(state.publishedPlaces.count == 5 && state.publishedPlaces.allSatisfy { $0.result.psnr == nil })
    // A cost alone is no value to draw axes for.
    #expect(state.text.contains("no values yet"))
    PlotFixture.tell(&state, 1, PlotFixture.climb(400))
    #expect(state.text.contains("paper: Kodak, PSNR not known here") && state.text.contains("FFN, SIREN, MFN, WIRE"))
  }

  /// Beside the race there is little room: a name says whose it is by its number, or is left out.
  @Test func namesCarryTheirNumbers() throws {
    for (width, height) in [(120, 40), (160, 50), (250, 70)] {
      let state = try PlotFixture.training(width: width, height: height)
      let rect = try #require(state.raceLayout?.tradeOff)
      let text = (rect.y..<rect.maxY).map { y in
        String((rect.x..<rect.maxX).map { state.frame()[$0, y].character })
      }.joined(separator: "\n")
      for name in ["ASMR", "SIREN 4×256", "SIREN 4×64"] {
        let numbered = state.shownRuns.map { "\(state.glyphs.runMark($0.mark)) \(name)" }.filter(text.contains)
        #expect(numbered.count == text.split(separator: name, omittingEmptySubsequences: false).count - 1, "\(text)")
      }
      #expect(text.contains("paper: cameraman"))
    }
  }

  @Test(arguments: [(80, 24), (120, 40)]) func twoRunsOfOnePlaceAreBothThere(width: Int, height: Int) throws {
    var state = try Fixture.racing(width: width, height: height, ["siren", "siren,seed=2", "asmr"])
    for run in 1...2 { PlotFixture.tell(&state, run, PlotFixture.climb(200), generation: 1) }
    _ = state.press("3")
    #expect(state.text.contains("①②") || state.text.contains("②①"), "\(state.text)")
  }

  @Test func aClickSelectsTheNearestRun() throws {
    var state = try PlotFixture.training(width: 120, height: 40)
    _ = state.press("3")
    let layout = state.tradeOffLayout(state.body)
    let geometry = state.tradeOffPlot.layout(in: layout.plot.inset(), glyphs: state.glyphs)
    for run in state.runs.reversed() {
      let place = try #require(state.tradeOffPlace(of: run))
      let (column, row) = (try #require(geometry.column(x: place.x)), try #require(geometry.row(y: place.y)))
      #expect(state.frame()[column, row].character == Character(state.glyphs.runMark(run.mark)))
      state.mouse(.press(.left), x: column + 2, y: row + 1)
      #expect(state.selection == run.id)
    }
    state.mouse(.press(.left), x: layout.table.x + 3, y: layout.table.y + 2)
    #expect(state.selection == RunID(2))
  }

  @Test func axesHoldStillWhileRunsClimb() throws {
    var state = try PlotFixture.training(width: 120, height: 40)
    _ = state.press("3")
    let span = state.tradeOff.span
    PlotFixture.tell(&state, 1, Array(PlotFixture.climb(420).dropFirst(400)))
    #expect(state.tradeOff.span == span)
    #expect(span.x.map { $0.lowerBound <= 980 && $0.upperBound >= 132_609 } == true)
    #expect(span.y.map { $0.lowerBound >= 0 && $0.upperBound >= 34.35 } == true)
  }
}

@Suite struct ScalingTests {
  private let families = ScalingFamily.all(shape: [512, 512], channels: 1)
  private func family(_ model: ModelKind) -> ScalingFamily? { families.first { $0.model == model } }

  /// Numbers of the formulas in MODELS, which reproduce the paper's tables 2 and 7.
  @Test func numbersOfTableSeven() throws {
    let asmr = try #require(family(.asmr))
    #expect(asmr.points.map(\.layers) == Array(3...7))
    #expect(asmr.points.map(\.parameters) == [67_841, 134_145, 200_449, 266_753, 333_057])
    #expect(asmr.points.map(\.macs) == [1289.5, 1353.75, 1611.8984375, 1627.84375, 1631.8359375])
    let siren = try #require(family(.siren))
    #expect(siren.points.map(\.parameters) == [66_817, 132_609, 198_401, 264_193, 329_985])
    #expect(siren.points.map(\.macs) == [66_817, 132_609, 198_401, 264_193, 329_985])
    #expect(siren.macsPerLayer == 65_792)
    #expect(asmr.macsPerLayer.map { ($0 - 85.58).magnitude < 0.01 } == true)
  }

  /// Table 7 prints KiloNeRF of 3 to 6 layers and LoE of 6 and 7; the others are of the formulas in MODELS.
  @Test func partitionedModels() throws {
    let kilo = try #require(family(.kilonerf))
    #expect(kilo.points.map(\.parameters) == [157_760, 225_344, 292_928, 360_512, 428_096])
    #expect(kilo.points.map(\.macs) == [2465, 3521, 4577, 5633, 6689])
    let loe = try #require(family(.loe))
    #expect(loe.points.map(\.parameters) == [67_351, 107_401, 147_451, 157_501, 137_551])
    #expect(loe.points.map(\.macs) == [4351, 6901, 9451, 12_001, 14_551])
    let grid = try #require(family(.hashgrid))
    #expect(grid.points.map(\.macs) == [5184, 9280, 13_376, 17_472, 21_568])
    #expect(grid.points.map(\.parameters) == (0..<5).map { 179_888 + 4096 * $0 })
    func tiles(_ layers: Int) -> [[Int]]? { ScalingFamily.configuration(.loe, layers: layers, shape: [512, 512]).tiles }
    #expect(tiles(8) == [[4, 4], [4, 4], [2, 2], [2, 2], [2, 2], [2, 2], [2, 2]])
    #expect(tiles(3) == [[4, 4], [4, 4]] && tiles(5) == Array(repeating: [4, 4], count: 4))
  }

  /// Five families of 3 to 7 layers, wherever there is room for a row each; below the plot otherwise.
  @Test(arguments: [(80, 24), (120, 30), (120, 40), (250, 70)]) func noPlaceOfTheTableIsEmpty(width: Int, height: Int) throws {
    #expect(families.map { $0.points.map(\.layers) } == Array(repeating: Array(3...7), count: 5))
    var state = try PlotFixture.training(width: width, height: height)
    _ = state.press("4")
    let isLong = height >= 40
    for point in families.flatMap(\.points) {
      let macs = isLong ? NumberText.grouped(Int(point.macs.rounded())) : NumberText.short(point.macs)
      let other = isLong ? NumberText.grouped(point.parameters) : " wide"
      #expect(state.lines.contains { $0.contains(macs) && $0.contains(other) }, "\(point)\n\(state.text)")
    }
  }

  /// `67` would be another number.
  @Test(arguments: [(80, 24), (120, 40), (160, 50)]) func numbersOfPointsStandApart(width: Int, height: Int) throws {
    for keys in ["4", "4x", "4l", "4xl"] {
      var state = try PlotFixture.training(width: width, height: height)
      _ = state.press(keys)
      let plot = state.lines.prefix(height - 8).map {
        $0.replacing("256 wide: 257 MACs", with: "").prefix(width * 3 / 5).dropFirst(8)
      }
      for pair in ["34", "45", "56", "67"] { #expect(!plot.contains { $0.contains(pair) }, "\(state.text)") }
    }
  }

  @Test func otherShapesHavePlannedBases() {
    let bases = ScalingFamily.configuration(.asmr, layers: 4, shape: [512, 768]).bases
    #expect(bases?.axes == [[4, 4, 4, 8], Bases.plan(size: 768, levels: 4)])
    let odd = ScalingFamily.all(shape: [37, 41], channels: 3)
    #expect(odd.map(\.model) == [.asmr, .siren, .kilonerf, .loe, .hashgrid])
    #expect(odd.allSatisfy { family in family.points.allSatisfy { $0.macs > 0 && $0.macs.isFinite } })
  }

  @Test func itIsWorkedOutOnceAndWhenSomebodyLooks() throws {
    var state = try PlotFixture.training(width: 120, height: 40)
    #expect(state.scaling.families.isEmpty)
    _ = state.press("4")
    #expect(state.scaling.families == families && state.scaling.shape == [512, 512])
    state.scaling.families = []
    _ = state.press("j")
    #expect(state.scaling.families.isEmpty)
    _ = state.press("xl")
    #expect(state.scaling.axis == .layers && state.scaling.yScale == .linear)
  }

  /// Their families are of other sizes than the race's runs: those stand beside them, and all runs are on the plot.
  @Test func everyRunIsMarkedAndEveryFamilyHasItsSize() throws {
    var state = try PlotFixture.training(width: 80, height: 24)
    _ = state.press("4")
    for note in ["256 wide", "32 wide, 8×8", "50 wide, 4×4 and 2×2", "64 wide, 8 levels"] { #expect(state.text.contains(note)) }
    for (width, height) in [(80, 24), (120, 40)] {
      var state = try PlotFixture.training(width: width, height: height)
      _ = state.press("4")
      let plot = state.lines.dropFirst(2).prefix(height - 10).joined()
      for mark in ["①", "②", "③"] { #expect(plot.contains(mark), "\(state.text)") }
    }
    // Runs of one place share a ring.
    var twins = try Fixture.racing(width: 80, height: 24, ["siren", "asmr", "asmr,seed=2"])
    _ = twins.press("4")
    #expect(twins.text.contains("②③"), "\(twins.text)")
  }

  @Test func theSelectedRunsPointIsMarked() throws {
    var state = try PlotFixture.training(width: 130, height: 40)
    _ = state.press("4")
    #expect(state.text.contains("① ASMR [4,4,4,8]") && state.text.contains("one layer, 256 wide: 257 MACs"))
    let row = try #require(state.lines.firstIndex { $0.contains("134,145") })
    #expect(state.frame()[128, row].style.background == state.theme.selection.background)
    _ = state.press("jj")
    #expect(state.text.contains("③ SIREN 4×64"))
  }
}

/// Whole screens of the three views.
@Suite struct PlotFrameTests {
  private static let sizes = [(60, 16), (80, 24), (120, 40), (160, 50)]
  private static let views: [(name: String, keys: String)] = [
    ("curves", "2"), ("curves-cursor", "2u<{{{+"), ("curves-loss", "2ml"), ("trade-off", "3"), ("trade-off-spent", "3xx"),
    ("scaling", "4"), ("scaling-layers", "4xl"),
  ]

  @Test(arguments: sizes) func unicode(width: Int, height: Int) throws {
    for view in Self.views where width == 80 || width == 120 || ["curves-cursor", "scaling", "trade-off"].contains(view.name) {
      var state = try PlotFixture.training(width: width, height: height)
      _ = state.press(view.keys)
      try GoldenFrame.compare(state, "\(view.name)-\(width)x\(height)")
    }
  }

  @Test func ascii() throws {
    for view in Self.views {
      var state = try PlotFixture.training(width: 80, height: 24, glyphs: .ascii)
      _ = state.press(view.keys)
      #expect(state.text.utf8.allSatisfy { $0 < 0x7F }, "\(state.text)")
      try GoldenFrame.compare(state, "\(view.name)-ascii-80x24")
    }
  }

  /// Help and quitting stay in sight, and what changes moves no frame.
  @Test(arguments: [(60, 16), (80, 24), (120, 40), (250, 70)])
  func nothingJumps(width: Int, height: Int) throws {
    for view in Self.views {
      var state = try PlotFixture.training(width: width, height: height)
      _ = state.press(view.keys)
      #expect(state.lastRow.contains("? help") && state.lastRow.contains("q quit"), "\(state.lastRow)")
      func corners(_ state: ExplorerState) -> [Int] {
        state.frame().cells.enumerated().filter { "╭╮╰╯┤".contains($0.element.character) }.map(\.offset)
      }
      let before = corners(state)
      PlotFixture.tell(&state, 1, Array(PlotFixture.climb(410).dropFirst(400)))
      #expect(corners(state) == before, "\(state.text)")
    }
  }

  /// Before anything is known all views can be drawn, at every size, with every key.
  @Test(arguments: [(60, 16), (79, 22), (118, 30), (250, 70)])
  func emptyRunsAndEveryKey(width: Int, height: Int) throws {
    for tab in "234" {
      var state = try PlotFixture.race(2, width: width, height: height)
      _ = state.press("\(tab)")
      for binding in Keymap.standard.bindings(on: state.tab) where binding.tabs != nil {
        _ = state.update(.key(binding.keys[0]))
        #expect(state.frame().width == width)
      }
      for y in stride(from: 0, to: height, by: 3) {
        for kind in [MouseEvent.Kind.press(.left), .drag(.left), .release(.left), .wheelUp, .wheelDown, .press(.right)] {
          if y > 1 { state.mouse(kind, x: width / 2, y: y) }
        }
      }
      #expect(state.tab == Tab.allCases.first { "\($0.key)" == "\(tab)" })
    }
  }
}
