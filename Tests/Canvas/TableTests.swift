import Canvas
import Testing

@Suite struct TableTests {
  private let columns = [
    TableColumn("", minimumWidth: 2, priority: 9), TableColumn("run", minimumWidth: 8, priority: 8),
    TableColumn("params", .right, minimumWidth: 9), TableColumn("MACs", .decimal(places: 1), minimumWidth: 9, priority: 2),
    TableColumn("PSNR", .decimal(places: 2), minimumWidth: 7, priority: 5),
  ]

  private func table(_ psnr: [String] = ["31.20", "≈22.87", "–"], selected: Int? = nil) -> Table {
    Table(
      columns: columns,
      rows: [
        ["①", "ASMR 4×256", "134,145", "1,353.8", TableCell(psnr[0])],
        ["②", "SIREN 4×256", "132,609", "132,609", TableCell(psnr[1])],
        ["③", "KiloNeRF", "250,112", "977", TableCell(psnr[2])],
      ], selected: selected, sort: Table.Sort(column: 4, isAscending: false))
  }

  private func text(_ table: Table, width: Int, height: Int = 4, glyphs: Glyphs = .unicode) -> String {
    var frame = Frame(width: width, height: height, glyphs: glyphs)
    table.draw(into: &frame, frame.bounds)
    return frame.text()
  }

  @Test func numbersStandOnTheirPoints() {
    #expect(
      text(table(), width: 60) == """
            run             params       MACs    ▼PSNR
        ①   ASMR 4×256     134,145    1,353.8    31.20
        ②   SIREN 4×256    132,609  132,609     ≈22.87
        ③   KiloNeRF       250,112      977       –
        """)
    #expect(
      text(table(), width: 60, glyphs: .ascii) == """
            run             params       MACs    vPSNR
        1   ASMR 4x256     134,145    1,353.8    31.20
        2   SIREN 4x256    132,609  132,609     ~22.87
        3   KiloNeRF       250,112      977       -
        """)
  }

  @Test func growingNumbersMoveNothing() {
    let before = table(["9.1", "0", "–"]).layout(in: Rect(x: 0, y: 0, width: 60, height: 4))
    let after = table(["≈31.20", "100", "diverg"]).layout(in: Rect(x: 0, y: 0, width: 60, height: 4))
    #expect(before == after)
  }

  @Test func whatMattersLeastGoesFirst() {
    let titles = [60: ["", "run", "params", "MACs", "PSNR"], 40: ["", "run", "MACs", "PSNR"], 24: ["", "run", "PSNR"], 5: [""]]
    for (width, expected) in titles {
      let layout = table().layout(in: Rect(x: 3, y: 0, width: width, height: 4))
      #expect(layout.columns.map { columns[$0.index].title } == expected, "\(width)")
      #expect(layout.columns.allSatisfy { $0.x >= 3 && $0.x + $0.width <= 3 + width })
    }
    // Texts are cut before a column goes.
    let narrow = text(table(), width: 44)
    #expect(narrow.contains("SIREN 4") && narrow.contains("…") && narrow.contains("params"))
  }

  @Test func theSelectedRowStaysVisible() {
    var long = Table(columns: [TableColumn("n", .right)], rows: (0..<100).map { [TableCell("\($0)")] })
    let rect = Rect(x: 0, y: 0, width: 10, height: 11)
    func first(_ scroll: Int, _ selected: Int?) -> Int {
      long.scroll = scroll
      long.selected = selected
      return long.layout(in: rect).firstRow
    }
    #expect(first(0, 5) == 0 && first(0, 9) == 0 && first(0, 10) == 1 && first(50, 20) == 20 && first(50, 70) == 61)
    #expect(first(1000, nil) == 90 && first(-5, nil) == 0 && first(0, 99) == 90 && first(3, 1000) == 3)
  }

  @Test func theMouseFindsRowsAndColumns() {
    let rect = Rect(x: 2, y: 5, width: 60, height: 3)
    let layout = table(selected: 2).layout(in: rect)
    #expect(layout.isHeader(y: 5) && !layout.isHeader(y: 6))
    #expect(layout.row(atY: 5) == nil && layout.row(atY: 6) == 1 && layout.row(atY: 7) == 2 && layout.row(atY: 8) == nil)
    for place in layout.columns { #expect(layout.column(atX: place.x) == place.index) }
    #expect(layout.column(atX: 1) == nil && layout.column(atX: 61) == 4 && layout.column(atX: 62) == nil)
  }

  @Test func selectionAndPiecesHaveTheirStyles() {
    let red = Style(foreground: .hex(0xFF0000))
    let chosen = Style(foreground: .hex(0xFFFFFF), background: .hex(0x0000FF))
    let rows: [[TableCell]] = [
      [TableCell(pieces: [.init("● ", red), .init("one")])], [TableCell(pieces: [.init("● ", red), .init("two")])],
    ]
    var frame = Frame(width: 12, height: 3)
    Table(columns: [TableColumn("run")], rows: rows, selectedStyle: chosen, selected: 1).draw(into: &frame, frame.bounds)
    #expect(frame[0, 1].style == red && frame[2, 1].style == .plain)
    // Red on blue cannot be read: it comes nearer to white. Yellow can, and stays.
    guard case .rgb(let seen) = frame[0, 2].style.foreground else { return #expect(Bool(false)) }
    #expect(seen.contrast(with: RGB(hex: 0x0000FF)) >= 4.5 && seen.r == 255 && seen.g < 200)
    let yellow = Table(
      columns: [TableColumn("run")], rows: [[TableCell(pieces: [.init("x", Style(foreground: .hex(0xFFFF00)))])]],
      selectedStyle: chosen, selected: 0)
    yellow.draw(into: &frame, frame.bounds)
    #expect(frame[0, 1].style == Style(foreground: .hex(0xFFFF00), background: .hex(0x0000FF)))
    Table(columns: [TableColumn("run")], rows: rows, selectedStyle: chosen, selected: 1).draw(into: &frame, frame.bounds)
    #expect(frame[2, 2].style == chosen && frame[11, 2].style == chosen)
  }

  @Test func anySizeIsFine() {
    let tables = [
      table(selected: 7), Table(columns: [], rows: [[], ["x"]]), Table(columns: columns, rows: []),
      Table(columns: columns, rows: [["a"], []], selected: 0, scroll: .max, sort: Table.Sort(column: 99, isAscending: true), gap: -3),
      Table(columns: [TableColumn("t", .decimal(places: .max), minimumWidth: .max)], rows: [["1.5"]], scroll: .min, gap: .max),
    ]
    for table in tables {
      for (width, height) in [(0, 0), (1, 1), (1, 9), (9, 1), (30, 2), (2048, 3)] {
        for glyphs in [Glyphs.unicode, .ascii] { _ = text(table, width: width, height: height, glyphs: glyphs) }
      }
      let layout = table.layout(in: Rect(x: .min, y: .max, width: .max, height: .max))
      _ = layout.row(atY: .max)
    }
  }
}
