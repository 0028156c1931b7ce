import Canvas
import TerminalUI
import Testing

@testable import Explorer
@testable import Networks
@testable import Training

@Suite struct FeaturesRequestTests {
  @Test func theLayersFirstThenWhatIsInSightAndNothingAfterLeaving() throws {
    var fixture = try FeaturesFixture(runs: 2, isAnswered: false)
    #expect(fixture.request == FeatureRequest() && fixture.state[RunID(2)]?.featureRequest == nil)
    // No previews of runs that are not drawn here.
    #expect(fixture.state.runs.allSatisfy { $0.request == nil })
    fixture.answer()
    let request = try #require(fixture.request)
    #expect(request.maps.count == 4 && request.ranking == nil && request.truncation == nil)
    fixture.answer()
    #expect(fixture.request == request)
    #expect(fixture.state.refreshPictures() == [])
    let effects = fixture.state.press("j")
    #expect(effects == [.features(RunID(1), nil), .features(RunID(2), FeatureRequest())])
    #expect(fixture.state.press("1").contains(.features(RunID(2), nil)))
    #expect(fixture.state.runs.allSatisfy { $0.featureRequest == nil })
  }

  @Test("As many points as pixels or more, so that numbers are of enough; a prime of them falls in step with no base", arguments: [(1, 2), (2, 4), (8, 16)])
  func points(width: Int, height: Int) throws {
    var fixture = try FeaturesFixture()
    fixture.state.pixels = PixelSize(width: width, height: height)
    _ = fixture.state.press("}")
    let layout = try fixture.layout()
    let request = try #require(fixture.request)
    for (index, side) in [4, 16, 64, 512].enumerated() {
      let maps = try #require(request.maps.first { $0.layer == index && $0.units.count > 1 })
      let tile = try #require(layout.grid.tiles.first { $0.line == index }).map
      for (points, shown) in zip(maps.points, [height * tile.height, width * tile.width]) {
        #expect(points == side || points >= shown && points >= 67 && points < max(shown, 67) + 16 && points < side)
        #expect(points == side || (2..<points).allSatisfy { points % $0 != 0 })
      }
      #expect(maps.units == layout.grid.tiles.filter { $0.line == index }.map(\.column))
    }
    let picture = try #require(layout.map?.picture)
    #expect(!picture.isEmpty)
    // Not twice where a tile has as many.
    #expect(request.maps.filter { $0.layer == 2 && $0.points == [64, 64] && $0.units.contains(0) }.count == 1)
  }

  @Test func aZoomedMapIsAskedForInItsPart() throws {
    var fixture = try FeaturesFixture(keys: "}}++")
    let layout = try fixture.layout()
    #expect(layout.zoom == 2 && layout.region.rows.count == 128)
    #expect(fixture.request?.maps.last?.crop == [192..<320, 192..<320])
    // What is known of it stands there at once.
    _ = fixture.press(.right)
    #expect(fixture.request?.maps.last?.crop == [192..<320, 208..<336])
    #expect(fixture.state.largeFeatureMap(try fixture.layout()) != nil)
    fixture.answer()
    let large = try #require(fixture.state.largeFeatureMap(try fixture.layout()))
    let maps = try #require(fixture.request?.maps.last)
    let lattice = SampleLattice([192..<320, 208..<336], counts: maps.points)
    #expect(
      large.picture.values[large.picture.columns + 1]
        == FeaturesFixture.value(maps, unit: 0, row: lattice.positions(axis: 0)[1], column: lattice.positions(axis: 1)[1]))
    // A coarse level cannot be enlarged as far, and shows the same part.
    _ = fixture.state.press("{{")
    #expect(try fixture.layout().region.rows.count == 4)
    _ = fixture.state.press("0")
    #expect(fixture.request?.maps.allSatisfy { $0.crop == nil } == true)
  }

  @Test func anOrderIsTakenOnceAndOfEveryRun() throws {
    var fixture = try FeaturesFixture(runs: 2, keys: "}]]")
    _ = fixture.state.press("o")
    #expect(fixture.request?.ranking == FeatureRequest.Ranking(layer: 2, part: .activation, order: .activity))
    #expect(fixture.state.text.contains("ordering"))
    fixture.answer()
    // Jumps to the first; other layers with so many units follow.
    #expect(fixture.request?.ranking == nil && fixture.state.featureContents.chosen?.unit == 255)
    #expect(fixture.request?.maps.first { $0.layer == 1 }?.units.first == 255)
    #expect(fixture.request?.maps.first { $0.layer == 0 }?.units == [0, 1])
    fixture.answer()
    #expect(fixture.state.text.contains("most active in level 2"))
    _ = fixture.state.press("j")
    fixture.answer()
    #expect(fixture.request?.ranking?.order == .activity)
    _ = fixture.state.press("ko")
    #expect(fixture.request?.ranking?.order == .difference)
    fixture.answer()
    _ = fixture.state.press("o")
    #expect(fixture.request?.ranking == nil && fixture.state.featureContents.chosen?.unit == 0)
  }

  @Test func whatComesInPartsKeepsWhatThereWas() throws {
    var fixture = try FeaturesFixture(keys: "l")
    let before = fixture.state.frame()
    var report = fixture.report(for: try #require(fixture.request), step: 500)
    report.answers = []
    report.truncated = nil
    _ = fixture.state.absorb(report, frames: [], of: RunID(1))
    #expect(fixture.state.frame() == before)
  }
}

