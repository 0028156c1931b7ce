import Networks
import Training

/// A command that is typed after a colon.
struct ConsoleCommand: Sendable {
  /// Does it with what was typed after the name, and says what became of it.
  typealias Run = @Sendable (inout ExplorerState, _ argument: String) throws(ConfigurationError) -> [Effect]

  let name: String
  /// What may follow the name, in words; empty: nothing.
  let argument: String
  let explanation: String
  /// Words that may stand where one is typed.
  typealias Values = @Sendable (ExplorerState, _ before: [String], _ typed: String) -> [String]

  let values: Values
  /// Which of the words after the name is a path, counted from 0; nil: none.
  let pathPlace: Int?
  let run: Run

  init(
    _ name: String, _ argument: String = "", _ explanation: String, pathPlace: Int? = nil,
    values: @escaping Values = { _, _, _ in [] }, run: @escaping Run
  ) {
    (self.name, self.argument, self.explanation, self.pathPlace) = (name, argument, explanation, pathPlace)
    (self.values, self.run) = (values, run)
  }

  /// Commands of their own, beside the fields of runs and what keys do.
  static let own: [ConsoleCommand] = runs + files + screen

  private static let screen: [ConsoleCommand] = [
    ConsoleCommand("theme", "[NAME]", "show a theme and keep it; alone: the list of themes") { state, before, _ in
      before.isEmpty ? state.themes.map(\.name) : []
    } run: { state, name throws(ConfigurationError) in
      name.isEmpty ? state.openThemes() : try state.take(themeNamed: name)
    },
    ConsoleCommand("tab", "VIEW", "open a view, by its name or number") { _, before, _ in
      before.isEmpty ? Tab.allCases.map(\.name) : []
    } run: { state, name throws(ConfigurationError) in
      guard let tab = Tab.named(name) else {
        throw ConfigurationError("tab: found '\(name)'; allowed are \(Nearest.list(Tab.allCases.map(\.name))), or 1 to \(Tab.allCases.count)")
      }
      return state.perform(.tab(tab))
    },
    ConsoleCommand("set", "NAME [VALUE]", "change a value of the configuration until the end; alone: say it") { state, before, _ in
      if before.isEmpty { return Setting.live.map(\.name) }
      return before.count == 1 ? Setting.named(before[0]).map { state.choices(of: $0) } ?? [] : []
    } run: { state, text throws(ConfigurationError) in
      let words = text.split(separator: " ", maxSplits: 1).map(String.init)
      return try state.set(words.first ?? "", to: words.count > 1 ? words[1] : nil)
    },
    ConsoleCommand("help", "[COMMAND]", "the keys of the view; what a command does") { state, before, _ in
      before.isEmpty ? state.commandNames : []
    } run: { state, name throws(ConfigurationError) in
      guard !name.isEmpty else { return state.perform(.help) }
      let command = try state.command(named: name)
      let usage = command.argument.isEmpty ? "" : " \(command.argument)"
      state.say(":\(command.name)\(usage): \(command.explanation)", seconds: 10)
      return []
    },
  ]
}

extension ExplorerState {
  /// Every command that is there now: first those of their own, then fields of the run, then what keys do on the view.
  var commands: [ConsoleCommand] {
    var names = Set<String>()
    let fields = RunField.all.filter { $0.models.contains(run.configuration.model) }.map { ConsoleCommand(field: $0) }
    let bindings = keymap.candidates(on: tab).flatMap { binding in
      let command = ConsoleCommand(binding, name: binding.intent.name)
      return binding.tabs == nil ? [command] : [command, ConsoleCommand(binding, name: "\(tab.name).\(binding.intent.name)")]
    }
    return (ConsoleCommand.own + fields + bindings).filter { names.insert($0.name).inserted }
  }

  /// Names to complete. With the view's name before them they are there, but in nobody's way.
  var commandNames: [String] {
    let prefix = tab.name + "."
    return commands.map(\.name).filter { !$0.hasPrefix(prefix) }
  }

  /// - Throws: what was found and which names are like it.
  func command(named name: String) throws(ConfigurationError) -> ConsoleCommand {
    if let command = commands.first(where: { $0.name == name }) { return command }
    if let field = RunField.named(name) { return ConsoleCommand(field: field) }
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    let others = Tab.allCases.filter { tab in
      tab != self.tab && keymap.candidates(on: tab).contains { $0.tabs != nil && $0.intent.name == parts.last }
        && (parts.count == 1 || parts[0] == tab.name)
    }
    if let other = others.first {
      throw ConfigurationError(":\(name): found on \(tab.title); allowed is on \(Nearest.list(others.map(\.title))) (:tab \(other.name))")
    }
    throw ConfigurationError(
      "found ':\(name)'; allowed are \(Nearest.allowed(name, among: commandNames)) (tab shows them)")
  }

  /// Carries out what was typed after the colon.
  ///
  /// - Throws: one line that says what was found and what is allowed.
  mutating func execute(_ text: String) throws(ConfigurationError) -> [Effect] {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard let name = words.first else { return [] }
    let command = try command(named: name)
    let argument = words.count > 1 ? String(words[1].drop { $0 == " " }).trimmedEnd : ""
    guard !command.argument.isEmpty || argument.isEmpty else {
      throw ConfigurationError("\(name): found '\(argument)'; allowed is nothing after it")
    }
    return try command.run(&self, argument)
  }
}

extension String {
  /// Without blanks at its end.
  var trimmedEnd: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

extension ConsoleCommand {
  /// A field of the run that keys mean; without a value it is said.
  init(field: RunField) {
    let allowed = field.choices.isEmpty ? "VALUE" : field.choices.joined(separator: "|")
    let help = field.help.split(separator: "\n").first.map(String.init) ?? field.help
    self.init(field.name, "[\(allowed)]", help) { _, before, _ in
      before.isEmpty ? field.choices : []
    } run: { state, text throws(ConfigurationError) in
      try state.write(field, text)
    }
  }

  /// What a key does, which may have no key.
  init(_ binding: KeyBinding, name: String) {
    let intent = binding.intent
    self.init(name, intent.repeats ? "[TIMES]" : "", binding.explanation) { state, text throws(ConfigurationError) in
      guard !text.isEmpty else { return state.perform(intent) }
      guard let count = Int(text), (1...ExplorerState.mostTimes).contains(count) else {
        throw ConfigurationError("\(name): found '\(text)'; allowed are 1 to \(ExplorerState.mostTimes), how many times")
      }
      return state.perform(intent, times: count)
    }
  }
}
