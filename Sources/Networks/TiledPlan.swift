import Kernels

/// How the samples of one pass are cut: pieces of at most a block's rows within one leading tile, in the tiles' order;
/// segments, each the whole of a tile or a fixed part of it; chunks of segments for the threads.
///
/// Cuts depend on sizes and on the batch alone. A segment has one writer, so a tile's own gradient needs no partial sums
/// unless there are so few tiles that they are split.
struct TiledPlan {
  struct Piece {
    let tile: Int
    let segment: Int
    let samples: Int
    /// First entry in `boxes`, or in `positions`.
    let start: Int
  }

  private(set) var pieces: [Piece] = []
  /// Tile of every segment.
  private(set) var segmentTiles: [Int] = []
  /// Pieces of each chunk.
  private(set) var chunks: [Range<Int>] = []
  /// Whether segments are parts of tiles.
  private(set) var splitsTiles = false
  /// Full batch: lower and upper corner of every piece, `2 · axes` numbers each.
  private(set) var boxes: [Int32] = []
  /// Mini-batch: the samples (raster order), and their positions in the batch, tile by tile.
  private(set) var units: [Int32] = []
  private(set) var positions: [Int32] = []

  /// Segments that a pass has at least, where its samples allow.
  static let fewestSegments = 8
  /// Most chunks where each keeps partial gradients of shared tensors.
  static let mostSharedChunks = 8

  /// Every sample, each tile's boxes cut into boxes by halves of its longest side.
  init(full layout: TiledLayout, blockRows: Int) {
    let ranges = (0..<layout.axes).map { layout.leadingRanges(axis: $0) }
    var tiles: [(tile: Int, pieces: [(samples: Int, start: Int)])] = []
    var entries = [Int: Int]()
    var corner = [Int](repeating: 0, count: layout.axes)
    func cut(_ box: [Range<Int>]) -> [(samples: Int, start: Int)] {
      let samples = box.reduce(1) { $0 * $1.count }
      if samples <= blockRows {
        boxes += box.map { Int32($0.lowerBound) } + box.map { Int32($0.upperBound) }
        return [(samples, boxes.count - 2 * box.count)]
      }
      // The first of the longest: rows stay whole.
      let longest = box.map(\.count).max() ?? 1
      let axis = box.firstIndex { $0.count == longest } ?? 0
      let middle = box[axis].lowerBound + (longest + 1) / 2
      var (low, high) = (box, box)
      low[axis] = box[axis].lowerBound..<middle
      high[axis] = middle..<box[axis].upperBound
      return cut(low) + cut(high)
    }
    for _ in 0..<ranges.reduce(1, { $0 * $1.count }) {
      let box = corner.enumerated().map { ranges[$0][$1] }
      let tile = box.enumerated().reduce(0) { $0 + Int(layout.tileOffsets[0][$1.offset][$1.element.lowerBound]) }
      if let entry = entries[tile] {
        tiles[entry].pieces += cut(box)
      } else {
        entries[tile] = tiles.count
        tiles.append((tile, cut(box)))
      }
      for axis in corner.indices.reversed() {
        corner[axis] += 1
        if corner[axis] < ranges[axis].count { break }
        corner[axis] = 0
      }
    }
    group(tiles, ownsAll: layout.isOneNetworkPerTile)
  }

  /// The samples of a mini-batch, ascending in raster order.
  init(units: [Int32], layout: TiledLayout, blockRows: Int) {
    self.units = units
    // Counting sort by leading tile: positions keep their order within a tile.
    let shape = layout.shape
    let offsets = layout.tileOffsets[0]
    let tileOf = units.map { unit in
      var rest = Int(unit)
      var tile: Int32 = 0
      for axis in shape.indices.reversed() {
        tile += offsets[axis][rest % shape[axis]]
        rest /= shape[axis]
      }
      return tile
    }
    var ends = [Int](repeating: 0, count: layout.tileCounts[0] + 1)
    for tile in tileOf { ends[Int(tile) + 1] += 1 }
    for tile in 1..<ends.count { ends[tile] += ends[tile - 1] }
    let starts = ends
    positions = [Int32](repeating: 0, count: units.count)
    for (position, tile) in tileOf.enumerated() {
      positions[ends[Int(tile)]] = Int32(position)
      ends[Int(tile)] += 1
    }
    var tiles: [(tile: Int, pieces: [(samples: Int, start: Int)])] = []
    for tile in 0..<layout.tileCounts[0] where starts[tile + 1] > starts[tile] {
      tiles.append((tile, stride(from: starts[tile], to: starts[tile + 1], by: blockRows).map {
        (min(blockRows, starts[tile + 1] - $0), $0)
      }))
    }
    group(tiles, ownsAll: layout.isOneNetworkPerTile)
  }

  private mutating func group(_ tiles: [(tile: Int, pieces: [(samples: Int, start: Int)])], ownsAll: Bool) {
    let parts = (Self.fewestSegments + tiles.count - 1) / max(tiles.count, 1)
    splitsTiles = parts > 1
    var ends: [Int] = []
    for (tile, cut) in tiles {
      for part in 0..<parts {
        let range = cut.count * part / parts..<cut.count * (part + 1) / parts
        guard !range.isEmpty else { continue }
        pieces += cut[range].map { Piece(tile: tile, segment: segmentTiles.count, samples: $0.samples, start: $0.start) }
        segmentTiles.append(tile)
        ends.append(pieces.count)
      }
    }
    let count = ownsAll ? ends.count : min(Self.mostSharedChunks, ends.count)
    chunks = (0..<count).map { chunk in
      let first = ends.count * chunk / count
      return (first == 0 ? 0 : ends[first - 1])..<ends[ends.count * (chunk + 1) / count - 1]
    }
  }

  /// Most segments of a plan that splits its tiles: what partial sums may need.
  static let mostSplitSegments = 2 * fewestSegments - 1
}
