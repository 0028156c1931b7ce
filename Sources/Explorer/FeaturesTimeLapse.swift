import Canvas
import Networks
import Training

/// All maps of one unit, kept at chosen steps while a run trains.
struct FeatureTimeLapse: Equatable, Sendable {
  let run: RunID
  /// Of the run: a new beginning starts the recording again.
  var generation: Int
  /// Of the run when it was recorded.
  var seed: UInt64
  /// The number of the unit in the layers that have so many.
  let unit: Int
  /// The run's layers when it was begun.
  let layers: [FeatureLayer]
  var recording: FeatureRecording
  private(set) var frames: [FeatureFrame] = []
  private(set) var bytes = 0
  /// How often every second frame was let go.
  private(set) var thinnings = 0
  var isRecording = true
  /// Of the last frame that is in a file.
  private var writtenStep: Int?

  /// What the frames of a recording may take. With maps of at most `mostPoints` an axis this is some hundreds of frames.
  static let mostBytes = 64_000_000
  /// Points an axis of a recorded map.
  static let mostPoints = 128

  static let choices: [FeatureRecording.Steps] = [
    .perOctave(4), .perOctave(8), .perOctave(16), .every(1), .every(5), .every(10), .every(25), .every(50), .every(100), .every(250),
  ]
  static let standardChoice = 1

  init(run: RunID, generation: Int, seed: UInt64, unit: Int, layers: [FeatureLayer], recording: FeatureRecording) {
    (self.run, self.generation, self.seed, self.unit) = (run, generation, seed, unit)
    (self.layers, self.recording) = (layers, recording)
  }

  /// Takes new frames, oldest first. When there are more than the memory is for, every second one goes, and the frames to
  /// come are half as many.
  ///
  /// - Returns: whether the steps have changed.
  mutating func append(_ new: [FeatureFrame]) -> Bool {
    let before = recording.steps
    for frame in new where frame.step > frames.last?.step ?? -1 {
      frames.append(frame)
      bytes += frame.bytes
      while bytes > Self.mostBytes, frames.count > 2 { thin() }
    }
    return recording.steps != before
  }

  /// Frames that came after the last export.
  var unwritten: Int { frames.count { $0.step > writtenStep ?? -1 } }

  /// A file has the frames up to a step's; nil is of something else.
  mutating func wrote(upTo step: Int?) {
    if let step, frames.contains(where: { $0.step == step }) { writtenStep = step }
  }

  /// The first frame stays, and the newest one.
  private mutating func thin() {
    let last = frames.count - 1
    frames = frames.enumerated().compactMap { $0.offset % 2 == 0 || $0.offset == last ? $0.element : nil }
    bytes = frames.reduce(0) { $0 + $1.bytes }
    thinnings += 1
    recording.steps = switch recording.steps {
    case .every(let count): .every(2 * count)
    case .perOctave(let count): .perOctave(max(1, count / 2))
    }
  }

  /// Begins again with a run that was started again.
  mutating func restart(generation: Int, seed: UInt64) {
    (self.generation, self.seed) = (generation, seed)
    (frames, bytes, thinnings, writtenStep) = ([], 0, 0, nil)
  }
}

/// Where in a recording the view is.
struct FeaturePlayback: Equatable, Sendable {
  /// Index of the frame that is shown.
  var frame = 0
  var isPlaying = true
  /// Index into `speeds`.
  var speedIndex = 2
  /// When the frame was shown first, in seconds of the ticks' clock.
  var since: Double

  /// Frames a second.
  static let speeds: [Double] = [1, 2, 4, 8, 15, 30]
  var speed: Double { Self.speeds[speedIndex] }
}

extension FeatureFrame {
  /// Of its values.
  var bytes: Int { answers.reduce(0) { $0 + $1.map.values.count * MemoryLayout<Float>.stride } }
}

extension FeatureRecording.Steps {
  var text: String {
    switch self {
    case .every(1): "every step"
    case .every(let count): "every \(NumberText.grouped(count)) steps"
    case .perOctave(let count): "\(count) frames an octave of steps"
    }
  }
}
