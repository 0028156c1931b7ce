import Canvas
import Networks
import TerminalUI
import Training

/// What keys, the mouse and the engine do to the feature maps.
extension ExplorerState {
  mutating func perform(_ intent: FeaturesIntent) -> [Effect] {
    guard let layout = featuresLayout else { return [] }
    var effects: [Effect] = []
    switch intent {
    case .arrow(let direction): arrow(direction, layout)
    case .unit(let distance): chooseUnit(by: distance)
    case .layer(let distance): chooseLayer(by: distance)
    case .page(let pages):
      let count = max(1, layout.grid.columns.count)
      // What is in sight moves as far as the choice.
      features.firstColumn = layout.grid.columns.lowerBound + pages * count
      chooseUnit(by: pages * count)
    case .firstUnit: chooseUnit(by: -(.max / 2))
    case .lastUnit: chooseUnit(by: .max / 2)
    case .nextPart: choosePart(by: 1)
    case .previousPart: choosePart(by: -1)
    case .nextArrangement:
      features.arrangement = next(after: features.arrangement)
      say(features.arrangement.title)
    case .nextOrder: chooseNextOrder()
    case .range:
      features.sharesRange.toggle()
      say(features.sharesRange ? "colours span the values of the level's maps in sight" : "colours span each map's own values")
    case .histogram:
      features.showsHistogram.toggle()
      // The picture of the coarser levels has its place.
      if layout.map == nil { say("histogram \(features.showsHistogram ? "on" : "off"): \(key(.features(.levels))) shows the map it is of") }
    case .titles:
      features.hasWholeTitles.toggle()
      say(features.hasWholeTitles ? "every map has its whole title" : "titles make room for maps")
    case .nextMap: chooseNextMap(layout)
    case .zoom(let goesIn): zoom(to: layout.zoom + (goesIn ? 1 : -1), around: middle(of: layout), layout)
    case .fit: (features.zoom, features.center) = (0, nil)
    case .pan(let direction): panMap(direction, layout)
    case .levels: toggleLevels()
    case .record: effects = toggleRecording()
    case .steps: effects = chooseNextSteps()
    case .play: playOrHold()
    case .live: features.playback = nil
    case .faster: changeSpeed(by: 1)
    case .slower: changeSpeed(by: -1)
    }
    keepScroll()
    return effects + refreshPictures()
  }

  private func next(after arrangement: FeaturesState.Arrangement) -> FeaturesState.Arrangement {
    let all = FeaturesState.Arrangement.allCases
    return all[((all.firstIndex(of: arrangement) ?? 0) + 1) % all.count]
  }

  /// What is in sight stays there until the choice leaves it.
  private mutating func keepScroll() {
    guard let layout = featuresLayout, !layout.grid.tiles.isEmpty else { return }
    if features.arrangement == .layersAndUnits { features.firstLayer = layout.grid.lines.lowerBound }
    features.firstColumn = layout.grid.columns.lowerBound
  }

  // MARK: Choosing

  private mutating func arrow(_ direction: Direction, _ layout: FeaturesLayout) {
    let isAcross = direction == .left || direction == .right
    let distance = direction == .left || direction == .up ? -1 : 1
    if features.playback != nil, playedTimeLapse != nil, isAcross {
      showFrame((features.playback?.frame ?? 0) + distance)
    } else if let level = truncationLevel, isAcross {
      truncate(at: level + distance)
    } else if layout.zoom > 0 {
      panMap(direction, layout)
    } else if isAcross {
      if !chooseBeside(distance, layout) { chooseUnit(by: distance) }
    } else if features.arrangement == .unitsOfLayer, playedTimeLapse == nil, let top = layout.grid.tiles.first?.caption.y {
      chooseUnit(by: distance * layout.grid.tiles.filter { $0.caption.y == top }.count)
    } else if let row = layout.grid.rows.firstIndex(where: { $0.contains(featureContents.line) }) {
      // To the same place of the next row.
      let rows = layout.grid.rows
      let next = rows[min(max(row + distance, 0), rows.count - 1)]
      let place = rows[row].firstIndex(of: featureContents.line) ?? 0
      features.layer = next[min(place, next.count - 1)]
    } else {
      chooseLayer(by: distance)
    }
  }

