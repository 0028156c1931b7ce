/// What documents need of commands and of the configuration, made from the tables that the program uses.
public enum Reference {
  public struct Command: Sendable {
    public let name: String
    /// Empty where nothing may follow.
    public let argument: String
    public let explanation: String
  }

  /// Commands of their own; fields of runs and names of keys are commands, too.
  public static let commands = ConsoleCommand.own.map { Command(name: $0.name, argument: $0.argument, explanation: $0.explanation) }

  public struct Value: Sendable {
    public let name: String
    public let environment: String
    public let explanation: String
    public let allowed: String
    /// As the file has it.
    public let standard: String
  }

  /// Values of the configuration, in the order of the file.
  public static let values = Setting.all.map {
    Value(
      name: $0.name, environment: $0.environmentName, explanation: $0.help, allowed: $0.allowed, standard: $0.standard)
  }
}
