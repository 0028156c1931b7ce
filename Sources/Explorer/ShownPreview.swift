import Canvas
import Signals
import Training

/// Previews as a window onto the picture shows them.
extension Preview {
  /// Values of this preview at the size and part that are shown now: as they are once the engine has answered, until then
  /// the nearest ones that are known, and 0 where none are.
  ///
  /// - Parameter signal: its picture, or one of its maps.
  func shown(_ signal: Signal, in view: PictureView) -> Signal? {
    guard let wanted = view.request() else { return nil }
    let crop = request?.crop
    let size = [wanted.rows, wanted.columns]
    if crop == wanted.crop, signal.shape == size { return signal }
    let whole = PictureRegion(rows: 0..<view.rows, columns: 0..<view.columns)
    let known = (crop ?? whole).clamped(rows: view.rows, columns: view.columns)
    let rows = Self.nearest(known.rows, signal.shape[0], view.region.rows, wanted.rows)
    let columns = Self.nearest(known.columns, signal.shape[1], view.region.columns, wanted.columns)
    var samples = [Float](repeating: 0, count: wanted.rows * wanted.columns * signal.channels)
    for (y, row) in rows.enumerated() {
      guard let row else { continue }
      for (x, column) in columns.enumerated() {
        guard let column else { continue }
        for channel in 0..<signal.channels {
          samples[(y * wanted.columns + x) * signal.channels + channel] =
            signal.samples[(row * signal.shape[1] + column) * signal.channels + channel]
        }
      }
    }
    return Signal(shape: size, channels: signal.channels, samples: samples)
  }

  /// For each of `count` pixels over the samples `wanted` the one of `knownCount` pixels over `known` that it lies in.
  static func nearest(_ known: Range<Int>, _ knownCount: Int, _ wanted: Range<Int>, _ count: Int) -> [Int?] {
    (0..<count).map { pixel in
      let sample = Double(wanted.lowerBound) + (Double(pixel) + 0.5) * Double(wanted.count) / Double(count)
      let index = ((sample - Double(known.lowerBound)) * Double(knownCount) / Double(known.count)).rounded(.down)
      return index >= 0 && index < Double(knownCount) ? Int(index) : nil
    }
  }
}

extension ExplorerState {
  /// A run's picture on the views that show it as it is.
  func shownReconstruction(of run: RunView, _ view: PictureView) -> Raster? {
    guard !view.isWhole else { return run.reconstruction }
    return run.preview.flatMap { $0.shown($0.picture, in: view)?.raster }
  }

  /// Its error map; nil until there is one.
  func shownError(of run: RunView, _ view: PictureView) -> Raster? {
    guard !view.isWhole else { return run.error }
    return run.preview.flatMap { preview in preview.error.flatMap { preview.shown($0, in: view) } }.flatMap { (run.held ?? run.live).errorRaster($0, theme.heat) }
  }
}
