import Kernels
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A buffer with the given values.
private func buffer(_ values: [Float]) -> AlignedBuffer {
  let buffer = AlignedBuffer(count: values.count)
  for (index, value) in values.enumerated() { buffer.floats[index] = value }
  return buffer
}

private func random(_ count: Int, seed: UInt64 = 1, bound: Float = 1) -> [Float] {
  var generator = RandomGenerator(seed: seed)
  return (0..<count).map { _ in generator.uniform(bound) }
}

@Suite struct SineCosineTests {
  /// Largest error of the kernel against libm in double precision over some arguments.
  private func worstError(_ arguments: [Float]) -> Double {
    let columns = paddedRowLength(arguments.count)
    let input = buffer(arguments + [Float](repeating: 0, count: columns - arguments.count))
    let (sine, cosine, zero) = (
      AlignedBuffer(count: columns), AlignedBuffer(count: columns), AlignedBuffer(count: columns)
    )
    #expect(sineCosine(
      argument: input.floats, bias: zero.floats, rows: 1, columns: columns, sine: sine.floats, cosine: cosine.floats,
      stride: columns))
    var worst = 0.0
    for (index, x) in arguments.enumerated() {
      worst = max(worst, abs(Double(sine.floats[index]) - sin(Double(x))))
      worst = max(worst, abs(Double(cosine.floats[index]) - cos(Double(x))))
    }
    withExtendedLifetime((input, zero)) {}
    return worst
  }

  @Test("Sine and cosine are right to 1e-7 for small and for very large arguments", arguments: [
    1, 40, 1_300, 14_000, 200_000, 1_000_000,
  ] as [Float])
  func accuracy(bound: Float) {
    #expect(worstError(random(20_000, bound: bound)) < 1e-7)
  }

  @Test("At and around multiples of π/4, and at zero")
  func multiples() {
    var arguments: [Float] = [0, -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude]
    for multiple in -2000...2000 {
      let x = Float(Double(multiple) * Double.pi / 4)
      arguments += [x, x.nextUp, x.nextDown]
    }
    #expect(worstError(arguments) < 1e-7)
  }

  @Test("What cannot be reduced any more is reported", arguments: [1_000_100, -5e6, .infinity, -.infinity, .nan] as [Float])
  func outOfRange(argument: Float) {
    let row = [Float](repeating: 1, count: 15)
    for position in [0, 7, 15] {
      var values = row
      values.insert(argument, at: position)
      let input = buffer(values)
      let (sine, zero) = (AlignedBuffer(count: 16), AlignedBuffer(count: 16))
      #expect(!sineCosine(
        argument: input.floats, bias: zero.floats, rows: 1, columns: 16, sine: sine.floats, cosine: nil, stride: 16))
      withExtendedLifetime(input) {}
    }
  }

  @Test("Modulation arguments keep their phase where a float has lost it")
  func modulation() {
    let (count, width, axes) = (5, 20, 2)
    let weight = random(width * axes)
    let digits = random(count * axes, seed: 2)
    let result = AlignedBuffer(count: count * 32)
    let (w, x) = (buffer(weight), buffer(digits))
    modulatorArguments(
      weight: w.floats, axes: axes, digits: x.floats, count: count, width: width, scale: 10_000, into: result.floats,
      columns: 32)
    for digit in 0..<count {
      for column in 0..<32 {
        let exact = column >= width ? 0 : 10_000 * (0..<axes).reduce(0.0) {
          $0 + Double(weight[column * axes + $1]) * Double(digits[digit * axes + $1])
        }
        let ours = result.floats[digit * 32 + column]
        #expect(abs(ours) < 3.2)
        #expect(abs(sin(Double(ours)) - sin(exact)) < 3e-7)
      }
    }
    withExtendedLifetime((w, x)) {}
  }
}

@Suite struct ElementwiseTests {
  @Test("Parts are summed in their order, whatever the range's cut")
  func parts() {
    let (count, distance) = (3, 48)
    let values = random(count * distance)
    let source = buffer(values)
    let whole = AlignedBuffer(count: distance)
    let cut = AlignedBuffer(count: distance)
    sumParts(source.floats, count: count, distance: distance, range: 0..<45, into: whole.floats)
    sumParts(source.floats, count: count, distance: distance, range: 0..<16, into: cut.floats)
    sumParts(source.floats, count: count, distance: distance, range: 16..<45, into: cut.floats)
    for index in 0..<45 {
      let expected = values[index] + values[distance + index] + values[2 * distance + index]
      #expect(whole.floats[index] == expected && cut.floats[index] == expected)
    }
    #expect(whole.floats[45] == 0)
    withExtendedLifetime(source) {}
  }

  @Test("A value that is not finite is found wherever it is", arguments: [Float.nan, .infinity, -.infinity])
  func finite(value: Float) {
    for count in [1, 15, 16, 17, 100] {
      let values = buffer(random(count))
      #expect(allFinite(values.floats, count: count))
      for position in [0, count / 2, count - 1] {
        let before = values.floats[position]
        values.floats[position] = value
        #expect(!allFinite(values.floats, count: count))
        values.floats[position] = before
      }
    }
  }

