/// Constants of Adam (Kingma & Ba 2015, algorithm 1), with PyTorch's placement of ε.
public struct AdamConstants: Sendable, Equatable {
  public var beta1: Float = 0.9
  public var beta2: Float = 0.999
  public var epsilon: Float = 1e-8
  public init() {}
}

/// One Adam update of `range`:
/// `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `p ← p − lr/(1−β₁ᵗ) · m / (sqrt(v)/sqrt(1−β₂ᵗ) + ε)`.
///
/// Keeps the parameters as they were in `previous`, so that a step that proves bad can be taken back.
/// - Parameters:
///   - stepSize: `lr/(1−β₁ᵗ)`; inverseRootCorrection: `1/sqrt(1−β₂ᵗ)`.
public func adamUpdate(
  parameters: Floats, previous: Floats, gradient: Floats, mean: Floats, square: Floats, range: Range<Int>,
  constants: AdamConstants, stepSize: Float, inverseRootCorrection: Float
) {
  let beta1 = constants.beta1
  let beta2 = constants.beta2
  @inline(__always) func update(_ index: Int) {
    let g = load(gradient.pointer, index)
    let p = load(parameters.pointer, index)
    let m = (load(mean.pointer, index) * beta1).addingProduct(Lanes(repeating: 1 - beta1), g)
    let v = (load(square.pointer, index) * beta2).addingProduct(Lanes(repeating: 1 - beta2), g * g)
    let denominator = v.squareRoot() * inverseRootCorrection + constants.epsilon
    store(m, mean.pointer, index)
    store(v, square.pointer, index)
    store(p, previous.pointer, index)
    store(p - stepSize * m / denominator, parameters.pointer, index)
  }
  // Parameter stores are padded to whole lines, so there is no tail.
  var index = range.lowerBound
  while index < range.upperBound {
    update(index)
    index += 16
  }
}
