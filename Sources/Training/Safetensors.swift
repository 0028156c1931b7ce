import Signals

/// Tensors of floats as a safetensors file: what models are saved as.
struct Safetensors: Equatable {
  struct Tensor: Equatable {
    var shape: [Int]
    /// Row-major.
    var values: [Float]
  }
  var tensors: [String: Tensor] = [:]
  var metadata: [String: String] = [:]

  /// The file's bytes; tensors lie in the order of their names, all as F32.
  func encoded() throws -> [UInt8] {
    try SafetensorsLayout.encoded(
      tensors.map { name, tensor in
        SafetensorsLayout.Block(name: name, type: .F32, shape: tensor.shape, bytes: tensor.values.littleEndianBytes)
      }, metadata: metadata)
  }

  /// - Throws: `SignalError` (65) that says what is wrong with the file.
  init(_ bytes: [UInt8], file: String) throws(SignalError) {
    let layout = try SafetensorsLayout(bytes, file: file, allowed: [.F32, .F64])
    metadata = layout.metadata
    for entry in layout.entries {
      let values = entry.type == .F32
        ? [Float](littleEndian: bytes, entry.range) : [Double](littleEndian: bytes, entry.range).map { Float($0) }
      tensors[entry.name] = Tensor(shape: entry.shape, values: values)
    }
  }

  init() {}
}
