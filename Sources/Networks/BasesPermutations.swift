/// The orders of ASMR's bases: the same factors of every axis, coarse to fine in another order.
///
/// The order decides what a network costs, since all layers but the last work on the cells of the coarser grids, and
/// hardly what it learns (the paper's table 12).
public struct BasesPermutations: Sendable {
  public let bases: Bases
  /// Whether every axis has an order of its own; else levels move whole, all axes together.
  public let isIndependent: Bool

  /// What levels are made of: for each part (axes that move together) the kinds of levels, ascending.
  private let kinds: [[Int]]
  /// How many levels there are of each kind.
  private let counts: [Int]
  /// Indices of `kinds`, a range for each part.
  private let parts: [Range<Int>]

  public init(_ bases: Bases, isIndependent: Bool = false) {
    self.bases = bases
    self.isIndependent = isIndependent
    let axes = Array(bases.axes.indices)
    var (kinds, counts, parts): ([[Int]], [Int], [Range<Int>]) = ([], [], [])
    for part in isIndependent ? axes.map({ [$0] }) : [axes] {
      var found: [[Int]: Int] = [:]
      for level in 0..<bases.levels { found[part.map { bases.axes[$0][level] }, default: 0] += 1 }
      let sorted = found.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      parts.append(kinds.count..<kinds.count + sorted.count)
      kinds += sorted.map(\.key)
      counts += sorted.map(\.value)
    }
    (self.kinds, self.counts, self.parts) = (kinds, counts, parts)
  }

  /// Distinct orders: for each part the multinomial `L! / Π m_k!`, their product. Exact below 2^53.
  public var count: Double {
    parts.reduce(1) { product, part in
      var (placed, ways) = (0, 1.0)
      for kind in part {
        for chosen in 1...counts[kind] {
          placed += 1
          ways = ways * Double(placed) / Double(chosen)
        }
      }
      return product * ways
    }
  }

  /// Whether other bases are one of the orders: the same levels in whatever sequence.
  public func contains(_ other: Bases) -> Bool {
    guard other.axes.count == bases.axes.count, other.levels == bases.levels else { return false }
    let permutations = BasesPermutations(other, isIndependent: isIndependent)
    return (permutations.kinds, permutations.counts) == (kinds, counts)
  }

  /// The orders of fewest MACs (convention "code"), the fewest first; equal ones ascending from the coarsest level on.
  ///
  /// No order is listed that is not wanted: MACs are a sum over levels of what a level costs after all that stands before
  /// it, in whichever order, so the orders are paths through the multisets of levels and the cheapest are found best first.
  ///
  /// - Complexity: O(multisets · kinds^parts), at most a few ten thousand steps for pictures.
  /// - Throws: when there are more than a million multisets.
  public func cheapest(
    _ limit: Int, of configuration: ASMRConfiguration, channels: Int
  ) throws(ConfigurationError) -> [Bases] {
    var configuration = configuration
    configuration.bases = bases
    let layout = try ASMRLayout(configuration, shape: bases.paddedShape, channels: channels)
    var search = Search(
      kinds: kinds, parts: parts, weights: (0..<layout.levels).map(layout.macsPerCell), perDigit: layout.macsPerDigit)
    return try search.paths(from: counts, limit: limit, name: bases.argument).map { path in
      // A path names a kind of every part for each level in turn.
      let levels = stride(from: 0, to: path.count, by: parts.count).map { start in
        path[start..<start + parts.count].flatMap { kinds[$0] }
      }
      return Bases(bases.axes.indices.map { axis in levels.map { $0[axis] } })
    }
  }
}

extension ASMRLayout {
  /// What one cell of a layer's grid costs: `in·out + out`, and h adds on all grids but the finest.
  func macsPerCell(_ layer: Int) -> Double {
    let inputs = Double(layer == 0 ? axes : hidden)
    let isLast = layer == levels - 1
    return (inputs + 1) * Double(isLast ? channels : hidden) + (isLast ? 0 : Double(hidden))
  }
}

