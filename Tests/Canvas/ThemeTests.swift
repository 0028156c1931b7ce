import Canvas
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ThemeTests {
  static let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/themes"

  static func contents(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".theme") { names.append(name) }
    }
    return names.sorted()
  }

  @Test func everyShippedThemeIsBuiltIn() throws {
    let names = Self.names(in: Self.folder)
    #expect(names.count >= 8)
    #expect(Set(names.map { Theme.name(ofFile: $0) }) == Set(Theme.builtIns.map(\.name)))
    #expect(Theme.builtIn.name == "asmr" && Theme.builtInLight.name == "asmr-light")
    for name in names {
      let text = try #require(Self.contents("\(Self.folder)/\(name)"))
      var (theme, faults) = Theme.parse(text, file: name)
      #expect(faults.isEmpty, "\(faults)")
      #expect(theme.file == name)
      theme.file = nil
      #expect(Theme.builtIns.contains(theme), "\(name) is built in as something else")
    }
  }

  @Test func valuesAsBtopWritesThem() {
    let (theme, faults) = Theme.parse(
      """
      # a comment
      theme[main_bg]=""
      theme[main_fg]="#cc"
      theme[title]='#EEeeEE'
      theme[hi_fg]="181 64 64"   # a comment
      theme[selected_bg]=#6a2f2f
      theme[selected_fg]= "#fff000"
      \ttheme[inactive_fg] = 64 64 64
      theme[div_line]=
      theme[some_new_key]="#123456"
      """.split(separator: "\n").joined(separator: "\r\n"), file: "a/b/test.theme")
    #expect(faults.isEmpty, "\(faults)")
    #expect(theme.name == "test")
    #expect(theme.background == .terminalDefault)
    #expect(theme.foreground == .rgb(RGB(0xCC, 0xCC, 0xCC)))
    #expect(theme.title == .hex(0xEEEEEE))
    #expect(theme.accent == .rgb(RGB(181, 64, 64).legible(on: theme.ground(), towards: RGB(0xCC, 0xCC, 0xCC))))
    #expect(theme.selectedBackground == .hex(0x6A2F2F))
    #expect(theme.selectedForeground == .hex(0xFFF000))
    // Too dark to be read on a dark screen: lightened towards the text.
    #expect(theme.inactive != .rgb(RGB(64, 64, 64)) && theme.isLight == false)
    #expect(theme.frame == .terminalDefault)
  }

  @Test func brokenLinesAreReportedAndSkipped() {
    let (theme, faults) = Theme.parse(
      """
      theme[main_fg]="#12345"
      theme[title="#ffffff"
      hello
      theme[hi_fg]="300 0 0"
      theme[selected_bg]="#00zz00"
      theme[selected_fg]="#ffffff
      theme[inactive_fg]="#808080" oops
      theme[cpu_end]="5ffdff"
      theme[]="#ffffff"
      theme[good]="#00ff00"
      theme[warning]="1 2"
      theme[critical]="\u{1B}[31m"
      """, file: "bad.theme")
    #expect(faults.map(\.line) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12])
    #expect(theme.good == .hex(0x00FF00))
    #expect(theme.foreground == Theme.builtIn.foreground)
    let first = faults[0].description
    #expect(first.hasPrefix("bad.theme:1: found \"#12345\""))
    #expect(first.contains("#RRGGBB"))
    #expect(faults.allSatisfy { !$0.description.contains("\u{1B}") })
  }

  @Test func aThemeOfBtopGivesEveryRole() {
    let (theme, faults) = Theme.parse(
      """
      theme[main_bg]="#2E3440"
      theme[main_fg]="#d8dee9"
      theme[title]="#8fbcbb"
      theme[hi_fg]="#5e81ac"
      theme[inactive_fg]="#4c566a"
      theme[cpu_box]="#4c566a"
      theme[mem_box]="#4c566a"
      theme[div_line]="#4c566a"
      theme[cpu_start]="#81a1c1"
      theme[cpu_mid]=""
      theme[cpu_end]="#eceff4"
      """, file: "nord.theme")
    #expect(faults.isEmpty)
    #expect(theme.frame == .hex(0x4C566A))
    #expect(theme.good == .hex(0x81A1C1) && theme.isLight == false)
    #expect(theme.warning == .rgb(RGB(0x81, 0xA1, 0xC1).mixed(with: RGB(0xEC, 0xEF, 0xF4))))
    #expect(theme.runs.count == 8)
    #expect(Set(theme.runs).count == 8)
    #expect(theme.run(-1) == theme.run(7))
    #expect(theme.run(8) == theme.run(0))
    // Its boxes look like its dividing lines: the pane with the keys stands out all the same.
    #expect(theme.frameFocused != theme.frame)
    let ground = RGB(hex: 0x2E3440)
    for color in [theme.inactive, theme.accent, theme.title, theme.plotText] { #expect(color.contrast(with: ground) >= 4.5) }
    for color in theme.runs { #expect(color.contrast(with: ground) >= 3) }
    #expect(theme.heat == .inferno)
  }

  @Test func aThemeForLightScreensHasColorsForThem() {
    for text in ["theme[main_bg]=\"#ffffff\"", "theme[main_fg]=\"#202020\""] {
      let (theme, _) = Theme.parse(text, file: "x")
      #expect(theme.isLight == true && theme.ground().isLight && !theme.ink().isLight)
      for color in theme.runs + [theme.frameFocused] { #expect(color.contrast(with: theme.ground()) >= 3) }
      for color in [theme.foreground, theme.title, theme.accent, theme.inactive, theme.good, theme.warning, theme.critical] {
        #expect(color.contrast(with: theme.ground()) >= 4.5)
      }
    }
    #expect(Theme.parse("theme[main_bg]=\"\"\ntheme[main_fg]=\"\"", file: "x").theme.isLight == nil)
  }

  @Test func whatLiesBehind() {
    let (dark, light) = (RGB(10, 12, 14), RGB(240, 240, 230))
    #expect(Theme.builtIn.ground(terminal: dark) == dark && Theme.builtInLight.ground(terminal: light) == light)
    // A terminal that the theme cannot be read on is not taken for its ground.
    #expect(!Theme.builtIn.ground(terminal: light).isLight && Theme.builtInLight.ground(terminal: dark).isLight)
    let (own, _) = Theme.parse("theme[main_bg]=\"\"\ntheme[main_fg]=\"\"", file: "x")
    #expect(own.ground(terminal: light) == light && !own.ink(terminal: light).isLight && own.ink(terminal: dark).isLight)
  }

  @Test func aThemeOfTheOtherKindBringsItsBackground() {
    let (dark, light) = (RGB(10, 12, 14), RGB(240, 240, 230))
    for (theme, own, other) in [(Theme.builtIn, dark, light), (Theme.builtInLight, light, dark)] {
      #expect(theme.fitted(to: own) == theme && theme.fitted(to: nil) == theme)
      #expect(theme.fitted(to: other).background == .rgb(theme.ground()))
      #expect(theme.fitted(to: other).isLight == theme.isLight)
    }
    let (nord, _) = Theme.parse("theme[main_bg]=\"#2E3440\"", file: "x")
    #expect(nord.fitted(to: light) == nord)
  }

  @Test func heatIsAGradient() throws {
    let (theme, faults) = Theme.parse(
      "theme[heat_start]=\"#000000\"\ntheme[heat_mid]=\"#00ff00\"\ntheme[heat_end]=\"#ffffff\"", file: "x")
    #expect(faults.isEmpty)
    #expect(theme.heat[0] == RGB(0, 0, 0) && theme.heat[1] == RGB(255, 255, 255) && theme.heat[0.5].g > 250 && theme.heat[0.5].r < 8)
    let (two, _) = Theme.parse("theme[heat_start]=\"#000000\"\ntheme[heat_mid]=\"\"\ntheme[heat_end]=\"#ffffff\"", file: "x")
    #expect(two.heat.table == ColorMap.grey.table)
    #expect(Theme.parse("theme[heat_start]=\"#000000\"", file: "x").theme.heat == .inferno)
  }

  @Test func aSelectionWithoutColorsIsReversed() {
    let (theme, _) = Theme.parse("theme[selected_bg]=\"\"", file: "x")
    #expect(theme.selection == theme.text.reversed)
    #expect(!Theme.builtIn.selection.reverse)
  }

  @Test func noise() {
    for text in ["", "\0", "theme[", "theme[]", "theme[a]=\"", "theme[a]='", "#", "\u{FEFF}# x", "theme[a]=#", "=", "]["] {
      _ = Theme.parse(text, file: "")
    }
    #expect(Theme.parse("", file: "x").theme.runs == Theme.builtIn.runs)
  }
}
