import Canvas

extension ExplorerState {
  /// The whole screen as a value: a pure function of the state.
  public func frame() -> Frame { frame(features: nil) }

  /// - Parameter features: the maps to be drawn; nil: those of this state.
  func frame(features: FeatureDrawing?) -> Frame {
    guard let tour, let panel = tourLayout.panel else { return viewFrame(features: features) }
    var frame = viewFrame(features: features).extended(width: screenWidth, height: screenHeight, style: theme.text)
    drawTour(tour, into: &frame, panel)
    return frame
  }

  /// The screen without what the tour adds.
  ///
  /// - Parameters:
  ///   - race: the race's layout where it is known.
  ///   - last: a frame of that layout whose plots and table do for this one.
  ///   - features: the maps to be drawn; nil: those of this state.
  func viewFrame(race: RaceLayout? = nil, keepingPanelsOf last: Frame? = nil, features: FeatureDrawing? = nil) -> Frame {
    var frame = Frame(width: width, height: height, glyphs: glyphs, style: theme.text)
    guard let chrome = Chrome(width: width, height: height) else {
      drawTooSmall(into: &frame)
      return frame
    }
    drawTitle(into: &frame, chrome.title)
    if let tabs = chrome.tabs { drawTabs(into: &frame, tabs) }
    if let race {
      drawRace(into: &frame, race, keepingPanelsOf: last)
    } else {
      drawBody(into: &frame, chrome.body, features)
    }
    drawHints(into: &frame, chrome.hints)
    switch overlay {
    case nil: break
    case .help(let scroll): drawHelp(into: &frame, scroll: scroll)
    case .summary(let summary): drawSummary(into: &frame, summary)
    case .confirmQuit: drawQuitQuestion(into: &frame)
    case .confirmRemove(let id): drawRemoveQuestion(into: &frame, id)
    case .leaving: drawLeaving(into: &frame)
    case .session(let prompt): drawSessionPrompt(into: &frame, prompt)
    case .save(let prompt): drawSavePrompt(into: &frame, prompt)
    case .export(let prompt): drawExportPrompt(into: &frame, prompt)
    case .form(let form): drawForm(into: &frame, form)
    case .order(let prompt): drawOrderPrompt(into: &frame, prompt)
    case .themes(let picker): drawThemes(into: &frame, picker)
    case .command(let prompt): drawCommandLine(into: &frame, chrome.hints, prompt)
    case .palette(let palette): drawPalette(into: &frame, palette)
    }
    return frame
  }

  private func drawBody(into frame: inout Frame, _ rect: Rect, _ features: FeatureDrawing?) {
    switch tab {
    case .race where isSingle:
      guard let layout else { return }
      drawPictures(into: &frame, layout)
      drawCurve(into: &frame, layout.curve)
      drawStatus(into: &frame, layout.status)
    case .race: if let layout = raceLayout { drawRace(into: &frame, layout) }
    case .curves: drawCurvesView(into: &frame, rect)
    case .tradeOff: drawTradeOffView(into: &frame, rect)
    case .scaling: drawScalingView(into: &frame, rect)
    case .features: drawFeaturesView(features ?? featureDrawing(featuresLayout(rect)), into: &frame)
    case .permutations: drawPermutationsView(into: &frame, rect)
    case .compare: drawCompareView(into: &frame, rect)
    }
  }

  private func drawTooSmall(into frame: inout Frame) {
    let lines = [
      "asmr-tui needs \(Chrome.minimumWidth)\(glyphs.multiplication)\(Chrome.minimumHeight)",
      "this is \(width)\(glyphs.multiplication)\(height)", unseenQuestion,
    ]
    let top = max(0, (height - lines.count) / 2)
    for (index, line) in lines.enumerated() {
      frame.put(line, x: 0, y: top + index, index == 0 ? theme.text : theme.dimText, maxWidth: width, alignment: .center)
    }
  }

