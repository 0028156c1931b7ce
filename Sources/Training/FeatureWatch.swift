import Kernels
import Networks
import Signals

/// Seconds of a run that may go into something, saved up while it trains.
struct TimeAllowance {
  /// Below zero where something was taken before there was enough.
  private(set) var balance = 0.0
  /// Of late, in seconds; nil before the first time.
  private(set) var cost: Double?

  /// What is saved up is no more than so many times take: a pause of looking does not come back as a burst.
  mutating func earn(_ seconds: Double, times: Int = 1) {
    balance = min(balance + seconds, max(balance, Double(times) * (cost ?? 0)))
  }

  mutating func spend(_ seconds: Double, times: Int = 1) {
    balance -= seconds
    let one = seconds / Double(max(times, 1))
    cost = ((cost ?? one) + one) / 2
  }

  /// Pays what was taken and not spent.
  mutating func settle(_ seconds: Double) { balance -= seconds }

  var isEnough: Bool { balance >= cost ?? 0 }
  var hasDebt: Bool { balance < 0 }
}

/// What of a run's network is looked at: what was asked for, when it is taken, and within what part of the run's time.
///
/// Maps, the ranking and the truncation have rhythms of their own, as their costs differ; each saves up its part of the
/// share while the run trains. A new question is answered at once unless it is in debt for an earlier one. From then on maps
/// are looked at group by group, the oldest first: where there is no time for all of them at once, some change all the time.
final class FeatureWatch {
  /// At most this part of the time goes into looks at features. They are to slow training by no more than 3 %, and the step
  /// after one finds the caches cold.
  static let share = 0.016
  /// Looks at maps come at most this often, those at the same map, and those at truncations.
  private static let (lookSeconds, mapSeconds, truncationSeconds) = (1.0 / 30, 1.0 / 20, 1.0 / 15)
  /// Units that change places all the time are hard to look at.
  private static let rankingSeconds = 1.0
  /// A run that took no step for so long is not slowed by a look.
  private static let waitingSeconds = 0.5

  /// What the network has of what was asked for; nil while nobody looks.
  private(set) var request: FeatureRequest?
  private var asked: FeatureRequest?
  private var recording: FeatureRecording?
  /// Of the recording's lattices, the same in every frame.
  private var recordingScale: Double?
  private var recordedStep: Int?

  private var trainer: Trainer
  private var taker: FeatureTaker
  private let parallel: Parallel
  private let rate: Double
  private let clock: () -> Double
  private let now: () -> Double

  /// Maps that are worked out together and change as it trains; when they were looked at last, and what that takes.
  private var mapGroups: [FeatureRequest.Maps] = []
  private var lastLooks: [FeatureRequest.Maps: Double] = [:]
  private var groupSeconds: [FeatureRequest.Maps: Double] = [:]
  /// What groups have cost more than was spent on them: each is paid for with the mean of all, so that they come evenly.
  private var unpaidSeconds = 0.0
  private var maps = TimeAllowance(), ranking = TimeAllowance(), truncation = TimeAllowance()
  private var lastMaps = -Double.infinity, lastRanking = -Double.infinity, lastTruncation = -Double.infinity
  private var lastStep = -Double.infinity
  /// What the newest step measured.
  private var metrics: StepMetrics?
  /// The newest answer to every part; nil where the part was not answered since it was asked for.
  private var report: FeatureReport?
  /// Updates of the parameters that everything was last answered from exactly.
  private var exactStep: Int?
  private var isAnswered = Parts(maps: false, ranking: false, truncation: false)
  /// Of looks beside training, in seconds of work.
  private(set) var spentSeconds = 0.0
  /// What of it was taken before there was enough, and not yet paid back.
  var owedSeconds: Double { [maps, ranking, truncation].reduce(max(0, unpaidSeconds)) { $0 - min(0, $1.balance) } }
  /// Runs that take turns with this one and nobody looks at: the share is of the work of all.
  var company = 0

  private struct Parts {
    var maps, ranking, truncation: Bool
    var none: Bool { !maps && !ranking && !truncation }
  }

  private var newReport: FeatureReport?
  private var frames: [FeatureFrame] = []

  /// - Parameters:
  ///   - rate: the part of the usual looks that is taken, in (0, 1].
  ///   - clock: seconds of the run's work so far.
  ///   - now: seconds since some moment.
  init(
    _ trainer: Trainer, parallel: Parallel, rate: Double = 1, clock: @escaping () -> Double,
    now: @escaping () -> Double = { TrainingClock.seconds }
  ) {
    (self.trainer, self.parallel, self.rate, self.clock, self.now) = (trainer, parallel, rate, clock, now)
    taker = FeatureTaker(trainer.network, target: trainer.signal, parallel: parallel, clock: clock)
  }

  /// What there is since the last time.
  func takeNews() -> (report: FeatureReport?, frames: [FeatureFrame]) {
    defer { (newReport, frames) = (nil, []) }
    return (newReport, frames)
  }

