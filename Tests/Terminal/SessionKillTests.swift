import Foundation
import Kernels
import Signals
import Testing

@testable import Training

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The program is killed while it trains and saves: what it saved last opens, and goes on with the bits of runs that were
/// never disturbed.
@Suite(
  .serialized, .enabled(if: ExplorerSession.program != nil, "asmr-tui was not built"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(10)))
final class SessionKillTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "asmr-kill-\(UInt64.random(in: 0 ... .max))").path
  private var store: SessionStore { SessionStore(folder: folder + "/state/asmr-tui") }
  private let program: String

  /// Full and mini-batches, shared samples, tables whose rows are skipped.
  private static let runs = [
    "asmr,hidden=16,layers=3,steps=1000000,schedule=50000",
    "siren,hidden=24,layers=3,batch=300,steps=1000000,schedule=50000",
    "hashgrid,hidden=16,levels=3,table-size=128,base-resolution=4,finest-resolution=24,batch=500,steps=1000000,schedule=50000",
    "kilonerf,hidden=8,grid=4x4,steps=1000000,schedule=50000",
  ]

  init() throws {
    program = try #require(ExplorerSession.program)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let pixels = (0..<40 * 48).map { index -> UInt8 in
      let (x, y) = (Double(index % 48), Double(index / 48))
      return UInt8(127 + 100 * sin(x / 5) * cos(y / 7))
    }
    try AtomicFile.write(Array("P5 48 40 255\n".utf8) + pixels, to: folder + "/waves.pgm")
  }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func open(_ arguments: [String], autosave: String = "0.1") throws -> Pty {
    try #require(
      Pty(
        [program] + arguments + ["--autosave", autosave, "--threads", "2"],
        environment: ["XDG_STATE_HOME": folder + "/state", "HOME": folder]))
  }

  private var newArguments: [String] { [folder + "/waves.pgm"] + Self.runs.flatMap { ["--run", $0] } }

  /// Runs that nobody disturbs, computed here.
  private func references() throws -> [Trainer] {
    let signal = try ImageReader.read(path: folder + "/waves.pgm", resize: .auto).signal
    return try Self.runs.map { try Trainer(RunSpecification.configuration($0, given: []), signal: signal) }
  }

  /// Takes the references to where a session's runs are; whether those are the same, bit by bit.
  private func agrees(_ session: Session, _ references: [Trainer]) -> Bool {
    let parallel = Parallel(threads: 1)
    return zip(session.runs, references).allSatisfy { run, reference in
      let checkpoint = run.checkpoint.trainer
      while reference.step < checkpoint.step { _ = reference.advance(parallel: parallel) }
      return reference.checkpoint() == checkpoint && run.metrics.map(\.step) == Array(0..<checkpoint.step)
    }
  }

  private var stamp: String {
    var status = stat()
    guard let name = store.newest(), stat(store.path(name), &status) == 0 else { return "" }
    return "\(name) \(status.st_ino) \(status.st_size)"
  }

  @Test func killedAtFiftyMomentsItGoesOnAsIfItHadNeverStopped() throws {
    let references = try references()
    var generator = SystemRandomNumberGenerator()
    var steps = 0
    for round in 0..<50 {
      let before = stamp
      let pty = try open(before.isEmpty ? newArguments : ["--resume"])
      switch round % 3 {
      case 0:
        // Anywhere between its beginning and its third autosave or so.
        pty.listen(milliseconds: Int.random(in: 0...500, using: &generator))
      case 1:
        // After it has saved, and while it may be doing so again.
        #expect(pty.wait { _ in self.stamp != before }, "\(pty.text.suffix(500))")
        usleep(UInt32.random(in: 0...200_000, using: &generator))
      default:
        // In the middle of a file.
        let deadline = ContinuousClock.now + .seconds(10)
        func isWriting() -> Bool { files.contains { $0.hasSuffix(".tmp") } }
        var wasSeen = isWriting()
        while !wasSeen, ContinuousClock.now < deadline {
          usleep(50)
          wasSeen = isWriting()
        }
        #expect(wasSeen, "round \(round): \(pty.text.suffix(500))")
      }
      pty.end(by: SIGKILL)
      #expect(pty.exitStatus == 128 + SIGKILL, "round \(round): \(pty.text.suffix(500))")
      for file in files where file.hasSuffix(".tmp") { unlink("\(store.folder)/\(file)") }
      guard let name = store.newest() else { continue }
      #expect(name == "waves-autosave")
      let session = try store.read(name)
      #expect(session.runs.count == Self.runs.count && agrees(session, references), "round \(round)")
      let now = session.runs.reduce(0) { $0 + $1.checkpoint.trainer.step }
      #expect(now >= steps)
      steps = now
    }
    #expect(steps > 0 && references.allSatisfy { $0.step > 0 })
  }

  private var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: store.folder)) ?? [] }

  @Test(arguments: [SIGTERM, SIGHUP])
  func whoeverEndsItFindsTheSessionKept(signal: Int32) throws {
    let references = try references()
    // No autosave has been due: what is there was saved at the end.
    let pty = try open(newArguments, autosave: "3600")
    #expect(pty.wait { $0.text.contains("training") })
    pty.listen(milliseconds: 300)
    pty.end(by: signal)
    #expect(pty.exitStatus == 128 + signal)
    let session = try store.read(#require(store.newest()))
    #expect(session.runs.allSatisfy { $0.checkpoint.trainer.step > 0 && $0.checkpoint.state == .training })
    #expect(agrees(session, references))
  }
}
