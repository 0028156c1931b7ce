import CTurboJPEG

/// Reads JPEG through TurboJPEG: grey, YCbCr and RGB, baseline and progressive, upright by its EXIF orientation.
///
/// Sample value = v / 255. CMYK and YCCK, 12-bit and lossless files are refused by name; a file that ends early or that
/// the decoder warns about is a data error, for its pixels would be made up.
enum JPEGReader {
  static func decode(_ bytes: [UInt8], context: DecodingContext) throws(SignalError) -> DecodedPicture {
    try bytes.withUnsafeBufferPointer { (buffer) throws(SignalError) -> DecodedPicture in
      guard let decoder = tjInitDecompress() else { throw context.fault("JPEG: found no memory for the decoder") }
      defer { tjDestroy(decoder) }
      return try decode(buffer, decoder, context)
    }
  }

  private static func decode(
    _ buffer: UnsafeBufferPointer<UInt8>, _ decoder: tjhandle, _ context: DecodingContext
  ) throws(SignalError) -> DecodedPicture {
    let markers = JPEGMarkers(buffer)
    try refuseUnread(markers, context)
    let (rows, columns, colourSpace) = try readHeader(buffer, decoder, context)
    let channels: Int
    switch colourSpace {
    case Int32(TJCS_GRAY.rawValue): channels = 1
    case Int32(TJCS_YCbCr.rawValue), Int32(TJCS_RGB.rawValue): channels = 3
    case Int32(TJCS_CMYK.rawValue): throw context.fault("CMYK JPEG is not read; allowed: grey, YCbCr, RGB")
    case Int32(TJCS_YCCK.rawValue): throw context.fault("YCCK JPEG is not read; allowed: grey, YCbCr, RGB")
    default:
      throw context.fault("the JPEG colour space: found \(markers.components) components; allowed 1 (grey) or 3 (colour)")
    }
    try SignalLimits.checkDecodedSize(rows: rows, columns: columns, channels: channels, file: context.file)

    // An exact size is meant for the upright picture; the filter works on the stored one.
    let orientation = markers.orientation
    let upright = orientation.swapsSides ? (rows: columns, columns: rows) : (rows: rows, columns: columns)
    let target = try context.resize.target(
      rows: upright.rows, columns: upright.columns, channels: channels, file: context.file)
    let stored = orientation.swapsSides ? (rows: target.columns, columns: target.rows) : target

    let rowBytes = columns * channels
    let turned = orientation == .upright ? 0 : stored.rows * stored.columns * channels * 4
    var sink = try PictureSink(
      from: (rows, columns), to: stored, channels: channels, workingBytes: rowBytes * rows + turned, file: context.file)
    let pixels = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: rowBytes * rows)
    defer { pixels.deallocate() }
    let status = tjDecompress2(
      decoder, buffer.baseAddress, CUnsignedLong(buffer.count), pixels.baseAddress, Int32(columns), 0, Int32(rows),
      Int32((channels == 1 ? TJPF_GRAY : TJPF_RGB).rawValue), TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS)
    guard status == 0 else { throw damage(decoder, context) }

    var row = [Float](repeating: 0, count: rowBytes)
    for index in 0..<rows {
      let start = index * rowBytes
      for j in 0..<rowBytes { row[j] = Float(pixels[start + j]) / 255 }
      sink.append(row)
    }
    let notes = [orientation.note, context.resize.note(from: upright, to: target)].compactMap { $0 }
    return DecodedPicture(
      signal: orientation.apply(to: sink.finish()), format: description(markers, colourSpace), notes: notes,
      originalRows: upright.rows, originalColumns: upright.columns)
  }

  /// Sizes and colour space. TurboJPEG fills them in before it refuses rare sub-samplings, which it decodes all the same.
  private static func readHeader(
    _ buffer: UnsafeBufferPointer<UInt8>, _ decoder: tjhandle, _ context: DecodingContext
  ) throws(SignalError) -> (rows: Int, columns: Int, colourSpace: Int32) {
    var columns: Int32 = 0
    var rows: Int32 = 0
    var subsampling: Int32 = -1
    var colourSpace: Int32 = -1
    let status = tjDecompressHeader3(
      decoder, buffer.baseAddress, CUnsignedLong(buffer.count), &columns, &rows, &subsampling, &colourSpace)
    guard columns >= 1, rows >= 1, status == 0 || subsampling < 0 else { throw damage(decoder, context) }
    return (Int(rows), Int(columns), colourSpace)
  }

  private static func refuseUnread(_ markers: JPEGMarkers, _ context: DecodingContext) throws(SignalError) {
    if markers.isUncommon {
      throw context.fault("lossless and hierarchical JPEG is not read; allowed: baseline and progressive")
    }
    if markers.frameType != nil, markers.precision != 8 {
      throw context.fault("the JPEG precision: found \(markers.precision) bits; allowed 8")
    }
  }

  private static func damage(_ decoder: tjhandle, _ context: DecodingContext) -> SignalError {
    let reason = tjGetErrorStr2(decoder).map { String(cString: $0) } ?? "unknown error"
    return context.fault("the JPEG data cannot be decoded: found “\(reason)”; allowed: a complete, undamaged file")
  }

  /// "JPEG, grey, progressive".
  private static func description(_ markers: JPEGMarkers, _ colourSpace: Int32) -> String {
    var parts = ["JPEG"]
    switch colourSpace {
    case Int32(TJCS_GRAY.rawValue): parts.append("grey")
    case Int32(TJCS_RGB.rawValue): parts.append("RGB")
    default: parts.append("YCbCr")
    }
    if markers.isProgressive { parts.append("progressive") }
    if markers.isArithmetic { parts.append("arithmetic coding") }
    return parts.joined(separator: ", ")
  }
}
