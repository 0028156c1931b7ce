import Kernels

/// One worker's memory for a block of samples on its way through the layers, and the block itself: runs of rows that lie
/// in one leading tile each, and where every row comes from.
final class TiledBlock {
  /// Rows of one leading tile.
  struct Run {
    let tile: Int
    let segment: Int
    /// The run's distinct coordinates, an axis each: ranges of slots.
    let slots: [Range<Int>]
  }
  /// Rows that share a tile at some layer: entries of an index, or the first rows where that is nil.
  struct Group {
    let tile: Int
    let rows: Indices?
    let count: Int
  }

  /// Most samples of a block: its activations stay in the second-level cache.
  static let rows = 1024
  /// Samples whose losses are taken at once.
  static let lossRows = 64

  let layout: TiledLayout
  private let encoding: AxisEncoding
  private(set) var rows = 0
  private(set) var runs: [Run] = []
  /// The rows by their tile, for every hidden layer after the first.
  private(set) var groups: [[Group]]
  /// Slots that are taken, an axis.
  private var slotCounts: [Int]
  /// The tile whose own tensors are loaded, and the segment whose gradient is being summed.
  var loadedTile = -1
  var segment = -1

  private let integers: IndexBuffer
  private let markers: [IndexBuffer]
  /// Of each row: its sample in raster order, where its output belongs, and its slots, an axis each.
  let samples, places, slots: Indices
  /// Coordinate of every slot, an axis each.
  private let coordinates: Indices
  private let tileOfRow, sortedRows, groupEnds: Indices

  /// Own tensors of the loaded tile, and their gradient.
  let own, ownTransposed, ownGradient: AlignedBuffer
  /// A hidden layer's activations, then their gradients, each.
  let activations: [AlignedBuffer]
  /// First layer by slots, then its gradient, `[axes, rows, columns]`; the slots' encodings, `[axes, rows, stride]`.
  let tables, encodings: AlignedBuffer
  let output, target, prediction: AlignedBuffer
  let biasRow, biasSums: AlignedBuffer

  init(_ layout: TiledLayout, encoding: AxisEncoding) {
    self.layout = layout
    self.encoding = encoding
    let (rows, axes) = (Self.rows, layout.axes)
    let layers = max(layout.tileCounts.count - 1, 0)
    let bins = (layout.tileCounts.dropFirst().max() ?? 0) + 1
    integers = IndexBuffer(count: rows * (3 + 2 * axes + layers) + bins)
    samples = integers.indices
    places = samples + rows
    tileOfRow = places + rows
    slots = tileOfRow + rows
    coordinates = slots + rows * axes
    sortedRows = coordinates + rows * axes
    groupEnds = sortedRows + rows * layers
    groups = Array(repeating: [], count: layout.hiddenLayers - 1)
    markers = layout.shape.map { IndexBuffer(count: $0, value: -1) }
    slotCounts = Array(repeating: 0, count: axes)
    own = AlignedBuffer(count: layout.ownExtent)
    ownTransposed = AlignedBuffer(count: layout.ownExtent)
    ownGradient = AlignedBuffer(count: layout.ownExtent)
    activations = (0..<layout.hiddenLayers).map { _ in AlignedBuffer(count: rows * layout.columns) }
    tables = AlignedBuffer(count: axes * rows * layout.columns)
    encodings = AlignedBuffer(count: axes * rows * encoding.stride)
    output = AlignedBuffer(count: rows * layout.channels)
    target = AlignedBuffer(count: rows * layout.channels)
    prediction = AlignedBuffer(count: rows * layout.channels)
    biasRow = AlignedBuffer(count: Self.lossRows * layout.channels)
    biasSums = AlignedBuffer(count: Self.lossRows * layout.channels)
  }

  /// Bytes of one block's memory.
  static func memory(_ layout: TiledLayout) -> Int {
    let stride = paddedRowLength(AxisEncoding.inputs(frequencies: layout.frequencies))
    let rowFloats =
      layout.columns * (layout.hiddenLayers + layout.axes) + layout.axes * stride + 3 * layout.channels
    let rowIntegers = 2 + 2 * layout.axes + layout.tileCounts.count
    return 4 * (rows * (rowFloats + rowIntegers) + 3 * layout.ownExtent + layout.shape.reduce(0, +))
  }

  func table(_ axis: Int) -> Floats { tables.floats + axis * Self.rows * layout.columns }
  func encoding(_ axis: Int) -> Floats { encodings.floats + axis * Self.rows * encoding.stride }
  var encodingStride: Int { encoding.stride }

  // MARK: Filling

  func clear() {
    rows = 0
    runs.removeAll(keepingCapacity: true)
    for axis in slotCounts.indices { slotCounts[axis] = 0 }
  }

  /// Appends a piece's samples as one run; they must fit.
  /// - Parameter placesInBatch: whether outputs belong at positions in the batch instead of in raster order.
  func append(_ piece: TiledPlan.Piece, of plan: TiledPlan, placesInBatch: Bool) {
    let before = slotCounts
    if plan.units.isEmpty {
      plan.boxes.withUnsafeBufferPointer { appendBox($0.baseAddress! + piece.start) }
    } else {
      appendList(piece, plan, placesInBatch: placesInBatch)
    }
    runs.append(
      Run(tile: piece.tile, segment: piece.segment, slots: before.indices.map { before[$0]..<slotCounts[$0] }))
    for axis in before.indices {
      let source = encoding.tables[axis].floats
      let target = encoding(axis)
      for slot in before[axis]..<slotCounts[axis] {
        let coordinate = Int(coordinates.pointer[axis * Self.rows + slot])
        (target + slot * encoding.stride).pointer.update(
          from: (source + coordinate * encoding.stride).pointer, count: encoding.stride)
      }
    }
  }

