import Canvas
import Kernels
import Networks
import Records
import Signals
import Training

/// Feature maps of some units of some levels: their statistics, and all of them as one picture.
struct FeatureTable {
  struct Map {
    let level: Int
    let layer: FeatureLayer
    /// nil where the level has only one map.
    let unit: Int?
    /// Over every point of the level's own grid.
    let statistics: FeatureStatistics
    /// The column in the picture.
    let column: Int
    /// At the points that are drawn, `[rows, columns]`.
    fileprivate let shape: [Int]
    fileprivate let values: [Float]
  }

  /// Level by level, units in the order asked for.
  private(set) var maps: [Map] = []
  private let rows: [Int]
  private let part: FeaturePart
  private let sharesRange: Bool
  private let colors: ColorMap?
  private let plan: (across: Int, cell: (width: Int, height: Int))

  /// Pixels between two maps.
  private static let gap = 2
  /// Values that are worked out at a time.
  private static let mostValues = 1 << 24

  /// - Parameters:
  ///   - rows: numbers of the levels, which have the part.
  ///   - units: a column each; a level leaves out those that it does not have.
  ///   - sharesRange: whether colours of a level mean the same in all its maps.
  ///   - colors: nil chooses by whether a level has signs.
  ///   - isDrawn: whether anybody wants the picture.
  ///   - target: that errors are errors to; of no use to any other part.
  init(
    _ network: any Network, rows: [Int], part: FeaturePart, units: [Int], sharesRange: Bool, colors: ColorMap?, isDrawn: Bool,
    target: Signal?, _ parallel: Parallel
  ) {
    (self.rows, self.part, self.sharesRange, self.colors) = (rows, part, sharesRange, colors)
    let layers = network.featureLayers
    plan = MapGrid.plan(
      of: rows.map { (layers[$0].shape[1], layers[$0].shape[0]) }, counts: rows.map { _ in units.count }, gap: Self.gap)
    for row in rows {
      let layer = layers[row]
      let columns = units.indices.filter { !part.isPerUnit || units[$0] < layer.units }
      let batch = max(1, Self.mostValues / layer.shape.reduce(1, *))
      let lattice = SampleLattice(layer.shape.map { 0..<$0 }, counts: [plan.cell.height, plan.cell.width])
      let drawn = isDrawn ? lattice.rasterIndices(of: layer.shape).map(Int.init) : []
      for start in stride(from: 0, to: columns.count, by: batch) {
        let some = columns[start..<min(start + batch, columns.count)]
        let map =
          if part == .error, let target {
            FeatureMap(
              shape: layer.shape, units: [0],
              values: TileErrors.values(network, layer: row, target: target, samples: .whole(target.shape), parallel: parallel))
          } else {
            network.features(row, part, units: some.map { units[$0] }, parallel: parallel)
          }
        for (place, column) in some.enumerated() {
          let values = map[place]
          maps.append(
            Map(
              level: row, layer: layer, unit: part.isPerUnit ? units[column] : nil, statistics: FeatureStatistics(values),
              column: column, shape: lattice.counts, values: drawn.map { values[values.startIndex + $0] }))
        }
      }
    }
  }

  /// A row for every level, the first at the top, or several where that keeps more points; a pixel a point, nothing but maps.
  var picture: Raster {
    MapGrid.raster(MapGrid.lines(levels.map { $0.map { $0?.raster } }, across: plan.across), cell: plan.cell, gap: Self.gap)
  }

  /// What of the maps' points there was no room for; nil where all are drawn.
  var note: String? {
    guard let map = maps.first(where: { $0.shape != $0.layer.shape }) else { return nil }
    return "level \(map.level) is drawn at \(sizeText(map.shape)) of \(sizeText(map.layer.shape)) points: "
      + "\(maps.count) maps in one picture have no room for more"
  }

