import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

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

  @Test(
    "In xterm, with sixel and without", .enabled(if: Xterm.isInstalled, "Xvfb, xterm, xdotool and ImageMagick are needed"),
    arguments: [(true, "C.UTF-8"), (false, "C.UTF-8"), (true, "C")])
  func viewsInXterm(hasSixel: Bool, locale: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "asmr-views-\(UInt64.random(in: 0 ... .max))").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let program = try #require(ExplorerSession.program)
    let options = "\(ExplorerSession.cameraman) --run asmr --run siren,hidden=16 --resize 128x128 --autosave off"
    let (columns, rows) = Self.sizes[0]
    let terminal = try #require(
      Xterm("exec \(program) \(options)", columns: columns, rows: rows, hasSixel: hasSixel, locale: locale, in: folder))
    func wait(_ what: String, _ condition: (ExplorerScreen) -> Bool) {
      let text = terminal.waitForText { condition(ExplorerScreen($0)) }
      #expect(text != nil, "\(what), \(hasSixel), \(locale):\n\(terminal.text() ?? "")")
    }
    wait("the first screen") { $0.text.contains("5 Features") && $0.text.contains(" target ") }
    for (width, height) in Self.sizes {
      terminal.resize(columns: width, rows: height)
      for (key, title, word) in Self.views {
        terminal.send(key)
        wait("\(title) at \(width)×\(height)") { screen in
          screen.lines.count >= height && screen.lines.dropFirst(2).joined().contains(word) && screen.lines[height - 1].contains("quit")
            && screen.title.contains("cameraman.pgm") && screen.lines[1].contains("\(key) \(title)")
            && (locale != "C" || screen.text.allSatisfy { $0.isASCII })
        }
        terminal.send("question")
        wait("help of \(title) at \(width)×\(height)") { $0.text.contains("this help") || $0.text.contains("more") }
        terminal.send("Escape")
        wait("\(title) after help") { !$0.text.contains("this help (also F1)") && $0.text.contains(word) }
      }
    }
    terminal.resize(columns: 40, rows: 10)
    wait("too small") { $0.text.contains("60") && $0.text.contains("16") && !$0.text.contains("Features") }
    terminal.resize(columns: 80, rows: 24)
    wait("large enough again") { $0.text.contains("5 Features") }
    terminal.send("q")
    terminal.send("y")
  }
}
