import Canvas
import Signals
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Pictures of characters as a terminal has them: read back from tmux, cell by cell, beside what they must show.
@Suite(
  .serialized, .enabled(if: Tmux.isInstalled, "skipped: tmux and bash are needed"),
  .enabled(if: ExplorerSession.program != nil, "skipped: asmr-tui was not built"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(5)))
struct ArtTerminalTests {
  /// Of the target, on a screen of 100×30.
  private static let rect = Rect(x: 11, y: 3, width: 28, height: 14)
  private static let side = 70

  /// Waves of other lengths in every channel, and a little noise.
  private func picture(channels: Int) -> [UInt8] {
    var state: UInt32 = 7
    var bytes = Array("P\(channels == 3 ? 6 : 5) \(Self.side) \(Self.side) 255\n".utf8)
    for place in 0..<Self.side * Self.side {
      for channel in 0..<channels {
        state = state &* 1_664_525 &+ 1_013_904_223
        let wave = abs((place % Self.side * (7 + 3 * channel) + place / Self.side * 11) % 460 - 230)
        bytes.append(UInt8(wave + Int(state >> 28)))
      }
    }
    return bytes
  }

  private func open(_ options: String, channels: Int) throws -> (session: ExplorerSession, expected: ExpectedPicture) {
    let session = try ExplorerSession.open("waves.pnm --steps 0 \(options)") { try $0.write(picture(channels: channels), to: "waves.pnm") }
    let signal = try ImageReader.read(path: session.folder + "/waves.pnm", resize: .none).signal
    return (session, ExpectedPicture(signal: signal))
  }

  /// What a byte may be that stands for a mean: the nearest one, or both when it lies between.
  private func bytes(_ mean: Double) -> Set<UInt8> {
    Set([-0.01, 0.01].map { UInt8(min(max((255 * mean + $0).rounded(), 0), 255)) })
  }

  @Test("Half-blocks of 24 bits and of 256 colours have the picture's", arguments: ["24bit", "256"], [1, 3])
  func halfBlocks(_ depth: String, _ channels: Int) throws {
    let (session, expected) = try open("--graphics half --color \(depth)", channels: channels)
    let rect = Self.rect
    let pixels = expected.pixels(width: rect.width, height: 2 * rect.height)
    let isShown = session.waitForCells { cells in
      if depth == "24bit" { return expected.place(in: cells, width: 100) == rect }
      return (0..<2 * rect.height).allSatisfy { y in
        (0..<rect.width).allSatisfy { x in
          let cell = cells[rect.x + x, rect.y + y / 2]
          let mean = pixels[y * rect.width + x]
          let nearest = bytes(mean[0]).flatMap { r in
            bytes(mean[channels / 2]).flatMap { g in bytes(mean[channels - 1]).map { b in RGB(r, g, b).nearest256 } }
          }
          return cell.character == "▀" && (y % 2 == 0 ? cell.foregroundIndex : cell.backgroundIndex).map { nearest.contains(Int($0)) } == true
        }
      }
    }
    #expect(isShown != nil)
    session.quit()
  }

