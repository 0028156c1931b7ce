import Canvas

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Pictures of pixels, sent beside ncurses, which holds their cells for blanks.
///
/// Knows what the terminal shows: only pictures whose content, place or visible part changed are sent, and those that ncurses
/// wrote over. Encoding happens on another queue; until it is done the older picture stays.
@MainActor
struct PixelLayer {
  private let graphics: Graphics
  private let encoder: PictureEncoder
  private struct Pane {
    /// Whole on the terminal.
    var shown: PictureJob?
    /// How many pieces were ever sent.
    var placed = 0
    /// For those that have waited longest to come first.
    var lastSent: ContinuousClock.Instant?
    /// The newest streams, and since when they are known: also what repairs a picture that was written over.
    var ready: (result: PictureEncoder.Result, since: ContinuousClock.Instant)?
    /// What the terminal has a part of: what was begun is ended before anything newer.
    var sending: (result: PictureEncoder.Result, next: Int)?
    /// Asked of the encoder and not there yet.
    var awaited: PictureJob?
    /// Bytes of the last content: about those of the next one.
    var size = 0.0
  }

  private var panes: [Int: Pane] = [:]
  private let interval: Duration
  /// Bytes of new contents that may go, and since when that is known.
  private var allowance = PixelLayer.burst
  private var filled: ContinuousClock.Instant?
  /// Bytes a second: what they cost at both ends of the line and on the way is taken from the runs that train.
  private let rate: Double
  private static let burst = 1e6, longestDebt = 0.25
  /// Seconds in advance that contents are encoded for, about a frame; and how long those that wait then are new enough.
  private static let ahead = 0.05, freshness = Duration.milliseconds(150)
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
    rate = choice.graphics == .kitty ? 1e9 : isRemote ? 1e6 : 1.5e6
  }

  /// The bytes that bring the terminal's pictures to those of the frame, as far as they are encoded.
  ///
  /// - Parameters:
  ///   - isWritten: whether ncurses has just written into a cell; row by row, `width` a row.
  ///   - budget: about how many bytes to send at most; one piece of a picture goes in any case, but for a budget of 0.
  mutating func update(
    _ frame: Frame, width: Int, height: Int, isWritten: [Bool], budget: Int, now: ContinuousClock.Instant = .now
  ) -> [UInt8] {
    for result in encoder.take() {
      guard var pane = panes[result.job.id] else { continue }
      // Whichever it is: one that came between others may have been left out by the encoder.
      (pane.ready, pane.size, pane.awaited) = ((result, now), Double(result.count), nil)
      panes[result.job.id] = pane
    }
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
    for id in panes.keys.sorted() where !wanted.contains(id) {
      bytes += removal(of: id, pieces: 0..<(panes[id]?.placed ?? 0))
      panes[id] = nil
    }
    let never = now - .seconds(3600)
    jobs.sort { (panes[$0.id]?.lastSent ?? never, $0.id) < (panes[$1.id]?.lastSent ?? never, $1.id) }
    var hasSent = false
    // Bytes that wait to be sent or are being encoded.
    var planned = 0.0
    for job in jobs {
      var pane = panes[job.id] ?? Pane()
      defer { panes[job.id] = pane }
      let isDamaged = job.pieces.contains { PixelLayer.isWritten(isWritten, in: $0, width: width) }
      // Not whole any more, even if its repair has to wait until it is encoded and the damage is forgotten by then.
      if isDamaged { pane.shown = nil }
      if isDamaged || pane.sending.map({ !$0.result.job.hasPlaces(of: job) }) ?? false { (pane.shown, pane.sending) = (nil, nil) }
      guard pane.shown != job || pane.sending != nil else {
        // A content that was taken back meanwhile.
        if pane.ready?.result.job != job { pane.ready = nil }
        continue
      }
      let isMoved = pane.shown.map { !$0.hasPlaces(of: job) } ?? true
      // Others may come where it stands before it is encoded, and it may come back there.
      if isMoved { pane.shown = nil }
      if let ready = pane.ready, pane.sending == nil, ready.result.job.hasPlaces(of: job), isMoved || ready.result.job != pane.shown {
        // One that is older than the frame's by now is newer than the one that stands there: of pictures that change faster
        // than they are encoded some are always shown. What ncurses has spoilt does not wait; a new content waits its turn,
        // the oldest first and as many as there may be, and is not shown when it is old by then.
        if isMoved {
          pane.sending = (ready.result, 0)
        } else if ready.result.job != job, now - ready.since > Self.freshness {
          pane.ready = nil
        } else if allowance <= 0 || pane.lastSent.map({ now - $0 < interval }) ?? false {
          isHeldBack = true
        } else {
          pane.sending = (ready.result, 0)
        }
      }
      if var part = pane.sending {
        while part.next < job.pieces.count {
          let (piece, stream) = (job.pieces[part.next], part.result.streams[part.next])
          if budget == 0 || hasSent && bytes.count + stream.count > budget { break }
          bytes += "\u{1B}[\(piece.y + 1);\(piece.x + 1)H".utf8
          bytes += stream
          // Pictures that come to another place go whatever they cost: others do not wait for long on their account.
          allowance = max(allowance - Double(stream.count), -Self.longestDebt * rate)
          (part.next, hasSent) = (part.next + 1, true)
          pane.placed = max(pane.placed, part.next)
        }
        guard part.next == job.pieces.count else {
          pane.sending = part
          isHeldBack = true
          continue
        }
        bytes += removal(of: job.id, pieces: job.pieces.count..<max(pane.placed, job.pieces.count))
        (pane.shown, pane.placed, pane.sending, pane.lastSent) = (part.result.job, job.pieces.count, nil, now)
      }
      // No more is encoded than can go with the next frame, and nothing twice.
      guard pane.shown != job else { continue }
      if pane.ready.map({ $0.result.job == job }) ?? false {
        planned += pane.size
      } else if let awaited = pane.awaited, awaited.hasPlaces(of: job) {
        if encoder.renew(job) { pane.awaited = job }
        planned += pane.size
      } else if isMoved || planned < allowance + Self.ahead * rate {
        encoder.request(job)
        pane.awaited = job
        planned += pane.size
      } else {
        isHeldBack = true
      }
    }
    // The rest follows as soon as the terminal has taken this.
    if isHeldBack { wake() }
    guard !bytes.isEmpty else { return [] }
    return Array("\u{1B}7".utf8) + bytes + Array("\u{1B}8".utf8)
  }

  /// Whether any cell of a rectangle is.
  private static func isWritten(_ cells: [Bool], in rect: Rect, width: Int) -> Bool {
    cells.withUnsafeBytes { cells in
      (rect.y..<rect.maxY).contains { y in memchr(cells.baseAddress! + y * width + rect.x, 1, rect.width) != nil }
    }
  }

  /// From now on nothing on the terminal is trusted.
  mutating func invalidate() {
    for id in panes.keys {
      panes[id]?.shown = nil
      panes[id]?.sending = nil
      panes[id]?.awaited = nil
    }
  }

  /// kitty shows a picture until it is told not to; a sixel goes when its cells are written.
  private func removal(of pane: Int, pieces: Range<Int>) -> [UInt8] {
    guard graphics == .kitty else { return [] }
    return pieces.flatMap { KittyGraphics.delete(id: PixelLayer.kittyID(pane: pane, piece: $0)) }
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
