import Kernels
import Networks
import Signals

/// Makes pictures of a run for the screen, no larger than asked for. Keeps its filters and buffers between pictures.
final class PreviewRenderer {
  private let target: Signal
  private var raster: [Float] = []
  private var filters: [String: AreaResampler] = [:]
  /// Samples a second of the last forward pass of a lattice.
  private var samplesPerSecond: Double?
  private let clock: () -> Double

  /// A render beside training takes about this long at most.
  private static let renderSeconds = 0.008
  /// So long, pixels are made of several samples: single ones make a picture look noisier than it is.
  private static let smoothSeconds = 0.004

  /// - Parameter clock: seconds of the work so far, as the budget counts them that pictures have.
  init(signal: Signal, clock: @escaping () -> Double = { TrainingClock.seconds }) { (target, self.clock) = (signal, clock) }

  private var isPicture: Bool { target.shape.count == 2 }

  /// From the predictions that the last step left: no forward pass.
  func lastStep(of trainer: Trainer, step: Int, request: PreviewRequest) -> Preview? {
    guard isPicture else { return nil }
    fillRaster { trainer.lastPrediction(into: $0) }
    return reduce(step: step, request: request)
  }

  /// SSIM of the predictions that the last step left.
  func similarityOfLastStep(of trainer: Trainer) -> Double? {
    guard isPicture else { return nil }
    fillRaster { trainer.lastPrediction(into: $0) }
    return similarityOfRaster
  }

  /// SSIM by a forward pass of all samples.
  func similarity(of trainer: Trainer, parallel: Parallel) -> Double? {
    guard isPicture else { return nil }
    fillRaster { trainer.predict(into: $0, parallel: parallel) }
    return similarityOfRaster
  }

  /// What a forward pass of all samples takes; generous while nothing is known.
  func secondsOfAllSamples(trainedPerSecond: Double?) -> Double {
    Double(target.sampleCount) / speed(trainedPerSecond: trainedPerSecond)
  }

  /// Samples a second of a forward pass of many samples. A few take as long as their threads to wake, beside a busy screen
  /// several times as long as their arithmetic; so steps tell, too, whose forward and backward pass are at least two forward
  /// ones.
  private func speed(trainedPerSecond: Double?) -> Double { max(samplesPerSecond ?? 200_000, 2 * (trainedPerSecond ?? 0)) }

  private var similarityOfRaster: Double? {
    Metrics.ssim(Signal(shape: target.shape, channels: target.channels, samples: raster), target)
  }

  /// From an evaluation's picture.
  func preview(of signal: Signal, step: Int, request: PreviewRequest) -> Preview? {
    guard isPicture else { return nil }
    raster = signal.samples
    return reduce(step: step, request: request)
  }

  /// By a forward pass of its own: of a lattice of samples where single samples can be had, else of all.
  ///
  /// A pixel is the mean of a block of the lattice's samples, as many as the time allows; where that is all of them, or
  /// nobody waits, the picture is what `lastStep` makes of a full batch.
  ///
  /// - Parameters:
  ///   - isHurried: beside training, with little time for it.
  ///   - trainedPerSecond: samples that a second of training steps sees.
  func render(
    _ trainer: Trainer, request: PreviewRequest, isHurried: Bool = true, trainedPerSecond: Double? = nil, parallel: Parallel
  ) -> Preview? {
    guard isPicture else { return nil }
    let (network, region) = (trainer.network, region(of: request))
    let lattice = isHurried
      ? Self.latticeSize(of: request, in: region, samplesPerSecond: speed(trainedPerSecond: trainedPerSecond))
      : (rows: region.rows.count, columns: region.columns.count)
    let sampled = lattice.rows * lattice.columns
    guard network.batchUnits.samplesPerUnit == 1, sampled < region.rows.count * region.columns.count || 2 * sampled < target.sampleCount
    else {
      fillRaster { trainer.predict(into: $0, parallel: parallel) }
      return reduce(step: trainer.step, request: request)
    }
    let (picture, error, deviation, probed) = sample(
      lattice, of: region, probe: probedSample(of: request), network: network, parallel: parallel)
    func fitted(_ values: [Float], channels: Int) -> Signal {
      filtered(Signal(shape: [lattice.rows, lattice.columns], channels: channels, samples: values), request: request)
    }
    return Preview(
      step: trainer.step, picture: fitted(picture, channels: target.channels),
      error: request.includesError ? fitted(error, channels: 1) : nil,
      deviation: request.includesDeviation ? fitted(deviation, channels: 1) : nil, probe: probed, request: request)
  }

