import Canvas
import Networks
import Training

/// Where the feature maps stand: pure arithmetic.
struct FeaturesLayout: Equatable, Sendable {
  /// A single map or picture in a frame of its own.
  struct Pane: Equatable, Sendable {
    let frame: Rect
    let picture: Rect
    /// One row; nil for pictures of the data.
    let legend: Rect?
    let statistics: Rect
    /// Empty where it is not asked for.
    let histogram: Rect
  }

  /// Of the grid; nil where one map has all the room.
  let gridFrame: Rect?
  /// Without maps where one has all the room.
  let grid: FeaturesGrid
  /// nil where the picture of the coarser levels stands in its place.
  let map: Pane?
  /// nil while it is not looked at.
  let truncation: Pane?
  /// One row; nil where the model has no levels, or something else stands in the only row.
  let slider: Rect?
  /// One row, of what is recorded or played back.
  let recording: Rect?
  /// The part of the chosen map's grid that the large map shows.
  let region: PictureRegion
  let canZoomIn: Bool
  /// `zoom` as far as it is of use.
  let zoom: Int

  /// A third column for the picture of the coarser levels.
  private static let leastWidthForThree = 150
  /// Points that stay in sight along the shorter side.
  private static let fewestPoints = 4

  init(body: Rect, contents: FeatureContents, subject: Subject, state: FeaturesState, truncation level: Int?, glyphs: Glyphs) {
    let hasSlider = contents.truncationLevels > 0
    let footerRows = body.height < 20 ? 1 : hasSlider ? 2 : 1
    let (upper, footer) = body.split(bottom: footerRows)
    let isRecording = state.playback != nil || state.timeLapse?.isRecording == true && level == nil
    if footerRows > 1 {
      (slider, recording) = (footer.split(top: 1).top, footer.split(top: 1).rest)
    } else {
      (slider, recording) = hasSlider && !isRecording ? (footer, nil) : (nil, footer)
    }

    let line = contents.chosenLine
    let shape = (rows: line?.rows ?? subject.rows, columns: line?.columns ?? subject.columns)
    (region, zoom, canZoomIn) = Self.region(of: shape, zoom: state.zoom, center: state.center)

    // MARK: Panes
    let arrangement = state.playback != nil && state.arrangement != .single ? .layersOfUnit : state.arrangement
    var left = upper
    var panes: [Rect] = []
    if arrangement == .single {
      panes = level != nil && upper.width >= 100 ? upper.columns(2) : [upper]
      left = Rect(x: upper.x, y: upper.y, width: 0, height: 0)
    } else if level != nil, upper.width >= Self.leastWidthForThree {
      let (rest, right) = upper.split(right: upper.width * 30 / 100)
      let (grid, middle) = rest.split(right: upper.width * 30 / 100)
      (left, panes) = (grid, [middle, right])
    } else {
      let (grid, right) = upper.split(right: max(upper.width < 80 ? 28 : 36, upper.width * 43 / 100))
      (left, panes) = (grid, [right])
    }
    let pictured = panes.enumerated().map { index, frame in
      let isTruncation = level != nil && index == panes.count - 1
      return Self.pane(
        frame, shape: isTruncation ? (subject.rows, subject.columns) : line?.sides(subject) ?? shape, subject,
        histogram: state.showsHistogram && !isTruncation, levels: isTruncation ? contents.truncationLevels : nil)
    }
    truncation = level != nil ? pictured.last : nil
    map = level != nil && pictured.count == 1 ? nil : pictured.first

    // MARK: Tiles
    gridFrame = left.isEmpty ? nil : left
    grid = gridFrame.map {
      FeaturesGrid(in: $0.inset().inset(horizontal: 1, vertical: 0), contents, subject, state, arrangement, glyphs)
    } ?? FeaturesGrid(of: contents)
  }

  // MARK: Single maps

  /// The numbers beneath a picture take what they need while the picture keeps most of the room.
  private static func pane(
    _ frame: Rect, shape: (rows: Int, columns: Int), _ subject: Subject, histogram: Bool, levels: Int?
  ) -> Pane {
    let inside = frame.inset()
    let isLow = inside.height < 15
    let statisticsRows = levels.map { min($0 + 1, max(2, inside.height / 3)) } ?? (isLow ? 1 : 2)
    let histogramRows = histogram ? (isLow ? 2 : inside.height < 24 ? 4 : 6) : 0
    let (above, statistics) = inside.split(bottom: min(statisticsRows, inside.height))
    let (upper, legend) = above.split(bottom: levels == nil ? 1 : 0)
    let (area, bars) = upper.split(bottom: histogramRows)
    return Pane(
      frame: frame, picture: fitted(shape, in: area, subject), legend: legend.isEmpty ? nil : legend,
      statistics: statistics, histogram: bars)
  }

  static func fitted(_ shape: (rows: Int, columns: Int), in rect: Rect, _ subject: Subject) -> Rect {
    fit(pictureWidth: shape.columns, pictureHeight: shape.rows, in: rect, cellAspect: subject.cellAspect)
  }

  /// The part of a grid that is seen: every doubling shows half as many points along each side.
  static func region(
    of shape: (rows: Int, columns: Int), zoom: Int, center: PictureWindow.Point?
  ) -> (PictureRegion, zoom: Int, canZoomIn: Bool) {
    let shorter = min(shape.rows, shape.columns)
    var level = 0
    while level < zoom, shorter >> (level + 1) >= fewestPoints { level += 1 }
    func range(_ total: Int, _ middle: Double) -> Range<Int> {
      let count = max(1, total >> level)
      let start = min(max(0, Int((middle * Double(total) - Double(count) / 2).rounded())), total - count)
      return start..<start + count
    }
    let region = PictureRegion(
      rows: range(shape.rows, center?.y ?? 0.5), columns: range(shape.columns, center?.x ?? 0.5))
    return (region, level, shorter >> (level + 1) >= fewestPoints)
  }
}

extension ExplorerState {
  func featuresLayout(_ body: Rect) -> FeaturesLayout {
    FeaturesLayout(
      body: body, contents: featureContents, subject: subject, state: features, truncation: truncationLevel, glyphs: glyphs)
  }

  /// nil when the screen is too small.
  var featuresLayout: FeaturesLayout? { Chrome(width: width, height: height).map { featuresLayout($0.body) } }
}
