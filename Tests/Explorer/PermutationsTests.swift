import Canvas
import Networks
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// The view of the orders of ASMR's bases.
@Suite struct PermutationsTests: OrderTests {
  // MARK: Before anything runs

  @Test func theCountComesFirst() throws {
    var state = try opened()
    #expect(state.text.contains("4 distinct orders of [4,4,4,8], the same on both axes"))
    #expect(state.text.contains("16 when each axis has its own") && state.text.contains("1,344.2 to 4,608.2"))
    #expect(state.text.contains("7.91T MACs forward, 2,000 steps each") && state.text.contains("available are 4.0 GB"))
    #expect(state.orderRuns.isEmpty && state.lastRow.contains("enter start"))
    _ = state.press("i")
    #expect(state.text.contains("16 distinct orders of [4,4,4,8], each axis its own"))
    #expect(state.waitingOrders.count == 16 && state.lastRow.contains("i same"))
    _ = state.press("i")
    #expect(state.waitingOrders.map(\.bases.argument) == ["4,4,4,8", "4,4,8,4", "4,8,4,4", "8,4,4,4"])
  }

  @Test func anotherModelsRunLendsItsPresetAndSeed() throws {
    let state = try opened { ($0.model, $0.seed, $0.preset) = (.siren, 5, .paper) }
    let source = try #require(state.permutations.plan?.source)
    #expect(source.model == .asmr && source.seed == 5 && source.preset == .paper && source.bases?.argument == "4,4,4,8")
  }

  @Test func atMostTwentyFour() throws {
    var state = try opened { $0.layers = 5 }
    _ = state.press("i")
    let count = try #require(state.permutations.plan?.count)
    #expect(count > 24 && state.waitingOrders.count == 24 && state.text.contains("run are 24, those of fewest MACs"))
    _ = state.update(.key(.enter))
    #expect(state.orderRuns.count == 24 && state.waitingOrders.isEmpty)
    #expect(Set(state.orderRuns.map(\.mark)).count == 24 && state.shownRuns.map(\.id) == [RunID(1)])
    #expect(state.press("a") == [] && state.overlay == nil && state.lastRow.contains("24 orders"))
  }

  // MARK: Starting

  @Test func startingRunsTheOrdersAndTheRaceWaits() throws {
    var state = try opened { ($0.hidden, $0.seed, $0.steps) = (64, 3, 500) }
    let source = state.run.configuration
    let effects = state.update(.key(.enter))
    #expect(effects.starts(with: [.pause(RunID(1)), .turns(.equalSteps)]))
    #expect(orders(state) == ["4,4,4,8", "4,4,8,4", "4,8,4,4", "8,4,4,4"])
    for run in state.orderRuns {
      #expect(effects.contains(.add(run.id, run.configuration)) && run.isPermutation)
      var same = run.configuration
      same.bases = source.bases
      #expect(same == source)
      // Every order is drawn, so that SSIM is measured of all.
      #expect(effects.contains(.preview(run.id, run.request)) && run.request != nil)
    }
    #expect(state.selection == RunID(2) && state.turnMode == .equalSteps && state.lastRow.contains("the race is paused"))
    // Nothing is left to start.
    #expect(state.update(.key(.enter)) == [] && state.orderRuns.count == 4)
    // The race goes on and is paused again.
    #expect(state.press("w") == [.resume(RunID(1))] && state.press("w") == [.pause(RunID(1))])
    // All orders, and nothing else.
    #expect(state.press("P") == (2...5).map { .pause(RunID($0)) })
    #expect(state.press("P") == (2...5).map { .resume(RunID($0)) })
    #expect(state.press("R") == (2...5).map { .reset(RunID($0)) })
  }

  @Test func whatWasPausedByHandStaysSo() throws {
    var state = try Fixture.racing(width: 120, height: 40)
    let race = state.runs.map(\.id)
    func answer(_ id: RunID, _ run: RunState) {
      state.selection = id
      _ = state.update(.snapshots([Fixture.snapshot(of: state, step: state.run.step, run: run, generation: state.run.generation)]))
    }
    for id in race { answer(id, .training) }
    state.selection = race[1]
    #expect(state.update(.key(.character(" "))) == [.pause(race[1])])
    answer(race[1], .paused)
    _ = state.press("6")
    // Nothing was paused for orders that do not run.
    #expect(state.press("w") == [])
    let others = race.filter { $0 != race[1] }
    #expect(state.update(.key(.enter)).starts(with: others.map { .pause($0) }))
    for id in others { answer(id, .paused) }
    state.selection = try #require(state.orderRuns.first).id
    #expect(state.press("w") == others.map { .resume($0) })
    #expect(state.press("w") == others.map { .pause($0) })
    // One that goes on by hand and is paused by hand is not of those any more.
    _ = state.press("1")
    state.selection = race[0]
    #expect(state.update(.key(.character(" "))) == [.resume(race[0])] && state.update(.key(.character(" "))) == [.pause(race[0])])
    _ = state.press("6")
    var ending: [Effect] = []
    for _ in 0..<4 { ending += state.press("D") }
    let resumed = ending.filter { if case .resume = $0 { true } else { false } }
    #expect(state.orderRuns.isEmpty && resumed == others.dropFirst().map { .resume($0) } && ending.contains(.turns(.equalTime)))
  }

