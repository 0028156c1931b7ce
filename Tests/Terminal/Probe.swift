import Canvas
import TerminalUI
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A small program on top of the terminal layer, so that the layer is tested alone, in a real terminal. It lives in the
/// test bundle, which starts itself once more inside of tmux.
enum Probe {
  static let variable = "ASMR_TERMINAL_PROBE"
  static var isWanted: Bool { getenv(variable) != nil }

  /// The line that starts it in a shell.
  static func command(_ options: String = "") -> String {
    "\(variable)='\(options)' SWIFT_BACKTRACE=interactive=no \(Command.bundle) --testing-library swift-testing --filter TerminalProbe"
  }

  static let picture = Rect(x: 4, y: 2, width: 24, height: 8)

  static func color(x: Int, row: Int, generation: Int) -> RGB {
    RGB(UInt8(x * 9 % 256), UInt8(row * 15 % 256), UInt8((70 + generation * 40) % 256))
  }

  static func raster(_ generation: Int) -> Raster? {
    var pixels: [UInt8] = []
    for row in 0..<(2 * picture.height) {
      for x in 0..<picture.width {
        let color = color(x: x, row: row, generation: generation)
        pixels += [color.r, color.g, color.b]
      }
    }
    return Raster(width: picture.width, height: 2 * picture.height, pixels: pixels)
  }

  private static func describe(_ event: MouseEvent) -> String {
    let modifiers = (event.shift ? "+shift" : "") + (event.control ? "+control" : "") + (event.alt ? "+alt" : "")
    let kind = "\(event.kind)".replacing("TerminalUI.MouseEvent.Button.", with: "")
    return "<\(kind)\(modifiers) \(event.x),\(event.y)>"
  }

  @MainActor
  static func run() -> Int32 {
    let options = getenv(variable).map { String(cString: $0) } ?? ""
    let terminal: Terminal
    do {
      terminal = try Terminal.open(
        TerminalOptions(ascii: options.contains("ascii"), mouse: !options.contains("still")))
    } catch {
      print("probe: \(error)")
      return error.exitCode
    }
    defer { terminal.close() }
    var generation = 0
    var hasPopUp = false
    var log: [String] = []
    let logsKeys = options.contains("keys")
    if options.contains("wake") {
      let waker = terminal.waker
      Task.detached { waker.wake() }
    }
    while true {
      var frame = Frame(width: terminal.width, height: terminal.height, glyphs: terminal.glyphs)
      frame.put("probe \(frame.width)x\(frame.height) \(terminal.capabilities.colorDepth)", x: 0, y: 0)
      if options.contains("walk") {
        walk(generation, into: &frame)
      } else {
        if let raster = raster(generation) { frame.place(raster, in: picture, id: 1) }
        // Beside the picture, so that ncurses writes in its rows.
        for y in picture.y..<picture.maxY {
          frame.put("│\(generation * 7919 % 1000)│", x: picture.maxX + 1, y: y)
          frame.put("\(generation % 10)", x: 1, y: y)
        }
      }
      if hasPopUp {
        let popUp = Rect(x: 10, y: 4, width: 30, height: 5)
        frame.fill(popUp)
        frame.box(popUp, title: "pop-up")
      }
      frame.put(log.suffix(4).joined(separator: " "), x: 0, y: frame.height - 1)
      terminal.present(frame)
      for event in terminal.nextEvents(timeout: .seconds(60)) {
        switch event {
        case .key(let key) where logsKeys: log.append("\(log.count):<\(key)>")
        case .key(.character("q")): return 0
        case .key(.character("c")): generation += 1
        case .key(.control("l")):
          terminal.repaint()
          log.append("anew \(generation)")
        case .key(.character("?")): hasPopUp.toggle()
        case .key(.character("!")): UnsafeMutablePointer<Int>(bitPattern: 16)?.pointee = 1
        case .key(.character("#")): fatalError("on purpose")
        case .key(.character("m")): terminal.reportsMouse.toggle()
        case .key(let key): log.append("<\(key)>")
        case .mouse(let event): log.append(describe(event))
        case .wake: log.append("woken")
        case .resumed: log.append("resumed")
        case .terminate(let signal): return 128 + signal
        case .resize, .suspended: break
        }
      }
    }
  }
}

@Suite struct TerminalProbe {
  /// Does nothing unless the bundle was started as the probe.
  @MainActor @Test(.enabled(if: Probe.isWanted)) func run() { exit(Probe.run()) }
}
