import Networks
import Signals

/// Everything that is needed to go on with some runs as if they had never stopped: the runs, their curves, the picture
/// that they learn, and how they were looked at.
public struct Session: Equatable, Sendable {
  /// Seconds since 1970 when it was saved.
  public var date: Double
  /// Whether the program saved it by itself.
  public var isAutosave: Bool
  public var picture: SessionPicture
  public var runs: [SessionRun]
  /// How they were looked at: what the explorer makes of it, opaque here.
  public var layout: String

  public init(date: Double, isAutosave: Bool, picture: SessionPicture, runs: [SessionRun], layout: String) {
    (self.date, self.isAutosave, self.picture) = (date, isAutosave, picture)
    (self.runs, self.layout) = (runs, layout)
  }
}

/// A run of a session.
public struct SessionRun: Equatable, Sendable {
  public var id: RunID
  public var checkpoint: RunCheckpoint
  /// Every point of its curve, oldest first.
  public var metrics: [StepMetrics]
  public var similarities: [Similarity]

  public init(id: RunID, checkpoint: RunCheckpoint, metrics: [StepMetrics], similarities: [Similarity]) {
    (self.id, self.checkpoint, self.metrics, self.similarities) = (id, checkpoint, metrics, similarities)
  }
}

/// The picture of a session: where it came from, and what tells that it is still the same.
public struct SessionPicture: Equatable, Sendable {
  /// Absolute; nil for standard input.
  public var path: String?
  public var name: String
  /// How it was made smaller when it was read.
  public var resize: ResizePolicy
  public var shape: [Int]
  public var channels: Int
  /// CRC-32 of the samples' bytes.
  public var checksum: UInt32
  /// What its user was told about it.
  public var notes: [String]
  /// The samples themselves, where they are few.
  public var samples: [Float]?

  /// Samples of up to so many bytes are stored.
  public static let mostStoredBytes = 4_000_000

  public init(path: String?, resize: ResizePolicy, _ loaded: LoadedSignal) {
    let signal = loaded.signal
    (self.path, self.resize, name, notes) = (path, resize, loaded.name, loaded.notes)
    (shape, channels, checksum) = (signal.shape, signal.channels, Self.checksum(signal))
    samples = 4 * signal.samples.count < Self.mostStoredBytes ? signal.samples : nil
  }

  init(
    path: String?, name: String, resize: ResizePolicy, shape: [Int], channels: Int, checksum: UInt32, notes: [String],
    samples: [Float]?
  ) {
    (self.path, self.name, self.resize, self.shape) = (path, name, resize, shape)
    (self.channels, self.checksum, self.notes, self.samples) = (channels, checksum, notes, samples)
  }

  static func checksum(_ signal: Signal) -> UInt32 { Checksum.crc32(signal.samples.littleEndianBytes) }

  /// The picture as the runs learnt it, and what is to be said of where it came from.
  ///
  /// - Parameter file: the session's, for messages.
  /// - Throws: `SignalError` when its file is gone or another one by now and its samples are not stored.
  public func load(file: String) throws(SignalError) -> LoadedSignal {
    func loaded(_ signal: Signal, _ note: String?) -> LoadedSignal {
      LoadedSignal(signal: signal, name: name, format: "session", notes: notes + (note.map { [$0] } ?? []), originalShape: shape)
    }
    let fault: String
    if let path {
      do throws(SignalError) {
        let signal = try ImageReader.read(path: path, resize: resize).signal
        if signal.shape == shape, signal.channels == channels, Self.checksum(signal) == checksum { return loaded(signal, nil) }
        fault = "the picture \(path) is another one by now: found \(describe(signal.shape, signal.channels, Self.checksum(signal))); "
          + "the session has \(describe(shape, channels, checksum))"
      } catch {
        // What is allowed instead is said here.
        fault = "the picture \(path): \(error.message.prefix { $0 != ";" })"
      }
    } else {
      fault = "the picture came from standard input"
    }
    guard let samples else {
      throw SignalError(
        kind: .noInput, file: file,
        message: "\(fault), and the session does not store it, being above \(MemoryBudget.text(bytes: Self.mostStoredBytes)); "
          + "allowed is the same picture at the same place")
    }
    let signal = Signal(shape: shape, channels: channels, samples: samples)
    return loaded(signal, path == nil ? nil : "\(fault): the session goes on with its own copy")
  }

  private func describe(_ shape: [Int], _ channels: Int, _ checksum: UInt32) -> String {
    "\(sizeText(shape)), \(channels) \(channels == 1 ? "channel" : "channels"), checksum \(hexadecimal(checksum))"
  }
}

/// Eight digits.
func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
