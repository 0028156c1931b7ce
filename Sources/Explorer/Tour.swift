import Canvas
import Networks
import Training

/// Where the guided tour is, and the runs that it may add. It is the explorer itself: its screens only set up views, and
/// every key that is not the tour's own does what it does elsewhere.
struct Tour: Equatable, Sendable {
  /// Index into `TourStop.all`.
  var index = 0
  /// A run of each model, in sizes that compare.
  let configurations: [RunConfiguration]
  /// Whether the models have begun together.
  var hasBegunRace = false

  init(_ configurations: [RunConfiguration]) { self.configurations = configurations }

  var stop: TourStop { TourStop.all[index] }
  var isLast: Bool { index == TourStop.all.count - 1 }
}

/// One screen of the tour: an idea, the view that shows it, and what to try there.
struct TourStop: Sendable {
  let title: String
  let tab: Tab
  /// There is a run of each; the first is selected.
  let models: [ModelKind]
  /// Whether the orders of ASMR's bases train, and the race waits.
  var racesOrders = false
  /// Whether its runs begin anew together when it is first seen.
  var beginsTogether = false
  /// Keys that the reader is invited to press, and what they do in a word or two.
  let tries: [(intent: Intent, word: String)]
  /// A few sentences, with the numbers of the state.
  let text: @Sendable (ExplorerState) -> String

  static let all: [TourStop] = [
    TourStop(
      title: "a picture as a function", tab: .race, models: [.siren],
      tries: [(.toggleError, "where it is wrong"), (.window(.zoom(in: true)), "zoom in"), (.window(.fit), "the whole")]
    ) { state in
      """
      A coordinate network takes the position of a pixel and answers with its colour. It keeps no pixels, only weights: \
      this SIREN learns \(state.samplesText) in \(state.parametersText(.siren)) parameters. PSNR says how near it is, \
      \(state.psnrText(.siren)) at step \(state.stepText(.siren)); every 6 dB halve the RMS error.
      """
    },
    TourStop(
      title: "what a pixel costs", tab: .race, models: [.asmr, .siren],
      tries: [(.nextRun, "the other run"), (.hide, "hide it"), (.showAll, "show it again")]
    ) { state in
      """
      SIREN uses each parameter once for every pixel: \(state.macsText(.siren)) multiplications and additions (MACs), which are \
      time and battery. ASMR, now beside it, has \(state.parametersText(.asmr)) parameters and needs \(state.macsText(.asmr)) \
      MACs, \(state.macsRatioText) times fewer. PSNR: SIREN \(state.psnrText(.siren)), ASMR \(state.psnrText(.asmr)).
      """
    },
    TourStop(
      title: "why sharing works", tab: .features, models: [.asmr, .siren],
      tries: [
        (.features(.arrow(.right)), "units"), (.features(.arrow(.down)), "levels"), (.features(.levels), "few levels"),
        (.features(.nextPart), "parts"),
      ]
    ) { state in
      """
      ASMR reads a position digit by digit, as a clock has hours, then minutes. Each level knows one digit more: it has \
      \(state.levelsText) cells. A level's matrix works on the cells of the level before, once for all pixels in them. Only the \
      last, \(state.headMACsText) MACs, works for every pixel.
      """
    },
    TourStop(
      title: "what the bases decide", tab: .permutations, models: [.asmr, .siren], racesOrders: true,
      tries: [(.nextRun, "the next order"), (.permutations(.sort), "sort"), (.permutations(.halve), "stop the worse half")]
    ) { state in
      """
      The bases \(state.basesText) say how many values a digit has, the coarsest first. \(state.ordersText) Meanwhile the race \
      waits. \(state.spreadText)
      """
    },
    TourStop(
      title: "depth is almost free", tab: .scaling, models: [.asmr, .siren],
      tries: [(.scaling(.axis), "against layers"), (.scaling(.scale), "linear or log")]
    ) { state in
      """
      Computed, not trained: what a pixel costs with \(ScalingFamily.depths.lowerBound) to \(ScalingFamily.depths.upperBound) \
      layers. Each layer more costs SIREN \(state.growthText(.siren)) MACs on average, and ASMR \(state.growthText(.asmr)): its new \
      levels work on coarse grids. The dotted line is the least: the last layer alone, which every pixel needs.
      """
    },
    TourStop(
      title: "other ways to be cheap", tab: .race, models: [.asmr, .siren, .kilonerf, .loe, .hashgrid], beginsTogether: true,
      tries: [(.nextRun, "the next run"), (.sortColumn, "sort"), (.solo, "one alone")]
    ) { state in
      """
      A pixel may also use a part of the weights only. KiloNeRF has \(state.gridText) tiny networks, one a tile. LoE chooses \
      matrices by the digits of the position. A hash grid looks features up in tables, which counts no MACs, and its network is \
      small. All begin together, and each gets the same time.
      """
    },
    TourStop(
      title: "where to go on", tab: .tradeOff, models: [.asmr, .siren, .kilonerf, .loe, .hashgrid],
      tries: [(.tradeOff(.axis), "axis"), (.tab(.curves), "curves"), (.tab(.compare), "compare two"), (.help, "all keys")]
    ) { state in
      """
      All of it in one plot: PSNR upwards, MACs to the right, so the upper left is best. The tour ends here and the runs stay: \
      \(state.key(.add)) adds one, \(state.key(.edit)) changes one, \(state.key(.export)) writes pictures, \
      curves and reports. With a picture of yours: asmr-tui FILE --race.
      """
    },
  ]
}

