/// Names of what keys mean: in configurations, as commands, in the manual. They stay what they are from version to version.
/// A view's own have its name before them where it is not clear: `features.part`.
extension Intent {
  var name: String {
    switch self {
    case .tab(let tab): "view-\(tab.name)"
    case .nextTab: "next-view"
    case .previousTab: "previous-view"
    case .nextRun: "next-run"
    case .previousRun: "previous-run"
    case .togglePause: "pause"
    case .pauseAll: "pause-all"
    case .singleStep: "step"
    case .reset: "reset"
    case .reseed: "reseed"
    case .save: "save-model"
    case .saveSession: "save-session"
    case .add: "add-run"
    case .fork: "fork"
    case .edit: "edit"
    case .remove: "remove"
    case .hide: "hide"
    case .showAll: "show-all"
    case .pin: "pin"
    case .turnMode: "turns"
    case .solo: "solo"
    case .toggleError: "error"
    case .sortColumn: "sort"
    case .sortDirection: "reverse"
    case .curves(let intent): intent.name
    case .tradeOff(.axis), .scaling(.axis): "axis"
    case .tradeOff(.published): "paper"
    case .scaling(.scale): "log"
    case .features(let intent): intent.name
    case .permutations(let intent): intent.name
    case .compare(let intent): intent.name
    case .window(.zoom(let goesIn)): goesIn ? "zoom-in" : "zoom-out"
    case .window(.pan(let direction)): direction.name
    case .window(.fit): "whole"
    case .count: "count"
    case .command: "command"
    case .palette: "palette"
    case .nextTheme: "next-theme"
    case .themes: "themes"
    case .repaint: "repaint"
    case .export: "export"
    case .help: "help"
    case .quit: "quit"
    case .freeze: "freeze"
    case .summary: "summary"
    case .tour(.next): "tour-next"
    case .tour(.back): "tour-back"
    case .tour(.leave): "tour-leave"
    }
  }

  /// Whether doing it several times is worth a count.
  var repeats: Bool {
    switch self {
    case .nextTab, .previousTab, .nextRun, .previousRun, .singleStep, .sortColumn, .nextTheme: true
    case .curves(let intent):
      [.cursorLeft, .cursorRight, .cursorFarLeft, .cursorFarRight, .zoomIn, .zoomOut, .panLeft, .panRight].contains(intent)
    case .features(let intent):
      switch intent {
      case .arrow, .unit, .layer, .page, .zoom, .pan, .faster, .slower, .nextPart, .previousPart, .nextMap: true
      default: false
      }
    case .permutations(.halve): true
    case .compare(let intent):
      switch intent {
      case .arrow, .pan, .zoom, .next, .nextMode, .previousMode, .nextMap: true
      default: false
      }
    case .window(let intent): intent != .fit
    default: false
    }
  }
}

extension CurvesIntent {
  var name: String {
    switch self {
    case .metric: "metric"
    case .axis: "axis"
    case .xScale: "log-x"
    case .yScale: "log-y"
    case .smoothing: "smooth"
    case .cursorLeft: "cursor-left"
    case .cursorRight: "cursor-right"
    case .cursorFarLeft: "cursor-far-left"
    case .cursorFarRight: "cursor-far-right"
    case .cursorOff: "cursor-off"
    case .zoomIn: "zoom-in"
    case .zoomOut: "zoom-out"
    case .panLeft: "pan-left"
    case .panRight: "pan-right"
    case .fit: "whole"
    case .follow: "follow"
    }
  }
}

extension FeaturesIntent {
  var name: String {
    switch self {
    case .arrow(let direction): direction.name
    case .unit(let distance): distance < 0 ? "previous-unit" : "next-unit"
    case .layer(let distance): distance < 0 ? "previous-level" : "next-level"
    case .page(let distance): distance < 0 ? "page-back" : "page-on"
    case .firstUnit: "first-unit"
    case .lastUnit: "last-unit"
    case .nextPart: "part"
    case .previousPart: "previous-part"
    case .nextArrangement: "layout"
    case .nextOrder: "order"
    case .range: "shared-range"
    case .histogram: "histogram"
    case .titles: "titles"
    case .nextMap: "colour-map"
    case .zoom(let goesIn): goesIn ? "zoom-in" : "zoom-out"
    case .fit: "whole"
    case .pan(let direction): "pan-\(direction.name)"
    case .levels: "coarse-levels"
    case .record: "record"
    case .steps: "record-steps"
    case .play: "play"
    case .live: "live"
    case .faster: "faster"
    case .slower: "slower"
    }
  }
}

extension PermutationsIntent {
  var name: String {
    switch self {
    case .start: "start"
    case .independent: "independent"
    case .add: "add-order"
    case .drop: "drop"
    case .halve: "halve"
    case .restart: "restart"
    case .pauseOrders: "pause-orders"
    case .race: "pause-race"
    case .sort: "sort"
    }
  }
}

extension CompareIntent {
  var name: String {
    switch self {
    case .nextMode: "mode"
    case .previousMode: "previous-mode"
    case .next(let place): place == .left ? "left-side" : "right-side"
    case .swap: "swap"
    case .arrow(let direction): direction.name
    case .pan(let direction): "pan-\(direction.name)"
    case .zoom(let goesIn): goesIn ? "zoom-in" : "zoom-out"
    case .fit: "whole"
    case .pick: "pick"
    case .forgetPick: "forget-pick"
    case .nextMap: "colour-map"
    }
  }
}

extension Direction {
  var name: String {
    switch self {
    case .left: "left"
    case .right: "right"
    case .up: "up"
    case .down: "down"
    }
  }
}

extension Tab {
  /// As commands and configurations call it.
  var name: String { self == .tradeOff ? "trade-off" : title.lowercased() }

  static func named(_ name: String) -> Tab? { allCases.first { $0.name == name || String($0.key) == name } }
}
