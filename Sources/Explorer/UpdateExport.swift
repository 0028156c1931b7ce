import Canvas
import Networks
import Signals
import TerminalUI
import Training

/// Writing what is looked at to files.
extension ExplorerState {
  // MARK: The prompt

  /// What there is to export here, the view first.
  var exportSubjects: [ExportSubject] {
    var subjects: [ExportSubject] = [.view]
    if tab == .features, featuresLayout?.grid.tiles.isEmpty == false { subjects.append(.mapGrid) }
    if features.timeLapse?.frames.isEmpty == false { subjects.append(.timeLapse) }
    return subjects + [.curves, .report]
  }

  /// - Parameter subject: nil for what is looked at: in the middle of a time-lapse that.
  mutating func openExport(of subject: ExportSubject? = nil) -> [Effect] {
    let subject = subject ?? (playedTimeLapse == nil ? .view : .timeLapse)
    overlay = .export(ExportPrompt(subject: subject, subjects: exportSubjects, line: LineEditor(exportName(subject))))
    return []
  }

  mutating func openExport(of summary: Summary) -> [Effect] {
    overlay = .export(
      ExportPrompt(
        subject: .summary, subjects: [.summary] + exportSubjects, line: LineEditor(exportName(.summary)), summary: summary))
    return []
  }

  private var recordedRun: RunView? { features.timeLapse.flatMap { self[$0.run] } }

  /// `cameraman-race.png`.
  func exportName(_ subject: ExportSubject, _ format: ExportFormat? = nil) -> String {
    let name = switch subject {
    case .view: tab.title.lowercased()
    case .mapGrid: "\(run.configuration.model.rawValue)-maps"
    case .timeLapse: "\((recordedRun ?? run).configuration.model.rawValue)-unit-\(features.timeLapse?.unit ?? 0)"
    case .curves: "curves"
    case .report: "report"
    case .summary: "summary"
    }
    return "\(fileStem)-\(name).\((format ?? subject.formats[0]).rawValue)"
  }

  mutating func edit(_ prompt: ExportPrompt, _ key: Key) -> [Effect] {
    var prompt = prompt
    switch key {
    case .escape:
      overlay = nil
      return []
    case .tab:
      let index = prompt.subjects.firstIndex(of: prompt.subject) ?? 0
      let wasOwnName = prompt.line.text == exportName(prompt.subject)
      prompt.subject = prompt.subjects[(index + 1) % prompt.subjects.count]
      if wasOwnName { prompt.line = LineEditor(exportName(prompt.subject)) }
      (prompt.existing, prompt.fault) = (nil, nil)
    case .enter:
      let path = prompt.line.text
      guard !path.isEmpty else { return [] }
      switch prompt.format {
      case .failure(let fault): prompt.fault = fault.text
      case .success where prompt.existing == path: return beginExport()
      case .success(let format): return [format.isFolder ? .checkFolder(path) : check(files(of: prompt, format))]
      }
    default:
      guard prompt.line.handle(key) else { return [] }
      (prompt.existing, prompt.fault) = (nil, nil)
    }
    overlay = .export(prompt)
    return []
  }

  private func check(_ paths: [String]) -> Effect { paths.count == 1 ? .checkPath(paths[0]) : .checkPaths(paths) }

  /// What is written: of a time-lapse as pictures one a frame.
  private func files(of prompt: ExportPrompt, _ format: ExportFormat) -> [String] {
    guard prompt.subject == .timeLapse, format == .png, let count = features.timeLapse?.frames.count, count > 1 else {
      return [prompt.line.text]
    }
    return (0..<count).map { ImageWriter.numbered(prompt.line.text, $0, last: count - 1) }
  }

  // MARK: Pictures of the file's resolution

  /// Asks for pictures at the resolution of the file, and writes it once they have come.
  mutating func beginExport() -> [Effect] {
    guard case .export(let prompt) = overlay, case .success(let format) = prompt.format else { return [] }
    let path = prompt.line.text
    overlay = nil
    // One after the other.
    guard pendingExport == nil else {
      say("the export before is not written yet", .fault)
      return []
    }
    pendingExport = PendingExport(subject: prompt.subject, format: format, path: path, pixels: pixels, since: now, summary: prompt.summary)
    if prompt.subject != .timeLapse, format == .png || format == .sixel { pixels = exportCell }
    return refreshPictures()
  }

  /// A terminal's own pixels, where it shows pictures in them.
  private var exportCell: PixelSize { pixels.width >= 4 ? pixels : PixelSize.commonCell }

