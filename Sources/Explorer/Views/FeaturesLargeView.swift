import Canvas
import Networks
import Signals
import Training

/// The chosen map large, with its colours and numbers, and the picture of the coarser levels.
extension ExplorerState {
  /// Far from the maps of the grid, which count from 0.
  private enum PictureID {
    static let map = 240
    static let legend = 241
    static let truncation = 242
  }

  // MARK: Map

  func drawLargeMap(
    _ large: FeatureDrawing.Large?, _ contents: FeatureContents, _ layout: FeaturesLayout, _ pane: FeaturesLayout.Pane,
    into frame: inout Frame
  ) {
    guard let line = contents.chosenLine, let chosen = contents.chosen else {
      frame.box(pane.frame, title: "map", style: theme.frameStyle(focused: true), titleStyle: theme.titleText)
      return place(nil, in: pane.picture, of: pane.frame, id: PictureID.map, into: &frame)
    }
    let (title, right) = largeTitles(line, chosen, large, layout, in: pane.frame, hasPartBelow: pane.statistics.height > 1)
    frame.box(
      pane.frame, title: title, rightTitle: right, style: theme.runStyle(run.mark),
      titleStyle: theme.runStyle(run.mark, bold: true), rightTitleStyle: theme.dimText)
    guard let large else {
      return place(nil, in: pane.picture, of: pane.frame, id: PictureID.map, into: &frame)
    }
    let range = large.range
    place(large.raster, in: pane.picture, of: pane.frame, id: PictureID.map, into: &frame)
    let (low, high) = (MapNumbers.text(range.values.lowerBound), MapNumbers.text(range.values.upperBound))
    if let legend = pane.legend {
      let strip = legend.inset(horizontal: 1, vertical: 0)
      frame.legend(colorMap(for: range), in: strip, low: low, high: high, style: theme.dimText, id: PictureID.legend)
      // Above the colours that its values have.
      let bars = pane.histogram
      drawHistogram(
        large.picture, range,
        Rect(x: strip.x + low.columns + 1, y: bars.y, width: strip.width - low.columns - high.columns - 2, height: bars.height),
        into: &frame)
    }
    drawStatistics(
      large.picture, line, layout, isPartSaid: title.contains(partTitle(line.part)) || line.part == line.layer.parts.first, into: &frame,
      pane.statistics.inset(horizontal: 1, vertical: 0))
  }

  private func largeTitles(
    _ line: FeatureContents.Line, _ chosen: FeaturePlace, _ large: FeatureDrawing.Large?, _ layout: FeaturesLayout, in rect: Rect,
    hasPartBelow: Bool
  ) -> (title: String, right: String) {
    let (layer, part) = (line.layer.title, partTitle(line.part))
    let unit = line.part.isPerUnit ? "  unit \(chosen.unit)" : ""
    // The part, where the title has no room for it and it is not the usual one, is in the second row of numbers.
    let withoutPart = hasPartBelow || line.part == line.layer.parts.first ? ["\(layer)  \(sizeText(line.layer.shape))\(unit)"] : []
    let forms = ["\(layer)  \(sizeText(line.layer.shape))\(unit)  \(part)"] + withoutPart + ["\(layer)\(unit)  \(part)", "\(layer)\(unit)", layer]
    // The step has its room, also the last one's.
    let last = NumberText.grouped(max(run.configuration.steps ?? 0, run.step))
    let room = rect.width - 8 - "step \(last)".columns
    let title = (forms.dropLast().first { $0.columns <= room } ?? forms.first { $0.columns <= rect.width - 5 }) ?? layer
    let step = (playedFrame?.step ?? large?.picture.step ?? run.features?.step).map { "step \(NumberText.grouped($0))" } ?? ""
    let size = "\(1 << layout.zoom)\(glyphs.multiplication)"
    let place = "\(size)  x \(span(layout.region.columns))  y \(span(layout.region.rows))"
    let rights = layout.zoom > 0 ? ["\(place)  \(step)", place, size] : [step]
    return (title, rightTitle(rights.map { ($0, $0) }, beside: title, in: rect))
  }

