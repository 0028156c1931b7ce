/// Walks the text of a PNM file: tokens, whitespace and comments, as libnetpbm reads them.
///
/// A comment runs from `#` to the end of the line and counts as that line's end, wherever it stands.
struct PNMCursor {
  let bytes: UnsafeBufferPointer<UInt8>
  var position: Int

  /// The next byte; a whole comment reads as its line end, or as a newline when the file ends in it. Nil at the end.
  mutating func next() -> UInt8? {
    guard position < bytes.count else { return nil }
    let byte = bytes[position]
    position += 1
    guard byte == UInt8(ascii: "#") else { return byte }
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == 0x0A || byte == 0x0D { return byte }
    }
    return 0x0A
  }

  /// The first byte that is not whitespace.
  mutating func nextAfterSpace() -> UInt8? {
    while let byte = next() {
      if !Self.isSpace(byte) { return byte }
    }
    return nil
  }

  /// Why a number was not read.
  enum NumberFault: Error {
    case end
    case notANumber(String)
    case tooLarge(String)
  }

  /// Reads a decimal number of at most `maximum` and the one whitespace byte after it (a comment counts as one).
  mutating func number(upTo maximum: Int) throws(NumberFault) -> Int {
    guard var byte = nextAfterSpace() else { throw .end }
    let start = position - 1
    var value = 0
    var length = 0
    while true {
      guard byte >= 0x30, byte <= 0x39 else {
        if length > 0, Self.isSpace(byte) { break }
        throw .notANumber(token(at: start))
      }
      length += 1
      // Above the maximum only the digits are skipped: the value cannot overflow.
      if value <= maximum { value = value * 10 + Int(byte & 0x0F) }
      guard let following = next() else { break }
      byte = following
    }
    if value > maximum { throw .tooLarge(token(at: start)) }
    return value
  }

  /// The text at `start` up to whitespace, shortened, for messages.
  func token(at start: Int) -> String {
    var text: [UInt8] = []
    var index = start
    while index < bytes.count, !Self.isSpace(bytes[index]), text.count < 24 {
      text.append(bytes[index])
      index += 1
    }
    return SignalError.printable(String(decoding: text, as: UTF8.self))
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
  }
}
