import Canvas
import Testing

@Suite struct PlotTests {
  private func drawn(
    _ points: [(x: Double, y: Double?)], width: Int = 40, height: Int = 10, glyphs: Glyphs = .unicode,
    x: PlotAxis = PlotAxis(title: "step"), y: PlotAxis = PlotAxis()
  ) -> Frame {
    var frame = Frame(width: width, height: height, glyphs: glyphs)
    LinePlot(series: [PlotSeries(points, style: .plain)], x: x, y: y).draw(into: &frame, frame.bounds)
    return frame
  }

  /// Rows (in dots from the top) that are set in each column of dots of a plot area.
  private func dots(_ frame: Frame, x: Int, y: Int, width: Int, height: Int) -> [Set<Int>] {
    let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    var columns = [Set<Int>](repeating: [], count: width * 2)
    for row in 0..<height {
      for column in 0..<width {
        let value = frame[x + column, y + row].character.unicodeScalars.first?.value ?? 0
        guard (0x2800...0x28FF).contains(value) else { continue }
        for (dy, pair) in bits.enumerated() {
          for (dx, bit) in pair.enumerated() where (value - 0x2800) & bit != 0 {
            columns[2 * column + dx].insert(4 * row + dy)
          }
        }
      }
    }
    return columns
  }

