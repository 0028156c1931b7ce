import Canvas
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

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
          var last: CompareLayout?
          for zoom in 0...16 {
            let center = zoom % 2 == 0 ? nil : PictureWindow.Point(x: Double(columns), y: -5)
            let window = PictureWindow(zoom: zoom, center: center)
            let layout = CompareLayout(body: body, subject: subject, mode: mode, window: window)
            if let fault = fault(of: layout, body) { faults.append("\(width)×\(height) \(mode) \(zoom): \(fault)") }
            if let last, layout.view.zoom != last.view.zoom, layout.view.magnification <= last.view.magnification { faults.append("zoom \(zoom) is no larger") }
            if let last, last.view.canZoomIn != (layout.view.zoom > last.view.zoom) { faults.append("zoom \(zoom) is not as said") }
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
    let whole = PictureRegion(rows: 0..<layout.view.rows, columns: 0..<layout.view.columns)
    if layout.view.region.clamped(rows: layout.view.rows, columns: layout.view.columns) != layout.view.region { return "\(layout.view.region) of \(whole)" }
    for pane in layout.panes {
      if pane.picture.isEmpty || pane.picture.intersection(pane.frame.inset()) != pane.picture { return "picture \(pane.picture)" }
      // There and back for cells, and for samples where they are blocks of whole cells.
      for (x, y) in [(0, 0), (pane.picture.width - 1, pane.picture.height - 1), (pane.picture.width / 3, pane.picture.height / 2)] {
        let sample = layout.view.sample(atX: pane.picture.x + x, y: pane.picture.y + y, in: pane.picture)
        guard layout.view.region.contains(sample) else { return "\(sample) out of \(layout.view.region)" }
        guard let cells = layout.view.cells(of: sample, in: pane.picture), !cells.isEmpty, cells.intersection(pane.picture) == cells else {
          return "no cells of \(sample)"
        }
        if !cells.contains(x: pane.picture.x + x, y: pane.picture.y + y) {
          return "\(sample) of \(x), \(y) is at \(cells), picture \(pane.picture), \(layout.view.region)"
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
    while try fixture.layout().view.canZoomIn { fixture.type("+") }
    let layout = try fixture.layout()
    let cells = try #require(layout.view.cells(of: PicturePlace(row: layout.view.region.rows.lowerBound, column: layout.view.region.columns.lowerBound), in: layout.panes[0].picture))
    #expect(cells.width == 2 * cells.height && cells.width >= 8)
    #expect(fixture.request(1)?.rows == layout.view.region.rows.count && fixture.request(1)?.columns == layout.view.region.columns.count)
    fixture.type("+")
    #expect(try fixture.layout() == layout)
    for _ in 0..<20 { fixture.type("-") }
    #expect(try fixture.layout().view.isWhole)
  }

  @Test func theWheelZoomsAboutThePointer() throws {
    var fixture = try CompareFixture()
    let pane = try fixture.layout().panes[1]
    let (x, y) = (pane.picture.x + pane.picture.width / 3, pane.picture.y + pane.picture.height * 2 / 3)
    var sample = try fixture.layout().view.sample(atX: x, y: y, in: pane.picture)
    for _ in 0..<5 {
      fixture.mouse(.wheelUp, x, y)
      let layout = try fixture.layout()
      let now = layout.view.sample(atX: x, y: y, in: layout.panes[1].picture)
      let allowed = 2 * layout.view.region.columns.count / layout.panes[1].picture.width + 2
      #expect(abs(now.row - sample.row) <= allowed && abs(now.column - sample.column) <= allowed, "\(now) was \(sample)")
      sample = now
    }
    for _ in 0..<5 { fixture.mouse(.wheelDown, x, y) }
    #expect(try fixture.layout().view.isWhole)
    fixture.mouse(.wheelUp, 2, fixture.state.height - 2)
    #expect(try fixture.layout().view.isWhole)
  }

  @Test func draggingTakesThePictureAlong() throws {
    var fixture = try CompareFixture(keys: "++++")
    let before = try fixture.layout()
    let pane = before.panes[0]
    let (x, y) = (pane.picture.x + 10, pane.picture.y + 10)
    let sample = before.view.sample(atX: x, y: y, in: pane.picture)
    fixture.mouse(.press(.left), x, y)
    for step in 1...6 { fixture.mouse(.drag(.left), x + step, y + step / 2) }
    fixture.mouse(.release(.left), x + 6, y + 3)
    let after = try fixture.layout()
    #expect(after.view.sample(atX: x + 6, y: y + 3, in: after.panes[0].picture) == sample && after.view.region != before.view.region)
    #expect(fixture.state.compare.pick == nil && fixture.state.compare.grip == nil)
    // Beyond the edge nothing is owed.
    fixture.mouse(.press(.left), x, y)
    fixture.mouse(.drag(.left), x + 500, y)
    #expect(try fixture.layout().view.region.columns.lowerBound == 0)
    fixture.mouse(.release(.left), x + 500, y)
    fixture.press(.right)
    #expect(try fixture.layout().view.region.columns.lowerBound > 0)
  }

  @Test func arrowsAndLettersMoveTheZoomedPicture() throws {
    var fixture = try CompareFixture()
    fixture.press(.left)
    #expect(fixture.state.lastRow.contains("whole picture"))
    fixture.type("+++")
    let region = try fixture.layout().view.region
    fixture.press(.right, .down)
    let moved = try fixture.layout().view.region
    #expect(moved.columns.lowerBound > region.columns.lowerBound && moved.rows.lowerBound > region.rows.lowerBound)
    fixture.type("HK")
    #expect(try fixture.layout().view.region == region)
    fixture.type("m")
    fixture.type("LJ")
    #expect(try fixture.layout().view.region.rows.lowerBound > region.rows.lowerBound)
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
    #expect(place == (try fixture.layout().view.sample(atX: pane.picture.x + 20, y: pane.picture.y + 4, in: pane.picture)))
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
    #expect(place == PicturePlace(row: Int(layout.view.middle.y), column: Int(layout.view.middle.x)))
    fixture.press(.right, .down, .down)
    (place.row, place.column) = (place.row + 2, place.column + 1)
    #expect(fixture.state.compare.pick == place)
    for _ in 0..<layout.view.region.columns.count { fixture.press(.left) }
    place.column -= layout.view.region.columns.count
    #expect(fixture.state.compare.pick == place)
    #expect(try fixture.layout().view.region.columns.lowerBound == place.column)
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
    while try fixture.layout().view.canZoomIn {
      fixture.type("+")
      #expect(try fixture.layout().view.region.contains(place))
    }
    // Brackets on both sides of it, in both pictures.
    let frame = fixture.state.frame()
    let layout = try fixture.layout()
    for pane in layout.panes {
      let cells = try #require(layout.view.cells(of: place, in: pane.picture))
      let y = cells.y + cells.height / 2
      #expect(frame[cells.x - 1, y].character == "[" && frame[cells.maxX, y].character == "]")
    }
  }

  @Test func theRightButtonPicksInEveryMode() throws {
    for keys in ["", "m", "mm", "mmm"] {
      var fixture = try CompareFixture(keys: keys)
      let pane = try fixture.layout().panes[0]
      fixture.mouse(.press(.right), pane.picture.x + 5, pane.picture.y + 5)
      #expect(fixture.state.compare.pick == (try fixture.layout().view.sample(atX: pane.picture.x + 5, y: pane.picture.y + 5, in: pane.picture)))
    }
  }
}
