// Kernels of tiled networks (KiloNeRF, LoE): rows of a block times the small matrices of their tiles.
//
// Widths are 16 to 32 there and the rows of a tile often lie scattered within a block: a general product spends its time
// on packing. Here eight rows by two lines of a matrix stay in registers, rows are found through an index, and what
// follows a product is done before its result leaves the registers. Activations are kept in place of arguments:
// LeakyReLU keeps the sign, so its derivative can be read from them.

/// LeakyReLU's slope below zero.
public let leakySlope: Float = 0.2

/// 1 where `z > 0`, else the slope: LeakyReLU's factor and its derivative, at exactly 0 the slope (as PyTorch has it).
/// An integer blend: SIMDMask's `replacing` is scalarised.
@inline(__always)
private func leakyFactor(_ z: Lanes) -> Lanes {
  let bits = unsafeBitCast(z, to: Bits.self)
  // Negative, or one below +0: the sign bit spread over the lane.
  let notAbove = ((bits &- Bits(repeating: 1)) | bits) &>> Bits(repeating: 31)
  let one = Bits(repeating: Int32(bitPattern: Float(1).bitPattern))
  let slope = Bits(repeating: Int32(bitPattern: leakySlope.bitPattern))
  return unsafeBitCast(one ^ ((one ^ slope) & notAbove), to: Lanes.self)
}

/// Sums of eight rows, or of eight columns, in registers.
private struct EightSums {
  var s0, s1, s2, s3, s4, s5, s6, s7: Lanes

  @inline(__always)
  init(repeating start: Lanes) {
    s0 = start
    s1 = start
    s2 = start
    s3 = start
    s4 = start
    s5 = start
    s6 = start
    s7 = start
  }

  /// `s_i += factor(i) · line`.
  @inline(__always)
  mutating func addProducts(_ line: Lanes, _ factor: (Int) -> Float) {
    s0.addProduct(Lanes(repeating: factor(0)), line)
    s1.addProduct(Lanes(repeating: factor(1)), line)
    s2.addProduct(Lanes(repeating: factor(2)), line)
    s3.addProduct(Lanes(repeating: factor(3)), line)
    s4.addProduct(Lanes(repeating: factor(4)), line)
    s5.addProduct(Lanes(repeating: factor(5)), line)
    s6.addProduct(Lanes(repeating: factor(6)), line)
    s7.addProduct(Lanes(repeating: factor(7)), line)
  }

  @inline(__always)
  func forEach(_ body: (Int, Lanes) -> Void) {
    body(0, s0)
    body(1, s1)
    body(2, s2)
    body(3, s3)
    body(4, s4)
    body(5, s5)
    body(6, s6)
    body(7, s7)
  }
}

/// Eight rows' places, `values[i]` for a constant i.
private struct Eight<Value> {
  let v0, v1, v2, v3, v4, v5, v6, v7: Value

  @inline(__always)
  init(_ value: (Int) -> Value) {
    v0 = value(0)
    v1 = value(1)
    v2 = value(2)
    v3 = value(3)
    v4 = value(4)
    v5 = value(5)
    v6 = value(6)
    v7 = value(7)
  }

  @inline(__always)
  subscript(index: Int) -> Value {
    switch index {
    case 0: v0
    case 1: v1
    case 2: v2
    case 3: v3
    case 4: v4
    case 5: v5
    case 6: v6
    default: v7
    }
  }
}

