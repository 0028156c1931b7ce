#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How much of every pixel of a cell a character covers: 0…255, row by row.
///
/// Strokes are as wide as whole pixels and their points are moved to where straight ones have sharp edges, so that text is
/// crisp at any size of a cell; slopes and curves are smooth.
struct GlyphMask {
  let width: Int
  let height: Int
  private(set) var coverage: [UInt8]

  /// A blank one.
  init(cell: PixelSize) {
    (width, height) = (cell.width, cell.height)
    coverage = Array(repeating: 0, count: cell.width * cell.height)
  }

  /// Pixels that the pen of text and lines is wide.
  static func penWidth(_ cell: PixelSize) -> Int {
    max(1, Int((min(Double(cell.width) / 8, Double(cell.height) / 16) * 1.1).rounded()))
  }

  private var pen: Int { GlyphMask.penWidth(PixelSize(width: width, height: height)) }

  // MARK: Areas

  mutating func fill(columns: Range<Int>, rows: Range<Int>, _ value: UInt8 = 255) {
    let columns = columns.clamped(to: 0..<width)
    for y in rows.clamped(to: 0..<height) {
      for x in columns { coverage[y * width + x] = max(coverage[y * width + x], value) }
    }
  }

  /// Covers what lies within, by 4×4 places of every pixel.
  ///
  /// - Parameter contains: of a place in pixels.
  mutating func fill(where contains: (_ x: Double, _ y: Double) -> Bool) {
    for y in 0..<height {
      for x in 0..<width {
        var count = 0
        for part in 0..<16 where contains(Double(x) + (Double(part & 3) + 0.5) / 4, Double(y) + (Double(part >> 2) + 0.5) / 4) {
          count += 1
        }
        cover(x, y, Double(count) / 16)
      }
    }
  }

  mutating func disc(x: Double, y: Double, radius: Double) {
    stroke(from: (x, y), to: (x, y), width: 2 * radius)
  }

  /// Takes away what another one covers.
  mutating func cut(_ other: GlyphMask) {
    for at in coverage.indices { coverage[at] = UInt8(Int(coverage[at]) * Int(255 - other.coverage[at]) / 255) }
  }

  private mutating func cover(_ x: Int, _ y: Int, _ part: Double) {
    let value = UInt8(min(max(part, 0), 1) * 255 + 0.5)
    coverage[y * width + x] = max(coverage[y * width + x], value)
  }

  // MARK: Lines

  /// A line with round ends, in pixels.
  mutating func stroke(from: (x: Double, y: Double), to: (x: Double, y: Double), width lineWidth: Double) {
    let reach = lineWidth / 2 + 1
    func range(_ a: Double, _ b: Double, below limit: Int) -> Range<Int> {
      let low = min(max(Int((min(a, b) - reach).rounded(.down)), 0), limit)
      return low..<min(max(Int((max(a, b) + reach).rounded(.up)), low), limit)
    }
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    let length = dx * dx + dy * dy
    for y in range(from.y, to.y, below: height) {
      for x in range(from.x, to.x, below: width) {
        let (px, py) = (Double(x) + 0.5 - from.x, Double(y) + 0.5 - from.y)
        let part = length > 0 ? min(max((px * dx + py * dy) / length, 0), 1) : 0
        cover(x, y, lineWidth / 2 + 0.5 - hypot(px - part * dx, py - part * dy))
      }
    }
  }

  /// A quarter of a ring around a place, that which lies to one side of it and above or below.
  mutating func quarter(x: Double, y: Double, radius: Double, isLeft: Bool, isAbove: Bool, width lineWidth: Double) {
    for row in 0..<height {
      for column in 0..<width {
        let (dx, dy) = (Double(column) + 0.5 - x, Double(row) + 0.5 - y)
        guard (dx < 0) == isLeft, (dy < 0) == isAbove else { continue }
        cover(column, row, lineWidth / 2 + 0.5 - abs(hypot(dx, dy) - radius))
      }
    }
  }

  /// Strokes of `GlyphStrokes`.
  ///
  /// - Parameter part: of the cell, in its columns and rows of 8×16, that the strokes' whole grid is brought to; all of it
  ///   when nil.
  mutating func draw(_ strokes: [GlyphStrokes.Stroke], in part: (x: Double, y: Double, width: Double, height: Double)? = nil) {
    let part = part ?? (0, 0, 8, 16)
    let pen = pen
    func place(_ point: GlyphStrokes.Point) -> (x: Double, y: Double) {
      func sharp(_ value: Double) -> Double { pen % 2 == 1 ? value.rounded(.down) + 0.5 : value.rounded() }
      let (x, y) = (part.x + (point.x + 0.5) * part.width / 8, part.y + (point.y + 0.5) * part.height / 16)
      return (sharp(x * Double(width) / 8), sharp(y * Double(height) / 16))
    }
    for stroke in strokes {
      let points = stroke.points.map { (place: place($0), isControl: $0.isControl) }
      if points.count == 1 {
        disc(x: points[0].place.x, y: points[0].place.y, radius: 0.9 * Double(pen))
        continue
      }
      let line = GlyphMask.flattened(points, isClosed: stroke.isClosed)
      for (a, b) in zip(line, line.dropFirst()) { self.stroke(from: a, to: b, width: Double(pen)) }
    }
  }

  /// The places along a line whose control points bend it.
  private static func flattened(
    _ points: [(place: (x: Double, y: Double), isControl: Bool)], isClosed: Bool
  ) -> [(x: Double, y: Double)] {
    func middle(_ a: (x: Double, y: Double), _ b: (x: Double, y: Double)) -> (x: Double, y: Double) {
      ((a.x + b.x) / 2, (a.y + b.y) / 2)
    }
    let first = points[0].isControl ? middle(points[0].place, points[points.count - 1].place) : points[0].place
    let last = isClosed ? [(place: first, isControl: false)] : []
    var line = [first]
    var control: (x: Double, y: Double)?
    for point in points.dropFirst(points[0].isControl ? 0 : 1) + last {
      let end = point.isControl ? control.map { middle($0, point.place) } : point.place
      if let end, let from = line.last {
        if let control {
          for step in 1...8 {
            let t = Double(step) / 8
            let (a, b, c) = ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
            line.append((a * from.x + b * control.x + c * end.x, a * from.y + b * control.y + c * end.y))
          }
        } else {
          line.append(end)
        }
      }
      control = point.isControl ? point.place : nil
    }
    return line
  }

  /// The same, wider by a pen's width to the right.
  func bold() -> GlyphMask {
    var copy = self
    let shift = max(1, pen / 2)
    for y in 0..<height {
      for x in (shift..<max(shift, width)).reversed() {
        copy.coverage[y * width + x] = max(coverage[y * width + x], coverage[y * width + x - shift])
      }
    }
    return copy
  }
}
