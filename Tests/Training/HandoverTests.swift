import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Training

/// Threads that wake each other and sleep.
@Suite struct HandoverTests {
  #if os(Linux)
    /// Where the calling thread may work, as the system says it.
    private static func processors() -> String {
      let status = (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
      return status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }.map(String.init) ?? "?"
    }
  #endif

  @Test("Every signal wakes once, and who was brought to a processor may work where it might before")
  func passing() {
    let (there, back) = (Handover(), Handover())
    let rounds = 2_000
    let seen = Mutex<Set<String>>([])
    let count = Atomic<Int>(0)
    // Threads of their own: each has to run for the other to go on.
    let group = DispatchGroup()
    @Sendable func work(_ side: Int) {
      let (own, other) = side == 0 ? (there, back) : (back, there)
      if side == 0 { other.signal(sleepsNext: true) }
      for round in 0..<rounds {
        own.wait()
        count.add(1, ordering: .relaxed)
        #if os(Linux)
          if round % 100 == 0 {
            let processors = Self.processors()
            seen.withLock { _ = $0.insert(processors) }
          }
        #endif
        if side == 1 || round < rounds - 1 { other.signal(sleepsNext: round % 3 != 0) }
      }
    }
    for side in 0...1 { DispatchQueue(label: "side \(side)").async(group: group) { work(side) } }
    group.wait()
    #expect(count.load(ordering: .relaxed) == 2 * rounds)
    #if os(Linux)
      // One at a time works, and it is never told where.
      #expect(seen.withLock { $0 } == [Self.processors()])
    #endif
  }

  @Test("A signal before anybody waits is not lost")
  func early() {
    let handover = Handover()
    handover.signal(sleepsNext: true)
    handover.signal(sleepsNext: true)
    handover.wait()
    handover.wait()
  }
}
