import Foundation
import Kernels
import Networks
import Testing

@testable import Training

@Suite struct OptimizationTests {
  @Test("The cosine schedule's start, middle, end and beyond")
  func schedule() {
    let schedule = CosineSchedule(start: 1e-3, end: 1e-5, length: 2000)
    #expect(schedule.learningRate(step: 0) == 1e-3)
    #expect(abs(Double(schedule.learningRate(step: 1000)) - 5.05e-4) < 1e-10)
    for (step, fraction) in [(500, 0.25), (1500, 0.75), (1999, 0.9995)] {
      let exact = 1e-5 + 0.5 * (1e-3 - 1e-5) * (1 + cos(Double.pi * fraction))
      // Single precision, at the size of the start.
      #expect(abs(Double(schedule.learningRate(step: step)) - exact) < 2 * Double(Float(1e-3).ulp))
    }
    #expect(schedule.learningRate(step: 2000) == 1e-5)
    #expect(schedule.learningRate(step: 2001) == 1e-5 && schedule.learningRate(step: 1 << 40) == 1e-5)
    for step in 0..<2000 { #expect(schedule.learningRate(step: step + 1) <= schedule.learningRate(step: step)) }
  }

  @Test("A schedule of one step, and one that ends where it begins")
  func shortSchedules() {
    let one = CosineSchedule(start: 0.5, end: 0.25, length: 1)
    #expect(one.learningRate(step: 0) == 0.5 && one.learningRate(step: 1) == 0.25)
    let flat = CosineSchedule(start: 1e-4, end: 1e-4, length: 10)
    for step in 0..<20 { #expect(flat.learningRate(step: step) == 1e-4) }
  }

  private static func store() -> ParameterStore {
    let store = ParameterStore([
      ParameterTensor(name: "a", shape: [7, 5], bound: 1), ParameterTensor(name: "b", shape: [3], bound: 0.1),
      ParameterTensor(name: "c", shape: [90, 70], bound: 2),
    ])
    store.initialise(seed: 4)
    return store
  }

  /// Gradients of very different sizes, some of them zero.
  private static func fillGradient(_ store: ParameterStore, step: Int) {
    var generator = RandomGenerator(seed: UInt64(step))
    for tensor in store.tensors {
      for index in 0..<tensor.count {
        let value = generator.uniform(1) * [1e-6, 1e-3, 1, 30][index % 4]
        store.gradient.floats[tensor.offset + index] = (index + step) % 11 == 0 ? 0 : value
      }
    }
  }

  @Test("Adam over 50 steps is the formula in double precision")
  func adam() {
    let store = Self.store()
    let optimizer = Adam(store)
    var values = store.values.array.map(Double.init)
    var mean = [Double](repeating: 0, count: store.extent)
    var square = mean
    let schedule = CosineSchedule(start: 1e-2, end: 1e-4, length: 50)
    // The constants as the single-precision numbers that they are.
    let (beta1, beta2) = (Double(Float(0.9)), Double(Float(0.999)))
    for step in 0..<50 {
      Self.fillGradient(store, step: step)
      let rate = Double(schedule.learningRate(step: step))
      for index in 0..<store.extent {
        let g = Double(store.gradient.floats[index])
        mean[index] = beta1 * mean[index] + (1 - beta1) * g
        square[index] = beta2 * square[index] + (1 - beta2) * g * g
        let corrected = mean[index] / (1 - pow(beta1, Double(step + 1)))
        let root = (square[index] / (1 - pow(beta2, Double(step + 1)))).squareRoot()
        values[index] -= rate * corrected / (root + 1e-8)
      }
      optimizer.update(store, learningRate: schedule.learningRate(step: step), parallel: Parallel(threads: 2))
    }
    #expect(optimizer.steps == 50)
    // 50 steps of at most 1e-2 move a parameter by up to 0.3: single precision leaves about 1e-6 of that.
    for index in 0..<store.extent { #expect(abs(Double(store.values.floats[index]) - values[index]) < 3e-6) }
    let moved = zip(values, Self.store().values.array).map { abs($0 - Double($1)) }
    #expect(moved.max()! > 0.05)
    // The gaps between tensors stay zero.
    for index in 35..<48 { #expect(store.values.floats[index] == 0) }
  }

  @Test("Adam gives the same bits at any number of threads; a step taken back and a new start leave nothing")
  func adamBitsAndUndo() {
    var results: [[Float]] = []
    for threads in [1, 2, 3] {
      let store = Self.store()
      let optimizer = Adam(store)
      var before: [Float] = []
      for step in 0..<7 {
        before = store.values.array
        Self.fillGradient(store, step: step)
        optimizer.update(store, learningRate: 1e-2, parallel: Parallel(threads: threads))
      }
      results.append(store.values.array)
      #expect(before != store.values.array)
      optimizer.undo(store)
      #expect(before == store.values.array && optimizer.steps == 6)

      let fresh = Self.store()
      optimizer.reset()
      store.initialise(seed: 4)
      let other = Adam(store)
      Self.fillGradient(store, step: 1)
      Self.fillGradient(fresh, step: 1)
      optimizer.update(store, learningRate: 1e-2, parallel: Parallel(threads: threads))
      other.update(fresh, learningRate: 1e-2, parallel: Parallel(threads: threads))
      #expect(store.values.array == fresh.values.array)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test("Adam with its own constants, L2 on one tensor, and entries that no gradient reaches left alone")
  func adamTraits() {
    let store = ParameterStore([
      ParameterTensor(
        name: "table", shape: [40, 2], distribution: .uniform(1), traits: OptimizerTraits(skipsUntouched: true)),
      ParameterTensor(
        name: "matrix", shape: [9, 7], distribution: .uniform(1), traits: OptimizerTraits(weightDecay: 0.25)),
      ParameterTensor(name: "plain", shape: [5], bound: 1),
    ])
    store.initialise(seed: 4)
    let constants = AdamConstants(beta1: 0.8, beta2: 0.95, epsilon: 1e-6)
    let optimizer = Adam(store, constants: constants)
    let (beta1, beta2) = (Double(constants.beta1), Double(constants.beta2))
    var values = store.values.array.map(Double.init)
    var mean = [Double](repeating: 0, count: store.extent)
    var square = mean
    var updates = [Int](repeating: 0, count: store.extent)
    var before: [Float] = []
    for step in 0..<30 {
      Self.fillGradient(store, step: step)
      // Most of the table is out of reach, as in a mini-batch; its first entries always, and −0 is zero, too.
      for index in 0..<80 where index < 4 || (index * 7 + step) % 5 != 0 {
        store.gradient.floats[index] = index % 2 == 0 ? 0 : -0.0
      }
      for (number, tensor) in store.tensors.enumerated() {
        for index in tensor.offset..<tensor.offset + tensor.count {
          let raw = Double(store.gradient.floats[index])
          guard number != 0 || raw != 0 else { continue }
          let g = raw + (number == 1 ? 0.25 * values[index] : 0)
          updates[index] += 1
          mean[index] = beta1 * mean[index] + (1 - beta1) * g
          square[index] = beta2 * square[index] + (1 - beta2) * g * g
          let root = (square[index] / (1 - pow(beta2, Double(updates[index])))).squareRoot()
          values[index] -= 1e-2 * mean[index] / (1 - pow(beta1, Double(updates[index]))) / (root + 1e-6)
        }
      }
      before = store.values.array
      optimizer.update(store, learningRate: 1e-2, parallel: Parallel(threads: 2))
    }
    let worst = zip(store.values.array, values).map { abs(Double($0) - $1) }.max()!
    #expect(worst < 1e-5, "\(worst)")
    #expect(updates[0..<4] == [0, 0, 0, 0] && updates[4..<80].allSatisfy { (5...7).contains($0) })
    let start = ParameterStore(store.tensors)
    start.initialise(seed: 4)
    #expect(store.values.array[0..<4] == start.values.array[0..<4])
    // Skipped or not, the last update is taken back.
    #expect(before != store.values.array)
    optimizer.undo(store)
    #expect(before == store.values.array && optimizer.steps == 29)
    // A new start leaves nothing, counts included.
    optimizer.reset()
    store.initialise(seed: 4)
    for each in [(store, optimizer), (start, Adam(start, constants: constants))] {
      Self.fillGradient(each.0, step: 1)
      each.1.update(each.0, learningRate: 1e-2, parallel: Parallel(threads: 1))
    }
    #expect(store.values.array == start.values.array)
  }

  @Test("Normal initial values have the asked deviation, each tensor its own stream")
  func normal() {
    let store = ParameterStore(["a", "b"].map {
      ParameterTensor(name: $0, shape: [10_000], distribution: .normal(0.5))
    })
    store.initialise(seed: 1)
    for tensor in store.tensors {
      let values = store.array(tensor).map(Double.init)
      let mean = values.reduce(0, +) / 10_000
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10_000
      #expect(abs(mean) < 0.02 && abs(variance.squareRoot() - 0.5) < 0.02)
      // 68.3 % within one deviation.
      let inside = values.filter { abs($0) < 0.5 }.count
      #expect(abs(Double(inside) / 10_000 - 0.683) < 0.02)
    }
    #expect(store.array(store.tensors[0]) != store.array(store.tensors[1]))
  }

  @Test("Every unit once an epoch, batches ascending, another permutation in the next epoch", arguments: [
    (units: 100, samplesPerUnit: 1, batch: 8), (64, 16, 300), (7, 64, 1), (1000, 1, 999),
  ])
  func sampler(_ sizes: (units: Int, samplesPerUnit: Int, batch: Int)) throws {
    let units = BatchUnits(count: sizes.units, samplesPerUnit: sizes.samplesPerUnit)
    var sampler = try #require(
      BatchSampler(.samples(sizes.batch), units: units, generator: RandomGenerator(seed: 3, stream: "test")))
    #expect(sampler.unitsPerBatch == max(1, Int((Double(sizes.batch) / Double(sizes.samplesPerUnit)).rounded())))
    var epochs: [[[Int32]]] = []
    for _ in 0..<3 {
      let batches = (0..<sampler.batchesOfAnEpoch).map { _ in sampler.draw() }
      for batch in batches {
        #expect(!batch.isEmpty && batch.count <= sampler.unitsPerBatch)
        #expect(zip(batch, batch.dropFirst()).allSatisfy { $0 < $1 })
      }
      for batch in batches.dropLast() { #expect(batch.count == sampler.unitsPerBatch) }
      #expect(batches.flatMap { $0 }.sorted() == (0..<Int32(sizes.units)).map { $0 })
      epochs.append(batches)
    }
    #expect(epochs[0] != epochs[1] && epochs[1] != epochs[2])
    // The same generator draws the same batches.
    var again = try #require(
      BatchSampler(.samples(sizes.batch), units: units, generator: RandomGenerator(seed: 3, stream: "test")))
    #expect(epochs[0] == (0..<again.batchesOfAnEpoch).map { _ in again.draw() })
  }

  @Test("No sampler for a batch that holds everything")
  func noSampler() {
    let generator = RandomGenerator(seed: 1)
    let units = BatchUnits(count: 64, samplesPerUnit: 16)
    #expect(BatchSampler(.full, units: units, generator: generator) == nil)
    #expect(BatchSampler(.samples(1024), units: units, generator: generator) == nil)
    // Rounded to whole cells it is all of them.
    #expect(BatchSampler(.samples(1017), units: units, generator: generator) == nil)
    #expect(BatchSampler(.samples(1015), units: units, generator: generator)?.unitsPerBatch == 63)
    #expect(BatchSampler(.samples(1), units: BatchUnits(count: 1, samplesPerUnit: 1), generator: generator) == nil)
  }

  @Test("The error window is the plain sum over the last batches", arguments: [1, 2, 7, 50])
  func window(_ capacity: Int) {
    var window = ErrorWindow(capacity: capacity)
    var entries: [(squares: Double, clamped: Double, values: Int)] = []
    var generator = FixedGenerator(state: 11)
    for index in 0..<200 {
      // Errors fall by four orders, as in a run.
      let size = pow(10, -Double(index) / 50)
      var errors = SquaredErrors()
      errors.squares = size * Double.random(in: 0.5...1.5, using: &generator)
      errors.clampedSquares = errors.squares * 0.75
      let values = Int.random(in: 1...500, using: &generator)
      window.add(errors, values)
      entries.append((errors.squares, errors.clampedSquares, values))
      let last = entries.suffix(capacity)
      #expect(isClose(window.errors.squares, last.reduce(0) { $0 + $1.squares }, 1e-9))
      #expect(isClose(window.errors.clampedSquares, last.reduce(0) { $0 + $1.clamped }, 1e-9))
      #expect(window.values == last.reduce(0) { $0 + $1.values })
    }
  }

  @Test("Sums in the window never fall below zero after errors of quite another size")
  func windowStaysPositive() {
    var window = ErrorWindow(capacity: 2)
    for squares in [1e30, 1e30, 1e-20, 1e-20, 1e-20] {
      var errors = SquaredErrors()
      errors.squares = squares
      errors.clampedSquares = squares
      window.add(errors, 1)
      #expect(window.errors.squares >= 0 && window.errors.clampedSquares >= 0)
    }
    #expect(window.values == 2)
  }
}
