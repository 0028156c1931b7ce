import Synchronization

/// Where the engine leaves snapshots and the explorer picks them up: keeps the newest of every run, with all that was
/// measured since it was last emptied. Neither side ever waits for the other.
public final class Mailbox: Sendable {
  private struct Contents {
    var snapshots: [RunID: Snapshot] = [:]
    var isAnnounced = false
  }
  private let contents = Mutex(Contents())
  private let wake: @Sendable () -> Void

  /// - Parameter wake: called, on the engine's queue, when something lies in an empty box.
  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func post(_ snapshot: Snapshot) {
    let announces = contents.withLock { contents in
      var snapshot = snapshot
      if let older = contents.snapshots[snapshot.run] { snapshot.absorb(older) }
      contents.snapshots[snapshot.run] = snapshot
      defer { contents.isAnnounced = true }
      return !contents.isAnnounced
    }
    if announces { wake() }
  }

  /// Drops what lies there of a run that is gone.
  func forget(_ run: RunID) { contents.withLock { $0.snapshots[run] = nil } }

  /// Everything since the last call, by run.
  public func take() -> [Snapshot] {
    contents.withLock { contents in
      defer { contents = Contents() }
      return contents.snapshots.values.sorted { $0.run < $1.run }
    }
  }
}
