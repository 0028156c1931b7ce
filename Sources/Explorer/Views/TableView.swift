import Canvas
import Training

extension ExplorerState {
  /// The runs by what they cost and what they reach.
  func drawTable(into frame: inout Frame, _ rect: Rect) { runTable.draw(into: &frame, rect) }

  /// The table with its rows as they are now.
  var runTable: Table {
    let rows = tableOrder
    // What tells two runs apart stands at the end of their names, which is not cut.
    let twins = rows.filter { difference(of: $0) != nil }.map { min(label(of: $0).columns, 32) }
    let columns = RunTable.Column.allCases.map { column in
      switch column {
      case .run: TableColumn(" " + column.title, minimumWidth: max(18, twins.map { $0 + 4 }.max() ?? 0), priority: 10)
      case .parameters: TableColumn(column.title, .right, minimumWidth: 9, priority: 7)
      case .macs: TableColumn(column.title, .decimal(places: 1), minimumWidth: 11, priority: 8)
      case .sines: TableColumn(column.title, .right, minimumWidth: 5, priority: 1)
      case .psnr: TableColumn(column.title, .decimal(places: 2), minimumWidth: 6, priority: 9)
      case .best: TableColumn(column.title, .decimal(places: 2), minimumWidth: 6, priority: 6)
      case .ssim: TableColumn(column.title, .decimal(places: 3), minimumWidth: 6, priority: 5)
      case .speed: TableColumn(column.title, .decimal(places: 1), minimumWidth: 6, priority: 4)
      case .seconds: TableColumn(column.title, .decimal(places: 1), minimumWidth: 6, priority: 2)
      case .spent: TableColumn(column.title, .right, minimumWidth: 7, priority: 0)
      case .share: TableColumn(column.title, .right, minimumWidth: 5, priority: 3)
      case .state: TableColumn(column.title, minimumWidth: 10, priority: 8)
      }
    }
    return Table(
      columns: columns, rows: rows.map { row(of: $0) }, style: theme.text, headerStyle: theme.dimText,
      selectedStyle: theme.selection, selected: rows.firstIndex { $0.id == selection },
      sort: table.column.map { Table.Sort(column: $0.rawValue, isAscending: !table.isDescending) })
  }

  private func row(of run: RunView) -> [TableCell] {
    RunTable.Column.allCases.map { column in
      switch column {
      case .run:
        let mark = "\(glyphs.runMark(run.mark))\(run.isPinned ? "*" : " ")"
        return TableCell(pieces: [
          .init(" \(mark)", theme.runStyle(run.mark, bold: true)), .init(label(of: run), run.isHidden ? theme.dimText : nil),
        ])
      case .parameters: return TableCell(NumberText.grouped(run.cost.parameters))
      case .macs: return TableCell(NumberText.tenths(run.cost.macs))
      case .sines: return TableCell(NumberText.count(run.cost.sines))
      case .psnr: return TableCell(run.psnr.map { estimateSign($0.isEstimate) + decibel($0.value) } ?? "")
      case .best: return TableCell(run.best.map { estimateSign($0.isEstimate) + decibel($0.psnr) } ?? "")
      case .ssim: // Measured now and then: one of long ago is an estimate of what it is now.
        guard let similarity = run.similarity else { return TableCell("") }
        let text = NumberText.fixed(similarity.value, decimals: 3)
        let isOld = run.step - similarity.step > max(20, run.step / 20)
        return TableCell(estimateSign(isOld) + text, isOld ? theme.dimText : nil)
      case .speed:
        return TableCell(run.state == .training && !isWaiting(run) ? speedText(run.stepsPerSecond) : "")
      case .seconds: return TableCell(NumberText.fixed(run.trainedSeconds, decimals: 1))
      case .spent: return TableCell(NumberText.short(run.macsSpent(steps: run.step)))
      case .share: return TableCell(run.state == .training && !isWaiting(run) && run.share > 0 ? "\(Int((run.share * 100).rounded())) %" : "")
      case .state:
        let state = stateMark(of: run)
        return TableCell(pieces: [.init(state.text.trimmedEnd, state.style), .init(run.isHidden ? " hidden" : "", theme.dimText)])
      }
    }
  }

  /// Steps a second with as many decimals as tell slow runs apart.
  func speedText(_ speed: Double) -> String {
    NumberText.fixed(speed, decimals: speed < 0.995 ? 2 : speed < 1000 ? 1 : 0)
  }
}
