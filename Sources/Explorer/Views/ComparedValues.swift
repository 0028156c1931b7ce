import Canvas
import Training

/// The pane beneath the compared pictures: mode and part in its title, and what the picked sample is in each.
extension ExplorerState {
  private typealias Pieces = [(text: String, style: Style)]

  func drawPickedValues(
    _ sides: (left: CompareState.Side, right: CompareState.Side), _ layout: CompareLayout, into frame: inout Frame
  ) {
    let rect = layout.values
    let runs = [sides.left, sides.right].filter { $0 != .target }
    guard !layout.isCompact else {
      let (first, second) = rect.split(top: 1)
      let right = placeText(layout, in: first, beside: compare.mode.title)
      frame.put(
        [(" \(compare.mode.title)", theme.titleText), ("  \(arrowsText(layout))", theme.dimText)], x: first.x, y: first.y,
        maxWidth: first.width - right.columns - 3)
      frame.put(right, x: first.maxX - right.columns - 1, y: first.y, theme.dimText)
      frame.put(line(of: runs, sides, width: second.width - 2), x: second.x + 1, y: second.y, maxWidth: second.width - 2)
      return
    }
    let title = "\(compare.mode.title)  \(arrowsText(layout))"
    let inside = frame.box(
      rect, title: title, rightTitle: placeText(layout, in: rect, beside: title), style: theme.frameStyle(focused: false),
      titleStyle: theme.titleText, rightTitleStyle: theme.dimText)
    guard let pick = compare.pick else {
      frame.put(noPick, x: inside.x + 1, y: inside.y + inside.height / 2, theme.dimText, maxWidth: inside.width - 2)
      return
    }
    let table = Table(
      columns: [
        TableColumn("x \(pick.column), y \(pick.row)", minimumWidth: 18, priority: 9),
        TableColumn("0\(dots)255", .right, minimumWidth: 6, priority: 8),
        TableColumn("value", .right, minimumWidth: 8, priority: 6),
        TableColumn("- target", .right, minimumWidth: 10, priority: 7),
        TableColumn("- target, value", .right, minimumWidth: 16, priority: 5),
      ],
      rows: rows(of: runs, sides), style: theme.text, headerStyle: compare.isPicking ? theme.accentText : theme.dimText)
    table.draw(into: &frame, inside.inset(horizontal: 1, vertical: 0))
  }

  private var dots: String { glyphs.isUnicode ? "…" : ".." }
  private var noPick: String { "\(compare.mode == .wipe ? "right click" : "click"), or x and arrows: the values of a pixel" }

  /// What arrows do now.
  private func arrowsText(_ layout: CompareLayout) -> String {
    if compare.isPicking { return "arrows move the pixel" }
    if compare.mode == .wipe { return "left right move the line" }
    return layout.view.isWhole ? "+ zooms in" : "arrows move the picture"
  }

  /// The zoom and what is seen, as much as there is room for.
  private func placeText(_ layout: CompareLayout, in rect: Rect, beside title: String) -> String {
    guard !layout.view.isWhole else { return rightTitle([("whole picture", "whole picture")], beside: title, in: rect) }
    func span(_ range: Range<Int>) -> String { "\(range.lowerBound)\(dots)\(range.upperBound - 1)" }
    let region = "x \(span(layout.view.region.columns))  y \(span(layout.view.region.rows))"
    let zoom = magnification(layout.view)
    return rightTitle(["\(zoom)   \(region)", region, zoom].map { ($0, $0) }, beside: title, in: rect)
  }

  // MARK: Numbers

  /// Of a sample, each channel as a byte or as it is.
  private func bytes(_ values: [Float]) -> String { joined(values.map { "\($0.byte)" }, width: 3) }
  private func numbers(_ values: [Float]) -> String { joined(values.map { NumberText.fixed(Double($0), decimals: 4) }, width: 6) }

  private func byteDifferences(_ values: [Float], _ others: [Float]) -> String {
    joined(zip(values, others).map { signed(Double(Int($0.byte) - Int($1.byte)), decimals: 0) }, width: 4)
  }

  private func differences(_ values: [Float], _ others: [Float]) -> String {
    joined(zip(values, others).map { signed(Double($0) - Double($1), decimals: 4) }, width: 7)
  }

  private func joined(_ texts: [String], width: Int) -> String {
    guard texts.count > 1 else { return texts.first ?? "" }
    return texts.map { String(repeating: " ", count: max(0, width - $0.count)) + $0 }.joined(separator: " ")
  }

  /// With its sign, which 0 has none of.
  private func signed(_ value: Double, decimals: Int) -> String {
    let text = NumberText.fixed(value, decimals: decimals)
    return value > 0 && text.contains { $0 != "0" && $0 != "." } ? "+\(text)" : text
  }

  /// The table's rows: the target, the runs, and their difference when there are two.
  private func rows(of runs: [CompareState.Side], _ sides: (left: CompareState.Side, right: CompareState.Side)) -> [[TableCell]] {
    let target = pickedValues(of: .target) ?? []
    var rows = [[TableCell("target", theme.titleText), TableCell(bytes(target)), TableCell(numbers(target))]]
    for side in runs {
      let name = TableCell(name(of: side), style(of: side))
      guard let values = pickedValues(of: side) else {
        rows.append([name, TableCell(glyphs.ellipsis, theme.dimText)])
        continue
      }
      rows.append([
        name, TableCell(bytes(values)), TableCell(numbers(values)), TableCell(byteDifferences(values, target)),
        TableCell(differences(values, target)),
      ])
    }
    if runs.count == 2, let left = pickedValues(of: sides.left), let right = pickedValues(of: sides.right) {
      rows.append([
        TableCell("\(mark(of: sides.left)) - \(mark(of: sides.right))", theme.titleText),
        TableCell(byteDifferences(left, right)), TableCell(differences(left, right)),
      ])
    }
    return rows
  }

  /// All of it in one line, the longest form that has room.
  private func line(
    of runs: [CompareState.Side], _ sides: (left: CompareState.Side, right: CompareState.Side), width: Int
  ) -> Pieces {
    guard let pick = compare.pick else { return [(noPick, theme.dimText)] }
    let forms = [(true, true), (false, true), (false, false)].map { hasNumbers, hasDifference -> Pieces in
      var pieces: Pieces = [("x \(pick.column) y \(pick.row)", compare.isPicking ? theme.accentText : theme.titleText)]
      func add(_ name: String, _ style: Style, _ values: String?, _ numbers: String?) {
        pieces.append(("   \(name) ", style))
        pieces.append((values ?? glyphs.ellipsis, theme.text))
        if hasNumbers, let numbers { pieces.append((" \(numbers)", theme.dimText)) }
      }
      for side in [.target] + runs {
        let values = pickedValues(of: side)
        add(mark(of: side), style(of: side), values.map(bytes), values.map(numbers))
      }
      if hasDifference, let left = pickedValues(of: sides.left), let right = pickedValues(of: sides.right) {
        let short = runs.count == 2 ? "\(mark(of: sides.left))-\(mark(of: sides.right))" : "difference"
        add(short, theme.titleText, byteDifferences(left, right), differences(left, right))
      }
      return pieces
    }
    return forms.first { $0.reduce(0) { $0 + $1.text.columns } <= width } ?? forms[forms.count - 1]
  }
}
