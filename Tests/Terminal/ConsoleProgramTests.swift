import Testing

/// Commands, the palette and a configuration in a real terminal.
@Suite(
  .serialized, .enabled(if: Tmux.isInstalled, "tmux and bash are needed"),
  .enabled(if: ExplorerSession.program != nil, "asmr-tui was not built"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(5)))
struct ConsoleProgramTests {
  private static let state = ".local/state/asmr-tui"

  private func type(_ session: ExplorerSession, _ command: String) {
    session.tmux.send(":")
    #expect(session.wait { $0.lastRow.hasPrefix(":") } != nil)
    session.tmux.type(command)
    #expect(session.wait { $0.lastRow.hasPrefix(":" + command) } != nil)
    session.tmux.send("Enter")
  }

  @Test func commandsAndTheirHistory() throws {
    let session = try ExplorerSession.open("cameraman.pgm --hidden 64")
    type(session, "lr 5e-4")
    #expect(session.wait { $0.lastRow.contains("goes on with its weights") } != nil)
    type(session, "seek 5")
    // Beyond it already, or not yet.
    #expect(session.wait { $0.state == "paused" && $0.step == 5 } != nil)
    #expect(session.wait { $0.text.contains("learning rate 5.00e-4") || $0.text.contains("learning rate 4.99e-4") } != nil)
    type(session, "lr 99")
    #expect(session.wait { $0.text.contains("lr: found 99.0; allowed are 1e-10 to 10.0") && $0.lastRow.hasPrefix(":lr 99") } != nil)
    session.tmux.send("Escape")
    type(session, "w mine")
    #expect(session.wait { $0.lastRow.contains("session saved: asmr-tui --resume mine") } != nil)
    type(session, "theme nord")
    #expect(session.wait { $0.lastRow.contains("theme nord") } != nil)
    type(session, "wq last")
    #expect(session.wait { $0.text.contains("session kept: asmr-tui --resume last") } != nil)
    session.expectEnd(0)
    #expect(session.run("cat \(Self.state)/history").lines == ["lr 5e-4", "seek 5", "w mine", "theme nord", "wq last"])
    #expect(session.run("cat \(Self.state)/theme; ls \(Self.state)/mine.session").lines == ["nord", "\(Self.state)/mine.session"])
    // The next one knows both.
    session.enter("--resume last")
    #expect(session.wait { $0.isOpen && $0.step == 5 && $0.state == "paused" } != nil)
    session.tmux.send(":")
    session.tmux.send("Up")
    #expect(session.wait { $0.lastRow.hasPrefix(":wq last") } != nil)
    session.tmux.send("Escape")
    type(session, "set theme")
    #expect(session.wait { $0.lastRow.contains("theme nord;") } != nil)
    type(session, "q!")
    session.expectEnd(0)
  }

  @Test func thePaletteFindsWhatIsTyped() throws {
    let session = try ExplorerSession.open("cameraman.pgm --hidden 64")
    session.tmux.send("C-p")
    #expect(session.wait { $0.text.contains(" palette ") } != nil)
    session.tmux.type("view-cur")
    #expect(session.wait { screen in screen.lines.contains { $0.contains("› view") && $0.contains("view-curves") } } != nil)
    session.tmux.send("Enter")
    #expect(session.wait { $0.text.contains("seconds trained") && !$0.text.contains(" palette ") } != nil)
    // A count, and tabs at once.
    session.tmux.type("1")
    #expect(session.wait { $0.isOpen } != nil)
    session.tmux.send("Space")
    let step = try #require(session.wait { $0.state == "paused" }?.step)
    session.tmux.type("'12.")
    #expect(session.wait { $0.step == step + 12 } != nil)
    session.quit()
  }

  @Test func aConfigurationWithOtherKeys() throws {
    let session = try ExplorerSession.open("cameraman.pgm --hidden 64") { session in
      _ = session.run("mkdir -p .config/asmr-tui")
      try session.write(
        Array("theme = \"gruvbox-dark\"\n[run]\nmodel = \"siren\"\n[keys]\npause = [\"f5\", \"Z\"]\nquit = \"Q\"\n".utf8),
        to: ".config/asmr-tui/config.toml")
    }
    let screen = try #require(session.wait { $0.isOpen && ($0.step ?? 0) >= 1 })
    #expect(screen.title.contains("SIREN") && screen.lastRow.contains("F5 pause") && screen.lastRow.contains("Q quit"))
    session.tmux.send("q")
    session.tmux.send("Space")
    session.tmux.send("Z")
    #expect(session.wait { $0.state == "paused" && $0.lastRow.contains("F5 resume") } != nil)
    session.tmux.send("F5")
    #expect(session.wait { $0.state == "training" } != nil)
    type(session, "set theme")
    #expect(session.wait { $0.lastRow.contains("theme gruvbox-dark;") } != nil)
    type(session, "q!")
    session.expectEnd(0)
    // Options come before the file, and what is wrong with it before the screen.
    try session.write(Array("mouse = 3\n[keys]\npaus = \"x\"\n".utf8), to: "b.toml")
    let broken = session.run("./asmr-tui cameraman.pgm --config b.toml 2>&1 | cut -c1-70")
    #expect(broken.status == 64 && broken.lines == [
      "asmr-tui: b.toml:1: mouse: found 3; allowed is true, false",
      "asmr-tui: b.toml:3: keys.paus: found no such name; allowed is pause, p",
    ])
    session.enter("cameraman.pgm --hidden 64 --model asmr --theme nord")
    #expect(session.wait { $0.isOpen && $0.title.contains("ASMR") } != nil)
    type(session, "set theme")
    #expect(session.wait { $0.lastRow.contains("theme nord;") } != nil)
    type(session, "q!")
    session.expectEnd(0)
  }
}
