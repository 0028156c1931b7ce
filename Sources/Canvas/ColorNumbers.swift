extension Raster {
  /// Numbers the colours of the picture in the order in which they come.
  ///
  /// - Parameters:
  ///   - limit: at most 256.
  ///   - name: of a colour `red | green << 8 | blue << 16`. Colours of one name have one number.
  /// - Returns: a number a pixel, and the names; nil when there are more names than `limit`.
  func numbered(limit: Int, name: (UInt32) -> UInt32) -> (indices: [UInt8], names: [UInt32])? {
    let count = width * height
    var names: [UInt32] = []
    var numbers: [UInt32: UInt8] = [:]
    // What was found last for every hash of a colour: the colour, marked, and its number. Few colours are looked up twice.
    var recent = [UInt64](repeating: 0, count: 4096)
    var isWithin = true
    let indices = [UInt8](unsafeUninitializedCapacity: count) { indices, initialized in
      pixels.withUnsafeBytes { pixels in
        recent.withUnsafeMutableBufferPointer { recent in
          for place in 0..<count {
            let at = 3 * place
            let color = place + 1 < count
              ? UInt32(littleEndian: pixels.loadUnaligned(fromByteOffset: at, as: UInt32.self)) & 0xFF_FFFF
              : UInt32(pixels[at]) | UInt32(pixels[at + 1]) << 8 | UInt32(pixels[at + 2]) << 16
            let slot = Int((color &* 2_654_435_761) >> 20)
            let marked = UInt64(color) << 8 | 1 << 32
            if recent[slot] & ~0xFF != marked {
              let name = name(color)
              if numbers[name] == nil {
                guard names.count < limit else {
                  isWithin = false
                  return
                }
                numbers[name] = UInt8(names.count)
                names.append(name)
              }
              recent[slot] = marked | UInt64(numbers[name] ?? 0)
            }
            indices[place] = UInt8(truncatingIfNeeded: recent[slot])
          }
        }
      }
      initialized = isWithin ? count : 0
    }
    return isWithin ? (indices, names) : nil
  }
}

extension Raster {
  /// The picture in at most 256 colours, for files that have no more: its own colours where they are so few, else those of
  /// `Quantizer`'s cube, dithered.
  public func inFewColors() -> (indices: [UInt8], palette: [RGB]) {
    if let (indices, names) = numbered(limit: 256, name: { $0 }) {
      return (indices, names.map { RGB(UInt8($0 & 255), UInt8($0 >> 8 & 255), UInt8($0 >> 16)) })
    }
    let picture = Quantizer.whole.indexed(self)
    return (picture.indices, picture.palette.percents.indices.map { picture.palette[$0] })
  }
}

extension Quantizer {
  fileprivate static let whole = Quantizer()

  /// A screen with text and pictures. Colours that most pixels have stay what they are: flat areas, text, colour maps. Where
  /// what is left over is rare (edges of letters), the nearest of them stands for it; where some colour maps have a few too
  /// many colours, those that differ by some percents are one; where it is a picture of many more, half of the registers are
  /// a cube for it, dithered.
  ///
  /// - Complexity: O(pixels + 101³).
  public func indexedScreen(_ raster: Raster) -> IndexedPicture {
    guard raster.numbered(limit: registers, name: Quantizer.percents) == nil else { return indexed(raster) }
    let count = raster.width * raster.height
    // Colours in whole percents are the digits of a number of base 101.
    let codes = (0..<count).map { place in
      (0..<3).reduce(0) { $0 * 101 + (Int(raster.pixels[3 * place + $1]) * 200 + 255) / 510 }
    }
    var counts = [Int](repeating: 0, count: 101 * 101 * 101)
    for code in codes { counts[code] += 1 }
    let byCount = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$1], $0) < (counts[$0], $1) }
    func picture(_ palette: SixelPalette, _ numbers: [Int: UInt8]) -> IndexedPicture {
      IndexedPicture(width: raster.width, height: raster.height, palette: palette, indices: codes.map { numbers[$0] ?? 0 })
    }
    let isRestRare = byCount.dropFirst(registers).reduce(0) { $0 + counts[$1] } <= count / 16
    if !isRestRare, let (kept, numbers) = merged(byCount) {
      return picture(SixelPalette(percents: kept.map(Self.percents(ofCode:))), numbers)
    }
    let cube = isRestRare ? [] : SixelPalette.cube(SixelPalette.cubeLevels(registers: registers / 2)).percents
    let kept = byCount.prefix(max(0, registers - cube.count))
    let percents = kept.map(Self.percents(ofCode:))
    var numbers = [Int: UInt8](minimumCapacity: byCount.count)
    for (number, code) in kept.enumerated() { numbers[code] = UInt8(number) }
    let palette = SixelPalette(percents: percents + cube)
    if isRestRare {
      for code in byCount.dropFirst(registers) { numbers[code] = palette.nearest(Self.percents(ofCode: code)) }
    }
    if isRestRare { return picture(palette, numbers) }
    let rest = Quantizer(registers: cube.count).dithered(raster)
    let indices = codes.enumerated().map { place, code in numbers[code] ?? UInt8(kept.count + Int(rest[place])) }
    return IndexedPicture(width: raster.width, height: raster.height, palette: palette, indices: indices)
  }
}

extension Quantizer {
  private static func percents(ofCode code: Int) -> SIMD3<UInt8> { SIMD3(UInt8(code / 10_201), UInt8(code / 101 % 101), UInt8(code % 101)) }

  /// Colours of which some that differ by at most 3 % an axis are one, the most frequent of them; nil where they are too many
  /// for that.
  private func merged(_ byCount: [Int]) -> (kept: [Int], numbers: [Int: UInt8])? {
    guard byCount.count <= 64 * registers else { return nil }
    for step in 2...4 {
      var (kept, numbers, cells): ([Int], [Int: UInt8], [Int: UInt8]) = ([], [:], [:])
      for code in byCount where kept.count <= registers {
        let color = Self.percents(ofCode: code)
        let cell = (0..<3).reduce(0) { $0 * 101 + Int(color[$1]) / step }
        if cells[cell] == nil {
          cells[cell] = UInt8(truncatingIfNeeded: kept.count)
          kept.append(code)
        }
        numbers[code] = cells[cell]
      }
      if kept.count <= registers { return (kept, numbers) }
    }
    return nil
  }
}

extension SixelPalette {
  /// The number of the colour that is nearest to one in percents.
  fileprivate func nearest(_ color: SIMD3<UInt8>) -> UInt8 {
    let wanted = RGB(SixelPalette.value(color.x), SixelPalette.value(color.y), SixelPalette.value(color.z))
    return UInt8(percents.indices.min { self[$0].distance(to: wanted) < self[$1].distance(to: wanted) } ?? 0)
  }
}
