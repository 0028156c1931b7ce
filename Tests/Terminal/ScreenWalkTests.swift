import Canvas
import Kernels
import Testing

/// Pictures beside ncurses stay whole whatever ncurses writes around them to change its text.
@Suite(
  .serialized, .enabled(if: Tmux.isInstalled, "tmux and bash are needed"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(3)))
struct ScreenWalkTests {
  private static let frames = 40

  /// What can be seen: the colour of a blank's ink cannot.
  private func visible(_ text: String, rows: Int) -> [[CapturedCells.Place]] {
    let cells = CapturedCells(text)
    return (0..<rows).map { y in
      (0..<100).map { x in
        var cell = cells[x, y]
        if cell.character == " " || cell.character == "\u{A0}" {
          (cell.character, cell.foreground, cell.foregroundIndex) = (" ", nil, nil)
        }
        return cell
      }
    }
  }

  @Test("From frame to frame the screen is what a repaint makes it", arguments: ["tmux-256color", "xterm-256color", "linux"])
  func walk(terminal: String) throws {
    let tmux = try #require(Tmux(width: 100, height: 30, environment: ["COLORTERM": "truecolor", "TERM": terminal]))
    tmux.enter(Probe.command("walk"))
    for generation in 0..<Self.frames {
      if generation > 0 { tmux.send("c") }
      let end = Probe.walkEnd(generation)
      let before = tmux.wait(colors: true) { CapturedCells($0)[end.x, end.y].foreground == end.color.packed }
      let seen = visible(try #require(before, "\(tmux.screen())"), rows: 29)
      tmux.send("C-l")
      let after = tmux.wait(colors: true) { $0.contains("anew \(generation)") && visible($0, rows: 29) == seen }
      if after == nil {
        let now = visible(tmux.screen(colors: true), rows: 29)
        let places = seen.indices.flatMap { y in seen[y].indices.filter { seen[y][$0] != now[y][$0] }.map { "\($0),\(y)" } }
        Issue.record("\(terminal), frame \(generation): \(places.prefix(20)) differ")
      }
    }
    tmux.send("q")
    #expect(tmux.waitForShell())
  }
}

extension Probe {
  /// Narrow pictures that stay for some frames, numbers between them that change, lines that move up, a pop-up now and then.
  static func walk(_ generation: Int, into frame: inout Frame) {
    var still = RandomGenerator(seed: UInt64(generation / 8))
    var moving = RandomGenerator(seed: UInt64(1_000 + generation))
    let rows = 2..<frame.height - 2
    for id in 1...24 {
      let rect = Rect(
        x: 4 * Int.random(in: 0...23, using: &still), y: Int.random(in: rows, using: &still), width: Int.random(in: 1...4, using: &still),
        height: Int.random(in: 1...6, using: &still))
      let pixels = (0..<rect.width * min(rect.height, rows.upperBound - rect.y) * 2 * 3).map { _ in UInt8.random(in: 0...255, using: &still) }
      let height = pixels.count / (3 * rect.width)
      guard let raster = Raster(width: rect.width, height: height, pixels: pixels) else { continue }
      frame.place(raster, in: Rect(x: rect.x, y: rect.y, width: rect.width, height: height / 2), id: id)
    }
    for y in rows {
      // Some rows keep their text, some take that of the row below.
      let line = y % 3 == 0 ? y : y + generation
      for x in stride(from: 0, to: 96, by: 4) where frame[x, y].picture == 0 && (x / 4 + line * 7) % 3 == 0 {
        let text = y % 5 == 0 ? "\(Int.random(in: 0...99, using: &moving))" : "\(line * 7919 % 100)"
        frame.put(String(text.prefix((1...2).first { frame[x + $0, y].picture > 0 } ?? 2)), x: x, y: y)
      }
    }
    if generation % 7 == 3 {
      let popUp = Rect(x: 15, y: 5, width: 50, height: 12)
      frame.fill(popUp)
      frame.box(popUp, title: "pop-up")
    }
    let end = walkEnd(generation)
    frame.place(Raster(width: 1, height: 1, color: end.color), in: Rect(x: end.x, y: end.y, width: 1, height: 1), id: 0)
  }

  /// What of a frame is sent last: the picture below all others.
  static func walkEnd(_ generation: Int) -> (x: Int, y: Int, color: RGB) { (97, 28, RGB(UInt8(generation), 1, 2)) }
}
