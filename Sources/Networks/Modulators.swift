import Kernels

/// The modulation of one level: `β` on its digits, as sines and cosines in the level's tables, and the way back from
/// `dβ`.
protocol Modulator {
  /// Fills `level.sineB`, `level.cosineB`. Returns whether all arguments were in range.
  func forward(_ level: ASMRLevel, parameters: ParameterStore) -> Bool
  /// Turns `level.gradientB` into the gradients of the modulator's own tensors.
  func backward(_ level: ASMRLevel, parameters: ParameterStore)
  /// One unit's `β` on all digits, unreduced; after `forward`.
  func arguments(_ level: ASMRLevel, unit: Int, parameters: ParameterStore) -> [Float]
}

/// `β = ω0² M x` (the paper's equation for z_i, ω0 inside and outside), M `[h, d]`, no bias.
struct LinearModulator: Modulator {
  let tensor: ParameterTensor
  let omega0: Float
  let axes: Int
  /// No bias: `[columns]` zeros.
  let zero: AlignedBuffer

  func forward(_ level: ASMRLevel, parameters: ParameterStore) -> Bool {
    modulatorArguments(
      weight: parameters.values.floats + tensor.offset, axes: axes, digits: level.digitValues.floats,
      count: level.digits, width: level.hidden, scale: Double(omega0) * Double(omega0), into: level.cosineB.floats,
      columns: level.columns)
    return sineCosine(
      argument: level.cosineB.floats, bias: zero.floats, rows: level.digits, columns: level.columns,
      sine: level.sineB.floats, cosine: level.cosineB.floats, stride: level.columns)
  }

  func arguments(_ level: ASMRLevel, unit: Int, parameters: ParameterStore) -> [Float] {
    let weight = parameters.values.floats + (tensor.offset + unit * axes)
    return (0..<level.digits).map { digit in
      var sum = 0.0
      for axis in 0..<axes { sum += Double(weight[axis]) * Double(level.digitValues.floats[digit * axes + axis]) }
      return Float(Double(omega0) * Double(omega0) * sum)
    }
  }

  /// `dM[c, a] = ω0² Σ_q dβ[q, c] x[q, a]`.
  func backward(_ level: ASMRLevel, parameters: ParameterStore) {
    matrixProduct(
      .transposed, .plain, m: level.hidden, n: axes, k: level.digits, alpha: omega0 * omega0,
      level.gradientB.floats, lda: level.columns, level.digitValues.floats, ldb: axes,
      parameters.gradient.floats + tensor.offset, ldc: axes)
  }
}

/// `β = ω0 m(x)`, m a SIREN of two sine layers of width 32 and a linear head with bias.
struct SineModulator: Modulator {
  /// Weight and bias of `net.0`, `net.1`, `last_layer`.
  let tensors: [ParameterTensor]
  let omega0: Float
  let axes: Int
  private let width = ASMRLayout.modulatorWidth
  private let first, second, gradient: AlignedBuffer
  private let cosines: [AlignedBuffer]
  private let bias: AlignedBuffer

  init(tensors: [ParameterTensor], omega0: Float, axes: Int, digits: Int, columns: Int) {
    self.tensors = tensors
    self.omega0 = omega0
    self.axes = axes
    first = AlignedBuffer(count: digits * width)
    second = AlignedBuffer(count: digits * width)
    gradient = AlignedBuffer(count: digits * width)
    cosines = [AlignedBuffer(count: digits * width), AlignedBuffer(count: digits * width)]
    bias = AlignedBuffer(count: max(columns, width))
  }

  func forward(_ level: ASMRLevel, parameters: ParameterStore) -> Bool {
    let values = parameters.values.floats
    let layers = [
      (input: level.digitValues, inputs: axes, width: width, sine: first, cosine: cosines[0], stride: width),
      (input: first, inputs: width, width: width, sine: second, cosine: cosines[1], stride: width),
      (input: second, inputs: width, width: level.hidden, sine: level.sineB, cosine: level.cosineB, stride: level.columns),
    ]
    var inRange = true
    for (index, layer) in layers.enumerated() {
      let weight = tensors[2 * index]
      matrixProduct(
        .plain, .transposed, m: level.digits, n: layer.width, k: layer.inputs, alpha: omega0, layer.input.floats,
        lda: layer.inputs, values + weight.offset, ldb: layer.inputs, layer.cosine.floats, ldc: layer.stride)
      copyPadded(
        values + tensors[2 * index + 1].offset, rows: 1, columns: layer.width, scale: omega0, into: bias.floats,
        stride: layer.stride)
      inRange = sineCosine(
        argument: layer.cosine.floats, bias: bias.floats, rows: level.digits, columns: layer.stride,
        sine: layer.sine.floats, cosine: layer.cosine.floats, stride: layer.stride) && inRange
    }
    return inRange
  }

  func arguments(_ level: ASMRLevel, unit: Int, parameters: ParameterStore) -> [Float] {
    let values = parameters.values.floats
    let weight = values + (tensors[4].offset + unit * width)
    return (0..<level.digits).map { digit in
      var sum = values[tensors[5].offset + unit]
      for column in 0..<width { sum += weight[column] * second.floats[digit * width + column] }
      return omega0 * sum
    }
  }

  func backward(_ level: ASMRLevel, parameters: ParameterStore) {
    let gradients = parameters.gradient.floats
    let values = parameters.values.floats
    // dβ and then each layer's dα; ω0 stands in front of every one of them.
    var upper: (gradient: Floats, width: Int, stride: Int) = (level.gradientB.floats, level.hidden, level.columns)
    for index in [2, 1, 0] {
      let input = [level.digitValues, first, second][index]
      let inputs = index == 0 ? axes : width
      matrixProduct(
        .transposed, .plain, m: upper.width, n: inputs, k: level.digits, alpha: omega0, upper.gradient,
        lda: upper.stride, input.floats, ldb: inputs, gradients + tensors[2 * index].offset, ldc: inputs)
      fill(bias.floats, with: 0, count: upper.stride)
      addColumnSums(upper.gradient, rows: level.digits, columns: upper.stride, into: bias.floats)
      for column in 0..<upper.width { gradients[tensors[2 * index + 1].offset + column] = omega0 * bias.floats[column] }
      guard index > 0 else { return }
      matrixProduct(
        .plain, .plain, m: level.digits, n: width, k: upper.width, alpha: omega0, upper.gradient, lda: upper.stride,
        values + tensors[2 * index].offset, ldb: width, gradient.floats, ldc: width)
      // dα = dz∘cos, left in the cosine's place.
      sineBackward(
        gradient: gradient.floats, cosine: cosines[index - 1].floats, rows: level.digits, columns: width,
        gradientBias: bias.floats)
      upper = (cosines[index - 1].floats, width, width)
    }
  }
}
