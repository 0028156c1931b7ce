/// One axis of an area filter: which source positions each target position covers, and how much of it.
///
/// Target `i` of `to` covers the interval [i · from / to, (i + 1) · from / to) of the source axis; a source
/// position weighs the length of its overlap, divided by the interval's length. The overlaps are computed
/// as integers in units of 1 / to, so that coverage is exact for every pair of sizes.
struct AreaAxis: Sendable {
  /// First source position of each target.
  let starts: [Int]
  /// Where each target's weights begin in `weights`; one entry more than there are targets.
  let offsets: [Int]
  /// Weights of all targets, one after the other; each target's add up to 1.
  let weights: [Float]

  init(from: Int, to: Int) {
    var starts: [Int] = []
    var offsets = [0]
    var weights: [Float] = []
    starts.reserveCapacity(to)
    offsets.reserveCapacity(to + 1)
    weights.reserveCapacity(from + to)
    for target in 0..<to {
      let begin = target * from
      let end = begin + from
      let first = begin / to
      var position = first
      while position * to < end {
        let overlap = min(end, (position + 1) * to) - max(begin, position * to)
        weights.append(Float(Double(overlap) / Double(from)))
        position += 1
      }
      starts.append(first)
      offsets.append(weights.count)
    }
    self.starts = starts
    self.offsets = offsets
    self.weights = weights
  }

  /// One past the last source position of `target`.
  func end(_ target: Int) -> Int { starts[target] + offsets[target + 1] - offsets[target] }
}

/// Separable area (box) filter with exact fractional coverage between two picture sizes.
///
/// target[i, j] = Σ_y Σ_x v[i, y] · h[j, x] · source[y, x], where v and h are the shares of row y and column x in the
/// rectangle that the target's sample covers. The mean of the picture is preserved. When it enlarges, a target sample
/// lies within one source sample or mixes the neighbours it touches. Built once and used for every frame: cost is
/// one multiply-add per source value, vectorised, plus one per target row and source column.
public struct AreaResampler: Sendable {
  public let from: (rows: Int, columns: Int)
  public let to: (rows: Int, columns: Int)
  public let channels: Int
  let vertical: AreaAxis
  let horizontal: AreaAxis

  /// Stops the program when a side or `channels` is below 1 or above 2³¹: sizes of files are checked before.
  public init(from: (rows: Int, columns: Int), to: (rows: Int, columns: Int), channels: Int) {
    let sides = [from.rows, from.columns, to.rows, to.columns, channels]
    precondition(
      sides.allSatisfy { (1...(1 << 31)).contains($0) },
      "An area filter needs sides of at least 1, not \(from) to \(to) with \(channels) channels.")
    self.from = from
    self.to = to
    self.channels = channels
    vertical = AreaAxis(from: from.rows, to: to.rows)
    horizontal = AreaAxis(from: from.columns, to: to.columns)
  }

  /// Filters `from.rows · from.columns · channels` values into `to.rows · to.columns · channels`; the two must not overlap.
  public func resample(_ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>) {
    let width = from.columns * channels
    let targetWidth = to.columns * channels
    withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { sum in
      let sum = sum.baseAddress!
      for row in 0..<to.rows {
        var sourceRow = vertical.starts[row]
        for tap in vertical.offsets[row]..<vertical.offsets[row + 1] {
          Self.accumulate(
            source + sourceRow * width, weight: vertical.weights[tap], first: tap == vertical.offsets[row],
            count: width, into: sum)
          sourceRow += 1
        }
        finishRow(sum, into: target + row * targetWidth)
      }
    }
  }

  /// sum[j] = weight · row[j] for the first row of a target's interval, sum[j] += weight · row[j] for the others.
  static func accumulate(
    _ row: UnsafePointer<Float>, weight: Float, first: Bool, count: Int, into sum: UnsafeMutablePointer<Float>
  ) {
    if first {
      for j in 0..<count { sum[j] = weight * row[j] }
    } else {
      for j in 0..<count { sum[j] += weight * row[j] }
    }
  }

  /// The horizontal half: one row of column sums `[from.columns, channels]` into `[to.columns, channels]`.
  func finishRow(_ sum: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>) {
    horizontal.weights.withUnsafeBufferPointer { weights in
      for column in 0..<to.columns {
        let begin = horizontal.offsets[column]
        let taps = horizontal.offsets[column + 1] - begin
        for channel in 0..<channels {
          var value: Float = 0
          var position = horizontal.starts[column] * channels + channel
          for tap in 0..<taps {
            value += weights[begin + tap] * sum[position]
            position += channels
          }
          target[column * channels + channel] = value
        }
      }
    }
  }
}
