import Testing

@testable import Explorer

@Suite struct ColorScaleTests {
  /// The same in every run.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64 = 1

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ state >> 29) &* 0x9E37_79B9_7F4A_7C15
    }
  }

  /// The definition by sorting: the least step that is not below all but 2 % of the magnitudes.
  private func sorted(_ values: [Float], previous: Double?) -> Double? {
    let sorted = values.filter(\.isFinite).map(\.magnitude).sorted()
    guard !sorted.isEmpty else { return previous }
    let high = Double(sorted[min(sorted.count - 1, sorted.count * 98 / 100)])
    if let previous, high <= previous, high > previous / 4 { return previous }
    return [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].first { $0 >= high } ?? 1
  }

  @Test func isThatOfSortedMagnitudes() {
    var random = Numbers()
    for count in [0, 1, 2, 49, 50, 51, 100, 1_000] {
      for scale in [1e-5, 0.003, 0.04, 0.3, 5] as [Float] {
        var values = (0..<count).map { _ in Float.random(in: -scale...scale, using: &random) }
        if count > 2 { (values[0], values[1]) = (.nan, .infinity) }
        for previous in [nil, 0.001, 0.02, 0.5] as [Double?] {
          #expect(ColorScale.following(values, previous: previous) == sorted(values, previous: previous), "\(count) up to \(scale)")
        }
      }
    }
  }
}
