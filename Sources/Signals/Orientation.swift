/// How a stored picture has to be turned to stand upright: the value of EXIF tag 0x0112.
enum Orientation: Int, CaseIterable, Sendable {
  case upright = 1
  case mirroredHorizontally = 2
  case upsideDown = 3
  case mirroredVertically = 4
  /// Rows become columns.
  case transposed = 5
  /// To be turned a quarter clockwise.
  case clockwise = 6
  /// Mirrored along the other diagonal.
  case transversed = 7
  /// To be turned a quarter counter-clockwise.
  case counterclockwise = 8

  /// Whether rows and columns change places.
  var swapsSides: Bool { rawValue >= 5 }

  /// Reads the orientation out of an APP1 segment ("Exif", two zeros, a TIFF header and its first directory). Nil when
  /// the segment is something else, has no such tag, or is broken: a picture is worth more than its metadata.
  init?(exif segment: UnsafeBufferPointer<UInt8>) {
    let signature = Array("Exif\0\0".utf8)
    guard segment.count >= 14, segment.prefix(6).elementsEqual(signature) else { return nil }
    let tiff = UnsafeBufferPointer(rebasing: segment[6...])
    let littleEndian: Bool
    switch (tiff[0], tiff[1]) {
    case (0x49, 0x49): littleEndian = true
    case (0x4D, 0x4D): littleEndian = false
    default: return nil
    }
    func integer(_ offset: Int, bytes: Int) -> Int? {
      guard offset >= 0, offset <= tiff.count - bytes else { return nil }
      var value = 0
      for index in 0..<bytes {
        value = value << 8 | Int(tiff[offset + (littleEndian ? bytes - 1 - index : index)])
      }
      return value
    }
    guard integer(2, bytes: 2) == 42, let directory = integer(4, bytes: 4),
      let entries = integer(directory, bytes: 2)
    else { return nil }
    for entry in 0..<entries {
      let offset = directory + 2 + 12 * entry
      guard let tag = integer(offset, bytes: 2) else { return nil }
      if tag != 0x0112 { continue }
      // SHORT, one value, in the first bytes of the value field; some writers use LONG.
      let type = integer(offset + 2, bytes: 2)
      guard integer(offset + 4, bytes: 4) == 1, type == 3 || type == 4,
        let value = integer(offset + 8, bytes: type == 3 ? 2 : 4)
      else { return nil }
      self.init(rawValue: value)
      return
    }
    return nil
  }

  /// The picture upright. Shapes: `[rows, columns]` becomes `[columns, rows]` when ``swapsSides``.
  func apply(to signal: Signal) -> Signal {
    if self == .upright { return signal }
    let rows = signal.shape[0]
    let columns = signal.shape[1]
    let channels = signal.channels
    let newRows = swapsSides ? columns : rows
    let newColumns = swapsSides ? rows : columns
    var samples = [Float](repeating: 0, count: signal.samples.count)
    signal.samples.withUnsafeBufferPointer { source in
      samples.withUnsafeMutableBufferPointer { target in
        for y in 0..<newRows {
          for x in 0..<newColumns {
            let (row, column) =
              switch self {
              case .upright: (y, x)
              case .mirroredHorizontally: (y, columns - 1 - x)
              case .upsideDown: (rows - 1 - y, columns - 1 - x)
              case .mirroredVertically: (rows - 1 - y, x)
              case .transposed: (x, y)
              case .clockwise: (rows - 1 - x, y)
              case .transversed: (rows - 1 - x, columns - 1 - y)
              case .counterclockwise: (x, columns - 1 - y)
              }
            for channel in 0..<channels {
              target[(y * newColumns + x) * channels + channel] =
                source[(row * columns + column) * channels + channel]
            }
          }
        }
      }
    }
    return Signal(shape: [newRows, newColumns], channels: channels, samples: samples)
  }

  /// What the user is told; nil when nothing was done.
  var note: String? {
    switch self {
    case .upright: nil
    case .mirroredHorizontally, .mirroredVertically: "mirrored by its EXIF orientation (\(rawValue))"
    case .upsideDown, .clockwise, .counterclockwise: "rotated by its EXIF orientation (\(rawValue))"
    case .transposed, .transversed: "rotated and mirrored by its EXIF orientation (\(rawValue))"
    }
  }
}
