import Canvas
import Networks
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How the runs were looked at, as a session keeps it. Choices are stored by their names; names that nobody knows any more
/// leave what a new explorer has.
struct SessionLayout: Codable, Equatable, Sendable {
  struct Run: Codable, Equatable, Sendable {
    var id: RunID
    var mark: Int
    var isHidden, isPinned, isPermutation: Bool
    var savedStep: Int?
  }

  /// Turns by their name; of a run alone, which.
  struct Turns: Codable, Equatable, Sendable {
    var alone: RunID?
    var isEqualSteps = false

    init(_ mode: TurnMode) {
      switch mode {
      case .equalTime: break
      case .equalSteps: isEqualSteps = true
      case .solo(let id): alone = id
      }
    }
    var mode: TurnMode { alone.map { .solo($0) } ?? (isEqualSteps ? .equalSteps : .equalTime) }
  }

  struct Table: Codable, Equatable, Sendable {
    var column: String?
    var isDescending: Bool
  }

  struct Window: Codable, Equatable, Sendable {
    var zoom: Int
    var x, y: Double?
  }

  struct Curves: Codable, Equatable, Sendable {
    var metric, axis, smoothing: String
    var isLogX, isLogY: Bool
  }

  struct Compare: Codable, Equatable, Sendable {
    var mode: String
    var wipe: Double
    /// Runs that were chosen; a side that is neither a run nor the target is the view's own choice.
    var left, right: RunID?
    var isLeftTarget, isRightTarget: Bool
  }

  struct Features: Codable, Equatable, Sendable {
    var layer, column: Int
    var arrangement: String
    var sharesRange, showsHistogram: Bool
    /// Not in sessions of earlier versions.
    var hasWholeTitles: Bool?
    var truncation: Int?
  }

  struct Orders: Codable, Equatable, Sendable {
    struct Halving: Codable, Equatable, Sendable {
      var run: RunID
      var step, generation: Int
    }
    struct Newcomer: Codable, Equatable, Sendable {
      var run: RunID
      var generation: Int
    }
    struct Interruption: Codable, Equatable, Sendable {
      var paused: [RunID]
      var turns: Turns
    }
    var isIndependent, sortsByQuality: Bool
    /// What the orders are of; nil while there are none.
    var source: RunConfiguration?
    var dropped: [Bases]
    var newcomers: [Newcomer]
    var halvings: [Halving]
    var interruption: Interruption?
    var otherSelection: RunID?
  }

  var tab: String
  var selection: RunID
  var turns: Turns
  var runs: [Run]
  var showsError: Bool
  var table: Table
  var window: Window
  var curves: Curves
  var tradeOffAxis: String
  var showsPublished: Bool
  var compare: Compare
  var features: Features
  var orders: Orders

