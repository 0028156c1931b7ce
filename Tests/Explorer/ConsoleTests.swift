import Canvas
import Networks
import Signals
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

/// What tests of commands begin with.
protocol ConsoleTesting {}

extension ConsoleTesting {
  /// Types a command and presses enter; without `.remember`.
  func run(_ line: String, _ state: inout ExplorerState) -> [Effect] {
    _ = state.press(":" + line)
    return state.update(.key(.enter)).filter { if case .remember = $0 { false } else { true } }
  }

  /// What is said of a line that cannot be carried out.
  func fault(_ line: String, _ state: inout ExplorerState) -> String? {
    guard run(line, &state) == [], case .command(let prompt) = state.overlay else { return nil }
    state.overlay = nil
    return prompt.fault
  }

  func withSessions(_ state: ExplorerState) -> ExplorerState {
    var state = state
    let loaded = LoadedSignal(
      signal: Fixture.signal(columns: 8, rows: 8), name: "small.pgm", format: "PGM", notes: [], originalShape: [8, 8])
    state.sessions = SessionState(
      SessionSetup(
        store: SessionStore(folder: "/state"), picture: SessionPicture(path: nil, resize: .auto, loaded), interval: 60), now: 0)
    return state
  }
}

/// Commands: their effects, and what is said when they do not do.
@Suite struct ConsoleTests: ConsoleTesting {
  // MARK: Runs

  @Test func fieldsGoThroughTheForm() throws {
    var state = try Fixture.training(width: 100, height: 30)
    var wanted = state.run.configuration
    (wanted.learningRate, wanted.finalLearningRate) = (5e-4, 1e-6)
    #expect(run("lr 5e-4", &state) == [.configure(RunID(1), wanted)])
    #expect(state.lastRow.contains("goes on with its weights") && state.overlay == nil)
    let effects = run("bases 8,4,4,4", &state)
    guard case .configure(RunID(1), let bases)? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    #expect(bases.bases?.argument == "8,4,4,4" && state.lastRow.contains("starts anew: ASMR [8,4,4,4]"))
    for (line, check) in [
      ("seed 7", { $0.seed == 7 }), ("steps 300", { $0.steps == 300 }), ("model siren", { $0.model == .siren && $0.bases == nil }),
      ("hidden 64", { $0.hidden == 64 }), ("batch 4096", { $0.batch == .samples(4096) }),
    ] as [(String, (RunConfiguration) -> Bool)] {
      guard case .configure(_, let configuration)? = run(line, &state).first else {
        Issue.record("\(line)")
        continue
      }
      #expect(check(configuration), "\(line)")
    }
    #expect(run("lr 1e-3", &state) == [] && state.lastRow.contains("that is how it is"))
    #expect(run("lr", &state) == [] && state.lastRow.contains("lr 0.001; allowed are numbers from 1e-10 to 10"))
  }

  @Test func fieldsThatDoNotDo() throws {
    var state = try Fixture.state()
    #expect(fault("lr 20", &state) == "lr: found 20.0; allowed are 1e-10 to 10.0")
    #expect(fault("lr fast", &state)?.hasPrefix("lr: found 'fast'; allowed are numbers") == true)
    #expect(fault("bases 3,3", &state)?.contains("bases") == true)
    #expect(fault("tiles 8,8,8", &state) == "tiles: found a run of asmr; allowed are those of loe")
    #expect(fault("model asmrr", &state) == "model: found 'asmrr'; allowed are asmr, siren, kilonerf, loe, hashgrid")
    // The line stays, to be mended.
    _ = state.press(":lr 20")
    _ = state.update(.key(.enter))
    #expect(state.lastRow.hasPrefix(":lr 20") && state.lines[state.lines.count - 2].contains("lr: found 20.0"))
    _ = state.update(.key(.backspace))
    #expect(state.lines[state.lines.count - 2].contains("found") == false)
  }

