/// A reader of sixel streams that shares nothing with the writer: colours and numbers of every pixel, nil where none was sent.
struct SixelDecoder {
  private(set) var width = 0
  private(set) var height = 0
  private(set) var percents: [Int: [Int]] = [:]
  private var pixels: [[Int?]] = []

  func number(x: Int, y: Int) -> Int? { y < pixels.count && x < pixels[y].count ? pixels[y][x] : nil }

  /// Rows that any pixel was sent for.
  var rows: Int { pixels.count }

  /// nil when the stream is not one.
  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: [0x1B, 0x50]), bytes.suffix(2) == [0x1B, 0x5C], let start = bytes.firstIndex(of: UInt8(ascii: "q"))
    else { return nil }
    var at = start + 1
    let end = bytes.count - 2
    var (x, band, color) = (0, 0, 0)
    func numbers() -> [Int] {
      var list = [0]
      while at < end, (0x30...0x39).contains(bytes[at]) || bytes[at] == 0x3B {
        if bytes[at] == 0x3B { list.append(0) } else { list[list.count - 1] = list[list.count - 1] * 10 + Int(bytes[at]) - 0x30 }
        at += 1
      }
      return list
    }
    while at < end {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        let list = numbers()
        guard list.count == 4, list[0] == 1, list[1] == 1 else { return nil }
        (width, height) = (list[2], list[3])
      case UInt8(ascii: "#"):
        let list = numbers()
        color = list[0]
        if list.count == 5 {
          guard list[1] == 2, list[2...].allSatisfy({ (0...100).contains($0) }) else { return nil }
          percents[color] = Array(list[2...])
        }
      case UInt8(ascii: "$"): x = 0
      case UInt8(ascii: "-"): (x, band) = (0, band + 1)
      case UInt8(ascii: "!"), 0x3F...0x7E:
        var (count, pixel) = (1, byte)
        if byte == UInt8(ascii: "!") {
          count = numbers()[0]
          guard at < end, (0x3F...0x7E).contains(bytes[at]) else { return nil }
          pixel = bytes[at]
          at += 1
        }
        for _ in 0..<count {
          for bit in 0..<6 where (pixel - 0x3F) >> bit & 1 == 1 {
            let y = 6 * band + bit
            while pixels.count <= y { pixels.append([]) }
            while pixels[y].count <= x { pixels[y].append(nil) }
            guard pixels[y][x] == nil else { return nil }
            pixels[y][x] = color
          }
          x += 1
        }
      default: return nil
      }
    }
  }
}
