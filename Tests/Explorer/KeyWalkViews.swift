import Canvas
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// What the keys of single views promise.
extension KeyWalkTests {
  private static func zooms(_ zoom: @escaping @Sendable (ExplorerState) -> Int, in goesIn: Bool) -> Promise {
    { walk in
      if !goesIn { walk.press("zoom-in", times: 2) }
      let (before, after) = walk.change(zoom)
      return after == before + (goesIn ? 1 : -1)
    }
  }

  /// Zoomed in, what is seen moves one way.
  private static func pans(_ place: @escaping @Sendable (ExplorerState) -> Double?, more: Bool) -> Promise {
    { walk in
      walk.press("zoom-in", times: 2)
      let (before, after) = walk.change(place)
      guard let before, let after else { return false }
      return more ? after > before : after < before
    }
  }

  private static func viewX(_ state: ExplorerState) -> Double? { state.pictureView?.middle.x }
  private static func viewY(_ state: ExplorerState) -> Double? { state.pictureView?.middle.y }
  private static func viewZoom(_ state: ExplorerState) -> Int { state.pictureView?.zoom ?? -1 }
  private static func mapX(_ state: ExplorerState) -> Double? { state.featuresLayout.map { Double($0.region.columns.lowerBound) } }
  private static func mapY(_ state: ExplorerState) -> Double? { state.featuresLayout.map { Double($0.region.rows.lowerBound) } }
  private static func mapZoom(_ state: ExplorerState) -> Int { state.featuresLayout?.zoom ?? -1 }
  private static func windowStart(_ state: ExplorerState) -> Double? { state.curves.window?.lowerBound }

  private static func movesCursor(by columns: Int) -> Promise {
    { walk in
      for _ in 0..<25 { _ = walk.state.update(.key(.left)) }
      let (before, after) = walk.change(\.curves.cursor)
      guard let before, let after else { return false }
      // A column is as wide as ten far ones are together.
      var one = walk.state
      let middle = one.curves.cursor
      one.moveCursor(by: -columns)
      return (columns > 0 ? after > before : after < before) && one.curves.cursor != middle && one.curves.cursor == before
    }
  }

  private static let window: [String: Promise] = [
    "zoom-in": zooms(viewZoom, in: true), "zoom-out": zooms(viewZoom, in: false),
    "whole": { walk in
      walk.press("zoom-in", times: 2)
      walk.press()
      return walk.state.window == PictureWindow()
    },
  ]

  /// Without a zoom they choose the run.
  private static let arrows: [String: Promise] = [
    "left": pans(viewX, more: false), "right": pans(viewX, more: true),
    "up": { walk in
      var whole = walk
      let chooses = try selects(by: -1)(&whole)
      return try chooses && pans(viewY, more: false)(&walk)
    },
    "down": { walk in
      var whole = walk
      let chooses = try selects(by: 1)(&whole)
      return try chooses && pans(viewY, more: true)(&walk)
    },
  ]

  private static let panning: [String: Promise] = [
    "pan-left": pans(viewX, more: false), "pan-right": pans(viewX, more: true), "pan-up": pans(viewY, more: false),
    "pan-down": pans(viewY, more: true),
  ]

  static let own: [String: Promise] = {
    var promises: [String: Promise] = [:]
    func add(_ tab: Tab, _ more: [String: Promise]) { for (name, promise) in more { promises["\(tab.name).\(name)"] = promise } }
    add(.race, window)
    add(.race, arrows)
    add(.race, race)
    add(.permutations, window)
    add(.permutations, arrows)
    add(.permutations, permutations)
    add(.curves, curves)
    add(.tradeOff, ["axis": { $0.changes(\.tradeOff.axis) }, "paper": { $0.changes(\.tradeOff.showsPublished) }])
    add(.scaling, ["axis": { $0.changes(\.scaling.axis) }, "log": { $0.changes(\.scaling.yScale) }])
    add(.features, features)
    add(.compare, window)
    add(.compare, panning)
    add(.compare, compare)
    return promises
  }()

