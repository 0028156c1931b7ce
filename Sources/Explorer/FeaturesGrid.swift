import Canvas
import Networks

/// Where many maps stand beside and below each other, each with its title: pure arithmetic.
struct FeaturesGrid: Equatable, Sendable {
  /// A map among others.
  struct Tile: Equatable, Sendable {
    /// Which line of the contents, and which of its units.
    let line: Int
    let column: Int
    /// Above the map, as wide as there is room.
    let caption: Rect
    /// Of the map itself, its sides as the layer's.
    let map: Rect
  }

  /// What stands beside the maps of a layer.
  struct Label: Equatable, Sendable {
    let line: Int
    let rect: Rect
  }

  /// How all maps are titled.
  fileprivate(set) var caption = MapCaption([[.name]])
  fileprivate(set) var labels: [Label] = []
  fileprivate(set) var tiles: [Tile] = []
  /// The lines and the units of the chosen line that are in sight.
  fileprivate(set) var lines = 0..<0
  fileprivate(set) var columns = 0..<0
  /// All lines by rows, where layers stand below each other.
  fileprivate(set) var rows: [[Int]] = []

  /// One map has all the room.
  init(of contents: FeatureContents) {
    (lines, columns) = (contents.line..<contents.line + 1, contents.column..<contents.column + 1)
  }

  init(
    in inside: Rect, _ contents: FeatureContents, _ subject: Subject, _ state: FeaturesState,
    _ arrangement: FeaturesState.Arrangement, _ glyphs: Glyphs
  ) {
    guard !contents.lines.isEmpty, inside.height >= 3, inside.width >= 4 else { return }
    var placing = FeaturesPlacing(inside: inside, contents: contents, subject: subject, state: state, glyphs: glyphs, grid: self)
    switch arrangement {
    case .unitsOfLayer: placing.placeUnits()
    case .layersOfUnit: placing.placeLayers()
    default: placing.placeLayersAndUnits()
    }
    self = placing.grid
  }
}

/// Finds the places of a grid.
private struct FeaturesPlacing {
  let inside: Rect
  let contents: FeatureContents
  let subject: Subject
  let state: FeaturesState
  let glyphs: Glyphs
  var grid: FeaturesGrid

  /// As many pictures as every way of drawing them can name.
  private static let mostTiles = 200

  // MARK: Layers and units

  /// How large maps are that stand in rows of layers.
  private struct Sizes {
    /// Layers beside each other, and all layers by rows.
    var bands: Int
    var rows: [[Int]]
    /// Columns of the layers' names.
    var gutter: Int
    /// Of a map, and the columns that it has with its title.
    var height: Int
    var width: Int
    var slot: Int
    /// Rows and units in sight.
    var count: Int
    var columns: Int

    var lines: Int { rows.prefix(count).reduce(0) { $0 + $1.count } }
  }

