/// A captured screen with its colours, place by place: what the terminal really shows.
struct CapturedCells {
  struct Place: Equatable {
    var character: Character = " "
    /// 0xRRGGBB of true-colour attributes, nil for any other.
    var foreground: UInt32?
    var background: UInt32?
    /// Of the 256 (or 16) colours, nil for any other.
    var foregroundIndex: UInt8?
    var backgroundIndex: UInt8?
  }

  private(set) var rows: [[Place]] = []

  subscript(x: Int, y: Int) -> Place {
    y < rows.count && x < rows[y].count ? rows[y][x] : Place()
  }

  /// - Parameter text: of `Tmux.screen(colors: true)`.
  init(_ text: String) {
    var style = Place()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var row: [Place] = []
      var rest = line[...]
      while let character = rest.popFirst() {
        guard character == "\u{1B}" else {
          style.character = character
          row.append(style)
          continue
        }
        guard rest.popFirst() == "[" else { continue }
        let end = rest.firstIndex { $0.isLetter } ?? rest.endIndex
        if end < rest.endIndex, rest[end] == "m" { CapturedCells.apply(rest[..<end], to: &style) }
        rest = end < rest.endIndex ? rest[rest.index(after: end)...] : ""
      }
      rows.append(row)
    }
  }

  private static func apply(_ parameters: Substring, to style: inout Place) {
    var numbers = parameters.split(whereSeparator: { $0 == ";" || $0 == ":" }).map { UInt32($0) ?? 0 }[...]
    if numbers.isEmpty { numbers = [0] }
    while let number = numbers.popFirst() {
      switch number {
      case 0: style = Place()
      case 38, 48:
        var color: UInt32?
        var index: UInt8?
        if numbers.first == 2, numbers.count >= 4 {
          let parts = Array(numbers.prefix(4))
          color = parts[1] << 16 | parts[2] << 8 | parts[3]
          numbers = numbers.dropFirst(4)
        } else {
          index = numbers.first == 5 ? numbers.dropFirst().first.map { UInt8(truncatingIfNeeded: $0) } : nil
          numbers = numbers.dropFirst(2)
        }
        if number == 38 {
          (style.foreground, style.foregroundIndex) = (color, index)
        } else {
          (style.background, style.backgroundIndex) = (color, index)
        }
      case 30...37, 39, 90...97:
        (style.foreground, style.foregroundIndex) = (nil, number == 39 ? nil : UInt8(number % 10 + (number >= 90 ? 8 : 0)))
      case 40...47, 49, 100...107:
        (style.background, style.backgroundIndex) = (nil, number == 49 ? nil : UInt8(number % 10 + (number >= 100 ? 8 : 0)))
      default: break
      }
    }
  }
}
