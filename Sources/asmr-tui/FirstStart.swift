import ArgumentParser
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Tells the very first start of the explorer from all others, by a file beside the sessions.
enum FirstStart {
  /// Notes a start.
  ///
  /// - Parameter store: nil where nothing is to be kept.
  /// - Returns: whether it is the first. Where that cannot be noted, and where there are sessions already, it is not.
  static func note(in store: SessionStore?) -> Bool {
    guard let store, store.names().isEmpty, (try? store.create()) != nil else { return false }
    let file = open(store.folder + "/welcomed", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { return false }
    close(file)
    return true
  }
}

/// How much the screen moves.
struct MotionOptions: ParsableArguments {
  @Flag(help: "Pictures and numbers change at most twice a second, and nothing plays by itself.")
  var reducedMotion = false
}
