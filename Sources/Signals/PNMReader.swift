/// Reads PNM: P1–P3 (ASCII), P4–P6 (binary) and P7 (PAM), in the dialect of libnetpbm.
///
/// Sample value = v / maxval (bitmaps: 1 is black), 16-bit samples big endian. A sample above maxval, a raster that ends
/// early and a malformed header are data errors; what follows the raster is ignored, and said so when it is another picture.
enum PNMReader {
  static func decode(_ bytes: [UInt8], context: DecodingContext) throws(SignalError) -> DecodedPicture {
    try bytes.withUnsafeBufferPointer { (buffer) throws(SignalError) -> DecodedPicture in
      let header = try PNMHeader(buffer, context: context)
      try SignalLimits.checkDecodedSize(
        rows: header.rows, columns: header.columns, channels: header.depth, file: context.file)
      try checkLength(header, available: buffer.count - header.rasterStart, context: context)
      let rowValues = header.columns * header.depth
      var sink = try context.sink(
        rows: header.rows, columns: header.columns, channels: header.channels, workingBytes: rowValues * 2)
      var composer = RowComposer(
        columns: header.columns, channels: header.channels, hasAlpha: header.hasAlpha, maximum: header.maximum)
      var raw = [UInt16](repeating: 0, count: rowValues)
      var row = [Float](repeating: 0, count: header.columns * header.channels)
      var cursor = PNMCursor(bytes: buffer, position: header.rasterStart)
      for index in 0..<header.rows {
        if header.isASCII {
          try readASCIIRow(index, header, &cursor, into: &raw, context: context)
        } else {
          try readBinaryRow(index, header, &cursor, into: &raw, context: context)
        }
        composer.compose(raw, into: &row)
        sink.append(row)
      }
      var notes = composer.notes
      if isPictureAhead(cursor) { notes.append("only the first picture of the stream is read") }
      if let note = context.resize.note(from: (header.rows, header.columns), to: (sink.rows, sink.columns)) {
        notes.append(note)
      }
      return DecodedPicture(
        signal: sink.finish(), format: header.description, notes: notes,
        originalRows: header.rows, originalColumns: header.columns)
    }
  }

  /// Compares the raster's size with the file's before anything is allocated. Each ASCII sample takes a digit and, but
  /// for bitmaps and the last one, a separator.
  private static func checkLength(
    _ header: PNMHeader, available: Int, context: DecodingContext
  ) throws(SignalError) {
    let samples = header.rows * header.columns * header.depth
    let needed =
      if header.isASCII { header.isBitmap ? samples : 2 * samples - 1 } else { header.rowBytes * header.rows }
    guard available >= needed else {
      throw context.fault(
        "the raster is truncated: found \(available) bytes; allowed \(needed) bytes\(header.isASCII ? " or more" : "") for "
          + "\(header.columns)×\(header.rows)")
    }
  }

  /// Reads a row of bytes, 16-bit words or packed bits; the length was checked before.
  private static func readBinaryRow(
    _ index: Int, _ header: PNMHeader, _ cursor: inout PNMCursor, into raw: inout [UInt16], context: DecodingContext
  ) throws(SignalError) {
    let bytes = cursor.bytes
    let start = cursor.position
    let count = raw.count
    cursor.position += header.rowBytes
    var highest: UInt16 = 0
    raw.withUnsafeMutableBufferPointer { raw in
      if header.isBitmap {
        for column in 0..<count {
          raw[column] = UInt16(~bytes[start + column >> 3] >> UInt8(7 - column & 7) & 1)
        }
      } else if header.maximum > 255 {
        for i in 0..<count {
          let value = UInt16(bytes[start + 2 * i]) << 8 | UInt16(bytes[start + 2 * i + 1])
          raw[i] = value
          highest = max(highest, value)
        }
      } else {
        for i in 0..<count {
          let value = UInt16(bytes[start + i])
          raw[i] = value
          highest = max(highest, value)
        }
      }
    }
    if Int(highest) > header.maximum {
      let sample = raw.firstIndex { Int($0) > header.maximum } ?? 0
      throw sampleFault(String(raw[sample]), sample, index, header, context)
    }
  }

  private static func readASCIIRow(
    _ index: Int, _ header: PNMHeader, _ cursor: inout PNMCursor, into raw: inout [UInt16], context: DecodingContext
  ) throws(SignalError) {
    func truncated(_ sample: Int) -> SignalError {
      let total = header.rows * header.columns * header.depth
      return context.fault("the raster is truncated: found \(index * raw.count + sample) samples; allowed \(total)")
    }
    for sample in raw.indices {
      if header.isBitmap {
        // Bits may touch each other: every digit is a sample.
        guard let byte = cursor.nextAfterSpace() else { throw truncated(sample) }
        guard byte == 0x30 || byte == 0x31 else {
          throw sampleFault(cursor.token(at: cursor.position - 1), sample, index, header, context)
        }
        raw[sample] = UInt16(0x31 - byte)
        continue
      }
      do {
        raw[sample] = UInt16(try cursor.number(upTo: header.maximum))
      } catch {
        switch error {
        case .end: throw truncated(sample)
        case .notANumber(let token), .tooLarge(let token):
          throw sampleFault(token, sample, index, header, context)
        }
      }
    }
  }

  /// Rows and columns are counted from 1, as people and editors do.
  private static func sampleFault(
    _ found: String, _ sample: Int, _ row: Int, _ header: PNMHeader, _ context: DecodingContext
  ) -> SignalError {
    context.fault(
      "the sample at row \(row + 1), column \(sample / header.depth + 1): found “\(found)”; allowed 0…\(header.maximum)")
  }

  /// Whether another PNM magic number follows the raster (after whitespace).
  private static func isPictureAhead(_ cursor: PNMCursor) -> Bool {
    let bytes = cursor.bytes
    var position = cursor.position
    while position < bytes.count, PNMCursor.isSpace(bytes[position]) { position += 1 }
    guard position + 2 < bytes.count else { return false }
    return bytes[position] == UInt8(ascii: "P") && (0x31...0x37).contains(bytes[position + 1])
      && PNMCursor.isSpace(bytes[position + 2])
  }
}
