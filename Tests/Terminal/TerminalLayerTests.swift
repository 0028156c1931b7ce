import Canvas
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The terminal layer in a real terminal.
@Suite(
  .serialized, .enabled(if: Tmux.isInstalled, "tmux and bash are needed"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(3)))
struct TerminalLayerTests {
  private func start(
    _ environment: [String: String] = ["COLORTERM": "truecolor"], options: String = "", width: Int = 100,
    height: Int = 30
  ) throws -> Tmux {
    let tmux = try #require(Tmux(width: width, height: height, environment: environment))
    tmux.enter(Probe.command(options))
    try #require(tmux.wait { $0.contains("probe \(width)x\(height)") } != nil, "\(tmux.screen())")
    return tmux
  }

  /// The picture stands on the screen with exactly its colours, except where a pop-up covers it.
  private func shows(_ generation: Int, _ text: String, popUp: Bool = false) -> Bool {
    let cells = CapturedCells(text)
    for y in Probe.picture.y..<Probe.picture.maxY {
      for x in Probe.picture.x..<Probe.picture.maxX {
        if popUp, Rect(x: 10, y: 4, width: 30, height: 5).contains(x: x, y: y) {
          if cells[x, y].background != nil || cells[x, y].character == "▀" { return false }
          continue
        }
        let row = 2 * (y - Probe.picture.y)
        let upper = Probe.color(x: x - Probe.picture.x, row: row, generation: generation).packed
        let lower = Probe.color(x: x - Probe.picture.x, row: row + 1, generation: generation).packed
        if cells[x, y] != CapturedCells.Place(character: "▀", foreground: upper, background: lower) { return false }
      }
    }
    return true
  }

  @Test func picturesHaveTheirExactColorsAroundPopUps() throws {
    let tmux = try start()
    #expect(tmux.wait(colors: true) { shows(0, $0) } != nil)
    for generation in 1...5 {
      tmux.send("c")
      #expect(tmux.wait(colors: true) { shows(generation, $0) } != nil, "\(tmux.screen(colors: true))")
      tmux.send("?")
      #expect(tmux.wait(colors: true) { $0.contains("pop-up") && shows(generation, $0, popUp: true) } != nil)
      tmux.send("?")
      #expect(tmux.wait(colors: true) { !$0.contains("pop-up") && shows(generation, $0) } != nil)
    }
    tmux.send("q")
    #expect(tmux.waitForShell())
    #expect(tmux.modesAreUnchanged)
  }