  private static let race: [String: Promise] = [
    "error": { walk in
      let (before, after) = walk.change(\.showsError)
      return !before && after
    },
    "sort": { $0.changes(\.table.column) }, "reverse": { $0.changes(\.table.isDescending) },
  ]

  private static let curves: [String: Promise] = [
    "metric": { $0.changes(\.curves.metric) }, "axis": { $0.changes(\.curves.axis) }, "log-x": { $0.changes(\.curves.xScale) },
    "log-y": { $0.changes(\.curves.yScale) }, "smooth": { $0.changes(\.curves.smoothing) },
    "cursor-left": movesCursor(by: -1), "cursor-right": movesCursor(by: 1), "cursor-far-left": movesCursor(by: -10),
    "cursor-far-right": movesCursor(by: 10),
    "cursor-off": { walk in
      walk.press("cursor-left")
      let (before, after) = walk.change(\.curves.cursor)
      return before != nil && after == nil
    },
    "zoom-in": { walk in
      walk.press()
      return walk.state.curves.window != nil
    },
    "zoom-out": { walk in
      walk.press("zoom-in", times: 2)
      let (before, after) = walk.change { $0.curves.window.map { $0.upperBound - $0.lowerBound } }
      guard let before, let after else { return false }
      return after > before
    },
    "pan-left": pans(windowStart, more: false), "pan-right": pans(windowStart, more: true),
    "whole": { walk in
      walk.press("zoom-in")
      let (before, after) = walk.change(\.curves.window)
      return before != nil && after == nil
    },
    "follow": { walk in
      walk.press()
      return walk.state.curves.follows && walk.state.curves.window != nil
    },
  ]

  private static func choosesUnit(_ distance: Int) -> Promise {
    { walk in
      walk.press("next-unit", times: 3)
      let (before, after) = walk.change(\.features.column)
      return distance.magnitude == 1 ? after == before + distance : distance < 0 ? after < before : after > before
    }
  }

  private static func choosesLevel(_ distance: Int) -> Promise {
    { walk in
      let (before, after) = walk.change(\.features.layer)
      return after == before + distance
    }
  }

  /// With a recording that is played.
  private static func played(_ promise: @escaping Promise) -> Promise {
    { walk in
      walk.press("record")
      walk.fixture.record([0, 1, 2, 3])
      if walk.binding.intent.name != "play" { walk.press("play") }
      return try promise(&walk)
    }
  }

  private static let features: [String: Promise] = [
    "part": { $0.changes(\.features.part) }, "previous-part": { $0.changes(\.features.part) },
    "layout": { $0.changes(\.features.arrangement) }, "order": { $0.changes(\.features.order) },
    "shared-range": { $0.changes(\.features.sharesRange) }, "histogram": { $0.changes(\.features.showsHistogram) },
    "titles": { $0.changes(\.features.hasWholeTitles) },
    "colour-map": { $0.changes { [$0.features.signedIndex, $0.features.sequentialIndex] } },
    "coarse-levels": { walk in
      walk.press()
      return walk.state.features.truncation != nil && walk.state.run.featureRequest?.truncation != nil
    },
    "record": { walk in
      let (id, effects) = (walk.state.selection, walk.press())
      guard case .record(id, .some) = effects.first else { return false }
      return walk.press().contains(.record(id, nil))
    },
    "record-steps": { $0.changes(\.features.stepsIndex) },
    "play": played { walk in
      let (before, after) = walk.change(\.features.playback)
      return before == nil && after?.isPlaying == true
    },
    "live": played { walk in
      let (before, after) = walk.change(\.features.playback)
      return before != nil && after == nil
    },
    "faster": played { walk in
      let (before, after) = walk.change { $0.features.playback?.speed ?? 0 }
      return after > before
    },
    "slower": played { walk in
      let (before, after) = walk.change { $0.features.playback?.speed ?? 0 }
      return after < before
    },
    "left": choosesUnit(-1), "right": choosesUnit(1), "up": choosesLevel(-1), "down": choosesLevel(1),
    "previous-unit": choosesUnit(-1), "next-unit": choosesUnit(1), "previous-level": choosesLevel(-1), "next-level": choosesLevel(1),
    "first-unit": { walk in
      walk.press("next-unit", times: 3)
      let (before, after) = walk.change(\.features.column)
      return before == 3 && after == 0
    },
    "last-unit": { walk in walk.change(\.features.column).after == walk.state.featureContents.chosenLine.map { $0.units.count - 1 } },
    "page-back": choosesUnit(-2), "page-on": choosesUnit(2), "zoom-in": zooms(mapZoom, in: true), "zoom-out": zooms(mapZoom, in: false),
    "whole": { walk in
      walk.press("zoom-in", times: 2)
      let (before, after) = walk.change(\.features.zoom)
      return before == 2 && after == 0
    },
    "pan-left": pans(mapX, more: false), "pan-right": pans(mapX, more: true), "pan-up": pans(mapY, more: false),
    "pan-down": pans(mapY, more: true),
  ]

