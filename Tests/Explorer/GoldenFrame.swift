import Testing

@testable import Explorer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Whole screens as text, beside what they were when somebody last looked at them.
///
/// `RECORD_GOLDEN=1 swift test --filter Frame` writes the files anew; look at their difference then.
enum GoldenFrame {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  static func compare(_ state: ExplorerState, _ name: String) throws {
    let file = folder.appending(path: name + ".txt")
    let text = state.text + "\n"
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil { try Data(text.utf8).write(to: file) }
    let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text == expected, "\(name) is now\n\(text)")
  }
}
