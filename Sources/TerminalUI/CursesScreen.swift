import CTerminal
import Canvas

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// ncurses: it knows the terminal's sequences, keeps what the screen shows and finds the shortest way to change it.
///
/// It never writes to the terminal itself. While it draws, its descriptor leads to a file in memory; what it wrote there
/// is sent by `TerminalOutput`, which does not block. It also never sets modes after it was opened.
@MainActor
final class CursesScreen {
  /// The descriptor that ncurses believes to be the terminal.
  private let descriptor: Int32
  private let terminal: Int32
  private let memory: Int32
  private let screen: OpaquePointer
  private let output: UnsafeMutablePointer<FILE>
  private let input: UnsafeMutablePointer<FILE>
  /// Keys are read through a pad: reading from a window would refresh it first.
  private let keys: UnsafeMutableRawPointer
  var colors: CursesColors

  /// - Parameters: descriptors of the terminal, for output and input; both are duplicated.
  init?(terminalName: String, output outputDescriptor: Int32, input inputDescriptor: Int32, colorLimit: Int) {
    let memory = ct_memory_file()
    let terminal = fcntl(outputDescriptor, F_DUPFD_CLOEXEC, 3)
    let descriptor = fcntl(outputDescriptor, F_DUPFD_CLOEXEC, 3)
    let keyDescriptor = fcntl(inputDescriptor, F_DUPFD_CLOEXEC, 3)
    let outputFile = descriptor >= 0 ? fdopen(descriptor, "w") : nil
    let inputFile = keyDescriptor >= 0 ? fdopen(keyDescriptor, "r") : nil
    guard memory >= 0, terminal >= 0, let outputFile, let inputFile,
      let screen = newterm(terminalName, outputFile, inputFile)
    else {
      if let outputFile { fclose(outputFile) }
      if let inputFile { fclose(inputFile) }
      for open in [memory, terminal] where open >= 0 { closeDescriptor(open) }
      return nil
    }
    self.memory = memory
    self.terminal = terminal
    self.descriptor = descriptor
    self.screen = screen
    self.output = outputFile
    self.input = inputFile
    set_escdelay(25)
    cbreak()
    noecho()
    nonl()
    CursesScreen.keepOutputAsItIs(descriptor)
    typeahead(-1)
    let window = ct_stdscr()
    idlok(window, false)
    // Inserting and deleting characters would shift pictures that ncurses does not know of.
    idcok(window, false)
    scrollok(window, false)
    leaveok(window, false)
    colors = CursesColors(limit: colorLimit)
    guard let pad = ct_open_keys() else {
      endwin()
      delscreen(screen)
      fclose(outputFile)
      fclose(inputFile)
      closeDescriptor(memory)
      closeDescriptor(terminal)
      return nil
    }
    self.keys = pad
    curs_set(0)
  }

  /// Without newlines that are translated the driver has nothing to do to what is written, but looks at every character: of
  /// pictures that is half of what it costs to write them.
  private static func keepOutputAsItIs(_ descriptor: Int32) {
    var modes = termios()
    guard tcgetattr(descriptor, &modes) == 0 else { return }
    modes.c_oflag &= ~tcflag_t(OPOST)
    // ncurses' own idea of the modes is read from the terminal.
    if tcsetattr(descriptor, TCSANOW, &modes) == 0 { def_prog_mode() }
  }

  /// What ncurses writes during `body`, instead of sending it.
  func captured(_ body: () -> Void) -> [UInt8] {
    guard ct_duplicate_onto(memory, descriptor) >= 0 else {
      body()
      return []
    }
    body()
    _ = ct_duplicate_onto(terminal, descriptor)
    let size = lseek(memory, 0, SEEK_CUR)
    guard size > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    let count = pread(memory, &bytes, bytes.count, 0)
    lseek(memory, 0, SEEK_SET)
    ftruncate(memory, 0)
    return Array(bytes.prefix(max(0, count)))
  }

  var width: Int { Int(ct_columns()) }
  var height: Int { Int(ct_lines()) }

  func resize(width: Int, height: Int) {
    guard width != self.width || height != self.height else { return }
    resizeterm(Int32(height), Int32(width))
  }

