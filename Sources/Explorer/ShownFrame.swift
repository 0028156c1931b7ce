import Canvas

/// A frame with what the next one may take over from it.
///
/// Pictures of a race move with every frame. Its plots and its table are read, cost most of what a frame takes, and are
/// drawn with every second frame of news: some eleven times a second.
struct ShownFrame {
  let frame: Frame
  /// Whether plots and table are those of the frame before: they are to be drawn soon, also where no more news come.
  let isPartial: Bool
  /// The race when nothing lies over it.
  fileprivate let race: RaceLayout?
}

extension ExplorerState {
  /// - Parameters:
  ///   - last: what is on the screen.
  ///   - isNews: whether nothing has happened since but that runs went on.
  func frame(after last: ShownFrame?, isNews: Bool) -> ShownFrame {
    let race = bareRace
    guard let race else { return ShownFrame(frame: frame(), isPartial: false, race: nil) }
    let kept = isNews ? last.flatMap { !$0.isPartial && $0.race == race ? $0.frame : nil } : nil
    return ShownFrame(frame: viewFrame(race: race, keepingPanelsOf: kept), isPartial: kept != nil, race: race)
  }

  private var bareRace: RaceLayout? {
    tab == .race && !isSingle && overlay == nil && message == nil && tour == nil ? raceLayout : nil
  }
}