  @Test("Errors, gradient and bias gradient of a row, against the definition", arguments: [1, 3, 16, 64, 75])
  func errors(count: Int) {
    let (output, bias, target) = (random(count, bound: 2), random(count, seed: 2), random(count, seed: 3))
    let weight = (0..<count).map { Float($0 % 3 == 1 ? 0 : 1) }
    let (y, b, t, w) = (buffer(output), buffer(bias), buffer(target), buffer(weight))
    let (prediction, biasGradient) = (AlignedBuffer(count: count), AlignedBuffer(count: count))
    let sums = squaredErrorRow(
      output: y.floats, bias: b.floats, target: t.floats, weight: w.floats, count: count, scale: 0.5,
      prediction: prediction.floats, biasGradient: biasGradient.floats)
    var (squares, clamped) = (0.0, 0.0)
    for index in 0..<count {
      let value = output[index] + bias[index]
      let difference = Double(weight[index] * (value - target[index]))
      squares += difference * difference
      let inside = Double(weight[index] * (min(max(value, 0), 1) - target[index]))
      clamped += inside * inside
      #expect(prediction.floats[index] == value)
      #expect(abs(Double(y.floats[index]) - 0.5 * difference) < 1e-6)
      #expect(biasGradient.floats[index] == y.floats[index])
    }
    #expect(abs(sums.squares - squares) < 1e-5 * max(squares, 1))
    #expect(abs(sums.clampedSquares - clamped) < 1e-5 * max(clamped, 1))
    withExtendedLifetime((b, t, w)) {}
  }
}

@Suite struct MatrixProductTests {
  @Test("All orientations, strides, alpha and beta against the definition")
  func orientations() {
    let (m, n, k) = (7, 9, 5)
    for (aTransposed, bTransposed) in [(false, false), (false, true), (true, false), (true, true)] {
      let lda = (aTransposed ? m : k) + 3
      let ldb = (bTransposed ? k : n) + 2
      let a = random((aTransposed ? k : m) * lda)
      let b = random((bTransposed ? n : k) * ldb, seed: 2)
      let c = random(m * (n + 1), seed: 3)
      let (bufferA, bufferB, result) = (buffer(a), buffer(b), buffer(c))
      matrixProduct(
        aTransposed ? .transposed : .plain, bTransposed ? .transposed : .plain, m: m, n: n, k: k, alpha: 2,
        bufferA.floats, lda: lda, bufferB.floats, ldb: ldb, beta: 1, result.floats, ldc: n + 1)
      for row in 0..<m {
        for column in 0..<n {
          var sum = 0.0
          for index in 0..<k {
            sum += Double(aTransposed ? a[index * lda + row] : a[row * lda + index])
              * Double(bTransposed ? b[column * ldb + index] : b[index * ldb + column])
          }
          let expected = 2 * sum + Double(c[row * (n + 1) + column])
          #expect(abs(Double(result.floats[row * (n + 1) + column]) - expected) < 1e-5)
        }
        // The gap between the rows is nobody's.
        #expect(result.floats[row * (n + 1) + n] == c[row * (n + 1) + n])
      }
      withExtendedLifetime((bufferA, bufferB)) {}
    }
  }
}

@Suite struct ParallelTests {
  @Test("Every chunk runs once, workers are not shared", arguments: [1, 2, 3, 8])
  func chunks(threads: Int) {
    let counts = AlignedBuffer(count: 100)
    let workers = AlignedBuffer(count: 100)
    Parallel(threads: threads).forEach(chunks: 100) { chunk, worker in
      counts.floats[chunk] += 1
      workers.floats[chunk] = Float(worker)
    }
    for chunk in 0..<100 {
      #expect(counts.floats[chunk] == 1)
      #expect((0..<Float(threads)).contains(workers.floats[chunk]))
    }
  }

  @Test("Ranges cover everything once", arguments: [0, 1, 5, 1_000])
  func ranges(count: Int) {
    let seen = AlignedBuffer(count: max(count, 1))
    Parallel(threads: 2).forEach(count: count, grain: 7) { range in
      for index in range { seen.floats[index] += 1 }
    }
    for index in 0..<count { #expect(seen.floats[index] == 1) }
  }
}

@Suite struct RandomGeneratorTests {
  @Test("xoshiro256** seeded by SplitMix64: the published sequence")
  func sequence() {
    // State {1, 2, 3, 4} cannot be set from outside; SplitMix64's first outputs of seed 0 are known, and with them the
    // generator's first output: rotl(s1 · 5, 7) · 9.
    let s1: UInt64 = 0x6E78_9E6A_A1B9_65F4
    let product = s1 &* 5
    var generator = RandomGenerator(seed: 0)
    #expect(generator.next() == ((product << 7) | (product >> 57)) &* 9)
  }

  @Test("Uniform values stay within their bound and fill it; streams differ")
  func uniform() {
    var generator = RandomGenerator(seed: 3)
    let values = (0..<50_000).map { _ in generator.uniform(0.25) }
    #expect(values.allSatisfy { $0 >= -0.25 && $0 < 0.25 })
    #expect(abs(values.reduce(0, +) / 50_000) < 0.003)
    #expect(values.max()! > 0.2499 && values.min()! < -0.2499)
    var (a, b) = (RandomGenerator(seed: 3, stream: "a"), RandomGenerator(seed: 3, stream: "b"))
    #expect(a.next() != b.next())
  }

  @Test("Indices below a bound are all met about equally often")
  func indices() {
    var generator = RandomGenerator(seed: 4)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.index(below: 7)] += 1 }
    #expect(counts.allSatisfy { (9_500...10_500).contains($0) })
  }
}
