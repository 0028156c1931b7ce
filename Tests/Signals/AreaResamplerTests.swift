import Testing

@testable import Signals

@Suite struct AreaResamplerTests {
  /// The integral of the source over each target's rectangle, sample by sample in Double.
  private func plain(_ source: Signal, rows: Int, columns: Int) -> [Float] {
    let fromRows = source.shape[0]
    let fromColumns = source.shape[1]
    func overlap(_ target: Int, _ position: Int, from: Int, to: Int) -> Double {
      let scale = Double(from) / Double(to)
      let begin = max(Double(target) * scale, Double(position))
      let end = min(Double(target + 1) * scale, Double(position + 1))
      return max(0, end - begin) / scale
    }
    var result: [Float] = []
    for y in 0..<rows {
      for x in 0..<columns {
        for channel in 0..<source.channels {
          var sum = 0.0
          for sourceY in 0..<fromRows {
            for sourceX in 0..<fromColumns {
              let weight =
                overlap(y, sourceY, from: fromRows, to: rows) * overlap(x, sourceX, from: fromColumns, to: columns)
              sum += weight * Double(source.samples[(sourceY * fromColumns + sourceX) * source.channels + channel])
            }
          }
          result.append(Float(sum))
        }
      }
    }
    return result
  }

  @Test(arguments: [(7, 5), (13, 17), (1, 1), (20, 30), (26, 34), (3, 40), (40, 3)], [1, 3])
  func equalsThePlainIntegral(_ size: (Int, Int), _ channels: Int) {
    let source = pattern(rows: 13, columns: 17, channels: channels)
    let resized = source.resized(rows: size.0, columns: size.1)
    #expect(distance(resized.samples, plain(source, rows: size.0, columns: size.1)) < 2e-6)
  }

  @Test func integerRatiosAreBlockMeans() {
    let source = Signal(shape: [2, 4], channels: 1, samples: [1, 3, 5, 7, 9, 11, 13, 15])
    #expect(source.resized(rows: 1, columns: 2).samples == [6, 10])
    #expect(source.resized(rows: 2, columns: 4) == source)
    #expect(Signal(shape: [1, 2], channels: 1, samples: [1, 2]).resized(rows: 2, columns: 4).samples == [1, 1, 2, 2, 1, 1, 2, 2])
  }

  @Test func theMeanIsPreserved() {
    let source = pattern(rows: 101, columns: 67, channels: 1)
    let mean = source.samples.map(Double.init).reduce(0, +) / Double(source.samples.count)
    for (rows, columns) in [(50, 30), (7, 66), (202, 99), (1, 1)] {
      let resized = source.resized(rows: rows, columns: columns).samples
      #expect(abs(resized.map(Double.init).reduce(0, +) / Double(resized.count) - mean) < 1e-6)
    }
  }

  @Test func weightsOfEachTargetAddUpToOne() {
    for (from, to) in [(512, 60), (60, 512), (8192, 1448), (1, 9), (9, 1), (427, 426)] {
      let axis = AreaAxis(from: from, to: to)
      for target in 0..<to {
        let sum = axis.weights[axis.offsets[target]..<axis.offsets[target + 1]].reduce(0, +)
        #expect(abs(sum - 1) < 1e-5)
        #expect(axis.end(target) <= from)
      }
    }
  }

}
