import Canvas

/// A frame with what the next one may take over from it.
///
/// Pictures of a race move with every frame. Its plots and its table are read, cost most of what a frame takes, and are
/// drawn with every second frame of news: some eleven times a second. A network's maps are drawn in turns, each of them once
/// a report; and those that a key has nothing to do with do not hold up its answer, but come with the frame after it.
struct ShownFrame {
  let frame: Frame
  /// Whether something of it is still that of the frame before: it is to be drawn soon, also where no more news come.
  let isPartial: Bool
  /// Whether its maps are those of the frame before: a key was answered. Two in a row are not, however fast keys come.
  fileprivate var isHeld = false
  /// The race when nothing lies over it.
  fileprivate var race: RaceLayout?
  /// The maps, also under what lies over them.
  fileprivate var features: FeatureDrawing?
  fileprivate var pace = FeaturePace()
}

extension ExplorerState {
  /// What is drawn after a tick, which settles what it is drawn from.
  ///
  /// - Parameters:
  ///   - last: what is on the screen.
  ///   - isNews: whether nothing has happened since but that runs went on.
  func frame(after last: ShownFrame?, isNews: Bool) -> ShownFrame {
    if let race = bareRace {
      let kept = last.flatMap { isNews && !$0.isPartial && $0.race == race ? $0.frame : nil }
      return ShownFrame(frame: viewFrame(race: race, keepingPanelsOf: kept), isPartial: kept != nil, race: race)
    }
    if tab == .features, let drawing = features.drawing {
      let isHeld = !isNews && last?.isHeld != true
      var pace = last?.pace ?? FeaturePace()
      pace.advance(reports: drawing.key.reports)
      let between = reducedMotion ? nil : last?.features.flatMap { isHeld ? drawing.held(as: $0) : drawing.part(after: $0, pace) }
      return ShownFrame(
        frame: frame(features: between ?? drawing), isPartial: between != nil, isHeld: isHeld && between != nil,
        features: between ?? drawing, pace: pace)
    }
    return ShownFrame(frame: frame(), isPartial: false)
  }

  private var bareRace: RaceLayout? { isBare && tab == .race && !isSingle ? raceLayout : nil }

  private var isBare: Bool { overlay == nil && message == nil && tour == nil }
}
