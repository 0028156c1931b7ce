import CTurboJPEG

/// Makes JPEG files in the test: TurboJPEG compresses, markers are spliced by hand.
enum JPEGBuilder {
  /// `pixels` is `[rows, columns, bytes of the format]`.
  static func compress(
    _ pixels: [UInt8], rows: Int, columns: Int, format: TJPF, sampling: TJSAMP, quality: Int = 95, flags: Int32 = 0
  ) -> [UInt8] {
    let handle = tjInitCompress()!
    defer { tjDestroy(handle) }
    var output: UnsafeMutablePointer<UInt8>?
    var size: CUnsignedLong = 0
    let status = tjCompress2(
      handle, pixels, Int32(columns), 0, Int32(rows), Int32(format.rawValue), &output, &size,
      Int32(sampling.rawValue), Int32(quality), flags)
    precondition(status == 0, String(cString: tjGetErrorStr2(handle)))
    defer { tjFree(output) }
    return Array(UnsafeBufferPointer(start: output, count: Int(size)))
  }

  /// A grey file whose four quarters are 40, 100, 160 and 220 (reading order): any turn shows.
  static func quarters(rows: Int, columns: Int, flags: Int32 = 0) -> [UInt8] {
    var pixels: [UInt8] = []
    for y in 0..<rows {
      for x in 0..<columns {
        pixels.append([40, 100, 160, 220][(y < rows / 2 ? 0 : 2) + (x < columns / 2 ? 0 : 1)])
      }
    }
    return compress(pixels, rows: rows, columns: columns, format: TJPF_GRAY, sampling: TJSAMP_GRAY, flags: flags)
  }

  /// The file with a segment after its first two bytes.
  static func splice(_ file: [UInt8], marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let length = payload.count + 2
    return Array(file[0..<2]) + [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + payload + Array(file[2...])
  }

  /// An EXIF block: a directory with another tag before the orientation.
  static func exif(orientation: Int, littleEndian: Bool, type: Int = 3) -> [UInt8] {
    func number(_ value: Int, _ bytes: Int) -> [UInt8] {
      let big = (0..<bytes).reversed().map { UInt8(value >> (8 * $0) & 255) }
      return littleEndian ? big.reversed() : big
    }
    var block = Array("Exif\0\0".utf8) + Array((littleEndian ? "II" : "MM").utf8) + number(42, 2) + number(8, 4)
    block += number(2, 2)
    block += number(0x010F, 2) + number(2, 2) + number(4, 4) + Array("abc\0".utf8)
    block += number(0x0112, 2) + number(type, 2) + number(1, 4)
    block += type == 3 ? number(orientation, 2) + [0, 0] : number(orientation, 4)
    return block + number(0, 4)
  }

  /// The file without its JFIF segment, marked by Adobe's with this transform (0 RGB or CMYK, 1 YCbCr, 2 YCCK).
  static func adobe(_ file: [UInt8], transform: UInt8) -> [UInt8] {
    var bare = file
    if bare[2] == 0xFF, bare[3] == 0xE0 {
      let length = Int(bare[4]) << 8 | Int(bare[5])
      bare.removeSubrange(2..<(4 + length))
    }
    return splice(bare, marker: 0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, transform])
  }
}
