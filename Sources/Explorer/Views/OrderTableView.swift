import Canvas
import Training

/// Columns of the table of orders, and how much each of them matters where room is short.
enum OrderColumn: Int, CaseIterable {
  case order, macs, macsBar, psnr, psnrBar, ssim, ssimBar, rank, step, state
}

extension ExplorerState {
  /// - Parameter width: bars grow with it.
  func orderTable(width: Int) -> Table {
    let lines = orderLines
    let step = orderStep
    let bar = width >= 120 ? 10 : 8
    let isNarrow = width < 100
    func spread(_ values: [Double?]) -> ClosedRange<Double>? {
      let known = values.compactMap { $0 }.filter(\.isFinite)
      guard let low = known.min(), let high = known.max() else { return nil }
      return low...high
    }
    let spreads = (
      macs: spread(lines.map(\.cost.macs)), psnr: spread(lines.map(\.psnr)), ssim: spread(lines.map(\.ssim)))
    let rows = lines.map { line in
      OrderColumn.allCases.map { column -> TableCell in
        switch column {
        case .order:
          guard let run = line.run else { return TableCell("   " + line.bases.argument, theme.dimText) }
          let mark = glyphs.runMark(run.mark)
          return TableCell(pieces: [
            .init(mark + String(repeating: " ", count: max(1, 3 - mark.columns)), theme.runStyle(run.mark, bold: true)),
            .init(line.bases.argument),
          ])
        case .macs: return TableCell(NumberText.tenths(line.cost.macs))
        case .macsBar: return barCell(line.cost.macs, spreads.macs, bar, theme.dimText)
        case .psnr:
          if let psnr = line.psnr {
            let isEstimate = line.run?.curve.metrics.last?.isEstimate == true && line.run?.evaluation?.step != step
            return TableCell(estimateSign(isEstimate) + decibel(psnr))
          }
          return pendingCell(line)
        case .psnrBar: return barCell(line.psnr, spreads.psnr, bar, line.run.map { theme.runStyle($0.mark) })
        case .ssim:
          if let ssim = line.ssim { return TableCell(NumberText.fixed(ssim, decimals: 3)) }
          return pendingCell(line)
        case .ssimBar: return barCell(line.ssim, spreads.ssim, bar, line.run.map { theme.runStyle($0.mark) })
        case .rank:
          guard let rank = line.rank else { return "" }
          return rank == 1
            ? TableCell("\(glyphs.mark) 1", theme.style(theme.plotMark, bold: true)) : TableCell("\(rank)")
        case .step: return TableCell(line.run.map { NumberText.grouped($0.step) } ?? "")
        case .state: return stateCell(line.run, isNarrow: isNarrow)
        }
      }
    }
    // Names are not cut: bars go first.
    func longest(_ column: OrderColumn) -> Int { rows.map { glyphs.columns(of: $0[column.rawValue].text) }.max() ?? 0 }
    let columns = OrderColumn.allCases.map { column in
      switch column {
      case .order: TableColumn("order", minimumWidth: min(longest(.order), width / 2), priority: 10)
      case .macs: TableColumn("MACs/sample", .decimal(places: 1), minimumWidth: 9, priority: 9)
      case .macsBar: TableColumn("", minimumWidth: bar, priority: 1)
      case .psnr: TableColumn("PSNR", .decimal(places: 2), minimumWidth: 6, priority: 9)
      case .psnrBar: TableColumn("", minimumWidth: bar, priority: 3)
      case .ssim: TableColumn("SSIM", .decimal(places: 3), minimumWidth: 5, priority: 4)
      case .ssimBar: TableColumn("", minimumWidth: bar, priority: 0)
      case .rank: TableColumn("rank", .right, minimumWidth: 5, priority: 8)
      case .step: TableColumn("step", .right, minimumWidth: 6, priority: 2)
      case .state: TableColumn("state", minimumWidth: min(longest(.state), width / 2), priority: 5)
      }
    }
    return Table(
      columns: columns, rows: rows, style: theme.text, headerStyle: theme.dimText, selectedStyle: theme.selection,
      selected: run.isPermutation ? lines.firstIndex { $0.run?.id == selection } : nil,
      sort: .init(column: (permutations.sortsByQuality ? OrderColumn.psnr : .macs).rawValue, isAscending: !permutations.sortsByQuality))
  }

  /// In the place of a number of the title's step: one of another step would be read as if it were of that one.
  private func pendingCell(_ line: OrderLine) -> TableCell {
    TableCell(line.run.map { $0.hasEnded ? "" : glyphs.ellipsis } ?? "", theme.dimText)
  }

  private func barCell(_ value: Double?, _ spread: ClosedRange<Double>?, _ width: Int, _ style: Style?) -> TableCell {
    guard let value, let spread else { return "" }
    return TableCell(glyphs.bar(value, in: spread, width: width), style)
  }

  private func stateCell(_ run: RunView?, isNarrow: Bool) -> TableCell {
    guard let run else { return TableCell("not started", theme.dimText) }
    let state = stateMark(of: run)
    if hasOtherBases(run) {
      if isNarrow { return TableCell("\(state.text.prefix(1)) other bases", state.style) }
      return TableCell(pieces: [.init(state.text.trimmedEnd, state.style), .init(", other bases", theme.dimText)])
    }
    if isCatchingUp(run) {
      if isNarrow { return TableCell("\(state.text.prefix(1)) catching up", state.style) }
      return TableCell(pieces: [.init(state.text.trimmedEnd, state.style), .init(", catching up", theme.dimText)])
    }
    guard isHalved(run), let halving = permutations.halvings[run.id] else { return TableCell(state.text.trimmedEnd, state.style) }
    let step = NumberText.grouped(halving.step)
    if isNarrow { return TableCell("\(state.text.prefix(1)) halved at \(step)", state.style) }
    return TableCell(pieces: [
      .init(run.hasEnded ? state.text.trimmedEnd : "stopping", state.style), .init(", halved at step \(step)", theme.dimText),
    ])
  }
}
