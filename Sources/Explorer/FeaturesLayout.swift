import Canvas
import Networks
import Training

/// Where the feature maps stand: pure arithmetic.
struct FeaturesLayout: Equatable, Sendable {
  /// A map among others.
  struct Tile: Equatable, Sendable {
    /// Which line of the contents, and which of its units.
    let line: Int
    let column: Int
    let caption: Rect
    /// Of the map itself, its sides as the layer's.
    let map: Rect
  }

  /// What stands beside the maps of a layer.
  struct Label: Equatable, Sendable {
    let line: Int
    let rect: Rect
  }

  /// A single map or picture in a frame of its own.
  struct Pane: Equatable, Sendable {
    let frame: Rect
    let picture: Rect
    /// One row; nil for pictures of the data.
    let legend: Rect?
    let statistics: Rect
    /// Empty where it is not asked for.
    let histogram: Rect
  }

  /// With its frame; nil where one map has all the room.
  let grid: Rect?
  let labels: [Label]
  let tiles: [Tile]
  /// nil where the picture of the coarser levels stands in its place.
  let map: Pane?
  /// nil while it is not looked at.
  let truncation: Pane?
  /// One row; nil where the model has no levels, or something else stands in the only row.
  let slider: Rect?
  /// One row, of what is recorded or played back.
  let recording: Rect?
  /// The part of the chosen map's grid that the large map shows.
  let region: PictureRegion
  let canZoomIn: Bool
  /// `zoom` as far as it is of use.
  let zoom: Int
  /// The first line and unit that are in sight, and how many of them.
  let firstLine: Int
  let shownLines: Int
  let firstColumn: Int
  let shownColumns: Int
  /// All lines by rows, where layers stand below each other.
  let rows: [[Int]]

  /// A third column for the picture of the coarser levels.
  private static let leastWidthForThree = 150
  /// As many pictures as every way of drawing them can name.
  private static let mostTiles = 200
  /// Points that stay in sight along the shorter side.
  private static let fewestPoints = 4

  init(body: Rect, contents: FeatureContents, subject: Subject, state: FeaturesState, truncation level: Int?) {
    let hasSlider = contents.truncationLevels > 0
    let footerRows = body.height < 20 ? 1 : hasSlider ? 2 : 1
    let (upper, footer) = body.split(bottom: footerRows)
    let isRecording = state.playback != nil || state.timeLapse?.isRecording == true && level == nil
    if footerRows > 1 {
      (slider, recording) = (footer.split(top: 1).top, footer.split(top: 1).rest)
    } else {
      (slider, recording) = hasSlider && !isRecording ? (footer, nil) : (nil, footer)
    }

    let line = contents.chosenLine
    let shape = (rows: line?.rows ?? subject.rows, columns: line?.columns ?? subject.columns)
    (region, zoom, canZoomIn) = Self.region(of: shape, zoom: state.zoom, center: state.center)

    // MARK: Panes
    let arrangement = state.playback != nil && state.arrangement != .single ? .layersOfUnit : state.arrangement
    var left = upper
    var panes: [Rect] = []
    if arrangement == .single {
      panes = level != nil && upper.width >= 100 ? upper.columns(2) : [upper]
      left = Rect(x: upper.x, y: upper.y, width: 0, height: 0)
    } else if level != nil, upper.width >= Self.leastWidthForThree {
      let (rest, right) = upper.split(right: upper.width * 30 / 100)
      let (grid, middle) = rest.split(right: upper.width * 30 / 100)
      (left, panes) = (grid, [middle, right])
    } else {
      let (grid, right) = upper.split(right: max(upper.width < 80 ? 28 : 36, upper.width * 43 / 100))
      (left, panes) = (grid, [right])
    }
    let pictured = panes.enumerated().map { index, frame in
      let isTruncation = level != nil && index == panes.count - 1
      return Self.pane(
        frame, shape: isTruncation ? (subject.rows, subject.columns) : line?.sides(subject) ?? shape, subject,
        histogram: state.showsHistogram && !isTruncation, levels: isTruncation ? contents.truncationLevels : nil)
    }
    truncation = level != nil ? pictured.last : nil
    map = level != nil && pictured.count == 1 ? nil : pictured.first

    // MARK: Tiles
    guard !left.isEmpty else {
      (grid, labels, tiles, rows) = (nil, [], [], [])
      (firstLine, shownLines, firstColumn, shownColumns) = (contents.line, 1, contents.column, 1)
      return
    }
    grid = left
    let places = Self.places(
      in: left.inset().inset(horizontal: 1, vertical: 0), contents, subject, state, arrangement: arrangement)
    (labels, tiles, rows) = (places.labels, places.tiles, places.rows)
    (firstLine, shownLines) = (places.lines.lowerBound, places.lines.count)
    (firstColumn, shownColumns) = (places.columns.lowerBound, places.columns.count)
  }

