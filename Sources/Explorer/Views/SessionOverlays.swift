import Canvas

/// What is asked and said about sessions.
extension ExplorerState {
  func drawSessionPrompt(into frame: inout Frame, _ prompt: SessionPrompt) {
    let inside = popUp(into: &frame, title: "save the session", width: 72, height: 7)
    drawPath(prompt.line, label: "name", into: &frame, inside)
    if prompt.fault == nil, prompt.existing == nil {
      frame.put(
        "all runs with their optimisers and curves, and what is on the screen", x: inside.x, y: inside.y + 1, theme.dimText,
        maxWidth: inside.width)
    } else {
      drawAnswer(fault: prompt.fault, exists: prompt.existing != nil, into: &frame, inside)
    }
    frame.put(
      [("enter", theme.accentText), (" save   ", theme.dimText), ("esc", theme.accentText), (" not now", theme.dimText)],
      x: inside.x, y: inside.y + 4, maxWidth: inside.width)
  }

  func drawLeaving(into frame: inout Frame) {
    let inside = popUp(into: &frame, title: "quit", width: 52, height: 5)
    frame.put(
      "saving the session after this step \(glyphs.ellipsis)", x: inside.x, y: inside.y, theme.text, maxWidth: inside.width)
    frame.put(
      [("q", theme.accentText), (" quit without it", theme.dimText)], x: inside.x, y: inside.y + 2, maxWidth: inside.width)
  }
}
