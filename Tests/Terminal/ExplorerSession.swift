import Canvas
import Signals
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The real program in a real terminal, in a folder of its own that is gone with it.
final class ExplorerSession {
  /// `ASMR_TUI_BINARY` is the one as it is installed; else the one built beside the tests.
  static let program: String? = {
    if let path = getenv("ASMR_TUI_BINARY").map({ String(cString: $0) }), access(path, X_OK) == 0 { return path }
    return Command.product("asmr-tui")
  }()

  static let cameraman = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../demos/cameraman.pgm")
    .standardized.path

  static let patience = Duration.seconds(30)

  let tmux: Tmux
  let folder: String
  private let program: String

  init(width: Int = 100, height: Int = 30, environment: [String: String] = [:]) throws {
    program = try #require(Self.program)
    folder = FileManager.default.temporaryDirectory.appending(path: "asmr-explorer-\(UInt64.random(in: 0 ... .max))").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Somebody who has been here: the hint of the first start would stand in the last row.
    let own = ["COLORTERM": "truecolor", "HOME": folder, "SWIFT_BACKTRACE": "enable=no"]
    tmux = try #require(Tmux(width: width, height: height, environment: own.merging(environment) { $1 }))
    _ = tmux.output(of: "set -o pipefail; cd '\(folder)' && ln -s '\(program)' asmr-tui && cp '\(Self.cameraman)' . && mkdir -p .local/state/asmr-tui && touch .local/state/asmr-tui/welcomed")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Opens the explorer and waits for its screen.
  static func open(
    _ arguments: String = "cameraman.pgm", width: Int = 100, height: Int = 30, environment: [String: String] = [:],
    setUp: (ExplorerSession) throws -> Void = { _ in }
  ) throws -> ExplorerSession {
    let session = try ExplorerSession(width: width, height: height, environment: environment)
    try setUp(session)
    session.enter(arguments)
    try #require(session.wait { $0.isOpen } != nil, "\(session.tmux.screen())")
    return session
  }

  /// Types the program's name and its arguments into the shell.
  func enter(_ arguments: String) { tmux.enter("./asmr-tui \(arguments)") }

  /// What a command line prints, and its exit status; the program is `./asmr-tui`.
  func run(_ line: String) -> (lines: [String], status: Int32?) {
    let text = tmux.output(of: line + "; echo \"<$?>\"")
    var lines = text.split(separator: "\n").map(String.init)
    let status = lines.popLast().flatMap { Int32($0.filter(\.isNumber)) }
    return (lines, status)
  }

  func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(filePath: folder + "/" + name)) }

  func wait(_ condition: (ExplorerScreen) -> Bool) -> ExplorerScreen? {
    tmux.wait(Self.patience) { condition(ExplorerScreen($0)) }.map { ExplorerScreen($0) }
  }

  /// Waits for cells with their colours.
  func waitForCells(_ condition: (CapturedCells) -> Bool) -> CapturedCells? {
    tmux.wait(Self.patience, colors: true) { condition(CapturedCells($0)) }.map { CapturedCells($0) }
  }

  /// Presses q, says yes when asked, and checks that nothing is left behind.
  func quit(expecting status: Int32 = 0) {
    tmux.send("q")
    let asked = tmux.wait(Self.patience) { $0.contains("is not saved") || $0.contains(Tmux.prompt) }
    if asked?.contains("is not saved") == true { tmux.send("y") }
    expectEnd(status)
  }

  func expectEnd(_ status: Int32) {
    #expect(tmux.waitForShell(), "\(tmux.screen())")
    let found = tmux.status()
    #expect(found == status)
    #expect(tmux.modesAreUnchanged)
  }
}

/// What stands on the explorer's screen, read as a person would.
struct ExplorerScreen {
  let text: String
  let lines: [String]

