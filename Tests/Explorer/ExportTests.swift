import Canvas
import Foundation
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

@Suite struct ExportTests {
  private func prompt(_ state: ExplorerState) -> ExportPrompt? {
    if case .export(let prompt) = state.overlay { prompt } else { nil }
  }

  private func exports(_ effects: [Effect]) -> [Export] {
    effects.compactMap { if case .export(let export) = $0 { export } else { nil } }
  }

  // MARK: The prompt

  @Test func theNameSaysHowAndWrongOnesSayWhatIsAllowed() throws {
    var state = try Fixture.state(width: 120, height: 40)
    #expect(state.press("S") == [])
    #expect(prompt(state)?.line.text == "cameraman-race.png")
    for (name, found) in [("view.jpg", "'.jpg'"), ("view", "no suffix"), ("a.png/view", "no suffix"), ("view.gif", "'.gif'"), ("view.", "'.'")] {
      _ = state.update(.key(.control("u")))
      _ = state.press(name)
      #expect(state.update(.key(.enter)) == [])
      #expect(state.text.contains("found \(found); allowed are .png, .ansi, .sixel or .txt"), "\(state.text)")
    }
    for name in ["view.PNG", "./a.b.six", "x.ans", "~/screen.txt"] {
      _ = state.update(.key(.control("u")))
      _ = state.press(name)
      #expect(state.update(.key(.enter)) == [.checkPath(name)])
    }
    #expect(state.update(.key(.escape)) == [] && state.overlay == nil)
  }

  @Test func aFileThatExistsAsksAgain() throws {
    var state = try Fixture.state(width: 120, height: 40)
    _ = state.press("S")
    _ = state.update(.key(.control("u")))
    _ = state.press("v.txt")
    #expect(state.update(.key(.enter)) == [.checkPath("v.txt")])
    #expect(state.update(.pathExists("v.txt")) == [] && state.text.contains("exists"))
    let effects = state.update(.key(.enter))
    #expect(state.overlay == nil && (state.pendingExport != nil || exports(effects).count == 1))
    _ = state.press("S")
    #expect(state.update(.pathFault("v.txt", "v.txt: cannot be written")) == [] && state.text.contains("cannot be written"))
  }

  // MARK: What is written

  @Test func aPictureIsWrittenOnceItHasTheFilesResolution() throws {
    var fixture = try CompareFixture(width: 120, height: 40, runs: 2, keys: "")
    fixture.type("1")
    fixture.answer()
    let screen = fixture.state.frame()
    let before = fixture.state.runs.map(\.request)
    fixture.type("S")
    fixture.press(.enter)
    let asked = fixture.state.update(.pathIsFree("cameraman-race.png"))
    // Pictures of 8×16 pixels a cell are asked for, and the file waits for all of them.
    #expect(exports(asked).isEmpty)
    let rect = try #require(screen.pictures.first?.rect)
    #expect(fixture.state.runs.allSatisfy { $0.request?.rows == min(16 * rect.height, 512) && $0.request?.columns == min(8 * rect.width, 512) })
    var effects = answered(&fixture.state, run: 0)
    #expect(exports(effects).isEmpty)
    effects = answered(&fixture.state, run: 1)
    let export = try #require(exports(effects).first)
    #expect(export.path == "cameraman-race.png" && export.format == .png && export.cell == PixelSize(width: 8, height: 16))
    guard case .frames(let frames) = export.content, let frame = frames.first else {
      Issue.record("no frame")
      return
    }
    #expect(frames.count == 1 && frame.width == 120 && frame.height == 40)
    let shown = frame.pictures.filter { $0.rect == rect || $0.rect.width == rect.width }
    #expect(shown.allSatisfy { $0.raster.width == min(8 * rect.width, 512) && $0.raster.height == min(16 * rect.height, 512) })
    // Text is as on the screen, and the screen goes on at its own resolution.
    #expect(frame.text() == screen.text())
    #expect(fixture.state.runs.map(\.request) == before && fixture.state.pixels == PixelSize(width: 1, height: 2))
  }

