import Canvas
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// Keys by their names, and what becomes of the table when a user has other ones.
@Suite struct KeyChangeTests {
  @Test func everyKeyIsReadAsItIsWritten() {
    let keys = Keymap.standard.bindings.flatMap(\.keys) + (1...63).map { Key.function($0) }
      + [.control("p"), .escape, .insert, .end, .character("é"), .character("#"), .character("\""), .control("@")]
    for key in keys { #expect(Key(name: key.name) == key, "\(key)") }
    #expect(Key(name: "Space") == .character(" ") && Key(name: "CTRL-P") == .control("p") && Key(name: "F5") == .function(5))
    #expect(Key(name: "P") == .character("P") && Key(name: "p") == .character("p"))
    #expect(Key(name: "page-down") == .pageDown && Key(name: "shift-tab") == .backTab)
  }

  @Test(arguments: [
    "", " ", "ctrl-c", "ctrl-z", "ctrl-m", "ctrl-i", "ctrl-", "ctrl-pp", "ctrl-1", "f0", "f64", "f05", "fn", "alt-x", "pgup", "\u{1B}", "ab",
  ])
  func whatIsNoKey(name: String) { #expect(Key(name: name) == nil) }

  @Test func namesAreUniqueOnEveryView() {
    for tab in Tab.allCases {
      let bindings = Keymap.standard.bindings(on: tab)
      #expect(Set(bindings.map(\.intent.name)).count == bindings.count, "\(tab)")
    }
    for binding in Keymap.standard.bindings {
      let isPlain = binding.intent.name.allSatisfy { $0 == "-" || $0.isASCII && ($0.isLowercase || $0.isNumber) }
      #expect(isPlain && !binding.intent.name.isEmpty, "\(binding.intent.name)")
    }
  }

  private func change(_ name: String, _ keys: Key..., on tab: Tab? = nil) -> KeyChange { KeyChange(name: name, tab: tab, keys: keys) }

  @Test func aKeyOnEveryView() throws {
    let (keymap, faults) = Keymap.standard.changed(by: [change("pause", .function(5)), change("zoom-in", .character("Z"))])
    #expect(faults.isEmpty)
    for tab in Tab.allCases {
      #expect(keymap.intent(of: .function(5), on: tab) == .togglePause)
      #expect(keymap.intent(of: .character(" "), on: tab) == nil && keymap.intent(of: .character("p"), on: tab) == nil)
    }
    // Every view that has it.
    #expect(keymap.intent(of: .character("Z"), on: .race) == .window(.zoom(in: true)))
    #expect(keymap.intent(of: .character("Z"), on: .curves) == .curves(.zoomIn))
    #expect(keymap.intent(of: .character("Z"), on: .compare) == .compare(.zoom(in: true)))
    #expect(keymap.intent(of: .character("Z"), on: .scaling) == nil)
  }

  @Test("Every name can have another key, on all views that have it at once")
  func everyNameCanBeChanged() {
    for name in Set(Keymap.standard.bindings.map(\.intent.name)) {
      let (keymap, faults) = Keymap.standard.changed(by: [change(name, .function(9))])
      #expect(faults.isEmpty, "\(name): \(faults)")
      for tab in Tab.allCases {
        let intents = Keymap.standard.bindings(on: tab).filter { $0.intent.name == name }.map(\.intent)
        if let intent = intents.first { #expect(keymap.intent(of: .function(9), on: tab) == intent, "\(name) on \(tab)") }
      }
    }
  }

  @Test func aKeyOnOneView() throws {
    let changes = [change("part", .character("Q"), on: .features), change("pause", .function(6), on: .curves), change("whole", .character("1"), on: .race)]
    let (keymap, faults) = Keymap.standard.changed(by: Array(changes.prefix(2)))
    #expect(faults.isEmpty)
    #expect(keymap.intent(of: .character("Q"), on: .features) == .features(.nextPart))
    #expect(keymap.intent(of: .character("m"), on: .features) == nil && keymap.intent(of: .character("m"), on: .curves) == .curves(.metric))
    #expect(keymap.intent(of: .function(6), on: .curves) == .togglePause && keymap.intent(of: .character(" "), on: .curves) == nil)
    #expect(keymap.intent(of: .character(" "), on: .race) == .togglePause && keymap.intent(of: .function(6), on: .race) == nil)
    // Of two views that share a binding one keeps it.
    let window = Keymap.standard.changed(by: [change("whole", .character("Z"), on: .race)]).keymap
    #expect(window.intent(of: .character("Z"), on: .race) == .window(.fit) && window.intent(of: .character("0"), on: .race) == nil)
    #expect(window.intent(of: .character("0"), on: .permutations) == .window(.fit) && window.intent(of: .character("Z"), on: .permutations) == nil)
    // Keys of views are keys like any other.
    let digit = Keymap.standard.changed(by: [changes[2]]).faults
    #expect(digit.map(\.found) == ["'1', which is view-race on Race"])
  }

  @Test func noKeyAtAll() throws {
    var state = try Fixture.state()
    state.keymap = Keymap.standard.changed(by: [change("quit"), change("step")]).keymap
    #expect(state.press("q.") == [] && state.overlay == nil)
    #expect(!state.lastRow.contains("quit") && !state.lastRow.contains("step"))
    _ = state.press("?")
    #expect(!state.text.contains("asks when training would be lost"))
    // What has no key is still there by its name.
    #expect(try state.execute("step") == [.singleStep(RunID(1))])
  }

  @Test func conflictsOfOneView() {
    func faults(_ changes: KeyChange...) -> [String] { Keymap.standard.changed(by: changes).faults.map { "\($0.index) \($0.found); \($0.allowed)" } }
    // m is nothing in general, but three views have it.
    #expect(faults(change("pause", .character("m"))).first?.hasPrefix("0 'm', which is metric on Curves; a key that is free there") == true)
    #expect(faults(change("pause", .character("m"), on: .race)).isEmpty)
    #expect(faults(change("pause", .character("q"))) == ["0 'q', which is quit on Race; a key that is free there, or another one for quit"])
    // The other one may move away.
    #expect(faults(change("pause", .character("q")), change("quit", .character("Q"))).isEmpty)
    // Two that the user gave the same.
    #expect(faults(change("pause", .function(2)), change("step", .function(2))).count == 1)
    // What a view takes from a general one it may go on taking.
    #expect(faults(change("next-run", .character("n"), .down, on: .race)).isEmpty)
    #expect(faults(change("hide", .character("h"), .function(7))).isEmpty)
  }

  @Test func unknownNamesSayWhatIsLikeThem() {
    let faults = Keymap.standard.changed(by: [change("puase", .character("x")), change("part", .character("x"), on: .curves)]).faults
    #expect(faults.map(\.index) == [0, 1] && faults.map(\.found) == ["no such name", "no such name"])
    #expect(faults[0].allowed.hasPrefix("pause"))
    #expect(Nearest.words(like: "colour-mpa", among: Keymap.standard.names(on: .features)).first == "colour-map")
    #expect(Nearest.distance("abcd", "abdc") == 1 && Nearest.distance("", "abc") == 3 && Nearest.distance("kitten", "sitting") == 3)
  }

  @Test func hintsHelpAndSentencesHaveTheUsersKeys() throws {
    var state = try PlotFixture.race(2, width: 160)
    state.keymap = Keymap.standard.changed(by: [
      change("pause", .function(5), .character("p")), change("hide", .character("u")), change("show-all", .control("a")),
    ]).keymap
    #expect(state.lastRow.contains("F5 pause"))
    _ = state.press("u")
    #expect(state.lastRow.contains("u shows it, ^A shows all"))
    _ = state.press("?")
    #expect(state.text.contains("F5      pause the run, or go on (also p)") && state.text.contains("^A      show all hidden runs"))
    _ = state.update(.key(.escape))
    // Tabs are one line as long as they count up.
    #expect(Keymap.standard.helpLines(on: .race).contains { $0.label == "1-7" })
    let other = Keymap.standard.changed(by: [change("view-curves", .function(2))]).keymap.helpLines(on: .race)
    #expect(other.contains { $0.label == "F2" && $0.text == "the view Curves" } && other.contains { $0.label == "1" })
  }

  @Test func helpFitsItsColumns() {
    for tab in Tab.allCases {
      for line in Keymap.standard.helpLines(on: tab) {
        #expect(line.text.count <= 62 && line.label.count <= 7, "\(line.text)")
      }
    }
    let reference = KeyReference.standard
    #expect(reference.sections.map(\.title) == ["On every view"] + Tab.allCases.map { "View \($0.key) \($0.title)" })
    #expect(reference.sections[0].lines.first { $0.name == "pause" }?.keys == ["space", "p"])
    #expect(reference.sections[5].lines.contains { $0.name == "colour-map" && $0.keys == ["g"] })
  }
}

/// Counts before keys.
@Suite struct CountTests {
  @Test func aCountRepeats() throws {
    var state = try PlotFixture.race(4)
    _ = state.press("'3j")
    #expect(state.selection == RunID(4) && state.count == nil)
    #expect(state.press("'10.").filter { $0 == .singleStep(RunID(4)) }.count == 10)
    // The digits after the beginning of a count are no views.
    #expect(state.tab == .race)
    _ = state.press("2")
    #expect(state.tab == .curves)
  }

  @Test func tabsAreAtOnce() throws {
    var state = try PlotFixture.race(2)
    for tab in Tab.allCases {
      _ = state.press(String(tab.key))
      #expect(state.tab == tab && state.count == nil)
    }
  }

  @Test func whatIsTypedIsShown() throws {
    var state = try Fixture.state()
    let hints = state.lastRow
    _ = state.press("'12")
    #expect(state.lastRow.contains("count 12_") && state.lastRow.contains("esc none"))
    _ = state.update(.key(.backspace))
    #expect(state.lastRow.contains("count 1_"))
    _ = state.update(.key(.escape))
    #expect(state.lastRow == hints && state.count == nil)
    _ = state.press("'")
    _ = state.update(.key(.backspace))
    #expect(state.count == nil)
    _ = state.press("'123456")
    #expect(state.count == ExplorerState.mostTimes)
  }

  @Test func whatDoesNotRepeatIsNotDone() throws {
    var state = try Fixture.training(width: 100, height: 30)
    #expect(state.press("'5q") == [] && state.overlay == nil && state.lastRow.contains("quit is not done 5 times"))
    #expect(state.press("'1r") == [.reset(RunID(1))] && state.press("'r") == [.reset(RunID(1))])
    #expect(state.press("'4§") == [] && state.count == nil)
  }

  /// Of pictures on the way nobody sees anything.
  @Test func onlyTheLastPictureIsAskedFor() throws {
    var state = try PlotFixture.training(width: 160, height: 50)
    _ = state.press("++")
    let effects = state.update(.key(.character("'"))) + state.press("9") + state.update(.key(.left))
    let previews = effects.filter { if case .preview(RunID(1), _) = $0 { true } else { false } }
    #expect(previews.count == 1 && previews == [.preview(RunID(1), state[RunID(1)]?.request)])
  }
}
