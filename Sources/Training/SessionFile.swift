import Kernels
import Networks
import Signals

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A session as a file: safetensors, so that any reader of that format sees parameters, moments and curves. What is no
/// tensor stands as JSON in the metadata. The last tensor is the CRC-32 of all bytes before it.
///
/// Names: `1/net.0.linear.weight` is a parameter of run 1, `1/adam.mean/net.0.linear.weight` its moment,
/// `1/batches.permutation` and `1/batches.errors` its place in an epoch, `1/curve` and `1/ssim` its points.
extension Session {
  /// Of the file's layout; others are refused.
  static let version = "1"

  private enum Key {
    static let version = "asmr-tui.session"
    static let manifest = "asmr-tui.session.manifest"
  }
  private enum Name {
    static let picture = "picture"
    static let curve = "curve"
    static let similarities = "ssim"
    static let permutation = "batches.permutation"
    static let errors = "batches.errors"
    /// Sorts behind all other names.
    static let checksum = "~crc32"
    static func moments(_ index: Int) -> String { "adam.\(Adam.State.names[index])" }
  }

  /// What of a session is no tensor.
  private struct Manifest: Codable {
    struct Picture: Codable {
      var path: String?
      var name: String
      var resize: String
      var shape: [Int]
      var channels: Int
      var checksum: UInt32
      var notes: [String]
    }
    struct Run: Codable {
      var id: RunID
      var configuration: RunConfiguration
      var state: RunState
      var generation, measured, step: Int
      var hasDiverged: Bool
      var optimizerSteps: Int
      var trainedSeconds, elapsedSeconds: Double
      var best: Best?
      var similarity: Similarity?
      var batches: Batches?
    }
    struct Batches: Codable {
      var next: Int
      var generator: RandomGenerator
      var oldest: Int
      var squares, clampedSquares: Double
      var values: Int
    }
    var date: Double
    var isAutosave: Bool
    var picture: Picture
    var runs: [Run]
    var layout: String
  }

  // MARK: Writing

