import Canvas
import Signals
import TOMLKit
import TerminalUI

/// A value that cannot be used, and where it stands.
public struct SettingFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// `config.toml:3`, or a name of the environment.
  public let place: String
  /// nil where the place says it, and for what is no key at all.
  public let key: String?
  public let found: String
  public let allowed: String

  init(place: String, key: String? = nil, found: String, allowed: String) {
    (self.place, self.key, self.found, self.allowed) = (place, key, found, allowed)
  }

  public var description: String { "\(place): \(key.map { $0 + ": " } ?? "")found \(found); allowed is \(allowed)" }
}

extension Settings {
  /// `$XDG_CONFIG_HOME/asmr-tui/config.toml`, or `~/.config/asmr-tui/config.toml`; nil where there is neither.
  public static func file(environment: [String: String]) -> String? {
    UserFolder.configuration(environment: environment).map { $0 + "/config.toml" }
  }

  /// Bytes that a file may have: more than ten times what it needs.
  private static let limit = 1 << 18

  /// The text of a file.
  ///
  /// - Throws: a file that is not there or cannot be read (66), or has too much in it (65).
  public static func text(ofFile file: String) throws(SignalError) -> String {
    if let found = FileStamp(file)?.fault(limit: limit) {
      throw SignalError(kind: .data, file: file, message: "found \(found); allowed is a file of at most \(limit) bytes")
    }
    return String(decoding: try InputFile.read(path: file), as: UTF8.self)
  }

  /// Takes over what a file says; what is wrong with it stays as it was.
  ///
  /// - Parameters:
  ///   - file: its path, for faults and for themes beside it.
  ///   - themes: that there are; nil where nobody knows.
  ///   - home: what `~` means.
  /// - Returns: everything that is wrong with it, in the order of its lines.
  public mutating func read(_ text: String, file: String, themes: [String]? = nil, home: String? = nil) -> [SettingFault] {
    if let damaged = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).firstIndex(where: { $0.contains("\u{FFFD}") }) {
      return [SettingFault(place: "\(file):\(damaged + 1)", found: "bytes that are no UTF-8", allowed: "UTF-8")]
    }
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      return [Self.syntaxFault(error, text, file)]
    } catch {
      return [SettingFault(place: file, found: "no TOML", allowed: "TOML")]
    }
    var reader = SettingsReader(file: file, places: TOMLPlaces(text), themes: themes)
    reader.read(table, into: &self)
    theme = theme?.located(home: home, folder: file.lastIndex(of: "/").map { String(file[..<$0]) })
    return reader.faults.sorted { $0.line < $1.line }.map(\.fault)
  }

  private static func syntaxFault(_ error: TOMLParseError, _ text: String, _ file: String) -> SettingFault {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let line = error.source.begin.line
    let found = lines.indices.contains(line - 1) ? lines[line - 1].prefix(60) : ""
    let reason = error.description.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? ""
    return SettingFault(place: "\(file):\(line)", found: "'\(found)'", allowed: "TOML (\(reason))")
  }

  /// Takes over `ASMR_TUI_THEME` and the like. NO_COLOR puts away the file's colours.
  public mutating func read(environment: [String: String], themes: [String]? = nil) -> [SettingFault] {
    var faults: [SettingFault] = []
    if let noColor = environment["NO_COLOR"], !noColor.isEmpty { color = nil }
    for setting in Setting.all {
      guard let text = environment[setting.environmentName], !text.isEmpty else { continue }
      let value = SettingValue(typed: text)
      if let fault = setting.fault(value, &self, themes) {
        faults.append(SettingFault(place: setting.environmentName, found: fault.found, allowed: fault.allowed))
      }
    }
    return faults
  }
}

extension Setting {
  /// Takes a value over, or says what is wrong with it.
  func fault(_ value: SettingValue, _ settings: inout Settings, _ themes: [String]?) -> (found: String, allowed: String)? {
    var changed = settings
    guard read(value, &changed) != nil else { return (value.found, allowed) }
    if name == "theme", let themes {
      for theme in changed.theme?.names ?? [] where !ThemeChoice.isFile(theme) && !themes.contains(theme) {
        return ("'\(theme)'", Nearest.allowed(theme, among: themes))
      }
    }
    settings = changed
    return nil
  }
}

/// From the tables of a document to settings.
private struct SettingsReader {
  let file: String
  let places: TOMLPlaces
  let themes: [String]?
  var faults: [(line: Int, fault: SettingFault)] = []

