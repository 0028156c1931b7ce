import Testing

/// The program on terminals that answer its questions, late, or not at all.
@Suite(
  .serialized, .enabled(if: ExplorerSession.program != nil, "asmr-tui was not built"),
  .enabled(if: Command.exists("setsid"), "setsid is needed"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(3)))
struct AnsweringTests {
  private let escape = "\u{1B}"
  private var sixelAnswer: String { "\(escape)[?1;0;256S\(escape)[?2;0;800;480S\(escape)[?62;4c" }
  private var kittyAnswer: String { "\(escape)_Gi=4211;OK\(escape)\\\(escape)[6;16;8t\(escape)[?62c" }

  private func open(_ environment: [String: String] = [:]) throws -> Pty {
    let program = try #require(ExplorerSession.program)
    let pty = Pty(
      [program, ExplorerSession.cameraman, "--steps", "3"], environment: ["COLORTERM": "truecolor"].merging(environment) { $1 })
    return try #require(pty)
  }

  private func hasScreen(_ pty: Pty) -> Bool { pty.text.contains("cameraman.pgm") && pty.text.contains("pause") }

  /// Ends as a user does; whether it ended well.
  private func quit(_ pty: Pty) -> Bool {
    pty.type("q")
    _ = pty.wait { $0.hasEnded || $0.text.contains("not saved") }
    if !pty.hasEnded { pty.type("y") }
    return pty.wait { $0.hasEnded } && pty.exitStatus == 0
  }

  @Test func aSilentTerminalGetsBlocks() throws {
    let pty = try open()
    #expect(pty.wait { hasScreen($0) })
    #expect(pty.wait { $0.text.contains("▀") } && !pty.text.contains("\(escape)P"))
    #expect(quit(pty))
  }

  @Test func sixelIsSentToThoseWhoKnowIt() throws {
    let pty = try open()
    #expect(pty.wait { $0.text.contains("\(escape)[c") })
    pty.type(sixelAnswer)
    #expect(pty.wait { hasScreen($0) && $0.text.contains("\(escape)P0;1;0q") && $0.text.contains("\(escape)\\") })
    #expect(!pty.text.contains("▀"))
    #expect(quit(pty))
  }

  @Test func kittyIsSentItsOwnAndToldToForget() throws {
    let pty = try open()
    #expect(pty.wait { $0.text.contains("\(escape)[c") })
    pty.type(kittyAnswer)
    #expect(pty.wait { hasScreen($0) && $0.text.contains("\(escape)_Ga=T,f=24") })
    #expect(!pty.text.contains("▀") && !pty.text.contains("\(escape)P"))
    #expect(quit(pty))
    #expect(pty.text.contains("\(escape)_Ga=d,d=A"))
  }

  @Test func withinTmuxKittyIsNotBelieved() throws {
    let pty = try open(["TMUX": "/tmp/none,1,0"])
    #expect(pty.wait { $0.text.contains("\(escape)[c") })
    pty.type(kittyAnswer)
    #expect(pty.wait { hasScreen($0) && $0.text.contains("▀") })
    #expect(!pty.text.contains("\(escape)_Ga=T"))
    #expect(quit(pty))
  }

  @Test func lateAnswersAreNoKeys() throws {
    let pty = try open()
    #expect(pty.wait { hasScreen($0) })
    // As keys they would open the form (c), the curves (2), a prompt to quit (q of an answer's name).
    pty.type("\(escape)P>|slow(2)q\(escape)\\\(escape)]11;rgb:1a1a/1b1b/2626\(escape)\\" + sixelAnswer)
    pty.listen(milliseconds: 400)
    #expect(!pty.text.contains("change") && !pty.text.contains("cursor reads"))
    #expect(!pty.hasEnded)
    #expect(quit(pty))
  }

  @Test func keysTypedBeforeTheScreenIsThereCount() throws {
    let pty = try open()
    #expect(pty.wait { $0.text.contains("\(escape)[c") })
    pty.type("?" + sixelAnswer)
    #expect(pty.wait { $0.text.contains("closes") })
    pty.type(" ")
    #expect(quit(pty))
  }
}
