import Canvas
import Networks
import Records
import Signals
import Training

/// What is asked of the engine, and what its answers are on the screen.
extension ExplorerState {
  // MARK: Requests

  /// What the view needs of the selected run, no more points than there are pixels; nil when nobody looks at it.
  var featureRequest: FeatureRequest? {
    guard tab == .features, playedTimeLapse == nil, let layout = featuresLayout else { return nil }
    let contents = featureContents
    guard let chosen = contents.chosen, let line = contents.chosenLine else { return FeatureRequest() }
    var maps: [FeatureRequest.Maps] = []
    for tile in layout.grid.tiles where !tile.map.isEmpty {
      let line = contents.lines[tile.line]
      let wanted = FeatureRequest.Maps(
        layer: line.index, part: line.part, units: [], points: points(tile.map, line.rows, line.columns))
      let unit = line.units[tile.column]
      if let index = maps.firstIndex(where: { $0.layer == wanted.layer && $0.points == wanted.points }) {
        maps[index].units.append(unit)
      } else {
        maps.append(wanted)
        maps[maps.count - 1].units = [unit]
      }
    }
    if let pane = layout.map, !pane.picture.isEmpty {
      let region = layout.region
      let isWhole = region.rows.count == line.rows && region.columns.count == line.columns
      let wanted = FeatureRequest.Maps(
        layer: chosen.layer, part: chosen.part, units: [chosen.unit],
        points: points(pane.picture, region.rows.count, region.columns.count),
        crop: isWhole ? nil : [region.rows, region.columns])
      let isThere = maps.contains {
        $0.layer == wanted.layer && $0.points == wanted.points && $0.crop == wanted.crop && $0.units.contains(chosen.unit)
      }
      if !isThere { maps.append(wanted) }
    }
    return FeatureRequest(
      maps: maps, ranking: wantedRanking(line), truncation: truncationRequest(layout), isExact: isExportingMaps)
  }

  /// Points of a map: as many as there are pixels and some more, since its numbers come from them too. Their count is a prime,
  /// so that they do not fall on the same place of every tile or digit, which would show a pattern that there is not.
  private func points(_ rect: Rect, _ rows: Int, _ columns: Int) -> [Int] {
    if pendingExport?.subject == .mapGrid {
      let scale = min(1, Double(Self.pagePoints) / Double(max(rows, columns)))
      return [rows, columns].map { Int((Double($0) * scale).rounded(.up)) }
    }
    let shown = [pixels.height * rect.height, pixels.width * rect.width]
    let scale = max(1, Double(Self.fewestPoints) / Double(max(1, shown.min() ?? 1)))
    return zip(shown, [rows, columns]).map { shown, all in
      let wanted = Self.prime(from: Int((Double(shown) * scale).rounded(.up)))
      return wanted < all ? wanted : all
    }
  }

  /// Points of a picture: as many as there are pixels.
  private func pixelPoints(_ rect: Rect, _ rows: Int, _ columns: Int) -> [Int] {
    [min(pixels.height * rect.height, rows), min(pixels.width * rect.width, columns)]
  }

  /// Along the shorter side, of all maps; along the longer one, of those of a page.
  private static let fewestPoints = 67, pagePoints = 512

  /// The least prime that is not less.
  static func prime(from number: Int) -> Int {
    var number = max(number, 2)
    while (2...).prefix(while: { $0 * $0 <= number }).contains(where: { number % $0 == 0 }) { number += 1 }
    return number
  }

  /// Whether a file waits for maps of the view.
  var isExportingMaps: Bool { pendingExport.map { $0.subject == .mapGrid || $0.subject == .view } ?? false }

  /// nil once it was answered: an order is taken once, so that units do not change places while they are looked at.
  private func wantedRanking(_ line: FeatureContents.Line) -> FeatureRequest.Ranking? {
    guard let order = features.order, line.part.isPerUnit, line.units.count > 1 else { return nil }
    if let ranked = features.ranked, ranked.run == run.id, ranked.generation == run.generation, ranked.ranking.order == order {
      return nil
    }
    return FeatureRequest.Ranking(layer: line.index, part: line.part, order: order)
  }

  private func truncationRequest(_ layout: FeaturesLayout) -> FeatureRequest.Truncation? {
    guard let level = truncationLevel, let pane = layout.truncation, !pane.picture.isEmpty else { return nil }
    let region = truncationRegion(layout)
    let isWhole = region.rows.count == subject.rows && region.columns.count == subject.columns
    return FeatureRequest.Truncation(
      level: level, points: pixelPoints(pane.picture, region.rows.count, region.columns.count),
      crop: isWhole ? nil : [region.rows, region.columns])
  }

