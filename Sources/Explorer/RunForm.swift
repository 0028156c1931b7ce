import Canvas
import Networks
import TerminalUI
import Training

/// The form in which a run's configuration is written, before it is started or changed.
struct RunForm: Equatable, Sendable {
  /// The run that is edited; nil for a new one.
  let editing: RunID?
  /// What it was when the form was opened.
  let original: RunConfiguration
  /// What is written so far; fields that are open are nil.
  var draft: RunConfiguration
  /// What it came to when it last could be: what the fields that are open take.
  var resolved: RunConfiguration?
  /// Index among `fields`.
  var row = 0
  /// The text of the field that is being typed; nil while none is.
  var line: LineEditor?
  var fault: String?

  init(adding like: RunConfiguration) {
    editing = nil
    original = like
    draft = RunConfiguration()
    draft.seed = like.seed
    draft.preset = like.preset
  }

  init(editing run: RunView) {
    editing = run.id
    original = run.configuration
    draft = run.configuration
  }

  /// The fields that the model has.
  var fields: [RunField] { RunField.all.filter { $0.models.contains(draft.model) } }
  var field: RunField { fields[min(row, fields.count - 1)] }

  /// What stands in a field, and whether the model and the preset say it because nothing is written there.
  func text(of field: RunField) -> (text: String?, isOpen: Bool) {
    if let text = field.text(of: draft) { return (text, false) }
    return (resolved.flatMap { $0.model == draft.model ? field.text(of: $0) : nil }, true)
  }

  /// Takes what was typed into the draft; false when it cannot be read.
  mutating func commit() -> Bool {
    guard let text = line?.text else { return true }
    do throws(ConfigurationError) {
      try set(field, text)
      line = nil
      fault = nil
      return true
    } catch {
      fault = error.description
      return false
    }
  }

  /// Writes into a field; nothing leaves it open. What contradicts it is left open, too.
  mutating func set(_ field: RunField, _ text: String) throws(ConfigurationError) {
    if text.isEmpty { field.clear(in: &draft) } else { try field.set(text, in: &draft) }
    if field.name == "model" { leaveOpen() }
    // The other way to say the same would contradict what was typed.
    if field.name == "bases" || field.name == "tiles" { draft.layers = nil }
    if field.name == "layers" { (draft.bases, draft.tiles) = (nil, nil) }
    if field.name == "preset" {
      (draft.learningRate, draft.finalLearningRate, draft.schedule, draft.steps, draft.batch) = (nil, nil, nil, nil, nil)
    }
    if field.name == "lr" { draft.finalLearningRate = nil }
    if field.name == "schedule" { draft.steps = nil }
  }

  /// Another model has its own values of everything that decides its network and its rates.
  private mutating func leaveOpen() {
    var open = RunConfiguration()
    (open.model, open.preset, open.seed) = (draft.model, draft.preset, draft.seed)
    draft = open
  }

  /// The next or previous of a field's few values.
  mutating func cycle(by distance: Int) {
    let choices = field.choices
    guard !choices.isEmpty else { return }
    let now = text(of: field).text ?? choices[0]
    let index = choices.firstIndex(of: now) ?? 0
    try? set(field, choices[(index + distance + choices.count) % choices.count])
    fault = nil
  }

  mutating func move(by distance: Int) {
    guard commit() else { return }
    row = (row + distance + fields.count) % fields.count
  }

  /// Whether a run of `original` goes on with its weights as this one.
  func keepsWeights(_ resolved: RunConfiguration) -> Bool {
    var same = resolved
    (same.preset, same.steps, same.schedule, same.batch) = (original.preset, original.steps, original.schedule, original.batch)
    (same.learningRate, same.finalLearningRate) = (original.learningRate, original.finalLearningRate)
    return editing != nil && same == original
  }
}

extension ExplorerState {
  mutating func edit(_ form: RunForm, _ key: Key) -> [Effect] {
    var form = form
    switch key {
    case .escape:
      if form.line != nil {
        (form.line, form.fault) = (nil, nil)
      } else {
        overlay = nil
        return []
      }
    case .up, .backTab: form.move(by: -1)
    case .down, .tab: form.move(by: 1)
    case .left where form.line == nil: form.cycle(by: -1)
    case .right where form.line == nil: form.cycle(by: 1)
    case .enter:
      guard form.commit() else { break }
      return start(form)
    case .character(" ") where !form.field.choices.isEmpty: form.cycle(by: 1)
    default:
      // The first key of a field starts afresh, an editing key goes on from what is there.
      var line = form.line ?? LineEditor(isTyped(key) ? "" : form.field.text(of: form.draft) ?? "")
      if line.handle(key) {
        form.line = line
        form.fault = nil
      }
    }
    overlay = .form(settled(form))
    return []
  }

  /// The form with what its open fields take now; one that cannot be resolved as it is keeps what they took before.
  func settled(_ form: RunForm) -> RunForm {
    var (form, written) = (form, form)
    if written.commit() { form.resolved = (try? written.draft.resolved(shape: subject.signal.shape)) ?? form.resolved }
    return form
  }

  private func isTyped(_ key: Key) -> Bool { if case .character = key { true } else { false } }

  /// The form's configuration for the subject, or what is wrong with it.
  func outcome(of form: RunForm) -> Result<(configuration: RunConfiguration, cost: Cost), ConfigurationError> {
    // What is being typed counts already.
    var form = form
    guard form.commit() else { return .failure(ConfigurationError(form.fault ?? "")) }
    do throws(ConfigurationError) {
      let resolved = try form.draft.resolved(shape: subject.signal.shape)
      let cost = try Self.cost(resolved, subject)
      if form.editing == nil, let fault = countFault() { throw ConfigurationError(fault) }
      if let fault = memoryFault(resolved) { throw ConfigurationError(fault) }
      return .success((resolved, cost))
    } catch {
      return .failure(error)
    }
  }

  private mutating func start(_ form: RunForm) -> [Effect] {
    switch outcome(of: form) {
    case .failure(let error):
      var form = form
      form.fault = error.description
      overlay = .form(form)
      return []
    case .success(let (configuration, cost)):
      overlay = nil
      return begin(form, configuration, cost)
    }
  }

  /// Adds or changes the run of a form that was checked.
  mutating func begin(_ form: RunForm, _ configuration: RunConfiguration, _ cost: Cost) -> [Effect] {
    guard let id = form.editing else { return add(configuration, cost: cost) }
    guard configuration != form.original else { return [] }
    say("\(self[id].map(name) ?? "the run") \(form.keepsWeights(configuration) ? "goes on with its weights" : "starts anew"): \(configuration.label)")
    return [.configure(id, configuration)]
  }
}
