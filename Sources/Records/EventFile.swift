import Networks
import Signals
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A TensorBoard event file of one run, as bytes that only ever grow: what is added goes behind what is there, and every
/// part of the file that ends with a record is a file.
///
/// A TFRecord each holds an `Event` (TensorFlow, `core/util/event.proto`; `core/framework/summary.proto`):
///
/// | tag | when | what |
/// |---|---|---|
/// | `psnr`, `loss`, `learning_rate` | every step | scalars; dB, mean squared error |
/// | `ssim` | where it was measured | scalar |
/// | `reconstruction`, `target` | now and then, once | images, PNG |
/// | `configuration` | once | text, Markdown |
///
/// Scalars are float32 there.
public struct EventFile: Sendable {
  /// Not yet taken.
  private var bytes: [UInt8] = []
  /// Seconds since 1970 at which the run's clock without pauses stood at 0.
  private let origin: Double

  /// - Parameter origin: seconds since 1970 of the moment to which the run's elapsed seconds are added.
  public init(origin: Double) {
    self.origin = origin
    event(elapsed: 0, step: 0) { $0.add(3, "brain.Event:2") }
  }

  /// TensorBoard takes every file with `tfevents` in its name: `events.out.tfevents.1700000000.host`.
  public static func name(date: Double) -> String {
    var name = [CChar](repeating: 0, count: 256)
    let isKnown = gethostname(&name, name.count - 1) == 0
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "events.out.tfevents.\(Int(date)).\(isKnown && !host.isEmpty ? host.filter { $0 != "/" } : "localhost")"
  }

  /// What has been added since the last call.
  public mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  // MARK: What is added

  /// The run's configuration as a table, and what there is to know about its curve.
  public mutating func add(_ configuration: RunConfiguration, name: String) {
    var text = "**\(name)**\n\n| field | value |\n|---|---|\n"
    for field in RunField.all {
      if let value = field.text(of: configuration) { text += "| \(field.name) | \(value) |\n" }
    }
    if case .samples? = configuration.batch {
      text += "\nPSNR and loss are estimates from the mini-batches of the last epoch.\n"
    }
    summary(tag: "configuration", elapsed: 0, step: 0) { value in
      value.add(8) { tensor in
        tensor.add(1, DataType.string)
        tensor.add(2) { shape in shape.add(2) { $0.add(1, 1) } }
        tensor.add(8, text)
      }
      value.add(9) { metadata in
        metadata.add(1) { $0.add(1, "text") }
        metadata.add(4, DataClass.tensor)
      }
    }
  }

  public mutating func add(_ point: StepMetrics) {
    event(elapsed: point.elapsedSeconds, step: point.step) { event in
      event.add(5) { summary in
        func scalar(_ tag: String, _ number: Float) {
          summary.add(1) { value in
            value.add(1, tag)
            value.add(2, number)
          }
        }
        scalar("psnr", Float(point.psnr))
        scalar("loss", Float(point.loss))
        if let rate = point.learningRate { scalar("learning_rate", rate) }
      }
    }
  }

  public mutating func add(_ similarity: Similarity, elapsed: Double) {
    summary(tag: "ssim", elapsed: elapsed, step: similarity.step) { $0.add(2, Float(similarity.value)) }
  }

  /// A picture of 1 or 3 channels; clamped to [0, 1] and rounded to 8 bits.
  public mutating func add(_ picture: Signal, tag: String, elapsed: Double, step: Int) throws(SignalError) {
    let png = try ImageWriter.encode(picture, as: .png)
    summary(tag: tag, elapsed: elapsed, step: step) { value in
      value.add(4) { image in
        image.add(1, picture.shape[0])
        image.add(2, picture.shape[1])
        // Its own numbers of colour spaces: 1 grey, 3 RGB.
        image.add(3, picture.channels)
        image.add(4, png)
      }
    }
  }

  /// Everything of a run and, where there is one, the picture that it learnt.
  static func bytes(_ run: RunRecord, target: Signal?, date: Double) throws(SignalError) -> [UInt8] {
    var file = EventFile(origin: date - run.elapsedSeconds)
    file.add(run.configuration, name: run.name)
    if let target { try file.add(target, tag: "target", elapsed: 0, step: 0) }
    let points = run.points
    var similarities = run.allSimilarities[...]
    for point in points {
      file.add(point)
      while let similarity = similarities.first, similarity.step <= point.step {
        file.add(similarity, elapsed: point.elapsedSeconds)
        similarities.removeFirst()
      }
    }
    for similarity in similarities { file.add(similarity, elapsed: run.elapsedSeconds) }
    if let picture = run.picture {
      try file.add(picture, tag: "reconstruction", elapsed: run.elapsedSeconds, step: run.pictureStep)
    }
    return file.take()
  }

  // MARK: Messages

  /// `DT_STRING` of `core/framework/types.proto`.
  private enum DataType { static let string = 7 }
  /// `DATA_CLASS_TENSOR` of `core/framework/summary.proto`.
  private enum DataClass { static let tensor = 2 }

  private mutating func event(elapsed: Double, step: Int, _ fill: (inout ProtobufMessage) -> Void) {
    var event = ProtobufMessage()
    event.add(1, origin + elapsed)
    event.add(2, step)
    fill(&event)
    bytes += TFRecord.framed(event.bytes)
  }

  private mutating func summary(
    tag: String, elapsed: Double, step: Int, _ fill: (inout ProtobufMessage) -> Void
  ) {
    event(elapsed: elapsed, step: step) { event in
      event.add(5) { summary in
        summary.add(1) { value in
          value.add(1, tag)
          fill(&value)
        }
      }
    }
  }
}
