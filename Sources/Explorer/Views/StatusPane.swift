import Canvas
import Training

extension ExplorerState {
  /// What the run is worth and what it costs, most important first; a short pane drops the last lines.
  func drawStatus(into frame: inout Frame, _ rect: Rect) {
    let inside = frame.box(
      rect, title: "cost", style: theme.frameStyle(focused: false), titleStyle: theme.titleText)
    let label = theme.dimText
    let labelWidth = 13
    let lines = statusLines(width: inside.width - 2 - labelWidth, height: inside.height)
    for (index, line) in lines.prefix(inside.height).enumerated() {
      frame.put(line.name, x: inside.x + 1, y: inside.y + index, label, maxWidth: labelWidth)
      frame.put(
        line.value, x: inside.x + 1 + labelWidth, y: inside.y + index, maxWidth: inside.width - 2 - labelWidth)
    }
  }

  private typealias Pieces = [(text: String, style: Style)]

  /// - Parameters:
  ///   - width: of the values; what stands beside a number is left out whole when there is no room for it.
  ///   - height: lines there are; when they are few, two values share one.
  private func statusLines(width: Int, height: Int) -> [(name: String, value: Pieces)] {
    let plain = theme.text
    let dim = theme.dimText
    // Numbers are right-aligned in a column of their own, so that units and comparisons stand still.
    func number(_ text: String, _ style: Style) -> (text: String, style: Style) {
      (String(repeating: " ", count: max(0, 9 - text.columns)) + text, style)
    }
    var lines: [(name: String, value: Pieces)] = []
    func add(_ name: String, _ value: (text: String, style: Style), _ beside: Pieces...) {
      var pieces = [number(value.text, value.style)]
      for group in beside where (pieces + group).reduce(0, { $0 + $1.text.columns }) <= width { pieces += group }
      lines.append((name, pieces))
    }
    let isNarrow = width < 25
    let unit: Pieces = isNarrow ? [] : [(" dB", dim)]
    let cost = run.cost
    if let psnr = run.psnr {
      let best = run.best.map { best -> Pieces in
        [
          (isNarrow ? " best " : "  best ", dim),
          (estimateSign(best.isEstimate) + decibel(best.psnr), theme.style(theme.foreground, bold: true)),
        ]
      }
      add(
        isNarrow ? "PSNR, dB" : "PSNR", (estimateSign(psnr.isEstimate) + decibel(psnr.value), theme.runStyle(run.mark, bold: true)),
        unit, best ?? [])
    } else {
      add(isNarrow ? "PSNR, dB" : "PSNR", (glyphs.ellipsis, dim), unit)
    }
    add("parameters", (NumberText.grouped(cost.parameters), plain))
    let isShort = height < 9
    if isShort {
      add("MACs, sines", (NumberText.count(cost.macs), plain), [("  " + NumberText.count(cost.sines), plain)])
    } else {
      add(
        "MACs/sample", (NumberText.count(cost.macs), plain), sirenMACs.map { [("  SIREN " + NumberText.count($0), dim)] } ?? [])
      add("sines/sample", (NumberText.count(cost.sines), plain))
    }
    let speed = run.stepsPerSecond
    add("speed", (NumberText.fixed(speed, decimals: speed < 0.995 ? 2 : speed < 100 ? 1 : 0), plain), [(" steps/s", dim)])
    add("elapsed", (clock(run.elapsedSeconds, tenths: true), plain), timeLeft(dim))
    let loss = (run.loss.map { scientific($0) } ?? glyphs.ellipsis, plain)
    // Beside the loss, so that no line moves when it comes.
    let ssim: Pieces = run.similarity.map { [("  SSIM ", dim), (NumberText.fixed($0.value, decimals: 4), plain)] } ?? []
    let memory = MemoryBudget.text(bytes: residentBytes).split(separator: " ")
    if isShort {
      add("loss, memory", loss, [("  \(memory[0])", plain), (" \(memory[1])", dim)], ssim)
    } else {
      add("loss (MSE)", loss, ssim)
      add("memory", residentBytes > 0 ? (String(memory[0]), plain) : (glyphs.ellipsis, dim), [(" \(memory[1])", dim)])
    }
    add("seed", ("\(run.configuration.seed)", plain))
    if let padded = run.configuration.bases?.paddedShape, padded != subject.signal.shape {
      add("padded to", (sizeText(padded), plain))
    }
    if case .samples(let count)? = run.configuration.batch {
      add("batch", (NumberText.grouped(count), plain), [(" samples", dim)])
    }
    return lines
  }

  func estimateSign(_ isEstimate: Bool) -> String { isEstimate ? String(glyphs.approximately) : "" }

  private func timeLeft(_ style: Style) -> Pieces {
    guard run.state == .training, run.stepsPerSecond > 0, let steps = run.configuration.steps, steps > run.step else {
      return []
    }
    return [("  left " + clock(Double(steps - run.step) / run.stepsPerSecond, tenths: false), style)]
  }

  func decibel(_ value: Double) -> String {
    value.isFinite ? NumberText.fixed(value, decimals: 2) : glyphs.isUnicode ? "∞" : "inf"
  }

  /// `05:07.3` or `05:07` below an hour, `1:05:07` from there on.
  private func clock(_ seconds: Double, tenths hasTenths: Bool) -> String {
    let tenths = Int((min(max(seconds, 0), 3.6e6) * 10).rounded(.down))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes, rest) = (tenths / 36_000, tenths / 600 % 60, tenths / 10 % 60)
    if hours > 0 { return "\(hours):\(two(minutes)):\(two(rest))" }
    return "\(two(minutes)):\(two(rest))" + (hasTenths ? ".\(tenths % 10)" : "")
  }
}

/// `1.04e-3`: always as wide.
func scientific(_ value: Double) -> String {
  guard value.isFinite, value > 0 else { return value == 0 ? "0" : value.isNaN ? "nan" : "inf" }
  var exponent = 0
  var mantissa = value
  while mantissa >= 9.995, exponent < 400 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 0.9995, exponent > -400 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  return "\(NumberText.fixed(mantissa, decimals: 2))e\(exponent)"
}
