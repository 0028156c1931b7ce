import ArgumentParser
import Canvas
import Explorer
import Signals
import TerminalUI
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct TourCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tour",
    abstract: "A guided five minutes in the explorer: what coordinate networks are, what a pixel costs, why ASMR is cheap.")

  @Argument(help: "A picture of yours: PNM, PNG or JPEG. (default: the cameraman that comes with the program)", completion: .pictures)
  var file: String?

  @OptionGroup var threading: ThreadOptions

  @Option(help: "Theme: a name, or a file in btop's format.", completion: .themes)
  var theme: String?

  @OptionGroup var pictures: PictureOptions

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

  @OptionGroup var motion: MotionOptions

  func run() throws {
    var explorer = try ExploreCommand.parse(["--tour", "--", try file ?? Self.demo()])
    (explorer.threading, explorer.theme, explorer.pictures) = (threading, theme, pictures)
    (explorer.noMouse, explorer.motion) = (noMouse, motion)
    try explorer.run()
  }

  /// The picture beside the installed program, or that of the checkout in which it was built.
  private static func demo() throws(SignalError) -> String {
    let name = "cameraman.pgm"
    var folder = ProgramFile.folder
    var places = [folder + "/../share/asmr-tui/demos"]
    while !folder.isEmpty {
      places.append(folder + "/demos")
      folder = folder.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }
    guard let place = places.first(where: { access("\($0)/\(name)", R_OK) == 0 }) else {
      throw SignalError(
        kind: .noInput, file: name,
        message: "found neither in share/asmr-tui/demos beside the program nor in demos of its checkout; allowed is asmr-tui tour FILE")
    }
    return "\(place)/\(name)"
  }
}

/// The file of the program itself, whatever links lead to it.
enum ProgramFile {
  static var path: String {
    guard let resolved = realpath("/proc/self/exe", nil) ?? realpath(CommandLine.arguments.first ?? "", nil) else {
      return CommandLine.arguments.first ?? ""
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  static var folder: String {
    path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }
}
