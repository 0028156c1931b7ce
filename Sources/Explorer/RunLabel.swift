import Training

/// How runs of the race are told apart by their names.
extension ExplorerState {
  /// A run's label, and where another run has the same one what differs: `hash grid 8×2, batch full`.
  func label(of run: RunView) -> String { run.label + (difference(of: run).map { ", " + $0 } ?? "") }

  /// The same without sizes, which are those of the other run of the label: `hash grid, batch full`; else the model.
  func shortLabel(of run: RunView) -> String {
    run.configuration.shortName + (difference(of: run).map { ", " + $0 } ?? "")
  }

  /// The first field, or as many as it takes, that tells a run from the others of its label: `batch full`; nil where no
  /// other has the label, and for a fork that was not changed.
  func difference(of run: RunView) -> String? {
    var others: [RunConfiguration] = []
    for index in runs.indices
    where runs[index].label == run.label && runs[index].id != run.id && runs[index].isPermutation == run.isPermutation {
      others.append(runs[index].configuration)
    }
    return others.isEmpty ? nil : run.configuration.difference(from: others)
  }
}
