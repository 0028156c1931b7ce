import Foundation
import Testing

@testable import Signals

/// Animations, as ImageMagick reads them.
@Suite struct AnimationWriterTests {
  private static let convert = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].contains {
    FileManager.default.isExecutableFile(atPath: $0 + "/convert") && FileManager.default.isExecutableFile(atPath: $0 + "/identify")
  }

  /// Standard output of a program.
  private func output(_ arguments: [String]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(arguments)")
    return bytes
  }

  private func palette(_ count: Int, times factor: Int) -> [SIMD3<UInt8>] {
    (0..<count).map { SIMD3<UInt8>(UInt8($0), UInt8(255 - $0), UInt8($0 * factor % 256)) }
  }

  private func frame(_ palette: [SIMD3<UInt8>], _ pixels: Int, delay: Int, seed: UInt64) -> AnimationFrame {
    var generator = FixedGenerator(state: seed)
    // Noise and runs: the dictionary of the compression fills and is begun anew.
    let indices = (0..<pixels).map { place in
      place / 900 % 2 == 0 ? UInt8.random(in: 0...UInt8(palette.count - 1), using: &generator) : UInt8(place / 50 % palette.count)
    }
    return AnimationFrame(indices: indices, palette: palette, delay: delay)
  }

  @Test(
    .enabled(if: convert, "skipped: ImageMagick is not there"), arguments: [(1, 1), (3, 2), (97, 131)], [1, 2, 5, 200, 256])
  func imageMagickSeesEveryPixel(_ size: (rows: Int, columns: Int), _ colors: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.gif")
    let ramp = palette(colors, times: 7)
    let other = palette(max(2, colors / 2), times: 3)
    let pixels = size.rows * size.columns
    let frames = [
      frame(ramp, pixels, delay: 7, seed: 1), frame(ramp, pixels, delay: 100, seed: 2), frame(other, pixels, delay: 0, seed: 3),
      frame(ramp, pixels, delay: 65_535, seed: 4),
    ]
    try AnimationWriter.write(frames, rows: size.rows, columns: size.columns, to: path)
    #expect(folder.names == ["a.gif"])
    let lines = String(decoding: try output(["identify", "-format", "%T %w %h %X %Y %D\n", path]), as: UTF8.self)
    #expect(lines.split(separator: "\n") == frames.map { "\($0.delay) \(size.columns) \(size.rows) +0 +0 None" })
    for (number, frame) in frames.enumerated() {
      let seen = try output(["convert", "\(path)[\(number)]", "-depth", "8", "rgb:-"])
      #expect(seen == frame.indices.flatMap { index in (0..<3).map { frame.palette[Int(index)][$0] } }, "frame \(number)")
    }
    let bytes = try bytes(of: URL(fileURLWithPath: path))
    // Once, before the first frame: for ever.
    let loop = Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
    #expect(bytes.starts(with: Array("GIF89a".utf8)) && bytes.last == 0x3B)
    #expect(bytes.indices.filter { bytes[$0...].starts(with: loop) }.count == 1)
  }

  @Test(.enabled(if: convert, "skipped: ImageMagick is not there"))
  func itBeginsAgainForEver() throws {
    let folder = try TemporaryFolder()
    let frame = AnimationFrame(indices: [0, 1], palette: [[1, 2, 3], [4, 5, 6]], delay: 4)
    try AnimationWriter.write([frame, frame], rows: 1, columns: 2, to: folder.path("b.gif"))
    let text = String(decoding: try output(["identify", "-verbose", folder.path("b.gif")]), as: UTF8.self)
    let iterations = text.split(separator: "\n").filter { $0.contains("Iterations:") }
    #expect(iterations.allSatisfy { $0.hasSuffix(" 0") } && iterations.count == 2)
  }

  @Test func whatGIFCannotHoldIsRefused() throws {
    let good = AnimationFrame(indices: [0, 1], palette: [[0, 0, 0], [9, 9, 9]], delay: 1)
    func refused(_ frames: [AnimationFrame], rows: Int = 1, columns: Int = 2) -> SignalError? {
      do throws(SignalError) {
        _ = try AnimationWriter.encode(frames, rows: rows, columns: columns)
        return nil
      } catch { return error }
    }
    #expect(refused([good]) == nil)
    let faults: [SignalError?] = [
      refused([]), refused([good], rows: 0), refused([good], columns: 65_536), refused([good], rows: 2),
      refused([good, AnimationFrame(indices: [0, 2], palette: good.palette, delay: 1)]),
      refused([AnimationFrame(indices: [0, 0], palette: [], delay: 1)]),
      refused([AnimationFrame(indices: [0, 0], palette: Array(repeating: [1, 1, 1], count: 257), delay: 1)]),
      refused([AnimationFrame(indices: [0, 0], palette: good.palette, delay: -1)]),
      refused([AnimationFrame(indices: [0, 0], palette: good.palette, delay: 65_536)]),
    ]
    for fault in faults { #expect(fault?.kind == .usage && fault?.message.contains("allowed") == true) }
    #expect(throws: SignalError.self) {
      try AnimationWriter.write([good], rows: 1, columns: 2, to: "/nonexistent/folder/a.gif")
    }
  }

  @Test func picturesOfASeriesAreNumbered() {
    #expect(ImageWriter.numbered("out/frames.png", 7, last: 120) == "out/frames-007.png")
    #expect(ImageWriter.numbered("a.b/frames", 0, last: 9) == "a.b/frames-0")
    #expect(ImageWriter.numbered(".png", 12, last: 12) == ".png-12")
    #expect(ImageWriter.numbered("x.tar.png", 1, last: 10) == "x.tar-01.png")
  }

  @Test func pixelsAreWrittenAsTheyAre() throws {
    let folder = try TemporaryFolder()
    let pixels = (0..<4 * 5 * 3).map { UInt8($0 * 37 % 256) }
    try ImageWriter.write(pixels, rows: 4, columns: 5, channels: 3, to: folder.path("p.png"))
    let read = try ImageReader.read(path: folder.path("p.png"), resize: .none).signal
    #expect(read.shape == [4, 5] && read.samples.map { UInt8(($0 * 255).rounded()) } == pixels)
    #expect(throws: SignalError.self) { try ImageWriter.write(pixels, rows: 4, columns: 4, channels: 3, to: folder.path("q.png")) }
    #expect(folder.names == ["p.png"])
  }
}
