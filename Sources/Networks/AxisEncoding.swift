import Kernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Positional encoding `[x, sin(2^k π x), cos(2^k π x)]`, k = 0 … F−1, of coordinates `x = 2·index/size − 1` in [−1, 1)
/// (NeRF, Mildenhall et al. 2020, equation 4), as a table an axis: an axis' part depends on nothing else.
///
/// The network's input interleaves the axes: `input[j · axes + axis] = table_axis[j]`, with j = 0 for the coordinate,
/// `1 + 2k` for the sine and `2 + 2k` for the cosine of frequency k.
struct AxisEncoding {
  /// Values an axis, `1 + 2F`.
  let inputs: Int
  /// Row length of the tables: `inputs` and zeros up to a whole line.
  let stride: Int
  /// `[size, stride]` an axis.
  let tables: [AlignedBuffer]

  static func inputs(frequencies: Int) -> Int { 1 + 2 * frequencies }

  init(shape: [Int], frequencies: Int) {
    inputs = Self.inputs(frequencies: frequencies)
    let stride = paddedRowLength(inputs)
    self.stride = stride
    tables = shape.map { size in
      let table = AlignedBuffer(count: size * stride)
      for index in 0..<size {
        let x = 2 * Double(index) / Double(size) - 1
        let row = table.floats + index * stride
        row[0] = Float(x)
        for k in 0..<frequencies {
          let argument = Double(sign: .plus, exponent: k, significand: 1) * Double.pi * x
          row[1 + 2 * k] = Float(sin(argument))
          row[2 + 2 * k] = Float(cos(argument))
        }
      }
      return table
    }
  }
}
