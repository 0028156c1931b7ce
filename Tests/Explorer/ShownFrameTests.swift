import Canvas
import Signals
import Testing

@testable import Explorer
@testable import Training

/// What a frame takes over from the one before.
@Suite struct ShownFrameTests {
  /// News of the first run: a darker picture and another PSNR.
  private func news(_ state: inout ExplorerState, step: Int) {
    let picture = state.request.map { request in
      let samples = [Float](repeating: Float(step % 10) / 10, count: request.rows * request.columns)
      return Preview(step: step, picture: Signal(shape: [request.rows, request.columns], channels: 1, samples: samples), error: nil)
    }
    _ = state.update(.snapshots([Fixture.snapshot(of: state, step: step, metrics: Fixture.metrics(2, from: step - 2), preview: picture)]))
  }

  private func cells(_ frame: Frame, in rects: [Rect]) -> [Cell] {
    rects.flatMap { rect in (rect.y..<rect.maxY).flatMap { y in (rect.x..<rect.maxX).map { frame[$0, y] } } }
  }

  @Test("Plots and table are drawn with every second frame of news, pictures and titles with each", arguments: [(250, 70), (120, 40), (80, 24)])
  func everySecond(width: Int, height: Int) throws {
    var state = try Fixture.racing(width: width, height: height)
    let layout = try #require(state.raceLayout)
    let first = state.frame(after: nil, isNews: true)
    #expect(!first.isPartial && first.frame == state.frame())
    news(&state, step: 1_000)
    let second = state.frame(after: first, isNews: true)
    let whole = state.frame()
    #expect(second.isPartial && second.frame != whole && whole != first.frame)
    #expect(second.frame.pictures == whole.pictures && second.frame.pictures != first.frame.pictures)
    let panels = layout.panels
    #expect(cells(second.frame, in: panels) == cells(first.frame, in: panels))
    let upper = [Rect(x: 0, y: 0, width: width, height: panels.map(\.y).min() ?? 0), Rect(x: 0, y: height - 1, width: width, height: 1)]
    #expect(cells(second.frame, in: upper) == cells(whole, in: upper))
    // Whatever comes next shows all of it.
    let third = state.frame(after: second, isNews: true)
    #expect(!third.isPartial && third.frame == whole)
  }

  @Test("Whatever else happens is shown at once")
  func everythingElse() throws {
    var state = try Fixture.racing(width: 160, height: 50)
    let last = state.frame(after: nil, isNews: true)
    news(&state, step: 1_000)
    func isWhole(_ state: ExplorerState, isNews: Bool = true) -> Bool {
      let next = state.frame(after: last, isNews: isNews)
      return !next.isPartial && next.frame == state.frame()
    }
    #expect(!isWhole(state) && isWhole(state, isNews: false))
    let changes: [(String, (inout ExplorerState) -> Void)] = [
      ("another size", { _ = $0.update(.resize(width: 150, height: 50)) }), ("another view", { $0.tab = .curves }),
      ("something over it", { $0.overlay = .help(0) }), ("a message", { $0.say("written", seconds: 3) }),
      ("a run less", { $0[RunID(2)]?.isHidden = true }),
      ("one run alone", { state in state.runs.removeAll { $0.id != state.selection } }),
    ]
    for (name, change) in changes {
      var changed = state
      change(&changed)
      #expect(isWhole(changed), "\(name)")
    }
    // What lay over the last frame is not taken over.
    var covered = state
    covered.overlay = .help(0)
    let under = covered.frame(after: nil, isNews: false)
    #expect(state.frame(after: under, isNews: true).frame == state.frame())
  }

