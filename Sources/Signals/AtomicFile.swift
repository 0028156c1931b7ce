#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes files whole or not at all: results that took hours must not be lost to a full disk or a crash half-way.
public enum AtomicFile {
  /// Replaces the file at `path` by `bytes` (any contiguous collection: `[UInt8]`, `Data`, `String.utf8`).
  ///
  /// The bytes go to a temporary file in the same folder, which is flushed to the disk and then renamed over the target:
  /// until that moment an existing file is untouched, and a failure leaves nothing behind. Symbolic links are followed.
  /// A new file gets the permissions of the umask, a replaced one keeps its own. Devices and pipes (`/dev/stdout`,
  /// `/dev/null`) cannot be replaced and are written to directly.
  ///
  /// Throws `.cannotWrite` with the reason for folders, read-only files, missing folders and full disks.
  public static func write(_ bytes: some Collection<UInt8>, to path: String) throws(SignalError) {
    let fault: SignalError?
    if let result = bytes.withContiguousStorageIfAvailable({ failure(UnsafeRawBufferPointer($0), path) }) {
      fault = result
    } else {
      fault = Array(bytes).withUnsafeBytes { failure($0, path) }
    }
    if let fault { throw fault }
  }

  /// Says now what `write` would have to say later: folders that are missing or may not be written to, a target that is a
  /// folder or protected. Long computations ask before they begin.
  public static func checkWritable(_ path: String) throws(SignalError) {
    func fault(_ code: Int32) -> SignalError { cannotWrite(path, String(cString: strerror(code))) }
    guard !path.isEmpty, !path.utf8.contains(0) else { throw fault(ENOENT) }
    guard openDescriptor(path) == nil else { return }
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw fault(EISDIR) }
      guard access(path, W_OK) == 0 else { throw fault(errno) }
      if status.st_mode & S_IFMT != S_IFREG { return }
    }
    let folder = folder(of: try followingLinks(path))
    guard access(folder.isEmpty ? "." : folder, W_OK) == 0 else { throw fault(errno) }
  }

  /// The non-throwing form, for the closures above.
  private static func failure(_ bytes: UnsafeRawBufferPointer, _ path: String) -> SignalError? {
    do {
      try write(bytes, path)
      return nil
    } catch {
      return error
    }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, _ path: String) throws(SignalError) {
    func fault(_ code: Int32) -> SignalError { cannotWrite(path, String(cString: strerror(code))) }
    guard !path.isEmpty, !path.utf8.contains(0) else { throw fault(ENOENT) }

    if let descriptor = openDescriptor(path) {
      try writeAll(bytes, descriptor, path)
      return
    }
    var status = stat()
    var mode: mode_t?
    if stat(path, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFDIR: throw fault(EISDIR)
      case S_IFREG:
        // Renaming would replace a file that its owner protected from writing.
        guard access(path, W_OK) == 0 else { throw fault(errno) }
        mode = status.st_mode & 0o7777
      default:
        try writeDirectly(bytes, path)
        return
      }
    }

    let target = try followingLinks(path)
    let (descriptor, temporary) = try createTemporary(besides: target, path)
    var isOpen = true
    do throws(SignalError) {
      try writeAll(bytes, descriptor, path)
      // Not every file system has permissions to keep.
      if let mode { fchmod(descriptor, mode) }
      guard fsync(descriptor) == 0 else { throw fault(errno) }
      isOpen = false
      guard close(descriptor) == 0 else { throw fault(errno) }
      guard rename(temporary, target) == 0 else { throw fault(errno) }
    } catch {
      if isOpen { close(descriptor) }
      unlink(temporary)
      throw error
    }
    flushFolder(of: target)
  }

  /// The number behind the names of open descriptors: what they stand for is written to, never replaced, wherever the
  /// shell has redirected it.
  private static func openDescriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": 1
    case "/dev/stderr": 2
    default: path.hasPrefix("/dev/fd/") ? Int32(path.dropFirst("/dev/fd/".count)) : nil
    }
  }

  private static func cannotWrite(_ path: String, _ reason: String) -> SignalError {
    SignalError(
      kind: .cannotWrite, file: path,
      message: "cannot be written: \(reason); allowed: a file in an existing folder that may be written to")
  }

  /// Where a chain of symbolic links ends, also when that file does not exist yet.
  private static func followingLinks(_ path: String) throws(SignalError) -> String {
    var current = path
    for _ in 0..<40 {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      let length = readlink(current, &buffer, Int(PATH_MAX))
      if length < 0 { return current }
      let link = String(decoding: buffer[0..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      current = link.hasPrefix("/") ? link : folder(of: current) + link
    }
    throw cannotWrite(path, String(cString: strerror(ELOOP)))
  }

  /// The folder of a path with its slash; empty for the current folder.
  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  /// Creates a file of its own beside `target`; the umask decides its permissions.
  private static func createTemporary(
    besides target: String, _ path: String
  ) throws(SignalError) -> (descriptor: Int32, name: String) {
    for _ in 0..<100 {
      let name = folder(of: target) + ".asmr-tui-" + String(UInt64.random(in: .min ... .max), radix: 36) + ".tmp"
      let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (descriptor, name) }
      guard errno == EEXIST || errno == EINTR else { break }
    }
    throw cannotWrite(path, String(cString: strerror(errno)))
  }

  private static func writeDirectly(_ bytes: UnsafeRawBufferPointer, _ path: String) throws(SignalError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw cannotWrite(path, String(cString: strerror(errno))) }
    defer { close(descriptor) }
    try writeAll(bytes, descriptor, path)
  }

  private static func writeAll(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: Int32, _ path: String
  ) throws(SignalError) {
    var offset = 0
    while offset < bytes.count {
      let count = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: bytes[offset..<min(bytes.count, offset + 1 << 26)]))
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if code == EAGAIN {
          var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&waiting, 1, -1)
          continue
        }
        throw cannotWrite(path, String(cString: strerror(code)))
      }
      offset += count
    }
  }

  /// Makes the rename itself durable; not every file system can, hence no error.
  private static func flushFolder(of target: String) {
    let name = folder(of: target)
    let descriptor = open(name.isEmpty ? "." : name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}
