import Canvas
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// What keys do to the run and the screen.
@Suite struct CommandTests {
  @Test func spacePausesAndResumesByState() throws {
    var state = try Fixture.state()
    #expect(state.press(" ") == [.pause(RunID(1))])
    // A second press before the engine has answered means the other thing.
    #expect(state.press("p") == [.resume(RunID(1))])
    #expect(state.press("p") == [.pause(RunID(1))])
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 5, run: .paused)]))
    #expect(state.lastRow.contains("space resume"))
    #expect(state.press(" ") == [.resume(RunID(1))])
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 6)]))
    #expect(state.lastRow.contains("space pause"))
    #expect(state.press(" ") == [.pause(RunID(1))])
  }

  @Test(arguments: [RunState.finished, .stopped, .diverged])
  func afterTheEndTheKeysSaySo(end: RunState) throws {
    var state = try Fixture.state()
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 2000, run: end)]))
    #expect(!state.lastRow.contains("space") && !state.lastRow.contains(". step"))
    for key in [" ", "."] {
      state.message = nil
      #expect(state.press(key) == [])
      #expect(state.lastRow.contains("training has ended (\(end.rawValue))"))
    }
    #expect(state.press("r") == [.reset(RunID(1))])
  }

  @Test func everyPressOfReseedIsAnotherSeed() throws {
    var state = try Fixture.state()
    let seed = state.run.configuration.seed
    #expect(state.press("RR") == [.reseed(RunID(1), seed + 1), .reseed(RunID(1), seed + 2)])
  }

  @Test func stepping() throws {
    var state = try Fixture.state()
    #expect(state.press("..") == [.singleStep(RunID(1)), .singleStep(RunID(1))])
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 5, run: .paused)]))
    #expect(state.press(".") == [.singleStep(RunID(1))])
  }

  @Test func theErrorMapIsThereBeforeItIsShown() throws {
    var state = try Fixture.state(width: 120, height: 40)
    let request = try #require(state.request)
    #expect(request.includesError && !state.text.contains("error |y - t|"))
    let preview = Preview(
      step: 5, picture: Fixture.signal(columns: request.columns, rows: request.rows),
      error: Fixture.signal(columns: request.columns, rows: request.rows), request: request)
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 5, preview: preview)]))
    // Nobody looks: it is not drawn.
    #expect(state.run.error == nil)
    _ = state.press("e")
    #expect(state.run.error?.width == request.columns && state.run.errorScale > 0)
    #expect(state.text.contains("error |y - t|") && state.text.contains(" target "))
    _ = state.press("e")
    #expect(state.request == request && !state.text.contains("error |y - t|"))
    // A narrow screen has room for two: the error stands in the target's place.
    _ = state.update(.resize(width: 80, height: 24))
    _ = state.press("e")
    #expect(state.text.contains("error |y - t|") && !state.text.contains(" target "))
    _ = state.press("e")
    #expect(!state.text.contains("error |y - t|") && state.text.contains(" target "))
  }

  @Test func startingAgain() throws {
    var state = try Fixture.state { $0.seed = 41 }
    #expect(state.press("r") == [.reset(RunID(1))])
    #expect(state.lastRow.contains("started again with seed 41"))
    #expect(state.press("R") == [.reseed(RunID(1), 42)])
    #expect(state.lastRow.contains("started again with seed 42"))
    var last = try Fixture.state { $0.seed = .max }
    #expect(last.press("R") == [.reseed(RunID(1), 0)])
  }

  @Test func themesCycle() throws {
    var dark = Theme.builtIn
    dark.name = "dark"
    dark.background = .hex(0x000000)
    var light = Theme.builtIn
    light.name = "light"
    light.background = .hex(0xFFFFFF)
    var state = try Fixture.state(themes: [dark, light])
    #expect(state.frame()[0, 0].style.background == .hex(0x000000))
    #expect(state.press("t") == [.keepTheme("light")])
    #expect(state.frame()[0, 0].style.background == .hex(0xFFFFFF) && state.lastRow.contains("theme light"))
    _ = state.press("t")
    #expect(state.frame()[0, 0].style.background == .hex(0x000000) && state.lastRow.contains("theme dark"))
    var only = try Fixture.state()
    _ = only.press("t")
    #expect(only.lastRow.contains("the only one"))
  }

  @Test func repaintingAndUnknownKeys() throws {
    var state = try Fixture.state()
    #expect(state.update(.key(.control("l"))) == [.repaint])
    let before = state.frame()
    for key in [Key.character("y"), .escape, .up, .function(5), .control("x")] { #expect(state.update(.key(key)) == []) }
    #expect(state.frame() == before)
  }

  @Test func messagesExpire() throws {
    var state = try Fixture.state()
    let hints = state.lastRow
    _ = state.update(.tick(now: 1000, residentBytes: 1))
    _ = state.press("t")
    #expect(state.lastRow.contains("theme"))
    _ = state.update(.tick(now: 1003.9, residentBytes: 1))
    #expect(state.lastRow.contains("the only one"))
    _ = state.update(.tick(now: 1004, residentBytes: 1))
    #expect(state.lastRow == hints)
  }

  /// The clock does not start at zero: a note of the beginning must outlive the first tick.
  @Test func whatWasDoneToThePictureIsSaidAtTheStart() throws {
    let odd = Fixture.signal(columns: 427, rows: 64)
    let subject = Fixture.subject(odd, notes: ["alpha was composed over black"])
    var state = try Fixture.state(subject: subject, width: 200, now: 5000)
    _ = state.update(.tick(now: 5000.1, residentBytes: 1))
    #expect(state.lastRow.contains("alpha was composed over black"))
    #expect(state.lastRow.contains("columns are padded from 427 to 432"))
    _ = state.update(.tick(now: 5008, residentBytes: 1))
    #expect(state.lastRow.contains("q quit"))
  }
}