  @Test func onlyWhatTheMemoryHasRoomFor() throws {
    var state = try opened()
    let first = state.waitingOrders[0].memory
    _ = state.update(.tick(now: 0, residentBytes: 0, availableBytes: first + 1))
    #expect(state.text.contains("only the first 1 have room"))
    _ = state.update(.key(.enter))
    #expect(orders(state) == ["4,4,4,8"] && state.lastRow.contains("1 of 4 orders started"))
    var none = try opened()
    _ = none.update(.tick(now: 0, residentBytes: 0, availableBytes: 1000))
    #expect(none.update(.key(.enter)) == [] && none.orderRuns.isEmpty && none.message?.kind == .fault)
  }

  @Test func keysOfTheRaceThatMeanNothingHereDoNothing() throws {
    var state = try running()
    let before = state.orderRuns.count
    for key in ["f", "c", "h", "H"] { #expect(state.press(key) == [], "\(key)") }
    #expect(state.orderRuns.count == before && state.overlay == nil)
    for key in ["space", "o", "x", "w", "P", "R", "D", "b", "z"] {
      #expect(Keymap.standard.bindings(on: .permutations).contains { $0.label == key }, "\(key)")
    }
  }

  // MARK: Selection

  @Test func everyViewKeepsItsSelection() throws {
    var state = try running()
    _ = state.press("jj")
    #expect(state.run.configuration.bases?.argument == "4,8,4,4")
    _ = state.press("1")
    #expect(state.selection == RunID(1))
    _ = state.press("j")
    #expect(state.selection == RunID(1))
    _ = state.press("6")
    #expect(state.run.configuration.bases?.argument == "4,8,4,4")
    _ = state.press("kkk")
    #expect(state.run.configuration.bases?.argument == "8,4,4,4")
    // The table's order is that of the keys.
    _ = state.press("o")
    #expect(state.tableOrder.compactMap { $0.configuration.bases?.argument } == ["4,8,4,4", "8,4,4,4", "4,4,8,4", "4,4,4,8"])
    _ = state.press("k")
    #expect(state.run.configuration.bases?.argument == "4,8,4,4")
  }

  @Test func theMouseSelectsAndSorts() throws {
    var state = try running()
    let chrome = try #require(Chrome(width: state.width, height: state.height))
    let table = state.permutationsLayout(chrome.body).table
    _ = state.update(.mouse(MouseEvent(.press(.left), x: table.x + 5, y: table.y + 3)))
    #expect(state.run.configuration.bases?.argument == "4,8,4,4")
    _ = state.update(.mouse(MouseEvent(.wheelDown, x: table.x + 5, y: table.y + 3)))
    #expect(state.run.configuration.bases?.argument == "8,4,4,4")
    let column = try #require(state.orderTable(width: table.width).layout(in: table).columns.first { $0.index == OrderColumn.psnr.rawValue })
    _ = state.update(.mouse(MouseEvent(.press(.left), x: column.x + 1, y: table.y)))
    #expect(state.permutations.sortsByQuality)
  }

  // MARK: Comparing

  @Test func ordersAreComparedAtTheStepThatAllHaveMade() throws {
    // The third is the best of all at any step; the second has come furthest.
    let state = try running(steps: [30, 400, 31, 32], gain: [0, 1, 3, 2])
    #expect(state.orderStep == 29)
    let base = Fixture.metrics(30)[29].psnr
    #expect(state.orderLines.map { $0.psnr ?? 0 } == [base, base + 1, base + 3, base + 2])
    #expect(state.orderLines.map { $0.rank } == [4, 3, 1, 2])
    #expect(state.text.contains("spread 3.00 dB over 3.4× MACs at step 29; the cheapest is 3.00 dB below the best"))
    #expect(state.text.contains("PSNR at step 29"))
  }

  @Test func ssimIsComparedAtTheLastStepAtWhichAllHaveIt() throws {
    // Measured at 29, 31, 29, 31; then at 59, 61, 59, 59.
    var state = try running(steps: [30, 32, 30, 32], gain: [0, 1, 3, 2])
    func shown() -> [Double?] { state.orderLines.map { $0.ssim.map { ($0 * 100).rounded() / 100 } } }
    #expect(state.orderSimilarityStep == nil && shown() == [nil, nil, nil, nil])
    #expect(state.text.contains("PSNR at step 29, fewest MACs first"))
    for (id, step) in zip(2...5, [60, 60, 60, 60]) { tell(&state, RunID(id), step: step, gain: Double(id)) }
    tell(&state, RunID(2), step: 70, gain: 9)
    #expect(state.orderSimilarityStep == 59 && shown() == [0.62, 0.63, 0.64, 0.65])
    #expect(state.text.contains("PSNR, SSIM at step 59"))
    for id in 2...5 { tell(&state, RunID(id), step: 80 + id, gain: 0) }
    #expect(state.orderStep == 81 && state.text.contains("PSNR at step 81, SSIM at 59"))
    // What ended elsewhere has none to compare, and holds nobody up.
    tell(&state, RunID(3), step: 90, gain: 0, run: .diverged)
    #expect(shown()[1] == nil && shown()[0] == 0.62)
  }

  @Test func otherBasesStandBesideTheOrders() throws {
    var state = try running()
    _ = state.press("a2,4,64")
    _ = state.update(.key(.enter))
    let other = try #require(state.orderRuns.last)
    tell(&state, other.id, step: 40, gain: 20)
    let line = try #require(state.orderLines.first { $0.run?.id == other.id })
    #expect(line.hasOtherBases && line.psnr != nil && line.rank == nil)
    #expect(state.orderLines.compactMap(\.rank).sorted() == [1, 2, 3, 4])
    state.message = nil
    #expect(state.text.contains("4 distinct orders of [4,4,4,8], the same on both axes and 1 other"))
    #expect(state.text.contains("other bases") && state.text.contains("spread 3.00 dB over 3.4× MACs at step 39;"))
    #expect(!state.press("x").contains(.stop(other.id)))
    // An order of each axis' own is one of these bases.
    _ = state.press("a4,4,4,8x8,4,4,4")
    _ = state.update(.key(.enter))
    #expect(state.orderLines.filter(\.hasOtherBases).count == 1 && state.text.contains("and 2 others"))
    _ = state.press("i")
    #expect(state.text.contains("16 distinct orders of [4,4,4,8], each axis its own and 1 other"))
  }

  @Test func halvingStopsTheWorseHalfAtTheCommonStep() throws {
    // By its newest PSNR the second would be the best: it is ahead.
    var state = try running(steps: [30, 400, 31, 32], gain: [0, 1, 3, 2])
    #expect(state.press("x") == [.stop(RunID(2)), .stop(RunID(3))])
    #expect(state.lastRow.contains("halved at step 29") && state.lastRow.contains("4,4,4,8  4,4,8,4"))
    // Before the engine has answered, they are out already.
    #expect(state.orderContenders.map(\.id) == [RunID(4), RunID(5)])
    tell(&state, RunID(2), step: 30, gain: 0, run: .stopped)
    tell(&state, RunID(4), step: 60, gain: 3)
    tell(&state, RunID(5), step: 61, gain: 2)
    state.message = nil
    #expect(state.text.contains("■ stopped, halved at step 29"))
    // The losers stand at a step that the others have left.
    #expect(state.orderStep == 59 && state.orderLines.first { $0.run?.id == RunID(2) }?.rank == nil)
    #expect(state.press("x") == [.stop(RunID(5))])
    state.message = nil
    #expect(state.press("x") == [] && state.lastRow.contains("two orders"))
    // A new beginning forgets it.
    #expect(state.press("R").count == 4 && state.permutations.halvings.isEmpty)
  }

  @Test func equalOrdersAreHalvedByTheirMACs() throws {
    var state = try running(steps: [30], gain: [1])
    #expect(state.press("x") == [.stop(RunID(5)), .stop(RunID(4))])
    // Orders that are drawn anew after a reset are in the running again.
    tell(&state, RunID(5), step: 5, gain: 0, generation: 1)
    #expect(state.orderContenders.map(\.id).contains(RunID(5)))
  }

  // MARK: Adding and dropping

  @Test func anOrderIsTyped() throws {
    var state = try running()
    _ = state.press("a4,4,4,8x8,4,4,4")
    let effects = state.update(.key(.enter))
    let run = try #require(state.orderRuns.last)
    #expect(state.overlay == nil && effects.contains(.add(run.id, run.configuration)) && state.selection == run.id)
    #expect(run.configuration.bases?.argument == "4,4,4,8x8,4,4,4" && orders(state).count == 5)
    // Another number of levels, too, when it fits.
    _ = state.press("a8, 8, 8")
    _ = state.update(.key(.enter))
    #expect(orders(state).last == "8,8,8" && state.orderRuns.last?.configuration.layers == 3)
  }

  @Test(arguments: [("4,4,4,4", "512"), ("4,8,16x4,8,16x4,8,16", "3 axes"), ("4,,8", "''"), ("512", "1 level"), ("4,4,4,8", "second time"), ("q", "'q'")])
  func aWrongOrderIsExplained(text: String, part: String) throws {
    var state = try running()
    _ = state.press("a" + text)
    #expect(state.update(.key(.enter)) == [])
    guard case .order(let prompt) = state.overlay else { return #expect(Bool(false), "closed") }
    #expect(prompt.fault?.contains(part) == true && orders(state).count == 4, "\(prompt.fault ?? "")")
    _ = state.update(.key(.backspace))
    _ = state.update(.key(.escape))
    #expect(state.overlay == nil)
  }

  @Test func aDroppedOrderStaysAway() throws {
    var state = try running()
    _ = state.press("j")
    let effects = state.press("D")
    #expect(effects.contains(.remove(RunID(3))) && orders(state) == ["4,4,4,8", "4,8,4,4", "8,4,4,4"])
    #expect(state.run.isPermutation && state.waitingOrders.isEmpty && state.update(.key(.enter)) == [])
    // Typed, it is there again.
    _ = state.press("a4,4,8,4")
    _ = state.update(.key(.enter))
    #expect(orders(state).contains("4,4,8,4"))
    for _ in 0..<4 { _ = state.press("D") }
    #expect(state.orderRuns.isEmpty && state.selection == RunID(1))
    #expect(state.press("D") == [] && state.runs.count == 1)
    #expect(!state.text.isEmpty)
  }
}

/// Whole screens of the view; see `GoldenFrame`.
@Suite struct PermutationsFrameTests {
  private func state(_ width: Int, _ height: Int, _ glyphs: Glyphs, _ keys: String) throws -> ExplorerState {
    var state = try Fixture.state(width: width, height: height, glyphs: glyphs)
    _ = state.update(.tick(now: 0, residentBytes: 61_000_000, availableBytes: 4_000_000_000))
    _ = state.press("6" + keys)
    return state
  }

  private func started(_ width: Int, _ height: Int, _ glyphs: Glyphs = .unicode, keys: String = "") throws -> ExplorerState {
    var state = try state(width, height, glyphs, keys)
    _ = state.update(.key(.enter))
    state.message = nil
    for (index, id) in state.orderRuns.map(\.id).enumerated() {
      let gain = Double(index * 7 % 5) / 4
      state.selection = id
      var snapshot = Fixture.snapshot(
        of: state, step: 412, metrics: Fixture.metrics(412).map { point in
          var point = point
          point.psnr += gain
          return point
        }, preview: Fixture.preview(for: state, step: 411))
      snapshot.similarity = Similarity(value: 0.8 + gain / 20, step: 400)
      _ = state.update(.snapshots([snapshot]))
    }
    state.selection = state.orderRuns[1].id
    return state
  }

  @Test(arguments: [(120, 40), (80, 24)]) func plan(width: Int, height: Int) throws {
    try GoldenFrame.compare(state(width, height, .unicode, ""), "orders-plan-\(width)x\(height)")
  }

  @Test(arguments: [(120, 40), (80, 24), (60, 16)]) func running(width: Int, height: Int) throws {
    try GoldenFrame.compare(started(width, height), "orders-\(width)x\(height)")
  }

  @Test func many() throws {
    var state = try started(80, 24, keys: "i")
    for _ in 0..<12 { _ = state.press("j") }
    try GoldenFrame.compare(state, "orders-many-80x24")
  }

  @Test func halved() throws {
    var state = try started(120, 40)
    let losers = state.press("x").compactMap { effect -> RunID? in if case .stop(let id) = effect { id } else { nil } }
    for id in losers { state[id]?.state = .stopped }
    state.message = nil
    try GoldenFrame.compare(state, "orders-halved-120x40")
  }

  @Test(arguments: [(120, 40), (80, 24)]) func ascii(width: Int, height: Int) throws {
    let state = try started(width, height, .ascii)
    #expect(state.text.allSatisfy { $0.isASCII })
    try GoldenFrame.compare(state, "orders-ascii-\(width)x\(height)")
  }

  @Test func typing() throws {
    var state = try started(80, 24)
    _ = state.press("a4,4,4")
    _ = state.update(.key(.enter))
    try GoldenFrame.compare(state, "orders-typing-80x24")
  }
}
