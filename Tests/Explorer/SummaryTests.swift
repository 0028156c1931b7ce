import Canvas
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// The screen in sentences, for whoever does not read plots.
@Suite struct SummaryTests {
  @Test func itSaysTheRunInSentences() throws {
    var state = try Fixture.training(width: 100, height: 30)
    _ = state.press("I")
    let text = state.summaryParagraphs.joined(separator: "\n")
    #expect(text.hasPrefix("cameraman.pgm is a grey picture of 512 by 512 samples. There is 1 run."))
    let psnr = NumberText.fixed(Fixture.metrics(412)[411].psnr, decimals: 2)
    #expect(
      text.contains(
        "Run 1, ASMR [4,4,4,8] (selected) trains at step 412 of 2,000, after 11.1 seconds of training, at 72.4 steps a second. "
          + "PSNR is \(psnr) dB, the best was \(psnr) dB at step 411. It has 134,145 parameters and needs 1,354 MACs a sample."))
    // The pop-up has the words and no graphics but its frame.
    #expect(state.text.contains("╭ summary ") && state.text.contains("134,145 parameters"))
    #expect(text.unicodeScalars.allSatisfy { $0.isASCII })
    _ = state.press("x")
    #expect(state.overlay == nil)
  }

  @Test(arguments: Tab.allCases)
  func everyViewHasItsSentence(tab: Tab) throws {
    var state = try Fixture.racing(width: 120, height: 40)
    _ = state.press("\(tab.key)I")
    let last = try #require(state.summaryParagraphs.last)
    #expect(last.hasPrefix("View \(tab.key), \(tab.title)") && last.hasSuffix("."))
    #expect(state.summaryParagraphs.count == 2 + state.runs.count)
    #expect(state.summaryParagraphs.joined().unicodeScalars.allSatisfy { $0.isASCII || "ω".unicodeScalars.contains($0) || "×".unicodeScalars.contains($0) })
  }

  @Test func theCursorIsRead() throws {
    var state = try Fixture.racing(width: 120, height: 40)
    _ = state.press("2<<<<<<<<")
    let view = try #require(state.summaryParagraphs.last)
    #expect(view.contains("At the cursor, ") && view.contains(": run "))
  }

  @Test func hiddenPinnedFrozenAndOtherStatesAreSaid() throws {
    var state = try Fixture.racing(width: 120, height: 40)
    _ = state.press("jhkiF")
    let text = state.summaryParagraphs.joined(separator: "\n")
    #expect(text.contains("(hidden)") && text.contains("(selected, pinned)") && text.contains("The display is frozen"))
  }

  @Test(arguments: [(60, 16), (80, 24), (250, 70)])
  func itScrollsWhereItIsLong(width: Int, height: Int) throws {
    var state = try Fixture.racing(width: width, height: height)
    _ = state.press("I")
    guard case .summary(let summary) = state.overlay else { return }
    let lines = summary.lines(columns: min(Summary.columns, width - 8))
    var seen: Set<String> = []
    for _ in 0...lines.count {
      for line in state.lines { seen.insert(line) }
      if height < 70 { _ = state.press("j") }
    }
    for line in lines where !line.isEmpty { #expect(seen.contains { $0.contains(line) }, "\(line)") }
    // What is read stands still.
    let before = state.text
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 900)]))
    if case .summary(let now) = state.overlay { #expect(now.paragraphs == summary.paragraphs) }
    #expect(state.lines[height / 2] == before.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[height / 2])
  }

  @Test func itIsExportedAsItWasRead() throws {
    var state = try Fixture.training(width: 100, height: 30)
    _ = state.press("IS")
    #expect(state.text.contains("export the summary") && state.text.contains("cameraman-summary.txt"))
    #expect(state.update(.key(.enter)) == [.checkPath("cameraman-summary.txt")])
    let effects = state.update(.pathIsFree("cameraman-summary.txt"))
    guard case .export(let export)? = effects.last, case .frames(let frames) = export.content else {
      Issue.record("nothing was written")
      return
    }
    #expect(export.format == .txt && frames.count == 1)
    let text = frames[0].text()
    #expect(text.contains("134,145 parameters") && text.split(separator: "\n").allSatisfy { String($0).columns <= Summary.columns })
  }

  @Test func wordsAreBrokenBetweenLines() {
    #expect("a bc def ghij".wrapped(columns: 5) == ["a bc", "def", "ghij"])
    #expect("longerthanthat b".wrapped(columns: 5) == ["longerthanthat", "b"])
    #expect("".wrapped(columns: 5) == [""])
  }
}
