import Canvas
import Networks
import Training

/// Cost against size at several depths: the paper's figure 2, for the subject's own shape.
extension ExplorerState {
  func drawScalingView(into frame: inout Frame, _ rect: Rect) {
    let families = scaling.families
    // Every point has a row there, or they stand in short below the plot.
    let (points, notes) = (families.reduce(0) { $0 + $1.points.count }, families.count + 2)
    let hasRoom = rect.height >= points + 1 + notes + 2
    let layout = PlotLayout(body: rect, rows: families.count, sideWidth: hasRoom ? 46 : nil, notes: notes)
    drawScaling(into: &frame, layout.plot)
    if let side = layout.side {
      let inside = frame.box(
        side, title: "never trained: \(sizeText(subject.signal.shape))", style: theme.frameStyle(focused: false),
        titleStyle: theme.titleText)
      let (table, growth) = inside.split(top: points + 1)
      pointsTable.draw(into: &frame, table)
      drawGrowth(into: &frame, growth)
    } else {
      depthsTable.draw(into: &frame, layout.table)
    }
  }

  private func drawScaling(into frame: inout Frame, _ rect: Rect) {
    let scale = scaling.yScale == .logarithmic ? ", log" : ""
    let title = "MACs/sample\(scale) against \(scaling.axis.title)"
    let forms = ["computed, not trained; points: linear layers", "points: linear layers", "points: layers"].map { ($0, $0) }
    let inside = frame.box(
      rect, title: title, rightTitle: rightTitle(forms, beside: title, in: rect),
      style: theme.frameStyle(focused: true), titleStyle: theme.titleText, rightTitleStyle: theme.dimText)
    let limit = Double(ScalingFamily.width * subject.signal.channels + subject.signal.channels)
    var plot = LinePlot(
      series: [], x: PlotAxis(scale: scaling.axis == .parameters ? .logarithmic : .linear, title: scaling.axis.title),
      y: PlotAxis(scale: scaling.yScale), axisStyle: theme.axis, labelStyle: theme.axisText,
      references: [
        // What is left however much is shared: the last layer is computed for every sample.
        PlotReference(
          y: limit, label: "one layer, \(ScalingFamily.width) wide: \(NumberText.grouped(Int(limit))) MACs", style: theme.dimText)
      ])
    for family in scaling.families {
      plot.series.append(
        PlotSeries(
          family.points.map { PlotPoint(x: scalingX($0), y: $0.macs) }, style: theme.style(theme.frame), mark: ".", layer: -1))
    }
    fit(&plot, limit: limit)
    let geometry = plot.layout(in: inside, glyphs: glyphs)
    let points = familyCircles(geometry)
    plot.circles = runCircles(geometry, points: points) + points
    plot.draw(into: &frame, inside)
  }

  /// Every run that is shown as a ring, the selected one larger and with its name; runs that all but touch share one. They
  /// lie beneath the points: where one of them is in the ring its number stands there, and the runs' marks beside it.
  private func runCircles(_ geometry: PlotGeometry, points: [PlotCircle]) -> [PlotCircle] {
    var groups: [(column: Int, row: Int, runs: [RunView])] = []
    for run in [run] + shownRuns.filter({ $0.id != selection }) {
      guard let x = scalingX(run), let column = geometry.column(x: x), let row = geometry.row(y: run.cost.macs) else { continue }
      if let near = groups.firstIndex(where: { abs($0.column - column) <= 2 && abs($0.row - row) <= 1 }) {
        groups[near].runs.append(run)
      } else {
        groups.append((column, row, [run]))
      }
    }
    return groups.reversed().compactMap { group in
      let first = group.runs[0]
      let isSelected = first.id == selection
      let marks = group.runs.map(\.mark).sorted().map { glyphs.runMark($0) }.joined(separator: glyphs.isUnicode ? "" : ",")
      let isTaken = points.contains { geometry.column(x: $0.x) == group.column && geometry.row(y: $0.y) == group.row }
      return scalingX(first).map {
        PlotCircle(
          x: $0, y: first.cost.macs, radius: isSelected ? 4 : 3, style: theme.runStyle(first.mark, bold: isSelected),
          symbol: marks, label: isSelected ? names(of: group.runs) : isTaken ? marks : "",
          labelStyle: isSelected ? theme.titleText : nil)
      }
    }
  }

