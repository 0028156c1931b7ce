import ArgumentParser
import Networks
import Signals
import Training

struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "explore", abstract: "Open the explorer on a picture (the default).")
  @OptionGroup var data: DataOptions
  @OptionGroup var options: RunOptions
  @OptionGroup var threading: ThreadOptions
  func run() throws {}
}
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bench", abstract: "x")
  func run() throws {}
}
