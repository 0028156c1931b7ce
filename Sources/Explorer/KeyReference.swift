/// The key table as text, for documentation: what works on every view, then what each view has of its own.
public struct KeyReference: Sendable {
  public struct Line: Equatable, Sendable {
    /// How the keys are written: `space`, `^L`, `+`.
    public let keys: String
    public let explanation: String
  }

  public struct Section: Equatable, Sendable {
    public let title: String
    public let lines: [Line]
  }

  /// In the order of the views. Keys that several of them share, but not all, stand under the views' names together.
  public static var sections: [Section] {
    var groups: [(tabs: Set<Tab>?, lines: [Line])] = []
    for binding in Keymap.bindings {
      let line = Line(keys: binding.label, explanation: binding.explanation)
      if let index = groups.firstIndex(where: { $0.tabs == binding.tabs }) {
        groups[index].lines.append(line)
      } else {
        groups.append((binding.tabs, [line]))
      }
    }
    // General ones first, then by the first view that has them, those of one view before those of several.
    func place(_ tabs: Set<Tab>?) -> (Int, Int) {
      guard let tabs else { return (0, -1) }
      return (tabs.count == 1 ? 0 : 1, tabs.map(\.rawValue).min() ?? 0)
    }
    return groups.sorted { place($0.tabs) < place($1.tabs) }.map { Section(title: title($0.tabs), lines: $0.lines) }
  }

  private static func title(_ tabs: Set<Tab>?) -> String {
    guard let tabs else { return "On every view" }
    let names = Tab.allCases.filter(tabs.contains).map { "\($0.key) \($0.title)" }
    return (names.count == 1 ? "View " : "Views ") + names.joined(separator: ", ")
  }
}
