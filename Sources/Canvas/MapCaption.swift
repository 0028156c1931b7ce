/// The numbers that the title of a map tells.
public struct MapNumbers: Hashable, Sendable {
  public let least: Float
  public let greatest: Float
  public let mean: Float
  /// Standard deviation σ.
  public let deviation: Float

  public init(least: Float, greatest: Float, mean: Float, deviation: Float) {
    (self.least, self.greatest, self.mean, self.deviation) = (least, greatest, mean, deviation)
  }

  /// Two lines with the words spelled out.
  public func sentences(_ glyphs: Glyphs) -> [String] {
    let text = Self.text
    return [
      "min \(text(least))  max \(text(greatest))", "mean \(text(mean))  \(MapCaption.deviation(glyphs)) \(text(deviation))",
    ]
  }

  /// A value as short as tells two of them apart.
  public static func text(_ value: Float) -> String {
    let value = Double(value)
    return switch value.magnitude {
    case 0: "0"
    case ..<0.000995: NumberText.short(value, digits: 2)
    case ..<0.09995: NumberText.fixed(value, decimals: 4)
    case ..<100: NumberText.fixed(value, decimals: 2)
    default: NumberText.short(value)
    }
  }

  /// The same by one or two digits, in at most `mostColumns` up to 10¹⁵.
  public static func rounded(_ value: Float) -> String {
    let value = Double(value)
    return switch value.magnitude {
    case ..<0.95e-9: "0"
    case ..<0.0095: oneDigit(value)
    case ..<0.995: NumberText.fixed(value, decimals: 2)
    case ..<9.95: NumberText.fixed(value, decimals: 1)
    case ..<999.5: NumberText.fixed(value, decimals: 0)
    default: NumberText.short(value, digits: 2)
    }
  }

  /// Of a small number: `-2e-3`.
  private static func oneDigit(_ value: Double) -> String {
    var (mantissa, exponent) = (value.magnitude, 0)
    while mantissa < 0.95 { (mantissa, exponent) = (mantissa * 10, exponent + 1) }
    return "\(value < 0 ? "-" : "")\(Int(mantissa.rounded()))e-\(exponent)"
  }

  /// Of `rounded`, with a sign.
  public static let mostColumns = 5
}

/// The title of a map in one or several rows: its name, resolution, least and greatest value, mean and σ. Its columns do
/// not depend on the numbers, so that maps beside each other, and one map from step to step, are titled alike.
public struct MapCaption: Hashable, Sendable {
  public enum Piece: Hashable, Sendable { case name, resolution, range, mean, deviation }

  /// The first row begins with the name.
  public let rows: [[Piece]]
  /// Columns between two pieces.
  public let gap: Int

  /// Whether a sign and its number have no blank between them.
  public let isTight: Bool

  public init(_ rows: [[Piece]], gap: Int = 1, isTight: Bool = false) {
    (self.rows, self.gap, self.isTight) = (rows, gap, isTight)
  }

  /// Titles with everything, those of fewest rows first.
  public static let complete = [
    MapCaption([[.name, .resolution, .range, .mean, .deviation]], gap: 2),
    MapCaption([[.name, .resolution], [.range, .mean, .deviation]], gap: 2),
    MapCaption([[.name, .resolution, .range], [.mean, .deviation]]),
    MapCaption([[.name, .resolution], [.range], [.mean, .deviation]]),
    MapCaption([[.name, .resolution, .deviation], [.range], [.mean]]),
    MapCaption([[.name], [.resolution], [.range], [.mean, .deviation]]),
  ]
  /// Everything in as few columns as there can be.
  public static let narrow = MapCaption([[.name], [.resolution], [.range], [.mean], [.deviation]])
  /// Where there is no room for everything: those that tell most first.
  public static let partial = [
    MapCaption([[.name, .resolution], [.range, .deviation]]), MapCaption([[.name, .deviation], [.range]]),
    MapCaption([[.name, .resolution, .deviation]]), MapCaption([[.name], [.range]]), MapCaption([[.name, .deviation]]),
    MapCaption([[.name, .deviation]], isTight: true), MapCaption([[.name, .resolution]]), MapCaption([[.name]]),
  ]

  /// The same beside a layer whose resolution is told there: without the row that would have nothing else.
  public var withoutResolution: MapCaption {
    MapCaption(rows.map { $0.filter { $0 != .resolution } }.filter { !$0.isEmpty }, gap: gap, isTight: isTight)
  }

  /// Columns that it takes at most.
  ///
  /// - Parameters:
  ///   - name: columns of the longest name.
  ///   - resolution: of the longest resolution; 0: there is none.
  ///   - isMarked: whether numbers may be estimates.
  public func width(name: Int, resolution: Int, isMarked: Bool = false, _ glyphs: Glyphs) -> Int {
    rows.map { row in
      let widths = row.map { columns(of: $0, name: name, resolution: resolution, isMarked: isMarked, glyphs) }.filter { $0 > 0 }
      return widths.reduce(0, +) + gap * max(0, widths.count - 1)
    }.max() ?? 0
  }

  private func columns(of piece: Piece, name: Int, resolution: Int, isMarked: Bool, _ glyphs: Glyphs) -> Int {
    let mark = isMarked && piece == markedPiece ? 1 : 0
    return switch piece {
    case .name: name
    case .resolution: resolution
    case .range: 2 * MapNumbers.mostColumns + Self.dots(glyphs).count + mark
    case .mean: glyphs.columns(of: Self.mean(glyphs)) + (isTight ? 0 : 1) + MapNumbers.mostColumns
    // Never below zero.
    case .deviation: glyphs.columns(of: Self.deviation(glyphs)) + (isTight ? 0 : 1) + MapNumbers.mostColumns - 1 + mark
    }
  }

  /// Where the sign of an estimate stands: before the range, and without one before σ.
  private var markedPiece: Piece { rows.joined().contains(.range) ? .range : .deviation }

  /// The text of every row without the name.
  ///
  /// - Parameters:
  ///   - numbers: nil while they are not known.
  ///   - isEstimate: whether they are of some points alone, which a sign before the range tells, or before σ where there is none.
  public func texts(resolution: String, _ numbers: MapNumbers?, isEstimate: Bool = false, _ glyphs: Glyphs) -> [String] {
    let sign = isEstimate ? String(glyphs.approximately) : ""
    let separator = String(repeating: " ", count: gap)
    let blank = isTight ? "" : " "
    return rows.map { row in
      let pieces = row.map { piece in
        let number = MapNumbers.rounded
        let sign = piece == markedPiece ? sign : ""
        return switch piece {
        case .name: ""
        case .resolution: resolution
        case .range: numbers.map { "\(sign)\(number($0.least))\(Self.dots(glyphs))\(number($0.greatest))" } ?? ""
        case .mean: numbers.map { "\(Self.mean(glyphs))\(blank)\(number($0.mean))" } ?? ""
        case .deviation: numbers.map { "\(sign)\(Self.deviation(glyphs))\(blank)\(number($0.deviation))" } ?? ""
        }
      }
      let shown = pieces.enumerated().filter { $0.offset == 0 && row.first == .name || !$0.element.isEmpty }
      return shown.map(\.element).joined(separator: separator)
    }
  }

  /// What stands for the mean and for the standard deviation.
  public static func mean(_ glyphs: Glyphs) -> String { glyphs.isUnicode ? "μ" : "mean" }
  public static func deviation(_ glyphs: Glyphs) -> String { glyphs.isUnicode ? "σ" : "sd" }
  /// Between the ends of a range.
  public static func dots(_ glyphs: Glyphs) -> String { glyphs.isUnicode ? "…" : ".." }
}
