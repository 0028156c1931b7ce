/// A picture in the few colours of a palette, as sixel sends it.
public struct IndexedPicture: Hashable, Sendable {
  public let width: Int
  public let height: Int
  public let palette: SixelPalette
  /// One number of the palette a pixel, row by row.
  public let indices: [UInt8]

  /// The pixel as a terminal shows it; black outside.
  public subscript(x: Int, y: Int) -> RGB {
    guard x >= 0, y >= 0, x < width, y < height else { return RGB(0, 0, 0) }
    return palette[Int(indices[y * width + x])]
  }
}

/// Colours as sixel names them: red, green and blue in whole percents (DEC STD 070, "Sixel graphics"; xterm ctlseqs).
public struct SixelPalette: Hashable, Sendable {
  /// At most 256, each 0…100.
  public let percents: [SIMD3<UInt8>]

  /// Levels of red, green and blue when the palette is a cube with the number `r·g·b + g·b + b` for levels r, g, b.
  public static func cubeLevels(registers: Int) -> (red: Int, green: Int, blue: Int) {
    let cubes = [(6, 7, 6), (6, 6, 6), (5, 6, 5), (5, 5, 5), (4, 5, 4), (4, 4, 4), (3, 4, 3), (3, 3, 3), (2, 4, 2), (2, 3, 2)]
    return cubes.first { $0.0 * $0.1 * $0.2 <= registers } ?? (2, 2, 2)
  }

  /// Level `index` of `count` as a percentage.
  static func percent(_ index: Int, of count: Int) -> UInt8 { UInt8((200 * index + count - 1) / (2 * max(count - 1, 1))) }

  /// A cube of colours for any picture.
  static func cube(_ levels: (red: Int, green: Int, blue: Int)) -> SixelPalette {
    var percents: [SIMD3<UInt8>] = []
    for r in 0..<levels.red {
      for g in 0..<levels.green {
        for b in 0..<levels.blue {
          percents.append(SIMD3(percent(r, of: levels.red), percent(g, of: levels.green), percent(b, of: levels.blue)))
        }
      }
    }
    return SixelPalette(percents: percents)
  }

  /// Greys from black to white, for pictures that have no others.
  static func greys(_ count: Int) -> SixelPalette {
    SixelPalette(percents: (0..<count).map { SIMD3(repeating: percent($0, of: count)) })
  }

  /// A percentage as a terminal's eight bits.
  static func value(_ percent: UInt8) -> UInt8 { UInt8((Int(percent) * 255 + 50) / 100) }

  public subscript(index: Int) -> RGB {
    let color = percents[index]
    return RGB(Self.value(color.x), Self.value(color.y), Self.value(color.z))
  }
}

/// Brings pictures to few colours. Built once, it holds tables.
///
/// A picture of no more colours than the terminal has registers keeps them, rounded to whole percents: feature maps, flat
/// drawings. Greys get evenly spaced greys, everything else a fixed cube, both with an ordered 8×8 dither that stands
/// still from frame to frame. So the same picture gives the same bytes, and nothing is searched for.
public struct Quantizer: Sendable {
  public let registers: Int
  /// A picture of more colours has 65 levels of red, green and blue instead of 101.
  private let mostExact: Int
  private let levels: (red: Int, green: Int, blue: Int)
  private let cube: SixelPalette
  private let greys: SixelPalette
  /// Per axis: `[64 thresholds, 256 values]` to the level, times what the axis counts in the palette's numbers.
  private let tables: (red: [UInt8], green: [UInt8], blue: [UInt8], grey: [UInt8])

  /// - Parameters:
  ///   - registers: colours that the terminal can name at once, 8…256.
  ///   - mostExact: a picture of more colours than these may differ from its own by 4 of 255, 1.3 on average (whole percents:
  ///     1 and 0.6). Sixel names every colour of every six rows anew: a quarter of the bytes is saved. nil keeps whole percents.
  public init(registers: Int = 256, mostExact: Int? = nil) {
    let registers = min(max(registers, 8), 256)
    self.registers = registers
    self.mostExact = mostExact ?? registers
    levels = SixelPalette.cubeLevels(registers: registers)
    cube = SixelPalette.cube(levels)
    // More than a percent has no name.
    let greyCount = min(registers, 101)
    greys = SixelPalette.greys(greyCount)
    tables = (
      Quantizer.table(levels.red, times: levels.green * levels.blue), Quantizer.table(levels.green, times: levels.blue),
      Quantizer.table(levels.blue, times: 1), Quantizer.table(greyCount, times: 1)
    )
  }

  /// Thresholds of an 8×8 ordered dither, 0…63 (Bayer 1973).
  static let thresholds: [Int] = (0..<64).map { place in
    let (x, y) = (place & 7, place >> 3)
    return (0..<3).reduce(0) { sum, bit in
      let (xBit, yBit) = (x >> bit & 1, y >> bit & 1)
      return sum | ((xBit ^ yBit) << 1 | yBit) << (2 * (2 - bit))
    }
  }

