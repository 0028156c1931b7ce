import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The tour and the hint of the first start, in a real terminal.
@Suite(.serialized, .enabled(if: Tmux.isInstalled && ExplorerSession.program != nil, "skipped: no tmux, or no program"))
struct TourProgramTests {
  @Test func theTourIsTheProgramItself() throws {
    let session = try ExplorerSession(width: 120, height: 40)
    session.enter("tour")
    try #require(session.wait { $0.text.contains("tour: a picture as a function") && ($0.step ?? 0) > 3 } != nil, "\(session.tmux.screen())")
    session.tmux.send("Space")
    #expect(session.wait { $0.text.contains("tour: what a pixel costs") && $0.text.contains("1,354 MACs") } != nil)
    session.tmux.send("Enter")
    // The maps of the levels come while it trains.
    #expect(session.wait { $0.text.contains("4×4, 16×16, 64×64 and 512×512") && $0.text.contains("level 3") } != nil)
    session.tmux.send("n")
    #expect(session.wait { $0.text.contains("tour: what the bases decide") && $0.text.contains("8,4,4,4") && $0.text.contains("PSNR differs by") } != nil)
    session.tmux.send("b")
    #expect(session.wait { $0.text.contains("tour: why sharing works") } != nil)
    session.tmux.resize(width: 80, height: 24)
    #expect(session.wait { $0.text.contains("tour: why sharing works") && $0.lines.allSatisfy { $0.count <= 80 } } != nil)
    session.tmux.send("Escape")
    #expect(session.wait { !$0.text.contains("tour:") && $0.text.contains("the runs go on") } != nil)
    session.quit()
  }

  @Test func withAPictureOfOnesOwnInASCIIWithoutColours() throws {
    let session = try ExplorerSession(width: 80, height: 24, environment: ["LC_ALL": "C", "NO_COLOR": "1"])
    session.enter("tour cameraman.pgm --theme monochrome --no-mouse")
    #expect(session.wait { $0.text.contains("tour: a picture as a function") && $0.text.utf8.allSatisfy { $0 < 0x7F } } != nil)
    session.quit()
    let (lines, status) = session.run("./asmr-tui tour nowhere.pgm")
    #expect(status == 66 && lines.joined().contains("nowhere.pgm"))
  }

  @Test func theHintComesOnce() throws {
    let session = try ExplorerSession()
    _ = session.run("rm -r .local")
    session.enter("cameraman.pgm --hidden 32")
    #expect(session.wait { $0.lastRow.contains("? help") && $0.lastRow.contains("asmr-tui tour") } != nil)
    session.tmux.send("e")
    #expect(session.wait { $0.text.contains("error |y - t|") && !$0.lastRow.contains("asmr-tui tour") } != nil)
    session.quit()
    _ = session.run("rm .local/state/asmr-tui/*.session")
    session.enter("cameraman.pgm --hidden 32")
    #expect(session.wait { $0.isOpen } != nil)
    #expect(!ExplorerScreen(session.tmux.screen()).lastRow.contains("asmr-tui tour"))
    session.quit()
  }

  @Test func whereNothingCanBeNotedThereIsNoHint() throws {
    let session = try ExplorerSession(environment: ["XDG_STATE_HOME": "/dev/null/state"])
    session.enter("cameraman.pgm --hidden 32")
    #expect(session.wait { $0.isOpen } != nil)
    #expect(!ExplorerScreen(session.tmux.screen()).text.contains("asmr-tui tour"))
    session.quit()
  }

  @Test func frozenItTrainsOn() throws {
    let session = try ExplorerSession.open("cameraman.pgm --hidden 64 --reduced-motion")
    session.tmux.send("F")
    let frozen = try #require(session.wait { $0.title.contains("❄ frozen at step") })
    let step = try #require(frozen.step)
    #expect(session.tmux.holds { (ExplorerScreen(session.tmux.screen()).step ?? -1) == step })
    session.tmux.send("F")
    #expect(session.wait { ($0.step ?? 0) > step && !$0.title.contains("frozen") } != nil)
    session.quit()
  }
}
