extension Run {
  /// Seconds of training without and with the waiting between turns.
  struct Clocks {
    /// Spent in steps.
    var trained = 0.0
    /// Since the start without pauses.
    var elapsed = 0.0
    /// When `elapsed` was last read; nil while it stands.
    var read: Double?
  }

  /// What can be asked of a run.
  enum Request: Sendable {
    case pause, resume, singleStep, reset, stop
    /// Pauses at a step, before which it starts again when it is beyond.
    case seek(step: Int)
    case reseed(UInt64)
    case preview(PreviewRequest?)
    case features(FeatureRequest?)
    case record(FeatureRecording?)
    case save(path: String)
    /// Its state as a value; no step is begun after it when that is the last.
    case checkpoint(isLast: Bool)
    case evaluate
    /// Resolved and checked.
    case configure(RunConfiguration)
  }
}
