#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Tells whether a file is still the same one: cheap enough to ask every second, which works on every file system.
public struct FileStamp: Equatable, Sendable {
  private let isFile: Bool
  private let size: Int
  private let inode: UInt64
  private let seconds: Int
  private let nanoseconds: Int

  /// nil when there is no such file.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    isFile = status.st_mode & S_IFMT == S_IFREG
    (size, inode) = (Int(status.st_size), UInt64(status.st_ino))
    #if canImport(Darwin)
      (seconds, nanoseconds) = (Int(status.st_mtimespec.tv_sec), Int(status.st_mtimespec.tv_nsec))
    #else
      (seconds, nanoseconds) = (Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec))
    #endif
  }

  /// Seconds since 1970 when it was last written.
  public var modified: Double { Double(seconds) + 1e-9 * Double(nanoseconds) }

  /// What stands in the way of reading it where a small file is meant; nil when nothing does. A pipe would wait for its
  /// writer, a device may have no end.
  public func fault(limit: Int) -> String? { !isFile ? "no regular file" : size > limit ? "\(size) bytes" : nil }
}
