import Kernels

/// The order in which a network keeps its samples: a map from raster order (row-major over the axes) to the network's
/// native order.
///
/// All models here have orders that are sums over the axes, `native(x) = Σ_a offset_a[x_a]`: hierarchical digits, tiles,
/// plain raster. So a table an axis is enough, however many samples there are. Axes may be padded; padded positions
/// belong to the native order and to no sample.
public struct SampleOrder: Equatable, Sendable {
  /// Samples an axis.
  public let shape: [Int]
  /// Positions an axis, padding included.
  public let paddedShape: [Int]
  /// What a coordinate contributes to the native index, an axis.
  public let offsets: [[Int]]

  public init(shape: [Int], paddedShape: [Int], offsets: [[Int]]) {
    self.shape = shape
    self.paddedShape = paddedShape
    self.offsets = offsets
  }

  /// Raster order itself.
  public static func raster(shape: [Int]) -> SampleOrder {
    var stride = 1
    var offsets: [[Int]] = []
    for size in shape.reversed() {
      let step = stride
      offsets.insert((0..<size).map { $0 * step }, at: 0)
      stride *= size
    }
    return SampleOrder(shape: shape, paddedShape: shape, offsets: offsets)
  }

  /// Number of samples.
  public var sampleCount: Int { shape.reduce(1, *) }
  /// Number of positions in native order, padding included.
  public var nativeCount: Int { paddedShape.reduce(1, *) }
  public var isPadded: Bool { shape != paddedShape }

  /// Calls `body(raster, native)` for a run of samples along the last axis: `raster` is the first sample's raster index,
  /// `native` its native index without the last axis' contribution.
  @inline(__always)
  private func forEachRow(_ body: (_ raster: Int, _ native: Int) -> Void) {
    let outer = shape.dropLast()
    let rows = outer.reduce(1, *)
    let length = shape.last ?? 1
    for row in 0..<rows {
      var rest = row
      var native = 0
      for axis in outer.indices.reversed() {
        native += offsets[axis][rest % shape[axis]]
        rest /= shape[axis]
      }
      body(row * length, native)
    }
  }

  /// Permutes raster samples (`channels` values each) to native order. Padded positions are left as they are.
  public func toNative(_ raster: UnsafePointer<Float>, channels: Int, into native: Floats) {
    let last = offsets.last ?? [0]
    let length = shape.last ?? 1
    forEachRow { rasterStart, nativeStart in
      for x in 0..<length {
        let source = (rasterStart + x) * channels
        let target = (nativeStart + last[x]) * channels
        for channel in 0..<channels { native[target + channel] = raster[source + channel] }
      }
    }
  }

  /// Permutes native samples back to raster order; padding is dropped.
  public func toRaster(_ native: Floats, channels: Int, into raster: UnsafeMutablePointer<Float>) {
    let length = shape.last ?? 1
    (offsets.last ?? [0]).withUnsafeBufferPointer { last in
      forEachRow { rasterStart, nativeStart in
        if channels == 1 {
          for x in 0..<length { raster[rasterStart + x] = native.pointer[nativeStart + last[x]] }
        } else {
          for x in 0..<length {
            let target = (rasterStart + x) * channels
            let source = (nativeStart + last[x]) * channels
            for channel in 0..<channels { raster[target + channel] = native.pointer[source + channel] }
          }
        }
      }
    }
  }

  /// 1 for every value of a sample and 0 for padding, in native order; nil when nothing is padded.
  public func weights(channels: Int) -> AlignedBuffer? {
    guard isPadded else { return nil }
    let buffer = AlignedBuffer(count: nativeCount * channels)
    let ones = [Float](repeating: 1, count: sampleCount * channels)
    ones.withUnsafeBufferPointer { toNative($0.baseAddress!, channels: channels, into: buffer.floats) }
    return buffer
  }
}
