#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How much memory there is, and how much this process has had at most.
public enum MemoryBudget {
  /// Bytes that a new allocation can count on: what the system has available, within the limits of the control group
  /// and of the process (`ulimit -v`). nil where nothing says.
  public static func available() -> Int? {
    var limits: [Int] = []
    if let bytes = field("MemAvailable:", of: "/proc/meminfo") { limits.append(bytes) }
    let group = "/sys/fs/cgroup/"
    if let most = number("\(group)memory.max"), let used = number("\(group)memory.current") {
      // Files that the kernel can drop from its cache count as used there.
      let cache = field("inactive_file", of: "\(group)memory.stat", unit: 1) ?? 0
      limits.append(max(0, most - used + cache))
    }
    var limit = rlimit()
    #if os(Linux)
      let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
    #else
      let resource = RLIMIT_AS
    #endif
    if getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(Int.max) {
      limits.append(max(0, Int(limit.rlim_cur) - (field("VmSize:", of: "/proc/self/status") ?? 0)))
    }
    return limits.min()
  }

  /// The largest resident size that the process has had, in bytes.
  public static func peakResident() -> Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }

  /// The resident size now, in bytes.
  public static func resident() -> Int { field("VmRSS:", of: "/proc/self/status") ?? peakResident() }

  private static func text(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  private static func number(_ path: String) -> Int? {
    text(path).flatMap { Int($0.filter { $0.isNumber }) }
  }

  /// A line `Name:   1234 kB` in bytes.
  private static func field(_ name: String, of path: String, unit: Int = 1024) -> Int? {
    for line in (text(path) ?? "").split(separator: "\n") where line.hasPrefix(name) {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * unit }
    }
    return nil
  }
}

/// A data shape as people say it: a picture's width first, one or three axes in array order.
public func sizeText(_ shape: [Int]) -> String {
  (shape.count == 2 ? shape.reversed() : shape).map(String.init).joined(separator: "×")
}

/// A run that would not fit the memory; both numbers are in the text.
public struct MemoryError: Error, Equatable, CustomStringConvertible, Sendable {
  public let description: String
}

extension MemoryBudget {
  /// Refuses a run that would not fit, before anything of its size is allocated.
  public static func check(
    _ configuration: RunConfiguration, shape: [Int], channels: Int, threads: Int, trains: Bool = true
  ) throws {
    try check([configuration], shape: shape, channels: channels, threads: threads, trains: trains)
  }

  /// Refuses runs that would not fit together.
  public static func check(
    _ configurations: [RunConfiguration], shape: [Int], channels: Int, threads: Int, trains: Bool = true
  ) throws {
    var needed = 0.0
    for configuration in configurations {
      needed += Double(try Trainer.memory(configuration, shape: shape, channels: channels, threads: threads, trains: trains))
    }
    guard let available = available(), needed > Double(available) else { return }
    let names = configurations.count == 1 ? configurations[0].label : "\(configurations.count) runs"
    throw MemoryError(
      description: "memory: \(names) on \(sizeText(shape)) samples of \(channels) \(channels == 1 ? "channel" : "channels") needs \(text(bytes: Int(min(needed, 0x1p62)))); "
        + "available are \(text(bytes: available)) (smaller: --resize, --hidden)")
  }

  /// `61 MB`, `1.4 GB`: powers of ten.
  public static func text(bytes: Int) -> String {
    let value = Double(bytes)
    switch value {
    case ..<1e6: return "\(Int((value / 1e3).rounded())) kB"
    case ..<1e9: return "\(Int((value / 1e6).rounded())) MB"
    default:
      let tenths = (value / 1e8).rounded()
      return "\(Int(tenths) / 10).\(Int(tenths) % 10) GB"
    }
  }
}
