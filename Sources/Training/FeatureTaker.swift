import Kernels
import Networks
import Signals

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Answers requests from a network as it is, between two steps. Keeps what never changes, and how long things took: what a
/// lattice may have beside training follows from that.
final class FeatureTaker {
  /// Of the network: what can be asked for.
  let layers: [FeatureLayer]
  private let network: any Network
  /// In raster order.
  private let target: Signal
  private let parallel: Parallel
  /// Seconds of work.
  private let clock: () -> Double
  /// Maps that follow from sizes alone.
  private var fixed: [FeatureRequest.Maps: FeatureMap] = [:]
  /// Measured at layers that are worked out sample by sample.
  private var secondsPerPoint: [Int: Double] = [:]
  private var truncationSecondsPerPoint: Double?
  /// PSNR of levels `0…k` over all samples, and after how many updates.
  private var exact: (step: Int, psnr: [Double])?

  /// Beside training a look at maps, and one at truncations, takes about this long at most.
  private static let lookSeconds = 0.015
  /// Assumed of a layer before it was measured.
  private static let firstSecondsPerPoint = 5e-6
  /// Samples that errors of tiles are taken from at most, about.
  private static let errorSamples = 65_536.0
  /// Points that units are compared at, about: beside training, and of a run that stands.
  private static let (hurriedRankingPoints, rankingPoints) = (400.0, 16_384.0)

  /// - Parameter clock: seconds of work so far.
  init(_ network: any Network, target: Signal, parallel: Parallel, clock: @escaping () -> Double) {
    (self.network, self.target, self.parallel, self.clock) = (network, target, parallel, clock)
    layers = network.featureLayers
  }

  var truncationLevels: Int { network.truncationLevels }

  // MARK: Maps

  /// One map a unit of every request, which the network has (see `FeatureRequest.fitted`). Requests that differ in their
  /// units alone are worked out together.
  ///
  /// - Parameters:
  ///   - step: updates that the parameters had.
  ///   - scale: of the lattice's points an axis; for layers that are worked out sample by sample.
  func answers(_ requests: [FeatureRequest.Maps], step: Int, scale: Double = 1) -> [FeatureReport.Answer] {
    var maps: [FeatureRequest.Maps: FeatureMap] = [:]
    for group in Self.groups(requests) { maps[group.withoutUnits] = map(group, scale: scale) }
    return requests.compactMap { request in
      guard let shared = maps[request.withoutUnits] else { return nil }
      let map = request.part.isPerUnit && shared.units != request.units ? shared.of(request.units) : shared
      return FeatureReport.Answer(request: request, map: map, statistics: map.statistics, step: step)
    }
  }

  /// What `answers` takes for a look beside training that has not much time: 1 or less, a power of √½, so that a lattice
  /// does not change with every flicker of the speed.
  func scale(for requests: [FeatureRequest.Maps]) -> Double {
    let seconds = Self.groups(requests).reduce(0) { sum, group in
      sum + Double(evaluated(group, scale: 1)?.count ?? 0) * (secondsPerPoint[group.layer] ?? Self.firstSecondsPerPoint)
    }
    return Self.scale(of: seconds, axes: target.shape.count)
  }

  private static func scale(of seconds: Double, axes: Int) -> Double {
    guard seconds > lookSeconds else { return 1 }
    let wanted = pow(lookSeconds / seconds, 1 / Double(axes))
    return exp2((2 * log2(wanted)).rounded(.down) / 2)
  }

  /// What is worked out together: all units of requests that differ in nothing else, in the order in which they are first named.
  static func groups(_ requests: [FeatureRequest.Maps]) -> [FeatureRequest.Maps] {
    var groups: [FeatureRequest.Maps] = []
    var places: [FeatureRequest.Maps: Int] = [:]
    for request in requests {
      if let place = places[request.withoutUnits] {
        let known = Set(groups[place].units)
        groups[place].units += request.units.filter { !known.contains($0) }
      } else {
        places[request.withoutUnits] = groups.count
        groups.append(request)
      }
    }
    return groups
  }

  private func map(_ request: FeatureRequest.Maps, scale: Double) -> FeatureMap {
    let key = request.withoutUnits
    if request.part.isFixed, let known = fixed[key] { return known }
    let samples = evaluated(request, scale: scale)
    let start = clock()
    let map = if request.part == .error, let samples {
      tileErrors(request, samples)
    } else {
      network.features(
        request.layer, request.part, units: request.units, lattice: samples ?? lattice(request, scale: 1), parallel: parallel)
    }
    // A few samples take as long as their threads to wake and say nothing about many.
    if let samples, samples.count >= 64 {
      let measured = (clock() - start) / Double(samples.count)
      secondsPerPoint[request.layer] = ((secondsPerPoint[request.layer] ?? measured) + measured) / 2
    }
    if request.part.isFixed { fixed[key] = map }
    return map
  }

  /// The samples that a map takes a forward pass of; nil for what follows from the parameters alone.
  private func evaluated(_ request: FeatureRequest.Maps, scale: Double) -> SampleLattice? {
    if request.part == .error {
      let shrink = min(1, pow(Self.errorSamples / Double(target.sampleCount), 1 / Double(target.shape.count)))
      return Self.lattice(of: target.shape, points: target.shape, crop: nil, scale: scale * shrink)
    }
    return layers[request.layer].isPerSample && !request.part.isFixed ? lattice(request, scale: scale) : nil
  }

