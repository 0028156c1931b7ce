import Canvas

extension ExplorerState {
  /// PSNR against step.
  func drawCurve(into frame: inout Frame, _ rect: Rect) {
    let learningRate = scientific(Double(run.learningRate))
    var forms = ["learning rate \(learningRate)", "lr \(learningRate)"]
    if case .samples(let count)? = run.configuration.batch {
      let batch = "batch \(NumberText.grouped(count))  "
      forms = [batch + forms[0], batch + forms[1]] + forms
    }
    let rightTitle = rightTitle(forms.map { ($0, $0) }, beside: "PSNR, dB", in: rect)
    let inside = frame.box(
      rect, title: "PSNR, dB", rightTitle: rightTitle, style: theme.frameStyle(focused: false),
      titleStyle: theme.titleText, rightTitleStyle: theme.dimText)
    var marks: [PlotMark] = []
    if let best = run.best, best.psnr.isFinite, run.curve.points.count > 1 {
      marks.append(PlotMark(x: Double(best.step), y: best.psnr, style: theme.style(theme.plotMark, bold: true)))
    }
    let plot = LinePlot(
      series: [PlotSeries(run.curve.points, style: theme.style(theme.plotLine))],
      x: PlotAxis(range: run.curve.xRange ?? 0...10, title: "step"),
      y: PlotAxis(range: run.curve.yRange ?? 0...10), marks: marks, axisStyle: theme.axis, labelStyle: theme.axisText)
    plot.draw(into: &frame, inside)
  }
}
