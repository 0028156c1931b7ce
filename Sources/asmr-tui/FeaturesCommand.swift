import ArgumentParser
import Canvas
import Kernels
import Networks
import Signals
import Training

struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Draw the feature maps of a saved model, or the picture of its coarser levels.",
    discussion: """
      The picture has a row for every level, the coarsest at the top, and a column for every unit, each map titled with \
      its numbers. Without --output and --json the maps' statistics are listed.
      """)

  @OptionGroup var source: ModelOptions

  @Option(parsing: .unconditional, help: "Levels or layers by their number: all, or a list such as 0,2 or 1-3.")
  var level = "all"

  @Option(parsing: .unconditional, help: "Units: all, or a list such as 0-15,20. (default: the first 16)")
  var units: String?

  @Option(parsing: .unconditional, help: "What of a level is drawn: \(FeaturePartName.list).",
    completion: .list(FeaturePartName.names))
  var part = "activation"

  @Option(parsing: .unconditional, help: "The output that a contribution goes to. (default: 0)")
  var channel: Int?

  @Option(parsing: .unconditional, help: "The colours: \(ColorMap.names). (default: difference where there are signs, else viridis)",
    completion: .list(ColorMap.allNamed.map(\.name)))
  var map: String?

  @Option(parsing: .unconditional, help: "What the colours span: shared, all maps of a level; own, every map for itself.", completion: .list(["shared", "own"]))
  var range = "shared"

  @Option(parsing: .unconditional, help: "Instead of maps the picture of levels 0 to K alone.")
  var truncate: Int?

  @Option(
    parsing: .unconditional, help: "The target: with --truncate, to print the PSNR of every number of levels; for --part error.",
    completion: .pictures)
  var image: String?

  @Option(
    parsing: .unconditional, help: "Of that picture, as for train: none, auto, or WxH.", completion: .list(["none", "auto"]),
    transform: { try optionValue($0, allowed: "none, auto, or WxH as in 640x480", ResizePolicy.init(argument:)) })
  var resize: ResizePolicy = .auto

  @Option(parsing: .unconditional, help: "Write the picture: .png or .ppm; with --truncate also .pgm.", completion: .file(extensions: ["png", "pgm", "ppm"]))
  var output: String?

  @Flag(help: "The maps alone, a pixel a point, grey between them.")
  var noTitles = false

  @Option(help: "Write the numbers as JSON; - is standard output.", completion: .json)
  var json: String?

  @OptionGroup var threading: ThreadOptions

  func run() throws {
    let threads = try threading.count()
    let part = try FeaturePartName.part(part, channel: channel)
    guard ["shared", "own"].contains(range) else {
      throw ConfigurationError("range: found '\(range)'; allowed are shared and own")
    }
    let colors = try map.map { name throws(ConfigurationError) in
      guard let map = ColorMap.named(name) else {
        throw ConfigurationError("map: found '\(name)'; allowed are \(ColorMap.names)")
      }
      return map
    }
    guard image == nil || truncate != nil || part == .error else {
      throw ConfigurationError("image: found a picture without --truncate; allowed with --truncate K and with --part error")
    }
    guard part != .error || truncate != nil || image != nil else {
      throw ConfigurationError("part: found error without a picture; allowed with --image FILE, which it is the error to")
    }
    // Maps and levels are asked for apart.
    let ofMaps = [
      ("level", level != "all"), ("units", units != nil), ("part", self.part != "activation"), ("map", map != nil), ("range", range != "shared"),
      ("no-titles", noTitles),
    ]
    if truncate != nil, let other = ofMaps.first(where: \.1)?.0 {
      throw ConfigurationError("\(other): found beside --truncate, which draws the picture; allowed with maps")
    }
    let saved = try source.load()
    guard saved.shape.count == 2 else {
      throw SignalError(
        kind: .usage, file: source.model, message: "found data of \(saved.shape.count) axes; allowed are pictures, of 2 axes")
    }
    try MemoryBudget.check(
      saved.configuration, shape: saved.shape, channels: saved.channels, threads: threads, trains: false)
    try checkFiles([("--output", output), ("--json", json)])
    let network = try saved.network()
    let parallel = Parallel(threads: threads)
    if let truncate {
      try drawTruncated(saved, network, level: truncate, parallel)
    } else {
      try drawMaps(saved, network, part: part, colors: colors, parallel)
    }
  }

  private func drawMaps(
    _ saved: SavedModel, _ network: any Network, part: FeaturePart, colors: ColorMap?, _ parallel: Parallel
  ) throws {
    if let output { _ = try ImageWriter.format(forPath: output, channels: 3) }
    let layers = network.featureLayers
    let rows = try chosenLevels(layers, part)
    let units = try chosenUnits(rows.map { layers[$0] }, part)
    let target = part == .error ? try image.map { try loadTarget($0, shape: saved.shape, channels: saved.channels) } : nil
    let table = FeatureTable(
      network, rows: rows, part: part, units: units, sharesRange: range == "shared", colors: colors,
      isDrawn: output != nil, target: target, parallel)
    if let output {
      let picture = noTitles ? table.picture : table.titled(saved)
      if let note = table.note { printError("asmr-tui: \(output): \(note)") }
      try ImageWriter.write(picture.pixels, rows: picture.height, columns: picture.width, channels: 3, to: output)
    }
    if let json {
      let report = FeatureTable.Report(
        model: saved.configuration.model, part: self.part, data_shape: saved.shape, steps: OrNull(saved.step), maps: table.maps.map(\.report))
      try writeOutput(try prettyJSON(report), to: json)
    } else if output == nil {
      try writeOutput(Array(table.text.utf8))
    }
  }

  private func drawTruncated(
    _ saved: SavedModel, _ network: any Network, level: Int, _ parallel: Parallel
  ) throws {
    let count = network.truncationLevels
    guard count > 0 else {
      throw SignalError(
        kind: .usage, file: source.model,
        message: "found \(saved.configuration.model.title), which has no levels to leave out; allowed are ASMR and the hash grid")
    }
    guard (0..<count).contains(level) else {
      throw ConfigurationError("truncate: found \(level); allowed are 0 to \(count - 1)")
    }
    if let output { _ = try ImageWriter.format(forPath: output, channels: saved.channels) }
    guard output != nil || image != nil else {
      throw ConfigurationError("truncate: found neither --output nor --image; allowed are one of them or both")
    }
    let target = try image.map { try loadTarget($0, shape: saved.shape, channels: saved.channels) }
    func picture(_ level: Int) -> Signal {
      Signal(
        shape: saved.shape, channels: saved.channels,
        samples: network.truncatedPrediction(level: level, lattice: .whole(saved.shape), parallel: parallel))
    }
    if let output { try ImageWriter.write(picture(level), to: output) }
    guard let target else { return }
    let decibels = (0..<count).map { Metrics.psnr(meanSquaredError: Metrics.meanSquaredError(picture($0), target)) }
    if let json {
      let levels = decibels.enumerated().map { TruncationReport.Level(level: $0, psnr: OrNull(finite: $1)) }
      try writeOutput(
        try prettyJSON(TruncationReport(model: saved.configuration.model, data_shape: saved.shape, steps: OrNull(saved.step), levels: levels)),
        to: json)
    }
    guard json != "-" else { return }
    let lines = decibels.enumerated().map { level, psnr in
      "levels 0…\(level)".padding(to: 14) + NumberText.fixed(psnr, decimals: 2) + " dB"
    }
    try writeOutput(Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  private struct TruncationReport: Encodable {
    struct Level: Encodable {
      let level: Int
      let psnr: OrNull<Double>
    }
    let model: ModelKind
    let data_shape: [Int]
    let steps: OrNull<Int>
    let levels: [Level]
  }

  private func loadTarget(_ path: String, shape: [Int], channels: Int) throws -> Signal {
    let loaded = try ImageReader.read(path: path, resize: resize)
    for note in loaded.notes { printError("asmr-tui: \(loaded.name): \(note)") }
    guard loaded.signal.shape == shape, loaded.signal.channels == channels else {
      func text(_ shape: [Int], _ channels: Int) -> String {
        "\(sizeText(shape)) with \(channels) \(channels == 1 ? "channel" : "channels")"
      }
      throw SignalError(
        kind: .usage, file: path,
        message: "found \(text(loaded.signal.shape, loaded.signal.channels)); allowed is \(text(shape, channels)), as the model draws"
          + (loaded.signal.channels == channels ? " (see --resize)" : ""))
    }
    return loaded.signal
  }

  // MARK: What is chosen

  private func chosenLevels(_ layers: [FeatureLayer], _ part: FeaturePart) throws -> [Int] {
    let having = layers.indices.filter { layers[$0].parts.contains(part) }
    guard !having.isEmpty else {
      var names: [String] = []
      for name in layers.flatMap(\.parts).map(FeaturePartName.name) where !names.contains(name) { names.append(name) }
      let isContribution = FeaturePartName.name(part) == "contribution"
      guard !isContribution else {
        let count = layers.flatMap(\.parts).count { FeaturePartName.name($0) == "contribution" }
        let allowed = count == 1 ? "allowed is 0, the only one" : "allowed are 0 to \(count - 1)"
        throw ConfigurationError("channel: found \(channel ?? 0); \(allowed)")
      }
      throw SignalError(
        kind: .usage, file: source.model, message: "--part: found \(self.part); allowed are \(names.joined(separator: ", "))")
    }
    guard level != "all" else {
      // Errors of tiles are of the whole network: layers of the same tiles have the same.
      return part == .error ? having.filter { level in having.first { layers[$0].shape == layers[level].shape } == level } : having
    }
    let numbers = having.map { "\($0) (\(layers[$0].title))" }.joined(separator: ", ")
    guard let chosen = Self.list(level, most: layers.count), chosen.allSatisfy(having.contains) else {
      throw ConfigurationError("level: found '\(level)'; of \(self.part) allowed are all, or a list of \(numbers)")
    }
    return chosen.sorted()
  }

  /// Columns of the grid; `[0]` where no level has more than one map.
  private func chosenUnits(_ layers: [FeatureLayer], _ part: FeaturePart) throws -> [Int] {
    let count = part.isPerUnit ? layers.map(\.units).max() ?? 1 : 1
    guard let units else { return Array(0..<min(count, 16)) }
    if units == "all" { return Array(0..<count) }
    guard let chosen = Self.list(units, most: count), chosen.allSatisfy({ $0 < count }) else {
      let allowed = count == 1 ? "0, the only one" : "all, or a list of 0 to \(count - 1), as in 0-15,20"
      throw ConfigurationError("units: found '\(units)'; of these levels allowed are \(allowed)")
    }
    return chosen
  }

  /// Numbers and ranges joined by commas, each number once; nil for anything else and for more than there can be.
  static func list(_ text: String, most: Int) -> [Int]? {
    var numbers: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
      guard (1...2).contains(ends.count), let first = ends.first, let last = ends.last, first >= 0, last >= first, last < most
      else { return nil }
      for number in first...last where !numbers.contains(number) { numbers.append(number) }
    }
    return numbers
  }
}

