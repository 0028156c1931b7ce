import Canvas
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// Walks over the key table: on every view, every binding does what its explanation promises.
@Suite struct KeyWalkTests {
  /// A state on a view in which every key has something to do.
  struct Walk {
    var fixture: FeaturesFixture
    let binding: KeyBinding

    var state: ExplorerState {
      get { fixture.state }
      set { fixture.state = newValue }
    }

    /// Presses the binding's first key; the engine answers what it was asked of the network's inside.
    @discardableResult
    mutating func press() -> [Effect] {
      let effects = state.update(.key(binding.keys[0]))
      fixture.answer()
      return effects
    }

    /// The key of something else on the view.
    mutating func press(_ name: String, times: Int = 1) {
      guard let other = state.keymap.binding(named: name, on: state.tab) else { return }
      for _ in 0..<times {
        _ = state.update(.key(other.keys[0]))
        fixture.answer()
      }
    }

    /// What a part of the state is before and after the key.
    mutating func change<Value>(_ part: (ExplorerState) -> Value) -> (before: Value, after: Value) {
      let before = part(state)
      press()
      return (before, part(state))
    }

    mutating func changes<Value: Equatable>(_ part: (ExplorerState) -> Value) -> Bool {
      let (before, after) = change(part)
      return before != after
    }
  }

  typealias Promise = @Sendable (inout Walk) throws -> Bool

  private struct Orders: OrderTests {}

  private static func walk(_ tab: Tab, _ binding: KeyBinding) throws -> Walk {
    var fixture = try FeaturesFixture(runs: 3)
    var light = Theme.builtInLight
    light.name = "light"
    if tab == .permutations { fixture.state = try Orders().running() }
    fixture.state.themes.append(light)
    if tab != .permutations {
      for run in 1...3 { PlotFixture.tell(&fixture.state, run, PlotFixture.climb(400 + 50 * run)) }
      _ = fixture.state.update(.key(.character(tab.key)))
    }
    fixture.state.sessions = SessionState(
      SessionSetup(
        store: SessionStore(folder: "/state"), picture: SessionPicture(path: nil, resize: .auto, LoadedSignal(
          signal: Fixture.signal(columns: 8, rows: 8), name: "small.pgm", format: "PGM", notes: [], originalShape: [8, 8])),
        interval: 1e9), now: 0)
    fixture.answer()
    return Walk(fixture: fixture, binding: binding)
  }

  @Test(arguments: Tab.allCases)
  func everyBindingDoesWhatItSays(tab: Tab) throws {
    for binding in Keymap.standard.bindings(on: tab) {
      let name = binding.intent.name
      guard let promise = Self.own["\(tab.name).\(name)"] ?? Self.general[name] else {
        Issue.record("\(tab.name).\(name) has no expectation: \(binding.explanation)")
        continue
      }
      var walk = try Self.walk(tab, binding)
      #expect(walk.state.tab == tab)
      let isKept = try promise(&walk)
      #expect(isKept, "\(tab.name).\(name): \(binding.explanation); \(walk.state.lastRow)")
      // Every screen on the way can be drawn.
      #expect(walk.state.frame().width == walk.state.width)
    }
  }

  @Test func everyExpectationIsOfABinding() {
    let names = Set(Tab.allCases.flatMap { tab in Keymap.standard.bindings(on: tab).flatMap { [$0.intent.name, "\(tab.name).\($0.intent.name)"] } })
    #expect(Set(Self.own.keys).union(Self.general.keys).subtracting(names).isEmpty)
  }

  // MARK: Every view

  static func opens(_ matches: @escaping @Sendable (Overlay) -> Bool) -> Promise {
    { walk in
      walk.press()
      return walk.state.overlay.map(matches) ?? false
    }
  }

  static func selects(by distance: Int) -> Promise {
    { walk in
      let order = walk.state.tab == .permutations ? walk.state.orderLines.compactMap { $0.run?.id } : walk.state.tableOrder.map(\.id)
      let (before, after) = walk.change(\.selection)
      guard let from = order.firstIndex(of: before), let to = order.firstIndex(of: after) else { return false }
      return to == (from + distance + order.count) % order.count
    }
  }

