import Canvas
import Networks
import Training

/// The rows beneath the feature maps: the slider of the levels, and what is recorded or played back.
extension ExplorerState {
  private typealias Pieces = [(text: String, style: Style)]

  // MARK: Levels

  /// Where the levels stand in their row. Where they are many they have no names.
  private func sliderPlaces(in rect: Rect) -> (places: [Range<Int>], hasNames: Bool) {
    let count = run.features?.truncationLevels ?? 0
    let start = rect.x + " levels ".count
    let named = "\(max(0, count - 1))".count + 3
    let hasNames = count * named <= max(20, rect.width / 2)
    let width = hasNames ? named : 1
    return ((0..<count).map { start + $0 * width..<start + ($0 + 1) * width }, hasNames)
  }

  /// The level that is nearest to a column.
  func truncationLevel(atX x: Int, in rect: Rect) -> Int? {
    let places = sliderPlaces(in: rect).places
    guard let first = places.first else { return nil }
    return min(max((x - first.lowerBound) / first.count, 0), places.count - 1)
  }

  func drawSlider(_ layout: FeaturesLayout, into frame: inout Frame, _ rect: Rect) {
    let (places, hasNames) = sliderPlaces(in: rect)
    let level = truncationLevel
    frame.put(" levels", x: rect.x, y: rect.y, level == nil ? theme.dimText : theme.titleText)
    let last = level ?? places.count - 1
    for (index, place) in places.enumerated() {
      let style = index == level ? theme.accentText : index < last || level == nil ? theme.text : theme.dimText
      let name = hasNames ? "\(index)" : index == last ? String(glyphs.dot) : String(glyphs.horizontal)
      let line = index < last ? String(glyphs.horizontal) : " "
      let text = !hasNames ? name : (index == level ? "[\(name)]" : " \(name) ") + String(repeating: line, count: place.count - name.count - 2)
      frame.put(text, x: place.lowerBound, y: rect.y, style)
    }
    let x = (places.last?.upperBound ?? rect.x) + 2
    let arrows = arrowsText(layout)
    let room = rect.maxX - x - 1
    guard let text = sliderTexts.first(where: { glyphs.columns(of: $0) + arrows.columns + 3 <= room }) else {
      if arrows.columns <= room { frame.put(arrows, x: rect.maxX - arrows.columns - 1, y: rect.y, theme.dimText) }
      return
    }
    frame.put(text, x: x, y: rect.y, level == nil ? theme.dimText : theme.text)
    frame.put(arrows, x: rect.maxX - arrows.columns - 1, y: rect.y, theme.dimText)
  }

  /// What the slider does, from the longest form to the shortest.
  private var sliderTexts: [String] {
    guard let level = truncationLevel else { return ["l: the picture of the coarser levels alone", "l: coarser levels alone"] }
    let range = level > 0 ? "levels \(span(0..<level + 1))" : "level 0"
    guard let truncated = run.features?.truncated, truncated.psnr.indices.contains(level) else { return [range] }
    let quality = "\(sign(truncated))\(decibel(truncated.psnr[level])) dB"
    let gain = Self.gains(truncated.psnr)[level].map { "level \(level) adds \(NumberText.fixed($0, decimals: 2)) dB" }
    return (gain.map { ["\(range): \(quality), \($0)"] } ?? []) + ["\(range): \(quality)", quality]
  }

  // MARK: Recording

  func drawRecording(_ layout: FeaturesLayout, into frame: inout Frame, _ rect: Rect) {
    if let timeLapse = playedTimeLapse { return drawPosition(timeLapse, into: &frame, rect) }
    var arrows = layout.slider == nil ? arrowsText(layout) : ""
    let texts = recordingTexts
    let room = rect.width - 2
    var text = texts.first { columns(of: $0) + (arrows.isEmpty ? 0 : arrows.columns + 3) <= room }
    if text == nil {
      arrows = ""
      text = texts.first { columns(of: $0) <= room } ?? texts.last
    }
    frame.put(text ?? [], x: rect.x + 1, y: rect.y, maxWidth: room)
    frame.put(arrows, x: rect.maxX - arrows.columns - 1, y: rect.y, theme.dimText)
  }

  private func columns(of pieces: Pieces) -> Int { pieces.reduce(0) { $0 + glyphs.columns(of: $1.text) } }

