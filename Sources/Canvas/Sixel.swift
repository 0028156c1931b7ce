/// Pictures as sixel streams (DEC STD 070; xterm ctlseqs, "Device-Control functions").
///
/// A band of six rows is sent colour by colour: characters `?`…`~` hold six pixels of a column, `!n` repeats one, `$` goes
/// back to the band's start for the next colour, `-` to the next band. Every pixel is sent, and nothing after the last band,
/// so that the terminal never scrolls.
public enum Sixel {
  /// The stream of a part of a picture, at the size of its pixels. Parts of one picture, each sent where it belongs, look
  /// like the whole.
  ///
  /// - Parameters:
  ///   - rows: of the picture; all when nil. What lies outside is left out.
  ///   - columns: likewise.
  /// - Returns: nothing for an empty part.
  /// - Complexity: O(pixels).
  public static func stream(
    _ picture: IndexedPicture, rows: Range<Int>? = nil, columns: Range<Int>? = nil
  ) -> [UInt8] {
    let rows = (rows ?? 0..<picture.height).clamped(to: 0..<picture.height)
    let columns = (columns ?? 0..<picture.width).clamped(to: 0..<picture.width)
    guard !rows.isEmpty, !columns.isEmpty else { return [] }
    var used = [Bool](repeating: false, count: 256)
    picture.indices.withUnsafeBufferPointer { indices in
      used.withUnsafeMutableBufferPointer { used in
        for y in rows { for x in columns { used[Int(indices[y * picture.width + x])] = true } }
      }
    }
    // P2 1: pixels that are not sent stay as they are, which matters below a last band that is cut.
    var bytes = Array("\u{1B}P0;1;0q\"1;1;\(columns.count);\(rows.count)".utf8)
    for (number, color) in picture.palette.percents.enumerated() where used[number] {
      bytes += "#\(number);2;\(color.x);\(color.y);\(color.z)".utf8
    }
    var band = Band(width: columns.count)
    var first = rows.lowerBound
    while first < rows.upperBound {
      if first > rows.lowerBound { bytes.append(UInt8(ascii: "-")) }
      band.append(picture, rows: first..<min(first + 6, rows.upperBound), columns: columns, to: &bytes)
      first += 6
    }
    bytes += [0x1B, 0x5C]
    return bytes
  }

  /// Six rows, taken apart by colour.
  private struct Band {
    private let width: Int
    /// Of every colour: the columns that have it, in order, and which of their six pixels do.
    private var places: [UInt16]
    private var bits: [UInt8]
    private var counts = [Int](repeating: 0, count: 256)
    /// In order of their first column.
    private var colors: [Int] = []
    private var text: [UInt8]

    init(width: Int) {
      self.width = width
      places = Array(repeating: 0, count: 256 * width)
      bits = Array(repeating: 0, count: 256 * width)
      // At most six colours a column, each with a gap before it, both of them repeated: `!12345?!12345~`.
      text = Array(repeating: 0, count: 6 * 14 * width + 256 * 8)
    }

    mutating func append(_ picture: IndexedPicture, rows: Range<Int>, columns: Range<Int>, to bytes: inout [UInt8]) {
      for color in colors { counts[color] = 0 }
      colors.removeAll(keepingCapacity: true)
      collect(picture, rows: rows, columns: columns)
      var end = 0
      text.withUnsafeMutableBufferPointer { text in
        places.withUnsafeBufferPointer { places in
          bits.withUnsafeBufferPointer { bits in
            for (order, color) in colors.enumerated() {
              if order > 0 { Self.put(UInt8(ascii: "$"), text, &end) }
              Self.put(UInt8(ascii: "#"), text, &end)
              Self.put(number: color, text, &end)
              var cursor = 0
              var entry = color * width
              let last = entry + counts[color]
              while entry < last {
                let place = Int(places[entry])
                let value = bits[entry]
                var next = entry + 1
                while next < last, bits[next] == value, Int(places[next]) == place + next - entry { next += 1 }
                Self.put(0, times: place - cursor, text, &end)
                Self.put(value, times: next - entry, text, &end)
                cursor = place + next - entry
                entry = next
              }
            }
          }
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[..<end]))
      }
    }

    private mutating func collect(_ picture: IndexedPicture, rows: Range<Int>, columns: Range<Int>) {
      let (stride, width) = (picture.width, width)
      picture.indices.withUnsafeBufferPointer { indices in
        places.withUnsafeMutableBufferPointer { places in
          bits.withUnsafeMutableBufferPointer { bits in
            counts.withUnsafeMutableBufferPointer { counts in
              for x in 0..<width {
                var at = rows.lowerBound * stride + columns.lowerBound + x
                var bit: UInt8 = 1
                for _ in rows {
                  let color = Int(indices[at])
                  let count = counts[color]
                  let entry = color * width + count
                  if count > 0, Int(places[entry - 1]) == x {
                    bits[entry - 1] |= bit
                  } else {
                    if count == 0 { colors.append(color) }
                    places[entry] = UInt16(truncatingIfNeeded: x)
                    bits[entry] = bit
                    counts[color] = count + 1
                  }
                  at += stride
                  bit <<= 1
                }
              }
            }
          }
        }
      }
    }

    /// Six pixels, so many times.
    @inline(__always)
    private static func put(_ pixels: UInt8, times: Int, _ text: UnsafeMutableBufferPointer<UInt8>, _ end: inout Int) {
      let character = pixels + 0x3F
      if times > 3 {
        put(UInt8(ascii: "!"), text, &end)
        put(number: times, text, &end)
        put(character, text, &end)
      } else {
        for _ in 0..<times { put(character, text, &end) }
      }
    }

    @inline(__always)
    private static func put(_ byte: UInt8, _ text: UnsafeMutableBufferPointer<UInt8>, _ end: inout Int) {
      text[end] = byte
      end += 1
    }

    @inline(__always)
    private static func put(number: Int, _ text: UnsafeMutableBufferPointer<UInt8>, _ end: inout Int) {
      var divisor = number >= 1000 ? (number >= 10_000 ? 10_000 : 1000) : number >= 100 ? 100 : number >= 10 ? 10 : 1
      while divisor > 0 {
        put(UInt8(0x30 + number / divisor % 10), text, &end)
        divisor /= 10
      }
    }
  }
}
