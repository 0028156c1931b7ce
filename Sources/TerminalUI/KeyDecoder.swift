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
