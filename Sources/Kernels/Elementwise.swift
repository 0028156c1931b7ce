/// `sum[c] += Σ_r rows[r, c]`: a bias' gradient. `columns` is a multiple of 16 and the rows' distance.
public func addColumnSums(_ rows: Floats, rows count: Int, columns: Int, into sum: Floats) {
  for row in 0..<count {
    let source = rows.pointer + row * columns
    var column = 0
    while column < columns {
      store(load(sum.pointer, column) + load(source, column), sum.pointer, column)
      column += 16
    }
  }
}

/// `target[i] += source[i]` for `count` elements.
public func add(_ source: Floats, to target: Floats, count: Int) {
  var index = 0
  while index + 16 <= count {
    store(load(target.pointer, index) + load(source.pointer, index), target.pointer, index)
    index += 16
  }
  while index < count {
    target[index] += source[index]
    index += 1
  }
}

/// Adds `parts` partial sums, `distance` floats apart, in their order: `target[i] = Σ_p parts[p · distance + i]`.
public func sumParts(_ parts: Floats, count partCount: Int, distance: Int, range: Range<Int>, into target: Floats) {
  var index = range.lowerBound
  while index + 16 <= range.upperBound {
    var sum = load(parts.pointer, index)
    for part in 1..<max(partCount, 1) { sum += load(parts.pointer, part * distance + index) }
    store(sum, target.pointer, index)
    index += 16
  }
  while index < range.upperBound {
    var sum = parts[index]
    for part in 1..<max(partCount, 1) { sum += parts[part * distance + index] }
    target[index] = sum
    index += 1
  }
}

/// `target[i] = value` for `count` elements.
public func fill(_ target: Floats, with value: Float, count: Int) {
  target.pointer.update(repeating: value, count: count)
}

/// `target[r, c] = scale · source[r, c]`, the columns past `columns` zero: gives kernels rows without tails.
public func copyPadded(
  _ source: Floats, rows: Int, columns: Int, scale: Float = 1, into target: Floats, stride: Int
) {
  for row in 0..<rows {
    for column in 0..<columns { target[row * stride + column] = scale * source[row * columns + column] }
    for column in columns..<stride { target[row * stride + column] = 0 }
  }
}

/// Whether every one of `count` floats is finite.
public func allFinite(_ values: Floats, count: Int) -> Bool {
  let limit = Bits(repeating: Int32(bitPattern: Float.greatestFiniteMagnitude.bitPattern))
  var above = Bits(repeating: 0)
  var index = 0
  while index + 16 <= count {
    above |= aboveLimit(load(values.pointer, index), limit)
    index += 16
  }
  guard above == Bits(repeating: 0) else { return false }
  while index < count {
    guard values[index].isFinite else { return false }
    index += 1
  }
  return true
}

/// What a block of predictions says: sums over its values, in double precision.
public struct SquaredErrors: Equatable, Sendable {
  /// `Σ (y − t)²`: the loss' sum.
  public var squares = 0.0
  /// `Σ (clamp(y) − t)²`, predictions clamped to [0, 1]: PSNR's sum.
  public var clampedSquares = 0.0
  public init() {}
  public static func += (left: inout SquaredErrors, right: SquaredErrors) {
    left.squares += right.squares
    left.clampedSquares += right.clampedSquares
  }
}

/// One row of predictions against its target: adds the bias, measures, and leaves the gradient `scale · (y − t)`.
///
/// - Parameters:
///   - output: `count` raw outputs; becomes the gradient. `prediction`, when given, takes the outputs with bias.
///   - weight: 1 for samples that count, 0 for padding; nil when all count.
///   - biasGradient: `+=` the gradient, element by element.
public func squaredErrorRow(
  output: Floats, bias: Floats, target: Floats, weight: Floats?, count: Int, scale: Float,
  prediction: Floats?, biasGradient: Floats
) -> SquaredErrors {
  var squares = Lanes(repeating: 0)
  var clamped = Lanes(repeating: 0)
  var index = 0
  while index + 16 <= count {
    let y = load(output.pointer, index) + load(bias.pointer, index)
    if let prediction { store(y, prediction.pointer, index) }
    let t = load(target.pointer, index)
    var difference = y - t
    // Clamped to [0, 1] without a mask: |y| − |y − 1| runs from −1 to 1.
    var inside = (absolute(y) - absolute(y - 1) + 1) * 0.5 - t
    if let weight {
      let w = load(weight.pointer, index)
      difference *= w
      inside *= w
    }
    squares.addProduct(difference, difference)
    clamped.addProduct(inside, inside)
    let gradient = difference * scale
    store(gradient, output.pointer, index)
    store(load(biasGradient.pointer, index) + gradient, biasGradient.pointer, index)
    index += 16
  }
  var sums = SquaredErrors()
  sums.squares = Double(squares.sum())
  sums.clampedSquares = Double(clamped.sum())
  while index < count {
    let y = output[index] + bias[index]
    prediction?[index] = y
    let w = weight?[index] ?? 1
    let difference = w * (y - target[index])
    let inside = w * (min(max(y, 0), 1) - target[index])
    sums.squares += Double(difference * difference)
    sums.clampedSquares += Double(inside * inside)
    output[index] = scale * difference
    biasGradient[index] += scale * difference
    index += 1
  }
  return sums
}

@inline(__always)
func absolute(_ x: Lanes) -> Lanes {
  unsafeBitCast(unsafeBitCast(x, to: Bits.self) & Bits(repeating: 0x7FFF_FFFF), to: Lanes.self)
}

