import Canvas
import Testing

/// Several runs at once in a real terminal: `--race`, and runs that come and go by keys while the others train.
@Suite(
  .serialized, .enabled(if: Tmux.isInstalled, "tmux and bash are needed"),
  .enabled(if: ExplorerSession.program != nil, "asmr-tui was not built"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(5)))
struct RaceTests {
  /// Opens several runs; the screen of one run alone has other panes.
  private func open(_ arguments: String, width: Int = 160, height: Int = 50) throws -> ExplorerSession {
    let session = try ExplorerSession(width: width, height: height)
    session.enter("cameraman.pgm " + arguments)
    try #require(session.wait { !rows($0).isEmpty } != nil, "\(session.tmux.screen())")
    return session
  }

  /// The table's rows by their marks, each as its words.
  private func rows(_ screen: ExplorerScreen) -> [Character: [String]] {
    var rows: [Character: [String]] = [:]
    guard let header = screen.lines.lastIndex(where: { $0.contains("params") && $0.contains("MACs/sample") }) else { return rows }
    for line in screen.lines[(header + 1)...] {
      let words = line.split(separator: " ").map(String.init)
      guard let mark = words.first?.first, "①②③④⑤⑥⑦⑧".contains(mark) else { continue }
      rows[mark] = words
    }
    return rows
  }

  /// A run's share in percent.
  private func share(_ words: [String]) -> Int? { words.firstIndex(of: "%").flatMap { Int(words[$0 - 1]) } }

  @Test func fiveRunsLearnAtOnceAndShareTheTime() throws {
    let session = try open("--race")
    let names = ["ASMR [4,4,4,8]", "SIREN 4×256", "KiloNeRF 3×16, 16×16", "LoE 4×24", "hash grid 8×2"]
    let first = try #require(session.wait { screen in names.allSatisfy { screen.text.contains($0) } })
    for (mark, parameters) in zip("①②③④⑤", ["134,145", "132,609", "250,112", "126,049", "179,888"]) {
      #expect(rows(first)[mark]?.contains(parameters) == true, "\(mark)")
    }
    // Each has its title with a number that rises, and its share: a fifth.
    let later = try #require(
      session.wait { screen in
        let shares = rows(screen).values.compactMap { share($0) }
        return shares.count == 5 && shares.allSatisfy { (17...23).contains($0) }
      }, "\(session.tmux.screen())")
    for mark in "①②③④⑤" { #expect(later.text.contains("\(mark) ") && rows(later)[mark]?.contains("training") == true) }
    // Five pictures in a row, drawn in colour.
    #expect(session.waitForCells { cells in
      (0..<5).allSatisfy { tile in
        let shown = (8..<16).flatMap { y in (6..<26).map { cells[32 * tile + $0, y].foreground } }
        return !shown.contains(nil) && Set(shown).count > 16
      }
    } != nil)
    session.quit()
  }

  @Test func runsComeAndGoWhileOthersTrain() throws {
    let session = try open("--run asmr,hidden=32,steps=10000000 --run siren,hidden=32,layers=3,steps=10000000")
    // Added by the form: KiloNeRF is two to the right of ASMR.
    session.tmux.send("a")
    #expect(session.wait { $0.text.contains("add a run") } != nil)
    session.tmux.send("Right")
    session.tmux.send("Right")
    #expect(session.wait { $0.text.contains("250,112 parameters") } != nil)
    session.tmux.send("Enter")
    #expect(session.wait { rows($0)["③"]?.contains("KiloNeRF") == true && rows($0)["③"]?.contains("training") == true } != nil)
    // Forked while it trains.
    session.tmux.send("f")
    #expect(session.wait { rows($0)["④"]?.contains("KiloNeRF") == true } != nil)
    // Edited: another width starts anew with other numbers.
    session.tmux.send("c")
    #expect(session.wait { $0.text.contains("change ④") } != nil)
    // model, variant, grid, hidden
    for _ in 0..<3 { session.tmux.send("Down") }
    #expect(session.wait { $0.text.contains("› hidden") } != nil)
    session.tmux.type("8")
    session.tmux.send("Enter")
    #expect(session.wait { rows($0)["④"]?.contains("108,800") == true } != nil, "\(session.tmux.screen())")
    // Removed; the others have gone on all the while.
    let before = try #require(session.wait { rows($0)["②"] != nil })
    session.tmux.send("D")
    session.tmux.send("y")
    #expect(session.wait { rows($0)["④"] == nil && rows($0).count == 3 } != nil)
    #expect(session.wait { rows($0)["②"] != rows(before)["②"] && rows($0)["②"]?.contains("training") == true } != nil)
    session.quit()
  }

  @Test func aSlowStepHoldsNothingUp() throws {
    let session = try open("--run siren,preset=paper --run asmr,hidden=32", width: 120, height: 40)
    // A full step of this SIREN takes most of a second; the other one, and the keys, do not wait for it.
    #expect(session.wait { (rows($0)["②"].flatMap { share($0) } ?? 0) > 0 } != nil)
    session.tmux.send("?")
    #expect(session.wait { $0.text.contains("key closes") } != nil)
    session.tmux.send("Escape")
    // Reset in the middle of its step.
    session.tmux.send("r")
    #expect(session.wait { $0.text.contains("started again with seed 1") } != nil)
    // Every view opens, and the way back.
    for (key, part) in [("2", "newest"), ("3", "MACs/sample"), ("4", "never trained"), ("6", "order"), ("7", "side by side"), ("1", "params")] {
      session.tmux.send(key)
      #expect(session.wait { $0.text.contains(part) } != nil, "\(key): \(session.tmux.screen())")
    }
    session.quit()
  }
}