  @Test func addingRuns() throws {
    var state = try Fixture.state { ($0.seed, $0.preset) = (5, .paper) }
    let effects = run("add loe,tiles=8x8,8x8,8x8", &state)
    guard case .add(RunID(2), let loe)? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    #expect(loe.model == .loe && loe.tiles?.count == 3 && loe.seed == 5 && loe.preset == .paper && state.selection == RunID(2))
    guard case .add(RunID(3), let siren)? = run("add siren hidden=64 lr=1e-3", &state).first else {
      Issue.record("blanks")
      return
    }
    #expect(siren.hidden == 64 && siren.learningRate == 1e-3)
    #expect(fault("add loo", &state)?.hasPrefix("add: found 'loo'; allowed are asmr, siren") == true)
    #expect(fault("add loe,tile=8", &state)?.hasPrefix("add: found 'tile'; allowed are") == true)
    #expect(fault("add loe,tiles=x", &state)?.hasPrefix("add: tiles: ") == true)
    _ = run("add", &state)
    guard case .form = state.overlay else {
      Issue.record("no form")
      return
    }
    state.overlay = nil
    state.availableBytes = 1000
    #expect(fault("add siren", &state)?.contains("of memory") == true)
    state.availableBytes = nil
    for _ in 0..<5 { _ = run("add loe", &state) }
    #expect(state.runs.count == 8 && fault("add loe", &state)?.contains("there are 8 runs") == true)
  }

  @Test func seeking() throws {
    var state = try Fixture.training(width: 100, height: 30)
    #expect(run("seek 500", &state) == [.seek(RunID(1), step: 500)])
    #expect(state.lastRow.contains("trains until step 500 and pauses there"))
    #expect(run("seek 1,000", &state) == [.seek(RunID(1), step: 1000)])
    #expect(run("seek 100", &state) == [.seek(RunID(1), step: 100)])
    #expect(state.lastRow.contains("does not go back: again from seed 1, pausing at step 100"))
    #expect(run("seek 412", &state) == [.seek(RunID(1), step: 412)] && state.lastRow.contains("is there and pauses"))
    #expect(fault("seek 2001", &state) == "seek: found '2001'; allowed are 0 to 2,000, the run's steps (:steps changes how many)")
    #expect(fault("seek", &state)?.contains("found ''") == true && fault("seek -1", &state) != nil)
  }

  // MARK: Files

  @Test func exporting() throws {
    var state = try Fixture.training(width: 100, height: 30)
    #expect(run("export csv", &state) == [.checkPath("cameraman-curves.csv")])
    // Nothing of the name is there: it is written.
    let effects = state.update(.pathIsFree("cameraman-curves.csv"))
    guard case .export(let export)? = effects.first(where: { if case .export = $0 { true } else { false } }) else {
      Issue.record("\(effects)")
      return
    }
    #expect(export.format == .csv && export.path == "cameraman-curves.csv" && state.overlay == nil)
    // Something is: the export's own line asks.
    #expect(run("export jsonl points.jsonl", &state) == [.checkPath("points.jsonl")])
    _ = state.update(.pathExists("points.jsonl"))
    #expect(state.text.contains("This file exists. Enter once more replaces it."))
    state.overlay = nil
    for (line, effect) in [
      ("export png", Effect.checkPath("cameraman-race.png")), ("export ansi out", .checkPath("out.ansi")),
      ("export sixel", .checkPath("cameraman-race.sixel")), ("export html", .checkPath("cameraman-report.html")),
      ("export tensorboard logs", .checkFolder("logs.tfevents")), ("export txt a b.txt", .checkPath("a b.txt")),
    ] {
      #expect(run(line, &state) == [effect], "\(line)")
      state.overlay = nil
    }
    #expect(fault("export pdf", &state) == "export: found 'pdf'; allowed are csv, jsonl, png, ansi, sixel, txt, maps, gif, frames, html, tensorboard")
    #expect(fault("export maps", &state)?.contains("allowed is it on Features, with maps in sight") == true)
    #expect(fault("export gif", &state)?.contains("with a recording") == true)
    #expect(fault("export csv x.png", &state) == "export csv: found 'x.png'; allowed is a name that ends with .csv")
  }

