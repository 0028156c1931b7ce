import Canvas
import TerminalUI
import Training

/// Everything that can happen to the explorer.
enum Action: Sendable {
  case key(Key)
  case mouse(MouseEvent)
  case resize(width: Int, height: Int)
  case snapshots([Snapshot])
  /// Control-C.
  case interrupt
  /// Time goes on: seconds of a monotonic clock, the memory that the process has, and what it could have.
  case tick(now: Double, residentBytes: Int? = nil, availableBytes: Int? = nil)
  /// What became of `Effect.checkPath`.
  case pathIsFree(String)
  case pathExists(String)
  case pathFault(String, String)
  /// What became of `Effect.list`: the names in a folder, those of folders with a slash behind them.
  case listed(folder: String, names: [String])
  /// What became of `Effect.export`: the first file, and how many there are.
  /// With the step of the last frame when it was a recording.
  case exported(String, count: Int, recordedStep: Int? = nil)
  case exportFailed(String)
  /// The file of a theme was edited.
  case themeRead(Theme, [ThemeFault])
  /// What became of `Effect.readThemes`.
  case themes([Theme], [ThemeFault])
  /// What became of `Effect.writeSession`: the name that it has.
  case sessionWritten(String)
  case sessionFailed(String)
  /// What is kept from one time to the next cannot be written.
  case stateFault(String)
}

/// What the world has to do for it.
enum Effect: Equatable, Sendable {
  case add(RunID, RunConfiguration)
  case fork(RunID, from: RunID)
  case configure(RunID, RunConfiguration)
  case remove(RunID)
  case pause(RunID), resume(RunID), singleStep(RunID), reset(RunID), stop(RunID)
  case reseed(RunID, UInt64)
  /// Train until a step and pause there, from the start where it is behind.
  case seek(RunID, step: Int)
  case preview(RunID, PreviewRequest?)
  case features(RunID, FeatureRequest?)
  case record(RunID, FeatureRecording?)
  case turns(TurnMode)
  /// Say whether a file may be written there; answered by an action.
  case checkPath(String)
  /// The same of several files; where some are there, the answer names the first of them.
  case checkPaths([String])
  /// The same of a folder that holds what an export consists of.
  case checkFolder(String)
  /// Say what a folder holds, named as it was typed with a slash behind it, or empty; answered by an action.
  case list(folder: String)
  case save(RunID, path: String)
  /// Answered by a snapshot.
  case checkpoint(RunID, isLast: Bool)
  /// Answered by an action.
  case writeSession(SessionWrite)
  /// Answered by an action.
  case export(Export)
  /// Look which themes there are; answered by an action.
  case readThemes
  case repaint
  /// Keep a line of the history of commands.
  case remember(String)
  /// Keep the name of the theme that somebody took.
  case keepTheme(String)
  /// Leave the mouse to the terminal, or take it.
  case mouse(Bool)
  /// Exit status.
  case quit(Int32)
}
