import Canvas
import Networks
import Training

extension ExplorerState {
  /// What a network has learnt: maps of its levels and units, one of them large, the picture of its coarser levels alone.
  func drawFeaturesView(into frame: inout Frame, _ rect: Rect) {
    let layout = featuresLayout(rect)
    let contents = featureContents
    let drawing = featureDrawing(layout)
    if let grid = layout.grid { drawFeatureGrid(contents, layout, drawing, into: &frame, grid) }
    if let pane = layout.map { drawLargeMap(drawing.large, contents, layout, pane, into: &frame) }
    if let pane = layout.truncation { drawTruncation(drawing.truncated, pane, into: &frame) }
    if let row = layout.slider { drawSlider(layout, into: &frame, row) }
    if let row = layout.recording { drawRecording(layout, into: &frame, row) }
  }

  // MARK: Words

  /// Of a map's number, as short as tells two of them apart.
  func featureNumber(_ value: Float) -> String {
    let value = Double(value)
    return switch value.magnitude {
    case 0: "0"
    case ..<0.000995: NumberText.short(value, digits: 2)
    case ..<0.09995: NumberText.fixed(value, decimals: 4)
    case ..<100: NumberText.fixed(value, decimals: 2)
    default: NumberText.short(value)
    }
  }

  /// The same by two digits, for captions.
  private func roundedNumber(_ value: Float) -> String {
    let value = Double(value)
    return switch value.magnitude {
    case 0: "0"
    case ..<0.00995: NumberText.short(value, digits: 2)
    case ..<0.0995: NumberText.fixed(value, decimals: 3)
    case ..<0.995: NumberText.fixed(value, decimals: 2)
    case ..<9.95: NumberText.fixed(value, decimals: 1)
    default: NumberText.short(value, digits: 2)
    }
  }

  var sigma: String { glyphs.isUnicode ? "σ" : "sd" }
  var rangeDots: String { glyphs.isUnicode ? "…" : ".." }

  /// `0…255`, or the one that there is.
  func span(_ range: Range<Int>) -> String {
    range.count > 1 ? "\(range.lowerBound)\(rangeDots)\(range.upperBound - 1)" : "\(range.lowerBound)"
  }

  /// What arrows do now.
  func arrowsText(_ layout: FeaturesLayout) -> String {
    if playedTimeLapse != nil { return "left right: frame by frame" }
    if truncationLevel != nil { return "left right: the last level" }
    return layout.zoom > 0 ? "arrows move the map" : "arrows: unit and level"
  }

  // MARK: Many maps

  private func drawFeatureGrid(
    _ contents: FeatureContents, _ layout: FeaturesLayout, _ drawing: FeatureDrawing, into frame: inout Frame, _ rect: Rect
  ) {
    let title = gridTitle(contents)
    frame.box(
      rect, title: title, rightTitle: rightTitle(gridCounts(contents, layout).map { ($0, $0) }, beside: title, in: rect),
      style: theme.frameStyle(focused: false), titleStyle: theme.titleText, rightTitleStyle: theme.dimText)
    guard !contents.lines.isEmpty else {
      return place(nil, in: rect.inset(), of: rect, id: 0, into: &frame)
    }
    for label in layout.labels {
      drawLabel(contents.lines[label.line], isChosen: label.line == contents.line, label.rect, into: &frame)
    }
    for (index, map) in drawing.grid.enumerated() {
      let isChosen = map.tile.line == contents.line && map.tile.column == contents.column
      drawCaption(map, contents.lines[map.tile.line], isChosen: isChosen, hasLabel: !layout.labels.isEmpty, into: &frame)
      let tile = map.tile.map
      place(map: map.raster, in: tile, of: tile.inset(by: -1), id: index, into: &frame)
    }
  }

  /// A map in its rectangle. One with more points than it has pixels, from before a resize, is thinned and never blurred.
  func place(map raster: Raster?, in rect: Rect, of box: Rect, id: Int, into frame: inout Frame) {
    let (width, height) = (pixels.width * rect.width, pixels.height * rect.height)
    guard let raster, raster.width > width || raster.height > height else {
      return place(raster, in: rect, of: box, id: id, into: &frame)
    }
    let whole = Rect(x: 0, y: 0, width: raster.width, height: raster.height)
    let thinned = raster.scaled(
      from: whole, toWidth: min(width, raster.width), height: min(height, raster.height), isSmooth: false)
    place(thinned, in: rect, of: box, id: id, into: &frame)
  }

