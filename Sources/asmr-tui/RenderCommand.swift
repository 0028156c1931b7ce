import ArgumentParser
import Networks
import Signals
import Training

struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render", abstract: "Draw a saved model again.")

  @Argument(help: "A model that train --save wrote, or a state dictionary of the public ASMR code (safetensors).")
  var model: String

  @Option(help: "Write the picture: .png, .pgm or .ppm.")
  var output: String

  @Option(help: "Bases, where the file does not say.")
  var bases: String?

  @Option(help: "Frequency factor ω0, where the file does not say.")
  var omega: Float?

  @Option(help: "Size of the data, width first, where the file does not say: 512x512.")
  var size: String?

  @OptionGroup var threading: ThreadOptions

  func run() throws {
    let threads = try threading.count()
    var hints = ModelHints()
    hints.bases = try bases.map { text throws(ConfigurationError) in try Bases(argument: text) }
    hints.omega0 = omega
    hints.shape = try size.map { text throws(ConfigurationError) in try dataShape(text) }
    let saved = try SavedModel(bytes: try InputFile.read(path: model), file: model, hints: hints)
    guard saved.shape.count == 2, saved.channels == 1 || saved.channels == 3 else {
      throw SignalError(
        kind: .usage, file: model,
        message: "found data of \(saved.shape.count) axes and \(saved.channels) channels; a picture has 2 axes and 1 or 3 channels")
    }
    _ = try ImageWriter.format(forPath: output, channels: saved.channels)
    try MemoryBudget.check(
      saved.configuration, shape: saved.shape, channels: saved.channels, threads: threads, trains: false)
    try ImageWriter.write(try saved.render(threads: threads), to: output)
  }
}
