import Canvas
import Signals
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The explorer, as a user has it: the program in a terminal, keys, and what the screen shows.
@Suite(
  .serialized, .enabled(if: Tmux.isInstalled, "tmux and bash are needed"),
  .enabled(if: ExplorerSession.program != nil, "asmr-tui was not built"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(5)))
struct ExplorerProgramTests {
  private let cameraman: ExpectedPicture

  init() throws {
    cameraman = ExpectedPicture(signal: try ImageReader.read(path: ExplorerSession.cameraman, resize: .none).signal)
  }

  @Test func opensAndLearns() throws {
    let session = try ExplorerSession.open()
    let first = try #require(session.wait { $0.psnr != nil })
    #expect(first.title.contains("asmr-tui") && first.title.contains("cameraman.pgm  512×512 grey"))
    #expect(first.title.contains("ASMR [4,4,4,8]") && first.title.contains("seed 1"))
    for part in [" target ", " reconstruction ", " PSNR, dB ", " cost ", "? help", "q quit"] {
      #expect(first.text.contains(part), "\(part)")
    }
    #expect(first.value("parameters") == "134,145" && first.value("MACs/sample") == "1,354")
    #expect(session.waitForCells { cameraman.place(in: $0, width: 100) == Rect(x: 11, y: 3, width: 28, height: 14) } != nil)
    // It learns: steps, PSNR, the curve, and a reconstruction that looks like the target.
    let later = try #require(session.wait { ($0.psnr ?? 0) > 15 })
    #expect(try #require(later.step) > #require(first.step))
    #expect(try #require(later.elapsed) > 0)
    #expect(later.text.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
    #expect(session.waitForCells { likeness($0, of: cameraman, in: Rect(x: 61, y: 3, width: 28, height: 14)) < 40 } != nil)
    session.quit()
  }

  /// Mean difference in 8-bit steps between a picture's cells and what they should show at best; infinite without one.
  private func likeness(_ cells: CapturedCells, of picture: ExpectedPicture, in rect: Rect) -> Double {
    let pixels = picture.pixels(width: rect.width, height: 2 * rect.height)
    var sum = 0.0
    for y in 0..<2 * rect.height {
      for x in 0..<rect.width {
        let cell = cells[rect.x + x, rect.y + y / 2]
        guard let shown = y % 2 == 0 ? cell.foreground : cell.background else { return .infinity }
        sum += abs(Double(shown & 0xFF) - 255 * pixels[y * rect.width + x][0])
      }
    }
    return sum / Double(pixels.count)
  }

  @Test func pauseStepResumeReset() throws {
    let session = try ExplorerSession.open()
    #expect(session.wait { ($0.step ?? 0) >= 3 } != nil)
    session.tmux.send("Space")
    let paused = try #require(session.wait { $0.state == "paused" })
    let step = try #require(paused.step)
    #expect(paused.lastRow.contains("space resume"))
    // Ten looks at a screen that stands still.
    var looks = 0
    let moved = session.wait { screen in
      looks += 1
      return looks > 10 || screen.step != step || screen.elapsed != paused.elapsed
    }
    #expect(moved?.step == step && moved?.elapsed == paused.elapsed)
    for count in 1...3 {
      session.tmux.send(".")
      #expect(session.wait { $0.step != step + count - 1 }?.step == step + count)
    }
    session.tmux.send("Space")
    #expect(session.wait { $0.state == "training" && ($0.step ?? 0) > step + 3 } != nil)
    session.tmux.send("e")
    #expect(session.wait { $0.text.contains("error |y - t|") && $0.text.contains(" target ") } != nil)
    #expect(session.waitForCells { $0.hasColors(in: Rect(x: 72, y: 3, width: 20, height: 10)) } != nil)
    session.tmux.send("e")
    #expect(session.wait { !$0.text.contains("error |y - t|") } != nil)
    // From the start, while paused so that the number can be read.
    session.tmux.send("Space")
    #expect(session.wait { $0.state == "paused" && ($0.step ?? 0) > 0 } != nil)
    session.tmux.send("r")
    #expect(session.wait { $0.step == 0 && $0.state == "paused" && $0.elapsed == 0 } != nil)
    session.tmux.send("R")
    #expect(session.wait { $0.title.contains("seed 2") && $0.step == 0 } != nil)
    session.tmux.send("q")
    session.expectEnd(0)
  }