  /// Which pixels of a cell are in the foreground's colour, row by row.
  private func lit(_ character: Character, _ graphics: Graphics) -> [Bool]? {
    if graphics == .quadrant {
      return Array(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█").firstIndex(of: character).map { bits in (0..<4).map { bits >> $0 & 1 == 1 } }
    }
    let scalar = character == " " ? 0x2800 : Int(character.unicodeScalars.first?.value ?? 0)
    guard (0x2800...0x28FF).contains(scalar) else { return nil }
    return [0, 3, 1, 4, 2, 5, 6, 7].map { (scalar - 0x2800) >> $0 & 1 == 1 }
  }

  /// The least root of the mean square that two colours can be off by.
  private func least(_ values: [Double]) -> Double {
    func error(_ group: [Double]) -> Double {
      let mean = group.reduce(0, +) / Double(max(group.count, 1))
      return group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    let best = (0..<1 << (values.count - 1)).map { bits in
      let groups = [0, 1].map { side in values.indices.filter { bits >> $0 & 1 == side }.map { values[$0] } }
      return error(groups[0]) + error(groups[1])
    }.min() ?? 0
    return (best / Double(values.count)).squareRoot()
  }

  @Test("Quadrants and braille have the two colours that are nearest", arguments: [Graphics.quadrant, .braille], ["24bit", "256"])
  func twoColorsACell(_ graphics: Graphics, _ depth: String) throws {
    let (session, expected) = try open("--graphics \(graphics.rawValue) --color \(depth)", channels: 1)
    let (rect, block) = (Self.rect, graphics.pixels(cell: PixelSize(width: 8, height: 16)))
    let columns = rect.width * block.width
    let pixels = expected.pixels(width: columns, height: rect.height * block.height).map { 255 * $0[0] }
    // Bytes are rounded; greys of the 256 lie up to 17 apart.
    let tolerance = depth == "24bit" ? 1.0 : 9
    func isRight(_ cell: CapturedCells.Place, _ x: Int, _ y: Int) -> Bool {
      guard let lit = lit(cell.character, graphics) else { return false }
      func grey(_ color: UInt32?, _ index: UInt8?) -> Double? {
        depth == "24bit" ? color.map { Double($0 & 0xFF) } : index.map { Double(Palette.xterm256(Int($0)).g) }
      }
      let ground = grey(cell.background, cell.backgroundIndex)
      let ink = grey(cell.foreground, cell.foregroundIndex)
      let inside = lit.indices.map { pixels[(y * block.height + $0 / block.width) * columns + x * block.width + $0 % block.width] }
      var sum = 0.0
      for (value, isLit) in zip(inside, lit) {
        guard let shown = isLit ? ink : ground else { return false }
        sum += (shown - value) * (shown - value)
      }
      return (sum / Double(inside.count)).squareRoot() <= least(inside) + tolerance
    }
    #expect(
      session.waitForCells { cells in
        (0..<rect.height).allSatisfy { y in (0..<rect.width).allSatisfy { isRight(cells[rect.x + $0, rect.y + y], $0, y) } }
      } != nil)
    session.quit()
  }

  @Test("A frame saved as text is the screen again when it is printed", arguments: [ColorDepth.trueColor, .palette256])
  func framesAsText(_ depth: ColorDepth) throws {
    let tmux = try #require(Tmux(width: 60, height: 20))
    let path = FileManager.default.temporaryDirectory.appending(path: "asmr-frame-\(UInt64.random(in: 0 ... .max)).txt").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var frame = Frame(width: 60, height: 16, style: Style(background: .hex(0x1A1B26)))
    let ink = Style(foreground: .hex(0x56B4E9), background: .hex(0x1A1B26), bold: true)
    frame.box(frame.bounds, title: "reconstruction", style: ink)
    frame.place(ColorMap.magma.strip(width: 40, height: 20), in: Rect(x: 4, y: 2, width: 40, height: 10), id: 1)
    frame.put("31.20 dB", x: 10, y: 5, Style(reverse: true))
    #expect(FileManager.default.createFile(atPath: path, contents: Data(AnsiText.frame(frame, depth: depth).utf8)))
    tmux.enter("cat '\(path)'")
    let wanted = frame.composed(CellArt(.half, depth: depth))
    func isShown(_ color: Color, _ direct: UInt32?, _ index: UInt8?) -> Bool {
      guard case .rgb(let rgb) = color else { return direct == nil && index == nil }
      return depth == .trueColor ? direct == rgb.packed : index == UInt8(rgb.nearest256)
    }
    let seen = tmux.wait(colors: true) { text in
      let cells = CapturedCells(text)
      return wanted.enumerated().allSatisfy { at, cell in
        let place = cells[at % 60, at / 60]
        // Of a blank nobody sees the foreground.
        return place.character == cell.character && isShown(cell.style.background, place.background, place.backgroundIndex)
          && (cell.character == " " || isShown(cell.style.foreground, place.foreground, place.foregroundIndex))
      }
    }
    #expect(seen != nil)
  }

  @Test("ASCII is as bright as the picture, in its colours", arguments: ["24bit", "256"])
  func ascii(_ depth: String) throws {
    let (session, expected) = try open("--graphics ascii --color \(depth)", channels: 1)
    let rect = Self.rect
    let pixels = expected.pixels(width: rect.width, height: 2 * rect.height).map { $0[0] }
    #expect(
      session.waitForCells { cells in
        (0..<rect.height).allSatisfy { y in
          (0..<rect.width).allSatisfy { x in
            let mean = (pixels[2 * y * rect.width + x] + pixels[(2 * y + 1) * rect.width + x]) / 2
            let cell = cells[rect.x + x, rect.y + y]
            let levels = [-0.006, 0.006].map { CellArt.ramp[min(max(Int((mean + $0) * 10), 0), 9)] }
            let grey = depth == "24bit"
              ? cell.foreground.map { Double($0 & 0xFF) } : cell.foregroundIndex.map { Double(Palette.xterm256(Int($0)).g) }
            return levels.contains(cell.character)
              && (cell.character == " " || grey.map { abs($0 - 255 * mean) < (depth == "24bit" ? 1.6 : 9.6) } == true)
          }
        }
      } != nil)
    session.quit()
  }
}
