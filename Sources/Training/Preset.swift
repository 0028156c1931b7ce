import Kernels
import Networks

/// Sets of training settings by name.
public enum Preset: String, Codable, CaseIterable, Sendable {
  /// The fastest honest climb on this engine.
  case live
  /// The papers': for ASMR and SIREN Adam 1e-4, cosine over 10,000 full-image steps.
  case paper

  struct Settings {
    let learningRate: Float
    let finalLearningRate: Float
    let schedule: Int
    let batch: BatchSize
  }

  func settings(for model: ModelKind) -> Settings {
    switch (self, model) {
    case (.paper, .asmr), (.paper, .siren):
      Settings(learningRate: 1e-4, finalLearningRate: 1e-6, schedule: 10_000, batch: .full)
    case (.live, .asmr):
      Settings(learningRate: 1e-3, finalLearningRate: 1e-6, schedule: 2_000, batch: .full)
    case (.live, .siren):
      // Measured on the cameraman: 1e-3 ends 0.9 dB lower, 2e-3 lags by 2 dB half-way, 3e-3 falls back; twice the batch
      // for half the steps is no better.
      Settings(learningRate: 1.4e-3, finalLearningRate: 1e-6, schedule: 3_000, batch: .samples(4_096))
    case (.paper, .kilonerf):
      Settings(learningRate: 5e-4, finalLearningRate: 1e-6, schedule: 10_000, batch: .full)
    case (.live, .kilonerf):
      Settings(learningRate: 5e-3, finalLearningRate: 1e-5, schedule: 2_000, batch: .full)
    case (.paper, .loe):
      Settings(learningRate: 1e-2, finalLearningRate: 1e-6, schedule: 10_000, batch: .full)
    case (.live, .loe):
      Settings(learningRate: 1e-2, finalLearningRate: 1e-5, schedule: 1_500, batch: .full)
    case (.paper, .hashgrid):
      // Instant-NGP's rate is constant.
      Settings(learningRate: 1e-2, finalLearningRate: 1e-2, schedule: 10_000, batch: .full)
    case (.live, .hashgrid):
      // Full batches of the same rates reach 5 dB less in the same time.
      Settings(learningRate: 1e-2, finalLearningRate: 1e-4, schedule: 3_000, batch: .samples(16_384))
    }
  }
}
