import Kernels

/// What is written beside a map.
public struct FeatureStatistics: Equatable, Sendable {
  public let least, greatest, mean: Float
  /// Standard deviation σ over the points.
  public let deviation: Float

  /// In double precision; NaN for no values, or where one of them is.
  public init(_ values: some Collection<Float>) {
    guard let first = values.first else {
      (least, greatest, mean, deviation) = (.nan, .nan, .nan, .nan)
      return
    }
    var (low, high) = (first, first)
    var (sum, squares) = (0.0, 0.0)
    // Differences from a value of the map: a small σ around a large mean keeps its digits.
    let origin = Double(first)
    for value in values {
      low = min(low, value)
      high = max(high, value)
      let difference = Double(value) - origin
      sum += difference
      squares += difference * difference
    }
    let count = Double(values.count)
    let shift = sum / count
    guard shift.isFinite else {
      (least, greatest, mean, deviation) = (.nan, .nan, .nan, .nan)
      return
    }
    (least, greatest, mean) = (low, high, Float(origin + shift))
    deviation = Float(max(0, squares / count - shift * shift).squareRoot())
  }
}

extension FeatureMap {
  public var statistics: [FeatureStatistics] { units.indices.map { FeatureStatistics(self[$0]) } }

  /// The units, those with the largest σ first; of equals the first.
  public var mostActive: [Int] { ordered(statistics.map { -$0.deviation }) }

  /// The units, those least like all others first: by the mean over the other units of the correlation's magnitude,
  /// `|Σ (a − ā)(b − b̄)| / (n σ_a σ_b)`. Units that are constant come last. Takes `units² · points` multiplications.
  public var mostDifferent: [Int] {
    let statistics = statistics
    let (count, points) = (units.count, self.count)
    let normalised = AlignedBuffer(count: count * points)
    // Rounding leaves a constant map a σ of its own.
    let varies = statistics.map { $0.deviation > 1e-6 * max(abs($0.least), abs($0.greatest)) }
    for unit in units.indices where varies[unit] {
      let (mean, scale) = (statistics[unit].mean, 1 / (statistics[unit].deviation * Float(points).squareRoot()))
      for (point, value) in self[unit].enumerated() { normalised.floats[unit * points + point] = (value - mean) * scale }
    }
    let correlations = AlignedBuffer(count: count * count)
    Parallel(threads: 1).forEach(chunks: 1) { _, _ in
      matrixProduct(
        .plain, .transposed, m: count, n: count, k: points, normalised.floats, lda: points, normalised.floats,
        ldb: points, correlations.floats, ldc: count)
    }
    return ordered(units.indices.map { unit in
      guard varies[unit] else { return .infinity }
      return units.indices.reduce(0) { $1 == unit ? $0 : $0 + abs(correlations.floats[unit * count + $1]) }
    })
  }

  /// The units by ascending keys; NaN last.
  private func ordered(_ keys: [Float]) -> [Int] {
    let keys = keys.map { $0.isNaN ? .infinity : $0 }
    return units.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { units[$0] }
  }
}