  @Test func savingAndQuitting() throws {
    var state = withSessions(try Fixture.training(width: 100, height: 30))
    #expect(run("w mine", &state) == [.checkPath("/state/mine.session")])
    #expect(state.update(.pathIsFree("/state/mine.session")) == [.checkpoint(RunID(1), isLast: false)])
    #expect(state.sessions?.pending?.purpose == .named("mine"))
    state.sessions?.pending = nil
    // One that is there is asked after, and its own is not.
    _ = run("w other", &state)
    _ = state.update(.pathExists("/state/other.session"))
    #expect(state.text.contains("save the session"))
    state.overlay = nil
    state.sessions?.lastName = "mine"
    #expect(run("w", &state) == [.checkpoint(RunID(1), isLast: false)])
    state.sessions?.pending = nil
    #expect(run("w! other", &state) == [.checkpoint(RunID(1), isLast: false)])
    state.sessions?.pending = nil
    #expect(fault("w a/b", &state)?.contains("found 'a/b'") == true)
    // Quitting.
    #expect(run("q", &state) == [] && state.overlay == .confirmQuit)
    state.overlay = nil
    #expect(run("q!", &state) == [.quit(0)])
    #expect(run("wq last", &state) == [.checkpoint(RunID(1), isLast: true)] && state.overlay == .leaving)
    #expect(state.sessions?.pending?.purpose == .quit(0, isForced: false, name: "last"))
    #expect(state.update(.sessionWritten("last")) == [.quit(0)] && state.sessions?.lastName == "last")
    var without = try Fixture.state()
    #expect(fault("w", &without)?.contains("found no folder") == true)
  }

  // MARK: The screen

  @Test func themesViewsAndValues() throws {
    var light = Theme.builtInLight
    light.name = "nord"
    var state = try Fixture.state(themes: [.builtIn, light])
    #expect(run("theme nord", &state) == [.keepTheme("nord")] && state.theme.name == "nord")
    #expect(fault("theme nrod", &state) == "theme: found 'nrod'; allowed are asmr, nord")
    #expect(run("theme", &state) == [.readThemes])
    state.overlay = nil
    // Files that came meanwhile are found by whoever opens the commands.
    #expect(state.press(":") == [.readThemes])
    var late = Theme.builtIn
    late.name = "late"
    _ = state.update(.themes(state.themes + [late], []))
    state.overlay = nil
    #expect(run("theme late", &state) == [.keepTheme("late")] && run("theme nord", &state) == [.keepTheme("nord")])
    _ = run("tab trade-off", &state)
    #expect(state.tab == .tradeOff)
    _ = run("tab 1", &state)
    #expect(state.tab == .race && fault("tab x", &state)?.contains("allowed are race, curves, trade-off") == true)
    #expect(run("set smoothing 100", &state) == [] && state.curves.smoothing == .hundred)
    #expect(run("set mouse false", &state) == [.mouse(false)] && run("set theme asmr", &state) == [.keepTheme("asmr")])
    #expect(run("set reduced-motion true", &state) == [] && state.reducedMotion)
    #expect(run("set smoothing", &state) == [] && state.lastRow.contains("smoothing 100; allowed is off, 3, 10"))
    #expect(fault("set smoothing 5", &state) == "smoothing: found 5; allowed is off, 3, 10, 100, 1000")
    #expect(fault("set graphics sixel", &state)?.contains("at the start alone") == true)
    #expect(fault("set x 1", &state) == "set: found 'x'; allowed are theme, mouse, autosave, smoothing, reduced-motion")
    #expect(fault("set autosave 5", &state)?.contains("found no folder") == true)
    var saving = withSessions(state)
    #expect(run("set autosave 5", &saving) == [] && saving.sessions?.interval == 5)
  }

