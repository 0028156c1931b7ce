import Kernels

/// One value for every chunk of a parallel phase, each written by its own chunk.
struct Results<Value> {
  private final class Storage {
    let pointer: UnsafeMutablePointer<Value>
    let count: Int
    init(count: Int, initial: Value) {
      self.count = count
      pointer = .allocate(capacity: max(count, 1))
      pointer.initialize(repeating: initial, count: count)
    }
    deinit {
      pointer.deinitialize(count: count)
      pointer.deallocate()
    }
  }
  private let storage: Storage
  var values: UnsafeMutablePointer<Value> { storage.pointer }

  init(count: Int, initial: Value) { storage = Storage(count: count, initial: initial) }

  var array: [Value] { Array(UnsafeBufferPointer(start: storage.pointer, count: storage.count)) }
  func all(_ predicate: (Value) -> Bool) -> Bool { array.allSatisfy(predicate) }
}
