import CTerminal

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program on a terminal whose other end is ours: what it writes is read here, what is typed here are its keys.
public final class PseudoTerminal {
  private let master: Int32
  public private(set) var child: pid_t = 0
  private var status: Int32?
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  /// Starts a program in a session of its own.
  ///
  /// - Parameters:
  ///   - arguments: the program's path and its arguments.
  ///   - environment: all that it has.
  /// - Returns: nil where there is no terminal to be had, or no such program.
  public init?(_ arguments: [String], width: Int, height: Int, environment: [String: String]) {
    var name = [CChar](repeating: 0, count: 256)
    master = ct_open_pseudoterminal(Int32(width), Int32(height), &name, name.count)
    guard master >= 0 else { return nil }
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Opened by the leader of a session it becomes the controlling terminal.
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | ct_spawn_session())
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for variable in variables { free(variable) } }
    guard posix_spawn(&child, arguments[0], &actions, &attributes, &words, &variables) == 0 else { return nil }
  }

  deinit {
    if !hasEnded {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    closeDescriptor(master)
  }

  /// Types keys as a terminal sends them.
  public func type(_ keys: String) {
    let bytes = Array(keys.utf8)
    _ = write(master, bytes, bytes.count)
  }

  /// What the program has written since the last call; waits for something at most so long. Empty when there was nothing.
  public func read(within milliseconds: Int32) -> [UInt8] {
    var wait = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, milliseconds) > 0, wait.revents & Int16(POLLIN) != 0 else {
      // The program is gone: nothing more will come.
      if wait.revents & Int16(POLLHUP) != 0, milliseconds > 0 { usleep(useconds_t(milliseconds) * 1000) }
      return []
    }
    #if canImport(Glibc)
      let count = Glibc.read(master, &buffer, buffer.count)
    #else
      let count = Darwin.read(master, &buffer, buffer.count)
    #endif
    return count > 0 ? Array(buffer[..<count]) : []
  }

  public var hasEnded: Bool {
    if status == nil {
      var value: Int32 = 0
      if waitpid(child, &value, WNOHANG) == child { status = value }
    }
    return status != nil
  }
}
