#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs programs and reads what they print; without full Foundation.
enum Command {
  struct Result {
    /// The exit code, or 128 + the signal.
    let status: Int32
    let output: String
  }

  /// Runs a program found in PATH to its end; standard output and error are read together.
  static func run(_ arguments: [String], environment: [String]? = nil) -> Result {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return Result(status: -1, output: "no pipe") }
    // Other tests run commands at the same time; a pipe that leaks into their children would never end.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    for end in ends { posix_spawn_file_actions_addclose(&actions, end) }
    // Threads of Swift's pool block most signals, and a child would inherit that: tmux could not even be ended.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var variables: [UnsafeMutablePointer<CChar>?] = (environment ?? inheritedEnvironment()).map { strdup($0) } + [nil]
    defer { for variable in variables { free(variable) } }
    var child: pid_t = 0
    let failure = posix_spawnp(&child, arguments[0], &actions, &attributes, &words, &variables)
    close(ends[1])
    defer { close(ends[0]) }
    guard failure == 0 else { return Result(status: 127, output: "\(arguments[0]) cannot be run") }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(ends[0], &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return Result(status: signal == 0 ? status >> 8 & 0xFF : 128 + signal, output: String(decoding: bytes, as: UTF8.self))
  }

  /// Whether a program is in PATH.
  static func exists(_ name: String) -> Bool {
    run(["sh", "-c", "command -v \(name)"]).status == 0
  }

  /// The test bundle itself, which lies beside the programs that were built with it.
  static var bundle: String {
    #if canImport(Glibc)
      var buffer = [CChar](repeating: 0, count: 4096)
      let count = readlink("/proc/self/exe", &buffer, buffer.count)
      if count > 0 { return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) }
    #endif
    return CommandLine.arguments[0]
  }

  /// A program of this package, nil when it was not built.
  static func product(_ name: String) -> String? {
    var parts = bundle.split(separator: "/", omittingEmptySubsequences: false)
    // On macOS the bundle is a folder.
    if let at = parts.lastIndex(where: { $0.hasSuffix(".xctest") }) { parts.removeSubrange(at...) }
    let path = (parts + [name[...]]).joined(separator: "/")
    return access(path, X_OK) == 0 ? path : nil
  }

  private static func inheritedEnvironment() -> [String] {
    let names: [String] = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"]
    return names.compactMap { (name: String) -> String? in
      guard let value = getenv(name) else { return nil }
      return name + "=" + String(cString: value)
    }
  }
}
