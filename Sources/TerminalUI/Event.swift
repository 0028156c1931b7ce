/// A key as the user means it.
public enum Key: Hashable, Sendable {
  /// Anything printable, blanks included.
  case character(Character)
  /// Control with a letter (lower case) or one of `@[\]^_`. Enter, tab, backspace and escape have cases of their own.
  case control(Character)
  case up, down, left, right
  case home, end, pageUp, pageDown
  case insert, delete, backspace
  case enter, tab, backTab, escape
  case function(Int)
}

/// What a mouse did, and where.
public struct MouseEvent: Hashable, Sendable {
  public enum Button: Hashable, Sendable {
    case left, middle, right
  }

  public enum Kind: Hashable, Sendable {
    case press(Button)
    case release(Button)
    /// Moved to another cell while a button is held.
    case drag(Button)
    case wheelUp, wheelDown
  }

  public var kind: Kind
  /// The cell under the pointer, from 0. A drag may end outside of the screen's last known size.
  public var x: Int
  public var y: Int
  public var shift: Bool
  public var control: Bool
  public var alt: Bool

  public init(_ kind: Kind, x: Int, y: Int, shift: Bool = false, control: Bool = false, alt: Bool = false) {
    self.kind = kind
    self.x = x
    self.y = y
    self.shift = shift
    self.control = control
    self.alt = alt
  }
}

/// What happened since the last time somebody asked.
public enum Event: Hashable, Sendable {
  case key(Key)
  /// Only while the terminal reports them (`Terminal.reportsMouse`).
  case mouse(MouseEvent)
  /// The terminal has another size now, or the same one with its content lost; draw again.
  case resize(width: Int, height: Int)
  /// Somebody called `Waker.wake`.
  case wake
  /// SIGTERM, SIGINT (Control-C) or SIGHUP (also when the terminal is gone): end in good order.
  case terminate(signal: Int32)
  /// The process was stopped here, and every mode given back before that; reported when it runs again, before `resumed`.
  case suspended
  /// Every mode is set again; the last frame is already repainted.
  case resumed
}

/// Why no terminal could be opened: one line each, for standard error.
public enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Standard input or output is something else.
  case notATerminal(String)
  case noTerminalName
  case unknownTerminal(String)
  case cannotPlaceCursor(String)
  case failed(String)

  public var description: String {
    switch self {
    case .notATerminal(let stream): "\(stream) is not a terminal"
    case .noTerminalName: "TERM is not set; it names the terminal, such as xterm-256color"
    case .unknownTerminal(let name):
      "TERM=\(name) is not known to terminfo; try TERM=xterm-256color, or install ncurses-term"
    case .cannotPlaceCursor(let name): "TERM=\(name) cannot place its cursor; a screen needs that"
    case .failed(let what): "the terminal could not be opened: \(what)"
    }
  }

  /// EX_USAGE of sysexits.h.
  public var exitCode: Int32 { 64 }
}
