import Canvas

extension ExplorerState {
  private func summaryLines(_ summary: Summary) -> [String] { summary.lines(columns: min(Summary.columns, width - 8)) }

  /// How many lines are shown, and how far they can be scrolled.
  func summaryRows(_ summary: Summary) -> Int { min(summaryLines(summary).count, max(1, height - 4)) }
  func summaryOverflow(_ summary: Summary) -> Int { summaryLines(summary).count - summaryRows(summary) }

  func drawSummary(into frame: inout Frame, _ summary: Summary) {
    let (lines, rows) = (summaryLines(summary), summaryRows(summary))
    let first = min(summary.scroll, summaryOverflow(summary))
    let scrolls = rows < lines.count
    let inside = popUp(
      into: &frame, title: "summary", rightTitle: scrolls ? "up down: more, S exports, any other key closes" : "S exports, any other key closes",
      width: min(Summary.columns, width - 8) + 4, height: rows + 2)
    for (row, line) in lines[first..<first + rows].enumerated() {
      frame.put(line, x: inside.x, y: inside.y + row, theme.text, maxWidth: inside.width)
    }
  }

  /// The same as a file of text.
  func summaryFrame(_ summary: Summary) -> Frame {
    let lines = summary.lines(columns: Summary.columns)
    var frame = Frame(width: Summary.columns, height: lines.count, glyphs: glyphs, style: theme.text)
    for (row, line) in lines.enumerated() { frame.put(line, x: 0, y: row, theme.text) }
    return frame
  }
}
