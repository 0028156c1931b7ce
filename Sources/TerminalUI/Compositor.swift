import Canvas

/// Brings a frame to the terminal: characters through ncurses, pictures of pixels and true-colour blocks beside it.
@MainActor
struct Compositor {
  private let capabilities: TerminalCapabilities
  private var art = ArtPainter()
  private var pixels: PixelLayer?
  /// What ncurses was told last, to tell it only of changes.
  private var told: [Cell] = []
  private var toldWidth = 0
  private var toldHeight = 0
  private var toldBackground = Color.terminalDefault
  /// Pictures as cells, from the last frame: most do not change from one to the next.
  private var rendered: [(picture: PlacedPicture, cells: [Cell])] = []
  private var repaintsEverything = true

  /// - Parameter wake: called, from another queue, when a picture is ready to be sent.
  init(capabilities: TerminalCapabilities, wake: @escaping @Sendable () -> Void) {
    self.capabilities = capabilities
    if !capabilities.graphics.isCells {
      pixels = PixelLayer(capabilities.choice, isRemote: capabilities.isRemote, wake: wake)
    }
  }

  /// Whether pictures of characters are written beside ncurses, which has 256 colours.
  private var hasArt: Bool { capabilities.colorDepth == .trueColor && capabilities.isUnicode && capabilities.graphics.isCells }
  private var hasBlanks: Bool { hasArt || pixels != nil }

  /// From now on nothing on the terminal is trusted.
  mutating func invalidate() { repaintsEverything = true }

  /// The bytes that change the terminal from the last frame to this one.
  ///
  /// - Parameter budget: about how many bytes of pictures of pixels the terminal takes without falling behind.
  mutating func bytes(for frame: Frame, on curses: CursesScreen, width: Int, height: Int, budget: Int) -> [UInt8] {
    let cells = composed(frame, width: width, height: height)
    let background = frame.cells.first?.style.background ?? .terminalDefault
    var isWritten = [Bool](repeating: repaintsEverything, count: width * height)
    let fresh =
      width != toldWidth || height != toldHeight || told.count != cells.count || background != toldBackground
    put(cells, fresh: fresh, width: width, background: background, on: curses, isWritten: &isWritten)
    if curses.colors.isExhausted {
      // Colours of earlier frames hold pairs: start over with those of this frame alone.
      curses.colors.reset()
      put(cells, fresh: true, width: width, background: background, on: curses, isWritten: &isWritten)
      repaintsEverything = true
    }
    (told, toldWidth, toldHeight, toldBackground) = (cells, width, height, background)
    let isRepainted = repaintsEverything
    repaintsEverything = false
    var bytes = isRepainted || isWritten.contains(true) ? curses.refresh(everything: isRepainted) : []
    guard hasBlanks else { return bytes }
    touch(&isWritten, by: bytes, width: width, height: height)
    var pictures: [UInt8] = []
    if hasArt {
      if isRepainted { art.invalidate() }
      pictures = art.update(frame, art: rendered.map(\.cells), width: width, height: height, isWritten: isWritten)
    } else {
      if isRepainted { pixels?.invalidate() }
      pictures = pixels?.update(frame, width: width, height: height, isWritten: isWritten, budget: budget) ?? []
    }
    guard !pictures.isEmpty else { return bytes }
    // Terminals that know synchronised updates show both parts at once, the others ignore it.
    bytes = Array("\u{1B}[?2026h".utf8) + bytes + pictures + Array("\u{1B}[?2026l".utf8)
    return bytes
  }

  /// Adds the cells that ncurses writes besides those it was told to change. It does so to move its cursor, and it moves
  /// lines that come again some rows away, whatever `idlok` says; of pictures it does not know.
  private func touch(_ isWritten: inout [Bool], by bytes: [UInt8], width: Int, height: Int) {
    guard !bytes.isEmpty else { return }
    // Where every refresh leaves the cursor.
    var screen = TerminalScreen(width: width, height: height, cursor: (x: 0, y: max(0, height - 1)))
    screen.feed(bytes)
    for at in isWritten.indices where screen.isTouched[at] { isWritten[at] = true }
    guard screen.isUncertain else { return }
    for row in 0..<height where isWritten[row * width..<(row + 1) * width].contains(true) {
      for at in row * width..<(row + 1) * width { isWritten[at] = true }
    }
  }

  private func put(
    _ cells: [Cell], fresh: Bool, width: Int, background: Color, on curses: CursesScreen, isWritten: inout [Bool]
  ) {
    for at in cells.indices where fresh || told[at] != cells[at] {
      isWritten[at] = true
      if cells[at].isContinuation { continue }
      curses.put(
        cells[at], x: at % width, y: at / width, isUnicode: capabilities.isUnicode, baseBackground: background)
    }
  }

  /// What ncurses takes a true-colour picture for: a blank that is not the usual one. Where a pop-up's blanks replace
  /// it, ncurses sees a change and writes them, and it never clears it with the rest of a line.
  private static let artBlank = Cell("\u{A0}")

  /// The frame as characters alone, cut or filled to the terminal's size. Pictures beside ncurses are blanks, always the
  /// same ones, so that ncurses never writes there.
  private mutating func composed(_ frame: Frame, width: Int, height: Int) -> [Cell] {
    // Looked at once: whatever is asked of the pictures of pixels copies all of them.
    let (isArt, hasBlanks) = (pixels == nil, self.hasBlanks)
    var pictures: [(picture: PlacedPicture, cells: [Cell])] = []
    if isArt {
      for picture in frame.pictures {
        let known = rendered.first { $0.picture == picture }
        pictures.append(
          known
            ?? (
              picture,
              CellArt(
                capabilities.graphics, depth: capabilities.colorDepth, dither: capabilities.dither,
                namedColors: capabilities.colors == 8 ? 8 : 16
              ).cells(picture.raster, picture.rect)
            ))
      }
      rendered = pictures
    }
    var cells = [Cell](repeating: Cell(), count: width * height)
    for y in 0..<min(height, frame.height) {
      for x in 0..<min(width, frame.width) {
        let cell = frame.cells[y * frame.width + x]
        if cell.picture == 0 {
          // The right half of a wide character that the terminal's edge cuts off.
          let isCut = x + 1 == width && x + 1 < frame.width && frame.cells[y * frame.width + x + 1].isContinuation
          cells[y * width + x] = isCut ? Cell(" ", cell.style) : cell
        } else if hasBlanks {
          cells[y * width + x] = Compositor.artBlank
        } else {
          let picture = pictures[Int(cell.picture) - 1]
          let at = (y - picture.picture.rect.y) * min(picture.picture.rect.width, Frame.maximumWidth) + x
            - picture.picture.rect.x
          if picture.cells.indices.contains(at) { cells[y * width + x] = picture.cells[at] }
        }
      }
    }
    return cells
  }
}
