import TerminalUI

extension Key {
  /// In a sentence.
  var spoken: String {
    switch self {
    case .character, .control, .function: label
    default: name.split(separator: "-").joined(separator: " ")
    }
  }
}

extension KeyBinding {
  /// Its other keys, but for those that are the same key with or without shift.
  var otherKeys: [Key] {
    let same: [Key: Key] = [.character("="): .character("+"), .character("_"): .character("-")]
    return keys.dropFirst().filter { key in same[key].map { !keys.contains($0) } ?? true }
  }

  /// For help: what it does, and by which other keys.
  var helpText: String {
    explanation + (otherKeys.isEmpty ? "" : " (also \(otherKeys.map(\.spoken).joined(separator: ", ")))")
  }
}

extension Keymap {
  /// Help of a view: every binding that has keys, the keys of the views in one line.
  ///
  /// - Parameter taken: keys that mean something else at the moment.
  func helpLines(on tab: Tab, without taken: Set<Key> = []) -> [(label: String, text: String)] {
    let bindings = bindings(on: tab).filter { $0.keys.first.map { !taken.contains($0) } ?? false }
    let views = bindings.filter { if case .tab = $0.intent { true } else { false } }
    // Only where they are as they were do they count up.
    let areCounted = views.map(\.keys) == Tab.allCases.map { [.character($0.key)] }
    let first = Intent.tab(Tab.allCases[0])
    return bindings.compactMap { binding in
      guard areCounted, case .tab = binding.intent else { return (binding.label, binding.helpText) }
      guard binding.intent == first else { return nil }
      return ("1-\(Tab.allCases.count)", "that view: Race, Curves and so on")
    }
  }
}

/// The key table as a document needs it: the program's own keys, the views one after the other.
public struct KeyReference: Sendable {
  public struct Line: Sendable {
    /// As a configuration and a command have it.
    public let name: String
    /// As a configuration has them, the first one first.
    public let keys: [String]
    public let explanation: String
  }

  public struct Section: Sendable {
    /// `On every view`, or a view's number and title.
    public let title: String
    /// Of a view as configurations name it; nil for every view.
    public let name: String?
    public let lines: [Line]
  }

  public let sections: [Section]

  /// Of the keys that the program has unless they are changed.
  public static let standard = KeyReference(Keymap.standard)

  init(_ keymap: Keymap) {
    func lines(_ bindings: [KeyBinding]) -> [Line] {
      bindings.map { Line(name: $0.intent.name, keys: $0.keys.map(\.name), explanation: $0.explanation) }
    }
    sections = [Section(title: "On every view", name: nil, lines: lines(keymap.bindings.filter { $0.tabs == nil }))]
      + Tab.allCases.map { tab in
        Section(title: "View \(tab.key) \(tab.title)", name: tab.name, lines: lines(keymap.bindings.filter { $0.tabs?.contains(tab) == true }))
      }
  }
}

extension ExplorerState {
  /// The key of something for a sentence, as it is now; its command where it has none.
  func key(_ intent: Intent) -> String {
    let binding = keymap.binding(of: intent, on: tab) ?? keymap.bindings.first { $0.intent == intent }
    return binding?.keys.first?.spoken ?? ":\(intent.name)"
  }
}
