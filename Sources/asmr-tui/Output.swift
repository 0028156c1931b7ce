import Signals

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A line on standard error: one line and no control sequence, whatever names and options it repeats.
func printError(_ line: String) {
  let bytes = Array((SignalError.printable(line) + "\n").utf8)
  _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Bytes on standard output, whole.
func writeOutput(_ bytes: [UInt8]) throws(SignalError) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    guard count > 0 || errno == EINTR else {
      throw SignalError(
        kind: .cannotWrite, file: "standard output",
        message: "cannot be written: \(String(cString: strerror(errno))); allowed: an open file, pipe or terminal")
    }
    if count > 0 { rest = rest.dropFirst(count) }
  }
}
