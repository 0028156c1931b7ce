import Canvas
import Training

extension ExplorerState {
  /// Quality against cost, as a part of the race.
  func drawTradeOff(into frame: inout Frame, _ rect: Rect) {
    let places = publishedPlaces
    // Ticks without a height need room that the plot beside the race does not have.
    let showsTicks = tab == .tradeOff && rect.height >= 12 && places.contains { $0.result.psnr == nil }
    let notes = tradeOffNotes(hasPoints: places.contains { $0.result.psnr != nil }, showsTicks: showsTicks).map { ($0, $0) }
    let long = "PSNR, dB against \(tradeOff.axis.title)"
    // The axis says it again; which picture the paper's results are of stands nowhere else.
    let title = rightTitle(notes, beside: long, in: rect).isEmpty && !places.isEmpty ? "PSNR, dB" : long
    let inside = frame.box(
      rect, title: title, rightTitle: rightTitle(notes, beside: title, in: rect),
      style: theme.frameStyle(focused: tab == .tradeOff), titleStyle: theme.titleText, rightTitleStyle: theme.dimText)
    var plot = tradeOffPlot
    let runs = shownRuns.filter { $0.id != selection } + shownRuns.filter { $0.id == selection }
    plot.series = runs.map { run in
      PlotSeries(trail(of: run), style: theme.mutedRunStyle(run.mark), mark: ".", layer: -1)
    }
    // As large as the plot allows: circles of a sixth of its height. Small ones lie on top, where they hide no number.
    let maximum = min(9, max(2.5, Double(inside.height) * 4 / 12))
    let largest = runs.map { Double($0.cost.parameters) }.max() ?? 1
    plot.circles = runs.sorted { $0.cost.parameters > $1.cost.parameters }
      .compactMap { run in circle(of: run, largest: largest, maximum: maximum) }
    plot.marks = places.compactMap { place in
      place.result.psnr.map {
        PlotMark(x: place.x, y: $0, style: theme.dimText, character: glyphs.hollowDot, label: place.result.name)
      }
    }
    if showsTicks, !plot.circles.isEmpty || !plot.marks.isEmpty {
      plot.marks += publishedTicks(plot.layout(in: inside, glyphs: glyphs))
    }
    plot.draw(into: &frame, inside)
    if plot.circles.isEmpty, plot.marks.isEmpty { drawNothing("no values yet", into: &frame, inside) }
  }

  /// What signs mean, from the longest form to the shortest.
  private func tradeOffNotes(hasPoints: Bool, showsTicks: Bool) -> [String] {
    guard let picture = publishedTable?.picture, hasPoints || showsTicks else { return ["area: parameters"] }
    let point = "\(glyphs.hollowDot) paper: \(picture)"
    let notes = switch (hasPoints, showsTicks) {
    case (true, true): ["\(point)  \(tick) PSNR not known here", point]
    case (false, _): ["\(tick) paper: \(picture), PSNR not known here", "\(tick) paper: \(picture)"]
    default: [point]
    }
    return ["area: parameters  \(notes[0])"] + notes
  }

  private var tick: Character { glyphs.isUnicode ? "╷" : "'" }

  /// At the lower edge: results of which only the cost is known. Names of ticks that all but touch stand together.
  private func publishedTicks(_ geometry: PlotGeometry) -> [PlotMark] {
    let ticks = publishedPlaces.filter { $0.result.psnr == nil }.sorted { $0.x < $1.x }
    var marks: [PlotMark] = []
    for (result, x) in ticks {
      var mark = PlotMark(x: x, y: geometry.yRange.lowerBound, style: theme.dimText, character: tick, label: result.name)
      if let last = marks.last, let before = geometry.column(x: last.x), let column = geometry.column(x: x), column - before < 4 {
        mark.label = "\(last.label), \(result.name)"
        marks[marks.count - 1].label = ""
      }
      marks.append(mark)
    }
    return marks
  }

  /// The view of the trade-off alone, with the table of runs below.
  func drawTradeOffView(into frame: inout Frame, _ rect: Rect) {
    let layout = tradeOffLayout(rect)
    drawTradeOff(into: &frame, layout.plot)
    drawTable(into: &frame, layout.table)
  }

  func tradeOffLayout(_ body: Rect) -> PlotLayout { PlotLayout(body: body, rows: tableOrder.count, sideWidth: nil) }

  /// The plot without anything in it: axes alone say where values stand.
  var tradeOffPlot: LinePlot {
    LinePlot(
      series: [], x: PlotAxis(scale: .logarithmic, range: tradeOff.span.x, title: tradeOff.axis.title),
      y: PlotAxis(range: tradeOff.span.y), axisStyle: theme.axis, labelStyle: theme.axisText)
  }

  private func circle(of run: RunView, largest: Double, maximum: Double) -> PlotCircle? {
    guard let place = tradeOffPlace(of: run) else { return nil }
    let isSelected = run.id == selection
    let isAmbiguous = shownRuns.filter { $0.configuration.model == run.configuration.model }.count > 1
    let mark = glyphs.runMark(run.mark)
    return PlotCircle(
      x: place.x, y: place.y,
      radius: PlotCircle.radius(for: Double(run.cost.parameters), largest: largest, maximum: maximum),
      style: theme.runStyle(run.mark, bold: isSelected), symbol: mark,
      label: "\(mark) \(isAmbiguous ? label(of: run) : run.configuration.shortName)",
      labelStyle: isSelected ? theme.titleText : theme.runStyle(run.mark))
  }

  /// How a run got to where it is.
  private func trail(of run: RunView) -> [PlotPoint] {
    let place = tradeOffPlace(of: run).map { [PlotPoint(x: $0.x, y: $0.y)] } ?? []
    // Straight up and down wherever only training goes on: its ends are enough.
    if tradeOff.axis != .spent {
      let x = tradeOffX(of: run, step: run.step)
      guard let span = run.curve.span, x > 0 else { return place }
      return [PlotPoint(x: x, y: span.low), PlotPoint(x: x, y: span.high)] + place
    }
    return run.curve.thinned.map { PlotPoint(x: tradeOffX(of: run, step: $0.step), y: $0.psnr.isFinite ? $0.psnr : nil) } + place
  }
}