  @Test func pathsAreCompleted() throws {
    var state = try Fixture.state()
    func line() -> String? { if case .command(let prompt) = state.overlay { prompt.line.text } else { nil } }
    _ = state.press(":export csv out/")
    #expect(state.update(.key(.tab)) == [.list(folder: "out/")])
    #expect(line() == "export csv out/")
    // Two that begin alike, one hidden.
    #expect(state.update(.listed(folder: "out/", names: [".git/", "curves-1.csv", "curves-2.csv"])) == [])
    #expect(line() == "export csv out/curves-")
    #expect(state.text.contains("out/curves-1.csv"))
    #expect(state.update(.key(.tab)) == [])
    #expect(line() == "export csv out/curves-1.csv")
    #expect(state.update(.key(.tab)) == [])
    #expect(line() == "export csv out/curves-2.csv")
    // A folder stays open for what is in it; hidden names come where the dot was typed.
    state.overlay = nil
    _ = state.press(":export csv .g")
    #expect(state.update(.key(.tab)) == [.list(folder: "")])
    _ = state.update(.listed(folder: "", names: [".git/", "a"]))
    #expect(line() == "export csv .git/")
    #expect(state.update(.key(.tab)) == [.list(folder: ".git/")])
    // A path is the last thing: blanks in names are its own, and none is put behind it.
    state.overlay = nil
    _ = state.press(":export csv My")
    _ = state.update(.key(.tab))
    _ = state.update(.listed(folder: "", names: ["My maps/", "a"]))
    #expect(line() == "export csv My maps/")
    #expect(state.update(.key(.tab)) == [.list(folder: "My maps/")])
    _ = state.update(.listed(folder: "My maps/", names: ["new curves.csv"]))
    #expect(line() == "export csv My maps/new curves.csv")
    #expect(state.update(.key(.enter)).contains(.checkPath("My maps/new curves.csv")))
    // Two blanks are one, and an answer is of the folder that was asked about last.
    state.overlay = nil
    _ = state.press(":export csv  a/")
    #expect(state.update(.key(.tab)) == [.list(folder: "a/")])
    _ = state.update(.key(.backspace))
    _ = state.update(.key(.backspace))
    _ = state.press("b/")
    #expect(state.update(.key(.tab)) == [.list(folder: "b/")])
    #expect(state.update(.key(.tab)) == [])
    _ = state.update(.listed(folder: "a/", names: ["wrong"]))
    #expect(line() == "export csv  b/")
    // Two tabs before the answer: what all have in common, then the first.
    _ = state.update(.listed(folder: "b/", names: ["x1", "x2"]))
    #expect(line() == "export csv  b/x1")
    // What a folder held is not said of it the next time.
    state.overlay = nil
    _ = state.press(":export csv ")
    _ = state.update(.key(.tab))
    _ = state.update(.listed(folder: "", names: ["left", "over"]))
    #expect(state.text.contains("left"))
    state.overlay = nil
    _ = state.press(":export csv ")
    #expect(!state.text.contains(" left "))
    #expect(state.update(.key(.tab)) == [.list(folder: "")])
    _ = state.update(.listed(folder: "", names: ["x", "y"]))
    #expect(state.text.contains("[x]") || state.text.contains(" x "))
    // An answer that comes too late changes nothing.
    _ = state.update(.key(.escape))
    #expect(state.update(.listed(folder: ".git/", names: ["x"])) == [] && state.overlay == nil)
  }

  @Test func keysByTheirNames() throws {
    var state = try PlotFixture.race(3)
    #expect(run("pause", &state) == [.pause(RunID(1))])
    _ = run("next-run", &state)
    #expect(state.selection == RunID(2))
    _ = run("next-run 2", &state)
    #expect(state.selection == RunID(1))
    #expect(run("step 10", &state).filter { $0 == .singleStep(RunID(1)) }.count == 10)
    _ = run("race.error", &state)
    #expect(state.showsError)
    #expect(fault("step 0", &state)?.contains("1 to 999") == true && fault("pause 2", &state) == "pause: found '2'; allowed is nothing after it")
    #expect(fault("features.part", &state) == ":features.part: found on Race; allowed is on Features (:tab features)")
    #expect(fault("colour-map", &state)?.contains("allowed is on Features, Compare") == true)
    #expect(fault("puase", &state)?.contains("allowed are pause") == true)
    _ = run("help", &state)
    #expect(state.overlay == .help(0))
    state.overlay = nil
    _ = run("help seek", &state)
    #expect(state.lastRow.contains(":seek STEP: train until a step"))
    // A colon and blanks before it are no part of it.
    #expect(run(":  pause  ", &state) == [.resume(RunID(1))])
    #expect(run("", &state) == [] && state.overlay == nil)
  }

  /// Every name of the key table is a command on its views, and means what its key does.
  @Test func everyBindingIsACommand() throws {
    for tab in Tab.allCases {
      var state = try PlotFixture.race(3)
      _ = state.press(String(tab.key))
      for binding in state.keymap.candidates(on: tab) {
        let command = try state.command(named: binding.tabs == nil ? binding.intent.name : "\(tab.name).\(binding.intent.name)")
        #expect(command.explanation == binding.explanation || ConsoleCommand.own.contains { $0.name == command.name } || RunField.named(command.name) != nil)
      }
    }
  }

  // MARK: Typing

