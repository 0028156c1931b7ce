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

/// The program on a pseudo-terminal that this test is the other end of: it answers what and when it likes.
final class Pty {
  private let master: Int32
  private var child: pid_t = 0
  /// All that the program has sent.
  private(set) var received: [UInt8] = []
  private var status: Int32?
  /// Where the program keeps its state unless a test says otherwise; gone with it.
  private let stateFolder = FileManager.default.temporaryDirectory.appending(path: "asmr-pty-\(UInt64.random(in: 0 ... .max))").path

  /// - Parameter arguments: the program and its arguments.
  init?(_ arguments: [String], columns: UInt16 = 100, rows: UInt16 = 30, environment: [String: String] = [:]) {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // What unlockpt and ptsname do on Linux; the C library's own are hidden from Swift.
    var (number, isLocked): (UInt32, Int32) = (0, 0)
    // Somebody who has been here: no hint of the first start.
    try? FileManager.default.createDirectory(atPath: stateFolder + "/asmr-tui", withIntermediateDirectories: true)
    _ = FileManager.default.createFile(atPath: stateFolder + "/asmr-tui/welcomed", contents: nil)
    guard master >= 0, ioctl(master, 0x4004_5431, &isLocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else { return nil }
    let path = "/dev/pts/\(number)"
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard ioctl(master, UInt(TIOCSWINSZ), &size) == 0 else { return nil }
    _ = fcntl(master, F_SETFL, fcntl(master, F_GETFL) | O_NONBLOCK)
    var variables = [
      "LANG": "C.UTF-8", "TERM": "xterm-256color", "SWIFT_BACKTRACE": "enable=no", "XDG_STATE_HOME": stateFolder,
    ]
    for inherited in ["PATH", "HOME", "LD_LIBRARY_PATH"] {
      if let value = getenv(inherited) { variables[inherited] = String(cString: value) }
    }
    variables.merge(environment) { $1 }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Opened by the leader of a session the terminal becomes its own.
    posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words: [UnsafeMutablePointer<CChar>?] = (["setsid", "-c"] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for variable in environment { free(variable) } }
    guard posix_spawnp(&child, "setsid", &actions, &attributes, &words, &environment) == 0 else { return nil }
  }

  deinit {
    if !hasEnded { kill(child, SIGKILL) }
    _ = hasEnded
    close(master)
    try? FileManager.default.removeItem(atPath: stateFolder)
  }

  /// What the program has sent as text; escapes included.
  var text: String { String(decoding: received, as: UTF8.self) }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  /// Another size of the window, which the program is told of.
  func resize(columns: UInt16, rows: UInt16, pixels: (width: UInt16, height: UInt16)) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: pixels.width, ws_ypixel: pixels.height)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// Sends the program a signal and waits until it is gone, its output read.
  func end(by signal: Int32) {
    kill(child, signal)
    _ = wait { $0.hasEnded }
  }

  /// Reads what is there.
  private func read() {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(master, &buffer, buffer.count)
      guard count > 0 else { return }
      received += buffer[..<count]
    }
  }

  /// Whether the program has ended; its status is in `exitStatus` then.
  var hasEnded: Bool {
    if status == nil {
      var value: Int32 = 0
      if waitpid(child, &value, WNOHANG) == child { status = value }
    }
    return status != nil
  }

  var exitStatus: Int32? { status.map { $0 & 0x7F == 0 ? $0 >> 8 & 0xFF : 128 + ($0 & 0x7F) } }

  /// Whether something becomes true within 20 seconds.
  func wait(until isWanted: (Pty) -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    repeat {
      read()
      if isWanted(self) { return true }
      usleep(20_000)
    } while ContinuousClock.now < deadline
    return false
  }

  /// Reads for a while.
  func listen(milliseconds: Int) {
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    while ContinuousClock.now < deadline {
      read()
      usleep(20_000)
    }
  }
}