@Suite struct FeaturesChoiceTests {
  private func chosen(_ fixture: FeaturesFixture) -> [Int] {
    fixture.state.featureContents.chosen.map { [$0.layer, $0.unit] } ?? []
  }

  @Test func arrowsAndBracketsChooseUnitAndLevel() throws {
    var fixture = try FeaturesFixture()
    #expect(chosen(fixture) == [1, 0])
    _ = fixture.press(.right, .right, .down)
    #expect(chosen(fixture) == [2, 2])
    _ = fixture.press(.left, .up)
    #expect(chosen(fixture) == [1, 1])
    _ = fixture.state.press("]]}}}")
    #expect(chosen(fixture) == [3, 3])
    // A level with fewer units shows its last one, and the place comes back.
    _ = fixture.state.press("{{{{")
    #expect(chosen(fixture) == [0, 1])
    _ = fixture.state.press("}")
    #expect(chosen(fixture) == [1, 3])
    _ = fixture.press(.pageDown)
    let page = try fixture.layout().grid.columns.count
    #expect(chosen(fixture) == [1, 3 + page] && fixture.request?.maps[1].units.contains(3 + page) == true)
    _ = fixture.press(.pageUp, .pageUp)
    #expect(chosen(fixture) == [1, 0])
    // Zoomed, arrows move the map and brackets choose.
    _ = fixture.state.press("+")
    _ = fixture.press(.right, .down)
    #expect(chosen(fixture) == [1, 0] && fixture.state.features.center != nil)
    _ = fixture.state.press("]")
    #expect(chosen(fixture) == [1, 1])
  }

  @Test func aPartIsShownWhereALayerHasIt() throws {
    var fixture = try FeaturesFixture(keys: "mm")
    #expect(fixture.state.featureContents.lines.map(\.part) == [.activation, .modulation, .modulation, .modulation])
    _ = fixture.state.press("}}M")
    #expect(fixture.state.featureContents.lines.map(\.part) == [.activation, .coarse, .coarse, .coarse])
    _ = fixture.state.press("MM")
    #expect(fixture.state.featureContents.lines.map(\.part) == [.activation, .activation, .activation, .contribution(channel: 0)])
    #expect(fixture.state.text.contains("contribution"))
    _ = fixture.state.press("{{{m")
    #expect(fixture.state.lastRow.contains("level 0: activation is all there is"))
  }

  @Test func mapsOfAWholeLayerAreOne() throws {
    var fixture = try FeaturesFixture(FeaturesFixture.hashGrid, keys: "l")
    fixture.state.features.layer = 15
    _ = fixture.state.press("lm")
    #expect(fixture.state.featureContents.chosen?.part == .occupancy)
    #expect(fixture.request?.maps.last?.units == [0])
    _ = fixture.state.press("]")
    #expect(fixture.state.lastRow.contains("has one map of this part"))
    _ = fixture.state.press("o")
    #expect(fixture.request?.ranking == nil)
  }

  @Test func layersBesideEachOtherAreReachedByArrows() throws {
    var fixture = try FeaturesFixture(FeaturesFixture.hashGrid, width: 160, height: 50)
    #expect(try fixture.layout().grid.rows.prefix(2) == [[0, 1], [2, 3]])
    #expect(chosen(fixture) == [1, 0])
    _ = fixture.press(.left)
    #expect(chosen(fixture) == [0, 1])
    _ = fixture.press(.down)
    #expect(chosen(fixture) == [2, 1])
    _ = fixture.press(.right)
    #expect(chosen(fixture) == [3, 0])
    _ = fixture.press(.right, .right)
    #expect(chosen(fixture) == [3, 1])
    _ = fixture.state.press("}")
    #expect(chosen(fixture) == [4, 1])
    for _ in 0..<20 { _ = fixture.press(.down) }
    #expect(chosen(fixture) == [17, 1])
    _ = fixture.press(.up, .up)
    #expect(chosen(fixture) == [14, 1])
  }

