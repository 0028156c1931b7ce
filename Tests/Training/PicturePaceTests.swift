import Testing

@testable import Training

/// When a run is drawn and its SSIM measured, by clocks that the test moves.
@Suite struct PicturePaceTests {
  /// A run of steps of 10 ms that is drawn whenever it is due.
  private struct Drawn {
    var pace: PicturePace
    var trained = 0.0
    var spent = 0.0
    var pictures = 0

    init(rate: Double = 1, trained: Double = 0, hasSimilarity: Bool = true) {
      pace = PicturePace(rate: rate)
      (pace.hasSimilarity, self.trained) = (hasSimilarity, trained)
      pace.watch(trained: trained)
    }

    /// - Returns: whether it was drawn.
    @discardableResult
    mutating func step(pictureSeconds: Double) -> Bool {
      trained += 0.010
      guard pace.isPictureDue(trained: trained, now: trained + spent) else { return false }
      spent += pictureSeconds
      pictures += 1
      pace.drew(seconds: pictureSeconds, trained: trained, now: trained + spent)
      return true
    }
  }

  @Test("Pictures keep to their share of the time in steps", arguments: [0.0001, 0.002, 0.008, 0.5])
  func share(seconds: Double) {
    var run = Drawn()
    for _ in 0..<20_000 {
      run.step(pictureSeconds: seconds)
      // The last may be owed.
      #expect(run.spent <= 0.008 * run.trained + PicturePace.firstPictureSeconds + seconds)
    }
    #expect(Double(run.pictures) <= 30 * (run.trained + run.spent) + 1)
    if seconds >= 0.002 { #expect(run.spent > 0.9 * 0.008 * run.trained) }
  }

  @Test("At half the rate there are half as many", arguments: [0.0001, 0.002, 0.008])
  func halfRate(seconds: Double) {
    var (all, half) = (Drawn(), Drawn(rate: 0.5))
    for _ in 0..<20_000 {
      all.step(pictureSeconds: seconds)
      half.step(pictureSeconds: seconds)
    }
    // Steps are whole: 4 of 10 ms from one to the next, and 7.
    #expect((0.45...0.6).contains(Double(half.pictures) / Double(all.pictures)))
  }

  @Test("Whatever was asked for comes at once, and afterwards not all of it is owed")
  func asking() {
    var run = Drawn()
    for _ in 0..<1_000 { run.step(pictureSeconds: 0.008) }
    // A picture is dragged about for three seconds.
    for _ in 0..<300 {
      run.pace.isAsked = true
      let isDrawn = run.step(pictureSeconds: 0.008)
      #expect(isDrawn)
    }
    // The last one is paid back in the time that any other takes, less what the first seconds still have.
    var steps = 0
    while !run.step(pictureSeconds: 0.008), steps < 10_000 { steps += 1 }
    #expect((95...101).contains(steps))
  }

  @Test("A run that goes on owes nothing, at whatever rate it was drawn before")
  func goingOn() {
    for (rate, knows) in [(1, true), (0.5, true), (1, false), (0.5, false)] {
      var run = Drawn(rate: rate, trained: 600, hasSimilarity: knows)
      let isDrawn = run.step(pictureSeconds: 0.008)
      #expect(isDrawn)
      var steps = 0
      while !run.step(pictureSeconds: 0.008), steps < 10_000 { steps += 1 }
      #expect(steps <= Int(0.008 / (rate * run.pace.shares.picture) / 0.010) + 2)
      // SSIM, too, comes once its share is earned.
      #expect(!run.pace.isSimilarityDue(trained: 600, steps: 60_000, at: 1 << 16, guess: 0.010))
      let wait = 0.010 / run.pace.shares.similarity
      #expect(run.pace.isSimilarityDue(trained: 600 + wait + 0.001, steps: 60_000, at: 1 << 16, guess: 0.010))
    }
  }

  @Test("SSIM keeps to its share, and comes soon the first time")
  func similarity() {
    var pace = PicturePace(rate: 1)
    // Without a screen there is none.
    #expect(!pace.isSimilarityDue(trained: 1e6, steps: 1, at: 1 << 20, guess: 0))
    pace.watch(trained: 0)
    var (spent, times): (Double, [Int]) = (0, [])
    for step in 1...40_000 {
      let trained = Double(step) * 0.010
      guard pace.isSimilarityDue(trained: trained, steps: step, at: step, guess: 0.004) else { continue }
      pace.measuredSimilarity(seconds: 0.008)
      pace.hasSimilarity = true
      spent += 0.008
      times.append(step)
      #expect(spent <= 0.003 * trained + 0.008)
    }
    #expect(times[0] <= 64 && spent > 0.4 * 0.003 * 400)
    #expect(times.dropFirst().allSatisfy { $0.isMultiple(of: 256) })
  }
}
