import Kernels
import Networks
import Signals

/// Where a tiled network is wrong.
public enum TileErrors {
  /// Of every tile `sqrt(mean (y − t)²)` over those of the samples that it has and their channels, 0 where it has none.
  ///
  /// - Parameters:
  ///   - layer: with `.error` among its parts.
  ///   - target: in raster order.
  ///   - samples: of the target's.
  /// - Returns: a value for every tile, in raster order of the layer's own grid.
  public static func values(
    _ network: any Network, layer: Int, target: Signal, samples: SampleLattice, parallel: Parallel
  ) -> [Float] {
    let (layer, channels) = (network.featureLayers[layer], network.channels)
    guard let numbered = layer.tilesOf else { preconditionFailure("\(layer.title) has no tiles") }
    let tiles = network.features(numbered, .tile, units: [0], lattice: samples, parallel: parallel)
    let outputs = network.prediction(at: samples, parallel: parallel)
    let wanted = target.points(of: samples).samples
    let count = layer.shape.reduce(1, *)
    var (sums, counts) = ([Double](repeating: 0, count: count), [Int](repeating: 0, count: count))
    for (sample, tile) in tiles.values.enumerated() {
      for index in sample * channels..<(sample + 1) * channels {
        let error = Double(outputs[index] - wanted[index])
        sums[Int(tile)] += error * error
      }
      counts[Int(tile)] += channels
    }
    return zip(sums, counts).map { Float(($0 / Double(max($1, 1))).squareRoot()) }
  }
}
