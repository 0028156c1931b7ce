import Canvas
import Foundation
import Testing

@Suite struct ColorTests {
  @Test func everyEntryOfTheCubeAndTheGreysIsItsOwnNearest() {
    for index in 16..<256 {
      let color = Palette.xterm256(index)
      #expect(Palette.xterm256(color.nearest256) == color)
    }
  }

  @Test func everyNamedColorIsItsOwnNearest() {
    for (index, color) in Palette.sixteen.enumerated() { #expect(color.nearest16 == index) }
  }

  @Test func nearestIsNeverFarFromTheBest() {
    for step in 0..<500 {
      let color = RGB(UInt8(step * 7 % 256), UInt8(step * 13 % 256), UInt8(step * 29 % 256))
      let best = (16..<256).map { Palette.xterm256($0).distance(to: color) }.min() ?? 0
      #expect(Palette.xterm256(color.nearest256).distance(to: color) <= best * 2 + 600)
    }
  }

  @Test func greysStayGreyAmongFewColors() {
    for value in stride(from: 0, through: 255, by: 5) {
      let grey = RGB(UInt8(value), UInt8(value), UInt8(value))
      #expect([0, 7, 8, 15].contains(grey.nearest16))
      #expect([0, 7].contains(grey.nearestNamed(of: 8)))
    }
  }

  @Test func luminanceRunsFromBlackToWhite() {
    #expect(RGB(0, 0, 0).luminance == 0)
    #expect(abs(RGB(255, 255, 255).luminance - 1) < 1e-9)
    #expect(RGB(0, 255, 0).luminance > RGB(255, 0, 0).luminance)
  }

  /// Entries 0, 32, 64 … 224 and 255 of matplotlib 3.11's tables (`colormaps[name](index)`, rounded to eight bits).
  private static let published: [(String, [UInt32])] = [
    ("viridis", [0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725]),
    ("magma", [0x000004, 0x1D1147, 0x51127C, 0x832681, 0xB73779, 0xE75263, 0xFC8961, 0xFEC488, 0xFCFDBF]),
    ("inferno", [0x000004, 0x210C4A, 0x57106E, 0x8A226A, 0xBC3754, 0xE45A31, 0xF98E09, 0xF9CB35, 0xFCFFA4]),
    ("cividis", [0x00224E, 0x1A386F, 0x434E6C, 0x61656F, 0x7D7C78, 0x9B9476, 0xBCAE6C, 0xDEC958, 0xFEE838]),
    ("grey", [0x000000, 0x202020, 0x404040, 0x606060, 0x808080, 0xA0A0A0, 0xC0C0C0, 0xE0E0E0, 0xFFFFFF]),
  ]

  @Test(arguments: published) func colorMapsAreTheirs(name: String, colors: [UInt32]) throws {
    let map = try #require(ColorMap.named(name))
    #expect(map.name == name && map.table.count == 256 && ColorMap.sequential.contains(map))
    for (place, color) in colors.enumerated() {
      let (found, wanted) = (map.table[min(255, 32 * place)], RGB(hex: color))
      for (a, b) in [(found.r, wanted.r), (found.g, wanted.g), (found.b, wanted.b)] {
        #expect(abs(Int(a) - Int(b)) <= 2, "\(name) at \(place): \(found), not \(wanted)")
      }
    }
  }

  @Test func colorMapsAreFoundByName() {
    #expect(ColorMap.sequential.map(\.name) == ["viridis", "magma", "inferno", "cividis", "grey"])
    #expect(ColorMap.allNamed == ColorMap.sequential + ColorMap.signed)
    #expect(Set(ColorMap.allNamed.map(\.name)).count == ColorMap.allNamed.count)
    #expect(ColorMap.named("difference") == .difference && ColorMap.named("jet") == nil)
  }

  /// Lightness of CIE 1976 (L*), 0…100.
  private func lightness(_ color: RGB) -> Double {
    let luminance = (color.contrast(with: RGB(0, 0, 0)) * 0.05) - 0.05
    return luminance > 216.0 / 24389 ? 116 * cbrt(luminance) - 16 : luminance * 24389 / 27
  }

  @Test(arguments: ColorMap.sequential) func lightnessRises(map: ColorMap) {
    let values = map.table.map(lightness)
    // Eight bits a channel leave a rounding.
    for (a, b) in zip(values, values.dropFirst()) { #expect(b > a - 0.2) }
    for (a, b) in zip(values, values.dropFirst(8)) { #expect(b > a) }
    #expect(values[255] - values[0] > 70)
  }

  @Test func colorMapsTakeAnyNumber() {
    #expect(ColorMap.grey[.nan] == RGB(0, 0, 0))
    #expect(ColorMap.grey[.infinity] == RGB(255, 255, 255))
    #expect(ColorMap.grey[-3] == RGB(0, 0, 0))
    #expect(ColorMap.inferno.raster(width: 2, height: 1, values: [.nan, 1e30]) != nil)
    #expect(ColorMap.inferno.raster(width: 2, height: 2, values: [0]) == nil)
  }
}
