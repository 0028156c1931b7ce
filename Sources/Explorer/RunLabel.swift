import Training

/// How runs of the race are told apart by their names.
extension ExplorerState {
  /// A run's label, and where another run has the same one what differs: `hash grid 8×2, batch full`.
  func label(of run: RunView) -> String { run.configuration.label + (difference(of: run).map { ", " + $0 } ?? "") }

  /// The same without sizes, which are those of the other run of the label: `hash grid, batch full`; else the model.
  func shortLabel(of run: RunView) -> String {
    run.configuration.shortName + (difference(of: run).map { ", " + $0 } ?? "")
  }

  /// The first field, or as many as it takes, that tells a run from the others of its label: `batch full`; nil where no
  /// other has the label, and for a fork that was not changed.
  func difference(of run: RunView) -> String? {
    var same = runs.filter {
      $0.id != run.id && $0.isPermutation == run.isPermutation && $0.configuration.label == run.configuration.label
    }
    var words: [String] = []
    for field in RunField.all where !same.isEmpty {
      let text = field.text(of: run.configuration)
      let alike = same.filter { field.text(of: $0.configuration) == text }
      guard alike.count < same.count, let text else { continue }
      words.append("\(field.name) \(text)")
      same = alike
    }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }
}