  /// Rows and columns of samples that a picture of a region is made of, beside training.
  static func latticeSize(
    of request: PreviewRequest, in region: PictureRegion, samplesPerSecond: Double
  ) -> (rows: Int, columns: Int) {
    let all = (rows: region.rows.count, columns: region.columns.count)
    let wanted = (rows: min(request.rows, all.rows), columns: min(request.columns, all.columns))
    let affordable = samplesPerSecond / Double(wanted.rows * wanted.columns)
    let (least, most) = (smoothSeconds * affordable, renderSeconds * affordable)
    // Whole samples a pixel and side; less than one where even that takes too long.
    let scale = least >= 1 ? least.squareRoot().rounded(.down) : min(1, most.squareRoot())
    return (
      min(all.rows, max(1, Int(Double(wanted.rows) * scale))), min(all.columns, max(1, Int(Double(wanted.columns) * scale)))
    )
  }

  /// Outputs, and the means over the channels of |y − t| and y − t, at the middles of a lattice's fields; the probed sample's
  /// outputs too.
  private func sample(
    _ lattice: (rows: Int, columns: Int), of region: PictureRegion, probe: Int?, network: any Network, parallel: Parallel
  ) -> (picture: [Float], error: [Float], deviation: [Float], probed: [Float]?) {
    let columns = target.shape[1]
    let count = lattice.rows * lattice.columns
    var raster: [Int] = []
    raster.reserveCapacity(count + 1)
    for y in 0..<lattice.rows {
      let row = region.rows.lowerBound + (2 * y + 1) * region.rows.count / (2 * lattice.rows)
      for x in 0..<lattice.columns {
        raster.append(row * columns + region.columns.lowerBound + (2 * x + 1) * region.columns.count / (2 * lattice.columns))
      }
    }
    // The probed sample stands behind the lattice.
    if let probe { raster.append(probe) }
    let samples = raster.enumerated().map { place, raster in
      let native = network.order.offsets[0][raster / columns] + network.order.offsets[1][raster % columns]
      return (native: Int32(native), raster: raster, place: place)
    }.sorted { ($0.native, $0.place) < ($1.native, $1.place) }
    // A sample is evaluated once, also when it is probed.
    var units: [Int32] = []
    var unitOfPlace = [Int](repeating: 0, count: samples.count)
    for sample in samples {
      if units.last != sample.native { units.append(sample.native) }
      unitOfPlace[sample.place] = units.count - 1
    }
    let start = clock()
    let channels = target.channels
    let output = AlignedBuffer(count: units.count * channels)
    _ = network.predict(.units(units), into: output.floats, parallel: parallel)
    if units.count >= 64 { samplesPerSecond = Double(units.count) / max(clock() - start, 1e-6) }

    var picture = [Float](repeating: 0, count: count * channels)
    var (error, deviation) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    for place in 0..<count {
      for channel in 0..<channels {
        let value = output.floats[unitOfPlace[place] * channels + channel]
        let difference = (value - target.samples[raster[place] * channels + channel]) / Float(channels)
        picture[place * channels + channel] = value
        error[place] += abs(difference)
        deviation[place] += difference
      }
    }
    let probed = probe.map { _ in (0..<channels).map { output.floats[unitOfPlace[count] * channels + $0] } }
    return (picture, error, deviation, probed)
  }

