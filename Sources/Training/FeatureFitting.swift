import Networks

extension FeatureRequest {
  /// What of it a network has: after an edit it may be another than was asked about.
  ///
  /// - Parameters: layers: the network's; truncationLevels: as in `FeatureSource`; shape: the data's.
  func fitted(to layers: [FeatureLayer], truncationLevels: Int, shape: [Int]) -> FeatureRequest {
    func has(_ layer: Int, _ part: FeaturePart) -> Bool {
      layers.indices.contains(layer) && layers[layer].parts.contains(part)
    }
    var fitted = FeatureRequest(isExact: isExact)
    fitted.maps = maps.compactMap { maps in
      guard has(maps.layer, maps.part) else { return nil }
      let layer = layers[maps.layer]
      var maps = maps
      if maps.part.isPerUnit {
        maps.units = maps.units.filter((0..<layer.units).contains)
        guard !maps.units.isEmpty else { return nil }
      }
      guard maps.points.count == layer.shape.count, Self.fits(maps.crop, layer.shape) else { return nil }
      return maps
    }
    if let ranking, has(ranking.layer, ranking.part) { fitted.ranking = ranking }
    if let truncation, (0..<truncationLevels).contains(truncation.level), truncation.points.count == shape.count,
      Self.fits(truncation.crop, shape)
    {
      fitted.truncation = truncation
    }
    return fitted
  }

  private static func fits(_ crop: [Range<Int>]?, _ shape: [Int]) -> Bool {
    guard let crop else { return true }
    return crop.count == shape.count
      && zip(crop, shape).allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= $1 }
  }
}
