import Canvas
import TerminalUI
import Training

/// What keys and the mouse do to the comparison.
extension ExplorerState {
  mutating func perform(_ intent: CompareIntent) -> [Effect] {
    guard let layout = compareLayout else { return [] }
    let before = (comparedSides, compare.mode)
    switch intent {
    case .nextMode: compare.mode = next(after: compare.mode)
    case .previousMode:
      for _ in 1..<CompareState.Mode.allCases.count { compare.mode = next(after: compare.mode) }
    case .next(let place): chooseNext(place)
    case .swap:
      let sides = comparedSides
      (compare.left, compare.right) = (sides.right, sides.left)
    case .arrow(let direction):
      if compare.isPicking {
        movePick(direction, layout.view)
      } else if compare.mode == .wipe, direction == .left || direction == .right {
        moveLine(by: direction == .left ? -1 : 1, layout)
      } else {
        pan(direction, layout.view)
      }
    case .pan(let direction): pan(direction, layout.view)
    case .zoom(let goesIn):
      let picked = compare.pick.flatMap { layout.view.region.contains($0) ? $0 : nil }
      zoom(
        in: goesIn, around: picked.map { PictureWindow.Point(x: Double($0.column) + 0.5, y: Double($0.row) + 0.5) },
        layout.view)
    case .fit: window = PictureWindow()
    case .pick:
      compare.isPicking.toggle()
      if compare.isPicking, compare.pick.map({ !layout.view.region.contains($0) }) ?? true {
        compare.pick = PicturePlace(row: Int(layout.view.middle.y), column: Int(layout.view.middle.x))
      }
    case .forgetPick: (compare.pick, compare.isPicking) = (nil, false)
    case .nextMap:
      guard compare.mode == .difference else {
        say("the colours of differences: \(key(.compare(.nextMode))) shows them")
        return []
      }
      compare.mapIndex = (signedMapIndex + 1) % Self.signedMaps.count
      say("colours: \(signedMap.name)")
    }
    if before.0 != comparedSides || before.1 != compare.mode { compare.scale = nil }
    followCompareScale()
    return refreshPictures()
  }

  /// The next side that the other one does not show. The selected run at the left is followed from then on.
  private mutating func chooseNext(_ place: CompareState.Place) {
    let (left, right) = comparedSides
    let (side, other) = place == .left ? (left, right) : (right, left)
    let candidates = compareCandidates
    let index = candidates.firstIndex(of: side) ?? 0
    let next = (1...candidates.count).lazy.map { candidates[(index + $0) % candidates.count] }.first { $0 != other } ?? side
    if next == side { say("there is nothing else to compare with: \(key(.add)) adds a run") }
    // Both are settled: neither moves because the other one did.
    (compare.left, compare.right) = place == .left ? (next, other) : (other, next)
    if compare.left == .run(selection) { compare.left = nil }
  }

  private mutating func moveLine(by columns: Int, _ layout: CompareLayout) {
    guard let picture = layout.panes.first?.picture else { return }
    putLine(at: wipeColumn(picture) + columns, picture)
  }

  private mutating func putLine(at column: Int, _ picture: Rect) {
    // In the middle of its column, so that the same size of picture gives the same column back.
    compare.wipe = (Double(min(max(column, 0), picture.width - 1)) + 0.5) / Double(max(picture.width, 1))
  }

  private mutating func movePick(_ direction: Direction, _ view: PictureView) {
    guard var place = compare.pick else { return }
    switch direction {
    case .left: place.column -= view.pixelStep.x
    case .right: place.column += view.pixelStep.x
    case .up: place.row -= view.pixelStep.y
    case .down: place.row += view.pixelStep.y
    }
    place.row = min(max(place.row, 0), view.rows - 1)
    place.column = min(max(place.column, 0), view.columns - 1)
    compare.pick = place
    // The picture follows, no further than it must.
    func following(_ middle: Double, _ range: Range<Int>, _ index: Int) -> Double {
      middle + Double(min(0, index - range.lowerBound) + max(0, index - range.upperBound + 1))
    }
    guard !view.region.contains(place) else { return }
    window.center = PictureWindow.Point(
      x: following(view.middle.x, view.region.columns, place.column),
      y: following(view.middle.y, view.region.rows, place.row))
  }

  // MARK: Mouse

  mutating func mouseOnCompare(_ event: MouseEvent, _ body: Rect) -> [Effect] {
    let layout = compareLayout(body)
    let pane = layout.panes.firstIndex { $0.frame.contains(x: event.x, y: event.y) }
    switch event.kind {
    case .press(let button):
      guard let pane else { return [] }
      let place = layout.panes[pane]
      if button == .right {
        compare.pick = layout.view.sample(atX: event.x, y: event.y, in: place.picture)
      } else if button == .left, compare.mode == .wipe, !compare.isPicking {
        compare.grip = .line
        putLine(at: event.x - place.picture.x, place.picture)
      } else {
        compare.grip = .picture(x: event.x, y: event.y, center: layout.view.middle, hasMoved: false)
        return []
      }
    case .drag:
      switch compare.grip {
      case .line?:
        guard let picture = layout.panes.first?.picture else { return [] }
        putLine(at: event.x - picture.x, picture)
      case .picture(let x, let y, let center, let hasMoved)?:
        guard hasMoved || event.x != x || event.y != y else { return [] }
        compare.grip = .picture(x: x, y: y, center: center, hasMoved: true)
        if !layout.view.isWhole { window.center = layout.view.center(center, draggedBy: event.x - x, event.y - y) }
      case nil: return []
      }
    case .release:
      defer { compare.grip = nil }
      guard case .picture(let x, let y, _, hasMoved: false)? = compare.grip, let clicked = layout.pane(atX: x, y: y) else {
        return []
      }
      compare.pick = layout.view.sample(atX: x, y: y, in: clicked.picture)
    case .wheelUp, .wheelDown:
      guard pane != nil else { return [] }
      zoom(in: event.kind == .wheelUp, atX: event.x, y: event.y, layout.view)
    }
    followCompareScale()
    return refreshPictures()
  }

  // MARK: Pictures

  func comparePictures(_ body: Rect) -> PictureRequests {
    let layout = compareLayout(body)
    let sides = comparedSides
    let showsTarget = [sides.left, sides.right].contains(.target) && compare.mode != .difference
    var runs: [RunID: PreviewRequest] = [:]
    for case .run(let id) in [sides.left, sides.right] {
      runs[id] = layout.view.request(
        includesError: compare.mode == .errors, includesDeviation: compare.mode == .difference, probe: compare.pick)
    }
    return (showsTarget ? layout.view.request() : nil, runs)
  }

  /// The scale of the colours follows what is seen, in steps.
  mutating func followCompareScale() {
    guard let layout = compareLayout else { return }
    switch compare.mode {
    case .difference:
      guard let difference = comparedDifference(layout) else { return }
      compare.scale = ColorScale.following(difference.samples, previous: compare.scale)
    case .errors:
      let (left, right) = comparedSides
      let errors = [left, right].compactMap { comparedError(of: $0, layout)?.samples }.joined()
      compare.scale = ColorScale.following(Array(errors), previous: compare.scale)
    case .sideBySide, .wipe: break
    }
  }
}
