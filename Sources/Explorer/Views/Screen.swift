import Canvas

extension ExplorerState {
  /// The whole screen as a value: a pure function of the state.
  public func frame() -> Frame {
    var frame = Frame(width: width, height: height, glyphs: glyphs, style: theme.text)
    guard let layout else {
      drawTooSmall(into: &frame)
      return frame
    }
    drawTitle(into: &frame, layout.title)
    drawPictures(into: &frame, layout)
    drawCurve(into: &frame, layout.curve)
    drawStatus(into: &frame, layout.status)
    drawHints(into: &frame, layout.hints)
    switch overlay {
    case nil: break
    case .help: drawHelp(into: &frame)
    case .confirmQuit: drawQuitQuestion(into: &frame)
    case .save(let prompt): drawSavePrompt(into: &frame, prompt)
    }
    return frame
  }

  private func drawTooSmall(into frame: inout Frame) {
    let lines = [
      "asmr-tui needs \(Layout.minimumWidth)\(glyphs.multiplication)\(Layout.minimumHeight)",
      "this is \(width)\(glyphs.multiplication)\(height)",
    ]
    let top = max(0, (height - lines.count) / 2)
    for (index, line) in lines.enumerated() {
      frame.put(line, x: 0, y: top + index, index == 0 ? theme.text : theme.dimText, maxWidth: width, alignment: .center)
    }
  }

  private func drawTitle(into frame: inout Frame, _ rect: Rect) {
    let state = stateMark
    let configuration = run.configuration
    var right: [(text: String, style: Style)] = [(configuration.label, theme.runStyle(0, bold: true))]
    if rect.width >= 90 { right.append(("  \(configuration.preset.rawValue)", theme.text)) }
    right += [("  seed \(configuration.seed)   ", theme.dimText), (state.text + " ", state.style)]
    let rightWidth = right.reduce(0) { $0 + $1.text.columns }
    let rightStart = max(rect.width - rightWidth, rect.width / 3)
    let kind = subject.signal.channels == 1 ? "grey" : "colour"
    frame.put(
      [
        (" asmr-tui", theme.accentText), ("  \(subject.name)", theme.titleText),
        ("  \(subject.columns)\(glyphs.multiplication)\(subject.rows) \(kind)", theme.dimText),
      ], x: rect.x, y: rect.y, maxWidth: rightStart - 2)
    frame.put(right, x: rightStart, y: rect.y, maxWidth: rect.width - rightStart)
  }

  /// The state as a sign, a word and a colour: never by colour alone.
  private var stateMark: (text: String, style: Style) {
    let unicode = glyphs.isUnicode
    switch run.state {
    case .training: return ("\(glyphs.dot) training", theme.style(theme.good, bold: true))
    case .paused: return ((unicode ? "‖" : "=") + " paused", theme.style(theme.warning, bold: true))
    case .finished: return ((unicode ? "✓" : "+") + " finished", theme.style(theme.good, bold: true))
    case .stopped: return ((unicode ? "■" : "#") + " stopped", theme.style(theme.warning, bold: true))
    case .diverged: return ((unicode ? "✗" : "x") + " diverged", theme.style(theme.critical, bold: true))
    }
  }

  private func drawHints(into frame: inout Frame, _ rect: Rect) {
    if let message {
      let style = message.kind == .fault ? theme.style(theme.critical, bold: true) : theme.text
      frame.put(" " + message.text, x: rect.x, y: rect.y, style, maxWidth: rect.width)
      return
    }
    var x = 1
    for binding in Keymap.bindings {
      guard let hint = hint(for: binding) else { continue }
      let width = binding.label.columns + 1 + hint.columns
      guard x + width <= rect.width else { break }
      frame.put([(binding.label, theme.accentText), (" " + hint, theme.dimText)], x: x, y: rect.y)
      x += width + 2
    }
  }

  private func hint(for binding: KeyBinding) -> String? {
    binding.intent == .togglePause && run.state == .paused ? "resume" : binding.hint
  }
}