  /// What a cell of the terminal shows, which changes with its font.
  mutating func adopt(_ pixels: PixelSize) {
    if pendingExport == nil { self.pixels = pixels } else { pendingExport?.pixels = pixels }
  }

  /// Hands over what waited to be written, once every picture is as it was asked for or nobody wants to wait any longer.
  mutating func advanceExport() -> [Effect] {
    guard let pending = pendingExport, !pending.needsPictures || hasEveryPicture(for: pending) || now - pending.since > (isExportingMaps && tab == .features ? PendingExport.patienceForMaps : PendingExport.patience) else { return [] }
    pendingExport = nil
    let cell = exportCell
    let content = exportContent(pending)
    pixels = pending.pixels
    let effects = refreshPictures()
    guard let content else {
      say("\(pending.subject.title) is not there any more: nothing was written", .fault)
      return effects
    }
    let isPlayed = pending.subject == .timeLapse
    let speed = features.playback?.speed ?? FeaturePlayback.speeds[2]
    return effects + [
      .export(
        Export(
          content: content, format: pending.format, path: pending.path,
          cell: pending.subject == .mapGrid ? MapSheet.cell : isPlayed ? .commonCell : cell,
          ink: theme.ink(terminal: terminalBackground), ground: theme.ground(terminal: terminalBackground),
          delay: isPlayed ? max(2, Int((100 / speed).rounded())) : 0,
          recordedStep: isPlayed ? features.timeLapse?.frames.last?.step : nil))
    ]
  }

  private func hasEveryPicture(for pending: PendingExport) -> Bool {
    // What stands still is written as it stands; records are of what has come.
    if display.isFrozen, !pending.subject.isRecord { return true }
    return runs.allSatisfy { run in
      let measured = pending.subject.isRecord ? run.live : run.held ?? run.live
      let isDrawn = run.request == nil || measured.preview?.request == run.request
      let maps = run.featureRequest?.maps ?? []
      guard run.featureRequest?.isExact != true || run.features?.request.isExact == true else { return false }
      return isDrawn && maps.allSatisfy { maps in measured.features?.answers.contains { $0.request == maps } ?? false }
    }
  }

  private func exportContent(_ pending: PendingExport) -> Export.Content? {
    switch pending.subject {
    case .view:
      var screen = self
      (screen.overlay, screen.message) = (nil, nil)
      return .frames([screen.viewFrame()])
    case .mapGrid: return mapSheet.map { .frames([$0]) }
    case .timeLapse:
      let frames = timeLapseFrames
      return frames.isEmpty ? nil : .frames(frames)
    case .curves, .report: return .record(record)
    case .summary: return pending.summary.map { .frames([summaryFrame($0)]) }
    }
  }

  // MARK: Feature maps

  /// The maps of the view's grid, rows of levels and columns of units as they are there, each with its title; nil where there
  /// are none.
  private var mapSheet: Frame? {
    guard tab == .features, let layout = featuresLayout else { return nil }
    let contents = featureContents
    let maps = featureGridMaps(layout)
    let columns = Set(maps.map(\.tile.column)).sorted()
    let levels = layout.grid.lines.map { line in
      columns.map { column in maps.first { $0.tile.line == line && $0.tile.column == column }.flatMap { sheetMap($0, contents) } }
    }
    guard levels.joined().contains(where: { $0 != nil }) else { return nil }
    // What is written as it stands may be of several.
    let steps = maps.compactMap { $0.picture?.step }
    let step = steps.min().map { least in
      let most = steps.max() ?? least
      return "  step " + ([least] + (most > least ? [most] : [])).map { NumberText.grouped($0) }.joined(separator: MapCaption.dots(glyphs))
    } ?? ""
    let sheet = MapSheet(
      title: "\(label(of: run))\(step)  seed \(run.configuration.seed)",
      subtitle: "\(subject.name)  colours: \(features.sharesRange ? "the level" : "each map")", levels: levels)
    return sheet.frame(text: theme.titleText, dim: theme.text, ground: theme.ground(terminal: terminalBackground), glyphs: glyphs)
  }

  private func sheetMap(_ map: FeatureTileMap, _ contents: FeatureContents) -> MapSheet.Map? {
    guard let raster = map.raster, let picture = map.picture, let range = map.range else { return nil }
    let line = contents.lines[map.tile.line]
    let unit = line.part.isPerUnit ? "  unit \(map.place.unit)" : ""
    return MapSheet.Map(
      raster: raster, full: PixelSize(width: line.columns, height: line.rows),
      title: "\(line.layer.title)  \(partTitle(line.part))", details: "\(line.resolution)\(unit)",
      numbers: picture.numbers, range: range, colors: colorMap(for: range))
  }

