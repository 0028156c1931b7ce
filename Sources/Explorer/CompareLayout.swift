import Canvas
import Training

/// Where the compared pictures stand and which part of the picture they show: pure arithmetic.
struct CompareLayout: Equatable, Sendable {
  struct Pane: Equatable, Sendable {
    var frame: Rect
    /// The picture itself, inside the frame.
    var picture: Rect
  }

  /// One or two, their pictures of the same size.
  let panes: [Pane]
  let legend: Rect?
  /// What is told of the picked sample.
  let values: Rect
  /// Whether the values have two lines and no frame.
  let isCompact: Bool
  /// The samples that every pane shows.
  let region: PictureRegion
  /// Size of the picture.
  let rows: Int
  let columns: Int
  /// How often the picture is made twice as large, as far as that is of use.
  let zoom: Int
  let canZoomIn: Bool
  /// How much larger the picture is than the whole of it.
  let magnification: Double

  /// Screen pixels along the side of a sample's block: larger ones show nothing more.
  private static let largestBlock = 32.0
  /// Samples that stay in sight along the shorter side.
  private static let fewestSamples = 4.0

  /// Pixels that a cell shows.
  private let pixels: PixelSize

  /// - Parameter pixels: that a cell shows. Zoom counts in halves of a cell's height all the same.
  init(body: Rect, subject: Subject, state: CompareState, pixels: PixelSize = PixelSize(width: 1, height: 2)) {
    self.pixels = pixels
    (rows, columns) = (subject.rows, subject.columns)
    isCompact = body.height < 30
    let (above, values) = body.split(bottom: isCompact ? 2 : 7)
    self.values = values
    let (area, legend) = above.split(bottom: state.mode.isMap ? 1 : 0)
    self.legend = legend.isEmpty ? nil : legend
    let frames = Self.frames(in: area, count: state.mode.isSingle ? 1 : 2, subject)
    // Frames that share a side differ by a cell at most; their pictures do not.
    let room = Rect(
      x: 0, y: 0, width: (frames.map(\.width).min() ?? 0) - 2, height: (frames.map(\.height).min() ?? 0) - 2)
    let aspect = subject.cellAspect
    let fitted = subject.fitted(in: room)
    let plain = min(Double(room.width) / Double(max(columns, 1)), aspect * Double(room.height) / Double(max(rows, 1)))
    let shorter = min(Double(room.width), aspect * Double(room.height))
    let limit = room.isEmpty ? -1 : min(Self.largestBlock, shorter / Self.fewestSamples)
    var level = 0
    while level < state.zoom, Self.scale(plain, level + 1) <= limit { level += 1 }
    zoom = level
    canZoomIn = Self.scale(plain, level + 1) <= limit
    let scale = Self.scale(plain, level)
    magnification = plain > 0 ? scale / plain : 1
    var picture = (width: fitted.width, height: fitted.height)
    if level == 0 {
      region = PictureRegion(rows: 0..<rows, columns: 0..<columns)
    } else {
      let shownColumns = Self.samples(in: room.width, scale, atMost: columns)
      let shownRows = Self.samples(in: Int(aspect * Double(room.height)), scale, atMost: rows)
      let center = state.center ?? Self.middle(rows: rows, columns: columns)
      region = PictureRegion(
        rows: Self.range(around: center.y, shownRows, of: rows),
        columns: Self.range(around: center.x, shownColumns, of: columns))
      picture.width = min(room.width, max(1, Int((Double(shownColumns) * scale).rounded())))
      picture.height = min(room.height, max(1, Int((Double(shownRows) * scale / aspect).rounded())))
    }
    panes = frames.map { Pane(frame: $0, picture: $0.inset().centered(width: picture.width, height: picture.height)) }
  }

