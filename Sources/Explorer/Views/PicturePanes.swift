import Canvas

extension ExplorerState {
  /// Target, reconstruction, error map: each in its frame, titled there.
  func drawPictures(into frame: inout Frame, _ layout: Layout) {
    for (index, pane) in layout.pictures.enumerated() {
      let (title, right, raster) = contents(of: pane, layout.view)
      let isReconstruction = pane.pane == .reconstruction
      frame.box(
        pane.frame, title: title, rightTitle: right, style: theme.frameStyle(focused: isReconstruction),
        titleStyle: isReconstruction ? theme.runStyle(run.mark, bold: true) : theme.titleText, rightTitleStyle: theme.dimText)
      place(raster, in: pane.picture, of: pane.frame, id: index, into: &frame)
    }
  }

  private func contents(of pane: Layout.PicturePane, _ view: PictureView) -> (title: String, right: String, raster: Raster?) {
    switch pane.pane {
    case .target:
      return ("target", "", target)
    case .reconstruction:
      let step = NumberText.grouped(run.step)
      let total = NumberText.grouped(run.configuration.steps ?? run.step)
      // What fits the last step fits all before it: the form stays while the number grows.
      let right = rightTitle(
        [("step \(step) / \(total)", "step \(total) / \(total)"), ("step \(step)", "step \(total)"), (step, total)],
        beside: "reconstruction", in: pane.frame)
      return ("reconstruction", right, shownReconstruction(of: run, view))
    case .error:
      let scale = NumberText.compact(run.errorScale, step: run.errorScale / 5)
      let range = "0 \(glyphs.isUnicode ? "…" : "..") \(scale)"
      let title = "error |y - t|"
      // What the colours of themes are called nobody knows.
      let forms = (theme.heat == .inferno ? ["black \(range) yellow"] : []) + [range, scale]
      return (title, rightTitle(forms.map { (text: $0, widest: $0) }, beside: title, in: pane.frame), shownError(of: run, view))
    }
  }

  /// The first form that a frame has room for at the right of its title, empty when there is none: never cut.
  ///
  /// - Parameter forms: each with the widest text that it can become.
  func rightTitle(_ forms: [(text: String, widest: String)], beside title: String, in frame: Rect) -> String {
    forms.first { title.columns + $0.widest.columns + 8 <= frame.width }?.text ?? ""
  }
}