  init(_ text: String) {
    self.text = text
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  var title: String { lines.first ?? "" }
  var lastRow: String { lines.last { !$0.isEmpty } ?? "" }
  /// Every pane is there.
  var isOpen: Bool { step != nil && text.contains("PSNR, dB") && value("parameters") != nil }

  /// training, paused, finished, …
  var state: String? { title.split(separator: " ").last.map(String.init) }

  /// From the reconstruction's title.
  var step: Int? {
    guard let line = lines.first(where: { $0.contains(" reconstruction ") }), let found = line.ranges(of: " reconstruction ").last,
      let match = line[found.upperBound...].firstMatch(of: /(?:step )?(\d[\d,]*)/)
    else { return nil }
    return Int(match.1.filter(\.isNumber))
  }

  /// The number beside a name in the pane of numbers.
  func value(_ name: String) -> String? {
    for line in lines {
      guard let found = line.ranges(of: " \(name) ").last else { continue }
      let words = line[found.upperBound...].split(separator: " ")
      if let word = words.first, word.contains(where: { $0.isNumber }) { return String(word) }
    }
    return nil
  }

  /// In dB, whether it is an estimate or not.
  var psnr: Double? {
    (value("PSNR") ?? value("PSNR, dB")).flatMap { Double($0.filter { $0.isNumber || $0 == "." || $0 == "-" }) }
  }

  /// Seconds.
  var elapsed: Double? {
    guard let parts = value("elapsed")?.split(separator: ":"), !parts.isEmpty else { return nil }
    return parts.reduce(0) { $0 * 60 + (Double($1) ?? .nan) }
  }
}

/// The target as it must be shown.
struct ExpectedPicture {
  let signal: Signal

  /// Means of the areas that pixels cover, in Double and without cleverness; one value a channel.
  func pixels(width: Int, height: Int) -> [[Double]] {
    let (rows, columns, channels) = (signal.shape[0], signal.shape[1], signal.channels)
    func parts(_ position: Int, _ new: Int, _ old: Int) -> [(index: Int, weight: Double)] {
      let scale = Double(old) / Double(new)
      let (start, end) = (Double(position) * scale, Double(position + 1) * scale)
      return (Int(start)..<min(old, Int(end.rounded(.up)))).compactMap { index in
        let weight = min(end, Double(index + 1)) - max(start, Double(index))
        return weight > 1e-12 ? (index, weight / (end - start)) : nil
      }
    }
    var result: [[Double]] = []
    for y in 0..<height {
      let vertical = parts(y, height, rows)
      for x in 0..<width {
        var sum = [Double](repeating: 0, count: channels)
        for column in parts(x, width, columns) {
          for row in vertical {
            for channel in 0..<channels {
              let value = signal.samples[(row.index * columns + column.index) * channels + channel]
              sum[channel] += row.weight * column.weight * Double(value)
            }
          }
        }
        result.append(sum)
      }
    }
    return result
  }

  /// Where it stands in the left half of a screen of half-blocks, nil when it does not stand there whole and with its
  /// colours, each within a rounding.
  func place(in cells: CapturedCells, width: Int) -> Rect? {
    var (left, top, right, bottom) = (Int.max, Int.max, -1, -1)
    for y in cells.rows.indices {
      for x in 0..<width / 2 where cells[x, y].character == "▀" {
        (left, top, right, bottom) = (min(left, x), min(top, y), max(right, x), max(bottom, y))
      }
    }
    guard right >= 0 else { return nil }
    let rect = Rect(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    let pixels = pixels(width: rect.width, height: 2 * rect.height)
    for y in 0..<2 * rect.height {
      for x in 0..<rect.width {
        let cell = cells[rect.x + x, rect.y + y / 2]
        guard cell.character == "▀", let shown = y % 2 == 0 ? cell.foreground : cell.background else { return nil }
        let mean = pixels[y * rect.width + x]
        for channel in 0..<3 {
          let byte = Double(shown >> UInt32(16 - 8 * channel) & 0xFF)
          if abs(byte - 255 * mean[min(channel, mean.count - 1)]) > 0.51 { return nil }
        }
      }
    }
    return rect
  }
}
