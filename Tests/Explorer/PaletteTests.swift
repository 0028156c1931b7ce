import Canvas
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

@Suite struct FuzzyMatchTests {
  private func score(_ word: String, _ text: String) -> Int { FuzzyMatch(word, in: text)?.score ?? Int.min }

  @Test func lettersInOrder() {
    #expect(FuzzyMatch("nr", in: "next-run")?.places == [0, 5])
    #expect(FuzzyMatch("run", in: "next-run")?.places == [5, 6, 7])
    #expect(FuzzyMatch("NEXT", in: "next-run")?.places == [0, 1, 2, 3])
    #expect(FuzzyMatch("rn", in: "next") == nil && FuzzyMatch("", in: "next") == nil && FuzzyMatch("next-runs", in: "next-run") == nil)
    // The better way, not the first one.
    #expect(FuzzyMatch("map", in: "my colour map")?.places == [10, 11, 12])
    #expect(FuzzyMatch("é", in: "café")?.places == [3])
  }

  @Test func whatIsBetter() {
    // Letters beside each other, beginnings of words, the beginning of the text, little between.
    #expect(score("run", "next-run") > score("run", "return"))
    #expect(score("zi", "zoom-in") > score("zi", "blizzi"))
    #expect(score("s", "step") > score("s", "a step"))
    #expect(score("ab", "axb") > score("ab", "axxxb"))
    #expect(score("pause", "pause") == score("pause", "pause-all"))
  }

  /// Against all ways there are to choose the letters.
  @Test func theBestOfAllWays() throws {
    var random = SystemRandomNumberGenerator()
    let letters = Array("ab-c ")
    func ways(_ word: ArraySlice<Character>, _ text: [Character], from start: Int) -> [[Int]] {
      guard let letter = word.first else { return [[]] }
      return (start..<max(start, text.count)).filter { text[$0] == letter }.flatMap { place in
        ways(word.dropFirst(), text, from: place + 1).map { [place] + $0 }
      }
    }
    func value(_ places: [Int], _ text: [Character]) -> Int {
      places.enumerated().reduce(0) { sum, entry in
        let place = entry.element
        let starts = place == 0 || !text[place - 1].isLetter
        let between = entry.offset > 0 ? place - places[entry.offset - 1] - 1 : -1
        return sum + 16 + (starts ? 12 : 0) + (place == 0 ? 6 : 0) + (between == 0 ? 14 : between > 0 ? -min(12, 2 * between) : 0)
      }
    }
    for _ in 0..<300 {
      let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in letters.randomElement(using: &random)! }
      let word = (0..<Int.random(in: 1...3, using: &random)).map { _ in letters.randomElement(using: &random)! }
      let all = ways(word[...], text, from: 0)
      let match = FuzzyMatch(String(word), in: String(text))
      #expect(match?.score == all.map { value($0, text) }.max(), "\(String(word)) in \(String(text))")
      if let match { #expect(all.contains(match.places) && value(match.places, text) == match.score) }
    }
  }

  @Test func everyWordMustBeThere() {
    #expect(FuzzyMatch(words: "run next", in: "next-run")?.places == [0, 1, 2, 3, 5, 6, 7])
    #expect(FuzzyMatch(words: "run nothing", in: "next-run") == nil && FuzzyMatch(words: "  ", in: "x")?.score == 0)
  }
}

@Suite struct PaletteTests {
  private func opened(_ text: String = "", width: Int = 120, height: Int = 40) throws -> ExplorerState {
    var state = try PlotFixture.training(width: width, height: height)
    var light = Theme.builtInLight
    light.name = "nord"
    state.themes.append(light)
    _ = state.update(.key(.control("p")))
    _ = state.press(text)
    return state
  }

  private func found(_ state: ExplorerState) -> [String] {
    guard case .palette(let palette) = state.overlay else { return [] }
    return state.matches(palette).map(\.item.name)
  }

  @Test func everythingIsInIt() throws {
    let state = try opened()
    let names = Set(found(state))
    for binding in state.keymap.bindings(on: .race) where ![.palette, .count].contains(binding.intent) {
      #expect(names.contains(binding.intent.name), "\(binding.intent.name)")
    }
    #expect(names.isSuperset(of: [":theme", ":seek", ":lr", ":q!", "nord", "asmr", "view-curves", "① ASMR"]))
    #expect(!names.contains(":tiles"))
  }

