import Canvas
import Training

extension ExplorerState {
  /// An emptied box in the middle of the screen; returns its inside.
  func popUp(into frame: inout Frame, title: String, rightTitle: String = "", width: Int, height: Int) -> Rect {
    let rect = frame.bounds.inset(horizontal: 1, vertical: 1).centered(width: width, height: height)
    frame.fill(rect, theme.text)
    return frame.box(
      rect, title: title, rightTitle: rightTitle, style: theme.frameStyle(focused: true), titleStyle: theme.titleText,
      rightTitleStyle: theme.dimText
    )
      .inset(horizontal: 1, vertical: 0)
  }

  /// The lines of help, and how many of them fit: more than one column where that shows all.
  private var helpLayout: (lines: [(label: String, text: String)], notes: [String], textWidth: Int, columns: Int, rows: Int) {
    let lines = (tour == nil ? [] : Keymap.tour.map { ($0.label, $0.helpText) }) + keymap.helpLines(on: tab, without: tourKeys)
    let note = tab == .features
      ? "\(glyphs.approximately): of some of the map's points. Paused, all models are shown at as many points as there are pixels, which "
        + "a slow one has no time for as it trains. Occupancy and collisions count samples and grid points a row of a hashed table."
      : "PSNR is of the parameters before the last step; \(glyphs.approximately) is an estimate over the last epoch of batches, or of some steps ago (SSIM), "
        + "\(glyphs.mark) in the curve the best so far."
    let textWidth = lines.map { $0.text.columns + 10 }.max() ?? 0
    // As wide as the keys, as far as the screen allows.
    let notes = note.wrapped(columns: max(20, min(max(54, textWidth), width - 6)))
    // Frame, blank line and notes around them, and the screen's own edge.
    let most = max(1, height - notes.count - 5)
    let columns = lines.count <= most || 2 * textWidth + 8 > width ? 1 : 2
    return (lines, notes, textWidth, columns, min((lines.count + columns - 1) / columns, most))
  }

  /// Lines of help in sight.
  var helpRows: Int { helpLayout.rows }

  /// How far help can be scrolled.
  var helpOverflow: Int {
    let layout = helpLayout
    return max(0, (layout.lines.count + layout.columns - 1) / layout.columns - layout.rows)
  }

  func drawHelp(into frame: inout Frame, scroll: Int) {
    let (lines, notes, textWidth, columns, rows) = helpLayout
    let inside = popUp(
      into: &frame, title: "help: \(tab.title)",
      rightTitle: helpOverflow > 0 ? "up down: more, any other key closes" : "any key closes",
      width: max(columns * textWidth, notes.map(\.columns).max() ?? 0) + 4, height: rows + notes.count + 3)
    let perColumn = (lines.count + columns - 1) / columns
    let first = min(scroll, helpOverflow)
    for (index, line) in lines.enumerated() {
      let (column, row) = (index / perColumn, index % perColumn - first)
      guard (0..<rows).contains(row) else { continue }
      let x = inside.x + column * textWidth
      frame.put(line.label, x: x, y: inside.y + row, theme.accentText, maxWidth: 8)
      frame.put(line.text, x: x + 8, y: inside.y + row, theme.text, maxWidth: inside.maxX - x - 8)
    }
    for (index, note) in notes.enumerated() {
      frame.put(note, x: inside.x, y: inside.y + rows + 1 + index, theme.dimText, maxWidth: inside.width)
    }
  }

  func drawQuitQuestion(into frame: inout Frame) {
    let unsaved = unsavedRuns
    let keeps = keepsSession
    var texts = unsaved.isEmpty ? [] : [unsavedWork(unsaved, asModels: keeps)]
    if keeps { texts.append("The session is kept: asmr-tui --resume goes on.") }
    if unwrittenFrames > 0 {
      let isWhole = unwrittenFrames == features.timeLapse?.frames.count
      let frames = counted(unwrittenFrames, "frame")
      texts.append(
        isWhole ? "The recording (\(frames)) is in no file."
          : "Of the recording, \(frames) \(unwrittenFrames == 1 ? "is" : "are") in no file.")
    }
    var answers: [(String, Style)] = []
    if let first = unsaved.first {
      answers += [("s", theme.accentText), (unsaved.count > 1 && width >= 80 ? " save \(name(first)) first   " : " save first   ", theme.dimText)]
    }
    if unwrittenFrames > 0 { answers += [("w", theme.accentText), (unsaved.isEmpty ? " write it first   " : " write that   ", theme.dimText)] }
    answers += [
      ("y", theme.accentText), (keeps ? " quit   " : " quit without   ", theme.dimText), ("n", theme.accentText), (" stay", theme.dimText),
    ]
    let inside = popUp(
      into: &frame, title: "quit", width: max(56, answers.reduce(4) { $0 + $1.0.columns }), height: 4 + texts.count)
    for (row, text) in texts.enumerated() { frame.put(text, x: inside.x, y: inside.y + row, theme.text, maxWidth: inside.width) }
    frame.put(answers, x: inside.x, y: inside.y + 1 + texts.count, maxWidth: inside.width)
  }

