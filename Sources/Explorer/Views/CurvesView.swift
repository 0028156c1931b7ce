import Canvas
import Training

extension ExplorerState {
  /// The curves of all shown runs with everything in sight, as a part of the race. In a few rows the climb of the first
  /// moments would leave no difference between runs to be seen: there it comes from below.
  func drawCurves(into frame: inout Frame, _ rect: Rect) {
    var span = curves.fit
    if rect.height < 9, let late = curves.lateY { span.y = late }
    drawCurves(into: &frame, rect, span: span, cursor: nil)
  }

  /// The view of curves alone: the part that is looked at, the cursor and what it reads.
  func drawCurvesView(into frame: inout Frame, _ rect: Rect) {
    let layout = curvesLayout(rect)
    drawCurves(into: &frame, layout.plot, span: curves.visible, cursor: curves.cursor)
    if let side = layout.side { drawReadoutPane(into: &frame, side) }
    readoutTable(isWide: layout.isWide).draw(into: &frame, layout.table)
  }

  private func drawCurves(into frame: inout Frame, _ rect: Rect, span: PlotSpan, cursor: Double?) {
    let scale = curves.yScale == .logarithmic ? ", log" : ""
    let title = curves.metric.title + scale
    let right = rightTitle(curveNotes(isWhole: span.x == curves.fit.x).map { ($0, $0) }, beside: title, in: rect)
    let inside = frame.box(
      rect, title: title, rightTitle: right, style: theme.frameStyle(focused: tab == .curves),
      titleStyle: theme.titleText, rightTitleStyle: theme.dimText)
    var plot = curvesPlot(span)
    // The selected run comes last and keeps its shape where it crosses others.
    let runs = shownRuns.filter { $0.id != selection } + shownRuns.filter { $0.id == selection }
    for run in runs {
      let isSelected = run.id == selection
      // Without colours broken up in different ways; in ASCII its digits tell.
      let pattern = showsColors || !glyphs.isUnicode ? .solid : LinePattern.run(run.mark)
      let mark = glyphs.isUnicode ? "*" : glyphs.runMark(run.mark).first ?? "*"
      if curves.smoothing != .none {
        let raw = samples(of: run, in: span.x).map(\.plotPoint)
        // Dim, and without colours in dots: it is never taken for the smoothed one.
        plot.series.append(
          PlotSeries(raw, style: theme.mutedRunStyle(run.mark), pattern: showsColors ? .solid : .dotted, mark: ".", layer: -1))
      }
      plot.series.append(
        PlotSeries(
          smoothedSamples(of: run, in: span.x).map(\.plotPoint), style: theme.runStyle(run.mark, bold: isSelected),
          pattern: pattern, mark: mark, letter: glyphs.runMark(run.mark).first, layer: isSelected ? 1 : 0))
    }
    plot.cursor = cursor.map { PlotCursor(x: $0, style: theme.accentText) }
    plot.draw(into: &frame, inside)
    if plot.series.allSatisfy(\.points.isEmpty) { drawNothing(noCurves, into: &frame, inside) }
  }

  private var noCurves: String {
    curves.metric == .ssim && shownRuns.contains { $0.step > 0 } ? "no SSIM yet" : "no values yet"
  }

  /// What stands in a plot that has nothing to draw.
  func drawNothing(_ text: String, into frame: inout Frame, _ inside: Rect) {
    frame.put(text, x: inside.x, y: inside.y + inside.height / 2, theme.dimText, maxWidth: inside.width, alignment: .center)
  }

  /// How the curves are looked at, from the longest form to the shortest.
  private func curveNotes(isWhole: Bool) -> [String] {
    let smoothing = curves.smoothing == .none
      ? nil : "smoothed over \(NumberText.grouped(curves.smoothing.steps)) steps"
    let window = isWhole ? nil : curves.follows ? "zoomed, follows" : "zoomed"
    return [[smoothing, window], [window]].map { $0.compactMap { $0 }.joined(separator: ", ") }
  }

  // MARK: Geometry

  func curvesLayout(_ body: Rect) -> PlotLayout { PlotLayout(body: body, rows: readRuns.count, sideWidth: 50, notes: 3) }

