import Canvas
import Dispatch
import Networks
import Signals
import TerminalUI
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the explorer's screen costs: the program itself on a terminal of 250×70 characters whose other end is here, eight
/// runs training.
struct ScreenBenchmark: Encodable {
  struct Row: Encodable {
    var view: String
    var graphics: String
    /// Screens that came, each whole.
    var frames_per_second: Double
    /// Time of the program's main thread, which builds, compares and writes them; nil where the system does not tell.
    var seconds_per_frame: Double?
    var bytes_per_second: Double
    /// From a key to the last byte of the frame that shows what it did.
    var key_seconds_median: Double
    var key_seconds_99: Double
    var key_seconds_worst: Double
    /// `1 − 2w/(w₀ + w₁)` of the work done, in steps weighted by what each run's take, between the same runs without a screen
    /// just before and just after: the median, and each.
    var slowdown: Double
    var slowdowns: [Double]
  }

  var rows: [Row] = []

  static let (width, height) = (250, 70)
  static let keys = 100
  static let turns = 7
  private static let frameSeconds = 5.0, turnSeconds = 4.0

  /// The race's five and three more.
  static let runs =
    RunSpecification.race + ["asmr,hidden=128", "siren,hidden=128", "hashgrid,levels=4"]

  init(threads: Int, progress: (String) -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "asmr-bench-\(UInt64.random(in: 0 ... .max))").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let size = 512
    let samples = (0..<size * size).map { at -> Float in
      let (x, y) = (Float(at % size), Float(at / size))
      return 0.5 + 0.25 * sin(x * y / 2_000) + 0.25 * sin(x / 9) * cos(y / 13)
    }
    let picture = folder + "/picture.pgm"
    try AtomicFile.write(Array("P5 \(size) \(size) 255\n".utf8) + samples.map { UInt8(min(max($0, 0), 1) * 255) }, to: picture)
    let signal = try ImageReader.read(path: picture, resize: .none).signal
    let alone = try Unwatched(signal, threads: threads)
    defer { alone.end() }
    for graphics in ["half", "sixel"] {
      for (view, key) in [("Race", "1"), ("Curves", "2"), ("Features", "5")] {
        progress("screen, \(view) with \(graphics)")
        guard let program = Explorer(picture, graphics: graphics, threads: threads, state: folder + "/\(view)-\(graphics)")
        else { continue }
        program.type(key)
        program.listen(seconds: 2)
        let frames = program.frames(seconds: Self.frameSeconds)
        let delays = program.delays(of: Self.keys).sorted()
        // They take turns, each with the other before and after it: a machine that slows down or speeds up meets both.
        program.pause()
        var (unwatched, shown): ([[Int]], [[Int]]) = ([alone.run(seconds: Self.turnSeconds)], [])
        for _ in 0..<Self.turns {
          shown.append(program.run(seconds: Self.turnSeconds))
          unwatched.append(alone.run(seconds: Self.turnSeconds))
        }
        program.quit()
        let slowdowns = shown.indices.compactMap { turn in
          let weights = alone.secondsPerStep
          let beside = Self.work(unwatched[turn], weights) + Self.work(unwatched[turn + 1], weights)
          return beside > 0 ? 1 - 2 * Self.work(shown[turn], weights) / beside : nil
        }
        guard !delays.isEmpty, !slowdowns.isEmpty else { continue }
        rows.append(
          Row(
            view: view, graphics: graphics, frames_per_second: frames.perSecond, seconds_per_frame: frames.seconds,
            bytes_per_second: frames.bytesPerSecond, key_seconds_median: delays[delays.count / 2],
            key_seconds_99: delays[delays.count * 99 / 100 - 1], key_seconds_worst: delays[delays.count - 1],
            slowdown: slowdowns.sorted()[slowdowns.count / 2], slowdowns: slowdowns))
      }
    }
  }

  /// Seconds of steps.
  private static func work(_ steps: [Int], _ secondsPerStep: [Double]) -> Double {
    zip(steps, secondsPerStep).reduce(0) { $0 + Double($1.0) * $1.1 }
  }

  /// The same runs in turns as in the explorer, with nobody looking.
  private final class Unwatched {
    private let engine: Engine
    private var snapshots: [RunID: Snapshot] = [:]

    init(_ signal: Signal, threads: Int) throws {
      engine = Engine(threads: threads) {}
      for (index, text) in ScreenBenchmark.runs.enumerated() {
        var configuration = try RunSpecification.configuration(text)
        configuration.steps = 100_000_000
        engine.send(.add(RunID(index + 1), try configuration.resolved(shape: signal.shape), signal, paused: false))
      }
      usleep(3_000_000)
      for id in ids { engine.send(.pause(id)) }
      settle()
    }

    private var ids: [RunID] { ScreenBenchmark.runs.indices.map { RunID($0 + 1) } }
    private var steps: [Int] { ids.map { snapshots[$0]?.step ?? 0 } }
    var secondsPerStep: [Double] { ids.map { id in snapshots[id].map { $0.trainedSeconds / Double(max(1, $0.step)) } ?? 0 } }

    /// - Returns: steps of every run.
    func run(seconds: Double) -> [Int] {
      let before = steps
      for id in ids { engine.send(.resume(id)) }
      usleep(useconds_t(seconds * 1e6))
      for id in ids { engine.send(.pause(id)) }
      settle()
      return zip(steps, before).map(-)
    }

    /// Steps in the middle end, and what is paused is evaluated.
    private func settle() {
      usleep(1_500_000)
      for snapshot in engine.mailbox.take() { snapshots[snapshot.run] = snapshot }
    }

    func end() {
      engine.shutDown()
      for id in ids { engine.send(.remove(id)) }
    }
  }

  /// The program on its terminal.
  private final class Explorer {
    private let terminal: PseudoTerminal
    private var screen = TerminalScreen(width: ScreenBenchmark.width, height: ScreenBenchmark.height)

    /// Returns when its screen is there; nil when it does not come.
    init?(_ picture: String, graphics: String, threads: Int, state: String) {
      var environment = [
        "LANG": "C.UTF-8", "TERM": "xterm-256color", "COLORTERM": "truecolor", "XDG_STATE_HOME": state, "HOME": state,
      ]
      for name in ["PATH", "LD_LIBRARY_PATH"] { environment[name] = ProcessInfo.processInfo.environment[name] }
      var arguments = [ProgramFile.path, picture, "--graphics", graphics, "--threads", "\(threads)", "--steps", "100000000", "--autosave", "off"]
      for run in ScreenBenchmark.runs { arguments += ["--run", run] }
      guard
        let terminal = PseudoTerminal(
          arguments, width: ScreenBenchmark.width, height: ScreenBenchmark.height, environment: environment)
      else { return nil }
      self.terminal = terminal
      guard wait(seconds: 20, until: { self.mark != nil }) != nil else { return nil }
    }

    private static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

    func type(_ keys: String) { terminal.type(keys) }

    /// The number of the chosen run, in the title.
    private var mark: Unicode.Scalar? { screen.row(0).unicodeScalars.first { (0x2460...0x2473).contains($0.value) } }
    private var showsHelp: Bool { (0..<ScreenBenchmark.height).contains { screen.row($0).contains("help: ") } }

    /// When something had become true and nothing more came that belongs to it; nil when it did not in time.
    private func wait(seconds: Double, until holds: () -> Bool) -> Double? {
      let deadline = Self.now + seconds
      var seen = Self.now
      while seen < deadline {
        let bytes = terminal.read(within: 5)
        if !bytes.isEmpty {
          screen.feed(bytes)
          seen = Self.now
          if bytes.count == 1 << 16 || screen.isUpdating { continue }
        }
        if holds() { return seen }
        if bytes.isEmpty { seen = Self.now }
      }
      return nil
    }

    /// Takes what comes, as a terminal does.
    func listen(seconds: Double) {
      let deadline = Self.now + seconds
      while Self.now < deadline { screen.feed(terminal.read(within: 5)) }
    }

    /// Takes what comes and looks at it after `end`: its parsing is not the program's work, nor is the time that it takes.
    func gather(seconds: Double, end: () -> Void) {
      let deadline = Self.now + seconds
      var bytes: [UInt8] = []
      while Self.now < deadline { bytes += terminal.read(within: 5) }
      end()
      screen.feed(bytes)
    }

    /// Screens that come: by the marks that the program puts around those with pictures, the others by the pauses between them.
    func frames(seconds: Double) -> (perSecond: Double, seconds: Double?, bytesPerSecond: Double) {
      let (start, before, marked) = (Self.now, mainThreadSeconds, screen.updates)
      var (plain, bytes, last, isPlain) = (0, 0, -1.0, false)
      while Self.now - start < seconds {
        let part = terminal.read(within: 5)
        guard !part.isEmpty else { continue }
        let updates = screen.updates
        let wasUpdating = screen.isUpdating
        screen.feed(part)
        bytes += part.count
        let isMarked = wasUpdating || screen.isUpdating || screen.updates > updates
        if !isMarked, !isPlain || Self.now - last > 0.012 { plain += 1 }
        (last, isPlain) = (Self.now, !isMarked)
      }
      let frames = plain + screen.updates - marked
      let passed = Self.now - start
      let spent = mainThreadSeconds.flatMap { after in before.map { (after - $0) / Double(max(frames, 1)) } }
      return (Double(frames) / passed, spent, Double(bytes) / passed)
    }

    /// Of the thread that draws.
    private var mainThreadSeconds: Double? {
      guard let bytes = FileManager.default.contents(atPath: "/proc/\(terminal.child)/task/\(terminal.child)/schedstat"),
        let nanoseconds = String(decoding: bytes, as: UTF8.self).split(separator: " ").first.flatMap({ Double($0) })
      else { return nil }
      return nanoseconds * 1e-9
    }

    /// Seconds from each key to its effect: another run in the title, help there, help gone. A key that has none counts as
    /// long as it was waited for.
    func delays(of count: Int) -> [Double] {
      (0..<count).map { index in
        listen(seconds: Double.random(in: 0.03...0.13))
        let (old, start) = (mark, Self.now)
        terminal.type(index % 3 == 0 ? "j" : "?")
        let seen = wait(seconds: 2) {
          switch index % 3 {
          case 0: self.mark != nil && self.mark != old
          case 1: self.showsHelp
          default: !self.showsHelp
          }
        }
        return (seen ?? start + 2) - start
      }
    }

    /// All runs; returns when what they were in the middle of is done.
    func pause() {
      type("P")
      listen(seconds: 1.5)
    }

    /// - Returns: steps of every run.
    func run(seconds: Double) -> [Int] {
      let before = steps
      type("P")
      gather(seconds: seconds) { type("P") }
      listen(seconds: 1.5)
      return zip(steps, before).map(-)
    }

    /// Of every run, as the summary says.
    private var steps: [Int] {
      type("I")
      listen(seconds: 0.5)
      let text = (0..<ScreenBenchmark.height).map { screen.row($0) }.joined(separator: " ")
        .split { $0 == " " || $0 == "│" }.joined(separator: " ")
      type("x")
      listen(seconds: 0.2)
      return text.matches(of: /Run (\d+), .*? at step ([\d,]+)/).map { (Int($0.1) ?? 0, Int($0.2.filter(\.isNumber)) ?? 0) }
        .sorted { $0.0 < $1.0 }.map(\.1)
    }

    func quit() {
      type("q")
      listen(seconds: 0.3)
      type("y")
      let deadline = Self.now + 20
      while !terminal.hasEnded, Self.now < deadline { _ = terminal.read(within: 20) }
    }
  }
}