  private static let general: [String: Promise] = {
    var promises: [String: Promise] = [
      "pause": { walk in
        let id = walk.state.selection
        return walk.press().contains(.pause(id)) && walk.press().contains(.resume(id))
      },
      "pause-all": { walk in
        let ids = walk.state.runs.map(\.id)
        return walk.press() == ids.map { .pause($0) } && walk.press() == ids.map { .resume($0) }
      },
      "step": { walk in
        let id = walk.state.selection
        return walk.press() == [.singleStep(id)] && walk.state.run.requestedState == .paused
      },
      "reset": { walk in
        let id = walk.state.selection
        return walk.press() == [.reset(id)]
      },
      "reseed": { walk in
        let (id, seed) = (walk.state.selection, walk.state.run.configuration.seed)
        return walk.press() == [.reseed(id, seed + 1)]
      },
      "save-model": opens { if case .save = $0 { true } else { false } },
      "save-session": opens { if case .session = $0 { true } else { false } },
      "export": opens { if case .export = $0 { true } else { false } },
      "next-run": selects(by: 1), "previous-run": selects(by: -1),
      "add-run": opens { if case .form(let form) = $0 { form.editing == nil } else { false } },
      "edit": { walk in
        walk.press()
        guard case .form(let form) = walk.state.overlay else { return false }
        return form.editing == walk.state.selection
      },
      "fork": { walk in
        let source = walk.state.selection
        return walk.press().contains(.fork(RunID(4), from: source)) && walk.state.selection == RunID(4)
      },
      "remove": { walk in
        let id = walk.state.selection
        walk.press()
        return walk.state.overlay == .confirmRemove(id) && walk.state.update(.key(.enter)).contains(.remove(id))
      },
      "hide": { walk in
        walk.press()
        let isHidden = walk.state.run.isHidden
        walk.press()
        return isHidden && !walk.state.run.isHidden
      },
      "show-all": { walk in
        walk.press("hide")
        // Compare and features pan with H and J: h hides there all the same.
        let (before, after) = walk.change { $0.runs.contains(where: \.isHidden) }
        return before && !after
      },
      "pin": { walk in walk.changes(\.run.isPinned) },
      "turns": { walk in
        let before = walk.state.turnMode
        let effects = walk.press()
        return walk.state.turnMode != before && effects == [.turns(walk.state.turnMode)]
      },
      "solo": { walk in
        let id = walk.state.selection
        return walk.press() == [.turns(.solo(id))] && walk.press() == [.turns(.equalTime)]
      },
      "next-view": { walk in
        let (before, after) = walk.change(\.tab.rawValue)
        return after == (before + 1) % Tab.allCases.count
      },
      "previous-view": { walk in
        let (before, after) = walk.change(\.tab.rawValue)
        return before == (after + 1) % Tab.allCases.count
      },
      "next-theme": { walk in
        let effects = walk.press()
        return walk.state.theme.name == "light" && effects == [.keepTheme("light")]
      },
      "themes": opens { if case .themes = $0 { true } else { false } },
      "repaint": { walk in walk.press() == [.repaint] },
      "palette": opens { $0 == .palette(Palette()) },
      "command": opens { $0 == .command(CommandPrompt()) },
      "count": { walk in
        walk.press()
        return walk.state.count == 0 && walk.state.lastRow.contains("count")
      },
      "help": opens { $0 == .help(0) },
      "freeze": { walk in
        walk.press()
        let shown = walk.state.run.step
        PlotFixture.tell(&walk.state, walk.state.selection.value, Array(PlotFixture.climb(900).dropFirst(600)))
        let isHeld = walk.state.run.step == shown
        walk.press()
        return isHeld && walk.state.run.step != shown
      },
      "summary": opens { if case .summary = $0 { true } else { false } },
      "quit": opens { $0 == .confirmQuit },
    ]
    for tab in Tab.allCases {
      promises["view-\(tab.name)"] = { walk in
        walk.press()
        return walk.state.tab == tab
      }
    }
    return promises
  }()
}
