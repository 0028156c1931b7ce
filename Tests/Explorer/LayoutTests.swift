import Canvas
import Testing
import Training

@testable import Explorer

@Suite struct LayoutTests {
  private static let shapes = [(512, 512), (768, 512), (512, 768), (1, 1), (37, 41), (2000, 50), (50, 2000)]

  @Test(arguments: shapes)
  func everySizeOfScreenHoldsEverything(columns: Int, rows: Int) {
    let subject = Fixture.subject(Fixture.signal(columns: columns, rows: rows))
    var faults: [String] = []
    for width in Array(stride(from: 60, through: 300, by: 7)) + [79, 80, 95, 96, 300] {
      for height in Array(stride(from: 16, through: 100, by: 3)) + [100] {
        for showsError in [false, true] {
          guard let layout = Layout(width: width, height: height, subject: subject, showsError: showsError) else {
            faults.append("\(width)×\(height): none")
            continue
          }
          if let fault = fault(of: layout, width, height, ratio: 2 * Double(columns) / Double(rows)) {
            faults.append("\(width)×\(height) \(showsError ? "with error" : ""): \(fault)")
          }
        }
      }
    }
    #expect(faults.isEmpty, "\(faults.prefix(5))")
  }

  /// - Parameter ratio: cells of width for each cell of height.
  private func fault(of layout: Layout, _ width: Int, _ height: Int, ratio: Double) -> String? {
    let screen = Rect(x: 0, y: 0, width: width, height: height)
    let rects = [layout.title, layout.curve, layout.status, layout.hints] + layout.pictures.map(\.frame) + [layout.tabs].compactMap { $0 }
    for (index, rect) in rects.enumerated() {
      if rect.isEmpty || rect.intersection(screen) != rect { return "\(rect) is not on the screen" }
      for other in rects[..<index] where !rect.intersection(other).isEmpty { return "\(rect) lies over \(other)" }
    }
    if rects.reduce(0, { $0 + $1.width * $1.height }) != width * height { return "something is left over" }
    if layout.hints != Rect(x: 0, y: height - 1, width: width, height: 1) { return "hints at \(layout.hints)" }
    if layout.status.height < 8 || layout.status.width < 38 || layout.curve.width < 20 { return "panes too small" }
    for pane in layout.pictures {
      let (inside, picture) = (pane.frame.inset(), pane.picture)
      if picture.isEmpty || picture.intersection(inside) != picture { return "picture \(picture) in \(inside)" }
      let (wide, high) = (Double(picture.width), Double(picture.height))
      // One side fills the narrowest pane, the other follows within a cell.
      let room = layout.pictures.map(\.frame).sharedRoom
      let isWide = picture.width == room.width && abs(max(1, wide / ratio) - high) <= 1
      let isHigh = picture.height == room.height && abs(max(1, high * ratio) - wide) <= 1
      if !isWide && !isHigh { return "picture \(picture) in \(inside), ratio \(ratio)" }
    }
    if Set(layout.pictures.map { [$0.picture.width, $0.picture.height] }).count > 1 { return "pictures differ in size" }
    return nil
  }

  @Test func panesInTheirOrder() throws {
    let subject = Fixture.subject()
    func panes(_ width: Int, _ showsError: Bool) -> [Layout.Pane]? {
      Layout(width: width, height: 30, subject: subject, showsError: showsError)?.pictures.map(\.pane)
    }
    #expect(panes(100, false) == [.target, .reconstruction])
    #expect(panes(100, true) == [.target, .reconstruction, .error])
    #expect(panes(80, true) == [.error, .reconstruction])
  }

  @Test func whatWidePicturesLeaveOverGoesToTheCurve() throws {
    func layout(_ columns: Int, _ rows: Int, _ width: Int, _ height: Int, error: Bool = false) throws -> Layout {
      let subject = Fixture.subject(Fixture.signal(columns: columns, rows: rows))
      return try #require(Layout(width: width, height: height, subject: subject, showsError: error))
    }
    // 78 columns of a picture 3:2 are 26 rows; a frame is 2 more.
    #expect(try layout(768, 512, 160, 50).curve.height == 47 - 28)
    #expect(try layout(768, 512, 160, 50, error: true).curve.height == 23)
    #expect(try layout(512, 512, 160, 50).curve.height == 14)
    #expect(try layout(2000, 50, 100, 30).curve.height == 13)
  }

  @Test func belowTheMinimumThereIsAMessageAndNoWork() throws {
    var state = try Fixture.training(width: 100, height: 30)
    let request = try #require(state.request)
    let before = state.frame()
    for (width, height) in [(59, 30), (100, 15), (30, 8), (1, 1), (12, 2)] {
      let effects = state.update(.resize(width: width, height: height))
      #expect(state.layout == nil && state.request == nil)
      // Said once; another small size changes nothing.
      #expect(effects == (width == 59 ? [.preview(RunID(1), nil)] : []))
      #expect(state.frame().width == width && state.frame().pictures.isEmpty)
      if width >= 30 { #expect(state.text.contains("needs 60×16") && state.text.contains("this is \(width)×\(height)")) }
    }
    // It comes back by itself, with everything that was there.
    #expect(state.update(.resize(width: 100, height: 30)) == [.preview(RunID(1), request)])
    #expect(state.frame() == before)
  }

  @Test func aNewSizeAsksForPicturesThatFitIt() throws {
    var state = try Fixture.state(width: 100, height: 30)
    let effects = state.update(.resize(width: 160, height: 50))
    let rect = try #require(state.layout?.pictures.first { $0.pane == .reconstruction }?.picture)
    #expect(effects == [.preview(RunID(1), PreviewRequest(rows: 2 * rect.height, columns: rect.width, includesError: true))])
    #expect(state.target?.width == rect.width && state.target?.height == 2 * rect.height)
    #expect(state.update(.resize(width: 160, height: 50)) == [])
  }

  @Test func whereNothingCanBeSeenKeysDoNothingButLeave() throws {
    var state = try Fixture.training(width: 100, height: 30)
    let before = state.frame()
    _ = state.update(.resize(width: 30, height: 8))
    #expect(state.text.contains("q quits"))
    for key in ["R", "r", " ", "a", "?", "T", ":", "2", "x", "5"] { #expect(state.press(key) == [], "\(key)") }
    #expect(state.press("q") == [] && state.overlay == .confirmQuit && state.text.contains("quit without saving? y, n"))
    #expect(state.press("n") == [] && state.overlay == nil && state.text.contains("q quits"))
    _ = state.update(.resize(width: 100, height: 30))
    #expect(state.frame() == before)
    // What was open when the screen became small can be left.
    _ = state.press("?")
    _ = state.update(.resize(width: 30, height: 8))
    _ = state.update(.key(.escape))
    #expect(state.overlay == nil)
    _ = state.press("q")
    #expect(state.press("y") == [.quit(0)])
  }

  @Test func aScreenThatStartsTooSmallRecovers() throws {
    var state = try Fixture.state(width: 30, height: 8)
    #expect(state.request == nil && state.text.contains("needs 60×16"))
    #expect(state.update(.resize(width: 60, height: 16)).count == 1)
    #expect(state.request != nil && state.target != nil)
  }
}