  // MARK: Single maps

  /// The numbers beneath a picture take what they need while the picture keeps most of the room.
  private static func pane(
    _ frame: Rect, shape: (rows: Int, columns: Int), _ subject: Subject, histogram: Bool, levels: Int?
  ) -> Pane {
    let inside = frame.inset()
    let isLow = inside.height < 15
    let statisticsRows = levels.map { min($0 + 1, max(2, inside.height / 3)) } ?? (isLow ? 1 : 2)
    let histogramRows = histogram ? (isLow ? 2 : inside.height < 24 ? 4 : 6) : 0
    let (above, statistics) = inside.split(bottom: min(statisticsRows, inside.height))
    let (upper, legend) = above.split(bottom: levels == nil ? 1 : 0)
    let (area, bars) = upper.split(bottom: histogramRows)
    return Pane(
      frame: frame, picture: fitted(shape, in: area, subject), legend: legend.isEmpty ? nil : legend,
      statistics: statistics, histogram: bars)
  }

  private static func fitted(_ shape: (rows: Int, columns: Int), in rect: Rect, _ subject: Subject) -> Rect {
    fit(pictureWidth: shape.columns, pictureHeight: shape.rows, in: rect, cellAspect: subject.cellAspect)
  }

  /// The part of a grid that is seen: every doubling shows half as many points along each side.
  static func region(
    of shape: (rows: Int, columns: Int), zoom: Int, center: PictureWindow.Point?
  ) -> (PictureRegion, zoom: Int, canZoomIn: Bool) {
    let shorter = min(shape.rows, shape.columns)
    var level = 0
    while level < zoom, shorter >> (level + 1) >= fewestPoints { level += 1 }
    func range(_ total: Int, _ middle: Double) -> Range<Int> {
      let count = max(1, total >> level)
      let start = min(max(0, Int((middle * Double(total) - Double(count) / 2).rounded())), total - count)
      return start..<start + count
    }
    let region = PictureRegion(
      rows: range(shape.rows, center?.y ?? 0.5), columns: range(shape.columns, center?.x ?? 0.5))
    return (region, level, shorter >> (level + 1) >= fewestPoints)
  }

  // MARK: Many maps

  private struct Places {
    var labels: [Label] = []
    var tiles: [Tile] = []
    var lines = 0..<0
    var columns = 0..<0
    var rows: [[Int]] = []
  }

  private static func places(
    in inside: Rect, _ contents: FeatureContents, _ subject: Subject, _ state: FeaturesState,
    arrangement: FeaturesState.Arrangement
  ) -> Places {
    guard !contents.lines.isEmpty, inside.height >= 3, inside.width >= 4 else { return Places() }
    switch arrangement {
    case .unitsOfLayer: return unitsOfLayer(in: inside, contents, subject, state)
    case .layersOfUnit: return layersOfUnit(in: inside, contents, subject)
    default: return layersAndUnits(in: inside, contents, subject, state)
    }
  }

