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
  private let turn: (any TurnTaking)?

  /// - Parameter turn: where long work gives way between chunks; nil never does.
  public init(threads: Int, turn: (any TurnTaking)? = nil) {
    self.threads = max(1, threads)
    self.turn = turn
  }

  /// Calls `body(chunk, worker)` once for every chunk in `0..<chunks`; returns when all are done.
  ///
  /// `worker` is in `0..<threads` and no two running calls share it: it picks the scratch memory. Between chunks the
  /// calling thread may give its turn away and go on later; when its work is no longer wanted, chunks are left out.
  public func forEach(chunks: Int, _ body: (_ chunk: Int, _ worker: Int) -> Void) {
    // Also for the caller's own products between the phases, whoever takes the chunks.
    useOneThreadForMatrixProducts()
    var next = 0
    while next < chunks, turn?.isCancelled != true {
      next = wave(from: next, chunks: chunks, body)
      if next < chunks, let turn {
        turn.giveWay()
        useOneThreadForMatrixProducts()
      }
    }
  }

  /// Takes chunks until there are none or the turn is over, at least one; returns the first that is left.
  private func wave(from start: Int, chunks: Int, _ body: (_ chunk: Int, _ worker: Int) -> Void) -> Int {
    let workers = min(threads, turn?.threads ?? threads, chunks - start)
    guard workers > 1 else {
      turn?.prepareThread()
      var chunk = start
      repeat {
        body(chunk, 0)
        chunk += 1
      } while chunk < chunks && turn?.isOver != true
      return chunk
    }
    let next = Counter(start)
    withoutActuallyEscaping(body) { body in
      let work = Work(body: body)
      let turn = turn
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        useOneThreadForMatrixProducts()
        turn?.prepareThread()
        repeat {
          guard let chunk = next.take(below: chunks) else { return }
          work.body(chunk, worker)
        } while turn?.isOver != true
      }
    }
    return next.value
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

/// Hands out numbers, none twice.
private final class Counter: Sendable {
  private let next: Atomic<Int>
  init(_ first: Int) { next = Atomic(first) }
  var value: Int { next.load(ordering: .relaxed) }
  func take(below limit: Int) -> Int? {
    var number = value
    while number < limit {
      let (exchanged, original) = next.weakCompareExchange(
        expected: number, desired: number + 1, ordering: .relaxed)
      if exchanged { return number }
      number = original
    }
    return nil
  }
}

/// The turn of one piece of work among others on the same processor.
public protocol TurnTaking: AnyObject, Sendable {
  /// How many threads the work may use in this turn, at least 1.
  var threads: Int { get }
  /// Whether the work should give way at the next opportunity; from any thread.
  var isOver: Bool { get }
  /// Whether nobody wants the work any more: it ends as soon as it can, whatever it leaves behind.
  var isCancelled: Bool { get }
  /// Lets others work; returns in the next turn. Called on the thread that does the work.
  func giveWay()
  /// Called on every thread that is about to work in the turn.
  func prepareThread()
}

extension TurnTaking {
  public func prepareThread() {}
}
