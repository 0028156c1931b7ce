import Testing

@testable import Networks

@Suite struct BasesTests {
  @Test("Bases are as even as possible, the largest last", arguments: [
    (512, 4, [4, 4, 4, 8]), (512, 3, [8, 8, 8]), (768, 4, [4, 4, 6, 8]), (32_000, 4, [10, 10, 16, 20]),
    (8192, 6, [4, 4, 4, 4, 4, 8]), (640, 4, [4, 4, 5, 8]), (1, 4, [1, 1, 1, 1]), (512, 2, [16, 32]), (3, 4, [1, 1, 1, 3]),
  ])
  func planned(size: Int, levels: Int, expected: [Int]) {
    #expect(Bases.plan(size: size, levels: levels) == expected)
  }

  @Test("An axis that does not factor is padded as little as gives even bases")
  func padding() {
    #expect(Bases.plan(size: 427, levels: 4) == [3, 4, 6, 6])  // 432, 1.2 % more
    for size in Array(1...300) + Array(stride(from: 301, to: 3000, by: 17)) {
      for levels in [2, 3, 4, 5] {
        let bases = Bases.plan(size: size, levels: levels)
        let product = bases.reduce(1, *)
        #expect(bases.count == levels && product >= size)
        #expect(bases == bases.sorted())
        #expect(bases.last! <= max(5, bases[0] * 5 / 2))
        // Nothing smaller has even bases: "as little as does".
        for smaller in size..<product { #expect(Bases.evenBases(product: smaller, levels: levels) == nil) }
      }
    }
  }

  @Test("Lists are read for all axes or one an axis, and written the same way")
  func arguments() throws {
    #expect(try Bases(argument: "4,4,4,8").axes == [[4, 4, 4, 8]])
    #expect(try Bases(argument: "4,4,4,8x4,4,6,8").axes == [[4, 4, 4, 8], [4, 4, 6, 8]])
    #expect(try Bases(argument: "4,4,4,8x4,4,6,8").argument == "4,4,4,8x4,4,6,8")
    for wrong in ["", "4,,8", "a", "4,0", "-2,4", "4;4", "9999999999999999999,2"] {
      #expect(throws: ConfigurationError.self) { try Bases(argument: wrong) }
    }
  }

  @Test("The product is checked, the axis is named")
  func products() throws {
    #expect(try Bases(argument: "4,4,4,8").fitted(to: [512, 512]).axes == [[4, 4, 4, 8], [4, 4, 4, 8]])
    #expect(try Bases(argument: "3,4,6,6").fitted(to: [427]).paddedShape == [432])
    let error = #expect(throws: ConfigurationError.self) {
      try Bases(argument: "4,4,4,8").fitted(to: [512, 768])
    }
    #expect(error?.description.contains("512 on axis 1, which has 768") == true)
    #expect(throws: ConfigurationError.self) { try Bases(argument: "512").fitted(to: [512]) }
    #expect(throws: ConfigurationError.self) { try Bases(argument: "2,4x2,2,2").fitted(to: [8, 8]) }
    #expect(throws: ConfigurationError.self) { try Bases(argument: "2,4x2,4").fitted(to: [8, 8, 8]) }
    #expect(throws: ConfigurationError.self) {
      try Bases(argument: "1000000,1000000,1000000,1000000").fitted(to: [8])
    }
  }

  @Test("Hierarchical order is a permutation whose index is ((x_0·b_1 + x_1)·b_2 + x_2)…")
  func hierarchicalOrder() throws {
    let configuration = ASMRConfiguration(hidden: 8, bases: try Bases(argument: "2,3,2x2,2,2"))
    let order = try ASMRLayout(configuration, shape: [12, 8], channels: 1).order()
    var seen = Set<Int>()
    for row in 0..<12 {
      for column in 0..<8 {
        let native = order.offsets[0][row] + order.offsets[1][column]
        let digits = [(row / 6, column / 4), (row / 2 % 3, column / 2 % 2), (row % 2, column % 2)]
        let bases = [2, 2, 2]
        var expected = 0
        for (level, digit) in digits.enumerated() {
          let combinations = [4, 6, 4][level]
          expected = expected * combinations + digit.0 * bases[level] + digit.1
        }
        #expect(native == expected)
        seen.insert(native)
      }
    }
    #expect(seen.count == 96)
  }
}
