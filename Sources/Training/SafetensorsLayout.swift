import Signals

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The safetensors format (Hugging Face): eight bytes of header length, a JSON header that names tensors with dtype,
/// shape and byte range, then the data, little-endian and without gaps.
///
/// Reading checks the header and says where each tensor's bytes lie.
struct SafetensorsLayout {
  /// The dtypes that we write or read, by the format's names.
  enum DataType: String, CaseIterable {
    case F32, F64, I32

    /// Bytes of a value.
    var width: Int { self == .F64 ? 8 : 4 }
  }

  /// A tensor to be written.
  struct Block {
    var name: String
    var type: DataType
    var shape: [Int]
    /// Little-endian, row-major.
    var bytes: [UInt8]
  }

  /// A tensor of a file.
  struct Entry {
    var name: String
    var type: DataType
    var shape: [Int]
    /// Of its bytes in the file.
    var range: Range<Int>
  }

  var metadata: [String: String] = [:]
  /// In the order of their data.
  var entries: [Entry] = []

  /// Headers above this are refused, as the reference implementation does.
  private static let largestHeader = 100_000_000

  private struct HeaderEntry: Codable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]
  }

  private struct Header: Codable {
    var entries: [String: HeaderEntry] = [:]
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
          entries[key.stringValue] = try container.decode(HeaderEntry.self, forKey: key)
        }
      }
    }
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      if !metadata.isEmpty { try container.encode(metadata, forKey: Key(stringValue: "__metadata__")) }
      for (name, entry) in entries { try container.encode(entry, forKey: Key(stringValue: name)) }
    }
  }

  /// The file's bytes; tensors lie in the order of their names.
  static func encoded(_ blocks: [Block], metadata: [String: String]) throws -> [UInt8] {
    let blocks = blocks.sorted { $0.name < $1.name }
    var header = Header()
    header.metadata = metadata
    var end = 0
    for block in blocks {
      header.entries[block.name] = HeaderEntry(
        dtype: block.type.rawValue, shape: block.shape, data_offsets: [end, end + block.bytes.count])
      end += block.bytes.count
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = [UInt8](try encoder.encode(header))
    // Data begins on a multiple of eight bytes.
    while json.count % 8 != 0 { json.append(0x20) }
    var file = [UInt64(json.count)].littleEndianBytes
    file.reserveCapacity(8 + json.count + end)
    file += json
    for block in blocks { file += block.bytes }
    return file
  }

  /// - Throws: `SignalError` (65) that says what is wrong with the file.
  init(_ bytes: [UInt8], file: String, allowed: [DataType]) throws(SignalError) {
    func fault(_ message: String) -> SignalError { SignalError(kind: .data, file: file, message: message) }
    guard bytes.count >= 8 else {
      throw fault("not a safetensors file: found \(bytes.count) bytes; allowed are a header and its tensors")
    }
    let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length >= 2, length <= UInt64(Self.largestHeader), length <= UInt64(bytes.count - 8), bytes[8] == 0x7B else {
      throw fault("not a safetensors file: found a header of \(length) bytes in a file of \(bytes.count); "
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
      guard let type = DataType(rawValue: entry.dtype), allowed.contains(type) else {
        let names = allowed.map(\.rawValue)
        throw fault("tensor \(name): found dtype \(entry.dtype); "
          + "allowed are \(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1])")
      }
      var count = 1
      for size in entry.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard size >= 0, !overflow else { throw fault("tensor \(name): found shape \(entry.shape); it is impossible") }
        count = product
      }
      let (byteCount, overflow) = count.multipliedReportingOverflow(by: type.width)
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
      entries.append(
        Entry(name: name, type: type, shape: entry.shape, range: dataStart + entry.data_offsets[0]..<dataStart + end))
    }
    guard end == available else {
      throw fault("tensors: found \(available) bytes of data; allowed are the \(end) that the header names")
    }
  }
}

/// Numbers whose bits a file can have.
protocol StoredNumber: BitwiseCopyable {
  associatedtype Bits: FixedWidthInteger & BitwiseCopyable
  var storedBits: Bits { get }
  init(storedBits: Bits)
}

extension Float: StoredNumber {
  var storedBits: UInt32 { bitPattern }
  init(storedBits: UInt32) { self.init(bitPattern: storedBits) }
}
extension Double: StoredNumber {
  var storedBits: UInt64 { bitPattern }
  init(storedBits: UInt64) { self.init(bitPattern: storedBits) }
}
extension Int32: StoredNumber {
  var storedBits: UInt32 { UInt32(bitPattern: self) }
  init(storedBits: UInt32) { self.init(bitPattern: storedBits) }
}
extension UInt64: StoredNumber {
  var storedBits: UInt64 { self }
  init(storedBits: UInt64) { self = storedBits }
}

extension Array where Element: StoredNumber {
  var littleEndianBytes: [UInt8] { map(\.storedBits.littleEndian).withUnsafeBytes { [UInt8]($0) } }

  /// - Parameter range: of bytes, whole values.
  init(littleEndian bytes: [UInt8], _ range: Range<Int>) {
    let width = MemoryLayout<Element.Bits>.size
    self = bytes.withUnsafeBytes { raw in
      stride(from: range.lowerBound, to: range.upperBound, by: width).map { offset in
        Element(storedBits: Element.Bits(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Element.Bits.self)))
      }
    }
  }
}
