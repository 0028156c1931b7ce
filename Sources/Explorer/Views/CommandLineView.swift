import Canvas
import Networks

/// The line of commands at the bottom of the screen, and above it what may stand there.
extension ExplorerState {
  func drawCommandLine(into frame: inout Frame, _ rect: Rect, _ prompt: CommandPrompt) {
    frame.put(":", x: rect.x, y: rect.y, theme.accentText)
    frame.putField(
      text: prompt.line.text, cursor: prompt.line.cursor, x: rect.x + 1, y: rect.y, width: rect.width - 1, style: theme.text,
      cursorStyle: theme.text.reversed)
    if let fault = prompt.fault {
      let lines = fault.wrapped(columns: rect.width - 2, lines: 3)
      let top = rect.y - lines.count
      frame.fill(Rect(x: rect.x, y: top, width: rect.width, height: lines.count), theme.text)
      for (index, line) in lines.enumerated() {
        frame.put(" " + line, x: rect.x, y: top + index, theme.style(theme.critical, bold: true), maxWidth: rect.width)
      }
      return
    }
    let above = Rect(x: rect.x, y: rect.y - 1, width: rect.width, height: 1)
    frame.fill(above, theme.selection)
    let candidates = candidates(prompt)
    if candidates.isEmpty || candidates == [words(of: prompt).last] {
      frame.put(" " + usage(prompt), x: above.x, y: above.y, theme.selection, maxWidth: above.width)
    } else {
      draw(candidates, chosen: prompt.completion?.index, into: &frame, above)
    }
  }

  /// What belongs after the command's name.
  private func usage(_ prompt: CommandPrompt) -> String {
    let (before, last) = words(of: prompt)
    guard let command = try? command(named: before.first ?? last) else {
      return before.isEmpty && !last.isEmpty ? "no command begins so: backspace, tab shows all" : ""
    }
    let argument = command.argument.isEmpty ? "" : " \(command.argument)"
    return ":\(command.name)\(argument)   \(command.explanation)"
  }

  /// As many as there is room for around the chosen one, which stands between brackets.
  private func draw(_ candidates: [String], chosen: Int?, into frame: inout Frame, _ rect: Rect) {
    func columns(_ range: Range<Int>) -> Int { range.reduce(0) { $0 + candidates[$1].columns + 2 } }
    let room = rect.width - 4
    var first = 0
    if let chosen { while first < chosen, columns(first..<chosen + 1) > room { first += 1 } }
    var last = first
    while last < candidates.count, columns(first..<last + 1) <= room { last += 1 }
    var x = rect.x
    x += frame.put(first > 0 ? "<" : " ", x: x, y: rect.y, theme.selection)
    for index in first..<last {
      let isChosen = index == chosen
      let text = isChosen ? "[\(candidates[index])]" : " \(candidates[index]) "
      x += frame.put(text, x: x, y: rect.y, isChosen ? theme.selection.reversed : theme.selection, maxWidth: rect.maxX - x)
    }
    if last < candidates.count { frame.put(">", x: rect.maxX - 1, y: rect.y, theme.selection) }
  }
}
