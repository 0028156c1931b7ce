/// What a configuration costs, computed from its formulas alone (MODELS: "What counts as a MAC").
public struct Cost: Codable, Equatable, Sendable {
  public var parameters: Int
  /// Multiply-accumulates per sample under the model's default convention, averaged over the data.
  public var macs: Double
  /// The same under every named convention.
  public var macsByConvention: [String: Double]
  /// Sines per sample.
  public var sines: Double
  /// Floating-point operations of this engine's matrix products in one full training step.
  public var flopPerStep: Double
  /// The part of it that a step takes however small its batch is.
  public var sharedFlopPerStep = 0.0

  /// Bytes of the parameters as float32.
  public var bytes: Int { parameters * 4 }

  /// Floating-point operations of a step that sees a part of the samples, 0 to 1.
  public func flopPerStep(part: Double) -> Double { sharedFlopPerStep + (flopPerStep - sharedFlopPerStep) * part }
}

/// Matrix products of one shape that a full training step does: what plain products of the same shapes are timed for.
public struct ProductShape: Equatable, Sendable {
  /// `C [m, n] = A [m, k] · B [k, n]`.
  public let m, n, k: Int
  /// How many a step.
  public let count: Double

  public init(m: Int, n: Int, k: Int, count: Double) {
    (self.m, self.n, self.k, self.count) = (m, n, k, count)
  }
}