  /// - Throws: JSON that is no layout.
  init(json: String) throws { self = try JSONDecoder().decode(SessionLayout.self, from: Data(json.utf8)) }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

/// A choice by the name of its case.
private func choice<Value: CaseIterable>(_ name: String?, or standard: Value) -> Value {
  Value.allCases.first { "\($0)" == name } ?? standard
}

extension SessionLayout {
  init(_ state: ExplorerState) {
    tab = "\(state.tab)"
    selection = state.selection
    turns = Turns(state.turnMode)
    runs = state.runs.map {
      Run(
        id: $0.id, mark: $0.mark, isHidden: $0.isHidden, isPinned: $0.isPinned, isPermutation: $0.isPermutation,
        savedStep: $0.savedStep)
    }
    showsError = state.showsError
    table = Table(column: state.table.column.map { "\($0)" }, isDescending: state.table.isDescending)
    window = Window(zoom: state.window.zoom, x: state.window.center?.x, y: state.window.center?.y)
    curves = Curves(
      metric: "\(state.curves.metric)", axis: "\(state.curves.axis)", smoothing: "\(state.curves.smoothing)",
      isLogX: state.curves.xScale == .logarithmic, isLogY: state.curves.yScale == .logarithmic)
    tradeOffAxis = "\(state.tradeOff.axis)"
    showsPublished = state.tradeOff.showsPublished
    func run(_ side: CompareState.Side?) -> RunID? { if case .run(let id) = side { id } else { nil } }
    compare = Compare(
      mode: "\(state.compare.mode)", wipe: state.compare.wipe, left: run(state.compare.left), right: run(state.compare.right),
      isLeftTarget: state.compare.left == .target, isRightTarget: state.compare.right == .target)
    features = Features(
      layer: state.features.layer, column: state.features.column, arrangement: "\(state.features.arrangement)",
      sharesRange: state.features.sharesRange, showsHistogram: state.features.showsHistogram,
      hasWholeTitles: state.features.hasWholeTitles, truncation: state.features.truncation)
    let permutations = state.permutations
    orders = Orders(
      isIndependent: permutations.isIndependent, sortsByQuality: permutations.sortsByQuality,
      source: state.orderRuns.isEmpty ? nil : permutations.plan?.source,
      dropped: permutations.dropped.sorted { $0.argument < $1.argument },
      newcomers: permutations.newcomers.map { Orders.Newcomer(run: $0.key, generation: $0.value) }.sorted { $0.run < $1.run },
      halvings: permutations.halvings
        .map { Orders.Halving(run: $0.key, step: $0.value.step, generation: $0.value.generation) }.sorted { $0.run < $1.run },
      interruption: permutations.interruption.map { Orders.Interruption(paused: $0.paused, turns: Turns($0.mode)) },
      otherSelection: permutations.otherSelection)
  }
}

extension ExplorerState {
  /// Takes the place of a new explorer's runs and choices by those of a session.
  ///
  /// - Parameter samplesPerStep: of each run.
  /// - Throws: a configuration that does not fit the subject.
  mutating func adopt(_ session: Session, samplesPerStep: [RunID: Int]) throws(ConfigurationError) {
    guard let layout = try? SessionLayout(json: session.layout) else {
      throw ConfigurationError("session: found a layout that does not fit; allowed is what the explorer saves")
    }
    var restored: [RunView] = []
    for (index, saved) in session.runs.enumerated() {
      let (checkpoint, trainer) = (saved.checkpoint, saved.checkpoint.trainer)
      let look = layout.runs.first { $0.id == saved.id }
      var run = RunView(
        id: saved.id, mark: look?.mark ?? index, configuration: trainer.configuration,
        cost: try Self.cost(trainer.configuration, subject))
      (run.state, run.live.step, run.generation) = (checkpoint.state, trainer.step, checkpoint.generation)
      (run.live.elapsedSeconds, run.live.trainedSeconds) = (checkpoint.elapsedSeconds, checkpoint.trainedSeconds)
      (run.live.best, run.live.similarity) = (checkpoint.best, checkpoint.similarity)
      run.live.samplesPerStep = samplesPerStep[saved.id] ?? 0
      run.live.curve.append(saved.metrics)
      for similarity in saved.similarities { run.live.curve.append(similarity) }
      (run.isHidden, run.isPinned) = (look?.isHidden ?? false, look?.isPinned ?? false)
      (run.isPermutation, run.savedStep) = (look?.isPermutation ?? false, look?.savedStep)
      restored.append(run)
    }
    runs = restored
    lastID = max(lastID, restored.map(\.id.value).max() ?? 0)
    selection = self[layout.selection]?.id ?? restored[0].id
    tab = choice(layout.tab, or: tab)
    if case .solo(let id) = layout.turns.mode, self[id] == nil {} else { turnMode = layout.turns.mode }
    showsError = layout.showsError
    table.column = RunTable.Column.allCases.first { "\($0)" == layout.table.column }
    table.isDescending = layout.table.isDescending
    window.zoom = min(max(layout.window.zoom, 0), 30)
    if let x = layout.window.x, let y = layout.window.y { window.center = PictureWindow.Point(x: x, y: y) }
    adopt(layout)
    // Its own file has all of it, until something changes.
    if let name = sessions?.autosaveName, name == sessions?.lastName {
      let mark = sessionMark
      sessions?.saved = mark
    }
  }

  /// What belongs to single views.
  private mutating func adopt(_ layout: SessionLayout) {
    curves.metric = choice(layout.curves.metric, or: curves.metric)
    curves.axis = choice(layout.curves.axis, or: curves.axis)
    curves.smoothing = choice(layout.curves.smoothing, or: curves.smoothing)
    curves.xScale = layout.curves.isLogX ? .logarithmic : .linear
    curves.yScale = layout.curves.isLogY ? .logarithmic : .linear
    tradeOff.axis = choice(layout.tradeOffAxis, or: tradeOff.axis)
    tradeOff.showsPublished = layout.showsPublished
    compare.mode = choice(layout.compare.mode, or: compare.mode)
    compare.wipe = min(max(layout.compare.wipe, 0), 1)
    compare.left = layout.compare.isLeftTarget ? .target : layout.compare.left.map { .run($0) }
    compare.right = layout.compare.isRightTarget ? .target : layout.compare.right.map { .run($0) }
    (features.layer, features.column) = (max(0, layout.features.layer), max(0, layout.features.column))
    features.arrangement = choice(layout.features.arrangement, or: features.arrangement)
    (features.sharesRange, features.showsHistogram) = (layout.features.sharesRange, layout.features.showsHistogram)
    features.hasWholeTitles = layout.features.hasWholeTitles ?? false
    features.truncation = layout.features.truncation.map { max(0, $0) }
    let orders = layout.orders
    (permutations.isIndependent, permutations.sortsByQuality) = (orders.isIndependent, orders.sortsByQuality)
    permutations.dropped = Set(orders.dropped)
    permutations.newcomers = Dictionary(orders.newcomers.map { ($0.run, $0.generation) }, uniquingKeysWith: { first, _ in first })
    permutations.halvings = Dictionary(
      orders.halvings.map { ($0.run, PermutationsState.Halving(step: $0.step, generation: $0.generation)) },
      uniquingKeysWith: { first, _ in first })
    permutations.interruption = orders.interruption.map {
      PermutationsState.Interruption(paused: $0.paused, mode: $0.turns.mode)
    }
    permutations.otherSelection = orders.otherSelection
    if let source = orders.source {
      permutations.plan = try? OrderPlan(
        source, shape: subject.signal.shape, channels: subject.signal.channels, threads: threads,
        isIndependent: orders.isIndependent)
    }
  }
}
