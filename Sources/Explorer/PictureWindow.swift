import Canvas
import Training

/// Which part of the picture is looked at, the same on every view that draws it.
struct PictureWindow: Equatable, Sendable {
  /// A place between samples, in samples from the picture's corner.
  struct Point: Equatable, Sendable {
    var x: Double
    var y: Double
  }

  /// How often the picture was made twice as large; a view takes no more of it than it can use.
  var zoom = 0
  /// The middle of what is shown; nil is the picture's.
  var center: Point?
}

/// How a window fills the room that a view has for the picture: pure arithmetic.
struct PictureView: Equatable, Sendable {
  /// The samples that are shown.
  let region: PictureRegion
  /// Cells that they fill.
  let width: Int
  let height: Int
  /// Size of the picture.
  let rows: Int
  let columns: Int
  /// How often the picture is made twice as large, as far as that is of use.
  let zoom: Int
  let canZoomIn: Bool
  /// How much larger the picture is than the whole of it.
  let magnification: Double
  /// Pixels that a cell shows.
  private let pixels: PixelSize

  /// Screen pixels along the side of a sample's block: larger ones show nothing more.
  private static let largestBlock = 32.0
  /// Samples that stay in sight along the shorter side.
  private static let fewestSamples = 4.0

  /// - Parameters:
  ///   - room: of the smallest place that shows it.
  ///   - pixels: that a cell shows. Zoom counts in halves of a cell's height all the same.
  init(room: Rect, subject: Subject, window: PictureWindow, pixels: PixelSize) {
    self.pixels = pixels
    (rows, columns) = (subject.rows, subject.columns)
    let aspect = subject.cellAspect
    let plain = min(Double(room.width) / Double(max(columns, 1)), aspect * Double(room.height) / Double(max(rows, 1)))
    let shorter = min(Double(room.width), aspect * Double(room.height))
    let limit = room.isEmpty ? -1 : min(Self.largestBlock, shorter / Self.fewestSamples)
    var level = 0
    while level < window.zoom, Self.scale(plain, level + 1) <= limit { level += 1 }
    zoom = level
    canZoomIn = Self.scale(plain, level + 1) <= limit
    let scale = Self.scale(plain, level)
    magnification = plain > 0 ? scale / plain : 1
    guard level > 0 else {
      region = PictureRegion(rows: 0..<rows, columns: 0..<columns)
      let fitted = subject.fitted(in: room)
      (width, height) = (fitted.width, fitted.height)
      return
    }
    let shownColumns = Self.samples(in: room.width, scale, atMost: columns)
    let shownRows = Self.samples(in: Int(aspect * Double(room.height)), scale, atMost: rows)
    let center = window.center ?? PictureWindow.Point(x: Double(columns) / 2, y: Double(rows) / 2)
    region = PictureRegion(
      rows: Self.range(around: center.y, shownRows, of: rows),
      columns: Self.range(around: center.x, shownColumns, of: columns))
    width = min(room.width, max(1, Int((Double(shownColumns) * scale).rounded())))
    height = min(room.height, max(1, Int((Double(shownRows) * scale / aspect).rounded())))
  }

  /// Screen pixels a sample after so many doublings. From about one on it is a power of two, so that all samples are
  /// blocks of one size.
  private static func scale(_ plain: Double, _ level: Int) -> Double {
    var scale = plain
    for _ in 0..<level { scale *= 2 }
    guard level > 0, scale > 0.7072 else { return scale }
    var power = 1.0
    while power * 1.4142 < scale { power *= 2 }
    return power
  }

  private static func samples(in pixels: Int, _ scale: Double, atMost count: Int) -> Int {
    let samples = Double(pixels) / scale
    return min(count, max(1, Int(scale < 1 ? samples.rounded() : samples)))
  }

  private static func range(around center: Double, _ count: Int, of total: Int) -> Range<Int> {
    let start = min(max(0, Int((center - Double(count) / 2).rounded())), total - count)
    return start..<start + count
  }

  var isWhole: Bool { region.rows.count == rows && region.columns.count == columns }

  /// The picture's place in a frame.
  func picture(in frame: Rect) -> Rect { frame.inset().centered(width: width, height: height) }

  /// The size of what the engine is asked for: never more pixels than there are samples.
  func request(includesError: Bool = false, includesDeviation: Bool = false, probe: PicturePlace? = nil) -> PreviewRequest? {
    guard width > 0, height > 0 else { return nil }
    return PreviewRequest(
      rows: min(pixels.height * height, region.rows.count), columns: min(pixels.width * width, region.columns.count),
      includesError: includesError, includesDeviation: includesDeviation, crop: isWhole ? nil : region, probe: probe)
  }

