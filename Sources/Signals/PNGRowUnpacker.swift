import CSPNG

/// Turns a PNG row as it is stored (packed bits, palette indices, transparent colours) into integer samples of
/// `[columns, channels (+ alpha)]`.
struct PNGRowUnpacker {
  /// Channels of the signal, without alpha.
  let channels: Int
  let hasAlpha: Bool
  /// Largest sample value after unpacking: 255 for palettes, 2^depth − 1 for the rest.
  let maximum: Int
  /// Bytes of a row as libspng returns it.
  let rowBytes: Int
  /// The row's samples after ``unpack(_:_:)``.
  private(set) var raw: [UInt16]

  private let colourType: UInt8
  private let depth: Int
  private let columns: Int
  /// Samples per pixel in the file.
  private let storedChannels: Int
  /// The one colour that tRNS makes transparent (grey and RGB), a value per channel.
  private let transparentColour: [UInt16]?
  /// Palette entries, red, green, blue and alpha.
  private let palette: [(UInt16, UInt16, UInt16, UInt16)]

  private static let grey = UInt8(SPNG_COLOR_TYPE_GRAYSCALE.rawValue)
  private static let indexed = UInt8(SPNG_COLOR_TYPE_INDEXED.rawValue)
  private static let greyAlpha = UInt8(SPNG_COLOR_TYPE_GRAYSCALE_ALPHA.rawValue)
  private static let colourAlpha = UInt8(SPNG_COLOR_TYPE_TRUECOLOR_ALPHA.rawValue)

  init(header: spng_ihdr, decoder: OpaquePointer, context: DecodingContext) throws(SignalError) {
    colourType = header.color_type
    depth = Int(header.bit_depth)
    columns = Int(header.width)
    switch colourType {
    case Self.grey, Self.indexed: storedChannels = 1
    case Self.greyAlpha: storedChannels = 2
    case Self.colourAlpha: storedChannels = 4
    default: storedChannels = 3
    }
    rowBytes = (columns * storedChannels * depth + 7) / 8

    var transparency = spng_trns()
    let hasTransparency = try Self.optional(spng_get_trns(decoder, &transparency), context)
    if colourType == Self.indexed {
      palette = try Self.palette(decoder, hasTransparency ? transparency : nil, context)
      transparentColour = nil
      channels = palette.allSatisfy { $0.0 == $0.1 && $0.1 == $0.2 } ? 1 : 3
      hasAlpha = hasTransparency
      maximum = 255
    } else {
      palette = []
      channels = colourType == Self.grey || colourType == Self.greyAlpha ? 1 : 3
      if hasTransparency {
        transparentColour =
          channels == 1 ? [transparency.gray] : [transparency.red, transparency.green, transparency.blue]
      } else {
        transparentColour = nil
      }
      hasAlpha = hasTransparency || storedChannels > channels
      maximum = 1 << depth - 1
    }
    raw = [UInt16](repeating: 0, count: columns * (hasAlpha ? channels + 1 : channels))
  }

  /// "PNG, grey, 4 bits", "PNG, palette with alpha, 8 bits".
  var description: String {
    let model = colourType == Self.indexed ? "palette" : channels == 1 ? "grey" : "RGB"
    return "PNG, \(model)\(hasAlpha ? " with alpha" : ""), \(depth) bit\(depth == 1 ? "" : "s")"
  }

  /// Fills ``raw`` from a stored row; throws for a palette index without an entry.
  mutating func unpack(_ row: UnsafeRawBufferPointer, _ context: DecodingContext) throws(SignalError) {
    if colourType == Self.indexed {
      try unpackPalette(row, context)
      return
    }
    if let transparentColour {
      let mask = UInt16(maximum)
      for column in 0..<columns {
        var opaque = false
        for channel in 0..<channels {
          let value = sample(row, column * channels + channel)
          raw[column * (channels + 1) + channel] = value
          if value != transparentColour[channel] & mask { opaque = true }
        }
        raw[column * (channels + 1) + channels] = opaque ? mask : 0
      }
    } else if depth == 8 {
      for index in raw.indices { raw[index] = UInt16(row[index]) }
    } else {
      for index in raw.indices { raw[index] = sample(row, index) }
    }
  }

  /// Sample `index` of a row: packed most significant bit first, bytes, or words in the machine's order.
  private func sample(_ row: UnsafeRawBufferPointer, _ index: Int) -> UInt16 {
    switch depth {
    case 16: return row.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
    case 8: return UInt16(row[index])
    default:
      let bit = index * depth
      let shift = 8 - depth - bit & 7
      return UInt16(row[bit >> 3] >> UInt8(shift)) & UInt16(maximumStored)
    }
  }

  private var maximumStored: Int { 1 << depth - 1 }

  private mutating func unpackPalette(
    _ row: UnsafeRawBufferPointer, _ context: DecodingContext
  ) throws(SignalError) {
    let stride = hasAlpha ? channels + 1 : channels
    for column in 0..<columns {
      let index = Int(sample(row, column))
      guard index < palette.count else {
        throw context.fault("the palette index: found \(index); allowed 0…\(palette.count - 1)")
      }
      let entry = palette[index]
      raw[column * stride] = entry.0
      if channels == 3 {
        raw[column * stride + 1] = entry.1
        raw[column * stride + 2] = entry.2
      }
      if hasAlpha { raw[column * stride + channels] = entry.3 }
    }
  }

  /// Entries of PLTE with the alphas of tRNS, which may have fewer: the rest is opaque.
  private static func palette(
    _ decoder: OpaquePointer, _ transparency: spng_trns?, _ context: DecodingContext
  ) throws(SignalError) -> [(UInt16, UInt16, UInt16, UInt16)] {
    var chunk = spng_plte()
    guard try optional(spng_get_plte(decoder, &chunk), context), chunk.n_entries > 0 else {
      throw context.fault("the palette: found none; allowed 1…256 entries")
    }
    var alphas = [UInt8](repeating: 255, count: 256)
    if var transparency {
      let count = min(Int(transparency.n_type3_entries), 256)
      withUnsafeBytes(of: &transparency.type3_alpha) { bytes in
        for index in 0..<count { alphas[index] = bytes[index] }
      }
    }
    let count = min(Int(chunk.n_entries), 256)
    return withUnsafeBytes(of: &chunk.entries) { bytes in
      let entries = bytes.bindMemory(to: spng_plte_entry.self)
      return (0..<count).map { index in
        let entry = entries[index]
        return (UInt16(entry.red), UInt16(entry.green), UInt16(entry.blue), UInt16(alphas[index]))
      }
    }
  }

  /// Whether an optional chunk is there; any fault other than its absence is thrown.
  private static func optional(_ status: Int32, _ context: DecodingContext) throws(SignalError) -> Bool {
    if status == Int32(SPNG_ECHUNKAVAIL.rawValue) { return false }
    if status == 0 { return true }
    let reason = spng_strerror(status).map { String(cString: $0) } ?? "error \(status)"
    throw context.fault("the PNG data cannot be decoded: found “\(reason)”; allowed: a complete, undamaged file")
  }
}