  @Test func mapsLieOverThePictureWhateverTheirCellsAre() throws {
    var fixture = try FeaturesFixture()
    fixture.state.subject = Fixture.subject(Fixture.signal(columns: 360, rows: 200))
    fixture.layers = zip(FeaturesFixture.asmr, [[2, 3], [8, 12], [40, 60], [200, 360]]).map { layer, shape in
      FeatureLayer(
        title: layer.title, shape: shape, isPerSample: layer.isPerSample, units: layer.units, parts: layer.parts)
    }
    fixture.answer()
    let layout = try fixture.layout()
    let sizes = Set(layout.grid.tiles.map { [$0.map.width, $0.map.height] })
    #expect(sizes.count == 1)
    let picture = try #require(layout.map?.picture)
    #expect(abs(Double(picture.width) / Double(picture.height) - 3.6) < 0.2)
  }

  @Test(
    "Maps are titled alike, with everything where that hides few of them, or on a key",
    arguments: ["", "v", "vv", "n", "vn", "vvn"])
  func titles(_ keys: String) throws {
    for (width, height, isLarge) in [(60, 16, false), (80, 24, false), (120, 40, true), (160, 50, true), (250, 70, true)] {
      for (layers, isWide) in [
        (FeaturesFixture.asmr, true), (FeaturesFixture.siren, width >= 160), (FeaturesFixture.kiloNeRF, true), (FeaturesFixture.hashGrid, width >= 250),
      ] {
        var fixture = try FeaturesFixture(layers, width: width, height: height, keys: keys)
        fixture.answer()
        let (layout, frame) = (try fixture.layout(), fixture.state.frame())
        let caption = layout.grid.caption
        let isBeside = !keys.hasPrefix("vv")
        let complete = MapCaption.complete.map { isBeside ? $0.withoutResolution : $0 }
        let narrow = isBeside ? MapCaption.narrow.withoutResolution : .narrow
        if isLarge && isWide { #expect(complete.contains(caption), "\(width)×\(height) \(layers[1].title)") }
        if keys.hasSuffix("n") {
          #expect((complete + [narrow]).contains(caption), "\(width)×\(height) \(layers[1].title)")
          // The key changes nothing where titles are whole anyway.
          var without = try FeaturesFixture(layers, width: width, height: height, keys: String(keys.dropLast()))
          without.answer()
          let ordinary = try without.layout().grid
          if complete.contains(ordinary.caption) { #expect(ordinary == layout.grid, "\(width)×\(height) \(layers[1].title)") }
        }
        for map in fixture.state.featureGridMaps(layout) {
          let rect = map.tile.caption
          #expect(rect.height == caption.rows.count && map.tile.map.y == rect.maxY || map.tile.map.y > rect.maxY)
          let lines = (0..<rect.height).map { row in
            String((0..<rect.width).map { frame[rect.x + $0, rect.y + row].character })
          }
          let numbers = try #require(map.picture).numbers
          let pieces = caption.rows.joined()
          if keys.contains("n"), let label = layout.grid.labels.first(where: { $0.line == map.tile.line }) {
            // The level's name and resolution stand beside its maps.
            let text = (0..<label.rect.height).map { row in
              String((0..<label.rect.width).map { frame[label.rect.x + $0, label.rect.y + row].character })
            }
            let line = fixture.state.featureContents.lines[label.line]
            let names = [line.shortTitle, String(line.layer.title.prefix { $0 != " " })]
            #expect(names.contains { text[0].contains($0) }, "\(text), \(names)")
            #expect(text.contains { $0.contains(sizeText(line.layer.shape)) }, "\(text), \(width)×\(height)")
          }
          // Nothing of it is cut off.
          let words = caption.texts(resolution: "", numbers, fixture.state.glyphs).joined(separator: " ").split(separator: " ")
          for word in words where word != "σ" && word != "μ" {
            #expect(lines.contains { $0.contains(word) }, "\(word) in \(lines), \(width)×\(height)")
          }
          if pieces.contains(.deviation) { #expect(lines.contains { $0.contains("σ") && $0.contains(MapNumbers.rounded(numbers.deviation)) }) }
        }
      }
    }
  }

  @Test func pagesShowOtherUnits() throws {
    var fixture = try FeaturesFixture(width: 80, height: 24)
    let first = try fixture.layout().grid.columns
    _ = fixture.state.press(">")
    let second = try fixture.layout().grid.columns
    #expect(first.lowerBound == 0 && second == first.upperBound..<first.upperBound + first.count)
    _ = fixture.state.press("<")
    #expect(try fixture.layout().grid.columns == first)
    _ = fixture.press(.end)
    #expect(try fixture.layout().grid.columns.upperBound == 256 && fixture.state.featureContents.column == 255)
    _ = fixture.press(.home)
    #expect(try fixture.layout().grid.columns == first && fixture.state.featureContents.column == 0)
  }

  @Test("What a map is, and of how many points, is said in every arrangement", arguments: [(80, 24), (120, 40), (250, 70)])
  func partsAreNamed(width: Int, height: Int) throws {
    for (layers, keys, words) in [
      (FeaturesFixture.asmr, "vm", ["level 1  coarse part"]), (FeaturesFixture.asmr, "vvm", ["levels of unit 0  coarse part", "\u{2248}-"]),
      (FeaturesFixture.kiloNeRF, "vv", ["weight norm 1"]), (FeaturesFixture.asmr, "m", ["coarse"]),
    ] {
      var fixture = try FeaturesFixture(layers, width: width, height: height, keys: keys)
      fixture.answer()
      for word in words { #expect(fixture.state.text.contains(word), "\(keys): \(word)\n\(fixture.state.text)") }
      if layers == FeaturesFixture.asmr { #expect(fixture.state.text.contains("≈") == (keys != "vm"), "\(keys)") }
    }
  }

  @Test func thatAMapIsOfSomePointsIsSaidOnTheSmallestScreenToo() throws {
    var fixture = try FeaturesFixture(width: 60, height: 16, keys: "m")
    _ = fixture.press(.down, .down)
    fixture.answer()
    #expect(fixture.state.text.contains("│ ≈512×512 "), "\(fixture.state.text)")
    // Where a map's title has no range, its σ is marked.
    let numbers = MapNumbers(least: -1, greatest: 1, mean: 0, deviation: 0.71)
    #expect(MapCaption([[.name, .deviation]]).texts(resolution: "", numbers, isEstimate: true, .unicode) == [" ≈σ 0.71"])
  }

  @Test func everyArrangementKeepsTheChosenMapInSight() throws {
    for (width, height) in [(60, 16), (80, 24), (120, 40), (250, 70)] {
      for layers in [FeaturesFixture.asmr, FeaturesFixture.siren, FeaturesFixture.kiloNeRF, FeaturesFixture.hashGrid] {
        for keys in ["", "v", "vv", "vvv"] {
          var fixture = try FeaturesFixture(layers, width: width, height: height, keys: keys)
          for key in [Key.pageDown, .right, .down, .down, .left, .down, .down, .up, .pageDown, .down, .down, .down] {
            _ = fixture.press(key)
            let (layout, contents) = (try fixture.layout(), fixture.state.featureContents)
            let frame = fixture.state.frame().bounds
            #expect(Set(layout.grid.tiles.map { [$0.line, $0.column] }).count == layout.grid.tiles.count)
            for tile in layout.grid.tiles {
              #expect(layout.gridFrame?.inset().intersection(tile.map) == tile.map && !tile.map.isEmpty)
              #expect(contents.lines[tile.line].units.indices.contains(tile.column))
            }
            for pane in [layout.map, layout.truncation].compactMap({ $0 }) {
              #expect(frame.intersection(pane.frame) == pane.frame && !pane.picture.isEmpty)
            }
            if layout.gridFrame != nil {
              #expect(layout.grid.tiles.contains { $0.line == contents.line && $0.column == contents.column })
            }
          }
        }
      }
    }
  }
}

@Suite struct FeaturesColorTests {
  @Test func signedMapsAreAroundZeroAndEachHasItsOwnRange() throws {
    var fixture = try FeaturesFixture(keys: "}")
    var layout = try fixture.layout()
    let large = try #require(fixture.state.largeFeatureMap(layout))
    #expect(large.range.isSigned && large.range.values == -1...1)
    let expected = ColorMap.difference.raster(
      width: large.picture.columns, height: large.picture.rows, values: large.picture.values, in: -1...1)
    #expect(large.raster == expected)
    // The same points of the tile, whose lattice is its own.
    let tile = try #require(fixture.state.featureGridMaps(layout).first { $0.tile.line == 2 && $0.tile.column == 1 })
    let maps = try #require(fixture.request?.maps.first { $0.layer == 2 })
    #expect(
      tile.picture?.values.first
        == FeaturesFixture.value(
          maps, unit: 1, row: SampleLattice([0..<64, 0..<64], counts: maps.points).positions(axis: 0)[0],
          column: SampleLattice([0..<64, 0..<64], counts: maps.points).positions(axis: 1)[0]))
    _ = fixture.state.press("g")
    #expect(fixture.state.signedFeatureMap == .balance && fixture.state.sequentialFeatureMap == .viridis)
    _ = fixture.state.press("u")
    layout = try fixture.layout()
    #expect(fixture.state.features.sharesRange && fixture.state.text.contains("colours: the level"))
  }

  @Test func mapsWithoutASignHaveColoursOfTheirOwn() throws {
    var fixture = try FeaturesFixture(FeaturesFixture.kiloNeRF, keys: "}")
    let range = try #require(fixture.state.largeFeatureMap(try fixture.layout())?.range)
    #expect(!range.isSigned && fixture.state.colorMap(for: range) == .viridis)
    _ = fixture.state.press("g")
    #expect(fixture.state.sequentialFeatureMap != .viridis && fixture.state.signedFeatureMap == .difference)
    let ascii = try FeaturesFixture(glyphs: .ascii)
    #expect(ascii.state.signedFeatureMap == .grey && ascii.state.sequentialFeatureMap == .grey)
  }

  @Test(arguments: [Float.nan, .infinity, 0.25, 0, -3])
  func constantMapsAndWhatIsNoNumber(value: Float) throws {
    for keys in ["", "y", "u", "v", "l"] {
      var fixture = try FeaturesFixture(keys: keys)
      var report = fixture.report(for: try #require(fixture.request))
      report.answers = report.answers.map { answer in
        let map = FeatureMap(
          shape: answer.map.shape, units: answer.map.units, values: answer.map.values.map { _ in value })
        return FeatureReport.Answer(request: answer.request, map: map, statistics: map.statistics)
      }
      _ = fixture.state.absorb(report, frames: [], of: RunID(1))
      let text = fixture.state.text
      if keys != "l" { #expect(text.contains(value.isFinite ? "constant: " : "not numbers"), "\(text)") }
    }
  }

  @Test func theHistogramCountsWhatIsInRange() {
    #expect(ExplorerState.histogram([-1, -0.5, 0, 0.49, 1, 2, .nan], in: -1...1, bins: 4) == [1, 1, 2, 1])
    #expect(ExplorerState.histogram([3, 3], in: 3...3, bins: 3) == [0, 2, 0])
  }
}

@Suite struct FeaturesLevelsTests {
  @Test func theSliderRebuildsThePicture() throws {
    var fixture = try FeaturesFixture(keys: "l")
    let layout = try fixture.layout()
    let pane = try #require(layout.truncation)
    #expect(layout.map == nil)
    #expect(
      fixture.request?.truncation
        == FeatureRequest.Truncation(level: 2, points: [2 * pane.picture.height, pane.picture.width]))
    #expect(fixture.state.text.contains("levels 0…2: ≈21.75 dB, level 2 adds 5.71 dB"))
    _ = fixture.press(.left)
    #expect(fixture.request?.truncation?.level == 1 && fixture.state.featureContents.chosen?.unit == 0)
    _ = fixture.press(.left, .left, .left)
    #expect(fixture.request?.truncation?.level == 0)
    _ = fixture.press(.right, .right, .right, .right)
    #expect(fixture.request?.truncation?.level == 3)
    fixture.answer()
    #expect(fixture.state.text.contains("+8.09"))
    _ = fixture.state.press("l")
    #expect(fixture.request?.truncation == nil)
    // A wide screen has room for both.
    var wide = try FeaturesFixture(width: 160, height: 50, keys: "l")
    #expect(try wide.layout().map != nil && wide.layout().truncation != nil)
    _ = wide.state.press("++")
    #expect(wide.request?.truncation?.crop == [192..<320, 192..<320])
  }

  @Test func anExactPsnrHasNoSign() throws {
    var fixture = try FeaturesFixture(keys: "l")
    var report = fixture.report(for: try #require(fixture.request))
    report.truncated?.isExact = true
    _ = fixture.state.absorb(report, frames: [], of: RunID(1))
    #expect(fixture.state.text.contains("levels 0…2: 21.75 dB") && !fixture.state.text.contains("≈21.75"))
  }

  @Test func modelsWithoutLevelsSaySo() throws {
    var fixture = try FeaturesFixture(FeaturesFixture.siren)
    #expect(try fixture.layout().slider == nil)
    _ = fixture.state.press("l")
    #expect(fixture.state.lastRow.contains("no levels") && fixture.request?.truncation == nil)
    #expect(ExplorerState.gains([10, .infinity, 12, 15]) == [nil, nil, nil, 3])
  }
}
