import Canvas

extension ExplorerState {
  /// Target, reconstruction, error map: each in its frame, titled there.
  func drawPictures(into frame: inout Frame, _ layout: Layout) {
    for (index, pane) in layout.pictures.enumerated() {
      let (title, right, raster) = contents(of: pane)
      let isReconstruction = pane.pane == .reconstruction
      frame.box(
        pane.frame, title: title, rightTitle: right, style: theme.frameStyle(focused: isReconstruction),
        titleStyle: isReconstruction ? theme.runStyle(0, bold: true) : theme.titleText, rightTitleStyle: theme.dimText)
      guard !pane.picture.isEmpty else { continue }
      guard let raster else {
        frame.put(
          "…", x: pane.frame.x + 1, y: pane.frame.y + pane.frame.height / 2, theme.dimText,
          maxWidth: pane.frame.width - 2, alignment: .center)
        continue
      }
      // A picture of another size is from before a resize; it serves until the next one comes.
      let (width, height) = (pane.picture.width, 2 * pane.picture.height)
      let fitting = raster.width == width && raster.height == height
        ? raster : raster.scaled(toWidth: width, height: height)
      frame.place(fitting, in: pane.picture, id: index)
    }
  }

  private func contents(of pane: Layout.PicturePane) -> (title: String, right: String, raster: Raster?) {
    switch pane.pane {
    case .target:
      return ("target", "", target)
    case .reconstruction:
      let total = run.configuration.steps.map { " / " + NumberText.grouped($0) } ?? ""
      return ("reconstruction", "step \(NumberText.grouped(run.reconstructionStep))\(total)", run.reconstruction)
    case .error:
      let scale = NumberText.compact(run.errorScale, step: run.errorScale / 5)
      let range = "0 \(glyphs.isUnicode ? "…" : "..") \(scale)"
      return ("error |y - t|", pane.frame.width < 44 ? range : "black \(range) yellow", run.error)
    }
  }
}
