/// Steps a second over about the last two seconds, waiting for turns included.
struct RateMeter {
  private var count = 0.0
  private var seconds = 0.0
  private var last: Double?

  mutating func add(at now: Double) {
    guard let last else { return self.last = now }
    // Older steps fade with a time constant of two seconds.
    let step = now - last
    let fade = 1 / (1 + step / 2)
    count = count * fade + 1
    seconds = seconds * fade + step
    self.last = now
  }

  /// A step that takes long lowers it before it is done; without a time it is what the last step left.
  func stepsPerSecond(at now: Double?) -> Double {
    guard let last, seconds > 0 else { return 0 }
    return count / max(seconds, seconds + (now ?? last) - last - 2 * seconds / count)
  }
}
