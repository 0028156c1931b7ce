import Canvas
import Testing

@Suite struct FrameTests {
  @Test func boxHasTitlesInItsFrame() {
    var frame = Frame(width: 30, height: 4)
    let inside = frame.box(frame.bounds, title: "reconstruction", rightTitle: "step 412")
    frame.put("29.84 dB", x: inside.x, y: inside.y, maxWidth: inside.width, alignment: .right)
    #expect(
      frame.text() == """
        ╭ reconstruction ─ step 412 ─╮
        │                    29.84 dB│
        │                            │
        ╰────────────────────────────╯
        """)
  }

  @Test func boxInASCII() {
    var frame = Frame(width: 16, height: 3, glyphs: .ascii)
    frame.box(frame.bounds, title: "a long title that is cut")
    #expect(
      frame.text() == """
        + a long t... -+
        |              |
        +--------------+
        """)
  }

  @Test func titlesAreCutFromTheRightOneOn() {
    var frame = Frame(width: 20, height: 2)
    frame.box(frame.bounds, title: "target", rightTitle: "a long step")
    #expect(frame.text() == "╭ target ─ a lon… ─╮\n╰──────────────────╯")
    var narrow = Frame(width: 6, height: 2)
    narrow.box(narrow.bounds, title: "target", rightTitle: "step")
    #expect(narrow.text() == "╭────╮\n╰────╯")
  }

  @Test(arguments: [(0, 0), (1, 1), (2, 2), (1, 9), (9, 1), (3, 3), (7, 2)])
  func anySizeTakesEverything(width: Int, height: Int) {
    var frame = Frame(width: width, height: height)
    frame.box(frame.bounds, title: "title", rightTitle: "right")
    frame.put("日本語 text", x: -2, y: 0)
    frame.put("text", x: 0, y: -1)
    frame.put("text", x: Int.max, y: 0, maxWidth: Int.max)
    frame.put("text", x: Int.min, y: 0, maxWidth: Int.min)
    frame.fill(Rect(x: -5, y: -5, width: Int.max, height: Int.max))
    frame.place(Raster(width: 3, height: 3, color: RGB(1, 2, 3)), in: Rect(x: -1, y: -1, width: 5, height: 5), id: 0)
    frame.progress(.nan, x: 0, y: 0, width: 5, .plain, empty: .plain)
    frame.restyle(frame.bounds.inset(by: -3)) { $0.bold = true }
    frame.set(x: Int.max, y: Int.min, "x", .plain)
    _ = frame[-1, 99]
    #expect(frame.text(pictures: .pixels).split(separator: "\n", omittingEmptySubsequences: false).count == max(1, height))
  }

  @Test func absurdSizesAreCut() {
    #expect(Frame(width: -4, height: Int.max).cells.isEmpty)
    let frame = Frame(width: Int.max, height: 1)
    #expect(frame.width == Frame.maximumWidth)
  }

  @Test func textIsElidedByColumns() {
    var frame = Frame(width: 12, height: 3)
    #expect(frame.put("abcdefghij", x: 0, y: 0, maxWidth: 5) == 5)
    #expect(frame.put("日本語日本語", x: 0, y: 1, maxWidth: 6) == 5)
    #expect(frame.put("ab", x: 0, y: 2, maxWidth: 6, alignment: .center) == 2)
    #expect(frame.text() == "abcd…\n日本…\n  ab")
  }

  @Test func controlsNeverGetThrough() {
    var frame = Frame(width: 12, height: 2)
    frame.put("a\u{1B}[31m\r\n\u{7}\u{9B}b", x: 0, y: 0)
    frame.put("x\u{202E}y\u{200B}z", x: 0, y: 1)
    #expect(frame.text() == "a\u{FFFD}[31m\u{FFFD}\u{FFFD}\u{FFFD}b\nx\u{FFFD}y\u{FFFD}z")
    var ascii = Frame(width: 3, height: 1, glyphs: .ascii)
    ascii.put("\u{1B}\t\0", x: 0, y: 0)
    #expect(ascii.text() == "???")
  }

  @Test func widths() {
    #expect("abc".columns == 3)
    #expect("日本".columns == 4)
    #expect("e\u{301}".columns == 1)
    #expect("▀⠿╭①≈×".columns == 6)
    #expect("👍".columns == 2)
    #expect("👨‍👩‍👧".columns == 2)
    #expect("\u{301}".columns == 1)  // alone it is replaced
  }

  @Test func overwritingHalfOfAWideCharacterLeavesABlank() {
    var frame = Frame(width: 6, height: 1)
    frame.put("日本語", x: 0, y: 0)
    frame.put("x", x: 3, y: 0)
    #expect(frame.text() == "日 x語")
    frame.put("y", x: 4, y: 0)
    #expect(frame.text() == "日 xy")
  }

  @Test func aPopUpHidesPartOfAPicture() {
    var frame = Frame(width: 8, height: 4)
    frame.place(Raster(width: 8, height: 8, color: RGB(255, 255, 255)), in: frame.bounds, id: 1)
    let popUp = Rect(x: 3, y: 1, width: 4, height: 3)
    frame.fill(popUp)
    frame.box(popUp)
    #expect(frame.text() == "░░░░░░░░\n░░░╭──╮░\n░░░│  │░\n░░░╰──╯░")
    #expect(frame.text(pictures: .pixels).hasPrefix("████████\n███╭"))
    #expect(frame[0, 0].picture == 1)
    #expect(frame[4, 2].picture == 0)
  }

  @Test func framesAreEqualWhenTheyLookTheSame() {
    func make(_ color: RGB) -> Frame {
      var frame = Frame(width: 4, height: 2)
      frame.place(Raster(width: 4, height: 4, color: color), in: frame.bounds, id: 0)
      return frame
    }
    #expect(make(RGB(1, 2, 3)) == make(RGB(1, 2, 3)))
    #expect(make(RGB(1, 2, 3)) != make(RGB(1, 2, 4)))
  }

  @Test func progressBars() {
    var frame = Frame(width: 8, height: 1)
    frame.progress(0.5, x: 0, y: 0, width: 5, .plain, empty: .plain)
    #expect(frame.text() == "██▌")
  }

  @Test func rectanglesSplitWithoutRest() {
    let rect = Rect(x: 2, y: 3, width: 10, height: 7)
    #expect(rect.columns(3).map(\.width) == [4, 3, 3])
    #expect(rect.rows(2).map(\.y) == [3, 7])
    #expect(rect.split(top: 99).rest.isEmpty)
    #expect(rect.split(bottom: 2).bottom == Rect(x: 2, y: 8, width: 10, height: 2))
    #expect(rect.split(right: 4).right.maxX == rect.maxX)
    #expect(rect.inset(by: 4).isEmpty)
    #expect(rect.intersection(Rect(x: 50, y: 50, width: 1, height: 1)).isEmpty)
    #expect(rect.columns(-1).isEmpty)
    #expect(rect.inset(horizontal: Int.max, vertical: Int.min).isEmpty)
  }
}