  @Test func resizesWhileTraining() throws {
    let session = try ExplorerSession.open()
    for (width, height) in [(60, 16), (160, 50), (30, 8), (250, 70), (80, 24), (2, 1), (100, 30)] {
      session.tmux.resize(width: width, height: height)
      if width < 30 { continue }
      guard width >= 60 else {
        let small = session.wait { $0.text.contains("asmr-tui needs 60×16") && $0.text.contains("this is \(width)×\(height)") }
        #expect(small != nil)
        continue
      }
      let rect = try #require(session.tmux.wait(ExplorerSession.patience, colors: true) {
        let screen = ExplorerScreen($0.replacing(/\u{1B}\[[0-9;:]*[a-zA-Z]/, with: ""))
        return screen.lines.count >= height && screen.lines[height - 1].contains("q quit")
          && cameraman.place(in: CapturedCells($0), width: width) != nil
      }.flatMap { cameraman.place(in: CapturedCells($0), width: width) }, "\(width)×\(height)")
      #expect(rect.width == 2 * rect.height, "\(rect)")
      let screen = try #require(session.wait { $0.isOpen && $0.lines[0].contains("training") })
      // Learning goes on.
      #expect(session.wait { ($0.step ?? 0) > screen.step ?? .max } != nil)
    }
    session.quit()
  }

  @Test func popUpsComeAndGoAndThePictureIsWhole() throws {
    let session = try ExplorerSession.open()
    #expect(session.waitForCells { cameraman.place(in: $0, width: 100) != nil } != nil)
    session.tmux.send("?")
    #expect(session.wait { $0.text.contains("key closes") && $0.text.contains("start again with the next seed") } != nil)
    #expect(session.waitForCells { cameraman.place(in: $0, width: 100) == nil } != nil)
    session.tmux.send("x")
    #expect(session.wait { !$0.text.contains("key closes") } != nil)
    #expect(session.waitForCells { cameraman.place(in: $0, width: 100) != nil } != nil)
    // Asked, stayed, asked again.
    #expect(session.wait { ($0.step ?? 0) > 0 } != nil)
    session.tmux.send("q")
    #expect(session.wait { $0.text.contains("is not saved") } != nil)
    session.tmux.send("n")
    #expect(session.wait { !$0.text.contains("is not saved") && $0.state == "training" } != nil)
    #expect(session.waitForCells { cameraman.place(in: $0, width: 100) != nil } != nil)
    session.tmux.send("q")
    #expect(session.wait { $0.text.contains("is not saved") } != nil)
    session.tmux.send("y")
    session.expectEnd(0)
  }

  @Test func savesWhatCanBeDrawnAgain() throws {
    let session = try ExplorerSession.open()
    #expect(session.wait { ($0.psnr ?? 0) > 12 } != nil)
    session.tmux.send("Space")
    #expect(session.wait { $0.state == "paused" } != nil)
    session.tmux.send("s")
    #expect(session.wait { $0.text.contains("cameraman-asmr.safetensors") } != nil)
    session.tmux.send("C-u")
    session.tmux.type("nowhere/m.safetensors")
    session.tmux.send("Enter")
    #expect(session.wait { $0.text.contains("save the model") && $0.text.contains("an existing folder") } != nil)
    session.tmux.send("C-u")
    session.tmux.type("~/m.safetensors")
    session.tmux.send("Enter")
    #expect(session.wait { $0.lastRow.contains("saved ") && $0.lastRow.contains("m.safetensors") } != nil)
    // The same name once more has to be meant.
    session.tmux.send("s", "C-u")
    session.tmux.type("~/m.safetensors")
    session.tmux.send("Enter")
    #expect(session.wait { $0.text.contains("This file exists") } != nil)
    session.tmux.send("Enter")
    let saved = try #require(session.wait { !$0.text.contains("save the model") && $0.lastRow.contains("saved ") })
    let shown = try #require(saved.psnr)
    // Nothing is lost now.
    session.tmux.send("q")
    session.expectEnd(0)
    let rendered = session.run("./asmr-tui render m.safetensors --output out.pgm >/dev/null")
    #expect(rendered.status == 0)
    let picture = try ImageReader.read(path: session.folder + "/out.pgm", resize: .none).signal
    try #require(picture.shape == [512, 512])
    let squares = zip(picture.samples, cameraman.signal.samples).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    let psnr = -10 * log10(squares / 262_144)
    #expect(abs(psnr - shown) < 0.05, "\(psnr) where the screen said \(shown)")
  }

  @Test func savesBeforeItQuits() throws {
    let session = try ExplorerSession.open("tiny.pgm --steps 20") { try $0.write(Self.tiny(24, 16), to: "tiny.pgm") }
    #expect(session.wait { $0.state == "finished" } != nil)
    session.tmux.send("q")
    #expect(session.wait { $0.text.contains("Step 20 is not saved") } != nil)
    session.tmux.send("s")
    #expect(session.wait { $0.text.contains("tiny-asmr.safetensors") } != nil)
    session.tmux.send("Enter")
    session.expectEnd(0)
    #expect(access(session.folder + "/tiny-asmr.safetensors", R_OK) == 0)
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGSEGV, SIGABRT])
  func everyModeIsLeftAfterASignal(signal: Int32) throws {
    let session = try ExplorerSession.open()
    #expect(session.wait { ($0.step ?? 0) > 0 } != nil)
    session.tmux.signal(signal)
    session.expectEnd(128 + signal)
  }

  @Test func controlCTwice() throws {
    let session = try ExplorerSession.open()
    #expect(session.wait { ($0.step ?? 0) > 0 } != nil)
    session.tmux.send("C-c")
    #expect(session.wait { $0.text.contains("is not saved") } != nil)
    session.tmux.send("C-c")
    session.expectEnd(130)
  }

  @Test func stoppedAndContinued() throws {
    let session = try ExplorerSession.open()
    let clock = ContinuousClock()
    #expect(session.wait { ($0.step ?? 0) > 0 && ($0.elapsed ?? 0) > 0 } != nil)
    let start = clock.now
    let before = ExplorerScreen(session.tmux.screen())
    session.tmux.send("C-z")
    #expect(session.wait { $0.text.contains("Stopped") } != nil)
    #expect(session.tmux.modesAreUnchanged)
    // Continued in the background it leaves the terminal to the shell: no screen, no questions whose answers are commands.
    session.tmux.enter("bg")
    session.tmux.enter("echo still $((1 + 1))")
    #expect(session.wait { $0.text.contains("still 2") } != nil)
    #expect(session.tmux.modesAreUnchanged, "\(session.tmux.screen())")
    #expect(!session.tmux.screen().contains("command not found"))
    let stopped = clock.now
    #expect(session.tmux.holds { clock.now - stopped > .seconds(3.2) })
    let stop = clock.now - stopped
    session.tmux.enter("fg")
    #expect(session.waitForCells { cameraman.place(in: $0, width: 100) == Rect(x: 11, y: 3, width: 28, height: 14) } != nil)
    let after = try #require(session.wait { $0.isOpen && ($0.step ?? 0) > before.step ?? .max })
    let whole = clock.now - start
    #expect(after.state == "training" && after.lastRow.contains("q quit"))
    // Elapsed time is at most what passed beside the stop, rounding and the last moments' snapshots apart.
    let grown = try #require(after.elapsed) - #require(before.elapsed)
    #expect(grown < (whole - stop) / .seconds(1) + 0.5, "\(grown) s in \(whole), \(stop) of them stopped")
    session.quit()
  }

  @Test func endedInTheBackground() throws {
    let session = try ExplorerSession.open()
    #expect(session.wait { ($0.step ?? 0) > 0 } != nil)
    session.tmux.send("C-z")
    #expect(session.wait { $0.text.contains("Stopped") } != nil)
    // It stops again when it finds the terminal taken; a signal before that would wait for somebody to let it go on.
    session.tmux.enter("bg; until jobs %1 | grep -q Stopped; do sleep 0.05; done; echo it 'stands'")
    #expect(session.wait { $0.text.contains("it stands") } != nil, "\(session.tmux.screen())")
    // The shell ends a stopped job by SIGTERM and lets it go on to take that in.
    // `wait` may still see it stopped, which is a higher number.
    session.tmux.enter("kill %1; while wait %1; s=$?; [ $s -gt 143 ]; do sleep 0.05; done; echo status $s")
    #expect(session.wait { $0.text.contains("status 143") } != nil, "\(session.tmux.screen())")
    #expect(session.tmux.modesAreUnchanged)
  }

  @Test func theEndIsShown() throws {
    let session = try ExplorerSession.open("cameraman.pgm --steps 30")
    let end = try #require(session.wait { $0.state == "finished" })
    #expect(end.step == 30 && end.title.contains("✓ finished"))
    let ssim = try #require(end.value("SSIM").flatMap(Double.init))
    #expect(ssim > 0 && ssim < 1)
    session.tmux.send("Space")
    #expect(session.wait { $0.lastRow.contains("training has ended (finished)") } != nil)
    session.tmux.send("r")
    #expect(session.wait { $0.state == "training" || ($0.step ?? 30) < 30 } != nil)
    #expect(session.wait { $0.state == "finished" && $0.step == 30 } != nil)
    session.quit()
  }

  @Test func divergenceIsShown() throws {
    let session = try ExplorerSession.open("cameraman.pgm --lr 10 --omega 9000")
    let end = try #require(session.wait { $0.state == "diverged" })
    #expect(end.title.contains("✗ diverged"))
    session.tmux.send(".")
    #expect(session.wait { $0.lastRow.contains("training has ended (diverged)") } != nil)
    session.quit()
  }

  @Test func withoutTrainingNothingIsAsked() throws {
    let session = try ExplorerSession.open("cameraman.pgm --steps 0")
    #expect(session.wait { $0.state == "finished" && $0.step == 0 && $0.psnr != nil } != nil)
    session.tmux.send("q")
    session.expectEnd(0)
  }

  @Test func sirenIsAnEstimate() throws {
    let session = try ExplorerSession.open("cameraman.pgm --model siren")
    let screen = try #require(session.wait { $0.value("PSNR")?.hasPrefix("≈") ?? false })
    #expect(screen.title.contains("SIREN") && screen.value("parameters") == "132,609")
    #expect(session.wait { ($0.step ?? 0) > screen.step ?? .max } != nil)
    // Saving measures the parameters themselves: no estimate any more.
    session.tmux.send("Space")
    #expect(session.wait { $0.state == "paused" } != nil)
    session.tmux.send("s", "Enter")
    let saved = try #require(session.wait { $0.lastRow.contains("saved cameraman-siren.safetensors") })
    #expect(saved.value("PSNR").flatMap(Double.init) != nil, "\(saved.text)")
    session.tmux.send("q")
    session.expectEnd(0)
  }

  /// A picture of noise that no other test has.
  static func tiny(_ width: Int, _ height: Int, channels: Int = 1) -> [UInt8] {
    var seed: UInt32 = 7
    let header = Array("P\(channels == 1 ? 5 : 6)\n\(width) \(height)\n255\n".utf8)
    return header + (0..<width * height * channels).map { _ in
      seed = seed &* 1_664_525 &+ 1_013_904_223
      return UInt8(seed >> 24)
    }
  }
}

extension CapturedCells {
  /// Whether every cell of a rectangle is a half-block in true colours, and not all of them grey.
  func hasColors(in rect: Rect) -> Bool {
    var colored = 0
    for y in rect.y..<rect.maxY {
      for x in rect.x..<rect.maxX {
        guard let color = self[x, y].foreground, self[x, y].background != nil else { return false }
        if color >> 16 != color & 0xFF { colored += 1 }
      }
    }
    return colored > 0
  }
}
