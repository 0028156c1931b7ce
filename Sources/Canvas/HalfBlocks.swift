/// Pictures as characters: each cell shows an upper and a lower pixel.
public enum HalfBlocks {
  /// From dark to bright, for terminals without half-blocks.
  public static let ramp: [Character] = Array(" .:-=+*#%@")

  /// Thresholds of a 4×4 ordered dither, in 0…15.
  private static let bayer: [[Int]] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]

  /// The cells of a picture, row by row, `rect.width` × `rect.height` of them.
  ///
  /// - True colour and 256 colours: upper half-blocks, foreground above, background below (the nearest of 256).
  /// - 16 colours: the same with ordered dither; pairs of colours are put in one order, which halves how many there are.
  /// - Monochrome: black or white pixels by ordered dither.
  /// - Without Unicode: a ramp of characters by brightness, coloured by the mean of both pixels.
  ///
  /// - Parameter namedColors: how many of the 16 named colours exist: 16 or 8.
  public static func cells(
    _ raster: Raster, _ rect: Rect, depth: ColorDepth, unicode: Bool = true, namedColors: Int = 16
  ) -> [Cell] {
    let picture = PlacedPicture(raster: raster, rect: rect, id: 0)
    let width = min(rect.width, Frame.maximumWidth)
    let height = min(rect.height, Frame.maximumHeight)
    guard width > 0, height > 0 else { return [] }
    var cells: [Cell] = []
    cells.reserveCapacity(width * height)
    var named = NamedColors(count: namedColors)
    var indexed = IndexedColors()
    for row in 0..<height {
      for column in 0..<width {
        let pixels = picture.pixels(x: rect.x + column, y: rect.y + row)
        let upperThreshold = bayer[2 * row & 3][column & 3]
        let lowerThreshold = bayer[(2 * row + 1) & 3][column & 3]
        guard unicode else {
          let mean = pixels.upper.mixed(with: pixels.lower)
          cells.append(rampCell(mean, depth: depth, threshold: upperThreshold, named: &named, indexed: &indexed))
          continue
        }
        switch depth {
        case .trueColor: cells.append(halfBlock(pixels.upper, pixels.lower))
        case .palette256: cells.append(halfBlock(indexed.nearest(pixels.upper), indexed.nearest(pixels.lower)))
        case .palette16:
          let upper = named.nearest(pixels.upper, threshold: upperThreshold)
          let lower = named.nearest(pixels.lower, threshold: lowerThreshold)
          cells.append(upper.packed >= lower.packed ? halfBlock(upper, lower) : halfBlock(lower, upper, character: "▄"))
        case .monochrome:
          let upper = pixels.upper.luminance * 16 > Double(upperThreshold) + 0.5
          let lower = pixels.lower.luminance * 16 > Double(lowerThreshold) + 0.5
          cells.append(Cell(upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ")))
        }
      }
    }
    return cells
  }

  private static func halfBlock(_ upper: RGB, _ lower: RGB, character: Character = "▀") -> Cell {
    Cell(character, Style(foreground: .rgb(upper), background: .rgb(lower)))
  }

  private static func rampCell(
    _ mean: RGB, depth: ColorDepth, threshold: Int, named: inout NamedColors, indexed: inout IndexedColors
  ) -> Cell {
    let level = min(ramp.count - 1, Int(mean.luminance * Double(ramp.count)))
    let foreground: Color
    switch depth {
    case .trueColor: foreground = .rgb(mean)
    case .palette256: foreground = .rgb(indexed.nearest(mean))
    case .palette16: foreground = .rgb(named.nearest(mean, threshold: threshold))
    case .monochrome: foreground = .terminalDefault
    }
    return Cell(ramp[level], Style(foreground: foreground))
  }
}

/// Nearest colours of the 256, remembered: neighbouring pixels repeat.
private struct IndexedColors {
  private var last: (UInt32, RGB)?
  private var known: [UInt32: RGB] = [:]

  mutating func nearest(_ color: RGB) -> RGB {
    let key = color.packed
    if let last, last.0 == key { return last.1 }
    let found = known[key] ?? Palette.xterm256(color.nearest256)
    known[key] = found
    last = (key, found)
    return found
  }
}

/// Nearest named colours with ordered dither, remembered in steps too fine to see.
private struct NamedColors {
  let count: Int
  private var known: [UInt32: RGB] = [:]

  init(count: Int) { self.count = count }

  /// - Parameter threshold: 0…15 of the dither matrix.
  mutating func nearest(_ color: RGB, threshold: Int) -> RGB {
    // Half the distance between neighbouring greys of the 16 (and of the 8, which lie twice as far apart).
    let strength = count >= 16 ? 7 : 12
    let shift = (2 * threshold - 15) * strength / 2
    func moved(_ value: UInt8) -> UInt8 { UInt8(min(max(Int(value) + shift, 0), 255)) & 0xFC }
    let shifted = RGB(moved(color.r), moved(color.g), moved(color.b))
    if let found = known[shifted.packed] { return found }
    let found = Palette.sixteen[shifted.nearestNamed(of: count)]
    known[shifted.packed] = found
    return found
  }
}
