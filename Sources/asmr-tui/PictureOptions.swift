import ArgumentParser
import Canvas
import TerminalUI

/// How pictures are drawn, in words of the command line.
struct PictureOptions: ParsableArguments {
  @Option(help: "How pictures are drawn: auto, sixel, kitty, half, quadrant, braille or ascii.")
  var graphics = Choice<Graphics>.auto

  @Option(help: "Colours of pictures made of characters: auto, 24bit, 256, 16 or mono.")
  var color = Choice<ColorDepth>.auto

  @Option(help: "How few colours stand for many: ordered, diffused or none.")
  var dither = Dither.ordered

  @Option(
    help: ArgumentHelp("Size of a character in pixels, where the terminal says it wrongly: 8x16.", valueName: "WxH"),
    transform: { try optionValue($0, allowed: "WxH of 4 to 64 each, as in 8x16", CellSize.init(argument:)) })
  var cell: CellSize?

  @Flag(help: "Draw everything with ASCII characters alone.")
  var ascii = false

  func terminal(readsControllingTerminal: Bool = false, mouse: Bool = true) -> TerminalOptions {
    var options = TerminalOptions(
      colorDepth: color.value, ascii: ascii, readsControllingTerminal: readsControllingTerminal, mouse: mouse,
      graphics: graphics.value ?? (ascii ? .ascii : nil))
    options.dither = dither
    options.cell = cell?.size
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
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1], (4...64).contains(width), (4...64).contains(height)
    else { return nil }
    size = PixelSize(width: width, height: height)
  }
}

extension Graphics: ExpressibleByArgument {}
extension Dither: ExpressibleByArgument {}

extension ColorDepth: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "24bit": self = .trueColor
    case "256": self = .palette256
    case "16": self = .palette16
    case "mono": self = .monochrome
    default: return nil
    }
  }
  public static var allValueStrings: [String] { ["24bit", "256", "16", "mono"] }
}
