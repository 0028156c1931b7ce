import Canvas
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// Runs whose model and sizes are the same, and what else says which is which.
@Suite struct RunLabelTests {
  private func labels(_ state: ExplorerState) -> [String] { state.runs.map { state.label(of: $0) } }

  @Test func runsOfOneLabelNameWhatDiffers() throws {
    let state = try Fixture.racing(["hashgrid", "hashgrid,batch=full", "siren"])
    let batch = try #require(state.runs[0].configuration.batch?.argument)
    #expect(labels(state) == ["hash grid 8×2, batch \(batch)", "hash grid 8×2, batch full", "SIREN 4×256"])
    // As many fields as it takes; a fork is as its source until it is changed.
    let three = try Fixture.racing(["siren", "siren,lr=1e-3", "siren,lr=1e-3,seed=2", "siren,lr=1e-3,seed=2"])
    #expect(labels(three)[1].hasSuffix("lr 0.001, seed 1") && labels(three)[2] == labels(three)[3])
    #expect(Set(labels(three)).count == 3)
  }

  @Test(arguments: [(80, 24), (120, 40), (160, 50)]) func theTableHasRoomForIt(width: Int, height: Int) throws {
    let state = try Fixture.racing(width: width, height: height, ["hashgrid", "hashgrid,batch=full"])
    let table = state.lines.suffix(6)
    #expect(table.contains { $0.contains("hash grid 8×2, batch full") }, "\(state.text)")
  }

  @Test func slowRunsHaveTwoDecimals() throws {
    let state = try Fixture.state()
    #expect([0.042, 0.994, 0.996, 14.56, 2000].map { state.speedText($0) } == ["0.04", "0.99", "1.0", "14.6", "2000"])
  }

  @Test func aLongMessageIsReadToItsEnd() throws {
    var state = try Fixture.racing(width: 80, height: 24)
    _ = state.update(.tick(now: 10, residentBytes: 1))
    let text = "race: LoE hidden 58, KiloNeRF grid 12x12, hash grid table-size 8192, so that parameters compare (126,049 to 250,112)"
    state.say(text, seconds: 8)
    let shown = state.lines.suffix(2).map { $0.split(separator: " ").joined(separator: " ") }.joined(separator: " ")
    #expect(shown == text)
    // Who presses a key at once has not read it.
    _ = state.press("j")
    #expect(state.message != nil)
    _ = state.update(.tick(now: 11.1, residentBytes: 1))
    _ = state.press("j")
    #expect(state.message == nil && state.lastRow.contains("q quit"))
  }

  @Test func theFormSaysWhatEscapeDoesAndHowMuchIsShown() throws {
    var state = try Fixture.racing(width: 80, height: 16, ["siren"])
    _ = state.press("a")
    #expect(state.text.contains("esc leaves") && state.text.contains("1–6 of "), "\(state.text)")
    _ = state.press("x")
    #expect(state.text.contains("esc undoes the field"))
    _ = state.update(.key(.escape))
    #expect(state.overlay != nil && state.text.contains("esc leaves"))
    var tall = try Fixture.racing(width: 120, height: 50, ["hashgrid"])
    _ = tall.press("a")
    #expect(tall.text.contains("esc leaves") && !tall.text.contains("1–"))
    // Both, where a step sees a part of the samples.
    _ = tall.update(.key(.escape))
    _ = tall.update(.key(.enter))
    if case .samples? = tall.run.configuration.batch {
      #expect(tall.text.contains(" samples, ") && tall.text.contains("GFLOP a full step"))
    }
  }
}
