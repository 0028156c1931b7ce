extension Raster {
  /// A part of the picture at some size, for zooming. What lies outside of the picture is black.
  ///
  /// - Parameters:
  ///   - part: in pixels of this picture.
  ///   - isSmooth: every pixel is the mean of the area it covers; else the nearest one, as single pixels are looked at.
  /// - Complexity: O(pixels of the part + pixels of the result); O(pixels of the result) unless it is smooth and shrinks.
  public func scaled(from part: Rect, toWidth newWidth: Int, height newHeight: Int, isSmooth: Bool = true) -> Raster {
    let w = min(max(newWidth, 0), 1 << 14)
    let h = min(max(newHeight, 0), 1 << 14)
    let visible = part.intersection(Rect(x: 0, y: 0, width: width, height: height))
    guard w > 0, h > 0, !visible.isEmpty else { return Raster(width: w, height: h, color: RGB(0, 0, 0)) }
    if isSmooth, visible == part, part.width > w || part.height > h {
      return cropped(to: part).scaled(toWidth: w, height: h)
    }
    if isSmooth, visible != part, part.width > w || part.height > h {
      // Its own share of the result; the rest stays black.
      let left = (visible.x - part.x) * w / part.width
      let top = (visible.y - part.y) * h / part.height
      let right = max(left + 1, (visible.maxX - part.x) * w / part.width)
      let bottom = max(top + 1, (visible.maxY - part.y) * h / part.height)
      let inner = cropped(to: visible).scaled(toWidth: right - left, height: bottom - top)
      return Raster(width: w, height: h, color: RGB(0, 0, 0)).covered(by: inner, x: left, y: top)
    }
    let columns = Raster.nearest(part.x, part.width, to: w, below: width)
    if visible == part {
      let rows = Raster.nearest(part.y, part.height, to: h, below: height)
      return Raster(width: w, height: h, pixels: Raster.sampled(pixels, 3, width, columns.map { $0 ?? 0 }, rows.map { $0 ?? 0 })) ?? self
    }
    var output = [UInt8](repeating: 0, count: 3 * w * h)
    for (y, row) in Raster.nearest(part.y, part.height, to: h, below: height).enumerated() {
      guard let row else { continue }
      for (x, column) in columns.enumerated() {
        guard let column else { continue }
        let from = 3 * (row * width + column)
        let to = 3 * (y * w + x)
        output[to] = pixels[from]
        output[to + 1] = pixels[from + 1]
        output[to + 2] = pixels[from + 2]
      }
    }
    return Raster(width: w, height: h, pixels: output) ?? self
  }

  /// For each new position the old one under its middle; nil outside of the picture.
  private static func nearest(_ start: Int, _ length: Int, to new: Int, below limit: Int) -> [Int?] {
    (0..<new).map { position in
      let old = start + (2 * position + 1) * length / (2 * new)
      return old >= 0 && old < limit ? old : nil
    }
  }

  /// Pixels of some bytes at a larger size, every new one that under its middle.
  ///
  /// - Complexity: O(bytes written).
  static func grown(_ pixels: [UInt8], _ bytes: Int, _ width: Int, _ height: Int, toWidth newWidth: Int, _ newHeight: Int) -> [UInt8] {
    sampled(
      pixels, bytes, width, nearest(0, width, to: newWidth, below: width).map { $0 ?? 0 },
      nearest(0, height, to: newHeight, below: height).map { $0 ?? 0 })
  }

  /// Some columns of some rows, one after the other; all of them must be there.
  private static func sampled(_ pixels: [UInt8], _ bytes: Int, _ width: Int, _ columns: [Int], _ rows: [Int]) -> [UInt8] {
    let stride = bytes * columns.count
    return [UInt8](unsafeUninitializedCapacity: stride * rows.count) { output, count in
      pixels.withUnsafeBufferPointer { pixels in
        columns.withUnsafeBufferPointer { columns in
          for (y, row) in rows.enumerated() {
            let to = output.baseAddress! + y * stride
            if y > 0, rows[y - 1] == row {
              to.initialize(from: to - stride, count: stride)
              continue
            }
            let from = pixels.baseAddress! + row * width * bytes
            if bytes == 1 {
              for x in columns.indices { to[x] = from[columns[x]] }
            } else {
              for x in columns.indices { for byte in 0..<bytes { to[x * bytes + byte] = from[columns[x] * bytes + byte] } }
            }
          }
        }
      }
      count = stride * rows.count
    }
  }

  /// The pixels of a rectangle, as far as it lies within the picture.
  public func cropped(to part: Rect) -> Raster {
    let visible = part.intersection(Rect(x: 0, y: 0, width: width, height: height))
    if visible.isEmpty { return Raster(width: 0, height: 0, color: RGB(0, 0, 0)) }
    if visible.width == width, visible.height == height { return self }
    var output: [UInt8] = []
    output.reserveCapacity(3 * visible.width * visible.height)
    for y in visible.y..<visible.maxY {
      let start = 3 * (y * width + visible.x)
      output += pixels[start..<start + 3 * visible.width]
    }
    return Raster(width: visible.width, height: visible.height, pixels: output) ?? self
  }

  /// Two pictures side by side in one place: columns before `column` from this one, the rest from the other, which is
  /// brought to the same size if it has another.
  public func wiped(with other: Raster, at column: Int) -> Raster {
    let other = other.scaled(toWidth: width, height: height)
    guard other.pixels.count == pixels.count else { return self }
    let cut = 3 * min(max(column, 0), width)
    var output: [UInt8] = []
    output.reserveCapacity(pixels.count)
    for y in 0..<height {
      let start = 3 * y * width
      output += pixels[start..<start + cut]
      output += other.pixels[start + cut..<start + 3 * width]
    }
    return Raster(width: width, height: height, pixels: output) ?? self
  }

  /// This picture with another one over it, which must lie within.
  private func covered(by other: Raster, x: Int, y: Int) -> Raster {
    var output = pixels
    let columns = max(0, min(other.width, width - x))
    for row in 0..<max(0, min(other.height, height - y)) {
      let to = 3 * ((y + row) * width + x)
      let from = 3 * row * other.width
      output.replaceSubrange(to..<to + 3 * columns, with: other.pixels[from..<from + 3 * columns])
    }
    return Raster(width: width, height: height, pixels: output) ?? self
  }
}
