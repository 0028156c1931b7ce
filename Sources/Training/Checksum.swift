/// CRC-32 as zlib, PNG and gzip have it (ISO 3309, reflected polynomial EDB88320): every single flipped bit and every
/// damaged stretch of up to 32 bits changes it.
enum Checksum {
  /// Eight tables, so that eight bytes are taken at once (Intel's slicing-by-8).
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<8 * 256 {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.withContiguousStorageIfAvailable { crc32(UnsafeRawBufferPointer($0)) }
      ?? Array(bytes).withUnsafeBytes { crc32($0) }
  }

  static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var crc = ~UInt32(0)
      var offset = 0
      while offset + 8 <= bytes.count {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) ^ UInt64(crc)
        crc = 0
        for lane in 0..<8 { crc ^= tables[(7 - lane) * 256 + Int(word >> UInt64(8 * lane) & 0xFF)] }
        offset += 8
      }
      while offset < bytes.count {
        crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
        offset += 1
      }
      return ~crc
    }
  }
}