  private func drawStatistics(
    _ picture: FeaturePicture, _ line: FeatureContents.Line, _ layout: FeaturesLayout, isPartSaid: Bool, into frame: inout Frame,
    _ rect: Rect
  ) {
    let numbers = picture.statistics
    let (least, greatest) = (MapNumbers.text(numbers.least), MapNumbers.text(numbers.greatest))
    let (mean, deviation) = (MapNumbers.text(numbers.mean), MapNumbers.text(numbers.deviation))
    let isConstant = numbers.least == numbers.greatest
    let forms: [String] =
      if numbers.mean.isNaN {
        ["some values are not numbers", "not numbers"]
      } else if isConstant {
        ["constant: \(mean)"]
      } else {
        [
          "min \(padded(least))  max \(padded(greatest))  mean \(padded(mean))  \(MapCaption.deviation(glyphs)) \(deviation)",
          "min \(least)  max \(greatest)  mean \(mean)  \(MapCaption.deviation(glyphs)) \(deviation)",
          "\(least)\(MapCaption.dots(glyphs))\(greatest)  mean \(mean)  \(MapCaption.deviation(glyphs)) \(deviation)",
          "\(least)\(MapCaption.dots(glyphs))\(greatest)  \(MapCaption.deviation(glyphs)) \(deviation)",
        ]
      }
    put(forms, in: rect, row: 0, theme.text, into: &frame)
    guard rect.height > 1 else { return }
    let all = [layout.region.rows.count, layout.region.columns.count]
    let known = [picture.rows, picture.columns]
    let whole = layout.zoom > 0 ? " of \(line.resolution)" : ""
    let points = known == all
      ? "all \(sizeText(all))\(whole) points" : "\(sizeText(known)) of \(sizeText(all))\(whole) points"
    let range = features.sharesRange ? "colours: the level" : layout.zoom > 0 ? "colours: this part" : "colours: this map"
    // Where the title had no room for it.
    let part = "\(partTitle(line.part)), "
    // What is not the usual way is said first.
    let unsaid = features.sharesRange ? ["\(partTitle(line.part))   \(range)", "\(part)\(points)"] : ["\(part)\(points)"]
    let short = isPartSaid ? ["\(points)   \(range)", points] : unsaid + [partTitle(line.part)]
    put(["\(part)\(points)   \(range)"] + short, in: rect, row: 1, theme.dimText, into: &frame)
  }

  private func padded(_ number: String) -> String { String(repeating: " ", count: max(0, 5 - number.count)) + number }

  /// The longest form that has room.
  private func put(_ forms: [String], in rect: Rect, row: Int, _ style: Style, into frame: inout Frame) {
    let text = forms.first { glyphs.columns(of: $0) <= rect.width } ?? forms[forms.count - 1]
    frame.put(text, x: rect.x, y: rect.y + row, style, maxWidth: rect.width)
  }

  /// How many points have which value, the most of them as high as the rectangle.
  private func drawHistogram(_ picture: FeaturePicture, _ range: MapRange, _ rect: Rect, into frame: inout Frame) {
    guard rect.width > 0, rect.height > 0 else { return }
    let counts = Self.histogram(picture.values, in: range.values, bins: rect.width)
    guard let most = counts.max(), most > 0 else { return }
    let steps = glyphs.bars.count
    let style = theme.style(theme.plotLine)
    for (x, count) in counts.enumerated() where count > 0 {
      let height = max(1, (count * rect.height * steps + most / 2) / most)
      for row in 0..<rect.height where height > row * steps {
        frame.set(x: rect.x + x, y: rect.maxY - 1 - row, glyphs.bars[min(height - row * steps, steps) - 1], style)
      }
    }
  }