  /// What can be answered where nothing else has room.
  private var unseenQuestion: String {
    switch overlay {
    case .confirmQuit: keepsSession ? "quit? y, n" : "quit without saving? y, n"
    case .leaving: "leaving\(glyphs.ellipsis)"
    default: "\(key(.quit)) quits"
    }
  }

  private func drawTitle(into frame: inout Frame, _ rect: Rect) {
    let state = stateMark(of: run)
    let configuration = run.configuration
    let left = leftTitles
    let label = [(text: (isSingle ? "" : glyphs.runMark(run.mark) + " ") + label(of: run), style: theme.runStyle(run.mark, bold: true))]
    var details = [
      (text: "  \(configuration.preset.rawValue)", style: theme.text), ("  seed \(configuration.seed)", theme.dimText),
    ]
    // Runs that differ by it have it in their names.
    if self.label(of: run).contains("seed ") { details.removeLast() }
    var fixed = [(text: "   \(state.text) ", style: state.style)]
    // The picture's name has its room; then preset and seed give way, then the end of the label.
    let room = rect.width - min(left[left.count - 1].reduce(0) { $0 + $1.text.columns }, rect.width / 3) - 2
    if let mark = frozenMark(columns: room / 2 - width(of: fixed)) {
      details = []
      fixed = [("  ", theme.text), (" \(mark) ", theme.style(theme.warning, bold: true).reversed), (" \(state.text) ", state.style)]
    }
    while !details.isEmpty, width(of: label + details + fixed) > room { details.removeFirst() }
    let rest = details + fixed
    let rightStart = rect.width - min(width(of: label + rest), room)
    let labelWidth = frame.put(label, x: rightStart, y: rect.y, maxWidth: rect.width - rightStart - width(of: rest))
    frame.put(rest, x: rightStart + labelWidth, y: rect.y)
    let fitting = left.first { width(of: $0) <= rightStart - 2 } ?? left[left.count - 1]
    frame.put(fitting, x: rect.x, y: rect.y, maxWidth: rightStart - 2)
  }

  private func width(of pieces: [(text: String, style: Style)]) -> Int { pieces.reduce(0) { $0 + $1.text.columns } }

  /// Program, picture and size, from the longest form to the shortest.
  private var leftTitles: [[(text: String, style: Style)]] {
    let kind = subject.signal.channels == 1 ? "grey" : "colour"
    let size = "  \(subject.columns)\(glyphs.multiplication)\(subject.rows)"
    let name = (text: " \(subject.name)", style: theme.titleText)
    return [
      [(" asmr-tui", theme.accentText), (" " + name.text, name.style), ("\(size) \(kind)", theme.dimText)],
      [name, ("\(size) \(kind)", theme.dimText)], [name, (size, theme.dimText)], [name],
    ]
  }

  /// The state as a sign, a word and a colour: never by colour alone.
  func stateMark(of run: RunView) -> (text: String, style: Style) {
    let unicode = glyphs.isUnicode
    let (sign, color): (String, Color) = switch run.state {
    case .training: (String(glyphs.dot), theme.good)
    case .paused: (unicode ? "‖" : "=", theme.warning)
    case .finished: (unicode ? "✓" : "+", theme.good)
    case .stopped: (unicode ? "■" : "#", theme.warning)
    case .diverged: (unicode ? "✗" : "x", theme.critical)
    }
    // As wide as the longest, so that what stands at its left does not move. A step may be long: the key's answer is there
    // at once.
    let word = switch run.requestedState {
    case .paused? where run.state == .training: "pausing"
    case .training? where run.state == .paused: "resuming"
    default: isWaiting(run) ? "waits" : run.state.rawValue
    }
    return ("\(sign) \(word)" + String(repeating: " ", count: max(0, 8 - word.count)), theme.style(color, bold: true))
  }