/// Leaving, and what is lost by it.
@Suite struct QuitTests {
  private func trained(saved: Bool = false) throws -> ExplorerState {
    var state = try Fixture.state()
    let notices = saved ? [Notice.saved(path: "a.safetensors", step: 7, psnr: 20)] : []
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 7, notices: notices)]))
    return state
  }

  @Test func nothingLostNothingAsked() throws {
    var fresh = try Fixture.state()
    #expect(fresh.press("q") == [.quit(0)])
    var saved = try trained(saved: true)
    #expect(saved.press("q") == [.quit(0)])
    // One step more is unsaved again.
    _ = saved.update(.snapshots([Fixture.snapshot(of: saved, step: 8)]))
    #expect(saved.press("q") == [] && saved.overlay == .confirmQuit)
  }

  @Test(arguments: ["y", "q"]) func yesQuits(key: String) throws {
    var state = try trained()
    #expect(state.press("q") == [])
    #expect(state.text.contains("Step 7 is not saved."))
    #expect(state.press(key) == [.quit(0)])
  }

  @Test func noStays() throws {
    var state = try trained()
    let before = state.frame()
    for key in [Key.character("n"), .escape] {
      _ = state.press("q")
      // Other keys neither answer nor act.
      for other in [Key.character("r"), .character(" "), .tab] { #expect(state.update(.key(other)) == []) }
      #expect(state.overlay == .confirmQuit)
      #expect(state.update(.key(key)) == [])
      #expect(state.frame() == before)
    }
  }

  @Test func savingFirstThenQuits() throws {
    var state = try trained()
    #expect(state.press("qs") == [])
    #expect(state.text.contains("save the model"))
    #expect(state.update(.key(.enter)) == [.checkPath("cameraman-asmr.safetensors")])
    #expect(state.update(.pathIsFree("cameraman-asmr.safetensors")) == [.save(RunID(1), path: "cameraman-asmr.safetensors")])
    let notice = Notice.saved(path: "cameraman-asmr.safetensors", step: 7, psnr: 20)
    #expect(state.update(.snapshots([Fixture.snapshot(of: state, step: 7, notices: [notice])])) == [.quit(0)])
  }

  @Test func changingOnesMindWhileSaving() throws {
    var state = try trained()
    _ = state.press("qs")
    #expect(state.update(.key(.escape)) == [] && state.overlay == nil)
    let notice = Notice.saved(path: "x", step: 7, psnr: 20)
    #expect(state.update(.snapshots([Fixture.snapshot(of: state, step: 7, notices: [notice])])) == [])
  }

  @Test func controlCTwice() throws {
    var state = try trained()
    #expect(state.update(.interrupt) == [] && state.overlay == .confirmQuit)
    #expect(state.update(.interrupt) == [.quit(130)])
    // From under any overlay.
    for keys in ["?", "s"] {
      var other = try trained()
      _ = other.press(keys)
      #expect(other.update(.interrupt) == [] && other.overlay == .confirmQuit)
      #expect(other.update(.interrupt) == [.quit(130)])
    }
  }

  @Test func aNewRunHasNothingSaved() throws {
    var state = try trained(saved: true)
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 7, generation: 1)]))
    #expect(state.press("q") == [] && state.overlay == .confirmQuit)
  }
}
