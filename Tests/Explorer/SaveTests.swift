import Canvas
import TerminalUI
import Testing
import Training

@testable import Explorer

@Suite struct SaveTests {
  private func prompting(name: String = "cameraman.pgm") throws -> ExplorerState {
    var state = try Fixture.state(subject: Fixture.subject(name: name))
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 9)]))
    #expect(state.press("s") == [])
    return state
  }

  private func prompt(_ state: ExplorerState) -> SavePrompt? {
    if case .save(let prompt) = state.overlay { prompt } else { nil }
  }

  @Test(arguments: [
    ("cameraman.pgm", "cameraman-asmr.safetensors"), ("standard input", "picture-asmr.safetensors"),
    ("a.b.png", "a-asmr.safetensors"), ("...", "picture-asmr.safetensors"), ("日本", "日本-asmr.safetensors"),
  ])
  func theDefaultNameIsThePictures(name: String, file: String) throws {
    let state = try prompting(name: name)
    #expect(prompt(state)?.line.text == file)
    #expect(state.text.contains(file))
  }

  @Test func keysGoIntoTheLine() throws {
    var state = try prompting()
    _ = state.update(.key(.control("u")))
    // Keys that mean something else on the main screen are letters here.
    #expect(state.press("q r?.e ") == [])
    #expect(prompt(state)?.line.text == "q r?.e ")
    #expect(state.text.contains("q r?.e"))
    #expect(state.update(.key(.escape)) == [] && state.overlay == nil)
  }

  @Test func anEmptyNameIsNotSaved() throws {
    var state = try prompting()
    _ = state.update(.key(.control("u")))
    #expect(state.update(.key(.enter)) == [])
    #expect(prompt(state) != nil)
  }

  @Test func aFileThatExistsAsksAgain() throws {
    var state = try prompting()
    _ = state.update(.key(.control("u")))
    _ = state.press("m")
    #expect(state.update(.key(.enter)) == [.checkPath("m")])
    #expect(state.update(.pathExists("m")) == [])
    #expect(state.text.contains("exists"))
    #expect(state.update(.key(.enter)) == [.save(RunID(1), path: "m")])
  }

  @Test func anotherNameIsCheckedAnew() throws {
    var state = try prompting()
    _ = state.update(.key(.enter))
    _ = state.update(.pathExists("cameraman-asmr.safetensors"))
    _ = state.press("x")
    #expect(!state.text.contains("exists"))
    #expect(state.update(.key(.enter)) == [.checkPath("cameraman-asmr.safetensorsx")])
    // Back to the same name: what was said of it before is forgotten.
    _ = state.update(.key(.backspace))
    #expect(state.update(.key(.enter)) == [.checkPath("cameraman-asmr.safetensors")])
  }

  @Test func faultsAreShownUntilTheLineChanges() throws {
    var state = try prompting()
    _ = state.update(.key(.enter))
    #expect(state.update(.pathFault("m", "no/m: the folder is not there")) == [])
    #expect(state.text.contains("no/m: the folder is not there"))
    _ = state.press("x")
    #expect(!state.text.contains("the folder is not there"))
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 9, notices: [.saveFailed("m: disk full")])]))
    #expect(state.text.contains("m: disk full") && prompt(state) != nil)
    #expect(state.run.savedStep == nil)
  }

  @Test func aNoticeClosesTheLineAndSaysWhatWasSaved() throws {
    var state = try prompting()
    let notice = Notice.saved(path: "m.safetensors", step: 1234, psnr: 29.837)
    #expect(state.update(.snapshots([Fixture.snapshot(of: state, step: 1234, notices: [notice])])) == [])
    #expect(state.overlay == nil)
    #expect(state.lastRow.contains("saved m.safetensors: step 1,234, 29.84 dB"))
    #expect(!state.run.hasUnsavedWork)
  }

  @Test func aFaultWithoutTheLineIsAMessage() throws {
    var state = try prompting()
    _ = state.update(.key(.escape))
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 9, notices: [.saveFailed("m: disk full")])]))
    #expect(state.lastRow.contains("m: disk full"))
    #expect(state.run.hasUnsavedWork)
  }

  @Test func aLongNameShowsTheEndWhereTheCursorIs() throws {
    var state = try Fixture.state(width: 60, height: 16)
    _ = state.press("s")
    _ = state.update(.key(.control("u")))
    _ = state.press(String(repeating: "folder/", count: 30) + "END")
    #expect(state.text.contains("folder/END"))
    _ = state.update(.key(.home))
    _ = state.press("START")
    #expect(state.text.contains("STARTfolder/"))
  }
}