  private func region(of request: PreviewRequest) -> PictureRegion {
    let (rows, columns) = (target.shape[0], target.shape[1])
    return (request.crop ?? PictureRegion(rows: 0..<rows, columns: 0..<columns)).clamped(rows: rows, columns: columns)
  }

  /// The raster index of what is probed; nil where nothing is, or something outside of the picture.
  private func probedSample(of request: PreviewRequest) -> Int? {
    guard let place = request.probe, (0..<target.shape[0]).contains(place.row), (0..<target.shape[1]).contains(place.column)
    else { return nil }
    return place.row * target.shape[1] + place.column
  }

  private func fillRaster(_ body: (UnsafeMutablePointer<Float>) -> Void) {
    if raster.count != target.samples.count { raster = [Float](repeating: 0, count: target.samples.count) }
    raster.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { body(base) }
    }
  }

  private func reduce(step: Int, request: PreviewRequest) -> Preview {
    let channels = target.channels
    let whole = Signal(shape: target.shape, channels: channels, samples: raster)
    let region = region(of: request)
    var preview = Preview(
      step: step, picture: filtered(whole.cropped(to: region), request: request),
      error: request.includesError ? filtered(map(of: region) { abs($0) }, request: request) : nil, request: request)
    if request.includesDeviation { preview.deviation = filtered(map(of: region) { $0 }, request: request) }
    if let probe = probedSample(of: request) { preview.probe = Array(raster[probe * channels..<(probe + 1) * channels]) }
    return preview
  }

  /// The mean over the channels of something made of every error y − t in a region. Grey and RGB have loops of their own,
  /// which the compiler makes vectors of.
  @inline(__always)
  private func map(of region: PictureRegion, _ value: (Float) -> Float) -> Signal {
    let (columns, channels, width) = (target.shape[1], target.channels, region.columns.count)
    let means = [Float](unsafeUninitializedCapacity: region.rows.count * width) { buffer, initialized in
      initialized = buffer.count
      guard let base = buffer.baseAddress else { return }
      raster.withUnsafeBufferPointer { outputs in
        target.samples.withUnsafeBufferPointer { targets in
          for (index, row) in region.rows.enumerated() {
            let first = (row * columns + region.columns.lowerBound) * channels
            let (y, t, mean) = (outputs.baseAddress! + first, targets.baseAddress! + first, base + index * width)
            switch channels {
            case 1: for x in 0..<width { mean[x] = value(y[x] - t[x]) }
            case 3:
              for x in 0..<width {
                mean[x] = (value(y[3 * x] - t[3 * x]) + value(y[3 * x + 1] - t[3 * x + 1]) + value(y[3 * x + 2] - t[3 * x + 2])) / 3
              }
            default:
              for x in 0..<width {
                var sum: Float = 0
                for at in x * channels..<(x + 1) * channels { sum += value(y[at] - t[at]) }
                mean[x] = sum / Float(channels)
              }
            }
          }
        }
      }
    }
    return Signal(shape: [region.rows.count, width], channels: 1, samples: means)
  }

  private func filtered(_ signal: Signal, request: PreviewRequest) -> Signal {
    let (rows, columns, channels) = (signal.shape[0], signal.shape[1], signal.channels)
    if rows == request.rows, columns == request.columns { return signal }
    let key = "\(rows)×\(columns) to \(request.rows)×\(request.columns)×\(channels)"
    if filters.count > 4 { filters = [:] }
    let filter = filters[key]
      ?? AreaResampler(from: (rows, columns), to: (request.rows, request.columns), channels: channels)
    filters[key] = filter
    let count = filter.to.rows * filter.to.columns * channels
    let result = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      signal.samples.withUnsafeBufferPointer { filter.resample($0.baseAddress!, into: buffer.baseAddress!) }
      initialized = count
    }
    return Signal(shape: [filter.to.rows, filter.to.columns], channels: channels, samples: result)
  }
}