/// `finish(start + Σ_k source[row, k] · weight[k], index)` for every row and every line of 16 columns; `index` is
/// `row · columns + column`.
@inline(__always)
private func forEachProduct(
  _ source: Floats, stride: Int, rows: Indices?, count: Int, depth: Int, weight: Floats, columns: Int,
  start: (_ column: Int) -> Lanes, finish: (_ sum: Lanes, _ index: Int) -> Void
) {
  let weight = weight.pointer
  var first = 0
  while first < count {
    // Past the end the last row is read again, and its sums are dropped.
    let left = count - first
    let row = Eight<Int> { position in
      let clamped = first + min(position, left - 1)
      return rows.map { Int($0.pointer[clamped]) } ?? clamped
    }
    let x = Eight<UnsafeMutablePointer<Float>> { source.pointer + row[$0] * stride }
    var column = 0
    while column + 32 <= columns {
      var low = EightSums(repeating: start(column))
      var high = EightSums(repeating: start(column + 16))
      var line = weight + column
      for k in 0..<depth {
        low.addProducts(load(line, 0)) { x[$0][k] }
        high.addProducts(load(line, 16)) { x[$0][k] }
        line += columns
      }
      low.forEach { position, sum in
        if position < left { finish(sum, row[position] * columns + column) }
      }
      high.forEach { position, sum in
        if position < left { finish(sum, row[position] * columns + column + 16) }
      }
      column += 32
    }
    if column < columns {
      var sums = EightSums(repeating: start(column))
      var line = weight + column
      for k in 0..<depth {
        sums.addProducts(load(line, 0)) { x[$0][k] }
        line += columns
      }
      sums.forEach { position, sum in
        if position < left { finish(sum, row[position] * columns + column) }
      }
    }
    first += 8
  }
}

/// `target[r] = bias + Σ_k source[r, k] · weight[k]`, no activation: a first layer's part that one axis determines.
///
/// - Parameters: source: `[count, stride]`, `depth` of them used; weight: `[depth, columns]`; bias: `[columns]` or none.
public func linearRows(
  _ source: Floats, stride: Int, count: Int, depth: Int, weight: Floats, bias: Floats?, columns: Int, into target: Floats
) {
  forEachProduct(
    source, stride: stride, rows: nil, count: count, depth: depth, weight: weight, columns: columns,
    start: { column in bias.map { load($0.pointer, column) } ?? Lanes(repeating: 0) },
    finish: { sum, index in store(sum, target.pointer, index) })
}

/// A hidden layer: `target[r] = LeakyReLU(bias + Σ_k source[r, k] · weight[k])` for the rows of one tile.
///
/// - Parameters:
///   - rows: which `count` rows of the block, nil for the first ones.
///   - weight: transposed and padded, `[depth, columns]`.
public func leakyLayer(
  _ source: Floats, rows: Indices?, count: Int, depth: Int, weight: Floats, bias: Floats, columns: Int,
  into target: Floats
) {
  forEachProduct(
    source, stride: columns, rows: rows, count: count, depth: depth, weight: weight, columns: columns,
    start: { column in load(bias.pointer, column) },
    finish: { sum, index in store(sum * leakyFactor(sum), target.pointer, index) })
}

/// The way back of `leakyLayer` to the layer before: `dz'[r] = (Σ_j dz[r, j] · weight[j]) ∘ LeakyReLU'`, in place of that
/// layer's activations. `weight` is `[depth, columns]` as stored, padded.
public func leakyLayerBackward(
  _ gradient: Floats, rows: Indices?, count: Int, depth: Int, weight: Floats, columns: Int, activations: Floats
) {
  forEachProduct(
    gradient, stride: columns, rows: rows, count: count, depth: depth, weight: weight, columns: columns,
    start: { _ in Lanes(repeating: 0) },
    finish: { sum, index in
      store(sum * leakyFactor(load(activations.pointer, index)), activations.pointer, index)
    })
}

/// `sum[j] += Σ_r left[r, j] · right[r]`: a weight's gradient over the rows of one tile.
///
/// - Parameters:
///   - left: rows `leftStride` apart, `depth` columns used and zeros after them up to whole lines.
///   - right: rows `columns` apart; sum: `[depth up to whole lines, columns]`.
public func addOuterProducts(
  _ left: Floats, leftStride: Int, depth: Int, _ right: Floats, columns: Int, rows: Indices?, count: Int,
  into sum: Floats
) {
  @inline(__always) func row(_ position: Int) -> Int { rows.map { Int($0.pointer[position]) } ?? position }
  @inline(__always) func add(_ sums: EightSums, _ first: Int, _ column: Int) {
    sums.forEach { j, value in
      let index = (first + j) * columns + column
      store(load(sum.pointer, index) + value, sum.pointer, index)
    }
  }
  var column = 0
  while column + 32 <= columns {
    for first in stride(from: 0, to: depth, by: 8) {
      var low = EightSums(repeating: Lanes(repeating: 0))
      var high = low
      for position in 0..<count {
        let row = row(position)
        let x = left.pointer + row * leftStride + first
        low.addProducts(load(right.pointer, row * columns + column)) { x[$0] }
        high.addProducts(load(right.pointer, row * columns + column + 16)) { x[$0] }
      }
      add(low, first, column)
      add(high, first, column + 16)
    }
    column += 32
  }
  guard column < columns else { return }
  for first in stride(from: 0, to: depth, by: 16) {
    var low = EightSums(repeating: Lanes(repeating: 0))
    var high = low
    for position in 0..<count {
      let row = row(position)
      let x = left.pointer + row * leftStride + first
      let line = load(right.pointer, row * columns + column)
      low.addProducts(line) { x[$0] }
      high.addProducts(line) { x[$0 + 8] }
    }
    add(low, first, column)
    add(high, first + 8, column)
  }
}