  // MARK: What is asked for

  /// - Parameter isTraining: whether time is short; else everything is answered at once.
  func look(at asked: FeatureRequest?, isTraining: Bool) {
    self.asked = asked
    fit()
    if isTraining, request?.isExact != true {
      lookWithinAllowance()
    } else {
      lookAtAll()
    }
  }

  /// Begins a recording anew, with the parameters as they are if theirs is one of its steps; nil ends it.
  func record(_ recording: FeatureRecording?) {
    self.recording = recording
    (recordingScale, recordedStep) = (nil, nil)
    recordFrame()
  }

  /// Another network, or the same at its beginning: nothing of the old one is told any more.
  func startOver(_ trainer: Trainer) {
    self.trainer = trainer
    taker = FeatureTaker(trainer.network, target: trainer.signal, parallel: parallel, clock: clock)
    (report, newReport, metrics, frames) = (nil, nil, nil, [])
    fit()
    record(recording)
  }

  /// Keeps what is known of those parts of the question that stay the same.
  private func fit() {
    let old = request
    request = asked.map {
      $0.fitted(to: taker.layers, truncationLevels: taker.truncationLevels, shape: trainer.signal.shape)
    }
    mapGroups = FeatureTaker.groups(request?.maps ?? []).map(\.withoutUnits).filter { !$0.part.isFixed }
    guard let request else {
      (report, newReport) = (nil, nil)
      return
    }
    exactStep = nil
    let known = report == nil ? nil : old
    isAnswered = Parts(
      maps: isAnswered.maps && known?.maps == request.maps,
      ranking: isAnswered.ranking && known?.ranking == request.ranking,
      truncation: isAnswered.truncation && known?.truncation == request.truncation)
    var report = report ?? FeatureReport(
      step: trainer.step, layers: taker.layers, truncationLevels: taker.truncationLevels, request: request, answers: [])
    report.request = request
    // An order does not say what it is of; the others stand until the new answer comes.
    if !isAnswered.ranking { (report.ranking, report.rankingStep) = (nil, nil) }
    if request.maps.isEmpty { report.answers = [] }
    if request.truncation == nil { report.truncated = nil }
    self.report = report
  }

  // MARK: Looks

  /// After a step.
  ///
  /// - Parameters:
  ///   - seconds: that it took.
  ///   - isTraining: false while single steps are taken: each is looked at as if it stood.
  func stepped(_ metrics: StepMetrics, seconds: Double, isTraining: Bool) {
    self.metrics = metrics
    recordFrame()
    earn(seconds)
    lastStep = now()
    guard let request else { return }
    if isTraining {
      // What is asked for exactly is answered by now.
      if !request.isExact { lookWithinAllowance() }
    } else {
      lookAtAll()
    }
  }

  private func earn(_ seconds: Double) {
    let share = rate * Self.share * seconds * Double(1 + company)
    // Nobody looks: debts are paid back.
    let (asksMaps, asksRanking, asksTruncation) = (
      request?.maps.isEmpty == false || maps.hasDebt, request?.ranking != nil || ranking.hasDebt,
      request?.truncation != nil || truncation.hasDebt
    )
    let weights = (maps: asksMaps ? 4.0 : 0, ranking: asksRanking ? 1.0 : 0, truncation: asksTruncation ? 3.0 : 0)
    let sum = weights.maps + weights.ranking + weights.truncation
    guard sum > 0 else { return }
    // All groups, and some more: what they take is never quite the same.
    maps.earn(share * weights.maps / sum, times: mapGroups.count + 1)
    ranking.earn(share * weights.ranking / sum)
    truncation.earn(share * weights.truncation / sum)
  }

  /// What is due and paid for.
  private func lookWithinAllowance() {
    guard let request else { return }
    let now = now()
    // Between two of its steps a run has waited no longer than others' turns take.
    let waits = now - lastStep > Self.waitingSeconds
    func isDue(_ allowance: TimeAllowance, isAnswered: Bool, last: Double, interval: Double) -> Bool {
      isAnswered ? allowance.isEnough && now - last >= interval / rate : waits || !allowance.hasDebt
    }
    look(
      Parts(
        maps: (!isAnswered.maps || !request.maps.isEmpty)
          && isDue(maps, isAnswered: isAnswered.maps, last: lastMaps, interval: Self.lookSeconds)
          && (!isAnswered.maps || mapGroups.isEmpty || !dueGroups(at: now).isEmpty),
        ranking: request.ranking != nil
          && isDue(ranking, isAnswered: isAnswered.ranking, last: lastRanking, interval: Self.rankingSeconds),
        truncation: request.truncation != nil
          && isDue(truncation, isAnswered: isAnswered.truncation, last: lastTruncation, interval: Self.truncationSeconds)),
      isHurried: true)
  }