  private func unsavedWork(_ unsaved: [RunView], asModels: Bool) -> String {
    let orders = unsaved.filter(\.isPermutation).count
    let kinds = [(unsaved.count - orders, "run"), (orders, "order")].filter { $0.0 > 0 }
    let work = kinds.map { counted($0.0, $0.1) }.joined(separator: " and ")
    let step = NumberText.grouped((unsaved.first ?? run).live.step)
    let isOneRun = unsaved.count == 1 && orders == 0
    let kind = asModels ? " as a model" : ""
    return isOneRun ? "Step \(step) is not saved\(kind)." : "The work of \(work) is not saved\(kind)."
  }

  func drawRemoveQuestion(into frame: inout Frame, _ id: RunID) {
    guard let run = self[id] else { return }
    let inside = popUp(into: &frame, title: "remove", width: 56, height: 5)
    frame.put(
      "\(name(run)): step \(NumberText.grouped(run.live.step)) is not saved.", x: inside.x, y: inside.y, theme.text,
      maxWidth: inside.width)
    frame.put(
      [("y", theme.accentText), (" remove it   ", theme.dimText), ("n", theme.accentText), (" keep it", theme.dimText)],
      x: inside.x, y: inside.y + 2, maxWidth: inside.width)
  }

  func drawSavePrompt(into frame: inout Frame, _ prompt: SavePrompt) {
    let inside = popUp(into: &frame, title: "save the model", width: 72, height: 7)
    drawPath(prompt.line, into: &frame, inside)
    if prompt.isSaving {
      frame.put("saving after this step \(glyphs.ellipsis)", x: inside.x, y: inside.y + 1, theme.text, maxWidth: inside.width)
    } else {
      drawAnswer(fault: prompt.fault, exists: prompt.existing != nil, into: &frame, inside)
    }
    frame.put(
      [("enter", theme.accentText), (" save   ", theme.dimText), ("esc", theme.accentText), (" not now", theme.dimText)],
      x: inside.x, y: inside.y + 4, maxWidth: inside.width)
  }

  func drawExportPrompt(into frame: inout Frame, _ prompt: ExportPrompt) {
    let inside = popUp(into: &frame, title: "export \(prompt.subject.title)", width: 72, height: 7)
    drawPath(prompt.line, into: &frame, inside)
    if prompt.fault == nil, prompt.existing == nil {
      let several = switch prompt.subject {
      case .timeLapse: "; .png numbers its files"
      case .curves: " (TensorBoard)"
      default: ""
      }
      frame.put(
        "the name says how: \(prompt.subject.suffixes)\(several)", x: inside.x, y: inside.y + 1, theme.dimText, maxWidth: inside.width)
    } else {
      let isFolder = (try? prompt.format.get())?.isFolder ?? false
      drawAnswer(fault: prompt.fault, exists: prompt.existing != nil, isFolder: isFolder, into: &frame, inside)
    }
    var keys = [("enter", theme.accentText), (" write   ", theme.dimText), ("esc", theme.accentText), (" not now", theme.dimText)]
    if prompt.subjects.count > 1 {
      let index = prompt.subjects.firstIndex(of: prompt.subject) ?? 0
      let next = prompt.subjects[(index + 1) % prompt.subjects.count]
      keys += [("   tab", theme.accentText), (" \(next.title) instead", theme.dimText)]
    }
    frame.put(keys, x: inside.x, y: inside.y + 4, maxWidth: inside.width)
  }

  func drawPath(_ line: LineEditor, label: String = "file", into frame: inout Frame, _ inside: Rect) {
    frame.put(label, x: inside.x, y: inside.y, theme.dimText)
    frame.putField(
      text: line.text, cursor: line.cursor, x: inside.x + 6, y: inside.y, width: inside.width - 6,
      style: theme.selection, cursorStyle: theme.selection.reversed)
  }

  /// What was found out about a path.
  func drawAnswer(fault: String?, exists: Bool, isFolder: Bool = false, into frame: inout Frame, _ inside: Rect) {
    if let fault {
      for (index, line) in fault.wrapped(columns: inside.width, lines: 3).enumerated() {
        frame.put(
          line, x: inside.x, y: inside.y + 1 + index, theme.style(theme.critical, bold: true), maxWidth: inside.width)
      }
    } else if exists {
      frame.put(
        isFolder
          ? "This folder exists. Enter once more replaces event files in it." : "This file exists. Enter once more replaces it.",
        x: inside.x, y: inside.y + 1,
        theme.style(theme.warning, bold: true), maxWidth: inside.width)
    }
  }
}
