import Signals
import Training

/// Small files that remember from one time to the next what nobody configured: the history of commands, and the theme
/// that was taken. They lie where sessions do.
public struct StateFiles: Sendable {
  private let store: SessionStore

  public init(_ store: SessionStore) { self.store = store }

  private var historyFile: String { store.folder + "/history" }
  private var themeFile: String { store.folder + "/theme" }

  /// Of a file that is not there or is no text, nothing: whoever deletes or damages it loses what it remembers, no more.
  private func lines(_ file: String) -> [String] {
    guard let stamp = FileStamp(file), stamp.fault(limit: 1 << 20) == nil, let bytes = try? InputFile.read(path: file) else { return [] }
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
    try store.create()
    try AtomicFile.write(text.utf8, to: file)
  }
}
