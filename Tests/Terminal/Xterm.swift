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

/// xterm on a virtual X server: a terminal with pixels, whose window can be looked at.
final class Xterm {
  static let isInstalled = ["Xvfb", "xterm", "import", "xdotool"].allSatisfy { Command.exists($0) }

  /// What the window shows.
  struct Picture {
    let width: Int
    let height: Int
    /// 0xRRGGBB, row by row.
    let pixels: [UInt32]

    subscript(x: Int, y: Int) -> UInt32 { pixels[y * width + x] }

    /// The smallest rectangle with all pixels of these colours; nil when there are none.
    func bounds(of colors: Set<UInt32>) -> (x: Range<Int>, y: Range<Int>)? {
      var (left, right, top, bottom) = (Int.max, -1, Int.max, -1)
      for y in 0..<height {
        for x in 0..<width where colors.contains(self[x, y]) {
          (left, right, top, bottom) = (min(left, x), max(right, x), min(top, y), max(bottom, y))
        }
      }
      return right < 0 ? nil : (left..<right + 1, top..<bottom + 1)
    }
  }

  private let display: String
  private let folder: String
  private var processes: [pid_t] = []
  let columns: Int
  let rows: Int
  let hasSixel: Bool

  /// Starts a command in a window of so many cells.
  ///
  /// - Parameter hasSixel: a VT340; else a VT220, which shows no pictures.
  init?(_ command: String, columns: Int = 100, rows: Int = 30, hasSixel: Bool, locale: String = "C.UTF-8", in folder: String) {
    (self.columns, self.rows, self.hasSixel, self.folder) = (columns, rows, hasSixel, folder)
    // A number of its own for every test that runs beside this one; another one where it is taken after all.
    var found: String?
    for _ in 0..<3 where found == nil {
      let candidate = ":\(Int.random(in: 1000..<50_000))"
      guard let server = Xterm.start("exec setsid Xvfb \(candidate) -screen 0 1800x1200x24 -nolisten tcp -noreset") else { continue }
      let isThere = Xterm.until(seconds: 15) { Command.run(["sh", "-c", "DISPLAY=\(candidate) xdotool getdisplaygeometry"]).status == 0 }
      if isThere {
        (found, processes) = (candidate, [server])
      } else {
        kill(server, SIGTERM)
      }
    }
    guard let found else { return nil }
    display = found
    // Somebody who has been here: no hint of the first start.
    _ = Command.run(["sh", "-c", "mkdir -p '\(folder)/state/asmr-tui' && touch '\(folder)/state/asmr-tui/welcomed'"])
    let terminal = hasSixel ? "vt340" : "vt220"
    let settings = [
      "numColorRegisters: 1024", "maxGraphicSize: 1800x1200", "allowSendEvents: true",
      "vt100.translations: #override Shift<Key>F12: print-immediate()", "printModeImmediate: 0", "printFileImmediate: \(folder)/printed",
    ].map { "-xrm 'xterm*\($0)'" }.joined(separator: " ")
    guard let shown = Xterm.start(
      "exec setsid env -u TMUX -u NO_COLOR DISPLAY=\(display) XDG_STATE_HOME=\(folder)/state LANG=\(locale) LC_ALL=\(locale) COLORTERM=truecolor xterm -ti \(terminal) \(settings) -u8 -fa 'DejaVu Sans Mono' -fs 9 -b 0 +sb "
        + "-geometry \(columns)x\(rows)+0+0 -bg '#101010' -fg '#d0d0d0' -T shot -e sh -c \"\(command)\"")
    else { return nil }
    processes.append(shown)
    guard Xterm.until(seconds: 20, { !self.window.isEmpty }) else { return nil }
  }

  deinit {
    for process in processes.reversed() { kill(process, SIGTERM) }
  }

  private var window: String {
    String(run("xdotool search --onlyvisible --name shot").output.split(whereSeparator: \.isWhitespace).last ?? "")
  }

  private func run(_ line: String) -> Command.Result { Command.run(["sh", "-c", "DISPLAY=\(display) \(line) 2>/dev/null"]) }

  /// Starts something that goes on; nil when it cannot be.
  private static func start(_ line: String) -> pid_t? {
    let result = Command.run(["sh", "-c", "\(line) >/dev/null 2>&1 </dev/null & echo $!"])
    return pid_t(result.output.filter(\.isNumber)).flatMap { $0 > 0 ? $0 : nil }
  }

  private static func until(seconds: Int, _ isDone: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      if isDone() { return true }
      usleep(100_000)
    }
    return false
  }

  /// Keys in xdotool's names.
  func send(_ key: String) { _ = run("xdotool key --window \(window) \(key)") }

  func type(_ text: String) {
    _ = run("xdotool type --window \(window) '\(text.replacing("'", with: "'\\''"))'")
  }

  /// A line of text and Enter.
  func enter(_ line: String) {
    type(line)
    send("Return")
  }

  func resize(columns: Int, rows: Int) { _ = run("xdotool windowsize --usehints \(window) \(columns) \(rows)") }

  /// The window as it is; nil when nobody could look.
  func picture() -> Picture? {
    let path = "\(folder)/shot-\(UInt32.random(in: 0 ... .max)).ppm"
    defer { unlink(path) }
    guard run("import -window \(window) -depth 8 ppm:\(path)").status == 0, let data = FileManager.default.contents(atPath: path) else {
      return nil
    }
    let bytes = [UInt8](data)
    var words: [Int] = []
    var at = 2
    while words.count < 3, at < bytes.count {
      while at < bytes.count, [0x20, 0x0A].contains(bytes[at]) { at += 1 }
      var number = 0
      while at < bytes.count, (0x30...0x39).contains(bytes[at]) { (number, at) = (number * 10 + Int(bytes[at]) - 0x30, at + 1) }
      words.append(number)
    }
    at += 1
    guard words.count == 3, words[2] == 255, bytes.count >= at + 3 * words[0] * words[1] else { return nil }
    let pixels = (0..<words[0] * words[1]).map { place in
      UInt32(bytes[at + 3 * place]) << 16 | UInt32(bytes[at + 3 * place + 1]) << 8 | UInt32(bytes[at + 3 * place + 2])
    }
    return Picture(width: words[0], height: words[1], pixels: pixels)
  }

  /// The characters in the window, as xterm itself prints them; nil when it does not.
  func text() -> String? {
    send("shift+F12")
    var text: String?
    _ = Xterm.until(seconds: 5) {
      let printed = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasPrefix("printed") }
      guard let name = printed.first, let data = FileManager.default.contents(atPath: folder + "/" + name), !data.isEmpty else { return false }
      text = String(decoding: data, as: UTF8.self)
      for name in printed { unlink(folder + "/" + name) }
      return true
    }
    return text
  }

  /// The first text that is as wanted, within half a minute; nil when none is.
  func waitForText(until isWanted: (String) -> Bool) -> String? {
    let deadline = ContinuousClock.now + .seconds(30)
    repeat {
      if let text = text(), isWanted(text) { return text }
    } while ContinuousClock.now < deadline
    return nil
  }

  /// Whether two looks, a moment apart, see the same.
  var isSettled: Bool {
    let first = picture()
    usleep(300_000)
    return first != nil && first?.pixels == picture()?.pixels
  }

  /// The first picture that is as wanted, within half a minute; nil when none is.
  func wait(until isWanted: (Picture) -> Bool) -> Picture? {
    let deadline = ContinuousClock.now + .seconds(30)
    repeat {
      if let picture = picture(), isWanted(picture) { return picture }
      usleep(200_000)
    } while ContinuousClock.now < deadline
    return nil
  }
}
