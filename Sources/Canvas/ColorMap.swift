/// Colours for numbers: error maps and feature maps.
public struct ColorMap: Hashable, Sendable {
  public let name: String
  /// 256 colours from low to high.
  public let table: [RGB]

  /// The colour of a value in 0…1; values outside are clamped, NaN is the lowest.
  public subscript(value: Double) -> RGB {
    let position = value.isNaN ? 0 : min(max(value, 0), 1)
    return table[Int((position * 255).rounded())]
  }

  /// A picture of values in 0…1, row by row; nil unless there are width × height of them.
  public func raster(width: Int, height: Int, values: [Float]) -> Raster? {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * values.count)
    for value in values {
      let color = self[Double(value)]
      pixels.append(color.r)
      pixels.append(color.g)
      pixels.append(color.b)
    }
    return Raster(width: width, height: height, pixels: pixels)
  }

  /// Black over purple and orange to pale yellow: error maps. Monotonic in brightness, safe for the colour-blind.
  public static let inferno = ColorMap(
    name: "inferno",
    polynomial: [
      (0.0002189403691192265, 0.001651004631001012, -0.01948089843709184),
      (0.1065134194856116, 0.5639564367884091, 3.932712388889277),
      (11.60249308247187, -3.972853965665698, -15.9423941062914),
      (-41.70399613139459, 17.43639888205313, 44.35414519872813),
      (77.162935699427, -33.40235894210092, -81.80730925738993),
      (-71.31942824499214, 32.62606426397723, 73.20951985803202),
      (25.13112622477341, -12.24266895238567, -23.07032500287172),
    ])

  /// Purple over teal to yellow: features.
  public static let viridis = ColorMap(
    name: "viridis",
    polynomial: [
      (0.2777273272234177, 0.005407344544966578, 0.3340998053353061),
      (0.1050930431085774, 1.404613529898575, 1.384590162594685),
      (-0.3308618287255563, 0.214847559468213, 0.09509516302823659),
      (-4.634230498983486, -5.799100973351585, -19.33244095627987),
      (6.228269936347081, 14.17993336680509, 56.69055260068105),
      (4.776384997670288, -13.74514537774601, -65.35303263337234),
      (-5.435455855934631, 4.645852612178535, 26.3124352495832),
    ])

  /// Black to white.
  public static let grey = ColorMap(name: "grey", table: (0...255).map { RGB(UInt8($0), UInt8($0), UInt8($0)) })

  public static let all: [ColorMap] = [inferno, viridis, grey]

  init(name: String, table: [RGB]) {
    self.name = name
    self.table = table
  }

  /// Sixth-degree fits of matplotlib's maps, coefficients from the lowest power up (M. Zucker, CC0).
  private init(name: String, polynomial: [(Double, Double, Double)]) {
    func byte(_ value: Double) -> UInt8 { UInt8((min(max(value, 0), 1) * 255).rounded()) }
    self.init(
      name: name,
      table: (0...255).map { index in
        let t = Double(index) / 255
        var sum = (0.0, 0.0, 0.0)
        for c in polynomial.reversed() { sum = (sum.0 * t + c.0, sum.1 * t + c.1, sum.2 * t + c.2) }
        return RGB(byte(sum.0), byte(sum.1), byte(sum.2))
      })
  }
}
