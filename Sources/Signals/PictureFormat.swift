/// A file format told by the first bytes of its content; names and extensions are never looked at.
enum PictureFormat: Equatable {
  case pnm
  case png
  case jpeg

  /// Bytes that ``init(prefix:file:)`` wants to see, when the file has that many.
  static let prefixLength = 64
  static let allowed = "PNM P1–P7, PNG, JPEG"
  static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Recognises `prefix`, the beginning of a file. Formats that are not read are refused by name, an unknown
  /// beginning with its bytes, an empty file as such (data errors all).
  init(prefix: [UInt8], file: String) throws(SignalError) {
    func fault(_ message: String) -> SignalError { SignalError(kind: .data, file: file, message: message) }
    if prefix.isEmpty { throw fault("the file is empty: found 0 bytes; allowed \(Self.allowed)") }
    if prefix.starts(with: Self.pngSignature) {
      self = .png
      return
    }
    if prefix.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
      return
    }
    if prefix.count >= 3, prefix[0] == UInt8(ascii: "P"), (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(prefix[1]),
      PNMCursor.isSpace(prefix[2]) || prefix[2] == UInt8(ascii: "#")
    {
      self = .pnm
      return
    }
    if let name = Self.unreadFormat(prefix) {
      throw fault("\(name) is not read; allowed: \(Self.allowed)")
    }
    let shown = Self.bytes(prefix.prefix(8))
    if Self.resemblesPNG(prefix) {
      throw fault("the PNG signature is damaged: found \(shown); allowed \(Self.bytes(Self.pngSignature[...]))")
    }
    throw fault("not a picture that is read: found the first bytes \(shown); allowed \(Self.allowed)")
  }

  private static func bytes(_ slice: ArraySlice<UInt8>) -> String {
    slice.map { SignalError.hexadecimal($0) }.joined(separator: " ")
  }

  /// The letters PNG or five of the eight signature bytes in place: text-mode transfers and flipped bits leave that many.
  private static func resemblesPNG(_ prefix: [UInt8]) -> Bool {
    prefix.dropFirst().starts(with: pngSignature[1...3]) || zip(prefix, pngSignature).filter { $0 == $1 }.count >= 5
  }

  /// Name of a format that is recognised and not read.
  private static func unreadFormat(_ prefix: [UInt8]) -> String? {
    for (name, offset, magic) in signatures {
      let bytes = Array(magic)
      if prefix.count >= offset + bytes.count, prefix[offset..<(offset + bytes.count)].elementsEqual(bytes) {
        return name
      }
    }
    return nil
  }

  /// Name, offset and bytes of formats that people will try; the first match wins.
  private static let signatures: [(String, Int, [UInt8])] = [
    ("PFM", 0, Array("PF\n".utf8)), ("PFM", 0, Array("Pf\n".utf8)),
    ("PFM", 0, Array("PF\r".utf8)), ("PFM", 0, Array("Pf\r".utf8)),
    ("PFM", 0, Array("PF ".utf8)), ("PFM", 0, Array("Pf ".utf8)),
    ("PFM with alpha", 0, Array("PF4".utf8)),
    ("BMP", 0, Array("BM".utf8)),
    ("GIF", 0, Array("GIF8".utf8)),
    ("WebP", 8, Array("WEBP".utf8)),
    ("TIFF", 0, [0x49, 0x49, 0x2A, 0x00]), ("TIFF", 0, [0x4D, 0x4D, 0x00, 0x2A]),
    ("BigTIFF", 0, [0x49, 0x49, 0x2B, 0x00]), ("BigTIFF", 0, [0x4D, 0x4D, 0x00, 0x2B]),
    ("AVIF", 4, Array("ftypavi".utf8)),
    ("HEIF", 4, Array("ftyphei".utf8)), ("HEIF", 4, Array("ftyphev".utf8)), ("HEIF", 4, Array("ftypmif1".utf8)),
    ("HEIF", 4, Array("ftypmsf1".utf8)),
    ("Video (MP4, QuickTime)", 4, Array("ftyp".utf8)),
    ("JPEG 2000", 0, [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20]), ("JPEG 2000", 0, [0xFF, 0x4F, 0xFF, 0x51]),
    ("JPEG XL", 0, [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20]), ("JPEG XL", 0, [0xFF, 0x0A]),
    ("JPEG XR", 0, [0x49, 0x49, 0xBC]),
    ("MNG", 0, [0x8A, 0x4D, 0x4E, 0x47]), ("JNG", 0, [0x8B, 0x4A, 0x4E, 0x47]),
    ("Photoshop (PSD)", 0, Array("8BPS".utf8)),
    ("OpenEXR", 0, [0x76, 0x2F, 0x31, 0x01]),
    ("Radiance HDR", 0, Array("#?RADIANCE".utf8)), ("Radiance HDR", 0, Array("#?RGBE".utf8)),
    ("QOI", 0, Array("qoif".utf8)),
    ("farbfeld", 0, Array("farbfeld".utf8)),
    ("FITS", 0, Array("SIMPLE  =".utf8)),
    ("DDS", 0, Array("DDS ".utf8)),
    ("Windows icon", 0, [0, 0, 1, 0]),
    ("SVG", 0, Array("<svg".utf8)), ("XML (SVG?)", 0, Array("<?xml".utf8)),
    ("PDF", 0, Array("%PDF".utf8)), ("PostScript", 0, Array("%!PS".utf8)),
    ("gzip", 0, [0x1F, 0x8B]), ("ZIP", 0, [0x50, 0x4B, 0x03, 0x04]), ("xz", 0, [0xFD, 0x37, 0x7A, 0x58, 0x5A]),
    ("zstd", 0, [0x28, 0xB5, 0x2F, 0xFD]), ("bzip2", 0, Array("BZh".utf8)),
  ]
}
