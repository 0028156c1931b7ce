import Signals

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

/// The folder of sessions: `NAME.session`, and beside it `NAME.previous.session`, the one that it replaced.
///
/// A file is whole at any moment: a new one is written beside it and renamed over it, after the old one was given its
/// second name by a link.
public struct SessionStore: Sendable {
  public let folder: String
  private static let suffix = ".session"
  private static let previousSuffix = ".previous"
  /// What is half-written is given up after so many seconds.
  private static let patience = 600.0

  public init(folder: String) { self.folder = folder }

  /// `$XDG_STATE_HOME/asmr-tui`, or `~/.local/state/asmr-tui`; nil where there is neither.
  public init?(environment: [String: String]) {
    guard let folder = UserFolder.state(environment: environment) else { return nil }
    self.folder = folder
  }

  /// Makes the folder where it is not there.
  public func create() throws(SignalError) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw SignalError(
        kind: .cannotWrite, file: folder,
        message: "cannot be made: \(String(cString: strerror(errno))); allowed: a folder that may be written to")
    }
  }

  public func path(_ name: String) -> String { "\(folder)/\(name)\(Self.suffix)" }

  /// The name of the session that one replaced.
  public static func previous(of name: String) -> String { name + previousSuffix }
  /// The name of the session that replaced one, its own where nothing did.
  public static func base(of name: String) -> String {
    isPrevious(name) ? String(name.dropLast(previousSuffix.count)) : name
  }
  public static func isPrevious(_ name: String) -> Bool { name.hasSuffix(previousSuffix) }

  /// What is wrong with a name that somebody typed; nil when nothing is.
  public static func fault(ofName name: String) -> String? {
    let isWrong = name.isEmpty || name.hasPrefix(".") || isPrevious(name) || name.utf8.count > 200
      || name.unicodeScalars.contains { $0 == "/" || $0.value < 0x20 || $0.value == 0x7F }
    return isWrong ? "session: found '\(name)'; allowed are names without / that do not begin with . or end with \(previousSuffix)" : nil
  }

  // MARK: Names

  /// All names, the newest file first.
  public func names() -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let names = files.filter { $0.hasSuffix(Self.suffix) && !$0.hasPrefix(".") }.map { String($0.dropLast(Self.suffix.count)) }
    let dated = names.map { (name: $0, date: FileStamp(path($0))?.modified ?? 0) }
    return dated.sorted { $0.date == $1.date ? $0.name < $1.name : $0.date > $1.date }.map(\.name)
  }

  /// The newest session; one that was replaced only where its successor is gone.
  public func newest() -> String? {
    let names = names()
    return names.first { !Self.isPrevious($0) } ?? names.first
  }

  /// A picture's name without its suffix, as a file or a session can have it.
  public static func stem(picture: String) -> String {
    let stem = picture.split(separator: ".").first.map(String.init) ?? ""
    let safe = stem.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : "-" }
    return stem.isEmpty || stem == "standard input" ? "picture" : String(safe.prefix(60))
  }

  private static func autosaveStem(picture: String) -> String { stem(picture: picture) + "-autosave" }

  /// A name for autosaves that no file has: `cameraman-autosave`, or with the next number behind it.
  public func newAutosaveName(picture: String) -> String {
    let stem = Self.autosaveStem(picture: picture)
    let numbers = names().compactMap { name -> Int? in
      let base = Self.base(of: name)
      return base == stem ? 1 : base.hasPrefix(stem + "-") ? Int(base.dropFirst(stem.count + 1)) : nil
    }
    return numbers.max().map { "\(stem)-\($0 + 1)" } ?? stem
  }

  // MARK: Files

  /// Reads a session by its name, or by a path with a slash in it.
  ///
  /// - Parameter command: what opens another one, with its name behind it.
  /// - Throws: what is wrong with it, and the one to open instead: the one that it replaced, else the newest that is whole.
  public func read(_ name: String, command: String = "asmr-tui --resume") throws(SignalError) -> Session {
    let file = name.contains("/") ? name : path(name)
    do throws(SignalError) {
      return try Session(bytes: try InputFile.read(path: file), file: file)
    } catch {
      guard !name.contains("/") else { throw error }
      let previous = Self.previous(of: name)
      let message: String
      if !Self.isPrevious(name), isWhole(previous) {
        message = "\(error.message); the one before is whole: \(command) \(previous)"
      } else if error.kind == .data, let other = names().first(where: { $0 != name && isWhole($0) }) {
        message = "\(error.message); the newest that is whole: \(command) \(other)"
      } else {
        throw error
      }
      throw SignalError(kind: error.kind, file: file, message: message)
    }
  }

  /// Whether a session of that name is there and undamaged.
  private func isWhole(_ name: String) -> Bool {
    guard let bytes = try? InputFile.read(path: path(name)) else { return false }
    return (try? Session.check(bytes, file: name)) != nil
  }

  /// Writes a session whole or not at all. The file that is there stays as the previous one, unless it is damaged: then the
  /// previous one is the better of the two.
  public func write(_ session: Session, name: String) throws {
    try create()
    let bytes = try session.encoded()
    let old = try? InputFile.read(path: path(name))
    if let old, (try? Session.check(old, file: name)) != nil {
      let link = "\(folder)/.\(name).\(getpid()).link"
      unlink(link)
      guard systemLink(path(name), link) == 0, rename(link, path(Self.previous(of: name))) == 0 else {
        let reason = String(cString: strerror(errno))
        unlink(link)
        throw SignalError(
          kind: .cannotWrite, file: path(Self.previous(of: name)),
          message: "cannot be written: \(reason); allowed: a file in an existing folder that may be written to")
      }
      // Two names of one file: renaming one over the other does nothing and leaves it.
      unlink(link)
    }
    try AtomicFile.write(bytes, to: path(name))
  }

  /// Removes autosaves of a picture beyond the newest two, and what killed programs left half-written.
  ///
  /// - Parameter current: the name that is being written to; never removed.
  public func prune(picture: SessionPicture, current: String) {
    let stem = Self.autosaveStem(picture: picture.name)
    var kept = 1
    for name in names() where name != current && !Self.isPrevious(name) && name.hasPrefix(stem) {
      guard let session = try? Session(bytes: InputFile.read(path: path(name)), file: name), session.isAutosave,
        session.picture.checksum == picture.checksum, session.picture.shape == picture.shape
      else { continue }
      kept += 1
      guard kept > 2 else { continue }
      unlink(path(name))
      unlink(path(Self.previous(of: name)))
    }
    let old = Date().timeIntervalSince1970 - Self.patience
    for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      let path = "\(folder)/\(file)"
      guard file.hasPrefix("."), file.hasSuffix(".tmp") || file.hasSuffix(".link"), let changed = FileStamp(path)?.modified else { continue }
      if changed < old { unlink(path) }
    }
  }
}

private func systemLink(_ path: String, _ name: String) -> Int32 { link(path, name) }
