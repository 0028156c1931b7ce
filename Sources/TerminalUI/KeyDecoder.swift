import CTerminal

/// From ncurses' codes to keys.
enum KeyDecoder {
  /// Nil for what is no key of ours (a resize that ncurses reports, unknown ones).
  static func key(code: UInt32, isFunction: Bool) -> Key? {
    if isFunction { return functionKey(Int32(bitPattern: code)) }
    switch code {
    case 0x0A, 0x0D: return .enter
    case 0x09: return .tab
    case 0x08, 0x7F: return .backspace
    case 0x1B: return .escape
    case 0x00: return .control("@")
    case 0x01...0x1A: return .control(Character(Unicode.Scalar(UInt8(code) + 0x60)))
    case 0x1C...0x1F: return .control(Character(Unicode.Scalar(UInt8(code) + 0x40)))
    case 0x80...0x9F: return nil
    default:
      guard let scalar = Unicode.Scalar(code) else { return nil }
      return .character(Character(scalar))
    }
  }

  /// A key without modifiers that terminfo has otherwise: `TERM=xterm-256color` within tmux, whose Home is the VT220's.
  ///
  /// - Parameters:
  ///   - bytes: between `ESC [` or `ESC O` and the last byte.
  ///   - final: the last byte.
  static func key(after bytes: [UInt8], final: UInt32) -> Key? {
    guard !bytes.isEmpty else { return letters[final] }
    guard final == 0x7E, bytes.count <= 2, bytes.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(String(decoding: bytes, as: UTF8.self)) else { return nil }
    return switch number {
    case 1, 7: .home
    case 2: .insert
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23, 24: .function(number - 12)
    default: nil
    }
  }

  private static let letters: [UInt32: Key] = [
    0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x46: .end, 0x48: .home, 0x50: .function(1), 0x51: .function(2), 0x52: .function(3),
    0x53: .function(4), 0x5A: .backTab,
  ]

  private static func functionKey(_ code: Int32) -> Key? {
    if code > Int32(CT_KEY_F0), code <= Int32(CT_KEY_F63) {
      return .function(Int(code - Int32(CT_KEY_F0)))
    }
    switch code {
    case KEY_UP: return .up
    case KEY_DOWN: return .down
    case KEY_LEFT: return .left
    case KEY_RIGHT: return .right
    case KEY_HOME: return .home
    case KEY_END: return .end
    case KEY_PPAGE: return .pageUp
    case KEY_NPAGE: return .pageDown
    case KEY_IC: return .insert
    case KEY_DC: return .delete
    case KEY_BACKSPACE: return .backspace
    case KEY_ENTER: return .enter
    case KEY_BTAB: return .backTab
    default: return nil
    }
  }
}
