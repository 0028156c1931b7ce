import Canvas
import Signals
import Training

/// The compared pictures and what is computed of them.
extension ExplorerState {
  /// A side's picture at the part that is looked at; nil while there is none.
  func comparedPicture(of side: CompareState.Side, _ layout: CompareLayout) -> Raster? {
    guard case .run(let id) = side else { return target }
    guard let preview = self[id]?.preview else { return nil }
    return preview.shown(preview.picture, in: layout.view)?.raster
  }

  /// Left minus right as the mean over the channels; nil while one of them has not been drawn for it.
  ///
  /// It is made of both deviations from the target, see `Preview.deviation`.
  func comparedDifference(_ layout: CompareLayout) -> Signal? {
    let sides = comparedSides
    let (left, right) = (deviation(of: sides.left, layout), deviation(of: sides.right, layout))
    switch (left, right) {
    case (var left?, let right?):
      for index in left.samples.indices { left.samples[index] -= right.samples[index] }
      return left
    case (let left?, nil) where sides.right == .target: return left
    case (nil, var right?) where sides.left == .target:
      for index in right.samples.indices { right.samples[index].negate() }
      return right
    default: return nil
    }
  }

  /// The mean over the channels of a run's |y − t|; nil for the target, and while there is none.
  func comparedError(of side: CompareState.Side, _ layout: CompareLayout) -> Signal? {
    guard case .run(let id) = side, let preview = self[id]?.preview, let error = preview.error else { return nil }
    return preview.shown(error, in: layout.view)
  }

  private func deviation(of side: CompareState.Side, _ layout: CompareLayout) -> Signal? {
    guard case .run(let id) = side, let preview = self[id]?.preview, let deviation = preview.deviation else { return nil }
    return preview.shown(deviation, in: layout.view)
  }

  // MARK: Colours

  /// The last one tells signs apart by brightness alone.
  static let signedMaps: [ColorMap] = ColorMap.signed + [.grey]

  /// Without colours the maps that are bright on both sides would not show the sign.
  var signedMapIndex: Int { compare.mapIndex ?? (hasColors ? 0 : Self.signedMaps.count - 1) }
  var signedMap: ColorMap { Self.signedMaps[signedMapIndex] }

  func differenceRaster(_ layout: CompareLayout) -> Raster? {
    guard let difference = comparedDifference(layout) else { return nil }
    let scale = Float(compare.scale ?? 1)
    return signedMap.raster(
      width: difference.shape[1], height: difference.shape[0], values: difference.samples, in: -scale...scale)
  }

  func errorRaster(of side: CompareState.Side, _ layout: CompareLayout) -> Raster? {
    guard let error = comparedError(of: side, layout) else { return nil }
    return theme.heat.raster(width: error.shape[1], height: error.shape[0], values: error.samples, in: 0...Float(compare.scale ?? 1))
  }

  // MARK: The picked sample

  /// Values of the picked sample, one a channel; nil without one, and until the run has told them.
  func pickedValues(of side: CompareState.Side) -> [Float]? {
    guard let place = compare.pick else { return nil }
    guard case .run(let id) = side else {
      let signal = subject.signal
      let start = (place.row * subject.columns + place.column) * signal.channels
      return Array(signal.samples[start..<start + signal.channels])
    }
    guard let preview = self[id]?.preview, preview.request?.probe == place else { return nil }
    return preview.probe
  }
}