/// The cheapest paths through the multisets of levels that are still to come.
private struct Search {
  let kinds: [[Int]]
  let parts: [Range<Int>]
  /// MACs of a cell, a level each.
  let weights: [Double]
  /// MACs of a digit of every level but the first.
  let perDigit: Double
  /// The least that can follow, by what is left.
  private var leastAfter: [[Int]: Double] = [:]

  private static let mostStates = 1_000_000

  private struct Path {
    /// Kinds, `parts.count` of them a level.
    var kinds: [Int]
    var rest: [Int]
    var cells: Double
    var macs: Double
    /// With the least that can follow.
    var total: Double

    /// Cheaper first; of equal ones the ascending, a beginning before what it begins.
    func precedes(_ other: Path) -> Bool {
      total != other.total ? total < other.total : kinds.lexicographicallyPrecedes(other.kinds)
    }
  }

  init(kinds: [[Int]], parts: [Range<Int>], weights: [Double], perDigit: Double) {
    (self.kinds, self.parts, self.weights, self.perDigit) = (kinds, parts, weights, perDigit)
  }

  /// Every level that can come next, as a kind of each part.
  private func choices(_ rest: [Int]) -> [[Int]] {
    parts.reduce([[]]) { prefixes, part in
      prefixes.flatMap { prefix in part.filter { rest[$0] > 0 }.map { prefix + [$0] } }
    }
  }

  private func without(_ choice: [Int], _ rest: [Int]) -> [Int] {
    var rest = rest
    for kind in choice { rest[kind] -= 1 }
    return rest
  }

  /// What a level adds, and the cells of its grid.
  private func step(_ choice: [Int], level: Int, cells: Double) -> (macs: Double, cells: Double) {
    let digits = choice.reduce(1.0) { product, kind in kinds[kind].reduce(product) { $0 * Double($1) } }
    let grid = cells * digits
    return (weights[level] * grid + (level > 0 ? perDigit * digits : 0), grid)
  }

  private mutating func least(
    after rest: [Int], level: Int, cells: Double, name: String
  ) throws(ConfigurationError) -> Double {
    guard level < weights.count else { return 0 }
    if let known = leastAfter[rest] { return known }
    var best = Double.infinity
    for choice in choices(rest) {
      let (macs, grid) = step(choice, level: level, cells: cells)
      best = min(best, macs + (try least(after: without(choice, rest), level: level + 1, cells: grid, name: name)))
    }
    guard leastAfter.count < Self.mostStates else {
      throw ConfigurationError(
        "bases \(name): found \(weights.count) levels of too many kinds to find their cheapest orders; allowed are fewer")
    }
    leastAfter[rest] = best
    return best
  }

  /// The paths themselves, cheapest first. What can follow is known exactly, so nothing is extended in vain.
  mutating func paths(from counts: [Int], limit: Int, name: String) throws(ConfigurationError) -> [[Int]] {
    let start = Path(kinds: [], rest: counts, cells: 1, macs: 0, total: try least(after: counts, level: 0, cells: 1, name: name))
    // The best is the last.
    var frontier = [start]
    var found: [[Int]] = []
    while found.count < limit, let path = frontier.popLast() {
      let level = path.kinds.count / parts.count
      guard level < weights.count else {
        found.append(path.kinds)
        continue
      }
      for choice in choices(path.rest) {
        let (macs, grid) = step(choice, level: level, cells: path.cells)
        let rest = without(choice, path.rest)
        let after = try least(after: rest, level: level + 1, cells: grid, name: name)
        let longer = Path(
          kinds: path.kinds + choice, rest: rest, cells: grid, macs: path.macs + macs, total: path.macs + macs + after)
        var (low, high) = (0, frontier.count)
        while low < high {
          let middle = (low + high) / 2
          if longer.precedes(frontier[middle]) { low = middle + 1 } else { high = middle }
        }
        frontier.insert(longer, at: low)
      }
    }
    return found
  }
}
