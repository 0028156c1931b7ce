import Canvas
import Networks
import Records
import Training

/// One map: a part of a unit of a layer.
struct FeaturePlace: Hashable, Sendable {
  var layer: Int
  var part: FeaturePart
  var unit: Int
}

/// What there is to look at: the layers, each with the part that is shown of it and its units in order.
struct FeatureContents: Equatable, Sendable {
  struct Line: Equatable, Sendable {
    /// Index into the network's layers.
    let index: Int
    let layer: FeatureLayer
    let part: FeaturePart
    /// Not empty; one where the part is of the whole layer.
    let units: [Int]

    var rows: Int { layer.shape.first ?? 1 }
    var columns: Int { layer.shape.last ?? 1 }

    var resolution: String { sizeText(layer.shape) }

    /// The title's first and last word, such as `table 3`, for narrow places.
    var shortTitle: String {
      let words = layer.title.split(separator: " ")
      return words.count > 2 ? "\(words[0]) \(words[words.count - 1])" : layer.title
    }

    func sides(_ subject: Subject) -> (rows: Int, columns: Int) { layer.sides(subject) }

    func place(_ column: Int) -> FeaturePlace { FeaturePlace(layer: index, part: part, unit: units[column]) }
  }

  var lines: [Line]
  /// Of the chosen map: its line, and its place among the line's units.
  var line = 0
  var column = 0
  /// Levels that the picture can be rebuilt from; 0 where there are none.
  var truncationLevels = 0

  /// A layer's name where it stands with its map, as long as all of them can be; of a part that is not of the unit that all of
  /// them are of, the part's name and the layer's number, `weight norm 2`.
  func layerName(_ line: Int) -> String {
    let (title, part) = (lines[line].layer.title, lines[line].part)
    guard part.isPerUnit else {
      let words = title.split(separator: " ")
      let which = words.first { Int($0) != nil } ?? (words.count > 1 ? words[0] : "")
      return which.isEmpty ? part.title(channels: 1) : "\(part.title(channels: 1)) \(which)"
    }
    return lines.contains { $0.layer.title.columns > 12 } ? lines[line].shortTitle : title
  }

  var chosen: FeaturePlace? { lines.indices.contains(line) ? lines[line].place(column) : nil }
  var chosenLine: Line? { lines.indices.contains(line) ? lines[line] : nil }
}

extension ExplorerState {
  /// What a recording that is played back has, or else the run.
  var featureContents: FeatureContents { playedTimeLapse.map(contents) ?? liveContents }

  /// The recording that is played back; nil when the run is looked at as it is.
  var playedTimeLapse: FeatureTimeLapse? {
    guard features.playback != nil, let timeLapse = features.timeLapse, timeLapse.run == selection else { return nil }
    return timeLapse
  }

  private var liveContents: FeatureContents {
    guard let report = run.features else { return FeatureContents(lines: []) }
    let lines = report.layers.enumerated().compactMap { index, layer -> FeatureContents.Line? in
      guard let part = shownPart(of: layer) else { return nil }
      let ranked = features.ranked.flatMap { $0.run == run.id && $0.units.count == layer.units ? $0.units : nil }
      let units = part.isPerUnit ? ranked ?? Array(0..<max(layer.units, 1)) : [0]
      return FeatureContents.Line(index: index, layer: layer, part: part, units: units)
    }
    return settled(FeatureContents(lines: lines, truncationLevels: report.truncationLevels))
  }

  /// The chosen part where the layer has it, else what it shows unasked.
  private func shownPart(of layer: FeatureLayer) -> FeaturePart? {
    features.part.flatMap { layer.parts.contains($0) ? $0 : nil } ?? layer.parts.first
  }

  private func contents(of timeLapse: FeatureTimeLapse) -> FeatureContents {
    settled(
      FeatureContents(
        lines: timeLapse.recording.maps.compactMap { maps in
          guard timeLapse.layers.indices.contains(maps.layer), let unit = maps.units.first else { return nil }
          return FeatureContents.Line(
            index: maps.layer, layer: timeLapse.layers[maps.layer], part: maps.part, units: [unit])
        }))
  }

  /// The choice as far as there is such a thing.
  private func settled(_ contents: FeatureContents) -> FeatureContents {
    var contents = contents
    guard !contents.lines.isEmpty else { return contents }
    contents.line = min(max(features.layer, 0), contents.lines.count - 1)
    contents.column = min(max(features.column, 0), contents.lines[contents.line].units.count - 1)
    return contents
  }

  /// Which level the picture is rebuilt up to; nil while that is not looked at.
  var truncationLevel: Int? {
    guard let level = features.truncation, playedTimeLapse == nil, let levels = run.features?.truncationLevels, levels > 0
    else { return nil }
    return min(max(level, 0), levels - 1)
  }
}

extension FeatureLayer {
  /// What its maps are drawn in proportion to: they lie over the data, whatever their cells are; a hashed table does not.
  func sides(_ subject: Subject) -> (rows: Int, columns: Int) {
    parts.contains(.occupancy) && shape.count == 2 ? (shape[0], shape[1]) : (subject.rows, subject.columns)
  }
}
