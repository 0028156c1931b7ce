// Kernels of dense ReLU networks: a strip of samples, `columns` the padded width, rows `columns` apart.
//
// oneDNN's sgemm packs its factors and reaches 110–125 GFLOP/s on a strip of 64 samples of a layer 64 wide, and ReLU and
// its mask are passes of their own; these tiles keep a strip in the first-level cache, end with ReLU or mask while
// results are in registers, and reach 165 of 180 on the same core.

/// `output = max(0, W x + b)` of a strip.
///
/// - Parameters:
///   - inputs: `[rows, inputStride]`, of which `inputCount` columns count.
///   - weight: transposed and padded, `[inputCount, columns]`; bias: `[columns]`.
///   - rows: rounded up to a multiple of 8: inputs and output have as many.
public func denseReLU(
  inputs: Floats, inputCount: Int, inputStride: Int, weight: Floats, bias: Floats, rows: Int, columns: Int,
  into output: Floats
) {
  tiles(
    .reluWithBias, rows: rows, columns: columns, terms: inputCount, inputs, rowDistance: inputStride, termDistance: 1,
    weight, output, extra: bias)
}

/// The way back: `result = gradient · W`, zero where `activation` is, when one is given.
///
/// - Parameters:
///   - gradient: of the layer's sums, `[rows, gradientStride]`, of which `gradientCount` columns count.
///   - weight: padded, `[gradientCount, columns]`; activation: the layer's input `[rows, columns]`, a ReLU's output.
///   - rows: as in `denseReLU`.
public func denseReLUBackward(
  gradient: Floats, gradientCount: Int, gradientStride: Int, weight: Floats, activation: Floats?, rows: Int,
  columns: Int, into result: Floats
) {
  if let activation {
    tiles(
      .masked, rows: rows, columns: columns, terms: gradientCount, gradient, rowDistance: gradientStride,
      termDistance: 1, weight, result, extra: activation)
  } else {
    tiles(
      .plain, rows: rows, columns: columns, terms: gradientCount, gradient, rowDistance: gradientStride,
      termDistance: 1, weight, result, extra: result)
  }
}

/// The gradient of a layer's weight, transposed: `result[i, o] += Σ_r inputs[r, i] gradient[r, o]` over `rows` rows, no
/// more.
///
/// - Parameters: inputs: `[rows, inputStride]`, `inputStride` a multiple of 16; gradient: `[rows, columns]`; result:
///   `[inputStride, columns]`.
public func addWeightGradient(
  inputs: Floats, inputStride: Int, gradient: Floats, rows: Int, columns: Int, into result: Floats
) {
  tiles(
    .added, rows: inputStride, columns: columns, terms: rows, inputs, rowDistance: 1, termDistance: inputStride,
    gradient, result, extra: result)
}

/// The way back through a linear head and the ReLU before it: `result[r] = (Σ_o g[r, o] w_o)` where `z[r]` is not zero,
/// and `gradientWeight[o] += Σ_r g[r, o] z[r]`.
///
/// - Parameters: z, result: `[rows, columns]`; weight, gradientWeight: padded, `[outputs, columns]`.
public func reluHeadBackward(
  gradient: Floats, z: Floats, weight: Floats, outputs: Int, rows: Int, columns: Int, gradientWeight: Floats,
  into result: Floats
) {
  for column in stride(from: 0, to: columns, by: 16) {
    for o in 0..<outputs {
      let w = load(weight.pointer, o * columns + column)
      var sum = load(gradientWeight.pointer, o * columns + column)
      for row in 0..<rows {
        let g = Lanes(repeating: gradient[row * outputs + o])
        let activation = load(z.pointer, row * columns + column)
        sum.addProduct(g, activation)
        let before = o == 0 ? Lanes(repeating: 0) : load(result.pointer, row * columns + column)
        store(masked(before.addingProduct(g, w), activation), result.pointer, row * columns + column)
      }
      store(sum, gradientWeight.pointer, o * columns + column)
    }
  }
}

// MARK: Tiles

private enum Ending { case plain, reluWithBias, masked, added }

/// `c[i, j] = Σ_t a[i · rowDistance + t · termDistance] b[t, j]`, ended as told; 8 × 32 results at a time in sixteen
/// registers: enough sums under way for two multiply-adds of four cycles each, and ten loads for sixteen of them.
///
/// - Parameter extra: for `reluWithBias` the bias `[columns]`, for `masked` the activation `[rows, columns]`.
@inline(__always)
private func tiles(
  _ ending: Ending, rows: Int, columns: Int, terms: Int, _ a: Floats, rowDistance: Int, termDistance: Int, _ b: Floats,
  _ c: Floats, extra: Floats
) {
  var column = 0
  while column < columns {
    let isPair = column + 32 <= columns
    for row in stride(from: 0, to: rows, by: 8) {
      let first = a.pointer + row * rowDistance
      let result = c.pointer + row * columns + column
      let other = extra.pointer + (ending == .masked ? row * columns + column : column)
      if isPair {
        tile(
          LanePair.self, ending, terms: terms, first, rowDistance, termDistance, b.pointer + column, result, other,
          columns)
      } else {
        tile(
          SingleLanes.self, ending, terms: terms, first, rowDistance, termDistance, b.pointer + column, result, other,
          columns)
      }
    }
    column += isPair ? 32 : 16
  }
}

