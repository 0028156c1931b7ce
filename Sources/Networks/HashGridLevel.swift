import Kernels

/// One level with its tables for the positions of the data; owns what `lattice` points to.
final class HashGridLevel {
  let geometry: LevelGeometry
  /// Three axes, the leading ones of a single position where the data has fewer.
  let lattice: LatticeLevel
  /// Lattice points an axis.
  let extents: [Int]
  /// Between which lattice points positions lie, an axis.
  let cells: [[Int]]
  let fractions: [[Float]]
  /// The level's first column of the features.
  let column: Int
  /// Whether full batches go by way of the whole lattice, and not sample by sample.
  let isRegular: Bool

  private var memory: [AlignedBuffer] = []

  init(_ level: Int, of configuration: HashGridConfiguration, shape: [Int]) {
    geometry = configuration.geometry(level, axes: shape.count)
    column = level * configuration.features
    let missing = 3 - shape.count
    let ones = [Int](repeating: 1, count: missing)
    extents = ones + geometry.extents
    isRegular = Self.isRegular(geometry, shape: shape)
    var cells = [[Int]](repeating: [0], count: missing)
    var fractions = [[Float]](repeating: [0], count: missing)
    for axis in shape.indices {
      let (scale, size) = (geometry.scale[axis], Double(shape[axis]))
      let positions = (0..<shape[axis]).map { index in
        // Published: integer coordinates over the size. Paper: centres of pixels, and half a cell of shift.
        configuration.variant == .published
          ? Double(index) * scale / size : (Double(index) + 0.5) / size * scale + 0.5
      }
      cells.append(positions.map { Int($0) })
      fractions.append(positions.map { Float($0 - $0.rounded(.down)) })
    }
    (self.cells, self.fractions) = (cells, fractions)
    var memory: [AlignedBuffer] = []
    func view<Source: Sequence, Element: BitwiseCopyable>(_ source: Source, of type: Element.Type) -> View<Element>
    where Source.Element == Element {
      let values = Array(source)
      let buffer = AlignedBuffer(count: values.count)
      memory.append(buffer)
      let pointer = UnsafeMutableRawPointer(buffer.floats.pointer).bindMemory(to: type, capacity: values.count)
      pointer.update(from: values, count: values.count)
      return View(pointer)
    }
    let factors = [UInt32](repeating: 0, count: missing) + geometry.factors
    let axes = (0..<3).map { [extents] axis in
      LatticeAxis(
        cells: view(cells[axis].map(Int32.init), of: Int32.self), fractions: view(fractions[axis], of: Float.self),
        keys: view((0...extents[axis]).map { UInt32($0) &* factors[axis] }, of: UInt32.self), extent: extents[axis])
    }
    lattice = LatticeLevel(
      axes, rows: UInt32(geometry.rows), isHashed: geometry.isHashed, features: configuration.features)
    self.memory = memory
  }

  /// A lattice much finer than the samples would cost more than looking up each sample's corners.
  static func isRegular(_ geometry: LevelGeometry, shape: [Int]) -> Bool {
    let points = geometry.extents.reduce(1.0) { $0 * Double($1) }
    return points <= 2 * shape.reduce(1.0) { $0 * Double($1) }
  }

  /// Lattice points that the positions of `range` touch on an axis.
  func points(_ axis: Int, _ range: Range<Int>) -> Range<Int> {
    cells[axis][range.lowerBound]..<min(cells[axis][range.upperBound - 1] + 2, extents[axis])
  }

  /// Weights of the expanded rows of even and of odd lattice coordinates, for a position on the middle axis.
  func weights(middle position: Int) -> (even: Float, odd: Float) {
    let fraction = fractions[1][position]
    return cells[1][position] % 2 == 0 ? (1 - fraction, fraction) : (fraction, 1 - fraction)
  }
}
