import TerminalUI

/// What a key means on a view.
enum Intent: Hashable, Sendable {
  case tab(Tab)
  case nextTab, previousTab
  case nextRun, previousRun
  case togglePause, pauseAll, singleStep, reset, reseed, save, saveSession
  case add, fork, edit, remove, hide, showAll, pin, turnMode, solo
  case toggleError, sortColumn, sortDirection
  case curves(CurvesIntent), tradeOff(TradeOffIntent), scaling(ScalingIntent)
  case features(FeaturesIntent), permutations(PermutationsIntent), compare(CompareIntent)
  case window(WindowIntent)
  case nextTheme, themes, repaint, export, help, quit
  case freeze, summary
  case tour(TourIntent)
}

/// One line of the key table.
struct KeyBinding: Sendable {
  let intent: Intent
  let keys: [Key]
  /// How the keys are written.
  let label: String
  /// For the row of hints; nil leaves it out there.
  let hint: String?
  /// For help.
  let explanation: String
  /// The views where it works; nil is all of them. A view's own binding comes before a general one.
  var tabs: Set<Tab>?

  init(
    _ intent: Intent, _ keys: [Key], _ label: String, hint: String? = nil, _ explanation: String, tabs: Set<Tab>? = nil
  ) {
    (self.intent, self.keys, self.label, self.hint) = (intent, keys, label, hint)
    (self.explanation, self.tabs) = (explanation, tabs)
  }
}

/// The one table that dispatch, hints and help are made from.
enum Keymap {
  /// Training and runs: the same on every view.
  static let general: [KeyBinding] = [
    KeyBinding(.togglePause, [.character(" "), .character("p")], "space", hint: "pause", "pause the run, or go on (also p)"),
    KeyBinding(.pauseAll, [.character("P")], "P", "pause all runs, or go on"),
    KeyBinding(.singleStep, [.character(".")], ".", hint: "step", "take a single step, paused"),
    KeyBinding(.reset, [.character("r")], "r", hint: "reset", "start again with the same seed"),
    KeyBinding(.reseed, [.character("R")], "R", "start again with the next seed"),
    KeyBinding(.save, [.character("s")], "s", hint: "save", "save the model (safetensors)"),
    KeyBinding(.saveSession, [.character("W")], "W", "save the session: all runs, to go on from"),
    KeyBinding(.export, [.character("S")], "S", "export the view, curves or a report"),
    KeyBinding(.freeze, [.character("F")], "F", "freeze the display, or let it go on"),
    KeyBinding(.summary, [.character("I")], "I", "the screen in plain sentences"),
    KeyBinding(.nextRun, [.character("j"), .down], "j", hint: nil, "the next run (also down)"),
    KeyBinding(.previousRun, [.character("k"), .up], "k", "the run before (also up)"),
    KeyBinding(.add, [.character("a")], "a", hint: "add", "add a run"),
    KeyBinding(.fork, [.character("f")], "f", hint: "fork", "fork the run: a copy with its weights"),
    KeyBinding(.edit, [.enter, .character("c")], "enter", hint: "edit", "change the run's configuration (also c)"),
    KeyBinding(.remove, [.delete, .character("D")], "D", hint: "remove", "remove the run (also delete)"),
    KeyBinding(.hide, [.character("h")], "h", "hide the run or show it again"),
    KeyBinding(.showAll, [.character("H")], "H", "show all hidden runs"),
    KeyBinding(.pin, [.character("i")], "i", "pin the run before the others"),
    KeyBinding(.turnMode, [.character("b")], "b", "turns: equal time, or equal steps"),
    KeyBinding(.solo, [.character("z")], "z", "solo: this run alone, or all again"),
    KeyBinding(.nextTab, [.tab], "tab", "the next view (1 to 7: that view)"),
    KeyBinding(.previousTab, [.backTab], "S-tab", "the view before"),
    KeyBinding(.nextTheme, [.character("t")], "t", hint: "theme", "the next theme"),
    KeyBinding(.themes, [.character("T")], "T", "the list of themes, each shown as you go"),
    KeyBinding(.repaint, [.control("l")], "^L", "draw the screen anew"),
    KeyBinding(.help, [.character("?"), .function(1)], "?", hint: "help", "this help (also F1)"),
    KeyBinding(.quit, [.character("q")], "q", hint: "quit", "quit; asks when training would be lost"),
  ]

  static let race: [KeyBinding] = [
    KeyBinding(.toggleError, [.character("e")], "e", hint: "error", "show or hide the error map |y - t|", tabs: [.race]),
    KeyBinding(.sortColumn, [.character("o")], "o", "sort the table by the next column", tabs: [.race]),
    KeyBinding(.sortDirection, [.character("O")], "O", "turn the order of the table round", tabs: [.race]),
  ]

  /// Every binding, in the order of hints and help: pausing, what the views have of their own, the rest.
  static let bindings: [KeyBinding] = general.prefix(3) + views + general.dropFirst(3)
  private static let views: [KeyBinding] = race + curves + tradeOff + scaling + features + permutations + compare + window

  /// General bindings that a view does without, having keys of its own in their place or no meaning for them.
  private static let missing: [Tab: Set<Intent>] = [
    .permutations: [.pauseAll, .reseed, .add, .fork, .edit, .remove, .hide, .showAll, .pin]
  ]

  private static let tables: [Tab: [Key: Intent]] = Dictionary(
    uniqueKeysWithValues: Tab.allCases.map { tab in
      let tabs = Tab.allCases.map { (Key.character($0.key), Intent.tab($0)) }
      // A view's own keys come before the general ones.
      let sorted = bindings(on: tab).filter { $0.tabs != nil } + bindings(on: tab).filter { $0.tabs == nil }
      let keys = sorted.flatMap { binding in binding.keys.map { ($0, binding.intent) } }
      return (tab, Dictionary(keys + tabs, uniquingKeysWith: { first, _ in first }))
    })

  /// What works on a view: general bindings that it does without, or whose keys all mean something else there, are left out.
  static func bindings(on tab: Tab) -> [KeyBinding] {
    let own = Set(bindings.filter { $0.tabs?.contains(tab) == true }.flatMap(\.keys))
    return bindings.filter { binding in
      if let tabs = binding.tabs { return tabs.contains(tab) }
      return !own.isSuperset(of: binding.keys) && missing[tab]?.contains(binding.intent) != true
    }
  }

  /// How the key of an intent is written, for sentences.
  static func label(of intent: Intent) -> String {
    if case .tab(let tab) = intent { return String(tab.key) }
    return bindings.first { $0.intent == intent }?.label ?? ""
  }

  static func intent(of key: Key, on tab: Tab) -> Intent? { tables[tab]?[key] }
}
