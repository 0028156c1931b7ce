import Networks

/// Which orders of a run's bases are to be run: the cheapest of all, with what they cost.
public struct OrderPlan: Equatable, Sendable {
  public struct Order: Equatable, Sendable {
    /// Resolved.
    public let configuration: RunConfiguration
    public let cost: Cost
    /// Bytes that it takes beside other runs.
    public let memory: Int

    /// `source` with other bases.
    ///
    /// - Throws: when they do not fit the shape.
    public init(
      _ bases: Bases, of source: RunConfiguration, shape: [Int], channels: Int, threads: Int
    ) throws(ConfigurationError) {
      var configuration = source
      (configuration.bases, configuration.layers) = (bases, nil)
      configuration = try configuration.resolved(shape: shape)
      self.configuration = configuration
      cost = try configuration.modelConfiguration(shape: shape).cost(shape: shape, channels: channels)
      let bytes = try Trainer.memory(configuration, shape: shape, channels: channels, threads: threads)
      memory = max(0, bytes - Int(Trainer.programBytes))
    }

    public var bases: Bases { configuration.bases ?? Bases([]) }
  }

  /// The run whose bases are put into other orders, resolved.
  public let source: RunConfiguration
  /// Whether every axis has an order of its own.
  public let isIndependent: Bool
  /// Distinct orders that there are.
  public let count: Double
  /// The cheapest of them, fewest MACs first.
  public let orders: [Order]

  /// The most orders that are run at once.
  public static let most = 24

  /// - Parameter source: resolved for the shape; an ASMR.
  public init(
    _ source: RunConfiguration, shape: [Int], channels: Int, threads: Int, isIndependent: Bool, limit: Int = most
  ) throws(ConfigurationError) {
    guard source.model == .asmr, let model = try source.modelConfiguration(shape: shape) as? ASMRConfiguration else {
      throw ConfigurationError("model: found \(source.model.rawValue); allowed is asmr, whose bases have an order")
    }
    self.source = source
    self.isIndependent = isIndependent
    let permutations = BasesPermutations(model.bases, isIndependent: isIndependent)
    count = permutations.count
    var orders: [Order] = []
    for bases in try permutations.cheapest(limit, of: model, channels: channels) {
      orders.append(try Order(bases, of: source, shape: shape, channels: channels, threads: threads))
    }
    self.orders = orders
  }
}

/// What orders cost and reach, beside each other.
public struct OrderComparison: Equatable, Sendable {
  public struct Spread: Equatable, Sendable {
    /// From the worst PSNR to the best, in dB.
    public let psnr: Double
    /// The most MACs over the fewest.
    public let macsRatio: Double
    /// How far the order of fewest MACs stays behind the best, in dB.
    public let cheapestLoss: Double
    /// Orders that were compared.
    public let count: Int
  }

  /// 1 for the best PSNR, of equal ones for the fewest MACs; nil where there is none.
  public let ranks: [Int?]
  /// nil below two orders, or where a PSNR is infinite.
  public let spread: Spread?

  /// - Parameter orders: what each costs, and its PSNR after as many steps as the others; nil leaves it out.
  public init(_ orders: [(macs: Double, psnr: Double?)]) {
    let known = orders.indices.filter { orders[$0].psnr.map { !$0.isNaN } ?? false }
    func psnr(_ index: Int) -> Double { orders[index].psnr ?? .nan }
    let sorted = known.sorted { left, right in
      if psnr(left) != psnr(right) { return psnr(left) > psnr(right) }
      return orders[left].macs == orders[right].macs ? left < right : orders[left].macs < orders[right].macs
    }
    var ranks: [Int?] = Array(repeating: nil, count: orders.count)
    for (rank, index) in sorted.enumerated() { ranks[index] = rank + 1 }
    self.ranks = ranks
    let byCost = known.sorted { orders[$0].macs == orders[$1].macs ? $0 < $1 : orders[$0].macs < orders[$1].macs }
    guard known.count > 1, known.allSatisfy({ psnr($0).isFinite }), orders[byCost[0]].macs > 0 else {
      spread = nil
      return
    }
    spread = Spread(
      psnr: psnr(sorted[0]) - psnr(sorted[sorted.count - 1]),
      macsRatio: orders[byCost[byCost.count - 1]].macs / orders[byCost[0]].macs,
      cheapestLoss: psnr(sorted[0]) - psnr(byCost[0]), count: known.count)
  }
}
