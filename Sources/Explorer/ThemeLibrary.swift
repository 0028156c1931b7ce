import Canvas
import Signals

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where themes are found: the user's folder, then the installed one, then what is built in.
public enum ThemeLibrary {
  /// Folders in order of precedence.
  public static func folders(environment: [String: String], program: String) -> [String] {
    var folders: [String] = []
    if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") {
      folders.append(base + "/asmr-tui/themes")
    } else if let home = environment["HOME"], !home.isEmpty {
      folders.append(home + "/.config/asmr-tui/themes")
    }
    let bin = program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    folders.append(bin + "/../share/asmr-tui/themes")
    return folders
  }

  /// The themes there are, the wanted one first. A name that occurs twice means the first; broken lines are faults, and
  /// the theme goes on without them.
  ///
  /// - Parameter wanted: a name, or a path of a theme file; nil is the default.
  /// - Throws: `SignalError` (64) when the wanted one is not there.
  public static func load(wanted: String?, folders: [String]) throws(SignalError) -> (themes: [Theme], faults: [ThemeFault]) {
    var themes: [Theme] = []
    var faults: [ThemeFault] = []
    func add(_ path: String) throws(SignalError) {
      let bytes = try InputFile.read(path: path)
      let (theme, found) = Theme.parse(String(decoding: bytes, as: UTF8.self), file: path)
      guard !themes.contains(where: { $0.name == theme.name }) else { return }
      themes.append(theme)
      faults += found
    }
    if let wanted, wanted.contains("/") || wanted.hasSuffix(".theme") { try add(wanted) }
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names.sorted() where name.hasSuffix(".theme") { try? add(folder + "/" + name) }
    }
    if !themes.contains(where: { $0.name == Theme.builtIn.name }) { themes.append(.builtIn) }
    let first: String
    if let wanted, wanted.contains("/") || wanted.hasSuffix(".theme") {
      first = themes[0].name
    } else {
      first = wanted ?? Theme.builtIn.name
    }
    guard let index = themes.firstIndex(where: { $0.name == first }) else {
      let names = themes.map(\.name).joined(separator: ", ")
      throw SignalError(kind: .usage, file: first, message: "theme: found no such name; allowed are \(names), or a file")
    }
    themes.insert(themes.remove(at: index), at: 0)
    return (themes, faults)
  }
}
