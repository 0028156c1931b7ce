/// Which description of a model is built where its public code departs from its paper.
public enum Variant: String, Codable, CaseIterable, Sendable {
  /// The paper's intent.
  case paper
  /// What the public code computes, slips included; every number of it says so where it is shown.
  case published
}
