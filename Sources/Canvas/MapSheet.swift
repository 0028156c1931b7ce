/// Feature maps as a page of their own: a line of maps for every level, each map with its title above it and what its
/// colours stand for beneath.
public struct MapSheet: Hashable, Sendable {
  public struct Map: Hashable, Sendable {
    /// In its colours, a pixel a point.
    public var raster: Raster
    /// Points that its level has: where it is drawn at fewer, that is said.
    public var full: PixelSize
    /// Its level.
    public var title: String
    /// Its resolution and unit.
    public var details: String
    public var numbers: MapNumbers
    public var range: MapRange
    public var colors: ColorMap

    public init(
      raster: Raster, full: PixelSize, title: String, details: String, numbers: MapNumbers, range: MapRange, colors: ColorMap
    ) {
      (self.raster, self.full, self.title, self.details) = (raster, full, title, details)
      (self.numbers, self.range, self.colors) = (numbers, range, colors)
    }
  }

  /// What the page is of, and in which way it is drawn.
  public var title: String
  public var subtitle: String
  /// Units from left to right; nil leaves a place empty.
  public var levels: [[Map?]]

  public init(title: String, subtitle: String, levels: [[Map?]]) {
    (self.title, self.subtitle, self.levels) = (title, subtitle, levels)
  }

  /// Pixels of a cell that it is made for.
  public static let cell = PixelSize.commonCell

  private static let titleRows = 4, legendRows = 1, headRows = 3
  private static let gap = (columns: 2, rows: 1)
  /// A map is as wide as its title at least; among many as wide as that of rounded numbers.
  private static let leastColumns = 26, fewestColumns = 18
  private static let mostPixels = 1 << 26
  /// Maps in a line, fewer first.
  private static let widths = [16, 32, 64]

  /// How large maps are, all of them alike.
  private struct Plan {
    /// Of a map's pixels, and of the cells that they need.
    var pixels: (width: Int, height: Int)
    var columns: Int
    var rows: Int
    var across: Int
  }

  /// - Parameters:
  ///   - text: of titles; `dim`: of everything else.
  ///   - ground: what stands for the terminal's background, beside maps that do not fill their cells.
  /// - Returns: nil where there are too many maps for titles.
  public func frame(text: Style = Style(bold: true), dim: Style = .plain, ground: RGB, glyphs: Glyphs = .unicode) -> Frame? {
    guard let plan else { return nil }
    let lines = MapGrid.lines(levels, across: plan.across)
    let across = lines.map(\.count).max() ?? 0
    let pitch = (x: plan.columns + Self.gap.columns, y: Self.titleRows + plan.rows + Self.legendRows + Self.gap.rows)
    let width = max(across * pitch.x, max(title.columns, subtitle.columns) + 2) + Self.gap.columns
    var frame = Frame(width: width, height: Self.headRows + lines.count * pitch.y, glyphs: glyphs, style: dim)
    frame.put(title, x: Self.gap.columns, y: 0, text)
    frame.put(subtitle, x: Self.gap.columns, y: 1, dim)
    for (row, line) in lines.enumerated() {
      for (column, map) in line.enumerated() {
        guard let map else { continue }
        let place = Rect(
          x: Self.gap.columns + column * pitch.x, y: Self.headRows + row * pitch.y, width: plan.columns, height: pitch.y - Self.gap.rows)
        draw(map, in: place, plan, text: text, dim: dim, ground: ground, into: &frame)
      }
    }
    return frame
  }

