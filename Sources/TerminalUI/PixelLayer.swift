import Canvas

/// Pictures of pixels, sent beside ncurses, which holds their cells for blanks.
///
/// Knows what the terminal shows: only pictures whose content, place or visible part changed are sent, and those that ncurses
/// wrote over. Encoding happens on another queue; until it is done the older picture stays.
@MainActor
struct PixelLayer {
  private let graphics: Graphics
  private let encoder: PictureEncoder
  /// Whole on the terminal, by pane.
  private var shown: [Int: PictureJob] = [:]
  /// How many pieces of a pane were ever sent.
  private var placed: [Int: Int] = [:]
  /// The newest streams of every pane: also what repairs a picture that was written over.
  private var ready: [Int: PictureEncoder.Result] = [:]
  /// When a pane was last sent, for those that have waited longest to come first.
  private var lastSent: [Int: ContinuousClock.Instant] = [:]
  /// What the terminal has a part of: what was begun is ended before anything newer of that pane.
  private var sending: [Int: (result: PictureEncoder.Result, next: Int)] = [:]
  private let interval: Duration
  /// Bytes of new contents that may go, and since when that is known.
  private var allowance = PixelLayer.burst
  private var filled: ContinuousClock.Instant?
  /// Bytes a second: what they cost at both ends of the line and on the way is taken from the runs that train.
  private let rate: Double
  private static let burst = 1e6, longestDebt = 0.25
  private let wake: @Sendable () -> Void
  /// Once the terminal was found to be slow, pictures go in bands: a key's answer waits for one of them at most.
  private var isSlow = false
  /// Of one that takes less than half a megabyte a second.
  private static let slowBudget = Int(512_000 * TerminalOutput.pictureSeconds)
  private static let bandRows = 4

  /// - Parameter isRemote: half as many pictures a second, for a line that others share.
  init(_ choice: GraphicsChoice, isRemote: Bool, wake: @escaping @Sendable () -> Void) {
    graphics = choice.graphics
    encoder = PictureEncoder(choice, wake: wake)
    self.wake = wake
    interval = .milliseconds(isRemote ? 66 : 33)
    // By kitty's protocol every pixel has four bytes: what is just right for sixel would make a slide show of it.
    rate = choice.graphics == .kitty ? 1e9 : isRemote ? 2e6 : 3e6
  }

  /// The bytes that bring the terminal's pictures to those of the frame, as far as they are encoded.
  ///
  /// - Parameters:
  ///   - isWritten: whether ncurses has just written into a cell; row by row, `width` a row.
  ///   - budget: about how many bytes to send at most; one piece of a picture goes in any case, but for a budget of 0.
  mutating func update(
    _ frame: Frame, width: Int, height: Int, isWritten: [Bool], budget: Int, now: ContinuousClock.Instant = .now
  ) -> [UInt8] {
    for result in encoder.take() { ready[result.job.id] = result }
    if budget > 0, budget < Self.slowBudget { isSlow = true }
    // What a key or the mouse changes is not held back: after their answers everything may go once.
    let passed = (filled.map { now - $0 } ?? .zero) / .seconds(1)
    (allowance, filled) = (budget == 0 ? Self.burst : min(Self.burst, allowance + passed * rate), now)
    var isHeldBack = false
    var bytes: [UInt8] = []
    var jobs = frame.pictures.enumerated().compactMap { index, picture -> PictureJob? in
      let seen = PixelLayer.pieces(of: UInt16(index + 1), picture.rect, frame, width: width, height: height)
      let pieces = isSlow ? seen.flatMap { $0.bands(of: Self.bandRows) } : seen
      return pieces.isEmpty ? nil : PictureJob(id: picture.id, raster: picture.raster, rect: picture.rect, pieces: pieces)
    }
    let wanted = Set(jobs.map(\.id))
    for id in placed.keys.sorted() where !wanted.contains(id) {
      bytes += removal(of: id, from: 0)
      (shown[id], placed[id], ready[id], sending[id]) = (nil, nil, nil, nil)
    }
    jobs.sort { (lastSent[$0.id] ?? now - .seconds(3600), $0.id) < (lastSent[$1.id] ?? now - .seconds(3600), $1.id) }
    var hasSent = false
    for job in jobs {
      let isDamaged = job.pieces.contains { piece in
        (piece.y..<piece.maxY).contains { y in isWritten[y * width + piece.x..<y * width + piece.maxX].contains(true) }
      }
      // Not whole any more, even if its repair has to wait until it is encoded and the damage is forgotten by then.
      if isDamaged { shown[job.id] = nil }
      if isDamaged || sending[job.id].map({ !$0.result.job.hasPlaces(of: job) }) ?? false { sending[job.id] = nil }
      guard shown[job.id] != job || sending[job.id] != nil else { continue }
      let isMoved = shown[job.id].map { !$0.hasPlaces(of: job) } ?? true
      // Of contents alone those that are the oldest come first, as many as there may be.
      if !isMoved, sending[job.id] == nil, allowance <= 0 {
        isHeldBack = true
        // What was encoded meanwhile is old when its time comes.
        if ready[job.id]?.job != shown[job.id] { ready[job.id] = nil }
        continue
      }
      if ready[job.id]?.job != job { encoder.request(job) }
      if sending[job.id] == nil {
        // One that is older than the frame's by now is newer than the one that stands there: of pictures that change faster
        // than they are encoded some are always shown.
        guard let result = ready[job.id], result.job.hasPlaces(of: job), isMoved || result.job != shown[job.id] else { continue }
        // A new content waits its turn; what ncurses has spoilt does not.
        if !isMoved, let last = lastSent[job.id], now - last < interval { continue }
        // Of a picture that is sent in parts the terminal has neither the old nor the new one.
        if isMoved { shown[job.id] = nil }
        sending[job.id] = (result, 0)
      }
      guard var part = sending[job.id] else { continue }
      while part.next < job.pieces.count {
        let (piece, stream) = (job.pieces[part.next], part.result.streams[part.next])
        if budget == 0 || hasSent && bytes.count + stream.count > budget { break }
        bytes += "\u{1B}[\(piece.y + 1);\(piece.x + 1)H".utf8
        bytes += stream
        // Pictures that come to another place go whatever they cost: others do not wait for long on their account.
        allowance = max(allowance - Double(stream.count), -Self.longestDebt * rate)
        (part.next, hasSent) = (part.next + 1, true)
        placed[job.id] = max(placed[job.id] ?? 0, part.next)
      }
      guard part.next == job.pieces.count else {
        sending[job.id] = part
        continue
      }
      bytes += removal(of: job.id, from: job.pieces.count)
      (shown[job.id], placed[job.id], sending[job.id]) = (part.result.job, job.pieces.count, nil)
      lastSent[job.id] = now
    }
    // The rest follows as soon as the terminal has taken this.
    if !sending.isEmpty || isHeldBack { wake() }
    guard !bytes.isEmpty else { return [] }
    return Array("\u{1B}7".utf8) + bytes + Array("\u{1B}8".utf8)
  }