  private func drawHints(into frame: inout Frame, _ rect: Rect) {
    if case .command = overlay { return }
    if let count {
      let text = count > 0 ? "\(count)" : ""
      frame.put(
        [
          ("count ", theme.text), (text + "_", theme.titleText), ("   then a key that repeats, as \(key(.nextRun)) or \(key(.singleStep))   ", theme.dimText),
          ("esc", theme.accentText), (" none", theme.dimText),
        ], x: 1, y: rect.y, maxWidth: rect.width - 1)
      return
    }
    if let message {
      let style = message.kind == .fault ? theme.style(theme.critical, bold: true) : theme.text
      // A long one takes rows of the view for its while, rather than lose its end.
      let room = rect.width - 2
      let lines = message.text.columns <= room ? [message.text] : message.text.wrapped(columns: room, lines: 3)
      let top = rect.maxY - lines.count
      frame.fill(Rect(x: rect.x, y: top, width: rect.width, height: lines.count), theme.text)
      for (index, line) in lines.enumerated() { frame.put(" " + line, x: rect.x, y: top + index, style, maxWidth: rect.width) }
      return
    }
    if let text = tourNeedsRoom {
      frame.put(" " + text, x: rect.x, y: rect.y, theme.text, maxWidth: rect.width)
      return
    }
    if greets { return drawWelcome(into: &frame, rect) }
    var hints = activeBindings.compactMap { binding in
      binding.keys.isEmpty ? nil : hint(for: binding).map { (intent: binding.intent, label: hintLabel(binding), text: $0) }
    }
    func columns(_ hint: (intent: Intent, label: String, text: String)) -> Int { hint.label.columns + hint.text.columns + 3 }
    var needed = hints.reduce(0) { $0 + columns($1) }
    for intent in Self.spareHints where needed > rect.width {
      needed -= hints.reduce(0) { $0 + ($1.intent == intent ? columns($1) : 0) }
      hints.removeAll { $0.intent == intent }
    }
    var x = 1
    for hint in hints {
      x += frame.put([(hint.label, theme.accentText), (" " + hint.text, theme.dimText)], x: x, y: rect.y) + 2
    }
  }

  /// What somebody has to know who has never been here.
  private func drawWelcome(into frame: inout Frame, _ rect: Rect) {
    frame.put(
      [
        (" new here?  ", theme.text), (key(.help), theme.accentText), (" help  ", theme.text), (key(.command), theme.accentText),
        (" commands  ", theme.text), ("asmr-tui tour", theme.accentText), (" a guided five minutes", theme.text),
      ], x: rect.x, y: rect.y, maxWidth: rect.width)
  }

  /// Two keys that are one for each direction are one hint.
  private func hintLabel(_ binding: KeyBinding) -> String {
    let other: Intent? = switch binding.intent {
    case .curves(.cursorLeft): .curves(.cursorRight)
    case .curves(.zoomIn): .curves(.zoomOut)
    default: nil
    }
    guard let other = other.flatMap({ keymap.binding(of: $0, on: tab) }), !other.keys.isEmpty else { return binding.label }
    return "\(binding.label) \(other.label)"
  }

  /// Hints that give way on a narrow screen, the first one first; help has them all.
  private static let spareHints: [Intent] = [.nextTheme, .edit, .remove, .fork, .reset, .add, .toggleError] + plotHints + featuresHints + [
    .singleStep, .save, .permutations(.race), .permutations(.drop), .permutations(.halve), .compare(.swap),
    .compare(.zoom(in: true)), .compare(.next(.right)), .compare(.next(.left)),
  ]

  private func hint(for binding: KeyBinding) -> String? {
    switch binding.intent {
    case .togglePause where run.state == .paused: "resume"
    case .togglePause where run.hasEnded, .singleStep where run.hasEnded: nil
    case .tradeOff(.published) where !hasPublished: nil
    case .freeze: display.isFrozen ? "let go on" : nil
    case .permutations(let intent): orderHint(intent, binding.hint)
    case .features(let intent): featuresHint(intent, binding.hint)
    case .fork where isSingle, .remove where isSingle, .edit where isSingle: nil
    default: binding.hint
    }
  }
}
