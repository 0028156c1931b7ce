/// The products of one full step of a tiled network, at the sizes at which they are done.
struct TiledProducts {
  let shapes: [ProductShape]

  /// Rows of a product are a block's samples that share the layer's tile, averaged; the first layer's are the slots of
  /// its boxes.
  init(_ layout: TiledLayout) {
    let (h, o) = (layout.hidden, layout.channels)
    let samples = layout.shape.reduce(1, *)
    let plan = TiledPlan(full: layout, blockRows: TiledBlock.rows)
    let axisInputs = layout.weight(0).axisInputs
    var slots = 0
    for piece in plan.pieces {
      for axis in 0..<layout.axes {
        slots += Int(plan.boxes[piece.start + layout.axes + axis] - plan.boxes[piece.start + axis])
      }
    }
    let pieces = Double(plan.pieces.count)
    let tableRows = max(1, slots / max(plan.pieces.count * layout.axes, 1))
    var shapes = [
      // Forward and dW; there is no dz.
      ProductShape(m: tableRows, n: h, k: axisInputs, count: pieces * Double(layout.axes)),
      ProductShape(m: axisInputs, n: h, k: tableRows, count: pieces * Double(layout.axes)),
    ]
    let rows = samples / max(plan.pieces.count, 1)
    for layer in 1..<max(layout.hiddenLayers, 1) {
      let groups = layout.isOneNetworkPerTile ? 1 : min(layout.tileCounts[layer], rows)
      let groupRows = max(1, rows / groups)
      let count = Double(samples) / Double(groupRows)
      shapes.append(ProductShape(m: groupRows, n: h, k: h, count: 2 * count))
      shapes.append(ProductShape(m: h, n: h, k: groupRows, count: count))
    }
    shapes.append(ProductShape(m: rows, n: o, k: h, count: pieces))
    shapes.append(ProductShape(m: rows, n: h, k: o, count: pieces))
    shapes.append(ProductShape(m: o, n: h, k: rows, count: pieces))
    self.shapes = shapes
  }
}
