/// Pictures as characters.
public struct CellArt: Hashable, Sendable {
  public var graphics: Graphics
  public var depth: ColorDepth
  public var dither: Dither
  /// How many of the 16 named colours exist: 16 or 8.
  public var namedColors: Int

  /// Pictures of pixels (sixel, kitty) are drawn as half-blocks here.
  public init(
    _ graphics: Graphics = .half, depth: ColorDepth, dither: Dither = .ordered, namedColors: Int = 16
  ) {
    self.graphics = graphics.isCells ? graphics : .half
    self.depth = depth
    self.dither = dither
    self.namedColors = namedColors
  }

  /// From dark to bright, for terminals without blocks.
  public static let ramp: [Character] = Array(" .:-=+*#%@")

  /// The cells of a picture, row by row, `rect.width` × `rect.height` of them.
  ///
  /// - Half-blocks have the colours of both of their pixels: the nearest ones where there are 256, dithered ones where there
  ///   are fewer. Pairs of few colours are put in one order, which halves how many there are.
  /// - Quadrants and braille have two colours a cell: those means that are nearest to its pixels.
  /// - Monochrome: black or white pixels, dithered.
  /// - ASCII: a ramp of characters by brightness, coloured by the mean of both pixels.
  ///
  /// - Complexity: O(pixels of the cells).
  public func cells(_ raster: Raster, _ rect: Rect) -> [Cell] {
    let width = min(rect.width, Frame.maximumWidth)
    let height = min(rect.height, Frame.maximumHeight)
    guard width > 0, height > 0 else { return [] }
    let block = graphics.pixels(cell: PixelSize(width: 1, height: 1))
    var pixels = Pixels(raster, width: width * block.width, height: height * block.height)
    let isDithered = graphics == .half && depth == .palette16 || depth == .monochrome && graphics != .ascii
    if isDithered { pixels.reduce(depth: depth, namedColors: namedColors, dither: dither) }
    var cells: [Cell] = []
    cells.reserveCapacity(width * height)
    var colors = NearestColors(depth: depth, namedColors: namedColors, dither: dither)
    var inside: [RGB] = Array(repeating: RGB(0, 0, 0), count: block.width * block.height)
    for row in 0..<height {
      for column in 0..<width {
        for y in 0..<block.height {
          for x in 0..<block.width {
            inside[y * block.width + x] = pixels[column * block.width + x, row * block.height + y]
          }
        }
        cells.append(cell(inside, x: column, y: row, isDithered: isDithered, &colors))
      }
    }
    return cells
  }

  private func cell(_ pixels: [RGB], x: Int, y: Int, isDithered: Bool, _ colors: inout NearestColors) -> Cell {
    switch graphics {
    case .ascii:
      let mean = pixels[0].mixed(with: pixels[1])
      let level = min(Self.ramp.count - 1, Int(mean.luminance * Double(Self.ramp.count)))
      return Cell(Self.ramp[level], Style(foreground: depth == .monochrome ? .terminalDefault : .rgb(colors.nearest(mean, x: x, y: y))))
    case .quadrant, .braille:
      let isBraille = graphics == .braille
      if depth == .monochrome {
        let lit = pixels.map { $0.luminance > 0.5 }
        return Cell(isBraille ? Self.braille(lit) : Self.quadrant(lit))
      }
      let split = TwoColors(pixels)
      let ground = colors.nearest(split.dark, x: x, y: y)
      let ink = colors.nearest(split.bright, x: x, y: y)
      let lit = ink == ground ? split.isBright.map { _ in false } : split.isBright
      return Cell(
        isBraille ? Self.braille(lit) : Self.quadrant(lit), Style(foreground: .rgb(ink), background: .rgb(ground)))
    case .half, .sixel, .kitty:
      let (upper, lower) = (pixels[0], pixels[1])
      if depth == .monochrome {
        let (isUpper, isLower) = (upper.luminance > 0.5, lower.luminance > 0.5)
        return Cell(isUpper ? (isLower ? "█" : "▀") : (isLower ? "▄" : " "))
      }
      let (first, second) = isDithered ? (upper, lower) : (colors.nearest(upper, x: x, y: 2 * y), colors.nearest(lower, x: x, y: 2 * y + 1))
      let swaps = depth == .palette16 && first.packed < second.packed
      return Cell(
        swaps ? "▄" : "▀",
        Style(foreground: .rgb(swaps ? second : first), background: .rgb(swaps ? first : second)))
    }
  }