  /// Lines of maps, their layer's name at the left. Layers with few maps stand beside each other where there is room.
  mutating func placeLayersAndUnits() {
    let most = contents.lines.map(\.units.count).max() ?? 1
    let name = max(String(contents.lines.flatMap(\.units).max() ?? 0).count, contents.lines.allSatisfy(\.part.isPerUnit) ? 0 : 3)
    func needed(_ caption: MapCaption) -> Int { caption.width(name: name, resolution: 0, glyphs) }
    var sizes = sizes(captionRows: 1, slot: 0)
    // A few levels stay in sight together, of many some can be scrolled to.
    let fewest = sizes.lines == contents.lines.count && sizes.lines <= 8 ? sizes.lines : sizes.lines * 6 / 10
    let least = min(sizes.columns, 2)
    let titled = titled(isTitled: false, fewest: fewest, all: sizes.lines) { caption -> Titled<Sizes>? in
      let found = self.sizes(captionRows: caption.rows.count, slot: needed(caption))
      guard found.slot >= needed(caption) else { return nil }
      let isNeat = found.slot <= found.width * 3 / 2 && found.columns >= least
      let count = found.lines * min(found.columns, most)
      return Titled(
        caption: caption, places: found, shown: isNeat ? found.lines : 0, count: count, cells: count * found.width * found.height)
    }
    if let titled { (grid.caption, sizes) = titled }

    let height = sizes.height + grid.caption.rows.count
    let rows = sizes.rows
    grid.rows = rows
    func row(of line: Int) -> Int { rows.firstIndex { $0.contains(line) } ?? 0 }
    let first = Self.scrolled(row(of: state.firstLayer), shown: sizes.count, to: row(of: contents.line), of: rows.count)
    // The place is kept where the chosen layer has fewer units.
    let start = Self.scrolled(state.firstColumn, shown: sizes.columns, to: min(max(state.column, 0), most - 1), of: most)
    // Rows that are left over stand between the layers.
    let pitch = min(height + 2, inside.height / sizes.count)
    let shown = rows[first..<first + sizes.count]
    grid.lines = (shown.first?.first ?? 0)..<(shown.last?.last ?? 0) + 1
    for (place, row) in shown.enumerated() {
      let y = inside.y + place * pitch
      for (band, index) in row.enumerated() {
        let line = contents.lines[index]
        let left = inside.x + band * (inside.width / sizes.bands)
        grid.labels.append(FeaturesGrid.Label(line: index, rect: Rect(x: left, y: y, width: sizes.gutter - 1, height: height)))
        // A layer with fewer units shows its last ones.
        let own = min(start, max(0, line.units.count - sizes.columns))
        let shown = own..<min(own + sizes.columns, line.units.count)
        if index == contents.line { grid.columns = shown }
        for column in shown {
          let x = left + sizes.gutter + (column - own) * (sizes.slot + 1)
          grid.tiles.append(tile(index, column, in: Rect(x: x, y: y, width: sizes.width, height: height), captionWidth: sizes.slot))
        }
      }
    }
  }