  /// A run answers what it was asked, and what follows from that.
  private func answered(_ state: inout ExplorerState, run index: Int) -> [Effect] {
    let run = state.runs[index]
    let signal = state.subject.signal
    let preview = run.request.flatMap {
      PreviewRenderer(signal: signal).preview(of: CompareFixture.output(run.id, of: signal), step: 412, request: $0)
    }
    let snapshot = Snapshot(
      run: run.id, configuration: run.configuration, cost: run.cost, flopPerStep: 1e9, state: .training, step: 412,
      trainedSeconds: 5, elapsedSeconds: 6, stepsPerSecond: 70, learningRate: 1e-3, best: nil, similarity: nil,
      generation: run.generation, metrics: [], preview: preview, evaluation: nil, notices: [])
    return state.update(.snapshots([snapshot]))
  }

  @Test func nobodyWaitsForEverForAPicture() throws {
    var fixture = try CompareFixture(width: 120, height: 40, runs: 2)
    _ = fixture.state.update(.tick(now: 100, residentBytes: 0))
    fixture.type("1S")
    #expect(exports(fixture.state.update(.pathIsFree("v.png"))).isEmpty)
    #expect(exports(fixture.state.update(.tick(now: 103, residentBytes: 0))).isEmpty)
    #expect(exports(fixture.state.update(.tick(now: 104.1, residentBytes: 0))).count == 1)
    #expect(fixture.state.pendingExport == nil && fixture.state.pixels == PixelSize(width: 1, height: 2))
    // What came of it is said.
    #expect(fixture.state.update(.exported("v.png", count: 1)) == [] && fixture.state.text.contains("exported v.png"))
    #expect(fixture.state.update(.exportFailed("v.png: no room")) == [] && fixture.state.text.contains("no room"))
  }

  @Test func anotherFontMeanwhileStays() throws {
    var fixture = try CompareFixture(width: 120, height: 40, runs: 2)
    fixture.type("1S")
    _ = fixture.state.update(.pathIsFree("v.png"))
    fixture.state.adopt(PixelSize(width: 2, height: 4))
    _ = fixture.state.update(.tick(now: 50, residentBytes: 0))
    #expect(fixture.state.pixels == PixelSize(width: 2, height: 4))
  }

