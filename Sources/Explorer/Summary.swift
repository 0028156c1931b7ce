import Canvas
import Networks
import TerminalUI
import Training

/// The screen in plain sentences, as they were when they were asked for.
struct Summary: Equatable, Sendable {
  let paragraphs: [String]
  /// The first line that is shown.
  var scroll = 0

  /// Columns of a line, where the screen has them.
  static let columns = 76

  /// Broken between words, with a blank line between paragraphs.
  func lines(columns: Int) -> [String] {
    Array(paragraphs.map { $0.wrapped(columns: columns) }.joined(separator: [""]))
  }
}

/// `1 frame`, `3 frames`.
func counted(_ count: Int, _ noun: String) -> String { "\(NumberText.grouped(count)) \(noun)\(count == 1 ? "" : "s")" }

extension String {
  /// Broken between words into lines of at most so many columns; a longer word has a line of its own, and the last line
  /// what is left over.
  func wrapped(columns: Int, lines count: Int = .max) -> [String] {
    var lines = [""]
    for word in split(separator: " ") {
      let longer = lines[lines.count - 1].isEmpty ? String(word) : "\(lines[lines.count - 1]) \(word)"
      if longer.columns <= columns || lines.count == count || lines[lines.count - 1].isEmpty {
        lines[lines.count - 1] = longer
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

extension ExplorerState {
  mutating func read(_ summary: Summary, _ key: Key) -> [Effect] {
    var summary = summary
    let (page, most) = (max(1, summaryRows(summary) - 1), summaryOverflow(summary))
    switch key {
    case .down, .character("j"): summary.scroll += 1
    case .up, .character("k"): summary.scroll -= 1
    case .pageDown, .character(" "): summary.scroll += page
    case .pageUp: summary.scroll -= page
    case .home: summary.scroll = 0
    case .end: summary.scroll = most
    case .character("S"): return openExport(of: summary)
    default:
      overlay = nil
      return []
    }
    summary.scroll = min(max(summary.scroll, 0), most)
    overlay = .summary(summary)
    return []
  }

  // MARK: Sentences

  /// The picture, every run, and what the open view shows.
  var summaryParagraphs: [String] {
    let orders = orderRuns
    let race = tableOrder.filter { !$0.isPermutation }
    let count = "\(race.count) \(race.count == 1 ? "run" : "runs")" + (orders.isEmpty ? "" : " and \(orders.count) orders of bases")
    let kind = subject.signal.channels == 1 ? "grey" : "colour"
    let turns = switch turnMode {
    case _ where runs.count == 1: ""
    case .equalTime: " Turns are of equal time."
    case .equalSteps: " Turns are of equal steps."
    case .solo(let id): self[id].map { " \(summaryName($0)) trains alone." } ?? ""
    }
    let frozen = display.isFrozen ? " The display is frozen: the numbers are those of its steps, and what trains goes on unseen." : ""
    let picture = "\(subject.name) is a \(kind) picture of \(subject.columns) by \(subject.rows) samples. "
      + "There \(race.count + orders.count == 1 ? "is" : "are") \(count).\(turns)\(frozen)"
    return [picture] + race.map(sentences) + orders.map(sentences) + [viewSentences].filter { !$0.isEmpty }
  }

  /// Without signs that only eyes can read.
  private func summaryName(_ run: RunView) -> String {
    run.isPermutation ? "Order \(run.configuration.bases?.argument ?? "")" : "Run \(run.mark + 1), \(label(of: run))"
  }

  private func sentences(_ run: RunView) -> String {
    let state = switch run.state {
    case _ where isWaiting(run): "waits for the run that trains alone"
    case .training: "trains"
    case .paused: "is paused"
    case .finished: "has finished"
    case .stopped: "was stopped"
    case .diverged: "has diverged"
    }
    let remarks = [run.id == selection ? "selected" : nil, run.isHidden ? "hidden" : nil, run.isPinned ? "pinned" : nil].compactMap { $0 }
    let steps = run.configuration.steps.map { " of \(NumberText.grouped($0))" } ?? ""
    var text = "\(summaryName(run))\(remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))") \(state) at step "
      + "\(NumberText.grouped(run.step))\(steps), after \(NumberText.fixed(run.trainedSeconds, decimals: 1)) seconds of training"
    if run.state == .training { text += ", at \(NumberText.fixed(run.stepsPerSecond, decimals: 1)) steps a second" }
    text += "."
    if let psnr = run.psnr {
      text += " PSNR is \(quality(psnr.value, psnr.isEstimate))"
      if let best = run.best { text += ", the best was \(quality(best.psnr, best.isEstimate)) at step \(NumberText.grouped(best.step))" }
      text += "."
    }
    if let similarity = run.similarity { text += " SSIM was \(NumberText.fixed(similarity.value, decimals: 4)) at step \(NumberText.grouped(similarity.step))." }
    text += " It has \(NumberText.grouped(run.cost.parameters)) parameters and needs \(NumberText.count(run.cost.macs)) MACs a sample"
    return text + (run.configuration.seed == 1 ? "." : ", seed \(run.configuration.seed).")
  }

  private func quality(_ psnr: Double, _ isEstimate: Bool) -> String {
    "\(isEstimate ? "about " : "")\(psnr.isFinite ? NumberText.fixed(psnr, decimals: 2) + " dB" : "infinite")"
  }

  /// What the open view has to say beyond the runs.
  private var viewSentences: String {
    let view = "View \(tab.key), \(tab.title)"
    switch tab {
    case .race: return "\(view): \(isSingle ? "the target, the reconstruction, PSNR against step and the cost" : "reconstructions, curves, PSNR against MACs, the table of runs")."
    case .curves: return curveSentences(view)
    case .tradeOff: return "\(view): PSNR against \(tradeOff.axis.title)." + leaders
    case .scaling:
      let growth = scaling.families.compactMap { family in
        family.macsPerLayer.map { "\(family.model.title) \(NumberText.count($0))" }
      }
      return "\(view): MACs a sample against \(scaling.axis.title), computed and not trained. A layer more costs on average, in MACs: "
        + growth.joined(separator: "; ") + "."
    case .features: return featureSentences(view)
    case .permutations:
      guard let spread = comparison(of: orderLines).spread, let step = orderStep else { return "\(view): nothing to compare yet." }
      return "\(view): at step \(NumberText.grouped(step)) PSNR of \(spread.count) orders differs by \(NumberText.fixed(spread.psnr, decimals: 2)) dB, "
        + "their MACs by a factor of \(NumberText.fixed(spread.macsRatio, decimals: 1)). "
        + "The cheapest is \(NumberText.fixed(spread.cheapestLoss, decimals: 2)) dB below the best."
    case .compare:
      func title(_ side: CompareState.Side) -> String {
        if case .run(let id) = side, let run = self[id] { summaryName(run) } else { "the target" }
      }
      let sides = comparedSides
      return "\(view), \(compare.mode.title): \(title(sides.left)) at the left, \(title(sides.right)) at the right."
    }
  }

  /// The best PSNR and the fewest MACs of the runs that are shown.
  private var leaders: String {
    let measured = shownRuns.filter { $0.psnr?.value.isNaN == false }
    guard let best = measured.max(by: { ($0.psnr?.value ?? 0) < ($1.psnr?.value ?? 0) }),
      let cheapest = shownRuns.min(by: { $0.cost.macs < $1.cost.macs }), shownRuns.count > 1
    else { return "" }
    return " \(summaryName(best)) has the best PSNR, \(summaryName(cheapest)) needs the fewest MACs."
  }

  private func curveSentences(_ view: String) -> String {
    var text = "\(view): \(curves.metric.title) against \(curves.axis.title)"
    if let x = curves.visible.x { text += ", from \(NumberText.short(x.lowerBound)) to \(NumberText.short(x.upperBound))" }
    text += "."
    let drawn = smoothedSamples(of: run, in: curves.window).map(\.y).filter(\.isFinite)
    if let low = drawn.min(), let high = drawn.max() {
      text += " The curve of the selected run lies between \(value(low)) and \(value(high))."
    }
    guard let cursor = curves.cursor else { return text }
    let read = readings.compactMap { reading in
      self[reading.run].flatMap { run in reading.drawn.map { "run \(run.mark + 1) \(value($0))" } }
    }
    return text + " At the cursor, \(curves.axis.place(cursor)): \(read.isEmpty ? "no run" : read.joined(separator: ", "))."
  }

  private func value(_ y: Double) -> String {
    switch curves.metric {
    case .psnr: NumberText.fixed(y, decimals: 2)
    case .loss: scientific(y)
    case .ssim: NumberText.fixed(y, decimals: 4)
    }
  }

  private func featureSentences(_ view: String) -> String {
    let contents = featureContents
    guard let line = contents.chosenLine, let place = contents.chosen else { return "\(view): nothing is known of the network yet." }
    let unit = place.part.isPerUnit ? ", unit \(place.unit) of \(line.layer.units)" : ""
    var text = "\(view): \(partTitle(place.part)) of \(line.layer.title)\(unit), a map of \(line.columns) by \(line.rows) values"
    if let map = featuresLayout.flatMap(largeFeatureMap)?.picture.statistics {
      func number(_ value: Float) -> String { NumberText.fixed(Double(value), decimals: 3) }
      text += " from \(number(map.least)) to \(number(map.greatest)), mean \(number(map.mean)), standard deviation \(number(map.deviation))"
    }
    return text + "."
  }
}
