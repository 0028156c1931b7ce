/// A model's configuration that cannot be built for this data; the text says in one line what was found and what is
/// allowed.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible, Sendable {
  public let description: String
  public init(_ description: String) { self.description = description }
}