  @Test("Maps that have all changed are drawn over the frames to the next report, half of them at first at most", arguments: [(250, 70), (120, 40), (80, 24)])
  func halfOfTheMaps(width: Int, height: Int) throws {
    var fixture = try FeaturesFixture(width: width, height: height)
    var last = fixture.state.frame(after: nil, isNews: true)
    #expect(!last.isPartial && last.frame == fixture.state.frame())
    func areas(_ frame: Frame, _ other: Frame) -> Int { zip(frame.pictures, other.pictures).count { $0 != $1 } }
    for step in 500...501 {
      fixture.goOn(step: step, in: 0..<4) { 0.1 - $0 * abs($0) }
      let (before, whole) = (last.frame, fixture.state.frame())
      let next = fixture.state.frame(after: last, isNews: true)
      #expect(next.isPartial && areas(next.frame, before) > 0 && areas(next.frame, whole) > 0)
      #expect(areas(next.frame, before) <= (areas(whole, before) + 1) / 2)
      // Also where no more news come.
      var frames = 1
      last = next
      while last.isPartial, frames < 9 {
        last = fixture.state.frame(after: last, isNews: true)
        frames += 1
      }
      #expect(!last.isPartial && last.frame == whole && (2...4).contains(frames))
    }
    // So are those of one level.
    fixture.goOn(step: 502, in: [fixture.state.featureContents.line == 1 ? 2 : 1]) { -$0 }
    var one = fixture.state.frame(after: last, isNews: true)
    #expect(one.frame != last.frame)
    for _ in 0..<4 where one.isPartial { one = fixture.state.frame(after: one, isNews: true) }
    #expect(!one.isPartial && one.frame == fixture.state.frame())
    // Maps that are due do not hold up the answer to a key, be it the help over them, and are drawn soon after it.
    fixture.goOn(step: 503, in: 0..<4) { -$0 }
    for key in ["?", "p"] {
      var asked = fixture.state
      _ = asked.press(key)
      let answer = asked.frame(after: one, isNews: false)
      #expect(answer.isPartial && answer.frame != one.frame && answer.frame.pictures == one.frame.pictures, "\(key)")
      let whole = asked.frame()
      #expect(whole.pictures != one.frame.pictures && answer.frame.cells.prefix(width) == whole.cells.prefix(width))
      // While keys come one after the other every second frame goes on with them.
      let second = asked.frame(after: answer, isNews: false)
      #expect(second.frame.pictures != one.frame.pictures)
      #expect(asked.frame(after: second, isNews: false).frame.pictures == second.frame.pictures || !second.isPartial)
      last = answer
      for _ in 0..<4 where last.isPartial { last = asked.frame(after: last, isNews: true) }
      #expect(!last.isPartial && last.frame == whole)
      // Nothing is due any more.
      let again = asked.frame(after: last, isNews: false)
      #expect(!again.isPartial && again.frame == whole)
    }
    let all = fixture.state.frame(after: nil, isNews: false)
    #expect(!all.isPartial && all.frame == fixture.state.frame() && all.frame != one.frame)
    fixture.goOn(step: 504, in: 0..<4) { 0.1 - $0 * abs($0) }
    #expect(fixture.state.frame(after: all, isNews: true).isPartial)
    var still = fixture.state
    still.reducedMotion = true
    #expect(!still.frame(after: all, isNews: true).isPartial)
    // A run that began anew has no maps of before beside its own.
    var anew = fixture
    anew.goOn(step: 1, in: 0..<4, generation: 1) { -$0 }
    let beginning = anew.state.frame(after: all, isNews: true)
    #expect(!beginning.isPartial && beginning.frame == anew.state.frame())
    // What has to do with the maps shows them as they are.
    for key in ["u", "]", "y", "v", "2"] {
      var changed = fixture.state
      _ = changed.press(key)
      let next = changed.frame(after: all, isNews: false)
      #expect(!next.isPartial && next.frame == changed.frame(), "\(key)")
    }
  }