  private func draw(_ map: Map, in rect: Rect, _ plan: Plan, text: Style, dim: Style, ground: RGB, into frame: inout Frame) {
    let numbers = map.numbers
    let short = MapCaption([[.range], [.mean, .deviation]]).texts(resolution: "", numbers, frame.glyphs)
    let lines = plan.columns < Self.leastColumns ? short : numbers.sentences(frame.glyphs)
    let shown = (width: min(map.raster.width, plan.pixels.width), height: min(map.raster.height, plan.pixels.height))
    let isSampled = shown.width < map.full.width || shown.height < map.full.height
    let sign = isSampled ? "  \(frame.glyphs.approximately)" : ""
    let note = isSampled ? "\(sign) at \(shown.height)\(frame.glyphs.multiplication)\(shown.width)" : ""
    func fits(_ text: String) -> Bool { frame.glyphs.columns(of: text) <= rect.width }
    // Where there is room for it, beneath the title or beside.
    let (title, details) = fits(map.details + note)
      ? (map.title, map.details + note) : fits(map.title + note) ? (map.title + note, map.details) : (map.title + sign, map.details)
    let rows: [(text: String, style: Style)] = [(title, text), (details, dim)] + lines.map { ($0, dim) }
    for (row, line) in rows.enumerated() { frame.put(line.text, x: rect.x, y: rect.y + row, line.style, maxWidth: rect.width) }
    let picture = Rect(x: rect.x, y: rect.y + rows.count, width: plan.columns, height: plan.rows)
    let scaled = MapGrid.raster([[map.raster]], cell: plan.pixels, gap: 0)
    frame.place(
      scaled.padded(toWidth: plan.columns * Self.cell.width, height: plan.rows * Self.cell.height, ground),
      in: picture, id: frame.pictures.count)
    frame.legend(
      map.colors, in: Rect(x: rect.x, y: picture.maxY, width: plan.columns, height: 1), low: MapNumbers.text(map.range.values.lowerBound),
      high: MapNumbers.text(map.range.values.upperBound), style: dim, id: frame.pictures.count)
  }

  private var plan: Plan? {
    let maps = levels.joined().compactMap { $0?.raster }
    var (width, height) = (max(maps.map(\.width).max() ?? 1, 1), max(maps.map(\.height).max() ?? 1, 1))
    // Points of coarse maps are squares of some size.
    let factor = (Self.leastColumns * Self.cell.width + width - 1) / width
    (width, height) = (width * factor, height * factor)
    return plan(width, height, least: Self.leastColumns) ?? plan(width, height, least: Self.fewestColumns)
  }

  private func plan(_ width: Int, _ height: Int, least: Int) -> Plan? {
    func rounded(_ pixels: Int, _ cell: Int) -> Int { (pixels + cell - 1) / cell }
    for across in Self.widths {
      let lines = MapGrid.lines(levels, across: across)
      let (most, count) = (lines.map(\.count).max() ?? 0, lines.count)
      for columns in stride(from: max(rounded(width, Self.cell.width), least), through: least, by: -1) {
        let wide = min(width, columns * Self.cell.width)
        let pixels = (width: wide, height: max(1, height * wide / width))
        let rows = rounded(pixels.height, Self.cell.height)
        let size = (
          x: (most * (columns + Self.gap.columns) + Self.gap.columns) * Self.cell.width,
          y: (Self.headRows + count * (Self.titleRows + rows + Self.legendRows + Self.gap.rows)) * Self.cell.height
        )
        guard size.x <= MapGrid.mostSide, size.y <= MapGrid.mostSide, size.x * size.y <= Self.mostPixels else { continue }
        return Plan(pixels: pixels, columns: columns, rows: rows, across: across)
      }
    }
    return nil
  }
}

extension Raster {
  /// The picture at the top left of a larger one.
  func padded(toWidth newWidth: Int, height newHeight: Int, _ ground: RGB) -> Raster {
    guard newWidth >= width, newHeight >= height, newWidth > width || newHeight > height else { return self }
    var padded = [UInt8]()
    padded.reserveCapacity(3 * newWidth * newHeight)
    let empty = [ground.r, ground.g, ground.b]
    for row in 0..<newHeight {
      let own = row < height ? width : 0
      if own > 0 { padded += pixels[3 * row * width..<3 * (row + 1) * width] }
      for _ in own..<newWidth { padded += empty }
    }
    return Raster(width: newWidth, height: newHeight, pixels: padded) ?? self
  }
}
