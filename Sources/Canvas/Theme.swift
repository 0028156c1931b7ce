/// The colours of everything, by what they are for.
///
/// Read from btop's theme files: btop's own keys are mapped to our roles, and a few keys of our own refine them, so any
/// theme made for btop works as it is.
public struct Theme: Hashable, Sendable {
  public var name: String
  /// Where it was read; nil: it is built in.
  public var file: String?

  public var background: Color
  public var foreground: Color
  /// Titles of panes.
  public var title: Color
  /// Keys to press and what matters now.
  public var accent: Color
  public var selectedBackground: Color
  public var selectedForeground: Color
  /// Disabled and secondary text.
  public var inactive: Color
  public var frame: Color
  /// The frame of the pane that has the keys.
  public var frameFocused: Color
  public var good: Color
  public var warning: Color
  public var critical: Color
  public var plotAxis: Color
  public var plotText: Color
  /// The only curve of a plot.
  public var plotLine: Color
  /// The second curve or the best value of a plot.
  public var plotMark: Color
  /// Eight colours for runs.
  public var runs: [Color]
  /// Colours of error maps, from none to much.
  public var heat: ColorMap

  /// The colour of a run by its index; it starts again after the last one, and letters and patterns tell runs apart.
  public func run(_ index: Int) -> Color {
    runs.isEmpty ? foreground : runs[((index % runs.count) + runs.count) % runs.count]
  }

  public var text: Style { Style(foreground: foreground, background: background) }
  public var dimText: Style { Style(foreground: inactive, background: background) }
  public var titleText: Style { Style(foreground: title, background: background, bold: true) }
  public var accentText: Style { Style(foreground: accent, background: background, bold: true) }
  /// Reversed where the theme has no colours for it.
  public var selection: Style {
    selectedBackground == background
      ? text.reversed : Style(foreground: selectedForeground, background: selectedBackground)
  }
  public var axis: Style { Style(foreground: plotAxis, background: background) }
  public var axisText: Style { Style(foreground: plotText, background: background) }

  public func frameStyle(focused: Bool) -> Style {
    Style(foreground: focused ? frameFocused : frame, background: background)
  }

  /// A text in one of the theme's colours on its background.
  public func style(_ color: Color, bold: Bool = false) -> Style {
    Style(foreground: color, background: background, bold: bold)
  }

  public func runStyle(_ index: Int, bold: Bool = false) -> Style { style(run(index), bold: bold) }

  /// Whether it is for light screens; nil: it has the terminal's own colours, for either.
  public var isLight: Bool? { Theme.isLight(background, foreground) }

  static func isLight(_ background: Color, _ foreground: Color) -> Bool? {
    if case .rgb(let ground) = background { return ground.isLight }
    if case .rgb(let ink) = foreground { return !ink.isLight }
    return nil
  }

  /// What stands for the terminal's own colours where pixels are drawn.
  public static let lightGround = RGB(hex: 0xFAFAFA), darkGround = RGB(hex: 0x14161A)
  public static let lightInk = RGB(hex: 0xC8CCD4), darkInk = RGB(hex: 0x24292F)

  /// What lies behind everything: the theme's background, else the terminal's if the theme is legible on it, else a black
  /// or a white that it is made for.
  ///
  /// - Parameter terminal: the terminal's own background, if it is known.
  public func ground(terminal: RGB? = nil) -> RGB {
    if case .rgb(let ground) = background { return ground }
    if let terminal, isLight == nil || isLight == terminal.isLight { return terminal }
    return isLight == true ? Theme.lightGround : Theme.darkGround
  }

  /// The theme for a terminal: one that leaves the background to it, but is dark where the terminal is light or light where
  /// it is dark, gets a background of its own.
  ///
  /// - Parameter terminal: the terminal's own background; nil leaves the theme as it is.
  public func fitted(to terminal: RGB?) -> Theme {
    guard background == .terminalDefault, let terminal, let isLight, isLight != terminal.isLight else { return self }
    var theme = self
    theme.background = .rgb(ground())
    return theme
  }

  /// The colour of text on the same.
  public func ink(terminal: RGB? = nil) -> RGB {
    if case .rgb(let ink) = foreground { return ink }
    return ground(terminal: terminal).isLight ? Theme.darkInk : Theme.lightInk
  }

  /// Reads a theme. Lines that are broken are left out and reported; what is missing comes from btop's related keys or
  /// from the built-in theme.
  ///
  /// - Parameter file: the name that faults carry.
  public static func parse(_ text: String, file: String) -> (theme: Theme, faults: [ThemeFault]) {
    let parsed = ThemeFile.parse(text, file: file)
    var theme = Theme(values: parsed.values, name: name(ofFile: file))
    theme.file = file
    return (theme, parsed.faults)
  }

  /// `nord` of `themes/nord.theme`.
  public static func name(ofFile file: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return name.hasSuffix(".theme") ? String(name.dropLast(6)) : name
  }
}
