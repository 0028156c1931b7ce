import Canvas
import Training

extension ExplorerState {
  /// Two pictures of the same thing: beside each other, one over the other, or as what differs.
  func drawCompareView(into frame: inout Frame, _ rect: Rect) {
    let layout = compareLayout(rect)
    let sides = comparedSides
    switch compare.mode {
    case .sideBySide, .errors:
      for (index, (side, pane)) in zip([sides.left, sides.right], layout.panes).enumerated() {
        drawSide(side, pane, layout, id: index, into: &frame)
      }
    case .wipe: drawWipe(sides, layout, into: &frame)
    case .difference: drawDifference(sides, layout, into: &frame)
    }
    for pane in layout.panes { drawMarker(pane, layout, into: &frame) }
    if let legend = layout.legend { drawLegend(sides, into: &frame, legend) }
    drawPickedValues(sides, layout, into: &frame)
  }

  /// One side in a frame of its own: its picture, or its error; the target is always its picture.
  private func drawSide(
    _ side: CompareState.Side, _ pane: CompareLayout.Pane, _ layout: CompareLayout, id: Int, into frame: inout Frame
  ) {
    let showsError = compare.mode == .errors && side != .target
    var (title, right) = titles(of: side, width: pane.frame.width)
    if showsError { right = errorTitle(beside: title, of: side, in: pane.frame) }
    frame.box(
      pane.frame, title: title, rightTitle: right, style: frameStyle(of: side), titleStyle: style(of: side),
      rightTitleStyle: theme.dimText)
    let raster = showsError ? errorRaster(of: side, layout) : comparedPicture(of: side, layout)
    place(raster, in: pane.picture, of: pane.frame, id: id, into: &frame)
  }

  private func errorTitle(beside title: String, of side: CompareState.Side, in rect: Rect) -> String {
    let plain = "|\(mark(of: side)) - target|"
    let forms = [plain] + (subject.signal.channels > 1 ? ["\(plain), mean of channels"] : [])
    return rightTitle(forms.reversed().map { ($0, $0) }, beside: title, in: rect)
  }

  private func drawWipe(
    _ sides: (left: CompareState.Side, right: CompareState.Side), _ layout: CompareLayout, into frame: inout Frame
  ) {
    guard let pane = layout.panes.first else { return }
    let half = pane.frame.width / 2
    frame.box(
      pane.frame, title: titles(of: sides.left, width: half).title, rightTitle: titles(of: sides.right, width: half).title,
      style: theme.frameStyle(focused: false), titleStyle: style(of: sides.left), rightTitleStyle: style(of: sides.right))
    let picture = pane.picture
    let both = [sides.left, sides.right].map {
      comparedPicture(of: $0, layout)?.scaled(toWidth: pixels.width * picture.width, height: pixels.height * picture.height)
    }
    let column = wipeColumn(picture)
    guard !picture.isEmpty, let either = both[0] ?? both[1] else {
      return place(nil, in: picture, of: pane.frame, id: 0, into: &frame)
    }
    // A side that is not there yet is black.
    let black = Raster(width: either.width, height: either.height, color: RGB(0, 0, 0))
    place((both[0] ?? black).wiped(with: both[1] ?? black, at: column * pixels.width), in: picture, of: pane.frame, id: 0, into: &frame)
    for y in picture.y..<picture.maxY { frame.set(x: picture.x + column, y: y, glyphs.vertical, theme.accentText) }
  }

  private func drawDifference(
    _ sides: (left: CompareState.Side, right: CompareState.Side), _ layout: CompareLayout, into frame: inout Frame
  ) {
    guard let pane = layout.panes.first else { return }
    let long = [sides.left, sides.right].map { name(of: $0) }.joined(separator: " - ")
    let short = [sides.left, sides.right].map { mark(of: $0) }.joined(separator: " - ")
    let title = "difference " + (long.columns + 20 <= pane.frame.width ? long : short)
    let note = "mean of channels"
    let right = subject.signal.channels > 1 ? rightTitle([(note, note)], beside: title, in: pane.frame) : ""
    frame.box(
      pane.frame, title: title, rightTitle: right, style: theme.frameStyle(focused: true), titleStyle: theme.titleText,
      rightTitleStyle: theme.dimText)
    place(differenceRaster(layout), in: pane.picture, of: pane.frame, id: 0, into: &frame)
  }

  /// Brackets around the picked sample, which itself stays in sight.
  private func drawMarker(_ pane: CompareLayout.Pane, _ layout: CompareLayout, into frame: inout Frame) {
    guard let pick = compare.pick, let cells = layout.view.cells(of: pick, in: pane.picture), !cells.isEmpty else { return }
    let style = compare.isPicking ? theme.accentText : theme.titleText
    let y = cells.y + cells.height / 2
    frame.set(x: cells.x - 1, y: y, "[", style)
    frame.set(x: cells.maxX, y: y, "]", style)
  }

  private func drawLegend(
    _ sides: (left: CompareState.Side, right: CompareState.Side), into frame: inout Frame, _ rect: Rect
  ) {
    let strip = rect.centered(width: min(rect.width - 4, 72), height: 1)
    let scale = compare.scale.map { NumberText.short($0) } ?? glyphs.ellipsis
    if compare.mode == .errors {
      frame.legend(
        theme.heat, in: strip, low: "error 0", high: scale, style: theme.dimText, id: 2)
    } else {
      frame.legend(
        signedMap, in: strip, low: "\(mark(of: sides.right)) higher -\(scale)",
        high: "+\(scale) \(mark(of: sides.left)) higher", style: theme.dimText, id: 2)
    }
  }

  // MARK: Sides

  /// A run's number, or "target".
  func mark(of side: CompareState.Side) -> String {
    guard case .run(let id) = side, let run = self[id] else { return "target" }
    return glyphs.runMark(run.mark)
  }

  func name(of side: CompareState.Side) -> String {
    guard case .run(let id) = side, let run = self[id] else { return "target" }
    return name(run)
  }

  private func titles(of side: CompareState.Side, width: Int) -> (title: String, right: String) {
    guard case .run(let id) = side, let run = self[id] else { return ("target", "") }
    let titles = tileTitles(run, width: width)
    return (titles.left, titles.right)
  }

  func style(of side: CompareState.Side) -> Style {
    guard case .run(let id) = side, let run = self[id] else { return theme.titleText }
    return theme.runStyle(run.mark, bold: true)
  }

  private func frameStyle(of side: CompareState.Side) -> Style {
    guard case .run(let id) = side, let run = self[id] else { return theme.frameStyle(focused: false) }
    return theme.runStyle(run.mark)
  }
}
