import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The real program as a process of its own.
final class Program {
  struct Result {
    /// The exit code; 128 + the signal for one that was killed.
    let status: Int32
    let output: [UInt8]
    let error: String

    var text: String { String(decoding: output, as: UTF8.self) }
    var errorLines: [String] { error.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// ASMR_TUI_BINARY, or the program that was built beside the tests; nil when there is neither.
  static let path: String? = {
    if let given = ProcessInfo.processInfo.environment["ASMR_TUI_BINARY"] { return given }
    #if os(Linux)
      let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    #else
      let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" } ?? Bundle.main.bundleURL
    #endif
    let path = bundle.deletingLastPathComponent().appendingPathComponent("asmr-tui").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  private let folder: TemporaryFolder
  private let child: pid_t
  private var status: Int32?

  /// Starts it. Its standard streams are files, so that nobody has to read while it runs.
  ///
  /// - Parameters:
  ///   - input: what standard input holds; /dev/null when nil.
  ///   - output: where standard output goes, when it is not to be read.
  ///   - shell: commands of `sh` before the program takes its place, such as `ulimit`.
  init(_ arguments: [String], input: [UInt8]? = nil, output: String? = nil, shell: String? = nil) throws {
    guard let path = Self.path else { throw Failure(description: "asmr-tui was not built (ASMR_TUI_BINARY)") }
    folder = try TemporaryFolder()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input { try Data(input).write(to: URL(fileURLWithPath: folder.path("in"))) }
    posix_spawn_file_actions_addopen(&actions, 0, input == nil ? "/dev/null" : folder.path("in"), O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output ?? folder.path("out"), O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, folder.path("err"), O_WRONLY | O_CREAT, 0o600)
    let line = shell.map { ["sh", "-c", $0 + "; exec \"$@\"", "sh", path] + arguments } ?? [path] + arguments
    var words: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var environment = ProcessInfo.processInfo.environment
    environment["LANG"] = "C.UTF-8"
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for variable in variables { free(variable) } }
    var child: pid_t = 0
    let failure = posix_spawnp(&child, line[0], &actions, nil, &words, &variables)
    guard failure == 0 else { throw Failure(description: "\(path): \(String(cString: strerror(failure)))") }
    self.child = child
  }

  deinit {
    guard status == nil else { return }
    kill(child, SIGKILL)
    var ignored: Int32 = 0
    while waitpid(child, &ignored, 0) < 0, errno == EINTR {}
  }

  func send(_ signal: Int32) { kill(child, signal) }

  /// What it has said on standard error so far.
  var errorSoFar: String { (try? String(contentsOfFile: folder.path("err"), encoding: .utf8)) ?? "" }

  var isRunning: Bool {
    guard status == nil else { return false }
    var code: Int32 = 0
    guard waitpid(child, &code, WNOHANG) == child else { return true }
    status = code & 0x7F == 0 ? code >> 8 & 0xFF : 128 + code & 0x7F
    return false
  }

  /// Waits for its end; the limit is there so that a program that hangs does not hang the tests.
  func wait(seconds: Double = 120) throws -> Result {
    let limit = ContinuousClock.now.advanced(by: .seconds(seconds))
    while isRunning {
      guard ContinuousClock.now < limit else { throw Failure(description: "asmr-tui does not end; it said: \(errorSoFar)") }
      usleep(2_000)
    }
    let output = (try? Data(contentsOf: URL(fileURLWithPath: folder.path("out")))) ?? Data()
    return Result(status: status ?? -1, output: [UInt8](output), error: errorSoFar)
  }

  /// From start to end.
  static func run(_ arguments: [String], input: [UInt8]? = nil, output: String? = nil, shell: String? = nil) throws -> Result {
    try Program(arguments, input: input, output: output, shell: shell).wait()
  }
}

/// A folder that is removed at the end of the test.
final class TemporaryFolder {
  private let url: URL
  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("asmr-tui-command-line-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }

  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }

  /// A grey picture as a file.
  func picture(_ columns: Int = 32, _ rows: Int = 32, name: String = "picture.pgm") throws -> String {
    try write(pgm(columns, rows), name)
  }

  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name)))) }
  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }
}

/// A grey picture: waves and an edge.
func pgm(_ columns: Int, _ rows: Int) -> [UInt8] {
  var pixels: [UInt8] = []
  pixels.reserveCapacity(columns * rows)
  for y in 0..<rows {
    for x in 0..<columns {
      let wave = sin(Double(x) * 0.31) * cos(Double(y) * 0.23)
      pixels.append(UInt8(128 + 80 * wave + (x > columns / 2 ? 40 : 0)))
    }
  }
  return Array("P5\n\(columns) \(rows)\n255\n".utf8) + pixels
}

func json(_ bytes: [UInt8]) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
}

/// A safetensors file's tensors, by a reader that shares nothing with the program's.
func tensors(_ bytes: [UInt8]) throws -> [String: [Float]] {
  let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
  let header = try json(Array(bytes[8..<(8 + length)]))
  var result: [String: [Float]] = [:]
  for (name, value) in header where name != "__metadata__" {
    let offsets = try #require((value as? [String: Any])?["data_offsets"] as? [Int])
    result[name] = stride(from: 8 + length + offsets[0], to: 8 + length + offsets[1], by: 4).map { at in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) })
    }
  }
  return result
}
