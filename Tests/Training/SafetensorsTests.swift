import Foundation
import Signals
import Testing

@testable import Training

@Suite struct SafetensorsTests {
  private static let python: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  private static func sample() -> Safetensors {
    var file = Safetensors()
    file.tensors = [
      "net.0.linear.weight": .init(shape: [2, 3], values: [0, -0.0, 1.5, .leastNonzeroMagnitude, -3e38, 0.1]),
      "b/ä \"quoted\"": .init(shape: [1], values: [.greatestFiniteMagnitude]),
      "scalar": .init(shape: [], values: [42]),
      "empty": .init(shape: [4, 0], values: []),
    ]
    file.metadata = ["format": "pt", "text": "{\"a\":[1,2]}\n"]
    return file
  }

  /// A file by hand: header length, header, data.
  private static func file(_ header: String, data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
    let json = Array(header.utf8)
    return withUnsafeBytes(of: (length ?? UInt64(json.count)).littleEndian) { Array($0) } + json + data
  }

  private static func floats(_ values: Float...) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
  }

  @Test("What is written is read back, to the bit")
  func roundTrip() throws {
    let bytes = try Self.sample().encoded()
    let read = try Safetensors(bytes, file: "test")
    #expect(read == Self.sample())
    #expect(read.tensors["net.0.linear.weight"]?.values[1].sign == .minus)
    #expect(try read.encoded() == bytes)
    #expect(try Safetensors(Safetensors().encoded(), file: "test") == Safetensors())
  }

  @Test("The header's length is a multiple of eight, whatever it holds")
  func alignment() throws {
    for padding in 0..<17 {
      var file = Self.sample()
      file.metadata["padding"] = String(repeating: "x", count: padding)
      let bytes = try file.encoded()
      let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
      #expect(length % 8 == 0 && bytes[8] == UInt8(ascii: "{"))
      #expect(bytes.count == 8 + length + 4 * 8)
      #expect(try Safetensors(bytes, file: "test") == file)
    }
  }

  @Test("A file made by hand is read: F32, F64, metadata, spaces, tensors in any order")
  func byHand() throws {
    let header = #"{"__metadata__":{"who":"hand"},"z":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}, "#
      + #""a":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}}   "#
    let double = withUnsafeBytes(of: Double(0.25).bitPattern.littleEndian) { Array($0) }
    let read = try Safetensors(Self.file(header, data: double + Self.floats(-1, 7)), file: "test")
    #expect(read.metadata == ["who": "hand"])
    #expect(read.tensors == ["a": .init(shape: [1, 1], values: [0.25]), "z": .init(shape: [2], values: [-1, 7])])

    let expected: [UInt8] = [0x40, 0, 0, 0, 0, 0, 0, 0]
      + Array(#"{"t":{"data_offsets":[0,4],"dtype":"F32","shape":[1]}}          "#.utf8) + [0, 0, 0x80, 0x3F]
    var file = Safetensors()
    file.tensors = ["t": .init(shape: [1], values: [1])]
    // Spaces up to the next multiple of eight.
    let bytes = try file.encoded()
    let length = Int(bytes[0])
    #expect(bytes == [UInt8(length), 0, 0, 0, 0, 0, 0, 0] + expected[8..<(8 + length)] + [0, 0, 0x80, 0x3F])
    #expect(length == 56)
  }

  private static func tensor(dtype: String = "F32", shape: String, offsets: String) -> String {
    #"{"t":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  private static let malformed: [(String, [UInt8], String)] = [
    ("nothing", [], "found 0 bytes"),
    ("seven bytes", [1, 2, 3, 4, 5, 6, 7], "found 7 bytes"),
    ("no header", [0, 0, 0, 0, 0, 0, 0, 0], "header of 0 bytes"),
    ("a header that is not there", [2, 0, 0, 0, 0, 0, 0, 0], "header of 2 bytes in a file of 8"),
    ("an absurd length", file("{}", length: .max), "header of 18446744073709551615 bytes"),
    ("a length with the sign bit", file("{}", length: 1 << 63), "header of 9223372036854775808 bytes"),
    ("one byte too many", file("{}", length: 3), "header of 3 bytes"),
    ("no JSON", file("{nonsense}"), "JSON"),
    ("another beginning", file("[]"), "begin with '{'"),
    ("JSON cut off", file("{\"t\":{\"dtype\""), "JSON"),
    ("bytes that are no UTF-8", file("{") + [0xFF, 0xFE, 0x7D], "header"),
    ("a number for a tensor", file("{\"t\":1}"), "JSON"),
    ("no dtype", file(#"{"t":{"shape":[1],"data_offsets":[0,4]}}"#, data: floats(1)), "JSON"),
    ("metadata that are no strings", file(#"{"__metadata__":{"a":1}}"#), "JSON"),
    ("deep nesting", file("{\"t\":" + String(repeating: "[", count: 100_000)), "JSON"),
    ("half precision", file(tensor(dtype: "F16", shape: "[2]", offsets: "[0,4]"), data: floats(1)), "dtype F16"),
    ("integers", file(tensor(dtype: "I64", shape: "[1]", offsets: "[0,8]"), data: floats(1, 2)), "dtype I64"),
    ("a negative shape", file(tensor(shape: "[-1]", offsets: "[0,4]"), data: floats(1)), "shape [-1]"),
    ("two negative sides", file(tensor(shape: "[-1,-1]", offsets: "[0,4]"), data: floats(1)), "shape [-1, -1]"),
    ("a shape that is no whole number", file(tensor(shape: "[1.5]", offsets: "[0,4]"), data: floats(1)), "JSON"),
    ("a shape beyond 64 bits", file(tensor(shape: "[99999999999999999999]", offsets: "[0,4]"), data: floats(1)), "JSON"),
    ("a product beyond 64 bits", file(tensor(shape: "[4294967296,4294967296]", offsets: "[0,4]"), data: floats(1)), "impossible"),
    ("bytes beyond 64 bits", file(tensor(shape: "[4611686018427387904]", offsets: "[0,0]")), "range of"),
    ("too many values for its range", file(tensor(shape: "[2]", offsets: "[0,4]"), data: floats(1)), "range of 8 bytes"),
    ("too few values for its range", file(tensor(shape: "[1]", offsets: "[0,8]"), data: floats(1, 2)), "range of 4 bytes"),
    ("offsets past the end", file(tensor(shape: "[1]", offsets: "[4,8]"), data: floats(1)), "within 4"),
    ("offsets far past the end", file(tensor(shape: "[1]", offsets: "[9223372036854775803,9223372036854775807]"), data: floats(1)), "within 4"),
    ("negative offsets", file(tensor(shape: "[1]", offsets: "[-4,0]"), data: floats(1)), "range of"),
    ("offsets backwards", file(tensor(shape: "[1]", offsets: "[4,0]"), data: floats(1)), "range of"),
    ("one offset", file(tensor(shape: "[1]", offsets: "[0]"), data: floats(1)), "range of"),
    ("three offsets", file(tensor(shape: "[1]", offsets: "[0,4,8]"), data: floats(1)), "range of"),
    ("data cut off", file(tensor(shape: "[2]", offsets: "[0,8]"), data: Array(floats(1, 2).dropLast())), "within 7"),
    ("data left over", file(tensor(shape: "[1]", offsets: "[0,4]"), data: floats(1, 2)), "found 8 bytes of data"),
    ("a gap before the data", file(tensor(shape: "[1]", offsets: "[4,8]"), data: floats(1, 2)), "from byte 4"),
    ("the same data twice",
      file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: floats(1)),
      "tensor"),
    ("data that overlap",
      file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, data: floats(1, 2, 3)),
      "tensor b: found data from byte 4; allowed is 8"),
  ]

  @Test("Every malformed file is refused with one line that says what is wrong", arguments: malformed.indices)
  func refusals(_ index: Int) {
    let (what, bytes, fragment) = Self.malformed[index]
    do throws(SignalError) {
      _ = try Safetensors(bytes, file: "model.safetensors")
      Issue.record("accepted: \(what)")
    } catch {
      #expect(error.kind == .data && error.file == "model.safetensors", "\(what)")
      #expect(error.description.contains(fragment), "\(what): \(error)")
      #expect(!error.description.contains("\n") && error.description.count < 300, "\(what): \(error)")
    }
  }

  @Test("A thousand tensors of the same data do not make a small file a large one")
  func amplification() {
    let entries = (0..<1000).map { #""t\#($0)":{"dtype":"F32","shape":[100000],"data_offsets":[0,400000]}"# }
    let bytes = Self.file("{" + entries.joined(separator: ",") + "}", data: [UInt8](repeating: 0, count: 400_000))
    #expect(throws: SignalError.self) { try Safetensors(bytes, file: "test") }
  }

  /// A small valid model and what it draws.
  private static func model() throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let trainer = try Trainer(
      small { ($0.hidden, $0.layers, $0.seed) = (3, 2, 9) }, signal: pattern([6, 6]))
    try SavedModel(trainer: trainer).write(to: folder.path("m"))
    return try contents(folder.path("m"))
  }

  @Test("Flipped bits: refused in one line, or a model that can be drawn, never a trap")
  func flippedBits() throws {
    let valid = try Self.model()
    let dataStart = 8 + valid[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    var generator = FixedGenerator(state: 2024)
    var refused = 0, drawn = 0
    for round in 0..<3000 {
      var bytes = valid
      for _ in 0..<(round % 3 + 1) {
        // In turn in the header, where they do more, and in the data.
        let range = round % 2 == 0 ? 0..<dataStart : dataStart..<bytes.count
        bytes[Int.random(in: range, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      }
      do throws(SignalError) {
        let saved = try SavedModel(bytes: bytes, file: "test")
        guard saved.shape.reduce(1, *) <= 10_000 else { continue }
        let signal = try? saved.render(threads: 1)
        #expect(signal?.shape == saved.shape)
        drawn += 1
      } catch {
        refused += 1
        #expect([64, 65].contains(error.exitCode) && !error.description.contains("\n"))
      }
    }
    #expect(refused > 500 && drawn > 500, "\(refused) refused, \(drawn) drawn")
  }

  @Test("Cut anywhere, a model is refused")
  func truncated() throws {
    let valid = try Self.model()
    for count in 0..<valid.count {
      #expect(throws: SignalError.self) { try SavedModel(bytes: Array(valid.prefix(count)), file: "test") }
    }
    #expect(throws: SignalError.self) { try SavedModel(bytes: valid + [0], file: "test") }
  }

  @Test("Python reads the file with struct and json alone", .enabled(if: python != nil, "skipped: python3 is not there"))
  func readByPython() throws {
    let folder = try TemporaryFolder()
    let file = Self.sample()
    try Data(file.encoded()).write(to: URL(fileURLWithPath: folder.path("m.safetensors")))
    let script = """
      import json, struct, sys
      raw = open(sys.argv[1], 'rb').read()
      (n,) = struct.unpack('<Q', raw[:8])
      header = json.loads(raw[8:8 + n].decode('utf-8'))
      data = raw[8 + n:]
      result = {}
      for name, entry in header.items():
        if name == '__metadata__': continue
        begin, end = entry['data_offsets']
        assert entry['dtype'] == 'F32'
        values = struct.unpack('<%dI' % ((end - begin) // 4), data[begin:end])
        result[name] = {'shape': entry['shape'], 'bits': list(values)}
      print(json.dumps({'tensors': result, 'metadata': header['__metadata__']}))
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.python))
    process.arguments = ["-c", script, folder.path("m.safetensors")]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    struct Read: Decodable {
      struct Tensor: Decodable {
        let shape: [Int]
        let bits: [UInt32]
      }
      let tensors: [String: Tensor]
      let metadata: [String: String]
    }
    let read = try JSONDecoder().decode(Read.self, from: data)
    #expect(read.metadata == file.metadata && read.tensors.count == file.tensors.count)
    for (name, tensor) in file.tensors {
      #expect(read.tensors[name]?.shape == tensor.shape && read.tensors[name]?.bits == tensor.values.map(\.bitPattern), "\(name)")
    }
  }
}
