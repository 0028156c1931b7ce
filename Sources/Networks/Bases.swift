/// The bases of ASMR's coordinate decomposition: for every axis one base a level, coarse to fine.
///
/// The product over an axis' levels is its size, or more where the axis is padded.
public struct Bases: Equatable, Hashable, Sendable {
  /// `[axis][level]`.
  public var axes: [[Int]]

  public init(_ axes: [[Int]]) { self.axes = axes }

  /// Reads `4,4,4,8` (every axis) or `4,4,4,8x4,4,6,8` (an axis each, array order).
  public init(argument: String) throws(ConfigurationError) {
    var axes: [[Int]] = []
    for part in argument.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "x" || $0 == "×" }) {
      var levels: [Int] = []
      for word in part.split(separator: ",", omittingEmptySubsequences: false) {
        guard let base = Int(word), (1...1_000_000).contains(base) else {
          throw ConfigurationError(
            "bases \(argument): found '\(word)'; allowed are whole numbers from 1, as in 4,4,4,8 or 4,4,4,8x4,4,6,8")
        }
        levels.append(base)
      }
      axes.append(levels)
    }
    guard !axes.isEmpty else {
      throw ConfigurationError("bases '\(argument)': found none; allowed are lists as 4,4,4,8 or 4,4,4,8x4,4,6,8")
    }
    self.axes = axes
  }

  /// How `init(argument:)` reads it: one list when all axes agree.
  public var argument: String {
    let lists = axes.map { $0.map(String.init).joined(separator: ",") }
    return Set(lists).count == 1 ? lists[0] : lists.joined(separator: "x")
  }

  /// How the screen shows it: `[4,4,4,8]` or `[4,4,4,8]×[4,4,6,8]`.
  public var label: String {
    let lists = axes.map { "[" + $0.map(String.init).joined(separator: ",") + "]" }
    return Set(lists).count == 1 ? lists[0] : lists.joined(separator: "×")
  }

  public var levels: Int { axes.first?.count ?? 0 }

  /// The product an axis: its size with padding.
  public var paddedShape: [Int] { axes.map { $0.reduce(1, *) } }

  /// Checks the bases against a data shape and spreads one list over all axes.
  ///
  /// A product may be the axis' size, or what the planner would pad it to.
  public func fitted(to shape: [Int]) throws(ConfigurationError) -> Bases {
    var axes = self.axes
    if axes.count == 1 { axes = Array(repeating: axes[0], count: shape.count) }
    guard axes.count == shape.count else {
      throw ConfigurationError(
        "bases \(argument): found \(axes.count) axes; allowed is one list for all or one for each of \(shape.count) axes")
    }
    let levels = axes[0].count
    guard axes.allSatisfy({ $0.count == levels }) else {
      throw ConfigurationError("bases \(argument): found different numbers of levels; allowed is the same on every axis")
    }
    guard levels >= 2 else {
      throw ConfigurationError("bases \(argument): found \(levels) level; allowed are 2 or more")
    }
    for (axis, size) in shape.enumerated() {
      var product = 1
      for base in axes[axis] {
        let (next, overflow) = product.multipliedReportingOverflow(by: base)
        product = overflow ? Int.max : next
      }
      guard product != size else { continue }
      let planned = Bases.plan(size: size, levels: levels)
      let padded = planned.reduce(1, *)
      guard product == padded else {
        let plan = planned.map(String.init).joined(separator: ",")
        let allowed = padded == size ? "\(size)" : "\(size), or \(padded) with padding"
        throw ConfigurationError(
          "bases \(argument): found a product of \(product) on axis \(axis), which has \(size); allowed is \(allowed), "
            + "for example \(plan)")
      }
    }
    return Bases(axes)
  }

  /// Plans bases for a whole shape, see `plan(size:levels:)`.
  public static func plan(shape: [Int], levels: Int) -> Bases {
    Bases(shape.map { plan(size: $0, levels: levels) })
  }

  /// Plans one axis: as even as possible, the largest last, ties by fewest MACs.
  ///
  /// Even means that the largest base is at most 2.5 times the smallest (or at most 5, so that short axes need no padding).
  /// A size that has no such bases is padded to the next one that has: for most that is within 3 %, for short or many
  /// levelled axes it can be more, and never more than needed. Among an axis' even bases those with the least sum are
  /// the most even; ascending order has the fewest MACs of all orders, since every coarser grid is then smallest.
  public static func plan(size: Int, levels: Int) -> [Int] {
    var padded = max(size, 1)
    while true {
      if let bases = evenBases(product: padded, levels: max(levels, 1)) { return bases }
      padded += 1
    }
  }

  /// The most even ascending bases of exactly this product, or nil when none are even.
  static func evenBases(product: Int, levels: Int) -> [Int]? {
    // The smallest base is at most the levels' geometric mean; a prime factor above what that allows rules all out.
    var mean = 1
    while power(mean + 1, levels, atMost: product) { mean += 1 }
    guard hasOnlyPrimes(upTo: max(mean * 5 / 2, 5), product) else { return nil }
    var best: [Int]?
    var chosen: [Int] = []
    func extend(_ rest: Int, _ left: Int) {
      let smallest = chosen.first ?? 1
      let largest = chosen.isEmpty ? rest : max(smallest * 5 / 2, 5)
      if left == 1 {
        guard rest >= chosen.last ?? 1, rest <= largest else { return }
        let candidate = chosen + [rest]
        if best.map({ isBetter(candidate, than: $0) }) ?? true { best = candidate }
        return
      }
      var base = chosen.last ?? 1
      // Ascending: `left` factors of at least `base` must fit into the rest.
      while base <= largest, power(base, left, atMost: rest) {
        if rest % base == 0 {
          chosen.append(base)
          extend(rest / base, left - 1)
          chosen.removeLast()
        }
        base += 1
      }
    }
    extend(product, levels)
    return best
  }

  private static func hasOnlyPrimes(upTo bound: Int, _ value: Int) -> Bool {
    var rest = value
    var factor = 2
    while factor <= bound, factor * factor <= rest {
      while rest % factor == 0 { rest /= factor }
      factor += 1
    }
    return rest <= bound
  }

  private static func power(_ base: Int, _ exponent: Int, atMost limit: Int) -> Bool {
    var product = 1
    for _ in 0..<exponent {
      product *= base
      if product > limit { return false }
    }
    return true
  }

  /// Less sum first; then fewer cells at the finest hidden level, then at the next, which is fewer MACs.
  private static func isBetter(_ a: [Int], than b: [Int]) -> Bool {
    let (sumA, sumB) = (a.reduce(0, +), b.reduce(0, +))
    if sumA != sumB { return sumA < sumB }
    for level in a.indices.reversed() where a[level] != b[level] { return a[level] > b[level] }
    return false
  }
}

/// In files: lists of numbers, an axis each.
extension Bases: Codable {
  public init(from decoder: any Decoder) throws {
    axes = try decoder.singleValueContainer().decode([[Int]].self)
    guard let levels = axes.first?.count, levels > 0, axes.allSatisfy({ $0.count == levels && $0.allSatisfy { $0 > 0 } })
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "bases: found \(axes); allowed is a list an axis, from 1"))
    }
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(axes)
  }
}
