import Foundation
import Signals
import Testing

@testable import Records
@testable import Training

/// TensorBoard's own reader, in a Python that has it: `make test` makes one.
private let python = ProcessInfo.processInfo.environment["ASMR_TUI_TENSORBOARD"]

@Suite(.enabled(if: python != nil, "skipped: a Python with TensorBoard is not there (ASMR_TUI_TENSORBOARD)"))
struct TensorBoardTests {
  /// What the reader gives of a folder, checksums checked: `{tag: [[wall time, step, value]]}` of each kind.
  private static let reader = """
    import base64, json, sys
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0, "tensors": 0})
    events.Reload()
    tags = events.Tags()
    print(json.dumps({
      "version": events.file_version,
      "scalars": {t: [[e.wall_time, e.step, str(e.value)] for e in events.Scalars(t)] for t in tags["scalars"]},
      "images": {t: [[e.wall_time, e.step, e.width, e.height, base64.b64encode(e.encoded_image_string).decode()]
        for e in events.Images(t)] for t in tags["images"]},
      "texts": {t: [events.Tensors(t)[0].tensor_proto.string_val[0].decode(),
        events.SummaryMetadata(t).plugin_data.plugin_name] for t in tags["tensors"]},
    }))
    """

  private func read(_ folder: String) throws -> [String: Any] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = ["-c", Self.reader, folder]
    let (output, complaints) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, complaints)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    let said = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(said)")
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func scalars(_ object: [String: Any], _ tag: String) throws -> [(time: Double, step: Int, value: Float)] {
    let all = try #require(object["scalars"] as? [String: [[Any]]])
    return try (all[tag] ?? []).map { row in
      let text = try #require(row[2] as? String)
      let (time, step) = (try #require(row[0] as? Double), try #require(row[1] as? Int))
      return (time, step, try #require(Float(text)))
    }
  }

  private func images(_ object: [String: Any], _ tag: String) throws -> [(step: Int, signal: Signal)] {
    let all = try #require(object["images"] as? [String: [[Any]]])
    return try (all[tag] ?? []).map { row in
      let text = try #require(row[4] as? String)
      let png = try #require(Data(base64Encoded: text))
      let signal = try ImageReader.decode([UInt8](png), name: tag, resize: .none).signal
      #expect(row[2] as? Int == signal.shape[1] && row[3] as? Int == signal.shape[0])
      return (try #require(row[1] as? Int), signal)
    }
  }

  @Test("It reads every scalar, both pictures and the configuration of an exported run")
  func exported() throws {
    let folder = try TemporaryFolder()
    let run = try Fixture.run {
      $0.metrics[4].psnr = .infinity
      $0.metrics[5].loss = .nan
    }
    let record = Fixture.record([run, try Fixture.run("ASMR [4,6]", model: .asmr, steps: 3)])
    try EventFolder.write(record, to: folder.path("curves"))
    let object = try read(folder.path("curves/SIREN-3x16"))
    #expect(object["version"] as? Double == 2)
    let origin = record.date - run.elapsedSeconds
    for (tag, value) in [("psnr", \StepMetrics.psnr), ("loss", \.loss)] {
      let read = try scalars(object, tag)
      try #require(read.count == 31)
      for (event, point) in zip(read, run.points) {
        let expected = Float(point[keyPath: value])
        #expect(event.step == point.step && (event.value == expected || event.value.isNaN && expected.isNaN))
        #expect(abs(event.time - origin - point.elapsedSeconds) < 1e-5)
      }
    }
    #expect(try scalars(object, "learning_rate").map(\.value) == run.metrics.compactMap(\.learningRate))
    #expect(try scalars(object, "ssim").map(\.step) == [5, 15, 25, 30])
    #expect(try scalars(object, "ssim").last?.value == 0.875)
    let picture = try #require(run.picture)
    for (tag, step, expected) in [("target", 0, try #require(record.target)), ("reconstruction", 30, picture)] {
      let image = try #require(try images(object, tag).first)
      #expect(image.step == step && image.signal == expected)
    }
    let text = try #require((object["texts"] as? [String: [String]])?["configuration"])
    #expect(text[1] == "text" && text[0].contains("| model | siren |") && text[0].contains("| hidden | 16 |"))
    #expect(try scalars(read(folder.path("curves/ASMR-4-6")), "psnr").count == 4)
  }

  @Test("A file that grows while a run trains is readable after every snapshot, and has it all in the end")
  func growing() throws {
    let folder = try TemporaryFolder()
    let target = Fixture.picture(channels: 1)
    let configuration = try Fixture.run().configuration
    let engine = Watching()
    let events = try EventLog(folder: folder.path("live"), configuration: configuration, target: target, date: 1_700_000_000)
    #expect(try scalars(read(folder.path("live")), "psnr").isEmpty)
    #expect(try EventFolder.hasEventFiles(folder.path("live")))
    let id = RunID(1)
    engine.engine.send(.add(id, configuration, target, paused: false))
    engine.engine.send(.preview(id, PreviewRequest(rows: 24, columns: 40)))
    var metrics: [StepMetrics] = []
    var last: Snapshot?
    try engine.follow(id) { snapshot in
      try events.add(snapshot)
      metrics += snapshot.metrics
      if last == nil { #expect(try scalars(read(folder.path("live")), "psnr").count == metrics.count) }
      last = snapshot
    }
    let end = try #require(last)
    try events.finish(end)
    let object = try read(folder.path("live"))
    let evaluation = try #require(end.evaluation)
    #expect(try scalars(object, "psnr").map(\.value) == metrics.map { Float($0.psnr) } + [Float(evaluation.psnr)])
    #expect(try scalars(object, "learning_rate").map(\.value) == metrics.compactMap(\.learningRate))
    #expect(metrics.first?.learningRate == configuration.learningRate)
    #expect(try scalars(object, "ssim").last?.value == evaluation.ssim.map { Float($0) })
    let pictures = try images(object, "reconstruction")
    #expect(Set(pictures.map(\.step)).count == pictures.count)
    let reconstruction = try #require(pictures.last)
    let expected = evaluation.signal.samples.map { min(max($0, 0), 1) }
    #expect(reconstruction.step == 30 && reconstruction.signal.shape == [24, 40])
    #expect(zip(reconstruction.signal.samples, expected).allSatisfy { abs($0 - $1) <= 0.5 / 255 + 1e-6 })
  }

  @Test("A flipped bit is found by its checksums")
  func damaged() throws {
    let folder = try TemporaryFolder()
    try EventFolder.write(Fixture.record([try Fixture.run()]), to: folder.path("a"))
    let name = "a/SIREN-3x16/" + folder.names("a/SIREN-3x16")[0]
    var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
    // In the last event, whose picture is the reconstruction.
    bytes[bytes.count - 40] ^= 1
    try bytes.write(to: URL(fileURLWithPath: folder.path(name)))
    #expect(try images(read(folder.path("a/SIREN-3x16")), "reconstruction").isEmpty)
  }
}

/// An engine whose snapshots are waited for.
private final class Watching {
  let engine: Engine
  private let semaphore: DispatchSemaphore

  init() {
    let semaphore = DispatchSemaphore(value: 0)
    self.semaphore = semaphore
    engine = Engine(threads: 1) { semaphore.signal() }
  }

  deinit { engine.shutDown() }

  /// Hands over every snapshot of a run until its end.
  func follow(_ id: RunID, _ body: (Snapshot) throws -> Void) throws {
    while true {
      try #require(semaphore.wait(timeout: .now() + 60) == .success)
      for snapshot in engine.mailbox.take() where snapshot.run == id {
        try body(snapshot)
        if snapshot.hasEnded, snapshot.evaluation != nil { return }
      }
    }
  }
}
