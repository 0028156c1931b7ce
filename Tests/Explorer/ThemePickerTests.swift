import Canvas
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// The list of themes, and themes that change while they are shown.
@Suite struct ThemePickerTests {
  private func state(width: Int = 100, height: Int = 30, glyphs: Glyphs = .unicode) throws -> ExplorerState {
    var state = try Fixture.state(width: width, height: height, glyphs: glyphs, themes: Theme.builtIns)
    let effects = state.press("T")
    #expect(effects == [.readThemes])
    return state
  }

  private func type(_ text: String, _ state: inout ExplorerState) { for key in text { _ = state.update(.key(.character(key))) } }
  private func press(_ keys: Key..., in state: inout ExplorerState) { for key in keys { _ = state.update(.key(key)) } }
  private func isOpen(_ state: ExplorerState) -> Bool { if case .themes = state.overlay { true } else { false } }

  @Test func movingShowsAndEnterTakes() throws {
    var state = try state()
    #expect(state.theme.name == "asmr")
    press(.down, .down, in: &state)
    #expect(state.theme.name == Theme.builtIns[2].name && isOpen(state))
    #expect(state.frame().cells[0].style.background == state.theme.background)
    press(.enter, in: &state)
    #expect(!isOpen(state) && state.theme.name == Theme.builtIns[2].name)
    #expect(state.lastRow.contains(Theme.builtIns[2].name))
  }

  @Test func escapeBringsBackTheOneBefore() throws {
    var state = try state()
    press(.up, in: &state)
    #expect(state.theme.name == Theme.builtIns.last?.name)
    press(.pageUp, .end, .home, .pageDown, .escape, in: &state)
    #expect(!isOpen(state) && state.theme.name == "asmr")
  }

  @Test func typingFilters() throws {
    var state = try state()
    type("/gruv", &state)
    #expect(state.theme.name == "gruvbox-dark")
    type(" light", &state)
    #expect(state.theme.name == "gruvbox-light")
    #expect(state.lines.contains { $0.contains("1 of 12") })
    type("zzz", &state)
    #expect(state.theme.name == "gruvbox-light" && state.text.contains("no theme has this in its name"))
    // Nothing is there to be taken.
    press(.enter, .down, in: &state)
    #expect(isOpen(state))
    for _ in 0..<20 { press(.backspace, in: &state) }
    #expect(state.lines.contains { $0.contains("nord") && $0.contains("dark") })
    press(.escape, in: &state)
    #expect(state.theme.name == "asmr")
    // Letters that mean something elsewhere are letters here.
    state = try self.state()
    type("qj", &state)
    #expect(isOpen(state))
  }

  @Test func everyLineHasNameKindSwatchAndFile() throws {
    var state = try state(width: 120, height: 40)
    var own = Theme.builtIns[3]
    (own.name, own.file) = ("mine", "/home/someone/.config/asmr-tui/themes/mine.theme")
    _ = state.update(.themes([own] + Theme.builtIns, []))
    for theme in state.themes {
      let line = try #require(state.lines.first { $0.contains(" \(theme.name) ") })
      #expect(line.contains(theme.isLight == true ? "light" : "dark") && line.contains("①②③④⑤⑥⑦⑧"))
      #expect(line.contains(theme.file == nil ? "built in" : "themes/mine.theme"))
    }
    // A swatch has the colours of its theme, not those of the screen.
    guard case .themes(let picker) = state.overlay else {
      Issue.record("closed")
      return
    }
    let layout = state.themesLayout(picker)
    let row = layout.list.y + (state.themes.firstIndex { $0.name == "nord" } ?? 0)
    let frame = state.frame()
    let place = try #require((0..<frame.width).first { frame[$0, row].character == "③" })
    let nord = try #require(Theme.builtIns.first { $0.name == "nord" })
    #expect(frame[place, row].style == nord.runStyle(2, bold: true))
  }

  @Test func theMouse() throws {
    var state = try state(width: 80, height: 24)
    func layout() throws -> ThemePickerLayout {
      guard case .themes(let picker) = state.overlay else { throw Closed() }
      return state.themesLayout(picker)
    }
    let list = try layout().list
    func click(_ x: Int, _ y: Int) { _ = state.update(.mouse(MouseEvent(.press(.left), x: x, y: y))) }
    click(list.x + 4, list.y + 3)
    #expect(state.theme.name == Theme.builtIns[3].name && isOpen(state))
    _ = state.update(.mouse(MouseEvent(.wheelDown, x: list.x, y: list.y)))
    #expect(state.theme.name == Theme.builtIns[4].name)
    _ = state.update(.mouse(MouseEvent(.wheelUp, x: list.x, y: list.y)))
    click(list.x + 4, list.y + 3)
    #expect(!isOpen(state) && state.theme.name == Theme.builtIns[3].name)
    // Beside the list: as if nothing had happened.
    _ = state.press("T")
    press(.down, in: &state)
    click(0, 0)
    #expect(!isOpen(state) && state.theme.name == Theme.builtIns[3].name && state.tab == .race)
  }

