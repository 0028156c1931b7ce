import ArgumentParser
import Canvas
import Networks
import Signals
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct SessionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions", abstract: "List the sessions that the explorer has saved, the newest first.",
    discussion: "asmr-tui --resume NAME goes on with one of them, asmr-tui --resume with the newest.")

  @Option(defaultAsFlag: "-", help: "Write JSON to a file, or in the table's place: --json or --json -.", completion: .json)
  var json: String?

  func run() throws {
    try checkFiles([("--json", json)])
    let store = try SessionOptions.store()
    let lines = store.names().map { Line($0, store) }
    if let json {
      return try writeOutput(prettyJSON(lines), to: json)
    }
    guard !lines.isEmpty else { return print("no sessions in \(store.folder)") }
    let rows = [["name", "saved", "picture", "runs"]] + lines.map(\.row)
    let widths = (0..<3).map { column in rows.map { $0[column].columns }.max() ?? 0 }
    for row in rows {
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.columns) }
      print((cells + [row[3]]).joined(separator: "  "))
    }
  }

  /// A session as it is listed.
  private struct Line: Encodable {
    struct Picture: Encodable {
      var name: String
      var path: String?
      var shape: [Int]
      var channels: Int
    }
    struct Run: Encodable {
      var label: String
      var state: RunState
      var step: Int
      /// Of the parameters before the last step, in dB; nil before the first.
      var psnr: Double?
      var configuration: RunConfiguration
    }
    var name: String
    var path: String
    /// ISO 8601.
    var saved: String?
    var autosave: Bool?
    var previous: Bool
    var picture: Picture?
    var runs: [Run]?
    /// Why it does not open.
    var fault: String?

    init(_ name: String, _ store: SessionStore) {
      (self.name, path, previous) = (name, store.path(name), SessionStore.isPrevious(name))
      do throws(SignalError) {
        let session = try store.read(name)
        saved = Self.time(session.date, "%Y-%m-%dT%H:%M:%S%z")
        autosave = session.isAutosave
        let found = session.picture
        picture = Picture(name: found.name, path: found.path, shape: found.shape, channels: found.channels)
        runs = session.runs.map { run in
          let (checkpoint, last) = (run.checkpoint, run.metrics.last?.psnr)
          let configuration = checkpoint.trainer.configuration
          return Run(
            label: configuration.label, state: checkpoint.state, step: checkpoint.trainer.step,
            psnr: last.flatMap { $0.isFinite ? $0 : nil }, configuration: configuration)
        }
      } catch {
        fault = error.message
      }
    }

    private static func time(_ date: Double, _ format: String) -> String {
      var (seconds, parts) = (time_t(min(max(date, 0), 1e11)), tm())
      localtime_r(&seconds, &parts)
      var buffer = [CChar](repeating: 0, count: 64)
      let count = strftime(&buffer, buffer.count, format, &parts)
      return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Name, time, picture, runs.
    var row: [String] {
      guard let saved, let picture, let runs else { return [name, "", "", fault ?? ""].map(SignalError.printable) }
      let day = saved.prefix(10) + " " + saved.dropFirst(11).prefix(5)
      let all = runs.map { "\($0.label), step \(NumberText.grouped($0.step))" }.joined(separator: "; ")
      return [name, String(day), "\(picture.name) \(sizeText(picture.shape))", all].map(SignalError.printable)
    }
  }
}
