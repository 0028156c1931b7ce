import Foundation

/// How many colours a terminal shows.
public enum ColorDepth: String, Hashable, Sendable, CaseIterable {
  case trueColor, palette256, palette16, monochrome

  /// As options and configurations have them.
  public static let names = ["24bit", "256", "16", "mono"]

  public init?(name: String) {
    guard let index = Self.names.firstIndex(of: name) else { return nil }
    self = Self.allCases[index]
  }
}

/// An 8-bit sRGB colour.
public struct RGB: Hashable, Sendable {
  public let r: UInt8
  public let g: UInt8
  public let b: UInt8

  public init(_ r: UInt8, _ g: UInt8, _ b: UInt8) {
    self.r = r
    self.g = g
    self.b = b
  }

  /// The colour 0xRRGGBB.
  public init(hex: UInt32) {
    self.init(UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255))
  }

  /// The colour as 0xRRGGBB.
  public var packed: UInt32 { UInt32(r) << 16 | UInt32(g) << 8 | UInt32(b) }

  /// The colour as `#rrggbb`.
  public var hexadecimal: String {
    let digits = String(packed, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// Perceived brightness of the encoded values in 0…1 (Rec. 709 weights).
  public var luminance: Double {
    (0.2126 * Double(r) + 0.7152 * Double(g) + 0.0722 * Double(b)) / 255
  }

  /// A weighted squared distance ("redmean"), much closer to what the eye sees than a plain Euclidean one.
  public func distance(to other: RGB) -> Int {
    let mean = (Int(r) + Int(other.r)) / 2
    let dr = Int(r) - Int(other.r)
    let dg = Int(g) - Int(other.g)
    let db = Int(b) - Int(other.b)
    // Shifts bind tighter than products in Swift.
    return (((512 + mean) * dr * dr) >> 8) + 4 * dg * dg + (((767 - mean) * db * db) >> 8)
  }

  /// The mean of two colours.
  public func mixed(with other: RGB) -> RGB {
    RGB(
      UInt8((Int(r) + Int(other.r) + 1) / 2), UInt8((Int(g) + Int(other.g) + 1) / 2),
      UInt8((Int(b) + Int(other.b) + 1) / 2))
  }

  /// Linear-light luminance in 0…1 (WCAG 2, relative luminance).
  var relativeLuminance: Double {
    func linear(_ value: UInt8) -> Double {
      let value = Double(value) / 255
      return value <= 0.04045 ? value / 12.92 : Foundation.pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
  }

  /// How well two colours can be told apart as text and ground, 1 to 21: `(L₁ + 0.05) / (L₂ + 0.05)`, the lighter
  /// one above (WCAG 2, contrast ratio).
  public func contrast(with other: RGB) -> Double {
    let (a, b) = (relativeLuminance, other.relativeLuminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// Whether black text is easier to read on it than white.
  public var isLight: Bool { contrast(with: RGB(0, 0, 0)) > contrast(with: RGB(255, 255, 255)) }

  /// The colour, with as many eighths of another one mixed in as make it legible on a ground, or the other one itself.
  ///
  /// - Parameter contrast: that is needed: 4.5 for text, 3 for large text and lines (WCAG 2, AA).
  public func legible(on ground: RGB, towards other: RGB, contrast: Double = 4.5) -> RGB {
    func mixed(_ eighths: Int) -> RGB {
      func part(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Int(a) * (8 - eighths) + Int(b) * eighths + 4) / 8) }
      return RGB(part(r, other.r), part(g, other.g), part(b, other.b))
    }
    return (0..<8).lazy.map(mixed).first { $0.contrast(with: ground) >= contrast } ?? other
  }
}

/// The palettes of terminals: 16 named colours, and xterm's 256.
public enum Palette {
  /// xterm's default values of the 16 named colours. A user's palette may differ; nothing can be known about it.
  public static let sixteen: [RGB] = [
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
  ].map(RGB.init(hex:))

  static let cubeLevels: [UInt8] = [0, 95, 135, 175, 215, 255]

  /// The colour at an index of xterm's 256: 16 named ones, a 6×6×6 cube, 24 greys.
  public static func xterm256(_ index: Int) -> RGB {
    switch index {
    case 0..<16: return sixteen[index]
    case 16..<232:
      let cube = index - 16
      return RGB(cubeLevels[cube / 36], cubeLevels[cube / 6 % 6], cubeLevels[cube % 6])
    case 232..<256:
      let grey = UInt8(8 + 10 * (index - 232))
      return RGB(grey, grey, grey)
    default: return sixteen[7]
    }
  }
}

extension RGB {
  private static func nearestCubeLevel(_ value: UInt8) -> Int {
    value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40
  }

  /// The nearest of xterm's colours 16…255. The named 16 are left out, since users repaint them.
  public var nearest256: Int {
    let cr = RGB.nearestCubeLevel(r)
    let cg = RGB.nearestCubeLevel(g)
    let cb = RGB.nearestCubeLevel(b)
    let cube = 16 + 36 * cr + 6 * cg + cb
    let mean = (Int(r) + Int(g) + Int(b)) / 3
    let grey = 232 + min(23, max(0, (mean - 3) / 10))
    return distance(to: Palette.xterm256(grey)) < distance(to: Palette.xterm256(cube)) ? grey : cube
  }

  /// The nearest of the first `count` (8 or 16) named colours.
  public func nearestNamed(of count: Int = 16) -> Int {
    var best = 0
    var bestDistance = Int.max
    // A grey stays grey: with so few colours a tint would be the nearest one, and the wrong one.
    let isGrey = max(r, g, b) - min(r, g, b) < 26
    for (index, color) in Palette.sixteen.prefix(max(1, count)).enumerated() {
      if isGrey, color.r != color.g || color.g != color.b { continue }
      let distance = distance(to: color)
      if distance < bestDistance { (best, bestDistance) = (index, distance) }
    }
    return best
  }

  /// The nearest of the 16 named colours.
  public var nearest16: Int { nearestNamed(of: 16) }
}
