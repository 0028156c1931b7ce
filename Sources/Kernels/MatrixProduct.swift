import COneDNN

/// Whether a factor of a product is read as it lies in memory or transposed.
public enum Orientation: Sendable {
  case plain, transposed
  var code: CChar { self == .plain ? 0x4E /* N */ : 0x54 /* T */ }
}

/// `C = alpha · op(A) · op(B) + beta · C`, all row-major, on one thread (oneDNN's sgemm).
///
/// - Parameters:
///   - m: rows of C; n: columns of C; k: length of the sums.
///   - a: `[m, k]` with rows `lda` apart, or `[k, m]` when transposed; b: `[k, n]`, or `[n, k]` when transposed.
///   - beta: 0 overwrites C (whatever it held, NaN included), 1 adds to it.
/// - Returns nothing: sizes are the caller's, and the library fails only on sizes that make no sense.
public func matrixProduct(
  _ aOrientation: Orientation, _ bOrientation: Orientation, m: Int, n: Int, k: Int,
  alpha: Float = 1, _ a: Floats, lda: Int, _ b: Floats, ldb: Int,
  beta: Float = 0, _ c: Floats, ldc: Int
) {
  guard m > 0, n > 0 else { return }
  let status = dnnl_sgemm(
    aOrientation.code, bOrientation.code, dnnl_dim_t(m), dnnl_dim_t(n), dnnl_dim_t(k), alpha,
    a.pointer, dnnl_dim_t(lda), b.pointer, dnnl_dim_t(ldb), beta, c.pointer, dnnl_dim_t(ldc))
  guard status == dnnl_success else {
    fatalError("matrix product \(m)×\(n)×\(k) with row lengths \(lda), \(ldb), \(ldc) was refused: \(status)")
  }
}
