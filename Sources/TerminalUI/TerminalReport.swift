import Canvas

/// What was found out about a terminal, in lines for a person who wonders why pictures look as they do.
public struct TerminalReport: Sendable {
  public struct Line: Hashable, Sendable {
    public let title: String
    public let text: String
  }

  public let asked: [Line]
  public let environment: [Line]
  public let chosen: [Line]

  @MainActor
  public init(_ terminal: Terminal) {
    let capabilities = terminal.capabilities
    asked = TerminalReport.asked(capabilities.probe, asksKitty: !TerminalEnvironment.isMultiplexed(capabilities.name))
    environment = TerminalReport.names.map { name in
      Line(title: name, text: TerminalEnvironment.value(name).map { $0.isEmpty ? "empty" : $0 } ?? "not set")
    }
    let choice = capabilities.choice
    chosen = [
      Line(title: "pictures", text: "\(choice.graphics.rawValue): \(choice.reason)"),
      Line(title: "pixels a cell", text: "\(capabilities.pixels.width)×\(capabilities.pixels.height)"),
      Line(title: "size of a cell", text: "\(choice.cell.width)×\(choice.cell.height) pixels: \(choice.cellReason)"),
      Line(title: "colours of pictures", text: TerminalReport.text(capabilities)),
      Line(title: "colours of the rest", text: capabilities.colors == 0 ? "none" : "\(capabilities.colors)"),
      Line(title: "characters", text: capabilities.isUnicode ? "UTF-8" : "ASCII"),
      Line(title: "mouse", text: capabilities.hasMouse ? "yes" : "no"),
      Line(title: "frames and pictures", text: capabilities.isRemote ? "half as often, over ssh" : "as often as they come"),
      Line(title: "size", text: "\(terminal.width)×\(terminal.height) cells"),
    ]
  }

  private static let names = [
    "TERM", "COLORTERM", "NO_COLOR", "XTERM_VERSION", "TERM_PROGRAM", "TMUX", "STY", "SSH_CONNECTION", "SSH_TTY", "LC_ALL", "LC_CTYPE",
    "LANG",
  ]

  private static func text(_ capabilities: TerminalCapabilities) -> String {
    switch (capabilities.graphics, capabilities.colorDepth) {
    case (.sixel, _): "\(capabilities.choice.registers) a picture"
    case (.kitty, _), (_, .trueColor): "24 bits"
    case (_, .palette256): "256"
    case (_, .palette16): "16, \(capabilities.dither.rawValue)"
    case (_, .monochrome): "none, \(capabilities.dither.rawValue)"
    }
  }

  private static func asked(_ probe: (answers: ProbeAnswers, milliseconds: Int)?, asksKitty: Bool) -> [Line] {
    guard let probe else { return [Line(title: "nothing", text: "terminals of this name print questions or cannot answer")] }
    let answers = probe.answers
    func size(_ size: PixelSize?) -> String? { size.map { "\($0.width)×\($0.height) pixels" } }
    let none = "no answer"
    return [
      Line(
        title: "attributes (DA1, CSI c)",
        text: answers.attributes.map { list in
          list.map(String.init).joined(separator: " ") + (list.contains(4) ? ": 4 is sixel" : ": no 4, no sixel")
        } ?? none),
      Line(title: "name (XTVERSION, CSI > 0 q)", text: answers.name ?? none),
      Line(title: "kitty's graphics (APC G)", text: answers.hasKitty ? "accepted" : asksKitty ? none : "not asked within tmux or screen"),
      Line(title: "colours of sixel (XTSMGRAPHICS 1)", text: answers.registers.map(String.init) ?? none),
      Line(title: "largest picture (XTSMGRAPHICS 2)", text: size(answers.graphicsSize) ?? none),
      Line(title: "size of a cell (CSI 16 t)", text: size(answers.cellSize) ?? none),
      Line(
        title: "synchronised updates (DECRQM 2026)", text: answers.isSynchronizing.map { $0 ? "known" : "not known" } ?? none),
      Line(
        title: "background (OSC 11)",
        text: answers.background.map { $0.hexadecimal + ($0.luminance < 0.5 ? ", dark" : ", light") } ?? none),
      Line(title: "time", text: "\(probe.milliseconds) ms" + (answers.attributes == nil ? ", nothing more within it" : "")),
    ]
  }
}
