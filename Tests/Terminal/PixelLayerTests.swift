import Canvas
import Synchronization
import Testing

@testable import TerminalUI

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What is sent of pictures of pixels, and when.
@MainActor @Suite struct PixelLayerTests {
  private static let cell = PixelSize(width: 8, height: 16)
  private let choice = GraphicsChoice(
    wanted: .sixel, answers: ProbeAnswers(), isUnicode: true, depth: .trueColor, isTmux: false, window: (60, 24, PixelSize(width: 480, height: 384)),
    cell: cell)

  private func noise(_ seed: UInt64) -> Raster {
    var state = seed
    let pixels = (0..<3 * 320 * 256).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    return Raster(width: 320, height: 256, pixels: pixels) ?? Raster(width: 1, height: 1, color: RGB(0, 0, 0))
  }

  private func frame(_ seed: UInt64) -> Frame {
    var frame = Frame(width: 60, height: 24)
    frame.place(noise(seed), in: Rect(x: 2, y: 3, width: 40, height: 16), id: 7)
    return frame
  }

  private func update(_ layer: inout PixelLayer, _ frame: Frame, budget: Int, written: Bool = false, at now: ContinuousClock.Instant) -> String {
    let isWritten = [Bool](repeating: written, count: 60 * 24)
    return String(decoding: layer.update(frame, width: 60, height: 24, isWritten: isWritten, budget: budget, now: now), as: UTF8.self)
  }

