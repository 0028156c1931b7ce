import Testing

/// Every view at every size, in both kinds of locale, on terminals of every kind.
@Suite(
  .serialized, .enabled(if: Tmux.isInstalled, "tmux and bash are needed"),
  .enabled(if: ExplorerSession.program != nil, "asmr-tui was not built"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(5)))
struct ViewMatrixTests {
  private static let sizes = [(80, 24), (120, 40), (250, 70)]
  /// A word that no other view's body has, at every size.
  private static let views: [(key: String, title: String, word: String)] = [
    ("1", "Race", " target "), ("2", "Curves", "newest"), ("3", "Trade-off", "against MACs/sample"),
    ("4", "Scaling", "against parameters"), ("5", "Features", "and units"), ("6", "Permutations", "distinct orders"), ("7", "Compare", " MACs "),
  ]

  @Test(arguments: ["xterm-256color", "tmux-256color", "linux", "vt100"], ["C.UTF-8", "C"])
  func views(terminal: String, locale: String) throws {
    let (width, height) = Self.sizes[0]
    let session = try ExplorerSession(
      width: width, height: height, environment: ["TERM": terminal, "LANG": locale, "COLORTERM": ""])
    session.enter("cameraman.pgm --run asmr --run siren,hidden=16 --resize 128x128")
    func wait(_ what: String, _ condition: (ExplorerScreen) -> Bool) {
      #expect(session.wait(condition) != nil, "\(what) on \(terminal), \(locale):\n\(session.tmux.screen())")
    }
    wait("the first screen") { $0.text.contains("5 Features") && $0.text.contains(" target ") }
    for (width, height) in Self.sizes {
      session.tmux.resize(width: width, height: height)
      for (key, title, word) in Self.views {
        session.tmux.send(key)
        wait("\(title) at \(width)×\(height)") { screen in
          screen.lines.prefix(height).count == height && screen.lines[1...].dropFirst().joined().contains(word)
            && screen.lines[height - 1].contains("quit")
        }
        let screen = ExplorerScreen(session.tmux.screen())
        // All of the screen is used, and nothing has scrolled away.
        #expect(screen.title.contains("cameraman.pgm") && screen.lines[1].contains("\(key) \(title)"), "\(screen.text)")
        #expect(screen.lines.map(\.count).max() ?? 0 > width - 12)
        let isASCII = screen.text.allSatisfy { $0.isASCII }
        #expect(isASCII || locale != "C", "\(title) \(width)×\(height)\n\(screen.text)")
        session.tmux.send("?")
        wait("help of \(title) at \(width)×\(height)") { $0.text.contains("this help") || $0.text.contains("more") }
        session.tmux.send("Escape")
        wait("\(title) after help") { !$0.text.contains("this help (also F1)") && $0.text.contains(word) }
      }
    }
    // Smaller than it can be it says so, and comes back by itself.
    session.tmux.resize(width: 40, height: 10)
    wait("too small") { $0.text.contains("60") && $0.text.contains("16") && !$0.text.contains("Features") }
    session.tmux.resize(width: 80, height: 24)
    wait("large enough again") { $0.text.contains("5 Features") }
    session.quit()
  }
}