  /// - Parameters:
  ///   - captionRows: of every map's title.
  ///   - needed: columns that a title takes at least.
  private func sizes(captionRows: Int, slot needed: Int) -> Sizes {
    let lines = contents.lines
    let aspect = Double(subject.columns) / Double(max(subject.rows, 1)) * subject.cellAspect
    let least = max(3, min(6, inside.height / 6))
    let gutter = inside.width >= 44 ? 13 : max(8, inside.width / 5)
    let few = lines.map(\.units.count).filter { $0 <= 2 }.max() ?? 1
    func slot(ofBands bands: Int) -> Int { (inside.width / bands - gutter) / few - 1 }
    func height(ofBands bands: Int) -> Int { Int(Double(slot(ofBands: bands)) / aspect) }
    let bands = [3, 2].first { height(ofBands: $0) >= ($0 == 2 ? 3 : least) && slot(ofBands: $0) >= needed } ?? 1
    let rows = Self.rows(lines, bands: bands)
    let isBanded = rows.count < lines.count

    // As many rows as there can be with maps of some size, then maps as large as leaves a few units side by side.
    let room = inside.width - gutter
    var count = rows.count
    while count > 1, inside.height / count - captionRows < least { count -= 1 }
    let tallest = max(1, min(inside.height / count - captionRows, isBanded ? height(ofBands: bands) : .max))
    let most = lines.map(\.units.count).max() ?? 1
    func height(besides units: Int) -> Int {
      let widest = max(1, (room + 1) / min(units, most) - 1)
      return max(1, min(tallest, max(min(least, tallest), Int(Double(widest) / aspect))))
    }
    let height = 5 * height(besides: 4) > 3 * tallest ? height(besides: 4) : height(besides: 3)
    let width = min(room, max(3, Int((Double(height) * aspect).rounded())))
    let slot = min(room, max(width, needed))
    // What smaller maps leave over shows more layers.
    count = min(rows.count, max(count, inside.height / (height + captionRows)))
    let columns = max(1, min((room + 1) / (slot + 1), Self.mostTiles / (count * (isBanded ? bands : 1))))
    // Names have the columns that no map has.
    let spare = min(inside.width - columns * (slot + 1) + 1, isBanded ? inside.width / bands - few * (slot + 1) : .max)
    return Sizes(
      bands: bands, rows: rows, gutter: max(gutter, min(14, spare)), height: height, width: width, slot: slot, count: count,
      columns: columns)
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

  // MARK: Units of a layer, layers of a unit

  mutating func placeUnits() {
    let line = contents.lines[contents.line]
    let sides = line.sides(subject)
    let ratio = Double(sides.columns) / Double(max(sides.rows, 1)) * subject.cellAspect
    let name = line.part.isPerUnit ? String(line.units.max() ?? 0).count : 3
    let cells = titledCells(
      line.units.count, aspect: min(max(ratio, 0.5), 8), leastHeight: max(3, min(5, inside.height / 6)), name: name,
      resolution: 0, isPaged: true)
    let across = max(1, cells.frames.filter { $0.y == inside.y }.count)
    // By whole lines of units.
    let down = (line.units.count + across - 1) / across
    let row = Self.scrolled(state.firstColumn / across, shown: cells.frames.count / across, to: contents.column / across, of: down)
    grid.columns = row * across..<min(row * across + max(1, cells.frames.count), line.units.count)
    grid.lines = contents.line..<contents.line + 1
    grid.tiles = zip(grid.columns, cells.frames).map { tile(contents.line, $0, in: $1, captionWidth: cells.slot) }
  }

  mutating func placeLayers() {
    let aspect = Double(subject.columns) / Double(max(subject.rows, 1)) * subject.cellAspect
    let name = contents.lines.indices.map { contents.layerName($0).columns }.max() ?? 0
    let resolution = contents.lines.map { glyphs.columns(of: $0.resolution) }.max() ?? 0
    let cells = titledCells(
      contents.lines.count, aspect: aspect, leastHeight: 3, name: name, resolution: resolution)
    let start = Self.scrolled(0, shown: cells.frames.count, to: contents.line, of: contents.lines.count)
    grid.lines = start..<min(start + max(1, cells.frames.count), contents.lines.count)
    grid.columns = contents.column..<contents.column + 1
    grid.tiles = zip(grid.lines, cells.frames).map { index, frame in
      tile(index, min(contents.column, contents.lines[index].units.count - 1), in: frame, captionWidth: cells.slot)
    }
  }

  /// Places for so many maps, with all of the title where that does not hide too many of them.
  private mutating func titledCells(
    _ count: Int, aspect: Double, leastHeight: Int, name: Int, resolution: Int, isPaged: Bool = false
  ) -> (frames: [Rect], slot: Int) {
    typealias Cells = (frames: [Rect], slot: Int)
    func cells(_ caption: MapCaption) -> Titled<Cells>? {
      let needed = caption.width(name: name, resolution: resolution, isMarked: true, glyphs)
      // A page has as many maps as their titles leave room for.
      let titled = isPaged ? Int((Double(needed) * 2 / 3 / aspect).rounded(.up)) : 0
      let found = self.cells(
        count, aspect: aspect, leastHeight: max(leastHeight, titled), captionRows: caption.rows.count, slot: needed)
      guard needed <= found.slot else { return nil }
      let (count, map) = (found.frames.count, found.frames.first?.split(top: caption.rows.count).rest ?? Rect(x: 0, y: 0, width: 0, height: 0))
      return Titled(
        caption: caption, places: found, shown: found.slot <= map.width * 3 / 2 ? count : 0, count: count,
        cells: count * map.width * map.height)
    }
    let plain = self.cells(count, aspect: aspect, leastHeight: leastHeight, captionRows: 1, slot: name)
    // Of layers most stay in sight together; units of a layer come in pages anyway.
    let fewest = isPaged ? min(count, max(4, plain.frames.count / 4)) : plain.frames.count >= count ? count * 8 / 10 : plain.frames.count * 6 / 10
    guard let titled = titled(isTitled: resolution > 0, fewest: fewest, all: plain.frames.count, cells) else { return plain }
    grid.caption = titled.caption
    return titled.places
  }

  /// Places for so many maps with a title each, as large as they can be; fewer where they would be lower than `leastHeight`.
  private func cells(
    _ count: Int, aspect: Double, leastHeight: Int, captionRows: Int, slot needed: Int
  ) -> (frames: [Rect], slot: Int) {
    let rect = inside
    var height = max(1, rect.height - captionRows)
    func size(_ height: Int) -> (width: Int, slot: Int, columns: Int, rows: Int) {
      let width = min(rect.width, max(3, Int((Double(height) * aspect).rounded())))
      let slot = min(rect.width, max(width, needed))
      return (width, slot, max(1, (rect.width + 1) / (slot + 1)), max(1, rect.height / (height + captionRows)))
    }
    while height > leastHeight, size(height).columns * size(height).rows < count { height -= 1 }
    var best = size(height)
    while best.columns * best.rows > Self.mostTiles, best.rows > 1 { best.rows -= 1 }
    let across = min(best.columns, count)
    let down = min(best.rows, (count + across - 1) / across)
    // What is left over stands between them.
    let x = min(best.slot + 4, (rect.width + 1) / across)
    let y = min(height + captionRows + 2, rect.height / down)
    let frames = (0..<across * down).map { index in
      Rect(x: rect.x + index % across * x, y: rect.y + index / across * y, width: best.width, height: height + captionRows)
    }
    return (frames, across > 1 ? x - 1 : rect.width)
  }

  /// A title that all maps have, and what stands where with it.
  private struct Titled<Places> {
    let caption: MapCaption
    let places: Places
    /// Lines or maps in sight; none where the maps are small beside their titles.
    let shown: Int
    /// Maps in sight, and the cells of them all.
    let count, cells: Int
  }

  /// Of the whole titles that leave enough maps in sight, the one with which these have most room; where there is none, one
  /// that leaves all of them, or, if titles are to be whole, the one that leaves most; nil where only a name fits.
  ///
  /// - Parameters:
  ///   - isTitled: whether a map's layer is named with it, not beside it.
  ///   - fewest: lines or maps that a whole title must leave in sight; one that is not whole leaves all.
  ///   - place: nil where a title does not fit.
  private func titled<Places>(
    isTitled: Bool, fewest: Int, all: Int, _ place: (MapCaption) -> Titled<Places>?
  ) -> (caption: MapCaption, places: Places)? {
    func placed(_ captions: [MapCaption]) -> [Titled<Places>] {
      (isTitled ? captions : captions.map(\.withoutResolution)).filter { $0.rows.count < inside.height }.compactMap(place)
    }
    /// The first of those that have most of something.
    func most(_ titled: [Titled<Places>], _ value: (Titled<Places>) -> Int) -> (caption: MapCaption, places: Places)? {
      let most = titled.map(value).max()
      return titled.first { value($0) == most }.map { ($0.caption, $0.places) }
    }
    if let found = most(placed(MapCaption.complete).filter({ $0.shown >= max(1, fewest) }), \.cells) { return found }
    if state.hasWholeTitles, let found = most(placed(MapCaption.complete + [.narrow]), \.count) { return found }
    return placed(MapCaption.partial).first { $0.shown >= max(1, all) }.map { ($0.caption, $0.places) }
  }

  private func tile(_ line: Int, _ column: Int, in rect: Rect, captionWidth: Int) -> FeaturesGrid.Tile {
    let (caption, rest) = rect.split(top: grid.caption.rows.count)
    return FeaturesGrid.Tile(
      line: line, column: column, caption: Rect(x: caption.x, y: caption.y, width: captionWidth, height: caption.height),
      map: FeaturesLayout.fitted(contents.lines[line].sides(subject), in: rest, subject))
  }

  /// The first of so many in sight, moved no further than it must be.
  private static func scrolled(_ first: Int, shown: Int, to chosen: Int, of total: Int) -> Int {
    let first = min(max(first, 0), max(0, total - shown))
    return min(max(first, chosen - shown + 1), max(chosen, 0))
  }
}