  /// The same part of the data as of the map.
  func truncationRegion(_ layout: FeaturesLayout) -> PictureRegion {
    FeaturesLayout.region(of: (subject.rows, subject.columns), zoom: layout.zoom, center: features.center).0
  }

  // MARK: Answers

  /// The frame that is played back, or what the run has told last.
  var featureAnswers: [FeatureReport.Answer] { playedFrame?.answers ?? run.features?.answers ?? [] }

  var playedFrame: FeatureFrame? {
    guard let timeLapse = playedTimeLapse, let playback = features.playback,
      timeLapse.frames.indices.contains(playback.frame)
    else { return nil }
    return timeLapse.frames[playback.frame]
  }

  /// A map as it is known: of the part that is asked for, else the nearest points of all of it.
  ///
  /// - Parameters:
  ///   - rect: that it is drawn in: the answer for just that comes first, then the one with most points.
  ///   - region: nil is all of the layer's grid.
  func featurePicture(
    _ place: FeaturePlace, of line: FeatureContents.Line, in rect: Rect, region: PictureRegion? = nil
  ) -> FeaturePicture? {
    var best: (answer: FeatureReport.Answer, index: Int, rank: [Int])?
    let wanted = points(rect, region?.rows.count ?? line.rows, region?.columns.count ?? line.columns)
    let crop = region.flatMap { region in
      region.rows.count == line.rows && region.columns.count == line.columns ? nil : [region.rows, region.columns]
    }
    for answer in featureAnswers where answer.request.layer == place.layer && answer.request.part == place.part {
      guard let index = answer.map.units.firstIndex(of: place.unit), answer.map.shape.count == 2 else { continue }
      guard answer.request.crop == crop || answer.request.crop == nil else { continue }
      let rank = [answer.request.crop == crop ? 1 : 0, answer.request.points == wanted ? 1 : 0, answer.map.count]
      if best.map({ $0.rank.lexicographicallyPrecedes(rank) }) ?? true { best = (answer, index, rank) }
    }
    guard let (answer, index, _) = best else { return nil }
    let (rows, columns) = (answer.map.shape[0], answer.map.shape[1])
    let values = answer.map[index]
    guard let region, answer.request.crop != crop else {
      let statistics = answer.statistics.indices.contains(index) ? answer.statistics[index] : FeatureStatistics(values)
      return FeaturePicture(rows: rows, columns: columns, values: Array(values), statistics: statistics, step: answer.step)
    }
    // The engine has not yet answered for this part, or a recording is enlarged.
    let size = (
      rows: max(1, region.rows.count * rows / line.rows), columns: max(1, region.columns.count * columns / line.columns)
    )
    let down = Preview.nearest(0..<line.rows, rows, region.rows, size.rows)
    let across = Preview.nearest(0..<line.columns, columns, region.columns, size.columns)
    let part = down.flatMap { row in
      across.map { column in values[values.startIndex + (row ?? 0) * columns + (column ?? 0)] }
    }
    return FeaturePicture(
      rows: size.rows, columns: size.columns, values: part, statistics: FeatureStatistics(part), step: answer.step)
  }

  /// Every map of the grid in its colours, as it is on the screen.
  ///
  /// - Parameter kept: the maps of some lines, as they are already.
  func featureGridMaps(_ layout: FeaturesLayout, keeping kept: [FeatureTileMap] = []) -> [FeatureTileMap] {
    let contents = featureContents
    let known = Dictionary(grouping: kept, by: \.tile.line)
    let pictures = layout.grid.tiles.map { tile in
      let line = contents.lines[tile.line]
      return known[tile.line] == nil ? featurePicture(line.place(tile.column), of: line, in: tile.map) : nil
    }
    return zip(layout.grid.tiles, pictures).map { tile, picture in
      if let map = known[tile.line]?.first(where: { $0.tile == tile }) { return map }
      let line = contents.lines[tile.line]
      let beside = zip(layout.grid.tiles, pictures).compactMap { $0.line == tile.line ? $1?.statistics : nil }
      let range = picture.map { self.range(of: $0.statistics, among: beside, line.part) }
      let raster = picture.flatMap { picture in range.flatMap { self.raster(picture, in: $0) } }
      return FeatureTileMap(tile: tile, place: line.place(tile.column), picture: picture, raster: raster, range: range)
    }
  }

  /// The large map, and what its colours stand for.
  func largeFeatureMap(_ layout: FeaturesLayout) -> FeatureDrawing.Large? {
    let contents = featureContents
    guard let place = contents.chosen, let line = contents.chosenLine,
      let pane = layout.map, let picture = featurePicture(place, of: line, in: pane.picture, region: layout.region)
    else { return nil }
    let beside = layout.grid.tiles.filter { $0.line == contents.line }
      .compactMap { featurePicture(line.place($0.column), of: line, in: $0.map)?.statistics }
    let range = range(of: picture.statistics, among: beside + [picture.statistics], line.part)
    return FeatureDrawing.Large(picture: picture, raster: raster(picture, in: range), range: range)
  }

