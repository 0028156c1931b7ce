import Kernels
import Networks
import Signals

/// Makes pictures of a run for the screen, no larger than asked for. Keeps its filters and buffers between pictures.
final class PreviewRenderer {
  private let target: Signal
  private var raster: [Float] = []
  private var difference: [Float] = []
  private var filters: [String: AreaResampler] = [:]
  /// Samples a second of a forward pass, measured; what a lattice may have follows from it.
  private var samplesPerSecond: Double?

  /// A render beside training takes about this long at most.
  private static let renderSeconds = 0.025

  init(signal: Signal) { target = signal }

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
  func render(_ trainer: Trainer, request: PreviewRequest, parallel: Parallel) -> Preview? {
    guard isPicture else { return nil }
    let network = trainer.network
    let (rows, columns) = (target.shape[0], target.shape[1])
    let wanted = min(request.rows, rows) * min(request.columns, columns)
    guard network.batchUnits.samplesPerUnit == 1, wanted < target.sampleCount else {
      fillRaster { trainer.predict(into: $0, parallel: parallel) }
      return reduce(step: trainer.step, request: request)
    }
    let affordable = Self.renderSeconds * (samplesPerSecond ?? 200_000)
    let scale = min(1, (affordable / Double(wanted)).squareRoot())
    let height = max(1, Int(Double(min(request.rows, rows)) * scale))
    let width = max(1, Int(Double(min(request.columns, columns)) * scale))
    var samples: [(native: Int32, raster: Int, place: Int)] = []
    for y in 0..<height {
      for x in 0..<width {
        let (row, column) = ((2 * y + 1) * rows / (2 * height), (2 * x + 1) * columns / (2 * width))
        let native = network.order.offsets[0][row] + network.order.offsets[1][column]
        samples.append((Int32(native), row * columns + column, y * width + x))
      }
    }
    samples.sort { $0.native < $1.native }
    let start = TrainingClock.seconds
    let channels = target.channels
    let output = AlignedBuffer(count: samples.count * channels)
    _ = network.predict(.units(samples.map(\.native)), into: output.floats, parallel: parallel)
    samplesPerSecond = Double(samples.count) / max(TrainingClock.seconds - start, 1e-6)

    var picture = [Float](repeating: 0, count: samples.count * channels)
    var error = [Float](repeating: 0, count: samples.count)
    for (index, sample) in samples.enumerated() {
      for channel in 0..<channels {
        let value = output.floats[index * channels + channel]
        picture[sample.place * channels + channel] = value
        error[sample.place] += abs(value - target.samples[sample.raster * channels + channel]) / Float(channels)
      }
    }
    return Preview(
      step: trainer.step,
      picture: Signal(shape: [height, width], channels: channels, samples: picture)
        .resized(rows: request.rows, columns: request.columns),
      error: request.includesError
        ? Signal(shape: [height, width], channels: 1, samples: error)
          .resized(rows: request.rows, columns: request.columns) : nil)
  }

  private func fillRaster(_ body: (UnsafeMutablePointer<Float>) -> Void) {
    if raster.count != target.samples.count { raster = [Float](repeating: 0, count: target.samples.count) }
    raster.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { body(base) }
    }
  }

  private func reduce(step: Int, request: PreviewRequest) -> Preview {
    let picture = filtered(raster, channels: target.channels, request: request)
    guard request.includesError else { return Preview(step: step, picture: picture, error: nil) }
    let channels = target.channels
    if difference.count != target.sampleCount { difference = [Float](repeating: 0, count: target.sampleCount) }
    for sample in 0..<target.sampleCount {
      var sum: Float = 0
      for value in sample * channels..<(sample + 1) * channels { sum += abs(raster[value] - target.samples[value]) }
      difference[sample] = sum / Float(channels)
    }
    return Preview(step: step, picture: picture, error: filtered(difference, channels: 1, request: request))
  }

  private func filtered(_ samples: [Float], channels: Int, request: PreviewRequest) -> Signal {
    let key = "\(request.rows)×\(request.columns)×\(channels)"
    if filters.count > 4 { filters = [:] }
    let filter = filters[key]
      ?? AreaResampler(
        from: (target.shape[0], target.shape[1]), to: (request.rows, request.columns), channels: channels)
    filters[key] = filter
    let count = filter.to.rows * filter.to.columns * channels
    let result = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      samples.withUnsafeBufferPointer { filter.resample($0.baseAddress!, into: buffer.baseAddress!) }
      initialized = count
    }
    return Signal(shape: [filter.to.rows, filter.to.columns], channels: channels, samples: result)
  }
}