  /// Lines of maps, their layer's name at the left. Layers with few maps stand beside each other where there is room.
  private static func layersAndUnits(
    in inside: Rect, _ contents: FeatureContents, _ subject: Subject, _ state: FeaturesState
  ) -> Places {
    let lines = contents.lines
    let aspect = Double(subject.columns) / Double(max(subject.rows, 1)) * subject.cellAspect
    let least = max(3, min(6, inside.height / 6))
    var gutter = inside.width >= 44 ? 14 : max(8, inside.width / 5)
    let few = lines.map(\.units.count).filter { $0 <= 2 }.max() ?? 1
    func height(ofBands bands: Int) -> Int { Int(Double((inside.width / bands - gutter) / few - 1) / aspect) }
    let bands = [3, 2].first { height(ofBands: $0) >= ($0 == 2 ? 3 : least) } ?? 1
    let rows = rows(lines, bands: bands)
    let isBanded = rows.count < lines.count

    // As many rows as there can be with maps of some size, then maps as large as leaves a few units side by side.
    let room = inside.width - gutter
    var count = rows.count
    while count > 1, inside.height / count - 1 < least { count -= 1 }
    let tallest = min(inside.height / count - 1, isBanded ? height(ofBands: bands) : .max)
    let most = lines.map(\.units.count).max() ?? 1
    func height(besides units: Int) -> Int {
      let widest = max(1, (room + 1) / min(units, most) - 1)
      return max(1, min(tallest, max(min(least, tallest), Int(Double(widest) / aspect))))
    }
    let height = 5 * height(besides: 4) > 3 * tallest ? height(besides: 4) : height(besides: 3)
    let width = min(room, max(3, Int((Double(height) * aspect).rounded())))
    // What smaller maps leave over shows more layers.
    count = min(rows.count, max(count, inside.height / (height + 1)))
    let columns = max(1, min((room + 1) / (width + 1), mostTiles / (count * (isBanded ? bands : 1))))
    // Names have the columns that no map has.
    let spare = min(
      inside.width - columns * (width + 1) + 1, isBanded ? inside.width / bands - few * (width + 1) : .max)
    gutter = max(gutter, min(14, spare))
    func row(of line: Int) -> Int { rows.firstIndex { $0.contains(line) } ?? 0 }
    let first = scrolled(row(of: state.firstLayer), shown: count, to: row(of: contents.line), of: rows.count)
    // The place is kept where the chosen layer has fewer units.
    let start = scrolled(state.firstColumn, shown: columns, to: min(max(state.column, 0), most - 1), of: most)
    // Rows that are left over stand between the layers.
    let pitch = min(height + 3, inside.height / count)
    let shown = rows[first..<first + count]
    var places = Places(lines: (shown.first?.first ?? 0)..<(shown.last?.last ?? 0) + 1, rows: rows)
    for (place, row) in shown.enumerated() {
      let y = inside.y + place * pitch
      for (band, index) in row.enumerated() {
        let line = lines[index]
        let left = inside.x + band * (inside.width / bands)
        places.labels.append(Label(line: index, rect: Rect(x: left, y: y, width: gutter - 1, height: height + 1)))
        // A layer with fewer units shows its last ones.
        let own = min(start, max(0, line.units.count - columns))
        let shown = own..<min(own + columns, line.units.count)
        if index == contents.line { places.columns = shown }
        for column in shown {
          let x = left + gutter + (column - own) * (width + 1)
          places.tiles.append(
            tile(index, column, in: Rect(x: x, y: y, width: width, height: height + 1), line, subject))
        }
      }
    }
    return places
  }

  /// Lines in rows: neighbours with few units share one.
  private static func rows(_ lines: [FeatureContents.Line], bands: Int) -> [[Int]] {
    var rows: [[Int]] = []
    for (index, line) in lines.enumerated() {
      let joins = line.units.count <= 2 && rows.last.map { $0.count < bands && lines[$0[0]].units.count <= 2 } ?? false
      if joins { rows[rows.count - 1].append(index) } else { rows.append([index]) }
    }
    return rows
  }