  @Test func aStormOfResizesEndsAtTheLastSize() throws {
    let tmux = try start()
    for step in 0..<40 { tmux.resize(width: 20 + step * 37 % 140, height: 3 + step * 13 % 45) }
    tmux.resize(width: 90, height: 25)
    #expect(tmux.wait { $0.contains("probe 90x25") } != nil)
    #expect(tmux.wait(colors: true) { shows(0, $0) } != nil)
    tmux.resize(width: 2, height: 1)
    tmux.resize(width: 160, height: 50)
    #expect(tmux.wait(colors: true) { $0.contains("probe 160x50") && shows(0, $0) } != nil)
    tmux.send("q")
    #expect(tmux.waitForShell())
    #expect(tmux.modesAreUnchanged)
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGQUIT])
  func everyModeIsLeftAfterASignal(signal: Int32) throws {
    let tmux = try start()
    tmux.signal(signal)
    #expect(tmux.waitForShell())
    let status = tmux.status()
    #expect(status == 128 + signal)
    #expect(tmux.modesAreUnchanged)
  }

  @Test(arguments: ["!", "#"])
  func aCrashLeavesEveryModeAndItsBacktrace(key: String) throws {
    let tmux = try start(["COLORTERM": "truecolor", "SWIFT_BACKTRACE": "enable=no"])
    tmux.send(key)
    #expect(tmux.waitForShell())
    #expect(tmux.screen().contains("rashed") || tmux.screen().contains("dumped") || tmux.screen().contains("fault") || tmux.screen().contains("nstruction"), "\(tmux.screen())")
    #expect(tmux.modesAreUnchanged)
  }

  @Test func stoppedByKeyAndContinued() throws {
    let tmux = try start()
    // What the terminal is asked is not taken for the window's title.
    #expect(!tmux.display("#{pane_title}").contains("a=q"))
    tmux.send("C-z")
    #expect(tmux.wait { $0.contains("Stopped") } != nil)
    #expect(tmux.display("#{alternate_on} #{cursor_flag}") == "0 1")
    tmux.enter("fg")
    #expect(tmux.wait(colors: true) { $0.contains("resumed") && shows(0, $0) } != nil, "\(tmux.screen())")
    #expect(tmux.display("#{alternate_on} #{cursor_flag}") == "1 0")
    // Once more, with another size in between.
    tmux.send("C-z")
    #expect(tmux.wait { $0.contains("Stopped") } != nil)
    tmux.resize(width: 70, height: 20)
    tmux.enter("fg")
    #expect(tmux.wait(colors: true) { $0.contains("probe 70x20") && shows(0, $0) } != nil)
    tmux.send("q")
    #expect(tmux.waitForShell())
    #expect(tmux.modesAreUnchanged)
  }

  @Test func stoppedFromOutsideAndContinued() throws {
    let tmux = try start()
    tmux.signal(SIGSTOP)
    #expect(tmux.wait { $0.contains("Stopped") } != nil)
    tmux.enter("stty sane; fg")
    #expect(tmux.wait(colors: true) { $0.contains("resumed") && shows(0, $0) } != nil)
    tmux.send("x")
    #expect(tmux.wait { $0.contains("character(\"x\")") } != nil)
    tmux.send("q")
    #expect(tmux.waitForShell())
  }

  @Test func keysArriveAsWhatTheyAre() throws {
    let tmux = try start()
    let keys: [(send: String, shown: String)] = [
      ("Up", "<up>"), ("Down", "<down>"), ("Left", "<left>"), ("Right", "<right>"), ("Enter", "<enter>"),
      ("Tab", "<tab>"), ("BTab", "<backTab>"), ("Escape", "<escape>"), ("BSpace", "<backspace>"), ("F1", "<function(1)>"),
      ("F12", "<function(12)>"), ("C-p", "<control(\"p\")>"), ("Home", "<home>"), ("End", "<end>"), ("PPage", "<pageUp>"),
      ("NPage", "<pageDown>"), ("DC", "<delete>"), ("IC", "<insert>"), ("ä", "<character(\"ä\")>"),
      ("日", "<character(\"日\")>"), ("Space", "<character(\" \")>"), ("x", "<character(\"x\")>"),
    ]
    for key in keys {
      tmux.send(key.send)
      #expect(
        tmux.wait { $0.split(separator: "\n").last?.hasSuffix(key.shown) ?? false } != nil,
        "\(key): \(tmux.screen().split(separator: "\n").last ?? "")")
    }
  }

  @Test func answersOfTheTerminalAreNoKeys() throws {
    let tmux = try start()
    tmux.type("\u{1B}[?64;1;2c")
    tmux.send("x")
    let text = try #require(tmux.wait { $0.contains("character(\"x\")") })
    #expect(!text.contains("escape") && !text.contains("64") && !text.contains("\"c\""))
  }

  @Test func wakingEndsTheWait() throws {
    let tmux = try start(options: "wake")
    #expect(tmux.wait { $0.contains("woken") } != nil)
  }

  @Test(arguments: [
    (["TERM": "xterm-256color"], "palette256"), (["TERM": "linux"], "palette16"), (["TERM": "vt100"], "monochrome"),
    (["NO_COLOR": "1", "COLORTERM": "truecolor"], "monochrome"), (["NO_COLOR": "", "COLORTERM": "24bit"], "trueColor"),
    (["LANG": "C", "COLORTERM": "truecolor"], "palette256"), (["LANG": "xx_YY.UTF-8", "COLORTERM": "truecolor"], "trueColor"),
  ])
  func everyTerminalWorks(environment: [String: String], depth: String) throws {
    let tmux = try start(environment)
    let text = try #require(tmux.wait { $0.contains("probe 100x30 \(depth)") })
    if environment["LANG"] == "C" { #expect(text.utf8.allSatisfy { $0 < 0x7F }) }
    tmux.send("c", "c", "?", "?", "x")
    #expect(tmux.wait { $0.contains("character(\"x\")") } != nil)
    tmux.send("q")
    #expect(tmux.waitForShell())
    #expect(tmux.modesAreUnchanged)
  }

  @Test(arguments: [("TERM=dumb", "cannot place its cursor"), ("TERM=nonsense", "not known"), ("TERM=", "TERM is not set")])
  func unusableTerminalsAreRefusedInOneLine(change: String, message: String) throws {
    let tmux = try #require(Tmux())
    tmux.enter("\(change) \(Probe.command())")
    #expect(tmux.wait { $0.contains(message) } != nil)
    #expect(tmux.waitForShell())
    #expect(tmux.status() == 64)
    #expect(tmux.modesAreUnchanged)
  }

  @Test func withoutATerminalItSaysSo() {
    let result = Command.run(
      [Command.bundle, "--testing-library", "swift-testing", "--filter", "TerminalProbe"],
      environment: ["\(Probe.variable)=", "TERM=xterm", "PATH=/usr/bin:/bin"])
    #expect(result.status == 64)
    #expect(result.output.contains("probe: standard output is not a terminal"))
  }
}
