import Canvas
import Networks
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

extension Fixture {
  /// Several runs at once, each at a step of its own.
  static func racing(
    width: Int = 120, height: Int = 40, glyphs: Glyphs = .unicode, _ specifications: [String] = RunSpecification.race
  ) throws -> ExplorerState {
    let subject = subject()
    let configurations = try specifications.map {
      try RunSpecification.configuration($0).resolved(shape: subject.signal.shape)
    }
    var state = try ExplorerState(
      subject: subject, configurations: configurations, width: width, height: height, glyphs: glyphs, themes: [.builtIn])
    _ = state.begin()
    for (index, run) in state.runs.enumerated() {
      let steps = 100 + 60 * index
      let metrics = metrics(steps, isEstimate: run.configuration.batch != .full)
      let picture = run.request.map {
        Preview(step: steps, picture: signal(columns: $0.columns, rows: $0.rows), error: nil)
      }
      _ = state.update(
        .snapshots([
          Snapshot(
            run: run.id, configuration: run.configuration, cost: run.cost, flopPerStep: 1e9, samplesPerStep: 262_144,
            state: .training, step: steps, trainedSeconds: 2.5, elapsedSeconds: 12.5, stepsPerSecond: 14.6, share: 0.2,
            learningRate: 1e-3, best: Best(psnr: metrics[steps - 1].psnr, step: steps - 1, isEstimate: false),
            similarity: Similarity(value: 0.8, step: steps - 1), generation: 0, metrics: metrics, preview: picture,
            evaluation: nil, notices: [])
        ]))
    }
    return state
  }
}

/// Adding, forking, editing, hiding, pinning, removing and sorting runs.
@Suite struct RunTests {
  private func id(_ value: Int) -> RunID { RunID(value) }

  @Test func everyRunHasItsTileAndItsRow() throws {
    for (width, height) in [(80, 24), (120, 40), (160, 50), (250, 70)] {
      let state = try Fixture.racing(width: width, height: height)
      let text = state.text
      for run in state.runs {
        let mark = state.glyphs.runMark(run.mark)
        // In its frame and in the table.
        #expect(text.components(of: mark) >= 2, "\(mark) at \(width)×\(height)\n\(text)")
        #expect(text.contains(run.configuration.model.title), "\(run.configuration.label)\n\(text)")
      }
      #expect(Set(state.runs.compactMap(\.request).map { [$0.rows, $0.columns] }).count <= 2)
      #expect(state.runs.allSatisfy { $0.request != nil })
    }
  }

  @Test("Lines that no picture would miss are the table's, and rows out of sight are said")
  func fewLines() throws {
    // As high as the tour leaves 24 lines.
    let state = try Fixture.racing(width: 80, height: 17)
    #expect(state.raceLayout?.table.height == 6 && state.text.contains("⑤ hash grid"))
    #expect(state.raceLayout?.tiles.map(\.picture).allSatisfy { $0.height >= 5 } == true)
    let many = try Fixture.racing(width: 80, height: 24, Array(repeating: "siren", count: 8))
    let table = try #require(many.raceLayout?.table)
    let header = try #require(many.lines.dropFirst(table.y).first)
    #expect(table.height < 9 && header.hasSuffix("\(table.height - 1)/8"), "\(many.text)")
  }

  @Test func aNewRunIsWrittenInTheForm() throws {
    var state = try Fixture.racing(["asmr", "siren"])
    #expect(state.press("a") == [])
    #expect(state.text.contains("add a run") && state.text.contains("1,354 MACs/sample"))
    // The model is the first field: two to the right is KiloNeRF, and its own fields come.
    _ = state.update(.key(.right))
    _ = state.update(.key(.right))
    #expect(state.text.contains("grid") && !state.text.contains("bases") && state.text.contains("250,112 parameters"))
    // Down to the grid, typed over.
    while !isChosen("grid", state) { _ = state.update(.key(.down)) }
    _ = state.press("8x8")
    _ = state.update(.key(.down))
    let effects = state.update(.key(.enter))
    guard case .add(let id, let configuration)? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    #expect(id == RunID(3) && configuration.model == .kilonerf && configuration.grid == [8, 8])
    #expect(state.overlay == nil && state.selection == id && state.runs.count == 3)
    // It is drawn, and so are the others, at their new sizes.
    #expect(state.runs.allSatisfy { $0.request != nil })
  }

  private func isChosen(_ field: String, _ state: ExplorerState) -> Bool {
    if case .form(let form)? = state.overlay { form.field.name == field } else { true }
  }

  @Test func whatTheFormRefusesItSays() throws {
    var state = try Fixture.racing(["asmr", "siren"])
    _ = state.press("a")
    while !isChosen("bases", state) { _ = state.update(.key(.down)) }
    _ = state.press("3,4,5")
    #expect(state.update(.key(.enter)) == [])
    #expect(state.text.contains("3,4,5") && state.overlay != nil)
    guard case .form(let form)? = state.overlay else { return }
    #expect(form.fault?.contains("512") == true)
    // A text that is no value stays until it is corrected.
    _ = state.press("x")
    _ = state.update(.key(.down))
    #expect(isChosen("bases", state) && state.runs.count == 2)
    _ = state.update(.key(.escape))
    _ = state.update(.key(.escape))
    #expect(state.overlay == nil)
  }