  /// From the longest form to the shortest.
  private var recordingTexts: [Pieces] {
    let steps = FeatureTimeLapse.choices[features.stepsIndex].text
    let (record, play) = (key(.features(.record)), key(.features(.play)))
    guard let timeLapse = features.timeLapse, let recorded = self[timeLapse.run] else {
      let part = featureContents.chosenLine.map { partTitle($0.part) } ?? "maps"
      return [
        [("\(record) records the unit's \(part) at all levels, \(steps) (\(key(.features(.steps))): other steps)", theme.dimText)],
        [("\(record) records the unit's maps, \(steps) (\(key(.features(.steps))): other steps)", theme.dimText)], [("\(record) records, \(steps)", theme.dimText)],
      ]
    }
    let count = counted(timeLapse.frames.count, "frame")
    let memory = MemoryBudget.text(bytes: timeLapse.bytes)
    let thinned = timeLapse.thinnings > 0 ? ", every second kept \(timeLapse.thinnings)\(glyphs.multiplication)" : ""
    let subject = "unit \(timeLapse.unit) of \(name(recorded))"
    if timeLapse.isRecording {
      let mark = recorded.hasEnded
        ? (text: "\(glyphs.hollowDot) the run has ended: recorded ", style: theme.accentText)
        : (text: "\(glyphs.dot) recording ", style: theme.style(theme.critical, bold: true))
      return [
        [mark, (subject, theme.text), (", \(timeLapse.recording.steps.text)   \(count), \(memory)\(thinned)   \(record) stops, \(play) plays", theme.dimText)],
        [mark, (subject, theme.text), ("   \(count), \(memory)\(thinned)", theme.dimText)],
        [mark, ("\(count), \(memory)", theme.text)],
      ]
    }
    return [
      [("recorded \(subject): \(count), \(memory)\(thinned)   \(play) plays, \(record) records anew, \(steps)", theme.dimText)],
      [("recorded \(count), \(memory): \(play) plays, \(record) records anew", theme.dimText)],
      [("recorded \(count): \(play) plays", theme.dimText)],
    ]
  }

  /// Where in the recording the view is.
  private func drawPosition(_ timeLapse: FeatureTimeLapse, into frame: inout Frame, _ rect: Rect) {
    guard let playback = features.playback, let shown = playedFrame else { return }
    let bar = positionBar(rect)
    let count = timeLapse.frames.count
    let place = count > 1 ? playback.frame * (bar.width - 1) / (count - 1) : 0
    for column in 0..<bar.width {
      let style = column < place ? theme.accentText : theme.dimText
      frame.set(x: bar.x + column, y: bar.y, column == place ? glyphs.dot : glyphs.horizontal, column == place ? theme.accentText : style)
    }
    let state = playback.isPlaying ? "\(glyphs.isUnicode ? "▶" : ">") plays" : "\(glyphs.isUnicode ? "‖" : "=") held "
    let recording: Pieces = timeLapse.isRecording ? [("\(glyphs.dot) ", theme.style(theme.critical, bold: true))] : []
    // Of another beginning than the run above it.
    let seed = timeLapse.seed == run.configuration.seed ? "" : "seed \(timeLapse.seed)  "
    let step = "\(seed)step \(NumberText.grouped(shown.step))"
    let quality = shown.psnr.map { "  \(decibel($0)) dB" } ?? ""
    let number = "  frame \(playback.frame + 1) of \(count)"
    let speed = "  \(NumberText.short(speed(of: playback))) a second (e E)"
    let room = bar.x - rect.x - 2
    let forms: [Pieces] = [
      [(state, theme.accentText), ("  \(step)\(quality)", theme.text), ("\(number)\(speed)   \(key(.features(.live))): live", theme.dimText)],
      [(state, theme.accentText), ("  \(step)\(quality)", theme.text), (number, theme.dimText)],
      [(state, theme.accentText), ("  \(step)\(quality)", theme.text)], [("\(step)\(quality)", theme.text)], [(step, theme.text)],
    ].map { recording + $0 }
    frame.put(forms.first { columns(of: $0) <= room } ?? forms[forms.count - 1], x: rect.x + 1, y: rect.y, maxWidth: room)
  }

  // MARK: Hints

  func featuresHint(_ intent: FeaturesIntent, _ hint: String?) -> String? {
    switch intent {
    case .levels: run.features?.truncationLevels ?? 0 > 0 ? hint : nil
    case .record: features.timeLapse?.isRecording == true ? hint.map { _ in "stop" } : hint
    case .play:
      if features.timeLapse?.frames.isEmpty ?? true { nil } else { features.playback?.isPlaying == true ? "hold" : hint }
    default: hint
    }
  }

  /// Hints that give way on a narrow screen, the first one first.
  static let featuresHints: [Intent] = [
    .features(.nextMap), .features(.histogram), .features(.zoom(in: true)), .features(.nextOrder), .features(.play),
    .features(.record),
  ]
}
