import Canvas
import Signals
import Testing

/// The program on poor terminals, with odd pictures, and when it does not even start.
@Suite(
  .serialized, .enabled(if: Tmux.isInstalled, "tmux and bash are needed"),
  .enabled(if: ExplorerSession.program != nil, "asmr-tui was not built"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(5)))
struct ExplorerSurroundingsTests {
  /// What must not appear when nothing was touched: the alternate screen.
  private static let alternateScreen = "\u{1B}[?1049h"

  @Test func refusalsAreOneLineAndTouchNothing() throws {
    let session = try ExplorerSession(width: 240, height: 30)
    try session.write(Array("P5\n64 64\n255\nshort".utf8), to: "damaged.pgm")
    let record = session.tmux.record(in: session.folder)
    let cases: [(line: String, status: Int32, says: [String])] = [
      ("./asmr-tui missing.pgm", 66, ["missing.pgm"]),
      ("./asmr-tui damaged.pgm", 65, ["damaged.pgm"]),
      ("TERM=dumb ./asmr-tui cameraman.pgm", 64, ["TERM=dumb"]),
      ("./asmr-tui cameraman.pgm | cat", 64, ["standard output", "train"]),
      ("./asmr-tui cameraman.pgm < /dev/null", 64, ["standard input", "train"]),
      ("./asmr-tui cameraman.pgm --theme nosuch", 64, ["nosuch", "asmr"]),
      ("./asmr-tui cameraman.pgm --theme none.theme", 66, ["none.theme"]),
      ("./asmr-tui cameraman.pgm --color 12", 64, ["color"]),
      ("./asmr-tui cameraman.pgm --hidden 16000 --layers 32", 64, ["memory"]),
    ]
    for refusal in cases {
      let result = session.run(refusal.line)
      #expect(result.status == refusal.status, "\(refusal.line): \(result.lines)")
      #expect(result.lines.count == 1, "\(refusal.line): \(result.lines)")
      for part in ["asmr-tui: "] + refusal.says {
        #expect(result.lines.joined().contains(part), "\(refusal.line): \(result.lines)")
      }
    }
    #expect(session.tmux.modesAreUnchanged)
    let bytes = record()
    #expect(bytes.contains("missing.pgm") && !bytes.contains(Self.alternateScreen))
    // Seen when it is there.
    session.enter("cameraman.pgm --steps 0")
    #expect(session.wait { $0.state == "finished" } != nil)
    #expect(record().contains(Self.alternateScreen))
    session.quit()
  }

  @Test func withoutAUnicodeLocaleEverythingIsShownInASCII() throws {
    let session = try ExplorerSession.open(environment: ["LANG": "C"])
    let screen = try #require(session.wait { ($0.psnr ?? 0) > 8 })
    #expect(screen.text.utf8.allSatisfy { $0 < 0x7F })
    for part in [" target ", " reconstruction ", " PSNR, dB ", "512x512 grey", "* training", "SIREN 132,609", "q quit"] {
      #expect(screen.text.contains(part), "\(part)")
    }
    // A picture of many shades, in its place.
    let shades = Set(screen.lines[3..<17].flatMap { Array($0)[11..<39] })
    #expect(shades.count >= 5, "\(shades)")
    session.tmux.send("?")
    let help = try #require(session.wait { $0.text.contains("key closes") && $0.text.contains("estimate over") })
    #expect(help.text.utf8.allSatisfy { $0 < 0x7F })
    session.tmux.send("x")
    session.quit()
  }

