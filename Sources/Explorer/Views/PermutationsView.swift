import Canvas
import Networks
import TerminalUI
import Training

/// Where everything stands on the view of orders: pictures and curves above, the table below.
struct PermutationsLayout: Equatable, Sendable {
  struct Picture: Equatable, Sendable {
    var frame: Rect
    /// The picture itself, inside the frame, its aspect ratio kept.
    var picture: Rect
  }
  let target: Picture
  let reconstruction: Picture
  /// What both show.
  let view: PictureView
  let curves: Rect
  let box: Rect
  /// Inside the box.
  let table: Rect
  /// The last line inside the box.
  let sentence: Rect

  /// - Parameters:
  ///   - rows: lines of the table without its header.
  ///   - pixels: that a cell shows.
  init(body: Rect, subject: Subject, rows: Int, window: PictureWindow, pixels: PixelSize) {
    let (upper, box) = body.split(bottom: min(rows + 5, max(7, body.height * 3 / 5)))
    self.box = box
    (table, sentence) = box.inset(horizontal: 2, vertical: 1).split(bottom: 1)
    // As wide as the pictures need at this height, and curves in what is left, a third or 36 columns.
    let needed = fit(
      pictureWidth: subject.columns, pictureHeight: subject.rows,
      in: Rect(x: 0, y: 0, width: body.width, height: upper.height - 2)
    ).width + 2
    let width = max(20, min(needed, max(body.width / 3, (body.width - 36) / 2)))
    let (first, rest) = upper.split(left: width)
    let (second, third) = rest.split(left: width)
    view = PictureView(room: [first, second].sharedRoom, subject: subject, window: window, pixels: pixels)
    target = Picture(frame: first, picture: view.picture(in: first))
    reconstruction = Picture(frame: second, picture: view.picture(in: second))
    curves = third
  }
}

extension ExplorerState {
  func permutationsLayout(_ body: Rect) -> PermutationsLayout {
    PermutationsLayout(
      body: body, subject: subject, rows: orderRuns.count + waitingOrders.count, window: window, pixels: pixels)
  }

  /// Every order at the same size, so that the focus moves without waiting, and SSIM is measured of all.
  func permutationPictures(_ body: Rect) -> PictureRequests {
    let request = permutationsLayout(body).view.request()
    let requests = orderRuns.compactMap { run in request.map { (run.id, $0) } }
    return (request, Dictionary(requests, uniquingKeysWith: { first, _ in first }))
  }

  func drawPermutationsView(into frame: inout Frame, _ rect: Rect) {
    let layout = permutationsLayout(rect)
    frame.box(layout.target.frame, title: "target", style: theme.frameStyle(focused: false), titleStyle: theme.titleText)
    place(target, in: layout.target.picture, of: layout.target.frame, id: 0, into: &frame)
    if run.isPermutation {
      drawReconstruction(layout.reconstruction, layout.view, into: &frame)
      drawOrderCurves(into: &frame, layout.curves)
    } else {
      let (x, y) = (layout.reconstruction.frame.x, layout.reconstruction.frame.y)
      drawPlan(
        into: &frame,
        Rect(x: x, y: y, width: layout.curves.maxX - x, height: layout.reconstruction.frame.height))
    }
    let title = orderCount(isIndependent: permutations.isIndependent) + beside
    let inside = frame.box(
      layout.box, title: title, rightTitle: rightTitle(orderTitles.map { ($0, $0) }, beside: title, in: layout.box),
      style: theme.frameStyle(focused: true), titleStyle: theme.titleText, rightTitleStyle: theme.dimText)
    guard !inside.isEmpty else { return }
    orderTable(width: layout.table.width).draw(into: &frame, layout.table)
    frame.put(orderSentence(width: layout.sentence.width), x: layout.sentence.x, y: layout.sentence.y, maxWidth: layout.sentence.width)
  }

  // MARK: Texts

  /// `4 distinct orders of [4,4,4,8], the same on both axes`.
  private func orderCount(isIndependent: Bool) -> String {
    guard let bases = permutations.plan?.source.bases else { return "orders" }
    let count = BasesPermutations(bases, isIndependent: isIndependent).count
    let orders = "\(NumberText.count(count)) distinct \(count == 1 ? "order" : "orders") of \(bases.label)"
    switch (bases.axes.count, isIndependent) {
    case (1, _): return orders
    case (_, true): return orders + ", each axis its own"
    case (let axes, false): return orders + ", the same on \(axes == 2 ? "both" : "all") axes"
    }
  }

  /// What runs beside the orders that are counted: ` and 2 others`.
  private var beside: String {
    guard let bases = permutations.plan?.source.bases else { return "" }
    let counted = BasesPermutations(bases, isIndependent: permutations.isIndependent)
    let others = orderRuns.filter { run in !(run.configuration.bases.map(counted.contains) ?? false) }.count
    return others == 0 ? "" : " and \(others) \(others == 1 ? "other" : "others")"
  }