  private static func unitsOfLayer(
    in inside: Rect, _ contents: FeatureContents, _ subject: Subject, _ state: FeaturesState
  ) -> Places {
    let line = contents.lines[contents.line]
    let sides = line.sides(subject)
    let ratio = Double(sides.columns) / Double(max(sides.rows, 1)) * subject.cellAspect
    let least = max(3, min(5, inside.height / 6))
    let frames = cells(
      line.units.count, in: inside, aspect: min(max(ratio, 0.5), 8), leastHeight: least, atMost: mostTiles)
    let perPage = max(1, frames.count)
    let columns = max(1, frames.filter { $0.y == inside.y }.count)
    // By whole lines of units.
    let rows = (line.units.count + columns - 1) / columns
    let row = scrolled(state.firstColumn / columns, shown: perPage / columns, to: contents.column / columns, of: rows)
    let start = row * columns
    let shown = start..<min(start + perPage, line.units.count)
    return Places(
      tiles: zip(shown, frames).map {
        tile(contents.line, $0, in: $1, line, subject, captionWidth: captionWidth(frames, in: inside))
      },
      lines: contents.line..<contents.line + 1, columns: shown)
  }

  private static func layersOfUnit(in inside: Rect, _ contents: FeatureContents, _ subject: Subject) -> Places {
    let aspect = Double(subject.columns) / Double(max(subject.rows, 1)) * subject.cellAspect
    let frames = cells(contents.lines.count, in: inside, aspect: aspect, leastHeight: 3, atMost: mostTiles)
    let start = scrolled(0, shown: frames.count, to: contents.line, of: contents.lines.count)
    let shown = start..<min(start + max(1, frames.count), contents.lines.count)
    let tiles = zip(shown, frames).map { index, frame in
      let line = contents.lines[index]
      return tile(
        index, min(contents.column, line.units.count - 1), in: frame, line, subject, captionWidth: captionWidth(frames, in: inside))
    }
    return Places(tiles: tiles, lines: shown, columns: contents.column..<contents.column + 1)
  }

  /// Places for so many maps with a caption each, as large as they can be; fewer where they would be lower than `leastHeight`.
  private static func cells(_ count: Int, in rect: Rect, aspect: Double, leastHeight: Int, atMost: Int) -> [Rect] {
    var height = max(1, rect.height - 1)
    func size(_ height: Int) -> (width: Int, columns: Int, rows: Int) {
      let width = min(rect.width, max(3, Int((Double(height) * aspect).rounded())))
      return (width, max(1, (rect.width + 1) / (width + 1)), max(1, rect.height / (height + 1)))
    }
    while height > leastHeight, size(height).columns * size(height).rows < count { height -= 1 }
    var best = size(height)
    while best.columns * best.rows > atMost, best.rows > 1 { best.rows -= 1 }
    let across = min(best.columns, count)
    let down = min(best.rows, (count + across - 1) / across)
    // What is left over stands between them.
    let (x, y) = (min(best.width + 4, (rect.width + 1) / across), min(height + 3, rect.height / down))
    return (0..<across * down).map { index in
      Rect(x: rect.x + index % across * x, y: rect.y + index / across * y, width: best.width, height: height + 1)
    }
  }

  /// A name may go on to the map at its right.
  private static func captionWidth(_ frames: [Rect], in rect: Rect) -> Int {
    guard frames.count > 1, frames[1].y == frames[0].y else { return rect.width }
    return frames[1].x - frames[0].x - 1
  }

  private static func tile(
    _ line: Int, _ column: Int, in rect: Rect, _ contents: FeatureContents.Line, _ subject: Subject, captionWidth: Int? = nil
  ) -> Tile {
    let (caption, rest) = rect.split(top: 1)
    return Tile(
      line: line, column: column,
      caption: Rect(x: caption.x, y: caption.y, width: captionWidth ?? caption.width, height: caption.height),
      map: fitted(contents.sides(subject), in: rest, subject))
  }

  /// The first of so many in sight, moved no further than it must be.
  private static func scrolled(_ first: Int, shown: Int, to chosen: Int, of total: Int) -> Int {
    let first = min(max(first, 0), max(0, total - shown))
    return min(max(first, chosen - shown + 1), max(chosen, 0))
  }
}

extension ExplorerState {
  func featuresLayout(_ body: Rect) -> FeaturesLayout {
    FeaturesLayout(
      body: body, contents: featureContents, subject: subject, state: features, truncation: truncationLevel)
  }

  /// nil when the screen is too small.
  var featuresLayout: FeaturesLayout? { Chrome(width: width, height: height).map { featuresLayout($0.body) } }
}
