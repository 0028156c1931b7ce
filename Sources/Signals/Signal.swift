/// A regularly sampled signal of any number of axes: what a network learns and what it predicts.
///
/// Samples are stored in array order with the channels last: the value of channel `c` at row `y` and
/// column `x` of a picture is `samples[(y · columns + x) · channels + c]`. A picture's `shape` is
/// `[rows, columns]`; sounds have one axis, videos and shapes three. Values lie in [0, 1] for data;
/// a network's prediction may leave that range.
public struct Signal: Sendable, Equatable {
  /// Lengths of the axes, slowest first: `[rows, columns]` for a picture.
  public let shape: [Int]
  /// Values per sample: 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// `sampleCount · channels` values, channels last.
  public var samples: [Float]

  /// Stops the program when `samples` does not hold the product of `shape` times `channels` values:
  /// that is a mistake of the caller, never of a file.
  public init(shape: [Int], channels: Int, samples: [Float]) {
    let values = SignalLimits.product(shape + [channels])
    precondition(
      values == samples.count,
      "A signal of shape \(shape) with \(channels) channels cannot hold \(samples.count) values.")
    self.shape = shape
    self.channels = channels
    self.samples = samples
  }

  /// Number of positions, the product of `shape`: each carries `channels` values.
  public var sampleCount: Int { shape.reduce(1, *) }

  /// The picture at another size by the area filter (see ``AreaResampler``).
  ///
  /// Stops the program unless the signal has two axes, none of them empty, and the new size is at least 1×1.
  public func resized(rows: Int, columns: Int) -> Signal {
    precondition(shape.count == 2, "Only pictures are resized, not a signal of shape \(shape).")
    if rows == shape[0] && columns == shape[1] { return self }
    let resampler = AreaResampler(
      from: (rows: shape[0], columns: shape[1]), to: (rows: rows, columns: columns), channels: channels)
    let count = rows * columns * channels
    let resized = [Float](unsafeUninitializedCapacity: count) { target, initialized in
      samples.withUnsafeBufferPointer { source in
        resampler.resample(source.baseAddress!, into: target.baseAddress!)
      }
      initialized = count
    }
    return Signal(shape: [rows, columns], channels: channels, samples: resized)
  }
}

/// A signal together with what its user should be told about where it came from.
public struct LoadedSignal: Sendable {
  /// The signal, after orientation, composition over black and resizing.
  public var signal: Signal
  /// The last component of the path; "standard input" for `-`.
  public var name: String
  /// Format, colour model and depth in words: "PNG, RGB with alpha, 16 bits, interlaced".
  public var format: String
  /// What was done to the samples and what was left out, a phrase each, in the order of doing.
  public var notes: [String]
  /// `[rows, columns]` after orientation and before resizing.
  public var originalShape: [Int]

  public init(signal: Signal, name: String, format: String, notes: [String], originalShape: [Int]) {
    self.signal = signal
    self.name = name
    self.format = format
    self.notes = notes
    self.originalShape = originalShape
  }
}
