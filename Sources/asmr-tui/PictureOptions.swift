import ArgumentParser
import Canvas
import Explorer
import TerminalUI

/// How pictures are drawn, in words of the command line.
struct PictureOptions: ParsableArguments {
  @Option(help: "How pictures are drawn: auto, sixel, kitty, half, quadrant, braille or ascii. (default: auto)")
  var graphics: Choice<Graphics>?

  @Option(help: "Colours of pictures made of characters: auto, 24bit, 256, 16 or mono. (default: auto)")
  var color: Choice<ColorDepth>?

  @Option(help: "How few colours stand for many: ordered, diffused or none. (default: ordered)")
  var dither: Dither?

  @Option(
    help: ArgumentHelp("Size of a character in pixels, where the terminal says it wrongly: 8x16.", valueName: "WxH"),
    transform: { try optionValue($0, allowed: "WxH of 4 to 64 each, as in 8x16", CellSize.init(argument:)) })
  var cell: CellSize?

  @Flag(help: "Draw everything with ASCII characters alone.")
  var ascii = false

  /// - Parameter settings: what holds where an option does not say otherwise.
  func terminal(_ settings: Settings, readsControllingTerminal: Bool = false, mouse: Bool = true) -> TerminalOptions {
    // Characters of ASCII alone draw no blocks either, unless an option asks for them.
    let standard = ascii ? .ascii : settings.graphics
    var options = TerminalOptions(
      colorDepth: color.map(\.value) ?? settings.color, ascii: ascii, readsControllingTerminal: readsControllingTerminal,
      mouse: mouse && settings.mouse, graphics: graphics.map { $0.value ?? (ascii ? .ascii : nil) } ?? standard)
    options.dither = dither ?? settings.dither
    options.cell = cell?.size ?? settings.cell
    return options
  }
}

/// A value, or what the terminal says.
enum Choice<Value: ExpressibleByArgument>: ExpressibleByArgument {
  case auto
  case chosen(Value)

  var value: Value? { if case .chosen(let value) = self { value } else { nil } }

  init?(argument: String) {
    if argument == "auto" {
      self = .auto
    } else if let value = Value(argument: argument) {
      self = .chosen(value)
    } else {
      return nil
    }
  }
  var defaultValueDescription: String { value?.defaultValueDescription ?? "auto" }
  static var allValueStrings: [String] { ["auto"] + Value.allValueStrings }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// A character's size, 4…64 pixels a side.
struct CellSize {
  let size: PixelSize

  init?(argument: String) {
    guard let size = PixelSize(cell: argument) else { return nil }
    self.size = size
  }
}

extension Graphics: ExpressibleByArgument {}
extension Dither: ExpressibleByArgument {}

extension ColorDepth: ExpressibleByArgument {
  public init?(argument: String) { self.init(name: argument) }
  public static var allValueStrings: [String] { names }
}