  private static let permutations: [String: Promise] = [
    "start": { walk in
      // One is dropped and comes back when it is typed; the others run already.
      walk.press("independent")
      let effects = walk.press()
      return effects.contains { if case .add = $0 { true } else { false } }
    },
    "independent": { $0.changes(\.permutations.isIndependent) },
    "add-order": opens { if case .order = $0 { true } else { false } },
    "drop": { walk in
      let id = walk.state.selection
      return walk.press().contains(.remove(id)) && !walk.state.permutations.dropped.isEmpty
    },
    "halve": { walk in
      // 0 and 1 dB are the worse half.
      let effects = walk.press()
      return effects.count == 2 && effects.contains(.stop(RunID(2))) && effects.contains(.stop(RunID(3)))
    },
    "sort": { $0.changes(\.permutations.sortsByQuality) },
    "pause-race": { walk in walk.press() == [.resume(RunID(1))] && walk.press() == [.pause(RunID(1))] },
    "pause-orders": { walk in
      let ids = walk.state.orderRuns.map(\.id)
      return walk.press() == ids.map { .pause($0) }
    },
    "restart": { walk in
      let ids = walk.state.orderRuns.map(\.id)
      return walk.press() == ids.map { .reset($0) }
    },
  ]

  private static func wipe(_ distance: Double) -> Promise {
    { walk in
      walk.press("mode")
      let (before, after) = walk.change(\.compare.wipe)
      return distance < 0 ? after < before : after > before
    }
  }

  private static let compare: [String: Promise] = [
    "mode": { walk in
      walk.press()
      return walk.state.compare.mode == .wipe
    },
    "previous-mode": { walk in
      walk.press()
      return walk.state.compare.mode == .errors
    },
    "left-side": { walk in
      let (before, after) = walk.change(\.comparedSides)
      return before.left != after.left && before.right == after.right
    },
    "right-side": { walk in
      let (before, after) = walk.change(\.comparedSides)
      return before.left == after.left && before.right != after.right
    },
    "swap": { walk in
      let (before, after) = walk.change(\.comparedSides)
      return before.left == after.right && before.right == after.left
    },
    "pick": { walk in
      walk.press()
      return walk.state.compare.isPicking && walk.state.compare.pick != nil
    },
    "forget-pick": { walk in
      walk.press("pick")
      walk.press()
      return walk.state.compare.pick == nil && !walk.state.compare.isPicking
    },
    "left": wipe(-1), "right": wipe(1), "up": pans(viewY, more: false), "down": pans(viewY, more: true),
    "colour-map": { walk in
      walk.press("mode", times: 2)
      return walk.changes(\.compare.mapIndex)
    },
  ]
}