  /// One run by its label, several by their models: which mark is whose.
  private func names(of runs: [RunView]) -> String {
    if runs.count == 1 { return "\(glyphs.runMark(runs[0].mark)) \(label(of: runs[0]))" }
    return runs.sorted { $0.mark < $1.mark }.map { "\(glyphs.runMark($0.mark)) \($0.configuration.model.title)" }
      .joined(separator: ", ")
  }

  /// Every point as its number of layers, the deepest with its family's name. Where two numbers would read as one, that of
  /// the deepest stays, then that of the shallowest; the others are dots, and a name stands beside a number alone.
  private func familyCircles(_ geometry: PlotGeometry) -> [PlotCircle] {
    var numbers: [(column: Int, row: Int)] = []
    return scaling.families.flatMap { family -> [PlotCircle] in
      let (style, points) = (familyStyle(family.model), family.points)
      let ranked = points.indices.sorted { ($0 == points.count - 1 ? -1 : $0) < ($1 == points.count - 1 ? -1 : $1) }
      return ranked.map { index in
        let x = scalingX(points[index])
        var hasNumber = false
        if let column = geometry.column(x: x), let row = geometry.row(y: points[index].macs),
          !numbers.contains(where: { $0.row == row && abs($0.column - column) < 2 })
        {
          numbers.append((column, row))
          hasNumber = true
        }
        return PlotCircle(
          x: x, y: points[index].macs, radius: 0, style: style, symbol: hasNumber ? "\(points[index].layers)" : "",
          label: hasNumber && index == points.count - 1 ? family.model.title : "")
      }
    }
  }

  /// Axes around everything that may be marked, whichever run is selected.
  private func fit(_ plot: inout LinePlot, limit: Double) {
    let points = scaling.families.flatMap(\.points)
    let xs = points.map(scalingX) + shownRuns.compactMap(scalingX)
    let ys = points.map(\.macs) + shownRuns.map(\.cost.macs) + [limit]
    guard let left = xs.min(), let right = xs.max(), let low = ys.min(), let high = ys.max() else { return }
    plot.x.range = PlotRange.padded(left...right, by: 0.08, scale: plot.x.scale)
    plot.y.range = scaling.yScale == .linear ? 0...high * 1.1 : PlotRange.padded(low...high, by: 0.08, scale: .logarithmic)
  }

  private func scalingX(_ point: ScalingFamily.Point) -> Double {
    Double(scaling.axis == .parameters ? point.parameters : point.layers)
  }

  private func scalingX(_ run: RunView) -> Double? {
    scaling.axis == .parameters ? Double(run.cost.parameters) : run.configuration.layers.map(Double.init)
  }

  /// The colour of the first run of a model; models without a run get colours that no run has.
  private func familyStyle(_ model: ModelKind) -> Style {
    let racing = runs.filter { !$0.isPermutation }
    if let run = racing.first(where: { $0.configuration.model == model }) { return theme.runStyle(run.mark, bold: true) }
    let trained = Set(racing.map(\.configuration.model))
    let taken = Set(runs.map(\.mark))
    let free = (0..<runs.count + scaling.families.count).filter { !taken.contains($0) }
    let index = scaling.families.map(\.model).filter { !trained.contains($0) }.firstIndex(of: model) ?? 0
    return theme.runStyle(free[index], bold: true)
  }

  // MARK: Numbers