  @Test func openFieldsKeepTheirValuesWhileAnotherIsWrong() throws {
    var state = try Fixture.racing(["asmr", "siren"])
    _ = state.press("a")
    // What stands in a field, beside its name.
    func shown(_ field: String) -> String {
      let row = state.lines.first { $0.contains(" \(field) ") && !$0.contains("allowed") } ?? ""
      return row.split(separator: " ").drop { $0 != field }.dropFirst().first.map(String.init) ?? ""
    }
    let before = ["layers", "omega", "schedule", "lr", "batch"].map(shown)
    #expect(before == ["4", "30.0", "2000", "0.001", "full"])
    while !isChosen("hidden", state) { _ = state.update(.key(.down)) }
    // What cannot be read stays in its field, what is out of range is left behind: neither hides the others.
    for text in ["x", "99999"] {
      _ = state.press(text)
      _ = state.update(.key(.down))
      #expect(state.text.contains("hidden: found") && ["layers", "omega", "schedule", "lr", "batch"].map(shown) == before)
      _ = state.update(.key(.escape))
      #expect((state.overlay == nil) == (text == "99999"))
    }
    // Another model's open fields are its own.
    _ = state.press("a")
    while !isChosen("model", state) { _ = state.update(.key(.up)) }
    for _ in 0..<4 { _ = state.update(.key(.right)) }
    #expect(shown("table-size") == "32768" && shown("hidden") == "64" && !state.text.contains("omega"))
    while !isChosen("hidden", state) { _ = state.update(.key(.down)) }
    #expect(state.text.contains("allowed: whole numbers from 1 to 4096"))
  }

  @Test func hidingSaysWhetherTheRunTrainsOn() throws {
    var state = try Fixture.racing()
    _ = state.press("h")
    #expect(state.lastRow.contains("is hidden and trains on"))
    _ = state.press("h ")
    _ = state.press("h")
    #expect(state.lastRow.contains("is hidden, paused: h shows it"))
  }

  @Test func editingKeepsTheWeightsWhenOnlyTheTrainingChanges() throws {
    var state = try Fixture.racing(["asmr", "siren"])
    let before = state.run.configuration
    for (field, text, keeps) in [("lr", "5e-4", true), ("hidden", "64", false)] {
      _ = state.update(.key(.enter))
      while !isChosen(field, state) { _ = state.update(.key(.down)) }
      _ = state.press(text)
      _ = state.update(.key(.tab))
      #expect(state.text.contains(keeps ? "apply, weights kept" : "start anew"))
      let effects = state.update(.key(.enter))
      guard case .configure(RunID(1), let configuration)? = effects.first else {
        Issue.record("\(effects)")
        return
      }
      #expect(configuration != before && configuration.model == .asmr)
      #expect((configuration.hidden == 64) == !keeps)
    }
    // Nothing changed is nothing done.
    _ = state.update(.key(.enter))
    #expect(state.update(.key(.enter)) == [])
  }

  @Test func aForkBeginsAsItsSource() throws {
    var state = try Fixture.racing()
    _ = state.press("jj")
    let source = state.run
    #expect(source.configuration.model == .kilonerf)
    let effects = state.press("f")
    #expect(effects.first == .fork(id(6), from: id(3)))
    #expect(state.selection == id(6) && state.run.mark == 5)
    #expect(state.run.step == source.step && state.run.curve.metrics == source.curve.metrics)
    #expect(state.run.configuration == source.configuration)
    // Eight is the most.
    _ = state.press("ff")
    #expect(state.runs.count == 8)
    #expect(state.press("f") == [] && state.lastRow.contains("8 runs"))
  }

  @Test func removingAsksWhenWorkWouldBeLost() throws {
    var state = try Fixture.racing()
    #expect(state.press("D") == [])
    #expect(state.text.contains("is not saved"))
    #expect(state.press("n") == [] && state.runs.count == 5)
    _ = state.press("D")
    let effects = state.press("y")
    #expect(effects.first == .remove(id(1)) && state.runs.count == 4)
    // The next one is meant now, and a late word of the removed one does no harm.
    #expect(state.selection == id(2))
    #expect(state.update(.snapshots([Fixture.snapshot(of: state, step: 3)])) == [])
    // The mark is free for the next.
    _ = state.press("f")
    #expect(state.run.mark == 0)
    for _ in 0..<4 { _ = state.press("Dy") }
    #expect(state.runs.count == 1)
    #expect(state.press("D") == [] && state.lastRow.contains("the only run stays"))
  }

