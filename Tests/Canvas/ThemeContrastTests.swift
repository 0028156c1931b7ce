import Canvas
import Foundation
import Testing

extension Color {
  /// The contrast of a given colour; 1 of the terminal's own, of which nothing is known.
  func contrast(with ground: RGB) -> Double { if case .rgb(let rgb) = self { rgb.contrast(with: ground) } else { 1 } }
}

/// What eyes can tell apart, in the shipped themes.
@Suite struct ThemeContrastTests {
  /// What a theme may lie on: its own background, or the usual extremes of dark and of light screens.
  private func grounds(_ theme: Theme) -> [RGB] {
    if case .rgb(let ground) = theme.background { return [ground] }
    return (theme.isLight == true ? [0xFFFFFF, 0xEEE8D5] : [0x000000, 0x2E3440]).map(RGB.init(hex:))
  }

  @Test(arguments: Theme.builtIns) func textIsLegible(theme: Theme) {
    let texts = [
      ("text", theme.foreground), ("title", theme.title), ("accent", theme.accent), ("inactive", theme.inactive),
      ("plot text", theme.plotText), ("good", theme.good), ("warning", theme.warning), ("critical", theme.critical),
    ]
    for ground in grounds(theme) {
      for (name, color) in texts { #expect(color.contrast(with: ground) >= 4.5, "\(name) of \(theme.name)") }
    }
    guard case .rgb(let selected) = theme.selectedBackground else { return }
    #expect(theme.selectedForeground.contrast(with: selected) >= 4.5, "selection of \(theme.name)")
  }

  @Test(arguments: Theme.builtIns) func linesStandOut(theme: Theme) {
    let lines = theme.runs + [theme.frameFocused, theme.plotAxis, theme.plotLine, theme.plotMark]
    for ground in grounds(theme) {
      for color in lines { #expect(color.contrast(with: ground) >= 3, "\(color) of \(theme.name)") }
    }
  }

  @Test func highContrastIsHigh() throws {
    let theme = try #require(Theme.builtIns.first { $0.name == "high-contrast" })
    for color in theme.runs + [theme.foreground, theme.title, theme.accent, theme.inactive, theme.good, theme.warning, theme.critical] {
      #expect(color.contrast(with: RGB(0, 0, 0)) >= 7)
    }
  }

  @Test func monochromeHasGreysAlone() throws {
    let theme = try #require(Theme.builtIns.first { $0.name == "monochrome" })
    for color in theme.runs + [theme.foreground, theme.accent, theme.good, theme.critical, theme.selectedBackground, theme.frame] {
      guard case .rgb(let rgb) = color else { continue }
      #expect(rgb.r == rgb.g && rgb.g == rgb.b)
    }
    #expect(theme.heat.table.allSatisfy { $0.r == $0.g && $0.g == $0.b })
  }

  @Test(arguments: Theme.builtIns) func runsDiffer(theme: Theme) {
    for (index, a) in theme.runs.enumerated() {
      for b in theme.runs[..<index] {
        guard case .rgb(let first) = a, case .rgb(let second) = b else { continue }
        #expect(first.distance(to: second) >= 3000, "\(theme.name)")
      }
    }
  }

  @Test func thereAreDarkAndLightThemes() {
    #expect(Theme.builtIns.filter { $0.isLight == true }.count >= 3)
    #expect(Theme.builtIns.filter { $0.isLight == false }.count >= 5)
  }
}

/// The default themes for every kind of colour vision.
@Suite struct ColorVisionTests {
  /// What dichromats see, as matrices for linear RGB: Machado, Oliveira and Fernandes, "A Physiologically-based Model for
  /// Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), table at severity 1.0.
  private static let visions: [(name: String, matrix: [[Double]])] = [
    ("normal", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
    ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    ("deuteranopia", [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    ("tritanopia", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
  ]

  /// CIE 1976 L*a*b* (D65) of what is seen.
  private func lab(_ color: RGB, _ vision: [[Double]]) -> SIMD3<Double> {
    let linear = [color.r, color.g, color.b].map { value -> Double in
      let value = Double(value) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
      matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let seen = product(vision, linear).map { min(max($0, 0), 1) }
    let xyz = product(
      [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]], seen)
    let f = zip(xyz, [0.9504700, 1, 1.0888300]).map { value, white -> Double in
      let part = value / white
      return part > 216.0 / 24389 ? cbrt(part) : (24389.0 / 27 * part + 16) / 116
    }
    return SIMD3(116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2]))
  }

  private func leastDistance(_ colors: [RGB], _ vision: [[Double]]) -> Double {
    let seen = colors.map { lab($0, vision) }
    var least = Double.infinity
    for (index, a) in seen.enumerated() {
      for b in seen[..<index] { least = min(least, ((a - b) * (a - b)).sum().squareRoot()) }
    }
    return least
  }

  private func colors(_ theme: Theme) -> [RGB] { theme.runs.compactMap { if case .rgb(let rgb) = $0 { rgb } else { nil } } }

  /// A difference of 2.3 is just noticeable beside each other; thin lines far from each other need many times that.
  @Test(arguments: [Theme.builtIn, Theme.builtInLight]) func runsStayApart(theme: Theme) {
    let colors = colors(theme)
    #expect(colors.count == 8)
    for (name, matrix) in Self.visions {
      let distance = leastDistance(colors, matrix)
      #expect(distance >= 20, "\(theme.name), \(name): \(distance)")
    }
  }

  @Test func theSimulationKnowsRedFromGreenOnlyWhereItShould() {
    // Dark red and olive of the same brightness, as far as those without the long or the middle cones see.
    let pair = [RGB(hex: 0xA06A3C), RGB(hex: 0x7E7A3A)]
    let distances = Self.visions.map { leastDistance(pair, $0.matrix) }
    #expect(distances[0] > 20 && distances[3] > 20)
    #expect(distances[1] < distances[0] / 2 && distances[2] < distances[0] / 2)
    // Greys are greys to everyone.
    for (name, matrix) in Self.visions {
      let grey = lab(RGB(128, 128, 128), matrix)
      #expect(abs(grey.y) < 1 && abs(grey.z) < 1 && abs(grey.x - 53.6) < 0.5, "\(name): \(grey)")
    }
  }
}

/// Themes as btop's own package installs them, unchanged.
@Suite struct BtopThemeTests {
  private static let folder = "/usr/share/btop/themes"

  @Test func btopsOwnThemesLoadAndCanBeRead() throws {
    let names = ThemeTests.names(in: Self.folder)
    guard !names.isEmpty else {
      print("skipped: btop is not installed, there is no \(Self.folder)")
      return
    }
    for name in names {
      let text = try #require(ThemeTests.contents("\(Self.folder)/\(name)"))
      let (theme, faults) = Theme.parse(text, file: name)
      #expect(faults.isEmpty, "\(faults)")
      let ground = theme.ground()
      let texts = [
        ("title", theme.title), ("accent", theme.accent), ("inactive", theme.inactive), ("plot text", theme.plotText),
        ("good", theme.good), ("warning", theme.warning), ("critical", theme.critical),
      ]
      // As legible as the theme's own text, or as text should be.
      let wanted = min(4.5, theme.foreground == .terminalDefault ? 4.5 : theme.foreground.contrast(with: ground))
      for (role, color) in texts where color != .terminalDefault {
        #expect(color.contrast(with: ground) >= wanted, "\(role) of \(name)")
      }
      for (index, color) in theme.runs.enumerated() {
        #expect(color.contrast(with: ground) >= 3, "run \(index + 1) of \(name)")
        for other in theme.runs[..<index] {
          guard case .rgb(let a) = color, case .rgb(let b) = other else { continue }
          #expect(a.distance(to: b) >= 3000, "runs of \(name)")
          // Lines are drawn in 256 colours.
          let (drawn, beside) = (Palette.xterm256(a.nearest256), Palette.xterm256(b.nearest256))
          #expect(drawn.distance(to: beside) >= 3000, "runs of \(name): \(drawn) and \(beside)")
        }
      }
      #expect(theme.frameFocused != theme.frame, "\(name)")
    }
  }
}
