import Canvas
import Training

extension ExplorerState {
  /// Quality against cost, beside the race.
  func drawTradeOff(into frame: inout Frame, _ rect: Rect) {
    let inside = frame.box(
      rect, title: "PSNR, dB against MACs/sample", style: theme.frameStyle(focused: false), titleStyle: theme.titleText)
    let largest = shownRuns.map { Double($0.cost.parameters) }.max() ?? 1
    let circles = shownRuns.compactMap { run -> PlotCircle? in
      guard let psnr = run.psnr, psnr.value.isFinite else { return nil }
      return PlotCircle(
        x: run.cost.macs, y: psnr.value,
        radius: PlotCircle.radius(for: Double(run.cost.parameters), largest: largest, maximum: 5),
        style: theme.runStyle(run.mark, bold: true), symbol: glyphs.runMark(run.mark), label: run.configuration.model.title)
    }
    LinePlot(
      series: [], x: PlotAxis(scale: .logarithmic, title: "MACs"), y: PlotAxis(),
      axisStyle: theme.axis, labelStyle: theme.axisText, circles: circles
    ).draw(into: &frame, inside)
  }

  /// The view of the trade-off alone.
  func drawTradeOffView(into frame: inout Frame, _ rect: Rect) { drawTradeOff(into: &frame, rect) }
}
