/// When a run that trains is drawn and its SSIM measured: both have a part of its time, and nobody sees more than so many
/// pictures a second.
struct PicturePace {
  /// The part of the usual pictures that it gives, in (0, 1].
  let rate: Double
  /// Whether anybody has ever asked for pictures: without a screen nothing is spent on what only a screen shows.
  var isWatched = false
  /// Seconds of the run's work that went into pictures, and into SSIM.
  var pictureSeconds = 0.0
  var similaritySeconds = 0.0
  /// When the last one was drawn; −∞ when one is wanted at once.
  var lastPicture = -Double.infinity
  /// Of the last SSIM, in seconds.
  private var similarityCost: Double?

  /// Pictures and snapshots come at most this often.
  static let frameSeconds = 1.0 / 30
  /// What the pictures of the first seconds have more than their share.
  private static let firstPictureSeconds = 0.08

  init(rate: Double) { self.rate = rate }

  /// Of a new beginning. What is watched stays so, and costs what it did.
  mutating func startOver() { (pictureSeconds, similaritySeconds, lastPicture) = (0, 0, -.infinity) }

  mutating func measuredSimilarity(seconds: Double) {
    similarityCost = seconds
    similaritySeconds += seconds
  }

  /// At most these shares of a run's time go into pictures of it and into its SSIM: 1.5 % together, since a screen is to slow
  /// its runs by less than 5 %, and draws as well. A run that is drawn and has no SSIM yet saves for it: where a forward pass
  /// of all samples is long, it would come late.
  private func shares(hasSimilarity: Bool) -> (picture: Double, similarity: Double) {
    hasSimilarity || !isWatched ? (0.012, 0.003) : (0.008, 0.007)
  }

  /// - Parameters:
  ///   - trained: seconds in steps so far.
  ///   - now: seconds since some moment.
  func isPictureDue(trained: Double, now: Double, hasSimilarity: Bool) -> Bool {
    // What was just asked for comes at once.
    guard lastPicture > -.infinity else { return true }
    guard now - lastPicture >= Self.frameSeconds / rate else { return false }
    // More of the first ones, when they change most.
    let first = Self.firstPictureSeconds * trained / (trained + 0.5)
    return pictureSeconds <= rate * (shares(hasSimilarity: hasSimilarity).picture * trained + first)
  }

  /// - Parameters:
  ///   - trained: seconds in steps so far.
  ///   - steps: that took so long.
  ///   - step: that it would be told of.
  ///   - guess: what it costs while it was never measured.
  func isSimilarityDue(trained: Double, steps: Int, at step: Int, guess: Double, hasSimilarity: Bool) -> Bool {
    guard isWatched, trained > 0.5 else { return false }
    let (cost, share) = (similarityCost ?? guess, shares(hasSimilarity: hasSimilarity).similarity)
    guard similaritySeconds + cost <= share * trained else { return false }
    return step.isMultiple(of: Self.similarityInterval(cost: cost, secondsPerStep: trained / Double(max(steps, 1)), share: share))
  }

  /// Steps from one SSIM to the next that its share of the time allows, made a power of two: runs beside each other, whose
  /// costs differ a little, are measured at the same steps then and can be compared.
  static func similarityInterval(cost: Double, secondsPerStep: Double, share: Double) -> Int {
    var interval = 1
    while Double(interval) * secondsPerStep * share < cost, interval < 1 << 30 { interval *= 2 }
    return interval
  }
}
