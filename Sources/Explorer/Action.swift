import TerminalUI
import Training

/// Everything that can happen to the explorer.
enum Action: Sendable {
  case key(Key)
  case resize(width: Int, height: Int)
  case snapshots([Snapshot])
  /// Control-C.
  case interrupt
  /// Time goes on: seconds of a monotonic clock, and the memory that the process has.
  case tick(now: Double, residentBytes: Int)
  /// What became of `Effect.checkPath`.
  case pathIsFree(String)
  case pathExists(String)
  case pathFault(String, String)
}

/// What the world has to do for it.
enum Effect: Equatable, Sendable {
  case pause, resume, singleStep, reset
  case reseed(UInt64)
  case preview(PreviewRequest?)
  /// Say whether a file may be written there; answered by an action.
  case checkPath(String)
  case save(path: String)
  case repaint
  /// Exit status.
  case quit(Int32)
}
