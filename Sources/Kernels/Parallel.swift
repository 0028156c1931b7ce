import COneDNN
import Dispatch
import Synchronization

/// Runs fixed chunks of work on up to `threads` threads of Dispatch's pool.
///
/// Results never depend on the number of threads: work is cut by the caller into chunks whose number depends on sizes
/// alone, a chunk writes only what belongs to it, and partial sums are added in chunk order afterwards.
///
/// Dispatch wants `@Sendable` closures, which networks over raw memory cannot give; here is the one place where that is
/// overruled, and the rule above is what makes it sound: chunks write to disjoint memory, and a phase ends before the
/// next begins.
public struct Parallel: Sendable {
  /// How many threads take part, at least 1.
  public let threads: Int

  public init(threads: Int) { self.threads = max(1, threads) }

  /// Calls `body(chunk, worker)` once for every chunk in `0..<chunks`; returns when all are done.
  ///
  /// `worker` is in `0..<threads` and no two running calls share it: it picks the scratch memory.
  public func forEach(chunks: Int, _ body: (_ chunk: Int, _ worker: Int) -> Void) {
    // Also for the caller's own products between the phases, whoever takes the chunks.
    useOneThreadForMatrixProducts()
    let workers = min(threads, chunks)
    guard workers > 1 else {
      for chunk in 0..<max(chunks, 0) { body(chunk, 0) }
      return
    }
    let next = Counter()
    withoutActuallyEscaping(body) { body in
      let work = Work(body: body)
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        useOneThreadForMatrixProducts()
        while true {
          let chunk = next.take()
          guard chunk < chunks else { return }
          work.body(chunk, worker)
        }
      }
    }
  }

  /// Cuts `0..<count` into equal ranges of at least `grain` and calls `body` for each. For work whose result does not
  /// depend on where the cuts are (each element on its own).
  public func forEach(count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    guard count > 0 else { return }
    let pieces = max(1, min(threads * 4, count / max(grain, 1)))
    forEach(chunks: pieces) { piece, _ in
      body(count * piece / pieces..<count * (piece + 1) / pieces)
    }
  }
}

/// Dispatch's threads come and go, and the count of oneDNN's OpenMP runtime is kept per calling thread: so each chunk
/// loop says it anew.
func useOneThreadForMatrixProducts() { omp_set_num_threads(1) }

private struct Work: @unchecked Sendable {
  let body: (Int, Int) -> Void
}

private final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  func take() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}
