import Canvas
import Testing

@testable import TerminalUI

/// What terminals answer when they are asked, and what follows from it.
@Suite struct ProbeAnswerTests {
  private let escape = "\u{1B}"

  private func answers(_ text: String) -> (ProbeAnswers, [UInt8], Bool) {
    var filter = AnswerFilter()
    let rest = filter.take(Array(text.utf8)) + filter.flush()
    return (filter.answers, rest, filter.isComplete)
  }

  /// As xterm 379 with `-ti vt340` says it.
  private var xterm: String {
    "\(escape)P>|XTerm(379)\(escape)\\\(escape)[?1;0;1024S\(escape)[?2;0;800;600S\(escape)[6;15;8t\(escape)[?2026;0$y"
      + "\(escape)]11;rgb:1a1a/1b1b/2626\(escape)\\\(escape)[?63;1;2;4;6;9;15;16;22;28c"
  }

  @Test func xtermIsUnderstood() {
    let (found, rest, isComplete) = answers(xterm)
    #expect(rest.isEmpty && isComplete)
    #expect(found.name == "XTerm(379)" && found.registers == 1024 && found.graphicsSize == PixelSize(width: 800, height: 600))
    #expect(found.cellSize == PixelSize(width: 8, height: 15) && found.isSynchronizing == false && !found.hasKitty)
    #expect(found.background == RGB(0x1A, 0x1B, 0x26) && found.attributes?.contains(4) == true)
  }

  @Test func kittyIsUnderstood() {
    let (found, rest, _) = answers("\(escape)_Gi=4211;OK\(escape)\\\(escape)[?2026;2$y\(escape)[?62;c")
    #expect(found.hasKitty && found.isSynchronizing == true && rest.isEmpty)
    #expect(!answers("\(escape)_Gi=4211;ENOTSUPPORTED:no\(escape)\\\(escape)[?62c").0.hasKitty)
  }

  @Test func keysTypedMeanwhileAreNotLost() {
    let (found, rest, _) = answers("q\(escape)[A\(escape)]11;#102030\u{7}x\(escape)OPé\(escape)[?1;2cy")
    #expect(String(decoding: rest, as: UTF8.self) == "q\(escape)[Ax\(escape)OPéy")
    #expect(found.background == RGB(0x10, 0x20, 0x30) && found.attributes == [2])
    #expect(answers("\(escape)").1 == [0x1B])
  }

  @Test func anAnswerThatIsCutIsNoKey() {
    #expect(answers("a\(escape)[?62;1;").1 == Array("a".utf8))
    #expect(answers("\(escape)]11;rgb:1").1.isEmpty)
  }

  @Test(arguments: ["rgb:ff/80/00", "rgb:ffff/8080/0000", "rgba:ff/80/00/ff", "#ff8000"])
  func colors(_ text: String) { #expect(ProbeAnswers.color(text) == RGB(255, 128, 0)) }

  @Test(arguments: ["", "rgb:", "rgb:12/34", "rgb:12345/0/0", "#12", "red"])
  func noColors(_ text: String) { #expect(ProbeAnswers.color(text) == nil) }

  // MARK: What follows

  private func choice(
    _ text: String, wanted: Graphics? = nil, isUnicode: Bool = true, depth: ColorDepth = .trueColor, isTmux: Bool = false,
    pixels: PixelSize = PixelSize(width: 0, height: 0)
  ) -> GraphicsChoice {
    GraphicsChoice(
      wanted: wanted, answers: answers(text).0, isUnicode: isUnicode, depth: depth, isTmux: isTmux, window: (100, 40, pixels))
  }

  @Test func theBestThatTheTerminalHas() {
    let kitty = "\(escape)_Gi=4211;OK\(escape)\\\(escape)[?62;4c"
    #expect(choice(kitty).graphics == .kitty)
    #expect(choice(kitty, isTmux: true).graphics == .sixel)
    #expect(choice(xterm).graphics == .sixel)
    #expect(choice("\(escape)[?1;2c").graphics == .half)
    #expect(choice("").graphics == .half)
    #expect(choice("", isUnicode: false).graphics == .ascii)
    #expect(choice(xterm, depth: .monochrome).graphics == .half)
    #expect(choice("", wanted: .sixel).graphics == .sixel)
    #expect(choice(xterm, wanted: .braille).graphics == .braille)
    #expect(choice(xterm, wanted: .quadrant, isUnicode: false).graphics == .ascii)
  }

  @Test func theSizeOfACell() {
    #expect(choice(xterm).cell == PixelSize(width: 8, height: 15))
    // Geometry that does not divide counts a border.
    #expect(choice("\(escape)[?2;0;804;604S\(escape)[6;17;9t\(escape)[?62;4c").cell == PixelSize(width: 9, height: 17))
    #expect(choice("", pixels: PixelSize(width: 1010, height: 805)).cell == PixelSize(width: 10, height: 20))
    #expect(choice("", pixels: PixelSize(width: 100, height: 40)).cell == PixelSize.commonCell)
    #expect(choice("\(escape)[6;400;200t").cell == PixelSize.commonCell)
  }

  // MARK: Late answers

  @Test func lateAnswersAreNoKeys() {
    var decoder = InputDecoder()
    decoder.expectsAnswers(until: .now + .seconds(60))
    func keys(_ text: String) -> [Event] { decoder.events(text.unicodeScalars.map { ($0.value, false) }) }
    #expect(keys(xterm).isEmpty)
    #expect(keys("\(escape)]11;rgb:1a").isEmpty)
    #expect(keys("1a/0/0\u{7}q") == [.key(.character("q"))])
    #expect(decoder.answers.cellSize == PixelSize(width: 8, height: 15) && decoder.answers.graphicsSize?.width == 800)
    #expect(decoder.answers.attributes?.contains(4) == true && !decoder.isExpecting)
    // Asked again: an answer whose escape came alone still is none of the user's.
    decoder.expectsAnswers(until: .now + .seconds(60))
    #expect(decoder.isExpecting && decoder.answers.cellSize == nil)
    _ = keys("\(escape)")
    #expect(keys("[6;20;10t").isEmpty && decoder.answers.cellSize == PixelSize(width: 10, height: 20))
    // Of two lists of questions the second one counts.
    decoder.expectsAnswers(until: .now + .seconds(60))
    #expect(keys("\(escape)[?62;4c").isEmpty && decoder.isExpecting)
    #expect(keys("\(escape)[6;30;15t\(escape)[?62;4c").isEmpty && !decoder.isExpecting)
    #expect(decoder.answers.cellSize == PixelSize(width: 15, height: 30))
    var later = InputDecoder()
    // At other times Alt with a bracket is two keys.
    #expect(later.events("\(escape)]".unicodeScalars.map { ($0.value, false) }).count == 2)
  }
}
