import Signals

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The safetensors format (Hugging Face): eight bytes of header length, a JSON header that names tensors with dtype,
/// shape and byte range, then the data, little-endian and without gaps.
struct Safetensors: Equatable {
  struct Tensor: Equatable {
    var shape: [Int]
    /// Row-major.
    var values: [Float]
  }
  var tensors: [String: Tensor] = [:]
  var metadata: [String: String] = [:]

  /// Headers above this are refused, as the reference implementation does.
  private static let largestHeader = 100_000_000

  private struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]
  }

  private struct Header: Codable {
    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }
    init() {}
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      for key in container.allKeys {
        if key.stringValue == "__metadata__" {
          metadata = try container.decode([String: String].self, forKey: key)
        } else {
          entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
        }
      }
    }
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      if !metadata.isEmpty { try container.encode(metadata, forKey: Key(stringValue: "__metadata__")) }
      for (name, entry) in entries { try container.encode(entry, forKey: Key(stringValue: name)) }
    }
  }

  /// The file's bytes; tensors lie in the order of their names, all as F32.
  func encoded() throws -> [UInt8] {
    var header = Header()
    header.metadata = metadata
    var data: [UInt8] = []
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let start = data.count
      for value in tensor.values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data += $0 } }
      header.entries[name] = Entry(dtype: "F32", shape: tensor.shape, data_offsets: [start, data.count])
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = [UInt8](try encoder.encode(header))
    // Data begins on a multiple of eight bytes.
    while json.count % 8 != 0 { json.append(0x20) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json + data
  }

  /// - Throws: `SignalError` (65) that says what is wrong with the file.
  init(_ bytes: [UInt8], file: String) throws(SignalError) {
    func fault(_ message: String) -> SignalError { SignalError(kind: .data, file: file, message: message) }
    guard bytes.count >= 8 else {
      throw fault("no safetensors file: found \(bytes.count) bytes; allowed are a header and its tensors")
    }
    let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length >= 2, length <= UInt64(Self.largestHeader), length <= UInt64(bytes.count - 8), bytes[8] == 0x7B else {
      throw fault("no safetensors file: found a header of \(length) bytes in a file of \(bytes.count); "
        + "allowed are 2 to \(min(bytes.count - 8, Self.largestHeader)) that begin with '{'")
    }
    let dataStart = 8 + Int(length)
    let header: Header
    do {
      header = try JSONDecoder().decode(Header.self, from: Data(bytes[8..<dataStart]))
    } catch {
      throw fault("safetensors header: found JSON that does not fit; allowed are dtype, shape and data_offsets a tensor")
    }
    metadata = header.metadata
    let available = bytes.count - dataStart
    // In the order of their data: ranges must follow one another, else a small file could be read as a huge one.
    var end = 0
    for (name, entry) in header.entries.sorted(by: {
      $0.value.data_offsets.lexicographicallyPrecedes($1.value.data_offsets)
    }) {
      let width = switch entry.dtype {
      case "F32": 4
      case "F64": 8
      default: 0
      }
      guard width > 0 else { throw fault("tensor \(name): found dtype \(entry.dtype); allowed are F32 and F64") }
      var count = 1
      for size in entry.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard size >= 0, !overflow else { throw fault("tensor \(name): found shape \(entry.shape); it is impossible") }
        count = product
      }
      let (byteCount, overflow) = count.multipliedReportingOverflow(by: width)
      guard !overflow, entry.data_offsets.count == 2, entry.data_offsets[0] >= 0,
        entry.data_offsets[1] <= available, entry.data_offsets[0] <= entry.data_offsets[1],
        entry.data_offsets[1] - entry.data_offsets[0] == byteCount
      else {
        throw fault("tensor \(name): found bytes \(entry.data_offsets) for shape \(entry.shape); "
          + "allowed is a range of \(overflow ? 0 : byteCount) bytes within \(available)")
      }
      guard entry.data_offsets[0] == end else {
        throw fault("tensor \(name): found data from byte \(entry.data_offsets[0]); allowed is \(end), where the one before ends")
      }
      end = entry.data_offsets[1]
      let start = dataStart + entry.data_offsets[0]
      tensors[name] = Tensor(shape: entry.shape, values: bytes.withUnsafeBytes { raw in
        (0..<count).map { index in
          if width == 4 {
            Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)))
          } else {
            Float(Double(bitPattern: UInt64(
              littleEndian: raw.loadUnaligned(fromByteOffset: start + 8 * index, as: UInt64.self))))
          }
        }
      })
    }
    guard end == available else {
      throw fault("tensors: found \(available) bytes of data; allowed are the \(end) that the header names")
    }
  }

  init() {}
}
