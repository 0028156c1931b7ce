#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Seeded random numbers, the same on every machine: xoshiro256** (Blackman & Vigna 2018), its state filled by
/// SplitMix64 from the seed. Codable, so that a saved run goes on where it was.
public struct RandomGenerator: RandomNumberGenerator, Codable, Equatable, Sendable {
  private var s0, s1, s2, s3: UInt64

  public init(seed: UInt64) {
    var state = seed
    func split() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    s0 = split()
    s1 = split()
    s2 = split()
    s3 = split()
  }

  /// A stream of its own for something that has a name: what else is drawn does not change it. The name enters the seed
  /// by FNV-1a, 64 bits.
  public init(seed: UInt64, stream name: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    self.init(seed: seed ^ hash)
  }

  public mutating func next() -> UInt64 {
    let product = s1 &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// Uniform in [−bound, bound), 24 bits.
  public mutating func uniform(_ bound: Float) -> Float {
    bound * (Float(next() >> 40) * 0x1p-23 - 1)
  }

  /// Normal with mean 0 and the given standard deviation (Box & Muller 1958, the cosine of the pair).
  public mutating func normal(_ deviation: Float) -> Float {
    // In (0, 1], so that the logarithm is finite.
    let radius = (-2 * log(Double((next() >> 11) + 1) * 0x1p-53)).squareRoot()
    let angle = 2 * Double.pi * Double(next() >> 11) * 0x1p-53
    return deviation * Float(radius * cos(angle))
  }

  /// Uniform in `0..<upperBound` (multiply-shift with rejection, Lemire 2019).
  public mutating func index(below upperBound: Int) -> Int {
    let range = UInt64(upperBound)
    var (high, low) = range.multipliedFullWidth(by: next())
    if low < range {
      let threshold = (0 &- range) % range
      while low < threshold { (high, low) = range.multipliedFullWidth(by: next()) }
    }
    return Int(high)
  }
}
