import CSPNG

/// Reads PNG through libspng: every colour type and depth, interlaced, palettes, transparency.
///
/// Samples keep their depth: v / (2^depth − 1). Grey is one channel, also a palette of nothing but greys; other palettes
/// and RGB are three. Alpha, whether a channel or a tRNS chunk, is composed over black. gAMA, iCCP, sBIT and bKGD are not
/// applied. A wrong checksum in any chunk, missing or cut image data and a palette index without an entry are data errors.
enum PNGReader {
  static func decode(_ bytes: [UInt8], context: DecodingContext) throws(SignalError) -> DecodedPicture {
    try bytes.withUnsafeBufferPointer { (buffer) throws(SignalError) -> DecodedPicture in
      guard let decoder = spng_ctx_new(0) else { throw context.fault("PNG: found no memory for the decoder") }
      defer { spng_ctx_free(decoder) }
      return try decode(UnsafeRawBufferPointer(buffer), decoder, context)
    }
  }

  /// Chunks besides the image data may decompress; more than this is not a picture's metadata.
  private static let chunkLimit = 64 << 20

  private static func decode(
    _ buffer: UnsafeRawBufferPointer, _ decoder: OpaquePointer, _ context: DecodingContext
  ) throws(SignalError) -> DecodedPicture {
    try checkPromisedSize(buffer, context)
    let strict = Int32(SPNG_CRC_ERROR.rawValue)
    try check(spng_set_crc_action(decoder, strict, strict), context)
    try check(spng_set_chunk_limits(decoder, chunkLimit, 4 * chunkLimit), context)
    try check(spng_set_png_buffer(decoder, buffer.baseAddress, buffer.count), context)
    var header = spng_ihdr()
    try check(spng_get_ihdr(decoder, &header), context)
    let rows = Int(header.height)
    let columns = Int(header.width)
    try SignalLimits.checkMemory(bytes: columns * 16, file: context.file)

    var unpacker = try PNGRowUnpacker(header: header, decoder: decoder, context: context)
    let interlaced = header.interlace_method != 0
    let rowBytes = unpacker.rowBytes
    // Deflate shrinks at most 1032-fold: a file of a few bytes cannot hold gigabytes, and gets none allocated.
    guard rowBytes * rows / 1032 <= buffer.count else {
      throw context.fault(
        "the image data is truncated: found \(buffer.count) bytes; allowed \(rowBytes * rows / 1032) bytes or more for "
          + "\(columns)×\(rows)")
    }
    // Interlaced pictures come in seven passes over all rows; the others row by row.
    let heldBytes = interlaced ? rowBytes * rows : rowBytes
    var sink = try context.sink(
      rows: rows, columns: columns, channels: unpacker.channels, workingBytes: heldBytes + columns * 16)
    var composer = RowComposer(
      columns: columns, channels: unpacker.channels, hasAlpha: unpacker.hasAlpha, maximum: unpacker.maximum)
    var row = [Float](repeating: 0, count: columns * unpacker.channels)

    let held = UnsafeMutableRawBufferPointer.allocate(byteCount: heldBytes, alignment: 16)
    defer { held.deallocate() }
    // libspng joins the bits of interlaced passes to what the buffer holds.
    held.initializeMemory(as: UInt8.self, repeating: 0)
    let format = Int32(SPNG_FMT_PNG.rawValue)
    if interlaced {
      try check(spng_decode_image(decoder, held.baseAddress, heldBytes, format, 0), context)
    } else {
      try check(spng_decode_image(decoder, nil, 0, format, Int32(SPNG_DECODE_PROGRESSIVE.rawValue)), context)
    }
    for index in 0..<rows {
      var start = index * rowBytes
      if !interlaced {
        start = 0
        let status = spng_decode_row(decoder, held.baseAddress, rowBytes)
        if status != Int32(SPNG_EOI.rawValue) || index != rows - 1 { try check(status, context) }
      }
      try unpacker.unpack(UnsafeRawBufferPointer(rebasing: held[start..<(start + rowBytes)]), context)
      composer.compose(unpacker.raw, into: &row)
      sink.append(row)
    }
    // What follows the image data up to IEND: a file that stops before was cut.
    try check(spng_decode_chunks(decoder), context)

    var notes = composer.notes
    if let note = context.resize.note(from: (rows, columns), to: (sink.rows, sink.columns)) { notes.append(note) }
    return DecodedPicture(
      signal: sink.finish(), format: unpacker.description + (interlaced ? ", interlaced" : ""), notes: notes,
      originalRows: rows, originalColumns: columns)
  }

  /// libspng refuses absurd sizes as an arithmetic overflow; this names them. The header is always the first chunk.
  private static func checkPromisedSize(
    _ buffer: UnsafeRawBufferPointer, _ context: DecodingContext
  ) throws(SignalError) {
    guard buffer.count >= 24, buffer[12..<16].elementsEqual("IHDR".utf8) else { return }
    func side(_ offset: Int) -> Int { buffer[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) } }
    try SignalLimits.checkDecodedSize(rows: side(20), columns: side(16), channels: 4, file: context.file)
  }

  private static func check(_ status: Int32, _ context: DecodingContext) throws(SignalError) {
    guard status != 0 else { return }
    let reason = spng_strerror(status).map { String(cString: $0) } ?? "error \(status)"
    throw context.fault("the PNG data cannot be decoded: found “\(reason)”; allowed: a complete, undamaged file")
  }
}
