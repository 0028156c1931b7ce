/// A line of a theme file that says nothing usable, or a file that cannot be read.
public struct ThemeFault: Error, Hashable, Sendable, CustomStringConvertible {
  public let file: String
  /// Counted from 1; nil: the file as a whole.
  public let line: Int?
  public let found: String
  public let allowed: String

  public init(file: String, line: Int? = nil, found: String, allowed: String) {
    (self.file, self.line, self.found, self.allowed) = (file, line, found, allowed)
  }

  public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): found \(found), allowed is \(allowed)" }
}

/// btop's theme format: `theme[key]="value"` a line, `#` starts a comment, and a value is `#RRGGBB`, `#BW` (a grey of two
/// hexadecimal digits), `r g b` in decimal or nothing (the terminal's own colour), with or without quotes.
enum ThemeFile {
  static let allowedLine = #"a comment or theme[key]="value""#
  static let allowedValue = ##""#RRGGBB", "#BW", "0-255 0-255 0-255" or """##

  static func parse(_ text: String, file: String) -> (values: [String: Color], faults: [ThemeFault]) {
    var values: [String: Color] = [:]
    var faults: [ThemeFault] = []
    // Bytes: "\r\n" is a single Character.
    for (index, bytes) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      var line = Substring(decoding: bytes, as: UTF8.self)
      if index == 0, line.first == "\u{FEFF}" { line.removeFirst() }
      line = trim(line)
      if line.isEmpty || line.first == "#" { continue }
      func fault(_ found: some StringProtocol, _ allowed: String) {
        faults.append(ThemeFault(file: file, line: index + 1, found: quoted(found), allowed: allowed))
      }
      guard line.hasPrefix("theme["), let close = line.firstIndex(of: "]") else {
        fault(line, allowedLine)
        continue
      }
      let key = trim(line[line.index(line.startIndex, offsetBy: 6)..<close])
      var rest = trim(line[line.index(after: close)...])
      guard !key.isEmpty, rest.first == "=" else {
        fault(line, allowedLine)
        continue
      }
      rest = trim(rest.dropFirst())
      guard let value = unquoted(rest) else {
        fault(rest, "a closing quote and nothing but a comment after it")
        continue
      }
      guard let color = color(value) else {
        fault(value, "\(allowedValue) for \(key)")
        continue
      }
      values[String(key)] = color
    }
    return (values, faults)
  }

  /// What stands in the quotes, or before a comment when there are none; nil when a quote is not closed or is followed
  /// by something else.
  private static func unquoted(_ text: Substring) -> Substring? {
    if let quote = text.first, quote == "\"" || quote == "'" {
      let inner = text.dropFirst()
      guard let end = inner.firstIndex(of: quote) else { return nil }
      let after = trim(inner[inner.index(after: end)...])
      return after.isEmpty || after.first == "#" ? trim(inner[..<end]) : nil
    }
    // Without quotes a value may itself start with '#'; a comment then needs a blank before it.
    guard let first = text.first else { return "" }
    var end = text.startIndex
    var previous: Character = first
    for index in text.indices {
      if index != text.startIndex, text[index] == "#", previous == " " || previous == "\t" { break }
      previous = text[index]
      end = text.index(after: index)
    }
    let value = trim(text[..<end])
    // "theme[main_bg]= # none" has no value, only a comment.
    return value.hasPrefix("# ") || value == "#" ? "" : value
  }

  static func color(_ value: Substring) -> Color? {
    if value.isEmpty { return .terminalDefault }
    if value.first == "#" {
      let digits = value.dropFirst()
      guard digits.utf8.count == digits.count, digits.allSatisfy(\.isHexDigit), let number = UInt32(digits, radix: 16)
      else { return nil }
      switch digits.count {
      case 2: return .rgb(RGB(UInt8(number), UInt8(number), UInt8(number)))
      case 6: return .rgb(RGB(hex: number))
      default: return nil
      }
    }
    let parts = value.split(whereSeparator: { $0 == " " || $0 == "\t" })
    let numbers = parts.compactMap { part in part.allSatisfy(\.isNumber) ? UInt8(part) : nil }
    guard parts.count == 3, numbers.count == 3 else { return nil }
    return .rgb(RGB(numbers[0], numbers[1], numbers[2]))
  }

  private static func trim(_ text: Substring) -> Substring {
    var text = text
    while let first = text.first, first == " " || first == "\t" || first == "\r" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
    return text
  }

  /// What was found, short enough for one line and without controls.
  private static func quoted(_ text: some StringProtocol) -> String {
    let shown = text.prefix(40).map { CharacterWidth.printable($0).0 }
    return "\"" + String(shown) + (text.count > 40 ? "…" : "") + "\""
  }
}
