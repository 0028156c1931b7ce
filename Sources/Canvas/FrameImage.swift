/// A frame as a picture: what a screen of real pixels shows, with a font of its own. Pictures are drawn from their own
/// pixels, not from cells.
public struct FrameImage: Hashable, Sendable {
  /// Pixels of a cell, 4…64 each way. Larger cells show more of the pictures' own pixels.
  public let cell: PixelSize
  /// What stands for the terminal's own colours.
  public let foreground: RGB
  public let background: RGB

  public init(
    cell: PixelSize = .commonCell, foreground: RGB = Theme.lightInk, background: RGB = Theme.darkGround
  ) {
    self.cell = PixelSize(width: min(max(cell.width, 4), 64), height: min(max(cell.height, 4), 64))
    self.foreground = foreground
    self.background = background
  }

  /// - Returns: `frame.width` × `frame.height` cells.
  /// - Complexity: O(pixels).
  public func raster(_ frame: Frame) -> Raster {
    let pictures = frame.pictures.map { $0.raster.scaled(toWidth: $0.rect.width * cell.width, height: $0.rect.height * cell.height) }
    var canvas = Pixels(width: frame.width * cell.width, height: frame.height * cell.height)
    var masks: [Glyph: GlyphMask] = [:]
    for row in 0..<frame.height {
      for column in 0..<frame.width {
        let shown = frame.cells[row * frame.width + column]
        let (x, y) = (column * cell.width, row * cell.height)
        if shown.picture > 0 {
          let rect = frame.pictures[Int(shown.picture) - 1].rect
          canvas.copy(
            pictures[Int(shown.picture) - 1], fromX: x - rect.x * cell.width, y: y - rect.y * cell.height, toX: x, y: y, cell)
          continue
        }
        let (ink, ground) = colors(shown.style)
        let glyph = Glyph(character: shown.isContinuation ? " " : shown.character, isBold: shown.style.bold)
        let mask = masks[glyph] ?? glyph.mask(cell)
        masks[glyph] = mask
        canvas.draw(mask, x: x, y: y, ink: ink, ground: ground)
        if shown.style.underline {
          let pen = GlyphMask.penWidth(cell)
          canvas.fill(ink, x: x, y: y + cell.height * 14 / 16 - pen + 1, width: cell.width, height: pen)
        }
      }
    }
    return canvas.raster
  }

  /// The frame as a sixel stream, as `cat` shows it on a terminal that knows sixel.
  ///
  /// - Parameter registers: colours that the terminal can name at once, 8…256.
  public func sixel(_ frame: Frame, registers: Int = 256) -> [UInt8] {
    Sixel.stream(Quantizer(registers: registers).indexedScreen(raster(frame)))
  }

  /// Of the character and of what is behind it.
  private func colors(_ style: Style) -> (ink: RGB, ground: RGB) {
    func resolved(_ color: Color, _ own: RGB) -> RGB { if case .rgb(let rgb) = color { rgb } else { own } }
    var ink = resolved(style.foreground, foreground)
    var ground = resolved(style.background, background)
    if style.reverse { swap(&ink, &ground) }
    return (style.dim ? ink.mixed(with: ground) : ink, ground)
  }

  private struct Glyph: Hashable {
    var character: Character
    var isBold: Bool

    func mask(_ cell: PixelSize) -> GlyphMask {
      let mask = GlyphMask(character, cell: cell)
      // What fills its cell is as it is: lines would not meet any more.
      let isSymbol = character.unicodeScalars.first.map { (0x2460...0x28FF).contains($0.value) } ?? false
      return isBold && !isSymbol ? mask.bold() : mask
    }
  }

  private struct Pixels {
    let width: Int
    let height: Int
    private var bytes: [UInt8]

    init(width: Int, height: Int) {
      (self.width, self.height) = (width, height)
      bytes = Array(repeating: 0, count: 3 * width * height)
    }

    var raster: Raster { Raster(width: width, height: height, pixels: bytes) ?? Raster(width: 0, height: 0, color: RGB(0, 0, 0)) }

    private mutating func put(_ color: RGB, _ x: Int, _ y: Int) {
      let at = 3 * (y * width + x)
      (bytes[at], bytes[at + 1], bytes[at + 2]) = (color.r, color.g, color.b)
    }

    mutating func fill(_ color: RGB, x: Int, y: Int, width: Int, height: Int) {
      for row in y..<y + height { for column in x..<x + width { put(color, column, row) } }
    }

    mutating func draw(_ mask: GlyphMask, x: Int, y: Int, ink: RGB, ground: RGB) {
      for row in 0..<mask.height {
        for column in 0..<mask.width {
          put(ground.mixed(with: ink, part: mask.coverage[row * mask.width + column]), x + column, y + row)
        }
      }
    }

    /// A cell of a picture.
    mutating func copy(_ raster: Raster, fromX: Int, y fromY: Int, toX: Int, y toY: Int, _ cell: PixelSize) {
      for row in 0..<cell.height {
        for column in 0..<cell.width { put(raster[fromX + column, fromY + row], toX + column, toY + row) }
      }
    }
  }
}

extension RGB {
  /// This colour with a part of another one, in 255ths.
  fileprivate func mixed(with other: RGB, part: UInt8) -> RGB {
    func mixed(_ low: UInt8, _ high: UInt8) -> UInt8 {
      let sum: Int = Int(low) * Int(255 - part) + Int(high) * Int(part)
      return UInt8((sum + 127) / 255)
    }
    return part == 0 ? self : part == 255 ? other : RGB(mixed(r, other.r), mixed(g, other.g), mixed(b, other.b))
  }
}