  /// How many values lie in each of equal parts of a range; those outside and those that are no numbers in none.
  static func histogram(_ values: [Float], in range: ClosedRange<Float>, bins: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: bins)
    let width = range.upperBound - range.lowerBound
    for value in values where range.contains(value) {
      counts[width > 0 ? min(bins - 1, Int((value - range.lowerBound) / width * Float(bins))) : bins / 2] += 1
    }
    return counts
  }

  // MARK: Levels

  func drawTruncation(_ picture: Raster?, _ pane: FeaturesLayout.Pane, into frame: inout Frame) {
    let wanted = truncationLevel ?? 0
    let levels = run.features?.truncationLevels ?? 0
    let truncated = run.features?.truncated
    // What the picture is of, also where a newer answer is on its way.
    let level = shownTruncation?.level ?? wanted
    let quality = truncated.flatMap { $0.psnr.indices.contains(level) ? "\(sign($0))\(decibel($0.psnr[level])) dB" : nil }
    let title = "\(level > 0 ? "levels \(span(0..<level + 1))" : "level 0 alone") of \(levels)"
    let step = truncated.map { "step \(NumberText.grouped($0.step))" } ?? ""
    let forms = quality.map { ["\($0)  \(step)", $0] } ?? [step]
    frame.box(
      pane.frame, title: title, rightTitle: rightTitle(forms.map { ($0, $0) }, beside: title, in: pane.frame),
      style: theme.runStyle(run.mark), titleStyle: theme.runStyle(run.mark, bold: true), rightTitleStyle: theme.text)
    place(picture, in: pane.picture, of: pane.frame, id: PictureID.truncation, into: &frame)
    if let truncated { drawGains(truncated, level: wanted, isPart: truncated.request.crop != nil && !truncated.isExact, into: &frame, pane.statistics) }
  }

  /// `≈` where a PSNR is of some samples alone.
  func sign(_ truncated: FeatureReport.Truncated) -> String { truncated.isExact ? "" : String(glyphs.approximately) }

  /// Which level adds how many dB.
  private func drawGains(
    _ truncated: FeatureReport.Truncated, level: Int, isPart: Bool, into frame: inout Frame, _ rect: Rect
  ) {
    let sign = sign(truncated)
    // Of level, PSNR and gain.
    let width = 21
    let header = "level\(right("\(sign)dB", 8))\(right("adds", 8))" + (isPart ? "  of this part" : "")
    frame.put(header, x: rect.x + 1, y: rect.y, theme.dimText, maxWidth: rect.width - 2)
    let rows = rect.height - 1
    let first = min(max(0, level - rows / 2), max(0, truncated.psnr.count - rows))
    let gains = Self.gains(truncated.psnr)
    let most = gains.compactMap { $0 }.filter(\.isFinite).max() ?? 0
    for row in 0..<max(0, min(rows, truncated.psnr.count - first)) {
      let index = first + row
      let style = index == level ? theme.accentText : index < level ? theme.text : theme.dimText
      let mark = index == level ? String(glyphs.pointer) : ""
      let gain = gains[index].map { ($0 >= 0 ? "+" : "") + NumberText.fixed($0, decimals: 2) } ?? ""
      let text = right("\(mark)\(index)", 5) + right(decibel(truncated.psnr[index]), 8) + right(gain, 8)
      frame.put(text, x: rect.x + 1, y: rect.y + 1 + row, style, maxWidth: rect.width - 2)
      if let gain = gains[index], gain > 0, most > 0, rect.width > width + 8 {
        frame.bar(gain, in: 0...most, x: rect.x + width + 3, y: rect.y + 1 + row, width: rect.width - width - 4, style)
      }
    }
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.columns)) + text
  }

  /// What every level adds to the ones before it, in dB; nil for the first and beside what is infinite.
  static func gains(_ psnr: [Double]) -> [Double?] {
    psnr.indices.map { $0 > 0 && psnr[$0].isFinite && psnr[$0 - 1].isFinite ? psnr[$0] - psnr[$0 - 1] : nil }
  }
}
