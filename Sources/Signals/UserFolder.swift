/// The user's own folders by the XDG Base Directory Specification; nil where nobody knows. Paths that are not absolute do
/// not count.
public enum UserFolder {
  /// `$XDG_CONFIG_HOME/asmr-tui`, or `~/.config/asmr-tui`.
  public static func configuration(environment: [String: String]) -> String? {
    folder("XDG_CONFIG_HOME", "/.config", environment)
  }

  /// `$XDG_STATE_HOME/asmr-tui`, or `~/.local/state/asmr-tui`.
  public static func state(environment: [String: String]) -> String? {
    folder("XDG_STATE_HOME", "/.local/state", environment)
  }

  private static func folder(_ variable: String, _ fallback: String, _ environment: [String: String]) -> String? {
    func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
    return (absolute(variable) ?? absolute("HOME").map { $0 + fallback }).map { $0 + "/asmr-tui" }
  }
}
