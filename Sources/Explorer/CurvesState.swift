import Training

/// What the plots of curves show.
struct CurvesState: Equatable, Sendable {
  enum Metric: CaseIterable, Sendable {
    case psnr, loss, ssim

    var title: String {
      switch self {
      case .psnr: "PSNR, dB"
      case .loss: "loss (MSE)"
      case .ssim: "SSIM"
      }
    }
  }

  enum Axis: CaseIterable, Sendable {
    case step, seconds, trainedSeconds, macs

    var title: String {
      switch self {
      case .step: "step"
      case .seconds: "seconds"
      case .trainedSeconds: "seconds trained"
      case .macs: "MACs spent"
      }
    }
  }

  var metric = Metric.psnr
  var axis = Axis.trainedSeconds
}
