/// A product of ranges of positions that one thread takes through the grid at a time, its rows in order.
struct HashGridBox {
  let outer, middle, inner: Range<Int>
}

/// How a full batch is cut: boxes of samples, and chunks of boxes with one partial gradient each. Both follow from the
/// sizes alone.
struct HashGridBoxes {
  let boxes: [HashGridBox]
  /// Ranges of boxes.
  let chunks: [Range<Int>]

  /// Most samples of a row of a box.
  static let mostColumns = 512
  /// Samples of a chunk, if that does not give too many chunks.
  private static let samplesPerChunk = 8_192

  /// - Parameter shape: three axes.
  init(shape: [Int], mostChunks: Int) {
    let samples = shape.reduce(1, *)
    let wanted = max(Self.samplesPerChunk, (samples + mostChunks - 1) / mostChunks)
    let segments = Self.cut(shape[2], into: (shape[2] + Self.mostColumns - 1) / Self.mostColumns)
    let rows = max(1, wanted / segments[0].count)
    // Bands of rows, or several whole frames.
    let isBand = rows < shape[1] || shape[0] == 1
    let bands = isBand ? Self.cut(shape[1], into: (shape[1] + rows - 1) / rows) : [0..<shape[1]]
    let frames = isBand ? 1 : rows / shape[1]
    var boxes: [HashGridBox] = []
    var chunks: [Range<Int>] = []
    var filled = 0
    for outer in Self.cut(shape[0], into: (shape[0] + frames - 1) / frames) {
      for middle in bands {
        for inner in segments {
          if filled == 0 { chunks.append(boxes.count..<boxes.count) }
          boxes.append(HashGridBox(outer: outer, middle: middle, inner: inner))
          chunks[chunks.count - 1] = chunks[chunks.count - 1].lowerBound..<boxes.count
          filled += outer.count * middle.count * inner.count
          // Nearly full is full: the last box may be a little smaller than the others.
          if filled * 8 > wanted * 7 { filled = 0 }
        }
      }
    }
    self.boxes = boxes
    self.chunks = chunks
  }

  private static func cut(_ count: Int, into pieces: Int) -> [Range<Int>] {
    let pieces = max(1, min(pieces, count))
    return (0..<pieces).map { count * $0 / pieces..<count * ($0 + 1) / pieces }
  }
}
