import Canvas
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Pictures in a real xterm, looked at pixel by pixel.
@Suite(
  .serialized, .enabled(if: Xterm.isInstalled, "Xvfb, xterm, xdotool and ImageMagick are needed"),
  .enabled(if: ExplorerSession.program != nil, "asmr-tui was not built"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(5)))
struct PixelTests {
  private static let colors: [UInt32] = [0xFF0000, 0x00FF00, 0x0000FF, 0xFFFF00]

  /// A folder with a picture of four quarters, and the program beside it.
  private func folder() throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "asmr-pixels-\(UInt64.random(in: 0 ... .max))").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var bytes = Array("P6 64 64 255\n".utf8)
    for y in 0..<64 {
      for x in 0..<64 {
        let color = Self.colors[(y / 32) * 2 + x / 32]
        bytes += [UInt8(color >> 16), UInt8(color >> 8 & 255), UInt8(color & 255)]
      }
    }
    #expect(FileManager.default.createFile(atPath: path + "/quarters.ppm", contents: Data(bytes)))
    return path
  }

  private func command(_ folder: String, _ options: String = "") throws -> String {
    "cd \(folder) && exec \(try #require(ExplorerSession.program)) quarters.ppm --steps 1 \(options)"
  }

  /// Whether the target stands there whole: four flat quarters that fill a rectangle of whole cells.
  private func hasTarget(_ picture: Xterm.Picture, _ terminal: Xterm, columns: Int, rows: Int) -> Bool {
    let (cellWidth, cellHeight) = (picture.width / columns, picture.height / rows)
    guard cellWidth > 3, cellHeight > 3, let bounds = picture.bounds(of: Set(Self.colors)) else { return false }
    // The reconstruction beside it may have learnt the colours as well: the target is in the left half.
    let right = min(bounds.x.upperBound, picture.width / 2)
    let width = right - bounds.x.lowerBound
    let left = (bounds.x.lowerBound..<right).filter { x in Self.colors.contains(picture[x, bounds.y.lowerBound + 2]) }
    guard let first = left.first, let last = left.last, first % cellWidth == 0, width > 8 * cellWidth else { return false }
    let (middle, half) = ((first + last + 1) / 2, (bounds.y.lowerBound + bounds.y.upperBound) / 2)
    for y in bounds.y {
      for x in first...last {
        // A pixel to each side of the middles may belong to either quarter; a half-block between two colours has soft edges.
        if abs(x - middle) <= 1 || abs(y - half) <= (terminal.hasSixel ? 1 : cellHeight) { continue }
        if picture[x, y] != Self.colors[(y < half ? 0 : 2) + (x < middle ? 0 : 1)] { return false }
      }
    }
    return bounds.y.lowerBound % cellHeight == 0 && bounds.y.upperBound <= picture.height - cellHeight
  }

  /// A row of characters, as pixels.
  private func row(_ index: Int, of picture: Xterm.Picture, rows: Int) -> [UInt32] {
    let height = picture.height / rows
    return Array(picture.pixels[index * height * picture.width..<(index + 1) * height * picture.width])
  }

  @Test("A picture stands in its rectangle, comes back after a pop-up and after another size", arguments: [true, false])
  func picturesStay(hasSixel: Bool) throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let terminal = try #require(Xterm(try command(folder), hasSixel: hasSixel, in: folder))
    let first = try #require(terminal.wait { hasTarget($0, terminal, columns: 100, rows: 30) }, "no picture")
    // The title has not moved, whatever was drawn.
    terminal.send("question")
    let covered = try #require(terminal.wait { !hasTarget($0, terminal, columns: 100, rows: 30) }, "no help")
    #expect(row(0, of: covered, rows: 30).prefix(first.width / 3) == row(0, of: first, rows: 30).prefix(first.width / 3))
    terminal.send("Escape")
    let again = try #require(terminal.wait { hasTarget($0, terminal, columns: 100, rows: 30) }, "the picture is not whole again")
    #expect(row(0, of: again, rows: 30).prefix(first.width / 3) == row(0, of: first, rows: 30).prefix(first.width / 3))
    terminal.resize(columns: 120, rows: 40)
    #expect(terminal.wait { $0.width > first.width && hasTarget($0, terminal, columns: 120, rows: 40) } != nil, "not there at another size")
  }

  @Test("Where lines of text move up or down the pictures beside them stay")
  func linesThatMove() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let options = "--bases 2,4,8 --hidden 16 --view permutations"
    let command = "cd \(folder) && exec \(try #require(ExplorerSession.program)) quarters.ppm --steps 400 \(options)"
    let terminal = try #require(Xterm(command, hasSixel: true, in: folder))
    let plan = try #require(terminal.wait { hasTarget($0, terminal, columns: 100, rows: 30) }, "no picture")
    // The plan's lines make room for curves, and those of the table change places.
    terminal.send("Return")
    let titles = row(2, of: plan, rows: 30)
    try #require(terminal.wait { row(2, of: $0, rows: 30) != titles } != nil, "the orders do not begin")
    #expect(terminal.wait { hasTarget($0, terminal, columns: 100, rows: 30) } != nil, "the picture is not whole")
  }

  /// A shell in a terminal, and the program in it.
  private func shell(hasSixel: Bool, in folder: String) throws -> Xterm {
    let program = try #require(ExplorerSession.program)
    let script = "exec \(program) quarters.ppm --steps 1\n"
    #expect(FileManager.default.createFile(atPath: folder + "/run", contents: Data(script.utf8)))
    let terminal = try #require(Xterm("cd \(folder) && exec bash --norc --noprofile -i", hasSixel: hasSixel, in: folder))
    // Until the shell reads, what is typed may be lost.
    _ = terminal.wait { picture in Set(picture.pixels.prefix(picture.width * 12)).count > 2 }
    terminal.enter("sh run")
    return terminal
  }

  @Test("Stopped and continued, the picture is whole again", arguments: [true, false])
  func stopAndContinue(hasSixel: Bool) throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let terminal = try shell(hasSixel: hasSixel, in: folder)
    let first = try #require(terminal.wait { hasTarget($0, terminal, columns: 100, rows: 30) }, "no picture")
    for _ in 0..<2 {
      terminal.send("ctrl+z")
      #expect(terminal.wait { $0.bounds(of: Set(Self.colors)) == nil } != nil, "the shell's screen is not back")
      terminal.enter("fg")
      let again = try #require(terminal.wait { hasTarget($0, terminal, columns: 100, rows: 30) }, "the picture is not whole again")
      #expect(again.width == first.width)
      #expect(row(0, of: again, rows: 30).prefix(first.width / 3) == row(0, of: first, rows: 30).prefix(first.width / 3))
    }
    terminal.send("q")
    terminal.send("y")
    #expect(terminal.wait { $0.bounds(of: Set(Self.colors)) == nil } != nil)
  }

  @Test("With a larger font a picture still fills its cells")
  func anotherFont() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let terminal = try shell(hasSixel: true, in: folder)
    let first = try #require(terminal.wait { hasTarget($0, terminal, columns: 100, rows: 30) }, "no picture")
    let cells = try #require(first.bounds(of: Set(Self.colors)))
    let rows = (cells.y.lowerBound / (first.height / 30), cells.y.upperBound / (first.height / 30))
    terminal.send("shift+KP_Add")
    let larger = terminal.wait { picture in
      guard picture.height > first.height, hasTarget(picture, terminal, columns: 100, rows: 30) else { return false }
      let height = picture.height / 30
      return picture.bounds(of: Set(Self.colors))?.y == rows.0 * height..<rows.1 * height
    }
    #expect(larger != nil)
    // Not a key of all that the terminal answered.
    terminal.send("q")
    terminal.send("y")
    #expect(terminal.wait { $0.bounds(of: Set(Self.colors)) == nil } != nil)
  }

  @Test("A frame saved as sixel is what its picture is, when it is printed")
  func framesAsSixel() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var frame = Frame(width: 60, height: 14, style: Style(background: .hex(0x1A1B26)))
    frame.box(frame.bounds, title: "features ① level 2", style: Style(foreground: .hex(0x56B4E9), background: .hex(0x1A1B26), bold: true))
    frame.place(ColorMap.viridis.strip(width: 320, height: 128), in: Rect(x: 10, y: 3, width: 40, height: 8), id: 1)
    frame.put(" 31.20 dB ", x: 20, y: 6, Style(reverse: true))
    let wanted = FrameImage().raster(frame)
    #expect(FileManager.default.createFile(atPath: folder + "/frame.six", contents: Data(FrameImage().sixel(frame))))
    let terminal = try #require(Xterm("cd \(folder) && tput civis && clear && cat frame.six && exec sleep 60", hasSixel: true, in: folder))
    var worst = 0
    func isShown(_ picture: Xterm.Picture) -> Bool {
      guard picture.width >= wanted.width, picture.height >= wanted.height else { return false }
      worst = 0
      var exact = 0
      for y in 0..<wanted.height {
        for x in 0..<wanted.width {
          let (seen, color) = (RGB(hex: picture[x, y]), wanted[x, y])
          let distance = max(abs(Int(seen.r) - Int(color.r)), abs(Int(seen.g) - Int(color.g)), abs(Int(seen.b) - Int(color.b)))
          worst = max(worst, distance)
          // Whole percents, and xterm's own rounding of them.
          exact += distance <= 3 ? 1 : 0
        }
      }
      // There are some more colours than registers: for edges of letters another shade stands.
      return worst <= 24 && exact * 100 >= 99 * wanted.width * wanted.height
    }
    #expect(terminal.wait(until: isShown) != nil, "\(worst) of 255 off")
  }

  @Test("Sixel has the pixels of the screen, blocks have two a cell")
  func resolution() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // A checkerboard of single pixels is only there where pixels are.
    var bytes = Array("P5 64 64 255\n".utf8)
    for place in 0..<64 * 64 { bytes.append((place + place / 64) % 2 == 0 ? 255 : 0) }
    #expect(FileManager.default.createFile(atPath: folder + "/quarters.ppm", contents: Data(bytes)))
    func whites(hasSixel: Bool) throws -> Int {
      let terminal = try #require(Xterm(try command(folder), hasSixel: hasSixel, in: folder))
      // The middle of the target's picture, once one is there.
      let picture = try #require(
        terminal.wait { picture in (0..<picture.width / 2).contains { picture[$0, picture.height / 4] & 0xFF > 0x60 } && terminal.isSettled })
      return (0..<picture.height).reduce(0) { sum, y in
        sum + (0..<picture.width / 2).filter { picture[$0, y] == 0xFFFFFF }.count
      }
    }
    #expect(try whites(hasSixel: true) > 2000)
    // Means of white and black are grey.
    #expect(try whites(hasSixel: false) < 2000)
  }
}
