import Canvas
import Networks
import Records
import Signals
import Training

/// Records of all runs, for curves in files and for reports.
extension ExplorerState {
  /// The runs as they are now: those of the race in the table's order, then the orders of bases; hidden ones too. Its date
  /// is that of its writing.
  var record: Record {
    let race = table.sorted(runs.filter { !$0.isPermutation })
    return Record(
      name: subject.name, target: subject.signal, threads: threads, date: 0,
      runs: (race + runs.filter(\.isPermutation)).map { record(of: $0) })
  }

  private func record(of run: RunView) -> RunRecord {
    var record = RunRecord(name: label(of: run), configuration: run.configuration, cost: run.cost, state: run.state)
    let live = run.live
    (record.step, record.trainedSeconds, record.elapsedSeconds) = (live.step, live.trainedSeconds, live.elapsedSeconds)
    (record.stepsPerSecond, record.share) = (live.stepsPerSecond, live.share)
    (record.samplesPerStep, record.best) = (live.samplesPerStep, live.best)
    (record.metrics, record.similarities) = (live.curve.metrics, live.curve.similarities)
    record.final = live.evaluation.map {
      RunRecord.FinalNumbers(step: $0.step, psnr: $0.psnr, ssim: $0.ssim, loss: $0.loss)
    }
    // A part of the picture is none to be recorded.
    if let preview = live.preview, preview.request?.crop == nil {
      (record.picture, record.pictureStep) = (preview.picture, preview.step)
    }
    return record
  }

  /// While a record waits for reconstructions: those of all runs, as large as the target, or as large as a megapixel lets
  /// them be.
  var recordPictures: PictureRequests? {
    guard let pending = pendingExport, pending.subject.isRecord, pending.needsPictures else { return nil }
    let most = 1_048_576.0
    let scale = min(1, (most / Double(max(1, subject.rows * subject.columns))).squareRoot())
    let request = PreviewRequest(
      rows: Int((Double(subject.rows) * scale).rounded(.down)), columns: Int((Double(subject.columns) * scale).rounded(.down)),
      isWhole: true)
    return (nil, Dictionary(runs.map { ($0.id, request) }, uniquingKeysWith: { first, _ in first }))
  }
}