  private var orderTitles: [String] {
    let bySort = permutations.sortsByQuality ? "best PSNR first" : "fewest MACs first"
    guard let step = orderStep else { return [bySort] }
    let psnr = "PSNR at step \(NumberText.grouped(step))"
    let both = switch orderSimilarityStep {
    case step?: "PSNR, SSIM at step \(NumberText.grouped(step))"
    case let other?: "\(psnr), SSIM at \(NumberText.grouped(other))"
    case nil: psnr
    }
    return ["\(both), \(bySort)", both, psnr]
  }

  /// What the table proves or not; before anything runs, what starting takes.
  private func orderSentence(width: Int) -> [(text: String, style: Style)] {
    let (plain, dim) = (theme.text, theme.dimText)
    if let fault = permutations.fault { return [(fault, theme.style(theme.critical, bold: true))] }
    guard !orderRuns.isEmpty else {
      let starts = " starts \(waitingOrders.count == 1 ? "it" : "them"), "
      return [
        (key(.permutations(.start)), theme.accentText), (starts, dim), (key(.permutations(.add)), theme.accentText), (" adds one", dim),
      ]
    }
    guard let spread = comparison(of: orderLines).spread, let step = orderStep else {
      return [("spread: wants two orders of the same step", dim)]
    }
    let strong = theme.style(theme.foreground, bold: true)
    let loss = NumberText.fixed(spread.cheapestLoss, decimals: 2)
    let orders = orderRuns.filter { !hasOtherBases($0) }.count
    let compared = spread.count < orders ? ", \(spread.count) of \(orders) orders" : ""
    let pieces = [
      ("spread ", plain), ("\(NumberText.fixed(spread.psnr, decimals: 2)) dB", strong), (" over ", plain),
      (NumberText.fixed(spread.macsRatio, decimals: 1) + String(glyphs.multiplication), strong),
      (" MACs at step \(NumberText.grouped(step))\(compared)", plain),
    ]
    // Whole or not at all.
    let room = width - pieces.reduce(0) { $0 + $1.0.columns }
    let endings = loss == "0.00" ? ["; the cheapest is the best"] : ["; the cheapest is \(loss) dB below the best", "; the cheapest loses \(loss) dB"]
    return pieces + endings.filter { $0.columns <= room }.prefix(1).map { ($0, dim) }
  }

  /// What there is to run and what that takes, before anything runs.
  private func drawPlan(into frame: inout Frame, _ rect: Rect) {
    let inside = frame.box(rect, title: "orders", style: theme.frameStyle(focused: false), titleStyle: theme.titleText)
      .inset(horizontal: 1, vertical: 0)
    guard let plan = permutations.plan else { return }
    let waiting = waitingOrders
    let bases = plan.source.bases
    let (text, dim) = (theme.text, theme.dimText)
    var lines: [(text: String, style: Style)] = [
      (orderCount(isIndependent: plan.isIndependent), theme.titleText)
    ]
    if let bases, bases.axes.count > 1 {
      let other = BasesPermutations(bases, isIndependent: !plan.isIndependent).count
      lines.append(("\(NumberText.count(other)) when \(plan.isIndependent ? "all axes have the same" : "each axis has its own") (i)", dim))
    }
    if plan.count > Double(waiting.count) {
      lines.append(("run are \(waiting.count), those of fewest MACs", text))
    }
    let costs = waiting.map(\.cost.macs)
    if let least = costs.min(), let most = costs.max(), least > 0 {
      lines.append(("MACs/sample \(NumberText.tenths(least)) to \(NumberText.tenths(most)), \(NumberText.fixed(most / least, decimals: 1))\(glyphs.multiplication)", text))
      let bare = waiting.compactMap { $0.cost.macsByConvention["nobias"] }
      if let least = bare.min(), let most = bare.max() {
        lines.append(("weights alone (nobias) \(NumberText.tenths(least)) to \(NumberText.tenths(most))", dim))
      }
    }
    let fitting = orders(waiting, fitting: availableBytes)
    let bytes = MemoryBudget.text(bytes: waiting.reduce(0) { $0 + $1.memory })
    let available = availableBytes.map { ", available are \(MemoryBudget.text(bytes: $0))" } ?? ""
    lines.append(("takes \(bytes) of memory\(available)", text))
    if fitting.count < waiting.count {
      lines.append(("only the first \(fitting.count) have room", theme.style(theme.warning, bold: true)))
    }
    let steps = plan.source.steps ?? 0
    let samples = if case .samples(let count)? = plan.source.batch { count } else { subject.rows * subject.columns }
    let total = costs.reduce(0, +) * Double(samples) * Double(steps)
    lines.append(("and \(NumberText.short(total)) MACs forward, \(NumberText.grouped(steps)) steps each", text))
    lines.append(("as \(name(run)): \(plan.source.preset.rawValue), hidden \(plan.source.hidden ?? 0), seed \(plan.source.seed)", dim))
    lines.append(("turns of equal steps; the race is paused (\(key(.permutations(.race))))", dim))
    // What is too much for a low pane are the last lines.
    let gap = inside.height > lines.count ? 1 : 0
    for (index, line) in lines.prefix(inside.height - gap).enumerated() {
      frame.put(line.text, x: inside.x, y: inside.y + gap + index, line.style, maxWidth: inside.width)
    }
  }

