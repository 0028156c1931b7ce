import Canvas
import TerminalUI
import Training

/// What the plot of quality against cost shows.
struct TradeOffState: Equatable, Sendable {
  enum Axis: CaseIterable, Sendable {
    case macs, parameters, spent

    var title: String {
      switch self {
      case .macs: "MACs/sample"
      case .parameters: "parameters"
      case .spent: "MACs spent"
      }
    }
  }

  var axis = Axis.macs
  var showsPublished = true
  /// What the axes span, kept from frame to frame.
  var span = PlotSpan()
}

/// What keys do to the trade-off.
enum TradeOffIntent: Hashable, Sendable {
  case axis, published
}

extension Keymap {
  static let tradeOff: [KeyBinding] = [
    KeyBinding(
      .tradeOff(.axis), [.character("x")], hint: "axis", "against MACs/sample, parameters, MACs spent",
      tabs: [.tradeOff]),
    KeyBinding(
      .tradeOff(.published), [.character("n")], hint: "paper", "show or hide the ASMR paper's own points",
      tabs: [.tradeOff]),
  ]
}

extension ExplorerState {
  mutating func perform(_ intent: TradeOffIntent) -> [Effect] {
    switch intent {
    case .axis:
      tradeOff.axis = next(after: tradeOff.axis)
      tradeOff.span = PlotSpan()
    case .published:
      // Silence would look like a key that does not work.
      guard let table = publishedTable else {
        let kind = subject.signal.channels == 1 ? "grey" : "colour"
        say("the ASMR paper has no results of \(kind) pictures of \(subject.columns)\(glyphs.multiplication)\(subject.rows)")
        return []
      }
      guard tradeOff.axis != .spent else {
        say("what the paper's trainings of \(table.picture) spent is not known")
        return []
      }
      tradeOff.showsPublished.toggle()
      tradeOff.span = PlotSpan()
    }
    return []
  }

  /// A click selects the run whose circle is nearest, or that of a row.
  mutating func mouseOnTradeOff(_ event: MouseEvent, _ body: Rect) -> [Effect] {
    guard case .press(.left) = event.kind else { return [] }
    let layout = tradeOffLayout(body)
    let geometry = tradeOffPlot.layout(in: layout.plot.inset(), glyphs: glyphs)
    if geometry.area.contains(x: event.x, y: event.y) {
      let distances = shownRuns.compactMap { run -> (run: RunID, distance: Int)? in
        guard let place = tradeOffPlace(of: run), let column = geometry.column(x: place.x), let row = geometry.row(y: place.y)
        else { return nil }
        // A cell is twice as high as wide.
        let (across, down) = (event.x - column, 2 * (event.y - row))
        return (run.id, across * across + down * down)
      }
      selection = distances.min { $0.distance < $1.distance }?.run ?? selection
    } else if layout.table.contains(x: event.x, y: event.y),
      let row = runTable.layout(in: layout.table, glyphs: glyphs).row(atY: event.y)
    {
      selection = tableOrder[row].id
    }
    return []
  }

  // MARK: Places

  /// Where a run stands now; nil before its first value and where an axis has no place for it.
  func tradeOffPlace(of run: RunView) -> (x: Double, y: Double)? {
    guard let psnr = run.psnr?.value, psnr.isFinite else { return nil }
    let x = tradeOffX(of: run, step: run.step)
    return x > 0 ? (x, psnr) : nil
  }

  func tradeOffX(of run: RunView, step: Int) -> Double {
    switch tradeOff.axis {
    case .macs: run.cost.macs
    case .parameters: Double(run.cost.parameters)
    case .spent: run.macsSpent(steps: step)
    }
  }

  /// What the paper reports of pictures as this one.
  var publishedTable: PublishedTable? {
    PublishedTable.table(shape: subject.signal.shape, channels: subject.signal.channels)
  }

  /// Whether there is anything of it on the axes that are chosen. What it spent on training is not known.
  var hasPublished: Bool { publishedTable != nil && tradeOff.axis != .spent }

  /// The paper's results on the axes that are chosen.
  var publishedPlaces: [(result: PublishedResult, x: Double)] {
    guard tradeOff.showsPublished, hasPublished, let publishedTable else { return [] }
    return publishedTable.results.map { ($0, tradeOff.axis == .macs ? $0.macs : $0.parameters) }
  }

  /// Brings what the axes span up to date: where the runs stand and the paper's results, and a piece of the way there.
  mutating func settleTradeOff() {
    guard tab == .tradeOff || tab == .race && !isSingle else { return }
    let (places, published) = (shownRuns.compactMap(tradeOffPlace), publishedPlaces)
    let (xs, ys) = (places.map(\.x) + published.map(\.x), places.map(\.y) + published.compactMap(\.result.psnr))
    guard let left = xs.min(), let right = xs.max(), let low = ys.min(), let high = ys.max() else { return }
    var (x, y) = (left...right, low...high)
    // Less than a decade and a few decibels would make much of nothing.
    let decade = max(1, (10 / (x.upperBound / x.lowerBound)).squareRoot())
    x = x.lowerBound / decade...x.upperBound * decade
    // Room above for circles, below for them and for the trails that come from there.
    let height = max(4, y.upperBound - y.lowerBound)
    // 0 dB is as bad as black: below it are only trainings that diverge.
    y = max(y.lowerBound - 0.3 * height, min(0, y.lowerBound))...y.upperBound + 0.15 * height
    tradeOff.span.x = PlotRange.stable(
      PlotRange.padded(x, by: 0.09, scale: .logarithmic), previous: tradeOff.span.x, scale: .logarithmic)
    // As runs rise what lies below them is given up earlier than curves do it.
    let previous = tradeOff.span.y.flatMap { 2 * (y.upperBound - y.lowerBound) > $0.upperBound - $0.lowerBound ? $0 : nil }
    tradeOff.span.y = PlotRange.stable(y, previous: previous)
  }
}
