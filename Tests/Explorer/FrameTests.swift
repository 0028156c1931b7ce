import Canvas
import Testing
@testable import Training

@testable import Explorer

/// Whole screens; see `GoldenFrame`.
@Suite struct GoldenFrameTests {
  private static let sizes = [(100, 30), (80, 24), (60, 16)]

  @Test(arguments: sizes) func training(width: Int, height: Int) throws {
    try GoldenFrame.compare(Fixture.training(width: width, height: height), "training-\(width)x\(height)")
  }

  @Test(arguments: sizes) func errorMap(width: Int, height: Int) throws {
    try GoldenFrame.compare(Fixture.training(width: width, height: height, showsError: true), "error-\(width)x\(height)")
  }

  @Test(arguments: sizes) func ascii(width: Int, height: Int) throws {
    let state = try Fixture.training(width: width, height: height, showsError: true, glyphs: .ascii)
    try GoldenFrame.compare(state, "ascii-\(width)x\(height)")
  }

  @Test(arguments: sizes) func help(width: Int, height: Int) throws {
    var state = try Fixture.training(width: width, height: height)
    _ = state.press("?")
    try GoldenFrame.compare(state, "help-\(width)x\(height)")
  }

  @Test(arguments: sizes) func savePrompt(width: Int, height: Int) throws {
    var state = try Fixture.training(width: width, height: height)
    _ = state.press("s")
    _ = state.update(.pathExists("cameraman-asmr.safetensors"))
    try GoldenFrame.compare(state, "save-\(width)x\(height)")
  }

  @Test(arguments: sizes) func quitQuestion(width: Int, height: Int) throws {
    var state = try Fixture.training(width: width, height: height)
    _ = state.press("q")
    try GoldenFrame.compare(state, "quit-\(width)x\(height)")
  }

  @Test(arguments: [(160, 50), (120, 40), (80, 24), (60, 16)]) func race(width: Int, height: Int) throws {
    try GoldenFrame.compare(Fixture.racing(width: width, height: height), "race-\(width)x\(height)")
    try GoldenFrame.compare(Fixture.racing(width: width, height: height, glyphs: .ascii), "race-ascii-\(width)x\(height)")
  }

  @Test(arguments: sizes) func form(width: Int, height: Int) throws {
    var state = try Fixture.racing(width: width, height: height)
    _ = state.press("a")
    try GoldenFrame.compare(state, "form-\(width)x\(height)")
  }

  @Test func finished() throws {
    var state = try Fixture.training(width: 100, height: 30) { ($0.model, $0.steps, $0.batch) = (.siren, 4000, .samples(8192)) }
    let end = Fixture.snapshot(
      of: state, step: 4000, run: .finished, best: Best(psnr: 31.25, step: 4000, isEstimate: false),
      evaluation: Fixture.evaluation(step: 4000))
    _ = state.update(.snapshots([end]))
    try GoldenFrame.compare(state, "finished-100x30")
  }

  @Test(arguments: [(80, 24), (120, 40)], [(0, "sides"), (1, "wipe"), (2, "difference"), (3, "errors")])
  func compare(size: (Int, Int), mode: (presses: Int, name: String)) throws {
    var fixture = try CompareFixture(
      width: size.0, height: size.1, keys: String(repeating: "m", count: mode.presses) + (mode.presses % 2 == 0 ? "+++" : ""))
    let picture = try fixture.layout().panes[0].picture
    fixture.mouse(.press(.right), picture.x + 6, picture.y + 3)
    fixture.answer()
    try GoldenFrame.compare(fixture.state, "compare-\(mode.name)-\(size.0)x\(size.1)")
  }

  @Test func compareInASCII() throws {
    for mode in 0...3 {
      let fixture = try CompareFixture(width: 80, height: 24, glyphs: .ascii, keys: "x" + String(repeating: "m", count: mode))
      try GoldenFrame.compare(fixture.state, "compare-ascii-\(mode)-80x24")
    }
    try GoldenFrame.compare(CompareFixture(width: 60, height: 16, runs: 1).state, "compare-60x16")
  }

  @Test func tooSmall() throws {
    try GoldenFrame.compare(Fixture.training(width: 30, height: 8), "small-30x8")
  }
}

