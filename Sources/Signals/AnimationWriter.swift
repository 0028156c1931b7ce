import CGIF

/// One picture of an animation, in the few colours that GIF has.
public struct AnimationFrame: Hashable, Sendable {
  /// `[rows, columns]`: a number of the palette for every pixel.
  public let indices: [UInt8]
  /// Red, green and blue; 1 to 256 of them.
  public let palette: [SIMD3<UInt8>]
  /// How long it is shown, in hundredths of a second: 0…65,535. Many players take less than 2 for 10.
  public let delay: Int

  public init(indices: [UInt8], palette: [SIMD3<UInt8>], delay: Int) {
    self.indices = indices
    self.palette = palette
    self.delay = delay
  }
}

/// Writes animated GIFs (GIF89a) that begin again for ever. Every frame keeps its exact colours: the palette of the first one
/// is that of the file, a frame with another one brings its own.
public enum AnimationWriter {
  /// The animation as a file's bytes.
  ///
  /// Throws a usage error without frames, for sides beyond 1…65,535 and for frames of other sizes, with palettes of other
  /// sizes, numbers that their palette does not have or delays that GIF cannot hold.
  public static func encode(_ frames: [AnimationFrame], rows: Int, columns: Int) throws(SignalError) -> [UInt8] {
    try encode(frames, rows: rows, columns: columns, file: "output")
  }

  /// Encodes and writes the file atomically (see ``AtomicFile``).
  ///
  /// Throws as ``encode(_:rows:columns:)`` does, `.cannotWrite` when the file cannot be created.
  public static func write(
    _ frames: [AnimationFrame], rows: Int, columns: Int, to path: String
  ) throws(SignalError) {
    try AtomicFile.write(encode(frames, rows: rows, columns: columns, file: path), to: path)
  }

  private static func encode(
    _ frames: [AnimationFrame], rows: Int, columns: Int, file: String
  ) throws(SignalError) -> [UInt8] {
    try check(frames, rows: rows, columns: columns, file: file)
    let encoder = try Encoder(file: file)
    try encoder.begin(rows: rows, columns: columns, palette: frames[0].palette)
    for frame in frames {
      try encoder.append(frame, rows: rows, columns: columns, isCommon: frame.palette == frames[0].palette)
    }
    return try encoder.finish()
  }

  private static func check(
    _ frames: [AnimationFrame], rows: Int, columns: Int, file: String
  ) throws(SignalError) {
    func usage(_ message: String) -> SignalError { SignalError(kind: .usage, file: file, message: message) }
    guard !frames.isEmpty else { throw usage("the animation's frames: found 0; allowed 1 and more") }
    guard (1...65_535).contains(rows), (1...65_535).contains(columns) else {
      throw usage("the animation's size: found \(columns)×\(rows); allowed sides are 1 to 65535")
    }
    for (number, frame) in frames.enumerated() {
      guard frame.indices.count == rows * columns else {
        throw usage("pixels of frame \(number): found \(frame.indices.count); allowed \(rows * columns)")
      }
      guard (1...256).contains(frame.palette.count) else {
        throw usage("colours of frame \(number): found \(frame.palette.count); allowed 1 to 256")
      }
      if let largest = frame.indices.max(), Int(largest) >= frame.palette.count {
        throw usage("a pixel of frame \(number): found the colour \(largest); allowed below \(frame.palette.count)")
      }
      guard (0...65_535).contains(frame.delay) else {
        throw usage("the delay of frame \(number): found \(frame.delay); allowed 0 to 65535 hundredths of a second")
      }
    }
  }
}

/// giflib, writing into memory.
private final class Encoder {
  private var bytes: [UInt8] = []
  private var gif: UnsafeMutablePointer<GifFileType>?
  private let file: String

  init(file: String) throws(SignalError) {
    self.file = file
    var status: Int32 = 0
    // The encoder never outlives this object, which closes it.
    gif = EGifOpen(
      Unmanaged.passUnretained(self).toOpaque(),
      { gif, start, count in
        guard let encoder = gif?.pointee.UserData else { return 0 }
        Unmanaged<Encoder>.fromOpaque(encoder).takeUnretainedValue().bytes += UnsafeBufferPointer(start: start, count: Int(count))
        return count
      }, &status)
    guard gif != nil else { throw fault(status) }
  }

  deinit { if let gif { EGifCloseFile(gif, nil) } }

  private func fault(_ status: Int32) -> SignalError {
    let reason = GifErrorString(status).map { String(cString: $0) } ?? "error \(status)"
    return SignalError(kind: .cannotWrite, file: file, message: "cannot be encoded as GIF: found “\(reason)”")
  }

  private func check(_ status: Int32) throws(SignalError) {
    guard status == GIF_OK else { throw fault(gif?.pointee.Error ?? 0) }
  }

  func begin(rows: Int, columns: Int, palette: [SIMD3<UInt8>]) throws(SignalError) {
    let map = try colorMap(palette)
    defer { GifFreeMapObject(map) }
    EGifSetGifVersion(gif, true)
    try check(EGifPutScreenDesc(gif, Int32(columns), Int32(rows), 8, 0, map))
    // Netscape's extension: sub-block 1, and how often to begin again; 0 is for ever.
    try check(EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE))
    try check(EGifPutExtensionBlock(gif, 11, Array("NETSCAPE2.0".utf8)))
    try check(EGifPutExtensionBlock(gif, 3, [1, 0, 0] as [UInt8]))
    try check(EGifPutExtensionTrailer(gif))
  }

  func append(_ frame: AnimationFrame, rows: Int, columns: Int, isCommon: Bool) throws(SignalError) {
    var control = GraphicsControlBlock(
      DisposalMode: DISPOSE_DO_NOT, UserInputFlag: false, DelayTime: Int32(frame.delay), TransparentColor: NO_TRANSPARENT_COLOR)
    var extensionBytes = [UInt8](repeating: 0, count: 4)
    EGifGCBToExtension(&control, &extensionBytes)
    try check(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, extensionBytes))
    let map = isCommon ? nil : try colorMap(frame.palette)
    defer { GifFreeMapObject(map) }
    try check(EGifPutImageDesc(gif, 0, 0, Int32(columns), Int32(rows), false, map))
    for row in 0..<rows {
      var line = Array(frame.indices[row * columns..<(row + 1) * columns])
      try check(EGifPutLine(gif, &line, Int32(columns)))
    }
  }

  func finish() throws(SignalError) -> [UInt8] {
    var status: Int32 = 0
    let isClosed = EGifCloseFile(gif, &status) == GIF_OK
    gif = nil
    guard isClosed else { throw fault(status) }
    return bytes
  }

  /// GIF's tables have 2, 4, 8 … 256 colours; the rest is black.
  private func colorMap(_ palette: [SIMD3<UInt8>]) throws(SignalError) -> UnsafeMutablePointer<ColorMapObject> {
    var count = 2
    while count < palette.count { count *= 2 }
    let colors = (0..<count).map { index in
      let color = index < palette.count ? palette[index] : SIMD3<UInt8>.zero
      return GifColorType(Red: color.x, Green: color.y, Blue: color.z)
    }
    guard let map = GifMakeMapObject(Int32(count), colors) else { throw fault(Int32(E_GIF_ERR_NOT_ENOUGH_MEM)) }
    return map
  }
}
