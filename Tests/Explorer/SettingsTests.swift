import Canvas
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The configuration file and the environment.
@Suite struct SettingsTests {
  private static let themes = ["asmr", "asmr-light", "nord"]

  private func read(_ text: String) -> (settings: Settings, faults: [String]) {
    var settings = Settings()
    let faults = settings.read(text, file: "config.toml", themes: Self.themes)
    return (settings, faults.map(\.description))
  }

  @Test func everyValueIsRead() throws {
    let (settings, faults) = read(
      """
      theme = "nord"
      graphics = "sixel"
      color = "256"
      dither = "none"
      cell = "9x18"
      mouse = false
      threads = 3
      autosave = 2.5
      smoothing = 100
      reduced-motion = true

      [run]
      model = "loe"
      variant = "published"
      preset = "paper"

      [keys]
      pause = "f5"
      step = ["ctrl-t", "Y"]
      """)
    #expect(faults == [])
    var wanted = Settings()
    (wanted.theme, wanted.graphics, wanted.color, wanted.dither) = (.one("nord"), .sixel, .palette256, .none)
    (wanted.cell, wanted.mouse, wanted.threads) = (PixelSize(width: 9, height: 18), false, 3)
    (wanted.autosave, wanted.smoothing, wanted.reducedMotion) = (.every(seconds: 2.5), .hundred, true)
    wanted.run = ["model": "loe", "variant": "published", "preset": "paper"]
    wanted.keys = [
      KeyChange(name: "pause", tab: nil, keys: [.function(5)]), KeyChange(name: "step", tab: nil, keys: [.control("t"), .character("Y")]),
    ]
    #expect(settings == wanted)
    #expect(settings.runFields.map(\.name) == ["model", "variant", "preset"])
    #expect(read("autosave = \"off\"").settings.autosave == .off)
    #expect(read("theme = { dark = \"nord\", light = \"asmr-light\" }").settings.theme == .pair(dark: "nord", light: "asmr-light"))
    #expect(read("theme = \"~/x/y.theme\"").settings.theme == .one("~/x/y.theme"))
    #expect(read("").settings == Settings() && read("\u{FEFF}# only a comment\r\n").faults == [])
  }

  @Test func keysOfViews() {
    let (settings, faults) = read(
      """
      [keys]
      "features.layout" = "Q"
      features.colour-map = "G"
      curves = { metric = "M", smooth = "" }
      [keys.race]
      sort = ["page-up", "s"]
      save-model = ""
      """)
    #expect(faults == [])
    #expect(Set(settings.keys.map { ($0.tab.map { $0.name + "." } ?? "") + $0.name }) == ["features.layout", "features.colour-map", "curves.metric", "curves.smooth", "race.sort", "race.save-model"])
    let keymap = Keymap.standard.changed(by: settings.keys).keymap
    #expect(keymap.intent(of: .character("Q"), on: .features) == .features(.nextArrangement))
    #expect(keymap.intent(of: .character("G"), on: .features) == .features(.nextMap))
    #expect(keymap.intent(of: .character("M"), on: .curves) == .curves(.metric) && keymap.intent(of: .character("u"), on: .curves) == nil)
    #expect(keymap.intent(of: .character("s"), on: .race) == .sortColumn && keymap.intent(of: .character("s"), on: .curves) == .save)
  }

  // MARK: Faults

