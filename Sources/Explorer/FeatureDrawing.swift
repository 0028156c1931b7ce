import Canvas
import Networks
import Signals
import Training

/// One map as values at the points that are known.
struct FeaturePicture: Equatable, Sendable {
  let rows: Int
  let columns: Int
  /// In raster order.
  let values: [Float]
  /// Of `values`.
  let statistics: FeatureStatistics
  /// Updates that the parameters had.
  let step: Int

  /// Whether its numbers are of some points alone.
  func isSampled(of line: FeatureContents.Line) -> Bool { rows < line.rows || columns < line.columns }

  var numbers: MapNumbers { MapNumbers(statistics) }
}

/// A map among others, as it is on the screen.
struct FeatureTileMap: Equatable, Sendable {
  let tile: FeaturesGrid.Tile
  let place: FeaturePlace
  /// nil while there is none.
  let picture: FeaturePicture?
  /// With a pixel a point; in a drawing at the resolution of its rectangle.
  var raster: Raster?
  /// What its colours stand for.
  let range: MapRange?
}

/// The maps as they are drawn, kept while nothing changes that they depend on.
struct FeatureDrawing: Equatable, Sendable {
  struct Key: Equatable, Sendable {
    let layout: FeaturesLayout
    /// Of a cell.
    let pixels: PixelSize
    let contents: FeatureContents
    let run: RunID
    /// Of the run: a network at its beginning has nothing of the one before.
    let generation: Int
    /// How many reports the run has given.
    var reports: Int
    /// The step of the frame that is played back.
    let frame: Int?
    let signed: ColorMap
    let sequential: ColorMap
    let sharesRange: Bool
    /// The last level of the picture of coarser levels.
    let truncation: Int?

    /// Whether nothing else came in between than reports.
    func isSame(but other: Key) -> Bool {
      var same = self
      same.reports = other.reports
      return same == other
    }
  }

  struct Large: Equatable, Sendable {
    let picture: FeaturePicture
    var raster: Raster?
    /// What its colours stand for.
    let range: MapRange
  }

  let key: Key
  /// What it is drawn from.
  let answers: [FeatureReport.Answer]
  var grid: [FeatureTileMap]
  var large: Large?
  let truncation: Signal?
  var truncated: Raster?

  /// Whether all maps of a layer's part are still those that it shows.
  func shows(_ answers: [FeatureReport.Answer], of line: FeatureContents.Line) -> Bool {
    // Arrays that are the same in memory are not compared value by value.
    func own(_ answers: [FeatureReport.Answer]) -> [FeatureReport.Answer] {
      answers.filter { $0.request.layer == line.index && $0.request.part == line.part }
    }
    return own(self.answers) == own(answers)
  }

  /// The maps as they are on the screen, where they are of the same places; nil where there is nothing new, or something else
  /// to be shown.
  func held(as last: FeatureDrawing) -> FeatureDrawing? {
    guard last.key.isSame(but: key) else { return nil }
    var drawing = self
    (drawing.grid, drawing.large, drawing.truncated) = (last.grid, last.large, last.truncated)
    return drawing == self ? nil : drawing
  }

  /// What is drawn after `last`: some of what looks otherwise now, the oldest first; nil where that is all. A frame with all
  /// maps at once would hold up keys, and the next ones have nothing to show.
  func part(after last: FeatureDrawing, _ pace: FeaturePace) -> FeatureDrawing? {
    guard last.key.isSame(but: key) else { return nil }
    // Maps that share their colours' range change together.
    let groups = key.sharesRange ? Array(Dictionary(grouping: grid.indices) { grid[$0].tile.line }.values) : grid.indices.map { [$0] }
    var changed = groups.filter { $0.contains { grid[$0].raster != last.grid[$0].raster } }
      .map { (step: last.grid[$0[0]].picture?.step ?? 0, tile: $0[0], tiles: $0) }
    if large?.raster != last.large?.raster { changed.append((last.large?.picture.step ?? 0, -1, [])) }
    let later = changed.sorted { ($0.step, $0.tile) < ($1.step, $1.tile) }.dropFirst(pace.share(of: changed.count))
    guard !later.isEmpty else { return nil }
    var drawing = self
    if later.contains(where: { $0.tile < 0 }) { drawing.large = last.large }
    for tile in later.flatMap(\.tiles) { drawing.grid[tile] = last.grid[tile] }
    return drawing
  }
}

/// How many frames there are from one report of maps to the next, over which what is new is spread: with several runs a
/// report comes with each of the run's turns, and frames come more often.
struct FeaturePace: Equatable, Sendable {
  private var reports: Int?
  /// Frames since the newest report.
  private var age = 0
  /// Frames between the last reports.
  private var intervals: [Int] = []
  private static let remembered = 3, longest = 8

  /// Another frame, with so many reports so far.
  mutating func advance(reports: Int) {
    if let known = self.reports, known != reports {
      intervals = (intervals + [min(age + 1, Self.longest)]).suffix(Self.remembered)
      age = 0
    } else {
      age += 1
    }
    self.reports = reports
  }

  /// How many of so many changes come with this frame, all of them by the time that the next report is expected.
  func share(of changes: Int) -> Int {
    let frames = max(1, (intervals.max() ?? 2) - age)
    let share = (changes + frames - 1) / frames
    // Where every frame has a report, those that are left over are the oldest with the next.
    return age == 0 ? min(share, (changes + 1) / 2) : share
  }
}
