import Testing

/// Sessions as a user has them: quitting, going on, names, and what is said when one does not open.
@Suite(
  .serialized, .enabled(if: Tmux.isInstalled, "tmux and bash are needed"),
  .enabled(if: ExplorerSession.program != nil, "asmr-tui was not built"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(5)))
struct SessionProgramTests {
  private static let state = ".local/state/asmr-tui"

  @Test func quittingAndGoingOn() throws {
    let session = try ExplorerSession.open("cameraman.pgm --hidden 64")
    #expect(session.wait { ($0.step ?? 0) >= 3 } != nil)
    session.tmux.send("Space")
    let step = try #require(session.wait { $0.state == "paused" }?.step)
    session.tmux.send("e")
    session.tmux.send("q")
    #expect(session.wait { $0.text.contains("Step \(step) is not saved as a model") && $0.text.contains("The session is kept") } != nil)
    session.tmux.send("y")
    #expect(session.wait { $0.text.contains("session kept: asmr-tui --resume cameraman-autosave") } != nil)
    session.expectEnd(0)
    // The picture may go: its samples are in the session.
    let listed = session.run("rm cameraman.pgm; ./asmr-tui sessions")
    #expect(listed.status == 0 && listed.lines.contains { $0.contains("cameraman-autosave") && $0.contains("step \(step)") })
    session.enter("--resume")
    let again = try #require(session.wait { $0.isOpen && $0.text.contains("own copy") })
    #expect(again.step == step && again.state == "paused" && again.text.contains("error |y - t|"))
    session.tmux.send("Space")
    #expect(session.wait { ($0.step ?? 0) > step && $0.state == "training" } != nil)
    session.quit()
  }

  @Test func namesAndWhatDoesNotOpen() throws {
    let session = try ExplorerSession.open("cameraman.pgm --hidden 64 --autosave off")
    #expect(session.wait { ($0.step ?? 0) >= 3 } != nil)
    // Nothing saves itself, at the end neither.
    session.quit()
    #expect(session.run("ls \(Self.state)/*.session").status != 0)
    #expect(session.run("./asmr-tui --resume").lines.joined().contains("found none"))
    session.enter("cameraman.pgm --hidden 64")
    #expect(session.wait { ($0.step ?? 0) >= 3 } != nil)
    for _ in 0..<2 {
      session.tmux.send("W")
      #expect(session.wait { $0.text.contains("save the session") } != nil)
      session.tmux.send("Enter")
      _ = session.wait { $0.text.contains("exists") || $0.lastRow.contains("session saved") }
      session.tmux.send("Enter")
      #expect(session.wait { $0.lastRow.contains("session saved: asmr-tui --resume cameraman") } != nil)
      session.tmux.send("Escape")
    }
    session.quit()
    let file = "\(Self.state)/cameraman.session"
    #expect(session.run("printf x | dd of=\(file) bs=1 seek=200000 conv=notrunc 2>/dev/null").status == 0)
    let damaged = session.run("./asmr-tui --resume cameraman 2> err; tr -d '\\n' < err; echo")
    #expect(damaged.lines.joined().contains("damaged session: found checksum"))
    #expect(damaged.lines.joined().contains("asmr-tui --resume cameraman.previous"))
    #expect(session.run("./asmr-tui --resume other 2>&1").lines.joined().contains("allowed are"))
    let gone = session.run("./asmr-tui --resume cameraman.previous nosuch.png 2>&1; echo status $?").lines.joined()
    #expect(gone.contains("nosuch.png") && gone.contains("status 66"))
    #expect(session.run("./asmr-tui --resume cameraman --lr 1e-3 2>&1").lines.joined().contains("--lr"))
    let json = session.run("./asmr-tui sessions --json | tr -d ' \\n'; echo").lines.joined()
    #expect(json.contains(#""name":"cameraman","path""#) && json.contains(#""fault":"#) && json.contains(#""previous":true"#))
    session.enter("--resume cameraman.previous")
    #expect(session.wait { $0.isOpen && ($0.step ?? 0) > 0 } != nil)
    session.quit()
  }

  @Test func aFolderThatCannotBeWrittenIsSaidAndTrainingGoesOn() throws {
    let session = try ExplorerSession.open(
      "cameraman.pgm --hidden 64 --autosave 0.2", environment: ["XDG_STATE_HOME": "/dev/null/state"])
    #expect(session.wait { $0.text.contains("/dev/null/state/asmr-tui") } != nil)
    #expect(session.wait { ($0.step ?? 0) >= 20 } != nil)
    session.tmux.send("q")
    #expect(session.wait { $0.text.contains("is not saved.") && !$0.text.contains("session is kept") } != nil)
    session.tmux.send("y")
    session.expectEnd(0)
  }
}
