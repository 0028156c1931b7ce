extension LinePlot {
  /// Draws both axes with their ticks and labels: y labels end at the axis, x labels stand centred under their ticks, the
  /// name of x ends the last row.
  func drawAxes(into frame: inout Frame, rect: Rect, geometry: PlotGeometry) {
    let glyphs = frame.glyphs
    let area = geometry.area
    let axisX = area.x - 1
    let axisY = area.maxY
    for row in area.y..<area.maxY { frame.set(x: axisX, y: row, glyphs.vertical, axisStyle) }
    frame.set(x: axisX, y: axisY, glyphs.axisCorner, axisStyle)
    for column in area.x..<area.maxX { frame.set(x: column, y: axisY, glyphs.horizontal, axisStyle) }

    // Ticks round the same way as dots do, so that a curve meets its tick.
    var taken: Set<Int> = []
    for tick in geometry.yTicks {
      guard let row = geometry.row(y: tick.value), taken.insert(row).inserted else { continue }
      frame.set(x: axisX, y: row, glyphs.tickLeft, axisStyle)
      frame.put(
        tick.label, x: rect.x, y: row, labelStyle, maxWidth: axisX - rect.x, alignment: .right)
    }
    if !y.title.isEmpty {
      frame.put(y.title, x: area.x + 1, y: area.y, labelStyle, maxWidth: max(0, area.width - 2))
    }

    let nameWidth = min(x.title.columns, area.width)
    if nameWidth > 0 {
      frame.put(x.title, x: area.maxX - nameWidth, y: axisY + 1, labelStyle, maxWidth: nameWidth)
    }
    let limit = nameWidth > 0 ? area.maxX - nameWidth - 1 : area.maxX
    // Wide labels get fewer ticks, and the count depends on the room alone so that it does not flicker.
    for count in [max(2, area.width / 10), max(2, area.width / 16), 2] {
      let ticks = PlotAxis.ticks(geometry.xRange, scale: x.scale, count: count)
      var labels: [(tick: Int, start: Int, text: String)] = []
      var fits = true
      var end = rect.x - 1
      for tick in ticks {
        guard let column = geometry.column(x: tick.value) else { continue }
        let columns = tick.label.columns
        let start = min(max(column - columns / 2, rect.x), rect.maxX - columns)
        if start <= end { fits = false }
        end = start + columns
        labels.append((column, start, tick.label))
      }
      guard fits || count == 2 else { continue }
      end = rect.x - 1
      for label in labels {
        frame.set(x: label.tick, y: axisY, glyphs.tickDown, axisStyle)
        guard label.start > end, label.start + label.text.columns <= limit else { continue }
        frame.put(label.text, x: label.start, y: axisY + 1, labelStyle)
        end = label.start + label.text.columns
      }
      return
    }
  }
}