  @Test func axesAndLabels() {
    let frame = drawn(
      [(0, 0), (500, 40)], x: PlotAxis(range: 0...500, title: "step"), y: PlotAxis(range: 0...40))
    #expect(
      frame.text() == """
         40┤                               ⢀⣀⠤⠒⠉
           │                           ⣀⡠⠔⠊⠁
         30┤                      ⢀⡠⠤⠒⠉
           │                  ⣀⠤⠔⠊⠁
         20┤             ⢀⡠⠔⠒⠉
         10┤         ⣀⠤⠒⠊⠁
           │    ⢀⡠⠔⠊⠉
          0┤⣀⠤⠒⠉⠁
           └┬─────────────┬─────────────┬───────
            0            200           400  step
        """)
  }

  @Test func aLinePassesThroughItsDots() {
    // Without axes: 3 rows are too few for them.
    let points = (0..<20).map { (x: Double($0), y: Double?(Double($0))) }
    let frame = drawn(points, width: 10, height: 3, x: PlotAxis(range: 0...19), y: PlotAxis(range: 0...19))
    let columns = dots(frame, x: 0, y: 0, width: 10, height: 3)
    for (column, rows) in columns.enumerated() {
      let expected = Int(((1 - Double(column) / 19) * 11).rounded())
      #expect(rows.contains { abs($0 - expected) <= 1 }, "column \(column): \(rows), expected \(expected)")
    }
    #expect(columns[0] == [11])
    #expect(columns[19].contains(0))
  }

  @Test func thousandsOfPointsKeepTheirExtremesAndStayConnected() {
    var points = (0..<20_000).map { (x: Double($0), y: Double?(10)) }
    points[7003].y = 20
    points[13_011].y = 0
    let frame = drawn(points, width: 40, height: 3, x: PlotAxis(range: 0...19_999), y: PlotAxis(range: 0...20))
    let columns = dots(frame, x: 0, y: 0, width: 40, height: 3)
    #expect(columns[Int((7003.0 / 19_999 * 79).rounded())].contains(0))
    #expect(columns[Int((13_011.0 / 19_999 * 79).rounded())].contains(11))
    for rows in columns {
      #expect(!rows.isEmpty)
      // A span without holes.
      if let low = rows.min(), let high = rows.max() { #expect(rows.count == high - low + 1) }
    }
  }

  @Test func aMissingValueInterruptsTheLine() {
    let points = (0..<80).map { (x: Double($0), y: (30..<50).contains($0) ? nil : Double?(1)) }
    let frame = drawn(points, width: 40, height: 3, x: PlotAxis(range: 0...79), y: PlotAxis(range: 0...2))
    let columns = dots(frame, x: 0, y: 0, width: 40, height: 3)
    #expect(columns[29].count == 1)
    #expect(columns[30..<50].allSatisfy { $0.isEmpty })
    #expect(columns[50].count == 1)
  }

  @Test func nothingTraps() {
    let odd: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, 1e308, -1e308, .leastNonzeroMagnitude, 1, 1e-300]
    for first in odd {
      for second in odd {
        for scale in [PlotAxis.Scale.linear, .logarithmic] {
          for (width, height) in [(0, 0), (1, 1), (3, 9), (9, 3), (20, 8)] {
            let low = min(first, second)
            let high = max(first, second)
            let range = low.isNaN || high.isNaN ? nil : Optional(low...high)
            _ = drawn(
              [(first, second), (second, first), (1, nil), (0, 0)], width: width, height: height,
              x: PlotAxis(scale: scale, range: range), y: PlotAxis(scale: scale))
            _ = PlotAxis.ticks(range ?? 0...1, scale: scale, count: 5)
            _ = PlotRange.stable(range, previous: 0...1, scale: scale, growing: true)
            _ = PlotRange.stable(0.5...0.5, previous: range, scale: scale)
          }
        }
        _ = NumberText.compact(first, step: second)
      }
    }
  }

  @Test func emptySingleAndConstantSeriesAreFine() {
    #expect(drawn([]).text().contains("┤"))
    #expect(drawn([(3, 7)]).text().contains("7"))
    let flat = drawn([(0, 5), (10, 5)], width: 30, height: 8)
    #expect(flat.text().contains("5"))
    #expect(dots(flat, x: 4, y: 0, width: 26, height: 6).allSatisfy { $0.count == 1 })
  }

  @Test func logarithmicAxesHaveDecades() {
    let ticks = PlotAxis.ticks(1...10_000, scale: .logarithmic, count: 6)
    #expect(ticks.map(\.label) == ["1", "10", "100", "1k", "10k"])
    #expect(PlotAxis.ticks(1...10, scale: .logarithmic, count: 8).map(\.value) == [1, 2, 5, 10])
    #expect(PlotAxis.ticks(1e-4...1, scale: .logarithmic, count: 5).count == 5)
  }

  @Test func anAxisOfFewRowsHasTwoTicks() {
    #expect(PlotAxis.ticks(0...40, scale: .linear, count: 2).map(\.label) == ["0", "40"])
    #expect(PlotAxis.ticks(22...32, scale: .linear, count: 2).map(\.label) == ["25", "30"])
    #expect(PlotAxis.ticks(5...35, scale: .linear, count: 2).map(\.label) == ["10", "30"])
    #expect(PlotAxis.ticks(0...40, scale: .linear, count: 1).map(\.label) == ["0"])
  }

  @Test func ticksAreRound() {
    #expect(PlotAxis.ticks(0...412, scale: .linear, count: 5).map(\.label) == ["0", "100", "200", "300", "400"])
    #expect(PlotAxis.ticks(-1...1, scale: .linear, count: 5).map(\.label) == ["-1.0", "-0.5", "0", "0.5", "1.0"])
    #expect(PlotAxis.ticks(0...50_000, scale: .linear, count: 6).last?.label == "50k")
    #expect(PlotAxis.ticks(29.98...30.04, scale: .linear, count: 4).map(\.label) == ["29.98", "30.00", "30.02", "30.04"])
    #expect(PlotAxis.ticks(5...5, scale: .linear, count: 4).count == 1)
    #expect(PlotAxis.ticks(0...1, scale: .linear, count: 0).isEmpty)
  }

  @Test func theRangeStaysWhileTheDataFits() {
    var range: ClosedRange<Double>?
    var changes = 0
    for step in 1...2000 {
      let top = 10 + 28 * Double(step) / 2000
      let next = PlotRange.stable(9...top, previous: range)
      #expect(next.lowerBound <= 9 && next.upperBound >= top)
      if next != range { changes += 1 }
      range = next
    }
    #expect(changes < 15)
    changes = 0
    range = nil
    for step in 1...10_000 {
      let next = PlotRange.stable(0...Double(step), previous: range, growing: true)
      #expect(next.lowerBound == 0 && next.upperBound >= Double(step))
      if next != range { changes += 1 }
      range = next
    }
    #expect(changes < 45)
  }

  @Test func labelsDoNotChangeTheirWidth() {
    var starts: Set<Int> = []
    for top in stride(from: 10.0, through: 45, by: 0.5) {
      let frame = drawn([(0, 5), (100, top)], width: 50, height: 12)
      let line = frame.text().split(separator: "\n").first { $0.contains("└") } ?? ""
      starts.insert(line.distance(from: line.startIndex, to: line.firstIndex(of: "└") ?? line.startIndex))
    }
    #expect(starts == [3])
  }

  @Test func plotsInASCIIAreASCII() {
    let frame = drawn((0..<50).map { (Double($0), Double?(Double($0 * $0))) }, glyphs: .ascii)
    #expect(frame.text().utf8.allSatisfy { $0 < 0x7F })
    #expect(frame.text().contains("*"))
  }

  @Test func patternsLettersAndMarksShow() {
    var frame = Frame(width: 40, height: 10)
    let points = [(x: 0.0, y: Double?(1)), (x: 10, y: 1)]
    LinePlot(
      series: [PlotSeries(points, style: .plain, pattern: .dashed, letter: "A")], x: PlotAxis(range: 0...10),
      y: PlotAxis(range: 0...2), marks: [PlotMark(x: 5, y: 2, style: .plain)]
    ).draw(into: &frame, frame.bounds)
    #expect(frame.text().contains("A"))
    #expect(frame.text().contains("◆"))
    #expect(dots(frame, x: 4, y: 0, width: 36, height: 8).contains { $0.isEmpty })
  }

  @Test func aLineThatLeavesTheRangeIsCutAtItsEdge() {
    let frame = drawn([(-100, -100), (200, 200)], width: 20, height: 3, x: PlotAxis(range: 0...10), y: PlotAxis(range: 0...10))
    let columns = dots(frame, x: 0, y: 0, width: 20, height: 3)
    #expect(columns[0] == [11])
    #expect(columns[39] == [0])
  }

  @Test func numbers() {
    #expect(NumberText.fixed(29.837, decimals: 2) == "29.84")
    #expect(NumberText.fixed(-0.001, decimals: 2) == "0.00")
    #expect(NumberText.fixed(0.05, decimals: 3) == "0.050")
    #expect(NumberText.fixed(.nan, decimals: 2) == "nan")
    #expect(NumberText.fixed(1e300, decimals: 2) == "1e+300")
    #expect(NumberText.grouped(134_145) == "134,145")
    #expect(NumberText.grouped(-1000) == "-1,000")
    #expect(NumberText.grouped(Int.min).hasPrefix("-9,223"))
    #expect(NumberText.compact(0.0001, step: 0.0001) == "0.0001")
    #expect(NumberText.compact(1e-6, step: 1e-6) == "1e-6")
  }
}