  /// The file's bytes.
  public func encoded() throws -> [UInt8] {
    var blocks: [SafetensorsLayout.Block] = []
    func add(_ name: String, _ values: [Float], shape: [Int]? = nil) {
      blocks.append(.init(name: name, type: .F32, shape: shape ?? [values.count], bytes: values.littleEndianBytes))
    }
    func add(_ name: String, rows: [[Double]], columns: Int) {
      let values = rows.flatMap { $0 }
      blocks.append(.init(name: name, type: .F64, shape: [rows.count, columns], bytes: values.littleEndianBytes))
    }
    if let samples = picture.samples { add(Name.picture, samples, shape: picture.shape + [picture.channels]) }
    for run in runs {
      let (prefix, trainer) = ("\(run.id.value)/", run.checkpoint.trainer)
      for (name, values) in trainer.parameters { add(prefix + name, values) }
      for (index, moments) in trainer.optimizer.moments.enumerated() {
        for (name, values) in moments { add("\(prefix)\(Name.moments(index))/\(name)", values) }
      }
      add(
        prefix + Name.curve,
        rows: run.metrics.map {
          // A rate that nobody kept is not a number.
          [
            Double($0.step), $0.loss, $0.psnr, $0.isEstimate ? 1 : 0, $0.seconds, $0.elapsedSeconds,
            $0.learningRate.map(Double.init) ?? .nan,
          ]
        },
        columns: 7)
      add(prefix + Name.similarities, rows: run.similarities.map { [Double($0.step), $0.value] }, columns: 2)
      guard let batches = trainer.batches else { continue }
      let permutation = batches.position.permutation
      blocks.append(
        .init(
          name: prefix + Name.permutation, type: .I32, shape: [permutation.count], bytes: permutation.littleEndianBytes))
      add(
        prefix + Name.errors,
        rows: batches.errors.entries.map { [$0.errors.squares, $0.errors.clampedSquares, Double($0.values)] }, columns: 3)
    }
    blocks.append(.init(name: Name.checksum, type: .I32, shape: [1], bytes: [0, 0, 0, 0]))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var bytes = try SafetensorsLayout.encoded(
      blocks,
      metadata: [
        Key.version: Self.version, Key.manifest: String(decoding: try encoder.encode(manifest), as: UTF8.self),
      ])
    let checksum = Checksum.crc32(bytes.dropLast(4))
    bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [Int32(bitPattern: checksum)].littleEndianBytes)
    return bytes
  }

  private var manifest: Manifest {
    Manifest(
      date: date, isAutosave: isAutosave,
      picture: Manifest.Picture(
        path: picture.path, name: picture.name, resize: picture.resize.argument, shape: picture.shape,
        channels: picture.channels, checksum: picture.checksum, notes: picture.notes),
      runs: runs.map { run in
        let (checkpoint, trainer) = (run.checkpoint, run.checkpoint.trainer)
        return Manifest.Run(
          id: run.id, configuration: trainer.configuration, state: checkpoint.state, generation: checkpoint.generation,
          measured: checkpoint.measured, step: trainer.step, hasDiverged: trainer.hasDiverged,
          optimizerSteps: trainer.optimizer.steps, trainedSeconds: checkpoint.trainedSeconds,
          elapsedSeconds: checkpoint.elapsedSeconds, best: checkpoint.best, similarity: checkpoint.similarity,
          batches: trainer.batches.map { batches in
            Manifest.Batches(
              next: batches.position.next, generator: batches.position.generator, oldest: batches.errors.oldest,
              squares: batches.errors.total.errors.squares, clampedSquares: batches.errors.total.errors.clampedSquares,
              values: batches.errors.total.values)
          })
      }, layout: layout)
  }

  // MARK: Reading

  /// A file that is whole: its tensors and its manifest's JSON.
  ///
  /// - Throws: `SignalError` (65): what is wrong with the file, what was found and what is allowed.
  @discardableResult
  static func check(_ bytes: [UInt8], file: String) throws(SignalError) -> (layout: SafetensorsLayout, manifest: String) {
    func fault(_ message: String) -> SignalError { SignalError(kind: .data, file: file, message: "not a session: " + message) }
    let layout = try SafetensorsLayout(bytes, file: file, allowed: SafetensorsLayout.DataType.allCases)
    guard let version = layout.metadata[Key.version], let json = layout.metadata[Key.manifest] else {
      throw fault("found a safetensors file without \(Key.version) in its metadata; allowed is what the explorer saves")
    }
    guard layout.entries.last?.name == Name.checksum, layout.entries.last?.range == bytes.count - 4..<bytes.count else {
      throw fault("found no checksum at its end; allowed is a tensor \(Name.checksum)")
    }
    let stored = UInt32(bitPattern: [Int32](littleEndian: bytes, bytes.count - 4..<bytes.count)[0])
    let checksum = Checksum.crc32(bytes.dropLast(4))
    guard stored == checksum else {
      throw SignalError(
        kind: .data, file: file,
        message: "damaged session: found checksum \(hexadecimal(checksum)) of its \(bytes.count) bytes; allowed is \(hexadecimal(stored))")
    }
    guard version == Self.version else { throw fault("found version \(version); allowed is \(Self.version)") }
    return (layout, json)
  }

  /// - Throws: `SignalError` (65): what is wrong with the file, what was found and what is allowed.
  public init(bytes: [UInt8], file: String) throws(SignalError) {
    func fault(_ message: String) -> SignalError { SignalError(kind: .data, file: file, message: "not a session: " + message) }
    let (layout, json) = try Self.check(bytes, file: file)
    let manifest: Manifest
    do {
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      manifest = try decoder.decode(Manifest.self, from: Data(json.utf8))
    } catch {
      throw fault("found JSON that does not fit in \(Key.manifest); allowed is what the explorer saves")
    }
    let tensors = Tensors(bytes: bytes, entries: layout.entries)
    guard let picture = Self.picture(manifest.picture, tensors) else {
      throw fault("found a picture of shape \(manifest.picture.shape); allowed are as many samples as it stores")
    }
    var runs: [SessionRun] = []
    for run in manifest.runs {
      guard let restored = Self.run(run, tensors) else {
        throw fault("found no tensors of run \(run.id.value) that fit; allowed are a curve, SSIM and the place in an epoch")
      }
      runs.append(restored)
    }
    guard !runs.isEmpty, Set(runs.map(\.id)).count == runs.count else {
      throw fault("found \(runs.count) runs; allowed are one or more, each with an id of its own")
    }
    self.init(date: manifest.date, isAutosave: manifest.isAutosave, picture: picture, runs: runs, layout: manifest.layout)
  }

  /// The tensors of a file by their names.
  private struct Tensors {
    let bytes: [UInt8]
    let entries: [SafetensorsLayout.Entry]
    private let indices: [String: Int]

    init(bytes: [UInt8], entries: [SafetensorsLayout.Entry]) {
      (self.bytes, self.entries) = (bytes, entries)
      indices = Dictionary(entries.indices.map { (entries[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func entry(_ name: String, _ type: SafetensorsLayout.DataType) -> SafetensorsLayout.Entry? {
      indices[name].map { entries[$0] }.flatMap { $0.type == type ? $0 : nil }
    }
    func floats(_ name: String) -> [Float]? { entry(name, .F32).map { [Float](littleEndian: bytes, $0.range) } }
    func integers(_ name: String) -> [Int32]? { entry(name, .I32).map { [Int32](littleEndian: bytes, $0.range) } }

    func rows(_ name: String, columns: Int) -> [[Double]]? {
      guard let entry = entry(name, .F64), entry.shape.count == 2, entry.shape[1] == columns else { return nil }
      let values = [Double](littleEndian: bytes, entry.range)
      return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
    }

    /// All whose name begins with a prefix and has no part of its own behind it, by the rest of it.
    func floats(under prefix: String) -> [String: [Float]] {
      var result: [String: [Float]] = [:]
      for entry in entries where entry.type == .F32 && entry.name.hasPrefix(prefix) {
        let name = String(entry.name.dropFirst(prefix.count))
        if !name.contains("/") { result[name] = [Float](littleEndian: bytes, entry.range) }
      }
      return result
    }
  }

  private static func picture(_ stored: Manifest.Picture, _ tensors: Tensors) -> SessionPicture? {
    let samples = tensors.floats(Name.picture)
    let count = (stored.shape + [stored.channels]).reduce(Int?(1)) { product, size in
      guard let product, size > 0 else { return nil }
      let (result, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow ? nil : result
    }
    guard let count, stored.shape.count == 2, samples == nil || samples?.count == count,
      let resize = ResizePolicy(argument: stored.resize)
    else { return nil }
    return SessionPicture(
      path: stored.path, name: stored.name, resize: resize, shape: stored.shape, channels: stored.channels,
      checksum: stored.checksum, notes: stored.notes, samples: samples)
  }

  private static func run(_ stored: Manifest.Run, _ tensors: Tensors) -> SessionRun? {
    let prefix = "\(stored.id.value)/"
    guard let curve = tensors.rows(prefix + Name.curve, columns: 7),
      let similarities = tensors.rows(prefix + Name.similarities, columns: 2)
    else { return nil }
    var batches: TrainerCheckpoint.Batches?
    if let place = stored.batches {
      guard let permutation = tensors.integers(prefix + Name.permutation),
        let errors = tensors.rows(prefix + Name.errors, columns: 3)
      else { return nil }
      func sum(_ squares: Double, _ clamped: Double, _ values: Int) -> ErrorWindow.Sum {
        var errors = SquaredErrors()
        (errors.squares, errors.clampedSquares) = (squares, clamped)
        return ErrorWindow.Sum(errors: errors, values: values)
      }
      batches = TrainerCheckpoint.Batches(
        position: BatchSampler.Position(permutation: permutation, next: place.next, generator: place.generator),
        errors: ErrorWindow.Contents(
          entries: errors.map { sum($0[0], $0[1], whole($0[2])) }, oldest: place.oldest,
          total: sum(place.squares, place.clampedSquares, place.values)))
    }
    let moments = Adam.State.names.indices.map { tensors.floats(under: "\(prefix)\(Name.moments($0))/") }
    let trainer = TrainerCheckpoint(
      configuration: stored.configuration, step: stored.step, hasDiverged: stored.hasDiverged,
      parameters: tensors.floats(under: prefix),
      optimizer: Adam.State(steps: stored.optimizerSteps, moments: moments.filter { !$0.isEmpty }), batches: batches)
    let checkpoint = RunCheckpoint(
      trainer: trainer, state: stored.state, generation: stored.generation, measured: stored.measured,
      trainedSeconds: stored.trainedSeconds, elapsedSeconds: stored.elapsedSeconds, best: stored.best, similarity: stored.similarity)
    let metrics = curve.map { row in
      StepMetrics(
        step: whole(row[0]), loss: row[1], psnr: row[2], isEstimate: row[3] != 0, seconds: row[4], elapsedSeconds: row[5],
        learningRate: row[6].isNaN ? nil : Float(row[6]))
    }
    return SessionRun(
      id: stored.id, checkpoint: checkpoint, metrics: metrics,
      similarities: similarities.map { Similarity(value: $0[1], step: whole($0[0])) })
  }

  /// A whole number that was stored as a real one; 0 for what is none.
  private static func whole(_ value: Double) -> Int { Int(exactly: value) ?? 0 }
}
