import Canvas
import Signals
import Testing

@testable import Explorer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Themes in real folders.
@Suite final class ThemeLibraryTests {
  private let root = FileManager.default.temporaryDirectory.appending(path: "asmr-themes-\(UInt64.random(in: 0 ... .max))").path

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private func folder(_ name: String, _ files: [String: String]) throws -> String {
    let path = root + "/" + name
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (file, text) in files { try Data(text.utf8).write(to: URL(filePath: path + "/" + file)) }
    return path
  }

  private func theme(_ background: String) -> String { "theme[main_bg]=\"\(background)\"\n" }

  @Test func theUsersFolderComesFirst() throws {
    let user = try folder("user", ["night.theme": theme("#000001"), "own.theme": theme("#000002")])
    let installed = try folder("installed", ["night.theme": theme("#000003"), "plain.theme": theme("#000004"), "notes.txt": "x"])
    let (themes, faults) = try ThemeLibrary(folders: [user, root + "/nowhere", installed]).load()
    #expect(faults.isEmpty)
    // The default one first, the others in the order in which they were found.
    #expect(themes.prefix(5).map(\.name) == ["asmr", "night", "own", "plain", "asmr-light"])
    #expect(Set(themes.map(\.name)).count == themes.count && themes.count == Theme.builtIns.count + 3)
    #expect(themes[1].background == .hex(1))
    #expect(themes[0] == Theme.builtIn)
  }

  @Test func theBuiltInOneCanBeReplaced() throws {
    let user = try folder("user", ["asmr.theme": theme("#123456")])
    let (themes, _) = try ThemeLibrary(folders: [user]).load()
    #expect(themes.filter { $0.name == "asmr" }.map(\.background) == [.hex(0x123456)] && themes[0].file == user + "/asmr.theme")
  }

  @Test func wantedByName() throws {
    let user = try folder("user", ["a.theme": theme("#000001"), "b.theme": theme("#000002")])
    let (themes, _) = try ThemeLibrary(.one("b"), folders: [user]).load()
    #expect(themes.prefix(3).map(\.name) == ["b", "a", "asmr"])
    #expect(try ThemeLibrary(.one("asmr"), folders: [user]).load().themes[0].name == "asmr")
  }

  @Test func wantedByFile() throws {
    let user = try folder("user", ["night.theme": theme("#000001")])
    let other = try folder("other", ["night.theme": theme("#000002"), "bare": theme("#000003")])
    let (themes, _) = try ThemeLibrary(.one(other + "/night.theme"), folders: [user]).load()
    #expect(themes.filter { $0.name == "night" }.map(\.background) == [.hex(2)] && themes[0].name == "night")
    #expect(try ThemeLibrary(.one(other + "/bare"), folders: [user]).load().themes[0].background == .hex(3))
    let error = #expect(throws: SignalError.self) { try ThemeLibrary(.one(other + "/none.theme"), folders: [user]).load() }
    #expect(error?.exitCode == 66)
  }

  @Test func anUnknownNameSaysWhichThereAre() throws {
    let user = try folder("user", ["a.theme": theme("#000001"), "b.theme": theme("#000002")])
    let error = #expect(throws: SignalError.self) { try ThemeLibrary(.one("nosuch"), folders: [user]).load() }
    #expect(error?.exitCode == 64)
    let text = try #require(error?.description)
    #expect(text.contains("nosuch") && text.contains("a, b, asmr") && !text.contains("\n"))
  }

  @Test func brokenLinesAreFaultsWithFileAndLine() throws {
    let text = "# fine\ntheme[main_bg]=\"#010203\"\ntheme[main_fg]=\"#xyz\"\nnonsense\ntheme[title]=\"#f4f5f6\"\n"
    let user = try folder("user", ["broken.theme": text])
    let (themes, faults) = try ThemeLibrary(.one("broken"), folders: [user]).load()
    #expect(themes[0].background == .hex(0x010203) && themes[0].title == .hex(0xF4F5F6))
    #expect(faults.map(\.line) == [3, 4])
    #expect(faults.allSatisfy { $0.description.hasPrefix("\(user)/broken.theme:\($0.line ?? 0): ") })
  }

