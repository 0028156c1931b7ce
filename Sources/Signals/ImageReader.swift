/// Reads pictures: PNM P1–P7, PNG and JPEG, told by their content.
///
/// Samples become v / maxval in [0, 1]; no gamma or colour profile is applied. Grey stays one channel, colour is three;
/// alpha is composed over black (c · a). Every fault of the input is a ``SignalError``: whatever the bytes, nothing traps.
public enum ImageReader {
  /// Reads the picture at `path`; `-` is standard input.
  ///
  /// Throws `.noInput` for what is missing or unreadable, `.data` for content that is damaged, of another format, or too
  /// large, `.usage` for an impossible `resize`.
  public static func read(path: String, resize: ResizePolicy = .auto) throws(SignalError) -> LoadedSignal {
    let file = InputFile.displayName(path)
    let bytes = try InputFile.read(path: path) { (prefix) throws(SignalError) in
      _ = try PictureFormat(prefix: prefix, file: file)
    }
    return try decode(bytes, file: file, name: InputFile.shortName(path), resize: resize)
  }

  /// Decodes a picture that is already in memory; `name` stands for the file in messages and in the result.
  public static func decode(
    _ bytes: [UInt8], name: String, resize: ResizePolicy
  ) throws(SignalError) -> LoadedSignal {
    try decode(bytes, file: name, name: name, resize: resize)
  }

  private static func decode(
    _ bytes: [UInt8], file: String, name: String, resize: ResizePolicy
  ) throws(SignalError) -> LoadedSignal {
    let context = DecodingContext(file: file, resize: resize)
    let picture =
      switch try PictureFormat(prefix: Array(bytes.prefix(PictureFormat.prefixLength)), file: file) {
      case .pnm: try PNMReader.decode(bytes, context: context)
      case .png: try PNGReader.decode(bytes, context: context)
      case .jpeg: try JPEGReader.decode(bytes, context: context)
      }
    return LoadedSignal(
      signal: picture.signal, name: name, format: picture.format, notes: picture.notes,
      originalShape: [picture.originalRows, picture.originalColumns])
  }
}

/// What a decoder needs to know besides the bytes.
struct DecodingContext {
  let file: String
  let resize: ResizePolicy

  /// A fault of the file's content.
  func fault(_ message: String) -> SignalError { SignalError(kind: .data, file: file, message: message) }

  /// Checks the sizes and prepares the way from source rows to the signal; `workingBytes` is what the decoder itself
  /// will allocate.
  func sink(
    rows: Int, columns: Int, channels: Int, workingBytes: Int
  ) throws(SignalError) -> PictureSink {
    try SignalLimits.checkDecodedSize(rows: rows, columns: columns, channels: channels, file: file)
    let target = try resize.target(rows: rows, columns: columns, channels: channels, file: file)
    return try PictureSink(
      from: (rows, columns), to: target, channels: channels, workingBytes: workingBytes, file: file)
  }
}

/// What a decoder returns.
struct DecodedPicture {
  var signal: Signal
  var format: String
  var notes: [String]
  var originalRows: Int
  var originalColumns: Int
}
