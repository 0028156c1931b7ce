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
  /// The beginning of a count, the line of commands, the palette.
  case count, command, palette
}

/// One line of the key table.
struct KeyBinding: Equatable, Sendable {
  let intent: Intent
  /// The first is the one that help and hints show; none where the user wants none.
  var keys: [Key]
  /// For the row of hints; nil leaves it out there.
  let hint: String?
  /// For help, without its keys.
  let explanation: String
  /// The views where it works; nil is all of them. A view's own binding comes before a general one.
  var tabs: Set<Tab>?
  /// Views where the user gave a general one keys of another binding.
  var except: Set<Tab> = []

  init(_ intent: Intent, _ keys: [Key], hint: String? = nil, _ explanation: String, tabs: Set<Tab>? = nil) {
    (self.intent, self.keys, self.hint, self.explanation, self.tabs) = (intent, keys, hint, explanation, tabs)
  }

  /// How the first key is written.
  var label: String { keys.first?.label ?? "" }
}

/// The table that dispatch, hints, help, the palette, commands and the manual are made from: the bindings in force.
struct Keymap: Equatable, Sendable {
  /// In the order of hints and help.
  let bindings: [KeyBinding]
  /// Those of each view, by their keys, and by what they mean.
  private var onTab: [Tab: [KeyBinding]] = [:], keyed: [Tab: [Key: Intent]] = [:], meant: [Tab: [Intent: KeyBinding]] = [:]

  init(_ bindings: [KeyBinding]) {
    self.bindings = bindings
    for tab in Tab.allCases {
      let candidates = candidates(on: tab)
      let own = Set(candidates.filter { $0.tabs != nil }.flatMap(\.keys))
      let bindings = candidates.filter { $0.tabs != nil || $0.keys.isEmpty || !own.isSuperset(of: $0.keys) }
      // A view's own keys come before the general ones.
      let sorted = bindings.filter { $0.tabs != nil } + bindings.filter { $0.tabs == nil }
      let keys = sorted.flatMap { binding in binding.keys.map { ($0, binding.intent) } }
      onTab[tab] = bindings
      keyed[tab] = Dictionary(keys, uniquingKeysWith: { first, _ in first })
      meant[tab] = Dictionary(bindings.map { ($0.intent, $0) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// General bindings that a view does without, having keys of its own in their place or no meaning for them.
  private static let missing: [Tab: Set<Intent>] = [
    .permutations: [.pauseAll, .reseed, .add, .fork, .edit, .remove, .hide, .showAll, .pin]
  ]

  /// What works on a view: general bindings that it does without, or whose keys all mean something else there, are left out.
  func bindings(on tab: Tab) -> [KeyBinding] { onTab[tab] ?? [] }

  /// What is meant for a view, whether or not its keys are taken there.
  func candidates(on tab: Tab) -> [KeyBinding] {
    bindings.filter { binding in
      if let tabs = binding.tabs { return tabs.contains(tab) }
      return !binding.except.contains(tab) && Self.missing[tab]?.contains(binding.intent) != true
    }
  }

  func intent(of key: Key, on tab: Tab) -> Intent? { keyed[tab]?[key] }

  /// The binding of an intent on a view; nil where it has none there.
  func binding(of intent: Intent, on tab: Tab) -> KeyBinding? { meant[tab]?[intent] }

  /// The binding of a name on a view, where `view.name` may be said for it.
  func binding(named name: String, on tab: Tab) -> KeyBinding? {
    bindings(on: tab).first { $0.intent.name == name || "\(tab.name).\($0.intent.name)" == name }
  }
}

extension Keymap {
  /// As the program has it unless the user changes it: pausing, what the views have of their own, the rest.
  static let standard = Keymap(general.prefix(3) + views + general.dropFirst(3))
  private static let views: [KeyBinding] = race + curves + tradeOff + scaling + features + permutations + compare + window

  /// Training and runs: the same on every view.
  static let general: [KeyBinding] = [
    KeyBinding(.togglePause, [.character(" "), .character("p")], hint: "pause", "pause the run, or go on"),
    KeyBinding(.pauseAll, [.character("P")], "pause all runs, or go on"),
    KeyBinding(.singleStep, [.character(".")], hint: "step", "take a single step, paused"),
    KeyBinding(.reset, [.character("r")], hint: "reset", "start again with the same seed"),
    KeyBinding(.reseed, [.character("R")], "start again with the next seed"),
    KeyBinding(.save, [.character("s")], hint: "save", "save the model (safetensors)"),
    KeyBinding(.saveSession, [.character("W")], "save the session: all runs, to go on from"),
    KeyBinding(.export, [.character("S")], "export view, maps, curves or a report"),
    KeyBinding(.freeze, [.character("F")], "freeze the display, or let it go on"),
    KeyBinding(.summary, [.character("I")], "the screen in plain sentences"),
    KeyBinding(.nextRun, [.character("j"), .down], "the next run"),
    KeyBinding(.previousRun, [.character("k"), .up], "the run before"),
    KeyBinding(.add, [.character("a")], hint: "add", "add a run"),
    KeyBinding(.fork, [.character("f")], hint: "fork", "fork the run: a copy with its weights"),
    KeyBinding(.edit, [.enter, .character("c")], hint: "edit", "change the run's configuration"),
    KeyBinding(.remove, [.character("D"), .delete], hint: "remove", "remove the run"),
    KeyBinding(.hide, [.character("h")], "hide the run or show it again"),
    KeyBinding(.showAll, [.character("H")], "show all hidden runs"),
    KeyBinding(.pin, [.character("i")], "pin the run before the others"),
    KeyBinding(.turnMode, [.character("b")], "turns: equal time, or equal steps"),
    KeyBinding(.solo, [.character("z")], "solo: this run alone, or all again"),
    KeyBinding(.nextTab, [.tab], "the next view"),
    KeyBinding(.previousTab, [.backTab], "the view before"),
  ] + Tab.allCases.map { tab in
    KeyBinding(.tab(tab), [.character(tab.key)], "the view \(tab.title)")
  } + [
    KeyBinding(.nextTheme, [.character("t")], hint: "theme", "the next theme"),
    KeyBinding(.themes, [.character("T")], "the list of themes, each shown as you go"),
    KeyBinding(.repaint, [.control("l")], "draw the screen anew"),
    KeyBinding(.palette, [.control("p")], "the palette: find any key, command, run, view"),
    KeyBinding(.command, [.character(":")], "type a command; tab completes it"),
    KeyBinding(.count, [.character("'")], "a count for the key after it, as ten steps"),
    KeyBinding(.help, [.character("?"), .function(1)], hint: "help", "this help"),
    KeyBinding(.quit, [.character("q")], hint: "quit", "quit; asks when training would be lost"),
  ]

  static let race: [KeyBinding] = [
    KeyBinding(.toggleError, [.character("e")], hint: "error", "show or hide the error map |y - t|", tabs: [.race]),
    KeyBinding(.sortColumn, [.character("o")], "sort the table by the next column", tabs: [.race]),
    KeyBinding(.sortDirection, [.character("O")], "turn the order of the table round", tabs: [.race]),
  ]
}
