/// The facts of a JPEG file that stand in its markers before the first scan: frame and orientation.
///
/// TurboJPEG does the decoding and has the last word on damage; this walk only finds what its interface does not tell
/// (progressive, precision, EXIF) and stops quietly at anything that it does not understand.
struct JPEGMarkers {
  /// The start-of-frame marker's low byte (0xC0 baseline, 0xC2 progressive, 0xC9 … arithmetic), nil when there is none.
  private(set) var frameType: UInt8?
  /// Bits per sample; 8 is what TurboJPEG reads here.
  private(set) var precision = 0
  private(set) var components = 0
  /// EXIF orientation, 1–8; 1 when absent or broken.
  private(set) var orientation = Orientation.upright

  var isProgressive: Bool { [0xC2, 0xC6, 0xCA, 0xCE].contains(frameType) }
  var isArithmetic: Bool { (0xC9...0xCF).contains(frameType ?? 0) }
  /// Lossless and hierarchical processes, which no common decoder reads.
  var isUncommon: Bool { [0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF].contains(frameType) }

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    var position = 2
    var sawOrientation = false
    while position + 4 <= bytes.count {
      guard bytes[position] == 0xFF else { return }
      let marker = bytes[position + 1]
      if marker == 0xFF {  // A fill byte.
        position += 1
        continue
      }
      if marker == 0x01 || (0xD0...0xD7).contains(marker) {  // Markers without a segment.
        position += 2
        continue
      }
      if marker == 0xDA || marker == 0xD9 { return }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      guard length >= 2, position + 2 + length <= bytes.count else { return }
      let segment = UnsafeBufferPointer(rebasing: bytes[(position + 4)..<(position + 2 + length)])
      if (0xC0...0xCF).contains(marker), marker != 0xC4, marker != 0xC8, marker != 0xCC, segment.count >= 6 {
        frameType = marker
        precision = Int(segment[0])
        components = Int(segment[5])
      } else if marker == 0xE1, !sawOrientation, let found = Orientation(exif: segment) {
        orientation = found
        sawOrientation = true
      }
      position += 2 + length
    }
  }
}
