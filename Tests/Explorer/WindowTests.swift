import Canvas
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// The window onto the picture on views that show pictures as they are.
@Suite struct WindowTests {
  /// On the tab of a key, runs 1 and 2 (1 alone: `runs`).
  private func fixture(_ tab: String, runs: Int = 2, width: Int = 120, height: Int = 40) throws -> CompareFixture {
    var fixture = try CompareFixture(width: width, height: height, runs: runs)
    fixture.type(tab)
    fixture.answer()
    return fixture
  }

  @Test(arguments: [("1", 2), ("1", 1)]) func everyPictureShowsTheSamePart(tab: String, runs: Int) throws {
    var fixture = try fixture(tab, runs: runs)
    fixture.type("+++")
    fixture.answer()
    let view = try #require(fixture.state.pictureView)
    #expect(!view.isWhole && view.magnification > 3)
    #expect(fixture.state.runs.allSatisfy { $0.request?.crop == view.region })
    #expect(fixture.state.targetRequest?.crop == view.region)
    // What is drawn is that part of each, at the rectangle's resolution.
    let signal = fixture.state.subject.signal
    let size = try #require(view.request())
    for run in fixture.state.runs {
      let expected = CompareFixture.output(run.id, of: signal).cropped(to: view.region).resized(rows: size.rows, columns: size.columns)
      #expect(fixture.state.shownReconstruction(of: run, view) == expected.raster)
    }
    let pictures = fixture.state.frame().pictures
    #expect(pictures.count >= runs + 1 && Set(pictures.map { [$0.rect.width, $0.rect.height] }).count == 1)
    fixture.type("0")
    #expect(fixture.state.pictureView?.isWhole == true && fixture.state.runs.allSatisfy { $0.request?.crop == nil })
  }

  @Test func arrowsMoveTheZoomedPictureAndElseChooseRuns() throws {
    var fixture = try fixture("1")
    fixture.press(.down)
    #expect(fixture.state.selection == RunID(2))
    fixture.press(.up)
    #expect(fixture.state.selection == RunID(1))
    fixture.type("++")
    let before = try #require(fixture.state.pictureView)
    fixture.press(.down, .right)
    let after = try #require(fixture.state.pictureView)
    #expect(fixture.state.selection == RunID(1))
    #expect(after.region.rows.lowerBound > before.region.rows.lowerBound)
    #expect(after.region.columns.lowerBound > before.region.columns.lowerBound)
    // It stops at the edge, and letters choose runs all the same.
    for _ in 0..<50 { fixture.press(.up) }
    #expect(fixture.state.pictureView?.region.rows.lowerBound == 0)
    fixture.type("j")
    #expect(fixture.state.selection == RunID(2))
  }

  @Test func theWindowIsTheSameOnEveryView() throws {
    var fixture = try fixture("1")
    fixture.type("++")
    for _ in 0..<3 { fixture.press(.right) }
    let race = try #require(fixture.state.pictureView?.middle)
    fixture.type("7")
    let compare = try #require(fixture.state.pictureView)
    #expect(!compare.isWhole && fixture.state.runs.allSatisfy { $0.request?.crop == compare.region })
    #expect(abs(compare.middle.x - race.x) < 40 && abs(compare.middle.y - race.y) < 40)
    // Views without pictures ask for none.
    fixture.type("2")
    #expect(fixture.state.pictureView == nil && fixture.state.runs.allSatisfy { $0.request == nil })
  }

  @Test(arguments: ["1", "6"]) func theWheelZoomsAboutThePointerAndDraggingMoves(tab: String) throws {
    var fixture = try fixture(tab)
    let rect = try #require(fixture.state.frame().pictures.first?.rect)
    let (x, y) = (rect.x + rect.width / 4, rect.y + rect.height / 4)
    fixture.mouse(.wheelUp, x, y)
    fixture.mouse(.wheelUp, x, y)
    let zoomed = try #require(fixture.state.pictureView)
    #expect(!zoomed.isWhole && zoomed.middle.x < Double(zoomed.columns) / 2)
    fixture.mouse(.press(.left), x, y)
    fixture.mouse(.drag(.left), x - 4, y)
    fixture.mouse(.release(.left), x - 4, y)
    let dragged = try #require(fixture.state.pictureView)
    #expect(dragged.region.columns.lowerBound > zoomed.region.columns.lowerBound && dragged.region.rows == zoomed.region.rows)
    // Let go, it stays.
    fixture.mouse(.drag(.left), x + 10, y)
    #expect(fixture.state.pictureView == dragged)
    for _ in 0..<8 { fixture.mouse(.wheelDown, x, y) }
    #expect(fixture.state.pictureView?.isWhole == true)
  }

  @Test func theErrorMapIsZoomedToo() throws {
    var fixture = try fixture("1")
    fixture.type("e++")
    fixture.answer()
    let view = try #require(fixture.state.pictureView)
    let run = fixture.state.runs[0]
    let error = try #require(run.preview?.error)
    #expect(run.preview?.request?.crop == view.region)
    #expect(fixture.state.shownError(of: run, view) == run.live.errorRaster(error, .inferno))
  }

  @Test func theZoomIsSaid() throws {
    var fixture = try fixture("1", width: 160, height: 50)
    #expect(!fixture.state.lines[1].contains("zoom"))
    fixture.type("+")
    let view = try #require(fixture.state.pictureView)
    #expect(fixture.state.lines[1].contains("zoom \(fixture.state.magnification(view))"))
  }
}
