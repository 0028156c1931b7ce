import Canvas
import Networks
import Training

extension ExplorerState {
  /// The form with every field of the model, what the chosen one allows, and what the run will cost.
  func drawForm(into frame: inout Frame, _ form: RunForm) {
    let fields = form.fields
    let title = form.editing.flatMap { self[$0] }.map { "change \(name($0))" } ?? "add a run"
    // As the box will be: what it shows decides its title.
    let rows = max(1, min(fields.count + 8, height - 2) - 8)
    let first = max(0, min(form.row - rows / 2, fields.count - rows))
    let range = "\(first + 1)\(glyphs.isUnicode ? "–" : "-")\(first + rows) of \(fields.count)"
    let escape = form.line == nil ? "esc leaves" : "esc undoes the field"
    let inside = popUp(
      into: &frame, title: title, rightTitle: rows < fields.count ? "\(range), \(escape)" : escape, width: 74,
      height: fields.count + 8)
    let outcome = outcome(of: form)
    for (index, field) in fields.enumerated().dropFirst(first).prefix(rows) {
      let y = inside.y + index - first
      let isChosen = index == form.row
      frame.put(isChosen ? String(glyphs.pointer) : " ", x: inside.x, y: y, theme.accentText)
      frame.put(field.name, x: inside.x + 2, y: y, isChosen ? theme.titleText : theme.dimText, maxWidth: 18)
      let x = inside.x + 21
      if isChosen, let line = form.line {
        frame.putField(
          text: line.text, cursor: line.cursor, x: x, y: y, width: inside.maxX - x, style: theme.selection,
          cursorStyle: theme.selection.reversed)
      } else {
        let (text, isOpen) = form.text(of: field)
        let style = isChosen ? theme.selection : isOpen ? theme.dimText : theme.text
        frame.put(text ?? glyphs.ellipsis, x: x, y: y, style, maxWidth: inside.maxX - x)
      }
    }
    drawFoot(of: form, outcome, into: &frame, Rect(x: inside.x, y: inside.maxY - 6, width: inside.width, height: 6))
  }

  private func drawFoot(
    of form: RunForm, _ outcome: Result<(configuration: RunConfiguration, cost: Cost), ConfigurationError>,
    into frame: inout Frame, _ rect: Rect
  ) {
    let allowed = "allowed: \(form.field.allowed(for: form.draft.model, shape: subject.signal.shape))"
    for (index, line) in allowed.wrapped(columns: rect.width, lines: 2).enumerated() {
      frame.put(line, x: rect.x, y: rect.y + index, theme.dimText, maxWidth: rect.width)
    }
    let fault: String? = form.fault ?? { if case .failure(let error) = outcome { error.description } else { nil } }()
    if let fault {
      for (index, line) in fault.wrapped(columns: rect.width, lines: 2).enumerated() {
        frame.put(line, x: rect.x, y: rect.y + 2 + index, theme.style(theme.critical, bold: true), maxWidth: rect.width)
      }
    } else if case .success(let (configuration, cost)) = outcome {
      let memory = try? Trainer.memory(
        configuration, shape: subject.signal.shape, channels: subject.signal.channels, threads: threads)
      let numbers = [
        "\(NumberText.grouped(cost.parameters)) parameters", "\(NumberText.count(cost.macs)) MACs/sample",
        workText(configuration, cost), memory.map { MemoryBudget.text(bytes: $0) },
      ].compactMap { $0 }
      for (index, line) in numbers.joined(separator: ", ").wrapped(columns: rect.width, lines: 2).enumerated() {
        frame.put(line, x: rect.x, y: rect.y + 2 + index, theme.text, maxWidth: rect.width)
      }
    }
    let verb = form.editing == nil ? "start" : resolvedVerb(form, outcome)
    frame.put(
      [
        ("enter", theme.accentText), (" \(verb)   ", theme.dimText), ("up down", theme.accentText), (" field   ", theme.dimText),
        ("left right", theme.accentText), (" choose", theme.dimText),
      ], x: rect.x, y: rect.y + 5, maxWidth: rect.width)
  }

  /// What a step takes; with mini-batches, what one of them takes beside the full one.
  private func workText(_ configuration: RunConfiguration, _ cost: Cost) -> String {
    func giga(_ flop: Double) -> String { NumberText.fixed(flop * 1e-9, decimals: flop < 0.95e9 ? 3 : 1) }
    let full = "\(giga(cost.flopPerStep)) GFLOP a full step"
    guard let batch = BatchCost(configuration.batch, of: configuration, cost: cost, shape: subject.signal.shape) else { return full }
    return "\(giga(batch.flop)) GFLOP a step of \(NumberText.grouped(batch.samples)) samples, \(full)"
  }

  private func resolvedVerb(
    _ form: RunForm, _ outcome: Result<(configuration: RunConfiguration, cost: Cost), ConfigurationError>
  ) -> String {
    guard case .success(let (configuration, _)) = outcome else { return "apply" }
    return form.keepsWeights(configuration) ? "apply, weights kept" : "start anew"
  }
}
