import Testing

@testable import Canvas

/// Frames as pictures.
@Suite struct FrameImageTests {
  private let ink = RGB(200, 210, 220)
  private let ground = RGB(10, 20, 30)
  private static let cells = [PixelSize(width: 8, height: 16), PixelSize(width: 12, height: 24), PixelSize(width: 9, height: 17)]

  private func image(_ cell: PixelSize = cells[0]) -> FrameImage { FrameImage(cell: cell, foreground: ink, background: ground) }

  private func raster(_ text: String, _ style: Style = .plain, cell: PixelSize = cells[0]) -> Raster {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var frame = Frame(width: lines.map(\.columns).max() ?? 0, height: lines.count)
    for (y, line) in lines.enumerated() { frame.put(line, x: 0, y: y, style) }
    return image(cell).raster(frame)
  }

  private func colors(_ raster: Raster) -> Set<RGB> {
    Set((0..<raster.height).flatMap { y in (0..<raster.width).map { raster[$0, y] } })
  }

  @Test func picturesHaveTheirOwnPixels() throws {
    let pixels = (0..<40 * 48 * 3).map { UInt8(truncatingIfNeeded: $0 * 31) }
    let picture = try #require(Raster(width: 40, height: 48, pixels: pixels))
    var frame = Frame(width: 9, height: 5)
    frame.place(picture, in: Rect(x: 2, y: 1, width: 5, height: 3), id: 1)
    // What is drawn over a picture covers it.
    frame.put("A", x: 4, y: 2)
    let seen = image().raster(frame)
    #expect(seen.width == 72 && seen.height == 80)
    for y in 0..<80 {
      for x in 0..<72 {
        let isInside = (16..<56).contains(x) && (16..<64).contains(y)
        let isLetter = (32..<40).contains(x) && (32..<48).contains(y)
        if isLetter { continue }
        #expect(seen[x, y] == (isInside ? picture[x - 16, y - 16] : ground))
      }
    }
    #expect(seen.cropped(to: Rect(x: 32, y: 32, width: 8, height: 16)) == raster("A"))
    // Larger cells show a picture of more pixels than the screen's.
    var wide = Frame(width: 1, height: 1)
    wide.place(picture, in: wide.bounds, id: 1)
    #expect(image(PixelSize(width: 40, height: 48)).raster(wide) == picture)
  }