  private struct Closed: Error {}

  @Test func aShortListScrolls() throws {
    var state = try state(width: 60, height: 16)
    for theme in Theme.builtIns.dropFirst() {
      press(.down, in: &state)
      #expect(state.theme.name == theme.name)
      #expect(state.lines.contains { $0.contains("› \(theme.name) ") }, "\(theme.name)")
    }
    press(.down, in: &state)
    #expect(state.theme.name == "asmr" && state.lines.contains { $0.contains("› asmr ") })
  }

  @Test(arguments: [(100, 30), (80, 24), (60, 16)]) func golden(width: Int, height: Int) throws {
    try GoldenFrame.compare(state(width: width, height: height), "themes-\(width)x\(height)")
    try GoldenFrame.compare(state(width: width, height: height, glyphs: .ascii), "themes-ascii-\(width)x\(height)")
  }

  @Test func onALightTerminal() throws {
    var state = try Fixture.state(themes: Theme.builtIns)
    state.terminalBackground = RGB(255, 255, 255)
    state.begin(with: 1, faults: [])
    #expect(state.theme.name == "asmr-light" && state.theme.background == .terminalDefault)
    state.choose(theme: 0)
    #expect(state.theme.isLight == false && state.theme.background != .terminalDefault)
    _ = state.update(.themes(Theme.builtIns, []))
    #expect(state.theme.name == "asmr" && state.theme.background != .terminalDefault)
  }

  // MARK: Themes that change

  private func edited(_ change: (inout Theme) -> Void = { _ in }) -> Theme {
    var theme = Theme.builtIns[0]
    (theme.name, theme.file) = ("mine", "/t/mine.theme")
    change(&theme)
    return theme
  }

  @Test func anEditIsShownAtOnce() throws {
    var state = try Fixture.state(themes: [edited()])
    _ = state.update(.themeRead(edited { $0.background = .hex(0x010203) }, []))
    #expect(state.theme.background == .hex(0x010203) && state.lastRow.contains("mine"))
    #expect(state.frame().cells[0].style.background == .hex(0x010203))
  }

  @Test func aBrokenEditKeepsTheColorsAndSaysWhere() throws {
    var state = try Fixture.state(width: 120, themes: [edited()] + Theme.builtIns)
    let before = state.theme
    let fault = ThemeFault(file: "/t/mine.theme", line: 7, found: "\"#12\"", allowed: "a colour")
    _ = state.update(.themeRead(edited { $0.background = .hex(0x010203) }, [fault]))
    #expect(state.theme == before)
    #expect(state.lastRow.contains("/t/mine.theme:7: found \"#12\"") && state.message?.kind == .fault)
    // The list knows it too, until it is mended.
    _ = state.press("T")
    #expect(state.lines.contains { $0.contains("mine") && $0.contains("broken") })
    _ = state.update(.themeRead(edited(), []))
    #expect(!state.text.contains("broken"))
  }

  @Test func theThemesThatAreThereNow() throws {
    var state = try Fixture.state(themes: [edited()] + Theme.builtIns)
    _ = state.update(.themes(Theme.builtIns, []))
    // What is on the screen stays, whatever became of its file.
    #expect(state.theme.name == "mine" && state.themes.count == 13)
    _ = state.update(.themes([edited { $0.name = "new" }] + Theme.builtIns + [edited()], []))
    #expect(state.theme.name == "mine" && state.themes.count == 14)
  }

  @Test func aBrokenThemeIsSaidWhenItIsTaken() throws {
    var state = try Fixture.state(width: 140, themes: [Theme.builtIn, edited()])
    let fault = ThemeFault(file: "/t/mine.theme", line: 3, found: "\"x\"", allowed: "a colour")
    state.begin(with: 0, faults: [fault, fault])
    #expect(state.message == nil)
    _ = state.press("t")
    #expect(state.lastRow.contains("theme mine: /t/mine.theme:3: found \"x\"") && state.lastRow.contains("1 more"))
    state.begin(with: 1, faults: [fault])
    #expect(state.message?.kind == .fault)
  }

  @Test func errorMapsHaveTheHeatOfTheTheme() throws {
    let grey = try #require(Theme.builtIns.first { $0.name == "monochrome" })
    var state = try Fixture.state(width: 160, height: 40, themes: [.builtIn, grey])
    _ = state.press("e")
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: 5, preview: Fixture.preview(for: state, step: 5))]))
    func isGrey(_ raster: Raster) -> Bool {
      for at in stride(from: 0, to: raster.pixels.count, by: 3) {
        let (r, g, b) = (raster.pixels[at], raster.pixels[at + 1], raster.pixels[at + 2])
        if r != g || g != b { return false }
      }
      return true
    }
    let before = try #require(state.run.error)
    #expect(!isGrey(before) && state.text.contains("black") && state.text.contains("yellow"))
    _ = state.press("t")
    #expect(isGrey(try #require(state.run.error)) && !state.text.contains("yellow"))
    _ = state.press("t")
    #expect(state.run.error == before)
  }
}
