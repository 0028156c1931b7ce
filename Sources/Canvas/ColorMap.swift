/// Colours for numbers: error maps and feature maps.
public struct ColorMap: Hashable, Sendable {
  public let name: String
  /// 256 colours from low to high.
  public let table: [RGB]

  /// The colour of a value in 0…1; values outside are clamped, NaN is the lowest.
  public subscript(value: Double) -> RGB {
    table[Self.index(value)]
  }

  @inline(__always)
  private static func index(_ value: Double) -> Int { value.isNaN ? 0 : Int(min(max(value, 0), 1) * 255 + 0.5) }

  /// A picture of values in 0…1, row by row; nil unless there are width × height of them.
  public func raster(width: Int, height: Int, values: [Float]) -> Raster? {
    raster(width: width, height: height, values: values) { $0 }
  }

  /// The same of values that `position` brings to 0…1.
  @inline(__always)
  func raster(width: Int, height: Int, values: [Float], position: (Float) -> Float) -> Raster? {
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * values.count) { pixels, count in
      table.withUnsafeBufferPointer { table in
        for value in values {
          let color = table[Self.index(Double(position(value)))]
          (pixels[count], pixels[count + 1], pixels[count + 2]) = (color.r, color.g, color.b)
          count += 3
        }
      }
    }
    return Raster(width: width, height: height, pixels: pixels)
  }

  /// Black to white.
  public static let grey = ColorMap(name: "grey", table: (0...255).map { RGB(UInt8($0), UInt8($0), UInt8($0)) })

  /// Maps for numbers from low to high, darker to brighter.
  public static let sequential: [ColorMap] = [viridis, magma, inferno, cividis, grey]
  /// Maps for signed numbers; their middle stands for zero.
  public static let signed: [ColorMap] = [difference, balance]
  public static let allNamed: [ColorMap] = sequential + signed

  /// The map of a name such as "magma"; nil when there is none.
  public static func named(_ name: String) -> ColorMap? { allNamed.first { $0.name == name } }

  private init(name: String, table: [RGB]) {
    self.name = name
    self.table = table
  }

  /// Evenly spaced colours with straight lines between them.
  init(name: String, anchors: [UInt32]) {
    let colors = anchors.map(RGB.init(hex:))
    func mixed(_ a: UInt8, _ b: UInt8, _ part: Double) -> UInt8 {
      UInt8((Double(a) + (Double(b) - Double(a)) * part).rounded())
    }
    self.init(
      name: name,
      table: (0...255).map { index in
        let position = Double(index) / 255 * Double(colors.count - 1)
        let low = min(Int(position), colors.count - 2)
        let part = position - Double(low)
        let (a, b) = (colors[low], colors[low + 1])
        return RGB(mixed(a.r, b.r, part), mixed(a.g, b.g, part), mixed(a.b, b.b, part))
      })
  }
}

/// Every fifth colour of matplotlib's tables (CC0; N. Smith and S. van der Walt 2015, and cividis). What lies between is at
/// most 1 of 255 off, 4 in cividis.
extension ColorMap {
  /// Purple over teal to yellow: features.
  public static let viridis = ColorMap(
    name: "viridis",
    anchors: [
      0x440154, 0x46085C, 0x471063, 0x481769, 0x481D6F, 0x482475, 0x472A7A, 0x46307E, 0x453781, 0x433D84, 0x414287,
      0x3F4889, 0x3D4E8A, 0x3A538B, 0x38598C, 0x355E8D, 0x33638D, 0x31688E, 0x2E6D8E, 0x2C718E, 0x2A768E, 0x297B8E,
      0x27808E, 0x25848E, 0x23898E, 0x218E8D, 0x20928C, 0x1F978B, 0x1E9C89, 0x1FA188, 0x21A585, 0x24AA83, 0x28AE80,
      0x2EB37C, 0x35B779, 0x3DBC74, 0x46C06F, 0x50C46A, 0x5AC864, 0x65CB5E, 0x70CF57, 0x7CD250, 0x89D548, 0x95D840,
      0xA2DA37, 0xB0DD2F, 0xBDDF26, 0xCAE11F, 0xD8E219, 0xE5E419, 0xF1E51D, 0xFDE725,
    ])

