import Canvas
import Training

/// The table of runs: by which column it is sorted, and which way.
struct RunTable: Equatable, Sendable {
  enum Column: Int, CaseIterable, Sendable {
    case run, parameters, macs, sines, psnr, best, ssim, speed, seconds, spent, share, state

    var title: String {
      switch self {
      case .run: "run"
      case .parameters: "params"
      case .macs: "MACs/sample"
      case .sines: "sines"
      case .psnr: "PSNR"
      case .best: "best"
      case .ssim: "SSIM"
      case .speed: "it/s"
      case .seconds: "seconds"
      case .spent: "MACs spent"
      case .share: "share"
      case .state: "state"
      }
    }
  }

  /// nil is the order in which the runs came.
  var column: Column?
  var isDescending = false

  mutating func nextColumn() {
    guard let column else { return (self.column, isDescending) = (.parameters, false) }
    let next = Column(rawValue: column.rawValue + 1)
    self.column = next
    isDescending = next.map(Self.isBetterWhenHigher) ?? false
  }

  /// A click on a title: that column, or its other direction.
  mutating func sort(by column: Column) {
    if self.column == column { return isDescending.toggle() }
    self.column = column
    isDescending = Self.isBetterWhenHigher(column)
  }

  /// What is best comes first: high quality and speed, low cost.
  private static func isBetterWhenHigher(_ column: Column) -> Bool { [.psnr, .best, .ssim, .speed].contains(column) }

  /// Runs in the table's order; pinned ones first, and equal ones as they came.
  func sorted(_ runs: [RunView]) -> [RunView] {
    guard let column else { return runs.filter(\.isPinned) + runs.filter { !$0.isPinned } }
    let order = runs.enumerated().sorted { left, right in
      if left.element.isPinned != right.element.isPinned { return left.element.isPinned }
      let (a, b) = (Self.key(left.element, column), Self.key(right.element, column))
      if a.number != b.number {
        // What is not known yet stands at the end either way.
        if a.number.isNaN || b.number.isNaN { return b.number.isNaN && !a.number.isNaN }
        return isDescending ? a.number > b.number : a.number < b.number
      }
      if a.text != b.text { return isDescending ? a.text > b.text : a.text < b.text }
      return left.offset < right.offset
    }
    return order.map(\.element)
  }

  private static func key(_ run: RunView, _ column: Column) -> (number: Double, text: String) {
    switch column {
    case .run: (0, run.label)
    case .parameters: (Double(run.cost.parameters), "")
    case .macs: (run.cost.macs, "")
    case .sines: (run.cost.sines, "")
    case .psnr: (run.psnr?.value ?? .nan, "")
    case .best: (run.best?.psnr ?? .nan, "")
    case .ssim: (run.similarity?.value ?? .nan, "")
    case .speed: (run.stepsPerSecond, "")
    case .seconds: (run.trainedSeconds, "")
    case .spent: (run.macsSpent(steps: run.step), "")
    case .share: (run.share, "")
    case .state: (0, run.state.rawValue)
    }
  }
}

extension ExplorerState {
  /// The runs as the table of the view lists them, hidden ones at the end.
  var tableOrder: [RunView] {
    if tab == .permutations, !orderRuns.isEmpty { return orderLines.compactMap(\.run) }
    let sorted = table.sorted(runs.filter { !$0.isPermutation })
    return sorted.filter { !$0.isHidden } + sorted.filter(\.isHidden)
  }
}
