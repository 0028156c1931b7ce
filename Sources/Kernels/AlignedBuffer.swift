/// A block of zero-initialised floats whose first element sits on a 64-byte boundary: one cache line, one
/// AVX-512 register.
///
/// It is the only owner of memory in the numeric layers; everything else works on `Floats` views of it. The buffer
/// must outlive its views.
public final class AlignedBuffer {
  /// Number of floats.
  public let count: Int
  /// The floats. Writable from any thread that the owner lets at it.
  public let floats: Floats

  /// Allocates `count` zeros.
  public init(count: Int) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    let pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: max(count, 1))
    floats = Floats(pointer)
  }

  deinit { UnsafeMutableRawPointer(floats.pointer).deallocate() }

  /// The contents as an array.
  public var array: [Float] { Array(UnsafeBufferPointer(start: floats.pointer, count: count)) }
}

/// A view of memory that somebody else keeps alive.
public struct View<Element> {
  public let pointer: UnsafeMutablePointer<Element>

  @inlinable public init(_ pointer: UnsafeMutablePointer<Element>) { self.pointer = pointer }

  /// The view that begins `offset` elements later.
  @inlinable public static func + (view: View, offset: Int) -> View { View(view.pointer + offset) }

  @inlinable public subscript(index: Int) -> Element {
    get { pointer[index] }
    nonmutating set { pointer[index] = newValue }
  }
}

/// Floats in memory.
public typealias Floats = View<Float>
/// 32-bit indices in memory.
public typealias Indices = View<Int32>

/// Rounds a row length up to whole 64-byte lines, so that kernels need no tails: 24 → 32, 256 → 256.
@inlinable public func paddedRowLength(_ count: Int) -> Int { (count + 15) / 16 * 16 }
