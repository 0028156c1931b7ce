import Canvas
import Training

extension ExplorerState {
  /// Quality against cost, as a part of the race.
  func drawTradeOff(into frame: inout Frame, _ rect: Rect) {
    let title = "PSNR, dB against \(tradeOff.axis.title)"
    let paper = publishedPlaces.isEmpty ? "" : "\(glyphs.hollowDot) ASMR paper"
    let forms = ["area: parameters" + (paper.isEmpty ? "" : "  ") + paper, paper]
    let inside = frame.box(
      rect, title: title, rightTitle: rightTitle(forms.map { ($0, $0) }, beside: title, in: rect),
      style: theme.frameStyle(focused: tab == .tradeOff), titleStyle: theme.titleText, rightTitleStyle: theme.dimText)
    var plot = tradeOffPlot
    let runs = shownRuns.filter { $0.id != selection } + shownRuns.filter { $0.id == selection }
    plot.series = runs.map { run in
      PlotSeries(trail(of: run), style: theme.mutedRunStyle(run.mark), mark: ".", layer: -1)
    }
    // As large as the plot allows: circles of an eighth of its height.
    let maximum = min(9, max(3, Double(inside.height) * 4 / 8))
    let largest = runs.map { Double($0.cost.parameters) }.max() ?? 1
    plot.circles = runs.compactMap { run in circle(of: run, largest: largest, maximum: maximum) }
    plot.marks = publishedPlaces.map {
      PlotMark(x: $0.x, y: $0.result.psnr, style: theme.dimText, character: glyphs.hollowDot, label: $0.result.name)
    }
    plot.draw(into: &frame, inside)
    if plot.circles.isEmpty, plot.marks.isEmpty { drawNothing("no values yet", into: &frame, inside) }
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
    return PlotCircle(
      x: place.x, y: place.y,
      radius: PlotCircle.radius(for: Double(run.cost.parameters), largest: largest, maximum: maximum),
      style: theme.runStyle(run.mark, bold: isSelected), symbol: glyphs.runMark(run.mark),
      label: isAmbiguous ? run.configuration.label : run.configuration.shortName,
      labelStyle: isSelected ? theme.titleText : theme.runStyle(run.mark))
  }

  /// How a run got to where it is.
  private func trail(of run: RunView) -> [PlotPoint] {
    run.curve.thinned.map { PlotPoint(x: tradeOffX(of: run, step: $0.step), y: $0.psnr.isFinite ? $0.psnr : nil) }
      + (tradeOffPlace(of: run).map { [PlotPoint(x: $0.x, y: $0.y)] } ?? [])
  }
}
