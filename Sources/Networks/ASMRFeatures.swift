import Kernels

/// ASMR's levels as maps, each on its own cells: `z_0 = x_0` on the coarsest digits, `z_i` and its parts on the `C_i` cells
/// of the first i + 1 levels, padding left out.
///
/// Coarser levels are worked out once with all their units. Of the level that is asked for only `α` of the asked units on
/// the coarser cells, and a value of a map is `a[cell]·b[digit] + c[cell]·d[digit]`, for the sine as for its argument:
/// no sine is evaluated on the level's own cells.
extension ASMR: FeatureSource {
  public var featureLayers: [FeatureLayer] {
    (0..<layout.levels).map { level in
      var parts: [FeaturePart] = [.activation]
      if level > 0 { parts += [.coarse, .modulation, .sum] }
      if level == layout.levels - 1 { parts += (0..<channels).map { .contribution(channel: $0) } }
      return FeatureLayer(
        title: "level \(level)", shape: ownShape(level), isPerSample: false,
        units: level == 0 ? layout.axes : layout.hidden, parts: parts)
    }
  }

  public func features(
    _ level: Int, _ part: FeaturePart, units: [Int], lattice: SampleLattice, parallel: Parallel
  ) -> FeatureMap {
    _ = checked(level, part, units: units, lattice: lattice)
    return FeatureMap(shape: lattice.counts, units: units) { maps in
      guard level > 0 else {
        let cells = lattice.sums(ownOffsets(0))
        for (index, axis) in units.enumerated() {
          for (point, cell) in cells.enumerated() {
            maps[index * cells.count + point] = firstDigits.floats[Int(cell) * layout.axes + axis]
          }
        }
        return
      }
      _ = prepare(parallel)
      _ = forward(levels: level - 1, parallel)
      let digits = layout.digits[level]
      let points = LevelPoints(lattice, offsets: ownOffsets(level), digits: digits)
      let tables = unitTables(levels[level - 1], part, units: units, points: points, parallel)
      expand(tables, points: points, maps: maps, units: units.count, parallel)
    }
  }

  // MARK: Grids

  /// Samples that a level's cell is wide, an axis.
  private func cellSize(_ level: Int, axis: Int) -> Int { layout.bases[axis][(level + 1)...].reduce(1, *) }

  /// Cells of a level that hold samples, an axis.
  func ownShape(_ level: Int) -> [Int] {
    layout.shape.indices.map { axis in
      let size = cellSize(level, axis: axis)
      return (layout.shape[axis] + size - 1) / size
    }
  }

  /// What a coordinate of a level's own grid contributes to its cell's number, an axis.
  private func ownOffsets(_ level: Int) -> [[Int]] {
    let finer = layout.digits[(level + 1)...].reduce(1, *)
    return ownShape(level).enumerated().map { axis, count in
      let size = cellSize(level, axis: axis)
      return (0..<count).map { order.offsets[axis][$0 * size] / finer }
    }
  }

  /// Where a lattice's points lie: in which cell of the coarser grid, at which digit.
  private struct LevelPoints {
    /// Numbers of the coarser cells that have points, ascending.
    let cells: [Int32]
    /// What a point's position contributes to the place among `cells`, and to the digit: of all axes but the last by
    /// lines, and along the last.
    let lineRows, lineDigits, rows, digits: [Int32]
    /// Place among `cells` of a cell.
    let rowOfCell: [Int32]

    var count: Int { lineRows.count * rows.count }

    init(_ lattice: SampleLattice, offsets: [[Int]], digits base: Int) {
      let axes = lattice.counts.count
      func line(_ parts: [[Int]]) -> [Int32] {
        SampleLattice(Array(lattice.ranges.dropLast()), counts: Array(lattice.counts.dropLast())).sums(parts)
      }
      // Digits of several axes never carry into the cells.
      let cellParts = offsets.map { $0.map { $0 / base } }
      let digitParts = offsets.map { $0.map { $0 % base } }
      (lineRows, lineDigits) = (line(cellParts), line(digitParts))
      let last = lattice.positions(axis: axes - 1)
      rows = last.map { Int32(cellParts[axes - 1][$0]) }
      digits = last.map { Int32(digitParts[axes - 1][$0]) }
      let lineCells = Set(lineRows)
      let columnCells = Set(rows)
      var cells: [Int32] = []
      for line in lineCells { for column in columnCells { cells.append(line + column) } }
      cells.sort()
      self.cells = cells
      var rowOfCell = [Int32](repeating: 0, count: Int(cells[cells.count - 1]) + 1)
      for (row, cell) in cells.enumerated() { rowOfCell[Int(cell)] = Int32(row) }
      self.rowOfCell = rowOfCell
    }
  }

  // MARK: Values

  /// The factors of every value: `a[unit, row]·b[unit, digit] + c[unit, row]·d[unit, digit]`.
  private struct UnitTables {
    let a, b, c, d: AlignedBuffer
    let rows, digits: Int
  }

