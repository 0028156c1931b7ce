#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Distances between a signal and its reconstruction. Values are clamped to [0, 1], not quantised.
public enum Metrics {
  /// Mean squared error, (1/n) · Σ (clamp(aᵢ) − clamp(bᵢ))² over all samples and channels, summed in Double in a fixed
  /// order. 0 for empty signals, NaN when a value is NaN.
  ///
  /// Stops the program when the shapes or channels differ: that is a mistake of the caller.
  public static func meanSquaredError(_ a: Signal, _ b: Signal) -> Double {
    checkShapes(a, b)
    let count = a.samples.count
    guard count > 0 else { return 0 }
    return a.samples.withUnsafeBufferPointer { a in
      b.samples.withUnsafeBufferPointer { b in
        // Eight sums side by side: vectorised, and the same bits on every machine.
        var sums = SIMD8<Double>(repeating: 0)
        let whole = count & ~7
        var index = 0
        while index < whole {
          var difference = SIMD8<Double>()
          for lane in 0..<8 {
            difference[lane] = Double(clamped(a[index + lane])) - Double(clamped(b[index + lane]))
          }
          sums += difference * difference
          index += 8
        }
        var total = sums.sum()
        for index in whole..<count {
          let difference = Double(clamped(a[index])) - Double(clamped(b[index]))
          total += difference * difference
        }
        return total / Double(count)
      }
    }
  }

  /// Peak signal-to-noise ratio in decibels, −10 · log₁₀(MSE / range²); +infinity at an error of 0, NaN at NaN.
  ///
  /// `range` is the distance between the largest and the smallest possible value: 1 for pictures, 2 for sound.
  public static func psnr(meanSquaredError: Double, range: Double = 1) -> Double {
    meanSquaredError == 0 ? .infinity : -10 * log10(meanSquaredError / (range * range))
  }

  /// Structural similarity index (Wang et al. 2004) as scikit-image computes it by default: uniform 7×7 window, sample
  /// covariance (49/48), K₁ = 0.01, K₂ = 0.03, range 1, mean over windows that lie inside (a border of 3 samples is left out)
  /// and over channels. Values are clamped to [0, 1].
  ///
  /// Nil when a side is below 7, the signal does not have two axes, or a value is not a number.
  /// Cost: O(rows · columns) by sliding column sums in Double.
  ///
  /// Stops the program when the shapes or channels differ: that is a mistake of the caller.
  public static func ssim(_ a: Signal, _ b: Signal) -> Double? {
    checkShapes(a, b)
    guard a.shape.count == 2, a.shape[0] >= SSIM.window, a.shape[1] >= SSIM.window, a.channels >= 1 else { return nil }
    var total = 0.0
    a.samples.withUnsafeBufferPointer { first in
      b.samples.withUnsafeBufferPointer { second in
        for channel in 0..<a.channels {
          total += SSIM.mean(
            first.baseAddress!, second.baseAddress!, rows: a.shape[0], columns: a.shape[1], channel: channel,
            channels: a.channels)
        }
      }
    }
    let mean = total / Double(a.channels)
    return mean.isFinite ? mean : nil
  }

  /// `value` within [0, 1]; NaN stays NaN, so that a diverged prediction cannot pass for a good one.
  @inline(__always)
  static func clamped(_ value: Float) -> Float {
    value < 0 ? 0 : (value > 1 ? 1 : value)
  }

  private static func checkShapes(_ a: Signal, _ b: Signal) {
    precondition(
      a.shape == b.shape && a.channels == b.channels,
      "Only signals of one shape are compared, not \(a.shape)×\(a.channels) with \(b.shape)×\(b.channels).")
  }
}