/// Rules that hold for every screen.
@Suite struct FrameTests {
  @Test(arguments: [(60, 16), (80, 24), (100, 30), (250, 70)])
  func asciiScreensAreAsciiAlone(width: Int, height: Int) throws {
    let subject = Fixture.subject(Fixture.signal(columns: 768, rows: 512), name: "Müllers 日本.png", notes: ["1 × 2 … 3"])
    var state = try Fixture.state(subject: subject, width: width, height: height, glyphs: .ascii) { $0.model = .asmr }
    var screens: [String] = [state.text]
    for keys in ["t", "e", "?", "?", "s"] {
      _ = state.press(keys)
      screens.append(state.text)
    }
    _ = state.update(.pathFault("m", "Grüße: found 0; allowed 1…65535"))
    screens.append(state.text)
    for screen in screens { #expect(screen.utf8.allSatisfy { $0 < 0x7F }, "\(screen)") }
    #expect(screens.last?.contains("allowed 1...65535") == true)
  }

  /// What changes from step to step moves nothing else.
  @Test(arguments: [(60, 16), (80, 24), (100, 30), (160, 50)], [false, true])
  func nothingJumps(size: (Int, Int), showsError: Bool) throws {
    var state = try Fixture.state(width: size.0, height: size.1)
    if showsError { _ = state.press("e") }
    var units: Set<[Int]> = []
    for (step, psnr, speed) in [(1, 4.07, 9.4), (99, 9.99, 27.2), (412, 10.01, 72.4), (1234, 29.84, 340), (1999, 36.5, 14.0)] {
      var snapshot = Fixture.snapshot(
        of: state, step: step,
        metrics: [StepMetrics(step: step, loss: 1e-3, psnr: psnr, isEstimate: false, seconds: 1)],
        best: Best(psnr: psnr, step: step, isEstimate: false), preview: Fixture.preview(for: state, step: step),
        elapsed: Double(step) / 10)
      snapshot.stepsPerSecond = speed
      _ = state.update(.snapshots([snapshot]))
      let layout = try #require(state.layout)
      let text = state.lines
      let parts = [" steps/s", " best ", "training", "seed 1"]
      // Places of units, of the ends of frames, of words.
      units.insert(parts.map { part in text.firstNonNil { $0.columnsBefore(part) } ?? -1 })
      for rect in [layout.curve, layout.status] + layout.pictures.map(\.frame) {
        for y in [rect.y, rect.maxY - 1] {
          let corners = [rect.x, rect.maxX - 1].map { state.frame()[$0, y].character }
          #expect(corners.allSatisfy { "╭╮╰╯".contains($0) })
        }
      }
      // Titles are whole or not there.
      #expect(!text[layout.pictures[0].frame.y].contains("…") || text[layout.pictures[0].frame.y].contains("0 … "))
      #expect(!text[layout.curve.y].contains("…"))
      let right = text[layout.pictures[0].frame.y]
      #expect(right.contains(NumberText.grouped(step)), "\(right)")
    }
    #expect(units.count == 1, "\(units)")
    #expect(units.first?.contains(-1) == false)
  }

  @Test func picturesAreWhereTheLayoutSaysAndPopUpsCoverThem() throws {
    var state = try Fixture.training(width: 120, height: 40, showsError: true)
    let layout = try #require(state.layout)
    let frame = state.frame()
    #expect(frame.pictures.map(\.rect) == layout.pictures.map(\.picture))
    #expect(frame.pictures[2].raster[0, 0] == ColorMap.inferno.raster(width: 1, height: 1, values: [0])?[0, 0])
    for place in frame.pictures { #expect(frame[place.rect.x, place.rect.y].picture > 0) }
    _ = state.press("?")
    #expect(state.frame()[60, 20].picture == 0)
  }

  @Test(arguments: ["a", "a-very-long-name-of-a-picture-that-goes-on-and-on.pgm"])
  func theTitleKeepsTheStateAndTheSeed(name: String) throws {
    for width in [60, 72, 80, 100, 160] {
      for levels in [2, 4, 6] {
        let subject = Fixture.subject(Fixture.signal(columns: 768, rows: 512), name: name)
        let state = try Fixture.state(subject: subject, width: width) { $0.layers = levels }
        let title = state.lines[0]
        #expect(title.hasSuffix("● training") && title.contains(name.prefix(8)), "\(title)")
        if width >= 80 && levels <= 4 { #expect(title.contains("seed 1") && title.contains(state.run.configuration.label)) }
      }
    }
  }
}

extension Array {
  fileprivate func firstNonNil<Result>(_ body: (Element) -> Result?) -> Result? {
    for element in self { if let result = body(element) { return result } }
    return nil
  }
}

extension String {
  fileprivate func columnsBefore(_ part: String) -> Int? {
    firstRange(of: part).map { distance(from: startIndex, to: $0.lowerBound) }
  }
}