  // MARK: Cells and samples

  /// Screen pixels a sample, two to a cell's height.
  private var scales: (x: Double, y: Double) {
    guard width > 0, height > 0 else { return (1, 1) }
    return (Double(width) / Double(region.columns.count), 2 * Double(height) / Double(region.rows.count))
  }

  /// The sample in the middle of a cell; of cells beside the picture the nearest.
  func sample(atX x: Int, y: Int, in picture: Rect) -> PicturePlace {
    let point = point(atX: x, y: y, in: picture)
    return PicturePlace(
      row: min(max(Int(point.y.rounded(.down)), region.rows.lowerBound), region.rows.upperBound - 1),
      column: min(max(Int(point.x.rounded(.down)), region.columns.lowerBound), region.columns.upperBound - 1))
  }

  /// The place in the picture under the middle of a cell, which may lie outside of it.
  func point(atX x: Int, y: Int, in picture: Rect) -> PictureWindow.Point {
    let scales = scales
    return PictureWindow.Point(
      x: Double(region.columns.lowerBound) + (Double(x - picture.x) + 0.5) / scales.x,
      y: Double(region.rows.lowerBound) + Double(2 * (y - picture.y) + 1) / scales.y)
  }

  /// The cells that show a sample: several when it is a block, one where samples share cells; nil out of sight.
  func cells(of place: PicturePlace, in picture: Rect) -> Rect? {
    guard region.contains(place) else { return nil }
    func span(_ index: Int, _ scale: Double) -> (first: Int, end: Int) {
      if scale < 1 {
        let pixel = Int((Double(index) + 0.5) * scale)
        return (pixel, pixel + 1)
      }
      // The pixels whose middles lie in the sample.
      func start(_ index: Int) -> Int { Int((Double(index) * scale - 0.5).rounded(.up)) }
      return (start(index), start(index + 1))
    }
    let across = span(place.column - region.columns.lowerBound, scales.x)
    let down = span(place.row - region.rows.lowerBound, scales.y)
    let top = picture.y + down.first / 2
    return Rect(
      x: picture.x + across.first, y: top, width: across.end - across.first, height: picture.y + (down.end + 1) / 2 - top
    ).intersection(picture)
  }

  /// The middle of the picture after it was dragged by cells from where its middle was.
  func center(_ center: PictureWindow.Point, draggedBy x: Int, _ y: Int) -> PictureWindow.Point {
    let scales = scales
    return clamped(PictureWindow.Point(x: center.x - Double(x) / scales.x, y: center.y - Double(2 * y) / scales.y))
  }

  /// Kept where the picture fills its place.
  func clamped(_ center: PictureWindow.Point) -> PictureWindow.Point {
    func kept(_ value: Double, _ shown: Int, _ total: Int) -> Double {
      min(max(value, Double(shown) / 2), Double(total) - Double(shown) / 2)
    }
    return PictureWindow.Point(x: kept(center.x, region.columns.count, columns), y: kept(center.y, region.rows.count, rows))
  }

  /// The middle that brings a place of the picture under the middle of a cell.
  func center(showing point: PictureWindow.Point, atX x: Int, y: Int, in picture: Rect) -> PictureWindow.Point {
    let (under, middle) = (self.point(atX: x, y: y, in: picture), middle)
    return clamped(PictureWindow.Point(x: middle.x + point.x - under.x, y: middle.y + point.y - under.y))
  }

  /// The middle of what is shown.
  var middle: PictureWindow.Point {
    PictureWindow.Point(
      x: Double(region.columns.lowerBound) + Double(region.columns.count) / 2,
      y: Double(region.rows.lowerBound) + Double(region.rows.count) / 2)
  }

  /// How far one press of an arrow goes: a screen pixel for the picked sample, an eighth of what is seen for the picture.
  var pixelStep: (x: Int, y: Int) { (max(1, Int((1 / scales.x).rounded())), max(1, Int((1 / scales.y).rounded()))) }
  private var panStep: (x: Int, y: Int) { (max(1, region.columns.count / 8), max(1, region.rows.count / 8)) }

  /// The middle after one press of an arrow.
  func panned(_ direction: Direction) -> PictureWindow.Point {
    var center = middle
    switch direction {
    case .left: center.x -= Double(panStep.x)
    case .right: center.x += Double(panStep.x)
    case .up: center.y -= Double(panStep.y)
    case .down: center.y += Double(panStep.y)
    }
    return clamped(center)
  }
}

/// Where an arrow points.
enum Direction: Hashable, Sendable { case left, right, up, down }
