import Canvas
import Foundation
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Records
@testable import Training

/// Curves and reports of all runs, by the prompt of exports.
@Suite struct RecordExportTests {
  /// Three runs in training, a prompt for the given subject.
  private func prompting(_ subject: ExportSubject, name: String) throws -> ExplorerState {
    var state = try PlotFixture.training(width: 120, height: 40)
    _ = state.press("S")
    while true {
      guard case .export(let prompt) = state.overlay else { break }
      if prompt.subject == subject { break }
      _ = state.update(.key(.tab))
    }
    _ = state.update(.key(.control("u")))
    #expect(state.press(name) == [])
    return state
  }

  private func exports(_ effects: [Effect]) -> [Export] {
    effects.compactMap { if case .export(let export) = $0 { export } else { nil } }
  }

  private func recorded(_ effects: [Effect]) -> Record? {
    guard case .record(let record)? = exports(effects).first?.content else { return nil }
    return record
  }

  /// What the engine answers to a request for a run's picture.
  private func answer(_ state: inout ExplorerState, _ run: Int, step: Int = 400) throws -> [Effect] {
    let asked = try #require(state[RunID(run)])
    let request = try #require(asked.request)
    var other = state
    other.selection = RunID(run)
    var preview = try #require(Fixture.preview(for: other, step: step))
    preview.request = request
    return state.update(.snapshots([Fixture.snapshot(of: other, step: step + 1, preview: preview)]))
  }

  @Test("Tab leads from the view to curves and to the report, each with a name of its own")
  func subjects() throws {
    var state = try PlotFixture.training(width: 120, height: 40)
    #expect(state.press("S") == [])
    #expect(state.text.contains("cameraman-race.png") && state.text.contains("curves of all runs instead"))
    _ = state.update(.key(.tab))
    #expect(state.text.contains("cameraman-curves.csv") && state.text.contains(".csv, .jsonl or .tfevents (TensorBoard)"))
    _ = state.update(.key(.tab))
    #expect(state.text.contains("cameraman-report.html") && state.text.contains("the view instead"))
    _ = state.update(.key(.control("u")))
    _ = state.press("report.pdf")
    #expect(state.update(.key(.enter)) == [])
    #expect(state.text.contains("a report of all runs: found '.pdf'; allowed are .html"))
  }

  @Test("Curves are every raw point of every run, and wait for no picture", arguments: ["a.csv", "a.jsonl"])
  func curves(name: String) throws {
    var state = try prompting(.curves, name: name)
    #expect(state.update(.key(.enter)) == [.checkPath(name)])
    let effects = state.update(.pathIsFree(name))
    let record = try #require(recorded(effects))
    #expect(exports(effects)[0].path == name && state.overlay == nil && state.pendingExport == nil)
    #expect(record.runs.map(\.metrics.count) == [400, 120, 900])
    #expect(record.runs.map(\.metrics) == state.runs.map(\.curve.metrics))
    #expect(record.runs[0].similarities == [Similarity(value: 0.912, step: 399)])
    #expect(record.runs.map(\.configuration) == state.runs.map(\.configuration))
    #expect(record.name == "cameraman.pgm" && record.target == state.subject.signal)
  }

  @Test("A long curve is not thinned in a file")
  func nothingIsThinned() throws {
    var state = try PlotFixture.race(2)
    PlotFixture.tell(&state, 1, PlotFixture.climb(20_000))
    #expect(state.record.runs[0].metrics.count == 20_000 && state.runs[0].curve.thinned.count < 5_000)
  }

  @Test("A report waits for whole pictures of all runs, and then the screen has its own again", arguments: ["a.html", "b.tfevents"])
  func pictures(name: String) throws {
    let isFolder = name.hasSuffix("tfevents")
    var state = try prompting(isFolder ? .curves : .report, name: name)
    let before = state.runs.map(\.request)
    #expect(state.update(.key(.enter)) == [isFolder ? .checkFolder(name) : .checkPath(name)])
    let whole = PreviewRequest(rows: 512, columns: 512, isWhole: true)
    #expect(state.update(.pathIsFree(name)) == (1...3).map { .preview(RunID($0), whole) })
    let first = try answer(&state, 1) + answer(&state, 2)
    #expect(first == [])
    let effects = try answer(&state, 3, step: 900)
    let record = try #require(recorded(effects))
    #expect(record.runs.allSatisfy { $0.picture?.shape == [512, 512] } && record.runs[2].pictureStep == 900)
    #expect(state.runs.map(\.request) == before && state.pendingExport == nil)
  }

  @Test("Who waits too long gets what is there, but no part of a picture")
  func patience() throws {
    var state = try prompting(.report, name: "a.html")
    _ = state.update(.key(.enter))
    state.runs[1].live.preview = Preview(
      step: 9, picture: Fixture.signal(columns: 8, rows: 8), error: nil,
      request: PreviewRequest(rows: 8, columns: 8, crop: PictureRegion(rows: 0..<8, columns: 0..<8)))
    _ = state.update(.pathIsFree("a.html"))
    let early = try answer(&state, 1)
    #expect(exports(early).isEmpty)
    let effects = state.update(.tick(now: PendingExport.patience + 0.1, residentBytes: 0))
    let record = try #require(recorded(effects))
    #expect(record.runs.map { $0.picture != nil } == [true, false, false])
  }

  @Test("A large picture is recorded at a megapixel")
  func largePictures() throws {
    let signal = Signal(shape: [1500, 3000], channels: 1, samples: [Float](repeating: 0.5, count: 4_500_000))
    var state = try PlotFixture.race(1, signal: signal)
    state.pendingExport = PendingExport(subject: .report, format: .html, path: "a.html", pixels: state.pixels, since: 0)
    let request = try #require(state.recordPictures?.runs[RunID(1)])
    #expect((900_000...1_048_576).contains(request.rows * request.columns))
    #expect(abs(Double(request.columns) / Double(request.rows) - 2) < 0.01)
  }

  @Test("A folder that exists asks again, in words of its own")
  func existingFolders() throws {
    var state = try prompting(.curves, name: "a.tfevents")
    _ = state.update(.key(.enter))
    #expect(state.update(.pathExists("a.tfevents")) == [])
    #expect(state.text.contains("This folder exists. Enter once more replaces event files in it."))
    #expect(state.update(.key(.enter)).count == 3)
  }

  @Test("The report's table has the columns of the race's")
  func columns() { #expect(HTMLReport.columns == RunTable.Column.allCases.map(\.title)) }

  @Test("Each kind of file is written", arguments: [ExportFormat.csv, .jsonl, .tfevents, .html])
  func writing(format: ExportFormat) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("asmr-tui-\(UUID().uuidString).\(format.rawValue)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let state = try PlotFixture.training(width: 120, height: 40)
    let written = try Exporter.write(Export(content: .record(state.record), format: format, path: path))
    #expect(written.count == 1 && written.path == path)
    if format == .tfevents {
      let runs = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      #expect(runs == ["ASMR-4-4-4-8", "SIREN-4x256", "SIREN-4x64"])
    } else {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.hasPrefix(["csv": "# {", "jsonl": "{", "html": "<!DOCTYPE html>"][format.rawValue] ?? "?"))
      #expect(text.contains("SIREN 4×256"))
    }
  }
}