  private mutating func note(_ path: [String], _ found: String, _ allowed: String) {
    let line = places.line(of: path) ?? 1
    faults.append((line, SettingFault(place: "\(file):\(line)", key: path.joined(separator: "."), found: found, allowed: allowed)))
  }

  mutating func read(_ table: TOMLTable, into settings: inout Settings) {
    let root = Self.value(table)
    guard case .table(let entries) = root else { return }
    for (key, value) in entries {
      switch (key, value) {
      case ("keys", .table(let keys)): readKeys(keys, into: &settings)
      case ("run", .table(let fields)):
        for (name, value) in fields { read(["run", name], value, into: &settings) }
      case ("keys", _), ("run", _): note([key], value.found, "a table, [\(key)]")
      default: read([key], value, into: &settings)
      }
    }
  }

  private mutating func read(_ path: [String], _ value: SettingValue, into settings: inout Settings) {
    let name = path.joined(separator: ".")
    guard let setting = Setting.named(name) else {
      let prefix = path.dropLast().map { $0 + "." }.joined()
      let names = Setting.all.map(\.name).filter { $0.hasPrefix(prefix) && (!prefix.isEmpty || !$0.contains(".")) }
        .map { String($0.dropFirst(prefix.count)) } + (prefix.isEmpty ? ["run", "keys"] : [])
      return note(path, "no such key", Nearest.allowed(path[path.count - 1], among: names))
    }
    if let fault = setting.fault(value, &settings, themes) { note(path, fault.found, fault.allowed) }
  }

  // MARK: Keys

  private mutating func readKeys(_ entries: [String: SettingValue], into settings: inout Settings) {
    var changes: [(change: KeyChange, path: [String])] = []
    for (name, value) in entries.sorted(by: { $0.key < $1.key }) {
      if case .table(let own) = value {
        guard let tab = Tab.allCases.first(where: { $0.name == name }) else {
          note(["keys", name], "no such view", Nearest.list(Tab.allCases.map(\.name)))
          continue
        }
        for (name, value) in own.sorted(by: { $0.key < $1.key }) {
          if let keys = keys(value, ["keys", tab.name, name]) { changes.append((KeyChange(name: name, tab: tab, keys: keys), ["keys", tab.name, name])) }
        }
      } else if let keys = keys(value, ["keys", name]) {
        // In quotes a view may stand before its dot, too.
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        let tab = parts.count == 2 ? Tab.allCases.first { $0.name == parts[0] } : nil
        changes.append((KeyChange(name: tab == nil ? name : parts[1], tab: tab, keys: keys), ["keys", name]))
      }
    }
    // The later one is at fault where two contradict each other.
    func line(_ path: [String]) -> Int { places.line(of: path) ?? 0 }
    changes.sort { line($0.path) < line($1.path) }
    let faults = Keymap.standard.changed(by: changes.map(\.change)).faults
    for fault in faults { note(changes[fault.index].path, fault.found, fault.allowed) }
    let broken = Set(faults.map(\.index))
    settings.keys = changes.indices.filter { !broken.contains($0) }.map { changes[$0].change }
  }

  /// One key, a list of them, or none.
  private mutating func keys(_ value: SettingValue, _ path: [String]) -> [Key]? {
    let values: [SettingValue] = switch value {
    case .text(""): []
    case .list(let values): values
    default: [value]
    }
    var keys: [Key] = []
    for value in values {
      guard case .text(let name) = value, let key = Key(name: name) else {
        note(path, value.found, "\"\" for none, a key or a list of keys: \(Key.allowedNames)")
        return nil
      }
      if !keys.contains(key) { keys.append(key) }
    }
    return keys
  }

  // MARK: TOML

  private static func value(_ node: TOMLValueConvertible) -> SettingValue {
    switch node.type {
    case .string: .text(node.string ?? "")
    case .int: .integer(node.int ?? 0)
    case .double: .number(node.double ?? .nan)
    case .bool: .flag(node.bool ?? false)
    case .array: .list((node.array?.map { $0 } ?? []).map(value))
    case .table:
      .table(Dictionary((node.table?.keys ?? []).compactMap { key in node.table?[key].map { (key, value($0)) } }, uniquingKeysWith: { $1 }))
    case .date, .time, .dateTime: .other(node.type.description)
    }
  }
}
