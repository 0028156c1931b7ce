extension ColorMap {
  /// Blue over black to orange: signed differences on dark screens, where nothing is black and any difference shines.
  /// Blue and orange stay apart for every kind of colour vision, and both sides grow brighter alike.
  public static let difference = ColorMap(
    name: "difference", anchors: [0xC9E8FF, 0x74BDF2, 0x3388CC, 0x1A4A78, 0x08090C, 0x6B3413, 0xB9642A, 0xEFA35E, 0xFFDFBD])

  /// Blue over white to red: signed differences and weights, as printed.
  public static let balance = ColorMap(
    name: "balance", anchors: [0x10305F, 0x235F9F, 0x5D97C9, 0xAFCFE5, 0xF7F6F4, 0xF3C3AA, 0xDB8067, 0xB0433C, 0x661521])

  /// A picture of values of any range, row by row; nil unless there are width × height of them. For signed numbers give
  /// a range around zero. In a range of no width all are the map's middle. NaN is the lowest.
  public func raster(width: Int, height: Int, values: [Float], in range: ClosedRange<Float>) -> Raster? {
    let span = range.upperBound / 2 - range.lowerBound / 2
    guard span > 0, span.isFinite else {
      return raster(width: width, height: height, values: values) { $0.isNaN ? $0 : 0.5 }
    }
    return raster(width: width, height: height, values: values) { ($0 / 2 - range.lowerBound / 2) / span }
  }

  /// All colours from low at the left to high at the right.
  public func strip(width: Int, height: Int = 1) -> Raster {
    let w = min(max(width, 0), Frame.maximumWidth)
    let h = min(max(height, 0), Frame.maximumHeight)
    let row = (0..<w).flatMap { x in
      let color = self[w > 1 ? Double(x) / Double(w - 1) : 0.5]
      return [color.r, color.g, color.b]
    }
    let pixels = (0..<h).flatMap { _ in row }
    return Raster(width: w, height: h, pixels: pixels) ?? Raster(width: w, height: h, color: RGB(0, 0, 0))
  }
}

extension Frame {
  /// Explains a colour map: its colours, and beneath them the least, the middle and the greatest value. In a single row
  /// the outer values stand at the sides.
  ///
  /// - Parameter id: of the picture, as in `place`.
  public mutating func legend(
    _ map: ColorMap, in rect: Rect, low: String, middle: String = "", high: String, style: Style, id: Int
  ) {
    guard !rect.isEmpty, rect.width <= Frame.maximumWidth, rect.height <= Frame.maximumHeight else { return }
    let left = glyphs.columns(of: low)
    let right = glyphs.columns(of: high)
    if rect.height == 1 {
      let hasLabels = rect.width >= left + right + 2 + 4
      let strip = Rect(
        x: rect.x + (hasLabels ? left + 1 : 0), y: rect.y, width: rect.width - (hasLabels ? left + right + 2 : 0), height: 1)
      if hasLabels {
        put(low, x: rect.x, y: rect.y, style)
        put(high, x: strip.maxX + 1, y: rect.y, style)
      }
      place(map.strip(width: strip.width, height: 2), in: strip, id: id)
      return
    }
    let parts = rect.split(bottom: 1)
    place(map.strip(width: rect.width, height: 2 * parts.rest.height), in: parts.rest, id: id)
    let row = parts.bottom
    guard left + right < row.width else { return }
    put(low, x: row.x, y: row.y, style)
    put(high, x: row.maxX - right, y: row.y, style)
    let columns = glyphs.columns(of: middle)
    let start = (row.width - columns) / 2
    if start > left, start + columns < row.width - right { put(middle, x: row.x + start, y: row.y, style) }
  }
}
