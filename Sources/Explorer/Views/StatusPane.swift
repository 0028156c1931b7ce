import Canvas
import Training

extension ExplorerState {
  /// What the run is worth and what it costs, most important first; a short pane drops the last lines.
  func drawStatus(into frame: inout Frame, _ rect: Rect) {
    let inside = frame.box(
      rect, title: "cost", style: theme.frameStyle(focused: false), titleStyle: theme.titleText)
    let label = theme.dimText
    let labelWidth = 13
    for (index, line) in statusLines(width: inside.width - 2 - labelWidth).prefix(inside.height).enumerated() {
      frame.put(line.name, x: inside.x + 1, y: inside.y + index, label, maxWidth: labelWidth)
      frame.put(
        line.value, x: inside.x + 1 + labelWidth, y: inside.y + index, maxWidth: inside.width - 2 - labelWidth)
    }
  }

  private typealias Pieces = [(text: String, style: Style)]

  private func statusLines(width: Int) -> [(name: String, value: Pieces)] {
    let strong = theme.style(theme.foreground, bold: true)
    let plain = theme.text
    let dim = theme.dimText
    // Numbers are right-aligned in a column of their own, so that units and comparisons stand still.
    func number(_ text: String, _ style: Style) -> (text: String, style: Style) {
      (String(repeating: " ", count: max(0, 9 - text.columns)) + text, style)
    }
    let cost = run.cost
    var lines: [(String, Pieces)] = []
    if let psnr = run.psnr {
      let estimate = psnr.isEstimate ? String(glyphs.approximately) : ""
      var value: Pieces = [number(estimate + decibel(psnr.value), theme.runStyle(0, bold: true)), (" dB", dim)]
      if let best = run.best {
        value.append(("  best ", dim))
        value.append(((best.isEstimate ? String(glyphs.approximately) : "") + decibel(best.psnr), strong))
      }
      lines.append(("PSNR", value))
    } else {
      lines.append(("PSNR", [number("…", dim)]))
    }
    if let ssim = run.evaluation?.ssim {
      lines.append(("SSIM", [number(NumberText.fixed(ssim, decimals: 4), plain)]))
    }
    lines.append(("parameters", [number(NumberText.grouped(cost.parameters), plain)]))
    var macs: Pieces = [number(NumberText.grouped(Int(min(cost.macs, 1e15).rounded())), plain)]
    if let sirenMACs {
      macs.append(("  SIREN ", dim))
      macs.append((NumberText.grouped(Int(min(sirenMACs, 1e15).rounded())), dim))
    }
    lines.append(("MACs/sample", macs))
    lines.append(("sines/sample", [number(NumberText.grouped(Int(cost.sines.rounded())), plain)]))
    let speed = run.stepsPerSecond
    lines.append(("speed", [number(NumberText.fixed(speed, decimals: speed < 100 ? 1 : 0), plain), (" steps/s", dim)]))
    lines.append(("elapsed", [number(clock(run.elapsedSeconds), plain)] + timeLeft(dim)))
    lines.append(("loss (MSE)", [number(run.loss.map { scientific($0) } ?? "…", plain)]))
    lines.append(("memory", [number(residentBytes > 0 ? MemoryBudget.text(bytes: residentBytes) : "…", plain)]))
    lines.append(("seed", [number("\(run.configuration.seed)", plain)]))
    if let padded = run.configuration.bases?.paddedShape, padded != subject.signal.shape {
      lines.append(("padded to", [number(sizeText(padded).replacingTimes(by: glyphs.multiplication), plain)]))
    }
    if case .samples(let count)? = run.configuration.batch {
      lines.append(("batch", [number(NumberText.grouped(count), plain), (" samples", dim)]))
    }
    return lines
  }

  private func timeLeft(_ style: Style) -> Pieces {
    guard run.state == .training, run.stepsPerSecond > 0, let steps = run.configuration.steps, steps > run.step else {
      return []
    }
    return [("  left ", style), (clock(Double(steps - run.step) / run.stepsPerSecond), style)]
  }

  private func decibel(_ value: Double) -> String {
    value.isFinite ? NumberText.fixed(value, decimals: 2) : glyphs.isUnicode ? "∞" : "inf"
  }

  /// `05:07.3` below an hour, `1:05:07` from there on.
  private func clock(_ seconds: Double) -> String {
    let tenths = Int((min(max(seconds, 0), 3.6e6) * 10).rounded(.down))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes, rest) = (tenths / 36_000, tenths / 600 % 60, tenths / 10 % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(two(minutes)):\(two(rest)).\(tenths % 10)"
  }
}

extension String {
  /// With the locale's sign between sizes.
  fileprivate func replacingTimes(by sign: Character) -> String { String(map { $0 == "×" ? sign : $0 }) }
}

/// `1.04e-3`: always as wide.
func scientific(_ value: Double) -> String {
  guard value.isFinite, value > 0 else { return value == 0 ? "0" : "…" }
  var exponent = 0
  var mantissa = value
  while mantissa >= 9.995, exponent < 400 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 0.9995, exponent > -400 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  return "\(NumberText.fixed(mantissa, decimals: 2))e\(exponent)"
}
