/// Pictures by the graphics protocol of the kitty terminal (sw.kovidgoyal.net/kitty/graphics-protocol).
///
/// Pixels go as 24-bit RGB in base64, at most 4,096 characters a chunk. A picture that is sent under a number that is known
/// replaces the older one and its places. Answers are never asked for (`q=2`), the cursor stays (`C=1`).
public enum KittyGraphics {
  /// Sends a part of a picture and shows it from the cursor's cell on, over so many cells.
  ///
  /// - Parameters:
  ///   - id: 1…4,294,967,295, the same for a pane from frame to frame.
  ///   - cells: what it is stretched to.
  ///   - rows: of pixels; all when nil.
  ///   - columns: likewise.
  public static func show(
    _ raster: Raster, id: UInt32, cells: (columns: Int, rows: Int), rows: Range<Int>? = nil, columns: Range<Int>? = nil
  ) -> [UInt8] {
    let rows = (rows ?? 0..<raster.height).clamped(to: 0..<raster.height)
    let columns = (columns ?? 0..<raster.width).clamped(to: 0..<raster.width)
    guard !rows.isEmpty, !columns.isEmpty else { return [] }
    let payload = base64(raster, rows: rows, columns: columns)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payload.count + payload.count / chunk * 16 + 128)
    var start = 0
    while start < payload.count {
      let end = min(start + chunk, payload.count)
      let more = end < payload.count ? 1 : 0
      bytes += "\u{1B}_G".utf8
      if start == 0 {
        bytes += """
          a=T,f=24,s=\(columns.count),v=\(rows.count),i=\(id),p=1,c=\(cells.columns),r=\(cells.rows),C=1,q=2,m=\(more);
          """.utf8
      } else {
        bytes += "m=\(more);".utf8
      }
      bytes.append(contentsOf: payload[start..<end])
      bytes += [0x1B, 0x5C]
      start = end
    }
    return bytes
  }

  /// Takes a picture away, its pixels too.
  public static func delete(id: UInt32) -> [UInt8] { Array("\u{1B}_Ga=d,d=I,i=\(id),q=2\u{1B}\\".utf8) }

  /// Takes all pictures away.
  public static var deleteAll: [UInt8] { Array("\u{1B}_Ga=d,d=A,q=2\u{1B}\\".utf8) }

  private static let chunk = 4096

  private static let pairs: [UInt16] = {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    return (0..<4096).map { UInt16(digits[$0 >> 6]) | UInt16(digits[$0 & 63]) << 8 }
  }()

  /// Three bytes a pixel are four characters a pixel, without any left over.
  private static func base64(_ raster: Raster, rows: Range<Int>, columns: Range<Int>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 4 * rows.count * columns.count) { text, initialized in
      raster.pixels.withUnsafeBufferPointer { pixels in
        pairs.withUnsafeBufferPointer { pairs in
          var at = 0
          for y in rows {
            for pixel in y * raster.width + columns.lowerBound..<y * raster.width + columns.upperBound {
              let bits = Int(pixels[3 * pixel]) << 16 | Int(pixels[3 * pixel + 1]) << 8 | Int(pixels[3 * pixel + 2])
              let (first, second) = (pairs[bits >> 12], pairs[bits & 4095])
              text[at] = UInt8(truncatingIfNeeded: first)
              text[at + 1] = UInt8(truncatingIfNeeded: first >> 8)
              text[at + 2] = UInt8(truncatingIfNeeded: second)
              text[at + 3] = UInt8(truncatingIfNeeded: second >> 8)
              at += 4
            }
          }
        }
      }
      initialized = 4 * rows.count * columns.count
    }
  }
}
