import TerminalUI
import Training

/// Where the explorer saves itself, how often, and from what it goes on.
public struct SessionSetup: Sendable {
  /// nil where there is no place for sessions.
  public var store: SessionStore?
  public var picture: SessionPicture
  /// Seconds between autosaves; nil for none, at the end neither: sessions are what is saved under a name.
  public var interval: Double?
  /// Why nothing can be saved, where that is known.
  public var fault: String?
  /// The session that was opened, by its name, and its runs.
  public var opened: (name: String, session: Session)?
  public var restored: [RunID: RestoredRun] = [:]

  public init(store: SessionStore?, picture: SessionPicture, interval: Double?) {
    (self.store, self.picture, self.interval) = (store, picture, interval)
  }
}

/// What the explorer knows of its own sessions.
struct SessionState: Equatable, Sendable {
  /// Why a session is saved.
  enum Purpose: Equatable, Sendable {
    case autosave
    /// By hand, under a name.
    case named(String)
    /// Before it quits with a status; at once, where nobody can be asked any more.
    case quit(Int32, isForced: Bool, name: String? = nil)

    var name: String? {
      switch self {
      case .autosave: nil
      case .named(let name): name
      case .quit(_, _, let name): name
      }
    }
    var quits: Bool { if case .quit = self { true } else { false } }
  }

  /// A session for which the runs' states come in.
  struct Pending: Equatable, Sendable {
    let purpose: Purpose
    /// Runs that were asked.
    var asked: Set<RunID> = []
    var checkpoints: [RunID: RunCheckpoint] = [:]
    var isWriting = false
    /// What is being written.
    var mark: Mark?
  }

  /// What tells whether something has changed since a session was saved.
  struct Mark: Equatable, Sendable {
    struct Run: Equatable, Sendable {
      var id: RunID
      var generation, step: Int
      var state: RunState
      var configuration: RunConfiguration
    }
    var runs: [Run]
    var layout: SessionLayout
  }

  let folder: String
  let picture: SessionPicture
  /// nil: it saves itself never.
  var interval: Double?
  /// When an autosave was last begun or not needed.
  var lastAutosave: Double
  /// Of autosaves; nil until the first is written.
  var autosaveName: String?
  /// The name that was last saved to or opened.
  var lastName: String?
  /// What the newest file has.
  var saved: Mark?
  /// Why the last one could not be written.
  var fault: String?
  var pending: Pending?
  /// What comes after the one that is being written.
  var next: Purpose?

  /// The name under which something is still to be saved by hand.
  var awaitedName: String? { next?.name ?? pending?.purpose.name }

  /// nil where there is no place for sessions.
  init?(_ setup: SessionSetup, now: Double) {
    guard let store = setup.store else { return nil }
    (folder, picture, interval, fault) = (store.folder, setup.picture, setup.interval, setup.fault)
    lastAutosave = now
    guard let opened = setup.opened else { return }
    lastName = opened.name
    if opened.session.isAutosave, !opened.name.contains("/") { autosaveName = SessionStore.base(of: opened.name) }
  }
}

/// The line in which a session's name is typed.
struct SessionPrompt: PathPrompt, Sendable {
  var line: LineEditor
  var existing: String?
  var fault: String?
}

/// A session that is to be written.
struct SessionWrite: Equatable, Sendable {
  /// Its date is that of writing.
  var session: Session
  /// nil for an autosave that has no name yet.
  var name: String?
}