  @Test(arguments: cells) func linesOfBoxesJoin(cell: PixelSize) throws {
    let seen = raster("╭─┬─╮\n│ │ │\n├─┼─┤\n╰─┴─╯", cell: cell)
    let line = GlyphMask.penWidth(cell)
    // From the ink of the middle every other piece of line is reached without leaving full ink, except through corners.
    let (left, top) = ((cell.width - line) / 2, (cell.height - line) / 2)
    for y in top..<seen.height - (cell.height - top) where y > cell.height && y < 3 * cell.height {
      for column in [0, 2, 4] { #expect(seen[column * cell.width + left, y] == ink, "\(column), \(y)") }
    }
    for x in cell.width..<4 * cell.width {
      for row in [0, 2, 3] { #expect(seen[x, row * cell.height + top] == ink, "\(x), row \(row)") }
    }
    // Corners are round: the place where the lines would cross is empty, what leads there is not.
    #expect(seen[left, top] != ink)
    #expect(seen[cell.width - 1, top] == ink && seen[left, cell.height - 1] == ink)
  }

  @Test(arguments: cells) func blocksFillTheirCells(cell: PixelSize) {
    #expect(colors(raster("██\n██", cell: cell)) == [ink])
    #expect(colors(raster("  ", cell: cell)) == [ground])
    let (halfWidth, halfHeight) = ((cell.width * 4 + 4) / 8, (cell.height * 4 + 4) / 8)
    let parts: [(Character, Int)] = [
      ("▀", 3), ("▄", 12), ("▌", 5), ("▐", 10), ("▖", 4), ("▗", 8), ("▘", 1), ("▝", 2), ("▙", 13), ("▚", 9), ("▛", 7), ("▜", 11),
      ("▞", 6), ("▟", 14), ("█", 15),
    ]
    for (character, quarters) in parts {
      let seen = raster(String(character), cell: cell)
      for y in 0..<cell.height {
        for x in 0..<cell.width {
          let quarter = (x < halfWidth ? 0 : 1) + (y < halfHeight ? 0 : 2)
          #expect(seen[x, y] == (quarters >> quarter & 1 == 1 ? ink : ground), "\(character) \(x),\(y)")
        }
      }
    }
    // Bars grow from the bottom, progress from the left, each one further than the last.
    func amount(_ character: Character) -> Int {
      let seen = raster(String(character), cell: cell)
      return (0..<cell.height).reduce(0) { sum, y in sum + (0..<cell.width).filter { seen[$0, y] == ink }.count }
    }
    for row in [Glyphs.unicode.bars, Glyphs.unicode.progress] {
      let amounts = row.map(amount)
      #expect(amounts == amounts.sorted() && Set(amounts).count == row.count && amounts.last == cell.width * cell.height)
    }
  }

  @Test func brailleHasItsDots() {
    let order = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    for bits in [0x01, 0x47, 0x80, 0xAA, 0xFF] {
      let seen = raster(String(Character(Unicode.Scalar(UInt32(0x2800 + bits))!)))
      for (bit, place) in order.enumerated() {
        let isSet = bits >> bit & 1 == 1
        #expect((seen[4 * place.0 + 1, 4 * place.1 + 1].g > 150) == isSet, "\(bits) \(bit)")
        #expect((seen[4 * place.0 + 2, 4 * place.1 + 2].g > 150) == isSet)
      }
    }
  }

  @Test func everySymbolIsDrawn() {
    let unknown = GlyphMask("\u{FFFD}", cell: Self.cells[0]).coverage
    let glyphs = Glyphs.unicode
    var symbols = (0x21...0x7E).map { Character(Unicode.Scalar($0)!) } + glyphs.bars + glyphs.progress.dropFirst()
    symbols += [
      glyphs.topLeft, glyphs.topRight, glyphs.bottomLeft, glyphs.bottomRight, glyphs.horizontal, glyphs.vertical, glyphs.tickLeft,
      glyphs.tickDown, glyphs.axisCorner, glyphs.dot, glyphs.hollowDot, glyphs.pointer, glyphs.mark, glyphs.multiplication,
      glyphs.approximately, glyphs.ascending, glyphs.descending, "…",
    ]
    symbols += (0..<20).flatMap { Array(glyphs.runMark($0)) }
    // What views and reports write besides.
    symbols += Array("├┤┴┬┼╷░■−–—‘’“”·±≥≤∞∘²³ⁿᵀᵗ₁₂∏ΣΔΠπσωαβελ→←✓✗❄‖µμāüé")
    var seen: [[UInt8]: Character] = [:]
    let alike: [Set<Character>] = [["−", "–"], ["∏", "Π"], ["µ", "μ"], ["—", "─"]]
    for symbol in symbols {
      let mask = GlyphMask(symbol, cell: Self.cells[0]).coverage
      #expect(mask != unknown && mask.contains { $0 > 60 }, "\(symbol)")
      if let other = seen[mask], other != symbol { #expect(alike.contains([other, symbol]), "\(other) looks like \(symbol)") }
      seen[mask] = symbol
    }
    #expect(GlyphMask("日", cell: Self.cells[0]).coverage == unknown)
  }

  /// Straight strokes have no blurred edges at sizes that are multiples of the grid.
  @Test(arguments: [(8, 16), (12, 24), (16, 32)]) func straightStrokesAreSharp(width: Int, height: Int) {
    for character: Character in ["H", "E", "F", "L", "T", "+", "─", "│"] {
      let mask = GlyphMask(character, cell: PixelSize(width: width, height: height)).coverage
      let blurred = mask.filter { $0 > 8 && $0 < 247 }.count
      // Only the ends are round.
      #expect(blurred <= 16 * width / 8, "\(character): \(blurred)")
      #expect(mask.filter { $0 >= 247 }.count > 6)
    }
  }

  @Test func stylesAreHonoured() {
    let (red, blue) = (RGB(250, 0, 0), RGB(0, 0, 90))
    let given = Style(foreground: .rgb(red), background: .rgb(blue))
    #expect(colors(raster("█", given)) == [red] && colors(raster(" ", given)) == [blue])
    var style = given
    style.reverse = true
    #expect(colors(raster("█", style)) == [blue] && colors(raster(" ", style)) == [red])
    #expect(colors(raster("█", Style(reverse: true))) == [ground])
    style = given
    style.dim = true
    #expect(colors(raster("█", style)) == [red.mixed(with: blue)])
    style = given
    style.underline = true
    let underlined = raster("  ", style)
    let rows = (0..<16).filter { y in (0..<16).allSatisfy { underlined[$0, y] == red } }
    #expect(rows.count == 1 && rows[0] > 11 && colors(underlined) == [red, blue])
    // Bold has more ink and everything that the plain one has.
    let (plain, bold) = (raster("R"), raster("R", Style(bold: true)))
    var more = 0
    for y in 0..<16 {
      for x in 0..<8 {
        #expect(bold[x, y].g >= plain[x, y].g)
        more += bold[x, y].g > plain[x, y].g ? 1 : 0
      }
    }
    #expect(more > 10)
    #expect(raster("│", Style(bold: true)) == raster("│"))
  }

  @Test func framesOfAnySizeAreDrawn() {
    #expect(image().raster(Frame(width: 0, height: 0)).pixels.isEmpty)
    #expect(FrameImage(cell: PixelSize(width: 0, height: 900)).cell == PixelSize(width: 4, height: 64))
    var frame = Frame(width: 3, height: 1)
    frame.place(Raster(width: 2, height: 2, color: RGB(1, 2, 3)), in: Rect(x: -1, y: -1, width: 9, height: 9), id: 1)
    #expect(colors(image(PixelSize(width: 4, height: 4)).raster(frame)) == [RGB(1, 2, 3)])
  }

  // MARK: Few colours

  /// A screen with text, and a picture of more colours than any palette has.
  private func screen() throws -> Frame {
    var pixels: [UInt8] = []
    for y in 0..<64 { for x in 0..<64 { pixels += [UInt8(4 * x), UInt8(4 * y), UInt8(2 * (x + y))] } }
    let picture = try #require(Raster(width: 64, height: 64, pixels: pixels))
    var frame = Frame(width: 30, height: 10)
    frame.put("PSNR 31.20 dB", x: 1, y: 1, Style(foreground: .rgb(RGB(204, 102, 51))))
    frame.place(picture, in: Rect(x: 16, y: 1, width: 12, height: 6), id: 1)
    return frame
  }

  @Test(arguments: [16, 64, 256]) func sixelKeepsTextAndItsBackground(_ registers: Int) throws {
    let frame = try screen()
    let image = FrameImage(foreground: RGB(204, 204, 204), background: RGB(51, 51, 51))
    let wanted = image.raster(frame)
    let decoded = try #require(SixelDecoder(image.sixel(frame, registers: registers)))
    #expect(decoded.width == 240 && decoded.height == 160 && decoded.percents.count <= registers)
    var (sums, wantedSums) = ([0, 0, 0], [0, 0, 0])
    for y in 0..<160 {
      for x in 0..<240 {
        let number = try #require(decoded.number(x: x, y: y))
        let seen = try #require(decoded.percents[number]).map { ($0 * 255 + 50) / 100 }
        let color = wanted[x, y]
        if (128..<224).contains(x), (16..<112).contains(y) {
          for channel in 0..<3 { sums[channel] += seen[channel] }
          wantedSums = [wantedSums[0] + Int(color.r), wantedSums[1] + Int(color.g), wantedSums[2] + Int(color.b)]
        } else if color == RGB(51, 51, 51) || color == RGB(204, 102, 51) {
          #expect(seen == [Int(color.r), Int(color.g), Int(color.b)])
        }
      }
    }
    for (sum, wanted) in zip(sums, wantedSums) { #expect(abs(sum - wanted) / (96 * 96) < 6) }
  }

  @Test func filesOfFewColorsAreExactWhereTheyCan() throws {
    let map = try #require(ColorMap.magma.raster(width: 20, height: 30, values: (0..<600).map { Float($0) / 599 }))
    let exact = map.inFewColors()
    #expect(exact.palette.count <= 256)
    #expect((0..<600).allSatisfy { exact.palette[Int(exact.indices[$0])] == map[$0 % 20, $0 / 20] })
    let many = try screen().pictures[0].raster
    let dithered = many.inFewColors()
    #expect(dithered.palette.count <= 256 && dithered.indices.allSatisfy { Int($0) < dithered.palette.count })
    let means = (0..<64 * 64).reduce((0, 0)) { sums, place in
      (sums.0 + Int(many[place % 64, place / 64].g), sums.1 + Int(dithered.palette[Int(dithered.indices[place])].g))
    }
    #expect(abs(means.0 - means.1) / 4096 < 3)
  }
}
