/// Why a signal could not be read or written: always one line with the file, the fault, what was
/// found and what is allowed.
public struct SignalError: Error, CustomStringConvertible, Equatable, Sendable {
  /// Whose fault it is; decides the program's exit code (sysexits.h).
  public enum Kind: Sendable, Equatable {
    /// The command line asks for something impossible (64).
    case usage
    /// The file's content is wrong (65).
    case data
    /// The file is missing or cannot be read (66).
    case noInput
    /// An output cannot be created or written (73).
    case cannotWrite
  }

  public let kind: Kind
  /// The path as it was given, or "standard input".
  public let file: String
  /// The fault: "maxval: found 70000; allowed 1…65535".
  public let message: String

  public init(kind: Kind, file: String, message: String) {
    self.kind = kind
    self.file = file
    self.message = message
  }

  /// The process exit status that belongs to `kind`.
  public var exitCode: Int32 {
    switch kind {
    case .usage: 64
    case .data: 65
    case .noInput: 66
    case .cannotWrite: 73
    }
  }

  /// "FILE: fault: found X; allowed Y", on one line: control characters of hostile names are escaped,
  /// because this goes to a terminal.
  public var description: String {
    "\(Self.printable(file)): \(Self.printable(message))"
  }

  /// `text` with control characters and line separators written as `\x1B`.
  public static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029:
        result += "\\x" + hexadecimal(scalar.value)
      default:
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Two upper-case hexadecimal digits or more.
  static func hexadecimal(_ value: some BinaryInteger) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return digits.count < 2 ? "0" + digits : digits
  }
}