/// Parts of a layer by the names that options and reports have for them.
enum FeaturePartName {
  private static let plain: [(name: String, part: FeaturePart)] = [
    ("activation", .activation), ("coarse", .coarse), ("modulation", .modulation), ("sum", .sum),
    ("weight-norm", .weightNorm), ("bias", .bias), ("mean-bias", .meanBias), ("error", .error), ("tile", .tile), ("table", .table),
    ("occupancy", .occupancy), ("collisions", .collisions),
  ]

  static var names: [String] { ["activation", "contribution"] + plain.dropFirst().map(\.name) }
  static var list: String { names.joined(separator: ", ") }

  static func name(_ part: FeaturePart) -> String { plain.first { $0.part == part }?.name ?? "contribution" }

  static func part(_ name: String, channel: Int?) throws(ConfigurationError) -> FeaturePart {
    if name == "contribution" { return .contribution(channel: channel ?? 0) }
    guard let part = plain.first(where: { $0.name == name })?.part else {
      throw ConfigurationError("part: found '\(name)'; allowed are \(list)")
    }
    if let channel { throw ConfigurationError("channel: found \(channel) with \(name); allowed with --part contribution") }
    return part
  }
}

extension ColorMap {
  /// As `--map` allows them.
  static var names: String { allNamed.map(\.name).joined(separator: ", ") }
}
