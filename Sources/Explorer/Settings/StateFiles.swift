import Signals

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Small files that remember from one time to the next what nobody configured: the history of commands, and the theme
/// that was taken. They lie where sessions do.
public struct StateFiles: Sendable {
  private let folder: String

  public init(folder: String) { self.folder = folder }

  private var historyFile: String { folder + "/history" }
  private var themeFile: String { folder + "/theme" }

  /// Of a file that is not there or is no text, nothing: whoever deletes or damages it loses what it remembers, no more.
  private func lines(_ file: String) -> [String] {
    guard let stamp = ThemeStamp(file), stamp.isFile, stamp.size < 1 << 20, let bytes = try? InputFile.read(path: file) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
  }

  public func history() -> CommandHistory { CommandHistory(lines(historyFile)) }

  /// The name of the theme that was taken last.
  public func theme() -> String? { lines(themeFile).first }

  /// Adds to what is there by now: another explorer may have added to it, too.
  func remember(_ line: String) throws(SignalError) {
    var history = history()
    history.add(line)
    try write(history.lines.map { $0 + "\n" }.joined(), to: historyFile)
  }

  func keep(theme: String) throws(SignalError) { try write(theme + "\n", to: themeFile) }

  private func write(_ text: String, to file: String) throws(SignalError) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw SignalError(kind: .cannotWrite, file: folder, message: "cannot be made; allowed is a folder that may be written to")
    }
    try AtomicFile.write(text.utf8, to: file)
  }
}
