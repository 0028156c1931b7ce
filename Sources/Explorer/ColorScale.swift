/// What the ends of a colour map stand for, in steps of 1, 2 and 5.
enum ColorScale {
  /// A scale for magnitudes that is kept while it serves: it follows up at once and down late, so that colours keep their
  /// meaning for a while. Of the values 2 % may lie above it. The first one fits; without values it stays.
  static func following(_ values: [Float], previous: Double?) -> Double? {
    /// How many lie above; infinite ones and what is no number are none.
    func count(above limit: Double) -> Int {
      let limit = Float(limit)
      return values.reduce(0) { $0 + ($1.magnitude > limit && $1.isFinite ? 1 : 0) }
    }
    let finite = values.reduce(0) { $0 + ($1.isFinite ? 1 : 0) }
    guard finite > 0 else { return previous }
    let most = finite - 1 - min(finite - 1, finite * 98 / 100)
    if let previous, count(above: previous) <= most, count(above: previous / 4) > most { return previous }
    return [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].first { count(above: $0) <= most } ?? 1
  }
}
