import Networks
import Testing

@testable import Training

@Suite struct RaceSizesTests {
  private func race(_ shape: [Int], channels: Int = 1, given: [(name: String, text: String)] = []) throws -> RaceSizes {
    let open = try RunSpecification.race.map { try RunSpecification.configuration($0, given: given) }
    return try RaceSizes(open, shape: shape, channels: channels)
  }

  @Test("Usual pictures: the defaults as they are", arguments: [[512, 512], [427, 640], [1024, 1024]])
  func usual(_ shape: [Int]) throws {
    let race = try race(shape)
    #expect(race.adapted.isEmpty && race.isComparable)
    #expect(race.runs == (try RunSpecification.race.map { try RunSpecification.configuration($0).resolved(shape: shape) }))
  }

  @Test("Tiny and long pictures: wider layers where there are few tiles", arguments: [[37, 41], [8, 8], [1, 1], [3, 5000]], [1, 3])
  func small(_ shape: [Int], _ channels: Int) throws {
    let race = try race(shape, channels: channels)
    #expect(race.isComparable && Double(race.parameters.upperBound) < 4 * Double(race.parameters.lowerBound), "\(race.parameters)")
    #expect(race.adapted.contains { $0.hasPrefix("LoE hidden ") }, "\(race.adapted)")
    let loe = try #require(race.runs.first { $0.model == .loe }), asmr = race.runs[0]
    func count(_ configuration: RunConfiguration) throws -> Int {
      try configuration.modelConfiguration(shape: shape).cost(shape: shape, channels: channels).parameters
    }
    // As near as whole widths come.
    #expect(abs(Double(try count(loe)) / Double(try count(asmr)) - 1) < 0.05)
  }

  @Test("Three axes: tables of the hash grid shrink; 4,096 networks have too many parameters at any width, and stay")
  func tables() throws {
    let race = try race([64, 64, 64])
    #expect(race.adapted == ["hash grid table-size 8192"] && !race.isComparable)
    #expect(race.runs.first { $0.model == .kilonerf }?.hidden == 16)
  }

  @Test("What was said stays, and is said not to compare")
  func given() throws {
    let race = try race([37, 41], given: [("hidden", "24")])
    #expect(race.runs.allSatisfy { $0.hidden == 24 } && !race.isComparable)
  }
}
