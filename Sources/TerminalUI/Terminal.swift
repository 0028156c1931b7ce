import CTerminal
import Canvas

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The terminal: shows frames and reports what happens. Behind it lives all of ncurses, on the main thread alone.
///
///     let terminal = try Terminal.open()
///     defer { terminal.close() }
///     while running {
///       for event in terminal.nextEvents(timeout: .milliseconds(250)) { update(event) }
///       terminal.present(view(state, width: terminal.width, height: terminal.height))
///     }
@MainActor
public final class Terminal {
  public internal(set) var capabilities: TerminalCapabilities
  /// Ends `nextEvents` early, from any thread.
  public let waker: Waker
  /// The size in cells; at least 1×1.
  public internal(set) var width: Int
  public internal(set) var height: Int
  /// Frames that were replaced by a newer one before the terminal had taken them.
  public internal(set) var droppedFrames = 0
  /// Bytes sent to the terminal so far.
  public internal(set) var sentBytes = 0

  /// The symbols for `Frame.init`.
  public var glyphs: Glyphs { capabilities.isUnicode ? .unicode : .ascii }

  /// Whether clicks, drags and the wheel arrive as events. Off gives the terminal its own selection of text back; on does
  /// nothing where `capabilities.hasMouse` is false.
  public var reportsMouse: Bool {
    didSet {
      reportsMouse = reportsMouse && capabilities.hasMouse
      if isOpen, reportsMouse != oldValue { output.send(mouseSequence(on: reportsMouse)) }
    }
  }

  /// Called with true right before the process stops for Control-Z, and with false when it goes on: for clocks.
  public var onSuspension: ((Bool) -> Void)?

  let curses: CursesScreen
  let output: TerminalOutput
  let inputDescriptor: Int32
  let signals: (read: Int32, write: Int32)
  /// Modes of the terminal as they were found, and as we want them.
  let savedModes: termios
  var ownModes: termios
  var compositor: Compositor
  var decoder = InputDecoder()
  /// Typed before the screen was there.
  var typedAhead: [UInt8] = []
  /// Shown as soon as the terminal takes bytes again.
  var deferred: Frame?
  /// Whether that one, or one that it came instead of, shows what a key did.
  private var defersAnswer = false
  /// Whether the last frame came without pictures that wait.
  private var isBare = false
  /// The last frame that was sent, for repainting after the screen was lost.
  var current: Frame?
  var isOpen = true
  /// Whether the modes were given back, for as long as the process is stopped.
  var hasLeft = false

  private static var isAnyOpen = false
  /// Made once: a late `wake` must not write into a descriptor that means something else by then.
  private static let sharedWaker = Waker()
  private static let sharedSignals = Waker.pipe()
  private static let registersAtExit: Void = { atexit { ct_reset_terminal() } }()

  /// Takes over the terminal of standard output.
  ///
  /// - Throws: `TerminalError`, before anything was changed.
  public static func open(_ options: TerminalOptions = TerminalOptions()) throws(TerminalError) -> Terminal {
    guard !isAnyOpen else { throw .failed("it is open already") }
    guard isatty(STDOUT_FILENO) == 1 else { throw .notATerminal("standard output") }
    var input = STDIN_FILENO
    var opened: Int32 = -1
    if isatty(STDIN_FILENO) != 1 {
      guard options.readsControllingTerminal else { throw .notATerminal("standard input") }
      #if canImport(Glibc)
        opened = Glibc.open("/dev/tty", O_RDONLY | O_CLOEXEC)
      #else
        opened = Darwin.open("/dev/tty", O_RDONLY | O_CLOEXEC)
      #endif
      guard opened >= 0 else { throw .notATerminal("standard input") }
      input = opened
    }
    defer { if opened >= 0 { closeDescriptor(opened) } }
    guard let asked = TerminalEnvironment.value("TERM"), !asked.isEmpty else { throw .noTerminalName }
    let name = TerminalEnvironment.terminalName(asked)
    let isUnicode = TerminalEnvironment.setLocale() && !options.ascii
    switch Int(ct_check_terminal(name, STDOUT_FILENO)) {
    case Int(CT_TERMINAL_OK): break
    case Int(CT_TERMINAL_NO_CURSOR): throw .cannotPlaceCursor(name)
    case Int(CT_TERMINAL_NO_DATABASE): throw .failed("terminfo has no database (install ncurses-base)")
    default: throw .unknownTerminal(name)
    }
    var modes = termios()
    guard tcgetattr(STDOUT_FILENO, &modes) == 0 else { throw .failed("its modes cannot be read") }
    guard let waker = sharedWaker, let signals = sharedSignals else { throw .failed("no pipe could be made") }
    guard let output = TerminalOutput(terminal: STDOUT_FILENO) else { throw .failed("no descriptor is left") }
    let inputCopy = fcntl(input, F_DUPFD_CLOEXEC, 3)
    guard inputCopy >= 0 else {
      output.close()
      throw .failed("no descriptor is left")
    }
    // Before ncurses, which takes only signals that nobody has; and armed with what is known of every terminal, until
    // the real sequences are.
    _ = Waker.readAll(signals.read)
    ct_install_signals(signals.write)
    _ = registersAtExit
    let isTmux = TerminalEnvironment.isMultiplexed(name)
    let probe = CapabilityProbe.asks(name)
      ? CapabilityProbe.ask(input: inputCopy, output: output.descriptor, asksKitty: !isTmux, within: 200) : nil
    let monochrome = options.colorDepth == .monochrome || (options.colorDepth == nil && TerminalEnvironment.wantsNoColor)
    let colorLimit = monochrome ? 0 : options.colorDepth == .palette16 ? 16 : 256
    guard
      let curses = CursesScreen(
        terminalName: name, output: STDOUT_FILENO, input: inputCopy, colorLimit: colorLimit)
    else {
      ct_restore_signals()
      tcsetattr(STDOUT_FILENO, TCSANOW, &modes)
      output.close()
      closeDescriptor(inputCopy)
      throw .unknownTerminal(name)
    }
    ct_install_signals(signals.write)
    isAnyOpen = true
    let depth = colorDepth(options, curses: curses, isUnicode: isUnicode)
    let choice = GraphicsChoice(
      wanted: options.graphics, answers: probe?.answers ?? ProbeAnswers(), isUnicode: isUnicode, depth: depth,
      isTmux: isTmux, window: windowSize(output.descriptor), cell: options.cell)
    let capabilities = TerminalCapabilities(
      name: name, colorDepth: depth, colors: curses.colors.count, isUnicode: isUnicode,
      hasMouse: TerminalEnvironment.hasMouse(name, kmous: !curses.capability("kmous").isEmpty), choice: choice,
      dither: options.dither, isRemote: TerminalEnvironment.isRemote,
      probe: probe.map { ($0.answers, $0.milliseconds) })
    let terminal = Terminal(
      capabilities: capabilities, waker: waker, signals: signals, curses: curses, output: output, input: inputCopy,
      savedModes: modes, mouse: options.mouse)
    if let probe { terminal.expectAnswers(typed: probe.typed, isLate: probe.isLate) }
    return terminal
  }

