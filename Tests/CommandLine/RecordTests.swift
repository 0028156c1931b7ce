import Foundation
import Testing

/// `asmr-tui train --report` and `--tensorboard`.
@Suite(.serialized) struct RecordTests {
  private func train(_ folder: TemporaryFolder, _ arguments: String...) throws -> Program.Result {
    try Program.run(["train", try folder.picture(), "--hidden", "16", "--layers", "3", "--steps", "40", "--threads", "1"] + arguments)
  }

  private func eventFiles(_ path: String) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  /// How many records there are in a TFRecord file, which has to end with one.
  private func records(_ bytes: [UInt8]) throws -> Int {
    var (count, offset) = (0, 0)
    while offset < bytes.count {
      try #require(offset + 8 <= bytes.count)
      let length = bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      offset += 8 + 4 + length + 4
      count += 1
    }
    #expect(offset == bytes.count)
    return count
  }

  @Test("Both are written, and what is computed does not depend on them")
  func outputs() throws {
    let folder = try TemporaryFolder()
    let result = try train(
      folder, "--report", folder.path("r.html"), "--tensorboard", folder.path("events"), "--save", folder.path("a.safetensors"))
    #expect(result.status == 0 && result.output.isEmpty && result.errorLines.count == 1, "\(result.error)")
    let page = try folder.text("r.html")
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("finished at 40") && page.contains("ASMR [2,4,4]"))
    #expect(page.contains("asmr-tui train picture.pgm --model asmr --bases 2,4,4 "))
    #expect(page.components(separatedBy: "data:image/png;base64,").count == 3)
    let names = eventFiles(folder.path("events"))
    try #require(names.count == 1 && names[0].hasPrefix("events.out.tfevents."))
    // Version, configuration, target, a point for each step and the end, SSIM and a picture at least once.
    #expect(try records(folder.bytes("events/\(names[0])")) >= 3 + 41 + 2)

    #expect(try train(folder, "--save", folder.path("b.safetensors")).status == 0)
    #expect(try tensors(folder.bytes("a.safetensors")) == tensors(folder.bytes("b.safetensors")))
  }

  @Test("An interrupted run has both, with all that it got to")
  func interrupted() throws {
    let folder = try TemporaryFolder()
    let program = try Program([
      "train", try folder.picture(), "--hidden", "16", "--steps", "100000000", "--threads", "1", "--report", folder.path("r.html"),
      "--tensorboard", folder.path("events"),
    ])
    while program.isRunning, !program.errorSoFar.contains("step ") { usleep(20_000) }
    let name = try #require(eventFiles(folder.path("events")).first)
    // While it trains the file is there and grows.
    #expect(try folder.bytes("events/\(name)").count > 10_000)
    program.send(SIGINT)
    #expect(try program.wait().status == 130)
    #expect(try folder.text("r.html").contains("stopped at "))
    #expect(try records(folder.bytes("events/\(name)")) > 100)
  }

  @Test("What cannot be is said before the training, in one line")
  func refusals() throws {
    let folder = try TemporaryFolder()
    #expect(try train(folder, "--tensorboard", folder.path("events")).status == 0)
    let cases: [(arguments: [String], status: Int32, words: String)] = [
      (["--tensorboard", folder.path("events")], 64, "event files of another run"),
      (["--tensorboard", folder.path("no/events")], 73, "cannot be written"),
      (["--tensorboard", folder.path("picture.pgm")], 73, "cannot be written"),
      (["--report", folder.path("r.pdf")], 64, "allowed is .html"),
      (["--report", "-"], 64, ".html"),
      (["--report", folder.path("no/r.html")], 73, "cannot be written"),
    ]
    for entry in cases {
      let result = try Program.run(["train", try folder.picture(), "--steps", "1000000"] + entry.arguments)
      #expect(result.status == entry.status, "\(entry.arguments): \(result.error)")
      #expect(result.errorLines.count == 1 && result.error.contains(entry.words), "\(entry.arguments): \(result.error)")
    }
    #expect(eventFiles(folder.path("events")).count == 1)
  }
}
