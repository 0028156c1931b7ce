import Testing

@testable import Canvas

@Suite struct PlotSymbolTests {
  private let dim = Style(dim: true)
  private let bold = Style(bold: true)

  private func drawn(_ plot: LinePlot, width: Int = 40, height: Int = 12, glyphs: Glyphs = .unicode) -> Frame {
    var frame = Frame(width: width, height: height, glyphs: glyphs)
    plot.draw(into: &frame, frame.bounds)
    return frame
  }

  private func scatter(_ circles: [PlotCircle], marks: [PlotMark] = []) -> LinePlot {
    LinePlot(
      series: [], x: PlotAxis(range: 0...10), y: PlotAxis(range: 0...10), marks: marks, circles: circles)
  }

  @Test func aCircleIsRoundAndNamed() {
    let plot = scatter([PlotCircle(x: 5, y: 5, radius: 6, style: .plain, symbol: "①", label: "ASMR")])
    #expect(
      drawn(plot, width: 32, height: 3).text() == """
                     ⢀⠖⠉⠉⠉⠲⡀
                     ⢸  ①  ⡇ ASMR
                     ⠈⠦⣀⣀⣀⠴⠁
        """)
    #expect(
      drawn(plot, width: 32, height: 9, glyphs: .ascii).text() == """
         10+
           |
           |           .......
          5+           .  1  . ASMR
           |           .......
           |
          0+
           ++--------------------------+
            0                         10
        """)
  }

  @Test func curvesThatEndInOneCellAllHaveTheirLetters() {
    func plot(_ letters: String) -> LinePlot {
      LinePlot(
        series: letters.map { PlotSeries([(x: 0, y: 5), (x: 5, y: 5)], style: .plain, letter: $0) },
        x: PlotAxis(range: 0...10), y: PlotAxis(range: 0...10))
    }
    let row = drawn(plot("①②③④⑤"), width: 40, height: 3).text()
    #expect("①②③④⑤".allSatisfy { row.contains($0) })
    // Bare digits stand apart: 12 would be another run.
    let ascii = drawn(plot("123"), width: 40, height: 3, glyphs: .ascii).text()
    #expect("123".allSatisfy { ascii.contains($0) })
    #expect(!zip(ascii, ascii.dropFirst()).contains { $0.isNumber && $1.isNumber })
    // At the right edge they go to the left, and what finds no room nearby is left out.
    let edge = (0..<6).map { CurveEnd(column: 9, row: 0, letter: Character("\($0)"), style: .plain) }
    let placed = CurveEnd.apart(edge, columns: 10, glyphs: .unicode)
    #expect(placed.map(\.column) == [6, 7, 8, 9] && placed.last?.letter == "5")
  }

  @Test func aReferenceIsNamedWhereverItsLineHasRoom() {
    let label = "limit"
    func text(_ circles: [PlotCircle]) -> String {
      var plot = scatter(circles)
      plot.references = [PlotReference(y: 0, label: label, style: .plain)]
      return drawn(plot, width: 40, height: 6).text()
    }
    #expect(text([]).contains("limit"))
    // A ring in the corner, where it stands otherwise.
    #expect(text([PlotCircle(x: 9.5, y: 1, radius: 5, style: .plain)]).contains("limit"))
  }

  @Test func theAreaStandsForTheValue() {
    let small = PlotCircle.radius(for: 100, largest: 400, maximum: 8)
    #expect(small == 4 && PlotCircle.radius(for: 400, largest: 400, maximum: 8) == 8)
    #expect(PlotCircle.radius(for: 0, largest: 400) == 1.5 && PlotCircle.radius(for: .nan, largest: 0) == 1.5)
    func dots(_ radius: Double) -> Int {
      let plot = scatter([PlotCircle(x: 5, y: 5, radius: radius, style: .plain, isFilled: true)])
      return drawn(plot, width: 60, height: 30).cells.reduce(0) { sum, cell in
        let value = cell.character.unicodeScalars.first?.value ?? 0
        return (0x2800...0x28FF).contains(value) ? sum + (value - 0x2800).nonzeroBitCount : sum
      }
    }
    #expect(abs(Double(dots(8)) / Double(dots(4)) - 4) < 0.4)
    // A circle at the edge is cut by it.
    #expect(!drawn(scatter([PlotCircle(x: 0, y: 10, radius: 8, style: .plain)])).text().isEmpty)
  }

  @Test func labelsKeepApartAndInside() {
    // At the right edge, at the left edge, and where another one is.
    let frame = drawn(
      scatter([
        PlotCircle(x: 10, y: 8, radius: 2, style: .plain, symbol: "1", label: "right"),
        PlotCircle(x: 0, y: 2, radius: 2, style: .plain, symbol: "2", label: "left"),
        PlotCircle(x: 5, y: 5, radius: 2, style: .plain, symbol: "3", label: "third"),
        PlotCircle(x: 5.5, y: 5, radius: 2, style: .plain, symbol: "4", label: "fourth"),
      ]), width: 50, height: 14)
    let text = frame.text()
    for label in ["right", "left", "third", "fourth"] { #expect(text.contains(label), "\(text)") }
    let line = text.split(separator: "\n").first { $0.contains("right") } ?? ""
    #expect(line.firstRange(of: "right")?.upperBound ?? line.endIndex < line.lastIndex(of: "1") ?? line.startIndex)
    // No room anywhere: nothing rather than a part of it.
    let long = String(repeating: "long", count: 20)
    #expect(!drawn(scatter([PlotCircle(x: 5, y: 5, radius: 2, style: .plain, label: long)])).text().contains("long"))
  }

  /// A circle hides what lies under it; the number of another circle that it would hide stands beside its own.
  @Test func aNumberIsOfTheCircleAroundIt() {
    let circles = [
      PlotCircle(x: 5, y: 5, radius: 8, style: .plain, symbol: "1", label: "1 one"),
      PlotCircle(x: 5.2, y: 5, radius: 4, style: .plain, symbol: "2", label: "2 two"),
    ]
    let text = drawn(scatter(circles), width: 50, height: 14).text()
    #expect(text.contains("1,2") && text.contains("1 one") && !text.contains("2 two"), "\(text)")
    let same = ["①", "②", "③"].map { PlotCircle(x: 5, y: 5, radius: 4, style: .plain, symbol: $0) }
    #expect(drawn(scatter(same), width: 50, height: 14).text().contains("①②③"))
    // The one beneath has its number where nothing lies on it.
    let apart = drawn(scatter([circles[0], PlotCircle(x: 6.4, y: 5, radius: 4, style: .plain, symbol: "2")]), width: 50, height: 14)
    #expect(apart.text().filter { $0 == "1" }.count == 4, "\(apart.text())")
    // A curve ends where the disc begins.
    var plot = scatter([PlotCircle(x: 5, y: 5, radius: 8, style: .plain)])
    plot.series = [PlotSeries([(0, 5), (10, 5)], style: dim)]
    let frame = drawn(plot, width: 50, height: 14)
    let geometry = plot.layout(in: frame.bounds)
    let (column, row) = (geometry.column(x: 5) ?? 0, geometry.row(y: 5) ?? 0)
    #expect((column - 2...column + 2).allSatisfy { frame[$0, row].character == " " })
    #expect(frame[column - 6, row].style == dim && frame[column + 6, row].style == dim)
  }

  @Test func marksOfOthersAreNamedToo() {
    let frame = drawn(
      scatter([], marks: [PlotMark(x: 5, y: 5, style: dim, character: "+", label: "paper", labelStyle: bold)]))
    let text = frame.text()
    #expect(text.contains("+ paper"))
    let place = (0..<12).flatMap { y in (0..<40).map { (x: $0, y: y) } }.first { frame[$0.x, $0.y].character == "p" }
    #expect(place.map { frame[$0.x, $0.y].style } == bold)
  }

  @Test func labelsAvoidCurvesIfTheyCan() {
    let plot = LinePlot(
      series: [PlotSeries([(5, 5), (10, 5)], style: .plain)], x: PlotAxis(range: 0...10), y: PlotAxis(range: 0...10),
      marks: [PlotMark(x: 5, y: 5, style: .plain, character: "+", label: "here")])
    #expect(drawn(plot).text().contains("here +"))
  }

  @Test func aHigherLayerKeepsItsShape() {
    let raw = (0..<80).map { (x: Double($0), y: Double?($0 % 2 == 0 ? 0 : 10)) }
    let smooth = [(x: 0.0, y: Double?(5)), (79, 5)]
    let axes = (PlotAxis(range: 0...79), PlotAxis(range: 0...10))
    let alone = drawn(LinePlot(series: [PlotSeries(smooth, style: bold)], x: axes.0, y: axes.1), height: 3)
    // Whatever the order.
    for series in [
      [PlotSeries(raw, style: dim, layer: -1), PlotSeries(smooth, style: bold)],
      [PlotSeries(smooth, style: bold), PlotSeries(raw, style: dim, layer: -1)],
    ] {
      let both = drawn(LinePlot(series: series, x: axes.0, y: axes.1), height: 3)
      for x in 0..<40 {
        #expect(both[x, 1] == alone[x, 1])
        #expect(both[x, 0].style == dim && both[x, 0].character != " ")
      }
    }
    // Within a layer the later one has the colour.
    let same = drawn(
      LinePlot(series: [PlotSeries(smooth, style: bold), PlotSeries(smooth, style: dim)], x: axes.0, y: axes.1), height: 3)
    #expect(same[20, 1].style == dim)
  }

  @Test func referenceAndCursor() {
    let plot = LinePlot(
      series: [], x: PlotAxis(range: 0...10), y: PlotAxis(range: 20...40),
      references: [PlotReference(y: 30, label: "one layer", style: dim)], cursor: PlotCursor(x: 2, style: bold))
    let frame = drawn(plot, width: 44, height: 10)
    let geometry = plot.layout(in: frame.bounds)
    let column = geometry.column(x: 2) ?? -1
    for row in geometry.area.y..<geometry.area.maxY where row != geometry.row(y: 30) {
      #expect(frame[column, row] == Cell("│", bold))
    }
    let lines = frame.text().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[(geometry.row(y: 30) ?? 0) - 1].hasSuffix("one layer"))
    let ascii = drawn(plot, width: 44, height: 10, glyphs: .ascii).text()
    #expect(ascii.utf8.allSatisfy { $0 < 0x7F } && ascii.contains("----") && ascii.contains("one layer"))
    // A reference belongs to what has to be seen; one that a given range leaves out is left out.
    var open = plot
    open.y = PlotAxis()
    #expect(open.layout(in: frame.bounds).yRange.contains(30))
    var other = plot
    other.references[0].y = 90
    #expect(!drawn(other).text().contains("one layer"))
  }

  @Test(arguments: [PlotAxis.Scale.linear, .logarithmic], [Glyphs.unicode, .ascii])
  func cellsAndValuesAreInverse(scale: PlotAxis.Scale, glyphs: Glyphs) {
    for (width, height) in [(60, 20), (9, 4), (3, 2), (1, 1), (0, 0)] {
      let plot = LinePlot(
        series: [PlotSeries([(1, 3), (5000, 70)], style: .plain)], x: PlotAxis(scale: scale), y: PlotAxis(scale: scale))
      let geometry = plot.layout(in: Rect(x: 5, y: 7, width: width, height: height), glyphs: glyphs)
      for column in geometry.area.x..<geometry.area.maxX {
        #expect(geometry.column(x: geometry.x(atColumn: column)) == column)
        #expect(geometry.xRange.contains(geometry.x(atColumn: column)))
      }
      for row in geometry.area.y..<geometry.area.maxY {
        #expect(geometry.row(y: geometry.y(atRow: row)) == row)
      }
      #expect(geometry.column(x: geometry.xRange.upperBound * 3) == nil)
      #expect(geometry.row(y: .nan) == nil && geometry.column(x: .infinity) == nil)
      _ = geometry.x(atColumn: Int.max) + geometry.y(atRow: Int.min)
    }
  }

  @Test func logarithmicTicksAreShort() {
    #expect(PlotAxis.ticks(500...500_000, scale: .logarithmic, count: 5).map(\.label) == ["1k", "10k", "100k"])
    #expect(PlotAxis.ticks(120_000...180_000, scale: .logarithmic, count: 6).map(\.label) == ["120k", "140k", "160k", "180k"])
    #expect(PlotAxis.ticks(8...12, scale: .logarithmic, count: 6).map(\.label) == ["8", "9", "10", "11", "12"])
    #expect(PlotAxis.ticks(1e-6...1, scale: .logarithmic, count: 7).map(\.label).first == "1e-6")
    for ratio in [1.01, 1.3, 2, 4, 9, 30, 1000] {
      let count = PlotAxis.ticks(37...(37 * ratio), scale: .logarithmic, count: 8).count
      #expect((2...8).contains(count), "\(ratio)")
    }
    let short: [(Double, String)] = [
      (1, "1"), (999, "999"), (1000, "1k"), (1354, "1.35k"), (134_145, "134k"), (999_999, "1M"), (0.02, "0.02"),
      (2.5e6, "2.5M"), (-1500, "-1.5k"), (1e-6, "1e-6"), (1e15, "1e15"), (0, "0"), (.nan, "nan"),
    ]
    for (value, text) in short { #expect(NumberText.short(value) == text) }
    #expect(NumberText.short(1354, digits: 1) == "1k" && NumberText.short(.greatestFiniteMagnitude, digits: 99).contains("e"))
  }

  @Test func rangesZoomAndPan() {
    #expect(PlotRange.zoomed(0...100, by: 0.5, around: 50) == 25...75)
    #expect(PlotRange.zoomed(0...100, by: 2, around: 0) == 0...200)
    #expect(PlotRange.panned(0...100, by: 0.25) == 25...125)
    let near = PlotRange.zoomed(1...10_000, by: 0.5, around: 100, scale: .logarithmic)
    #expect(abs(near.lowerBound - 10) < 1e-9 && abs(near.upperBound - 1000) < 1e-6)
    let wide = PlotRange.padded(10...1000, by: 0.5, scale: .logarithmic)
    #expect(abs(wide.lowerBound - 1) < 1e-9 && abs(wide.upperBound - 10_000) < 1e-6)
    #expect(PlotRange.nice(977...132_609, scale: .logarithmic) == 500...200_000)
    #expect(PlotRange.stable(977...132_609, previous: 500...200_000, scale: .logarithmic) == 500...200_000)
    var range = 0.0...1.0
    for _ in 0..<2000 { range = PlotRange.zoomed(range, by: 0.5, around: 0.3) }
    #expect(range.lowerBound < range.upperBound)
    for _ in 0..<4000 { range = PlotRange.zoomed(range, by: 4, around: 0.3, scale: .linear) }
    #expect(range.upperBound.isFinite)
    #expect(PlotRange.zoomed(1...10, by: .nan, around: 3) == 1...10)
    #expect(PlotRange.panned(-1e308...1e308, by: 1e300).upperBound.isFinite)
  }

  @Test func nothingTraps() {
    let odd: [Double] = [.nan, .infinity, -.infinity, 0, 1e308, -1e308, 5, 1e-300]
    for value in odd {
      for size in odd {
        for scale in [PlotAxis.Scale.linear, .logarithmic] {
          for (width, height) in [(0, 0), (1, 1), (2, 9), (9, 2), (20, 8)] {
            for glyphs in [Glyphs.unicode, .ascii] {
              let plot = LinePlot(
                series: [], x: PlotAxis(scale: scale), y: PlotAxis(scale: scale, range: size > 0 && size < 1e9 ? 0.1...9 : nil),
                marks: [PlotMark(x: size, y: value, style: .plain, label: "日本")],
                circles: [
                  PlotCircle(x: value, y: size, radius: size, style: .plain, symbol: "日", isFilled: true, label: "x"),
                  PlotCircle(x: 5, y: 5, radius: size, style: .plain, symbol: "123456", label: "five"),
                ], references: [PlotReference(y: value, label: "ref", style: .plain)],
                cursor: PlotCursor(x: value, style: .plain))
              _ = drawn(plot, width: width, height: height, glyphs: glyphs)
            }
          }
        }
      }
    }
  }

  @Test func marksOfOneCellStandSideBySide() {
    var frame = Frame(width: 30, height: 12)
    let marks = ["a", "b", "c"].map { PlotMark(x: 5, y: 5, style: .plain, character: Character($0)) }
    LinePlot(series: [], x: PlotAxis(range: 0...10), y: PlotAxis(range: 0...10), marks: marks).draw(into: &frame, frame.bounds)
    let lines = frame.text().split(separator: "\n").filter { $0.contains("a") }
    #expect(lines.count == 1 && lines.first?.contains("cab") == true, "\(frame.text())")
  }
}
