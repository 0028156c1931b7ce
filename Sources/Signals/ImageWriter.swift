import CSPNG

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes pictures as PNG, PGM or PPM with 8 bits a sample: clamped to [0, 1] and rounded to nearest.
public enum ImageWriter {
  public enum Format: String, Sendable, Equatable, CaseIterable {
    case png
    /// Grey only.
    case pgm
    /// A grey signal's channel is repeated.
    case ppm
  }

  /// The format that a path's extension names (`.png`, `.pgm`, `.ppm`; `.pnm` is PGM for one channel and PPM for three),
  /// whatever its case. Throws a usage error that lists these for anything else, so that a wrong name can be refused
  /// before hours of training.
  public static func format(forPath path: String, channels: Int) throws(SignalError) -> Format {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let suffix = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
    let format: Format? = suffix == "pnm" ? (channels == 1 ? .pgm : .ppm) : Format(rawValue: suffix)
    guard let format else {
      throw SignalError(
        kind: .usage, file: path,
        message: "the output's extension: found “\(suffix.isEmpty ? "" : "." + suffix)”; allowed .png, \(channels == 1 ? ".pgm, " : "").ppm, .pnm")
    }
    if format == .pgm, channels != 1 {
      throw SignalError(
        kind: .usage, file: path, message: "PGM holds one channel: found \(channels); allowed .png, .ppm, .pnm for colour")
    }
    return format
  }

  /// The picture as a file's bytes: values v become ⌊255 · clamp(v) + ½⌋, NaN becomes 0.
  ///
  /// Throws a usage error unless the signal has two axes and 1 or 3 channels, and for PGM of three.
  public static func encode(_ signal: Signal, as format: Format) throws(SignalError) -> [UInt8] {
    try encode(signal, as: format, file: "output")
  }

  /// Encodes by the path's extension and writes the file atomically (see ``AtomicFile``).
  ///
  /// Throws a usage error as ``encode(_:as:)`` and ``format(forPath:channels:)`` do, `.cannotWrite` when the file cannot be
  /// created.
  public static func write(_ signal: Signal, to path: String) throws(SignalError) {
    let format = try format(forPath: path, channels: signal.channels)
    try AtomicFile.write(encode(signal, as: format, file: path), to: path)
  }

  /// Pixels of 8 bits, `[rows, columns, channels]` with 1 (grey) or 3 channels, by the path's extension.
  ///
  /// Throws a usage error when there are not as many bytes and as ``format(forPath:channels:)`` does, `.cannotWrite` when the
  /// file cannot be created.
  public static func write(
    _ pixels: [UInt8], rows: Int, columns: Int, channels: Int, to path: String
  ) throws(SignalError) {
    let format = try format(forPath: path, channels: channels)
    guard rows > 0, columns > 0, channels == 1 || channels == 3, pixels.count == rows * columns * channels else {
      throw SignalError(
        kind: .usage, file: path,
        message: "bytes of a picture: found \(pixels.count); allowed rows × columns × 1 or 3, here \(rows)×\(columns)×\(channels)")
    }
    try AtomicFile.write(
      encode(pixels, rows: rows, columns: columns, channels: channels, as: format, file: path), to: path)
  }

  /// The path of a picture of a series: `frames.png` becomes `frames-007.png`, with as many digits as the last one needs.
  public static func numbered(_ path: String, _ number: Int, last: Int) -> String {
    let digits = String(number)
    let suffix = "-" + String(repeating: "0", count: max(0, String(last).count - digits.count)) + digits
    let name = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    // A name that begins with its only dot has no extension.
    guard let dot = path[name...].lastIndex(of: "."), dot > name else { return path + suffix }
    return path[..<dot] + suffix + path[dot...]
  }

  private static func encode(_ signal: Signal, as format: Format, file: String) throws(SignalError) -> [UInt8] {
    func usage(_ message: String) -> SignalError { SignalError(kind: .usage, file: file, message: message) }
    guard signal.shape.count == 2, !signal.samples.isEmpty else {
      throw usage("only pictures are written: found the shape \(signal.shape); allowed two axes of 1 and more")
    }
    guard signal.channels == 1 || signal.channels == 3 else {
      throw usage("the picture's channels: found \(signal.channels); allowed 1 (grey) or 3 (colour)")
    }
    guard format != .pgm || signal.channels == 1 else {
      throw usage("PGM holds one channel: found 3; allowed PNG, PPM for colour")
    }
    return try encode(
      signal.samples.map { byte($0) }, rows: signal.shape[0], columns: signal.shape[1], channels: signal.channels, as: format, file: file)
  }

  private static func encode(
    _ pixels: [UInt8], rows: Int, columns: Int, channels: Int, as format: Format, file: String
  ) throws(SignalError) -> [UInt8] {
    switch format {
    case .pgm:
      return Array("P5\n\(columns) \(rows)\n255\n".utf8) + pixels
    case .ppm:
      let header = Array("P6\n\(columns) \(rows)\n255\n".utf8)
      return header + (channels == 3 ? pixels : pixels.flatMap { [$0, $0, $0] })
    case .png:
      return try encodePNG(pixels, rows: rows, columns: columns, channels: channels, file: file)
    }
  }

  /// Nearest of the 256 levels. The comparisons also catch NaN, which no integer can hold.
  static func byte(_ value: Float) -> UInt8 {
    guard value > 0 else { return 0 }
    return value >= 1 ? 255 : UInt8(value * 255 + 0.5)
  }

  private static func encodePNG(
    _ pixels: [UInt8], rows: Int, columns: Int, channels: Int, file: String
  ) throws(SignalError) -> [UInt8] {
    func fault(_ status: Int32) -> SignalError {
      let reason = spng_strerror(status).map { String(cString: $0) } ?? "error \(status)"
      return SignalError(kind: .cannotWrite, file: file, message: "cannot be encoded as PNG: found “\(reason)”")
    }
    guard let encoder = spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else { throw fault(Int32(SPNG_EMEM.rawValue)) }
    defer { spng_ctx_free(encoder) }
    var header = spng_ihdr()
    guard let width = UInt32(exactly: columns), let height = UInt32(exactly: rows) else {
      throw fault(Int32(SPNG_EWIDTH.rawValue))
    }
    header.width = width
    header.height = height
    header.bit_depth = 8
    header.color_type = UInt8((channels == 1 ? SPNG_COLOR_TYPE_GRAYSCALE : SPNG_COLOR_TYPE_TRUECOLOR).rawValue)
    var status = spng_set_option(encoder, SPNG_ENCODE_TO_BUFFER, 1)
    if status == 0 { status = spng_set_ihdr(encoder, &header) }
    if status == 0 {
      status = pixels.withUnsafeBytes {
        spng_encode_image(
          encoder, $0.baseAddress, $0.count, Int32(SPNG_FMT_PNG.rawValue), Int32(SPNG_ENCODE_FINALIZE.rawValue))
      }
    }
    guard status == 0 else { throw fault(status) }
    var length = 0
    // The buffer becomes ours: libspng allocated it with malloc.
    guard let buffer = spng_get_png_buffer(encoder, &length, &status) else { throw fault(status) }
    defer { free(buffer) }
    return Array(UnsafeRawBufferPointer(start: buffer, count: length))
  }
}
