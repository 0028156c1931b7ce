/// Largest argument whose sine is still right to 1e-7: beyond it the quadrant is rounded too coarsely. A network whose
/// arguments grow past it has diverged.
public let largestSineArgument: Float = 1_000_000

typealias Lanes = SIMD16<Float>
typealias Bits = SIMD16<Int32>

/// Sine and cosine of sixteen arguments.
///
/// Cody–Waite reduction by π/2 in two parts with fused multiply-adds: the first is exact for |x| < 6.5 million (a 24-bit
/// constant times a 22-bit count, subtracted from a near multiple), the second carries the constant's tail; then the
/// minimax polynomials of degree 7 and 8 on ±π/4 (Cephes' sinf and cosf). Absolute error below 1e-7. Quadrants are
/// chosen by integer blends: SIMDMask's `replacing` is scalarised.
@inline(__always)
func sineCosine(_ x: Lanes) -> (sine: Lanes, cosine: Lanes) {
  let magic = Lanes(repeating: 12_582_912)  // 1.5 · 2²³: adding it rounds to an integer, left in the low bits
  let shifted = magic.addingProduct(x, Lanes(repeating: 0.636_619_772))
  let quadrant = unsafeBitCast(shifted, to: Bits.self)
  let count = shifted - magic
  var r = x.addingProduct(count, Lanes(repeating: -1.570_796_37))
  r = r.addingProduct(count, Lanes(repeating: 4.371_138_8e-8))
  let r2 = r * r
  var s = Lanes(repeating: 8.332_160_87e-3).addingProduct(r2, Lanes(repeating: -1.951_529_59e-4))
  s = Lanes(repeating: -1.666_665_46e-1).addingProduct(r2, s)
  s = r.addingProduct(r2 * r, s)
  var c = Lanes(repeating: -1.388_731_63e-3).addingProduct(r2, Lanes(repeating: 2.443_315_71e-5))
  c = Lanes(repeating: 4.166_664_57e-2).addingProduct(r2, c)
  c = Lanes(repeating: -0.5).addingProduct(r2, c)
  c = Lanes(repeating: 1).addingProduct(r2, c)
  let odd = Bits(repeating: 0) &- (quadrant & Bits(repeating: 1))
  let sBits = unsafeBitCast(s, to: Bits.self)
  let cBits = unsafeBitCast(c, to: Bits.self)
  let swap = (sBits ^ cBits) & odd
  let sSign = (quadrant & Bits(repeating: 2)) &<< Bits(repeating: 30)
  let cSign = ((quadrant &+ Bits(repeating: 1)) & Bits(repeating: 2)) &<< Bits(repeating: 30)
  return (
    unsafeBitCast((sBits ^ swap) ^ sSign, to: Lanes.self),
    unsafeBitCast((cBits ^ swap) ^ cSign, to: Lanes.self)
  )
}

/// −1 in every lane whose magnitude is above `limit` or not a number, else 0.
@inline(__always)
func aboveLimit(_ x: Lanes, _ limit: Bits) -> Bits {
  let magnitude = unsafeBitCast(x, to: Bits.self) & Bits(repeating: 0x7FFF_FFFF)
  return (limit &- magnitude) &>> Bits(repeating: 31)
}

@inline(__always)
func load(_ pointer: UnsafeMutablePointer<Float>, _ index: Int) -> Lanes {
  UnsafeRawPointer(pointer + index).loadUnaligned(as: Lanes.self)
}

@inline(__always)
func store(_ value: Lanes, _ pointer: UnsafeMutablePointer<Float>, _ index: Int) {
  UnsafeMutableRawPointer(pointer + index).storeBytes(of: value, as: Lanes.self)
}

/// `sine[r, c] = sin(argument[r, c] + bias[c])`, `cosine` likewise.
///
/// `argument` is `[rows, columns]`, `columns` a multiple of 16; the results' rows are `stride` apart. `cosine` may be
/// `argument` itself, or nil where only the forward pass is wanted.
/// - Returns: whether every argument was within `largestSineArgument`.
public func sineCosine(
  argument: Floats, bias: Floats, rows: Int, columns: Int, sine: Floats, cosine: Floats?, stride: Int
) -> Bool {
  let limit = Bits(repeating: Int32(bitPattern: largestSineArgument.bitPattern))
  var above = Bits(repeating: 0)
  let bias = bias.pointer
  for row in 0..<rows {
    let argument = argument.pointer + row * columns
    let sine = sine.pointer + row * stride
    if let cosine = cosine.map({ $0.pointer + row * stride }) {
      var column = 0
      while column < columns {
        let x = load(argument, column) + load(bias, column)
        above |= aboveLimit(x, limit)
        let (s, c) = sineCosine(x)
        store(s, sine, column)
        store(c, cosine, column)
        column += 16
      }
    } else {
      var column = 0
      while column < columns {
        let x = load(argument, column) + load(bias, column)
        above |= aboveLimit(x, limit)
        store(sineCosine(x).sine, sine, column)
        column += 16
      }
    }
  }
  return above == Bits(repeating: 0)
}
