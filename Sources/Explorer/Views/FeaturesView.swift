import Canvas
import Networks
import Training

extension ExplorerState {
  /// What a network has learnt: maps of its levels and units, one of them large, the picture of its coarser levels alone.
  func drawFeaturesView(_ drawing: FeatureDrawing, into frame: inout Frame) {
    let (layout, contents) = (drawing.key.layout, drawing.key.contents)
    if let grid = layout.gridFrame { drawFeatureGrid(contents, layout, drawing, into: &frame, grid) }
    if let pane = layout.map { drawLargeMap(drawing.large, contents, layout, pane, into: &frame) }
    if let pane = layout.truncation { drawTruncation(drawing.truncated, pane, into: &frame) }
    if let row = layout.slider { drawSlider(layout, into: &frame, row) }
    if let row = layout.recording { drawRecording(layout, into: &frame, row) }
  }

  // MARK: Words

  /// `0…255`, or the one that there is.
  func span(_ range: Range<Int>) -> String {
    range.count > 1 ? "\(range.lowerBound)\(MapCaption.dots(glyphs))\(range.upperBound - 1)" : "\(range.lowerBound)"
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
    for label in layout.grid.labels {
      let known = drawing.grid.first { $0.tile.line == label.line }?.picture
      drawLabel(contents.lines[label.line], known, isChosen: label.line == contents.line, label.rect, into: &frame)
    }
    for (index, map) in drawing.grid.enumerated() {
      drawCaption(map, contents, layout, into: &frame)
      let tile = map.tile.map
      place(map.raster, in: tile, of: tile.inset(by: -1), id: index, into: &frame)
    }
  }

  private func gridTitle(_ contents: FeatureContents) -> String {
    if let timeLapse = playedTimeLapse { return "recorded: unit \(timeLapse.unit)" }
    guard let line = contents.chosenLine, let chosen = contents.chosen else { return features.arrangement.title }
    // Where no label stands beside the maps.
    let part = "  \(partTitle(line.part))"
    if features.arrangement == .layersOfUnit { return "levels of unit \(chosen.unit)" + (line.part.isPerUnit ? part : "") }
    let title = features.arrangement == .unitsOfLayer ? line.layer.title + part : features.arrangement.title
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
    if layout.grid.lines.count < contents.lines.count, features.arrangement != .unitsOfLayer {
      let lines = layout.grid.lines
      pieces.append("rows \(span(lines)) of \(contents.lines.count)")
    }
    if line.units.count > layout.grid.columns.count, features.arrangement != .layersOfUnit {
      let columns = layout.grid.columns
      let isOrdered = features.ranked?.run == run.id && features.order != nil
      pieces.append("\(isOrdered ? "places" : "units") \(span(columns)) of \(line.units.count)")
    }
    // Where there is no room for words, that there is more.
    let short = pieces.first.map { $0.split(separator: " ").dropFirst().joined(separator: " ") }.map { [$0] } ?? []
    return (pieces.count > 1 ? [pieces.joined(separator: "  "), pieces[0]] : pieces) + short
  }

  /// Name, resolution and part of a layer, as much as its maps are high.
  private func drawLabel(_ line: FeatureContents.Line, _ known: FeaturePicture?, isChosen: Bool, _ rect: Rect, into frame: inout Frame) {
    var title = line.layer.title.wrapped(columns: rect.width, lines: max(1, rect.height - 1))
    if title.count > 2 { title = [line.shortTitle] }
    for (index, text) in title.prefix(rect.height).enumerated() {
      frame.put(text, x: rect.x, y: rect.y + index, isChosen ? theme.accentText : theme.titleText, maxWidth: rect.width)
    }
    let sampled = known.flatMap { $0.isSampled(of: line) ? "\(glyphs.approximately) at \(sizeText([$0.rows, $0.columns]))" : nil }
    var lines = [line.resolution] + partTitle(line.part).wrapped(columns: rect.width, lines: 2)
    if let sampled, title.count + lines.count < rect.height {
      lines.append(sampled)
    } else if sampled != nil {
      lines[0] = "\(glyphs.approximately)\(line.resolution)"
    }
    for (index, text) in lines.enumerated() where title.count + index < rect.height {
      frame.put(text, x: rect.x, y: rect.y + title.count + index, theme.dimText, maxWidth: rect.width)
    }
  }

  /// How a map is called among the others, and its resolution where that does not stand elsewhere.
  private func mapName(
    _ map: FeatureTileMap, _ contents: FeatureContents, _ layout: FeaturesLayout
  ) -> (name: String, resolution: String) {
    let line = contents.lines[map.tile.line]
    let isOneLayer = features.arrangement == .unitsOfLayer && playedTimeLapse == nil
    guard layout.grid.labels.isEmpty, !isOneLayer else { return (line.part.isPerUnit ? "\(map.place.unit)" : "all", "") }
    return (contents.layerName(map.tile.line), line.resolution)
  }

  private func drawCaption(
    _ map: FeatureTileMap, _ contents: FeatureContents, _ layout: FeaturesLayout, into frame: inout Frame
  ) {
    let rect = map.tile.caption
    let isChosen = map.tile.line == contents.line && map.tile.column == contents.column
    let (name, resolution) = mapName(map, contents, layout)
    let style = isChosen ? theme.accentText : theme.text
    if isChosen { frame.set(x: rect.x - 1, y: rect.y, glyphs.pointer, style) }
    // Beside the maps it is said with their label.
    let isEstimate = layout.grid.labels.isEmpty && map.picture?.isSampled(of: contents.lines[map.tile.line]) == true
    for (row, text) in layout.grid.caption.texts(resolution: resolution, map.picture?.numbers, isEstimate: isEstimate, glyphs).enumerated() {
      let title = row == 0 ? [(name, style)] : []
      frame.put(title + [(text, theme.dimText)], x: rect.x, y: rect.y + row, maxWidth: rect.width)
    }
  }
}
