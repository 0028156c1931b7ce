import Networks
import Signals
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The curves of several runs in one file: every raw point, one a line, with the number of its run.
public enum CurveFile {
  public enum Format: String, CaseIterable, Sendable { case csv, jsonl }

  /// The format that a path's ending asks for; nil for any other.
  public static func format(path: String) -> Format? {
    path.split(separator: "/").last?.split(separator: ".").last.flatMap { Format(rawValue: $0.lowercased()) }
  }

  /// `run,step,psnr,loss,ssim,learning_rate,seconds,elapsed_seconds,estimate`, runs numbered from 1 one after the other.
  ///
  /// What is undefined or was not measured at a step is empty in CSV and null in JSON Lines. Number, name and configuration
  /// of every run stand at the top: in CSV a comment each, in JSON Lines an object each.
  ///
  /// Throws `.cannotWrite` for a configuration with a number that JSON cannot hold.
  public static func bytes(_ record: Record, as format: Format) throws(SignalError) -> [UInt8] {
    var text = ""
    for (index, run) in record.runs.enumerated() {
      let header = Header(run: index + 1, name: run.name, picture: record.name, configuration: run.configuration)
      text += (format == .csv ? "# " : "") + (try json(header)) + "\n"
    }
    if format == .csv { text += columns.joined(separator: ",") + "\n" }
    for (index, run) in record.runs.enumerated() { append(run, number: index + 1, as: format, to: &text) }
    return Array(text.utf8)
  }

  private struct Header: Encodable {
    let run: Int
    let name: String
    let picture: String
    let configuration: RunConfiguration
  }

  private static func json(_ header: Header) throws(SignalError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(header), as: UTF8.self)
    } catch {
      throw SignalError(kind: .cannotWrite, file: header.name, message: "the configuration cannot be encoded: \(error)")
    }
  }

  private static let columns = [
    "run", "step", "psnr", "loss", "ssim", "learning_rate", "seconds", "elapsed_seconds", "estimate",
  ]

  private static func append(_ run: RunRecord, number: Int, as format: Format, to text: inout String) {
    let undefined = format == .csv ? "" : "null"
    func real(_ value: Double?) -> String { value.flatMap { $0.isFinite ? "\($0)" : nil } ?? undefined }
    let ssim = Dictionary(run.allSimilarities.map { ($0.step, $0.value) }, uniquingKeysWith: { _, newer in newer })
    for point in run.points {
      let estimate = format == .csv ? (point.isEstimate ? "1" : "0") : "\(point.isEstimate)"
      let values = [
        "\(number)", "\(point.step)", real(point.psnr), real(point.loss), real(ssim[point.step]),
        point.learningRate.map { "\($0)" } ?? undefined, real(point.seconds), real(point.elapsedSeconds), estimate,
      ]
      switch format {
      case .csv: text += values.joined(separator: ",")
      case .jsonl:
        text += "{" + zip(columns, values).map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
      }
      text += "\n"
    }
  }
}
