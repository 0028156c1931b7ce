import Testing

@testable import TerminalUI

/// What a terminal shows of a stream: against what is known of each sequence.
@Suite struct TerminalScreenTests {
  private func rows(_ text: String, width: Int = 8, height: Int = 3) -> [String] {
    var screen = TerminalScreen(width: width, height: height)
    screen.feed(text.utf8)
    return (0..<height).map(screen.row)
  }

  @Test func textGoesToTheCursor() {
    #expect(rows("ab\r\ncd\u{1B}[1;5Hx\u{1B}[3;1Hé①") == ["ab  x", "cd", "é①"])
    #expect(rows("abcdefgh\u{1B}[2Gx") == ["axcdefgh", "", ""])
    // The last column keeps the cursor until another character comes.
    #expect(rows("abcdefghi") == ["abcdefgh", "i", ""])
  }

  @Test func movesAndErasures() {
    #expect(rows("abcdef\u{1B}[4D\u{1B}[2X") == ["ab  ef", "", ""])
    #expect(rows("abcdef\u{1B}[3G\u{1B}[K") == ["ab", "", ""])
    #expect(rows("abcdef\u{1B}[3G\u{1B}[1K") == ["   def", "", ""])
    #expect(rows("abc\u{1B}[2d*\u{1B}[A\u{1B}[C+\u{1B}[B\u{8}-") == ["abc  +", "   * -", ""])
    #expect(rows("abc\u{1B}[2;2Hx\u{1B}[H\u{1B}[J") == ["", "", ""])
    #expect(rows("-\u{1B}[4b") == ["-----", "", ""])
    #expect(rows("abcdef\u{1B}[2G\u{1B}[2P") == ["adef", "", ""])
    #expect(rows("abcdef\u{1B}[2G\u{1B}[2@") == ["a  bcdef", "", ""])
  }

  @Test func whatIsNotTextIsPassedOver() {
    #expect(rows("\u{1B}[1;38;2;1;2;3ma\u{1B}(B\u{1B}[mb\u{1B}[?25l\u{1B}]0;title\u{7}c\u{1B}P0;1q#0~~-\u{1B}\\d") == ["abcd", "", ""])
    #expect(rows("a\u{1B}7\u{1B}[3;3Hx\u{1B}8b") == ["ab", "", "  x"])
  }

  @Test func updatesAreCounted() {
    var screen = TerminalScreen(width: 8, height: 3)
    screen.feed("\u{1B}[?2026ha".utf8)
    #expect(screen.isUpdating && screen.updates == 0)
    screen.feed("\u{1B}[?2026l\u{1B}[?2026h\u{1B}[?2026l".utf8)
    #expect(!screen.isUpdating && screen.updates == 2 && screen.row(0) == "a")
  }

  @Test func nothingTraps() {
    _ = rows("\u{1B}[99;99Hx\u{1B}[99A\u{1B}[99D\u{1B}[0;0Hy\u{1B}[999999b\u{1B}[99P\u{1B}[99@\u{1B}[99X\u{1B}[;H\u{1B}[J\u{1B}[1J\u{1B}[2K\n\n\n\n\t\t")
  }
}