  @Test func historyComesBack() throws {
    var state = try Fixture.state()
    state.history = CommandHistory(["lr 1e-3", "pause", "lr 2e-3"])
    _ = state.press(":")
    _ = state.update(.key(.up))
    #expect(state.lastRow.hasPrefix(":lr 2e-3"))
    for key in [Key.up, .up, .up] { _ = state.update(.key(key)) }
    #expect(state.lastRow.hasPrefix(":lr 1e-3"))
    for key in [Key.down, .down, .down] { _ = state.update(.key(key)) }
    #expect(state.lastRow.trimmedEnd == ":")
    // Only what begins as what was typed.
    _ = state.press("p")
    _ = state.update(.key(.up))
    #expect(state.lastRow.hasPrefix(":pause"))
    _ = state.update(.key(.down))
    #expect(state.lastRow.trimmedEnd == ":p")
    // What was done is remembered once, at its end; what was not, is not.
    _ = state.update(.key(.control("u")))
    _ = state.press("lr 1e-3")
    #expect(state.update(.key(.enter)).contains(.remember("lr 1e-3")))
    #expect(state.history.lines == ["pause", "lr 2e-3", "lr 1e-3"])
    _ = state.press(":nonsense")
    #expect(state.update(.key(.enter)) == [] && state.history.lines.count == 3)
    #expect(CommandHistory((0..<600).map { "seed \($0)" }).lines.count == CommandHistory.most)
  }

  private func typed(_ state: inout ExplorerState, _ text: String, _ keys: Key...) -> String {
    state.overlay = nil
    _ = state.press(":" + text)
    for key in keys { _ = state.update(.key(key)) }
    guard case .command(let prompt) = state.overlay else { return "" }
    return prompt.line.text
  }

  @Test func tabCompletes() throws {
    let themes = ["asmr", "nord", "nord-light"].map { name in
      var theme = Theme.builtIn
      theme.name = name
      return theme
    }
    var state = try Fixture.state(themes: themes)
    // One alone is done with.
    #expect(typed(&state, "seek", .tab) == "seek ")
    #expect(typed(&state, "theme a", .tab) == "theme asmr ")
    // What all have in common, then one after the other, and back.
    #expect(typed(&state, "theme n", .tab) == "theme nord")
    #expect(typed(&state, "theme n", .tab, .tab) == "theme nord" && typed(&state, "theme n", .tab, .tab, .tab) == "theme nord-light")
    #expect(typed(&state, "theme n", .tab, .backTab) == "theme nord-light")
    #expect(state.lines[state.lines.count - 2].contains("[nord-light]"))
    #expect(typed(&state, "model s", .tab) == "model siren " && typed(&state, "export te", .tab) == "export tensorboard ")
    #expect(typed(&state, "set smoothing 10", .tab, .tab) == "set smoothing 100")
    #expect(typed(&state, "race.er", .tab) == "race.error ")
    #expect(typed(&state, "add lo", .tab) == "add loe " && typed(&state, "add loe,ti", .tab) == "add loe,tiles=")
    #expect(typed(&state, "add siren,hidden=8,om", .tab) == "add siren,hidden=8,omega=")
    // In the middle of a line what stands behind stays.
    #expect(typed(&state, "theme ax", .left, .tab) == "theme asmrx")
    #expect(typed(&state, "zzz", .tab) == "zzz")
    // What belongs after a name is said where nothing completes.
    _ = typed(&state, "seek ")
    #expect(state.lines[state.lines.count - 2].contains(":seek STEP   train until a step"))
    _ = typed(&state, "")
    #expect(state.lines[state.lines.count - 2].contains("theme") && state.lastRow.trimmedEnd == ":")
  }

  @Test func leaving() throws {
    var state = try Fixture.state()
    let before = state.frame()
    for key in [Key.escape, .backspace, .enter] {
      _ = state.press(":")
      #expect(state.overlay != nil)
      _ = state.update(.key(key))
      #expect(state.overlay == nil && state.frame() == before)
    }
  }

  @Test(arguments: [(60, 16), (80, 24), (250, 70)])
  func everyLineFits(width: Int, height: Int) throws {
    for glyphs in [Glyphs.unicode, .ascii] {
      var state = try Fixture.state(width: width, height: height, glyphs: glyphs)
      for line in ["", "t", "theme ", "lr", "set ", String(repeating: "x", count: 300), "model "] {
        state.overlay = nil
        _ = state.press(":" + line)
        for key in [Key.tab, .tab, .backTab, .enter] {
          #expect(state.frame().width == width)
          _ = state.update(.key(key))
        }
      }
    }
  }

  @Test(arguments: [(80, 24), (120, 40)])
  func golden(width: Int, height: Int) throws {
    var state = try Fixture.training(width: width, height: height)
    _ = state.press(":th")
    _ = state.update(.key(.tab))
    _ = state.update(.key(.tab))
    try GoldenFrame.compare(state, "commands-\(width)x\(height)")
  }
}
