import ArgumentParser
import Networks
import Records
import Signals
import Training

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a report, curves or event files of a session that the explorer has saved.",
    discussion: """
      Pictures are drawn from the session's own parameters. Where the picture that they learnt is gone, the report has no \
      target and nothing that is measured against it.
      """)

  @Argument(help: "The session: its name or file; the newest when none is given.", completion: .sessions)
  var session: String?

  @Option(help: "Write a report: curves, pictures and the table as one .html file.", completion: .reports)
  var output: String?

  @Option(help: "Write every point of all curves as CSV.", completion: .file(extensions: ["csv"]))
  var csv: String?

  @Option(help: "Write every point of all curves as JSON Lines.", completion: .file(extensions: ["jsonl"]))
  var jsonl: String?

  @Option(help: "Write an event file for each run into folders below this one, for tensorboard --logdir.", completion: .directory)
  var tensorboard: String?

  @Option(help: "The picture that the runs learnt, where it is now. (default: where it was)", completion: .pictures)
  var image: String?

  @OptionGroup var threading: ThreadOptions

  func validate() throws {
    guard [output, csv, jsonl, tensorboard].contains(where: { $0 != nil }) else {
      throw ValidationError("report: found nothing to write; allowed are --output FILE.html, --csv, --jsonl, --tensorboard")
    }
  }

  func run() throws {
    let threads = try threading.count()
    try checkOutputs()
    var (name, path, session) = try SessionOptions.read(self.session ?? "", command: "asmr-tui report")
    if let image {
      // What is missing at the place that was named is no reason to go on.
      _ = try InputFile.read(path: image)
      session.picture.path = SessionOptions.absolute(image)
    }
    let target = target(of: session, file: path)
    for run in session.runs {
      try MemoryBudget.check(
        run.checkpoint.trainer.configuration, shape: session.picture.shape, channels: session.picture.channels,
        threads: threads, trains: false)
    }
    let record: Record
    do throws(ConfigurationError) {
      record = try Record(session, target: target, threads: threads)
    } catch {
      throw SignalError(kind: .data, file: name, message: "\(error)")
    }
    try write(record)
  }

  /// What the runs learnt; nil, and said, where it is lost.
  private func target(of session: Session, file: String) -> Signal? {
    do throws(SignalError) {
      let loaded = try session.picture.load(file: file)
      for note in loaded.notes.dropFirst(session.picture.notes.count) { printError("asmr-tui: \(file): \(note)") }
      return loaded.signal
    } catch {
      printError("asmr-tui: \(error) (--image); the report goes on without it")
      return nil
    }
  }

  /// Faults of the outputs' names are said before anything is drawn.
  private func checkOutputs() throws {
    try checkReport(output)
    try checkFiles([("--output", output), ("--csv", csv), ("--jsonl", jsonl)])
    try checkEvents(tensorboard, found: "a run in the folder itself", allowed: "one that holds folders of runs")
  }

  /// Writes every output that was asked for, also when another one fails; then throws the first fault.
  private func write(_ record: Record) throws(SignalError) {
    var fault: SignalError?
    func attempt(_ body: () throws(SignalError) -> Void) {
      do throws(SignalError) { try body() } catch { fault = fault ?? error }
    }
    if let output { attempt { () throws(SignalError) in try AtomicFile.write(HTMLReport.bytes(record), to: output) } }
    if let csv { attempt { () throws(SignalError) in try AtomicFile.write(CurveFile.bytes(record, as: .csv), to: csv) } }
    if let jsonl { attempt { () throws(SignalError) in try AtomicFile.write(CurveFile.bytes(record, as: .jsonl), to: jsonl) } }
    if let tensorboard { attempt { () throws(SignalError) in try EventFolder.write(record, to: tensorboard) } }
    if let fault { throw fault }
  }
}