  /// The same with titles, numbers and colours explained; without them where there are too many maps for that.
  func titled(_ saved: SavedModel) -> Raster {
    let step = saved.step.map { "  step \(NumberText.grouped($0))" } ?? ""
    let name = part.title(channels: saved.channels)
    let sheet = MapSheet(
      title: "\(saved.configuration.label)\(step)", subtitle: "\(name), colours: \(sharesRange ? "the level" : "each map")", levels: levels)
    let image = FrameImage(cell: MapSheet.cell)
    return sheet.frame(ground: image.background).map(image.raster) ?? picture
  }

  private var levels: [[MapSheet.Map?]] {
    let columns = (maps.map(\.column).max() ?? 0) + 1
    return rows.map { row in
      let maps = maps.filter { $0.level == row }
      var line = [MapSheet.Map?](repeating: nil, count: columns)
      for map in maps {
        let range = range(of: sharesRange ? maps : [map], level: maps)
        let colors = self.colors ?? (range.isSigned ? ColorMap.difference : .viridis)
        line[map.column] = colors.raster(width: map.shape[1], height: map.shape[0], values: map.values, in: range).map {
          MapSheet.Map(
            raster: $0, full: PixelSize(width: map.layer.shape[1], height: map.layer.shape[0]), title: map.layer.title, details: sizeText(map.layer.shape) + (map.unit.map { "  unit \($0)" } ?? ""),
            numbers: MapNumbers(map.statistics), range: range, colors: colors)
        }
      }
      return line
    }
  }

  /// - Parameters: maps: that share it; level: all maps of their level, which have signs or none together.
  private func range(of maps: [Map], level: [Map]) -> MapRange {
    let isSigned = part.isSigned ?? level.contains { $0.statistics.least < 0 }
    return MapRange(maps.map(\.statistics), of: part, isSigned: isSigned)
  }

  /// A line for every map.
  var text: String {
    func line(_ words: [String]) -> String {
      words[0].aligned(right: 5) + "  " + words[1].padding(to: 24) + words[2].aligned(right: 11) + words[3].aligned(right: 6)
        + words[4...].map { $0.aligned(right: 12) }.joined()
    }
    let head = line(["level", "title", "resolution", "unit", "min", "max", "mean", "σ"])
    let lines = maps.map { map in
      let numbers = [map.statistics.least, map.statistics.greatest, map.statistics.mean, map.statistics.deviation]
      return line(
        ["\(map.level)", map.layer.title, sizeText(map.layer.shape), map.unit.map(String.init) ?? ""]
          + numbers.map { NumberText.short(Double($0), digits: 5) })
    }
    return ([head] + lines).joined(separator: "\n") + "\n"
  }
}

extension FeatureTable {
  /// What `--json` writes.
  struct Report: Encodable {
    struct Map: Encodable {
      let level: Int
      let title: String
      /// Rows and columns of the level's own grid.
      let resolution: [Int]
      let unit: OrNull<Int>
      let min, max, mean, sigma: OrNull<Float>
    }
    let model: ModelKind
    let part: String
    let data_shape: [Int]
    /// Updates that the model had; null where its file does not say.
    let steps: OrNull<Int>
    let maps: [Map]
  }
}

extension FeatureTable.Map {
  var report: FeatureTable.Report.Map {
    FeatureTable.Report.Map(
      level: level, title: layer.title, resolution: layer.shape, unit: OrNull(unit), min: OrNull(finite: statistics.least),
      max: OrNull(finite: statistics.greatest), mean: OrNull(finite: statistics.mean),
      sigma: OrNull(finite: statistics.deviation))
  }
}

/// A value in JSON, or null: a key is there whether or not it has a value.
struct OrNull<Value: Encodable>: Encodable {
  let value: Value?

  init(_ value: Value?) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}

extension OrNull where Value: FloatingPoint {
  /// Null where JSON has no number for it.
  init(finite value: Value) { self.init(value.isFinite ? value : nil) }
}
