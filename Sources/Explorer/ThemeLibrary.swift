import Canvas
import Signals

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where themes are found: the user's folder, then the installed one, then what is built in.
public struct ThemeLibrary: Sendable {
  /// nil: the default that suits the terminal.
  let choice: ThemeChoice?
  /// The name of the one that was taken last, which counts where nothing was chosen and while it is there.
  let last: String?
  /// In order of precedence.
  let folders: [String]

  public init(_ choice: ThemeChoice? = nil, last: String? = nil, folders: [String]) {
    (self.choice, self.last, self.folders) = (choice, last, folders)
  }

  /// Folders in order of precedence.
  public static func folders(environment: [String: String], program: String) -> [String] {
    var folders = UserFolder.configuration(environment: environment).map { [$0 + "/themes"] } ?? []
    let bin = program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    folders.append(bin + "/../share/asmr-tui/themes")
    return folders
  }

  /// The themes there are, the wanted one first. A name that occurs twice means the first; broken lines are faults, and
  /// the theme goes on without them. So are files in the folders that cannot be read.
  ///
  /// - Throws: `SignalError` when the wanted one is not there (64 a name, 66 a file).
  public func load() throws(SignalError) -> (themes: [Theme], faults: [ThemeFault]) {
    var themes: [Theme] = []
    var faults: [ThemeFault] = []
    func add(_ theme: Theme, _ found: [ThemeFault] = []) {
      guard !themes.contains(where: { $0.name == theme.name }) else { return }
      themes.append(theme)
      faults += found
    }
    let wanted = choice?.names ?? []
    for file in wanted where ThemeChoice.isFile(file) {
      let bytes = try InputFile.read(path: file)
      let (theme, found) = Theme.parse(String(decoding: bytes, as: UTF8.self), file: file)
      add(theme, found)
    }
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names.sorted() where name.hasSuffix(".theme") {
        do throws(ThemeFault) {
          let (theme, found) = try Self.read(folder + "/" + name)
          add(theme, found)
        } catch {
          faults.append(error)
        }
      }
    }
    for theme in Theme.builtIns { add(theme) }
    let known = last.flatMap { last in themes.contains { $0.name == last } ? last : nil }
    for name in wanted.isEmpty ? [known ?? Theme.builtIn.name] : wanted.reversed() {
      guard let index = themes.firstIndex(where: { Self.is($0, name) }) else {
        let names = themes.map(\.name).joined(separator: ", ")
        throw SignalError(kind: .usage, file: name, message: "theme: found no such name; allowed are \(names), or a file")
      }
      themes.insert(themes.remove(at: index), at: 0)
    }
    return (themes, faults)
  }

  private static func `is`(_ theme: Theme, _ wanted: String) -> Bool {
    ThemeChoice.isFile(wanted) ? theme.file == wanted : theme.name == wanted
  }

  /// The theme to begin with: the wanted one, or the default one of the kind that the terminal's background asks for.
  ///
  /// - Parameters:
  ///   - themes: as `load` gives them.
  ///   - background: of the terminal; nil where it does not say.
  /// - Returns: an index of `themes`.
  func first(of themes: [Theme], on background: RGB?) -> Int {
    if case .pair(_, let light) = choice, background?.isLight == true {
      return themes.firstIndex { Self.is($0, light) } ?? 0
    }
    if choice == nil, let last, themes[0].name == last { return 0 }
    guard choice == nil, let background, let isLight = themes[0].isLight, isLight != background.isLight else { return 0 }
    return themes.firstIndex { $0.name == Theme.builtInLight.name && $0.isLight == background.isLight } ?? 0
  }

  /// Faults as lines for a person: of every file the first three, and how many more there are.
  public static func report(_ faults: [ThemeFault]) -> [String] {
    var lines: [String] = []
    var counts: [String: Int] = [:]
    for fault in faults { counts[fault.file, default: 0] += 1 }
    var said: [String: Int] = [:]
    for fault in faults {
      said[fault.file, default: 0] += 1
      if said[fault.file] ?? 0 <= 3 { lines.append(fault.description) }
      if said[fault.file] == 4 { lines.append("\(fault.file): \((counts[fault.file] ?? 0) - 3) more of its lines are broken") }
    }
    return lines
  }

  /// Bytes that a theme may have: more than ten times what it needs.
  private static let limit = 1 << 16

  /// Reads a file of a folder, where anything may lie.
  static func read(_ path: String) throws(ThemeFault) -> (theme: Theme, faults: [ThemeFault]) {
    guard let stamp = FileStamp(path) else { throw ThemeFault(file: path, found: "nothing", allowed: "a readable file") }
    if let found = stamp.fault(limit: limit) {
      throw ThemeFault(file: path, found: found, allowed: "a file of at most \(limit) bytes")
    }
    do throws(SignalError) {
      return Theme.parse(String(decoding: try InputFile.read(path: path), as: UTF8.self), file: path)
    } catch {
      throw ThemeFault(file: path, found: "a file that cannot be read", allowed: "a readable one")
    }
  }
}

/// Notices that the file of a theme was edited.
struct ThemeWatch {
  private var stamps: [String: FileStamp] = [:]

  /// - Parameter themes: as they were just read.
  init(_ themes: [Theme]) {
    for file in themes.compactMap(\.file) { stamps[file] = FileStamp(file) }
  }

  /// The theme read again if its file is another one than when it was last read; nil while it is the same, and while
  /// there is none, as happens for a moment when an editor replaces it.
  mutating func changed(_ theme: Theme) -> Action? {
    guard let file = theme.file, let stamp = FileStamp(file), stamp != stamps[file] else { return nil }
    stamps[file] = stamp
    do throws(ThemeFault) {
      let (theme, faults) = try ThemeLibrary.read(file)
      return .themeRead(theme, faults)
    } catch {
      return .themeRead(theme, [error])
    }
  }
}
