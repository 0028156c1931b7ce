import Canvas
import Signals
import Testing

@testable import Explorer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
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
    let (themes, faults) = try ThemeLibrary.load(wanted: nil, folders: [user, root + "/nowhere", installed])
    #expect(faults.isEmpty)
    // The default one first, the others in the order in which they were found.
    #expect(themes.map(\.name) == ["asmr", "night", "own", "plain"])
    #expect(themes[1].background == .hex(1))
    #expect(themes[0] == Theme.builtIn)
  }

  @Test func theBuiltInOneCanBeReplaced() throws {
    let user = try folder("user", ["asmr.theme": theme("#123456")])
    let (themes, _) = try ThemeLibrary.load(wanted: nil, folders: [user])
    #expect(themes.map(\.name) == ["asmr"] && themes[0].background == .hex(0x123456))
  }

  @Test func wantedByName() throws {
    let user = try folder("user", ["a.theme": theme("#000001"), "b.theme": theme("#000002")])
    let (themes, _) = try ThemeLibrary.load(wanted: "b", folders: [user])
    #expect(themes.map(\.name) == ["b", "a", "asmr"])
    #expect(try ThemeLibrary.load(wanted: "asmr", folders: [user]).themes[0].name == "asmr")
  }

  @Test func wantedByFile() throws {
    let user = try folder("user", ["night.theme": theme("#000001")])
    let other = try folder("other", ["night.theme": theme("#000002"), "bare": theme("#000003")])
    let (themes, _) = try ThemeLibrary.load(wanted: other + "/night.theme", folders: [user])
    #expect(themes.map(\.name) == ["night", "asmr"] && themes[0].background == .hex(2))
    #expect(try ThemeLibrary.load(wanted: other + "/bare", folders: [user]).themes[0].background == .hex(3))
    let error = #expect(throws: SignalError.self) { try ThemeLibrary.load(wanted: other + "/none.theme", folders: [user]) }
    #expect(error?.exitCode == 66)
  }

  @Test func anUnknownNameSaysWhichThereAre() throws {
    let user = try folder("user", ["a.theme": theme("#000001"), "b.theme": theme("#000002")])
    let error = #expect(throws: SignalError.self) { try ThemeLibrary.load(wanted: "nosuch", folders: [user]) }
    #expect(error?.exitCode == 64)
    let text = try #require(error?.description)
    #expect(text.contains("nosuch") && text.contains("a, b, asmr") && !text.contains("\n"))
  }

  @Test func brokenLinesAreFaultsWithFileAndLine() throws {
    let text = "# fine\ntheme[main_bg]=\"#010203\"\ntheme[main_fg]=\"#xyz\"\nnonsense\ntheme[title]=\"#040506\"\n"
    let user = try folder("user", ["broken.theme": text])
    let (themes, faults) = try ThemeLibrary.load(wanted: "broken", folders: [user])
    #expect(themes[0].background == .hex(0x010203) && themes[0].title == .hex(0x040506))
    #expect(faults.map(\.line) == [3, 4])
    #expect(faults.allSatisfy { $0.description.hasPrefix("\(user)/broken.theme:\($0.line): ") })
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
}