  /// From now on nothing on the terminal is trusted.
  mutating func invalidate() { (shown, sending) = ([:], [:]) }

  /// kitty shows a picture until it is told not to; a sixel goes when its cells are written.
  private func removal(of pane: Int, from first: Int) -> [UInt8] {
    guard graphics == .kitty, let count = placed[pane], first < count else { return [] }
    return (first..<count).flatMap { KittyGraphics.delete(id: PixelLayer.kittyID(pane: pane, piece: $0)) }
  }

  /// Far from the small numbers that others take.
  nonisolated static func kittyID(pane: Int, piece: Int) -> UInt32 {
    0x4153_0000 + UInt32(truncatingIfNeeded: pane & 0xFF) << 8 + UInt32(truncatingIfNeeded: piece & 0xFF)
  }

  /// The rectangles that make up what can be seen of a picture: runs of cells, joined where rows below have the same.
  static func pieces(of number: UInt16, _ rect: Rect, _ frame: Frame, width: Int, height: Int) -> [Rect] {
    let visible = rect.intersection(Rect(x: 0, y: 0, width: min(width, frame.width), height: min(height, frame.height)))
    var done: [Rect] = []
    var open: [Rect] = []
    for y in visible.y..<visible.maxY {
      var runs: [Rect] = []
      var x = visible.x
      while x < visible.maxX {
        guard frame.cells[y * frame.width + x].picture == number else {
          x += 1
          continue
        }
        let start = x
        while x < visible.maxX, frame.cells[y * frame.width + x].picture == number { x += 1 }
        runs.append(Rect(x: start, y: y, width: x - start, height: 1))
      }
      var next: [Rect] = []
      for run in runs {
        if let above = open.first(where: { $0.x == run.x && $0.width == run.width }) {
          next.append(Rect(x: above.x, y: above.y, width: above.width, height: above.height + 1))
        } else {
          next.append(run)
        }
      }
      done += open.filter { above in !next.contains { $0.x == above.x && $0.y == above.y && $0.width == above.width } }
      open = next
    }
    return done + open
  }
}

extension Rect {
  /// Cut into parts of so many rows, the last one lower.
  fileprivate func bands(of rows: Int) -> [Rect] {
    stride(from: y, to: maxY, by: rows).map { Rect(x: x, y: $0, width: width, height: min(rows, maxY - $0)) }
  }
}