  /// Changes one place of the screen as it will be after the next `refresh`.
  func put(_ cell: Cell, x: Int, y: Int, isUnicode: Bool, baseBackground: Color) {
    var text: [wchar_t] = []
    let columns: Int
    if let scalar = cell.scalar {
      text.append(wchar_t(bitPattern: scalar.value))
      columns = CharacterWidth.columns(of: scalar).flatMap { $0 > 0 ? $0 : nil } ?? 1
    } else {
      for scalar in cell.character.unicodeScalars.prefix(4) { text.append(wchar_t(bitPattern: scalar.value)) }
      columns = CharacterWidth.printable(cell.character).1
    }
    var isReplaced = false
    if !isUnicode, text.contains(where: { $0 >= 0x7F }) {
      text = [CursesScreen.plainSubstitutes[cell.character] ?? 0x3F]
      isReplaced = true
    } else if text[0] >= 0x7F, Int(ct_character_columns(text[0])) != columns {
      // The C library disagrees about its width; ncurses would shift the rest of the line.
      text = [columns == 1 ? 0xFFFD : 0x3F]
      isReplaced = true
    }
    text.append(0)
    var attributes: UInt32 = 0
    if cell.style.bold { attributes |= UInt32(CT_BOLD) }
    if cell.style.dim { attributes |= UInt32(CT_DIM) }
    if cell.style.reverse { attributes |= UInt32(CT_REVERSE) }
    if cell.style.underline { attributes |= UInt32(CT_UNDERLINE) }
    let look = colors.look(cell.style, baseBackground: baseBackground)
    if look.reversed { attributes ^= UInt32(CT_REVERSE) }
    if look.dimmed { attributes |= UInt32(CT_DIM) }
    ct_put(Int32(y), Int32(x), text, attributes, look.pair)
    // What replaces a wide character fills only its first column.
    if isReplaced, columns == 2 { ct_put(Int32(y), Int32(x + 1), [0x20, 0], attributes, look.pair) }
  }

  /// What is close enough where the locale has only ASCII; the rest becomes '?'.
  private static let plainSubstitutes: [Character: wchar_t] = [
    "×": 0x78, "≈": 0x7E, "●": 0x2A, "○": 0x6F, "–": 0x2D, "—": 0x2D, "…": 0x2E, "·": 0x2E, "›": 0x3E, "→": 0x3E,
    "←": 0x3C, "−": 0x2D, "■": 0x23, "▲": 0x5E, "▼": 0x76, "█": 0x23, "│": 0x7C, "─": 0x2D, "²": 0x32, "’": 0x27,
  ]

  /// The bytes that bring the terminal to what was put.
  ///
  /// - Parameter everything: whether nothing on the terminal can be trusted.
  func refresh(everything: Bool) -> [UInt8] {
    captured {
      // The cursor rests on the last line, where it does no harm on terminals that cannot hide it.
      wmove(ct_stdscr(), Int32(max(0, height - 1)), 0)
      if everything { clearok(ct_curscr(), true) }
      wnoutrefresh(ct_stdscr())
      doupdate()
    }
  }

  /// The next key that is waiting, as ncurses reports it.
  func readKey() -> (code: UInt32, isFunction: Bool)? {
    var code: wint_t = 0
    switch ct_read_key(keys, &code) {
    case 256: return (code, true)  // KEY_CODE_YES
    case 0: return (code, false)  // OK
    default: return nil
    }
  }

  /// A terminfo string without padding; empty when the terminal has none.
  func capability(_ name: String) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: 512)
    let length = ct_capability(name, &buffer, buffer.count)
    return buffer.prefix(length).map(UInt8.init(bitPattern:))
  }

  func cursorAddress(row: Int, column: Int) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: 128)
    let length = ct_cursor_address(Int32(row), Int32(column), &buffer, buffer.count)
    return buffer.prefix(length).map(UInt8.init(bitPattern:))
  }

  func close() {
    _ = captured {
      endwin()
      ct_close_keys(keys)
      delscreen(screen)
    }
    fclose(output)
    fclose(input)
    closeDescriptor(memory)
    closeDescriptor(terminal)
  }
}
