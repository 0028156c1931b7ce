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
  /// How pictures are drawn; nil: the best that the terminal has.
  public var graphics: Graphics?
  /// How few colours stand for many.
  public var dither = Dither.ordered
  /// The size of a cell in pixels; nil: as the terminal says.
  public var cell: PixelSize?

  public init(
    colorDepth: ColorDepth? = nil, ascii: Bool = false, readsControllingTerminal: Bool = false, mouse: Bool = true,
    graphics: Graphics? = nil
  ) {
    self.graphics = graphics
    self.colorDepth = colorDepth
    self.ascii = ascii
    self.readsControllingTerminal = readsControllingTerminal
    self.mouse = mouse
  }
}

/// What the open terminal can do.
public struct TerminalCapabilities: Sendable {
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
  /// How pictures are drawn, and why so.
  public internal(set) var choice: GraphicsChoice
  public let dither: Dither
  /// Whether the terminal is at the other end of an ssh connection.
  public let isRemote: Bool
  /// What it answered when it was asked, and after how many milliseconds; nil when it was not asked.
  public let probe: (answers: ProbeAnswers, milliseconds: Int)?

  public var graphics: Graphics { choice.graphics }
  /// Pixels that a cell shows.
  public var pixels: PixelSize { graphics.pixels(cell: choice.cell) }
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

  /// Whether something stands between us and the terminal that draws by itself.
  static func isMultiplexed(_ name: String) -> Bool {
    value("TMUX") != nil || value("STY") != nil || name.hasPrefix("tmux") || name.hasPrefix("screen")
  }

  static var isRemote: Bool { value("SSH_CONNECTION") != nil || value("SSH_TTY") != nil }

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