  /// From the last unit of a layer to the one that stands beside it; false when there is none.
  private mutating func chooseBeside(_ distance: Int, _ layout: FeaturesLayout) -> Bool {
    let contents = featureContents
    guard let line = contents.chosenLine, !line.units.indices.contains(contents.column + distance),
      let row = layout.grid.rows.first(where: { $0.contains(contents.line) }), row.contains(contents.line + distance)
    else { return false }
    features.layer = contents.line + distance
    features.column = distance > 0 ? 0 : contents.lines[features.layer].units.count - 1
    return true
  }

  private mutating func chooseUnit(by distance: Int) {
    let contents = featureContents
    guard let line = contents.chosenLine else { return }
    if line.units.count == 1 {
      return say(playedTimeLapse != nil ? "the recording is of one unit: \(key(.features(.live))) leaves it" : "\(line.layer.title) has one map of this part")
    }
    features.column = min(max(contents.column + distance, 0), line.units.count - 1)
  }

  private mutating func chooseLayer(by distance: Int) {
    let contents = featureContents
    features.layer = min(max(contents.line + distance, 0), max(0, contents.lines.count - 1))
  }

  private mutating func choosePart(by distance: Int) {
    guard playedTimeLapse == nil else { return say("a recording has the parts that were chosen: \(key(.features(.live))) leaves it") }
    guard let line = featureContents.chosenLine else { return }
    let parts = line.layer.parts
    guard parts.count > 1 else {
      let hasTiles = featureContents.lines.contains { $0.layer.parts.contains(.weightNorm) }
      let others = hasTiles ? "; weights, biases and errors are with the tiles, further down" : ""
      return say("\(line.layer.title): \(partTitle(line.part)) is all there is\(others)")
    }
    let index = parts.firstIndex(of: line.part) ?? 0
    features.part = parts[(index + distance + parts.count) % parts.count]
  }

  func partTitle(_ part: FeaturePart) -> String { part.title(channels: subject.signal.channels) }

  private mutating func chooseNextOrder() {
    let orders: [FeatureRequest.Order?] = [nil, .activity, .difference]
    let order = orders[((orders.firstIndex(of: features.order) ?? 0) + 1) % orders.count]
    if order != nil, featureContents.chosenLine?.part.isPerUnit == false {
      return say("this part has one map a level: there is nothing to put in order")
    }
    (features.order, features.ranked) = (order, nil)
    (features.column, features.firstColumn) = (0, 0)
    if order == nil { say("units by their numbers") }
  }

  private mutating func chooseNextMap(_ layout: FeaturesLayout) {
    guard let range = largeFeatureMap(layout)?.range else { return }
    if range.isSigned {
      let index = Self.signedFeatureMaps.firstIndex(of: signedFeatureMap) ?? 0
      features.signedIndex = (index + 1) % Self.signedFeatureMaps.count
    } else {
      features.sequentialIndex = (sequentialFeatureIndex + 1) % ColorMap.sequential.count
    }
    say("colours of maps \(range.isSigned ? "with both signs" : "without a sign"): \(colorMap(for: range).name)")
  }

  // MARK: Zoom

  private func middle(of layout: FeaturesLayout) -> PictureWindow.Point {
    guard let line = featureContents.chosenLine else { return PictureWindow.Point(x: 0.5, y: 0.5) }
    let region = layout.region
    return PictureWindow.Point(
      x: (Double(region.columns.lowerBound) + Double(region.columns.count) / 2) / Double(line.columns),
      y: (Double(region.rows.lowerBound) + Double(region.rows.count) / 2) / Double(line.rows))
  }