  /// Blocks by their quarters: upper left 1, upper right 2, lower left 4, lower right 8.
  private static let quadrants: [Character] = Array(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")

  private static func quadrant(_ lit: [Bool]) -> Character {
    quadrants[lit.enumerated().reduce(0) { $0 | ($1.element ? 1 << $1.offset : 0) }]
  }

  /// Dots of Unicode's braille patterns, row by row of 2×4.
  private static let brailleBits = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  private static func braille(_ lit: [Bool]) -> Character {
    let bits = lit.enumerated().reduce(0) { $0 | ($1.element ? brailleBits[$1.offset] : 0) }
    return bits == 0 ? " " : Character(Unicode.Scalar(0x2800 + UInt32(bits))!)
  }
}

/// Pixels of a cell in two groups: split at the place between brightnesses (or reds, or blues) that leaves the least error.
private struct TwoColors {
  var dark: RGB
  var bright: RGB
  var isBright: [Bool]

  init(_ pixels: [RGB]) {
    // The channel that varies most decides who is beside whom.
    func spread(_ channel: (RGB) -> UInt8) -> Int {
      let values = pixels.map { Int(channel($0)) }
      return (values.max() ?? 0) - (values.min() ?? 0)
    }
    let (red, green, blue) = (spread(\.r), spread(\.g), spread(\.b))
    let key: (RGB) -> Int
    if green >= red, green >= blue {
      key = { Int($0.g) }
    } else if red >= blue {
      key = { Int($0.r) }
    } else {
      key = { Int($0.b) }
    }
    let order = pixels.indices.sorted { (key(pixels[$0]), $0) < (key(pixels[$1]), $1) }
    func mean(_ members: ArraySlice<Int>) -> RGB {
      var sum = (0, 0, 0)
      for index in members { sum = (sum.0 + Int(pixels[index].r), sum.1 + Int(pixels[index].g), sum.2 + Int(pixels[index].b)) }
      let (count, half) = (members.count, members.count / 2)
      return RGB(UInt8((sum.0 + half) / count), UInt8((sum.1 + half) / count), UInt8((sum.2 + half) / count))
    }
    func error(_ members: ArraySlice<Int>, _ color: RGB) -> Int {
      members.reduce(0) { sum, index in
        let (dr, dg, db) = (Int(pixels[index].r) - Int(color.r), Int(pixels[index].g) - Int(color.g), Int(pixels[index].b) - Int(color.b))
        return sum + dr * dr + dg * dg + db * db
      }
    }
    let all = mean(order[...])
    (dark, bright, isBright) = (all, all, Array(repeating: false, count: pixels.count))
    var least = error(order[...], all)
    for cut in 1..<order.count where least > 0 {
      let (low, high) = (mean(order[..<cut]), mean(order[cut...]))
      let sum = error(order[..<cut], low) + error(order[cut...], high)
      guard sum < least else { continue }
      (least, dark, bright) = (sum, low, high)
      for (place, index) in order.enumerated() { isBright[index] = place >= cut }
    }
  }
}

/// A picture at the resolution of its cells.
private struct Pixels {
  let width: Int
  let height: Int
  private var colors: [RGB]

  init(_ raster: Raster, width: Int, height: Int) {
    self.width = width
    self.height = height
    let columns = (0..<width).map { $0 * raster.width / width }
    colors = []
    colors.reserveCapacity(width * height)
    for y in 0..<height {
      let row = y * raster.height / height
      for column in columns { colors.append(raster[column, row]) }
    }
  }

