// Kernels of dense sine networks (SIREN): a block of samples, `columns` the padded width, rows `columns` apart.

/// First layer: `sine[r] = sin(b + Σ_a x[r, a] w_a)`, `cosine` likewise; ω0 is already in `w` and `b`.
///
/// - Parameters: inputs: `[rows, axes]`; weight: transposed and padded, `[axes, columns]`; bias: `[columns]`.
/// - Returns: whether every argument was within `largestSineArgument`.
public func firstSineLayer(
  inputs: Floats, axes: Int, weight: Floats, bias: Floats, rows: Int, columns: Int, sine: Floats, cosine: Floats
) -> Bool {
  let limit = Bits(repeating: Int32(bitPattern: largestSineArgument.bitPattern))
  var above = Bits(repeating: 0)
  for row in 0..<rows {
    let x = inputs.pointer + row * axes
    let base = row * columns
    var column = 0
    while column < columns {
      var argument = load(bias.pointer, column)
      for axis in 0..<axes {
        argument.addProduct(Lanes(repeating: x[axis]), load(weight.pointer, axis * columns + column))
      }
      above |= aboveLimit(argument, limit)
      let (s, c) = sineCosine(argument)
      store(s, sine.pointer, base + column)
      store(c, cosine.pointer, base + column)
      column += 16
    }
  }
  return above == Bits(repeating: 0)
}

/// Linear head: `output[r, o] = Σ_c z[r, c] w_o[c]`. `weight` is padded, `[outputs, columns]`.
///
/// Sixteen rows' sums are added up together: a sum over the lanes of one register is a chain of sixteen additions.
public func linearHead(z: Floats, weight: Floats, outputs: Int, rows: Int, columns: Int, into output: Floats) {
  @inline(__always) func sums(_ row: Int, _ o: Int) -> Lanes {
    var sum = Lanes(repeating: 0)
    var column = 0
    while column < columns {
      sum.addProduct(load(z.pointer, row * columns + column), load(weight.pointer, o * columns + column))
      column += 16
    }
    return sum
  }
  for o in 0..<outputs {
    var row = 0
    while row + 16 <= rows {
      @inline(__always) func two(_ r: Int) -> Lanes { foldPair(sums(row + r, o), sums(row + r + 1, o)) }
      @inline(__always) func four(_ r: Int) -> Lanes { foldPair(two(r), two(r + 2)) }
      @inline(__always) func eight(_ r: Int) -> Lanes { foldPair(four(r), four(r + 4)) }
      let y = foldPair(eight(0), eight(8))
      if outputs == 1 {
        store(y, output.pointer, row)
      } else {
        for r in 0..<16 { output[(row + r) * outputs + o] = y[r] }
      }
      row += 16
    }
    while row < rows {
      output[row * outputs + o] = sums(row, o).sum()
      row += 1
    }
  }
}

/// Neighbouring lanes added, those of `a` first: four levels of it bring sixteen registers to their sums.
@inline(__always)
private func foldPair(_ a: Lanes, _ b: Lanes) -> Lanes {
  Lanes(lowHalf: a.evenHalf, highHalf: b.evenHalf) + Lanes(lowHalf: a.oddHalf, highHalf: b.oddHalf)
}

/// The way back through head and last sine: `dα[r] = (Σ_o g[r, o] w_o)∘cos`, in place of the cosine;
/// `gradientWeight[o] += Σ_r g[r, o] z[r]`, `gradientBias += Σ_r dα[r]`.
public func linearHeadBackward(
  gradient: Floats, z: Floats, cosine: Floats, weight: Floats, outputs: Int, rows: Int, columns: Int,
  gradientWeight: Floats, gradientBias: Floats
) {
  for row in 0..<rows {
    let base = row * columns
    var column = 0
    while column < columns {
      var sum = Lanes(repeating: 0)
      let activation = load(z.pointer, base + column)
      for o in 0..<outputs {
        let g = Lanes(repeating: gradient[row * outputs + o])
        sum.addProduct(g, load(weight.pointer, o * columns + column))
        let index = o * columns + column
        store(load(gradientWeight.pointer, index).addingProduct(g, activation), gradientWeight.pointer, index)
      }
      let d = sum * load(cosine.pointer, base + column)
      store(d, cosine.pointer, base + column)
      store(load(gradientBias.pointer, column) + d, gradientBias.pointer, column)
      column += 16
    }
  }
}

/// `dα = dz∘cos` in place of the cosine, and `gradientBias += Σ_r dα[r]`.
public func sineBackward(gradient: Floats, cosine: Floats, rows: Int, columns: Int, gradientBias: Floats) {
  for row in 0..<rows {
    let base = row * columns
    var column = 0
    while column < columns {
      let d = load(gradient.pointer, base + column) * load(cosine.pointer, base + column)
      store(d, cosine.pointer, base + column)
      store(load(gradientBias.pointer, column) + d, gradientBias.pointer, column)
      column += 16
    }
  }
}

/// The way back of `firstSineLayer`: with `dα = dz∘cos`, `gradientBias += Σ_r dα[r]` and
/// `gradientWeight[a] += Σ_r x[r, a] dα[r]` (transposed and padded as the weight).
public func firstSineLayerBackward(
  gradient: Floats, cosine: Floats, inputs: Floats, axes: Int, rows: Int, columns: Int, gradientWeight: Floats,
  gradientBias: Floats
) {
  for row in 0..<rows {
    let base = row * columns
    let x = inputs.pointer + row * axes
    var column = 0
    while column < columns {
      let d = load(gradient.pointer, base + column) * load(cosine.pointer, base + column)
      store(load(gradientBias.pointer, column) + d, gradientBias.pointer, column)
      for axis in 0..<axes {
        let index = axis * columns + column
        store(load(gradientWeight.pointer, index).addingProduct(Lanes(repeating: x[axis]), d),
          gradientWeight.pointer, index)
      }
      column += 16
    }
  }
}
