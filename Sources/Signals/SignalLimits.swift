#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bounds that are checked before anything is allocated: a header of a few bytes may promise terabytes.
enum SignalLimits {
  /// Most values (rows · columns · channels) that a file may decode to.
  static let decodedValues = 1 << 30
  /// Most bytes that an input may have.
  static let fileBytes = 1 << 32
  /// Pictures of more samples (rows · columns) are reduced by ``ResizePolicy/auto``.
  static let automaticSamples = 1 << 20

  /// The product of non-negative lengths; nil when it overflows or a length is negative.
  static func product(_ lengths: [Int]) -> Int? {
    var product = 1
    for length in lengths {
      guard length >= 0 else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      if overflow { return nil }
      product = next
    }
    return product
  }

  /// Refuses a picture of more than ``decodedValues`` values, or of no sample at all.
  static func checkDecodedSize(
    rows: Int, columns: Int, channels: Int, file: String
  ) throws(SignalError) {
    guard let values = product([rows, columns, channels]), values <= decodedValues else {
      throw SignalError(
        kind: .data, file: file,
        message: "the picture is too large: found \(columns)×\(rows) with \(channels) channels; "
          + "allowed \(decodedValues) values")
    }
    guard values > 0 else {
      throw SignalError(
        kind: .data, file: file,
        message: "the picture is empty: found \(columns)×\(rows); allowed 1×1 or more")
    }
  }

  /// Refuses an allocation that this machine cannot serve. Swift's arrays trap when memory runs out, hence
  /// the trial allocation (never touched, so it costs no page).
  static func checkMemory(bytes: Int, file: String) throws(SignalError) {
    let physical = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    let trial = bytes <= physical || physical <= 0 ? malloc(max(bytes, 1)) : nil
    guard let trial else {
      throw SignalError(
        kind: .data, file: file,
        message: "the picture does not fit the memory: found \(bytes / 1_000_000) MB needed; "
          + "allowed \(physical / 1_000_000) MB")
    }
    free(trial)
  }
}