  private func gridTitle(_ contents: FeatureContents) -> String {
    if let timeLapse = playedTimeLapse { return "recorded: unit \(timeLapse.unit)" }
    guard let line = contents.chosenLine, let chosen = contents.chosen else { return features.arrangement.title }
    if features.arrangement == .layersOfUnit { return "levels of unit \(chosen.unit)" }
    let title = features.arrangement == .unitsOfLayer ? line.layer.title : features.arrangement.title
    guard let order = features.order else { return title }
    guard let ranked = features.ranked, ranked.run == run.id else { return title + ", ordering \(glyphs.ellipsis)" }
    let layers = run.features?.layers ?? []
    let layer = layers.indices.contains(ranked.ranking.layer) ? layers[ranked.ranking.layer].title : ""
    return title + (order == .activity ? ", most active" : ", most different") + " in \(layer)"
  }

  /// What is in sight of all there is.
  private func gridCounts(_ contents: FeatureContents, _ layout: FeaturesLayout) -> [String] {
    guard let line = contents.chosenLine, playedTimeLapse == nil else { return [] }
    var pieces: [String] = []
    if layout.shownLines < contents.lines.count, features.arrangement != .unitsOfLayer {
      let lines = layout.firstLine..<layout.firstLine + layout.shownLines
      pieces.append("maps \(span(lines)) of \(contents.lines.count)")
    }
    if line.units.count > layout.shownColumns, features.arrangement != .layersOfUnit {
      let columns = layout.firstColumn..<layout.firstColumn + layout.shownColumns
      let isOrdered = features.ranked?.run == run.id && features.order != nil
      pieces.append("\(isOrdered ? "places" : "units") \(span(columns)) of \(line.units.count)")
    }
    return pieces.count > 1 ? [pieces.joined(separator: "  "), pieces[1]] : pieces
  }

  /// Name, resolution and part of a layer, as much as its maps are high.
  private func drawLabel(_ line: FeatureContents.Line, isChosen: Bool, _ rect: Rect, into frame: inout Frame) {
    var title = wrapped(line.layer.title, columns: rect.width, lines: max(1, rect.height - 1))
    if title.count > 2 { title = [line.shortTitle] }
    for (index, text) in title.prefix(rect.height).enumerated() {
      frame.put(text, x: rect.x, y: rect.y + index, isChosen ? theme.accentText : theme.titleText, maxWidth: rect.width)
    }
    let lines = [sizeText(line.layer.shape)] + wrapped(partTitle(line.part), columns: rect.width, lines: 2)
    for (index, text) in lines.enumerated() where title.count + index < rect.height {
      frame.put(text, x: rect.x, y: rect.y + title.count + index, theme.dimText, maxWidth: rect.width)
    }
  }

  /// - Parameter hasLabel: the layer's name stands beside its maps.
  private func drawCaption(
    _ map: FeatureTileMap, _ line: FeatureContents.Line, isChosen: Bool, hasLabel: Bool, into frame: inout Frame
  ) {
    let rect = map.tile.caption
    let isOfUnit = line.part.isPerUnit
    let isOneLayer = features.arrangement == .unitsOfLayer && playedTimeLapse == nil
    let title = line.layer.title.columns < rect.width ? line.layer.title : line.shortTitle
    var name = hasLabel || isOneLayer ? (isOfUnit ? "\(map.place.unit)" : "all") : title
    if !hasLabel, !isOneLayer, isOfUnit, let chosen = featureContents.chosen, map.place.unit != chosen.unit {
      name += " unit \(map.place.unit)"
    }
    if isChosen { name = "\(glyphs.pointer)\(name)" }
    let size = hasLabel || isOneLayer ? "" : "  \(sizeText(line.layer.shape))"
    let rest = captionForms(map, size: size).first {
      glyphs.columns(of: name) + max($0.room, glyphs.columns(of: $0.text)) <= rect.width
    }?.text ?? ""
    frame.put(
      [(name, isChosen ? theme.accentText : theme.text), (rest, theme.dimText)], x: rect.x, y: rect.y,
      maxWidth: rect.width)
  }

  /// What is told of a map beside its name, from the longest form to the shortest, each with the columns that it may come to
  /// take: the form does not depend on the digits.
  private func captionForms(_ map: FeatureTileMap, size: String) -> [(text: String, room: Int)] {
    let sizes = size.isEmpty ? [""] : [size, ""]
    guard let statistics = map.picture?.statistics else { return sizes.map { ($0, $0.columns) } }
    func span(_ number: (Float) -> String) -> String {
      "  \(number(statistics.least))\(rangeDots)\(number(statistics.greatest))"
    }
    let deviation = "\(sigma) \(roundedNumber(statistics.deviation))"
    let mean = "  mean \(featureNumber(statistics.mean))"
    return sizes.flatMap { size in
      [
        ("\(size)\(span(featureNumber))\(mean)  \(deviation)", 40), ("\(size)\(span(featureNumber))  \(deviation)", 26),
        ("\(size)\(span(roundedNumber))  \(deviation)", 22), ("\(size)\(span(roundedNumber))", 13),
        ("\(size) \(deviation)", 8), (size, 0),
      ].map { ($0.0, $0.1 + size.columns) }
    }
  }
}
