import Kernels
import Networks
import Signals
import Testing

@testable import Training

extension FeatureRequest {
  /// Something of every layer of a network, a ranking of its last layer of units, and a truncation where it has levels.
  static func everything(of network: any Network, points: Int = 9, order: Order = .activity) -> FeatureRequest {
    let layers = network.featureLayers
    let maps = layers.indices.flatMap { layer in
      layers[layer].parts.map { part in
        Maps(
          layer: layer, part: part, units: [layers[layer].units - 1, 0], points: layers[layer].shape.map { _ in points })
      }
    }
    let last = layers.lastIndex { $0.units > 2 && $0.parts[0].isPerUnit } ?? 0
    return FeatureRequest(
      maps: maps, ranking: Ranking(layer: last, part: .activation, order: order),
      truncation: network.truncationLevels > 0 ? Truncation(level: 1, points: [points, points + 2]) : nil)
  }
}

extension Trainer {
  /// As the configuration has it, after so many steps.
  static func plain(_ configuration: RunConfiguration, _ signal: Signal, steps: Int) throws -> Trainer {
    let trainer = try Trainer(configuration, signal: signal)
    while trainer.step < steps { _ = trainer.advance(parallel: Parallel(threads: 1)) }
    return trainer
  }

  /// What an answer must be, at the lattice that it has.
  func directly(_ answer: FeatureReport.Answer) -> FeatureMap {
    let request = answer.request
    if request.part == .error { return tileErrors(request.layer, at: answer.map.shape) }
    let ranges = request.crop ?? network.featureLayers[request.layer].shape.map { 0..<$0 }
    return network.features(
      request.layer, request.part, units: request.units, lattice: SampleLattice(ranges, counts: answer.map.shape),
      parallel: Parallel(threads: 1))
  }

  /// Of every tile at a lattice of the tiles, the root of the mean of its samples' squared errors.
  private func tileErrors(_ index: Int, at counts: [Int]) -> FeatureMap {
    let layer = network.featureLayers[index]
    let outputs = network.prediction(at: .whole(signal.shape), parallel: Parallel(threads: 1))
    let evaluated = evaluate(parallel: Parallel(threads: 1)).signal.samples
    #expect(zip(outputs, evaluated).allSatisfy { abs($0 - $1) < 1e-5 })
    let tiles = network.features(layer.tilesOf!, .tile, units: [], parallel: Parallel(threads: 1))
    let channels = signal.channels
    let errors = (0..<layer.shape.reduce(1, *)).map { tile in
      var squares: [Double] = []
      for sample in 0..<signal.sampleCount where tiles.values[sample] == Float(tile) {
        for index in sample * channels..<(sample + 1) * channels {
          let error = Double(outputs[index] - signal.samples[index])
          squares.append(error * error)
        }
      }
      return Float((squares.reduce(0, +) / Double(max(squares.count, 1))).squareRoot())
    }
    let points = SampleLattice(layer.shape.map { 0..<$0 }, counts: counts).rasterIndices(of: layer.shape)
    return FeatureMap(shape: counts, units: [0], values: points.map { errors[Int($0)] })
  }

  /// The picture of levels `0…level`, and its PSNR, over all samples.
  func truncated(level: Int) -> (picture: Signal, psnr: Double) {
    let values = network.truncatedPrediction(level: level, lattice: .whole(signal.shape), parallel: Parallel(threads: 1))
    let picture = Signal(shape: signal.shape, channels: signal.channels, samples: values)
    return (picture, plainPSNR(picture, signal))
  }
}

/// Clocks that only tests move.
final class TestClock {
  /// In looks.
  var worked = 0.0
  /// In steps.
  var trained = 0.0
}
