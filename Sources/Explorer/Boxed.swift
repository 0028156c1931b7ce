/// A large value that is copied when a copy is changed, and not whenever it is passed on.
@propertyWrapper
struct Boxed<Value: Sendable>: @unchecked Sendable {
  // Changed only by its one owner.
  private final class Storage {
    var value: Value
    init(_ value: Value) { self.value = value }
  }

  private var storage: Storage

  init(wrappedValue: Value) { storage = Storage(wrappedValue) }

  var wrappedValue: Value {
    _read { yield storage.value }
    _modify {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.value) }
      yield &storage.value
    }
  }
}
