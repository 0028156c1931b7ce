import Testing

@testable import TerminalUI

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the bytes of a terminal become, however they are cut.
@Suite(.disabled(if: Probe.isWanted, "this process is the probe")) struct InputDecoderTests {
  /// As ncurses hands it over: `ESC [ <` and `ESC [ M` are codes of ours where they arrive whole.
  private func codes(_ text: String) -> [(code: UInt32, isFunction: Bool)] {
    var rest = Substring(text)
    var codes: [(code: UInt32, isFunction: Bool)] = []
    while let first = rest.unicodeScalars.first {
      if rest.hasPrefix("\u{1B}[<") {
        codes.append((0x6001, true))
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("\u{1B}[M") {
        codes.append((0x6002, true))
        rest = rest.dropFirst(3)
      } else {
        codes.append((first.value, false))
        rest = rest.dropFirst()
      }
    }
    return codes
  }

  private func events(_ reads: String..., apart: Duration = .milliseconds(100)) -> [Event] {
    var decoder = InputDecoder()
    var now = ContinuousClock.now
    var events: [Event] = []
    for read in reads {
      events += decoder.events(codes(read), now: now)
      now += apart
    }
    return events
  }

  @Test func reportsAreMouseEvents() {
    #expect(events("\u{1B}[<0;1;1M") == [.mouse(MouseEvent(.press(.left), x: 0, y: 0))])
    #expect(events("\u{1B}[<2;120;40m") == [.mouse(MouseEvent(.release(.right), x: 119, y: 39))])
    #expect(events("\u{1B}[<33;7;9M") == [.mouse(MouseEvent(.drag(.middle), x: 6, y: 8))])
    #expect(events("\u{1B}[<64;7;9M") == [.mouse(MouseEvent(.wheelUp, x: 6, y: 8))])
    #expect(events("\u{1B}[<69;7;9M") == [.mouse(MouseEvent(.wheelDown, x: 6, y: 8, shift: true))])
    #expect(events("\u{1B}[<24;300;2M") == [.mouse(MouseEvent(.press(.left), x: 299, y: 1, control: true, alt: true))])
  }

  /// Movement without a button, wheels to the side, more buttons, places that are none, broken reports.
  @Test(arguments: [
    "35;5;5M", "66;5;5M", "67;5;5M", "128;5;5M", "0;0;5M", "0;5M", "0;5;5;5M", ";;M", "M", "0;999999;1M",
    "99999999999999999999999;1;1M",
  ])
  func otherReportsAreNothing(report: String) {
    #expect(events("\u{1B}[<\(report)x") == [.key(.character("x"))])
  }

  @Test func reportsAmongKeysKeepTheOrder() {
    #expect(
      events("a\u{1B}[<0;5;5M\u{1B}[<0;5;5mb") == [
        .key(.character("a")), .mouse(MouseEvent(.press(.left), x: 4, y: 4)),
        .mouse(MouseEvent(.release(.left), x: 4, y: 4)), .key(.character("b")),
      ])
  }

  @Test func aReportMayComeInPieces() {
    let click = Event.mouse(MouseEvent(.press(.left), x: 11, y: 6))
    let report = "\u{1B}[<0;12;7M"
    for cut in 3..<report.count {
      #expect(events(String(report.prefix(cut)), String(report.dropFirst(cut)), "x") == [click, .key(.character("x"))])
    }
    #expect(events("\u{1B}[", "<0;12;7M") == [click])
    // By then the escape was a key: nothing but time tells the two apart.
    #expect(events("\u{1B}", "[<0;12;7M") == [.key(.escape), click])
  }

  @Test func keysAreNeverLost() {
    #expect(events("\u{1B}", "[", "<") == [.key(.escape), .key(.character("[")), .key(.character("<"))])
    // Alt with a bracket, then a letter.
    #expect(events("\u{1B}[", "q") == [.key(.character("q"))])
    #expect(events("\u{1B}O", "q") == [.key(.character("q"))])
    // A report that was cut off for good.
    #expect(events("\u{1B}[<0;12", "q") == [.key(.character("q"))])
    #expect(events("\u{1B}[<0;12", "5", apart: .seconds(2)) == [.key(.character("5"))])
    #expect(events("\u{1B}\u{1B}") == [.key(.escape), .key(.escape)])
  }

  @Test("Keys as another terminal than TERM's sends them")
  func keysOfOtherTerminals() {
    let keys: [(String, Key)] = [
      ("[1~", .home), ("[7~", .home), ("[H", .home), ("OH", .home), ("[4~", .end), ("[8~", .end), ("[F", .end), ("OF", .end), ("[2~", .insert),
      ("[3~", .delete), ("[5~", .pageUp), ("[6~", .pageDown), ("[A", .up), ("OB", .down), ("[C", .right), ("OD", .left), ("[Z", .backTab),
      ("OP", .function(1)), ("[11~", .function(1)), ("OS", .function(4)), ("[15~", .function(5)), ("[17~", .function(6)), ("[21~", .function(10)),
      ("[24~", .function(12)),
    ]
    for (bytes, key) in keys { #expect(events("\u{1B}" + bytes + "x") == [.key(key), .key(.character("x"))], "\(bytes)") }
  }

  @Test func otherSequencesAreDropped() {
    #expect(events("\u{1B}[?64;1;2cx") == [.key(.character("x"))])
    #expect(events("\u{1B}[?64", ";1;2cx") == [.key(.character("x"))])
    #expect(events("\u{1B}[1;5Ax\u{1B}Ojy") == [.key(.character("x")), .key(.character("y"))])
    #expect(events("\u{1B}[200~x\u{1B}[1;2~\u{1B}[9~y") == [.key(.character("x")), .key(.character("y"))])
    // Old reports: three bytes, whatever they are.
    #expect(events("\u{1B}[M q!x") == [.key(.character("x"))])
  }

  @Test func whoHasAMouse() {
    for name in ["xterm-256color", "tmux-256color", "screen", "rxvt-unicode", "xterm-kitty"] {
      #expect(TerminalEnvironment.hasMouse(name, kmous: false), "\(name)")
    }
    for name in ["linux", "linux-16color", "vt100", "vt220", "dumb", "ansi"] {
      #expect(!TerminalEnvironment.hasMouse(name, kmous: true), "\(name)")
    }
    #expect(TerminalEnvironment.hasMouse("something", kmous: true))
    #expect(!TerminalEnvironment.hasMouse("something", kmous: false))
  }
}

/// The mouse in a real terminal.
@Suite(
  .serialized, .enabled(if: Tmux.isInstalled, "tmux and bash are needed"),
  .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(3)))
