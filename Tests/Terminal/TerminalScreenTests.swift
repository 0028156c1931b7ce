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

  @Test func linesMove() {
    let text = "1\r\n2\r\n3\r\n4"
    #expect(rows(text) == ["2", "3", "4"])
    #expect(rows(text + "\u{1B}[H\u{1B}M") == ["", "2", "3"])
    #expect(rows(text + "\u{1B}[S") == ["3", "4", ""] && rows(text + "\u{1B}[2T") == ["", "", "2"])
    #expect(rows(text + "\u{1B}[2d\u{1B}[L") == ["2", "", "3"] && rows(text + "\u{1B}[2d\u{1B}[M") == ["2", "4", ""])
    // Only those of a region, in which the cursor comes to the first place.
    #expect(rows(text + "\u{1B}[2;3r*\u{1B}[3d\nx\u{1B}[r") == ["*", "4", " x"])
    #expect(rows(text + "\u{1B}[1;2r\u{1B}[3d\n\u{1B}E-") == ["2", "3", "-"])
    #expect(rows("a\u{1B}Db\u{1B}Ec") == ["a", " b", "c"])
  }

  @Test func wideAndCombiningCharactersHaveTheirColumns() {
    #expect(rows("日本x\u{1B}[1;5H*\u{1B}[2;1He\u{301}x\u{1B}[2;2H-") == ["日本*", "e-", ""])
    // No half of one fits in the last column.
    #expect(rows("abcdefg日") == ["abcdefg", "日", ""])
    #expect(rows("🙂\u{1B}[3G|") == ["🙂|", "", ""])
  }

  @Test func tabsGoBothWays() {
    #expect(rows("\tx\u{1B}[Zy\u{1B}[2Zz", width: 20) == ["z       y", "", ""])
    #expect(rows("\u{1B}[2Ix\u{1B}[1`y\u{1B}[ez\u{1B}[aw", width: 20) == ["y               x", " z w", ""])
  }

  /// Columns that were touched, a text a row: `#` for those.
  private func touched(_ text: String, cursor: (x: Int, y: Int) = (0, 0)) -> [String] {
    var screen = TerminalScreen(width: 8, height: 3, cursor: cursor)
    screen.feed(Array(text.utf8))
    return (0..<3).map { y in String((0..<8).map { screen.isTouched[8 * y + $0] ? "#" : "." }) }
  }

  @Test func itIsKnownWhatWasWritten() {
    #expect(touched("") == ["........", "........", "........"])
    #expect(touched("\u{1B}[1;31m\u{1B}[2;3Hab\u{1B}[C日\u{1B}[A\u{1B}[3D\u{1B}[d") == ["........", "..##.##.", "........"])
    #expect(touched("a\r\u{1B}[A\u{1B}[2C\u{1B}[2X", cursor: (7, 2)) == ["........", "..##....", ".......#"])
    #expect(touched("\u{1B}[1;6H\u{1B}[K\u{1B}[2;3H\u{1B}[1K\u{1B}[3;2Hx\u{1B}[2b") == [".....###", "###.....", ".###...."])
    #expect(touched("\u{1B}[2;4H\u{1B}[J") == ["........", "...#####", "########"] && touched("\u{1B}[2;7H\u{1B}[P\u{1B}[3;8H\u{1B}[@") == ["........", "......##", ".......#"])
    for text in ["\u{1B}M", "\u{1B}[3d\n", "\u{1B}[S", "\u{1B}[T", "\u{1B}[L", "\u{1B}[M"] {
      #expect(touched(text) == Array(repeating: "########", count: 3), "\(text)")
    }
    #expect(touched("\u{1B}[2;3r\u{1B}[2;1H\u{1B}M\u{1B}[r") == ["........", "########", "########"])
    #expect(touched("\u{1B}[2;1H\u{1B}M\u{1B}M", cursor: (0, 2)) == ["########", "########", "########"])
    #expect(touched("\u{1B}[3;1H\u{1B}M\u{1B}M\n") == Array(repeating: "........", count: 3))
  }

  @Test func whatIsNotKnownIsNoticed() {
    func isUncertain(_ text: String) -> Bool {
      var screen = TerminalScreen(width: 8, height: 3)
      screen.feed(text.utf8)
      return screen.isUncertain
    }
    let known = "\u{1B}[1;2Ha\u{1B}[m\u{1B}(B\u{1B}[?25l\u{1B}[?12;25h\u{1B}[4l\u{1B}7\u{1B}8\u{1B}=\u{1B}]0;x\u{1B}\\\u{1B}[3;1H\u{1B}[K\u{1B}[2 q\u{E}\u{F}"
    #expect(!isUncertain(known))
    for text in ["\u{1B}[u", "\u{1B}[2y", "\u{1B}c", "\u{1B}#8", "\u{1B}[4h", "\u{1B}]R", "\u{1B}[3"] { #expect(isUncertain(text), "\(text)") }
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
