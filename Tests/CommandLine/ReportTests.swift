import Foundation
import Signals
import Testing
import Training

/// `asmr-tui report`: records of a session that an engine's runs were saved in.
@Suite(.serialized) struct ReportTests {
  /// A folder with a session of two runs that have ended, and what the engine says of their last parameters.
  private final class Saved {
    let folder: TemporaryFolder
    let store: SessionStore
    var session: Session
    var evaluations: [Evaluation] = []
    let picture: String

    init(columns: Int = 40, rows: Int = 32) throws {
      folder = try TemporaryFolder()
      store = SessionStore(folder: folder.path("state/asmr-tui"))
      picture = try folder.picture(columns, rows)
      let loaded = try ImageReader.read(path: picture, resize: .auto)
      let semaphore = DispatchSemaphore(value: 0)
      let engine = Engine(threads: 1) { semaphore.signal() }
      var runs: [SessionRun] = []
      for (index, text) in ["asmr,hidden=16,layers=3,steps=30", "hashgrid,hidden=16,batch=300,steps=20"].enumerated() {
        let id = RunID(index + 1)
        engine.send(.add(id, try RunSpecification.configuration(text, given: []), loaded.signal, paused: false))
        var (metrics, similarities): ([StepMetrics], [Similarity]) = ([], [])
        var checkpoint: RunCheckpoint?
        var evaluation: Evaluation?
        while checkpoint == nil {
          try #require(semaphore.wait(timeout: .now() + 60) == .success)
          for snapshot in engine.mailbox.take() where snapshot.run == id {
            metrics += snapshot.metrics
            if let similarity = snapshot.similarity, similarities.last != similarity { similarities.append(similarity) }
            if evaluation == nil, let found = snapshot.evaluation {
              evaluation = found
              engine.send(.checkpoint(id, isLast: false))
            }
            checkpoint = snapshot.checkpoint ?? checkpoint
          }
        }
        evaluations.append(try #require(evaluation))
        runs.append(SessionRun(id: id, checkpoint: try #require(checkpoint), metrics: metrics, similarities: similarities))
      }
      session = Session(
        date: 1_796_000_000, isAutosave: false, picture: SessionPicture(path: picture, resize: .auto, loaded), runs: runs, layout: "{}")
      try store.write(session, name: "waves")
    }

    func report(_ arguments: String...) throws -> Program.Result {
      try Program.run(["report"] + arguments, shell: "export XDG_STATE_HOME='\(folder.path("state"))'")
    }
  }

  private func pictures(_ page: String) -> Int { page.components(separatedBy: "data:image/png;base64,").count - 1 }

  @Test("All kinds of records at once, from the newest session: every point, and the numbers of the engine's own last look")
  func everything() throws {
    let saved = try Saved()
    let result = try saved.report(
      "--output", saved.folder.path("r.html"), "--csv", saved.folder.path("r.csv"), "--jsonl", saved.folder.path("r.jsonl"),
      "--tensorboard", saved.folder.path("events"))
    #expect(result.status == 0 && result.output.isEmpty && result.error.isEmpty, "\(result.error)")
    let page = try saved.folder.text("r.html")
    #expect(page.contains("finished at 30") && page.contains("finished at 20") && pictures(page) == 3)
    #expect(page.contains("asmr-tui train picture.pgm --model hashgrid") && page.contains("2026-11-"))
    let lines = try saved.folder.text("r.jsonl").split(separator: "\n").map { try json(Array($0.utf8)) }
    let csv = try saved.folder.text("r.csv").split(separator: "\n").filter { $0.first?.isNumber == true }
    for (index, (run, evaluation)) in zip(saved.session.runs, saved.evaluations).enumerated() {
      let points = lines.filter { $0["run"] as? Int == index + 1 && $0["step"] != nil }
      // Every point that was measured, and the last parameters' own.
      #expect(points.map { $0["step"] as? Int } == run.metrics.map(\.step) + [run.checkpoint.trainer.step])
      // Foundation's reader is off by a last bit now and then.
      func agrees(_ found: Any?, _ expected: Double?) -> Bool {
        guard let found = found as? Double, let expected else { return false }
        return abs(found - expected) < 1e-12 * max(1, abs(expected))
      }
      #expect(zip(points, run.metrics).allSatisfy { agrees($0["psnr"], $1.psnr) && agrees($0["loss"], $1.loss) })
      #expect(agrees(points.last?["psnr"], evaluation.psnr) && agrees(points.last?["ssim"], evaluation.ssim))
      #expect(csv.filter { $0.hasPrefix("\(index + 1),") }.count == points.count)
      #expect(page.contains(String(format: "<td>%.2f</td>", evaluation.psnr)), "\(evaluation.psnr)")
    }
    let folders = try FileManager.default.contentsOfDirectory(atPath: saved.folder.path("events")).sorted()
    #expect(folders.count == 2 && folders[0].hasPrefix("ASMR") && folders[1].hasPrefix("hash-grid"), "\(folders)")
  }

  @Test("A session is found by its name and by its path; one that is not there is said")
  func names() throws {
    let saved = try Saved()
    for name in ["waves", saved.store.path("waves")] {
      #expect(try saved.report(name, "--csv", saved.folder.path("a.csv")).status == 0, "\(name)")
    }
    let absent = try saved.report("nobody", "--csv", saved.folder.path("b.csv"))
    #expect(absent.status == 66 && absent.errorLines.count == 1 && absent.error.contains("allowed are waves"), "\(absent.error)")
    #expect(try saved.report(saved.folder.path("no.session"), "--csv", saved.folder.path("b.csv")).status == 66)
    let picture = try saved.report(saved.picture, "--csv", saved.folder.path("b.csv"))
    #expect(picture.status == 65 && picture.errorLines.count == 1, "\(picture.error)")
    #expect(!saved.folder.names.contains("b.csv"))
  }

  @Test("A damaged session is refused, and the one before is offered")
  func damaged() throws {
    let saved = try Saved()
    try saved.store.write(saved.session, name: "waves")
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: saved.store.path("waves"))))
    bytes[bytes.count / 2] ^= 1
    // A new file: the old one has a second name.
    try Data(bytes).write(to: URL(fileURLWithPath: saved.store.path("waves")), options: .atomic)
    let result = try saved.report("waves", "--output", saved.folder.path("r.html"))
    #expect(result.status == 65 && result.errorLines.count == 1, "\(result.error)")
    #expect(result.error.contains("damaged session: found checksum") && result.error.contains("asmr-tui report waves.previous"), "\(result.error)")
    #expect(try saved.report("waves.previous", "--output", saved.folder.path("r.html")).status == 0)
  }