  /// - Parameter center: of what is shown then, as a part of the map's sides.
  private mutating func zoom(to level: Int, around center: PictureWindow.Point, _ layout: FeaturesLayout) {
    guard level >= 0, level < layout.zoom || layout.canZoomIn else { return }
    features.zoom = level
    features.center = level > 0 ? kept(center, level) : nil
  }

  /// A middle around which the map fills its place.
  private func kept(_ center: PictureWindow.Point, _ level: Int) -> PictureWindow.Point {
    let half = 0.5 / Double(1 << min(level, 30))
    return PictureWindow.Point(x: min(max(center.x, half), 1 - half), y: min(max(center.y, half), 1 - half))
  }

  private mutating func panMap(_ direction: Direction, _ layout: FeaturesLayout) {
    guard layout.zoom > 0 else { return say("this is the whole map: \(key(.features(.zoom(in: true)))) zooms in") }
    guard let line = featureContents.chosenLine else { return }
    var center = middle(of: layout)
    let across = Double(max(1, layout.region.columns.count / 8)) / Double(line.columns)
    let down = Double(max(1, layout.region.rows.count / 8)) / Double(line.rows)
    switch direction {
    case .left: center.x -= across
    case .right: center.x += across
    case .up: center.y -= down
    case .down: center.y += down
    }
    features.center = kept(center, layout.zoom)
  }

  // MARK: Levels

  private mutating func toggleLevels() {
    guard features.truncation == nil else { return features.truncation = nil }
    guard let levels = run.features?.truncationLevels else { return }
    guard levels > 0 else { return say("\(name(run)) has no levels that could be left out") }
    features.playback = nil
    features.truncation = max(0, levels - 2)
  }

  private mutating func truncate(at level: Int) {
    guard let levels = run.features?.truncationLevels, levels > 0 else { return }
    features.truncation = min(max(level, 0), levels - 1)
  }

  // MARK: Mouse

  mutating func mouseOnFeatures(_ event: MouseEvent, _ body: Rect) -> [Effect] {
    let layout = featuresLayout(body)
    let pane = [layout.map, layout.truncation].compactMap { $0 }.first { $0.frame.contains(x: event.x, y: event.y) }
    switch event.kind {
    case .press(.left):
      if let slider = layout.slider, slider.contains(x: event.x, y: event.y) {
        features.grip = .slider
        if let level = truncationLevel(atX: event.x, in: slider) { truncateByMouse(level) }
      } else if let rect = layout.recording, rect.contains(x: event.x, y: event.y) {
        features.grip = .position
        seek(toX: event.x, rect)
      } else if let tile = layout.grid.tiles.first(where: {
        $0.map.contains(x: event.x, y: event.y) || $0.caption.contains(x: event.x, y: event.y)
      }) {
        (features.layer, features.column) = (tile.line, tile.column)
      } else if pane != nil {
        features.grip = .map(x: event.x, y: event.y, center: middle(of: layout))
      }
    case .drag:
      switch features.grip {
      case .slider?:
        if let slider = layout.slider, let level = truncationLevel(atX: event.x, in: slider) { truncateByMouse(level) }
      case .position?: if let rect = layout.recording { seek(toX: event.x, rect) }
      case .map(let x, let y, let center)?:
        guard layout.zoom > 0, let picture = (layout.map ?? layout.truncation)?.picture, !picture.isEmpty else { return [] }
        let size = Double(1 << layout.zoom)
        features.center = kept(
          PictureWindow.Point(
            x: center.x - Double(event.x - x) / Double(picture.width) / size,
            y: center.y - Double(event.y - y) / Double(picture.height) / size), layout.zoom)
      case nil: return []
      }
    case .release: features.grip = nil
    case .wheelUp, .wheelDown:
      let distance = event.kind == .wheelUp ? 1 : -1
      if let pane {
        zoom(to: layout.zoom + distance, atX: event.x, y: event.y, pane.picture, layout)
      } else if layout.gridFrame?.contains(x: event.x, y: event.y) == true {
        chooseUnit(by: -distance)
      }
    case .press: return []
    }
    keepScroll()
    return refreshPictures()
  }