  /// Beside or above each other, whichever makes the pictures larger.
  private static func frames(in area: Rect, count: Int, _ subject: Subject) -> [Rect] {
    guard count > 1 else { return [area] }
    func size(_ frames: [Rect]) -> Int {
      frames.map { subject.fitted(in: $0.inset()) }
        .map { $0.width * $0.height }.min() ?? 0
    }
    let (beside, above) = (area.columns(count), area.rows(count))
    return size(above) > size(beside) ? above : beside
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

  private static func middle(rows: Int, columns: Int) -> CompareState.Point {
    CompareState.Point(x: Double(columns) / 2, y: Double(rows) / 2)
  }

  var isWhole: Bool { region.rows.count == rows && region.columns.count == columns }

  /// The size of what the engine is asked for: never more pixels than there are samples.
  func request(includesError: Bool = false, includesDeviation: Bool = false, probe: PicturePlace? = nil) -> PreviewRequest? {
    guard let picture = panes.first?.picture, !picture.isEmpty else { return nil }
    return PreviewRequest(
      rows: min(pixels.height * picture.height, region.rows.count),
      columns: min(pixels.width * picture.width, region.columns.count),
      includesError: includesError, includesDeviation: includesDeviation, crop: isWhole ? nil : region, probe: probe)
  }

  // MARK: Cells and samples

  /// Screen pixels a sample, two to a cell's height.
  private var scales: (x: Double, y: Double) {
    guard let picture = panes.first?.picture else { return (1, 1) }
    return (Double(picture.width) / Double(region.columns.count), 2 * Double(picture.height) / Double(region.rows.count))
  }

  /// The pane whose frame a cell belongs to.
  func pane(atX x: Int, y: Int) -> Pane? { panes.first { $0.frame.contains(x: x, y: y) } }

  /// The sample in the middle of a cell; of cells beside the picture the nearest.
  func sample(atX x: Int, y: Int, in pane: Pane) -> PicturePlace {
    let point = point(atX: x, y: y, in: pane)
    return PicturePlace(
      row: min(max(Int(point.y.rounded(.down)), region.rows.lowerBound), region.rows.upperBound - 1),
      column: min(max(Int(point.x.rounded(.down)), region.columns.lowerBound), region.columns.upperBound - 1))
  }

  /// The place in the picture under the middle of a cell, which may lie outside of it.
  func point(atX x: Int, y: Int, in pane: Pane) -> CompareState.Point {
    let scales = scales
    return CompareState.Point(
      x: Double(region.columns.lowerBound) + (Double(x - pane.picture.x) + 0.5) / scales.x,
      y: Double(region.rows.lowerBound) + Double(2 * (y - pane.picture.y) + 1) / scales.y)
  }

  /// The cells that show a sample: several when it is a block, one where samples share cells; nil out of sight.
  func cells(of place: PicturePlace, in pane: Pane) -> Rect? {
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
    let top = pane.picture.y + down.first / 2
    return Rect(
      x: pane.picture.x + across.first, y: top, width: across.end - across.first,
      height: pane.picture.y + (down.end + 1) / 2 - top
    ).intersection(pane.picture)
  }

  /// The middle of the picture after it was dragged by cells from where its middle was.
  func center(_ center: CompareState.Point, draggedBy x: Int, _ y: Int) -> CompareState.Point {
    let scales = scales
    return clamped(CompareState.Point(x: center.x - Double(x) / scales.x, y: center.y - Double(2 * y) / scales.y))
  }

  /// Kept where the picture fills its place.
  func clamped(_ center: CompareState.Point) -> CompareState.Point {
    func kept(_ value: Double, _ shown: Int, _ total: Int) -> Double {
      min(max(value, Double(shown) / 2), Double(total) - Double(shown) / 2)
    }
    return CompareState.Point(x: kept(center.x, region.columns.count, columns), y: kept(center.y, region.rows.count, rows))
  }

  /// The middle that brings a place of the picture under the middle of a cell.
  func center(showing point: CompareState.Point, atX x: Int, y: Int, in pane: Pane) -> CompareState.Point {
    let under = self.point(atX: x, y: y, in: pane)
    let middle = middle
    return clamped(CompareState.Point(x: middle.x + point.x - under.x, y: middle.y + point.y - under.y))
  }

  /// The middle of what is shown.
  var middle: CompareState.Point {
    CompareState.Point(
      x: Double(region.columns.lowerBound) + Double(region.columns.count) / 2,
      y: Double(region.rows.lowerBound) + Double(region.rows.count) / 2)
  }

  /// How far one press of an arrow goes: a screen pixel for the picked sample, an eighth of what is seen for the picture.
  var pixelStep: (x: Int, y: Int) { (max(1, Int((1 / scales.x).rounded())), max(1, Int((1 / scales.y).rounded()))) }
  var panStep: (x: Int, y: Int) { (max(1, region.columns.count / 8), max(1, region.rows.count / 8)) }
}

extension ExplorerState {
  func compareLayout(_ body: Rect) -> CompareLayout { CompareLayout(body: body, subject: subject, state: compare, pixels: pixels) }

  /// nil when the screen is too small.
  var compareLayout: CompareLayout? { Chrome(width: width, height: height).map { compareLayout($0.body) } }

  /// The wipe's line as a column of the picture: what is left of it comes from the left side.
  func wipeColumn(_ picture: Rect) -> Int {
    min(max(Int(compare.wipe * Double(picture.width)), 0), max(picture.width - 1, 0))
  }
}