  /// Black over purple and pink to pale yellow.
  public static let magma = ColorMap(
    name: "magma",
    anchors: [
      0x000004, 0x02020B, 0x050416, 0x090720, 0x0E0B2B, 0x140E36, 0x1A1042, 0x21114E, 0x29115A, 0x311165, 0x390F6E,
      0x420F75, 0x4A1079, 0x52137C, 0x5A167E, 0x621980, 0x6A1C81, 0x721F81, 0x792282, 0x812581, 0x892881, 0x912B81,
      0x992D80, 0xA1307E, 0xAA337D, 0xB2357B, 0xBA3878, 0xC23B75, 0xCA3E72, 0xD2426F, 0xD9466B, 0xE04C67, 0xE75263,
      0xEC5860, 0xF1605D, 0xF4695C, 0xF7725C, 0xF97B5D, 0xFB8560, 0xFC8E64, 0xFD9869, 0xFEA16E, 0xFEAA74, 0xFEB47B,
      0xFEBD82, 0xFEC68A, 0xFECF92, 0xFED89A, 0xFDE2A3, 0xFDEBAC, 0xFCF4B6, 0xFCFDBF,
    ])

  /// Black over purple and orange to pale yellow: error maps. Monotonic in brightness, safe for the colour-blind.
  public static let inferno = ColorMap(
    name: "inferno",
    anchors: [
      0x000004, 0x02020C, 0x050417, 0x0A0722, 0x10092D, 0x160B39, 0x1E0C45, 0x260C51, 0x2F0A5B, 0x380962, 0x400A67,
      0x490B6A, 0x510E6C, 0x59106E, 0x61136E, 0x69166E, 0x71196E, 0x781C6D, 0x801F6C, 0x88226A, 0x902568, 0x982766,
      0xA02A63, 0xA82E5F, 0xB0315B, 0xB73557, 0xBF3952, 0xC63D4D, 0xCC4248, 0xD34743, 0xD94D3D, 0xDF5337, 0xE45A31,
      0xE9612B, 0xED6925, 0xF1711F, 0xF47918, 0xF78212, 0xF98B0B, 0xFA9407, 0xFB9D07, 0xFCA60C, 0xFCB014, 0xFBBA1F,
      0xFAC42A, 0xF8CD37, 0xF6D746, 0xF4E156, 0xF2EA69, 0xF2F27D, 0xF5F992, 0xFCFFA4,
    ])

  /// Blue over grey to yellow: looks the same with and without red–green blindness (Nuñez, Anderton and Renslow 2018).
  public static let cividis = ColorMap(
    name: "cividis",
    anchors: [
      0x00224E, 0x002656, 0x002A5F, 0x002D68, 0x003070, 0x083370, 0x163770, 0x203A6F, 0x273E6E, 0x2E416D, 0x34456C,
      0x3A486C, 0x3F4C6C, 0x444F6C, 0x49536C, 0x4E566C, 0x535A6D, 0x575D6D, 0x5C616E, 0x60646F, 0x656870, 0x696B71,
      0x6D6F72, 0x727274, 0x767676, 0x7A7A78, 0x7E7D78, 0x838179, 0x888578, 0x8D8878, 0x928C78, 0x969077, 0x9B9476,
      0xA09875, 0xA59C74, 0xAAA073, 0xAFA471, 0xB5A86F, 0xBAAC6D, 0xBFB06B, 0xC4B468, 0xC9B965, 0xCFBD62, 0xD4C15F,
      0xDAC65B, 0xDFCA57, 0xE5CF52, 0xEAD34C, 0xF0D846, 0xF6DD3F, 0xFCE236, 0xFEE838,
    ])
}