  /// Everything, exactly: of a run that does not train.
  func lookAtAll() {
    guard exactStep != trainer.step else { return }
    look(Parts(maps: true, ranking: true, truncation: true), isHurried: false)
    exactStep = trainer.step
  }

  private func look(_ parts: Parts, isHurried: Bool) {
    guard let request, var report, !parts.none else { return }
    let step = trainer.step
    if parts.maps, !request.maps.isEmpty {
      if isHurried, isAnswered.maps {
        lookAtDueMaps(of: request, &report)
      } else {
        let scale = isHurried ? taker.scale(for: request.maps) : 1
        let seconds = seconds(isHurried) { report.answers = taker.answers(request.maps, step: step, scale: scale) }
        lastLooks = Dictionary(uniqueKeysWithValues: mapGroups.map { ($0, now()) })
        if let seconds {
          maps.settle(unpaidSeconds)
          unpaidSeconds = 0
          maps.spend(seconds, times: mapGroups.count)
          groupSeconds = lastLooks.mapValues { _ in seconds / Double(mapGroups.count) }
        }
      }
      lastMaps = now()
    }
    if parts.maps || request.maps.isEmpty { report.step = step }
    if parts.ranking, let asked = request.ranking {
      let seconds = seconds(isHurried) { report.ranking = taker.ranking(asked, isHurried: isHurried) }
      if let seconds { ranking.spend(seconds) }
      report.rankingStep = step
      lastRanking = now()
    }
    if parts.truncation, let asked = request.truncation {
      let seconds = seconds(isHurried) { report.truncated = taker.truncated(asked, step: step, isHurried: isHurried) }
      if let seconds { truncation.spend(seconds) }
      lastTruncation = now()
    }
    isAnswered.maps = isAnswered.maps || parts.maps
    isAnswered.ranking = isAnswered.ranking || parts.ranking
    isAnswered.truncation = isAnswered.truncation || parts.truncation
    (self.report, newReport) = (report, report)
  }

  /// What a look took; nil of a run that stands, and of nothing, which say nothing of the next.
  private func seconds(_ isHurried: Bool, _ look: () -> Void) -> Double? {
    let start = clock()
    look()
    let seconds = clock() - start
    guard isHurried, seconds > 0 else { return nil }
    spentSeconds += seconds
    return seconds
  }

  // MARK: One group of maps after another

  /// Maps whose turn it is, the oldest first.
  private func dueGroups(at now: Double) -> [FeatureRequest.Maps] {
    mapGroups.map { (group: $0, age: now - (lastLooks[$0] ?? -.infinity)) }
      .filter { $0.age >= Self.mapSeconds / rate }.sorted { $0.age > $1.age }.map(\.group)
  }

  /// As many of them as there is time for.
  private func lookAtDueMaps(of request: FeatureRequest, _ report: inout FeatureReport) {
    // Those that are looked at together are due together.
    let (step, scale, begin) = (trainer.step, taker.scale(for: request.maps), now())
    for group in dueGroups(at: begin) {
      guard maps.isEnough else { break }
      let places = request.maps.indices.filter { request.maps[$0].withoutUnits == group }
      var answers: [FeatureReport.Answer] = []
      let seconds = seconds(true) { answers = taker.answers(places.map { request.maps[$0] }, step: step, scale: scale) }
      for (place, answer) in zip(places, answers) { report.answers[place] = answer }
      lastLooks[group] = begin
      if let seconds { pay(seconds, for: group) }
    }
    // What never changes is as new as anything.
    for place in report.answers.indices where report.answers[place].request.part.isFixed { report.answers[place].step = step }
  }

  private func pay(_ seconds: Double, for group: FeatureRequest.Maps) {
    groupSeconds[group] = ((groupSeconds[group] ?? seconds) + seconds) / 2
    let mean = mapGroups.reduce(0) { $0 + (groupSeconds[$1] ?? seconds) } / Double(mapGroups.count)
    maps.spend(mean)
    unpaidSeconds += seconds - mean
  }

  // MARK: Recording

  /// A frame of the parameters as they are, if theirs is one of the recording's steps.
  private func recordFrame() {
    let step = trainer.step
    guard let recording, recording.steps.contains(step), recordedStep != step else { return }
    let maps = FeatureRequest(maps: recording.maps)
      .fitted(to: taker.layers, truncationLevels: taker.truncationLevels, shape: trainer.signal.shape).maps
    guard !maps.isEmpty else { return }
    // A first look tells how fast it is: the lattice then stays what it is.
    if recordingScale == nil { _ = taker.answers(maps, step: step, scale: taker.scale(for: maps)) }
    let scale = recordingScale ?? taker.scale(for: maps)
    recordingScale = scale
    recordedStep = step
    frames.append(
      FeatureFrame(
        step: step, psnr: metrics.flatMap { $0.step == step - 1 ? $0.psnr : nil },
        answers: taker.answers(maps, step: step, scale: scale)))
  }
}