  subscript(x: Int, y: Int) -> RGB { colors[y * width + x] }

  /// Leaves only colours of a small palette.
  mutating func reduce(depth: ColorDepth, namedColors: Int, dither: Dither) {
    var nearest = NearestColors(depth: depth, namedColors: namedColors, dither: dither)
    guard dither == .diffused else {
      for y in 0..<height { for x in 0..<width { colors[y * width + x] = nearest.nearest(colors[y * width + x], x: x, y: y) } }
      return
    }
    // Errors of this row and the next, one pixel of margin on both sides.
    var here = [SIMD3<Float>](repeating: .zero, count: width + 2)
    var below = here
    for y in 0..<height {
      for index in below.indices { below[index] = .zero }
      for step in 0..<width {
        // Every other row runs backwards, so that errors do not drift to one side.
        let isBack = y & 1 == 1
        let (x, ahead) = isBack ? (width - 1 - step, -1) : (step, 1)
        let color = colors[y * width + x]
        let wanted = (SIMD3(Float(color.r), Float(color.g), Float(color.b)) + here[x + 1]).clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 255))
        let chosen = nearest.nearest(RGB(UInt8(wanted.x), UInt8(wanted.y), UInt8(wanted.z)), x: x, y: y)
        colors[y * width + x] = chosen
        let error = (wanted - SIMD3(Float(chosen.r), Float(chosen.g), Float(chosen.b))) / 16
        here[x + 1 + ahead] += 7 * error
        below[x + 1 - ahead] += 3 * error
        below[x + 1] += 5 * error
        below[x + 1 + ahead] += error
      }
      swap(&here, &below)
    }
  }
}

/// Nearest colours of a palette, remembered: neighbouring pixels repeat.
private struct NearestColors {
  let depth: ColorDepth
  let namedColors: Int
  let dither: Dither
  private var last: (UInt32, RGB)?
  private var known: [UInt32: RGB] = [:]

  init(depth: ColorDepth, namedColors: Int, dither: Dither) {
    (self.depth, self.namedColors, self.dither) = (depth, namedColors, dither)
  }

  /// - Parameters:
  ///   - x: of the pixel, for its threshold.
  ///   - y: likewise.
  mutating func nearest(_ color: RGB, x: Int, y: Int) -> RGB {
    switch depth {
    case .trueColor: return color
    case .palette256: return remembered(color) { Palette.xterm256($0.nearest256) }
    case .palette16:
      // Half the distance between neighbouring greys of the 16 (and of the 8, which lie twice as far apart).
      return named(moved(color, x: x, y: y, strength: namedColors >= 16 ? 112 : 192))
    case .monochrome:
      let threshold = dither == .ordered ? (Double(Quantizer.thresholds[(y & 7) * 8 + x & 7]) + 0.5) / 64 : 0.5
      return color.luminance > threshold ? RGB(255, 255, 255) : RGB(0, 0, 0)
    }
  }

  private mutating func named(_ color: RGB) -> RGB {
    // Steps too fine to see share an answer.
    let color = dither == .none ? color : RGB(color.r & 0xFC, color.g & 0xFC, color.b & 0xFC)
    let count = namedColors
    return remembered(color) { Palette.sixteen[$0.nearestNamed(of: count)] }
  }

  private func moved(_ color: RGB, x: Int, y: Int, strength: Int) -> RGB {
    guard dither == .ordered else { return color }
    let shift = (2 * Quantizer.thresholds[(y & 7) * 8 + x & 7] - 63) * strength / 128
    func moved(_ value: UInt8) -> UInt8 { UInt8(min(max(Int(value) + shift, 0), 255)) }
    return RGB(moved(color.r), moved(color.g), moved(color.b))
  }

  private mutating func remembered(_ color: RGB, _ find: (RGB) -> RGB) -> RGB {
    let key = color.packed
    if let last, last.0 == key { return last.1 }
    let found = known[key] ?? find(color)
    known[key] = found
    last = (key, found)
    return found
  }
}