  private static func colorDepth(_ options: TerminalOptions, curses: CursesScreen, isUnicode: Bool) -> ColorDepth {
    let colors = curses.colors.count
    let palette: ColorDepth =
      colors == 0 ? .monochrome : colors == 256 && curses.colors.hasManyPairs ? .palette256 : .palette16
    // Without half-blocks pictures are characters, which ncurses draws.
    let best: ColorDepth = colors > 0 && isUnicode && TerminalEnvironment.hasTrueColor ? .trueColor : palette
    guard let wanted = options.colorDepth else { return best }
    switch wanted {
    case .monochrome: return .monochrome
    case .trueColor: return isUnicode ? .trueColor : palette
    case .palette256: return palette
    case .palette16: return colors == 0 ? .monochrome : .palette16
    }
  }

  private init(
    capabilities: TerminalCapabilities, waker: Waker, signals: (read: Int32, write: Int32), curses: CursesScreen,
    output: TerminalOutput, input: Int32, savedModes: termios, mouse: Bool
  ) {
    self.capabilities = capabilities
    self.waker = waker
    self.signals = signals
    self.curses = curses
    self.output = output
    self.inputDescriptor = input
    self.savedModes = savedModes
    ownModes = savedModes
    tcgetattr(output.descriptor, &ownModes)
    width = curses.width
    height = curses.height
    compositor = Compositor(capabilities: capabilities) { waker.wake() }
    reportsMouse = mouse && capabilities.hasMouse
    readSize()
    arm()
    if reportsMouse { output.send(mouseSequence(on: true)) }
  }

  deinit { ct_reset_terminal() }

  /// Gives the terminal back as it was found. Can be called again, and after a crash's handler did the same.
  public func close() {
    guard isOpen else { return }
    isOpen = false
    if !hasLeft { leave() }
    ct_disarm()
    curses.close()
    ct_restore_signals()
    output.close()
    closeDescriptor(inputDescriptor)
    Terminal.isAnyOpen = false
  }

  /// Shows a frame. Never waits: when the terminal has not yet taken the last one, this one is shown once it has, unless
  /// a newer one comes first.
  ///
  /// - Parameter isAnswer: whether it shows what a key or the mouse did: it comes without pictures of pixels that wait to be
  ///   sent, which follow it.
  public func present(_ frame: Frame, isAnswer: Bool = false) {
    guard isOpen, !hasLeft else { return }
    output.flush()
    if output.isWaiting {
      if deferred != nil { droppedFrames += 1 }
      deferred = frame
      defersAnswer = defersAnswer || isAnswer
      return
    }
    // Pictures have every second frame while a key is held.
    isBare = (isAnswer || defersAnswer) && !isBare
    (deferred, defersAnswer) = (nil, false)
    current = frame
    let bytes = compositor.bytes(for: frame, on: curses, width: width, height: height, budget: isBare ? 0 : output.pictureBudget)
    sentBytes += bytes.count
    output.send(bytes)
  }

  /// Draws everything again, for a screen that something else has written to.
  public func repaint() {
    compositor.invalidate()
    if let frame = deferred ?? current { present(frame) }
  }

  /// Shows the frame that had to wait.
  func presentDeferred() {
    guard let frame = deferred, !output.isWaiting else { return }
    present(frame)
  }
}

/// `close` of the C library, whose name the terminal's own method hides.
func closeDescriptor(_ descriptor: Int32) {
  #if canImport(Glibc)
    _ = Glibc.close(descriptor)
  #else
    _ = Darwin.close(descriptor)
  #endif
}
