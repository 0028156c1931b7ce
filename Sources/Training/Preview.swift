import Signals

/// One sample of a picture.
public struct PicturePlace: Hashable, Sendable {
  public var row: Int
  public var column: Int

  public init(row: Int, column: Int) { (self.row, self.column) = (row, column) }
}

/// A rectangle of a picture's samples.
public struct PictureRegion: Hashable, Sendable {
  public let rows: Range<Int>
  public let columns: Range<Int>

  public init(rows: Range<Int>, columns: Range<Int>) { (self.rows, self.columns) = (rows, columns) }

  /// The part that lies in a picture of this size; where nothing does, the sample at the picture's edge that is nearest.
  public func clamped(rows height: Int, columns width: Int) -> PictureRegion {
    PictureRegion(rows: Self.clamped(rows, count: height), columns: Self.clamped(columns, count: width))
  }

  private static func clamped(_ range: Range<Int>, count: Int) -> Range<Int> {
    let lower = min(max(range.lowerBound, 0), count - 1)
    return lower..<min(max(range.upperBound, lower + 1), count)
  }

  public func contains(_ place: PicturePlace) -> Bool { rows.contains(place.row) && columns.contains(place.column) }
}

/// What pictures of a run the screen can use: as many pixels as its rectangle has, at least one.
public struct PreviewRequest: Equatable, Sendable {
  public let rows: Int
  public let columns: Int
  /// Whether the error map is looked at.
  public let includesError: Bool
  /// Whether the signed error is, for differences of runs.
  public let includesDeviation: Bool
  /// The part of the picture that is looked at; nil is all of it. What lies outside of the picture is left out.
  public let crop: PictureRegion?
  /// The sample whose values are wanted as the network gives them; one outside of the picture has none.
  public let probe: PicturePlace?
  /// Whether every sample is computed however long it takes, beside training too: once, for a record.
  public let isWhole: Bool

  /// Sides below 1 count as 1: a screen may have no room at all.
  public init(
    rows: Int, columns: Int, includesError: Bool = false, includesDeviation: Bool = false, crop: PictureRegion? = nil,
    probe: PicturePlace? = nil, isWhole: Bool = false
  ) {
    self.rows = max(rows, 1)
    self.columns = max(columns, 1)
    (self.includesError, self.includesDeviation) = (includesError, includesDeviation)
    (self.crop, self.probe, self.isWhole) = (crop, probe, isWhole)
  }
}

/// A reconstruction at the size that the screen asked for.
public struct Preview: Equatable, Sendable {
  /// Updates made before the parameters that drew it.
  public let step: Int
  /// `[rows, columns]`, the network's outputs, not clamped.
  public let picture: Signal
  /// `|y − t|`, mean over the channels, one channel; nil unless asked for.
  public let error: Signal?
  /// `y − t`, mean over the channels, one channel; nil unless asked for. The difference of two runs is that of their
  /// deviations, and is right also where a run is drawn by single samples and the other by means of areas.
  public var deviation: Signal?
  /// The probed sample as the network gives it, a value a channel: not resampled, not clamped.
  public var probe: [Float]?
  /// What it answers.
  public var request: PreviewRequest?
}

extension Signal {
  /// A part of a picture.
  public func cropped(to part: PictureRegion) -> Signal {
    precondition(shape.count == 2, "Only pictures have regions, not a signal of shape \(shape).")
    let (rows, columns) = (shape[0], shape[1])
    let part = part.clamped(rows: rows, columns: columns)
    if part.rows.count == rows, part.columns.count == columns { return self }
    var values: [Float] = []
    values.reserveCapacity(part.rows.count * part.columns.count * channels)
    for row in part.rows {
      let start = (row * columns + part.columns.lowerBound) * channels
      values += samples[start..<start + part.columns.count * channels]
    }
    return Signal(shape: [part.rows.count, part.columns.count], channels: channels, samples: values)
  }
}
