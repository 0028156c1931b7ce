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
  }

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
    var asmr = RunConfiguration()
    asmr.preset = .paper
    var siren = asmr
    siren.model = .siren
    let subjects = [("ASMR 4×256", try Trainer(asmr, signal: signal), 24), ("SIREN 4×256", try Trainer(siren, signal: signal), 1)]
    var products = shapes.map { ProductTimer(m: $0.0, n: $0.1, k: $0.2, threads: threads) }
    var times = subjects.map { _ in [Double]() }
    for (_, trainer, steps) in subjects { for _ in 0..<min(steps, 3) { _ = trainer.advance(parallel: parallel) } }
    for round in 0..<rounds {
      progress("round \(round + 1) of \(rounds)")
      for index in products.indices { products[index].measure(parallel) }
      for (index, subject) in subjects.enumerated() {
        for _ in 0..<subject.2 {
          let start = TrainingClock.seconds
          _ = subject.1.advance(parallel: parallel)
          times[index].append(TrainingClock.seconds - start)
        }
      }
      for index in products.indices { products[index].measure(parallel) }
    }
    let plain = products.map { Product(m: $0.m, n: $0.n, k: $0.k, gflops: $0.gflops) }
    let best = plain.map(\.gflops).max() ?? 0
    return Benchmark(
      threads: threads, rounds: rounds, sgemm: plain, sgemm_gflops: best,
      models: zip(subjects, times).map { subject, times in
        let flop = subject.1.cost.flopPerStep
        let middle = median(times)
        return Model(
          name: subject.0, data_shape: [size, size], flop_per_step: flop, seconds_median: middle,
          seconds_best: times.min() ?? middle, gflops: flop / middle * 1e-9, share_of_sgemm: flop / middle * 1e-9 / best)
      })
  }

  /// Something smooth with edges; speed does not depend on it.
  private static func pattern(_ size: Int) -> [Float] {
    (0..<size * size).map { index in
      let (row, column) = (index / size, index % size)
      return Float((row / 32 + column / 32) % 2) * 0.5 + Float(row) / Float(2 * size)
    }
  }
}

private func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
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

  var gflops: Double { median(rates) }

  /// About 30 ms of products on every thread.
  mutating func measure(_ parallel: Parallel) {
    let flop = 2 * Double(m) * Double(n) * Double(k)
    let repeats = max(1, Int(3e9 / flop))
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