  private func tileErrors(_ request: FeatureRequest.Maps, _ samples: SampleLattice) -> FeatureMap {
    let errors = TileErrors.values(network, layer: request.layer, target: target, samples: samples, parallel: parallel)
    let lattice = lattice(request, scale: 1)
    let values = lattice.rasterIndices(of: layers[request.layer].shape).map { errors[Int($0)] }
    return FeatureMap(shape: lattice.counts, units: [0], values: values)
  }

  private func lattice(_ request: FeatureRequest.Maps, scale: Double) -> SampleLattice {
    Self.lattice(of: layers[request.layer].shape, points: request.points, crop: request.crop, scale: scale)
  }

  private static func lattice(of shape: [Int], points: [Int], crop: [Range<Int>]?, scale: Double) -> SampleLattice {
    let ranges = crop ?? shape.map { 0..<$0 }
    return SampleLattice(ranges, counts: zip(ranges, points).map { range, points in
      Int((Double(min(range.count, points)) * scale).rounded())
    })
  }

  // MARK: Ranking

  /// All units of a layer in an order, from maps at some points.
  ///
  /// - Parameter isHurried: about 400 of them; else up to 16,384, which are all of most levels.
  func ranking(_ request: FeatureRequest.Ranking, isHurried: Bool) -> [Int] {
    let layer = layers[request.layer]
    let points = isHurried ? Self.hurriedRankingPoints : Self.rankingPoints
    let side = Int(pow(points, 1 / Double(layer.shape.count)).rounded())
    let map = network.features(
      request.layer, request.part, units: Array(0..<layer.units),
      lattice: SampleLattice(layer.shape.map { 0..<$0 }, counts: layer.shape.map { _ in side }), parallel: parallel)
    return request.order == .activity ? map.mostActive : map.mostDifferent
  }

  // MARK: Truncation

  /// The picture of levels `0…level` and the PSNR of every number of levels.
  ///
  /// - Parameters:
  ///   - step: updates that the parameters had.
  ///   - isHurried: PSNR at the picture's points alone, and not more of them than there is time for; else over all
  ///     samples.
  func truncated(_ request: FeatureRequest.Truncation, step: Int, isHurried: Bool) -> FeatureReport.Truncated {
    func lattice(scale: Double) -> SampleLattice {
      Self.lattice(of: target.shape, points: request.points, crop: request.crop, scale: scale)
    }
    let (whole, wanted) = (SampleLattice.whole(target.shape), lattice(scale: 1))
    // Single samples are worked out one by one; what comes in cells costs the same whatever of it is looked at.
    let cost = network.batchUnits.samplesPerUnit > 1
      ? 0 : (truncationSecondsPerPoint ?? Self.firstSecondsPerPoint) * Double(wanted.count)
    let points = isHurried ? lattice(scale: Self.scale(of: cost, axes: target.shape.count)) : whole
    guard points != whole else { return exactlyTruncated(request, at: wanted, step: step) }
    let start = clock()
    let predictions = (0..<truncationLevels).map { prediction($0, points) }
    if points.count >= 64 { truncationSecondsPerPoint = (clock() - start) / Double(points.count) }
    let wantedValues = target.points(of: points)
    let others = predictions.enumerated().filter { $0.offset != request.level }.map { ($0.offset, $0.element) }
    return FeatureReport.Truncated(
      request: request, picture: predictions[request.level], psnr: predictions.map { psnr($0, wantedValues) }, isExact: false,
      step: step, others: Dictionary(uniqueKeysWithValues: others))
  }

  private func exactlyTruncated(
    _ request: FeatureRequest.Truncation, at lattice: SampleLattice, step: Int
  ) -> FeatureReport.Truncated {
    let whole = SampleLattice.whole(target.shape)
    let shown = prediction(request.level, whole)
    let known = exact?.step == step ? exact?.psnr : nil
    var others: [Int: Signal] = [:]
    let decibels = known ?? (0..<truncationLevels).map { level in
      guard level != request.level else { return psnr(shown, target) }
      let other = prediction(level, whole)
      others[level] = other.points(of: lattice)
      return psnr(other, target)
    }
    exact = (step, decibels)
    return FeatureReport.Truncated(
      request: request, picture: shown.points(of: lattice), psnr: decibels, isExact: true, step: step, others: others)
  }

  private func prediction(_ level: Int, _ lattice: SampleLattice) -> Signal {
    Signal(
      shape: lattice.counts, channels: network.channels,
      samples: network.truncatedPrediction(level: level, lattice: lattice, parallel: parallel))
  }

  private func psnr(_ prediction: Signal, _ target: Signal) -> Double {
    Metrics.psnr(meanSquaredError: Metrics.meanSquaredError(prediction, target))
  }
}

extension FeatureRequest.Maps {
  /// What two requests have in common that can be worked out together.
  var withoutUnits: Self {
    var same = self
    same.units = []
    return same
  }
}

extension FeatureMap {
  /// Maps of some of its units.
  fileprivate func of(_ wanted: [Int]) -> FeatureMap {
    var values: [Float] = []
    values.reserveCapacity(wanted.count * count)
    for unit in wanted {
      if let place = units.firstIndex(of: unit) { values += self[place] }
    }
    return FeatureMap(shape: shape, units: wanted, values: values)
  }
}

extension Signal {
  /// Its samples at a lattice's points.
  func points(of lattice: SampleLattice) -> Signal {
    guard lattice != .whole(shape) else { return self }
    var values: [Float] = []
    values.reserveCapacity(lattice.count * channels)
    for index in lattice.rasterIndices(of: shape) {
      values += samples[Int(index) * channels..<(Int(index) + 1) * channels]
    }
    return Signal(shape: lattice.counts, channels: channels, samples: values)
  }
}
