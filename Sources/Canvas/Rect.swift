/// A rectangle of cells. Sizes are never negative and everything stays within ±2^24, so no arithmetic on them overflows.
public struct Rect: Hashable, Sendable {
  public let x: Int
  public let y: Int
  public let width: Int
  public let height: Int

  static let limit = 1 << 24

  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = min(max(x, -Rect.limit), Rect.limit)
    self.y = min(max(y, -Rect.limit), Rect.limit)
    self.width = min(max(width, 0), Rect.limit)
    self.height = min(max(height, 0), Rect.limit)
  }

  public static let zero = Rect(x: 0, y: 0, width: 0, height: 0)

  /// One past the last column.
  public var maxX: Int { x + width }
  /// One past the last row.
  public var maxY: Int { y + height }
  public var isEmpty: Bool { width == 0 || height == 0 }

  public func contains(x: Int, y: Int) -> Bool {
    x >= self.x && x < maxX && y >= self.y && y < maxY
  }

  public func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top, width: min(maxX, other.maxX) - left, height: min(maxY, other.maxY) - top)
  }

  /// What is left inside of margins; empty when they take everything.
  public func inset(horizontal: Int, vertical: Int) -> Rect {
    let h = min(max(horizontal, -Rect.limit), Rect.limit)
    let v = min(max(vertical, -Rect.limit), Rect.limit)
    return Rect(x: x + h, y: y + v, width: width - 2 * h, height: height - 2 * v)
  }

  /// What is left inside of a margin of `cells` on all sides: 1 is the inside of a box.
  public func inset(by cells: Int = 1) -> Rect { inset(horizontal: cells, vertical: cells) }

  /// The first `rows` rows, and the rest.
  public func split(top rows: Int) -> (top: Rect, rest: Rect) {
    let taken = min(max(rows, 0), height)
    return (
      Rect(x: x, y: y, width: width, height: taken),
      Rect(x: x, y: y + taken, width: width, height: height - taken)
    )
  }

  /// The last `rows` rows, and the rest.
  public func split(bottom rows: Int) -> (rest: Rect, bottom: Rect) {
    let taken = min(max(rows, 0), height)
    let parts = split(top: height - taken)
    return (parts.top, parts.rest)
  }

  /// The first `columns` columns, and the rest.
  public func split(left columns: Int) -> (left: Rect, rest: Rect) {
    let taken = min(max(columns, 0), width)
    return (
      Rect(x: x, y: y, width: taken, height: height),
      Rect(x: x + taken, y: y, width: width - taken, height: height)
    )
  }

  /// The last `columns` columns, and the rest.
  public func split(right columns: Int) -> (rest: Rect, right: Rect) {
    let taken = min(max(columns, 0), width)
    let parts = split(left: width - taken)
    return (parts.left, parts.rest)
  }

  /// `count` columns as even as possible, the first ones wider by one where it does not divide.
  public func columns(_ count: Int) -> [Rect] {
    guard count > 0 else { return [] }
    var left = x
    return (0..<min(count, Rect.limit)).map { index in
      let share = width / count + (index < width % count ? 1 : 0)
      defer { left += share }
      return Rect(x: left, y: y, width: share, height: height)
    }
  }

  /// `count` rows as even as possible, the first ones higher by one where it does not divide.
  public func rows(_ count: Int) -> [Rect] {
    guard count > 0 else { return [] }
    var top = y
    return (0..<min(count, Rect.limit)).map { index in
      let share = height / count + (index < height % count ? 1 : 0)
      defer { top += share }
      return Rect(x: x, y: top, width: width, height: share)
    }
  }

  /// A rectangle of at most this size in the middle of this one: pop-ups.
  public func centered(width: Int, height: Int) -> Rect {
    let w = min(max(width, 0), self.width)
    let h = min(max(height, 0), self.height)
    return Rect(x: x + (self.width - w) / 2, y: y + (self.height - h) / 2, width: w, height: h)
  }
}

/// The largest rectangle in the middle of `rect` that shows a picture undistorted.
///
/// - Parameter cellAspect: height of a cell over its width: 2 for half-blocks, where a cell is 1×2 pixels.
/// - Returns: at least one cell, unless `rect` or the picture is empty.
public func fit(pictureWidth: Int, pictureHeight: Int, in rect: Rect, cellAspect: Double = 2) -> Rect {
  guard pictureWidth > 0, pictureHeight > 0, !rect.isEmpty else {
    return Rect(x: rect.x, y: rect.y, width: 0, height: 0)
  }
  let aspect = cellAspect.isFinite && cellAspect > 0 ? cellAspect : 2
  // Cells of width a picture needs for each cell of height.
  let ratio = Double(pictureWidth) / Double(pictureHeight) * aspect
  var width = rect.width
  var height = rect.height
  if Double(rect.width) > Double(rect.height) * ratio {
    width = min(rect.width, max(1, Int((Double(rect.height) * ratio).rounded())))
  } else {
    height = min(rect.height, max(1, Int((Double(rect.width) / ratio).rounded())))
  }
  return rect.centered(width: width, height: height)
}
