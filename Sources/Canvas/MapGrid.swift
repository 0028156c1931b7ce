/// What the colours of maps stand for.
public struct MapRange: Hashable, Sendable {
  /// Symmetric around zero, for a map of colours whose middle is zero.
  public let isSigned: Bool
  /// Without width where all values are the same or are not numbers.
  public let values: ClosedRange<Float>

  /// The range of values that lie between these, what is not finite left aside.
  ///
  /// - Parameters:
  ///   - bounds: least and greatest value of every map that shares the range.
  ///   - beginsAtZero: whether zero has a place among values without sign.
  public init(_ bounds: [(least: Float, greatest: Float)], isSigned: Bool, beginsAtZero: Bool = false) {
    let finite = bounds.filter { $0.least.isFinite && $0.greatest.isFinite }
    self.isSigned = isSigned
    guard let low = finite.map(\.least).min(), let high = finite.map(\.greatest).max() else {
      values = 0...0
      return
    }
    if isSigned {
      let most = max(abs(low), abs(high))
      values = -most...most
    } else {
      values = (beginsAtZero ? min(0, low) : low)...(beginsAtZero ? max(0, high) : high)
    }
  }
}

extension ColorMap {
  /// A picture of values in what colours stand for; nil unless there are width × height of them. A map that is 0 everywhere is
  /// what 0 is elsewhere.
  public func raster(width: Int, height: Int, values: [Float], in range: MapRange) -> Raster? {
    let isZero = range.values == 0...0 && !range.isSigned
    return raster(width: width, height: height, values: values, in: isZero ? 0...1 : range.values)
  }
}

/// Maps of different sizes as one picture: rows of levels, columns of units.
public enum MapGrid {
  /// Between the maps, and where there is none.
  public static let ground = RGB(128, 128, 128)
  /// Pixels of a whole grid at most, a side and in all.
  public static let mostSide = 16_000, mostPixels = 1 << 25

  /// The size that every map of a grid gets: that of the largest width and height among them, or less, at the same
  /// aspect, where the grid would be too large.
  public static func cell(
    of maps: [(width: Int, height: Int)], rows: Int, columns: Int, gap: Int
  ) -> (width: Int, height: Int) {
    let (rows, columns) = (max(rows, 1), max(columns, 1))
    let (width, height) = (max(maps.map(\.width).max() ?? 1, 1), max(maps.map(\.height).max() ?? 1, 1))
    func fits(_ scale: Double) -> (width: Int, height: Int)? {
      let cell = (width: max(1, Int(Double(width) * scale)), height: max(1, Int(Double(height) * scale)))
      let (w, h) = (columns * (cell.width + gap) - gap, rows * (cell.height + gap) - gap)
      return w <= mostSide && h <= mostSide && w * h <= mostPixels ? cell : nil
    }
    var scale = 1.0
    while scale > 1e-5 {
      if let cell = fits(scale) { return cell }
      scale *= 0.98
    }
    return (1, 1)
  }

  /// How many maps a line has, and the size of them all: a line for every level where the maps keep their points in it, else
  /// as many lines as let them keep most.
  ///
  /// - Parameter counts: places of every level.
  public static func plan(
    of maps: [(width: Int, height: Int)], counts: [Int], gap: Int
  ) -> (across: Int, cell: (width: Int, height: Int)) {
    let most = max(counts.max() ?? 1, 1)
    var best = (across: most, cell: cell(of: maps, rows: counts.count, columns: most, gap: gap))
    for across in [16, 32, 64] where across < most {
      let rows = counts.reduce(0) { $0 + ($1 + across - 1) / across }
      let cell = cell(of: maps, rows: rows, columns: across, gap: gap)
      if cell.width * cell.height > best.cell.width * best.cell.height { best = (across, cell) }
    }
    return best
  }

  /// Levels with more maps than a line has room for take several; lines without a map go.
  public static func lines<Map>(_ levels: [[Map?]], across: Int) -> [[Map?]] {
    levels.flatMap { maps in
      let lines = stride(from: 0, to: maps.count, by: across).map { Array(maps[$0..<min($0 + across, maps.count)]) }
      return lines.filter { $0.contains { $0 != nil } }
    }
  }

  /// Every map scaled to one size by nearest neighbours, the same gap between them.
  ///
  /// - Parameters:
  ///   - maps: a row each, the first at the top; nil leaves a place empty. Rows may have different lengths.
  ///   - gap: pixels between two maps; there are none around the grid.
  public static func raster(_ maps: [[Raster?]], cell: (width: Int, height: Int), gap: Int) -> Raster {
    let columns = maps.map(\.count).max() ?? 0
    let (width, height) = (max(0, columns * (cell.width + gap) - gap), max(0, maps.count * (cell.height + gap) - gap))
    var pixels = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { buffer, initialized in
      for at in stride(from: 0, to: 3 * width * height, by: 3) {
        (buffer[at], buffer[at + 1], buffer[at + 2]) = (ground.r, ground.g, ground.b)
      }
      initialized = 3 * width * height
    }
    for (row, maps) in maps.enumerated() {
      for (column, map) in maps.enumerated() {
        guard let map, map.width > 0, map.height > 0 else { continue }
        let (left, top) = (column * (cell.width + gap), row * (cell.height + gap))
        let sources = (0..<cell.width).map { 3 * ((2 * $0 + 1) * map.width / (2 * cell.width)) }
        for y in 0..<cell.height {
          let line = 3 * map.width * ((2 * y + 1) * map.height / (2 * cell.height))
          var at = 3 * ((top + y) * width + left)
          for source in sources {
            for part in 0..<3 { pixels[at + part] = map.pixels[line + source + part] }
            at += 3
          }
        }
      }
    }
    return Raster(width: width, height: height, pixels: pixels) ?? Raster(width: 0, height: 0, color: ground)
  }
}
