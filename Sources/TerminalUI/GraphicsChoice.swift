import Canvas

/// How pictures are drawn on a terminal, and why so.
public struct GraphicsChoice: Hashable, Sendable {
  public let graphics: Graphics
  /// A line that says why.
  public let reason: String
  /// The size of a cell in pixels; a guess where nobody knows.
  public internal(set) var cell: PixelSize
  public internal(set) var cellReason: String
  /// Colours that a sixel picture may name.
  public let registers: Int
  /// Whether the user said how large a cell is.
  let isCellGiven: Bool

  /// Colours of a VT340's registers that everybody has, and what nearly everybody has.
  private static let commonRegisters = 256

  /// - Parameters:
  ///   - wanted: what the user asked for; nil is the best that the terminal has.
  ///   - answers: of the probe.
  ///   - isTmux: within tmux a picture only goes through when tmux itself knows the way.
  ///   - window: the size that the terminal's driver reports, cells and pixels.
  init(
    wanted: Graphics?, answers: ProbeAnswers, isUnicode: Bool, depth: ColorDepth, isTmux: Bool,
    window: (columns: Int, rows: Int, pixels: PixelSize), cell asked: PixelSize? = nil
  ) {
    (cell, cellReason) = asked.map { ($0, "asked for") } ?? GraphicsChoice.cell(answers, window)
    isCellGiven = asked != nil
    registers = min(answers.registers ?? GraphicsChoice.commonRegisters, 256)
    let hasSixel = answers.attributes?.contains(4) == true
    if let wanted {
      (graphics, reason) = wanted.isCells && wanted != .ascii && !isUnicode
        ? (.ascii, "\(wanted.rawValue) was asked for, but the locale is not UTF-8") : (wanted, "asked for")
    } else if depth == .monochrome {
      (graphics, reason) = isUnicode ? (.half, "no colours") : (.ascii, "no colours, no UTF-8 locale")
    } else if answers.hasKitty, !isTmux {
      (graphics, reason) = (.kitty, "the terminal accepted a picture by kitty's protocol")
    } else if hasSixel {
      (graphics, reason) = (.sixel, "the terminal's attributes name sixel (4)")
    } else if isUnicode {
      (graphics, reason) = (
        .half,
        answers.attributes == nil
          ? "the terminal did not answer" : isTmux ? "within tmux, which has no sixel" : "the terminal has neither kitty's protocol nor sixel"
      )
    } else {
      (graphics, reason) = (.ascii, "the locale is not UTF-8")
    }
  }

  /// The geometry of XTSMGRAPHICS where it divides, else XTWINOPS, else the driver's, rounded down since some count their
  /// border; the usual size where all of it is absurd.
  static func cell(
    _ answers: ProbeAnswers, _ window: (columns: Int, rows: Int, pixels: PixelSize)
  ) -> (PixelSize, String) {
    func isSensible(_ size: PixelSize) -> Bool { (4...64).contains(size.width) && (4...64).contains(size.height) }
    func divided(_ size: PixelSize, exactly: Bool) -> PixelSize? {
      guard window.columns > 0, window.rows > 0, size.width > 0, size.height > 0 else { return nil }
      if exactly, size.width % window.columns != 0 || size.height % window.rows != 0 { return nil }
      return PixelSize(width: size.width / window.columns, height: size.height / window.rows)
    }
    if let size = answers.graphicsSize.flatMap({ divided($0, exactly: true) }), isSensible(size) {
      return (size, "the largest picture over the cells (XTSMGRAPHICS)")
    }
    if let size = answers.cellSize, isSensible(size) { return (size, "as the terminal says (CSI 16 t)") }
    if let size = divided(window.pixels, exactly: false), isSensible(size) {
      return (size, "the window's pixels over its cells (TIOCGWINSZ)")
    }
    return (.commonCell, "nobody knows: the usual size")
  }
}
