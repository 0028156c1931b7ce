import Kernels
import Networks
import Signals

/// How fast this engine trains on this machine, as shares of what plain matrix products reach in the same run: absolute
/// times mean little on shared machines, ratios within one run do.
public struct Benchmark: Encodable, Sendable {
  /// A plain `dnnl_sgemm` on every thread at once, each on matrices of its own.
  public struct Product: Encodable, Sendable {
    public let m, n, k: Int
    /// Median over the rounds.
    public let gflops: Double
  }

  /// Full steps (loss, gradient, update) of one model.
  public struct Model: Encodable, Sendable {
    public let name: String
    public let data_shape: [Int]
    /// Floating-point operations of a step's matrix products.
    public let flop_per_step: Double
    public let seconds_median: Double
    public let seconds_best: Double
    /// From the median time.
    public let gflops: Double
    /// `gflops` over that of the fastest plain product.
    public let share_of_sgemm: Double
    /// Seconds that plain products of the step's own shapes take in the same run.
    public let own_products_seconds: Double
    /// `own_products_seconds` over the median: above 1 where the step needs less arithmetic than these products, or
    /// does it faster.
    public let share_of_own_products: Double
    /// Seconds of a step of the reference implementation (PyTorch 2.15 on two cores of a Sapphire Rapids machine),
    /// measured once and elsewhere.
    public let reference_seconds: Double?
  }

  /// Models and the reference implementation's seconds a step at 512×512 grey.
  private static let subjects: [(specification: String, steps: Int, reference: Double)] = [
    ("asmr", 24, 1.241), ("siren", 1, 4.407), ("kilonerf", 24, 0.117), ("loe", 16, 0.124), ("hashgrid", 8, 0.706),
  ]

  public let threads: Int
  public let rounds: Int
  public let sgemm: [Product]
  /// The fastest of `sgemm`.
  public let sgemm_gflops: Double
  public let models: [Model]

  /// Shapes of the models' own layers and a large one.
  private static let shapes = [(256, 256, 256), (1024, 256, 256), (256, 64, 512), (1024, 1024, 1024)]

  /// Runs everything in rounds, so that a slow moment of the machine meets all of it.
  ///
  /// - Parameter progress: told what is being measured.
  public static func run(threads: Int, rounds: Int, progress: (String) -> Void) throws(ConfigurationError) -> Benchmark {
    let parallel = Parallel(threads: threads)
    let size = 512
    let signal = Signal(shape: [size, size], channels: 1, samples: pattern(size))
    var timers: [ModelTimer] = []
    for subject in subjects {
      var configuration = try RunSpecification.configuration(subject.specification)
      configuration.preset = .paper
      timers.append(try ModelTimer(configuration, signal: signal, steps: subject.steps, reference: subject.reference, threads: threads))
    }
    var products = shapes.map { ProductTimer(m: $0.0, n: $0.1, k: $0.2, threads: threads) }
    for index in timers.indices { timers[index].warmUp(parallel) }
    for round in 0..<rounds {
      progress("round \(round + 1) of \(rounds)")
      for index in products.indices { products[index].measure(parallel) }
      for index in timers.indices { timers[index].measure(parallel) }
      for index in products.indices { products[index].measure(parallel) }
    }
    let plain = products.map { Product(m: $0.m, n: $0.n, k: $0.k, gflops: $0.gflops) }
    let best = plain.map(\.gflops).max() ?? 0
    return Benchmark(
      threads: threads, rounds: rounds, sgemm: plain, sgemm_gflops: best,
      models: timers.map { $0.result(shape: [size, size], sgemm: best) })
  }

  /// Something smooth with edges; speed does not depend on it.
  static func pattern(_ size: Int) -> [Float] {
    (0..<size * size).map { index in
      let (row, column) = (index / size, index % size)
      return Float((row / 32 + column / 32) % 2) * 0.5 + Float(row) / Float(2 * size)
    }
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}

/// Times full steps of one model, and plain products of its shapes beside them.
private struct ModelTimer {
  let trainer: Trainer
  let steps: Int
  let reference: Double
  private var products: [(timer: ProductTimer, count: Double)]
  private var times: [Double] = []

  init(
    _ configuration: RunConfiguration, signal: Signal, steps: Int, reference: Double, threads: Int
  ) throws(ConfigurationError) {
    trainer = try Trainer(configuration, signal: signal)
    (self.steps, self.reference) = (steps, reference)
    let model = try configuration.modelConfiguration(shape: signal.shape)
    products = try model.products(shape: signal.shape, channels: signal.channels).map {
      (ProductTimer(m: $0.m, n: $0.n, k: $0.k, threads: threads), $0.count)
    }
  }

  func warmUp(_ parallel: Parallel) {
    for _ in 0..<min(steps, 3) { _ = trainer.advance(parallel: parallel) }
  }

  mutating func measure(_ parallel: Parallel) {
    for index in products.indices { products[index].timer.measure(parallel, flop: 3e8) }
    for _ in 0..<steps {
      let start = TrainingClock.seconds
      _ = trainer.advance(parallel: parallel)
      times.append(TrainingClock.seconds - start)
    }
  }

  func result(shape: [Int], sgemm: Double) -> Benchmark.Model {
    let flop = trainer.cost.flopPerStep
    let middle = Benchmark.median(times)
    let own = products.reduce(0) { $0 + $1.count * $1.timer.flop / ($1.timer.gflops * 1e9) }
    return Benchmark.Model(
      name: trainer.configuration.label, data_shape: shape, flop_per_step: flop, seconds_median: middle,
      seconds_best: times.min() ?? middle, gflops: flop / middle * 1e-9, share_of_sgemm: flop / middle * 1e-9 / sgemm,
      own_products_seconds: own, share_of_own_products: own / middle, reference_seconds: reference)
  }
}

/// Times one shape of plain product.
private struct ProductTimer {
  let m, n, k: Int
  private let threads: Int
  private let a, b, c: [AlignedBuffer]
  private var rates: [Double] = []

  init(m: Int, n: Int, k: Int, threads: Int) {
    (self.m, self.n, self.k, self.threads) = (m, n, k, threads)
    func filled(_ count: Int) -> [AlignedBuffer] {
      (0..<threads).map { thread in
        let buffer = AlignedBuffer(count: count)
        var generator = RandomGenerator(seed: UInt64(thread))
        for index in 0..<count { buffer.floats[index] = generator.uniform(1) }
        return buffer
      }
    }
    a = filled(m * k)
    b = filled(k * n)
    c = filled(m * n)
  }

  var gflops: Double { Benchmark.median(rates) }

  /// Of one product.
  var flop: Double { 2 * Double(m) * Double(n) * Double(k) }

  /// So many floating-point operations of products on every thread: by default about 30 ms.
  mutating func measure(_ parallel: Parallel, flop wanted: Double = 3e9) {
    let repeats = max(1, Int(wanted / flop))
    let start = TrainingClock.seconds
    parallel.forEach(chunks: threads) { chunk, _ in
      for _ in 0..<repeats {
        matrixProduct(
          .plain, .plain, m: m, n: n, k: k, a[chunk].floats, lda: k, b[chunk].floats, ldb: n, c[chunk].floats, ldc: n)
      }
    }
    rates.append(flop * Double(repeats * threads) / (TrainingClock.seconds - start) * 1e-9)
  }
}