  /// All pictures of the view at the resolution of their rectangles. Colouring and scaling take longer than everything else
  /// of a frame, frames are drawn more often than maps change, and maps change layer by layer.
  func featureDrawing(_ layout: FeaturesLayout) -> FeatureDrawing {
    let contents = featureContents
    let key = FeatureDrawing.Key(
      layout: layout, pixels: pixels, contents: contents, run: run.id, generation: run.generation, reports: run.featureReports,
      frame: playedFrame?.step, signed: signedFeatureMap, sequential: sequentialFeatureMap, sharesRange: features.sharesRange,
      truncation: truncationLevel)
    if let drawing = features.drawing, drawing.key == key { return drawing }
    let old = features.drawing.flatMap { $0.key.isSame(but: key) ? $0 : nil }
    let (answers, truncation) = (featureAnswers, layout.truncation == nil ? nil : shownTruncation?.picture)
    let kept = contents.lines.map { old?.shows(answers, of: $0) ?? false }
    var grid = featureGridMaps(layout, keeping: old.map { old in old.grid.filter { kept[$0.tile.line] } } ?? [])
    for index in grid.indices where !kept[grid[index].tile.line] {
      grid[index].raster = grid[index].raster.map { thinned($0, to: grid[index].tile.map) }
    }
    var large = old?.large
    if contents.chosenLine == nil || !kept[contents.line] {
      large = layout.map == nil ? nil : largeFeatureMap(layout)
      if let pane = layout.map, let raster = large?.raster { large?.raster = thinned(raster, to: pane.picture) }
    }
    let truncated = old.flatMap { $0.truncation == truncation ? $0.truncated : nil }
      ?? layout.truncation.flatMap { pane in truncation?.raster.map { fitted($0, to: pane.picture) } }
    return FeatureDrawing(
      key: key, answers: answers, grid: grid, large: large, truncation: truncation, truncated: truncated)
  }

  /// A map at the resolution of its rectangle. One with more points than there are pixels is thinned and never blurred.
  private func thinned(_ raster: Raster, to rect: Rect) -> Raster {
    let (width, height) = (min(pixels.width * rect.width, raster.width), min(pixels.height * rect.height, raster.height))
    guard raster.width > width || raster.height > height else { return fitted(raster, to: rect) }
    let whole = Rect(x: 0, y: 0, width: raster.width, height: raster.height)
    return fitted(raster.scaled(from: whole, toWidth: width, height: height, isSmooth: false), to: rect)
  }

  /// The picture of as many levels as the slider says, where it is known, else of those that were asked for last.
  var shownTruncation: (level: Int, picture: Signal)? {
    guard let truncated = run.features?.truncated else { return nil }
    if let level = truncationLevel, let picture = truncated.picture(level: level) { return (level, picture) }
    return (truncated.request.level, truncated.picture)
  }

  /// Keeps the pictures of the next frame, which is drawn from them, and of those after it while nothing changes.
  mutating func settleFeatures() {
    features.drawing = tab == .features ? featuresLayout.map(featureDrawing) : nil
  }

  // MARK: Colours

  /// Those whose middle stands out first.
  static let signedFeatureMaps = ColorMap.signed + ColorMap.sequential

  var signedFeatureMap: ColorMap {
    let maps = Self.signedFeatureMaps
    return maps[features.signedIndex ?? (hasColors ? 0 : maps.firstIndex(of: .grey) ?? 0)]
  }
  var sequentialFeatureMap: ColorMap { ColorMap.sequential[sequentialFeatureIndex] }
  var sequentialFeatureIndex: Int {
    let standard = hasColors ? ColorMap.viridis : .grey
    return features.sequentialIndex ?? ColorMap.sequential.firstIndex(of: standard) ?? 0
  }

  func colorMap(for range: MapRange) -> ColorMap { range.isSigned ? signedFeatureMap : sequentialFeatureMap }

  func raster(_ picture: FeaturePicture, in range: MapRange) -> Raster? {
    colorMap(for: range).raster(width: picture.columns, height: picture.rows, values: picture.values, in: range)
  }

  /// - Parameter beside: of the maps of its layer that are in sight.
  private func range(
    of statistics: FeatureStatistics, among beside: [FeatureStatistics], _ part: FeaturePart
  ) -> MapRange {
    // Whether an activation has a sign shows in its values; of a layer all maps are coloured alike.
    let isSigned = part.isSigned ?? beside.contains { $0.least < 0 }
    return MapRange(features.sharesRange ? beside : [statistics], of: part, isSigned: isSigned)
  }
}