  /// What is under the pointer stays there.
  private mutating func zoom(to level: Int, atX x: Int, y: Int, _ picture: Rect, _ layout: FeaturesLayout) {
    let before = middle(of: layout)
    guard level >= 0, !picture.isEmpty else { return }
    let across = (Double(x - picture.x) + 0.5) / Double(picture.width) - 0.5
    let down = (Double(y - picture.y) + 0.5) / Double(picture.height) - 0.5
    let change = 1 / Double(1 << layout.zoom) - 1 / Double(1 << level)
    zoom(to: level, around: PictureWindow.Point(x: before.x + across * change, y: before.y + down * change), layout)
  }

  private mutating func truncateByMouse(_ level: Int) {
    features.playback = nil
    truncate(at: level)
  }

  // MARK: Snapshots

  /// Takes what the engine has told of a run's inside.
  mutating func absorb(_ report: FeatureReport?, frames: [FeatureFrame], of id: RunID) -> [Effect] {
    var effects = frames.isEmpty ? [] : absorb(frames, of: id)
    guard var report, let run = self[id] else { return effects }
    let isOtherNetwork = run.live.features?.layers != report.layers
    // Parts of an answer may come one after the other: what there was stands until then.
    if report.answers.isEmpty, !report.request.maps.isEmpty, let old = run.live.features, !isOtherNetwork {
      (report.answers, report.step) = (old.answers, old.step)
    }
    if report.truncated == nil, report.request.truncation != nil, !isOtherNetwork {
      report.truncated = run.live.features?.truncated
    }
    self[id]?.live.features = report
    if isOtherNetwork, let timeLapse = features.timeLapse, timeLapse.run == id, timeLapse.isRecording,
      timeLapse.layers != report.layers
    {
      say("\(name(run)) is another network now: its recording has ended")
      effects.append(.record(id, nil))
      forgetRecording(of: id)
    }
    var hasNewOrder = false
    if id == selection, let order = features.order, let ranking = report.request.ranking, ranking.order == order,
      let units = report.ranking, features.ranked?.ranking != ranking || features.ranked?.generation != run.generation
    {
      features.ranked = FeaturesState.Ranked(run: id, generation: run.generation, ranking: ranking, units: units)
      (features.column, features.firstColumn) = (0, 0)
      hasNewOrder = true
    }
    return tab == .features && (isOtherNetwork || hasNewOrder) ? effects + refreshPictures() : effects
  }

  /// A run that is started again has no maps until it has told new ones; a recording starts again with it.
  mutating func forgetFeatures(of id: RunID, generation: Int) {
    self[id]?.live.features?.answers = []
    self[id]?.live.features?.truncated = nil
    guard let timeLapse = features.timeLapse, timeLapse.run == id, timeLapse.isRecording else { return }
    let seed = self[id]?.configuration.seed ?? timeLapse.seed
    features.timeLapse?.restart(generation: generation, seed: seed)
    features.playback = nil
  }

  /// Frames of a recording that are in no file.
  var unwrittenFrames: Int { features.timeLapse?.unwritten ?? 0 }

  /// What a new start does to the recording of the selected run, for its message.
  var recordingLost: String {
    guard let timeLapse = features.timeLapse, timeLapse.run == run.id, timeLapse.isRecording, !timeLapse.frames.isEmpty else { return "" }
    return "; the recording, too, without its \(counted(timeLapse.frames.count, "frame"))"
  }

  mutating func forgetRecording(of id: RunID) {
    guard features.timeLapse?.run == id else { return }
    (features.timeLapse, features.playback) = (nil, nil)
  }

  /// Asks the selected run for what the view shows, and no other.
  mutating func refreshFeatures() -> [Effect] {
    let wanted = featureRequest
    var effects: [Effect] = []
    for index in runs.indices {
      let request = runs[index].id == selection ? wanted : nil
      guard runs[index].featureRequest != request else { continue }
      runs[index].featureRequest = request
      effects.append(.features(runs[index].id, request))
    }
    return effects
  }
}
