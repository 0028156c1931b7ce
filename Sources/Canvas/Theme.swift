/// The colours of everything, by what they are for.
///
/// Read from btop's theme files: btop's own keys are mapped to our roles, and a few keys of our own refine them, so any
/// theme made for btop works as it is.
public struct Theme: Hashable, Sendable {
  public var name: String

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
  public var meterBackground: Color
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

  /// The colour of a run by its index; it starts again after the last one, and letters and patterns tell runs apart.
  public func run(_ index: Int) -> Color {
    runs.isEmpty ? foreground : runs[((index % runs.count) + runs.count) % runs.count]
  }

  public var text: Style { Style(foreground: foreground, background: background) }
  public var dimText: Style { Style(foreground: inactive, background: background) }
  public var titleText: Style { Style(foreground: title, background: background, bold: true) }
  public var accentText: Style { Style(foreground: accent, background: background, bold: true) }
  public var selection: Style { Style(foreground: selectedForeground, background: selectedBackground) }
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

  /// What is used without a theme file: the text of `themes/asmr.theme`.
  public static let builtIn: Theme = Theme(values: ThemeFile.parse(builtInText, file: "built-in").values, name: "asmr")

  /// Reads a theme. Lines that are broken are left out and reported; what is missing comes from btop's related keys or
  /// from the built-in theme.
  ///
  /// - Parameter file: the name that faults carry.
  public static func parse(_ text: String, file: String) -> (theme: Theme, faults: [ThemeFault]) {
    let parsed = ThemeFile.parse(text, file: file)
    var name = file.split(separator: "/").last.map(String.init) ?? file
    if name.hasSuffix(".theme") { name.removeLast(6) }
    return (Theme(values: parsed.values, name: name), parsed.faults)
  }
}

extension Theme {
  /// Okabe and Ito's colours that stay apart for every kind of colour vision, lightened for dark screens.
  static let okabeIto: [Color] = [0x56B4E9, 0xE69F00, 0x2FB992, 0xF0E442, 0xCC79A7, 0xE8743B, 0x8F9BFF, 0xB8B8B8].map(
    Color.hex)

  /// Fills every role: our key, then btop's, then what is built in.
  init(values: [String: Color], name: String) {
    func pick(_ keys: String..., otherwise: Color) -> Color {
      for key in keys { if let value = values[key] { return value } }
      return otherwise
    }
    self.name = name
    background = pick("main_bg", otherwise: .terminalDefault)
    foreground = pick("main_fg", otherwise: .hex(0xC8CCD4))
    title = pick("title", otherwise: .hex(0xE6E9EF))
    accent = pick("hi_fg", otherwise: .hex(0x56B4E9))
    selectedBackground = pick("selected_bg", otherwise: .hex(0x005F87))
    selectedForeground = pick("selected_fg", otherwise: .hex(0xFFFFFF))
    inactive = pick("inactive_fg", otherwise: .hex(0x7C828D))
    frame = pick("frame", "div_line", otherwise: .hex(0x4A505A))
    frameFocused = pick("frame_focused", "cpu_box", otherwise: .hex(0x8AB8D8))
    meterBackground = pick("meter_bg", otherwise: inactive)
    good = pick("good", "cpu_start", otherwise: .hex(0x2FB992))
    critical = pick("critical", "cpu_end", otherwise: .hex(0xE8743B))
    // btop leaves the middle of a gradient of two colours empty.
    let middle = Theme.middle(good, critical)
    warning = pick("warning", otherwise: Theme.given(values["cpu_mid"]) ?? middle ?? .hex(0xE69F00))
    plotText = pick("plot_text", "graph_text", otherwise: inactive)
    plotAxis = pick("plot_axis", otherwise: inactive)
    plotMark = pick("plot_mark", "proc_misc", otherwise: warning)

    // A btop theme has no runs: the colours of its boxes and graphs serve while they differ, then the built-in ones.
    let borrowed = ["cpu_box", "mem_box", "net_box", "proc_box", "download_end", "upload_end", "temp_end", "proc_misc"]
    var spare = borrowed.compactMap { Theme.given(values[$0]) } + Theme.okabeIto
    var runs: [Color] = []
    let own = (1...8).map { values["run_\($0)"] }
    for value in own {
      if let value {
        runs.append(value)
        continue
      }
      let taken = runs + own.compactMap { $0 }
      while let next = spare.first, taken.contains(where: { Theme.alike($0, next) }) { spare.removeFirst() }
      runs.append(spare.isEmpty ? Theme.okabeIto[runs.count % 8] : spare.removeFirst())
    }
    self.runs = runs
    plotLine = pick("plot_line", otherwise: runs[0])
  }

  /// An empty value means the terminal's own colour, which is of no use where colours must differ.
  private static func given(_ color: Color?) -> Color? { color == .terminalDefault ? nil : color }

  private static func middle(_ a: Color, _ b: Color) -> Color? {
    guard case .rgb(let first) = a, case .rgb(let second) = b else { return nil }
    return .rgb(first.mixed(with: second))
  }

  /// Whether two colours are too close to tell two lines apart.
  private static func alike(_ a: Color, _ b: Color) -> Bool {
    guard case .rgb(let first) = a, case .rgb(let second) = b else { return a == b }
    return first.distance(to: second) < 3000
  }
}
