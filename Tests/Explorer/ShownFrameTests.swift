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