  private func unitTables(
    _ level: ASMRLevel, _ part: FeaturePart, units: [Int], points: LevelPoints, _ parallel: Parallel
  ) -> UnitTables {
    let (rows, count) = (points.cells.count, units.count)
    func table(_ length: Int, filledWith value: Float = 0) -> AlignedBuffer {
      let buffer = AlignedBuffer(count: count * length)
      if value != 0 { fill(buffer.floats, with: value, count: buffer.count) }
      return buffer
    }
    let (b, d) = (table(level.digits, filledWith: 1), table(level.digits))
    for (index, unit) in units.enumerated() {
      let (cosine, sine) = (b.floats + index * level.digits, d.floats + index * level.digits)
      switch part {
      case .coarse: break
      case .modulation, .sum:
        let arguments = modulators[level.index - 1].arguments(level, unit: unit, parameters: parameters)
        for (digit, value) in arguments.enumerated() { sine[digit] = value }
      default:
        var weight: Float = 1
        if case .contribution(let channel) = part { weight = paddedHead.floats[channel * columns + unit] }
        for digit in 0..<level.digits {
          cosine[digit] = weight * level.cosineB.floats[digit * columns + unit]
          sine[digit] = weight * level.sineB.floats[digit * columns + unit]
        }
      }
    }
    if part == .modulation {
      return UnitTables(a: table(rows), b: b, c: table(rows, filledWith: 1), d: d, rows: rows, digits: level.digits)
    }
    let isArgument = part == .coarse || part == .sum
    let (a, c) = (table(rows), isArgument ? table(rows, filledWith: 1) : table(rows))
    coarseParts(level, isArgument: isArgument, units: units, cells: points.cells, a: a, c: c, parallel)
    return UnitTables(a: a, b: b, c: c, d: d, rows: rows, digits: level.digits)
  }

  /// `α` of the asked units on some cells into `a`, or `sin α` into `a` and `cos α` into `c`, `[units, cells]`.
  private func coarseParts(
    _ level: ASMRLevel, isArgument: Bool, units: [Int], cells: [Int32], a: AlignedBuffer, c: AlignedBuffer,
    _ parallel: Parallel
  ) {
    let width = paddedRowLength(units.count)
    let weight = AlignedBuffer(count: level.inputs * width)
    let bias = AlignedBuffer(count: width)
    for (index, unit) in units.enumerated() {
      bias.floats[index] = level.scaledBias.floats[unit]
      for input in 0..<level.inputs {
        weight.floats[input * width + index] = level.weightTransposed.floats[input * level.hidden + unit]
      }
    }
    let blockRows = ASMRLevel.Sizes(layout, level: level.index).blockRows
    let plan = cells.count == level.rows
      ? level.plan
      : RowPlan(
        cells: cells, digits: level.index == 1 ? 1 : layout.digits[level.index - 1], blockRows: blockRows, chunks: 64)
    ensureScratch(parallel)
    let tables = (0..<parallel.threads).map { _ in (0..<2).map { _ in AlignedBuffer(count: blockRows * width) } }
    parallel.forEach(chunks: plan.chunks.count) { [self] chunk, worker in
      let (sine, cosine) = (tables[worker][0].floats, tables[worker][1].floats)
      for block in plan.blocks[plan.chunks[chunk]] {
        let rows = block.rows.count
        let z = activations(level.index - 1, plan: plan, block: block, scratch: scratch[worker])
        matrixProduct(
          .plain, .plain, m: rows, n: width, k: level.inputs, alpha: omega0, z.floats, lda: z.stride, weight.floats,
          ldb: width, cosine, ldc: width)
        if isArgument {
          for row in 0..<rows { add(bias.floats, to: cosine + row * width, count: width) }
        } else {
          _ = sineCosine(
            argument: cosine, bias: bias.floats, rows: rows, columns: width, sine: sine, cosine: cosine, stride: width)
          transpose(
            cosine, rows: rows, columns: units.count, sourceStride: width, into: c.floats + block.rows.lowerBound,
            targetStride: cells.count)
        }
        transpose(
          isArgument ? cosine : sine, rows: rows, columns: units.count, sourceStride: width,
          into: a.floats + block.rows.lowerBound, targetStride: cells.count)
      }
    }
  }

  /// All maps from their factors, line by line.
  private func expand(
    _ tables: UnitTables, points: LevelPoints, maps: UnsafeMutablePointer<Float>, units: Int, _ parallel: Parallel
  ) {
    let length = points.rows.count
    let lines = points.lineRows.count
    let linesPerChunk = max(1, 65_536 / length)
    let chunks = (lines + linesPerChunk - 1) / linesPerChunk
    parallel.forEach(chunks: chunks * units) { chunk, _ in
      let (unit, part) = chunk.quotientAndRemainder(dividingBy: chunks)
      let (a, c) = (tables.a.floats.pointer + unit * tables.rows, tables.c.floats.pointer + unit * tables.rows)
      let (b, d) = (tables.b.floats.pointer + unit * tables.digits, tables.d.floats.pointer + unit * tables.digits)
      points.rowOfCell.withUnsafeBufferPointer { rowOfCell in
        points.rows.withUnsafeBufferPointer { rows in
          points.digits.withUnsafeBufferPointer { digits in
            for line in part * linesPerChunk..<min((part + 1) * linesPerChunk, lines) {
              let map = maps + (unit * lines + line) * length
              let (lineRow, lineDigit) = (points.lineRows[line], points.lineDigits[line])
              for x in 0..<length {
                let row = Int(rowOfCell.baseAddress![Int(lineRow &+ rows.baseAddress![x])])
                let digit = Int(lineDigit &+ digits.baseAddress![x])
                map[x] = a[row] * b[digit] + c[row] * d[digit]
              }
            }
          }
        }
      }
    }
  }
}
