import Records
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

/// Refuses files that cannot be written, or that two outputs share, before the work and not after it. Standard output is for
/// `--json` alone.
func checkFiles(_ files: [(option: String, path: String?)]) throws(SignalError) {
  var outputs: Set<String> = []
  for (option, path) in files {
    guard let path else { continue }
    guard path != "-" || option == "--json" else {
      throw SignalError(kind: .usage, file: path, message: "\(option): found -; allowed is a file")
    }
    guard outputs.insert(path).inserted else {
      throw SignalError(kind: .usage, file: path, message: "\(option): found the file of another output; allowed is one of its own")
    }
    if path != "-" { try AtomicFile.checkWritable(path) }
  }
}

/// Bytes into a file; `-` is standard output.
func writeOutput(_ bytes: [UInt8], to path: String) throws(SignalError) {
  if path == "-" { try writeOutput(bytes) } else { try AtomicFile.write(bytes, to: path) }
}

/// Refuses a report's name that does not say what it is.
func checkReport(_ path: String?) throws(SignalError) {
  guard let path, !path.lowercased().hasSuffix(".html") else { return }
  throw SignalError(kind: .usage, file: path, message: "report: found \(ending(of: path)); allowed is .html")
}

/// How a file's name ends, for messages.
func ending(of path: String) -> String {
  let name = path.split(separator: "/").last ?? ""
  return name.lastIndex(of: ".").map { "the ending \(name[$0...])" } ?? "no ending"
}

/// Refuses a folder whose event files TensorBoard would make one curve of with new ones.
///
/// - Parameter found: what they are; `allowed`: what may be there instead.
func checkEvents(_ folder: String?, found: String, allowed: String) throws(SignalError) {
  guard let folder, try EventFolder.exists(folder), try EventFolder.hasEventFiles(folder) else { return }
  throw SignalError(kind: .usage, file: folder, message: "--tensorboard: found event files of \(found); allowed is \(allowed)")
}
