import Canvas
import Networks
import Training

/// Recording a unit's maps and playing them back.
extension ExplorerState {
  // MARK: Recording

  mutating func toggleRecording() -> [Effect] {
    if let timeLapse = features.timeLapse, timeLapse.isRecording {
      features.timeLapse?.isRecording = false
      let count = timeLapse.frames.count
      say(count > 0 ? "recorded \(counted(count, "frame")): \(key(.features(.play))) plays them" : "nothing was recorded: the run took no step")
      if count == 0 { forgetRecording(of: timeLapse.run) }
      return [.record(timeLapse.run, nil)]
    }
    let contents = featureContents
    guard let chosen = contents.chosen, let layers = run.features?.layers else { return [] }
    if let timeLapse = features.timeLapse, !timeLapse.frames.isEmpty, features.replaceUntil ?? -.infinity < now {
      features.replaceUntil = now + 5
      let of = self[timeLapse.run].map { " of " + name($0) } ?? ""
      say("\(key(.features(.record))) again drops the \(counted(timeLapse.frames.count, "frame"))\(of); \(key(.export)) writes them to a file", seconds: 5)
      return []
    }
    features.replaceUntil = nil
    features.playback = nil
    let maps = contents.lines.enumerated().compactMap { index, line -> FeatureRequest.Maps? in
      let unit = line.part.isPerUnit ? chosen.unit : 0
      // The chosen map itself in any case; of other layers those that have such a unit.
      guard index == contents.line || !line.part.isPerUnit || unit < line.layer.units else { return nil }
      return FeatureRequest.Maps(
        layer: line.index, part: line.part, units: [unit], points: line.layer.shape.map { min($0, FeatureTimeLapse.mostPoints) })
    }
    let recording = FeatureRecording(maps: maps, steps: FeatureTimeLapse.choices[features.stepsIndex])
    features.timeLapse = FeatureTimeLapse(
      run: run.id, generation: run.generation, seed: run.configuration.seed, unit: chosen.unit, layers: layers, recording: recording)
    say("recording unit \(chosen.unit) of \(name(run)), \(recording.steps.text): \(key(.features(.record))) stops, \(key(.features(.steps))) changes the steps")
    return [.record(run.id, recording)]
  }

  mutating func chooseNextSteps() -> [Effect] {
    features.stepsIndex = (features.stepsIndex + 1) % FeatureTimeLapse.choices.count
    let steps = FeatureTimeLapse.choices[features.stepsIndex]
    guard let timeLapse = features.timeLapse, timeLapse.isRecording else {
      say("the next recording: \(steps.text)")
      return []
    }
    features.timeLapse?.recording.steps = steps
    say("recording \(steps.text)")
    return [.record(timeLapse.run, features.timeLapse?.recording)]
  }

  /// Takes recorded frames; where the memory for them is full, every second one goes.
  mutating func absorb(_ frames: [FeatureFrame], of id: RunID) -> [Effect] {
    guard var timeLapse = features.timeLapse, timeLapse.run == id, timeLapse.isRecording else { return [] }
    let shown = playedFrame?.step
    let hasNewSteps = timeLapse.append(frames)
    features.timeLapse = timeLapse
    // The frame that is shown may have another place now.
    if let shown { features.playback?.frame = timeLapse.frames.lastIndex { $0.step <= shown } ?? 0 }
    guard hasNewSteps else { return [] }
    say("the recording has \(MemoryBudget.text(bytes: FeatureTimeLapse.mostBytes)): every second frame is kept, now \(timeLapse.recording.steps.text)")
    return [.record(id, timeLapse.recording)]
  }

  // MARK: Playing

  mutating func playOrHold() {
    guard let timeLapse = features.timeLapse, timeLapse.run == selection, !timeLapse.frames.isEmpty else {
      if let timeLapse = features.timeLapse, !timeLapse.frames.isEmpty, let other = self[timeLapse.run] {
        return say("the recording is of \(name(other))")
      }
      return say(features.timeLapse == nil ? "nothing is recorded: \(key(.features(.record))) records" : "no frame yet: the run has to take steps")
    }
    guard var playback = features.playback else {
      features.truncation = nil
      // Where less motion is wanted nothing plays until it is told to once more.
      features.playback = FeaturePlayback(isPlaying: !reducedMotion, since: now)
      return
    }
    playback.isPlaying.toggle()
    if playback.isPlaying, playback.frame >= timeLapse.frames.count - 1 { playback.frame = 0 }
    playback.since = now
    features.playback = playback
  }

  mutating func changeSpeed(by distance: Int) {
    guard var playback = features.playback else { return say("\(key(.features(.play))) plays what was recorded") }
    playback.speedIndex = min(max(playback.speedIndex + distance, 0), FeaturePlayback.speeds.count - 1)
    playback.since = now
    features.playback = playback
  }

  /// Holds at a frame.
  mutating func showFrame(_ frame: Int) {
    guard let count = playedTimeLapse?.frames.count, count > 0 else { return }
    features.playback?.frame = min(max(frame, 0), count - 1)
    features.playback?.isPlaying = false
  }

  /// Shows the frame whose time it is; holds at the last one.
  mutating func advancePlayback() {
    guard var playback = features.playback, playback.isPlaying, let count = playedTimeLapse?.frames.count else { return }
    let due = Int(min(max((now - playback.since) * speed(of: playback), 0), 1e6))
    guard due > 0 else { return }
    playback.frame = min(playback.frame + due, count - 1)
    playback.since += Double(due) / speed(of: playback)
    if playback.frame == count - 1, features.timeLapse?.isRecording == false { playback.isPlaying = false }
    features.playback = playback
  }

  /// Frames a second.
  func speed(of playback: FeaturePlayback) -> Double {
    reducedMotion ? min(playback.speed, 1 / Display.stride) : playback.speed
  }

  /// When the screen changes by itself next, as far as nothing else happens.
  var tickInterval: Duration {
    guard tab == .features, let playback = features.playback, playback.isPlaying, playedTimeLapse != nil else {
      return .milliseconds(500)
    }
    return .milliseconds(max(20, Int(500 / speed(of: playback))))
  }

  // MARK: Position

  /// The bar of a recording's frames in its row.
  func positionBar(_ rect: Rect) -> Rect {
    let width = min(60, max(10, rect.width / 3))
    return Rect(x: rect.maxX - width - 2, y: rect.y, width: width, height: 1)
  }

  mutating func seek(toX x: Int, _ rect: Rect) {
    guard let count = playedTimeLapse?.frames.count, count > 0 else { return }
    let bar = positionBar(rect)
    showFrame(bar.width > 1 ? (x - bar.x) * (count - 1) / (bar.width - 1) : 0)
  }
}