  @Test("Where a report comes with every few frames only, each frame shows some of it", arguments: [(2, false), (3, false), (4, false), (6, false), (4, true)])
  func evenly(frames: Int, isShared: Bool) throws {
    var fixture = try FeaturesFixture(width: 250, height: 70)
    if isShared { _ = fixture.state.press("u") }
    var last = fixture.state.frame(after: nil, isNews: true)
    let tiles = try fixture.layout().grid.tiles
    for report in 1...6 {
      let before = last.frame
      fixture.goOn(step: 500 + report, in: 0..<4) { 0.1 - $0 * abs($0) }
      let whole = fixture.state.frame()
      let all = zip(whole.pictures, before.pictures).count { $0 != $1 }
      var shares: [Int] = []
      for _ in 0..<frames {
        let next = fixture.state.frame(after: last, isNews: true)
        shares.append(zip(next.frame.pictures, last.frame.pictures).count { $0 != $1 })
        last = next
        // One range, one step: a level's maps are drawn all or not.
        if isShared {
          let drawn = Dictionary(grouping: tiles.indices) { tiles[$0].line }.values.map { Set($0.map { next.frame.pictures[$0] == whole.pictures[$0] }) }
          #expect(drawn.allSatisfy { $0.count == 1 })
        }
      }
      guard report > 2 else { continue }
      #expect(!last.isPartial && last.frame == whole && shares.reduce(0, +) == all)
      if !isShared { #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1 && (shares.min() ?? 0) > 0, "\(shares)") }
    }
  }

  @Test("Maps that are no numbers any more are soon drawn, too", arguments: [Float.nan, .infinity])
  func noNumbers(value: Float) throws {
    var fixture = try FeaturesFixture(keys: "y")
    var last = fixture.state.frame(after: nil, isNews: true)
    for step in 500...501 {
      fixture.goOn(step: step, in: 0..<4) { _ in value }
      for _ in 0..<8 { last = fixture.state.frame(after: last, isNews: true) }
      #expect(!last.isPartial && last.frame == fixture.state.frame())
    }
  }

  @Test("What of the maps is kept from report to report is as drawn anew", arguments: ["", "u", "l", "y", "v", "+", "m"])
  func keptMaps(keys: String) throws {
    var fixture = try FeaturesFixture(keys: keys)
    for (step, layers) in [(500, [1]), (501, [3]), (502, [0, 2]), (503, []), (504, [0, 1, 2, 3])] {
      fixture.goOn(step: step, in: layers) { $0 * -0.75 + 0.01 }
      let drawing = try #require(fixture.state.features.drawing)
      var anew = fixture.state
      anew.features.drawing = nil
      let wanted = anew.featureDrawing(try fixture.layout())
      #expect(drawing.grid == wanted.grid && drawing.large == wanted.large && drawing.truncated == wanted.truncated)
      if keys.isEmpty {
        let steps = Dictionary(grouping: drawing.grid, by: \.tile.line).mapValues { $0[0].picture?.step }
        for line in layers { #expect(steps[line] == step) }
      }
    }
  }

  @Test("A part of another frame comes with its characters and styles, and no half of a wide one stays beside it")
  func taking() {
    var (one, other) = (Frame(width: 8, height: 3), Frame(width: 8, height: 3))
    for y in 0..<3 {
      one.put("日本日本", x: 0, y: y, .plain)
      other.put("abcdefgh", x: 0, y: y, Style(bold: true))
    }
    other.place(Raster(width: 1, height: 1, color: RGB(9, 9, 9)), in: Rect(x: 4, y: 1, width: 1, height: 1), id: 0)
    one.take(Rect(x: 3, y: 1, width: 2, height: 7), from: other)
    #expect(one.text() == "日本日本\n日 d  本\n日 de 本")
    #expect(one[3, 1] == Cell("d", Style(bold: true)) && one[2, 1].character == " " && one[5, 2].character == " ")
    // Nothing outside of either frame.
    let before = one
    one.take(Rect(x: -5, y: -5, width: 3, height: 3), from: other)
    one.take(Rect(x: 7, y: 2, width: 30, height: 30), from: Frame(width: 2, height: 2))
    #expect(one == before)
  }
}
