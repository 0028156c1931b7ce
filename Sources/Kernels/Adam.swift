/// Constants of Adam (Kingma & Ba 2015, algorithm 1), with PyTorch's placement of ε.
public struct AdamConstants: Sendable, Equatable {
  public var beta1: Float
  public var beta2: Float
  public var epsilon: Float

  public init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }
}

/// Where one Adam update reads and writes; all buffers have the parameters' layout.
public struct AdamBuffers {
  let parameters, previous, gradient, mean, square: Floats

  /// - Parameter previous: takes the parameters as they were, so that a step that proves bad can be taken back.
  public init(parameters: Floats, previous: Floats, gradient: Floats, mean: Floats, square: Floats) {
    self.parameters = parameters
    self.previous = previous
    self.gradient = gradient
    self.mean = mean
    self.square = square
  }
}

/// One Adam update of `range`, whole lines of 16:
/// `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `p ← p − lr/(1−β₁ᵗ) · m / (sqrt(v)/sqrt(1−β₂ᵗ) + ε)`.
///
/// - Parameters:
///   - weightDecay: λ, when not 0 `g + λp` takes the gradient's place.
///   - stepSize: `lr/(1−β₁ᵗ)`; inverseRootCorrection: `1/sqrt(1−β₂ᵗ)`.
public func adamUpdate(
  _ buffers: AdamBuffers, range: Range<Int>, constants: AdamConstants, weightDecay: Float, stepSize: Float,
  inverseRootCorrection: Float
) {
  // Parameter stores are padded to whole lines, so there is no tail.
  for index in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
    let p = load(buffers.parameters.pointer, index)
    let g = penalised(load(buffers.gradient.pointer, index), p, weightDecay)
    let (m, v) = moments(buffers, index, g, constants)
    let denominator = v.squareRoot() * inverseRootCorrection + constants.epsilon
    store(m, buffers.mean.pointer, index)
    store(v, buffers.square.pointer, index)
    store(p, buffers.previous.pointer, index)
    store(p - stepSize * m / denominator, buffers.parameters.pointer, index)
  }
}

/// One Adam update of those elements of `range` whose gradient is not zero; the others keep value and moments.
///
/// An element's bias correction counts its own updates, as tiny-cuda-nn does. Not as a number: the moments of a constant
/// gradient 1, `q ← βq + (1−β)`, are `1 − βᵗ` after t updates.
/// - Parameters: meanWeight, squareWeight: `q` for β₁ and β₂, zero at the start.
public func adamUpdateOfTouched(
  _ buffers: AdamBuffers, meanWeight: Floats, squareWeight: Floats, range: Range<Int>, constants: AdamConstants,
  weightDecay: Float, learningRate: Float
) {
  for index in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
    let p = load(buffers.parameters.pointer, index)
    let raw = load(buffers.gradient.pointer, index)
    let touched = notZero(raw)
    let (m, v) = moments(buffers, index, penalised(raw, p, weightDecay), constants)
    let meanTotal = load(meanWeight.pointer, index) * constants.beta1 + (1 - constants.beta1)
    let squareTotal = load(squareWeight.pointer, index) * constants.beta2 + (1 - constants.beta2)
    let denominator = (v / squareTotal).squareRoot() + constants.epsilon
    store(p, buffers.previous.pointer, index)
    blend(p - learningRate * (m / meanTotal) / denominator, where: touched, into: buffers.parameters.pointer, index)
    blend(m, where: touched, into: buffers.mean.pointer, index)
    blend(v, where: touched, into: buffers.square.pointer, index)
    blend(meanTotal, where: touched, into: meanWeight.pointer, index)
    blend(squareTotal, where: touched, into: squareWeight.pointer, index)
  }
}

@inline(__always)
private func penalised(_ gradient: Lanes, _ parameters: Lanes, _ weightDecay: Float) -> Lanes {
  weightDecay == 0 ? gradient : gradient.addingProduct(Lanes(repeating: weightDecay), parameters)
}

@inline(__always)
private func moments(
  _ buffers: AdamBuffers, _ index: Int, _ g: Lanes, _ constants: AdamConstants
) -> (mean: Lanes, square: Lanes) {
  let (beta1, beta2) = (constants.beta1, constants.beta2)
  return (
    (load(buffers.mean.pointer, index) * beta1).addingProduct(Lanes(repeating: 1 - beta1), g),
    (load(buffers.square.pointer, index) * beta2).addingProduct(Lanes(repeating: 1 - beta2), g * g)
  )
}

/// All bits set where `x` is neither 0 nor −0.
@inline(__always)
private func notZero(_ x: Lanes) -> Bits {
  let magnitude = unsafeBitCast(x, to: Bits.self) & Bits(repeating: 0x7FFF_FFFF)
  return (Bits(repeating: 0) &- magnitude) &>> Bits(repeating: 31)
}

/// `target = mask ? value : target`, by integer operations: SIMDMask's `replacing` is scalarised.
@inline(__always)
private func blend(_ value: Lanes, where mask: Bits, into target: UnsafeMutablePointer<Float>, _ index: Int) {
  let old = unsafeBitCast(load(target, index), to: Bits.self)
  let new = unsafeBitCast(value, to: Bits.self)
  store(unsafeBitCast(old ^ ((old ^ new) & mask), to: Lanes.self), target, index)
}
