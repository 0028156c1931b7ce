#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A real terminal of a known size with a shell in it: tmux, with a server of its own that ends with this object.
///
///     let tmux = try #require(Tmux(width: 100, height: 30))
///     tmux.enter("\(program) picture.pgm")
///     #expect(tmux.wait { $0.contains("PSNR") } != nil)
///     tmux.send("q")
///     #expect(tmux.waitForShell())
///     #expect(tmux.modesAreUnchanged)
final class Tmux {
  /// tmux is there; else tests of it are skipped.
  static let isInstalled = Command.exists("tmux") && Command.exists("bash")

  private let name: String
  /// `stty -g` before anything ran.
  private var modesBefore = ""
  static let prompt = "ready>"

  /// Starts a shell in a terminal.
  ///
  /// - Parameter environment: added to (or replacing) LANG=C.UTF-8, TERM=tmux-256color.
  init?(width: Int = 100, height: Int = 30, environment: [String: String] = [:]) {
    guard Tmux.isInstalled else { return nil }
    name = "asmr-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    var variables = ["LANG": "C.UTF-8", "TERM": "tmux-256color", "PS1": Tmux.prompt + " ", "PROMPT_COMMAND": "last=$?"]
    for inherited in ["PATH", "HOME", "LD_LIBRARY_PATH"] {
      if let value = getenv(inherited) { variables[inherited] = String(cString: value) }
    }
    variables.merge(environment) { $1 }
    let shell =
      ["env", "-i"] + variables.map { "\($0.key)=\($0.value)" }.sorted() + ["bash", "--norc", "--noprofile", "-i"]
    let started = tmux(
      ["-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y", "\(height)"] + shell)
    guard started.status == 0, wait(until: { $0.contains(Tmux.prompt) }) != nil else {
      tmux(["kill-server"])
      return nil
    }
    modesBefore = modes()
  }

  deinit {
    let socket = display("#{socket_path}")
    tmux(["kill-server"])
    if socket.hasSuffix(name) { unlink(socket) }
  }

  @discardableResult
  private func tmux(_ arguments: [String]) -> Command.Result {
    // UTF-8 whatever the tests' own locale is.
    Command.run(["tmux", "-u", "-L", name] + arguments)
  }

  /// Records every byte that programs send to the terminal from now on; what is returned reads them.
  func record(in folder: String) -> () -> String {
    let path = "\(folder)/recorded"
    tmux(["pipe-pane", "cat > '\(path)'"])
    return {
      guard let file = fopen(path, "r") else { return "" }
      defer { fclose(file) }
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 65536)
      while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Types a line into the shell, on a cleared screen.
  func enter(_ line: String) {
    tmux(["send-keys", "-l", "clear; \(line)"])
    tmux(["send-keys", "Enter"])
  }

  /// Sends keys by tmux' names: "q", "Escape", "C-z", "Up", "F1", "Space".
  func send(_ keys: String...) { tmux(["send-keys"] + keys) }

  /// Sends text as it is.
  func type(_ text: String) { tmux(["send-keys", "-l", text]) }

  func resize(width: Int, height: Int) { tmux(["resize-window", "-x", "\(width)", "-y", "\(height)"]) }

  /// What the terminal shows, with escape sequences for colours if wanted.
  func screen(colors: Bool = false) -> String {
    tmux(["capture-pane", "-p"] + (colors ? ["-e"] : [])).output
  }

  /// A format of tmux, such as "#{alternate_on}".
  func display(_ format: String) -> String {
    var text = tmux(["display-message", "-p", format]).output
    while text.last == "\n" { text.removeLast() }
    return text
  }

  /// The screen as soon as it satisfies a condition; nil when it did not in time.
  func wait(
    _ limit: Duration = .seconds(10), colors: Bool = false, until condition: (String) -> Bool
  ) -> String? {
    let deadline = ContinuousClock.now.advanced(by: limit)
    repeat {
      let text = screen(colors: colors)
      if condition(text) { return text }
      usleep(20_000)
    } while ContinuousClock.now < deadline
    return nil
  }

  /// Whether a condition that is not about the screen came true in time.
  func holds(_ limit: Duration = .seconds(10), _ condition: () -> Bool) -> Bool {
    wait(limit) { _ in condition() } != nil
  }

  /// The process in the foreground below the shell, nil while the shell waits for a command.
  var foreground: Int32? {
    let shell = display("#{pane_pid}")
    return Command.run(["ps", "-o", "pid=", "--ppid", shell]).output.split(whereSeparator: \.isWhitespace).last.flatMap { Int32($0) }
  }

  /// Sends a signal to the process in the foreground.
  func signal(_ number: Int32) {
    if let process = foreground { kill(process, number) }
  }

  /// Whether the shell has the terminal again.
  func waitForShell() -> Bool {
    wait { $0.split(separator: "\n").last?.contains(Tmux.prompt) ?? false } != nil && holds { foreground == nil }
  }

  /// Runs a command in the shell and returns the lines it printed.
  func output(of line: String) -> String {
    let mark = "end\(UInt32.random(in: 0...UInt32.max))"
    // Split, so that the echoed line does not hold the mark itself.
    enter("\(line); echo \(mark.prefix(5))\"\(mark.dropFirst(5))\"")
    let text = wait { $0.contains(mark) } ?? ""
    return text.split(separator: "\n").prefix { !$0.contains(mark) }.joined(separator: "\n")
  }

  /// In stty's own form, which does not depend on the size; a narrow screen wraps it, and the shell may have to say of a job
  /// that it stopped.
  private func modes() -> String {
    output(of: "stty -g").split(separator: "\n").filter { $0.allSatisfy { $0.isHexDigit || $0 == ":" } }.joined()
  }

  /// Alternate screen, cursor, mouse and the terminal driver are as they were before the first command.
  var modesAreUnchanged: Bool {
    let flags = display("#{alternate_on} #{cursor_flag} #{mouse_any_flag}#{mouse_sgr_flag} #{keypad_cursor_flag} #{keypad_flag}")
    let now = modes()
    return flags == "0 1 00 0 0" && !now.isEmpty && now == modesBefore
  }

  /// Which mouse reports are asked for: buttons and drags (1002), SGR form (1006), every movement (1003).
  var mouseModes: String { display("#{mouse_button_flag}#{mouse_sgr_flag}#{mouse_all_flag}") }

  /// Exit code of the last command line (`$?` itself would be that of the `clear` before it).
  func status() -> Int32? { Int32(output(of: "echo $last").split(separator: "\n").last.map(String.init) ?? "") }
}
