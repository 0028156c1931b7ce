import Canvas
import CTerminal

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a user may override, and what the program needs.
public struct TerminalOptions: Hashable, Sendable {
  /// Nil: as the terminal and the environment say.
  public var colorDepth: ColorDepth?
  /// Draw with ASCII alone, even in a UTF-8 locale.
  public var ascii: Bool
  /// Keys come from the controlling terminal when standard input is something else, as when a picture is read from it.
  public var readsControllingTerminal: Bool
  /// Report clicks, drags and the wheel where the terminal can.
  public var mouse: Bool

  public init(
    colorDepth: ColorDepth? = nil, ascii: Bool = false, readsControllingTerminal: Bool = false, mouse: Bool = true
  ) {
    self.colorDepth = colorDepth
    self.ascii = ascii
    self.readsControllingTerminal = readsControllingTerminal
    self.mouse = mouse
  }
}

/// What the open terminal can do.
public struct TerminalCapabilities: Hashable, Sendable {
  /// TERM.
  public let name: String
  /// Colours of pictures. Everything else is drawn in at most 256.
  public let colorDepth: ColorDepth
  /// Colours that ncurses uses: 256, 16, 8 or 0.
  public let colors: Int
  /// Whether the locale is UTF-8 and nobody asked for ASCII.
  public let isUnicode: Bool
  /// Whether the terminal is known to report its mouse in the form that is read here.
  public let hasMouse: Bool
}

/// The environment, as far as a terminal depends on it.
enum TerminalEnvironment {
  static func value(_ name: String) -> String? {
    guard let text = getenv(name) else { return nil }
    return String(cString: text)
  }

  /// Takes over the user's locale; whether it is UTF-8.
  static func setLocale() -> Bool {
    if setlocale(LC_ALL, "") == nil {
      // A locale that is not installed. Its name still says what the terminal shows.
      let asked = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(value).first { !$0.isEmpty }?.lowercased() ?? ""
      if asked.hasSuffix("utf-8") || asked.hasSuffix("utf8") { setlocale(LC_CTYPE, "C.UTF-8") }
    }
    // Numbers are written and read with a point, whatever the locale.
    setlocale(LC_NUMERIC, "C")
    guard let codeset = nl_langinfo(nl_item(CODESET)) else { return false }
    let name = String(cString: codeset).lowercased()
    return name == "utf-8" || name == "utf8"
  }

  /// NO_COLOR counts when it is not empty (no-color.org).
  static var wantsNoColor: Bool { !(value("NO_COLOR") ?? "").isEmpty }

  /// Whether a terminal reports its mouse. Terminfo also promises one for the Linux console, which leaves its mouse to
  /// gpm; and terminals much older than xterm's SGR form might print what they are asked.
  ///
  /// - Parameter kmous: whether terminfo has that capability.
  static func hasMouse(_ name: String, kmous: Bool) -> Bool {
    let without = ["linux", "vt", "dumb", "ansi", "cons", "console", "sun", "cygwin", "eterm", "emacs"]
    if without.contains(where: { name.hasPrefix($0) }) { return false }
    let with = [
      "xterm", "tmux", "screen", "rxvt", "konsole", "gnome", "vte", "alacritty", "foot", "kitty", "wezterm", "ghostty",
      "contour", "mintty", "iterm", "st-", "mlterm",
    ]
    return kmous || with.contains { name.lowercased().hasPrefix($0) }
  }

  /// Whether the terminal says that it shows 24-bit colours. Call with a terminal open.
  static var hasTrueColor: Bool {
    announcesTrueColor || isRecentXterm || ct_flag("RGB") != 0 || ct_flag("Tc") != 0
  }

  private static var announcesTrueColor: Bool {
    let announced = (value("COLORTERM") ?? "").lowercased()
    return announced == "truecolor" || announced == "24bit"
  }

  /// xterm itself removes COLORTERM from its environment, but says its version; 24-bit colours came with 331. Within tmux
  /// the variable is only inherited.
  private static var isRecentXterm: Bool {
    guard value("TMUX") == nil, (value("TERM") ?? "").hasPrefix("xterm"), let version = value("XTERM_VERSION") else {
      return false
    }
    return (Int(version.filter { $0.isASCII && $0.isNumber }) ?? 0) >= 331
  }

  /// TERM, except that plain `xterm` (eight colours in terminfo) is what it became long ago when the terminal shows
  /// 24-bit colours anyway.
  static func terminalName(_ name: String) -> String {
    let modern = "xterm-256color"
    guard name == "xterm", announcesTrueColor || isRecentXterm else { return name }
    return Int(ct_check_terminal(modern, STDOUT_FILENO)) == Int(CT_TERMINAL_OK) ? modern : name
  }
}
