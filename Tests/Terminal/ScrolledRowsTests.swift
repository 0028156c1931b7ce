import Testing

@testable import TerminalUI

@Suite struct ScrolledRowsTests {
  private func rows(_ text: String) -> Set<Int> { ScrolledRows(in: Array(text.utf8), height: 10).rows }

  @Test func rowsThatMoveAreFound() {
    #expect(rows("\u{1B}[3;7r\u{1B}[3;1H\u{1B}[2T\u{1B}[1;10r") == [2, 3, 4, 5, 6])
    #expect(rows("\u{1B}[3;7r\u{1B}[7;1H\n\u{1B}[1;10r") == [2, 3, 4, 5, 6])
    #expect(rows("\u{1B}[1;1H\u{1B}M") == Set(0..<10))
    #expect(rows("\u{1B}[4;4H\u{1B}[2M") == Set(0..<10))
    #expect(rows("\u{1B}[8;99r\u{1B}[r\u{1B}[5;1H") == [7, 8, 9])
  }

  @Test func textAndColoursMoveNothing() {
    for text in ["", "\u{1B}", "\u{1B}[", "\u{1B}[12", "abc M S T", "\u{1B}[5;5Habc\u{1B}[1;31mM\u{1B}[K\u{1B}[3X\r\n", "\u{1B}[1;10r"] {
      #expect(rows(text).isEmpty, "\(text)")
    }
  }
}
