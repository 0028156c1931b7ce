import TerminalUI
import Testing

@testable import Explorer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Every key of the explorer's table, typed in real terminals: what a key does is walked in `KeyWalkTests`, here each is
/// shown to arrive as the table has it.
@Suite(.serialized, .disabled(if: Probe.isWanted, "this process is the probe"), .timeLimit(.minutes(5)))
struct TypedKeyTests {
  /// Of all views, each once.
  private static let keys: [Key] = {
    var keys: [Key] = []
    for key in Tab.allCases.flatMap({ Keymap.standard.bindings(on: $0) }).flatMap(\.keys) where !keys.contains(key) { keys.append(key) }
    return keys
  }()

  /// - Parameter wait: for a part of the screen.
  private func walk(send: (Key) -> Void, wait: (String) -> Bool) {
    #expect(Self.keys.count > 60 && Self.keys.contains(.pageDown) && Self.keys.contains(.function(1)))
    for (index, key) in Self.keys.enumerated() {
      send(key)
      guard wait("\(index):<\(key)>") else {
        Issue.record("\(key) did not arrive as itself")
        return
      }
    }
  }

  @Test("In tmux", .enabled(if: Tmux.isInstalled, "tmux and bash are needed"), arguments: ["xterm-256color", "tmux-256color"])
  func inTmux(terminal: String) throws {
    let tmux = try #require(Tmux(width: 160, height: 24, environment: ["TERM": terminal, "LANG": "C.UTF-8"]))
    tmux.enter(Probe.command("keys"))
    try #require(tmux.wait(.seconds(30)) { $0.contains("probe 160x24") } != nil, "\(tmux.screen())")
    let names: [Key: String] = [
      .enter: "Enter", .tab: "Tab", .backTab: "BTab", .escape: "Escape", .backspace: "BSpace", .delete: "DC", .insert: "IC", .up: "Up",
      .down: "Down", .left: "Left", .right: "Right", .home: "Home", .end: "End", .pageUp: "PPage", .pageDown: "NPage",
    ]
    walk { key in
      switch key {
      case .character(let character): tmux.type(String(character))
      case .control(let letter): tmux.send("C-\(letter)")
      case .function(let number): tmux.send("F\(number)")
      default: tmux.send(names[key] ?? "")
      }
    } wait: { text in tmux.wait(.seconds(30)) { $0.contains(text) } != nil }
  }

  @Test("In xterm", .enabled(if: Xterm.isInstalled, "Xvfb, xterm, xdotool and ImageMagick are needed"))
  func inXterm() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "asmr-keys-\(UInt64.random(in: 0 ... .max))").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let terminal = try #require(Xterm("exec env \(Probe.command("keys"))", columns: 160, rows: 24, hasSixel: false, in: folder))
    try #require(terminal.waitForText { $0.contains("probe 160x24") } != nil)
    let names: [Key: String] = [
      .enter: "Return", .tab: "Tab", .backTab: "shift+Tab", .escape: "Escape", .backspace: "BackSpace", .delete: "Delete", .insert: "Insert",
      .up: "Up", .down: "Down", .left: "Left", .right: "Right", .home: "Home", .end: "End", .pageUp: "Prior", .pageDown: "Next",
    ]
    walk { key in
      switch key {
      case .character(let character): terminal.type(String(character))
      case .control(let letter): terminal.send("ctrl+\(letter)")
      case .function(let number): terminal.send("F\(number)")
      default: terminal.send(names[key] ?? "")
      }
    } wait: { text in terminal.waitForText { $0.contains(text) } != nil }
  }
}
