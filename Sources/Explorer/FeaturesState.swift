import Networks
import TerminalUI
import Training

/// Which feature maps are looked at and how. It serves every run: what a network does not have gives way to what is nearest.
struct FeaturesState: Equatable, Sendable {
  enum Arrangement: CaseIterable, Sendable {
    case layersAndUnits, unitsOfLayer, layersOfUnit, single

    var title: String {
      switch self {
      case .layersAndUnits: "levels and units"
      case .unitsOfLayer: "units of a level"
      case .layersOfUnit: "levels of a unit"
      case .single: "one map"
      }
    }
  }

  /// Units of a layer in an order that the engine has found.
  struct Ranked: Equatable, Sendable {
    let run: RunID
    let generation: Int
    let ranking: FeatureRequest.Ranking
    let units: [Int]
  }

  /// What a pressed button holds.
  enum Grip: Equatable, Sendable {
    /// The large map at a cell, and where its middle was then.
    case map(x: Int, y: Int, center: PictureWindow.Point)
    case slider, position
  }

  /// Index of the chosen layer; at first not the coarsest, which often has the coordinates alone.
  var layer = 1
  /// Place of the chosen unit in the order of units.
  var column = 0
  /// nil: what each layer shows unasked. A layer without this part does so too.
  var part: FeaturePart?
  var arrangement = Arrangement.layersAndUnits
  /// What is scrolled to, as far as the chosen map stays in sight.
  var firstLayer = 0
  var firstColumn = 0
  /// nil: units stand in the order of their numbers.
  var order: FeatureRequest.Order?
  /// nil until the engine has found the order.
  var ranked: Ranked?
  /// Whether the maps of a layer have one range of values.
  var sharesRange = false
  var showsHistogram = false
  /// Whether every map of the grid has its whole title, however few that leaves in sight.
  var hasWholeTitles = false
  /// Of `signedFeatureMaps` and of `ColorMap.sequential`; nil is the one that suits.
  var signedIndex: Int?
  var sequentialIndex: Int?
  /// How often the large map was made twice as large; the layout takes no more of it than it can use.
  var zoom = 0
  /// The middle of what is shown, as a part of the map's sides; nil is its middle.
  var center: PictureWindow.Point?
  /// The last level of the picture of the coarser levels alone; nil while that is not looked at.
  var truncation: Int?
  var timeLapse: FeatureTimeLapse?
  /// Until when another recording may take its place: it was asked.
  var replaceUntil: Double?
  var playback: FeaturePlayback?
  /// Index into `FeatureTimeLapse.choices`, for the next recording.
  var stepsIndex = FeatureTimeLapse.standardChoice
  var grip: Grip?
  /// What the last frame showed.
  var drawing: FeatureDrawing?
}

/// What keys do to the feature maps.
enum FeaturesIntent: Hashable, Sendable {
  /// What an arrow means: the frame that is played back, the last level, the part that is looked at, or unit and level.
  case arrow(Direction)
  case unit(Int), layer(Int), page(Int), firstUnit, lastUnit
  case nextPart, previousPart
  case nextArrangement, nextOrder
  case range, histogram, nextMap, titles
  case zoom(in: Bool)
  case fit
  case pan(Direction)
  case levels
  case record, steps, play, live, faster, slower
}

extension Keymap {
  static let features: [KeyBinding] = [
    binding(.nextPart, [.character("m")], hint: "part", "the next part: activation, sum, contribution, bias and more"),
    binding(.previousPart, [.character("M")], "the part before"),
    binding(.nextArrangement, [.character("v")], hint: "layout", "levels and units, one level, one unit, the map alone"),
    binding(.nextOrder, [.character("o")], hint: "order", "units: most active first, most different first, by number"),
    binding(.levels, [.character("l")], hint: "levels", "the picture of the coarser levels alone; arrows move the last"),
    binding(.record, [.character("w")], hint: "record", "record the unit's maps as the run trains, or stop"),
    binding(.steps, [.character("W")], "at which steps a recording has frames"),
    binding(.play, [.character("x")], hint: "play", "play the recording, or hold it; arrows go frame by frame"),
    binding(.live, [.character("X")], "back from the recording to the run as it is"),
    binding(.faster, [.character("e")], "play faster"),
    binding(.slower, [.character("E")], "play slower"),
    binding(.arrow(.left), [.left], "the unit before; zoomed: move the map"),
    binding(.arrow(.right), [.right], "the next unit; zoomed: move the map"),
    binding(.arrow(.up), [.up], "the level above; zoomed: move the map"),
    binding(.arrow(.down), [.down], "the level below; zoomed: move the map"),
    binding(.unit(-1), [.character("[")], "the unit before, whatever arrows do"),
    binding(.unit(1), [.character("]")], "the next unit"),
    binding(.layer(-1), [.character("{")], "the level before, whatever arrows do"),
    binding(.layer(1), [.character("}")], "the next level"),
    binding(.page(-1), [.character("<"), .pageUp], "a page of units back"),
    binding(.page(1), [.character(">"), .pageDown], "a page of units on"),
    binding(.firstUnit, [.home], "the first unit"),
    binding(.lastUnit, [.end], "the last unit"),
    binding(
      .zoom(in: true), [.character("+"), .character("=")], hint: "zoom", "zoom into the large map (also the wheel)"),
    binding(.zoom(in: false), [.character("-"), .character("_")], "zoom out"),
    binding(.fit, [.character("0")], "show the whole map"),
    binding(.pan(.left), [.character("H")], "move the map left, whatever arrows do"),
    binding(.pan(.down), [.character("J")], "move the map down"),
    binding(.pan(.up), [.character("K")], "move the map up"),
    binding(.pan(.right), [.character("L")], "move the map right"),
    binding(.range, [.character("u")], "colours span each map's values, or those of its level"),
    binding(.histogram, [.character("y")], hint: "histogram", "the histogram of the large map"),
    binding(.nextMap, [.character("g")], hint: "colours", "other colours, of maps with both signs and of others apart"),
    binding(.titles, [.character("n")], "whole titles, or as many maps as there can be"),
    // Arrows are taken: only letters select runs here.
    KeyBinding(.nextRun, [.character("j")], "the next run", tabs: [.features]),
    KeyBinding(.previousRun, [.character("k")], "the run before", tabs: [.features]),
  ]

  private static func binding(_ intent: FeaturesIntent, _ keys: [Key], hint: String? = nil, _ explanation: String) -> KeyBinding {
    KeyBinding(.features(intent), keys, hint: hint, explanation, tabs: [.features])
  }
}