  @Test func theBestStandsFirst() throws {
    #expect(try found(opened("pause")).prefix(2) == ["pause", "pause-all"])
    #expect(try found(opened("nord")).first == "nord")
    #expect(try found(opened("curv")).first == "view-curves")
    #expect(try found(opened(":lr")).first == ":lr")
    #expect(try found(opened("siren")).first?.contains("SIREN") == true)
    // What is named so comes before what speaks of it.
    #expect(try Set(found(opened("se")).prefix(3)) == [":seed", ":seek", ":set"])
    #expect(try found(opened("report export")).first == "export")
    let themes = try found(opened("th"))
    #expect(try #require(themes.firstIndex(of: "next-theme")) < #require(themes.firstIndex(of: "help")))
    let nothing = try opened("qqqq")
    #expect(found(nothing).isEmpty && nothing.text.contains("nothing has these letters"))
  }

  @Test func whatIsChosenIsDone() throws {
    var state = try opened("pause")
    #expect(state.update(.key(.enter)) == [.pause(RunID(1))] && state.overlay == nil)
    state = try opened("view-cur")
    _ = state.update(.key(.enter))
    #expect(state.tab == .curves)
    state = try opened("② SIREN")
    _ = state.update(.key(.enter))
    #expect(state.selection == RunID(2))
    // A command that wants something more is typed on.
    state = try opened(":seek")
    _ = state.update(.key(.enter))
    #expect(state.lastRow.hasPrefix(":seek"))
    state = try opened(":q!")
    #expect(state.update(.key(.enter)) == [.quit(0)])
    // A theme is shown when it is chosen, and not on the way.
    state = try opened("nord")
    #expect(state.theme.name != "nord")
    #expect(state.update(.key(.enter)) == [.keepTheme("nord")] && state.theme.name == "nord")
    state = try opened()
    _ = state.update(.key(.escape))
    #expect(state.overlay == nil)
    state = try opened("qqqq")
    #expect(state.update(.key(.enter)) == [] && state.overlay != nil)
  }

  @Test func movingAndTheMouse() throws {
    var state = try opened(height: 24)
    guard case .palette(let first) = state.overlay else { return }
    _ = state.update(.key(.up))
    guard case .palette(let last) = state.overlay else { return }
    #expect(first.index == 0 && last.index == found(state).count - 1 && last.scroll > 0)
    for key in [Key.down, .pageDown, .pageUp, .tab, .backTab, .control("n"), .control("p")] {
      _ = state.update(.key(key))
      #expect(state.frame().height == 24)
    }
    state = try opened("zoo")
    guard case .palette(let palette) = state.overlay else { return }
    let layout = state.paletteLayout(palette, count: found(state).count)
    state.mouse(.press(.left), x: layout.list.x + 4, y: layout.list.y + 1)
    guard case .palette(let clicked) = state.overlay else { return }
    #expect(clicked.index == 1)
    let name = found(state)[1]
    state.mouse(.press(.left), x: layout.list.x + 4, y: layout.list.y + 1)
    #expect(state.overlay == nil && (name != "zoom-in" || state.window.zoom == 1))
    state = try opened()
    state.mouse(.wheelDown, x: 50, y: 12)
    guard case .palette(let wheel) = state.overlay else { return }
    #expect(wheel.index == 1)
    state.mouse(.press(.left), x: 0, y: 0)
    #expect(state.overlay == nil)
  }

  /// Not by colour alone.
  @Test func lettersThatMatchAreUnderlined() throws {
    let state = try opened("zoo")
    guard case .palette(let palette) = state.overlay else { return }
    let list = state.paletteLayout(palette, count: found(state).count).list
    let row = (list.x..<list.maxX).map { state.frame()[$0, list.y] }
    #expect(String(row.filter(\.style.underline).map(\.character)) == "zoo")
  }

  @Test(arguments: [(60, 16), (80, 24), (120, 40)])
  func golden(width: Int, height: Int) throws {
    try GoldenFrame.compare(opened("pau", width: width, height: height), "palette-\(width)x\(height)")
  }
}
