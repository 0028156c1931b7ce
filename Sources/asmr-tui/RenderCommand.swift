import ArgumentParser
import Canvas
import Explorer
import Networks
import Signals
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render", abstract: "Draw a saved model again.")

  @OptionGroup var source: ModelOptions

  @Option(
    help: "Write the picture: .png, .pgm or .ppm. Without it, it is drawn in the terminal, or written as PNM into a pipe.",
    completion: .file(extensions: ["png", "pgm", "ppm"]))
  var output: String?

  @OptionGroup var threading: ThreadOptions

  func run() throws {
    let threads = try threading.count()
    let saved = try source.load()
    guard saved.shape.count == 2, saved.channels == 1 || saved.channels == 3 else {
      throw SignalError(
        kind: .usage, file: source.model,
        message: "found data of \(saved.shape.count) axes and \(saved.channels) channels; a picture has 2 axes and 1 or 3 channels")
    }
    if let output {
      _ = try ImageWriter.format(forPath: output, channels: saved.channels)
      try checkFiles([("--output", output)])
    }
    try MemoryBudget.check(
      saved.configuration, shape: saved.shape, channels: saved.channels, threads: threads, trains: false)
    let picture = try saved.render(threads: threads)
    if let output {
      try ImageWriter.write(picture, to: output)
    } else if isatty(STDOUT_FILENO) == 1 {
      try writeOutput(Array(art(picture).utf8))
    } else {
      try writeOutput(try ImageWriter.encode(picture, as: picture.channels == 1 ? .pgm : .ppm))
    }
  }

  /// The picture as large as the terminal shows it whole, in the colours that the environment promises.
  private func art(_ picture: Signal) -> String {
    let environment = ProcessInfo.processInfo.environment
    let depth: ColorDepth = !(environment["NO_COLOR"] ?? "").isEmpty
      ? .monochrome : ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "") ? .trueColor : .palette256
    let size = terminalSize(STDOUT_FILENO)
    let room = Rect(x: 0, y: 0, width: size.columns, height: max(1, size.rows - 1))
    let rect = fit(pictureWidth: picture.shape[1], pictureHeight: picture.shape[0], in: room)
    let place = Rect(x: 0, y: 0, width: rect.width, height: rect.height)
    guard let raster = picture.resized(rows: 2 * rect.height, columns: rect.width).raster else { return "" }
    let cells = CellArt(localeIsUTF8() ? .half : .ascii, depth: depth).cells(raster, place)
    return AnsiText.text(cells, width: place.width, depth: depth)
  }
}
