import Canvas
import TerminalUI
import Testing

@testable import Explorer

@Suite struct KeyTableTests {
  @Test(arguments: Tab.allCases)
  func noKeyMeansTwoThingsOnAView(tab: Tab) {
    // A view may give a general key a meaning of its own, but not twice.
    for group in [Keymap.standard.bindings(on: tab).filter { $0.tabs != nil }, Keymap.general] {
      let keys = group.flatMap(\.keys)
      #expect(Set(keys).count == keys.count)
      #expect(Set(group.map(\.label)).count == group.count)
    }
  }

  @Test(arguments: Tab.allCases)
  func everyBindingWorksOnItsViews(tab: Tab) {
    let own = Keymap.standard.bindings(on: tab).filter { $0.tabs != nil }.flatMap(\.keys)
    for binding in Keymap.standard.bindings(on: tab) {
      #expect(!binding.keys.isEmpty && !binding.explanation.isEmpty, "\(binding.intent)")
      for key in binding.keys where binding.tabs != nil || !own.contains(key) {
        #expect(Keymap.standard.intent(of: key, on: tab) == binding.intent)
      }
    }
    #expect(Keymap.standard.intent(of: .character("§"), on: tab) == nil)
    #expect(Keymap.standard.intent(of: .escape, on: tab) == nil)
    for other in Tab.allCases { #expect(Keymap.standard.intent(of: .character(other.key), on: tab) == .tab(other)) }
  }

  @Test func labelsAreTheKeysThatWork() {
    for binding in Keymap.standard.bindings {
      #expect(binding.label == binding.keys.first?.label, "\(binding.intent)")
      #expect(binding.label.count <= 7)
    }
  }

  @Test func hintsComeFromTheTable() throws {
    let row = try Fixture.state().lastRow
    var place = row.startIndex
    for binding in Keymap.standard.bindings(on: .race) {
      guard let hint = binding.hint, ![.fork, .edit, .remove].contains(binding.intent) else { continue }
      let found = try #require(row[place...].firstRange(of: "\(binding.label) \(hint)"), "\(hint) in \(row)")
      place = found.upperBound
    }
  }

  @Test func aNarrowScreenKeepsTheHintsThatMatterMost() throws {
    var state = try Fixture.state(width: 60, height: 16)
    for run in ["training", "paused"] {
      for hint in ["space \(run == "training" ? "pause" : "resume")", "? help", "q quit", "s save", ". step"] {
        #expect(state.lastRow.contains(hint), "\(state.lastRow)")
      }
      _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 3, run: .paused)]))
    }
  }

  @Test(arguments: [(60, 16), (80, 24), (250, 70)])
  func helpNamesEveryBindingAndAnyKeyClosesIt(width: Int, height: Int) throws {
    var state = try Fixture.state(width: width, height: height)
    let before = state.frame()
    #expect(state.press("?") == [])
    var screens = [state.text]
    while state.overlay == .help(screens.count - 1), screens.count <= state.helpOverflow {
      _ = state.update(.key(.down))
      screens.append(state.text)
    }
    let lines = screens.flatMap { $0.split(separator: "\n") }
    for line in Keymap.standard.helpLines(on: .race) {
      #expect(lines.contains { $0.contains(" \(line.label) ") && $0.contains(line.text) }, "\(line.text)")
    }
    // A line for all views; every other binding has its own.
    #expect(Keymap.standard.helpLines(on: .race).count == Keymap.standard.bindings(on: .race).count - Tab.allCases.count + 1)
    #expect(lines.contains { $0.contains(state.helpOverflow > 0 ? "any other key closes" : "any key closes") })
    if state.helpOverflow > 0 {
      _ = state.update(.key(.home))
      #expect(state.overlay == .help(0))
      _ = state.update(.key(.pageDown))
      #expect(state.overlay == .help(min(state.helpRows, state.helpOverflow)))
      _ = state.update(.key(.end))
      #expect(state.overlay == .help(state.helpOverflow))
    }
    // The key that closes it does nothing else.
    #expect(state.press("q") == [])
    #expect(state.frame() == before)
    _ = state.update(.key(.function(1)))
    #expect(state.overlay == .help(0))
    _ = state.update(.key(.escape))
    #expect(state.overlay == nil)
  }
}

@Suite struct LineEditorTests {
  private func edited(_ text: String, _ keys: [Key]) -> LineEditor {
    var line = LineEditor(text)
    for key in keys { _ = line.handle(key) }
    return line
  }

  @Test func typingGoesWhereTheCursorIs() {
    #expect(edited("", [.character("a"), .character("é"), .character("日")]).text == "aé日")
    #expect(edited("ac", [.left, .character("b")]).text == "abc")
    #expect(edited("bc", [.home, .character("a")]).text == "abc")
    #expect(edited("ab", [.home, .end, .character("c")]).text == "abc")
    #expect(edited("ab", [.control("a"), .control("f"), .character("-")]).text == "a-b")
    #expect(edited("ab", [.control("b"), .character("-"), .control("e"), .character("+")]).text == "a-b+")
  }

  @Test func erasing() {
    #expect(edited("abc", [.backspace]).text == "ab")
    #expect(edited("abc", [.home, .delete]).text == "bc")
    #expect(edited("abc", [.home, .control("d")]).text == "bc")
    #expect(edited("abc", [.left, .control("k")]).text == "ab")
    #expect(edited("abc", [.left, .control("u")]) == edited("c", [.home]))
    #expect(edited("~/models/cat.png", [.control("w")]).text == "~/models/")
    #expect(edited("~/models/cat.png", [.control("w"), .control("w")]).text == "~/")
    #expect(edited("two words", [.control("w"), .control("w"), .control("w")]).text == "")
  }

  @Test func theEndsHold() {
    #expect(edited("a", [.left, .left, .left, .backspace, .character("b")]).text == "ba")
    #expect(edited("a", [.right, .right, .delete, .control("k"), .character("b")]).text == "ab")
    #expect(edited("", [.backspace, .delete, .control("u"), .control("w"), .home, .end]).text == "")
  }

  @Test func otherKeysAreNotItsOwn() {
    var line = LineEditor("a")
    for key in [Key.enter, .escape, .tab, .up, .function(1), .control("l")] {
      let isEditing = line.handle(key)
      #expect(!isEditing, "\(key)")
    }
    #expect(line == LineEditor("a"))
  }
}
