import Foundation
import Testing

@testable import Signals

@Suite struct MetricsTests {
  private func noisy(_ signal: Signal, _ amplitude: Float) -> Signal {
    var generator = FixedGenerator(state: 99)
    var result = signal
    for index in result.samples.indices { result.samples[index] += Float.random(in: -amplitude...amplitude, using: &generator) }
    return result
  }

  private func clamp(_ value: Float) -> Double { Double(min(1, max(0, value))) }

  @Test(arguments: [(1, 1, 1), (3, 5, 1), (8, 8, 3), (31, 17, 3)])
  func errorIsTheMeanOfClampedSquares(_ rows: Int, _ columns: Int, _ channels: Int) {
    let a = pattern(rows: rows, columns: columns, channels: channels)
    let b = noisy(a, 0.7)
    let plain = zip(a.samples, b.samples).map { pow(clamp($0) - clamp($1), 2) }.reduce(0, +) / Double(a.samples.count)
    #expect(abs(Metrics.meanSquaredError(a, b) - plain) <= 1e-12)
    #expect(Metrics.meanSquaredError(a, a) == 0)
  }

  @Test func psnrFormula() {
    #expect(Metrics.psnr(meanSquaredError: 0) == .infinity)
    #expect(abs(Metrics.psnr(meanSquaredError: 0.01) - 20) < 1e-12)
    #expect(abs(Metrics.psnr(meanSquaredError: 0.01, range: 2) - (20 + 20 * log10(2))) < 1e-12)
    #expect(Metrics.psnr(meanSquaredError: 1) == 0)
    #expect(Metrics.psnr(meanSquaredError: .nan).isNaN)
  }

  @Test func valuesThatAreNotNumbersShow() {
    let a = pattern(rows: 9, columns: 9, channels: 1)
    var b = a
    b.samples[40] = .nan
    #expect(Metrics.meanSquaredError(a, b).isNaN)
    #expect(Metrics.ssim(a, b) == nil)
    b.samples[40] = .infinity
    #expect(Metrics.meanSquaredError(a, b).isFinite)
  }

  /// Window by window, two passes, as the definition reads.
  private func plainSSIM(_ a: Signal, _ b: Signal) -> Double {
    let (rows, columns) = (a.shape[0], a.shape[1])
    var total = 0.0
    var count = 0.0
    for channel in 0..<a.channels {
      for y in 0...(rows - 7) {
        for x in 0...(columns - 7) {
          var first: [Double] = []
          var second: [Double] = []
          for j in 0..<7 {
            for i in 0..<7 {
              let index = ((y + j) * columns + x + i) * a.channels + channel
              first.append(clamp(a.samples[index]))
              second.append(clamp(b.samples[index]))
            }
          }
          let meanA = first.reduce(0, +) / 49
          let meanB = second.reduce(0, +) / 49
          let varianceA = first.map { pow($0 - meanA, 2) }.reduce(0, +) / 48
          let varianceB = second.map { pow($0 - meanB, 2) }.reduce(0, +) / 48
          let covariance = zip(first, second).map { ($0 - meanA) * ($1 - meanB) }.reduce(0, +) / 48
          total +=
            (2 * meanA * meanB + 1e-4) * (2 * covariance + 9e-4)
            / ((meanA * meanA + meanB * meanB + 1e-4) * (varianceA + varianceB + 9e-4))
          count += 1
        }
      }
    }
    return total / count
  }

  @Test(arguments: [(7, 7, 1), (7, 30, 1), (40, 8, 3), (33, 47, 3)])
  func ssimEqualsItsDefinition(_ rows: Int, _ columns: Int, _ channels: Int) throws {
    let a = pattern(rows: rows, columns: columns, channels: channels)
    for amplitude: Float in [0, 0.02, 0.3, 1] {
      let b = noisy(a, amplitude)
      #expect(abs(try #require(Metrics.ssim(a, b)) - plainSSIM(a, b)) < 1e-10)
    }
    #expect(Metrics.ssim(a, a).map { abs($0 - 1) < 1e-12 } == true)
  }

  @Test func ssimIsUndefinedUnderSeven() {
    for shape in [[6, 7], [7, 6], [1, 1], [49], [7, 7, 7]] {
      let signal = Signal(shape: shape, channels: 1, samples: [Float](repeating: 0, count: shape.reduce(1, *)))
      #expect(Metrics.ssim(signal, signal) == nil)
    }
  }

}
