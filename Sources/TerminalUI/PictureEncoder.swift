import Canvas
import Dispatch
import Synchronization

/// A picture of pixels at its place, as far as it can be seen.
struct PictureJob: Hashable, Sendable {
  /// The same number means the same pane from frame to frame.
  var id: Int
  var raster: Raster
  /// In cells of the screen.
  var rect: Rect
  /// The parts of `rect` that nothing covers.
  var pieces: [Rect]

  /// Whether another one covers the same cells, whatever it shows there.
  func hasPlaces(of other: PictureJob) -> Bool { rect == other.rect && pieces == other.pieces }
}

/// Makes streams of pictures on a queue of its own, of every pane the newest only.
final class PictureEncoder: Sendable {
  struct Result: Sendable {
    let job: PictureJob
    /// One stream a piece, to be sent with the cursor in the piece's first cell.
    let streams: [[UInt8]]
    var count: Int { streams.reduce(0) { $0 + $1.count } }
  }

  private struct State {
    var waiting: [PictureJob] = []
    var working: PictureJob?
    var results: [Result] = []
    var isScheduled = false
  }

  /// Drawings have few colours and keep them; maps and greys have many that are alike.
  private static let mostExact = 64

  private let graphics: Graphics
  private let cell: PixelSize
  private let quantizer: Quantizer
  private let queue = DispatchQueue(label: "asmr-tui.pictures", qos: .userInitiated)
  private let state = Mutex(State())
  private let wake: @Sendable () -> Void

  /// - Parameter wake: called from the queue when results are there: for the first one, and once for those that come within
  ///   `patience`.
  init(_ choice: GraphicsChoice, wake: @escaping @Sendable () -> Void) {
    graphics = choice.graphics
    cell = choice.cell
    quantizer = Quantizer(registers: choice.registers, mostExact: Self.mostExact)
    self.wake = wake
  }

  /// Takes the place of what waits for the same pane.
  func request(_ job: PictureJob) {
    let schedules = state.withLock { state in
      guard state.working != job, !state.waiting.contains(job), !state.results.contains(where: { $0.job == job }) else { return false }
      if let index = state.waiting.firstIndex(where: { $0.id == job.id }) { state.waiting[index] = job } else { state.waiting.append(job) }
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if schedules { queue.async { self.work() } }
  }

  /// Takes the place of what waits for the same pane, if something does: returns whether.
  func renew(_ job: PictureJob) -> Bool {
    state.withLock { state in
      guard let index = state.waiting.firstIndex(where: { $0.id == job.id }) else { return false }
      state.waiting[index] = job
      return true
    }
  }

  /// What has become ready since the last call.
  func take() -> [Result] {
    state.withLock { state in
      defer { state.results = [] }
      return state.results
    }
  }

  /// Every wake is a turn of the thread that draws.
  private static let patience = Duration.milliseconds(10)

  private func work() {
    var told = ContinuousClock.now - Self.patience
    while true {
      let job = state.withLock { state -> PictureJob? in
        state.working = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        state.isScheduled = state.working != nil
        return state.working
      }
      guard let job else { return }
      let result = encoded(job)
      let isLast = state.withLock { state in
        state.results.removeAll { $0.job.id == job.id }
        state.results.append(result)
        return state.waiting.isEmpty
      }
      guard isLast || .now - told > Self.patience else { continue }
      told = .now
      wake()
    }
  }

  func encoded(_ job: PictureJob) -> Result {
    let (width, height) = (job.rect.width * cell.width, job.rect.height * cell.height)
    func rows(_ piece: Rect) -> Range<Int> {
      (piece.y - job.rect.y) * cell.height..<(piece.maxY - job.rect.y) * cell.height
    }
    func columns(_ piece: Rect) -> Range<Int> {
      (piece.x - job.rect.x) * cell.width..<(piece.maxX - job.rect.x) * cell.width
    }
    guard graphics == .sixel else {
      let raster = job.raster.scaled(toWidth: width, height: height)
      return Result(
        job: job,
        streams: job.pieces.enumerated().map { index, piece in
          KittyGraphics.show(
            raster, id: PixelLayer.kittyID(pane: job.id, piece: index), cells: (piece.width, piece.height),
            rows: rows(piece), columns: columns(piece))
        })
    }
    let picture = quantizer.indexed(job.raster, toWidth: width, height: height)
    return Result(job: job, streams: job.pieces.map { Sixel.stream(picture, rows: rows($0), columns: columns($0)) })
  }
}
