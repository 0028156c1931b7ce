/// Where a decoder's rows go: collects them at the wanted size, one source row at a time, so that a picture of
/// 8192×4096 never exists as floats unless its user asks for that size.
struct PictureSink {
  let rows: Int
  let columns: Int
  let channels: Int
  private let sourceWidth: Int
  private let resampler: AreaResampler?
  private var columnSums: [Float] = []
  private var samples: [Float] = []
  private var sourceRow = 0
  private var targetRow = 0

  /// Checks the memory that the samples and `workingBytes` of the decoder need together.
  init(
    from: (rows: Int, columns: Int), to: (rows: Int, columns: Int), channels: Int, workingBytes: Int, file: String
  ) throws(SignalError) {
    rows = to.rows
    columns = to.columns
    self.channels = channels
    sourceWidth = from.columns * channels
    let values = rows * columns * channels
    // Floats of the result, a row of floats, the filter's row of sums, and its weights (a float and two indices a side).
    let axes = from == to ? 0 : (from.rows + from.columns + to.rows + to.columns) * 20
    try SignalLimits.checkMemory(bytes: values * 4 + sourceWidth * 8 + axes + workingBytes, file: file)
    if from == to {
      resampler = nil
      samples.reserveCapacity(values)
    } else {
      resampler = AreaResampler(from: from, to: to, channels: channels)
      columnSums = [Float](repeating: 0, count: sourceWidth)
      samples = [Float](repeating: 0, count: values)
    }
  }

  /// Takes the next source row, `[columns, channels]` of the source; rows beyond the last are ignored.
  mutating func append(_ row: [Float]) {
    precondition(row.count == sourceWidth, "A row of \(row.count) values was given where \(sourceWidth) are due.")
    guard let resampler else {
      if targetRow < rows { samples.append(contentsOf: row) }
      targetRow += 1
      return
    }
    let targetWidth = columns * channels
    // One source row belongs to several target rows when the picture is enlarged or where two intervals meet.
    while targetRow < rows, resampler.vertical.starts[targetRow] <= sourceRow {
      let tap = sourceRow - resampler.vertical.starts[targetRow]
      let weight = resampler.vertical.weights[resampler.vertical.offsets[targetRow] + tap]
      columnSums.withUnsafeMutableBufferPointer { sums in
        row.withUnsafeBufferPointer { values in
          AreaResampler.accumulate(
            values.baseAddress!, weight: weight, first: tap == 0, count: sourceWidth, into: sums.baseAddress!)
        }
      }
      guard resampler.vertical.end(targetRow) == sourceRow + 1 else { break }
      columnSums.withUnsafeBufferPointer { sums in
        samples.withUnsafeMutableBufferPointer { target in
          resampler.finishRow(sums.baseAddress!, into: target.baseAddress! + targetRow * targetWidth)
        }
      }
      targetRow += 1
    }
    sourceRow += 1
  }

  /// The picture, once every row was given. Rounding of the filter's weights may exceed 1 by a unit in the last place.
  consuming func finish() -> Signal {
    if resampler != nil {
      for index in samples.indices where samples[index] > 1 { samples[index] = 1 }
    }
    return Signal(shape: [rows, columns], channels: channels, samples: samples)
  }
}

/// Turns integer samples of one row into floats, v / maximum, and composes alpha over black: c · a.
struct RowComposer {
  let columns: Int
  /// Channels of the result, without alpha.
  let channels: Int
  let hasAlpha: Bool
  let maximum: Float
  /// Whether an alpha below the maximum was seen so far.
  private(set) var sawTransparency = false

  init(columns: Int, channels: Int, hasAlpha: Bool, maximum: Int) {
    self.columns = columns
    self.channels = channels
    self.hasAlpha = hasAlpha
    self.maximum = Float(maximum)
  }

  /// `raw` is `[columns, channels (+ 1 with alpha)]`, `row` is `[columns, channels]`.
  mutating func compose(_ raw: [UInt16], into row: inout [Float]) {
    guard hasAlpha else {
      for index in 0..<(columns * channels) { row[index] = Float(raw[index]) / maximum }
      return
    }
    for column in 0..<columns {
      let base = column * (channels + 1)
      let alpha = Float(raw[base + channels]) / maximum
      if alpha < 1 { sawTransparency = true }
      for channel in 0..<channels {
        row[column * channels + channel] = Float(raw[base + channel]) / maximum * alpha
      }
    }
  }

  /// What the user is told, when there is something to tell.
  var notes: [String] { sawTransparency ? ["alpha composed over black"] : [] }
}
