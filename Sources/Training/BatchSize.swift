/// How many samples a step sees.
public enum BatchSize: Equatable, Sendable {
  case full
  /// About this many; ASMR takes whole cells.
  case samples(Int)

  public init?(argument: String) {
    if argument == "full" {
      self = .full
    } else if let count = Int(argument), count > 0 {
      self = .samples(count)
    } else {
      return nil
    }
  }

  public var argument: String {
    switch self {
    case .full: "full"
    case .samples(let count): String(count)
    }
  }
}

extension BatchSize: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let size = BatchSize(argument: text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "batch: found '\(text)'; allowed are full or a number"))
    }
    self = size
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(argument)
  }
}