  @Test func hiddenRunsTrainOnUnseen() throws {
    var state = try Fixture.racing()
    #expect(state.press("h").contains(.preview(id(1), nil)))
    #expect(state.shownRuns.map(\.id) == [2, 3, 4, 5].map(id))
    #expect(state.tableOrder.last?.id == id(1) && state.text.contains("hidden"))
    #expect(!state.press("H").isEmpty && state.shownRuns.count == 5)
  }

  @Test func pinnedRunsStandFirst() throws {
    var state = try Fixture.racing()
    _ = state.press("jjj")
    _ = state.press("i")
    #expect(state.shownRuns.first?.id == id(4) && state.tableOrder.first?.id == id(4))
    _ = state.press("o")
    #expect(state.tableOrder.first?.id == id(4))
  }

  @Test func theTableSortsByEveryColumn() throws {
    var state = try Fixture.racing()
    #expect(state.tableOrder.map(\.id) == (1...5).map(id))
    _ = state.press("o")
    #expect(state.table.column == .parameters)
    #expect(state.tableOrder.map(\.cost.parameters) == state.runs.map(\.cost.parameters).sorted())
    _ = state.press("O")
    #expect(state.tableOrder.map(\.cost.parameters) == state.runs.map(\.cost.parameters).sorted(by: >))
    while state.table.column != .psnr { _ = state.press("o") }
    // The best first.
    #expect(state.tableOrder.first?.id == id(5))
    // Every column in its turn, and then the order in which they came.
    var seen = 0
    while state.table.column != nil, seen < 20 {
      _ = state.press("o")
      seen += 1
    }
    #expect(state.table.column == nil && state.tableOrder.map(\.id) == (1...5).map(id))
  }

  @Test func turnsAndSolo() throws {
    var state = try Fixture.racing()
    #expect(state.press("b") == [.turns(.equalSteps)] && state.text.contains("turns: equal steps"))
    #expect(state.press("b") == [.turns(.equalTime)])
    _ = state.press("j")
    #expect(state.press("z") == [.turns(.solo(id(2)))])
    // When the one that is alone goes, the others train again.
    #expect(Array(state.press("Dy").prefix(2)) == [.remove(id(2)), .turns(.equalTime)])
  }

  @Test func pausingAll() throws {
    var state = try Fixture.racing()
    #expect(state.press("P") == (1...5).map { .pause(id($0)) })
    #expect(state.press("P") == (1...5).map { .resume(id($0)) })
  }

  @Test func theMouseSelectsAndSorts() throws {
    var state = try Fixture.racing(width: 160, height: 50)
    let layout = try #require(state.raceLayout)
    let tile = try #require(layout.tiles.first { $0.run == id(4) })
    _ = state.update(.mouse(MouseEvent(.press(.left), x: tile.frame.x + 3, y: tile.frame.y + 2)))
    #expect(state.selection == id(4))
    _ = state.update(.mouse(MouseEvent(.press(.left), x: layout.table.x + 4, y: layout.table.y + 2)))
    #expect(state.selection == id(2))
    let place = try #require(state.runTable.layout(in: layout.table).columns.first { $0.index == RunTable.Column.macs.rawValue })
    _ = state.update(.mouse(MouseEvent(.press(.left), x: place.x + place.width - 1, y: layout.table.y)))
    #expect(state.table.column == .macs)
    // A tab.
    _ = state.update(.mouse(MouseEvent(.press(.left), x: 13, y: 1)))
    #expect(state.tab == .curves)
  }

  @Test func noMemoryNoRun() throws {
    var state = try Fixture.racing(["asmr", "siren"])
    _ = state.update(.tick(now: 1, residentBytes: 1, availableBytes: 1_000_000))
    #expect(state.press("f") == [] && state.lastRow.contains("memory"))
    _ = state.press("a")
    #expect(state.text.contains("available are 1 MB"))
    #expect(state.update(.key(.enter)) == [] && state.runs.count == 2)
  }
}

extension String {
  fileprivate func components(of part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}

@Suite struct QuitManyTests {
  @Test func everyRunWithWorkIsAskedAfter() throws {
    var state = try Fixture.racing(["asmr", "siren"])
    #expect(state.press("q") == [] && state.text.contains("The work of 2 runs is not saved."))
    for id in [RunID(1), RunID(2)] {
      _ = state.press("s")
      #expect(state.selection == id)
      let path = "m\(id.value).safetensors"
      _ = state.update(.key(.control("u")))
      _ = state.press(path)
      #expect(state.update(.key(.enter)) == [.checkPath(path)])
      #expect(state.update(.pathIsFree(path)) == [.save(id, path: path)])
      var snapshot = Fixture.snapshot(
        of: state, step: state.run.step, notices: [.saved(path: path, step: state.run.step, psnr: 20)])
      snapshot.metrics = []
      // The question comes back for the other one, and with the last file it is the end.
      let effects = state.update(.snapshots([snapshot]))
      #expect(effects == (id == RunID(1) ? [] : [.quit(0)]))
      #expect((state.overlay == .confirmQuit) == (id == RunID(1)))
    }
  }
}
