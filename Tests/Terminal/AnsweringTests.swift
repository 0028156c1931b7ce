import Canvas
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

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

  /// Texts of `doctor` by their titles, on a terminal that answers so.
  private func diagnosis(_ answer: String?, _ environment: [String: String]) throws -> [String: String] {
    // It waits for a fifth of a second, in which a busy machine may not get to the answer.
    for _ in 0..<8 {
      let texts = try asked(answer, environment)
      if answer == nil || texts["attributes (DA1, CSI c)"] != "no answer" { return texts }
    }
    return [:]
  }

  private func asked(_ answer: String?, _ environment: [String: String]) throws -> [String: String] {
    let program = try #require(ExplorerSession.program)
    let pty = try #require(Pty([program, "doctor"], environment: environment))
    #expect(pty.wait { $0.text.contains("\(escape)[c") })
    if let answer { pty.type(answer) }
    #expect(pty.wait { $0.hasEnded } && pty.exitStatus == 0)
    let lines = pty.text.split(whereSeparator: \.isNewline).map { $0.split(separator: "  ", omittingEmptySubsequences: true) }
    return Dictionary(lines.compactMap { $0.count == 2 ? (String($0[0]), String($0[1].drop { $0 == " " })) : nil }) { $1 }
  }

  @Test func doctorTellsWhatCameBackAndWhatWasChosen() throws {
    let sixel = try diagnosis(sixelAnswer, ["SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"])
    #expect(sixel["attributes (DA1, CSI c)"] == "4: 4 is sixel" && sixel["colours of sixel (XTSMGRAPHICS 1)"] == "256")
    #expect(sixel["largest picture (XTSMGRAPHICS 2)"] == "800×480 pixels" && sixel["pictures"]?.hasPrefix("sixel") == true)
    #expect(sixel["SSH_CONNECTION"] == "10.0.0.1 50000 10.0.0.2 22")
    #expect(sixel["frames and pictures"] == "half as often, over ssh")
    let silent = try diagnosis(nil, [:])
    #expect(silent["attributes (DA1, CSI c)"] == "no answer" && silent["pictures"]?.hasPrefix("half: ") == true)
    #expect(silent["frames and pictures"] == "as often as they come")
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

  /// What kitty would keep: pictures that were sent and not deleted since.
  private struct Kitty {
    var shown: [Int: (columns: Int, rows: Int, size: (width: Int, height: Int), pixels: [UInt8])] = [:]
    var ids: Set<Int> = []
    var count = 0
    var isSound = true
    /// Cells that the pictures stand in.
    var area: Int { shown.values.reduce(0) { $0 + $1.columns * $1.rows } }

    init(_ text: String) {
      var open: (id: Int, control: [String: String], payload: String)?
      for part in text.components(separatedBy: "\u{1B}_G").dropFirst() {
        guard let end = part.range(of: "\u{1B}\\") else { continue }
        let halves = part[..<end.lowerBound].split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let pairs = halves[0].split(separator: ",").map { $0.split(separator: "=").map(String.init) }
        let control = Dictionary(pairs.map { ($0[0], $0[1]) }) { $1 }
        switch (control["a"], control["d"]) {
        case ("q", _): continue
        case ("d", "A"): shown = [:]
        case ("d", _): shown[Int(control["i"] ?? "") ?? -1] = nil
        default:
          if control["a"] == "T" { open = (Int(control["i"] ?? "") ?? 0, control, "") }
          open?.payload += halves.count > 1 ? String(halves[1]) : ""
          if control["m"] == "0", let sent = open {
            let numbers = ["c", "r", "s", "v"].map { Int(sent.control[$0] ?? "") ?? 0 }
            let pixels = [UInt8](Data(base64Encoded: sent.payload) ?? Data())
            isSound = isSound && pixels.count == 3 * numbers[2] * numbers[3] && sent.control["f"] == "24" && sent.control["q"] == "2"
            shown[sent.id] = (numbers[0], numbers[1], (numbers[2], numbers[3]), pixels)
            ids.insert(sent.id)
            count += 1
            open = nil
          }
        }
      }
    }
  }

  @Test func kittyGetsEveryPixelAndReusesItsNumbers() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "asmr-quarters-\(UInt64.random(in: 0 ... .max)).ppm").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let colors: [[UInt8]] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]]
    var file = Array("P6 64 64 255\n".utf8)
    for y in 0..<64 { for x in 0..<64 { file += colors[y / 32 * 2 + x / 32] } }
    #expect(FileManager.default.createFile(atPath: path, contents: Data(file)))
    let program = try #require(ExplorerSession.program)
    let pty = try #require(Pty([program, path, "--steps", "50000", "--schedule", "50000"], environment: ["COLORTERM": "truecolor"]))
    #expect(pty.wait { $0.text.contains("\(escape)[c") })
    pty.type(kittyAnswer)
    #expect(pty.wait { Kitty($0.text).count >= 6 })
    let before = Kitty(pty.text)
    #expect(before.isSound && before.ids.count == 2 && before.shown.count == 2)
    for picture in before.shown.values {
      #expect(picture.size == (8 * picture.columns, 16 * picture.rows))
    }
    let target = try #require(before.shown.min { $0.key < $1.key }?.value)
    let (width, height) = target.size
    for y in 0..<height where abs(2 * y + 1 - height) > 2 {
      for x in 0..<width where abs(2 * x + 1 - width) > 2 {
        let at = 3 * (y * width + x)
        guard Array(target.pixels[at..<at + 3]) == colors[(2 * y < height ? 0 : 2) + (2 * x < width ? 0 : 1)] else {
          Issue.record("\(x),\(y) is \(target.pixels[at..<at + 3])")
          return
        }
      }
    }
    // A pop-up cuts the pictures; what stood for their parts is gone with it.
    pty.type("s")
    #expect(pty.wait { $0.text.contains("save the model") && Kitty($0.text).area < before.area })
    pty.type(escape)
    // In one piece, or in bands where this test reads slowly.
    #expect(pty.wait { Kitty($0.text).area == before.area })
    let count = Kitty(pty.text).count
    #expect(pty.wait { Kitty($0.text).count > count + 4 })
    let after = Kitty(pty.text)
    #expect(after.isSound && after.area == before.area && before.ids.isSubset(of: after.shown.keys))
    #expect(quit(pty))
    #expect(Kitty(pty.text).shown.isEmpty)
  }

  /// Widths of the sixel pictures in a text, in the order of their sending.
  private func sixelSizes(_ text: String) -> [PixelSize] {
    text.matches(of: /\u{1B}P0;1;0q"1;1;(\d+);(\d+)/).compactMap { match in
      Int(match.1).flatMap { width in Int(match.2).map { PixelSize(width: width, height: $0) } }
    }
  }

  @Test func anotherFontIsAskedFor() throws {
    let pty = try open()
    #expect(pty.wait { $0.text.contains("\(escape)[c") })
    pty.type(sixelAnswer)
    #expect(pty.wait { hasScreen($0) && !sixelSizes($0.text).isEmpty })
    let small = try #require(sixelSizes(pty.text).first)
    #expect(small.width % 8 == 0 && small.height % 16 == 0)
    // As many cells, larger ones.
    let asked = pty.text.ranges(of: "\(escape)[16t").count
    pty.resize(columns: 100, rows: 30, pixels: (1200, 720))
    #expect(pty.wait { $0.text.ranges(of: "\(escape)[16t").count > asked })
    pty.type("\(escape)[?2;0;1200;720S\(escape)[6;24;12t\(escape)[?62;4c")
    let large = PixelSize(width: small.width / 8 * 12, height: small.height / 16 * 24)
    #expect(pty.wait { sixelSizes($0.text).last == large })
    // No answer is a key: they would quit, open the form, or change the view.
    #expect(!pty.text.contains("change") && !pty.text.contains("cursor reads") && !pty.hasEnded)
    // One that comes while the program ends is not left for the shell.
    pty.resize(columns: 100, rows: 30, pixels: (800, 480))
    #expect(quit(pty))
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