struct MouseTests {
  private func start(_ environment: [String: String] = [:], options: String = "") throws -> Tmux {
    let tmux = try #require(Tmux(environment: environment))
    tmux.enter(Probe.command(options))
    try #require(tmux.wait { $0.contains("probe 100x30") } != nil, "\(tmux.screen())")
    return tmux
  }

  private func lastLine(_ text: String) -> String { text.split(separator: "\n").last.map(String.init) ?? "" }

  @Test(arguments: ["tmux-256color", "xterm-256color", "screen-256color"])
  func reportsArriveAmongKeys(name: String) throws {
    let tmux = try start(["TERM": name])
    #expect(tmux.holds { tmux.mouseModes == "110" })
    tmux.type("\u{1B}[<0;5;7M\u{1B}[<32;6;7M\u{1B}[<0;6;7m")
    #expect(tmux.wait { lastLine($0) == "<press(left) 4,6> <drag(left) 5,6> <release(left) 5,6>" } != nil, "\(tmux.screen())")
    tmux.type("a\u{1B}[<81;100;30Mb")
    let expected = "<release(left) 5,6> <character(\"a\")> <wheelDown+control 99,29> <character(\"b\")>"
    #expect(tmux.wait { lastLine($0) == expected } != nil, "\(tmux.screen())")
    // In two reads, further apart than the time for escape.
    tmux.type("\u{1B}[<0;1")
    usleep(60_000)
    tmux.type("2;7M")
    #expect(tmux.wait { lastLine($0).hasSuffix("<character(\"b\")> <press(left) 11,6>") } != nil, "\(tmux.screen())")
    tmux.send("q")
    #expect(tmux.waitForShell())
    #expect(tmux.modesAreUnchanged)
  }

  @Test func modesAreGivenBackAndSetAgain() throws {
    let tmux = try start()
    #expect(tmux.holds { tmux.mouseModes == "110" })
    tmux.send("C-z")
    #expect(tmux.wait { $0.contains("Stopped") } != nil)
    #expect(tmux.mouseModes == "000")
    tmux.enter("fg")
    #expect(tmux.wait { $0.contains("resumed") } != nil)
    #expect(tmux.holds { tmux.mouseModes == "110" })
    // Off by the user stays off over a stop.
    tmux.send("m")
    #expect(tmux.holds { tmux.mouseModes == "000" })
    tmux.send("C-z")
    #expect(tmux.wait { $0.contains("Stopped") } != nil)
    tmux.enter("fg")
    #expect(tmux.wait { $0.contains("resumed resumed") } != nil)
    #expect(tmux.mouseModes == "000")
    tmux.send("m")
    #expect(tmux.holds { tmux.mouseModes == "110" })
    tmux.send("q")
    #expect(tmux.waitForShell())
    #expect(tmux.modesAreUnchanged)
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGSEGV, SIGABRT])
  func modesAreGivenBackAfterASignal(signal: Int32) throws {
    let tmux = try start()
    #expect(tmux.holds { tmux.mouseModes == "110" })
    tmux.signal(signal)
    #expect(tmux.waitForShell())
    #expect(tmux.mouseModes == "000")
    #expect(tmux.modesAreUnchanged)
  }

  @Test(arguments: [("linux", ""), ("vt100", ""), ("tmux-256color", "still")])
  func whereNobodyAsksThereIsNoMouse(name: String, options: String) throws {
    let tmux = try start(["TERM": name], options: options)
    tmux.send("x")
    #expect(tmux.wait { $0.contains("character(\"x\")") } != nil)
    #expect(tmux.mouseModes == "000")
    tmux.send("q")
    #expect(tmux.waitForShell())
    #expect(tmux.modesAreUnchanged)
  }
}