  /// The plot without curves: axes alone say where values stand.
  private func curvesPlot(_ span: PlotSpan) -> LinePlot {
    // Until something is known both axes are of round numbers.
    let x = PlotAxis(
      scale: curves.xScale, range: span.x, title: curves.axis.title + (curves.xScale == .logarithmic ? ", log" : ""))
    return LinePlot(
      series: [], x: x, y: PlotAxis(scale: curves.yScale, range: span.y), axisStyle: theme.axis,
      labelStyle: theme.axisText, minimumLabelWidth: 5)
  }

  /// - Parameter rect: of the view's plot, with its frame.
  func curvesGeometry(_ rect: Rect) -> PlotGeometry { curvesPlot(curves.visible).layout(in: rect.inset(), glyphs: glyphs) }

  // MARK: Numbers

  private func drawReadoutPane(into frame: inout Frame, _ rect: Rect) {
    let title = curves.cursor.map(curves.axis.place) ?? "newest"
    let inside = frame.box(
      rect, title: title, style: theme.frameStyle(focused: false),
      titleStyle: curves.cursor == nil ? theme.titleText : theme.accentText)
    let notes = curves.cursor == nil
      ? ["the newest value of every run", "", "left and right, or a click: read anywhere"]
      : ["the newest value at or before the cursor", "\(glyphs.ellipsis) where a run has not got there", "v: the newest values again"]
    for (index, note) in notes.enumerated() {
      frame.put(note, x: inside.x + 1, y: inside.maxY - 3 + index, theme.dimText, maxWidth: inside.width - 2)
    }
  }

  /// What is read at the cursor, a row a run.
  func readoutTable(isWide: Bool) -> Table {
    let place = curves.cursor.map { "at " + curves.axis.place($0) } ?? "newest"
    let isSmoothed = curves.smoothing != .none
    let places = curves.metric == .psnr ? 2 : curves.metric == .loss ? 5 : 4
    var columns = [
      TableColumn(isWide ? " run" : " \(place)", minimumWidth: isWide ? 17 : 24, priority: 9),
      TableColumn(curves.metric.short, .decimal(places: places), minimumWidth: curves.metric == .loss ? 8 : 7, priority: 8),
      TableColumn(glyphs.isUnicode ? "Δ best" : "to best", .decimal(places: places), minimumWidth: 8, priority: 7),
    ]
    if isSmoothed { columns.insert(TableColumn("smooth", .decimal(places: places), minimumWidth: 7, priority: 8), at: 2) }
    let rows = zip(readRuns, readings).map { run, reading in
      var cells: [TableCell] = [
        TableCell(pieces: [
          .init(" \(glyphs.runMark(run.mark)) ", theme.runStyle(run.mark, bold: true)), .init(label(of: run)),
        ]),
        TableCell(
          estimateSign(reading.isEstimate && reading.value != nil) + text(of: reading.value),
          isSmoothed && run.id != selection ? theme.dimText : nil),
        TableCell(difference(reading)),
      ]
      if isSmoothed { cells.insert(TableCell(text(of: reading.smoothed)), at: 2) }
      return cells
    }
    return Table(
      columns: columns, rows: rows, style: theme.text, headerStyle: theme.dimText, selectedStyle: theme.selection,
      selected: readRuns.firstIndex { $0.id == selection })
  }

  private func text(of value: Double?) -> String {
    guard let value else { return glyphs.ellipsis }
    switch curves.metric {
    case .psnr: return value.isNaN ? "nan" : decibel(value)
    case .loss: return scientific(value)
    case .ssim: return NumberText.fixed(value, decimals: 4)
    }
  }

  private func difference(_ reading: CurveReading) -> String {
    guard let difference = reading.difference else { return "" }
    if difference == 0 { return "best" }
    guard difference.isFinite else { return difference < 0 ? "-" + decibel(.infinity) : decibel(.infinity) }
    switch curves.metric {
    case .psnr: return NumberText.fixed(difference, decimals: 2)
    case .loss: return (difference < 0 ? "-" : "+") + scientific(difference.magnitude)
    case .ssim: return NumberText.fixed(difference, decimals: 4)
    }
  }
}

extension CurvesState.Metric {
  /// For the head of a column.
  fileprivate var short: String {
    switch self {
    case .psnr: "PSNR"
    case .loss: "loss"
    case .ssim: "SSIM"
    }
  }
}

extension CurveSample {
  fileprivate var plotPoint: PlotPoint { PlotPoint(x: x, y: y.isFinite ? y : nil) }
}
