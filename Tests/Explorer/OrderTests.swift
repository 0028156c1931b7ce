import Canvas
import Networks
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// What tests of the view of orders begin with.
protocol OrderTests {}

extension OrderTests {
  func opened(
    width: Int = 120, height: Int = 40, glyphs: Glyphs = .unicode, _ change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> ExplorerState {
    var state = try Fixture.state(width: width, height: height, glyphs: glyphs, change)
    _ = state.update(.tick(now: 0, residentBytes: 61_000_000, availableBytes: 4_000_000_000))
    _ = state.press("6")
    return state
  }

  /// With its first orders running and measured up to a step each, `gain` dB apart.
  func running(
    width: Int = 120, height: Int = 40, glyphs: Glyphs = .unicode, steps: [Int] = [40, 42, 40, 41], gain: [Double] = [0, 1, 3, 2],
    keys: String = ""
  ) throws -> ExplorerState {
    var state = try opened(width: width, height: height, glyphs: glyphs)
    _ = state.press(keys)
    _ = state.update(.key(.enter))
    state.message = nil
    for (index, id) in state.orderRuns.map(\.id).enumerated() {
      tell(&state, id, step: steps[index % steps.count], gain: gain[index % gain.count])
    }
    return state
  }

  func tell(
    _ state: inout ExplorerState, _ id: RunID, step: Int, gain: Double, run: RunState = .training, generation: Int = 0
  ) {
    guard let view = state[id] else { return }
    // What was told of this beginning is not told again.
    let first = view.generation == generation ? view.curve.metrics.last.map { $0.step + 1 } ?? 0 : 0
    let selection = state.selection
    state.selection = id
    var snapshot = Fixture.snapshot(
      of: state, step: step, run: run, generation: generation,
      metrics: Fixture.metrics(max(0, step - first), from: first).map { point in
        var point = point
        point.psnr += gain
        return point
      },
      preview: Fixture.preview(for: state, step: step - 1))
    snapshot.similarity = Similarity(value: 0.6 + gain / 100, step: step - 1)
    state.selection = selection
    _ = state.update(.snapshots([snapshot]))
  }

  func orders(_ state: ExplorerState) -> [String] { state.orderRuns.compactMap { $0.configuration.bases?.argument } }
}

/// Orders that are begun while others are compared.
@Suite struct NewcomerTests: OrderTests {
  private func line(_ state: ExplorerState, _ id: RunID) throws -> OrderLine {
    try #require(state.orderLines.first { $0.run?.id == id })
  }

  private func add(_ bases: String, to state: inout ExplorerState) throws -> RunID {
    _ = state.press("a" + bases)
    _ = state.update(.key(.enter))
    state.message = nil
    return try #require(state.orderRuns.last).id
  }

  @Test func anAddedOrderThrowsNobodyBack() throws {
    var state = try running()
    let ranks = state.orderLines.map(\.rank)
    let added = try add("4,4,4,8x8,4,4,4", to: &state)
    #expect(state.orderStep == 39 && state.orderLines.compactMap(\.rank) == ranks.compactMap { $0 })
    tell(&state, added, step: 10, gain: 30)
    #expect(state.orderStep == 39 && state.orderSimilarityStep == nil)
    let behind = try line(state, added)
    // What it has at its own step is not shown under the title of the others' step.
    #expect(behind.psnr == nil && behind.rank == nil && behind.run.map(state.isCatchingUp) == true)
    let row = try #require(state.lines.first { $0.contains("4,4,4,8x8,4,4,4") && $0.contains("catching up") })
    #expect(row.contains("…") && !row.contains(NumberText.fixed(Fixture.metrics(10)[9].psnr + 30, decimals: 2)))
    #expect(state.text.contains("over 3.4× MACs at step 39, 4 of 5 orders"))
    // Halving judges those alone that can be compared.
    var halved = state
    #expect(halved.press("x") == [.stop(RunID(2)), .stop(RunID(3))])
    // There it is ranked, and decides the step from now on.
    tell(&state, added, step: 40, gain: 30)
    #expect(try line(state, added).rank == 1 && state.permutations.newcomers.isEmpty)
    for id in 2...5 { tell(&state, RunID(id), step: 60, gain: 1) }
    #expect(state.orderStep == 39 && state.text.contains("PSNR at step 39"))
  }

  @Test func otherBasesNeverDecideTheStep() throws {
    var state = try running()
    let added = try add("2,4,64", to: &state)
    tell(&state, added, step: 40, gain: 0)
    for id in 2...5 { tell(&state, RunID(id), step: 70, gain: 1) }
    #expect(state.orderStep == 69)
    #expect(try line(state, added).psnr == nil)
  }

  @Test func anOrderThatStartsAgainIsANewcomer() throws {
    var state = try running()
    state.selection = RunID(4)
    #expect(state.press("r") == [.reset(RunID(4))])
    // What was still on its way is of before.
    tell(&state, RunID(4), step: 45, gain: 3)
    #expect(state.isCatchingUp(state.run))
    tell(&state, RunID(4), step: 5, gain: 3, generation: 1)
    #expect(state.orderStep == 39)
    #expect(try line(state, RunID(4)).rank == nil)
    tell(&state, RunID(4), step: 41, gain: 3, generation: 1)
    #expect(try line(state, RunID(4)).rank == 1)
    // When all others are gone there is nobody to come up to.
    let added = try add("4,4,4,8x8,4,4,4", to: &state)
    tell(&state, added, step: 3, gain: 0)
    for id in 2...5 {
      state.selection = RunID(id)
      _ = state.press("D")
    }
    tell(&state, added, step: 4, gain: 0)
    #expect(state.orderStep == 3 && state.permutations.newcomers.isEmpty)
  }

  @Test func thePromptSaysWhatAnOrderCosts() throws {
    var state = try running()
    _ = state.press("a4,4")
    #expect(!state.text.contains("of memory"))
    _ = state.press(",8,4x8,4,4,4")
    let line = try #require(state.lines.first { $0.contains("of memory") })
    #expect(line.contains("MACs/sample") && line.contains("134,145 parameters"))
    #expect(state.orderRuns.count == 4)
  }

  @Test func ordersAreCountedWhenQuitting() throws {
    var state = try running()
    #expect(state.press("q") == [] && state.text.contains("The work of 4 orders is not saved."))
    _ = state.press("s")
    guard case .save(let prompt)? = state.overlay else { return #expect(Bool(false), "no prompt") }
    #expect(prompt.run == RunID(2) && prompt.line.text == "cameraman-asmr-4-4-4-8.safetensors")
    _ = state.update(.key(.escape))
    tell(&state, RunID(1), step: 5, gain: 0)
    _ = state.press("1q")
    #expect(state.text.contains("The work of 1 run and 4 orders is not saved."))
    // The race comes first, and the view's selection is its own.
    _ = state.press("s")
    guard case .save(let first)? = state.overlay else { return #expect(Bool(false), "no prompt") }
    #expect(first.run == RunID(1) && state.selection == RunID(1))
  }
}
