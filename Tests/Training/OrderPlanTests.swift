import Networks
import Testing

@testable import Training

@Suite struct OrderPlanTests {
  private func source(_ change: (inout RunConfiguration) -> Void = { _ in }) throws -> RunConfiguration {
    var configuration = RunConfiguration()
    change(&configuration)
    return try configuration.resolved(shape: [512, 512])
  }

  @Test("Orders take over everything but the bases")
  func orders() throws {
    let source = try source { ($0.hidden, $0.seed, $0.steps, $0.preset) = (32, 7, 55, .paper) }
    let plan = try OrderPlan(source, shape: [512, 512], channels: 1, threads: 1, isIndependent: false)
    #expect(plan.count == 4 && plan.orders.map(\.bases.argument) == ["4,4,4,8", "4,4,8,4", "4,8,4,4", "8,4,4,4"])
    for order in plan.orders {
      var same = order.configuration
      same.bases = source.bases
      #expect(same == source && order.memory > 0)
    }
    let independent = try OrderPlan(source, shape: [512, 512], channels: 1, threads: 1, isIndependent: true, limit: 6)
    #expect(independent.count == 16 && independent.orders.count == 6)
    #expect(throws: ConfigurationError.self) {
      try OrderPlan(self.source { $0.model = .siren }, shape: [512, 512], channels: 1, threads: 1, isIndependent: false)
    }
  }

  @Test("Ranks by PSNR, equal ones by MACs; what is unknown has none")
  func comparison() {
    let comparison = OrderComparison([(100, 30), (300, 31.5), (200, 30), (50, nil), (400, .nan)])
    #expect(comparison.ranks == [2, 1, 3, nil, nil])
    #expect(comparison.spread == .init(psnr: 1.5, macsRatio: 3, cheapestLoss: 1.5, count: 3))
    #expect(OrderComparison([(1, 30)]).spread == nil && OrderComparison([(1, 30)]).ranks == [1])
    #expect(OrderComparison([(1, 30), (2, .infinity)]).spread == nil && OrderComparison([(1, 30), (2, .infinity)]).ranks == [2, 1])
    #expect(OrderComparison([]).spread == nil)
  }
}