/// What the tour's sentences are filled with: the live state and the cost model.
extension ExplorerState {
  /// The run of a model that the tour speaks of.
  func tourRun(_ model: ModelKind) -> RunView? { runs.first { !$0.isPermutation && $0.configuration.model == model } }

  private func text(_ model: ModelKind, _ part: (RunView) -> String?) -> String { tourRun(model).flatMap(part) ?? glyphs.ellipsis }

  fileprivate var samplesText: String { "the \(NumberText.grouped(subject.rows * subject.columns)) pixels of \(shortName)" }

  /// A long name would take the room of a sentence.
  private var shortName: String { subject.name.columns <= 16 ? subject.name : "the picture" }

  fileprivate func parametersText(_ model: ModelKind) -> String { text(model) { NumberText.grouped($0.cost.parameters) } }
  fileprivate func macsText(_ model: ModelKind) -> String { text(model) { NumberText.count($0.cost.macs) } }
  fileprivate func stepText(_ model: ModelKind) -> String { text(model) { NumberText.grouped($0.step) } }

  fileprivate func psnrText(_ model: ModelKind) -> String {
    text(model) { run in run.psnr.map { "\(estimateSign($0.isEstimate))\(decibel($0.value)) dB" } }
  }

  fileprivate var macsRatioText: String {
    guard let siren = tourRun(.siren), let asmr = tourRun(.asmr), asmr.cost.macs > 0 else { return glyphs.ellipsis }
    let ratio = siren.cost.macs / asmr.cost.macs
    return NumberText.fixed(ratio, decimals: ratio < 10 ? 1 : 0)
  }

  /// `4×4, 16×16, 64×64 and 512×512`: the grids of the levels, from the bases.
  fileprivate var levelsText: String {
    text(.asmr) { run in
      guard let bases = run.configuration.bases else { return nil }
      var sides = bases.axes.map { _ in 1 }
      let grids = (0..<bases.levels).map { level in
        for axis in bases.axes.indices { sides[axis] *= bases.axes[axis][level] }
        return sizeText(sides)
      }
      return grids.count > 1 ? "\(grids.dropLast().joined(separator: ", ")) and \(grids[grids.count - 1])" : grids.first
    }
  }

  /// Of the output layer: a weight for every unit and a bias, for every channel.
  fileprivate var headMACsText: String {
    text(.asmr) { run in run.configuration.hidden.map { NumberText.grouped(($0 + 1) * subject.signal.channels) } }
  }

  fileprivate var basesText: String { text(.asmr) { $0.configuration.bases?.argument } }

  fileprivate var ordersText: String {
    let costs = (permutations.plan?.orders.map(\.cost.macs) ?? []) + orderRuns.map(\.cost.macs)
    guard let least = costs.min(), let most = costs.max(), least < most else { return "They have one order only here." }
    return "Every order of them has as many parameters, but takes \(NumberText.count(least)) to \(NumberText.count(most)) MACs: the larger the last base, "
      + "the coarser the grids before it."
  }

  fileprivate var spreadText: String {
    guard let spread = comparison(of: orderLines).spread else { return "How far their PSNR differs stands below the table." }
    return "Their PSNR differs by \(NumberText.fixed(spread.psnr, decimals: 2)) dB so far."
  }

  fileprivate func growthText(_ model: ModelKind) -> String {
    guard let growth = scaling.families.first(where: { $0.model == model })?.macsPerLayer else { return glyphs.ellipsis }
    return NumberText.count(growth)
  }

  fileprivate var gridText: String {
    text(.kilonerf) { run in run.configuration.grid.map { NumberText.grouped($0.reduce(1, *)) } }
  }
}
