import Canvas
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ThemeTests {
  private func contents(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func theBuiltInThemeIsTheFile() throws {
    let here = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let text = try #require(contents("/\(here)/themes/asmr.theme"))
    #expect(text == Theme.builtInText)
    let (theme, faults) = Theme.parse(text, file: "themes/asmr.theme")
    #expect(faults.isEmpty)
    #expect(theme == Theme.builtIn)
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
    #expect(theme.accent == .rgb(RGB(181, 64, 64)))
    #expect(theme.selectedBackground == .hex(0x6A2F2F))
    #expect(theme.selectedForeground == .hex(0xFFF000))
    #expect(theme.inactive == .rgb(RGB(64, 64, 64)))
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
    #expect(theme.good == .hex(0x81A1C1))
    #expect(theme.warning == .rgb(RGB(0x81, 0xA1, 0xC1).mixed(with: RGB(0xEC, 0xEF, 0xF4))))
    #expect(theme.runs.count == 8)
    #expect(Set(theme.runs).count == 8)
    #expect(theme.run(-1) == theme.run(7))
    #expect(theme.run(8) == theme.run(0))
  }

  @Test func noise() {
    for text in ["", "\0", "theme[", "theme[]", "theme[a]=\"", "theme[a]='", "#", "\u{FEFF}# x", "theme[a]=#", "=", "]["] {
      _ = Theme.parse(text, file: "")
    }
    #expect(Theme.parse("", file: "x").theme.runs == Theme.builtIn.runs)
  }
}
