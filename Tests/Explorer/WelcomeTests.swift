import Canvas
import Testing

@testable import Explorer

/// The hint of the very first start.
@Suite struct WelcomeTests {
  @Test(arguments: [(60, 16), (80, 24), (250, 70)], [Glyphs.unicode, .ascii])
  func anyKeyRemovesItAndStillActs(size: (Int, Int), glyphs: Glyphs) throws {
    var state = try Fixture.state(width: size.0, height: size.1, glyphs: glyphs)
    let hints = state.lastRow
    state.greets = true
    #expect(state.lastRow.contains("? help") && state.lastRow.contains("asmr-tui tour") && state.lastRow.columns <= size.0)
    // Nothing else of the screen is covered.
    var other = state
    other.greets = false
    #expect(state.lines.dropLast() == other.lines.dropLast())
    _ = state.press("e")
    #expect(state.showsError && state.lastRow == hints.replacing("error", with: "error"))
  }

  @Test func whatIsSaidComesFirst() throws {
    var state = try Fixture.state(subject: Fixture.subject(notes: ["reduced to 512×512"]))
    state.greets = true
    #expect(state.lastRow.contains("reduced to 512×512"))
    _ = state.update(.tick(now: 9, residentBytes: 0))
    #expect(state.lastRow.contains("asmr-tui tour"))
    _ = state.update(.tick(now: 900, residentBytes: 0))
    #expect(state.lastRow.contains("asmr-tui tour"))
    _ = state.press("§")
    #expect(!state.lastRow.contains("asmr-tui tour"))
  }
}