  @Test func noColorIsNoColor() throws {
    var record: (() -> String)?
    let session = try ExplorerSession.open(environment: ["NO_COLOR": "1"]) { record = $0.tmux.record(in: $0.folder) }
    #expect(session.wait { ($0.step ?? 0) > 2 } != nil)
    session.tmux.send("e", "?", "x", "s", "Escape")
    #expect(session.wait { $0.text.contains("error |y - t|") } != nil)
    let bytes = try #require(record?())
    #expect(bytes.contains("reconstruction"))
    for match in bytes.matches(of: /\u{1B}\[([0-9;:]*)m/) {
      let numbers = match.1.split(whereSeparator: { ";:".contains($0) }).compactMap { Int($0) }
      #expect(!numbers.contains { (30...38).contains($0) || (40...48).contains($0) || (90...107).contains($0) }, "\(match.1)")
    }
    // Without colour the picture is black and white half-blocks.
    let screen = ExplorerScreen(session.tmux.screen())
    #expect(screen.lines[2..<17].joined().contains { "▀▄█".contains($0) })
    session.quit()
  }

  @Test(arguments: [("256", 8), ("16", 3), ("mono", 0)])
  func fewerColors(depth: String, atLeast: Int) throws {
    let session = try ExplorerSession.open("cameraman.pgm --color \(depth)")
    let picture = Rect(x: 11, y: 3, width: 28, height: 14)
    func indices(_ cells: CapturedCells) -> [UInt8?] {
      (picture.y..<picture.maxY).flatMap { y in
        (picture.x..<picture.maxX).flatMap { x in [cells[x, y].foregroundIndex, cells[x, y].backgroundIndex] }
      }
    }
    // The screen is there; now that of the target, which does not change any more.
    let cells = try #require(session.waitForCells { Set(indices($0).compactMap { $0 }).count >= atLeast })
    let found = Set(indices(cells).compactMap { $0 })
    if depth == "16" { #expect(found.allSatisfy { $0 < 16 }, "\(found)") }
    if depth == "mono" { #expect(found.isEmpty) }
    for y in cells.rows.indices {
      for x in 0..<100 { #expect(cells[x, y].foreground == nil && cells[x, y].background == nil) }
    }
    let characters = (picture.y..<picture.maxY).flatMap { y in (picture.x..<picture.maxX).map { cells[$0, y].character } }
    #expect(characters.allSatisfy { "▀▄█ ".contains($0) } && characters.contains { "▀▄█".contains($0) })
    session.quit()
  }

  @Test func aPictureFromStandardInput() throws {
    let session = try ExplorerSession.open("- < cameraman.pgm")
    #expect(ExplorerScreen(session.tmux.screen()).title.contains("standard input"))
    #expect(session.wait { ($0.step ?? 0) > 0 } != nil)
    session.tmux.send("Space")
    #expect(session.wait { $0.state == "paused" } != nil)
    session.tmux.send("s")
    #expect(session.wait { $0.text.contains("picture-asmr.safetensors") } != nil)
    session.tmux.send("Escape")
    session.quit()
  }

  @Test(arguments: [(1, 1, 1), (37, 41, 3), (300, 2, 1)])
  func oddPicturesOpen(width: Int, height: Int, channels: Int) throws {
    let session = try ExplorerSession.open("odd.pnm --steps 50") {
      try $0.write(ExplorerProgramTests.tiny(width, height, channels: channels), to: "odd.pnm")
    }
    let end = try #require(session.wait { $0.state == "finished" && $0.step == 50 })
    #expect(end.title.contains("\(width)×\(height) \(channels == 1 ? "grey" : "colour")") && end.psnr != nil)
    let signal = try ImageReader.read(path: session.folder + "/odd.pnm", resize: .none).signal
    #expect(session.waitForCells { ExpectedPicture(signal: signal).place(in: $0, width: 100) != nil } != nil)
    session.quit()
  }

  /// What was done to the picture is said once at the start.
  @Test func paddingIsSaid() throws {
    let session = try ExplorerSession(width: 100, height: 30)
    try session.write(ExplorerProgramTests.tiny(37, 41), to: "odd.pnm")
    session.enter("odd.pnm --steps 0")
    #expect(session.wait { $0.text.contains("rows are padded from 41 to") } != nil)
    session.quit()
  }

  @Test func aBrokenThemeIsSaidAndUsed() throws {
    let session = try ExplorerSession(width: 100, height: 30)
    try session.write(Array("theme[main_fg]=\"#ABCDEF\"\ntheme[title]=\"#nonsense\"\n".utf8), to: "broken.theme")
    session.enter("cameraman.pgm --theme broken.theme --steps 0")
    #expect(session.wait { $0.state == "finished" } != nil)
    session.quit()
    // After the explorer, the line that it printed before is there again.
    session.enter("cameraman.pgm --theme broken.theme --steps 0")
    #expect(session.wait { $0.state == "finished" } != nil)
    session.tmux.send("q")
    #expect(session.tmux.waitForShell())
    #expect(session.tmux.screen().contains("broken.theme:2: found"))
  }

  /// The file of the theme on the screen is edited: well, badly, well again.
  @Test func anEditedThemeIsReadAgain() throws {
    let session = try ExplorerSession(width: 100, height: 30)
    func edit(_ background: String) throws { try session.write(Array("theme[main_bg]=\"\(background)\"\n".utf8), to: "mine.theme") }
    try edit("#102030")
    session.enter("cameraman.pgm --theme mine.theme --steps 0")
    #expect(session.wait { $0.state == "finished" } != nil)
    try edit("#20")
    #expect(session.wait { $0.text.contains("theme mine: read again") } != nil)
    try edit("#2")
    #expect(session.wait { $0.text.contains("mine.theme:1: found \"#2\"") } != nil)
    session.tmux.send("T")
    #expect(session.wait { $0.text.contains("mine") && $0.text.contains("broken") && $0.text.contains("nord") } != nil)
    try edit("#300000")
    #expect(session.wait { !$0.text.contains("broken") } != nil)
    session.tmux.send("Escape")
    session.quit()
  }
}
