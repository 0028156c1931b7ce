extension Theme {
  /// Colours for runs of themes that name none, for dark screens and for light ones: those of the two own themes.
  private static let darkRuns: [Color] = [0x56B4E9, 0xE69F00, 0x56F9A3, 0xFBF87A, 0xD246A1, 0xE9554D, 0x9C66F9, 0xBBDBD7].map(
    Color.hex)
  private static let lightRuns: [Color] = [0x0072B2, 0xC05800, 0x054448, 0xA37652, 0x460164, 0x780406, 0x4421E7, 0x848190].map(
    Color.hex)

  /// Fills every role: our key, then btop's, then what is built in.
  ///
  /// btop's colours of text come to a contrast of 4.5 and those of lines to 3 (WCAG 2, AA), mixed with that of text: there
  /// they are for what nobody has to read. Our own keys and btop's text and selection are taken as they are.
  init(values: [String: Color], name: String) {
    func pick(_ keys: String..., otherwise: Color) -> Color {
      for key in keys { if let value = values[key] { return value } }
      return otherwise
    }
    self.name = name
    background = pick("main_bg", otherwise: .terminalDefault)
    let isDark = Theme.isLight(background, pick("main_fg", otherwise: .rgb(Theme.lightInk))) != true
    foreground = pick("main_fg", otherwise: .rgb(isDark ? Theme.lightInk : Theme.darkInk))
    let ground = Theme.ground(background, isDark: isDark)
    let ink = if case .rgb(let ink) = foreground { ink } else { isDark ? RGB(hex: 0xE6E9EF) : RGB(hex: 0x101418) }
    func legible(_ color: Color, _ contrast: Double = 4.5) -> Color {
      guard case .rgb(let rgb) = color else { return color }
      return .rgb(rgb.legible(on: ground, towards: ink, contrast: contrast))
    }
    func dark(_ dark: UInt32, light: UInt32) -> Color { .hex(isDark ? dark : light) }

    title = legible(pick("title", otherwise: foreground))
    accent = legible(pick("hi_fg", otherwise: dark(0x56B4E9, light: 0x005F9E)))
    selectedBackground = pick("selected_bg", otherwise: dark(0x005F87, light: 0xBCDCF5))
    selectedForeground = pick("selected_fg", otherwise: dark(0xFFFFFF, light: 0x101418))
    inactive = legible(pick("inactive_fg", otherwise: dark(0x979EAA, light: 0x5B626D)))
    frame = pick("frame", "div_line", otherwise: dark(0x4A505A, light: 0xA9AFB8))
    let outline = legible(pick("cpu_box", otherwise: dark(0x8AB8D8, light: 0x3A6F9A)), 3)
    frameFocused = pick("frame_focused", otherwise: Theme.alike(outline, frame) ? accent : outline)
    good = pick("good", otherwise: legible(Theme.given(values["cpu_start"]) ?? dark(0x2FB992, light: 0x00664A)))
    critical = pick("critical", otherwise: legible(Theme.given(values["cpu_end"]) ?? dark(0xF0835A, light: 0xA02000)))
    // btop leaves the middle of a gradient of two colours empty.
    let middle = Theme.given(values["cpu_mid"]) ?? Theme.middle(good, critical)
    warning = pick("warning", otherwise: legible(middle ?? dark(0xE69F00, light: 0x8A4A00)))
    plotText = pick("plot_text", otherwise: legible(pick("graph_text", otherwise: inactive)))
    plotAxis = pick("plot_axis", otherwise: inactive)

    // A btop theme has no runs: the colours of its boxes and graphs serve while they differ, then the built-in ones.
    let borrowed = ["cpu_box", "mem_box", "net_box", "proc_box", "download_end", "upload_end", "temp_end", "proc_misc"]
    let spare = borrowed.compactMap { Theme.given(values[$0]).map { legible($0, 3) } } + (isDark ? Theme.darkRuns : Theme.lightRuns)
    runs = Theme.runs(own: (1...8).map { values["run_\($0)"] }, spare: spare)
    plotLine = pick("plot_line", otherwise: runs[0])
    plotMark = pick("plot_mark", otherwise: Theme.given(values["proc_misc"]).map { legible($0, 3) } ?? warning)
    heat = Theme.heat(values) ?? .inferno
  }

  /// A colour for each of eight runs: its own, else the next one that none of the others looks like, as it is and among
  /// the 256 colours that lines are drawn in.
  private static func runs(own: [Color?], spare: [Color]) -> [Color] {
    var (runs, rest) = ([Color](), spare[...])
    for value in own {
      let taken = runs + own.compactMap { $0 }
      while value == nil, let next = rest.first, taken.contains(where: { alike($0, next, within: 9000) || alike(drawn($0), drawn(next)) }) { rest.removeFirst() }
      runs.append(value ?? rest.popFirst() ?? spare[spare.count - 8 + runs.count])
    }
    return runs
  }

  private static func drawn(_ color: Color) -> Color {
    guard case .rgb(let color) = color else { return color }
    return .rgb(Palette.xterm256(color.nearest256))
  }

  /// From `heat_start` over `heat_mid`, which may be empty, to `heat_end`.
  private static func heat(_ values: [String: Color]) -> ColorMap? {
    guard case .rgb(let low)? = values["heat_start"], case .rgb(let high)? = values["heat_end"] else { return nil }
    let middle: [RGB] = if case .rgb(let middle)? = values["heat_mid"] { [middle] } else { [] }
    return ColorMap(name: "theme", anchors: ([low] + middle + [high]).map(\.packed))
  }

  private static func ground(_ background: Color, isDark: Bool) -> RGB {
    if case .rgb(let ground) = background { return ground }
    return isDark ? darkGround : lightGround
  }

  /// An empty value means the terminal's own colour, which is of no use where colours must differ.
  private static func given(_ color: Color?) -> Color? { color == .terminalDefault ? nil : color }

  private static func middle(_ a: Color, _ b: Color) -> Color? {
    guard case .rgb(let first) = a, case .rgb(let second) = b else { return nil }
    return .rgb(first.mixed(with: second))
  }

  /// Whether two colours are too close to tell two lines apart, in units of `RGB.distance`.
  private static func alike(_ a: Color, _ b: Color, within distance: Int = 3000) -> Bool {
    guard case .rgb(let first) = a, case .rgb(let second) = b else { return a == b }
    return first.distance(to: second) < distance
  }
}