/// A first layer put together from its axes' parts: `target[r] = LeakyReLU(Σ_a table_a[slot_a[r]])`.
///
/// - Parameters:
///   - tables: an axis each, `tableDistance` apart, rows `columns` apart; slots: an axis each, `slotDistance` apart.
public func leakyTableSum(
  tables: Floats, tableDistance: Int, slots: Indices, slotDistance: Int, axes: Int, rows: Int, columns: Int,
  into target: Floats
) {
  for row in 0..<rows {
    // One to three axes; an axis that is not there repeats the last and is not added.
    let first = tables.pointer + Int(slots.pointer[row]) * columns
    var second = first
    var third = first
    if axes > 1 { second = tables.pointer + tableDistance + Int(slots.pointer[slotDistance + row]) * columns }
    if axes > 2 { third = tables.pointer + 2 * tableDistance + Int(slots.pointer[2 * slotDistance + row]) * columns }
    var column = 0
    while column < columns {
      var sum = load(first, column)
      if axes > 1 { sum += load(second, column) }
      if axes > 2 { sum += load(third, column) }
      store(sum * leakyFactor(sum), target.pointer, row * columns + column)
      column += 16
    }
  }
}

/// `table[slot[r]] += source[r]`. A slot that repeats from row to row is summed in registers.
public func addRows(_ source: Floats, slots: Indices, rows: Int, columns: Int, to table: Floats) {
  var column = 0
  while column < columns {
    var row = 0
    while row < rows {
      let slot = slots.pointer[row]
      let index = Int(slot) * columns + column
      var sum = load(table.pointer, index)
      repeat {
        sum += load(source.pointer, row * columns + column)
        row += 1
      } while row < rows && slots.pointer[row] == slot
      store(sum, table.pointer, index)
    }
    column += 16
  }
}

/// The way back through a linear head over LeakyReLU: `gradientWeight[o] += Σ_r g[r, o] z[r]`, then
/// `dz[r] = (Σ_o g[r, o] w_o) ∘ LeakyReLU'` in place of the activations, and `gradientBias += Σ_r dz[r]`.
///
/// - Parameters: gradient: `[rows, outputs]`; weight: padded, `[outputs, columns]`, as its gradient is.
public func leakyHeadBackward(
  gradient: Floats, weight: Floats, outputs: Int, rows: Int, columns: Int, activations: Floats,
  gradientWeight: Floats, gradientBias: Floats
) {
  let z = activations.pointer
  let g = gradient.pointer
  var column = 0
  while column < columns {
    for o in 0..<outputs {
      let index = o * columns + column
      var sum = load(gradientWeight.pointer, index)
      for row in 0..<rows {
        sum.addProduct(Lanes(repeating: g[row * outputs + o]), load(z, row * columns + column))
      }
      store(sum, gradientWeight.pointer, index)
    }
    var bias = load(gradientBias.pointer, column)
    for row in 0..<rows {
      var sum = Lanes(repeating: 0)
      for o in 0..<outputs {
        sum.addProduct(Lanes(repeating: g[row * outputs + o]), load(weight.pointer, o * columns + column))
      }
      let index = row * columns + column
      let d = sum * leakyFactor(load(z, index))
      store(d, z, index)
      bias += d
    }
    store(bias, gradientBias.pointer, column)
    column += 16
  }
}
