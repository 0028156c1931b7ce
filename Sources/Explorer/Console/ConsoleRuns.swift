import Canvas
import Networks
import Training

/// Commands that change what trains.
extension ConsoleCommand {
  static let runs: [ConsoleCommand] = [
    ConsoleCommand("add", "[MODEL,FIELD=VALUE…]", "add a run, as --run takes it; alone: the form") { _, before, typed in
      before.isEmpty ? specifications(typed) : []
    } run: { state, text throws(ConfigurationError) in
      try state.addRun(text)
    },
    ConsoleCommand("seek", "STEP", "train until a step and pause; behind it, from the start") { state, text throws(ConfigurationError) in
      try state.seek(text)
    },
  ]

  /// Models; after a comma the fields of the one that is typed.
  private static func specifications(_ typed: String) -> [String] {
    let models = ModelKind.allCases.map(\.rawValue)
    guard let comma = typed.lastIndex(of: ","), let model = ModelKind(rawValue: String(typed.prefix { $0 != "," })) else { return models }
    return RunField.all.filter { $0.models.contains(model) && $0.name != "model" }.map { "\(typed[...comma])\($0.name)=" }
  }
}

extension ExplorerState {
  /// Writes a field of the run as the form does; nothing says what it is.
  mutating func write(_ field: RunField, _ text: String) throws(ConfigurationError) -> [Effect] {
    let configuration = run.configuration
    guard field.models.contains(configuration.model) else {
      let models = ModelKind.allCases.filter { field.models.contains($0) }.map(\.rawValue)
      throw ConfigurationError("\(field.name): found a run of \(configuration.model.rawValue); allowed are those of \(Nearest.list(models))")
    }
    guard !text.isEmpty else {
      let allowed = field.allowed(for: configuration.model, shape: subject.signal.shape)
      say("\(field.name) \(field.text(of: configuration) ?? ""); allowed are \(allowed)", seconds: 10)
      return []
    }
    var form = RunForm(editing: run)
    try form.set(field, text)
    return try begin(form)
  }

  /// Starts or changes the run of a form.
  private mutating func begin(_ form: RunForm) throws(ConfigurationError) -> [Effect] {
    let (configuration, cost) = try outcome(of: form).get()
    if configuration == form.original, form.editing != nil { say("that is how it is: \(configuration.label)") }
    return begin(form, configuration, cost)
  }

  mutating func addRun(_ text: String) throws(ConfigurationError) -> [Effect] {
    guard !text.isEmpty else { return perform(Intent.add) }
    guard tab != .permutations else {
      throw ConfigurationError("add: found on Permutations; allowed is on the other views (\(key(.permutations(.add))) adds an order)")
    }
    // Blanks between fields are as good as commas.
    let words = text.split(separator: " ").joined(separator: ",")
    let like = run.configuration
    var form = RunForm(adding: like)
    do throws(ConfigurationError) {
      form.draft = try RunSpecification.configuration(
        words, given: [("seed", String(like.seed)), ("preset", like.preset.rawValue)])
    } catch {
      throw ConfigurationError("add: \(error)")
    }
    return try begin(form)
  }

  /// Training goes one way: a step that lies behind is reached from the start, whose bits the seed decides.
  mutating func seek(_ text: String) throws(ConfigurationError) -> [Effect] {
    let most = run.configuration.steps ?? 0
    guard let step = Int(text.filter { $0 != "," }), (0...most).contains(step) else {
      throw ConfigurationError(
        "seek: found '\(text)'; allowed are 0 to \(NumberText.grouped(most)), the run's steps (:steps changes how many)")
    }
    let place = NumberText.grouped(step)
    if step == run.step, run.state != .diverged {
      say(run.hasEnded ? "\(name(run)) is there: step \(place), \(run.state.rawValue)" : "\(name(run)) is there and pauses: step \(place)")
    } else if step < run.step || run.state == .diverged {
      if run.isPermutation { noteNewcomer(run.id, generation: run.generation + 1) }
      say("\(name(run)) does not go back: again from seed \(run.configuration.seed), pausing at step \(place)", seconds: 8)
    } else {
      say("\(name(run)) trains until step \(place) and pauses there")
    }
    let id = run.id
    permutations.interruption?.paused.removeAll { $0 == id }
    run.requestedState = nil
    return [.seek(id, step: step)]
  }
}
