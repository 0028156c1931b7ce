import CTerminal
import Canvas

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Entering and leaving the terminal's modes, and its size.
extension Terminal {
  /// The window as the terminal's driver knows it: cells, and pixels where it knows those.
  static func windowSize(_ descriptor: Int32) -> (columns: Int, rows: Int, pixels: PixelSize) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return (0, 0, PixelSize(width: 0, height: 0)) }
    return (Int(size.ws_col), Int(size.ws_row), PixelSize(width: Int(size.ws_xpixel), height: Int(size.ws_ypixel)))
  }

  /// Larger terminals are used in part: ncurses keeps 28 bytes for every cell, several times.
  private static let maximumWidth = 1024
  private static let maximumHeight = 512

  /// Asks for the size and tells ncurses; whether it changed.
  @discardableResult
  func readSize() -> Bool {
    var columns: Int32 = 0
    var rows: Int32 = 0
    // A terminal that does not know its size has what ncurses found.
    if ct_window_size(output.descriptor, &columns, &rows) == 0, columns > 0, rows > 0 {
      _ = curses.captured {
        curses.resize(
          width: min(Int(columns), Terminal.maximumWidth), height: min(Int(rows), Terminal.maximumHeight))
      }
    }
    let changed = width != curses.width || height != curses.height
    width = max(1, curses.width)
    height = max(1, curses.height)
    return changed
  }

  /// The bytes that give every mode back. They start with an escape, which ends any sequence that was cut before.
  func leaveSequence() -> [UInt8] {
    let hasAlternateScreen = !curses.capability("rmcup").isEmpty
    var bytes = Array("\u{1B}\\".utf8)
    // Harmless where they were never on; terminals that know neither screens nor mice might show such sequences.
    if hasAlternateScreen || capabilities.hasMouse { bytes += mouseSequence(on: false) }
    if hasAlternateScreen { bytes += "\u{1B}[?2026l".utf8 }
    if capabilities.graphics == .kitty { bytes += KittyGraphics.deleteAll }
    bytes += curses.capability("sgr0") + curses.capability("op")
    bytes += curses.cursorAddress(row: height - 1, column: 0)
    if !hasAlternateScreen { bytes += curses.capability("el") }
    bytes += curses.capability("rmkx") + curses.capability("cnorm") + curses.capability("rmcup")
    return bytes
  }

  /// Reports of buttons, of movement while one is held (1002) and of the wheel, as numbers of any size (1006). That form
  /// is asked for first, so that no report comes in the old one; every kind is given back.
  func mouseSequence(on: Bool) -> [UInt8] {
    Array((on ? "\u{1B}[?1006h\u{1B}[?1002h" : "\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1003l\u{1B}[?1006l").utf8)
  }

  /// Prepares what a crash writes; again after every change of size.
  func arm() {
    var modes = savedModes
    let bytes = leaveSequence()
    bytes.withUnsafeBytes { raw in
      ct_arm(output.descriptor, &modes, raw.bindMemory(to: CChar.self).baseAddress, raw.count)
    }
  }

  /// Gives every mode back, even when the terminal takes no more bytes.
  func leave() {
    hasLeft = true
    awaitAnswers()
    if !output.flush(within: 500) {
      output.discard()
      tcflush(output.descriptor, TCOFLUSH)
    }
    output.send(leaveSequence())
    output.flush(within: 500)
    setModes(savedModes)
  }

  /// Sets every mode again and repaints.
  private func enter() {
    hasLeft = false
    setModes(ownModes)
    output.send(curses.capability("smcup") + curses.capability("smkx") + curses.capability("civis"))
    if reportsMouse { output.send(mouseSequence(on: true)) }
    readSize()
    arm()
    askForCell()
    repaint()
  }

  private func setModes(_ modes: termios) {
    var modes = modes
    var stop = sigset_t()
    var old = sigset_t()
    sigemptyset(&stop)
    sigaddset(&stop, SIGTTOU)
    // From the background, setting modes would stop the process.
    pthread_sigmask(SIG_BLOCK, &stop, &old)
    tcsetattr(output.descriptor, TCSANOW, &modes)
    pthread_sigmask(SIG_SETMASK, &old, nil)
  }

  /// Stops the process as the shell's job control expects; returns when it goes on, or when it is asked to end meanwhile.
  ///
  /// - Returns: the signals that ask for it.
  func suspend() -> [Int32] {
    leave()
    ct_disarm()
    onSuspension?(true)
    ct_stop()
    let ending = awaitForeground()
    onSuspension?(false)
    // The screen is the shell's.
    if !isInBackground { enter() }
    return ending
  }

  /// Goes on after somebody else stopped the process, without a chance to leave.
  ///
  /// - Returns: signals that ask it to end meanwhile.
  func resume() -> [Int32] {
    var ending: [Int32] = []
    if isInBackground {
      onSuspension?(true)
      ending = awaitForeground()
      onSuspension?(false)
    }
    if !isInBackground { enter() }
    return ending
  }

  /// Whether the terminal is another's by now: what is written there lands among a shell's lines, and answers to questions
  /// become its commands. A terminal that does not say is our own.
  private var isInBackground: Bool {
    let owner = tcgetpgrp(output.descriptor)
    return owner > 0 && owner != getpgrp()
  }

  /// Stops again for as long as the shell continues the process in the background and nobody asks it to end.
  ///
  /// - Returns: the signals that ask for it.
  private func awaitForeground() -> [Int32] {
    while true {
      // The handlers saw the continuation too; where the screen comes back it is asked for its size anyway.
      let ending = Waker.readAll(signals.read).map(Int32.init).filter { ![SIGCONT, SIGTSTP, SIGWINCH].contains($0) }
      guard ending.isEmpty, isInBackground else { return ending }
      ct_stop()
      // Nobody stops a process whose shell is gone.
      usleep(50_000)
    }
  }
}