  /// Every frame of the recording: the unit's map in each layer beside each other, in lines where they are many, titled;
  /// colours stand for the same values in all frames.
  private var timeLapseFrames: [Frame] {
    guard let timeLapse = features.timeLapse else { return [] }
    var ranges: [Int: MapRange] = [:]
    for (index, maps) in timeLapse.recording.maps.enumerated() {
      let statistics = timeLapse.frames.flatMap { frame in
        frame.answers.filter { $0.request.layer == maps.layer && $0.request.part == maps.part }.flatMap(\.statistics)
      }
      ranges[index] = MapRange(statistics, of: maps.part, isSigned: maps.part.isSigned ?? statistics.contains { $0.least < 0 })
    }
    return timeLapse.frames.map { timeLapseFrame($0, of: timeLapse, ranges) }
  }

  private func timeLapseFrame(_ shown: FeatureFrame, of timeLapse: FeatureTimeLapse, _ ranges: [Int: MapRange]) -> Frame {
    // As wide as the titles, as high as it is wide.
    let (side, gap, titleRows) = (26, 2, 5)
    let maps = timeLapse.recording.maps
    let height = side / 2
    let lines = max(1, (maps.count + 5) / 6)
    let (across, pitch) = ((maps.count + lines - 1) / lines, height + titleRows + 2)
    var frame = Frame(width: across * (side + gap) + gap, height: lines * pitch + 2, glyphs: glyphs, style: theme.text)
    let quality = shown.psnr.map { "   \(decibel($0)) dB" } ?? ""
    let name = self[timeLapse.run].map { label(of: $0) } ?? ""
    frame.put(
      [("step \(NumberText.grouped(shown.step))\(quality)", theme.titleText), ("   \(name)  seed \(timeLapse.seed)", theme.dimText)], x: gap, y: 0,
      maxWidth: frame.width - gap)
    for (index, wanted) in maps.enumerated() {
      guard timeLapse.layers.indices.contains(wanted.layer) else { continue }
      let layer = timeLapse.layers[wanted.layer]
      let (x, top) = (gap + index % across * (side + gap), 2 + index / across * pitch)
      let unit = wanted.part.isPerUnit ? "unit \(wanted.units.first ?? 0)  " : ""
      // The unit beside whichever of the two leaves it room.
      let isBeside = glyphs.columns(of: layer.title + unit) <= side
      frame.put([(layer.title, theme.titleText), (isBeside ? "  \(unit)" : "", theme.dimText)], x: x, y: top, maxWidth: side)
      frame.put((isBeside ? "" : unit) + partTitle(wanted.part), x: x, y: top + 1, theme.dimText, maxWidth: side)
      frame.put(sizeText(layer.shape), x: x, y: top + 2, theme.dimText, maxWidth: side)
      guard let answer = shown.answers.first(where: { $0.request.layer == wanted.layer && $0.request.part == wanted.part }),
        answer.map.shape.count == 2, let statistics = answer.statistics.first, let range = ranges[index],
        let raster = colorMap(for: range).raster(
          width: answer.map.shape[1], height: answer.map.shape[0], values: Array(answer.map[0]), in: range)
      else { continue }
      if answer.map.shape != layer.shape {
        frame.put(
          "  \(glyphs.approximately) at \(sizeText(answer.map.shape))", x: x + glyphs.columns(of: sizeText(layer.shape)), y: top + 2, theme.dimText,
          maxWidth: side - glyphs.columns(of: sizeText(layer.shape)))
      }
      for (row, text) in MapNumbers(statistics).sentences(glyphs).enumerated() {
        frame.put(text, x: x, y: top + 3 + row, theme.dimText, maxWidth: side)
      }
      let (room, sides) = (Rect(x: x, y: top + titleRows, width: side, height: height), layer.sides(subject))
      frame.place(
        raster, in: fit(pictureWidth: sides.columns, pictureHeight: sides.rows, in: room, cellAspect: 2), id: 2 * index)
      frame.legend(
        colorMap(for: range), in: Rect(x: x, y: room.maxY, width: side, height: 1), low: MapNumbers.text(range.values.lowerBound),
        high: MapNumbers.text(range.values.upperBound), style: theme.dimText, id: 2 * index + 1)
    }
    return frame
  }
}
