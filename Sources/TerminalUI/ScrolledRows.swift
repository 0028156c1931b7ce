/// Rows that ncurses has moved up or down instead of writing them: it does so whatever `idlok` says where lines that it knows
/// come again a few rows away, and of pictures it does not know.
struct ScrolledRows {
  private(set) var rows: Set<Int> = []

  /// - Parameter bytes: what ncurses writes to the terminal: a region of scrolling (`CSI top ; bottom r`), then lines that are
  ///   moved within it (`CSI S`, `T`, `L`, `M`, `ESC M`, `ESC D`, a line feed in its last row).
  init(in bytes: [UInt8], height: Int) {
    var region = 0..<height
    var at = 0
    while at + 1 < bytes.count {
      guard bytes[at] == 0x1B else {
        at += 1
        continue
      }
      switch bytes[at + 1] {
      case UInt8(ascii: "M"), UInt8(ascii: "D"):
        rows.formUnion(region)
        at += 2
      case UInt8(ascii: "["):
        var end = at + 2
        while end < bytes.count, !(0x40...0x7E).contains(bytes[end]) { end += 1 }
        guard end < bytes.count else { return }
        switch bytes[end] {
        case UInt8(ascii: "r"):
          region = Self.region(bytes[at + 2..<end], height: height)
          // What moves in a part of the screen does so after it; a line feed is not told from any other.
          if region.count < height { rows.formUnion(region) }
        case UInt8(ascii: "S"), UInt8(ascii: "T"), UInt8(ascii: "L"), UInt8(ascii: "M"): rows.formUnion(region)
        default: break
        }
        at = end + 1
      default: at += 2
      }
    }
  }

  /// From 1 and both ends included, as the terminal counts; all of the screen where nothing is said.
  private static func region(_ text: ArraySlice<UInt8>, height: Int) -> Range<Int> {
    let ends = text.split(separator: UInt8(ascii: ";")).map { Int(String(decoding: $0, as: UTF8.self)) }
    guard ends.count == 2, let top = ends[0], let bottom = ends[1], top >= 1, bottom >= top else { return 0..<height }
    return min(top - 1, height)..<min(bottom, height)
  }
}
