import Canvas

/// Brings a frame to the terminal: characters through ncurses, true-colour pictures beside it.
@MainActor
struct Compositor {
  private let capabilities: TerminalCapabilities
  private var art = ArtPainter()
  /// What ncurses was told last, to tell it only of changes.
  private var told: [Cell] = []
  private var toldWidth = 0
  private var toldHeight = 0
  private var toldBackground = Color.terminalDefault
  /// Pictures as cells, from the last frame: most do not change from one to the next.
  private var rendered: [(picture: PlacedPicture, cells: [Cell])] = []
  private var repaintsEverything = true

  init(capabilities: TerminalCapabilities) { self.capabilities = capabilities }

  private var hasArt: Bool { capabilities.colorDepth == .trueColor && capabilities.isUnicode }

  /// From now on nothing on the terminal is trusted.
  mutating func invalidate() { repaintsEverything = true }

  /// The bytes that change the terminal from the last frame to this one.
  mutating func bytes(for frame: Frame, on curses: CursesScreen, width: Int, height: Int) -> [UInt8] {
    let cells = composed(frame, width: width, height: height)
    let background = frame.cells.first?.style.background ?? .terminalDefault
    var dirtyRows = [Bool](repeating: repaintsEverything, count: height)
    let fresh =
      width != toldWidth || height != toldHeight || told.count != cells.count || background != toldBackground
    put(cells, fresh: fresh, width: width, background: background, on: curses, dirtyRows: &dirtyRows)
    if curses.colors.isExhausted {
      // Colours of earlier frames hold pairs: start over with those of this frame alone.
      curses.colors.reset()
      put(cells, fresh: true, width: width, background: background, on: curses, dirtyRows: &dirtyRows)
      repaintsEverything = true
    }
    (told, toldWidth, toldHeight, toldBackground) = (cells, width, height, background)
    if repaintsEverything { art.invalidate() }
    var bytes = dirtyRows.contains(true) || repaintsEverything ? curses.refresh(everything: repaintsEverything) : []
    repaintsEverything = false
    guard hasArt else { return bytes }
    let pictures = art.update(frame, width: width, height: height, dirtyRows: dirtyRows)
    guard !pictures.isEmpty else { return bytes }
    // Terminals that know synchronised updates show both parts at once, the others ignore it.
    bytes = Array("\u{1B}[?2026h".utf8) + bytes + pictures + Array("\u{1B}[?2026l".utf8)
    return bytes
  }

  private func put(
    _ cells: [Cell], fresh: Bool, width: Int, background: Color, on curses: CursesScreen, dirtyRows: inout [Bool]
  ) {
    for (at, cell) in cells.enumerated() where fresh || told[at] != cell {
      dirtyRows[at / width] = true
      if cell.isContinuation { continue }
      curses.put(
        cell, x: at % width, y: at / width, isUnicode: capabilities.isUnicode, baseBackground: background)
    }
  }

  /// What ncurses takes a true-colour picture for: a blank that is not the usual one. Where a pop-up's blanks replace
  /// it, ncurses sees a change and writes them, and it never clears it with the rest of a line.
  private static let artBlank = Cell("\u{A0}")

  /// The frame as characters alone, cut or filled to the terminal's size. True-colour pictures are blanks, always the
  /// same ones, so that ncurses never writes there.
  private mutating func composed(_ frame: Frame, width: Int, height: Int) -> [Cell] {
    var pictures: [(picture: PlacedPicture, cells: [Cell])] = []
    if !hasArt {
      for picture in frame.pictures {
        let known = rendered.first { $0.picture == picture }
        pictures.append(
          known
            ?? (
              picture,
              CellArt(
                capabilities.isUnicode ? .half : .ascii, depth: capabilities.colorDepth,
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
        } else if hasArt {
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