  /// Every line of a broken file that is wrong is told, with what is allowed, in order; other lines hold.
  @Test func brokenFiles() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "BrokenConfigs")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".toml") }.sorted()
    #expect(files.count >= 15)
    for file in files {
      let bytes = try Data(contentsOf: folder.appending(path: file))
      let text = String(decoding: bytes, as: UTF8.self)
      let (_, faults) = read(text)
      // What is wrong stands in the file, behind "#!" on the line or at the end of one that is its own.
      let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      let expected = lines.enumerated().compactMap { index, line -> (line: Int, words: [String])? in
        guard let mark = line.firstRange(of: "#! ") else { return nil }
        return (index + 1, line[mark.upperBound...].split(separator: "|").map { String($0.drop { $0 == " " }).trimmedEnd })
      }
      #expect(!expected.isEmpty, "\(file)")
      #expect(faults.count == expected.count, "\(file): \(faults)")
      for (fault, wanted) in zip(faults, expected) {
        #expect(fault.hasPrefix("config.toml:\(wanted.line): "), "\(file): \(fault)")
        #expect(fault.contains("found ") && fault.contains("; allowed is "), "\(file): \(fault)")
        for word in wanted.words { #expect(fault.contains(word), "\(file): \(fault) without \(word)") }
      }
    }
  }

  @Test func aNumberThatIsTooLongIsNoReasonToEnd() {
    for text in ["threads = 99999999999999999999999999", "autosave = 1e999", "autosave = nan", "autosave = -inf", "[[keys]]", "[keys", "= 1", "a.b.c.d = 1"] {
      #expect(!read(text).faults.isEmpty, "\(text)")
    }
  }

  @Test func linesAreFoundInAnyDocument() {
    let places = TOMLPlaces(
      #"""
      # a comment
      one = 1
      text = """
      two = 2
      """ # not a key before
      list = [
        "three = 3", # [four]
        'five',
      ]
      path = 'C:\' # closed
      [ table . "with dots.here" ]
      six = { seven = 7 }
      eight.nine = 8
      [[array]]
      ten = "\" # ten"
      last = '''x
      y'''
      end = 1
      """#)
    let lines: [([String], Int?)] = [
      (["one"], 2), (["text"], 3), (["two"], nil), (["list"], 6), (["path"], 10), (["table", "with dots.here"], 11),
      (["table", "with dots.here", "six"], 12), (["table", "with dots.here", "six", "seven"], 12),
      (["table", "with dots.here", "eight", "nine"], 13), (["array"], 14), (["array", "ten"], 15), (["array", "last"], 16),
      (["array", "end"], 18), (["y"], nil),
    ]
    for (path, line) in lines { #expect(places.line(of: path) == line, "\(path)") }
  }

  // MARK: The environment

  @Test func theEnvironmentComesBeforeTheFile() {
    var settings = Settings()
    _ = settings.read("theme = \"nord\"\ncolor = \"256\"\nmouse = true\nthreads = 2\n", file: "config.toml")
    var other = settings
    #expect(other.read(environment: ["NO_COLOR": "1"]).isEmpty && other.color == nil && other.theme == .one("nord"))
    #expect(settings.read(environment: ["NO_COLOR": "", "HOME": "/x"]).isEmpty && settings.color == .palette256)
    let environment = [
      "NO_COLOR": "1", "ASMR_TUI_COLOR": "16", "ASMR_TUI_MOUSE": "false", "ASMR_TUI_THREADS": "auto", "ASMR_TUI_MODEL": "siren",
      "ASMR_TUI_REDUCED_MOTION": "true", "ASMR_TUI_AUTOSAVE": "off", "ASMR_TUI_SMOOTHING": "10", "ASMR_TUI_ARCH": "native", "ASMR_TUI_CELL": "8x16",
    ]
    #expect(settings.read(environment: environment) == [])
    #expect(settings.color == .palette16 && !settings.mouse && settings.threads == nil && settings.run == ["model": "siren"])
    #expect(settings.reducedMotion && settings.autosave == .off && settings.smoothing == .ten && settings.cell == PixelSize(width: 8, height: 16))
    let faults = settings.read(environment: ["ASMR_TUI_DITHER": "some", "ASMR_TUI_THEME": "nrod"], themes: Self.themes)
    #expect(faults.map(\.description) == [
      "ASMR_TUI_THEME: found 'nrod'; allowed is asmr, asmr-light, nord", "ASMR_TUI_DITHER: found 'some'; allowed is none, ordered, diffused",
    ])
    #expect(settings.theme == .one("nord"))
    #expect(Set(Setting.all.map(\.environmentName)).count == Setting.all.count)
  }

  // MARK: What holds without a file

  @Test func theDefaultFileChangesNothing() throws {
    let (settings, faults) = read(Settings.defaultFile)
    #expect(settings == Settings() && faults == [])
    // Without its # every line says what holds anyway.
    let open = Settings.defaultFile.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("#") && !line.hasPrefix("# ") ? String(line.dropFirst()) : String(line)
    }.joined(separator: "\n")
    var (said, openFaults) = read(open)
    #expect(openFaults == [], "\(openFaults)")
    let keymap = Keymap.standard.changed(by: said.keys).keymap
    for tab in Tab.allCases {
      let (now, before) = (keymap.bindings(on: tab), Keymap.standard.bindings(on: tab))
      #expect(now.map(\.intent) == before.map(\.intent) && now.map(\.keys) == before.map(\.keys) && now.map(\.label) == before.map(\.label))
      for key in Set(before.flatMap(\.keys)) { #expect(keymap.intent(of: key, on: tab) == Keymap.standard.intent(of: key, on: tab)) }
    }
    // Every name of the tables is there.
    #expect(said.keys.count == KeyReference.standard.sections.map(\.lines.count).reduce(0, +))
    for section in KeyReference.standard.sections {
      for line in section.lines {
        #expect(said.keys.contains { $0.name == line.name && $0.tab?.name == section.name }, "\(line.name)")
      }
    }
    #expect(said.theme == .pair(dark: "asmr", light: "asmr-light") && said.run == ["model": "asmr", "variant": "paper", "preset": "live"])
    (said.keys, said.theme, said.run) = ([], nil, [:])
    #expect(said == Settings())
    for setting in Setting.all {
      let name = setting.name.split(separator: ".").last ?? ""
      #expect(Settings.defaultFile.contains("\n#\(name) = \(setting.standard)"), "\(setting.name)")
    }
  }

  @Test func theStateTakesItOver() throws {
    var state = try Fixture.state()
    var settings = Settings()
    (settings.smoothing, settings.reducedMotion) = (.ten, true)
    settings.keys = [KeyChange(name: "quit", tab: nil, keys: [.function(10)])]
    state.adopt(settings)
    #expect(state.curves.smoothing == .ten && state.reducedMotion && state.lastRow.contains("F10 quit"))
  }
}

/// Small files that remember.
@Suite final class StateFileTests {
  private let root = FileManager.default.temporaryDirectory.appending(path: "asmr-state-\(UInt64.random(in: 0 ... .max))").path

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: URL(filePath: root + "/" + name)) }

  @Test func linesAndThemesComeBack() throws {
    let files = StateFiles(SessionStore(folder: root + "/asmr-tui"))
    #expect(files.history() == CommandHistory() && files.theme() == nil)
    for line in ["lr 1e-3", "pause", "lr 1e-3"] { try files.remember(line) }
    try files.keep(theme: "nord")
    #expect(files.history().lines == ["pause", "lr 1e-3"] && files.theme() == "nord")
    // Another explorer's lines stay.
    try StateFiles(SessionStore(folder: root + "/asmr-tui")).remember("q")
    try files.remember("wq")
    #expect(files.history().lines == ["pause", "lr 1e-3", "q", "wq"])
    // Nothing but these two: what is half-written is gone.
    #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/asmr-tui").sorted() == ["history", "theme"])
  }

  @Test func whatCannotBeReadOrWritten() throws {
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: root + "/history", withIntermediateDirectories: true)
    #expect(StateFiles(SessionStore(folder: root)).history() == CommandHistory())
    #expect(throws: SignalError.self) { try StateFiles(SessionStore(folder: self.root)).remember("x") }
    try write("\u{0}\u{0}\n\nnord\n", to: "theme")
    #expect(StateFiles(SessionStore(folder: root)).theme() != nil)
    #expect(throws: SignalError.self) { try StateFiles(SessionStore(folder: "/dev/null/x")).keep(theme: "x") }
  }

  /// The theme that was taken counts where nothing names one, and while it is there.
  @Test func theThemeThatWasTaken() throws {
    let light = RGB(250, 250, 250)
    func first(_ choice: ThemeChoice?, _ last: String?, on background: RGB? = nil) throws -> String {
      let library = ThemeLibrary(choice, last: last, folders: [])
      let themes = try library.load().themes
      return themes[library.first(of: themes, on: background)].name
    }
    #expect(try first(nil, "nord") == "nord" && first(nil, "nord", on: light) == "nord")
    #expect(try first(.one("gruvbox-dark"), "nord") == "gruvbox-dark")
    #expect(try first(nil, "gone") == "asmr" && first(nil, "gone", on: light) == "asmr-light")
    #expect(try first(.pair(dark: "nord", light: "solarized-light"), nil) == "nord")
    #expect(try first(.pair(dark: "nord", light: "solarized-light"), "asmr", on: light) == "solarized-light")
    #expect(throws: SignalError.self) { try first(.pair(dark: "nord", light: "gone"), nil) }
  }
}
