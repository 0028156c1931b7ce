import Canvas
import Testing

/// Screens and maps in 256 colours, as animations have them.
@Suite struct IndexedScreenTests {
  private func raster(_ width: Int, _ height: Int, _ color: (Int, Int) -> RGB) throws -> Raster {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let value = color(x, y)
        pixels += [value.r, value.g, value.b]
      }
    }
    return try #require(Raster(width: width, height: height, pixels: pixels))
  }

  /// The greatest difference of a value from what stands for it, and whether a colour is always the same one.
  private func compare(_ raster: Raster) -> (difference: Int, isFlat: Bool, colors: Int) {
    let picture = Quantizer(registers: 256).indexedScreen(raster)
    var (difference, isFlat, found): (Int, Bool, [RGB: UInt8]) = (0, true, [:])
    for place in 0..<raster.width * raster.height {
      let index = picture.indices[place]
      let (wanted, is_) = (raster[place % raster.width, place / raster.width], picture.palette[Int(index)])
      for (a, b) in [(wanted.r, is_.r), (wanted.g, is_.g), (wanted.b, is_.b)] { difference = max(difference, abs(Int(a) - Int(b))) }
      isFlat = isFlat && (found[wanted] ?? index) == index
      found[wanted] = index
    }
    return (difference, isFlat, picture.palette.percents.count)
  }

  @Test("Maps in two ranges of colours are near to what they are, and flat where they are flat")
  func maps() throws {
    let result = compare(try raster(256, 8) { x, y in (y < 4 ? ColorMap.viridis : ColorMap.difference).table[x] })
    #expect(result.isFlat && result.difference <= 10 && result.colors <= 256, "\(result)")
  }

  @Test("A photograph of more colours is dithered")
  func photograph() throws {
    let result = compare(try raster(180, 180) { x, y in RGB(UInt8(x % 60 * 4), UInt8(y % 60 * 4), UInt8((x % 60) * (y % 60) % 251)) })
    #expect(!result.isFlat && result.colors <= 256)
  }
}
