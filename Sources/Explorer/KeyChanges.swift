import TerminalUI

/// Keys that a user wants for something, as a line of the configuration says.
struct KeyChange: Equatable, Sendable {
  /// Without the view's.
  var name: String
  /// nil: on every view that has it.
  var tab: Tab?
  var keys: [Key]
}

/// Why a change cannot be made.
struct KeyFault: Equatable, Sendable {
  /// Of the changes.
  let index: Int
  let found: String
  let allowed: String
}

extension Keymap {
  /// Names that something has, on a view or on any.
  func names(on tab: Tab?) -> [String] {
    var names: [String] = []
    for binding in tab.map(candidates) ?? bindings where !names.contains(binding.intent.name) { names.append(binding.intent.name) }
    return names
  }

  /// The table with the user's keys, those of single views after those of all, and what is wrong with them.
  func changed(by changes: [KeyChange]) -> (keymap: Keymap, faults: [KeyFault]) {
    var faults: [KeyFault] = []
    var bindings = bindings
    for (index, change) in changes.enumerated() where !names(on: change.tab).contains(change.name) {
      let names = names(on: change.tab)
      faults.append(
        KeyFault(index: index, found: "no such name", allowed: Nearest.allowed(change.name, among: names)))
    }
    for change in changes where change.tab == nil {
      for index in bindings.indices where bindings[index].intent.name == change.name { bindings[index].keys = change.keys }
    }
    for change in changes {
      guard let tab = change.tab,
        let index = bindings.firstIndex(where: { $0.intent.name == change.name && $0.tabs?.contains(tab) == true })
          ?? bindings.firstIndex(where: { $0.intent.name == change.name && $0.tabs == nil })
      else { continue }
      var own = bindings[index]
      if own.tabs == nil { bindings[index].except.insert(tab) } else { bindings[index].tabs?.remove(tab) }
      own.tabs = [tab]
      own.keys = change.keys
      bindings.insert(own, at: index)
    }
    let result = Keymap(bindings.filter { $0.tabs?.isEmpty != true })
    return (result, faults + conflicts(of: changes, in: result))
  }

  /// Keys that mean two things on a view, but for those that a view takes from a general one here already.
  private func conflicts(of changes: [KeyChange], in result: Keymap) -> [KeyFault] {
    var faults: [KeyFault] = []
    for tab in Tab.allCases {
      let before = candidates(on: tab)
      let after = result.candidates(on: tab)
      for (place, binding) in after.enumerated() {
        for key in binding.keys {
          // One name may be a general thing and a view's own beside it, which comes first there.
          for other in after[(place + 1)...] where other.keys.contains(key) && other.intent.name != binding.intent.name {
            let isOld = [binding, other].allSatisfy { new in before.contains { $0.intent == new.intent && $0.keys.contains(key) } }
            guard !isOld, let index = changes.lastIndex(where: { change in
              (change.tab == nil || change.tab == tab) && change.keys.contains(key)
                && [binding, other].contains { $0.intent.name == change.name }
            }), !faults.contains(where: { $0.index == index }) else { continue }
            let taken = other.intent.name == changes[index].name ? binding : other
            faults.append(
              KeyFault(
                index: index, found: "'\(key.name)', which is \(taken.intent.name) on \(tab.title)",
                allowed: "a key that is free there, or another one for \(taken.intent.name)"))
          }
        }
      }
    }
    return faults
  }
}
