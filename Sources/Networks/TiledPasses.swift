import Kernels

/// What happens to one block, on one thread.
extension TiledNetwork {
  /// Where a chunk's gradients go.
  struct Gradients {
    let plan: TiledPlan
    /// The chunk's partial sums of shared tensors.
    let shared: Floats
    /// Partial sums of own tensors, a segment each, where tiles are split.
    let ownParts: Floats
  }

  func values(_ tensor: TiledTensor, _ block: TiledBlock, tile: Int = 0) -> Floats {
    tensor.isOwn ? block.own.floats + tensor.offset : shared.floats + tensor.offset + tile * tensor.tileExtent
  }
  private func transposed(_ tensor: TiledTensor, _ block: TiledBlock, tile: Int) -> Floats {
    tensor.isOwn
      ? block.ownTransposed.floats + tensor.offset : sharedTransposed.floats + tensor.offset + tile * tensor.tileExtent
  }
  private func gradient(_ tensor: TiledTensor, _ block: TiledBlock, _ gradients: Gradients, tile: Int = 0) -> Floats {
    tensor.isOwn
      ? block.ownGradient.floats + tensor.offset : gradients.shared + tensor.offset + tile * tensor.tileExtent
  }

  /// Activations of every layer, and raw outputs without the head's bias.
  func forward(_ block: TiledBlock) {
    let columns = layout.columns
    let first = layout.weight(0)
    for run in block.runs {
      loadOwn(block, tile: run.tile)
      for (axis, slots) in run.slots.enumerated() {
        linearRows(
          block.encoding(axis) + slots.lowerBound * block.encodingStride, stride: block.encodingStride,
          count: slots.count, depth: first.axisInputs, weight: values(first, block) + axis * first.axisExtent,
          bias: axis == 0 ? values(layout.bias(0), block) : nil, columns: columns,
          into: block.table(axis) + slots.lowerBound * columns)
      }
    }
    leakyTableSum(
      tables: block.tables.floats, tableDistance: TiledBlock.rows * columns, slots: block.slots,
      slotDistance: TiledBlock.rows, axes: layout.axes, rows: block.rows, columns: columns,
      into: block.activations[0].floats)
    for layer in 1..<max(layout.hiddenLayers, 1) {
      let bias = values(layout.bias(layer), block)
      for group in block.groups[layer - 1] {
        leakyLayer(
          block.activations[layer - 1].floats, rows: group.rows, count: group.count, depth: layout.hidden,
          weight: transposed(layout.weight(layer), block, tile: group.tile), bias: bias, columns: columns,
          into: block.activations[layer].floats)
      }
    }
    linearHead(
      z: block.activations[layout.hiddenLayers - 1].floats, weight: values(layout.headWeight, block),
      outputs: channels, rows: block.rows, columns: columns, into: block.output.floats)
  }

  private func loadOwn(_ block: TiledBlock, tile: Int) {
    guard block.loadedTile != tile else { return }
    block.loadedTile = tile
    for (index, tensor) in layout.tensors.enumerated() where tensor.isOwn {
      let start = parameters.tensors[index].offset + tile * tensor.rows * tensor.length
      tensor.load(
        parameters.values.floats + start, padded: block.own.floats + tensor.offset,
        transposed: block.ownTransposed.floats + tensor.offset)
    }
  }

  /// Predictions alone.
  /// - Returns: whether all are finite.
  func outputs(_ block: TiledBlock, plan: TiledPlan, into prediction: Floats) -> Bool {
    let bias = values(layout.headBias, block)
    let isFull = plan.units.isEmpty
    for row in 0..<block.rows {
      let place = block.place(row, isFull: isFull) * channels
      for channel in 0..<channels {
        let y = block.output.floats.pointer[row * channels + channel] + bias.pointer[channel]
        block.output.floats.pointer[row * channels + channel] = y
        prediction.pointer[place + channel] = y
      }
    }
    return allFinite(block.output.floats, count: block.rows * channels)
  }

  /// Measures the outputs and turns them into their gradient; `block.biasSums` takes the bias' gradient, row by row.
  func loss(
    _ block: TiledBlock, plan: TiledPlan, target: Floats, prediction: Floats?, scale: Float
  ) -> SquaredErrors {
    let bias = values(layout.headBias, block)
    for row in 0..<TiledBlock.lossRows {
      for channel in 0..<channels { block.biasRow.floats.pointer[row * channels + channel] = bias.pointer[channel] }
    }
    fill(block.biasSums.floats, with: 0, count: block.biasSums.count)
    copyRows(block.rows, channels) { (block.target.floats.pointer, $0, target.pointer, Int(block.samples.pointer[$0])) }
    var sums = SquaredErrors()
    for row in stride(from: 0, to: block.rows, by: TiledBlock.lossRows) {
      let start = row * channels
      sums += squaredErrorRow(
        output: block.output.floats + start, bias: block.biasRow.floats, target: block.target.floats + start,
        weight: nil, count: min(TiledBlock.lossRows, block.rows - row) * channels, scale: scale,
        prediction: prediction == nil ? nil : block.prediction.floats + start, biasGradient: block.biasSums.floats)
    }
    if let prediction {
      copyRows(block.rows, channels) {
        (prediction.pointer, Int(block.samples.pointer[$0]), block.prediction.floats.pointer, $0)
      }
    }
    return sums
  }

