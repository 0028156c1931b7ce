import Foundation
import Testing

@testable import Signals

/// Where things are, relative to this file: the tests run from any folder.
enum Place {
  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let corpus = package.appendingPathComponent("Tests/Signals/Corpus")
  /// Files of others, beside the project's folder; tests that read them are skipped when they are not there.
  static let malformed = package.appendingPathComponent("../shared/data/malformed").standardizedFileURL
  static let hasMalformed = FileManager.default.fileExists(atPath: malformed.path)

  static func files(in folder: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { !$0.hasPrefix(".") }.map { folder.appendingPathComponent($0) }
  }
}

/// A folder that is removed at the end of the test.
final class TemporaryFolder {
  let url: URL
  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("asmr-tui-signals-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}

/// SplitMix64: the same damage in every run.
struct FixedGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

func bytes(of url: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: url)) }

func decode(_ bytes: [UInt8], resize: ResizePolicy = .none) throws(SignalError) -> LoadedSignal {
  try ImageReader.decode(bytes, name: "test", resize: resize)
}

func decode(_ text: String) throws(SignalError) -> LoadedSignal { try decode(Array(text.utf8)) }

/// The error of bytes that must be refused.
func fault(_ bytes: [UInt8], resize: ResizePolicy = .none, sourceLocation: SourceLocation = #_sourceLocation) -> SignalError? {
  do throws(SignalError) {
    let loaded = try decode(bytes, resize: resize)
    Issue.record("accepted as \(loaded.format), \(loaded.originalShape)", sourceLocation: sourceLocation)
    return nil
  } catch {
    #expect(isOneLine(error), sourceLocation: sourceLocation)
    return error
  }
}

func isOneLine(_ error: SignalError) -> Bool {
  !error.description.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } && error.message.count < 200
}

func expectFault(
  _ bytes: [UInt8], _ fragment: String, resize: ResizePolicy = .none, sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let error = fault(bytes, resize: resize, sourceLocation: sourceLocation) else { return }
  #expect(error.description.contains(fragment), "\(error)", sourceLocation: sourceLocation)
  #expect(error.kind == .data, sourceLocation: sourceLocation)
}

func expectFault(_ text: String, _ fragment: String, sourceLocation: SourceLocation = #_sourceLocation) {
  expectFault(Array(text.utf8), fragment, sourceLocation: sourceLocation)
}

/// Largest absolute difference; infinite when the counts differ.
func distance(_ a: [Float], _ b: [Float]) -> Float {
  a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}

/// Values of a smooth picture with some detail, in [0, 1].
func pattern(rows: Int, columns: Int, channels: Int, seed: UInt64 = 1) -> Signal {
  var generator = FixedGenerator(state: seed)
  var samples: [Float] = []
  for y in 0..<rows {
    for x in 0..<columns {
      for c in 0..<channels {
        let wave = sin(Double(x) * 0.11 + Double(c)) * cos(Double(y) * 0.07 + Double(seed))
        samples.append(Float(0.5 + 0.4 * wave) + Float.random(in: -0.1...0.1, using: &generator))
      }
    }
  }
  return Signal(shape: [rows, columns], channels: channels, samples: samples)
}

/// An external program: its output, or nil when it is missing or fails.
enum Tool {
  static func path(_ name: String) -> String? {
    for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
      let path = "\(folder)/\(name)"
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    return nil
  }

  static func has(_ names: String...) -> Bool { names.allSatisfy { path($0) != nil } }

  static func run(_ name: String, _ arguments: [String]) -> [UInt8]? {
    guard let path = path(name) else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? [UInt8](data) : nil
  }

  /// Output of netpbm's `pnmtoplainpnm` or any plain P1–P3: sizes and v / maxval, by a reader that shares nothing with ours.
  static func plain(_ bytes: [UInt8]) -> (columns: Int, rows: Int, channels: Int, samples: [Float])? {
    let text = String(decoding: bytes, as: UTF8.self)
    var words = text.split(whereSeparator: \.isWhitespace)
    guard let magic = words.first, ["P1", "P2", "P3"].contains(magic) else { return nil }
    words.removeFirst()
    if magic == "P1" {
      let digits = words.dropFirst(2).joined()
      return (Int(words[0])!, Int(words[1])!, 1, digits.map { $0 == "1" ? 0 : 1 })
    }
    let maximum = Float(words[2])!
    let samples = words.dropFirst(3).map { Float($0)! / maximum }
    return (Int(words[0])!, Int(words[1])!, magic == "P2" ? 1 : 3, samples)
  }
}
