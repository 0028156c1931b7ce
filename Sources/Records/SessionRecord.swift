import Networks
import Signals
import Training

extension Record {
  /// A session as a record of the moment at which it was saved. Pictures are drawn from the runs' parameters, a forward
  /// pass each; held against the target they also give PSNR, SSIM and loss.
  ///
  /// - Parameters:
  ///   - target: what the runs learnt, of the session's shape; nil where it is lost, and then what is measured against it is
  ///     missing.
  ///   - threads: that draw. How many trained a session does not say.
  /// - Throws: parameters that do not fit their configuration: the run, what was found and what is allowed.
  public init(_ session: Session, target: Signal?, threads: Int) throws(ConfigurationError) {
    let (shape, channels) = (session.picture.shape, session.picture.channels)
    let configurations = session.runs.map(\.checkpoint.trainer.configuration)
    var runs: [RunRecord] = []
    for (index, run) in session.runs.enumerated() {
      var others = configurations
      let configuration = others.remove(at: index)
      let name = configuration.label + (configuration.difference(from: others).map { ", " + $0 } ?? "")
      do throws(ConfigurationError) {
        var record = try RunRecord(run, name: name, shape: shape, channels: channels)
        let picture = try run.checkpoint.trainer.reconstruction(shape: shape, channels: channels, threads: threads)
        record.draw(picture, of: target)
        runs.append(record)
      } catch {
        throw ConfigurationError("run \(run.id.value): \(error)")
      }
    }
    self.init(
      name: session.picture.name, shape: shape, channels: channels, target: target, threads: nil, date: session.date,
      runs: runs)
  }
}

extension RunRecord {
  /// What a session has of a run, without a picture.
  ///
  /// - Throws: a configuration that does not fit the data.
  fileprivate init(_ run: SessionRun, name: String, shape: [Int], channels: Int) throws(ConfigurationError) {
    let (checkpoint, trainer) = (run.checkpoint, run.checkpoint.trainer)
    let configuration = trainer.configuration
    let cost = try configuration.modelConfiguration(shape: shape).cost(shape: shape, channels: channels)
    self.init(name: name, configuration: configuration, cost: cost, state: checkpoint.state)
    (step, best) = (trainer.step, checkpoint.best)
    (trainedSeconds, elapsedSeconds) = (checkpoint.trainedSeconds, checkpoint.elapsedSeconds)
    samplesPerStep = BatchCost(configuration.batch, of: configuration, cost: cost, shape: shape)?.samples ?? shape.reduce(1, *)
    (metrics, similarities) = (run.metrics, run.similarities)
  }

  /// Takes the picture that the parameters draw, and what it is worth where the target is at hand.
  fileprivate mutating func draw(_ picture: Signal, of target: Signal?) {
    (self.picture, pictureStep) = (picture, step)
    guard let target else { return }
    let evaluation = Evaluation(step: step, picture, of: target)
    final = FinalNumbers(step: step, psnr: evaluation.psnr, ssim: evaluation.ssim, loss: evaluation.loss)
  }
}
