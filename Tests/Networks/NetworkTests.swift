import Kernels
import Testing

@testable import Networks

/// Every model against a plain evaluation of its formulas, with and without padding, on 1 to 3 axes.
@Suite struct NetworkTests {
  @Test("The outputs are those of the plain evaluator", arguments: Subject.small)
  func forward(_ subject: Subject) throws {
    let network = try subject.network()
    let ours = subject.prediction(network)
    let reference = ReferenceParameters(network.parameters)
    for raster in 0..<subject.shape.reduce(1, *) {
      for (channel, value) in subject.evaluate(reference, raster).enumerated() {
        #expect(abs(Double(ours[raster * subject.channels + channel]) - value) < 1e-4)
      }
    }
  }

  @Test("At the real size, too: 512×512 and 8192 samples, some thousand samples of each")
  func forwardAtSize() throws {
    for subject in [
      Subject.asmr("4,4,4,8", hidden: 256, shape: [512, 512]),
      .asmr("4,4,4,8", hidden: 256, shape: [512, 512], omega0: 100),
      .asmr("4,8,16,16", hidden: 256, shape: [8192]),
      .siren(hidden: 256, shape: [512, 512], channels: 3),
    ] + Subject.tiledAtSize {
      #expect(try subject.worstDeviation() < 1e-4, "\(subject.name)")
    }
  }

  @Test("The gradient is that of central differences in double precision", arguments: Subject.small)
  func gradient(_ subject: Subject) throws {
    let network = try subject.network()
    let target = subject.target()
    let native = subject.native(target, of: network)
    let prediction = AlignedBuffer(count: native.count)
    let report = network.lossAndGradient(
      .all, target: native.floats, prediction: prediction.floats, parallel: Parallel(threads: 2))
    let samples = Array(0..<subject.shape.reduce(1, *))
    let loss = subject.referenceLoss(ReferenceParameters(network.parameters), target: target, samples: samples)
    #expect(abs(report.meanSquaredError - loss) < 1e-4 * loss)
    #expect(report.values == samples.count * subject.channels)
    subject.checkGradient(network, target: target, samples: samples)
  }

  @Test("Every element of the gradient, full batch", arguments: Subject.tiny)
  func wholeGradient(_ subject: Subject) throws {
    let network = try subject.network(seed: 2)
    let target = subject.target()
    let native = subject.native(target, of: network)
    _ = network.lossAndGradient(.all, target: native.floats, prediction: nil, parallel: Parallel(threads: 2))
    subject.checkGradient(
      network, target: target, samples: Array(0..<subject.shape.reduce(1, *)), everyElement: true)
  }

  @Test("The step's own predictions are those of a forward pass", arguments: Subject.small)
  func stepPrediction(_ subject: Subject) throws {
    let network = try subject.network()
    let native = subject.native(subject.target(), of: network)
    let fromStep = AlignedBuffer(count: native.count)
    _ = network.lossAndGradient(.all, target: native.floats, prediction: fromStep.floats, parallel: Parallel(threads: 1))
    let alone = AlignedBuffer(count: native.count)
    #expect(network.predict(.all, into: alone.floats, parallel: Parallel(threads: 1)))
    for index in 0..<native.count { #expect(abs(fromStep.floats[index] - alone.floats[index]) < 1e-5) }
  }

  @Test("A mini-batch is the loss of its samples alone", arguments: Subject.small)
  func miniBatch(_ subject: Subject) throws {
    let network = try subject.network()
    let target = subject.target()
    let native = subject.native(target, of: network)
    let units = (0..<Int32(network.batchUnits.count)).filter { $0 % 3 != 1 }
    let report = network.lossAndGradient(
      .units(units), target: native.floats, prediction: nil, parallel: Parallel(threads: 2))

    // Which samples those are: predictions of a step land only on them.
    let marked = AlignedBuffer(count: native.count)
    fill(marked.floats, with: .nan, count: marked.count)
    _ = network.lossAndGradient(
      .units(units), target: native.floats, prediction: marked.floats, parallel: Parallel(threads: 1))
    var raster = [Float](repeating: 0, count: target.count)
    raster.withUnsafeMutableBufferPointer {
      network.order.toRaster(marked.floats, channels: subject.channels, into: $0.baseAddress!)
    }
    let samples = (0..<subject.shape.reduce(1, *)).filter { !raster[$0 * subject.channels].isNaN }
    #expect(report.values == samples.count * subject.channels)
    #expect(samples.count < subject.shape.reduce(1, *) || network.batchUnits.count < 2)
    let loss = subject.referenceLoss(ReferenceParameters(network.parameters), target: target, samples: samples)
    #expect(abs(report.meanSquaredError - loss) < 1e-4 * loss)
    subject.checkGradient(network, target: target, samples: samples)
  }

  @Test("One, two and three threads give the same bits", arguments: Subject.small + [
    .asmr("4,4,4,8", hidden: 64, shape: [512, 512]), .siren(hidden: 32, shape: [100, 90]),
    .hashGrid(levels: 8, tableSize: 32_768, base: [16], finest: [256], hidden: 64, shape: [512, 512]),
    .hashGrid(levels: 8, tableSize: 4_096, base: [16], finest: [4096], hidden: 32, shape: [200, 300]),
    .hashGrid(levels: 4, tableSize: 512, base: [3], finest: [30], shape: [20, 40, 50]),
  ] + Subject.tiledAtSize)
  func threads(_ subject: Subject) throws {
    var gradients: [[Float]] = []
    var losses: [Double] = []
    for threads in [1, 2, 3] {
      let network = try subject.network()
      let native = subject.native(subject.target(), of: network)
      let report = network.lossAndGradient(
        .all, target: native.floats, prediction: nil, parallel: Parallel(threads: threads))
      gradients.append(network.parameters.gradient.array)
      losses.append(report.errors.clampedSquares)
    }
    #expect(gradients[0] == gradients[1] && gradients[0] == gradients[2])
    #expect(losses[0] == losses[1] && losses[0] == losses[2])
    #expect(gradients[0].contains { $0 != 0 })
  }

  @Test("Arguments beyond the sine's reach are reported", arguments: Subject.small.filter(\.hasSines))
  func outOfRange(_ subject: Subject) throws {
    let network = try subject.network()
    for index in 0..<network.parameters.extent { network.parameters.values.floats[index] *= 1e9 }
    let native = subject.native(subject.target(), of: network)
    let report = network.lossAndGradient(.all, target: native.floats, prediction: nil, parallel: Parallel(threads: 1))
    #expect(!report.argumentsInRange)
  }
}
