import Canvas

extension ExplorerState {
  /// An emptied box in the middle of the screen; returns its inside.
  private func popUp(into frame: inout Frame, title: String, width: Int, height: Int) -> Rect {
    let rect = frame.bounds.inset(horizontal: 1, vertical: 1).centered(width: width, height: height)
    frame.fill(rect, theme.text)
    return frame.box(rect, title: title, style: theme.frameStyle(focused: true), titleStyle: theme.titleText)
      .inset(horizontal: 1, vertical: 0)
  }

  func drawHelp(into frame: inout Frame) {
    let explanations = Keymap.bindings.map(\.explanation)
    let width = (explanations.map(\.columns).max() ?? 0) + 14
    let inside = popUp(into: &frame, title: "help", width: width, height: Keymap.bindings.count + 6)
    var y = inside.y
    for binding in Keymap.bindings where y < inside.maxY {
      frame.put(binding.label, x: inside.x, y: y, theme.accentText, maxWidth: 8)
      frame.put(binding.explanation, x: inside.x + 8, y: y, theme.text, maxWidth: inside.width - 8)
      y += 1
    }
    let notes = [
      "",
      "PSNR is of the parameters before the last step;",
      "\(glyphs.approximately) marks an estimate over the last epoch of mini-batches.",
      "Any key closes this.",
    ]
    for note in notes where y < inside.maxY {
      frame.put(note, x: inside.x, y: y, theme.dimText, maxWidth: inside.width)
      y += 1
    }
  }

  func drawQuitQuestion(into frame: inout Frame) {
    let inside = popUp(into: &frame, title: "quit", width: 52, height: 5)
    frame.put(
      "Step \(NumberText.grouped(run.step)) is not saved.", x: inside.x, y: inside.y, theme.text, maxWidth: inside.width)
    frame.put(
      [
        ("s", theme.accentText), (" save first   ", theme.dimText), ("y", theme.accentText),
        (" quit without   ", theme.dimText), ("n", theme.accentText), (" stay", theme.dimText),
      ], x: inside.x, y: inside.y + 2, maxWidth: inside.width)
  }

  func drawSavePrompt(into frame: inout Frame, _ prompt: SavePrompt) {
    let inside = popUp(into: &frame, title: "save the model", width: 68, height: 6)
    frame.put("file", x: inside.x, y: inside.y, theme.dimText)
    let field = Rect(x: inside.x + 6, y: inside.y, width: inside.width - 6, height: 1)
    frame.fill(field, theme.selection)
    // The part of a long line around the cursor.
    let start = max(0, prompt.line.cursor - field.width + 1)
    let shown = String(prompt.line.characters[min(start, prompt.line.characters.count)...].prefix(field.width))
    frame.put(shown, x: field.x, y: field.y, theme.selection, maxWidth: field.width)
    let cursor = String(prompt.line.characters[start..<prompt.line.cursor]).columns
    frame.restyle(Rect(x: min(field.x + cursor, field.maxX - 1), y: field.y, width: 1, height: 1)) { $0.reverse.toggle() }
    if let fault = prompt.fault {
      frame.put(
        fault, x: inside.x, y: inside.y + 1, theme.style(theme.critical, bold: true), maxWidth: inside.width)
    } else if prompt.existing != nil {
      frame.put(
        "This file exists. Enter once more replaces it.", x: inside.x, y: inside.y + 1,
        theme.style(theme.warning, bold: true), maxWidth: inside.width)
    }
    frame.put(
      [("enter", theme.accentText), (" save   ", theme.dimText), ("esc", theme.accentText), (" not now", theme.dimText)],
      x: inside.x, y: inside.y + 3, maxWidth: inside.width)
  }
}