  /// The level below a value, or the one above it where what lies between exceeds the threshold.
  private static func table(_ count: Int, times factor: Int) -> [UInt8] {
    thresholds.flatMap { threshold in
      (0..<256).map { value in
        let scaled = value * (count - 1)
        let isAbove = 128 * (scaled % 255) > 255 * (2 * threshold + 1)
        return UInt8((scaled / 255 + (isAbove ? 1 : 0)) * factor)
      }
    }
  }

  /// - Complexity: O(pixels).
  public func indexed(_ raster: Raster) -> IndexedPicture { exact(raster) ?? inFixedColors(raster) }

  /// As the picture at another size (`Raster.scaled`), whose own colours are looked for before it grows.
  ///
  /// - Complexity: O(pixels of both).
  public func indexed(_ raster: Raster, toWidth width: Int, height: Int) -> IndexedPicture {
    guard raster.width > 0, raster.height > 0, width >= raster.width, height >= raster.height else {
      return indexed(raster.scaled(toWidth: width, height: height))
    }
    guard let exact = exact(raster) else { return inFixedColors(raster.scaled(toWidth: width, height: height)) }
    if width == raster.width, height == raster.height { return exact }
    return IndexedPicture(
      width: width, height: height, palette: exact.palette,
      indices: Raster.grown(exact.indices, 1, raster.width, raster.height, toWidth: width, height))
  }

  private func inFixedColors(_ raster: Raster) -> IndexedPicture {
    let isGrey = isGrey(raster)
    return IndexedPicture(
      width: raster.width, height: raster.height, palette: isGrey ? greys : cube, indices: dithered(raster, grey: isGrey))
  }

  private func isGrey(_ raster: Raster) -> Bool {
    raster.pixels.withUnsafeBufferPointer { pixels in
      var at = 0
      while at < pixels.count {
        if pixels[at] != pixels[at + 1] || pixels[at] != pixels[at + 2] { return false }
        at += 3
      }
      return true
    }
  }

  /// With the picture's own colours; nil when they are too many.
  private func exact(_ raster: Raster) -> IndexedPicture? {
    guard let (indices, colors) = raster.numbered(limit: registers, name: Quantizer.percents) else { return nil }
    let percents = colors.map { SIMD3(UInt8($0 & 255), UInt8($0 >> 8 & 255), UInt8($0 >> 16)) }
    let picture = IndexedPicture(
      width: raster.width, height: raster.height, palette: SixelPalette(percents: percents), indices: indices)
    return percents.count > mostExact ? Quantizer.coarser(picture) : picture
  }

  /// With 65 levels of red, green and blue, in whole percents.
  private static func coarser(_ picture: IndexedPicture) -> IndexedPicture {
    let levels = SIMD3<UInt32>(repeating: 64)
    var (percents, known): ([SIMD3<UInt8>], [SIMD3<UInt8>: UInt8]) = ([], [:])
    let numbers = picture.palette.percents.map { color -> UInt8 in
      let level = (SIMD3<UInt32>(truncatingIfNeeded: color) &* levels &+ 50) / 100
      let coarse = SIMD3<UInt8>(truncatingIfNeeded: (level &* 100 &+ 32) / levels)
      if let number = known[coarse] { return number }
      known[coarse] = UInt8(percents.count)
      percents.append(coarse)
      return UInt8(percents.count - 1)
    }
    return IndexedPicture(
      width: picture.width, height: picture.height, palette: SixelPalette(percents: percents),
      indices: picture.indices.map { numbers[Int($0)] })
  }

  /// Eight bits as whole percents.
  private static let percentTable: [UInt32] = (0..<256).map { UInt32(($0 * 200 + 255) / 510) }

  /// A colour `red | green << 8 | blue << 16` in whole percents.
  static func percents(_ color: UInt32) -> UInt32 {
    percentTable[Int(color & 255)] | percentTable[Int(color >> 8 & 255)] << 8 | percentTable[Int(color >> 16)] << 16
  }

  /// Numbers of the cube's colours, or of the greys.
  func dithered(_ raster: Raster, grey: Bool = false) -> [UInt8] {
    let (width, height) = (raster.width, raster.height)
    return [UInt8](unsafeUninitializedCapacity: width * height) { indices, initialized in
      raster.pixels.withUnsafeBufferPointer { pixels in
        tables.red.withUnsafeBufferPointer { red in
          tables.green.withUnsafeBufferPointer { green in
            tables.blue.withUnsafeBufferPointer { blue in
              tables.grey.withUnsafeBufferPointer { greys in
                for y in 0..<height {
                  let row = (y & 7) << 11
                  for x in 0..<width {
                    let place = y * width + x
                    let table = row | (x & 7) << 8
                    indices[place] = grey
                      ? greys[table | Int(pixels[3 * place])]
                      : red[table | Int(pixels[3 * place])] &+ green[table | Int(pixels[3 * place + 1])]
                        &+ blue[table | Int(pixels[3 * place + 2])]
                  }
                }
              }
            }
          }
        }
      }
      initialized = width * height
    }
  }
}
