import Networks
import Signals

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What of a network's inside is wanted for the screen, of a run while it trains.
///
/// Without `maps` and `truncation` it asks for the run's layers alone.
public struct FeatureRequest: Equatable, Sendable {
  /// Maps of some units of one layer.
  public struct Maps: Hashable, Sendable {
    /// Index into the network's `featureLayers`.
    public var layer: Int
    public var part: FeaturePart
    /// Whose maps, in this order; left aside where the layer has only one.
    public var units: [Int]
    /// Most points an axis that can be used, in array order; a grid with fewer is taken whole.
    public var points: [Int]
    /// The part of the layer's own grid that is looked at, a range an axis; nil is all of it.
    public var crop: [Range<Int>]?

    public init(layer: Int, part: FeaturePart, units: [Int], points: [Int], crop: [Range<Int>]? = nil) {
      (self.layer, self.part, self.units, self.points, self.crop) = (layer, part, units, points, crop)
    }
  }

  /// What units are put in order by.
  public enum Order: Hashable, Sendable {
    /// The largest σ over the map first.
    case activity
    /// The least like all others first (`FeatureMap.mostDifferent`).
    case difference
  }

  /// All units of a layer in an order. Its maps are taken at a lattice of a few hundred points.
  public struct Ranking: Hashable, Sendable {
    public var layer: Int
    public var part: FeaturePart
    public var order: Order

    public init(layer: Int, part: FeaturePart, order: Order) {
      (self.layer, self.part, self.order) = (layer, part, order)
    }
  }

  /// The picture of the levels `0…level` alone, and what every level adds.
  public struct Truncation: Hashable, Sendable {
    public var level: Int
    /// Most points an axis, as for `Maps`.
    public var points: [Int]
    /// The part of the data that is looked at; nil is all of it.
    public var crop: [Range<Int>]?

    public init(level: Int, points: [Int], crop: [Range<Int>]? = nil) {
      (self.level, self.points, self.crop) = (level, points, crop)
    }
  }

  public var maps: [Maps]
  public var ranking: Ranking?
  public var truncation: Truncation?
  /// Whether it is answered once, at every point that is asked for, however long the run waits for that: for files.
  public var isExact: Bool

  public init(maps: [Maps] = [], ranking: Ranking? = nil, truncation: Truncation? = nil, isExact: Bool = false) {
    (self.maps, self.ranking, self.truncation, self.isExact) = (maps, ranking, truncation, isExact)
  }
}

/// What a request is answered with: values of the parameters after `step` updates, or fewer where a part says so.
public struct FeatureReport: Equatable, Sendable {
  /// The answer to one of `FeatureRequest.maps`.
  public struct Answer: Equatable, Sendable {
    public var request: FeatureRequest.Maps
    /// At the lattice's points, and of which grid they are a part.
    public var map: FeatureMap
    /// A unit's each, of the values in `map`.
    public var statistics: [FeatureStatistics]
    /// Updates that the parameters had: while a run trains, layers are looked at one after another.
    public var step = 0
  }

  /// The picture of some levels, and the PSNR of every number of levels.
  public struct Truncated: Equatable, Sendable {
    public var request: FeatureRequest.Truncation
    /// At the lattice's points, not clamped.
    public var picture: Signal
    /// In dB, of levels `0…k` for every k, over the same points as the picture.
    public var psnr: [Double]
    /// Whether those are all samples of the data; the picture then still has the lattice's points.
    public var isExact: Bool
    /// Updates that the parameters had: it is taken more rarely than maps are.
    public var step = 0
    /// The pictures of other numbers of levels that PSNR took anyway, by their last level.
    public var others: [Int: Signal] = [:]

    /// The picture of levels `0…level`; nil where it has not been asked for and did not come along.
    public func picture(level: Int) -> Signal? { level == request.level ? picture : others[level] }
  }

  /// Of the newest maps; without any, of what else it answers.
  public var step: Int
  /// Of the run's network: what can be asked for.
  public var layers: [FeatureLayer]
  /// As in `FeatureSource`; 0 where there is nothing to leave out.
  public var truncationLevels: Int
  /// What it answers. Parts of the request that the network does not have (it may be another by now) are left out here.
  public var request: FeatureRequest
  /// In the order of `request.maps`; while a changed question waits for its turn, still the answers to the one before.
  public var answers: [Answer]
  /// The units as ranked.
  public var ranking: [Int]?
  /// Its own request says of what, as with `answers`.
  public var truncated: Truncated?
  /// Updates that the parameters had when the units were ranked.
  public var rankingStep: Int?
}

/// Maps that are kept at chosen steps, to be played back.
///
/// Every step that is named has its frame, whatever it costs: the share of a run's time that looks keep to does not hold
/// here. Layers that are worked out sample by sample keep the lattice that the first frame had time for.
public struct FeatureRecording: Equatable, Sendable {
  /// When a frame is taken.
  public enum Steps: Hashable, Sendable {
    /// Every so many steps.
    case every(Int)
    /// At 0, 1, 2, 4, 8 … and from there on so that each octave of steps has this many frames.
    case perOctave(Int)

    /// Whether the parameters after so many updates are one of the frames: multiples of n, or 0 and the steps
    /// `round(2^(i/n))`. Below 1, n counts as 1.
    public func contains(_ step: Int) -> Bool {
      switch self {
      case .every(let count): return step.isMultiple(of: max(count, 1))
      case .perOctave(let count):
        guard step > 0 else { return step == 0 }
        // Neighbours of the nearest, where several fall on one step or the logarithm is rounded.
        let count = Double(max(count, 1))
        let nearest = (count * log2(Double(step))).rounded()
        return (-1...1).contains { exp2((nearest + Double($0)) / count).rounded() == Double(step) }
      }
    }
  }

  public var maps: [FeatureRequest.Maps]
  public var steps: Steps

  public init(maps: [FeatureRequest.Maps], steps: Steps) { (self.maps, self.steps) = (maps, steps) }
}

/// One frame of a recording.
public struct FeatureFrame: Equatable, Sendable {
  public var step: Int
  /// Of the parameters before that step's update; nil before the first step.
  public var psnr: Double?
  public var answers: [FeatureReport.Answer]
}
