import Canvas
import Networks
import Signals
import Training

/// The picture that is being learnt.
public struct Subject: Sendable {
  public var name: String
  public var signal: Signal
  /// What was done to it when it was read.
  public var notes: [String]

  public init(_ loaded: LoadedSignal) {
    name = loaded.name
    signal = loaded.signal
    notes = loaded.notes
  }

  var rows: Int { signal.shape.first ?? 0 }
  var columns: Int { signal.shape.last ?? 0 }
}

/// A run as the screen knows it: the newest snapshot, and what has gathered from all of them.
struct RunView: Sendable {
  let id: RunID
  var configuration: RunConfiguration
  var cost: Cost
  var state = RunState.training
  /// What was asked for and not yet answered: a second press of the key means the other thing.
  var requestedState: RunState?
  var step = 0
  var elapsedSeconds = 0.0
  var trainedSeconds = 0.0
  var stepsPerSecond = 0.0
  var learningRate: Float = 0
  var best: Best?
  var generation = 0
  var curve = Curve()
  /// Numbers of the final parameters, once there are any.
  var evaluation: EvaluationNumbers?
  var reconstruction: Raster?
  var error: Raster?
  /// What the error map's brightest colour stands for.
  var errorScale = 0.5
  /// The step whose parameters are in a file.
  var savedStep: Int?

  struct EvaluationNumbers: Equatable, Sendable {
    var step: Int
    var psnr: Double
    var ssim: Double?
    var loss: Double
  }

  /// The newest PSNR and whether it is an estimate.
  var psnr: (value: Double, isEstimate: Bool)? {
    if let evaluation { return (evaluation.psnr, false) }
    return curve.metrics.last.map { ($0.psnr, $0.isEstimate) }
  }

  /// The newest mean squared error.
  var loss: Double? { evaluation?.loss ?? curve.metrics.last?.loss }

  var hasUnsavedWork: Bool { step > 0 && savedStep != step }
  var hasEnded: Bool { state != .training && state != .paused }
}

/// What lies over the screen and takes the keys.
enum Overlay: Equatable, Sendable {
  case help
  case confirmQuit
  case save(SavePrompt)
}

/// The line in which a path is typed.
struct SavePrompt: Equatable, Sendable {
  var line: LineEditor
  var thenQuits: Bool
  /// A file of this path is there; Enter once more replaces it.
  var existing: String?
  var fault: String?
  /// The engine was asked; the keys wait for its answer.
  var isSaving = false
}

/// A short text in the last row, for a while.
struct Message: Equatable, Sendable {
  enum Kind: Sendable { case information, fault }
  var text: String
  var kind = Kind.information
  var until: Double
}

/// Everything that the screen depends on: a value, changed by `update` alone.
public struct ExplorerState: Sendable {
  var subject: Subject
  var width: Int
  var height: Int
  var glyphs: Glyphs
  var themes: [Theme]
  var themeIndex = 0
  var run: RunView
  var showsError = false
  var overlay: Overlay?
  var message: Message?
  /// Seconds of a monotonic clock, from the last tick.
  var now = 0.0
  var residentBytes = 0
  /// The target at the size of its rectangle.
  var target: Raster?
  /// What the engine was last asked for.
  var request: PreviewRequest?
  var sirenMACs: Double?

  var theme: Theme { themes[themeIndex] }
  var layout: Layout? { Layout(width: width, height: height, subject: subject, showsError: showsError) }

  /// - Parameters:
  ///   - configuration: resolved for the subject.
  ///   - themes: at least one; the first is used.
  ///   - now: of the clock that ticks tell.
  public init(
    subject: Subject, configuration: RunConfiguration, cost: Cost, width: Int, height: Int, glyphs: Glyphs,
    themes: [Theme], now: Double = 0
  ) {
    self.subject = subject
    self.now = now
    self.width = width
    self.height = height
    self.glyphs = glyphs
    self.themes = themes
    run = RunView(id: RunID(1), configuration: configuration, cost: cost)
    let siren = SIRENConfiguration(hidden: configuration.hidden ?? 256, layers: configuration.layers ?? 4)
    sirenMACs = configuration.model == .siren
      ? nil : try? siren.cost(shape: subject.signal.shape, channels: subject.signal.channels).macs
    let notes = subject.notes + [configuration.paddingNote(shape: subject.signal.shape)].compactMap { $0 }
    if !notes.isEmpty { message = Message(text: notes.joined(separator: "; "), until: now + 8) }
  }
}