  @Test func mapsAreOnePictureInTheOrderOfTheScreen() throws {
    var fixture = try FeaturesFixture(width: 120, height: 40)
    _ = fixture.press(.character("S"), .tab)
    #expect(prompt(fixture.state)?.subject == .mapGrid && prompt(fixture.state)?.line.text == "cameraman-asmr-maps.png")
    _ = fixture.state.update(.pathIsFree("maps.png"))
    fixture.answer()
    let effects = fixture.state.update(.tick(now: 0.1, residentBytes: 0))
    let export = try #require(exports(effects).first)
    guard case .frames(let frames) = export.content, let frame = frames.first else {
      Issue.record("\(effects)")
      return
    }
    let layout = try fixture.layout()
    let contents = fixture.state.featureContents
    let maps = fixture.state.featureGridMaps(layout)
    let text = frame.text()
    // Each map has a picture and what its colours stand for, and is titled with level, resolution, unit and numbers.
    #expect(frame.pictures.count == 2 * maps.count && maps.count == layout.grid.tiles.count && maps.count > 8)
    for map in maps {
      let (line, numbers) = (contents.lines[map.tile.line], try #require(map.picture).numbers)
      #expect(text.contains("\(line.layer.title)  activation") && text.contains("\(line.resolution)  unit \(map.place.unit)"))
      #expect(text.contains("min \(MapNumbers.text(numbers.least))  max \(MapNumbers.text(numbers.greatest))"))
      #expect(text.contains("mean \(MapNumbers.text(numbers.mean))  σ \(MapNumbers.text(numbers.deviation))"))
    }
    // Levels stand below each other, their units beside each other.
    #expect(Set(frame.pictures.map(\.rect.y)).count == 2 * layout.grid.lines.count)
    #expect(export.cell == MapSheet.cell && text.contains("ASMR") && text.contains("seed 1"))
  }

  @Test func aTimeLapseHasAFrameForEachOfTheRecordings() throws {
    var fixture = try FeaturesFixture(width: 120, height: 40, keys: "w")
    fixture.record([0, 1, 2, 4])
    _ = fixture.press(.character("S"), .tab, .tab)
    #expect(prompt(fixture.state)?.subject == .timeLapse && prompt(fixture.state)?.line.text == "cameraman-asmr-unit-0.gif")
    let export = try #require(exports(fixture.state.update(.pathIsFree("unit.gif"))).first)
    guard case .frames(let frames) = export.content else {
      Issue.record("\(export.content)")
      return
    }
    #expect(frames.count == 4 && export.delay >= 2)
    #expect(frames.map { $0.text().split(separator: "\n").first.map(String.init)?.contains("step") } == [true, true, true, true])
    #expect(frames[3].text().contains("step 4   10.25 dB") && frames[3].text().contains("level 3"))
    #expect(frames.allSatisfy { $0.pictures.count == 8 && $0.text().contains("activation") && $0.text().contains("mean ") })
    // Every title is whole: the unit, the layer's resolution, and how many points were recorded of it.
    #expect(frames[0].text().contains("level 3  unit 0") && frames[0].text().contains("512×512  ≈ at 128×128"), "\(frames[0].text().split(separator: "\n").prefix(6))")
  }

  @Test("A recording can be written from any view, and quitting asks while it is in no file")
  func aRecordingIsNotLostUnasked() throws {
    var fixture = try FeaturesFixture(width: 120, height: 40, keys: "w")
    fixture.record([0, 1, 2])
    let id = fixture.state.runs[0].id
    let notice = Notice.saved(path: "m.safetensors", step: fixture.state.run.live.step, psnr: 20)
    _ = fixture.state.update(.snapshots([Fixture.snapshot(of: fixture.state, step: fixture.state.run.live.step, notices: [notice])]))
    #expect(fixture.state.unsavedRuns.isEmpty && fixture.state[id] != nil)
    _ = fixture.state.press("1")
    #expect(fixture.state.press("q") == [] && fixture.state.overlay == .confirmQuit)
    #expect(fixture.state.text.contains("The recording (3 frames) is in no file.") && !fixture.state.text.contains("not saved"))
    // There is nothing else to save.
    #expect(fixture.state.press("s") == [] && fixture.state.overlay == .confirmQuit)
    #expect(fixture.state.press("w") == [] && prompt(fixture.state)?.subject == .timeLapse)
    let export = try #require(exports(fixture.state.update(.pathIsFree("unit.gif"))).first)
    #expect(export.recordedStep == 2)
    // Frames that came while it was written are in no file.
    fixture.record([3])
    _ = fixture.state.update(.exported("unit.gif", count: 1, recordedStep: 2))
    #expect(fixture.state.unwrittenFrames == 1)
    _ = fixture.state.press("q")
    #expect(fixture.state.text.contains("Of the recording, 1 frame is in no file."))
    _ = fixture.press(.escape)
    // Others say nothing of it.
    _ = fixture.state.update(.exported("view.png", count: 1))
    #expect(fixture.state.unwrittenFrames == 1)
    _ = fixture.state.update(.exported("unit.gif", count: 1, recordedStep: 3))
    #expect(fixture.state.unwrittenFrames == 0)
  }

  @Test func ofNumberedFilesTheFirstIsAskedAfter() throws {
    var fixture = try FeaturesFixture(width: 120, height: 40, keys: "w")
    fixture.record(Array(0..<12))
    _ = fixture.press(.character("S"), .tab, .tab, .control("u"))
    _ = fixture.state.press("f.png")
    #expect(fixture.press(.enter) == [.checkPaths((0..<12).map { "f-\($0 < 10 ? "0" : "")\($0).png" })])
    #expect(fixture.state.update(.pathExists("f-00.png")) == [] && fixture.state.text.contains("exists"))
    let export = try #require(exports(fixture.press(.enter)).first)
    #expect(export.path == "f.png" && export.format == .png)
  }

  // MARK: Files

  private func scratch(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "asmr-export-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private var frame: Frame {
    var frame = Frame(width: 20, height: 6, style: Style(foreground: .rgb(RGB(200, 200, 200)), background: .rgb(RGB(0, 0, 0))))
    frame.put("hello", x: 1, y: 0, Style(foreground: .rgb(RGB(255, 0, 0)), background: .rgb(RGB(0, 0, 0))))
    var pixels: [UInt8] = []
    for y in 0..<64 {
      for x in 0..<64 { pixels += [UInt8(4 * x), UInt8(4 * y), 128] }
    }
    frame.place(Raster(width: 64, height: 64, pixels: pixels)!, in: Rect(x: 2, y: 1, width: 8, height: 4), id: 0)
    return frame
  }

  @Test func everyFormatIsWrittenAndReadBack() throws {
    try scratch { folder in
      func write(_ name: String, _ format: ExportFormat, _ frames: [Frame]) throws -> String {
        let path = folder.appending(path: name).path
        _ = try Exporter.write(Export(content: .frames(frames), format: format, path: path, delay: 5))
        return path
      }
      let png = try ImageReader.read(path: write("a.png", .png, [frame])).signal
      // The picture's own pixels, one by one.
      #expect(png.shape == [96, 160])
      for (x, y) in [(0, 0), (13, 7), (63, 63)] {
        let place = 3 * ((16 + y) * 160 + 16 + x)
        let bytes = (0..<3).map { Int((png.samples[place + $0] * 255).rounded()) }
        #expect(bytes == [x * 4, y * 4, 128], "\(x), \(y)")
      }
      let text = try String(contentsOfFile: write("a.txt", .txt, [frame]), encoding: .utf8)
      #expect(text.hasPrefix(" hello\n") && !text.contains("\u{1B}"))
      let ansi = try String(contentsOfFile: write("a.ansi", .ansi, [frame]), encoding: .utf8)
      #expect(ansi.contains("hello") && ansi.contains("38;2;255;0;0") && ansi.contains("▀"))
      let sixel = try Data(contentsOf: URL(fileURLWithPath: write("a.sixel", .sixel, [frame])))
      #expect(sixel.starts(with: Data("\u{1B}P".utf8)) && sixel.suffix(2) == Data([0x1B, 0x5C]))
      let gif = try Data(contentsOf: URL(fileURLWithPath: write("a.gif", .gif, [frame, frame])))
      #expect(gif.starts(with: Data("GIF89a".utf8)) && gif.last == 0x3B)
    }
  }

  @Test func framesAsPicturesAreNumbered() throws {
    try scratch { folder in
      let export = Export(content: .frames(Array(repeating: frame, count: 11)), format: .png, path: folder.appending(path: "f.png").path)
      let result = try Exporter.write(export)
      #expect(result.count == 11 && result.path.hasSuffix("f-00.png"))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names == (0...10).map { "f-\($0 < 10 ? "0" : "")\($0).png" })
    }
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    try scratch { folder in
      let path = folder.appending(path: "none/a.png").path
      let error = try #require(throws: SignalError.self) {
        try Exporter.write(Export(content: .frames([frame]), format: .png, path: path))
      }
      #expect(error.kind == .cannotWrite && error.description.contains(path))
    }
  }
}
