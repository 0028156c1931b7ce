import Canvas
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

  /// Values of matplotlib's tables.
  @Test func colorMapsPassThroughTheirControlPoints() {
    let expected: [(ColorMap, [(Double, RGB)])] = [
      (.inferno, [(0, RGB(0, 0, 4)), (0.25, RGB(87, 16, 110)), (0.5, RGB(188, 55, 84)), (0.75, RGB(249, 142, 9)),
        (1, RGB(252, 255, 164))]),
      (.viridis, [(0, RGB(68, 1, 84)), (0.25, RGB(59, 82, 139)), (0.5, RGB(33, 145, 140)), (0.75, RGB(94, 201, 98)),
        (1, RGB(253, 231, 37))]),
      (.grey, [(0, RGB(0, 0, 0)), (1, RGB(255, 255, 255))]),
    ]
    for (map, points) in expected {
      #expect(map.table.count == 256)
      for (value, color) in points {
        let found = map[value]
        for (a, b) in [(found.r, color.r), (found.g, color.g), (found.b, color.b)] {
          #expect(abs(Int(a) - Int(b)) <= 8, "\(map.name) at \(value): \(found), expected \(color)")
        }
      }
    }
  }

  @Test func colorMapsTakeAnyNumber() {
    #expect(ColorMap.grey[.nan] == RGB(0, 0, 0))
    #expect(ColorMap.grey[.infinity] == RGB(255, 255, 255))
    #expect(ColorMap.grey[-3] == RGB(0, 0, 0))
    #expect(ColorMap.inferno.raster(width: 2, height: 1, values: [.nan, 1e30]) != nil)
    #expect(ColorMap.inferno.raster(width: 2, height: 2, values: [0]) == nil)
  }

  @Test func brightnessOfInfernoRises() {
    let brightness = ColorMap.inferno.table.map(\.luminance)
    for (a, b) in zip(brightness, brightness.dropFirst()) { #expect(b >= a - 0.01) }
  }
}
