/// The size at which a picture is fitted, `--resize`.
public enum ResizePolicy: Sendable, Equatable, Codable {
  /// The file's own size.
  case none
  /// The file's own size up to a megapixel (2²⁰ samples); above, the largest size of the same aspect that has no more.
  case auto
  /// This size, whatever the aspect.
  case exactly(rows: Int, columns: Int)

  /// Reads "none", "auto" or "WxH" (width first; also "W×H"); nil for anything else, for a side below 1 and for
  /// more than 2³⁰ samples.
  public init?(argument: String) {
    switch argument {
    case "none": self = .none
    case "auto": self = .auto
    default:
      let sides = argument.split(
        omittingEmptySubsequences: false, whereSeparator: { $0 == "x" || $0 == "X" || $0 == "×" })
      guard sides.count == 2,
        sides.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
        let columns = Int(sides[0]), let rows = Int(sides[1]),
        rows >= 1, columns >= 1,
        let samples = SignalLimits.product([rows, columns]), samples <= SignalLimits.decodedValues
      else { return nil }
      self = .exactly(rows: rows, columns: columns)
    }
  }

  /// The text that ``init(argument:)`` reads back.
  public var argument: String {
    switch self {
    case .none: "none"
    case .auto: "auto"
    case .exactly(let rows, let columns): "\(columns)x\(rows)"
    }
  }

  /// Written as its argument, so that a saved configuration reads like the command line.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(argument)
  }

  /// Throws `DecodingError` for text that ``init(argument:)`` refuses.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let policy = ResizePolicy(argument: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "resize: found “\(text)”; allowed none, auto or WxH")
    }
    self = policy
  }

  /// The size at which a picture of `rows` × `columns` is fitted.
  ///
  /// Throws a usage error for an exact size below 1×1 or above 2³⁰ values.
  func target(
    rows: Int, columns: Int, channels: Int, file: String
  ) throws(SignalError) -> (rows: Int, columns: Int) {
    switch self {
    case .none: return (rows, columns)
    case .auto: return Self.automaticSize(rows: rows, columns: columns)
    case .exactly(let newRows, let newColumns):
      guard newRows >= 1, newColumns >= 1,
        let values = SignalLimits.product([newRows, newColumns, channels]), values <= SignalLimits.decodedValues
      else {
        throw SignalError(
          kind: .usage, file: file,
          message: "--resize: found \(newColumns)x\(newRows); allowed 1x1 and more, up to "
            + "\(SignalLimits.decodedValues / max(channels, 1)) samples")
      }
      return (newRows, newColumns)
    }
  }

  /// The largest size of about the same aspect that has at most 2²⁰ samples; no side below 1.
  static func automaticSize(rows: Int, columns: Int) -> (rows: Int, columns: Int) {
    let limit = SignalLimits.automaticSamples
    guard rows >= 1, columns >= 1, let samples = SignalLimits.product([rows, columns]), samples > limit else {
      return (rows, columns)
    }
    let scale = (Double(limit) / Double(samples)).squareRoot()
    // The short side first: its rounding weighs most, and the long side takes what it leaves.
    let short = max(1, Int((Double(min(rows, columns)) * scale).rounded()))
    let long = min(limit / short, Int((Double(max(rows, columns)) * scale).rounded()))
    return rows <= columns ? (short, long) : (long, short)
  }

  /// What the user is told when the size changes: "reduced from 4096×2048 to 1448×724: above a megapixel (see --resize)".
  func note(from source: (rows: Int, columns: Int), to target: (rows: Int, columns: Int)) -> String? {
    guard source != target else { return nil }
    let sizes = "from \(source.columns)×\(source.rows) to \(target.columns)×\(target.rows)"
    return self == .auto ? "reduced \(sizes): above a megapixel (see --resize)" : "resized \(sizes) (--resize)"
  }
}