  /// Copies one sample after another: `body(row)` says from where to where, in samples.
  @inline(__always)
  private func copyRows(
    _ rows: Int, _ channels: Int,
    _ body: (Int) -> (target: UnsafeMutablePointer<Float>, to: Int, source: UnsafeMutablePointer<Float>, from: Int)
  ) {
    for row in 0..<rows {
      let (target, to, source, from) = body(row)
      for channel in 0..<channels { target[to * channels + channel] = source[from * channels + channel] }
    }
  }

  /// From the outputs' gradient to that of every tensor; `forward` must have been this block's last pass.
  func backward(_ block: TiledBlock, _ gradients: Gradients) {
    let columns = layout.columns
    let last = layout.hiddenLayers - 1
    if layout.isOneNetworkPerTile { begin(block.runs[0].segment, block, gradients) }
    let headBias = gradient(layout.headBias, block, gradients)
    for row in 0..<TiledBlock.lossRows {
      for channel in 0..<channels { headBias.pointer[channel] += block.biasSums.floats.pointer[row * channels + channel] }
    }
    leakyHeadBackward(
      gradient: block.output.floats, weight: values(layout.headWeight, block), outputs: channels, rows: block.rows,
      columns: columns, activations: block.activations[last].floats,
      gradientWeight: gradient(layout.headWeight, block, gradients),
      gradientBias: gradient(layout.bias(last), block, gradients))
    for layer in (1..<max(layout.hiddenLayers, 1)).reversed() {
      let weight = layout.weight(layer)
      let (dz, below) = (block.activations[layer].floats, block.activations[layer - 1].floats)
      for group in block.groups[layer - 1] {
        addOuterProducts(
          dz, leftStride: columns, depth: layout.hidden, below, columns: columns, rows: group.rows,
          count: group.count, into: gradient(weight, block, gradients, tile: group.tile))
        leakyLayerBackward(
          dz, rows: group.rows, count: group.count, depth: layout.hidden,
          weight: values(weight, block, tile: group.tile), columns: columns, activations: below)
      }
      if layer > 1 {
        addColumnSums(
          below, rows: block.rows, columns: columns, into: gradient(layout.bias(layer - 1), block, gradients))
      }
    }
    firstLayerBackward(block, gradients)
  }

  private func firstLayerBackward(_ block: TiledBlock, _ gradients: Gradients) {
    let columns = layout.columns
    let first = layout.weight(0)
    for axis in 0..<layout.axes {
      let slots = block.runs[block.runs.count - 1].slots[axis].upperBound
      fill(block.table(axis), with: 0, count: slots * columns)
      addRows(
        block.activations[0].floats, slots: block.slots + axis * TiledBlock.rows, rows: block.rows, columns: columns,
        to: block.table(axis))
      // Every sample is in one slot of each axis; the bias is in the first axis' table. A head over it has added it.
      if axis == 0, layout.hiddenLayers > 1 {
        addColumnSums(
          block.table(0), rows: slots, columns: columns, into: gradient(layout.bias(0), block, gradients))
      }
    }
    for run in block.runs {
      begin(run.segment, block, gradients)
      for (axis, slots) in run.slots.enumerated() {
        addOuterProducts(
          block.encoding(axis) + slots.lowerBound * block.encodingStride, leftStride: block.encodingStride,
          depth: first.axisInputs, block.table(axis) + slots.lowerBound * columns, columns: columns, rows: nil,
          count: slots.count, into: gradient(first, block, gradients) + axis * first.axisExtent)
      }
    }
  }

  /// Makes a segment's own gradient the one that is being summed.
  private func begin(_ segment: Int, _ block: TiledBlock, _ gradients: Gradients) {
    guard block.segment != segment else { return }
    endSegment(block, gradients)
    block.segment = segment
    fill(block.ownGradient.floats, with: 0, count: layout.ownExtent)
  }

  /// Hands over the own gradient that is being summed, if any.
  func endSegment(_ block: TiledBlock, _ gradients: Gradients) {
    guard block.segment >= 0 else { return }
    if gradients.plan.splitsTiles {
      let part = gradients.ownParts + block.segment * layout.ownExtent
      part.pointer.update(from: block.ownGradient.floats.pointer, count: layout.ownExtent)
    } else {
      unloadOwn(block.ownGradient.floats, tile: gradients.plan.segmentTiles[block.segment])
    }
    block.segment = -1
  }
}
