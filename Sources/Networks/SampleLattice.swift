/// A coarser grid of points on a regular one: what of a map is wanted, where all of it is more than a screen has.
///
/// Points lie at the middles of equal fields, `first + (2i + 1)·length / (2·count)` on every axis; as many points as
/// there are positions are all of them, in raster order.
public struct SampleLattice: Equatable, Sendable {
  /// Positions that the points are taken from, an axis.
  public let ranges: [Range<Int>]
  /// Points an axis, at least 1 and at most as many as there are positions.
  public let counts: [Int]

  /// - Parameters: ranges: none empty; counts: of points; more than there are positions become as many.
  public init(_ ranges: [Range<Int>], counts: [Int]) {
    precondition(
      ranges.count == counts.count && !ranges.contains(where: \.isEmpty), "no lattice of \(counts) points in \(ranges)")
    self.ranges = ranges
    self.counts = zip(ranges, counts).map { min(max($1, 1), $0.count) }
  }

  /// Every position.
  public static func whole(_ shape: [Int]) -> SampleLattice { SampleLattice(shape.map { 0..<$0 }, counts: shape) }

  /// Number of points.
  public var count: Int { counts.reduce(1, *) }

  /// The points' positions on an axis, ascending, none twice.
  public func positions(axis: Int) -> [Int] {
    let (range, count) = (ranges[axis], counts[axis])
    return (0..<count).map { range.lowerBound + (2 * $0 + 1) * range.count / (2 * count) }
  }

  /// Whether the points are all positions of a grid.
  func isWhole(_ shape: [Int]) -> Bool { counts == shape }

  /// For every point in raster order, the sum over the axes of `parts[axis][position]`: an index into any order that is
  /// such a sum.
  func sums(_ parts: [[Int]]) -> [Int32] {
    var sums: [Int32] = [0]
    for axis in counts.indices {
      let parts = positions(axis: axis).map { Int32(parts[axis][$0]) }
      sums = Array(unsafeUninitializedCapacity: sums.count * parts.count) { buffer, initialized in
        for (index, sum) in sums.enumerated() {
          for (place, part) in parts.enumerated() { buffer[index * parts.count + place] = sum &+ part }
        }
        initialized = sums.count * parts.count
      }
    }
    return sums
  }

  /// Indices of the points among all positions of a grid, both in raster order.
  public func rasterIndices(of shape: [Int]) -> [Int32] { sums(SampleOrder.raster(shape: shape).offsets) }
}
