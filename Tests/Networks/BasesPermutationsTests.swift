import Foundation
import Testing

@testable import Networks

@Suite struct BasesPermutationsTests {
  /// Every distinct order by going through all permutations of positions.
  private func bruteForce(_ bases: Bases, independent: Bool) -> Set<Bases> {
    func permutations(_ count: Int) -> [[Int]] {
      guard count > 0 else { return [[]] }
      return permutations(count - 1).flatMap { rest in
        (0...rest.count).map { place in Array(rest[..<place]) + [count - 1] + rest[place...] }
      }
    }
    let all = permutations(bases.levels)
    guard independent else { return Set(all.map { order in Bases(bases.axes.map { axis in order.map { axis[$0] } }) }) }
    let lists = bases.axes.map { axis in Set(all.map { order in order.map { axis[$0] } }) }
    return Set(lists.reduce([[]]) { prefixes, list in prefixes.flatMap { prefix in list.map { prefix + [$0] } } }.map(Bases.init))
  }

  private static let cases = ["4,4,4,8", "2,3,4,5", "4,4,4,8x4,4,6,8", "4,4,4,8x8,4,4,4", "2,2,3,3,4", "5,5,5x5,5,5", "1,2,1,3x2,1,1,5", "7,11"]

  @Test("Counts and orders are those of all permutations", arguments: cases, [false, true])
  func counts(_ text: String, independent: Bool) throws {
    var bases = try Bases(argument: text)
    if bases.axes.count == 1 { bases = Bases([bases.axes[0], bases.axes[0]]) }
    let expected = bruteForce(bases, independent: independent)
    let permutations = BasesPermutations(bases, isIndependent: independent)
    #expect(permutations.count == Double(expected.count))
    for modulator in ModulatorKind.allCases {
      let configuration = ASMRConfiguration(hidden: 24, bases: bases, modulator: modulator)
      func macs(_ bases: Bases) throws -> Double {
        try ASMRConfiguration(hidden: 24, bases: bases, modulator: modulator).cost(shape: bases.paddedShape, channels: 3).macs
      }
      let found = try permutations.cheapest(10_000, of: configuration, channels: 3)
      #expect(found.count == expected.count && Set(found) == expected)
      let costs = try found.map(macs)
      #expect(zip(costs, costs.dropFirst()).allSatisfy { $0 <= $1 * (1 + 1e-12) })
      // The first few are the same whoever asks for how many.
      #expect(try permutations.cheapest(5, of: configuration, channels: 3) == Array(found.prefix(5)))
      #expect(try permutations.cheapest(0, of: configuration, channels: 3).isEmpty)
    }
  }

  @Test("The paper's table 12: four orders of [4,4,4,8], 1,344 to 4,608 MACs without biases")
  func table12() throws {
    let bases = Bases([[8, 4, 4, 4], [8, 4, 4, 4]])
    let orders = try BasesPermutations(bases).cheapest(24, of: ASMRConfiguration(bases: bases), channels: 1)
    #expect(orders.map(\.argument) == ["4,4,4,8", "4,4,8,4", "4,8,4,4", "8,4,4,4"])
    let costs = try orders.map { try ASMRConfiguration(bases: $0).cost(shape: [512, 512], channels: 1) }
    #expect(costs.map { $0.macsByConvention["nobias"] } == [1344.21875, 4416.21875, 4608.21875, 4608.21875])
    #expect(costs.map(\.macs) == [1353.75, 4449.75, 4643.25, 4643.34375])
  }

  private static let oracle = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/data/oracle_macs.json").standardizedFileURL

  @Test("Table 12 of the shared oracle", .enabled(
    if: FileManager.default.fileExists(atPath: oracle.path), "skipped: the shared oracle is not there"))
  func sharedTable() throws {
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: Self.oracle)) as? [[String: Any]])
      .filter { $0["table"] as? String == "12" }
    #expect(rows.count == 4)
    let bases = Bases([[4, 4, 4, 8], [4, 4, 4, 8]])
    let orders = try BasesPermutations(bases).cheapest(24, of: ASMRConfiguration(bases: bases), channels: 1)
    for row in rows {
      let axes = try #require((row["config"] as? [String: Any])?["bases"] as? [[Int]])
      #expect(orders.contains(Bases(axes)))
      let cost = try ASMRConfiguration(bases: Bases(axes)).cost(shape: [512, 512], channels: 1)
      let convention = try #require(row["mac_convention"] as? String)
      #expect(cost.macsByConvention[convention] == row["macs"] as? Double)
    }
  }

  @Test("Large counts neither overflow nor take long: eight levels, two axes, and thirty-two levels")
  func large() throws {
    let eight = Bases([[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8]])
    let permutations = BasesPermutations(eight, isIndependent: true)
    #expect(permutations.count == 40_320.0 * 40_320)
    let start = ContinuousClock.now
    let found = try permutations.cheapest(24, of: ASMRConfiguration(bases: eight), channels: 1)
    #expect(found.count == 24 && Set(found).count == 24 && found[0].argument == "1,2,3,4,5,6,7,8")
    // Two-fold symmetric: whatever is cheap is as cheap with its axes exchanged.
    #expect(found.prefix(20).filter { Bases($0.axes.reversed()) != $0 }.count > 0)
    let many = Bases(Array(repeating: Array(repeating: 1, count: 26) + [2, 3, 4, 5, 6, 7], count: 2))
    #expect(abs(BasesPermutations(many).count / 652_458_240 - 1) < 1e-12)  // 32!/26!
    #expect(try BasesPermutations(many).cheapest(24, of: ASMRConfiguration(bases: many), channels: 1).count == 24)
    let distinct = Bases([Array(1...32)])
    #expect(abs(BasesPermutations(distinct).count / 2.631308369336935e35 - 1) < 1e-12)
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test("Orders of other bases are none of these")
  func contains() throws {
    let bases = try Bases(argument: "4,4,8x4,2,8")
    func contains(_ text: String, _ isIndependent: Bool) throws -> Bool {
      BasesPermutations(bases, isIndependent: isIndependent).contains(try Bases(argument: text))
    }
    for (text, whole, independent) in [
      ("8,4,4x8,4,2", true, true), ("8,4,4x2,4,8", false, true), ("4,4,8x4,4,8", false, false), ("16,8x8,8", false, false), ("4,4,8", false, false),
    ] {
      #expect(try contains(text, false) == whole && contains(text, true) == independent, "\(text)")
    }
  }
}
