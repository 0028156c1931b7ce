import TerminalUI

/// What a key means on the main screen.
enum Intent: Hashable, Sendable, CaseIterable {
  case togglePause, singleStep, toggleError, reset, reseed, save, nextTheme, repaint, help, quit
}

/// One line of the key table.
struct KeyBinding: Sendable {
  let intent: Intent
  let keys: [Key]
  /// How the keys are written.
  let label: String
  /// For the row of hints; nil leaves it out there.
  let hint: String?
  /// For help.
  let explanation: String
}

/// The one table that dispatch, hints and help are made from.
enum Keymap {
  static let bindings: [KeyBinding] = [
    KeyBinding(
      intent: .togglePause, keys: [.character(" "), .character("p")], label: "space", hint: "pause",
      explanation: "pause training, or go on (also p)"),
    KeyBinding(
      intent: .singleStep, keys: [.character(".")], label: ".", hint: "step", explanation: "take a single step, paused"),
    KeyBinding(
      intent: .toggleError, keys: [.character("e")], label: "e", hint: "error",
      explanation: "show or hide the error map |y - t|"),
    KeyBinding(
      intent: .reset, keys: [.character("r")], label: "r", hint: "reset", explanation: "start again with the same seed"),
    KeyBinding(
      intent: .reseed, keys: [.character("R")], label: "R", hint: nil, explanation: "start again with the next seed"),
    KeyBinding(
      intent: .save, keys: [.character("s")], label: "s", hint: "save",
      explanation: "save the model (safetensors)"),
    KeyBinding(
      intent: .nextTheme, keys: [.character("t")], label: "t", hint: "theme", explanation: "the next theme"),
    KeyBinding(
      intent: .repaint, keys: [.control("l")], label: "^L", hint: nil, explanation: "draw the screen anew"),
    KeyBinding(
      intent: .help, keys: [.character("?"), .function(1)], label: "?", hint: "help", explanation: "this help (also F1)"),
    KeyBinding(
      intent: .quit, keys: [.character("q")], label: "q", hint: "quit",
      explanation: "quit; asks when training would be lost"),
  ]

  private static let table: [Key: Intent] = Dictionary(
    bindings.flatMap { binding in binding.keys.map { ($0, binding.intent) } }, uniquingKeysWith: { first, _ in first })

  static func intent(of key: Key) -> Intent? { table[key] }
}
