/// When a run that trains is drawn and its SSIM measured: both have a part of its time, and nobody sees more than so many
/// pictures a second.
struct PicturePace {
  /// The part of the usual pictures that it gives, in (0, 1].
  let rate: Double
  /// Whether anybody has ever asked for pictures: without a screen nothing is spent on what only a screen shows.
  private(set) var isWatched = false
  /// Whether a picture was asked for that was not drawn yet: it comes at once.
  var isAsked = true
  /// Whether an SSIM is known, of this beginning.
  var hasSimilarity = false
  /// Seconds of the run's work that went into pictures, and into SSIM, and were not forgiven.
  private var pictureSeconds = 0.0
  private var similaritySeconds = 0.0
  private var lastPicture = -Double.infinity
  /// Of the last SSIM, in seconds.
  private var similarityCost: Double?

  /// Snapshots come at most this often, and pictures that nobody has just asked for, at a rate of 1.
  static let frameSeconds = 1.0 / 30
  /// What the pictures of the first seconds have more than their share.
  static let firstPictureSeconds = 0.08

  init(rate: Double) { self.rate = rate }

  /// The parts of a run's time that its pictures and its SSIM have: 1.1 % together, since a screen is to slow its runs by
  /// less than 5 %, and draws as well. A run that is drawn and has no SSIM yet saves for it: where a forward pass of all
  /// samples is long, it would come late. Beyond its part is what was just asked for, and a little in the first seconds.
  var shares: (picture: Double, similarity: Double) { hasSimilarity || !isWatched ? (0.008, 0.003) : (0.004, 0.007) }

  /// Of a new beginning. What is watched stays so, and costs what it did.
  mutating func startOver() {
    (pictureSeconds, similaritySeconds, lastPicture) = (0, 0, -.infinity)
    isAsked = true
  }

  /// Somebody asks for pictures, after `trained` seconds. Whoever is the first one finds nothing owed.
  mutating func watch(trained: Double) {
    guard !isWatched else { return }
    isWatched = true
    goOn(trained: trained)
  }

  /// Of a run that goes on after `trained` seconds: nothing is owed, and nothing saved up.
  private mutating func goOn(trained: Double) {
    (pictureSeconds, similaritySeconds) = (allowance(trained: trained), shares.similarity * trained)
  }

  /// Seconds that pictures may have taken by now: more of the first ones, when they change most.
  private func allowance(trained: Double) -> Double {
    rate * (shares.picture * trained + Self.firstPictureSeconds * trained / (trained + 0.5))
  }

  /// - Parameters:
  ///   - trained: seconds in steps so far.
  ///   - now: seconds since some moment.
  func isPictureDue(trained: Double, now: Double) -> Bool {
    isAsked || (now - lastPicture >= Self.frameSeconds / rate && pictureSeconds <= allowance(trained: trained))
  }

  /// However many were asked for one after the other, no more is owed for them than for the last one: after a picture was
  /// dragged about, it does not stand still until all that is paid back.
  mutating func drew(seconds: Double, trained: Double, now: Double) {
    pictureSeconds = min(pictureSeconds, allowance(trained: trained)) + seconds
    (lastPicture, isAsked) = (now, false)
  }

  /// - Parameters:
  ///   - trained: seconds in steps so far.
  ///   - steps: that took so long.
  ///   - step: that it would be told of.
  ///   - guess: seconds that it costs while it was never measured.
  func isSimilarityDue(trained: Double, steps: Int, at step: Int, guess: Double) -> Bool {
    guard isWatched, trained > 0.5 else { return false }
    let (cost, share) = (similarityCost ?? guess, shares.similarity)
    guard similaritySeconds + cost <= share * trained else { return false }
    return step.isMultiple(of: Self.similarityInterval(cost: cost, secondsPerStep: trained / Double(max(steps, 1)), share: share))
  }

  mutating func measuredSimilarity(seconds: Double) {
    similarityCost = seconds
    similaritySeconds += seconds
  }

  /// Steps from one SSIM to the next that its share of the time allows, made a power of two: runs beside each other, whose
  /// costs differ a little, are measured at the same steps then and can be compared.
  static func similarityInterval(cost: Double, secondsPerStep: Double, share: Double) -> Int {
    var interval = 1
    while Double(interval) * secondsPerStep * share < cost, interval < 1 << 30 { interval *= 2 }
    return interval
  }
}
