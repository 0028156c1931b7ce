#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whole files and standard input as bytes.
public enum InputFile {
  /// What stands for a path in messages.
  static func displayName(_ path: String) -> String { path == "-" ? "standard input" : path }

  /// Last component of a path; "standard input" for `-`.
  static func shortName(_ path: String) -> String {
    if path == "-" { return "standard input" }
    return path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Reads a whole file of another kind than a picture; `-` is standard input. Throws `.noInput` or `.data`.
  public static func read(path: String) throws(SignalError) -> [UInt8] {
    try read(path: path) { (_) throws(SignalError) in }
  }

  /// Reads everything behind `path` (`-`: standard input) in chunks; works for pipes, devices and files that grow.
  ///
  /// `accept` sees the beginning as soon as there are ``PictureFormat/prefixLength`` bytes or the end, and stops the
  /// reading by throwing: an endless device of zeros is refused after one chunk. Missing, unreadable and unsuitable
  /// files throw `.noInput`, one above 4 GiB or above the machine's memory `.data`.
  static func read(
    path: String, accept: (_ prefix: [UInt8]) throws(SignalError) -> Void
  ) throws(SignalError) -> [UInt8] {
    let file = displayName(path)
    func unreadable(_ code: Int32) -> SignalError {
      SignalError(
        kind: .noInput, file: file,
        message: "cannot be read: \(String(cString: strerror(code))); allowed: a readable file, or - for standard input")
    }
    // A path with a zero byte would name another file than the one its user sees.
    guard !path.isEmpty, !path.utf8.contains(0) else { throw unreadable(ENOENT) }
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(errno) }
    defer { if descriptor != 0 { close(descriptor) } }

    var bytes: [UInt8] = []
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      try checkSize(Int(status.st_size), file: file)
      bytes.reserveCapacity(Int(status.st_size))
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var accepted = false
    while true {
      let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0) }
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if code == EAGAIN {
          // A pipe that another program left in non-blocking mode.
          var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          poll(&waiting, 1, -1)
          continue
        }
        throw unreadable(code)
      }
      bytes.append(contentsOf: chunk[0..<count])
      if !accepted, count == 0 || bytes.count >= PictureFormat.prefixLength {
        try accept(Array(bytes.prefix(PictureFormat.prefixLength)))
        accepted = true
      }
      if count == 0 { return bytes }
      // Doubling arrays need up to three times the bytes while they grow; ask before they trap.
      if bytes.count + chunk.count > bytes.capacity { try checkSize(bytes.count * 2, file: file) }
    }
  }

  private static func checkSize(_ size: Int, file: String) throws(SignalError) {
    guard size <= SignalLimits.fileBytes else {
      throw SignalError(
        kind: .data, file: file,
        message: "the file is too large: found \(size) bytes or more; allowed \(SignalLimits.fileBytes)")
    }
    try SignalLimits.checkMemory(bytes: size, file: file)
  }

  private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    #elseif canImport(Musl)
      Musl.read(descriptor, buffer.baseAddress, buffer.count)
    #else
      Darwin.read(descriptor, buffer.baseAddress, buffer.count)
    #endif
  }
}