  /// Rows that sixels begin in, from 1.
  private func rows(_ bytes: String) -> [Int] { bytes.matches(of: /\u{1B}\[(\d+);3H/).compactMap { Int($0.1) } }

  /// Repeats until something is sent.
  private func next(_ layer: inout PixelLayer, _ frame: Frame, budget: Int, at now: ContinuousClock.Instant) async throws -> String {
    for _ in 0..<500 {
      let bytes = update(&layer, frame, budget: budget, at: now)
      if !bytes.isEmpty { return bytes }
      try await Task.sleep(for: .milliseconds(10))
    }
    return ""
  }

  @Test func aFastTerminalHasAPictureAtOnce() async throws {
    var layer = PixelLayer(choice, isRemote: false) {}
    let bytes = try await next(&layer, frame(1), budget: 4_000_000, at: .now)
    #expect(rows(bytes) == [4] && bytes.utf8.count > 50_000)
    #expect(update(&layer, frame(1), budget: 4_000_000, at: .now).isEmpty)
  }

  @Test func aSlowOneHasItInBandsAndThenWhatIsNew() async throws {
    var layer = PixelLayer(choice, isRemote: false) {}
    let start = ContinuousClock.now
    let first = try await next(&layer, frame(1), budget: 10_000, at: start)
    // A band of four rows goes, however small the budget is; the others follow one by one, though the picture is another by now.
    #expect(rows(first) == [4])
    for row in [8, 12, 16] { #expect(rows(update(&layer, frame(2), budget: 10_000, at: start)) == [row]) }
    // Then the new one, once its time has come and it is encoded.
    #expect(update(&layer, frame(2), budget: 10_000, at: start).isEmpty)
    let later = start + .seconds(1)
    #expect(rows(try await next(&layer, frame(2), budget: 10_000, at: later)) == [4])
    // What was written over begins again.
    #expect(rows(update(&layer, frame(2), budget: 10_000, written: true, at: later)) == [4])
    for row in [8, 12, 16] { #expect(rows(update(&layer, frame(2), budget: 10_000, at: later)) == [row]) }
    #expect(update(&layer, frame(2), budget: 10_000, at: later).isEmpty)
  }

  @Test("What was covered for less time than it takes to encode is whole again")
  func coveredForAMoment() async throws {
    let encoded = Mutex(0)
    var layer = PixelLayer(choice, isRemote: false) { encoded.withLock { $0 += 1 } }
    _ = try await next(&layer, frame(1), budget: 4_000_000, at: .now)
    var covered = frame(1)
    covered.put("help", x: 10, y: 5, .plain)
    #expect(update(&layer, covered, budget: 4_000_000, written: true, at: .now).isEmpty)
    // What can be seen beside the text is encoded, and not shown yet when the text goes.
    for _ in 0..<500 where encoded.withLock({ $0 }) < 2 { try await Task.sleep(for: .milliseconds(10)) }
    #expect(update(&layer, frame(1), budget: 4_000_000, written: true, at: .now).isEmpty)
    #expect(rows(try await next(&layer, frame(1), budget: 4_000_000, at: .now)) == [4])
  }

  @Test("What was covered and bare again before it was encoded is shown, though the encoder kept the other one")
  func coveredWhileEncoded() async throws {
    var covered = frame(1)
    covered.put("help", x: 10, y: 5, .plain)
    var layer = PixelLayer(choice, isRemote: false) {}
    // On a busy machine it may be encoded between two of them.
    var tries = 1
    while tries < 50, !([frame(1), covered, frame(1)].allSatisfy { update(&layer, $0, budget: 4_000_000, at: .now).isEmpty }) {
      layer = PixelLayer(choice, isRemote: false) {}
      tries += 1
    }
    try await Task.sleep(for: .milliseconds(400))
    #expect(rows(try await next(&layer, frame(1), budget: 4_000_000, at: .now)) == [4])
    #expect(update(&layer, frame(1), budget: 4_000_000, at: .now).isEmpty)
  }

  @Test("An answer to a key comes without pictures that wait, which follow it")
  func aBareFrame() async throws {
    let woken = Mutex(0)
    var layer = PixelLayer(choice, isRemote: false) { woken.withLock { $0 += 1 } }
    let start = ContinuousClock.now
    _ = try await next(&layer, frame(1), budget: 4_000_000, at: start)
    let later = start + .seconds(1)
    // The second is encoded, and not sent with a frame that has no room for pictures; the screen is told that it waits.
    _ = update(&layer, frame(2), budget: 0, at: later)
    for _ in 0..<500 where woken.withLock({ $0 }) < 2 { try await Task.sleep(for: .milliseconds(10)) }
    let before = woken.withLock { $0 }
    for _ in 0..<3 { #expect(update(&layer, frame(2), budget: 0, at: later).isEmpty) }
    #expect(woken.withLock { $0 } > before)
    #expect(rows(update(&layer, frame(2), budget: 4_000_000, at: later)) == [4])
    #expect(update(&layer, frame(2), budget: 4_000_000, at: later).isEmpty)
  }

  @Test("Of new contents there are so many bytes a second at most; what a key changes is not held back")
  func heldBack() async throws {
    let woken = Mutex(0)
    var layer = PixelLayer(choice, isRemote: false) { woken.withLock { $0 += 1 } }
    let start = ContinuousClock.now
    var (sizes, now): ([Int], ContinuousClock.Instant) = ([try await next(&layer, frame(0), budget: 40_000_000, at: start).utf8.count], start)
    for step in 1...24 {
      now = start + .milliseconds(40 * step)
      for _ in 0..<40 where sizes.count <= step {
        let bytes = update(&layer, frame(UInt64(step)), budget: 40_000_000, at: now)
        if !bytes.isEmpty { sizes.append(bytes.utf8.count) }
        try await Task.sleep(for: .milliseconds(5))
      }
      if sizes.count <= step { break }
      // 1.5 MB a second on top of the first one, and never less than a whole picture.
      #expect(Double(sizes.dropLast().reduce(0, +)) <= 1e6 + 1.5e6 * Double(40 * step) / 1e3)
    }
    let held = sizes.count
    #expect((3...20).contains(held), "\(sizes)")
    // The screen is told that something waits, and time lets it go.
    let before = woken.withLock { $0 }
    #expect(update(&layer, frame(99), budget: 40_000_000, at: now).isEmpty)
    #expect(woken.withLock { $0 } > before)
    // Then the newest comes, not what was encoded before.
    var fresh = PixelLayer(choice, isRemote: false) {}
    let newest = try await next(&fresh, frame(99), budget: 40_000_000, at: now)
    #expect(try await next(&layer, frame(99), budget: 40_000_000, at: now + .seconds(1)) == newest)
    // So does an answer to a key.
    for step in 200...224 {
      var isSent = false
      for _ in 0..<40 where !isSent {
        isSent = !update(&layer, frame(UInt64(step)), budget: 40_000_000, at: now + .seconds(1) + .milliseconds(34 * (step - 199))).isEmpty
        try await Task.sleep(for: .milliseconds(5))
      }
      guard !isSent else { continue }
      let later = now + .seconds(1) + .milliseconds(34 * (step - 199))
      #expect(update(&layer, frame(UInt64(step)), budget: 0, at: later).isEmpty)
      #expect(!(try await next(&layer, frame(UInt64(step)), budget: 40_000_000, at: later)).isEmpty)
      return
    }
    Issue.record("nothing was held back")
  }

  @Test("Where pictures change faster than they are encoded, some are shown")
  func neverStarves() async throws {
    var layer = PixelLayer(choice, isRemote: true) {}
    _ = try await next(&layer, frame(0), budget: 4_000_000, at: .now)
    var sent = 0
    let start = ContinuousClock.now
    for step in 1...40 {
      // Every frame has another one.
      if !update(&layer, frame(UInt64(step)), budget: 4_000_000, at: start + .milliseconds(70 * step)).isEmpty { sent += 1 }
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(sent >= 3)
  }
}