  @Test func whereFoldersAre() {
    let program = "/opt/bin/asmr-tui"
    let own = ThemeLibrary.folders(environment: ["XDG_CONFIG_HOME": "/c", "HOME": "/h"], program: program)
    #expect(own == ["/c/asmr-tui/themes", "/opt/bin/../share/asmr-tui/themes"])
    #expect(ThemeLibrary.folders(environment: ["HOME": "/h"], program: program)[0] == "/h/.config/asmr-tui/themes")
    // A relative path there is to be ignored, says the specification.
    #expect(
      ThemeLibrary.folders(environment: ["XDG_CONFIG_HOME": "c", "HOME": "/h"], program: program)[0]
        == "/h/.config/asmr-tui/themes")
    #expect(ThemeLibrary.folders(environment: [:], program: program).count == 1)
  }

  @Test func lightScreensGetTheLightDefault() throws {
    let library = ThemeLibrary(folders: [])
    let themes = try library.load().themes
    #expect(themes[library.first(of: themes, on: nil)].name == "asmr")
    #expect(themes[library.first(of: themes, on: RGB(26, 27, 38))].name == "asmr")
    #expect(themes[library.first(of: themes, on: RGB(255, 255, 255))].name == "asmr-light")
    // Whoever names a theme gets it everywhere, and whoever replaces the default as well.
    let named = ThemeLibrary(.one("nord"), folders: [])
    let list = try named.load().themes
    #expect(list[named.first(of: list, on: RGB(255, 255, 255))].name == "nord")
    let own = ThemeLibrary(folders: [try folder("user", ["asmr.theme": theme("#f0f0f0")])])
    let replaced = try own.load().themes
    #expect(replaced[own.first(of: replaced, on: RGB(255, 255, 255))].file != nil)
  }

  @Test func whatIsNoThemeIsNamedAndLeftOut() throws {
    let user = try folder("user", ["a.theme": theme("#000001"), "long.theme": String(repeating: "x", count: 70_000)])
    try FileManager.default.createDirectory(atPath: user + "/folder.theme", withIntermediateDirectories: true)
    #expect(mkfifo(user + "/pipe.theme", 0o600) == 0)
    try FileManager.default.createSymbolicLink(atPath: user + "/gone.theme", withDestinationPath: user + "/nowhere")
    let (themes, faults) = try ThemeLibrary(folders: [user]).load()
    #expect(themes.contains { $0.name == "a" })
    #expect(themes.count == Theme.builtIns.count + 1)
    #expect(faults.map(\.file).sorted() == ["folder", "gone", "long", "pipe"].map { "\(user)/\($0).theme" })
    #expect(faults.allSatisfy { $0.line == nil && $0.description.contains("allowed is") })
  }

  // MARK: Broken themes

  private static let corpus = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/BrokenThemes"

  /// Every file says in its first line which lines are broken: `# broken: 3 5`.
  @Test func theCorpusOfBrokenThemes() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.corpus).filter { $0.hasSuffix(".theme") }.sorted()
    #expect(names.count >= 10)
    for name in names {
      let path = Self.corpus + "/" + name
      let bytes = try Data(contentsOf: URL(filePath: path))
      let first = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
      let wanted = first.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }
      let (read, faults) = try ThemeLibrary.read(path)
      #expect(faults.map(\.line) == wanted, "\(name): \(faults)")
      for (fault, line) in zip(faults, wanted) {
        #expect(fault.description.hasPrefix("\(path):\(line): found \""), "\(fault)")
        #expect(fault.description.contains("allowed is") && fault.description.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 })
      }
      #expect(read.runs.count == 8, "\(name)")
      // The last line of every file is whole, and counts.
      #expect(read.background == .hex(0x102030), "\(name)")
    }
  }

  @Test func manyBrokenLinesAreCounted() throws {
    let user = try folder("user", ["bad.theme": String(repeating: "x\n", count: 1000), "one.theme": "y"])
    let lines = ThemeLibrary.report(try ThemeLibrary(folders: [user]).load().faults)
    #expect(lines.count == 5)
    #expect(lines[0].hasPrefix("\(user)/bad.theme:1: ") && lines[3].contains("997 more") && lines[4].hasPrefix("\(user)/one.theme:1: "))
  }

  // MARK: Reading again

  @Test func editsAreNoticed() throws {
    let user = try folder("user", ["a.theme": theme("#000001")])
    let file = user + "/a.theme"
    let shown = try ThemeLibrary.read(file).theme
    var watch = ThemeWatch([shown])
    #expect(watch.changed(shown) == nil)
    #expect(watch.changed(.builtIn) == nil)
    try Data(theme("#00000222").utf8).write(to: URL(filePath: file))
    guard case .themeRead(let broken, let faults)? = watch.changed(shown) else {
      Issue.record("not noticed")
      return
    }
    #expect(faults.map(\.line) == [1] && broken.file == file)
    #expect(watch.changed(shown) == nil)
    // An editor that puts another file in its place, which is missing for a moment.
    try FileManager.default.removeItem(atPath: file)
    #expect(watch.changed(shown) == nil)
    try Data(theme("#000003").utf8).write(to: URL(filePath: file + "~"))
    try FileManager.default.moveItem(atPath: file + "~", toPath: file)
    guard case .themeRead(let whole, let none)? = watch.changed(shown) else {
      Issue.record("not noticed")
      return
    }
    #expect(none.isEmpty && whole.background == .hex(3))
  }
}
