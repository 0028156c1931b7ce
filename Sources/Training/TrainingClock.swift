import Dispatch
import Synchronization

/// The clock of training: only goes forward, and stands still while the process is stopped.
///
/// A stopped process (Control-Z) does not train, but the system's clock goes on; a step in the middle of which it was
/// stopped would count hours.
public enum TrainingClock {
  private struct State {
    /// Nanoseconds of all suspensions so far.
    var excluded: UInt64 = 0
    /// When the suspension that is going on began.
    var stoppedAt: UInt64?
  }
  private static let state = Mutex(State())

  /// Seconds since some moment.
  public static var seconds: Double {
    state.withLock { state in
      Double((state.stoppedAt ?? DispatchTime.now().uptimeNanoseconds) - state.excluded) * 1e-9
    }
  }

  /// Right before the process stops.
  public static func suspend() {
    state.withLock { state in state.stoppedAt = state.stoppedAt ?? DispatchTime.now().uptimeNanoseconds }
  }

  /// When it goes on.
  public static func resume() {
    state.withLock { state in
      guard let stopped = state.stoppedAt else { return }
      state.excluded += DispatchTime.now().uptimeNanoseconds - stopped
      state.stoppedAt = nil
    }
  }
}
