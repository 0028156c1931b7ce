// Kernels of ASMR's exact factorisation, sin(α_p + β_q) = sin α_p cos β_q + cos α_p sin β_q, with α on the coarse
// cells p and β on the digits q of the next level. `columns` is the padded hidden width, a multiple of 16, and the
// distance of rows everywhere unless said otherwise.

/// Activations of one coarse cell's finer cells: `z[r] = sinA∘cosB[digit r] + cosA∘sinB[digit r]`.
///
/// - Parameters:
///   - sineA, cosineA: the coarse cell's row, `[columns]`; sineB, cosineB: the tables `[digits, columns]`.
///   - digits: which digit each of the `count` rows of `z` has.
public func combineSines(
  sineA: Floats, cosineA: Floats, sineB: Floats, cosineB: Floats, digits: Indices, count: Int, columns: Int,
  into z: Floats
) {
  var column = 0
  while column < columns {
    let sA = load(sineA.pointer, column)
    let cA = load(cosineA.pointer, column)
    for row in 0..<count {
      let digit = Int(digits[row]) * columns + column
      let value = (sA * load(cosineB.pointer, digit)).addingProduct(cA, load(sineB.pointer, digit))
      store(value, z.pointer, row * columns + column)
    }
    column += 16
  }
}

/// The way back of `combineSines`: with `t = dz[r]∘cos(α + β)`, adds `t` to the coarse cell's `gradientA` and to
/// `gradientB[digit r]`.
///
/// - Parameters:
///   - continues: whether `gradientA` already holds the sum of this cell's earlier rows; else it is overwritten.
public func combineSinesBackward(
  gradient dz: Floats, sineA: Floats, cosineA: Floats, sineB: Floats, cosineB: Floats, digits: Indices, count: Int,
  columns: Int, gradientA: Floats, continues: Bool, gradientB: Floats
) {
  var column = 0
  while column < columns {
    let sA = load(sineA.pointer, column)
    let cA = load(cosineA.pointer, column)
    var sum = continues ? load(gradientA.pointer, column) : Lanes(repeating: 0)
    for row in 0..<count {
      let digit = Int(digits[row]) * columns + column
      let cosine = (cA * load(cosineB.pointer, digit)) - sA * load(sineB.pointer, digit)
      let t = load(dz.pointer, row * columns + column) * cosine
      sum += t
      store(load(gradientB.pointer, digit) + t, gradientB.pointer, digit)
    }
    store(sum, gradientA.pointer, column)
    column += 16
  }
}

/// The factors of the last hidden layer and the output together, one row of `2 · columns` for every digit q and
/// output o: `[w_o∘cosβ_q | w_o∘sinβ_q]`, so that `Y = [sinα | cosα] · factorsᵀ`.
public func outputFactors(
  weight: Floats, outputs: Int, sineB: Floats, cosineB: Floats, digits: Int, columns: Int, into factors: Floats
) {
  for digit in 0..<digits {
    for output in 0..<outputs {
      let row = factors.pointer + (digit * outputs + output) * 2 * columns
      var column = 0
      while column < columns {
        let w = load(weight.pointer, output * columns + column)
        store(w * load(cosineB.pointer, digit * columns + column), row, column)
        store(w * load(sineB.pointer, digit * columns + column), row, columns + column)
        column += 16
      }
    }
  }
}

/// Gradient of the factors `F = Gᵀ·[sinα | cosα]` taken apart:
/// `dβ[q] = Σ_o w_o∘(F_C∘cosβ − F_S∘sinβ)` (overwritten), `dw_o = Σ_q F_S∘cosβ + F_C∘sinβ` (overwritten).
public func outputFactorsBackward(
  gradient: Floats, weight: Floats, outputs: Int, sineB: Floats, cosineB: Floats, digits: Int, columns: Int,
  gradientB: Floats, gradientWeight: Floats
) {
  fill(gradientWeight, with: 0, count: outputs * columns)
  for digit in 0..<digits {
    let base = digit * columns
    for output in 0..<outputs {
      let row = gradient.pointer + (digit * outputs + output) * 2 * columns
      var column = 0
      while column < columns {
        let s = load(sineB.pointer, base + column)
        let c = load(cosineB.pointer, base + column)
        let fS = load(row, column)
        let fC = load(row, columns + column)
        let w = load(weight.pointer, output * columns + column)
        let before = output == 0 ? Lanes(repeating: 0) : load(gradientB.pointer, base + column)
        store(before + w * (fC * c - fS * s), gradientB.pointer, base + column)
        let sum = load(gradientWeight.pointer, output * columns + column)
        store(sum + (fS * c + fC * s), gradientWeight.pointer, output * columns + column)
        column += 16
      }
    }
  }
}

/// `dα = E_S∘cosα − E_C∘sinα` for `rows` rows, and `biasGradient += Σ_rows dα`.
///
/// - Parameters: gradient: `E`, `[rows, 2 · columns]`; sineCosine: `[sinα | cosα]`, of the same shape.
public func lastLevelBackward(
  gradient: Floats, sineCosine: Floats, rows: Int, columns: Int, into result: Floats, biasGradient: Floats
) {
  for row in 0..<rows {
    let e = gradient.pointer + row * 2 * columns
    let a = sineCosine.pointer + row * 2 * columns
    let d = result.pointer + row * columns
    var column = 0
    while column < columns {
      let value = load(e, column) * load(a, columns + column) - load(e, columns + column) * load(a, column)
      store(value, d, column)
      store(load(biasGradient.pointer, column) + value, biasGradient.pointer, column)
      column += 16
    }
  }
}

/// Modulation arguments `β[q, c] = ω0² Σ_a M[c, a] x[q, a]`, in double precision and reduced to ±π, because ω0² takes
/// them to thousands of radians, where a float's last bit is 1e-4.
///
/// - Parameters: weight: `M`, `[width, axes]`; digits: `x`, `[count, axes]`; result: `[count, columns]`, the columns
///   past `width` zero.
public func modulatorArguments(
  weight: Floats, axes: Int, digits: Floats, count: Int, width: Int, scale: Double, into result: Floats, columns: Int
) {
  let turn = 2 * Double.pi
  for digit in 0..<count {
    let row = result.pointer + digit * columns
    let x = digits.pointer + digit * axes
    for column in 0..<width {
      var sum = 0.0
      for axis in 0..<axes { sum += Double(weight[column * axes + axis]) * Double(x[axis]) }
      let argument = scale * sum
      row[column] = Float(argument - turn * (argument / turn).rounded())
    }
    for column in width..<columns { row[column] = 0 }
  }
}

/// `target[c, r] = scale · source[r, c]`, row lengths `sourceStride` and `targetStride`.
public func transpose(
  _ source: Floats, rows: Int, columns: Int, sourceStride: Int, scale: Float = 1, into target: Floats,
  targetStride: Int
) {
  let tile = 16
  var row = 0
  while row < rows {
    let rowEnd = min(row + tile, rows)
    var column = 0
    while column < columns {
      let columnEnd = min(column + tile, columns)
      for r in row..<rowEnd {
        for c in column..<columnEnd { target[c * targetStride + r] = scale * source[r * sourceStride + c] }
      }
      column = columnEnd
    }
    row = rowEnd
  }
}