  private func appendBox(_ box: UnsafePointer<Int32>) {
    let (axes, capacity) = (layout.axes, Self.rows)
    let last = axes - 1
    var lines = 1
    for axis in 0..<axes {
      for coordinate in box[axis]..<box[axes + axis] {
        coordinates.pointer[axis * capacity + slotCounts[axis]] = coordinate
        slotCounts[axis] += 1
      }
      if axis < last { lines *= Int(box[axes + axis] - box[axis]) }
    }
    let width = Int(box[axes + last] - box[last])
    let lastSlot = slotCounts[last] - width
    for line in 0..<lines {
      var rest = line
      var sample = Int(box[last])
      var step = layout.shape[last]
      for axis in (0..<last).reversed() {
        let size = Int(box[axes + axis] - box[axis])
        let slot = Int32(slotCounts[axis] - size + rest % size)
        sample += (Int(box[axis]) + rest % size) * step
        step *= layout.shape[axis]
        rest /= size
        (slots + axis * capacity + rows).pointer.update(repeating: slot, count: width)
      }
      for x in 0..<width {
        samples.pointer[rows + x] = Int32(truncatingIfNeeded: sample &+ x)
        slots.pointer[last * capacity + rows + x] = Int32(truncatingIfNeeded: lastSlot &+ x)
      }
      rows += width
    }
  }

  private func appendList(_ piece: TiledPlan.Piece, _ plan: TiledPlan, placesInBatch: Bool) {
    let (axes, capacity) = (layout.axes, Self.rows)
    let before = slotCounts
    for entry in piece.start..<piece.start + piece.samples {
      let position = plan.positions[entry]
      let sample = plan.units[Int(position)]
      samples[rows] = sample
      places[rows] = placesInBatch ? position : sample
      var rest = Int(sample)
      for axis in (0..<axes).reversed() {
        let coordinate = rest % layout.shape[axis]
        rest /= layout.shape[axis]
        let marker = markers[axis].indices
        if marker[coordinate] < 0 {
          marker[coordinate] = Int32(slotCounts[axis])
          coordinates[axis * capacity + slotCounts[axis]] = Int32(coordinate)
          slotCounts[axis] += 1
        }
        slots[axis * capacity + rows] = marker[coordinate]
      }
      rows += 1
    }
    for axis in 0..<axes {
      for slot in before[axis]..<slotCounts[axis] {
        markers[axis].indices[Int(coordinates[axis * capacity + slot])] = -1
      }
    }
  }

  /// Where outputs belong: of a full batch's rows in raster order.
  func place(_ row: Int, isFull: Bool) -> Int { Int((isFull ? samples : places).pointer[row]) }

  // MARK: Groups

  /// Groups the block's rows by their tile, layer by layer, once all are in.
  func groupRows() {
    for position in groups.indices {
      groups[position].removeAll(keepingCapacity: true)
      if layout.isOneNetworkPerTile {
        groups[position].append(Group(tile: runs[0].tile, rows: nil, count: rows))
      } else {
        sortRows(layer: position + 1)
      }
    }
  }

  /// Counting sort of the rows by their tile at a layer.
  private func sortRows(layer: Int) {
    let capacity = Self.rows
    let tiles = layout.tileCounts[layer]
    let (sorted, ends) = (sortedRows.pointer + (layer - 1) * capacity, groupEnds.pointer)
    ends.update(repeating: 0, count: tiles + 1)
    tileOfRow.pointer.update(repeating: 0, count: rows)
    for axis in 0..<layout.axes {
      let (coordinates, slots) = (coordinates.pointer + axis * capacity, slots.pointer + axis * capacity)
      layout.tileOffsets[layer][axis].withUnsafeBufferPointer { offsets in
        for row in 0..<rows { tileOfRow.pointer[row] &+= offsets.baseAddress![Int(coordinates[Int(slots[row])])] }
      }
    }
    for row in 0..<rows { ends[Int(tileOfRow.pointer[row]) + 1] &+= 1 }
    for tile in 0..<tiles { ends[tile + 1] &+= ends[tile] }
    // From here an entry is its tile's next free place; when all rows are placed, the tile's end.
    for row in 0..<rows {
      let tile = Int(tileOfRow.pointer[row])
      sorted[Int(ends[tile])] = Int32(truncatingIfNeeded: row)
      ends[tile] &+= 1
    }
    var start = 0
    for tile in 0..<tiles {
      let end = Int(ends[tile])
      if end > start { groups[layer - 1].append(Group(tile: tile, rows: Indices(sorted + start), count: end - start)) }
      start = end
    }
  }
}

/// Integers that kernels index by.
final class IndexBuffer {
  let indices: Indices
  init(count: Int, value: Int32 = 0) {
    indices = Indices(.allocate(capacity: max(count, 1)))
    indices.pointer.initialize(repeating: value, count: max(count, 1))
  }
  deinit { indices.pointer.deallocate() }
}
