import ArgumentParser
import Networks
import Records
import Signals
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Fit a picture without the screen, and write what comes of it.")

  @OptionGroup var data: DataOptions
  @OptionGroup var options: RunOptions
  @OptionGroup var threading: ThreadOptions

  @Option(help: "Write the reconstruction: .png, .pgm or .ppm.", completion: .file(extensions: ["png", "pgm", "ppm"]))
  var output: String?

  @Option(help: "Write the model: safetensors.", completion: .models)
  var save: String?

  @Option(help: "Write every point of the curve: .csv or .jsonl.", completion: .file(extensions: ["csv", "jsonl"]))
  var log: String?

  @Option(help: "Write the result as JSON; - is standard output.", completion: .json)
  var json: String?

  @Option(help: "Write a report: curves, pictures and the table as one .html file.", completion: .reports)
  var report: String?

  @Option(help: "Write an event file into this folder while training, for tensorboard --logdir.", completion: .directory)
  var tensorboard: String?

  func run() throws {
    let threads = try threading.count()
    let open = try options.configuration()
    let loaded = try data.load()
    for note in loaded.notes { printError("asmr-tui: \(loaded.name): \(note)") }
    let signal = loaded.signal
    let configuration = try open.resolved(shape: signal.shape)
    try checkOutputs(channels: signal.channels)
    try MemoryBudget.check(configuration, shape: signal.shape, channels: signal.channels, threads: threads)
    if let padded = configuration.paddingNote(shape: signal.shape) { printError("asmr-tui: \(loaded.name): \(padded)") }

    let events = try tensorboard.map { folder in
      try EventLog(folder: folder, configuration: configuration, target: signal, date: Date().timeIntervalSince1970)
    }
    var eventsFault: SignalError?
    func writeEvents(_ body: (EventLog) throws(SignalError) -> Void) {
      guard let events, eventsFault == nil else { return }
      do throws(SignalError) { try body(events) } catch { eventsFault = error }
    }
    let session = TrainingSession(signal: signal, threads: threads)
    let result = session.run(
      configuration, savePath: save, keepsMetrics: log != nil || report != nil,
      pictureSteps: events == nil ? [] : Self.pictureSteps(configuration.steps ?? 0),
      observe: { snapshot in writeEvents { events throws(SignalError) in try events.add(snapshot) } },
      progress: ProgressLine(total: configuration.steps ?? 0))
    writeEvents { events throws(SignalError) in try events.finish(result.snapshot) }
    try write(result, loaded, threads: threads)

    if let eventsFault { throw eventsFault }
    if let fault = result.saveFault { throw Exit(status: .cannotWrite, message: fault) }
    if result.snapshot.state == .diverged {
      throw Exit(
        status: .software,
        message: "the run diverged at step \(result.snapshot.step); the last good parameters were kept (a smaller --lr or --omega may help)")
    }
    if let signal = session.interruption { throw Exit(status: .signal(signal)) }
  }

  /// When reconstructions go into the event file: early ones differ most. With the final one there are nine.
  private static func pictureSteps(_ steps: Int) -> [Int] { (1...8).reversed().map { steps >> $0 }.filter { $0 > 0 } }

  /// Faults of the outputs' names are said before the training, not after.
  private func checkOutputs(channels: Int) throws {
    if let output { _ = try ImageWriter.format(forPath: output, channels: channels) }
    if let log, CurveFile.format(path: log) == nil {
      throw SignalError(kind: .usage, file: log, message: "curve: found \(ending(of: log)); allowed are .csv and .jsonl")
    }
    try checkReport(report)
    try checkEvents(
      tensorboard, found: "another run, which would become one curve with this one's", allowed: "a folder without")
    try checkFiles([("--output", output), ("--save", save), ("--log", log), ("--json", json), ("--report", report)])
  }

  /// Writes every output that was asked for, also when another one fails; then throws the first fault.
  private func write(_ result: TrainingSession.Result, _ loaded: LoadedSignal, threads: Int) throws {
    let signal = loaded.signal
    var fault: (any Error)?
    func attempt(_ body: () throws -> Void) {
      do { try body() } catch { fault = fault ?? error }
    }
    let snapshot = result.snapshot
    if let output { attempt { try ImageWriter.write(result.picture, to: output) } }
    let record = Record(
      name: loaded.name, target: signal, threads: threads, date: Date().timeIntervalSince1970,
      runs: [RunRecord(snapshot, metrics: result.metrics, similarities: result.similarities)])
    if let log, let format = CurveFile.format(path: log) {
      attempt { try AtomicFile.write(CurveFile.bytes(record, as: format), to: log) }
    }
    if let report { attempt { try AtomicFile.write(HTMLReport.bytes(record), to: report) } }
    if let json {
      attempt {
        let bytes = try RunReport(snapshot, shape: signal.shape, channels: signal.channels, threads: threads).json()
        try writeOutput(bytes, to: json)
      }
    }
    if let fault { throw fault }
  }
}
