import Canvas
import TerminalUI
import Training

/// The questions that lie over the screen: quitting, removing, saving.
extension ExplorerState {
  mutating func confirmQuit(_ key: Key) -> [Effect] {
    switch key {
    case .character("y"), .character("q"), .enter: return leave(0)
    case .character("w") where unwrittenFrames > 0: return openExport(of: .timeLapse)
    case .character("s") where !unsavedRuns.isEmpty:
      // One after the other; the question comes back while there are more.
      let first = unsavedRuns.first ?? run
      // Orders are selected on their own view alone.
      if first.isPermutation == run.isPermutation { selection = first.id }
      overlay = .save(savePrompt(for: first, thenQuits: true))
      return []
    case .character("n"), .escape:
      overlay = nil
      return []
    default: return []
    }
  }

  mutating func confirmRemove(_ id: RunID, _ key: Key) -> [Effect] {
    switch key {
    case .character("y"), .enter, .character("D"), .delete:
      overlay = nil
      return remove(id)
    case .character("n"), .escape:
      overlay = nil
      return []
    default: return []
    }
  }

  mutating func save(to path: String) -> [Effect] {
    guard case .save(var prompt) = overlay else { return [] }
    prompt.isSaving = true
    overlay = .save(prompt)
    return [.save(prompt.run, path: path)]
  }

  /// What names of files begin with: the picture's, up to its first dot.
  var fileStem: String { SessionStore.stem(picture: subject.name) }

  func savePrompt(for run: RunView, thenQuits: Bool) -> SavePrompt {
    var name = "\(fileStem)-\(run.configuration.model.rawValue)"
    // Orders differ in their bases alone.
    if run.isPermutation, let bases = run.configuration.bases {
      name += "-" + bases.argument.map { $0 == "," ? "-" : String($0) }.joined()
    }
    return SavePrompt(run: run.id, line: LineEditor(name + ".safetensors"), thenQuits: thenQuits)
  }

  mutating func edit(_ prompt: SavePrompt, _ key: Key) -> [Effect] {
    var prompt = prompt
    switch key {
    case .escape:
      overlay = nil
      return []
    case _ where prompt.isSaving: return []
    case .enter:
      let path = prompt.line.text
      guard !path.isEmpty else { return [] }
      return prompt.existing == path ? save(to: path) : [.checkPath(path)]
    default:
      if prompt.line.handle(key) {
        prompt.existing = nil
        prompt.fault = nil
        overlay = .save(prompt)
      }
      return []
    }
  }
}
