import Canvas
import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How long pictures of 600×400 pixels take to become what a terminal is sent, on one core.
struct PictureBenchmark: Encodable {
  struct Row: Encodable {
    var encoder: String
    var picture: String
    var seconds_median: Double
    var seconds_best: Double
    var bytes: Int
  }

  var rows: [Row] = []

  /// - Parameter rounds: everything is done ten times in each.
  init(rounds: Int) {
    let quantizer = Quantizer()
    for (name, raster) in Self.pictures {
      measure("sixel", name, rounds) { Sixel.stream(quantizer.indexed(raster)).count }
      measure("kitty", name, rounds) { KittyGraphics.show(raster, id: 1, cells: (75, 25)).count }
      // As many cells as would cover it on the screen.
      let rect = Rect(x: 0, y: 0, width: 75, height: 25)
      for graphics in [Graphics.half, .quadrant, .braille, .ascii] {
        measure(graphics.rawValue, name, rounds) {
          AnsiText.text(CellArt(graphics, depth: .trueColor).cells(raster, rect), width: rect.width, depth: .trueColor).utf8.count
        }
      }
    }
  }

  private mutating func measure(_ encoder: String, _ picture: String, _ rounds: Int, _ encode: () -> Int) {
    var bytes = 0
    let times = (0..<10 * rounds).map { _ in
      let start = DispatchTime.now().uptimeNanoseconds
      bytes = encode()
      return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    }.sorted()
    rows.append(
      Row(encoder: encoder, picture: picture, seconds_median: times[times.count / 2], seconds_best: times[0], bytes: bytes))
  }

  /// Smooth colours with noise, which no palette holds; greys; a feature map.
  private static let pictures: [(String, Raster)] = {
    let (width, height) = (600, 400)
    var state: UInt32 = 1
    func noise() -> Double {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Double(state >> 24) / 16
    }
    var colors: [UInt8] = []
    var greys: [UInt8] = []
    var values: [Float] = []
    for y in 0..<height {
      for x in 0..<width {
        let (u, v) = (Double(x) / 71, Double(y) / 53)
        for shift in [0.0, 1.3, 2.9] {
          let wave: Double = sin(u + shift) * cos(v - shift)
          colors.append(UInt8(120 + 100 * wave + noise()))
        }
        let wave: Double = sin(u * v / 3)
        greys.append(UInt8(120 + 100 * wave + noise()))
        let product: Double = sin(3 * u) * sin(2 * v)
        values.append(Float(0.5 + 0.5 * product))
      }
    }
    return [
      ("colours", Raster(width: width, height: height, pixels: colors)), ("greys", Raster(width: width, height: height, grey: greys)),
      ("feature map", ColorMap.viridis.raster(width: width, height: height, values: values)),
    ].compactMap { name, raster in raster.map { (name, $0) } }
  }()
}
