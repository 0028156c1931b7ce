/// Structural similarity of one channel by box sums.
///
/// Five moments (a, b, a², b², a·b) are summed over the 7 rows of a window for each column; moving down a row adds one
/// row and takes one away. The 7 columns are then summed afresh, so that errors do not travel along a row.
enum SSIM {
  /// Side of the window.
  static let window = 7

  /// Mean SSIM over all windows inside the picture; rows and columns are at least ``window``.
  static func mean(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, rows: Int, columns: Int, channel: Int, channels: Int
  ) -> Double {
    let stride = columns * channels
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 7 * columns) { memory in
      memory.initialize(repeating: 0)
      let sums = Moments(memory.baseAddress!, columns: columns)
      let rowA = memory.baseAddress! + 5 * columns
      let rowB = memory.baseAddress! + 6 * columns
      func load(_ row: Int) {
        let first = a + row * stride + channel
        let second = b + row * stride + channel
        for x in 0..<columns {
          rowA[x] = Double(Metrics.clamped(first[x * channels]))
          rowB[x] = Double(Metrics.clamped(second[x * channels]))
        }
      }
      var total = 0.0
      for row in 0..<rows {
        load(row)
        sums.add(rowA, rowB, sign: 1)
        guard row >= window - 1 else { continue }
        total += sums.similarity()
        load(row - window + 1)
        sums.add(rowA, rowB, sign: -1)
      }
      return total / (Double(rows - window + 1) * Double(columns - window + 1))
    }
  }
}

/// Column sums of the five moments over the rows of a window, `[columns]` each.
private struct Moments {
  let columns: Int
  let a: UnsafeMutablePointer<Double>
  let b: UnsafeMutablePointer<Double>
  let aa: UnsafeMutablePointer<Double>
  let bb: UnsafeMutablePointer<Double>
  let ab: UnsafeMutablePointer<Double>

  init(_ memory: UnsafeMutablePointer<Double>, columns: Int) {
    self.columns = columns
    a = memory
    b = memory + columns
    aa = memory + 2 * columns
    bb = memory + 3 * columns
    ab = memory + 4 * columns
  }

  /// Adds (`sign` 1) or takes away (−1) a row.
  func add(_ rowA: UnsafePointer<Double>, _ rowB: UnsafePointer<Double>, sign: Double) {
    for x in 0..<columns {
      let first = rowA[x]
      let second = rowB[x]
      a[x] += sign * first
      b[x] += sign * second
      aa[x] += sign * first * first
      bb[x] += sign * second * second
      ab[x] += sign * first * second
    }
  }

  /// Σ of the index over the windows of this row:
  /// (2 μa μb + C₁)(2 σab + C₂) / ((μa² + μb² + C₁)(σa² + σb² + C₂)), C₁ = 0.01², C₂ = 0.03².
  func similarity() -> Double {
    let samples = Double(SSIM.window * SSIM.window)
    let scale = 1 / samples
    let unbiased = samples / (samples - 1)
    let c1 = 0.01 * 0.01
    let c2 = 0.03 * 0.03
    var total = 0.0
    for x in 0...(columns - SSIM.window) {
      let meanA = boxSum(a + x) * scale
      let meanB = boxSum(b + x) * scale
      let varianceA = unbiased * (boxSum(aa + x) * scale - meanA * meanA)
      let varianceB = unbiased * (boxSum(bb + x) * scale - meanB * meanB)
      let covariance = unbiased * (boxSum(ab + x) * scale - meanA * meanB)
      total +=
        (2 * meanA * meanB + c1) * (2 * covariance + c2)
        / ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2))
    }
    return total
  }

  @inline(__always)
  private func boxSum(_ p: UnsafePointer<Double>) -> Double {
    (p[0] + p[1]) + (p[2] + p[3]) + (p[4] + p[5]) + p[6]
  }
}
