/// A picture as pixels: 8-bit RGB, row by row.
public struct Raster: Hashable, Sendable {
  public let width: Int
  public let height: Int
  /// Three bytes a pixel.
  public let pixels: [UInt8]

  /// - Returns: nil unless `pixels` holds exactly 3 × width × height bytes.
  public init?(width: Int, height: Int, pixels: [UInt8]) {
    guard width >= 0, height >= 0 else { return nil }
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    let (bytes, overflow2) = area.multipliedReportingOverflow(by: 3)
    guard !overflow, !overflow2, pixels.count == bytes else { return nil }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// - Returns: nil unless `grey` holds exactly width × height bytes.
  public init?(width: Int, height: Int, grey: [UInt8]) {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(grey.count * 3)
    for value in grey {
      pixels.append(value)
      pixels.append(value)
      pixels.append(value)
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// One colour everywhere.
  public init(width: Int, height: Int, color: RGB) {
    let w = min(max(width, 0), 1 << 14)
    let h = min(max(height, 0), 1 << 14)
    var pixels = [UInt8](repeating: color.r, count: 3 * w * h)
    if color.g != color.r || color.b != color.r {
      for index in stride(from: 0, to: pixels.count, by: 3) {
        pixels[index + 1] = color.g
        pixels[index + 2] = color.b
      }
    }
    self.width = w
    self.height = h
    self.pixels = pixels
  }

  /// The pixel at a place; black outside.
  public subscript(x: Int, y: Int) -> RGB {
    guard x >= 0, y >= 0, x < width, y < height else { return RGB(0, 0, 0) }
    let at = 3 * (y * width + x)
    return RGB(pixels[at], pixels[at + 1], pixels[at + 2])
  }

  /// The picture at another size, every pixel the mean of the area it covers: smooth when it shrinks, crisp squares
  /// when it grows.
  ///
  /// - Complexity: O(pixels read + pixels written).
  public func scaled(toWidth newWidth: Int, height newHeight: Int) -> Raster {
    let w = min(max(newWidth, 0), 1 << 14)
    let h = min(max(newHeight, 0), 1 << 14)
    if w == width, h == height { return self }
    guard width > 0, height > 0, w > 0, h > 0 else { return Raster(width: w, height: h, color: RGB(0, 0, 0)) }
    if w >= width, h >= height { return Raster(width: w, height: h, pixels: Raster.grown(pixels, 3, width, height, toWidth: w, h)) ?? self }
    // Both axes one after the other: columns first, in 16-bit precision.
    let horizontal = Raster.weights(from: width, to: w)
    let vertical = Raster.weights(from: height, to: h)
    var rows = [Float](repeating: 0, count: 3 * w * height)
    var output = [UInt8](repeating: 0, count: 3 * w * h)
    pixels.withUnsafeBufferPointer { input in
      rows.withUnsafeMutableBufferPointer { rows in
        for y in 0..<height {
          for x in 0..<w {
            var red: Float = 0
            var green: Float = 0
            var blue: Float = 0
            for tap in horizontal[x] {
              let at = 3 * (y * width + tap.index)
              red += tap.weight * Float(input[at])
              green += tap.weight * Float(input[at + 1])
              blue += tap.weight * Float(input[at + 2])
            }
            let at = 3 * (y * w + x)
            rows[at] = red
            rows[at + 1] = green
            rows[at + 2] = blue
          }
        }
        output.withUnsafeMutableBufferPointer { output in
          for y in 0..<h {
            for x in 0..<(3 * w) {
              var sum: Float = 0.5
              for tap in vertical[y] { sum += tap.weight * rows[3 * w * tap.index + x] }
              output[3 * w * y + x] = UInt8(min(max(sum, 0), 255))
            }
          }
        }
      }
    }
    return Raster(width: w, height: h, pixels: output) ?? self
  }

  private struct Tap {
    let index: Int
    let weight: Float
  }

  /// For each new pixel the old ones it covers, with the part of it that each one fills.
  private static func weights(from old: Int, to new: Int) -> [[Tap]] {
    let scale = Double(old) / Double(new)
    return (0..<new).map { position in
      // Growing: the nearest pixel alone, so that a cell of a small picture stays one flat square.
      if scale <= 1 { return [Tap(index: min(old - 1, Int((Double(position) + 0.5) * scale)), weight: 1)] }
      let start = Double(position) * scale
      let end = min(Double(old), start + scale)
      var taps: [Tap] = []
      var index = Int(start)
      while index < old, Double(index) < end {
        let part = min(end, Double(index + 1)) - max(start, Double(index))
        if part > 1e-9 { taps.append(Tap(index: index, weight: Float(part / (end - start)))) }
        index += 1
      }
      return taps.isEmpty ? [Tap(index: min(old - 1, Int(start)), weight: 1)] : taps
    }
  }
}

/// A picture at its place on the screen.
public struct PlacedPicture: Hashable, Sendable {
  /// At the size that it has on the screen or any other one, which is sampled.
  public let raster: Raster
  /// In cells.
  public let rect: Rect
  /// The same number means the same pane from frame to frame.
  public let id: Int

  public init(raster: Raster, rect: Rect, id: Int) {
    self.raster = raster
    self.rect = rect
    self.id = id
  }
}
