/// What the ends of a colour map stand for, in steps of 1, 2 and 5.
enum ColorScale {
  /// A scale for magnitudes that is kept while it serves: it follows up at once and down late, so that colours keep their
  /// meaning for a while. Of the values 2 % may lie above it. The first one fits; without values it stays.
  static func following(_ values: [Float], previous: Double?) -> Double? {
    let sorted = values.lazy.filter(\.isFinite).map(\.magnitude).sorted()
    guard !sorted.isEmpty else { return previous }
    let high = Double(sorted[min(sorted.count - 1, sorted.count * 98 / 100)])
    if let previous, high <= previous, high >= previous / 4 { return previous }
    return [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].first { $0 >= high } ?? 1
  }
}