  // MARK: The focused order, and the curves of all

  private func drawReconstruction(_ place: PermutationsLayout.Picture, _ view: PictureView, into frame: inout Frame) {
    let style = theme.runStyle(run.mark, bold: true)
    let title = "\(glyphs.runMark(run.mark)) \(run.configuration.bases?.argument ?? "")"
    let quality = run.psnr.map { estimateSign($0.isEstimate) + decibel($0.value) + " dB" } ?? glyphs.ellipsis
    frame.box(
      place.frame, title: title, rightTitle: rightTitle([(quality, "00.00 dB")], beside: title, in: place.frame),
      style: theme.runStyle(run.mark), titleStyle: style, rightTitleStyle: theme.dimText)
    self.place(shownReconstruction(of: run, view), in: place.picture, of: place.frame, id: 1, into: &frame)
  }

  private func drawOrderCurves(into frame: inout Frame, _ rect: Rect) {
    let inside = frame.box(rect, title: "PSNR, dB", style: theme.frameStyle(focused: false), titleStyle: theme.titleText)
    let series = orderRuns.map { run in
      PlotSeries(
        run.curve.points, style: theme.runStyle(run.mark), letter: glyphs.runMark(run.mark).first,
        layer: run.id == selection ? 1 : 0)
    }
    let (xs, ys) = (orderRuns.compactMap(\.curve.xRange), orderRuns.compactMap(\.curve.yRange))
    func union(_ ranges: [ClosedRange<Double>]) -> ClosedRange<Double> {
      guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else { return 0...10 }
      return low...high
    }
    LinePlot(
      series: series, x: PlotAxis(range: union(xs), title: "step"), y: PlotAxis(range: union(ys)), axisStyle: theme.axis,
      labelStyle: theme.axisText
    ).draw(into: &frame, inside)
  }

  /// Hints that help: what an order is needed for is not offered while none runs.
  func orderHint(_ intent: PermutationsIntent, _ hint: String?) -> String? {
    switch intent {
    case .start: waitingOrders.isEmpty ? nil : hint
    case .drop, .halve, .race: orderRuns.isEmpty ? nil : hint
    case .independent: permutations.isIndependent ? "same" : hint
    default: hint
    }
  }

  func drawOrderPrompt(into frame: inout Frame, _ prompt: OrderPrompt) {
    let inside = popUp(into: &frame, title: "add an order", width: 72, height: 8)
    frame.put("bases", x: inside.x, y: inside.y, theme.dimText)
    frame.putField(
      text: prompt.line.text, cursor: prompt.line.cursor, x: inside.x + 7, y: inside.y, width: inside.width - 7,
      style: theme.selection, cursorStyle: theme.selection.reversed)
    let example = permutations.plan?.source.bases?.argument ?? "4,4,4,8"
    let text = prompt.fault ?? "As \(example), coarse to fine; an axis each: 4,4,4,8x4,8,4,4. What fits the picture runs at once."
    let style = prompt.fault == nil ? theme.dimText : theme.style(theme.critical, bold: true)
    for (index, line) in text.wrapped(columns: inside.width, lines: 3).enumerated() {
      frame.put(line, x: inside.x, y: inside.y + 1 + index, style, maxWidth: inside.width)
    }
    // What it will cost, as soon as what is typed is an order.
    if prompt.fault == nil, case .success(let order) = order(typed: prompt.line.text) {
      let cost = [
        "\(NumberText.tenths(order.cost.macs)) MACs/sample", "\(NumberText.grouped(order.cost.parameters)) parameters",
        "\(MemoryBudget.text(bytes: order.memory)) of memory",
      ]
      frame.put(cost.joined(separator: ", "), x: inside.x, y: inside.y + 4, theme.text, maxWidth: inside.width)
    }
    frame.put(
      [("enter", theme.accentText), (" run it   ", theme.dimText), ("esc", theme.accentText), (" not now", theme.dimText)],
      x: inside.x, y: inside.y + 5, maxWidth: inside.width)
  }
}
