import Foundation
import Testing

@testable import Signals

/// The collections in `../shared/data/malformed`: skipped when they are not there.
@Suite(.enabled(if: Place.hasMalformed, "skipped: ../shared/data/malformed is not there"))
struct ForeignCorpusTests {
  private func attempt(_ file: URL) -> Result<LoadedSignal, SignalError> {
    do throws(SignalError) {
      return .success(try ImageReader.read(path: file.path, resize: .none))
    } catch {
      #expect(isOneLine(error))
      return .failure(error)
    }
  }

  @Test func survey() {
    for folder in ["pngsuite", "ppm_decoder_sharp", "pillow"] {
      for file in Place.files(in: Place.malformed.appendingPathComponent(folder)) {
        switch attempt(file) {
        case .success(let l): print("SURVEY \(folder)/\(file.lastPathComponent) OK \(l.format) \(l.originalShape) \(l.notes)")
        case .failure(let e): print("SURVEY \(folder)/\(file.lastPathComponent) FAIL \(e.message)")
        }
      }
    }
  }
}
