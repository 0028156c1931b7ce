import Networks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sizes at which the models of a race have comparable numbers of parameters on whatever picture.
///
/// The defaults do on pictures of usual sizes. Where tiles are as many as the picture has room for, small pictures make
/// small networks of LoE and KiloNeRF: their layers are made wider then.
public struct RaceSizes: Sendable {
  /// The runs, in the order in which they were given; resolved.
  public let runs: [RunConfiguration]
  /// What was made other than its default, as `LoE hidden 57`.
  public let adapted: [String]
  /// From the fewest parameters of a run to the most.
  public let parameters: ClosedRange<Int>
  /// Whether all are within the factor of the first; not where what a run says is in the way.
  public let isComparable: Bool

  /// Numbers of parameters are comparable up to this factor: table 2 of the ASMR paper has 126,049 to 250,112.
  public static let factor = 2.0

  /// - Parameter open: at least one; parameters are compared with those of the first. What a run says stays as it is.
  public init(_ open: [RunConfiguration], shape: [Int], channels: Int) throws(ConfigurationError) {
    func count(_ configuration: RunConfiguration) throws(ConfigurationError) -> Int {
      try configuration.modelConfiguration(shape: shape).cost(shape: shape, channels: channels).parameters
    }
    let wanted = try count(open[0])
    var (runs, counts, adapted): ([RunConfiguration], [Int], [String]) = ([], [], [])
    for var configuration in open {
      let knob = Knob(configuration.model)
      if !Self.isComparable(try count(configuration), wanted), configuration[keyPath: knob.path] == nil {
        func distance(_ value: Int) -> Double {
          configuration[keyPath: knob.path] = value
          // What cannot be built has too many.
          return (try? count(configuration)).map { Self.distance($0, wanted) } ?? .infinity
        }
        // More of it is more parameters: the first that has enough, or the one before.
        let enough = knob.values.partitioningIndex { value in
          configuration[keyPath: knob.path] = value
          return (try? count(configuration)).map { $0 >= wanted } ?? true
        }
        let nearest = knob.values[max(enough - 1, 0)...min(enough, knob.values.count - 1)]
        // A size that does not help is no reason to leave the default.
        let best = nearest.min { distance($0) < distance($1) }.flatMap { distance($0) <= log(Self.factor) ? $0 : nil }
        configuration[keyPath: knob.path] = best
        if let best { adapted.append("\(configuration.model.title) \(knob.name) \(best)") }
      }
      runs.append(try configuration.resolved(shape: shape))
      counts.append(try count(configuration))
    }
    (self.runs, self.adapted) = (runs, adapted)
    parameters = (counts.min() ?? wanted)...(counts.max() ?? wanted)
    isComparable = counts.allSatisfy { Self.isComparable($0, wanted) }
  }

  /// The size that changes a model's parameters most, and what it can be.
  private struct Knob {
    let name: String
    let path: WritableKeyPath<RunConfiguration, Int?>
    let values: [Int]

    init(_ model: ModelKind) {
      if model == .hashgrid {
        (name, path, values) = ("table-size", \.tableSize, (4...24).map { 1 << $0 })
      } else {
        (name, path, values) = ("hidden", \.hidden, Array(model.hiddenWidths))
      }
    }
  }

  /// How far a number of parameters is from the wanted one, as the logarithm of their ratio.
  private static func distance(_ count: Int, _ wanted: Int) -> Double { abs(log(Double(count) / Double(wanted))) }
  private static func isComparable(_ count: Int, _ wanted: Int) -> Bool { distance(count, wanted) <= log(factor) }
}

extension Array {
  /// Index of the first element of which something holds, where it holds of all after it too; the count when of none.
  fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
