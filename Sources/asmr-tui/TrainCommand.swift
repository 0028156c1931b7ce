import ArgumentParser
import Networks
import Signals
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Fit a picture without the screen, and write what comes of it.")

  @OptionGroup var data: DataOptions
  @OptionGroup var options: RunOptions
  @OptionGroup var threading: ThreadOptions

  @Option(help: "Write the reconstruction: .png, .pgm or .ppm.")
  var output: String?

  @Option(help: "Write the model: safetensors.")
  var save: String?

  @Option(help: "Write every point of the curve: .csv or .jsonl.")
  var log: String?

  @Option(help: "Write the result as JSON; - is standard output.")
  var json: String?

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

    let session = TrainingSession(signal: signal, threads: threads)
    let result = session.run(
      configuration, savePath: save, keepsMetrics: log != nil, progress: ProgressLine(total: configuration.steps ?? 0))
    try write(result, signal: signal, threads: threads)

    if let fault = result.saveFault { throw Exit(status: .cannotWrite, message: fault) }
    if result.snapshot.state == .diverged {
      throw Exit(
        status: .software,
        message: "the run diverged at step \(result.snapshot.step); the last good parameters were kept (a smaller --lr or --omega may help)")
    }
    if let signal = session.interruption { throw Exit(status: .signal(signal)) }
  }

  /// Faults of the outputs' names are said before the training, not after.
  private func checkOutputs(channels: Int) throws {
    if let output { _ = try ImageWriter.format(forPath: output, channels: channels) }
    if let log, CurveFile.format(path: log) == nil {
      throw SignalError(kind: .usage, file: log, message: "curve: found the ending \(log.split(separator: ".").last.map { ".\($0)" } ?? "of no kind"); allowed are .csv and .jsonl")
    }
    var outputs: Set<String> = []
    for (option, path) in [("--output", output), ("--save", save), ("--log", log), ("--json", json)] {
      guard let path else { continue }
      guard path != "-" || option == "--json" else {
        throw SignalError(kind: .usage, file: path, message: "\(option): found -; allowed is a file (only --json writes to standard output)")
      }
      guard outputs.insert(path).inserted else {
        throw SignalError(kind: .usage, file: path, message: "\(option): found the file of another output; allowed is one of its own")
      }
      if path != "-" { try AtomicFile.checkWritable(path) }
    }
  }

  /// Writes every output that was asked for, also when another one fails; then throws the first fault.
  private func write(_ result: TrainingSession.Result, signal: Signal, threads: Int) throws {
    var fault: (any Error)?
    func attempt(_ body: () throws -> Void) {
      do { try body() } catch { fault = fault ?? error }
    }
    let snapshot = result.snapshot
    if let output { attempt { try ImageWriter.write(result.picture, to: output) } }
    if let log, let format = CurveFile.format(path: log) {
      attempt {
        let bytes = try CurveFile.bytes(
          result.metrics, final: snapshot.evaluation, configuration: snapshot.configuration,
          seconds: snapshot.trainedSeconds, as: format)
        try AtomicFile.write(bytes, to: log)
      }
    }
    if let json {
      attempt {
        let bytes = try RunReport(snapshot, shape: signal.shape, channels: signal.channels, threads: threads).json()
        if json == "-" { try writeOutput(bytes) } else { try AtomicFile.write(bytes, to: json) }
      }
    }
    if let fault { throw fault }
  }
}