  /// A row a point; the one that the selected run has is marked.
  private var pointsTable: Table {
    let points = scaling.families.flatMap { family in family.points.map { (family.model, $0) } }
    let rows = points.map { model, point -> [TableCell] in
      [
        TableCell(" " + model.title, familyStyle(model)), TableCell("\(point.layers)"),
        TableCell(NumberText.grouped(point.parameters)), TableCell(NumberText.count(point.macs)),
      ]
    }
    let selected = points.firstIndex { model, point in
      model == run.configuration.model && point.parameters == run.cost.parameters && point.macs == run.cost.macs
    }
    return Table(
      columns: [
        TableColumn(" model", minimumWidth: 10, priority: 3), TableColumn("layers", .right, priority: 2),
        TableColumn("params", .right, minimumWidth: 9, priority: 1), TableColumn("MACs/sample", .right, priority: 3),
      ], rows: rows, style: theme.text, headerStyle: theme.dimText, selectedStyle: theme.selection, selected: selected)
  }

  /// A row a model, a column a depth: for narrow screens.
  private var depthsTable: Table {
    let depths = Set(scaling.families.flatMap { $0.points.map(\.layers) }).sorted()
    let span = depths.first.flatMap { first in depths.last.map { "\(first) to \($0)" } } ?? ""
    let notes = scaling.families.map { ScalingFamily.note($0.model).columns }.max() ?? 0
    let columns = [TableColumn(" MACs/sample", minimumWidth: 10, priority: 20)]
      + depths.map { TableColumn("\($0)", .right, minimumWidth: 5, priority: 10 - $0) }
      + [
        TableColumn("a layer", .right, priority: 19),
        // Where there is no room for both, the plot has the parameters on its axis, and sizes stand nowhere else.
        TableColumn("params, \(span)", .right, priority: 1), TableColumn("size", minimumWidth: notes, priority: 2),
      ]
    let rows = scaling.families.map { family -> [TableCell] in
      [TableCell(" " + family.model.title, familyStyle(family.model))]
        + depths.map { depth in
          TableCell(family.points.first { $0.layers == depth }.map { NumberText.short($0.macs) } ?? "")
        }
        + [
          TableCell(family.macsPerLayer.map { signed(NumberText.short($0.rounded()), $0) } ?? "", theme.accentText),
          TableCell(ends(of: family)), TableCell(ScalingFamily.note(family.model), theme.dimText),
        ]
    }
    return Table(
      columns: columns, rows: rows, style: theme.text, headerStyle: theme.dimText, selectedStyle: theme.selection)
  }

  /// `67.8k to 333k`: parameters of the shallowest and the deepest.
  private func ends(of family: ScalingFamily) -> String {
    guard let first = family.points.first, let last = family.points.last else { return "" }
    return NumberText.short(Double(first.parameters)) + " to " + NumberText.short(Double(last.parameters))
  }

  /// What the figure says, in numbers, and what each family is.
  private func drawGrowth(into frame: inout Frame, _ rect: Rect) {
    let (x, width) = (rect.x + 1, rect.width - 2)
    frame.put("a layer more costs", x: x, y: rect.y + 1, theme.dimText, maxWidth: width)
    frame.put("MACs/sample", x: x, y: rect.y + 1, theme.dimText, maxWidth: width, alignment: .right)
    for (index, family) in scaling.families.enumerated() {
      let y = rect.y + 2 + index
      frame.put(family.model.title, x: x, y: y, familyStyle(family.model), maxWidth: 10)
      frame.put(ScalingFamily.note(family.model), x: x + 11, y: y, theme.dimText, maxWidth: 22)
      let text = family.macsPerLayer.map { signed(NumberText.count($0), $0) } ?? glyphs.ellipsis
      frame.put(text, x: x, y: y, theme.text, maxWidth: width, alignment: .right)
    }
  }

  private func signed(_ text: String, _ value: Double) -> String { value >= 0 ? "+" + text : text }
}