@inline(__always)
private func tile<Row: TileRow>(
  _ type: Row.Type, _ ending: Ending, terms: Int, _ a: UnsafeMutablePointer<Float>, _ rowDistance: Int,
  _ termDistance: Int, _ b: UnsafeMutablePointer<Float>, _ c: UnsafeMutablePointer<Float>,
  _ extra: UnsafeMutablePointer<Float>, _ columns: Int
) {
  @inline(__always) func start(_ row: Int) -> Row {
    switch ending {
    case .reluWithBias: Row(extra)
    case .added: Row(c + row * columns)
    case .plain, .masked: Row(repeating: 0)
    }
  }
  var (r0, r1, r2, r3) = (start(0), start(1), start(2), start(3))
  var (r4, r5, r6, r7) = (start(4), start(5), start(6), start(7))
  var a = a
  var b = b
  for _ in 0..<terms {
    let row = Row(b)
    r0.add(a[0], row)
    r1.add(a[rowDistance], row)
    r2.add(a[2 * rowDistance], row)
    r3.add(a[3 * rowDistance], row)
    r4.add(a[4 * rowDistance], row)
    r5.add(a[5 * rowDistance], row)
    r6.add(a[6 * rowDistance], row)
    r7.add(a[7 * rowDistance], row)
    a += termDistance
    b += columns
  }
  @inline(__always) func end(_ result: Row, _ row: Int) {
    switch ending {
    case .reluWithBias: result.map(relu).store(c + row * columns)
    case .masked: result.combined(Row(extra + row * columns), masked).store(c + row * columns)
    case .plain, .added: result.store(c + row * columns)
    }
  }
  end(r0, 0)
  end(r1, 1)
  end(r2, 2)
  end(r3, 3)
  end(r4, 4)
  end(r5, 5)
  end(r6, 6)
  end(r7, 7)
}

/// One row of a tile, in one or two registers.
private protocol TileRow {
  init(repeating value: Float)
  init(_ pointer: UnsafeMutablePointer<Float>)
  mutating func add(_ factor: Float, _ row: Self)
  func map(_ body: (Lanes) -> Lanes) -> Self
  func combined(_ other: Self, _ body: (Lanes, Lanes) -> Lanes) -> Self
  func store(_ pointer: UnsafeMutablePointer<Float>)
}

private struct SingleLanes: TileRow {
  var lanes: Lanes
  @inline(__always) init(lanes: Lanes) { self.lanes = lanes }
  @inline(__always) init(repeating value: Float) { lanes = Lanes(repeating: value) }
  @inline(__always) init(_ pointer: UnsafeMutablePointer<Float>) { lanes = load(pointer, 0) }
  @inline(__always) mutating func add(_ factor: Float, _ row: SingleLanes) {
    lanes.addProduct(Lanes(repeating: factor), row.lanes)
  }
  @inline(__always) func map(_ body: (Lanes) -> Lanes) -> SingleLanes { SingleLanes(lanes: body(lanes)) }
  @inline(__always) func combined(_ other: SingleLanes, _ body: (Lanes, Lanes) -> Lanes) -> SingleLanes {
    SingleLanes(lanes: body(lanes, other.lanes))
  }
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Float>) { Kernels.store(lanes, pointer, 0) }
}

private struct LanePair: TileRow {
  var low, high: SingleLanes
  @inline(__always) init(low: SingleLanes, high: SingleLanes) { (self.low, self.high) = (low, high) }
  @inline(__always) init(repeating value: Float) { self.init(low: .init(repeating: value), high: .init(repeating: value)) }
  @inline(__always) init(_ pointer: UnsafeMutablePointer<Float>) { self.init(low: .init(pointer), high: .init(pointer + 16)) }
  @inline(__always) mutating func add(_ factor: Float, _ row: LanePair) {
    low.add(factor, row.low)
    high.add(factor, row.high)
  }
  @inline(__always) func map(_ body: (Lanes) -> Lanes) -> LanePair { LanePair(low: low.map(body), high: high.map(body)) }
  @inline(__always) func combined(_ other: LanePair, _ body: (Lanes, Lanes) -> Lanes) -> LanePair {
    LanePair(low: low.combined(other.low, body), high: high.combined(other.high, body))
  }
  @inline(__always) func store(_ pointer: UnsafeMutablePointer<Float>) {
    low.store(pointer)
    high.store(pointer + 16)
  }
}

/// `max(0, x)` without a mask; what is not a number stays so.
@inline(__always)
private func relu(_ x: Lanes) -> Lanes { (x + absolute(x)) * 0.5 }

/// `x` where the ReLU's output `z` is above zero, else 0.
@inline(__always)
private func masked(_ x: Lanes, _ z: Lanes) -> Lanes {
  let open = (Bits(repeating: 0) &- unsafeBitCast(z, to: Bits.self)) &>> Bits(repeating: 31)
  return unsafeBitCast(unsafeBitCast(x, to: Bits.self) & open, to: Lanes.self)
}