  @Test("A picture that is gone or another one is said; the report has what does not need it")
  func lostPicture() throws {
    let saved = try Saved()
    // The session's own copy serves where the file has changed.
    _ = try saved.folder.write(pgm(40, 31), "picture.pgm")
    let changed = try saved.report("--output", saved.folder.path("a.html"))
    #expect(changed.status == 0 && changed.errorLines.count == 1 && changed.error.contains("another one by now"), "\(changed.error)")
    #expect(pictures(try saved.folder.text("a.html")) == 3)
    // Without a copy there is no target, and PSNR only where it was measured while training.
    saved.session.picture.samples = nil
    try saved.store.write(saved.session, name: "waves")
    let lost = try saved.report("--output", saved.folder.path("b.html"), "--jsonl", saved.folder.path("b.jsonl"))
    #expect(lost.status == 0 && lost.errorLines.count == 1 && lost.error.contains("goes on without it"), "\(lost.error)")
    let page = try saved.folder.text("b.html")
    #expect(pictures(page) == 2 && page.contains("The picture was not at hand"))
    let last = try #require(try saved.folder.text("b.jsonl").split(separator: "\n").last)
    #expect(try json(Array(last.utf8))["step"] as? Int == 19)
    // It is somewhere else.
    let elsewhere = try saved.folder.picture(40, 32, name: "moved.pgm")
    let found = try saved.report("--output", saved.folder.path("c.html"), "--image", elsewhere)
    #expect(found.status == 0 && found.error.isEmpty, "\(found.error)")
    #expect(pictures(try saved.folder.text("c.html")) == 3)
  }

  @Test("What cannot be is said in one line")
  func refusals() throws {
    let saved = try Saved()
    let cases: [(arguments: [String], status: Int32, words: String)] = [
      ([], 64, "nothing to write"),
      (["--output", saved.folder.path("r.pdf")], 64, "allowed is .html"),
      (["--output", "-"], 64, ".html"),
      (["--csv", "-"], 64, "allowed is a file"),
      (["--csv", saved.folder.path("x"), "--jsonl", saved.folder.path("x")], 64, "file of another output"),
      (["--csv", saved.folder.path("no/x.csv")], 73, "cannot be written"),
      (["--tensorboard", saved.picture], 73, "cannot be written"),
      (["--csv", saved.folder.path("x"), "--image", saved.folder.path("none.png")], 66, "cannot be read"),
    ]
    for entry in cases {
      let result = try Program.run(["report"] + entry.arguments, shell: "export XDG_STATE_HOME='\(saved.folder.path("state"))'")
      #expect(result.status == entry.status, "\(entry.arguments): \(result.error)")
      #expect(result.errorLines.count == 1 && result.error.contains(entry.words), "\(entry.arguments): \(result.error)")
    }
    #expect(!saved.folder.names.contains("x"))
  }
}
