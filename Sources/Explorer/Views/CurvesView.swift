import Canvas
import Training

extension ExplorerState {
  /// The curves of all shown runs.
  func drawCurves(into frame: inout Frame, _ rect: Rect) {
    let inside = frame.box(
      rect, title: curves.metric.title, style: theme.frameStyle(focused: false), titleStyle: theme.titleText,
      rightTitleStyle: theme.dimText)
    let series = shownRuns.map { run in
      PlotSeries(
        points(of: run), style: theme.runStyle(run.mark), letter: glyphs.runMark(run.mark).first)
    }
    LinePlot(
      series: series, x: PlotAxis(title: curves.axis.title), y: PlotAxis(), axisStyle: theme.axis,
      labelStyle: theme.axisText
    ).draw(into: &frame, inside)
  }

  /// A run's curve on the axes that are chosen.
  func points(of run: RunView) -> [PlotPoint] {
    switch curves.metric {
    case .ssim:
      // SSIM is known by step alone: its place on the axis is that of the step.
      return run.curve.similarities.compactMap { point in
        guard let metrics = run.curve.point(atOrBefore: Double(point.step), { Double($0.step) }) else { return nil }
        return PlotPoint(x: position(of: metrics, run), y: point.value)
      }
    case .psnr: return run.curve.thinned.map { PlotPoint(x: position(of: $0, run), y: $0.psnr.isFinite ? $0.psnr : nil) }
    case .loss: return run.curve.thinned.map { PlotPoint(x: position(of: $0, run), y: $0.loss.isFinite ? $0.loss : nil) }
    }
  }

  func position(of point: StepMetrics, _ run: RunView) -> Double {
    switch curves.axis {
    case .step: Double(point.step)
    case .seconds: point.elapsedSeconds
    case .trainedSeconds: point.seconds
    case .macs: run.macsSpent(steps: point.step)
    }
  }

  /// The view of curves alone.
  func drawCurvesView(into frame: inout Frame, _ rect: Rect) { drawCurves(into: &frame, rect) }
}
