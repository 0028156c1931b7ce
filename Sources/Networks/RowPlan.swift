import Kernels

/// How the cells of a level's grid are cut into work: chunks for the threads, blocks that fit the cache, groups that
/// share a coarse parent cell.
///
/// Row r of the plan is cell `cells[r]`, its parent is `cell / digits`, its digit `cell % digits`. A parent's rows all lie
/// in one chunk, so that the parent's gradient has one writer; cuts depend on sizes alone, never on threads.
struct RowPlan {
  struct Group {
    /// The parent cell.
    let parent: Int
    let rows: Range<Int>
    /// Whether an earlier block of the same chunk began this parent.
    let continues: Bool
  }
  struct Block {
    let rows: Range<Int>
    let groups: Range<Int>
  }

  let cells: [Int32]
  let digits: [Int32]
  let groups: [Group]
  let blocks: [Block]
  /// Blocks of each chunk.
  let chunks: [Range<Int>]

  /// - Parameters:
  ///   - cells: ascending.
  ///   - digits: rows of a whole parent.
  ///   - blockRows: most rows of a block; chunks: most chunks.
  init(cells: [Int32], digits count: Int, blockRows: Int, chunks wanted: Int) {
    self.cells = cells
    let divisor = Int32(count)
    digits = cells.map { $0 % divisor }
    var groups: [Group] = []
    var blocks: [Block] = []
    var chunks: [Range<Int>] = []
    var blockStart = 0
    var blockGroups = 0
    var chunkBlocks = 0

    func endBlock(at row: Int) {
      guard row > blockStart else { return }
      blocks.append(Block(rows: blockStart..<row, groups: blockGroups..<groups.count))
      blockStart = row
      blockGroups = groups.count
    }
    func endChunk(at row: Int) {
      endBlock(at: row)
      guard blocks.count > chunkBlocks else { return }
      chunks.append(chunkBlocks..<blocks.count)
      chunkBlocks = blocks.count
    }

    var row = 0
    while row < cells.count {
      let parent = cells[row] / divisor
      var end = row + 1
      while end < cells.count, cells[end] / divisor == parent { end += 1 }
      // A chunk is full once it has its share of the rows.
      if row >= cells.count * (chunks.count + 1) / max(wanted, 1) { endChunk(at: row) }
      if end - blockStart > blockRows { endBlock(at: row) }
      var continues = false
      while row < end {
        let part = min(end, row + blockRows)
        groups.append(Group(parent: Int(parent), rows: row..<part, continues: continues))
        continues = true
        row = part
        if row - blockStart >= blockRows { endBlock(at: row) }
      }
    }
    endChunk(at: cells.count)
    self.groups = groups
    self.blocks = blocks
    self.chunks = chunks
  }

  /// All cells of a grid.
  static func full(cells: Int, digits: Int, blockRows: Int, chunks: Int) -> RowPlan {
    RowPlan(cells: (0..<Int32(cells)).map { $0 }, digits: digits, blockRows: blockRows, chunks: chunks)
  }
}
